"""An office in the place of another, and a name with the office or the employer of somebody else."""

from __future__ import annotations

from collections.abc import Iterator

from summarizer.ground.case import Case
from summarizer.ground.doubts.names.standin import (
    displaced,
    employer,
    has_apposed,
    is_definite,
    is_other,
    is_unknown,
    replaced,
    said_before,
)
from summarizer.ground.reading.cast import Actor, Cast
from summarizer.ground.reading.clause import content, stems
from summarizer.ground.reading.offices import generic, may_be, persons
from summarizer.ground.reading.sightings import mentioned, seen
from summarizer.ground.reading.text import Passage
from summarizer.ground.slot import preposition
from summarizer.records import Finding

MOST_ACTORS = 24  # of a claim; each is compared with all
_PRESS = frozenset({"media"})


def misheld(case: Case, told: set[int]) -> Iterator[Finding]:
    """Doubt an office in the place of another, and a name with another's office or employer."""
    cast = case.article.once(Cast)
    actors = cast.actors(case.claim)
    several = len(case.evidence) > 1  # it may be told of another one
    apposed = not case.guessed and has_apposed(case.claim, actors)
    for mine in actors[:MOST_ACTORS]:
        if mine.end in told or not (mine.kinds or apposed or several):  # doubted already, or no more than a name
            continue
        if mine.kinds and mine.names and not case.guessed and mine.kinds & persons():
            known = mentioned(case.claim, mine.start, mine.end) if case.crosses_languages else ()
            if not known or case.article.once(seen).entities.isdisjoint(known):  # Präsident Selenskyj
                yield from _misplaced(mine, cast, case.claim)
        rival = (employer(mine, case) if apposed else None) or (displaced if mine.names else _supplanted)(mine, case)
        if rival is not None:
            yield Finding("name", f"the cited sentences say it of “{rival.text}”, not of “{mine.text}”")


def _supplanted(mine: Actor, case: Case) -> Actor | None:
    """Return whom an office has taken the place of, when nobody in the evidence may hold it."""
    cast = case.article.once(Cast)
    if case.crosses_languages and mine.kinds <= generic():
        return None  # a loan *of the state* is a state loan
    if mine.kinds <= _PRESS and preposition(case.claim, mine.start) is not None:
        return None  # who spoke *to the press* gave an interview
    if not is_definite(case.claim, mine):
        return None
    there = [actor for passage in case.evidence for actor in cast.actors(passage)]
    # Nearly always the evidence says the same office, and what the article calls its names need not be looked up.
    if not all(mine.kinds.isdisjoint(theirs.kinds) for theirs in there):
        return None
    words = _words(mine, case.claim)
    if any(cast.is_same(mine, theirs) for theirs in there) or (words and words <= case.there(content)):
        return None  # the Greens for the green opposition
    certain = all(
        is_other(mine, theirs, cast)
        or is_unknown(theirs, cast)
        or any(other != mine for other in cast.same(theirs, case.claim))
        for theirs in there
    )
    rival = replaced(mine, case) if certain else None
    return None if rival is not None and any(cast.is_same(mine, one) for one in said_before(case)) else rival


def _words(actor: Actor, claim: Passage) -> frozenset[str]:
    """Return the stems of the words that an actor is called by."""
    return frozenset(filter(None, claim.once(stems)[actor.start : actor.end]))


def _misplaced(mine: Actor, cast: Cast, claim: Passage) -> Iterator[Finding]:
    """Doubt a name with an office that the article gives to others only: *Senator* Lowe Valley."""
    held = cast.kinds(mine.names) & persons()
    for kind in mine.kinds & persons():
        holders = frozenset[str]() if may_be((kind,), held) else cast.holders((kind,)) - mine.names
        if holders and not cast.are_aliases(mine.names, holders) and not _is_elsewhere(mine, holders, cast, claim):
            yield Finding("name", f"the article calls another so than “{mine.text}”")
            return


def _is_elsewhere(mine: Actor, holders: frozenset[str], cast: Cast, claim: Passage) -> bool:
    """Whether the office is at a place that the article names beside this name only: *Braga's coach, Carlos Vicens*."""
    inner = [one for one in cast.actors(claim) if mine.start <= one.start and one.end < mine.end]
    at = frozenset().union(*[one.names for one in inner])
    there = [frozenset().union(*[one.names for one in cast.actors(unit)]) for name in at for unit in cast.written(name)]
    return any(mine.names & names for names in there) and not any(holders & names for names in there)
