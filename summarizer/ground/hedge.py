"""Doubt: the claim tells as a fact what the evidence tells as a plan, a possibility or a rumor.

Hedges are the cues of Hyland (1998) and of BioScope (Szarvas et al. 2008), as marked in the CoNLL-2010 shared task
(Farkas et al. 2010): what a verb of intention or a modal governs stands after it in its clause, an adverb hedges its
clause, a condition the whole sentence, and a source (*according to*, *reportedly*) the whole sentence too. Any hedge of
the claim answers any hedge of the evidence; a plain future answers a plan, but no *may* or *could*.
"""

from __future__ import annotations

from collections.abc import Iterator

from summarizer.ground.case import Case
from summarizer.ground.clause import Clause, Pair, clauses, cues, inside, pairs, said, stems
from summarizer.ground.lexicon import Hit
from summarizer.ground.text import Passage
from summarizer.records import Finding

# Of the weight of the claim's clause must be shared before its certainty is compared (chosen on RAGTruth, dev).
_LEAST = 0.4
# What follows these is the plan; what stands before is not.
_FORWARD = frozenset({"hedge/plan", "hedge/modal", "hedge/belief"})
_LOCAL = frozenset({"hedge/plan", "hedge/modal", "hedge/adverb", "hedge/belief"})
_WIDE = frozenset({"hedge/condition", "hedge/hearsay"})


def check(case: Case) -> Iterator[Finding]:
    """Find clauses that are surer than the clause they restate."""
    for pair in pairs(case):
        if pair.share < _LEAST or len(pair.shared) < 2:
            continue
        cue = _governing(pair)
        if cue is not None and not _is_hedged(case.claim, pair.mine, cue):
            hedge = said(pair.passage, Clause(cue.start, cue.end))
            yield Finding("hedge", f"“{said(case.claim, pair.mine)}” leaves out “{hedge}”")


def _governing(pair: Pair) -> Hit | None:
    """Return the cue of the unit that governs what the claim's clause restates."""
    row = pair.passage.once(stems)
    for hit in inside(pair.passage, pair.theirs, *_LOCAL):
        governed = row[hit.end : pair.theirs.end] if hit.label in _FORWARD else row[pair.theirs.start : pair.theirs.end]
        if sum(found in pair.shared for found in governed if found is not None) >= 2:
            return hit
    return None


def _is_hedged(claim: Passage, clause: Clause, cue: Hit) -> bool:
    """Whether a clause of the claim is hedged in any way, or governed by a clause that is."""
    if inside(claim, clause, "hedge", "accepted", "said", "anonymous"):
        future = inside(claim, clause, "future")
        firm = cue.label == "hedge/modal" and future
        return not firm or bool(inside(claim, clause, "hedge", "anonymous"))
    return any(
        hit.label in _WIDE or hit.label == "hedge/belief"
        for other in claim.once(clauses)
        for hit in inside(claim, other, "hedge")
        if other.start < clause.start
    )
