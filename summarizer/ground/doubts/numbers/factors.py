"""Which numbers of the evidence stand where one of the claim does; *twice as much* against *half of it* too.

Who uses half as much as another is told by its other end where the other uses twice as much: so *twice* is held against
*half* only where what stands before and behind both is the same, and never *doubled* against *half as much*.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from summarizer.ground.case import Case
from summarizer.ground.reading.arithmetic import bears, competes
from summarizer.ground.reading.clause import content, stems
from summarizer.ground.reading.forms import shared
from summarizer.ground.reading.locales import number_words, word_set
from summarizer.ground.reading.quantity import Quantity, parse
from summarizer.ground.reading.text import Passage

_LEAST_SHARED = 0.5  # as for small numbers
_EXACT = Decimal("0.001")
_MOST_GIVEN = 16  # factors of the evidence, each of which costs as much as its sentence is long
_MOST = 64  # numbers of a passage in which another share is looked for
_FACTORS = frozenset({"multiple", "fraction"})
_TURNED = {">": "<", "<": ">", ">=": "<=", "<=": ">=", "-~": ">"}
_BARE = frozenset({"times", ""})
# Half as fast is twice as slow.
_LESSENING = word_set("lessening")


class Given(NamedTuple):
    """A number of the evidence and where it stands."""

    quantity: Quantity
    passage: Passage


Compared = tuple[Quantity, list[Given]]  # a number of the claim, and those of the evidence that are the same


def rivals(quantity: Quantity, others: Sequence[Given], case: Case) -> list[Given]:
    """Return the numbers of the evidence that may stand where one of the claim does, of those that are not the same."""
    if quantity.kind not in _FACTORS:
        return [other for other in others if competes(quantity, other.quantity)]
    near = {id(other) for other in _factors(others)}
    return [
        other
        for other in others
        if (_competes(case, quantity, other) if id(other) in near else competes(quantity, other.quantity))
    ]


def _factors(given: Sequence[Given]) -> list[Given]:
    """Return the first factors and parts, which are looked at closely."""
    return [other for other in given if other.quantity.kind in _FACTORS][:_MOST_GIVEN]


def _competes(case: Case, mine: Quantity, other: Given) -> bool:
    if _are_reciprocal(mine, other.quantity):
        return _is_contrary(case, mine, other)
    return competes(mine, other.quantity) or _is_adjective(case.claim, mine, other)


def _is_adjective(claim: Passage, mine: Quantity, other: Given) -> bool:
    """Whether one of two factors may be an adjective, and speaks of the same as the other one: *double pay*."""
    theirs, units = other.quantity, {mine.unit, other.quantity.unit}
    if mine.kind != theirs.kind or units != {"fold", "times"} or min(mine.value, theirs.value) < 1:
        return False
    nouns = {_attribute(claim, mine), _attribute(other.passage, theirs)} - {None}
    both = content(claim) & content(other.passage)
    return not nouns.isdisjoint(both) or shared(claim, other.passage) >= _LEAST_SHARED


def is_told_otherwise(quantity: Quantity, given: Sequence[Given], case: Case) -> bool:
    """Whether the evidence tells a factor by its other end: who uses *twice as much* as one that uses *half of it*."""
    return quantity.kind == "multiple" and any(
        _are_reciprocal(quantity, other.quantity)
        and _is_compared(case.claim, quantity)
        and _is_compared(other.passage, other.quantity)
        and _bears(case.claim, quantity, other)
        and _is_crossed(case.claim, quantity, other)
        for other in _factors(given)
    )


def _bears(claim: Passage, mine: Quantity, other: Given) -> bool:
    """Whether the bound of a factor allows that of its reciprocal: less than half as much is over twice as much.

    Nearly three times less is nearly three times more.
    """
    times = "/" in (_way(claim, mine), _way(other.passage, other.quantity))
    given = other.quantity.bound
    return bears(given if times else _TURNED.get(given, given), mine.bound)


def _are_reciprocal(one: Quantity, two: Quantity) -> bool:
    """Whether a factor and another one, or a part, make one: *twice* and *half*."""
    if not one.readings or not two.readings or "multiple" not in (one.kind, two.kind):
        return False
    return any(
        abs(value * there - 1) < _EXACT
        for value, unit in one.readings
        if unit in _BARE
        for there, of in two.readings
        if of in _BARE
    )


def _is_contrary(case: Case, mine: Quantity, other: Given) -> bool:
    """Whether a factor of the claim stands where the evidence has its reciprocal, and is not told by its other end."""
    theirs = other.quantity
    is_part = mine.kind != theirs.kind
    compared = [_is_compared(case.claim, mine), _is_compared(other.passage, theirs)]
    if not is_part and (not competes(mine, theirs) or not any(compared)):
        return competes(mine, theirs)
    if is_part and not (all(compared) and _may_be_one(case, mine, other)):
        return False
    if len({_attribute(case.claim, mine), _attribute(other.passage, theirs)} - {None}) > 1:
        return False
    if not _LESSENING.isdisjoint((_word(case.claim, mine), _word(other.passage, theirs))):
        return False
    return _is_straight(case.claim, mine, other) if all(compared) else not _is_crossed(case.claim, mine, other)


def _may_be_one(case: Case, mine: Quantity, other: Given) -> bool:
    """Whether a factor and a part may be said of one thing: neither text tells another share, which it may compare."""
    if not case.crosses_languages and shared(case.claim, other.passage) < _LEAST_SHARED:
        return False
    return not (_has_other_share(case.claim, mine) or _has_other_share(other.passage, other.quantity))


def _is_compared(passage: Passage, quantity: Quantity) -> bool:
    """Whether a factor, or a part, is one of something else: *twice as much*, *half of*; not *doubled*, *by half*."""
    if quantity.kind == "fraction":
        found = number_words(passage.language).compared.at(passage.texts, quantity.last)
        return found is not None and found[0] == "="
    return quantity.last > quantity.first + 1


def _has_other_share(passage: Passage, quantity: Quantity) -> bool:
    """Whether a passage tells a share besides a number: a factor may compare the two."""
    return any(
        other is not quantity and (other.kind == "fraction" or other.unit == "%")
        for other in passage.once(parse)[:_MOST]
    )


def _way(passage: Passage, quantity: Quantity) -> str:
    """Return what stands behind so many times and makes them a factor: `*`, `/`, `as`; nothing for another one."""
    found = number_words(passage.language).compared.at(passage.texts, quantity.last)
    return found[0] if found is not None and quantity.kind == "multiple" else ""


def _behind(passage: Passage, quantity: Quantity) -> int:
    """Return the place behind a factor and what makes it one: *three times as much*."""
    found = number_words(passage.language).compared.at(passage.texts, quantity.last)
    return found[1] if found is not None and quantity.kind == "multiple" else quantity.last


def _word(passage: Passage, quantity: Quantity) -> str:
    place = _behind(passage, quantity)
    return next(iter(passage.texts[place : place + 1]), "")


def _attribute(passage: Passage, quantity: Quantity) -> str | None:
    """Return the stem of what stands right behind a factor: `=fast` of *half as fast*; None for no content."""
    place = _behind(passage, quantity)
    return next(iter(passage.once(stems)[place : place + 1]), None)


def _is_crossed(claim: Passage, mine: Quantity, other: Given) -> bool:
    """Whether something stands before one of two numbers and behind the other one."""
    before, behind = _around(claim, mine)
    first, second = _around(other.passage, other.quantity)
    return not (before.isdisjoint(second) and behind.isdisjoint(first))


def _is_straight(claim: Passage, mine: Quantity, other: Given) -> bool:
    """Whether most of what stands before a number stands before the other one too, and so behind it."""
    before, behind = _around(claim, mine)
    first, second = _around(other.passage, other.quantity)
    most = 2 * len(before & first) >= len(before)
    same = not behind.isdisjoint(second) if behind and second else bool(before)
    return most and same and not _is_crossed(claim, mine, other)


def _around(passage: Passage, quantity: Quantity) -> tuple[frozenset[str], frozenset[str]]:
    """Return the stems that stand before a number only, and behind it only."""
    row = passage.once(stems)
    before, behind = _said(row[: quantity.first]), _said(row[_behind(passage, quantity) :])
    return before - behind, behind - before


def _said(row: Iterable[str | None]) -> frozenset[str]:
    return frozenset([stem for stem in row if stem is not None])
