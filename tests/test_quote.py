"""Quotations: word for word, whatever the marks."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given

from summarizer.ground.doubts import quote
from summarizer.ground.reading.quoted import quotes, words_line
from summarizer.ground.reading.text import Passage
from summarizer.records import Article
from tests.cases import case_about, doubts, make_case
from tests.growth import grows_within
from tests.strategies import texts

SAID = "“A press release is not evidence, and never was,” said Samuel Adeyemi-Clarke."


def quoted(text: str, language: str | None = "en") -> list[str]:
    return [text[start:end] for start, end in quotes(Passage(text, language))]


@pytest.mark.parametrize(
    ("text", "language", "found"),
    [
        ("He said “yes” twice.", "en", ["yes"]),
        ('He said "yes" and "no".', "en", ["yes", "no"]),
        ("Il a dit « oui » hier.", "fr", [" oui "]),
        ("Er sagte „ja“ und „nein”.", "de", ["ja", "nein"]),
        ("Er sagte »ja«.", "de", ["ja"]),
        ("彼は「はい」と言った。", "ja", ["はい"]),
        ("She said “he called it ‘odd’ once”.", "en", ["he called it ‘odd’ once"]),
        ("« Il a dit « non » », dit-il.", "fr", [" Il a dit « non » "]),
        ("The companies’ chief said l’année.", "en", []),
        ('A 5" pipe and a 6" pipe.', "en", []),
        ("An “unclosed quotation goes on", "en", []),
    ],
)
def test_quotations_are_what_stands_between_a_language_s_marks(text: str, language: str, found: list[str]) -> None:
    assert quoted(text, language) == found


@pytest.mark.parametrize(
    "claim",
    [
        "“A press release is not evidence,” he said.",
        'He said: "a press release is not evidence, and never was".',
        "He said “a press release [...] never was”.",
        "He said “a press release … never was.”",
        "He said “a press release [from Lumira] is not evidence”.",
        "He said that “evidence” was lacking.",
        "The company said it’s sure of Lumira’s results.",
    ],
)
def test_words_of_the_article_may_be_quoted_with_cuts_and_other_marks(claim: str) -> None:
    assert doubts(quote.check, make_case(claim, [SAID])) == []


@pytest.mark.parametrize(
    "claim",
    [
        "“A press release is evidence,” he said.",
        "“A press release is not proof,” he said.",
        "He said “never was [...] a press release”.",
        "He spoke of “fraud”.",
    ],
)
def test_a_quotation_with_another_word_is_found(claim: str) -> None:
    assert doubts(quote.check, make_case(claim, [SAID])) == ["quote"]


def test_a_quoted_term_may_be_one_of_the_article_s_many() -> None:
    assert doubts(quote.check, make_case("He is a “rogue trader”.", ["They are called “rogue traders”."])) == []


def test_words_that_were_said_may_not_be_inflected() -> None:
    case = make_case("He said “we sold the assets to them”.", ["He said “we sold the asset to them”."])
    assert doubts(quote.check, case) == ["quote"]


@pytest.mark.parametrize(
    ("language", "claim", "evidence", "found"),
    [
        ("es", "«Es una sequía pasajera», dijo.", "«No es una sequía pasajera», dijo.", ["quote"]),
        (
            "pt",
            "“Vamos passar por cima de ninguém”, disse.",
            "“Não vamos passar por cima de ninguém”, disse.",
            ["quote"],
        ),
        ("en", "He asked for “evidence”.", "A press release is not evidence.", []),
    ],
)
def test_a_quotation_may_not_leave_out_the_not_before_it(
    language: str, claim: str, evidence: str, found: list[str]
) -> None:
    assert doubts(quote.check, make_case(claim, [evidence], language=language)) == found


def test_a_quotation_from_a_sentence_that_is_not_cited_is_not_altered() -> None:
    assert doubts(quote.check, make_case("He asked for “more proof”.", ["He spoke."], after=["“More proof!”"])) == []


def test_a_translated_quotation_cannot_be_compared() -> None:
    case = make_case("« Un communiqué n’est pas une preuve », a-t-il dit.", [SAID], claim_language="fr")
    assert doubts(quote.check, case) == []


def test_the_finding_shows_the_quotation_and_not_more() -> None:
    (finding,) = quote.check(make_case(f"He said “{'evidence of it ' * 20}”.", [SAID]))
    assert len(finding.detail) < 120


def test_the_sample_s_own_words_are_found_with_other_apostrophes(sample: Article) -> None:
    claim = (
        "Une source affirme qu'OpenAI « cherche à consolider sa position de leader grâce à cette injection de fonds »."
    )
    assert doubts(quote.check, case_about(sample, claim, [5], language="fr")) == []


@given(texts())
def test_no_text_breaks_the_check(text: str) -> None:
    found = quotes(Passage(text))
    assert all(0 < start <= end < len(text) for start, end in found)
    assert doubts(quote.check, make_case(f"a “{text}” b", [f"x {text} y"])) in ([], ["quote"], ["quote", "quote"])


def test_the_line_of_words_takes_time_in_proportion_to_its_marks() -> None:
    def prepared(words: int) -> Callable[[], object]:
        passage = Passage("word , " * words, "en")
        return lambda: words_line(passage)

    assert words_line(Passage("A word, and “one” more.", "en")) == " a word and one more "
    assert grows_within(20, lambda: prepared(20_000), lambda: prepared(160_000))
