"""Words in common: between inflected forms, in any script, and none at all."""

from __future__ import annotations

import pytest
from hypothesis import given

from summarizer.ground.case import Case
from summarizer.ground.doubts import overlap
from summarizer.ground.reading.forms import stem, stems
from summarizer.ground.reading.text import Passage
from summarizer.ground.reading.view import ArticleView
from summarizer.records import Unit
from tests.strategies import texts


def case(claim: str, evidence: str, language: str | None = "en", claim_language: str | None = None) -> Case:
    view = ArticleView([Unit(1, 0, evidence)], language)
    return Case.of(Passage(claim, claim_language or language), [1], view)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("financement", "financements"),
        ("investi", "investissements"),
        ("lever", "levée"),
        ("companies", "company"),
        ("drug", "drugs"),
        ("Millionen".lower(), "million"),
        ("الشركة", "شركة"),
        ("회사는", "회사가"),
        ("компания", "компании"),
    ],
)
def test_inflected_forms_share_a_stem(one: str, other: str) -> None:
    assert stem(one) == stem(other)


@pytest.mark.parametrize(("one", "other"), [("bank", "book"), ("cars", "cats"), ("北京", "东京"), ("port", "sport")])
def test_other_words_do_not(one: str, other: str) -> None:
    assert stem(one) != stem(other)


@given(texts())
def test_every_word_has_a_stem(text: str) -> None:
    assert all(stems(Passage(text)))


def test_a_claim_about_something_else_is_a_doubt() -> None:
    found = list(overlap.check(case("Bananas grow well under tropical rain.", "The bank raised its rates on Friday.")))
    assert [finding.kind for finding in found] == ["overlap"]


def test_a_paraphrase_is_no_doubt() -> None:
    claim = "The bank lifted interest rates last Friday."
    assert list(overlap.check(case(claim, "On Friday the bank raised its rates."))) == []


def test_a_short_claim_is_a_doubt_when_it_shares_no_concept_either() -> None:
    unrelated = case("Bananas grow slowly.", "The bank raised its rates on Friday.")
    assert [finding.kind for finding in overlap.check(unrelated)] == ["overlap"]
    assert list(overlap.check(case("Profits climbed sharply.", "Earnings rose."))) == []


@pytest.mark.parametrize(
    "claim", ["Bananas grow.", "N/A", "TODO", "None.", "Sorry, I cannot help with that.", "They will do it.", "It did."]
)
def test_a_claim_that_says_nothing_of_the_article_is_a_doubt(claim: str) -> None:
    found = [finding.kind for finding in overlap.check(case(claim, "The bank raised its rates on Friday."))]
    assert found == ["overlap"]


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("Rates rose.", "The bank raised its rates."),
        ("Profits climbed.", "Earnings rose."),
        ("Ninety-two percent.", "92 % of them agreed."),
        ("On Friday.", "The bank raised its rates on 22 December."),
    ],
)
def test_a_short_claim_that_shares_a_word_a_concept_or_tells_a_figure_is_none(claim: str, evidence: str) -> None:
    assert list(overlap.check(case(claim, evidence))) == []


def test_words_are_not_compared_across_languages() -> None:
    claim = "Financial conditions may still change before the deal."
    assert list(overlap.check(case(claim, "Les conditions peuvent évoluer.", "fr", "en"))) == []


def test_chinese_words_are_compared_by_pairs_of_characters() -> None:
    claim, evidence = "机场铁路将于明年开通", "机场铁路预计明年正式开通运营"
    assert overlap.support(case(claim, evidence, "zh")) > 0.5


def test_support_is_whole_for_a_claim_without_words() -> None:
    assert overlap.support(case("92 %", "Nothing.")) == 1.0
