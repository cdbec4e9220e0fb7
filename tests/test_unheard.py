"""Sentences of which the article has nothing but a name."""

from __future__ import annotations

import pytest

from summarizer.ground import ground
from summarizer.ground.case import Case
from summarizer.ground.doubts.unheard import check
from summarizer.ground.reading.text import Passage
from summarizer.ground.reading.view import ArticleView
from summarizer.plan import split
from summarizer.schema import Claim

ARTICLES = {
    "en": "Halden plans to raise $2 billion, its chairwoman Mara Voss said. Its profit fell by a third last year.",
    "fr": "Halden envisage de lever 2 milliards de dollars, a dit sa présidente Mara Voss. Son bénéfice a chuté.",
    "es": "Halden planea captar 2.000 millones de dólares, dijo su presidenta Mara Voss. Su beneficio cayó.",
    "de": "Halden will 2 Milliarden Dollar aufnehmen, sagte ihre Chefin Mara Voss. Der Gewinn ist gefallen.",
    "it": "Halden vuole raccogliere 2 miliardi di dollari, ha detto la presidente Mara Voss. L'utile è calato.",
    "pt": "A Halden planeja captar 2 bilhões de dólares, disse a presidente Mara Voss. O lucro caiu.",
}
INVENTED = {
    "en": "Mara Voss was bitten by a dog on the beach.",
    "fr": "Mara Voss mange des pommes vertes au bord du lac.",
    "es": "Mara Voss come manzanas verdes junto al lago.",
    "de": "Mara Voss isst am See grüne Äpfel.",
    "it": "Mara Voss mangia mele verdi in riva al lago.",
    "pt": "Mara Voss come maçãs verdes à beira do lago.",
}
REWORDED = {
    "en": "Mara Voss saw earnings decline.",
    "fr": "Mara Voss voit les profits baisser.",
    "es": "Mara Voss vio bajar las ganancias.",
    "de": "Mara Voss sah die Profite sinken.",
    "it": "Mara Voss vede scendere i profitti.",
    "pt": "Mara Voss viu o lucro recuar.",
}


def details(claim: str, language: str, cites: list[int]) -> list[str]:
    """What is told of a claim by all checks together."""
    units = split(ARTICLES[language], language)
    (found,) = ground([("/0", Claim(text=claim, cites=cites))], units, language=language).checks
    return [finding.detail for finding in found.findings if finding.kind == "overlap"]


def case(claim: str, language: str | None, written: str | None) -> Case:
    view = ArticleView(split(ARTICLES["en"], "en"), language)
    return Case.of(Passage(claim, written), [1], view)


@pytest.mark.parametrize("cites", [[], [1]])
@pytest.mark.parametrize("language", ARTICLES)
def test_what_is_said_of_a_known_name_must_have_a_word_in_the_article(language: str, cites: list[int]) -> None:
    assert "the article has next to none of the claim's words but names" in details(INVENTED[language], language, cites)


@pytest.mark.parametrize("cites", [[], [1]])
@pytest.mark.parametrize("language", ARTICLES)
def test_another_word_for_the_same_is_enough(language: str, cites: list[int]) -> None:
    assert "the article has next to none of the claim's words but names" not in details(
        REWORDED[language], language, cites
    )


@pytest.mark.parametrize(
    ("claim", "language", "written"),
    [
        ("Mara Voss declined comment.", "en", "en"),  # two words may be another for what the article says
        ("Dogs eat green apples on beaches.", "en", "en"),  # no name: it cites nothing, which is told elsewhere
        (INVENTED["fr"], "en", "fr"),
        (INVENTED["en"], None, None),
    ],
)
def test_nothing_is_doubted_where_words_cannot_be_compared(
    claim: str, language: str | None, written: str | None
) -> None:
    assert list(check(case(claim, language, written))) == []


def test_the_same_claim_in_the_article_s_language_is_doubted() -> None:
    assert [finding.kind for finding in check(case(INVENTED["en"], "en", "en"))] == ["overlap"]
