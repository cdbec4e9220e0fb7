"""All for some, most for few, and what only looks like it."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given

from summarizer.ground import extent
from tests import cases
from tests.strategies import texts

kinds = partial(cases.kinds, extent.check)


@pytest.mark.parametrize(
    ("language", "right", "wrong", "evidence"),
    [
        ("en", "Some farms closed.", "All farms closed.", "Several farms have closed since May."),
        ("en", "Most farms closed.", "Few farms closed.", "Of them 70 percent of the farms closed."),
        ("en", "Most farms closed.", "All the farms closed.", "The storm closed 30 of the 40 farms."),
        ("en", "The cases were mostly mild.", "All cases were mild.", "The cases were mostly mild."),
        (
            "fr",
            "La plupart des fermes ont fermé.",
            "Toutes les fermes ont fermé.",
            "Presque toutes les fermes ont fermé.",
        ),
        ("es", "La mayoría de las granjas cerró.", "Todas las granjas cerraron.", "El 80 % de las granjas cerró."),
        ("de", "Die meisten Höfe schlossen.", "Alle Höfe schlossen.", "Mehr als die Hälfte der Höfe schloss."),
        ("it", "Alcune fattorie hanno chiuso.", "Tutte le fattorie hanno chiuso.", "Alcune fattorie hanno chiuso."),
        ("pt", "A maioria das quintas fechou.", "Todas as quintas fecharam.", "Fecharam 30 das 40 quintas."),
    ],
)
def test_another_part_of_the_same_things_is_found(language: str, right: str, wrong: str, evidence: str) -> None:
    assert kinds(right, evidence, language=language) == []
    assert kinds(wrong, evidence, language=language) == ["number"]


@pytest.mark.parametrize(
    ("claim", "evidence"),
    [
        ("All farms closed.", "The farms closed, some barns too."),
        ("All farms closed.", "Some farms closed in May, and all farms by June."),
        ("Some farms closed.", "All farms closed."),
        ("Not all farms closed.", "Some of the farms closed."),
        ("It comes every 5 years.", "It took half a year."),
        ("All 40 farms closed.", "It closed 40 farms."),
    ],
)
def test_what_is_no_other_part_is_left_alone(claim: str, evidence: str) -> None:
    assert kinds(claim, evidence) == []


def test_each_sort_has_words_in_six_languages() -> None:
    table = json.loads((Path(extent.__file__).parent / "data" / "extent.json").read_text("utf-8"))["parts"]
    assert set(table) == {"all", "most", "not all", "some", "few", "mostly"}
    assert {tuple(sorted(row)) for row in table.values()} == {("de", "en", "es", "fr", "it", "pt")}


@given(texts(), texts())
def test_no_text_makes_the_check_raise(claim: str, evidence: str) -> None:
    kinds(f"All {claim}", evidence)


@pytest.mark.parametrize("piece", ["all men, ", "3 of 4 men ", "some of the "])
def test_the_time_grows_with_the_text(piece: str) -> None:
    assert cases.is_linear(extent.check, piece, start="All men. ")
