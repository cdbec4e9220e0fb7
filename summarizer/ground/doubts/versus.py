"""Doubt: a figure told of what the evidence compares it with: *22 hours for the old model* given 30 hours."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
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
_FAR = 24  # tokens between the two numbers, and of what is told of the other one
_ENDS = frozenset(",;:()—–.!?")
_SHARES = frozenset({"fraction", "multiple"})
_MOST_CLAIMED = 8  # numbers of a claim that are looked at
_LEAST_NAMED = 0.6  # of the weight of what tells the other number's side


class Versus(NamedTuple):
    """Two numbers that are compared, and the stems that stand with the other one alone."""

    figure: Quantity
    other: Quantity
    side: frozenset[str]


def check(case: Case) -> Iterator[Finding]:
    """Find a number of the evidence in the claim beside what another one is told of."""
    claim = case.claim
    claimed = claim.once(parse)[:_MOST_CLAIMED]
    if any(item.kind in _SHARES for item in claimed):
        return  # a third less than, twice as many as
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
    words = Counter(passage.once(stems)) if hits else Counter[str | None]()
    return tuple(filter(None, [_versus(passage, numbers, hit.end, words) for hit in hits]))


def _versus(passage: Passage, numbers: list[Quantity], end: int, words: Counter[str | None]) -> Versus | None:
    """Return what is compared at the end of a phrase that compares; `words` counts the stems of the passage."""
    at = bisect_left(numbers, end, key=lambda item: item.first)
    if not 0 < at < len(numbers):
        return None
    figure, other = numbers[at - 1 : at + 1]
    if other.first > end + _NEAR or figure.last >= end or "punct" in passage.kinds[end : other.first]:
        return None
    if figure.last < end - _FAR or is_same(figure, other):
        return None
    if not (factor(figure.unit, other.unit) or not other.unit):
        return None
    behind = range(other.last, min(other.last + _FAR, len(passage.texts)))
    stop = next((place for place in behind if passage.texts[place] in _ENDS), behind.stop)
    here = Counter(passage.once(stems)[other.last : stop])
    side = frozenset([word for word in here if word is not None and here[word] == words[word]])
    return Versus(figure, other, side) if side else None


@cache
def _phrases(language: str | None, sorts: tuple[str, ...]) -> Phrases:
    table = read_data("change")
    return Phrases({sort: table[sort].get(language, ()) for sort in sorts})
