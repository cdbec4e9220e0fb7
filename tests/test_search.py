"""The right units for a claim that cites none, or the wrong ones; and none for a claim that is wrong."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from summarizer.ground import ground, search
from summarizer.ground.case import Case
from summarizer.ground.reading.text import Passage
from summarizer.ground.reading.view import ArticleView
from summarizer.plan import split
from summarizer.records import Article, Check
from summarizer.schema import Claim
from tests.strategies import articles


def checked(article: Article, text: str, cites: list[int], *, look: bool = True) -> Check:
    units = split(article.text, article.language)
    found = ground([("/x", Claim(text=text, cites=cites))], units, language=article.language, search=look)
    return found.checks[0]


@pytest.fixture
def article(sample: Article) -> Article:
    return Article(sample.text, language="fr")


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("OpenAI envisage de lever 100 milliards de dollars, selon Bloomberg.", 1),
        ("À terme, OpenAI pourrait rivaliser avec des entreprises technologiques très influentes.", 4),
        ("Altman a dévoilé GPT-4 Turbo, la dernière innovation d'OpenAI.", 8),
        ("Le projet vise à créer des semi-conducteurs pour concurrencer Nvidia.", 11),
    ],
)
def test_the_unit_that_says_it_is_found_first(article: Article, text: str, unit: int) -> None:
    view = ArticleView(split(article.text, "fr"), "fr")
    assert search.find(Case.of(Passage(text, "fr"), [], view))[0] == unit


def test_wrong_cites_are_replaced_and_kept_as_corrected(article: Article) -> None:
    check = checked(article, "Altman a dévoilé GPT-4 Turbo, la dernière innovation d'OpenAI.", [3])
    assert (check.verdict, [item.unit for item in check.evidence], check.corrected) == ("supported", [8], (3,))


def test_wrong_cites_stay_without_search(article: Article) -> None:
    check = checked(article, "Altman a dévoilé GPT-4 Turbo, la dernière innovation d'OpenAI.", [3], look=False)
    assert (check.verdict, [item.unit for item in check.evidence], check.corrected) == ("unsupported", [3], None)


def test_right_cites_are_not_corrected(article: Article) -> None:
    assert checked(article, "Altman a dévoilé GPT-4 Turbo, la dernière innovation d'OpenAI.", [8]).corrected is None


def test_a_claim_without_cites_finds_its_evidence(article: Article) -> None:
    check = checked(article, "Altman a dévoilé GPT-4 Turbo, la dernière innovation d'OpenAI.", [])
    assert (check.verdict, [item.unit for item in check.evidence], check.corrected) == ("supported", [8], ())


def test_a_cite_that_does_not_exist_is_left_out(article: Article) -> None:
    check = checked(article, "Altman a dévoilé GPT-4 Turbo, la dernière innovation d'OpenAI.", [8, 99])
    assert (check.verdict, [item.unit for item in check.evidence], check.corrected) == ("supported", [8], (8, 99))


def test_a_claim_of_two_sentences_finds_the_second(article: Article) -> None:
    text = (
        "Altman a dévoilé GPT-4 Turbo, et le projet Tigris doit créer des semi-conducteurs capables de concurrencer "
        "les leaders actuels du marché, notamment Nvidia."
    )
    assert {8, 11} <= {item.unit for item in checked(article, text, [8]).evidence}


@pytest.mark.parametrize(
    "text",
    [
        "OpenAI envisage de lever 200 milliards de dollars, d'après un article publié vendredi par Bloomberg.",
        "OpenAI envisage de lever 10 milliards de dollars, d'après un article publié vendredi par Bloomberg.",
        "OpenAI envisage de lever 100 milliards d'euros, d'après un article publié vendredi par Bloomberg.",
        "OpenAI envisage de lever 100 milliards de dollars, d'après un article publié lundi par Bloomberg.",
    ],
)
def test_no_other_unit_saves_a_wrong_detail(article: Article, text: str) -> None:
    assert checked(article, text, [1]).verdict == "unsupported"


def test_a_claim_about_nothing_of_the_article_is_held_against_no_unit(article: Article) -> None:
    check = checked(article, "Zebrastreifen quietschen nachts.", [])
    assert (check.verdict, check.evidence, [finding.kind for finding in check.findings]) == (
        "unsupported",
        (),
        ["cite"],
    )


@given(articles(), st.text(min_size=1, max_size=40), st.lists(st.integers(-2, 30), max_size=4))
@settings(max_examples=60)
def test_search_never_raises_and_cites_only_what_exists(text: str, claim: str, cites: list[int]) -> None:
    units = split(text)
    written = Claim.model_construct(text=claim, cites=cites)
    check = ground([("/x", written)], units, language=None).checks[0]
    assert {item.unit for item in check.evidence} <= {unit.number for unit in units}
