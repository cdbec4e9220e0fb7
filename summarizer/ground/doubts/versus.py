"""Doubt: a figure told of what the evidence compares it with: *22 hours for the old model* given 30 hours."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from summarizer.ground.case import Case
from summarizer.ground.reading.arithmetic import factor, is_same
from summarizer.ground.reading.clause import content, cues, stems, weigh
from summarizer.ground.reading.lexicon import directions
from summarizer.ground.reading.phrases import Phrases
from summarizer.ground.reading.quantity import Quantity, parse
from summarizer.ground.reading.tables import read_data
from summarizer.ground.reading.text import Passage
from summarizer.records import Finding

_NEAR = 2  # tokens between what compares and its number
_FAR = 24  # tokens between the two numbers
_ENDS = frozenset(",;:()—–.!?")
_LEAST_NAMED = 0.6  # of the weight of what tells the other number's side


class Versus(NamedTuple):
    """Two numbers that are compared, and the stems that stand with the other one alone."""

    figure: Quantity
    other: Quantity
    side: frozenset[str]


def check(case: Case) -> Iterator[Finding]:
    """Find a number of the evidence in the claim beside what another one is told of."""
    claim = case.claim
    claimed = claim.once(parse)
    given = [one for passage in case.evidence for one in passage.once(compared)] if claimed else []
    if not given or case.crosses_languages or _compares(claim):
        return
    for one in given:
        has, lacks = (any(is_same(item, told) for item in claimed) for told in (one.figure, one.other))
        said = one.side & content(claim)
        if has and not lacks and weigh(said, case.article) >= _LEAST_NAMED * weigh(one.side, case.article):
            told = f"the claim says {one.figure.text!r} of what the cited sentences say {one.other.text!r} of"
            yield Finding("number", told)
            return


def _compares(claim: Passage) -> bool:
    """Whether a claim compares or tells a change itself: *rose to 30 compared with the old model*."""
    known = directions(claim.language)
    if _phrases(claim.language, ("versus", "instead", "than")).find(claim.texts):
        return True
    bounds = {at for hit in claim.once(cues) if hit.label == "approximator" for at in range(hit.start, hit.end)}
    told = enumerate(zip(claim.once(stems), claim.texts, strict=True))
    return any(at not in bounds and (found in known.concepts or text in known.words) for at, (found, text) in told)


def compared(passage: Passage) -> tuple[Versus, ...]:
    """Return the numbers of a passage that are compared with another one behind them."""
    numbers = [item for item in passage.once(parse) if item.kind == "count"]
    if len(numbers) < 2:
        return ()
    hits = _phrases(passage.language, ("versus",)).find(passage.texts)
    return tuple(filter(None, [_versus(passage, numbers, hit.end) for hit in hits]))


def _versus(passage: Passage, numbers: list[Quantity], end: int) -> Versus | None:
    other = next((item for item in numbers if end <= item.first <= end + _NEAR), None)
    before = [item for item in numbers if end - _FAR <= item.last < end]
    if other is None or not before or "punct" in passage.kinds[end : other.first]:
        return None
    figure, row = before[-1], passage.once(stems)
    if is_same(figure, other) or not (factor(figure.unit, other.unit) or not other.unit):
        return None
    stop = next((at for at in range(other.last, len(row)) if passage.texts[at] in _ENDS), len(row))
    rest = {*row[: other.first], *row[stop:]}
    side = frozenset(word for word in row[other.last : stop] if word is not None and word not in rest)
    return Versus(figure, other, side) if side else None


@cache
def _phrases(language: str | None, sorts: tuple[str, ...]) -> Phrases:
    table = read_data("change")
    return Phrases({sort: table[sort].get(language, ()) for sort in sorts})
