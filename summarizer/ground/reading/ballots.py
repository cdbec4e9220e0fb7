"""How many voted for something and how many against it: *41 votes to 33*, *98 a favor, 71 en contra*."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

from summarizer.ground.reading.phrases import Phrases
from summarizer.ground.reading.quantity import Quantity, parse
from summarizer.ground.reading.tables import read_data
from summarizer.ground.reading.text import Passage

_BEHIND = 4  # tokens behind a number in which it is told whether these were for it
_BETWEEN = 6  # tokens between the two numbers
_STOPS = frozenset(";:.!?")


class Ballot(NamedTuple):
    """The outcome of a vote: those for it, those against it, and where that is told, in tokens."""

    yes: Decimal
    no: Decimal
    start: int
    end: int


def ballots(passage: Passage) -> tuple[Ballot, ...]:
    """Return the outcomes that a passage tells, in order."""
    counts = [item for item in passage.once(parse) if item.kind == "count" and not item.power]
    return tuple(_ballots(passage, counts)) if len(counts) > 1 else ()


def _ballots(passage: Passage, counts: list[Quantity]) -> Iterator[Ballot]:
    for one, two in pairwise(counts):
        between = passage.texts[one.last : two.first]
        if not 0 < len(between) <= _BETWEEN or not _STOPS.isdisjoint(between):
            continue
        sides = _side(passage, one), _side(passage, two)
        if sides in (("yes", "no"), ("no", "yes")):
            yes, no = (one, two) if sides[0] == "yes" else (two, one)
            yield Ballot(yes.value, no.value, one.first, two.last)
        elif _is_to(passage, one, two):
            yes, no = (two, one) if _side(passage, two) == "no" else (one, two)  # 18 to 14 against
            yield Ballot(yes.value, no.value, one.first, two.last)


def _side(passage: Passage, item: Quantity) -> str:
    """Return what those did whom a number counts, or nothing."""
    behind = passage.texts[item.last : item.last + _BEHIND]
    hits = [hit for hit in _phrases(passage.language).find(behind) if hit.start == 0 and hit.label != "to"]
    return max(hits, key=lambda hit: hit.end).label if hits else ""


def _is_to(passage: Passage, one: Quantity, two: Quantity) -> bool:
    """Whether the first of two numbers is of those for it: where nothing says that it lost."""
    between = passage.texts[one.last : two.first]
    hits = _phrases(passage.language).find(between)
    return any(hit.label == "to" and hit[1:] == (0, len(between)) for hit in hits) and passage.once(_is_won)


def _is_won(passage: Passage) -> bool:
    """Whether a passage speaks of votes, and of nothing that was rejected."""
    texts, language = frozenset(passage.texts), passage.language
    return not texts.isdisjoint(_words("votes", language)) and texts.isdisjoint(_words("lost", language))


@cache
def _table() -> Any:
    return read_data("ballots")


@cache
def _phrases(language: str | None) -> Phrases:
    return Phrases({sort: _table()[sort].get(language, ()) for sort in ("yes", "no", "to")})


@cache
def _words(sort: str, language: str | None) -> frozenset[str]:
    return frozenset(_table()[sort].get(language, "").split())
