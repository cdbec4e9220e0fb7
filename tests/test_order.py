"""Before a day and after it, and what only looks like it."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given

from summarizer.ground import order
from tests import cases
from tests.strategies import texts

kinds = partial(cases.kinds, order.check)


@pytest.mark.parametrize(
    ("language", "right", "wrong", "evidence"),
    [
        ("en", "Ann Lee leaves before 6 May.", "Ann Lee leaves after 6 May.", "Ann Lee must leave by 6 May."),
        (
            "en",
            "Ann Lee leaves before May ends.",
            "Ann Lee leaves once it is May 2026.",
            "Ann Lee leaves before May 2026.",
        ),
        ("fr", "Le juge part avant le 6 mai.", "Le juge part à partir du 6 mai.", "Le juge part avant le 6 mai."),
        (
            "es",
            "El juez sale antes del 6 de mayo.",
            "El juez sale después del 6 de mayo.",
            "El juez sale a más tardar el 6 de mayo.",
        ),
        (
            "de",
            "Die Richterin geht spätestens am 6. Mai.",
            "Die Richterin geht nach dem 6. Mai.",
            "Die Richterin geht vor dem 6. Mai.",
        ),
        (
            "it",
            "Il giudice lascia prima del 6 maggio.",
            "Il giudice lascia dopo il 6 maggio.",
            "Il giudice lascia entro il 6 maggio.",
        ),
        ("pt", "O juiz sai antes de 6 de maio.", "O juiz sai a partir de 6 de maio.", "O juiz sai antes de 6 de maio."),
    ],
)
def test_the_other_side_of_a_day_is_found(language: str, right: str, wrong: str, evidence: str) -> None:
    assert kinds(right, evidence, language=language) == []
    assert kinds(wrong, evidence, language=language) == ["date"]


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("The museum opens not before 6 May.", "The museum, it said, remains closed until 6 May."),
        ("He does not leave before 6 May.", "He leaves after 6 May."),
        ("She vanished from Detroit in 2001.", "She was missed by her family in 2001."),
        ("It runs until 6 May.", "It runs from 2 April to 6 May."),
        ("Ann Lee leaves after 6 May.", "Ann Lee leaves before 7 May."),
        ("Ann Lee leaves after 6 May.", "The vote on the dam is before 6 May."),
    ],
)
def test_what_is_no_other_side_is_left_alone(claim: str, evidence: str) -> None:
    assert kinds(claim, evidence) == []


def test_each_side_has_words_in_six_languages() -> None:
    table = json.loads((Path(order.__file__).parent / "data" / "order.json").read_text("utf-8"))["sides"]
    assert set(table) == {"before", "until", "after", "wide before", "wide after"}
    assert {tuple(sorted(row)) for row in table.values()} == {("de", "en", "es", "fr", "it", "pt")}


@given(texts(), texts())
def test_no_text_makes_the_check_raise(claim: str, evidence: str) -> None:
    kinds(f"{claim} before 6 May", f"{evidence} after 6 May")


@pytest.mark.parametrize("piece", ["after 6 May ", "not before 6 May, ", "no no after May "])
def test_the_time_grows_with_the_text(piece: str) -> None:
    assert cases.is_linear(order.check, piece, start="Before 6 May. ")
