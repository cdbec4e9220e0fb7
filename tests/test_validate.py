"""Stage 5: replies become instances, or problems."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import AliasPath, BaseModel, Field

from summarizer.errors import InvalidReply
from summarizer.schema import Summary
from summarizer.shape import reply_format
from summarizer.validate import validate

# Written by hand: these are inputs of a parser, not recordings of a model.
GOOD = '{"title": {"text": "T", "cites": [1]}, "claims": [{"text": "C.", "cites": [1, 2]}]}'


def problems(reply: str, schema: type[BaseModel] = Summary) -> tuple[str, ...]:
    with pytest.raises(InvalidReply) as caught:
        validate(reply, schema)
    assert caught.value.reply == reply
    return caught.value.problems


@pytest.mark.parametrize(
    "reply",
    [
        GOOD,
        f"\ufeff{GOOD}",
        f"  \n{GOOD}\n\n",
        f"```json\n{GOOD}\n```",
        f"```\n{GOOD}\n```\n",
        f"Here is the summary:\n{GOOD}",
        f"<think>\nThe article {{says}} much.\n</think>\n{GOOD}",
        f"<thinking>a</thinking> Sure!\n```json\n{GOOD}\n```",
        f"The user wants {{a summary}}.\n</think>\n\n{GOOD}",
        f"<seed:think>a {{b}}</seed:think>{GOOD}",
        f"{GOOD}<|im_end|>\n<|endoftext|>",
        f"```json\n{GOOD}\n```</s>",
    ],
    ids=[
        *("plain", "bom", "space", "fence", "bare-fence", "prefix", "thinking", "all"),
        *("thinking-begun-before", "other-thinking", "turn-ends", "fence-turn-ends"),
    ],
)
def test_a_reply_around_its_object_is_recovered(reply: str) -> None:
    summary = validate(reply, Summary)

    assert summary.text == "C."
    assert summary.claims[0].cites == [1, 2]


@pytest.mark.parametrize(
    ("reply", "problem"),
    [
        ("", "the reply is empty"),
        (" \n ", "the reply is empty"),
        ("I cannot do that.", "holds no JSON object"),
        (GOOD[:-9], "no valid JSON"),
        (GOOD + " I hope this helps!", "text follows the object"),
        (GOOD + GOOD, "text follows the object"),
        (GOOD.replace('"text": "C."', '"text": "A", "text": "C."'), '"text" stands twice'),
        (GOOD.replace("[1, 2]", "[NaN]"), "NaN is no JSON number"),
        (GOOD.replace("[1, 2]", "[Infinity]"), "Infinity is no JSON number"),
        (GOOD.replace("[1, 2]", "[1e999]"), "a number that is too large"),
        (GOOD.replace("[1, 2]", '["1"]'), '/claims/0/cites/0: Input should be a valid integer, not "1"'),
        (GOOD.replace("[1, 2]", "[1.5]"), "/claims/0/cites/0"),
        (GOOD.replace("[1, 2]", "[true]"), "/claims/0/cites/0"),
        (GOOD.replace('"C."', '"\\ud800"'), "half a character"),
        (GOOD.replace('"C."', '" . "'), "a claim must say something"),
        (GOOD.replace('"C."', "null"), "/claims/0/text: Input should be a valid string"),
        ('{"title": {"text": "T", "cites": [1]}}', "/claims: Field required"),
        ('{"title": {"text": "T", "cites": [1]}, "claims": []}', "/claims"),
        ("[" * 5_000 + "{}", "/title: Field required"),
        ('{"a":' * 100_000, "nested too deeply"),
        ('{"a": ' + "[" * 40 + "]" * 40 + "}", "nested too deeply"),
        ('{"a": ' + "1" * 5_000 + "}", "too many digits"),
        ("{" + "".join(f'"{n}": 0, ' for n in range(50_000)) + '"49999": 1}', '"49999" stands twice'),
    ],
)
def test_what_could_hide_a_second_meaning_is_a_problem(reply: str, problem: str) -> None:
    assert problem in problems(reply)[0]


@pytest.mark.parametrize("before", ["", "Here it is:\n", "```json\n"])
def test_the_end_of_a_thinking_part_within_a_claim_ends_none(before: str) -> None:
    said = "Its replies hold </think> {and} <|im_end|>."

    assert validate(before + GOOD.replace('"C."', f'"{said}"'), Summary).text == said


class Filed(BaseModel):
    """A class that other JSON is read into too: a reply has its fields where the prompt shows them."""

    town: str = Field(validation_alias=AliasPath("place", "town"))
    day: str = Field(default="no day", validation_alias=AliasPath("dates", 0))
    kind: str = Field(alias="type")


def test_a_field_that_is_read_from_a_path_elsewhere_is_taken_by_its_name() -> None:
    assert list(reply_format(Filed).schema["properties"]) == ["town", "day", "type"]

    filed = validate('{"town": "Lyon", "day": "Monday", "type": "news"}', Filed)

    assert (filed.town, filed.day, filed.kind) == ("Lyon", "Monday", "news")


def test_a_problem_names_the_place_and_not_more_than_a_line() -> None:
    reply = GOOD.replace('"C."', str(["x" * 5_000]).replace("'", '"'))

    (problem,) = problems(reply)

    assert problem.startswith("/claims/0/text: ")
    assert len(problem) < 120


def test_many_problems_are_told_up_to_a_point() -> None:
    reply = '{"title": {"text": "T", "cites": [1]}, "claims": [' + ", ".join(["7"] * 20) + "]}"

    found = problems(reply)

    assert len(found) == 9
    assert found[-1] == "and 12 more problems"


@given(st.text() | st.text(alphabet='{}[]",:0123456789abc \n`<>/\\u').map(lambda text: "{" + text))
def test_any_text_is_either_valid_or_a_list_of_problems(text: str) -> None:
    try:
        assert isinstance(validate(text, Summary), Summary)
    except InvalidReply as error:
        assert error.problems
        assert all("\n" not in problem for problem in error.problems)
