"""The nouns: identity, sums, and the result format."""

from __future__ import annotations

import json
import pickle
from dataclasses import FrozenInstanceError, dataclass, fields, replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field, computed_field

import summarizer.errors as errors_module
from summarizer.errors import OUTCOMES, SchemaError, SummarizerError, UsageError
from summarizer.records import (
    Article,
    Budget,
    Check,
    Coverage,
    Evidence,
    Finding,
    Heading,
    Limits,
    Message,
    Request,
    Result,
    Span,
    Unit,
    Usage,
    dollars,
    numbered,
)
from summarizer.records.quick import quick
from summarizer.schema import Claim, Summary
from summarizer.shape import reply_format

ERRORS = [item for item in vars(errors_module).values() if isinstance(item, type) and issubclass(item, SummarizerError)]


def result() -> Result[Summary]:
    summary = Summary(title=Claim(text="T", cites=[1]), claims=[Claim(text="Levée de 100 Md$", cites=[1, 2])])
    return Result(
        article_id="ab" * 32,
        source="a.txt",
        language="fr",
        model="openai:test",
        summary=summary,
        checks=(
            Check("/title", "supported", (Evidence(1, Span(0, 4), "Tout"),), risk=0.25),
            Check(
                "/claims/0",
                "unsupported",
                (Evidence(2, Span(5, 9), "rien"),),
                (Finding("number", "100 Md$ is not in 2"),),
                risk=0.9,
                origin="repair",
                rejected="Levée de 10 Md$",
                corrected=(1, 2),
            ),
        ),
        unchecked=(),
        warnings=("a warning",),
        coverage=Coverage(units=4, cited=(1,)),
        usage=Usage(2, 900, 0, 80, None, Decimal("0.0012")),
    )


def request() -> Request:
    return Request(
        model="test",
        messages=(Message("system", "Rules."), Message("user", "[1] Tout.")),
        format=reply_format(Summary),
        max_output_tokens=600,
        temperature=0.0,
        units=(Unit(1, 0, "Tout."),),
        max_words=120,
    )


def test_an_article_is_what_it_says() -> None:
    assert Article("a", source="x").id == Article("a", source="y", language="fr").id
    assert Article("a").id != Article("a ").id
    assert Article("\ud800").id != Article("?").id


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"text": 5}, "text is a str"),
        ({"text": b"un"}, "text is a str"),
        ({"text": "un", "language": 3}, "language is a str"),
        ({"text": "un", "language": "french"}, "ISO 639-1 code .* not 'french': give None"),
        ({"text": "un", "language": "zz"}, "ISO 639-1 code .* not 'zz': give None"),
        ({"text": "un", "language": ""}, "ISO 639-1 code .* not '': give None"),
        ({"text": "un", "source": Path("un.txt")}, "source is a str"),
        ({"text": "un", "outline": ["Un"]}, "outline is a tuple"),
        ({"text": "un", "outline": ("Un",)}, "outline is a tuple"),
        ({"text": "un", "outline": 3}, "outline is a tuple"),
    ],
    ids=repr,
)
def test_an_article_of_something_else_is_refused(wrong: dict[str, Any], problem: str) -> None:
    with pytest.raises(UsageError, match=problem):
        Article(**wrong)


@pytest.mark.parametrize("tag", ["fr", "FR", "pt-BR", "zh_Hant_TW", None])
def test_the_language_of_an_article_is_a_code_or_a_tag_as_it_was_given(tag: str | None) -> None:
    assert Article("un", language=tag).language == tag


def test_an_article_under_another_name_is_the_same_but_for_it() -> None:
    outline = (Heading(1, Span(0, 1), "a"),)
    named = Article("a", source="x", outline=outline).named(source="y", language="fr")
    assert named == Article("a", source="y", language="fr", outline=outline)
    assert named.id == Article("a").id


@pytest.mark.parametrize("text", ["a b", "a\nb", " a  b\t", "a\u00a0b", "\ufeffa b", ""])
def test_a_unit_on_one_line_has_single_spaces_for_its_white_space(text: str) -> None:
    units = [Unit(1, 0, text), Unit(2, 9, "b c")]
    assert numbered(units, bare=False) == ["[1] " + " ".join(text.split()), "[2] b c"]


def test_an_article_is_shown_by_its_beginning() -> None:
    assert repr(Article("ab", source="x")) == "<Article 'ab', 2 characters, source='x', language=None>"
    assert len(repr(Article("a" * 100_000))) < 150


def test_records_do_not_change() -> None:
    with pytest.raises(FrozenInstanceError):
        Article("a").text = "b"  # type: ignore[misc]


@pytest.mark.parametrize(("start", "end"), [(-1, 2), (3, 2)])
def test_a_span_is_in_order(start: int, end: int) -> None:
    with pytest.raises(ValueError, match="start <= end"):
        Span(start, end)


@pytest.mark.parametrize(
    "changed",
    [
        {"model": "other"},
        {"messages": (Message("system", "Rules!"), Message("user", "[1] Tout."))},
        {"messages": (Message("user", "Rules."), Message("user", "[1] Tout."))},
        {"format": None},
        {"max_output_tokens": 601},
        {"temperature": None},
        {"sample": 1},
        {"max_words": 121},
    ],
)
def test_whatever_decides_a_reply_changes_the_key(changed: dict[str, object]) -> None:
    assert replace(request(), **changed).key != request().key  # type: ignore[arg-type]


@pytest.mark.parametrize("same", [{"purpose": "repair"}, {"units": ()}])
def test_whatever_does_not_reach_the_model_leaves_the_key(same: dict[str, object]) -> None:
    assert replace(request(), **same).key == request().key  # type: ignore[arg-type]


amounts = st.none() | st.integers(0, 10**9)
usages = st.builds(
    Usage, st.integers(0, 99), amounts, amounts, amounts, amounts, st.none() | st.decimals(0, 99, places=6)
)


@given(usages, usages, usages)
def test_usage_adds_up_in_any_order(one: Usage, two: Usage, three: Usage) -> None:
    assert (one + two) + three == one + (two + three)
    assert one + two == two + one
    assert Usage() + one == one


@given(usages)
def test_usage_survives_json(usage: Usage) -> None:
    assert Usage.from_dict(json.loads(json.dumps(usage.to_dict()))) == usage


def test_a_sum_with_an_unknown_is_unknown() -> None:
    total = Usage(1, 10, 0, 5, 0, Decimal("0.1")) + Usage(1, None, 0, 5, 0, None)

    assert total == Usage(2, None, 0, 10, 0, None)


@pytest.mark.parametrize("other", [1, None], ids=repr)
def test_a_sum_of_usage_and_something_else_is_a_wrong_type(other: Any) -> None:
    with pytest.raises(TypeError, match="unsupported operand"):
        Usage() + other
    with pytest.raises(TypeError, match="unsupported operand"):
        other + Usage()


def test_equal_results_are_one_in_a_set() -> None:
    other = replace(result(), model="another")

    assert {result(), result(), other} == {result(), other}


def test_a_result_survives_json() -> None:
    assert Result[Summary].from_json(result().to_json()) == result()
    assert "\n" not in result().to_json()


texts = st.text(st.characters(exclude_categories=()), max_size=8)
claims = st.builds(Claim.model_construct, text=texts, cites=st.lists(st.integers(1, 99), max_size=3))
checks = st.builds(
    Check,
    texts,
    st.sampled_from(["supported", "unsupported"]),
    st.lists(st.builds(Evidence, st.integers(1, 99), st.builds(Span, st.just(3), st.integers(3, 99)), texts)).map(
        tuple
    ),
    st.lists(st.builds(Finding, st.just("number"), texts), max_size=1).map(tuple),
    st.sampled_from([0.0, 0.0, 0.25]),
    rejected=st.none() | texts,
    corrected=st.none() | st.just((1, 2)),
)


@given(texts, claims, st.lists(checks, max_size=3).map(tuple), st.lists(texts, max_size=2).map(tuple), usages)
def test_the_line_of_a_result_says_what_its_values_say(
    text: str, claim: Claim, looks: tuple[Check, ...], lines: tuple[str, ...], usage: Usage
) -> None:
    summary = Summary.model_construct(title=claim, claims=[claim])
    told = replace(result(), source=text, summary=summary, checks=looks, unchecked=lines, warnings=lines, usage=usage)

    assert told.to_json() == json.dumps(told.to_dict(), ensure_ascii=False, separators=(",", ":"))


class Loose(BaseModel):
    claim: Claim
    number: float
    nothing: None = None


def test_what_is_no_number_is_in_no_result() -> None:
    told: Result[Any] = replace(result(), summary=Loose(claim=Claim(text="un", cites=[1]), number=float("inf")))

    with pytest.raises(ValueError, match="JSON compliant"):
        told.to_json()


class Renamed(BaseModel):
    model_config = ConfigDict(serialize_by_alias=True)

    headline: Claim = Field(alias="Headline")
    points: list[Claim] = Field(validation_alias="keyPoints", serialization_alias="Points")


def test_a_result_of_a_schema_with_aliases_survives_json() -> None:
    claim = {"text": "un", "cites": [1]}
    summary = Renamed.model_validate({"Headline": claim, "keyPoints": [claim]})
    told = Result(**{item.name: getattr(result(), item.name) for item in fields(Result)} | {"summary": summary})

    assert Result.from_json(told.to_json(), schema=Renamed) == told
    assert list(json.loads(told.to_json())["summary"]) == ["headline", "points"]  # what the paths of checks name


class Dated(BaseModel):
    model_config = ConfigDict(strict=True)

    headline: Claim
    day: date


def test_a_result_of_a_strict_schema_survives_json() -> None:
    summary = Dated(headline=Claim(text="un", cites=[1]), day=date(2026, 5, 1))
    told: Result[Any] = replace(result(), summary=summary)

    assert Result.from_json(told.to_json(), schema=Dated) == told
    with pytest.raises(SchemaError, match="valid date"):
        Result.from_json(told.to_json().replace("2026-05-01", "May"), schema=Dated)


class Counted(BaseModel):
    model_config = ConfigDict(extra="forbid")

    headline: Claim

    @computed_field  # type: ignore[prop-decorator]
    @property
    def words(self) -> int:
        return len(self.headline.text.split())


def test_what_a_schema_computes_of_its_fields_is_none_of_them() -> None:
    told: Result[Any] = replace(result(), summary=Counted(headline=Claim(text="un", cites=[1])))

    assert Result.from_json(told.to_json(), schema=Counted) == told
    assert list(json.loads(told.to_json())["summary"]) == ["headline"]


def test_a_result_has_the_fields_that_the_format_promises() -> None:
    values = json.loads(result().to_json())

    assert values["format"] == "summarizer.result/1"
    assert list(values) == [
        "format",
        *(item.name for item in fields(Result) if item.name != "steps"),
        "grounded",
    ]
    assert values["checks"][1]["evidence"] == [{"unit": 2, "span": {"start": 5, "end": 9}, "text": "rien"}]
    assert values["grounded"] is False
    assert values["usage"]["cost_usd"] == "0.0012"
    assert list(values["coverage"]) == ["units", "cited", "partial"]


def test_a_result_gives_each_claim_with_its_check() -> None:
    told = result()

    assert [(claim, check.path) for claim, check in told.checked] == [
        (told.summary.title, "/title"),
        (told.summary.claims[0], "/claims/0"),
    ]


def test_a_result_is_shown_by_what_is_unsupported() -> None:
    alone = replace(result(), summary=Claim(text="un", cites=[1]), checks=(replace(result().checks[1], path=""),))

    assert repr(result()) == "<Result of 'a.txt' by openai:test: 1 of 2 claims supported, not /claims/0 (number)>"
    assert repr(alone).endswith("0 of 1 claims supported, not the claim (number)>")


class Other(BaseModel):
    mood: str


@pytest.mark.parametrize(
    ("text", "schema", "problem"),
    [
        ("", Summary, "no result of summarizer"),
        ("[]", Summary, 'no result of summarizer: JSON with no "format"'),
        ('{"item": 1}', Summary, 'no result of summarizer: JSON with no "format"'),
        (result().to_json()[:-9], Summary, "no result of summarizer"),
        (result().to_json().replace("result/1", "result/2"), Summary, "result/2"),
        (result().to_json(), Other, "'Other'"),
        (result().to_json(), dict, "pydantic class"),
        (result().to_json().replace('"0.0012"', '"much"'), Summary, "no result of summarizer"),
        (json.dumps(json.loads(result().to_json()) | {"checks": [5]}), Summary, "no result of summarizer"),
        (result().to_json().replace('"supported"', '"perhaps"'), Summary, "no result of summarizer"),
        (result().to_json().replace('"end":9', '"end":4'), Summary, "a span needs"),
        (result().to_json().replace('"openai:test"', "null"), Summary, "None is no str"),
        (json.dumps(json.loads(result().to_json()) | {"warnings": [5]}), Summary, "5 is no str"),
        (json.dumps(json.loads(result().to_json()) | {"usage": {"requests": "2"}}), Summary, "'2' is no int"),
        (result().to_json().replace('"0.0012"', "NaN"), Summary, "NaN is no JSON number"),
        ("[" * 100_000, Summary, "no result of summarizer"),
    ],
)
def test_what_is_no_result_says_so(text: str, schema: type[BaseModel], problem: str) -> None:
    with pytest.raises(SchemaError, match=problem):
        Result.from_json(text, schema=schema)


@pytest.mark.parametrize(
    "wrong",
    [
        {"timeout_s": 0},
        {"timeout_s": float("nan")},
        {"max_attempts": 0},
        {"max_repairs": -1},
        {"requests_per_minute": 0},
        {"timeout_s": True},
    ],
)
def test_limits_that_make_no_sense_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(UsageError, match=next(iter(wrong))):
        Limits(**wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "wrong",
    [
        {"max_cost_usd": "0.5"},
        {"max_cost_usd": -0.5},
        {"max_cost_usd": float("nan")},
        {"max_requests": -1},
        {"max_tokens": 1.5},
        {"max_cost_usd": True},
        {"max_requests": Decimal("2.5")},
        {"max_requests": True},
    ],
    ids=str,
)
def test_caps_that_make_no_sense_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match=next(iter(wrong))):
        Budget(**wrong)


def test_a_cap_in_dollars_may_be_any_number() -> None:
    assert Budget(max_cost_usd=0.1).max_cost_usd == Decimal("0.1")
    assert dollars("$0.1") == dollars("0.1") == Decimal("0.1")


@pytest.mark.parametrize("kind", ERRORS, ids=lambda kind: kind.__name__)
def test_every_error_survives_pickling_and_names_its_outcome(kind: type[SummarizerError]) -> None:
    error = kind("what happened")
    error.usage = Usage(requests=3)
    for name in vars(error).keys() - {"usage"}:
        setattr(error, name, 7)

    copy = pickle.loads(pickle.dumps(error))

    assert type(copy) is kind
    assert vars(copy) == vars(error)
    assert copy.message == "what happened"
    assert kind.outcome in OUTCOMES


def test_the_tree_of_errors_is_drawn_in_full() -> None:
    drawn = errors_module.__doc__ or ""

    assert [kind.__name__ for kind in ERRORS if f" {kind.__name__} " not in drawn.replace("\n", " \n")] == []


@quick
@dataclass(frozen=True, slots=True)
class Quick:
    name: str
    number: int = 3
    names: tuple[str, ...] = ()


def test_what_is_made_quickly_holds_what_it_was_given() -> None:
    made = Quick("a", names=("b",))
    assert (made.name, made.number, made.names) == ("a", 3, ("b",))
    assert made == replace(Quick("c", 3, ("b",)), name="a") == pickle.loads(pickle.dumps(made))
    assert hash(made) == hash(Quick("a", 3, ("b",)))


def test_what_is_made_quickly_is_frozen() -> None:
    with pytest.raises(FrozenInstanceError):
        Quick("a").name = "b"  # type: ignore[misc]


def test_what_is_made_quickly_misses_no_value_that_has_no_default() -> None:
    with pytest.raises(TypeError, match="'name'"):
        Quick()  # type: ignore[call-arg]
