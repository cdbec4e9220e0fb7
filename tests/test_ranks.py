"""Ranks: the second largest is not the largest."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import given

from summarizer.ground.doubts.ranks import check
from summarizer.ground.reading.tables import read_data
from tests import cases
from tests.strategies import texts

kinds = partial(cases.kinds, check)


@pytest.mark.parametrize(
    ("language", "claim", "evidence"),
    [
        ("en", "Halden is the largest bank in the country.", "Halden is the second-largest bank in the country."),
        ("en", "Halden is the second largest bank in the country.", "Halden is the largest bank in the country."),
        ("en", "It is the most important port of Europe.", "It is the third most important port of Europe."),
        ("fr", "C'est la plus grande banque du pays.", "C'est la deuxième plus grande banque du pays."),
        ("fr", "C'est la deuxième plus grande banque du pays.", "C'est la plus grande banque du pays."),
        ("de", "Halden ist die größte Bank des Landes.", "Halden ist die zweitgrößte Bank des Landes."),
        ("de", "Halden ist die drittgrößte Bank des Landes.", "Halden ist die größte Bank des Landes."),
        ("de", "Halden ist die drittgrößte Bank des Landes.", "Halden ist die zweitgrößte Bank des Landes."),
        ("es", "Es la ciudad más grande del país.", "Es la segunda ciudad más grande del país."),
        ("es", "Es el mayor banco del país.", "Es el segundo mayor banco del país."),
        ("es", "Es el segundo mayor banco del país.", "Es el mayor banco del país."),
        ("it", "È la banca più grande del paese.", "È la seconda banca più grande del paese."),
        ("it", "È la seconda più grande banca del paese.", "È la più grande banca del paese."),
        ("pt", "É o maior banco do país.", "É o segundo maior banco do país."),
        ("pt", "É o segundo maior banco do país.", "É o maior banco do país."),
        # one of several
        (
            "en",
            "It was the largest movable barrier in Europe.",
            "It was one of the largest movable barriers in Europe.",
        ),
        ("fr", "C'est la plus grande ville du pays.", "C'est l'une des plus grandes villes du pays."),
        ("de", "Halden ist die größte Bank des Landes.", "Halden ist eine der größten Banken des Landes."),
        ("es", "Es la ciudad más grande del país.", "Es una de las ciudades más grandes del país."),
        ("it", "È la banca più grande del paese.", "È una delle banche più grandi del paese."),
    ],
)
def test_another_rank_of_the_same_thing_is_a_doubt(language: str, claim: str, evidence: str) -> None:
    assert kinds(claim, evidence, language=language) == ["number"]


@pytest.mark.parametrize(
    ("language", "claim", "evidence"),
    [
        (
            "en",
            "Halden is one of the largest banks in the country.",
            "Halden is the second-largest bank in the country.",
        ),
        (
            "en",
            "Halden is the second biggest bank in the country.",
            "Halden is the second-largest bank in the country.",
        ),
        (
            "en",
            "Halden is the largest bank in the country after Norvane.",
            "Halden is the second-largest bank in the country.",
        ),
        (
            "en",
            "Halden, the largest bank in the north, closes.",
            "Halden, the second-largest bank in the country and the largest bank in the north, closes.",
        ),
        ("en", "The bank sold its largest branch.", "The country's second-largest bank sold its largest branch."),
        (
            "en",
            "The city has the second oldest bridge.",
            "The city has the highest tower and the second oldest bridge.",
        ),
        (
            "en",
            "It links California and China, two of the world's largest economies.",
            "The visit is to two of the world's largest economies.",
        ),
        ("en", "The most popular park opens.", "The city is bigger than most; its second largest park opens."),
        ("fr", "C'est l'une des plus grandes banques du pays.", "C'est la deuxième plus grande banque du pays."),
        ("fr", "C'est la plus grande banque du pays après Norvane.", "C'est la deuxième plus grande banque du pays."),
        ("fr", "La deuxième banque du pays par la taille.", "C'est la deuxième plus grande banque du pays."),
        ("de", "Halden ist eine der größten Banken des Landes.", "Halden ist die zweitgrößte Bank des Landes."),
        ("de", "Halden ist nach Norvane die größte Bank des Landes.", "Halden ist die zweitgrößte Bank des Landes."),
        ("es", "Es el segundo banco más grande del país.", "Es el segundo mayor banco del país."),
        ("es", "Es uno de los mayores bancos del país.", "Es el segundo mayor banco del país."),
        ("es", "La casa es más grande que la segunda ciudad del país.", "La casa es más grande que la segunda ciudad."),
        ("it", "È la più grande banca del paese dopo Norvane.", "È la seconda banca più grande del paese."),
        ("it", "È tra le banche più grandi del paese.", "È la seconda banca più grande del paese."),
        ("pt", "É um dos maiores bancos do país.", "É o segundo maior banco do país."),
        ("pt", "É o segundo banco mais importante do país.", "É o segundo maior banco do país."),
    ],
)
def test_what_leaves_the_rank_open_or_ranks_something_else_is_no_doubt(
    language: str, claim: str, evidence: str
) -> None:
    assert kinds(claim, evidence, language=language) == []


def test_a_rank_that_some_sentence_has_is_no_doubt() -> None:
    assert kinds("It is the largest bank.", "It is the second-largest bank.", "It was the largest bank.") == []


def test_nothing_is_concluded_across_languages() -> None:
    second = "C'est la deuxième plus grande banque du pays."
    assert kinds("It is the largest bank of the country.", second, language="fr", claim_language="en") == []


@pytest.mark.parametrize("table", ["words", "most", "the", "ordinals", "less"])
def test_each_table_has_words_in_the_languages_that_need_it(table: str) -> None:
    rows = read_data("ranks")[table]
    assert set(rows) >= {"en", "es", "fr", "it", "pt"}


def test_many_superlatives_take_time_in_proportion() -> None:
    assert cases.is_linear(check, "the second largest bank and the oldest bridge, ")


@given(texts(), texts())
def test_no_text_makes_it_raise(claim: str, evidence: str) -> None:
    assert isinstance(kinds(f"the largest {claim}", f"the second largest {evidence}"), list)


@pytest.mark.parametrize(
    ("language", "right", "wrong", "evidence"),
    [
        ("en", "Europe's largest plant is here.", "The world's largest plant is here.", "It is the largest in Europe."),
        ("fr", "La plus grande d’Europe.", "La plus grande du monde.", "C’est la plus grande d’Europe."),
        ("es", "La más grande de Europa.", "La más grande del mundo.", "Es la más grande de Europa."),
        ("de", "Das größte Werk Europas.", "Das größte Werk der Welt.", "Es ist das größte Werk Europas."),
        ("it", "La più grande d'Italia.", "La più grande del mondo.", "È la più grande d'Italia."),
        ("pt", "A mais alta da Europa.", "A mais alta do mundo.", "É a mais alta da Europa."),
        ("en", "It is Spain's largest fine.", "It is Europe's largest fine.", "The fine is the largest in Spain."),
        ("fr", "C’est la plus grande d’Espagne.", "C’est la plus grande d’Europe.", "La plus grande d’Espagne."),
    ],
)
def test_what_is_largest_in_one_place_need_not_be_so_in_another(
    language: str, right: str, wrong: str, evidence: str
) -> None:
    assert cases.kinds(check, right, evidence, language=language) == []
    assert cases.kinds(check, wrong, evidence, language=language) == ["number"]
    assert cases.kinds(check, wrong, evidence, wrong, language=language) == []
