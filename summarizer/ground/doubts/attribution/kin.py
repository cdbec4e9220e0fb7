"""Relatives who speak: what a daughter said, no husband did, in whatever language.

An attribution has a source (Pareti 2012). Offices of one kind may be one person; two relatives never are.
"""

from __future__ import annotations

from functools import cache

from summarizer.ground.case import Case
from summarizer.ground.reading.phrases import Phrases
from summarizer.ground.reading.sources import Source, sources
from summarizer.ground.reading.tables import read_data
from summarizer.ground.reading.text import Passage


def other_relative(mine: tuple[Source, ...], case: Case) -> tuple[Source, Source] | None:
    """Return a relative who speaks in a claim, and another one who does in its evidence.

    None where the evidence has the claim's anywhere.
    """
    if case.guessed or not _phrases(case.claim.language).may_stand_in(case.claim.texts):  # nearly always
        return None
    spoken = [(source, _speaking(source, case.claim)) for source in mine]
    held = [(source, kin) for source, kin in spoken if kin]
    if not held:
        return None
    there = frozenset().union(*(_kin(passage, 0, len(passage.texts)) for passage in case.evidence))
    theirs = [other for one in case.evidence for other in one.once(sources) if _speaking(other, one)]
    return next(((source, theirs[0]) for source, kin in held if theirs and kin.isdisjoint(there)), None)


def _speaking(source: Source, passage: Passage) -> frozenset[str]:
    return _kin(passage, source.start, source.end)


def _kin(passage: Passage, start: int, end: int) -> frozenset[str]:
    return frozenset(hit.label for hit in _phrases(passage.language).find(passage.texts[start:end]))


@cache
def _phrases(language: str | None) -> Phrases:
    table = read_data("kin")["kin"]
    return Phrases({kin: words[language] for kin, words in table.items() if language in words})
