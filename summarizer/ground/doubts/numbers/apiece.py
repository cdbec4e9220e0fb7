"""A figure that is told of each of several things, or of all together: *43 million in total*, *43 million each*."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from summarizer.ground.case import Case
from summarizer.ground.doubts.numbers.factors import Compared
from summarizer.ground.reading.phrases import Phrases
from summarizer.ground.reading.quantity import Quantity
from summarizer.ground.reading.tables import read_data
from summarizer.ground.reading.text import Passage

_NEAR = 3  # tokens between a number and what tells whether it is of each or of all
_OTHER = {"apiece": "together", "together": "apiece"}


def doubts(compared: Sequence[Compared], case: Case) -> Iterator[str]:
    """Say of numbers that the claim tells of each what the evidence tells of all, or the other way round."""
    if not _phrases(case.claim.language).may_stand_in(case.claim.texts):  # nearly always
        return
    for mine, given in compared:
        said = _told(case.claim, mine)
        wanted = {_OTHER[sort] for sort in said}
        if len(said) == 1 and given and all(_told(one.passage, one.quantity) == wanted for one in given):
            yield f"the claim says {mine.text!r} {_SAID[said.pop()]}, the cited sentences {_SAID[wanted.pop()]}"


_SAID = {"apiece": "of each", "together": "of all together"}


def _told(passage: Passage, quantity: Quantity) -> set[str]:
    """Return whether a number is told of each or of all; nothing where no word near it says so."""
    hits = _phrases(passage.language).find(passage.texts)
    return {hit.label for hit in hits if hit.end > quantity.first - _NEAR and hit.start < quantity.last + _NEAR}


@cache
def _phrases(language: str | None) -> Phrases:
    table = read_data("extent")
    return Phrases({sort: table[sort].get(language, ()) for sort in _OTHER})
