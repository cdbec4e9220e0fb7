"""Doubt: something lasts for years that the evidence says lasts for months, where no number tells how long."""

from __future__ import annotations

from collections.abc import Iterator

from summarizer.ground.case import Case
from summarizer.ground.reading.locales import number_words, word_set
from summarizer.ground.reading.quantity import parse
from summarizer.ground.reading.text import Passage
from summarizer.ground.restate import HALF, restates
from summarizer.records import Finding

_TIMES, _FOR, _OF, _THE = map(word_set, ("times", "for_times", "of_times", "determiners"))
_LONG = "lang"  # German jahrelang is for years
# Who says years of what lasts decades is right.
_WITHIN = {"year": frozenset({"decade"})}


def check(case: Case) -> Iterator[Finding]:
    """Find *for years* where the evidence says *for months*."""
    claimed = case.claim.once(spans)
    told = case.there(spans) if claimed else claimed
    if not told or (case.guessed and not restates(case, HALF)):
        return
    for unit in sorted(claimed - told):
        if told.isdisjoint(_WITHIN.get(unit, ())):
            yield Finding("number", f"the claim says some {unit}s; the cited sentences say some {min(told)}s")


def spans(passage: Passage) -> frozenset[str]:
    """Return the units of which a passage says that something lasts some: *for months*, *months of delay*."""
    texts, units = passage.texts, number_words(passage.language).units
    if _TIMES.isdisjoint(texts):  # nearly always
        return frozenset()
    counted = {at for item in passage.once(parse) for at in range(item.first, item.last)}
    places = [at for at, text in enumerate(texts) if text in _TIMES and at not in counted and _is_long(passage, at)]
    found = [units.at((texts[at].removesuffix(_LONG),), 0) for at in places]
    return frozenset([unit[0] for unit in found if unit is not None])


def _is_long(passage: Passage, at: int) -> bool:
    """Whether a unit of time tells how long: behind a *for*, or before an *of* without a *the* before it."""
    texts, before = passage.texts, passage.texts[max(0, at - 2) : at]
    if texts[at].endswith(_LONG) or not _FOR.isdisjoint(before[-1:]):
        return True
    return _THE.isdisjoint(before) and _OF.isdisjoint(before) and not _OF.isdisjoint(texts[at + 1 : at + 2])
