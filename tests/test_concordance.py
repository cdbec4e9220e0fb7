"""Where the terms of an article stand."""

from __future__ import annotations

from summarizer.ground.reading.view import ArticleView
from summarizer.ground.risk.concordance import Concordance
from summarizer.ground.risk.terms import stem
from summarizer.plan import split


def concordance(article: str) -> Concordance:
    return Concordance(ArticleView(split(article, "en"), "en"))


def test_what_stands_before_a_word_is_of_its_own_sentence() -> None:
    found = concordance("The council met. Trams crossed the river. The council paid.")
    assert found.ahead[stem("council")] == {stem("the")}
    assert found.ahead[stem("trams")] == {None}
    assert found.ahead["absent"] == set()


def test_names_in_a_row_are_found_by_their_initials() -> None:
    found = concordance("It rained. Trains of the National Rail Company stopped.")
    assert [found.unit_at[at] for at in found.places("^nrc")] == [2]
