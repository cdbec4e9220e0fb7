"""The door without a language model: verbatim sentences, whatever the schema and the article."""

from __future__ import annotations

import datetime as dt
import enum
import re
from collections.abc import Callable
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from summarizer.errors import ArticleError, SchemaError, Unreadable
from summarizer.plan import split
from summarizer.providers.extractive import Extractive
from summarizer.records import Article, Completion, Provider, Request, Unit, Usage
from summarizer.schema import Claim, Summary, find_claims
from summarizer.shape import reply_format
from summarizer.validate import validate
from tests.calls import CALLS, Call
from tests.growth import grows_within
from tests.schemas import Fall, Moves
from tests.strategies import articles

BRIDGE = """\
The river bridge at Aston will close for nine months from 3 March, the county council said on Monday.

Engineers found cracks in four of its twelve steel cables during an inspection in November. The council puts the cost
at 14 million pounds. Drivers will have to use the tunnel at Weir Lane, eleven kilometers to the north. Shop owners in
Aston fear that the closure of the bridge will cost them half of their customers. Who will pay for that? The council
has offered the shop owners in Aston a grant of 2,000 pounds each. It rained. Local schools will change their bus
routes while the bridge is closed. A baker in Aston said he had not slept since Monday. The bridge was opened in 1931
by the king. Read more at https://example.org/bridge and share it with all of your friends."""

TEXTS = {
    "zh": "滨澜市政府周二宣布，将投资126亿元建设一条轨道交通线。"
    "新线全长38公里，设12座车站。"
    "市政府说，轨道交通线预计2028年开通。有学者认为，客流预测偏于乐观。附近居民担心施工噪音。",
    "ja": "北潮エナジーは15日、風力発電所の運転開始を延期すると発表した。"
    "資材価格の高騰により、総事業費は膨らむ見通しだ。"
    "地元の町では戸惑いが広がる。風力発電所の運転開始は2028年になる見通しだ。",
    "ar": "أعلنت الشركة يوم الأحد أنها تعتزم استثمار 1.3 مليار دولار في توسعة الميناء. "
    "وقالت الشركة إن توسعة الميناء سترفع طاقته إلى أربعة ملايين حاوية. "
    "ونفى وزير النقل منح الشركة أي إعفاءات ضريبية.",
    "th": "รัฐบาลประกาศแผนสร้างทางรถไฟสายใหม่ ทางรถไฟสายใหม่จะเปิดในปี 2570 ชาวบ้านกังวลเรื่องเสียงรบกวน",
}


def asked(
    text: str | tuple[Unit, ...], schema: type[BaseModel] | None = Summary, *, max_words: int | None = 40
) -> Request:
    units = split(text) if isinstance(text, str) else text
    return Request("extractive", (), reply_format(schema) if schema else None, units=units, max_words=max_words)


def units(*texts: str) -> tuple[Unit, ...]:
    return tuple(Unit(number, 0, text) for number, text in enumerate(texts, 1))


def answered(text: str | tuple[Unit, ...], schema: type[Any] = Summary, *, max_words: int | None = 40) -> Any:
    return validate(Extractive().complete(asked(text, schema, max_words=max_words)).text, schema)


def numbers(summary: Summary) -> list[int]:
    return [number for claim in summary.claims for number in claim.cites]


def test_it_is_a_provider_that_writes_nothing() -> None:
    provider = Extractive()

    assert isinstance(provider, Provider)
    assert (provider.info.label, provider.info.window, provider.info.writes) == ("extractive", None, False)


@pytest.mark.parametrize("call", CALLS)
def test_a_completion_costs_nothing(call: Call) -> None:
    completion = call(Extractive(), asked(BRIDGE))

    assert completion == Completion(completion.text, "extractive", "stop", Usage(0, 0, 0, 0, 0, Usage().cost_usd), ())
    assert completion.usage.cost_usd == 0


@pytest.mark.parametrize("call", CALLS)
def test_the_same_request_gets_the_same_reply(call: Call) -> None:
    assert call(Extractive(), asked(BRIDGE)) == call(Extractive(), asked(BRIDGE))


@pytest.mark.parametrize("text", [BRIDGE, *TEXTS.values()], ids=["en", *TEXTS])
def test_every_claim_is_a_unit_word_for_word_with_its_number(text: str) -> None:
    said = {unit.number: unit.text for unit in split(text)}

    for _, claim in find_claims(answered(text)):
        (number,) = claim.cites
        assert claim.text == said[number]


def test_the_sample_article_gets_its_main_point_and_its_sources(sample: Article) -> None:
    summary = answered(sample.text, max_words=120)

    assert "envisage de lever 100 milliards" in summary.title.text
    assert "selon des sources anonymes" in summary.text


def test_claims_stand_in_the_order_of_the_article() -> None:
    found = numbers(answered(BRIDGE, max_words=60))

    assert len(found) > 2
    assert found == sorted(set(found))


@pytest.mark.parametrize("max_words", [15, 20, 40, 60, 80])
def test_claims_keep_within_the_words_asked_for(max_words: int) -> None:
    assert 0 < len(answered(BRIDGE, max_words=max_words).text.split()) <= max_words


def test_more_words_never_mean_fewer_sentences() -> None:
    found = [len(answered(BRIDGE, max_words=words).claims) for words in range(15, 90, 5)]

    assert found == sorted(found)


def test_two_characters_of_chinese_count_as_a_word() -> None:
    text = answered(TEXTS["zh"], max_words=24).text

    assert 0 < len(re.findall(r"\w", text)) <= 48


@pytest.mark.parametrize("max_words", [0, 1, 3])
def test_one_sentence_is_picked_where_none_is_short_enough(max_words: int) -> None:
    assert len(answered(BRIDGE, max_words=max_words).claims) == 1


def test_a_request_without_a_length_gets_one() -> None:
    words = len(answered(BRIDGE * 20, max_words=None).text.split())

    assert 60 < words <= 120


def test_no_more_than_half_of_an_article_is_picked() -> None:
    assert len(answered(BRIDGE, max_words=5_000).text.split()) <= len(BRIDGE.split()) / 2


def test_a_sentence_that_stands_again_and_again_is_picked_once() -> None:
    bridge = "The bridge at Aston will close for nine months."
    others = ("Drivers will have to use the long tunnel.", "Shop owners are afraid for their customers.")

    assert numbers(answered(units(*[bridge] * 8, bridge.upper(), *others), max_words=500)) == [1, 10, 11]


@pytest.mark.parametrize("poor", ["Who will pay for that?", "It rained.", "https://example.org"])
def test_questions_stubs_and_addresses_are_not_picked(poor: str) -> None:
    assert poor in BRIDGE
    assert poor not in answered(BRIDGE, max_words=90).text


def test_a_sentence_with_a_link_of_markdown_is_picked() -> None:
    linked = "The bridge at Aston will [close for nine months](https://example.org/bridge) from Monday."

    assert answered(f"{linked}\n\n{BRIDGE}").title.text == linked


@pytest.mark.parametrize("mark", ["**{}**[^1]", "{}[^1]", "_{}_", "{}¹", "<b>{}</b>", "**“{}”**[2]"])
def test_the_marks_of_markdown_behind_a_full_stop_make_no_headline_of_a_sentence(mark: str) -> None:
    first = mark.format("The bridge at Aston will close for nine months from Monday.")

    summary = answered(f"{first}\n\n{BRIDGE}", max_words=90)

    assert summary.title.text != first or first in {claim.text for claim in summary.claims}


@pytest.mark.parametrize(
    "part",
    [
        "```\nThe bridge at Aston will close for nine months from Monday\n```",
        "| The bridge at Aston | will close for nine months | from Monday |",
        "[^1]: The bridge at Aston will close for nine months from Monday.",
        "<!-- The bridge at Aston will close for nine months from Monday. -->",
    ],
)
def test_what_is_no_sentence_of_a_markdown_file_is_not_picked(part: str) -> None:
    summary = answered(f"{part}\n\n{BRIDGE}\n\n{part}", max_words=60)

    assert all(claim.text in BRIDGE for claim in (summary.title, *summary.claims))


@pytest.mark.parametrize("mark", ["---", "+++"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_a_markdown_file_says_of_itself_is_not_picked(mark: str, end: str) -> None:
    lines = [mark, "title: The bridge at Aston will close for nine months. It is old.", "tags:", "  - bridge", mark]

    summary = answered(f"{end.join(lines)}{end * 2}{BRIDGE}", max_words=60)

    assert all(claim.text in BRIDGE for claim in (summary.title, *summary.claims))


@pytest.mark.parametrize("text", ["---\nIt is so.\n\n{}\n\n---\n\nIt rained.", "---\n{}", "---\n{}\n---"])
def test_lines_of_dashes_around_an_article_hide_none_of_it(text: str) -> None:
    assert "nine months" in answered(text.format("The bridge at Aston will close for nine months.")).title.text


def test_a_poor_sentence_is_picked_where_there_is_no_better_one() -> None:
    summary = answered("Who will pay?")

    assert (summary.title.text, summary.text) == ("Who will pay?", "Who will pay?")


def test_the_articles_own_headline_is_the_title_and_no_claim() -> None:
    headline = "Bridge at Aston to close for nine months"

    summary = answered(f"{headline}\n\n{BRIDGE}", max_words=90)

    assert summary.title == Claim(text=headline, cites=[1])
    assert 1 not in numbers(summary)


def test_a_byline_is_no_title() -> None:
    assert answered(f"By Ann Lee\n\n{BRIDGE}").title.cites == [2]


def test_the_claims_hold_more_than_the_title() -> None:
    summary = answered(BRIDGE, max_words=20)

    assert set(numbers(summary)) - set(summary.title.cites)


LONG = "The bridge at Aston " + "and the road " * 60 + "will close."
SHORT = "The bridge at Aston is old and will close."


class Terse(BaseModel):
    text: str = Field(max_length=80)
    cites: list[int]


class Headline(BaseModel):
    headline: Terse


def test_sentences_that_are_too_long_for_a_claim_are_passed_over() -> None:
    assert numbers(answered(units(LONG, SHORT))) == [2]


def test_an_article_of_nothing_but_long_sentences_still_gets_one() -> None:
    assert answered(units(LONG)).text == LONG


def test_a_bound_of_ones_own_is_kept() -> None:
    assert answered(units(LONG, SHORT), Headline).headline == Terse(text=SHORT, cites=[2])


def test_a_bound_that_no_sentence_keeps_is_an_error_that_names_the_field() -> None:
    with pytest.raises(ArticleError, match=r"/headline.*language model"):
        Extractive().complete(asked(units(LONG), Headline))


@pytest.mark.parametrize("none", [(), units("…"), units("\ud800abc")], ids=["no-units", "no-words", "half-character"])
@pytest.mark.parametrize("call", CALLS)
def test_a_request_without_a_usable_unit_is_unreadable(call: Call, none: tuple[Unit, ...]) -> None:
    with pytest.raises(Unreadable, match="no sentence"):
        call(Extractive(), asked(none))


def test_a_request_without_a_format_gets_running_text() -> None:
    text = Extractive().complete(asked(BRIDGE, None)).text

    assert text.startswith("The river bridge at Aston will close")
    assert len(text.split()) <= 40


# ------------------------------------------------------------------------------------------------------- other schemas


class Brief(BaseModel):
    headline: Claim
    who_said_it: list[Claim]
    mood: Literal["calm", "tense"]


class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Place(BaseModel):
    name: str | None
    floor: int = Field(gt=2)


class Statement(BaseModel):
    said: Claim
    by: str | None
    kind: Literal["statement"]


class Everything(BaseModel):
    place: Place
    statements: list[Statement] = Field(min_length=2, max_length=3)
    maybe: Claim | None
    body: str = Field(max_length=60)
    color: Color
    share: float = Field(lt=-0.5)
    even: int = Field(ge=3, multiple_of=2)
    checked: bool
    tags: list[str]
    published: dt.date | None
    either: int | str
    note: str = "as it was"


def test_a_schema_of_ones_own_is_filled() -> None:
    brief = answered(BRIDGE, Brief)

    assert brief.headline.cites == [1]
    assert len(brief.who_said_it) >= 2
    assert brief.mood == "calm"


def test_what_nothing_decided_is_named() -> None:
    warnings = Extractive().complete(asked(BRIDGE, Brief)).warnings

    assert warnings == ("extractive: /mood was decided by nobody: the first allowed value",)


def test_every_kind_of_field_gets_an_allowed_value() -> None:
    found = answered(BRIDGE, Everything)

    assert (found.place, found.color, found.share < -0.5, found.even) == (Place(name=None, floor=3), Color.RED, True, 4)
    assert (found.checked, found.tags, found.published, found.either, found.note) == (False, [], None, 0, "as it was")
    assert found.body in {unit.text for unit in split(BRIDGE)}
    assert [item.by for item in found.statements] == [None] * len(found.statements)
    assert len({item.said.text for item in found.statements}) in (2, 3)


def test_each_undecided_field_is_named_once() -> None:
    warnings = Extractive().complete(asked(BRIDGE, Everything)).warnings

    assert [line.split()[1] for line in warnings] == [
        "/place/name",
        "/place/floor",
        "/statements/*/by",
        "/body",
        "/color",
        "/share",
        "/even",
        "/checked",
        "/tags",
        "/published",
        "/either",
        "/note",
    ]


def test_single_claims_differ_from_each_other() -> None:
    class Three(BaseModel):
        first: Claim
        second: Claim
        third: Claim

    found = answered(BRIDGE, Three)

    assert len({found.first.text, found.second.text, found.third.text}) == 3


def test_lists_of_claims_share_the_words_and_no_sentence() -> None:
    class Two(BaseModel):
        causes: list[Claim]
        effects: list[Claim]

    found = answered(BRIDGE, Two, max_words=60)

    texts = [claim.text for claim in (*found.causes, *found.effects)]
    assert len(texts) == len(set(texts))
    assert len(" ".join(texts).split()) <= 60


def test_a_list_that_wants_more_than_there_is_repeats() -> None:
    class Five(BaseModel):
        claims: list[Claim] = Field(min_length=5)

    assert numbers(answered(units("The first sentence is here.", "The second sentence is here."), Five)) == [
        1,
        1,
        1,
        2,
        2,
    ]


def test_a_list_that_wants_fewer_gets_the_worthiest() -> None:
    class One(BaseModel):
        claims: list[Claim] = Field(max_length=1)

    assert numbers(answered(BRIDGE, One, max_words=500)) == [1]


@pytest.mark.parametrize("kind", [dt.date, dt.datetime, dt.time])
def test_a_date_cannot_be_picked_from_sentences(kind: type) -> None:
    class Dated(BaseModel):
        title: Claim
        when: kind  # type: ignore[valid-type]

    with pytest.raises(SchemaError, match=r"/when.*let it be null"):
        Extractive().complete(asked(BRIDGE, Dated))


def test_of_options_with_a_tag_that_with_a_claim_is_filled_under_its_tag() -> None:
    assert {type(move) for move in answered(BRIDGE, Moves).moves} == {Fall}


def test_bounds_that_no_number_meets_are_a_schema_error() -> None:
    class Narrow(BaseModel):
        share: int = Field(gt=1, lt=2)

    with pytest.raises(SchemaError, match="/share"):
        Extractive().complete(asked(BRIDGE, Narrow))


def test_a_pattern_that_python_cannot_read_is_a_schema_error() -> None:
    class Odd(BaseModel):
        name: str = Field(pattern=r"^\p{Lu}")

    with pytest.raises(SchemaError, match="pattern"):
        Extractive().complete(asked(BRIDGE, Odd))


@pytest.mark.slow
def test_time_grows_with_the_length_and_not_with_its_square() -> None:
    def prepared(sentences: int) -> Callable[[], object]:
        said = [
            f"Witness {at} of case {at % 97} told the court of {at % 31} bridges in Aston." for at in range(sentences)
        ]
        request = units(*said)
        return lambda: answered(request)

    assert grows_within(20, lambda: prepared(1_000), lambda: prepared(8_000), least_s=0.01)


# ---------------------------------------------------------------------------------------------------------- properties


@given(articles(), st.integers(0, 200))
def test_any_article_with_words_gets_a_valid_summary(text: str, max_words: int) -> None:
    usable = {unit.number: unit.text for unit in split(text)}
    try:
        summary = answered(text, max_words=max_words)
    except Unreadable:
        assert not any(any(map(str.isalnum, said)) and said.isprintable() for said in usable.values())
        return

    assert all(claim.text == usable[claim.cites[0]] for _, claim in find_claims(summary))
    assert numbers(summary) == sorted(set(numbers(summary)))


@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=80), max_size=8), st.integers(0, 50)
)
def test_any_units_get_a_valid_reply_for_any_schema(texts: list[str], max_words: int) -> None:
    request = units("A sentence that says something at last.", *texts)

    found = answered(request, Everything, max_words=max_words)

    assert {claim.text for _, claim in find_claims(found)} <= {unit.text for unit in request}
