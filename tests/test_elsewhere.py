"""A summary that was made elsewhere, or shown before, is read for what it says."""

from __future__ import annotations

from collections.abc import Callable
from itertools import repeat

import pytest
from pydantic import BaseModel

from summarizer import Article, Claim, Result, Summarizer, Summary, render
from summarizer.elsewhere import plain, sentences
from tests.growth import grows_within

ARTICLE = Article(
    "Acme plans to raise 100 million euros, according to Le Monde. The money will pay for a plant in Lyon, the company "
    "said on Friday. Its rival Norvane [2] closed two plants in 2021."
)
SUMMARY = Summary(
    title=Claim(text="Acme plans to raise 100 million euros, according to Le Monde.", cites=[1]),
    claims=[
        Claim(text="Acme raised 200 million euros. That is for 3 * 2 plants.", cites=[1, 2]),
        Claim(text="Norvane, a rival, closed two plants in 2021.", cites=[3]),
        Claim(text="Bananas are yellow.", cites=[]),
    ],
)


class Position(BaseModel):
    who: str
    said: list[Claim]


class Brief(BaseModel):
    positions: list[Position]
    mood: str


@pytest.fixture(scope="module")
def result() -> Result[Summary]:
    with Summarizer(model="extractive") as summarizer:
        found = summarizer.check(ARTICLE, SUMMARY)
    assert [check.supported for check in found.checks] == [True, False, True, False]
    return found


@pytest.mark.parametrize(
    "shown",
    [
        lambda result: render.text(result, ARTICLE, width=None),
        lambda result: render.text(result, bullets=True, width=None),
        lambda result: render.text(result, ARTICLE),
        lambda result: render.text(result, bullets=True, width=24),
        render.markdown,
        lambda result: plain(render.markdown(result)),
    ],
    ids=["text", "bullets", "wrapped", "narrow bullets", "markdown", "markdown of a file"],
)
def test_a_shown_result_is_read_as_its_claims_and_cites(
    shown: Callable[[Result[Summary]], str], result: Result[Summary]
) -> None:
    assert sentences(shown(result)).claims == [SUMMARY.title, *SUMMARY.claims]


SHOWN = pytest.mark.parametrize(
    "show",
    [render.text, lambda result: render.text(result, width=60), render.markdown],
    ids=["text", "narrow", "markdown"],
)


@SHOWN
def test_what_a_result_tells_of_itself_is_no_claim(show: Callable[[Result[Summary]], str]) -> None:
    with Summarizer(model="extractive") as summarizer:
        result = summarizer.summarize(ARTICLE)
        assert result.warnings
        again = summarizer.check(ARTICLE, show(result))

    assert again.grounded
    assert [claim.text for claim in again.summary.claims] == list(
        dict.fromkeys(claim.text for claim, _ in result.checked)
    )


@SHOWN
def test_nor_are_the_names_and_the_unchecked_values_of_a_schema(show: Callable[[Result[Brief]], str]) -> None:
    said = Claim(text="The money will pay for a plant in Lyon, the company said on Friday.", cites=[2])
    brief = Brief(positions=[Position(who="the company", said=[said]), Position(who="it", said=[said])], mood="calm")
    with Summarizer(model="extractive", schema=Brief) as summarizer:
        shown = show(summarizer.check(ARTICLE, brief))

    assert "calm" in shown
    assert sentences(shown).claims == [said, said]


def test_a_sentence_that_was_added_to_a_shown_result_is_read(result: Result[Summary]) -> None:
    title, *rest = render.text(result).splitlines()

    added = sentences("\n".join([title, "", "It snowed.", *rest])).claims

    assert [claim.text for claim in added][1] == "It snowed."


def test_a_claim_below_a_label_that_is_a_kind_of_doubt_is_read() -> None:
    rows = "date: The vote is on Friday. [1]\n✗ quote: It is over.\n    date: the claim says 'Friday'"
    shown = f"{rows}\n\nEvidence:\n  [1] The vote is on Friday."
    assert [(claim.text, claim.cites) for claim in sentences(shown).claims] == [
        ("date: The vote is on Friday.", [1]),
        ("quote: It is over.", []),
    ]


def test_marks_of_other_tools_are_no_part_of_a_sentence() -> None:
    text = "Acme plans to raise money [2][3]. It is for a plant.[^4]\nIt is in Lyon【1†source】, it said [1, 7–9].\n[5]"
    assert [(claim.text, claim.cites) for claim in sentences(text).claims] == [
        ("Acme plans to raise money.", []),
        ("It is for a plant.", []),
        ("It is in Lyon, it said.", []),
    ]


@pytest.mark.parametrize(
    "form", ["- {}", "- [ ] {}", "* [x] {}", "  * {}", "• {}", "## {}", "{number}. {}", "{number}) {}", "({number}) {}"]
)
def test_marks_of_a_list_are_no_part_of_a_sentence(form: str) -> None:
    said = ["Acme plans to raise money.", "It is for a plant.", "The plant is in Lyon."]
    text = "\n\n".join(form.format(one, number=number) for number, one in enumerate(said, 1))
    assert [claim.text for claim in sentences(text).claims] == said


@pytest.mark.parametrize(
    "label",
    [
        *("Summary", "## Key points", "**Key Takeaways:**", "TL;DR", "Here’s a summary of the article:"),
        *("Résumé :", "Voici les points essentiels :", "Zusammenfassung:", "Hier sind die wichtigsten Punkte:"),
        *("Puntos clave:", "In sintesi:", "Principais pontos:"),
    ],
)
def test_a_line_that_names_a_part_of_a_summary_is_no_claim(label: str) -> None:
    said = "Acme plans to raise money."
    assert [claim.text for claim in sentences(f"{label}\n\n- {said}").claims] == [said]


@pytest.mark.parametrize(
    "line", ["Summary trials are banned.", "Here is what Acme plans:", "Here is a summary.", "Acme gave key points:"]
)
def test_a_line_that_says_something_is_a_claim(line: str) -> None:
    assert [claim.text for claim in sentences(f"{line}\n- Acme plans.").claims] == [line, "Acme plans."]


@pytest.mark.parametrize(
    "label", ["TL;DR:", "**Summary:**", "**Title**:", "Résumé :", "Here is a short summary of the article:", "- TLDR:"]
)
def test_a_label_before_a_sentence_is_no_part_of_it(label: str) -> None:
    assert [claim.text for claim in sentences(f"{label} Acme plans. It pays.").claims] == ["Acme plans.", "It pays."]


@pytest.mark.parametrize(
    "line", ["Acme: it plans.", "Here is what Acme says: it plans.", "**Cost**: 5 euros.", "10:30 came."]
)
def test_what_is_no_label_stays_before_a_colon(line: str) -> None:
    assert [claim.text for claim in sentences(line).claims] == [line]


TABLE = "| Company | **Sum** raised |\n|:---|---:|\n| Acme | 100 million euros |\n| Norvane | none |"


def test_names_of_columns_and_the_rule_of_a_table_are_no_claims() -> None:
    assert [claim.text for claim in sentences(f"Acme plans.\n\n{TABLE}\n").claims] == [
        *("Acme plans.", "| Acme | 100 million euros |", "| Norvane | none |")
    ]
    assert plain(TABLE).splitlines() == ["Acme", "100 million euros", "Norvane", "none"]


@pytest.mark.parametrize(
    "lines",
    [
        ["| Acme raised money. |", "|---|", "| Norvane did not. |"],
        ["Acme | Norvane", "--- | ---"],
        ["Acme plans.", "---", "Norvane pays."],
        ["Acme | Norvane", "- a | b", "- c | d"],
    ],
    ids=["a sentence", "no row", "no table", "a list"],
)
def test_what_is_no_head_of_a_table_is_read(lines: list[str]) -> None:
    said = " ".join(claim.text for claim in sentences("\n".join(lines)).claims)
    assert lines[0] in said
    for word in ("Acme", "Norvane"):
        assert word in plain("\n".join(lines))


@pytest.mark.parametrize(
    "length",
    [
        *("(120 words)", "\n\n(~120 words)", "\n*(120 mots)*", "(1 Wort)", "(120 palabras)", "(9 parole)"),
        *("(Word count: 120)", "\n**Word count:** 120 words", "\nNombre de mots : 120", "\n_Wortanzahl: 120_"),
    ],
)
def test_what_counts_the_words_of_a_summary_is_no_claim(length: str) -> None:
    assert [claim.text for claim in sentences(f"Acme plans. {length}").claims] == ["Acme plans."]


@pytest.mark.parametrize(
    "said",
    [
        *(["(120 words)"], ["(120 words).", "Acme plans."], ["Acme wrote a letter (120 words)."]),
        *(["Acme plans.", "(120 euros)"], ["Acme plans.", "It wrote 120 words."], ["Acme plans.", "(Euros: 120)"]),
    ],
)
def test_what_counts_something_else_is_a_claim(said: list[str]) -> None:
    assert [claim.text for claim in sentences(" ".join(said)).claims] == said


def test_a_text_of_labels_alone_is_not_empty() -> None:
    assert [claim.text for claim in sentences("Summary\n\n").claims] == ["Summary"]


@pytest.mark.parametrize(
    "text",
    ["5. Mai ist der Tag der Wahl.\n6. Mai ist der Tag danach.", "1. FC Köln hat gewonnen.", "-40 degrees were read."],
)
def test_what_is_no_mark_of_a_list_stays(text: str) -> None:
    assert [claim.text for claim in sentences(text).claims] == text.splitlines()


def test_what_only_looks_like_a_mark_stays() -> None:
    text = "In [sic] 2021 they closed [two] plants.\n[1]: Le Monde of Friday."
    assert " ".join(claim.text for claim in sentences(text).claims) == text.replace("\n", " ")


def test_a_text_with_an_evidence_line_of_its_own_loses_nothing() -> None:
    assert len(sentences("Acme raised money. [1]\nEvidence: the report\nNote: none was seen.").claims) == 3


def test_marks_are_read_in_linear_time() -> None:
    for part in (
        "[1]",
        "[1,",
        "【",
        "[^1]: ",
        " (risk 1",
        " · rests on 1 of ",
        "✗ ",
        "\n- ",
        "\n1. ",
        " ",
        "|",
        "\n|-",
        "|\n",
        "-",
    ):

        def work(times: int, part: str = part) -> Callable[[], object]:
            shown = f"{''.join(repeat(part, times))}x\n\nEvidence:\n  [1] {part}"
            alone = f"{''.join(repeat(part, times))}x"
            return lambda: (sentences(shown), sentences(alone))

        assert grows_within(5, lambda work=work: work(10_000), lambda work=work: work(20_000)), part
