"""Whose words they are, where several cited units have speakers: what only Jones says there is not Smith's.

That a cited unit names the speaker of a claim proves little when all that he is made to say stands in another one.
"""

from __future__ import annotations

from summarizer.ground.case import Case
from summarizer.ground.landing import alone
from summarizer.ground.reading.locales import word_set
from summarizer.ground.reading.sources import Source, all_names, sources
from summarizer.ground.reading.text import Passage

_PARTING = frozenset(":;")
_SAYS = frozenset({"=say"})
_WORKS = word_set("works")  # a study, a report


def narrowed(mine: Source, case: Case) -> Case | None:
    """Return the case with the one cited unit that has all that the claim lets somebody say; None for most."""
    if mine.anonymous or (case.crosses_languages and not mine.names) or _is_parted(mine, case.claim):
        return None
    return alone(case, mine.what | _SAYS)


def _is_parted(mine: Source, claim: Passage) -> bool:
    """Whether what is said may be on one side of a mark only: *Nothing is decided, Lee warns: three are left*."""
    return min(mine.start, mine.cue.start) > 0 and not _PARTING.isdisjoint(claim.texts[mine.cue.end :])


def speaks_before(case: Case) -> Source | None:
    """Return who alone speaks in the unit before the one cited, where a pronoun speaks in that one."""
    there = case.evidence[0].once(sources)
    if not there or there[0].what or case.cites[0] - 1 not in case.article:
        return None
    before = case.article.passage(case.cites[0] - 1).once(sources)
    return before[0] if len(before) == 1 and before[0].names else None


def is_same_work(mine: Source, case: Case) -> bool:
    """Whether a claim has it from a study that the evidence has it from, and the names of who made it from elsewhere.

    *A study of the university of Ghent*, for one that has appeared in a journal.
    """
    works = _WORKS.intersection(case.claim.texts[mine.start : mine.end])
    if not works or case.guessed:
        return False
    told = (passage.texts[one.start : one.end] for passage in case.evidence for one in passage.once(sources))
    return any(map(works.intersection, told)) and mine.names <= case.there(all_names)
