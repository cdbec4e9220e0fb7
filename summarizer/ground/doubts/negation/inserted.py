"""A *not* more or less in a claim that otherwise has the very words of a cited sentence, in their order.

Where a claim copies, the words beside a negative say what is denied: no clause has to be told from another, and a
second negative elsewhere in the sentence excuses nothing.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from summarizer.ground.case import Case
from summarizer.ground.reading.clause import Clause, content, content_places, cues, said, stems
from summarizer.ground.reading.polarity import is_asked, outright, triggers
from summarizer.ground.reading.text import Passage

_NEAR = 1  # content words between two negatives that may deny the same
_FEWEST, _MOST = 3, 100  # content words of a claim, and of a unit that is laid beside it


def inserted(case: Case) -> Iterator[tuple[str, str]]:
    """Yield the claim and a cited unit that has all its content words, with another number of negatives among them."""
    mine = content(case.claim)
    if len(mine) < _FEWEST or case.crosses_languages:
        return
    held = [passage for passage in case.evidence if mine <= content(passage) and not is_asked(passage)]
    if held and all(_differ(case.claim, passage) for passage in held):
        yield said(case.claim, _whole(case.claim)), said(held[0], _whole(held[0]))


def _whole(passage: Passage) -> Clause:
    return Clause(0, len(passage.texts))


def _differ(claim: Passage, passage: Passage) -> bool:
    """Whether one of two texts with the same words in the same order denies what the other does not.

    A negative of the unit among words that the claim leaves out says nothing, and one may stand a few words further on
    in the other text: who *sold no shares* did *not sell* any.
    """
    mine, theirs = claim.once(content_places), passage.once(content_places)
    if max(len(mine), len(theirs)) > _MOST or _implies(passage) != _implies(claim):
        return False
    row, other = claim.once(stems), passage.once(stems)
    blocks = SequenceMatcher(None, [row[at] for at in mine], [other[at] for at in theirs], autojunk=False)
    taken = [block.b + step for block in blocks.get_matching_blocks() for step in range(block.size)]
    if len(taken) < len(mine):  # in another order
        return False
    ends = [*taken, taken[-1] + 1]
    here = [ends[bisect_left(mine, at)] for at in _negatives(claim)]
    there = [bisect_left(theirs, at) for at in _negatives(passage)]
    added = [ends[bisect_left(mine, trigger.start)] for trigger in outright(claim)]
    dropped = [bisect_left(theirs, trigger.start) for trigger in outright(passage)]
    beside = {-1, len(theirs), *taken}
    told = [gap for gap in dropped if {gap - 1, gap} <= beside]
    return _is_alone(added, there) or _is_alone(told, here)


def _implies(passage: Passage) -> frozenset[str]:
    """Return the words of a text that are near a negative: *unable to move*."""
    return frozenset(trigger.stem for trigger in passage.once(triggers) if trigger.sort != "word")


def _negatives(passage: Passage) -> list[int]:
    """Return where whatever is near a negative stands, implied ones and those that deny nothing among them."""
    return [hit.start for hit in passage.once(cues) if hit.label.startswith("negation/")]


def _is_alone(gaps: Sequence[int], others: Sequence[int]) -> bool:
    """Whether a negative stands where the other text has none near; both are counted in words of the unit."""
    return any(all(abs(gap - other) > _NEAR for other in others) for gap in gaps)
