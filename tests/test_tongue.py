"""The language of a claim: the one that was asked for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from summarizer.ground.case import Case
from summarizer.ground.doubts import tongue
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


AROUND_A_QUOTATION = [
    ("fr", "Selon lui, « the deal is off the table and it will not be coming back »."),
    ("fr", "« Wir werden das nicht akzeptieren, und das haben wir von Anfang an gesagt », a déclaré le ministre."),
    (
        "en",
        "The minister said: “Nous n’accepterons aucun accord qui mettrait nos agriculteurs en danger, c’est clair.”",
    ),
    ("en", "“Wir werden das nicht akzeptieren, und das haben wir von Anfang an gesagt”, Scholz said."),
    ("de", "Der Minister sagte: „We will not accept any deal that puts our farmers at risk, and we have said so.“"),
    ("de", "„No vamos a aceptar un acuerdo que ponga en peligro a los agricultores del país“, sagte sie."),
    ("es", "El ministro dijo: «We will not accept any deal that puts our farmers at risk, and we have said so»."),
    ("es", "«Nous ne sommes pas d’accord avec cette décision du gouvernement», dijo."),
    ("it", "Il ministro ha detto: “We will not accept any deal that puts our farmers at risk, and we have said so.”"),
    ("it", "Il libro «Der Tod in Venedig und andere Erzählungen aus der frühen Zeit» è stato ristampato."),
    ("pt", "O ministro disse: «We will not accept any deal that puts our farmers at risk, and we have said so.»"),
    ("pt", "O documento «The State of the World in the Year of the Pandemic and After» foi publicado."),
]


@pytest.mark.parametrize(("asked", "claim"), AROUND_A_QUOTATION)
def test_a_quotation_in_another_language_is_no_claim_in_another_language(asked: str, claim: str) -> None:
    """However much of the claim it is: what stands around it says who speaks, or what is called so."""
    assert doubts(tongue.check, make_case(claim, [claim], language=asked)) == []
    assert tongue.read(claim, asked).language == asked


@pytest.mark.parametrize(
    ("asked", "claim"),
    [
        ("fr", "The minister said: “We will not accept any deal that puts our farmers at risk, and we have said so.”"),
        ("en", "Selon lui, « nous n’accepterons aucun accord qui mettrait nos agriculteurs en danger, c’est clair »."),
        ("de", "Le ministre a dit que l’accord « ist nicht akzeptabel » pour les agriculteurs du pays."),
        ("es", "“Wir werden das nicht akzeptieren, und das haben wir von Anfang an gesagt”, Scholz said."),
        ("it", "“We will not accept any deal that puts our farmers at risk, and we have said so.”"),
        ("pt", "La chanson « The Sound of Silence » a été jouée au mariage du fils du premier ministre."),
    ],
)
def test_a_claim_in_another_language_is_found_with_a_quotation_too(asked: str, claim: str) -> None:
    assert doubts(tongue.check, make_case(claim, ["x."], language=asked)) == ["language"]
    assert tongue.read(claim, asked).language != asked


@pytest.mark.parametrize(
    ("language", "claim", "evidence"),
    [
        (
            "fr",
            "La chanson s’intitule The House of the Rising Sun and the Wind in the Willows.",
            "Sa chanson, The House of the Rising Sun and the Wind in the Willows, a été écrite en 1961.",
        ),
        (
            "en",
            "The film À la recherche du temps perdu et de la vérité won the prize.",
            "The prize of the jury went to À la recherche du temps perdu et de la vérité on Sunday.",
        ),
        (
            "es",
            "Su libro The Long Walk to Freedom and the Price of the Peace se vendió más que el anterior.",
            "El libro The Long Walk to Freedom and the Price of the Peace salió en mayo.",
        ),
    ],
)
def test_a_title_that_the_article_has_as_it_stands_is_no_other_language(
    language: str, claim: str, evidence: str
) -> None:
    assert doubts(tongue.check, make_case(claim, [evidence], language=language)) == []


@pytest.mark.parametrize(
    ("asked", "language"),
    [("fr", "en"), ("fr", "fr")],
    ids=["left as it was where a translation is asked for", "of an article that says all in two languages"],
)
def test_a_whole_sentence_of_the_article_is_in_the_language_it_is_in(asked: str, language: str) -> None:
    claim = "The company is considering a new funding round of a hundred billion dollars, Bloomberg reports."
    case = make_case(claim, [claim], language=language)

    assert doubts(tongue.check, replace(case, asked_language=asked)) == ["language"]


@pytest.mark.parametrize("asked", ["en", "de"])
def test_the_articles_own_sentence_is_no_translation(asked: str) -> None:
    """Which names alone, or a number, need not be."""
    case = replace(make_case(FRENCH[0], FRENCH, language="fr"), asked_language=asked)
    assert doubts(tongue.check, case) == ["language"]
    assert doubts(tongue.check, replace(case, asked_language="fr")) == []
    named = "Sam Altman, OpenAI, 100 milliards."
    assert doubts(tongue.check, replace(make_case(named, [named], language="fr"), asked_language=asked)) == []


def test_a_short_claim_in_another_language_is_found() -> None:
    claim = tongue.read("The council voted to repair the dam on Tuesday.", "fr")
    assert claim.language == "en"
    case = replace(make_case("x.", ["The council voted on Tuesday to repair the dam."]), claim=claim)
    assert doubts(tongue.check, replace(case, asked_language="fr")) == ["language"]
