"""Doubt: the claim counts some of what the evidence says that there are none of.

*Four people were hurt* denies *without hurting anybody*, whatever else the two sentences share. What the evidence tells
of anywhere without a negative is there, and *nobody was badly hurt* says only of some that they are not.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from summarizer.ground.case import Case
from summarizer.ground.doubts.extent import parts, thing, words
from summarizer.ground.doubts.negation.denial import contrasts
from summarizer.ground.reading.arithmetic import is_same
from summarizer.ground.reading.clause import clause_at, content, stems
from summarizer.ground.reading.lexicon import opposed
from summarizer.ground.reading.polarity import Side, Trigger, is_asked, sides
from summarizer.ground.reading.quantity import parse
from summarizer.ground.reading.text import Passage
from summarizer.records import Finding

_MOST_CLAIMED = 8
_GOVERNED = 3  # words behind a negative of which each may be the thing that there is none of
_TELLING = frozenset({"=say", "=know", "=reveal", "=confirm", "=comment", "=clarify", "=show"})


def check(case: Case) -> Iterator[Finding]:
    """Find things that the claim counts and the sentences that it cites only deny."""
    if case.guessed:
        return
    gone = case.there(_denied)
    for stem, text in list(_counted(case))[:_MOST_CLAIMED] if gone else ():
        if stem in gone and not any(_is_told(stem, passage, content(case.claim)) for passage in case.evidence):
            yield Finding("negation", f"the claim says “{text}”; the cited sentences say that there are none")
            return


def _counted(case: Case) -> Iterator[tuple[str, str]]:
    """Yield the stem of each thing of which a claim tells that there are several, or a number of its own, and how."""
    claim, given = case.claim, [item for passage in case.evidence for item in passage.once(parse)]
    told = [(part.anchor, part.text) for part in claim.once(parts) if part.sort == "some"]
    for item in claim.once(parse)[:_MOST_CLAIMED]:
        clause, stem = clause_at(claim, item.first), thing(claim, item.last)
        if stem == "=people":  # four people were hurt
            stem = thing(claim, claim.once(stems).index(stem, item.last) + 1)
        plain = item.kind == "count" and item.value and not (item.unit or item.weak or item.bound)
        if stem and clause and plain and not any(is_same(item, other, loosely=True) for other in given):
            told.append((stem, claim.written(item.first, clause.end)))
    denied = claim.once(_denied)
    yield from ((stem, text) for stem, text in told if stem not in denied)


def _denied(passage: Passage) -> frozenset[str]:
    """Return what stands behind the negatives of a text."""
    if words("none", passage.language).isdisjoint(passage.texts):  # nearly always
        return frozenset()
    found = [trigger.governed[:_GOVERNED] for side in passage.once(sides) for trigger in _none(side)]
    return frozenset(chain.from_iterable(found))


def _none(side: Side) -> list[Trigger]:
    """Return the negatives by which a clause says that there is none of something, or without it."""
    passage, meant = side.passage, words("none", side.passage.language)
    found = [trigger for trigger in side.own if passage.texts[trigger.start] in meant]
    apposed = any(trigger.sort == "word" and contrasts(passage, trigger) for trigger in found)
    untold = any(not _TELLING.isdisjoint(trigger.governed[:_GOVERNED]) for trigger in found)
    return [] if apposed or untold or is_asked(passage) else found


def _is_told(stem: str, passage: Passage, claimed: frozenset[str]) -> bool:
    """Whether a text has a thing in a clause that does not deny it, or only of some that the claim does not mean."""
    for side in passage.once(sides):
        denying = [trigger.governed for trigger in _none(side) if stem in trigger.governed[:_GOVERNED]]
        nearer = frozenset(chain.from_iterable(row[: row.index(stem)] for row in denying))
        if stem in side.stems and (not denying or not nearer.isdisjoint(opposed().keys() - claimed)):
            return True
    return False
