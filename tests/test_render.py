"""Stage 7: what people and programs see of a result."""

from __future__ import annotations

import enum
import json
import re
import unicodedata
from dataclasses import replace
from decimal import Decimal
from html.parser import HTMLParser
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from pydantic import BaseModel

from summarizer import Summarizer, render
from summarizer.records import Article, Check, Coverage, Evidence, Finding, Origin, Result, Span, Usage, Verdict
from summarizer.render.outline import clean
from summarizer.schema import Claim, PlainSummary, Summary
from tests.strategies import texts

TEXT = "Acme plans to raise 100 million euros, Bloomberg reported.\nThe talks may fail.\nAcme was founded in 1999.\n"
ARTICLE = Article(TEXT, "acme.txt", "en")
SENTENCES = dict(enumerate(TEXT.splitlines(), 1))


def evidence(*numbers: int, said: dict[int, str] | None = None) -> tuple[Evidence, ...]:
    found = []
    for number in numbers:
        text = (said or SENTENCES)[number]
        start = max(0, TEXT.find(text))
        found.append(Evidence(number, Span(start, start + len(text)), text))
    return tuple(found)


def check(
    path: str,
    *numbers: int,
    verdict: Verdict = "supported",
    findings: tuple[Finding, ...] = (),
    origin: Origin = "model",
    rejected: str | None = None,
) -> Check:
    return Check(path, verdict, evidence(*numbers), findings, 0.0, origin, rejected)


def result(
    summary: BaseModel,
    *checks: Check,
    unchecked: tuple[str, ...] = (),
    warnings: tuple[str, ...] = (),
    usage: Usage = Usage(),  # noqa: B008
    partial: tuple[int, ...] = (),
    model: str = "gpt-5-mini",
) -> Result[Any]:
    cited = tuple(sorted({item.unit for found in checks for item in found.evidence}))
    coverage = Coverage(3, cited, partial)
    return Result(ARTICLE.id, ARTICLE.source, "en", model, summary, checks, unchecked, warnings, coverage, usage)


def summary(title: str, *claims: tuple[str, list[int]]) -> Summary:
    said = claims or (("The talks may fail.", [2]),)
    return Summary(
        title=Claim(text=title, cites=[1]), claims=[Claim(text=text, cites=numbers) for text, numbers in said]
    )


GOOD = result(
    summary("Acme may raise 100 million", ("Acme plans to raise money, but talks may fail.", [1, 2])),
    check("/title", 1),
    check("/claims/0", 1, 2),
    usage=Usage(2, 1234, 0, 210, 0, Decimal("0.001200")),
)
DOUBTED = result(
    summary("Acme raises 300 million", ("Acme was founded in 1999.", [3]), ("Acme is happy.", [2])),
    check("/title", 1, verdict="unsupported", findings=(Finding("number", "300 million is not in [1]: 100 million"),)),
    check("/claims/0", 3, origin="extract", rejected="Acme was founded in 1989."),
    check("/claims/1", verdict="unsupported"),
    warnings=("the article may be cut", "two sentences disagree"),
    partial=(2,),
)


class Mood(enum.Enum):
    CALM = "calm"


class Statement(Claim):
    speaker: str | None = None


class Place(BaseModel):
    name: str
    floor: int


class Brief(BaseModel):
    headline: Claim
    who_said_it: list[Statement]
    mood: Mood
    places: list[Place]
    tags: set[str]
    by_topic: dict[str, Claim]
    urgent: bool
    kind: Literal["news"]
    nothing: str | None


BRIEF = result(
    Brief(
        headline=Claim(text="Acme plans to raise money.", cites=[1]),
        who_said_it=[Statement(text="Bloomberg reported it.", cites=[1], speaker="Bloomberg")],
        mood=Mood.CALM,
        places=[Place(name="Aston", floor=3)],
        tags={"money", "acme"},
        by_topic={"a/b": Claim(text="Acme is old.", cites=[3])},
        urgent=False,
        kind="news",
        nothing=None,
    ),
    check("/headline", 1),
    check("/who_said_it/0", 1),
    check("/by_topic/a~1b", 3, verdict="unsupported", findings=(Finding("overlap", "[3] says less"),)),
    unchecked=("/who_said_it/0/speaker", "/mood", "/places/0/name", "/places/0/floor", "/urgent", "/kind"),
)


# ---------------------------------------------------------------------------------------------------------------- text


def test_text_shows_claims_evidence_and_cost() -> None:
    assert render.text(GOOD) == (
        "Acme may raise 100 million [1]\n"
        "\n"
        "Acme plans to raise money, but talks may fail. [1][2]\n"
        "\n"
        "Evidence:\n"
        "  [1] Acme plans to raise 100 million euros, Bloomberg reported.\n"
        "  [2] The talks may fail.\n"
        "\n"
        "gpt-5-mini · rests on 2 of 3 sentences · 2 requests · 1,234 tokens in, 210 out · $0.0012\n"
    )


def test_text_marks_what_is_doubted_and_what_was_replaced() -> None:
    assert render.text(DOUBTED) == (
        "✗ Acme raises 300 million [1]\n"
        "    number: 300 million is not in [1]: 100 million\n"
        "\n"
        "Acme was founded in 1999. [3]\n"
        "    the article's own words, in place of: “Acme was founded in 1989.”\n"
        "✗ Acme is happy.\n"
        "    unsupported: nothing that it rests on says this\n"
        "\n"
        "Evidence:\n"
        "  [1] Acme plans to raise 100 million euros, Bloomberg reported.\n"
        "  [3] Acme was founded in 1999.\n"
        "\n"
        "Note: the article may be cut\n"
        "Note: two sentences disagree\n"
        "\n"
        "gpt-5-mini · 1 of 3 claims supported · rests on 2 of 3 sentences · 1 sentence unread\n"
    )


def test_text_walks_any_schema() -> None:
    assert render.text(BRIEF).startswith(
        "headline: Acme plans to raise money. [1]\n"
        "who_said_it:\n"
        "  - Bloomberg reported it. [1]\n"
        "    speaker: Bloomberg (unchecked)\n"
        "mood: calm (unchecked)\n"
        "places:\n"
        "  1:\n"
        "    name: Aston (unchecked)\n"
        "    floor: 3 (unchecked)\n"
        "tags: acme, money (unchecked)\n"
        "by_topic:\n"
        "  ✗ a/b: Acme is old. [3]\n"
        "      overlap: [3] says less\n"
        "urgent: no (unchecked)\n"
        "kind: news (unchecked)\n"
        "nothing: –\n"
        "\n"
        "Evidence:\n"
    )


def test_text_names_the_lines_of_the_article() -> None:
    assert "  [2] The talks may fail. (line\u00a02)\n" in render.text(GOOD, ARTICLE)


@pytest.mark.parametrize("end", ["", "\n", "\r\n\r\n"])
def test_text_names_no_line_of_an_article_that_has_one(end: str) -> None:
    assert "(line" not in render.text(GOOD, Article(TEXT.replace("\n", " ").strip() + end))


def test_text_of_bullets_makes_a_list() -> None:
    shown = render.text(GOOD, bullets=True)

    assert "\n- Acme plans to raise money" in shown
    assert shown.startswith("Acme may")


def test_a_sentence_that_repeats_the_title_is_shown_once() -> None:
    said = SENTENCES[1]
    repeated = result(
        summary(said, (said, [1]), (SENTENCES[2], [2])),
        check("/title", 1),
        check("/claims/0", 1),
        check("/claims/1", 2),
    )

    above, _, _ = render.text(repeated).partition("Evidence:")

    assert above.count(said) == 1
    assert SENTENCES[2] in above


def test_a_heading_of_markdown_is_shown_without_its_marks() -> None:
    said = "## Acme opens a plant"
    told = result(summary(said, (said, [1])), Check("/title", "supported", (Evidence(1, Span(0, len(said)), said),)))

    assert render.text(told).startswith("Acme opens a plant [1]\n")
    assert render.markdown(told).startswith("# Acme opens a plant[^1]\n")
    assert f"[1] {said}" in render.text(told)


def test_a_doubted_sentence_that_repeats_the_title_is_shown_too() -> None:
    said = SENTENCES[1]
    doubted = result(summary(said, (said, [1])), check("/title", 1), check("/claims/0", 1, verdict="unsupported"))

    assert render.text(doubted).partition("Evidence:")[0].count(said) == 2


def test_a_claim_that_nobody_checked_is_marked() -> None:
    unseen = result(summary("Acme may raise money", ("The talks may fail.", [])))

    assert "The talks may fail. (unchecked)" in render.text(unseen)
    assert "Evidence:" not in render.text(unseen)


def test_color_only_adds_colors() -> None:
    painted = render.text(DOUBTED, color=True)

    assert re.sub(r"\x1b\[\d+m", "", painted) == render.text(DOUBTED)
    assert "\x1b[31m✗\x1b[0m" in painted
    assert "\x1b" not in render.text(DOUBTED)


def test_long_text_is_wrapped_and_never_cut() -> None:
    long = " ".join(f"word{number}" for number in range(200))
    found = Check("/title", "supported", (Evidence(1, Span(0, len(long)), long),))

    shown = render.text(result(summary("Acme"), found))

    assert max(map(len, shown.splitlines())) <= 92
    assert long in re.sub(r"\s+", " ", shown)


def test_text_without_a_width_keeps_each_sentence_on_one_line() -> None:
    long = " ".join(f"word{number}" for number in range(100))

    assert f"\n{long} [2]\n" in render.text(result(summary("Acme", (long, [2])), check("/claims/0", 2)), width=None)


def test_a_word_longer_than_a_line_is_not_broken() -> None:
    address = "https://example.org/" + "a-b-c/" * 30

    assert address in render.text(result(summary(f"See {address} now."), check("/title", 1)))


def test_a_cost_that_is_unknown_is_not_shown_as_nothing() -> None:
    unknown = result(summary("Acme"), check("/title", 1), usage=Usage(1, None, None, None, None, None))

    assert render.text(unknown).endswith("rests on 1 of 3 sentences · 1 request\n")


HOSTILE = (
    "\x1b[2J\x1b]0;owned\x07",
    "\x9b31m",
    "a\u202egnp.exe",
    "\u2066hidden\u2069",
    "tag\U000e0041\U000e0042",
    "\x00\x08\x7f",
    "half \ud800 pair",
    "line\u2028break\rback",
)


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("form", ["text", "markdown", "json", "jsonl"])
def test_nothing_from_an_article_or_a_model_reaches_the_terminal_as_a_command(form: str, hostile: str) -> None:
    shown = render.FORMATS[form](everywhere(hostile))

    assert not [char for char in shown if char != "\n" and unicodedata.category(char) in ("Cc", "Cf", "Cs", "Zl", "Zp")]


def everywhere(text: str) -> Result[Any]:
    """A result that holds a text in every place that an article or a model can fill."""
    findings = (Finding("quote", text),)
    claim = Claim.model_construct(text=f"a {text}", cites=[1])
    return Result(
        article_id=ARTICLE.id,
        source=text,
        language="en",
        model=text,
        summary=Summary.model_construct(title=claim, claims=[claim, claim]),
        checks=(
            Check("/title", "supported", (Evidence(1, Span(0, len(text)), text),)),
            Check("/claims/0", "unsupported", (Evidence(2, Span(0, len(text)), text),), findings),
            Check("/claims/1", "supported", (Evidence(3, Span(0, len(text)), text),), (), 0.0, "extract", text),
        ),
        unchecked=(),
        warnings=(text,),
        coverage=Coverage(3, (1, 2, 3)),
        usage=Usage(),
    )


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a \n\t b", "a b"),
        ("10\u00a0000", "10\u00a0000"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("👩\u200d🚀", "👩\u200d🚀"),
        ("\ufeffco\u00adop\u200b", "coop"),
        ("\x1b[31m", "\\x1b[31m"),
        ("a\u202eb", "a\\u202eb"),
        ("\U000e0041", "\\U000e0041"),
    ],
)
def test_cleaning_keeps_what_people_read(text: str, shown: str) -> None:
    assert clean(text) == shown


@given(texts())
def test_cleaned_text_is_one_harmless_line(text: str) -> None:
    line = clean(text)

    assert line == clean(line)
    assert len(line.splitlines()) <= 1
    assert {unicodedata.category(char) for char in line} & {"Cc", "Cs"} == set()


# ---------------------------------------------------------------------------------------------------------------- html


class Seen(HTMLParser):
    """What a browser makes of a page: its elements, the text that stands there, and what hovering shows."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.texts: list[str] = []
        self.titles: list[str | None] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self.titles += [value for name, value in attrs if name == "title"]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_html_shows_what_is_unsupported_and_what_each_number_cites() -> None:
    seen = Seen(render.html(DOUBTED))
    text = "".join(seen.texts)

    assert text.startswith(f"✗ Acme raises 300 million[1]number: {DOUBTED.checks[0].findings[0].detail}")
    assert "the article's own words, in place of: “Acme was founded in 1989.”" in text
    assert "✗ Acme is happy.unsupported: nothing that it rests on says this" in text
    assert "Note: two sentences disagree" in text
    assert seen.titles == [SENTENCES[1], SENTENCES[3]]
    assert f"Evidence[1] {SENTENCES[1]}[3] {SENTENCES[3]}" in text


def test_html_walks_any_schema() -> None:
    text = "".join(Seen(render.html(BRIEF)).texts)

    assert "headline: Acme plans to raise money.[1]" in text
    assert "speaker: Bloomberg (unchecked)" in text
    assert "✗ a/b: Acme is old.[3]overlap: [3] says less" in text


def test_a_notebook_shows_a_result_and_takes_no_sum_for_a_formula() -> None:
    shown = DOUBTED._repr_html_()  # what IPython asks for

    assert shown == render.html(DOUBTED)
    assert shown.startswith('<div class="tex2jax_ignore mathjax_ignore">')


@given(
    st.lists(st.sampled_from([*"<>&'\"/=`-!", "<script>", "</div>", "<!--", "&lt;", 'x" onclick="y', "a "])).map(
        "".join
    )
)
def test_no_text_acts_as_html(text: str) -> None:
    seen = Seen(render.html(everywhere(text)))

    assert set(seen.tags) <= {"div", "b", "i", "sup", "details", "summary"}
    assert seen.attributes == {"class", "style", "title"}
    assert clean(text) in clean("".join(seen.texts))
    assert seen.titles == [clean(text)] * 3


# ------------------------------------------------------------------------------------------------------------ markdown


def test_markdown_shows_claims_with_footnotes() -> None:
    assert render.markdown(GOOD) == (
        "# Acme may raise 100 million[^1]\n"
        "\n"
        "- Acme plans to raise money, but talks may fail.[^1][^2]\n"
        "\n"
        "gpt-5-mini · rests on 2 of 3 sentences · 2 requests · 1,234 tokens in, 210 out · \\$0.0012\n"
        "\n"
        "[^1]: Sentence 1: Acme plans to raise 100 million euros, Bloomberg reported.\n"
        "[^2]: Sentence 2: The talks may fail.\n"
    )


def test_markdown_marks_what_is_doubted_and_what_was_replaced() -> None:
    assert render.markdown(DOUBTED) == (
        "# ✗ Acme raises 300 million[^1]\n"
        "\n"
        "- *number:* 300 million is not in \\[1\\]: 100 million\n"
        "\n"
        "- Acme was founded in 1999.[^3]\n"
        "  - *the article's own words, in place of:* “Acme was founded in 1989.”\n"
        "- ✗ Acme is happy.\n"
        "  - *unsupported:* nothing that it rests on says this\n"
        "\n"
        "> the article may be cut  \n"
        "> two sentences disagree  \n"
        "\n"
        "gpt-5-mini · 1 of 3 claims supported · rests on 2 of 3 sentences · 1 sentence unread\n"
        "\n"
        "[^1]: Sentence 1: Acme plans to raise 100 million euros, Bloomberg reported.\n"
        "[^3]: Sentence 3: Acme was founded in 1999.\n"
    )


def test_the_risk_of_a_sentence_made_elsewhere_is_shown() -> None:
    checked = replace(check("/claims/0", 1), risk=0.39)
    made = result(PlainSummary(claims=[Claim(text="Acme plans much.", cites=[])]), checked, model="none")

    assert render.text(made).startswith("Acme plans much. [1]\xa0(risk\xa00.39)\n")
    assert render.markdown(made).startswith("- Acme plans much.[^1] *(risk 0.39)*\n")


def test_markdown_walks_any_schema() -> None:
    assert render.markdown(BRIEF).startswith(
        "- **headline:** Acme plans to raise money.[^1]\n"
        "- **who\\_said\\_it:**\n"
        "  - Bloomberg reported it.[^1]\n"
        "    - **speaker:** Bloomberg *(unchecked)*\n"
        "- **mood:** calm *(unchecked)*\n"
    )


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("![x](y)", "!\\[x\\](y)"),
        ("[ref]: x 'y'", "\\[ref\\]: x 'y'"),
        ("see https://evil.example/?a=`b`", "see `https://evil.example/?a='b'`"),
        ("WWW.evil.example", "`WWW.evil.example`"),
        ("mail a@b.example", "mail `a@b.example`"),
        ("# head", "\\# head"),
        ("- item", "\\- item"),
        ("1. item", "1\\. item"),
        ("1999. A year", "1999\\. A year"),
        ("a_b*c`d~e^f|g", "a\\_b\\*c\\`d\\~e\\^f\\|g"),
        ("$5 to $6", "\\$5 to \\$6"),
        ("&copy; {{ x }}", "&amp;copy; \\{\\{ x \\}\\}"),
        ("back\\slash", "back\\\\slash"),
        ("two\nlines\n\n# head", "two lines \\# head"),
        ("3.5 %", "3.5 %"),
    ],
)
def test_markdown_of_hostile_text_is_text(text: str, written: str) -> None:
    found = Check("/title", "supported", (Evidence(1, Span(0, len(text)), text),))

    assert render.markdown(result(summary("Acme"), found)).endswith(f"\n[^1]: Sentence 1: {written}\n")


MARKUP = (
    "<b>",
    "![a](b)",
    "[a]",
    "](",
    "[^1]: ",
    "`",
    "``",
    "\\",
    "*",
    "_",
    "http://a.b",
    "&lt;",
    "\n\n",
    "# ",
    "1. ",
    "a",
    " ",
)


@given(st.lists(st.sampled_from(MARKUP)).map("".join))
def test_no_text_acts_as_markdown(text: str) -> None:
    found = Check("/title", "supported", (Evidence(1, Span(0, len(text)), text),))
    parsed = MarkdownIt("commonmark").parse(render.markdown(result(summary("Acme"), found)))

    inside = parsed[-2].children or []
    assert [block.type for block in parsed].count("paragraph_open") == 3
    assert {token.type for token in inside} <= {"text", "code_inline"}
    shown = "".join(token.content for token in inside)
    assert shown.replace("`", "'") == f"[^1]: Sentence 1: {clean(text)}".replace("`", "'").rstrip()


# ---------------------------------------------------------------------------------------------------------------- json


@pytest.mark.parametrize("case", [GOOD, DOUBTED], ids=["good", "doubted"])
@pytest.mark.parametrize("form", ["json", "jsonl"])
def test_json_is_read_back_as_the_same_result(form: str, case: Result[Any]) -> None:
    assert Result.from_json(render.FORMATS[form](case)) == case


def test_json_of_a_schema_of_ones_own_is_read_back() -> None:
    assert Result.from_json(render.json(BRIEF), schema=Brief) == BRIEF


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("form", ["json", "jsonl"])
def test_json_keeps_hostile_text_as_it_was(form: str, hostile: str) -> None:
    values = json.loads(render.FORMATS[form](everywhere(hostile)))

    assert values["checks"][0]["evidence"][0]["text"] == hostile
    assert values["model"] == hostile


def test_json_is_indented_and_jsonl_is_one_line() -> None:
    assert render.json(GOOD).startswith('{\n  "format": "summarizer.result/1",\n  "article_id"')
    assert render.jsonl(GOOD).startswith('{"format":"summarizer.result/1"')
    assert len(render.jsonl(everywhere("a\u2028b\x85c")).splitlines()) == 1


def test_there_is_a_format_for_each_name() -> None:
    assert list(render.FORMATS) == ["text", "markdown", "json", "jsonl"]


@pytest.mark.parametrize("form", render.FORMATS)
@given(text=texts())
def test_any_text_can_be_shown(form: str, text: str) -> None:
    shown = render.FORMATS[form](everywhere(text))

    assert shown.endswith("\n")
    assert shown.encode()


def test_a_summary_that_is_one_claim_is_shown_as_checked() -> None:
    told = Summarizer("extractive", schema=Claim).summarize("Acme plans to raise 100 million euros in May.")

    assert render.text(told).startswith("Acme plans to raise 100 million euros in May. [1]\n")
    assert "unchecked" not in render.text(told) + render.markdown(told)
