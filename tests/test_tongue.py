"""The language of a claim: the one that was asked for."""

from __future__ import annotations

import pytest

from summarizer.ground import tongue
from summarizer.ground.case import Case
from summarizer.records import Article
from tests.cases import case_about, doubts, make_case

FRENCH = ["OpenAI envisage de lever 100 milliards de dollars, d’après un article publié vendredi par Bloomberg."]


@pytest.mark.parametrize(
    ("claim", "asked"),
    [
        ("OpenAI is considering a new funding round of one hundred billion dollars, Bloomberg reports.", "fr"),
        ("OpenAI prévoit de lever cent milliards de dollars, selon un article de l’agence.", "en"),
        ("据报道，该公司正在考虑筹集一千亿美元的新一轮融资。", "fr"),
    ],
)
def test_a_claim_in_another_language_than_asked_for_is_found(sample: Article, claim: str, asked: str) -> None:
    assert doubts(tongue.check, case_about(sample, claim, [1], language=asked)) == ["language"]


@pytest.mark.parametrize(
    ("claim", "asked"),
    [
        ("OpenAI is considering a new funding round of one hundred billion dollars, Bloomberg reports.", "en"),
        ("OpenAI prévoit de lever cent milliards de dollars, selon un article de l’agence.", "fr"),
        ("OpenAI, Bloomberg, ChatGPT, Sam Altman, Nvidia.", "fr"),
        (
            "« Nobody has shown us a plan, and nobody has asked us for one », a déclaré le délégué lors de la réunion.",
            "fr",
        ),
        ("«Sem chuva, não vamos apagar isto», avisou o comandante.", "pt"),
        ("100 Md$.", "fr"),
    ],
)
def test_a_claim_in_the_language_asked_for_or_too_short_to_tell_passes(sample: Article, claim: str, asked: str) -> None:
    assert doubts(tongue.check, case_about(sample, claim, [1], language=asked)) == []


def test_without_a_language_asked_for_it_is_the_article_s() -> None:
    claim = "The company is considering a new funding round of a hundred billion dollars."
    assert doubts(tongue.check, make_case(claim, FRENCH, language="fr")) == ["language"]


def test_an_article_of_unknown_language_asks_for_none() -> None:
    case = make_case("The company is considering a new round of funding, it is said.", FRENCH, language="fr")
    unknown = Case(case.claim, "", case.cites, case.evidence, (), type(case.article)(case.article.units))
    assert doubts(tongue.check, unknown) == []


@pytest.mark.parametrize(
    ("text", "given", "found"),
    [
        ("The company is considering raising $100 billion, according to Bloomberg.", "fr", "en"),
        ("OpenAI envisage de lever 100 milliards de dollars, selon Bloomberg.", "en", "fr"),
        ("OpenAI envisage de lever 100 milliards de dollars, selon Bloomberg.", "fr", "fr"),
        ("Sam Altman, OpenAI, 2023", "fr", "fr"),
        ("", "en", "en"),
        ("It does not plan to go public.", None, None),
    ],
)
def test_each_claim_is_read_in_its_own_language(text: str, given: str | None, found: str | None) -> None:
    assert tongue.read(text, given).language == found
