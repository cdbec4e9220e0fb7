"""Ordinary summaries in the words of five languages: what says the same as its sentence, and the error beside it."""

from __future__ import annotations

from typing import Any

import pytest

from summarizer.ground.doubts import compared, contrast, hedge, negation, numbers, order
from summarizer.ground.reading.locales import number_words
from summarizer.ground.reading.tables import read_data
from tests import cases
from tests.cases import kinds, make_case, naming

LANGUAGES = ("en", "fr", "es", "de", "it", "pt")
pairs = pytest.mark.parametrize


@pairs(
    ("language", "right", "wrong", "evidence"),
    [
        # a denial of a before, in other words
        (
            "de", "Vor 2029 rechnet die Firma nicht mit Gewinnen.",
            "Vor 2029 rechnet die Firma mit Gewinnen.",
            "Gewinne erwartet die Firma nicht vor 2029.",
        ),
        (
            "fr", "Sans accord d'ici juillet, il faudra attendre.",
            "Un accord d'ici juillet fera attendre.",
            "Si elles n'ont pas d'accord avant juillet, il faudra attendre.",
        ),
        (
            "es", "No habrá sanciones antes de julio.",
            "Habrá sanciones antes de julio.",
            "Las sanciones no se aplicarán hasta julio.",
        ),
        (
            "it", "Chiuso fino al 3 maggio.",
            "Chiuso dopo il 3 maggio.",
            "Il museo resta chiuso fino al 3 maggio.",
        ),
    ],
)  # fmt: skip
def test_a_day_has_two_sides_in_whatever_words(language: str, right: str, wrong: str, evidence: str) -> None:
    assert kinds(order.check, right, evidence, language=language) == []
    assert kinds(order.check, wrong, evidence, language=language)


@pairs(
    ("language", "right", "wrong", "evidence"),
    [
        (
            "de", "Orbicell hält die Rechnung für überholt.",
            "Orbicell hält die Rechnung für richtig.",
            "Orbicell wies die Rechnung als veraltet zurück.",
        ),
        (
            "es", "Quedan vetadas las nuevas licencias.",
            "Se conceden nuevas licencias.",
            "Los municipios no podrán conceder nuevas licencias.",
        ),
        (
            "pt", "O presidente tinha afastado a hipótese de demissão.",
            "O presidente tinha anunciado a demissão.",
            "O presidente havia descartado a demissão.",
        ),
        (
            "it", "La famiglia deve ancora decidere.",
            "La famiglia ha deciso.",
            "La famiglia non ha ancora deciso.",
        ),
        (
            "en", "The study leaves out the cooling of the lasers.",
            "The study counts the cooling of the lasers.",
            "The study does not count the cooling of the lasers.",
        ),
    ],
)  # fmt: skip
def test_a_denial_may_be_put_in_another_word(language: str, right: str, wrong: str, evidence: str) -> None:
    assert kinds(negation.check, right, evidence, language=language) == []
    assert kinds(negation.check, wrong, evidence, language=language)


def test_a_negative_in_an_apposition_or_a_without_denies_too() -> None:
    shops = "O plano de abrir 40 lojas foi reduzido a 15, nenhuma delas no Nordeste."
    assert kinds(negation.check, "O Nordeste não receberá nenhuma das 15 lojas.", shops, language="pt") == []
    knew = "A juíza escreveu que “não há indício de que o prefeito soubesse do esquema”."
    right, wrong = "Sem provas de que o prefeito soubesse do esquema.", "O prefeito sabia do esquema."
    assert kinds(negation.check, right, knew, language="pt") == []
    assert kinds(negation.check, wrong, knew, language="pt")


def test_a_year_is_twelve_months() -> None:
    later = "Il limite entrerà in vigore un anno più tardi."
    assert kinds(numbers.check, "Dodici mesi dopo il limite è in vigore.", later, language="it") == []
    assert kinds(numbers.check, "Undici mesi dopo il limite è in vigore.", later, language="it") == ["number"]


def test_an_adjective_that_opens_a_german_sentence_is_no_name() -> None:
    asked = "Die Opposition will wissen, ob der Kredit zurückgezahlt wird."
    assert kinds(naming, "Offen ist, ob der Kredit zurückgezahlt wird.", asked, language="de") == []
    assert kinds(naming, "Rauhegg ist am Kredit interessiert.", asked, language="de") == ["name"]


def test_over_a_time_is_no_more_and_an_initial_plan_no_beginning() -> None:
    fell = "Le nombre d'espèces a diminué de 28 % en vingt ans."
    over = make_case("Species were lost over two decades.", [fell], language="fr", claim_language="en")
    assert cases.doubts(contrast.check, over) == []
    plan = "Il limite entrerà in vigore un anno più tardi rispetto al progetto iniziale."
    assert kinds(negation.check, "Il limite scatterà con un anno di ritardo.", plan, language="it") == []
    assert kinds(negation.check, "Prices rose 28% over two decades.", "Prices fell 28% in two decades.")


@pairs(
    ("language", "right", "wrong"),
    [
        ("en", "At $12 million it was more than the $9 million.", "At $8 million it was more than the $9 million."),
        ("fr", "Les 31 euros étaient en dessous des 35 exigés.", "Les 38 euros étaient en dessous des 35 exigés."),
        ("pt", "Com 15 lojas ficou abaixo das 40 lojas.", "Com 50 lojas ficou abaixo das 40 lojas."),
    ],
)  # fmt: skip
def test_a_verb_links_two_figures_that_are_compared(language: str, right: str, wrong: str) -> None:
    assert kinds(compared.check, right, "Nada.", language=language) == []
    assert kinds(compared.check, wrong, "Nada.", language=language) == ["number"]


def test_what_a_figure_is_compared_with_needs_no_bound_of_its_own() -> None:
    claim = "Les 31 euros restaient en dessous des 35 euros exigés."
    assert (
        kinds(numbers.check, claim, "Il offrait 31 euros, la cible en voulait au moins 35 euros.", language="fr") == []
    )


@pairs(
    ("language", "right", "wrong", "evidence"),
    [
        ("es", "Cerca del 70 % de lo previsto.", "Más del 70 % de lo previsto.", "Casi el 70 % de lo previsto."),
        ("it", "Sfiora il 70 per cento.", "Supera il 70 per cento.", "Quasi il 70 per cento."),
        ("pt", "Na casa dos 70 %.", "Mais que 70 %.", "Cerca de 70 %."),
        ("fr", "Un tarif limité à trois ans.", "Un tarif d'au moins trois ans.", "Pour trois ans au maximum."),
        ("it", "Fino al 27%.", "Almeno il 27%.", "Al massimo il 27%."),
    ],
)  # fmt: skip
def test_a_bound_has_many_words(language: str, right: str, wrong: str, evidence: str) -> None:
    assert kinds(numbers.check, right, evidence, language=language) == []
    assert kinds(numbers.check, wrong, evidence, language=language) == ["number"]


def test_a_figure_belongs_to_no_name_further_on() -> None:
    there = (
        "A VialNorte teve prejuízo de R$ 120 milhões.",
        "A Prisma pode rebaixar a nota se a dívida de R$ 8 bilhões crescer.",
    )
    right = "A empresa teve prejuízo de R$ 120 milhões, e a Prisma ameaça rebaixar a nota."
    assert kinds(numbers.check, right, *there, language="pt") == []
    assert kinds(numbers.check, "A Prisma teve prejuízo de R$ 120 milhões.", *there, language="pt") == ["number"]


@pairs(
    ("language", "right", "wrong", "evidence"),
    [
        (
            "it", "Il contratto prevede 20.000 euro di penale.",
            "Il contratto ha imposto 20.000 euro di penale.",
            "Il contratto prevede una penale di 20.000 euro.",
        ),
        (
            "de", "Es gibt drei Interessenten.",
            "Drei Investoren haben Teile der Kette gekauft.",
            "Drei Investoren interessieren sich für Teile der Kette.",
        ),
        (
            "pt", "A decisão é esperada na sexta-feira.",
            "O tribunal decidiu na sexta-feira.",
            "O tribunal deverá decidir na sexta-feira.",
        ),
    ],
)  # fmt: skip
def test_a_hedge_has_many_words(language: str, right: str, wrong: str, evidence: str) -> None:
    assert kinds(hedge.check, right, evidence, language=language) == []
    assert kinds(hedge.check, wrong, evidence, language=language) == ["hedge"]


def test_what_is_joined_by_a_hyphen_is_no_deed() -> None:
    evidence = "La Regione Valmora, la più colpita, non esclude di chiedere un risarcimento."
    there = make_case(
        "Valmora, the hardest-hit region, may seek compensation.", [evidence], language="it", claim_language="en"
    )
    assert cases.doubts(hedge.check, there) == []


def test_a_minister_of_another_language_has_a_translated_office() -> None:
    evidence = "La ministre du Logement, Agnès Roussillon, a promis de rétablir la mesure."
    for claim, found in {
        "Housing Minister Agnès Roussillon promised to restore it.": [],
        "Housing Minister Claire Montreuil promised to restore it.": ["name"],
    }.items():
        assert kinds(naming, claim, evidence, language="fr", claim_language="en") == found


def test_the_words_are_there_in_all_languages() -> None:
    table: dict[str, Any] = read_data("order")
    assert set(table["without"]) == set(LANGUAGES)
    assert set(read_data("compared")["links"]) == set(LANGUAGES)
    assert all(number_words(language).join for language in LANGUAGES)


@pairs("check", [compared.check, negation.check, order.check])
def test_the_time_grows_linearly(check: cases.Check) -> None:
    assert cases.is_linear(
        check, "at 12 euros it cost more than the 9 euros unless by Friday not until July over 2 years "
    )
