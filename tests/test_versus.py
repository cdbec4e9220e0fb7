"""Figures that a sentence compares: each belongs to its own side."""

from __future__ import annotations

from functools import partial

import pytest
from hypothesis import given

from summarizer.ground.doubts.versus import check
from tests import cases
from tests.strategies import texts

kinds = partial(cases.kinds, check)


@pytest.mark.parametrize(
    ("language", "wrong", "right", "evidence"),
    [
        (
            "en",
            "The old model lasts up to 30 hours.",
            "The new model lasts up to 30 hours.",
            "Its battery lasts up to 30 hours, compared with 22 hours for the old model.",
        ),
        (
            "en",
            "Sign-ups in December were 4,310.",
            "Sign-ups in January were 4,310.",
            "Sign-ups in January were 4,310, against 3,870 in December.",
        ),
        (
            "en",
            "Profit in the previous quarter was $41 million.",
            "Profit rose to $41 million from the previous quarter.",
            "Profit was $41 million, versus $38 million in the previous quarter.",
        ),
        (
            "fr",
            "L'ancienne citadine parcourt 320 kilomètres.",
            "Elle parcourt 320 kilomètres, davantage que l'ancienne citadine.",
            "Elle parcourt 320 kilomètres, contre 260 pour l'ancienne citadine.",
        ),
        (
            "de",
            "Das alte Modell läuft 30 Stunden.",
            "Das neue Modell läuft 30 Stunden.",
            "Der Akku läuft 30 Stunden, gegenüber 22 Stunden beim alten Modell.",
        ),
        (
            "es",
            "El modelo antiguo dura 30 horas.",
            "El modelo dura 30 horas.",
            "La batería del modelo dura 30 horas, frente a las 22 horas del antiguo.",
        ),
        (
            "it",
            "Nel 2019 le vendite a dicembre erano 4310.",
            "Nel 2019 le vendite a gennaio erano 4310.",
            "A gennaio le vendite erano 4310, contro le 3870 di dicembre.",
        ),
        (
            "pt",
            "O modelo antigo dura 30 horas.",
            "O modelo dura 30 horas.",
            "A bateria do modelo dura 30 horas, contra 22 horas do antigo.",
        ),
    ],
)
def test_a_figure_is_not_that_of_what_it_is_compared_with(language: str, wrong: str, right: str, evidence: str) -> None:
    assert kinds(wrong, evidence, language=language) == ["number"]
    assert kinds(right, evidence, language=language) == []


@pytest.mark.parametrize(
    ("language", "claim", "evidence"),
    [
        (
            "en",
            "The new model lasts 30 hours and the old model 22 hours.",
            "It lasts 30 hours, compared with 22 hours for the old model.",
        ),
        ("en", "The plan passed with 23 votes.", "The plan passed with 23 votes against 10, for the second time."),
        ("fr", "Le budget a eu 23 voix.", "Le budget a eu 23 voix contre 10, après un long débat."),
    ],
)
def test_both_figures_and_those_without_a_side_are_no_doubt(language: str, claim: str, evidence: str) -> None:
    assert kinds(claim, evidence, language=language) == []


@given(claim=texts(), evidence=texts())
def test_no_text_makes_it_raise(claim: str, evidence: str) -> None:
    kinds(f"{claim} 5 {evidence}", f"{claim} 5, compared with 6 {evidence}")


def test_many_comparisons_take_time_in_proportion() -> None:
    assert cases.is_linear(check, "It has 5 horses, compared with 6 cows, ")
    assert cases.is_linear(
        check, "It has 5 horses compared with 6 cows ", evidence="It had 9 pigs compared with 8 goats "
    )
