"""Doubt: the claim has something before a day that the evidence has after it.

*By 15 November* and *not before 15 November* give the same date, on its two sides. On the dev sets of
`benchmarks/faithfulness.py` one wrong sentence of 12,945 is found so, and no right one; looser forms (*from Detroit in
2001*, *until Thursday* for *opens on Thursday*) flagged nine right ones and found two wrong.
"""

from __future__ import annotations

from collections.abc import Iterator

from summarizer.ground.case import Case
from summarizer.ground.doubts.dates import covers
from summarizer.ground.reading.clause import beginning_in, clause_at, content, weigh
from summarizer.ground.reading.sides import Side, held, side_of
from summarizer.ground.reading.text import Passage
from summarizer.ground.reading.when import Date, parse
from summarizer.records import Finding

_MOST_CLAIMED = 8
_NEAR_SAID = 6  # tokens around a date in which it is told that somebody said something then
_MARKED = frozenset({"=before", "=after", "=end", "=first"})
# So much of what the claim says must stand in the unit: what is closed until a day opens after it.
_SHARED, _SHARED_STATE = 0.4, 0.75


def check(case: Case) -> Iterator[Finding]:
    """Find dates on whose other side the evidence has it."""
    claimed = case.claim.once(parse)
    if not claimed:
        return
    for date in claimed[:_MOST_CLAIMED]:
        mine = side_of(case.claim, date)
        if mine is None:
            continue
        there = [
            (passage, side_of(passage, other))
            for passage in case.evidence
            for other in passage.once(parse)
            if covers(other, date)
        ]
        ended = None if mine.sort == "after" or any(side for _, side in there) else _ends_else(date, mine, case)
        if ended is not None:
            yield Finding("date", f"the claim says “{mine.text}”; the cited sentences say “{ended.text}”")
            continue
        theirs = [side for passage, side in there if side is not None and _differs(mine, side, passage, case)]
        if theirs and len(theirs) == len(there):
            turned = bool(mine.denied) != bool(theirs[0].denied)
            yield Finding(
                "negation" if turned else "date",
                f"the claim says “{mine.text}”; the cited sentences say “{theirs[0].text}”",
            )


def _ends_else(date: Date, mine: Side, case: Case) -> Side | None:
    """Return until when something lasts, or by when it is, where the evidence has a date only for when that was said.

    *Closed until Wednesday* for *closed until Monday, they said on Wednesday*.
    """
    told = [(passage, other) for passage in case.evidence for other in passage.once(parse)]
    said = [(passage, other) for passage, other in told if covers(other, date)]
    if not said or not all(_is_when_it_was_said(*one) for one in said):
        return None
    sides = (side_of(passage, other) for passage, other in told if not covers(other, date))
    return next((side for side in sides if side is not None and side.sort == mine.sort and not side.denied), None)


def _is_when_it_was_said(passage: Passage, date: Date) -> bool:
    clause = clause_at(passage, date.first)
    start, end = max(0, date.first - _NEAR_SAID), date.last + _NEAR_SAID
    hits = beginning_in(passage, start, end) if clause is not None else ()
    return any(hit.label == "said" and clause is not None and hit.start in range(*clause) for hit in hits)


def _differs(mine: Side, theirs: Side, passage: Passage, case: Case) -> bool:
    """Whether two sides of a date are opposite ones, and the rest is alike."""
    sorts = {mine.sort, theirs.sort}
    if "after" not in sorts or len(sorts) == 1:
        return False
    if case.crosses_languages:  # where few words are the same
        return "until" not in sorts
    wanted = content(case.claim) - _MARKED
    if "until" in sorts and theirs.denied:
        wanted -= held(case.claim)
    least = _SHARED_STATE if "until" in sorts else _SHARED
    return weigh(wanted & content(passage), case.article) >= least * weigh(wanted, case.article)
