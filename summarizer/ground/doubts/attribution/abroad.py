"""Sources of an article in another language, known by the places and institutions that both texts name."""

from __future__ import annotations

from summarizer.ground.case import Case
from summarizer.ground.reading.sightings import Sightings, mentioned, mentions
from summarizer.ground.reading.sources import Source
from summarizer.ground.reading.text import Passage


def is_same_abroad(mine: Source, other: Source, passage: Passage, case: Case) -> bool:
    """Whether two sources name the same place, in two languages: *the German weather service*, *der Deutsche*."""
    places = mentioned(case.claim, mine.start, mine.end)
    return bool(places) and not frozenset(places).isdisjoint(mentioned(passage, other.start, other.end))


def is_named_abroad(mine: Source, there: Sightings, case: Case) -> bool:
    """Whether a unit in another language names the institution that a claim has it from: *la Cour des comptes*."""
    if not case.crosses_languages:
        return False
    hits = (hit for hit in case.claim.once(mentions) if mine.start <= hit.start and hit.end <= mine.end)
    return any(hit.label in there.entities and hit.end - hit.start > 1 for hit in hits)
