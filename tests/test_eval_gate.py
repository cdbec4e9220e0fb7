"""The checks do not get worse: the floors of the evaluation suite hold."""

from __future__ import annotations

import pytest

from tests.eval_gate import FOLDERS, below, floors, measure


@pytest.mark.slow
def test_no_figure_of_the_evaluation_suite_is_below_its_floor() -> None:
    assert list(below(measure())) == []


def test_every_language_of_the_suite_has_floors() -> None:
    assert {"de", "en", "es", "fr", "it", "pt", "cross", "apart", *FOLDERS} == set(floors())
