"""What a claim counts although there is none of it, and what only looks so."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import given

from summarizer.ground.doubts import none
from tests import cases
from tests.strategies import texts

kinds = partial(cases.kinds, none.check)


@pytest.mark.parametrize(
    ("language", "right", "wrong", "evidence"),
    [
        (
            "en",
            "It crashed, hurting nobody.",
            "It crashed and 4 people were hurt.",
            "It crashed without injuring anybody.",
        ),
        ("de", "Verletzte gab es nicht.", "Es gab vier Verletzte.", "Der Zug entgleiste, ohne jemanden zu verletzen."),
        ("es", "No hay detenidos.", "Hay varios detenidos.", "La policía no ha hecho detenidos."),
        ("fr", "L'enquête n'a pas de suspect.", "L'enquête a deux suspects.", "L'enquête est ouverte, sans suspect."),
        ("it", "Non ci sono feriti.", "Ci sono quattro feriti.", "Il treno è deragliato senza provocare feriti."),
        ("pt", "Ninguém se feriu.", "Houve vários feridos graves.", "Ninguém ficou gravemente ferido no incêndio."),
    ],
)
def test_what_is_counted_although_there_is_none_is_found(language: str, right: str, wrong: str, evidence: str) -> None:
    assert kinds(right, evidence, language=language) == []
    assert kinds(wrong, evidence, language=language) == ["negation"]


@pytest.mark.parametrize(
    ("language", "claim", "evidence"),
    [
        ("pt", "Sete feridos leves.", "Ninguém ficou gravemente ferido; sete inalaram fumo."),
        ("fr", "Elle a livré 9 200 batteries.", "La ligne n'en a livré que 9 200 batteries."),
        ("fr", "Un grand nombre de blessés.", "Les autorités ne disent pas combien de personnes sont blessées."),
        ("en", "Several people were hurt.", "Nobody was hurt on board. On the quay some were hurt."),
        ("en", "Several guides say so.", "It was Waldheim, and not Ansaldi, as many guides say."),
    ],
)
def test_what_may_be_there_is_left_alone(language: str, claim: str, evidence: str) -> None:
    assert kinds(claim, evidence, language=language) == []


def test_another_language_is_compared() -> None:
    evidence = "Il treno è deragliato senza provocare feriti."
    assert kinds("Four people were injured.", evidence, language="it", claim_language="en") == ["negation"]


@given(texts(), texts())
def test_any_text_is_compared(one: str, other: str) -> None:
    assert set(kinds(one, other)) <= {"negation"}


def test_the_time_grows_with_claim_and_evidence() -> None:
    assert cases.is_linear(none.check, "Four dogs and several cats ran. ", evidence="Nobody saw no dogs without cats. ")
