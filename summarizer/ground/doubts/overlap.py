"""Doubt: the claim speaks of things that no cited unit speaks of."""

from __future__ import annotations

from collections.abc import Iterator

from summarizer.ground.case import Case
from summarizer.ground.reading.clause import content
from summarizer.ground.reading.forms import share, stems
from summarizer.records import Finding

# Below this share of its words in the evidence, a claim is about something else.
FLOOR = 0.1
_FEWEST = 4
# So few words may all be other words for the same: a claim of three is doubted when it shares no concept or number
# either. Of 47 faithful sentences of three words on the public sets none is, on the unit that a search finds for it,
# and 42 on a unit of another article; of 17 of two words one is.
_FEWEST_AT_ALL = 3


def support(case: Case) -> float:
    """Return the share of the claim's content words that the evidence has, in [0, 1]; 1 for a claim without any."""
    return share(case.claim, case.there(stems))


def check(case: Case) -> Iterator[Finding]:
    """Find claims that share next to no word with their evidence; across languages there is nothing to compare."""
    wanted = len(case.claim.once(stems))
    if not case.evidence or case.crosses_languages or wanted < _FEWEST_AT_ALL:
        return
    there = support(case)
    if there < FLOOR and (wanted >= _FEWEST or not _means_alike(case)):
        yield Finding("overlap", f"the cited sentences have {there:.0%} of the claim's words")


def _means_alike(case: Case) -> bool:
    """Whether a short claim has a word, of its own or for the same, or a number, that the evidence has too."""
    there = case.there(content)
    return not content(case.claim).isdisjoint(there)
