"""Doubt: the claim tells as a fact what the evidence tells as a plan, a possibility or a rumor.

Hedges are the cues of Hyland (1998) and of BioScope (Szarvas et al. 2008), as marked in the CoNLL-2010 shared task
(Farkas et al. 2010). What a verb of intention or a modal governs stands after it in its clause; an adverb hedges its
clause; a condition the clause beside it. Any hedge of the claim answers any hedge of the evidence; a plain future
answers a plan, but no *may* or *could*.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from summarizer.ground.case import Case
from summarizer.ground.clause import Clause, clauses, content, inside, said, stems, weigh
from summarizer.ground.lexicon import Hit, lexicon
from summarizer.ground.text import Passage
from summarizer.records import Finding

# Of the weight of the claim's clause that must be shared before its certainty is compared (chosen on RAGTruth, dev).
_LEAST = 0.4
_LEAST_CERTAIN = 0.6
_LEAST_REPLACED = 0.7
_BESIDE = 0.7  # of its weight counts what stands in another clause of the unit
_FEWEST = 3  # content words; less is no statement
_FORWARD = ("hedge/plan", "hedge/modal", "hedge/mood", "hedge/belief")
# Before a noun; what follows restates no verb.
_DETERMINERS = frozenset(
    "a an the his her its their this that these of le la les l' un une des du de d' son sa ses leur leurs ce cette el los"
    " las una su sus del der die das den dem ein eine einen il lo i gli della dei o os as um uma do da seu sua".split()
)

_INFINITIVES = frozenset("to à de d' pour zu um per para a di".split())


class Doubt(NamedTuple):
    """A cue of the evidence that governs what a clause of the claim restates."""

    passage: Passage
    cue: Hit
    rule: str


def check(case: Case) -> Iterator[Finding]:
    """Find clauses that are surer than the clause they restate."""
    for mine in case.claim.once(clauses):
        if len(content(case.claim, mine)) < _FEWEST or inside(case.claim, mine, "negation/word", "negation/verb"):
            continue
        doubt = _doubted(case, mine)
        if doubt is not None and not _is_hedged(case.claim, mine, doubt):
            hedge = said(doubt.passage, Clause(doubt.cue.start, doubt.cue.end))
            yield Finding("hedge", f"“{said(case.claim, mine)}” leaves out “{hedge}” [{doubt.rule}]")


def _doubted(case: Case, mine: Clause) -> Doubt | None:
    """Return the cue that governs the clause of the evidence nearest to a claim's clause; None when that one is sure."""
    wanted = content(case.claim, mine)
    whole = weigh(wanted, case)
    best, found = 0.0, None
    for passage in case.evidence:
        for theirs in passage.once(clauses):
            shared = wanted & content(passage, theirs)
            beside = (wanted & content(passage)) - shared
            near = weigh(shared, case)
            share = (near + _BESIDE * weigh(beside, case)) / whole
            if near < best or not shared or share < _LEAST or len(shared) + len(beside) < 2:
                continue
            doubt = _governing(case, mine, passage, theirs, share)
            if near > best or doubt is None:
                best, found = near, doubt
    return found


def _governing(case: Case, mine: Clause, passage: Passage, theirs: Clause, share: float) -> Doubt | None:
    row = passage.once(stems)
    past = _is_past(case.claim, mine)
    for hit in inside(passage, theirs, "hedge"):
        # A mood is a form of the verb that it governs.
        governed = [
            found
            for found in row[hit.start if hit.label == "hedge/mood" else hit.end : theirs.end]
            if found is not None
        ]
        if hit.label in _FORWARD and _is_open(passage, theirs, hit):
            if _restates(case.claim, mine, _heads(governed, passage.language)):
                return Doubt(passage, hit, "A")
            if share >= _LEAST_REPLACED and past and sum(found in content(case.claim, mine) for found in governed) >= 2:
                return Doubt(passage, hit, "B")
        if hit.label == "hedge/adverb" and share >= _LEAST_CERTAIN:
            return Doubt(passage, hit, "C")
    if share >= _LEAST_CERTAIN and past and inside(passage, theirs, "future"):
        return Doubt(passage, inside(passage, theirs, "future")[0], "E")
    first = passage.once(clauses)[0]
    if share >= _LEAST_CERTAIN and theirs is not first and inside(passage, theirs, "future", "hedge/modal"):
        for hit in inside(passage, first, "hedge/condition"):
            if hit.start == first.start:
                return Doubt(passage, hit, "D")
    return None


def _is_open(passage: Passage, clause: Clause, cue: Hit) -> bool:
    """Whether a cue really leaves it open: *would* also tells habits and the future of a past, unless there is a doubt."""
    before = passage.tokens[cue.start - 1].text if cue.start else ""
    if cue.label == "hedge/mood" and (before in _DETERMINERS or passage.tokens[cue.start].raw[0].isupper()):
        return False  # a noun that ends like one
    if passage.tokens[cue.start].text != "would":
        return True
    return any(
        hit.start != cue.start and hit.label != "hedge/adverb"
        for other in passage.once(clauses)
        for hit in inside(passage, other, "hedge", "source")
    )


def _heads(governed: Sequence[str], language: str | None) -> frozenset[str]:
    """Return what may be the verb that a cue governs: the first word after it, in German the last of the clause."""
    return frozenset((*governed[:1], *(governed[-1:] if language == "de" else ())))


def _restates(claim: Passage, clause: Clause, heads: frozenset[str]) -> bool:
    """Whether a clause has one of the verbs, finite: not as a noun, an infinitive or an English participle."""
    row, tokens = claim.once(stems), claim.tokens
    for at in range(clause.start, clause.end):
        before = tokens[at - 1].text if at else ""
        if row[at] in heads and before not in _DETERMINERS and before not in _INFINITIVES:
            known = lexicon(claim.language)
            if not tokens[at].text.endswith("ing") or known is None or before in known.auxiliaries:
                return True
    return False


def _is_past(claim: Passage, clause: Clause) -> bool:
    return bool(inside(claim, clause, "past"))


def _beside(passage: Passage, clause: Clause) -> list[Clause]:
    found = passage.once(clauses)
    at = found.index(clause)
    return [found[other] for other in (at - 1, at + 1) if 0 <= other < len(found)]


def _is_hedged(claim: Passage, clause: Clause, doubt: Doubt) -> bool:
    """Whether a clause of the claim is hedged in any way, or governed by a clause that is."""
    hedges = [hit for hit in inside(claim, clause, "hedge", "accepted") if hit.label != "hedge/hearsay"]
    future = {hit.start for hit in inside(claim, clause, "future")}
    if doubt.cue.label in ("hedge/modal", "hedge/mood", "hedge/condition"):
        hedges = [hit for hit in hedges if hit.start not in future]
    # A word that the evidence has too, outside its hedge, is what they speak of: a *plan* that was adopted.
    others = {token.text for at, token in enumerate(doubt.passage.tokens) if not doubt.cue.start <= at < doubt.cue.end}
    hedges = [hit for hit in hedges if hit.label != "accepted" or claim.tokens[hit.start].text not in others]
    return bool(hedges) or any(
        hit.label in ("hedge/condition", "hedge/belief", "hedge/plan")
        for other in claim.once(clauses)
        if other.start < clause.start
        for hit in inside(claim, other, "hedge")
    )
