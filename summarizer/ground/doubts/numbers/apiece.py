"""A figure that is told of each of several things, or of all together: *43 million in total*, *43 million each*."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache

from summarizer.ground.case import Case
from summarizer.ground.doubts.numbers.factors import Compared
from summarizer.ground.reading.phrases import Phrases
from summarizer.ground.reading.quantity import parse
from summarizer.ground.reading.tables import read_data
from summarizer.ground.reading.text import Passage

_NEAR = 3  # tokens between a number and what tells whether it is of each or of all
_OTHER = {"apiece": "together", "together": "apiece"}


def doubts(compared: Sequence[Compared], case: Case) -> Iterator[str]:
    """Say of numbers that the claim tells of each what the evidence tells of all, or the other way round."""
    if not _phrases(case.claim.language).may_stand_in(case.claim.texts):  # nearly always
        return
    said = case.claim.once(_told)
    for mine, given in compared if said else ():
        sort = said.get(mine.first)
        if sort is None or not given:
            continue
        if all(passage.once(_told).get(number.first) == _OTHER[sort] for number, passage in given):
            yield f"the claim says {mine.text!r} {_SAID[sort]}, the cited sentences {_SAID[_OTHER[sort]]}"


_SAID = {"apiece": "of each", "together": "of all together"}


def _told(passage: Passage) -> dict[int, str]:
    """Return by their first tokens the numbers that are told of each, or of all; none that may be told of either."""
    hits = _phrases(passage.language).find(passage.texts)
    starts, found = [hit.start for hit in hits], dict[int, str]()
    for number in passage.once(parse) if hits else ():
        near = hits[bisect_left(starts, number.first - _NEAR) : bisect_left(starts, number.last + _NEAR)]
        sorts = {hit.label for hit in near}
        if len(sorts) == 1:
            found[number.first] = sorts.pop()
    return found


@cache
def _phrases(language: str | None) -> Phrases:
    table = read_data("extent")
    return Phrases({sort: table[sort].get(language, ()) for sort in _OTHER})
