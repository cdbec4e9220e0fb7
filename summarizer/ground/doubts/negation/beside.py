"""Which clause of the evidence a clause of the claim restates."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from summarizer.ground.case import Case
from summarizer.ground.reading.clause import MOST_CLAIMED, Clause, clauses, content, weigh
from summarizer.ground.reading.text import Passage


class Pair(NamedTuple):
    """A clause of the claim and the clause of the evidence that it restates.

    Attributes:
        mine: The claim's clause.
        passage: The unit.
        theirs: Its clause.
        shared: Stems in both.
        share: What part of the weight of the claim's clause is shared, in [0, 1].
    """

    mine: Clause
    passage: Passage
    theirs: Clause
    shared: frozenset[str]
    share: float


def pairs(case: Case) -> Iterator[Pair]:
    """Lay each clause of the claim beside the clause of the evidence that shares most of its words."""
    for mine in case.claim.once(clauses)[:MOST_CLAIMED]:
        wanted = content(case.claim, mine)
        whole = weigh(wanted, case.article)
        best: Pair | None = None
        for passage in case.evidence:
            for theirs in passage.once(clauses):
                there = content(passage, theirs)
                shared = wanted & there
                if not shared:
                    continue
                share = weigh(shared, case.article) / whole
                # Of two clauses that share as much, the shorter says less else.
                if best is None or (share, -len(there)) > (best.share, best.theirs.start - best.theirs.end):
                    best = Pair(mine, passage, theirs, shared, share)
        if best is not None:
            yield best
