"""Doubt: of two figures that the claim compares, the one that it calls more is less.

*At 60 km/h, above the limit of 80* needs no article to be refuted, and holds in any language. Only what a comma parts
from the figure before, or a verb like *is* or *costs* links to it, is compared with it; of *the top 5 % earn more than
the other 10 %* nothing follows.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

from summarizer.ground.case import Case
from summarizer.ground.reading.arithmetic import factor
from summarizer.ground.reading.phrases import Phrases
from summarizer.ground.reading.quantity import Quantity, parse
from summarizer.ground.reading.tables import read_data
from summarizer.ground.reading.text import Passage
from summarizer.records import Finding

_MOST = 16  # numbers; each is compared with those before it
_REACH = 8  # tokens before a number in which it is compared
_ADVERBS = 1  # tokens between the comma and the comparison: *well* above
_FAR = 12  # tokens between the two numbers
_STOPS = frozenset(";:.!?")
_MARKS = frozenset(",(–—")
_EXACT = frozenset({"", "~", "-~"})
_MORE, _LESS = frozenset({"more", "from more"}), frozenset({"less", "from less"})


class Comparison(NamedTuple):
    """A figure that is told to be more, or less, than those of the same measure before it.

    Attributes:
        others: The figures before it that it may be compared with; at least one.
        figure: The figure.
        more: Whether the other is told to be more than it.
        led: Whether an *up from* says so, which bounds no figure.
        text: As written.
    """

    others: tuple[Quantity, ...]
    figure: Quantity
    more: bool
    led: bool
    text: str


def check(case: Case) -> Iterator[Finding]:
    """Find comparisons of the claim that its own figures refute."""
    for one in case.claim.once(comparisons):
        if all(_is_refuted(other, one) for other in one.others):
            yield Finding("number", f"{one.others[-1].text!r} is not “{one.text}”")


def comparisons(passage: Passage) -> tuple[Comparison, ...]:
    """Return the figures of a passage that are compared with one before."""
    numbers = passage.once(parse)
    if len(numbers) < 2:
        return ()
    counts = [item for item in numbers if item.kind == "count" and not item.weak][:_MOST]
    found = (_comparison(passage, counts[:at], counts[at]) for at in range(1, len(counts)))
    return tuple([one for one in found if one is not None])


def compared(passage: Passage) -> frozenset[int]:
    """Return the first tokens of the figures that are no bounds: *12.5 million, above the 9 million planned*.

    In *down from more than 90* what bounds the figure is another word than what compares it.
    """
    return frozenset([one.figure.first for one in passage.once(comparisons) if not one.led])


def is_definite(passage: Passage, figure: Quantity) -> bool:
    """Whether something without a figure is more, or less, than one that is known: *below the £27 million proposed*."""
    known = _words("the", passage.language)
    if not passage.texts[figure.first - 1 : figure.first] or passage.texts[figure.first - 1] not in known:
        return False
    hits = _phrases(passage.language).find(passage.texts[max(0, figure.first - _REACH) : figure.first])
    ends = min(figure.first, _REACH)
    return any(hit.label in ("more", "less") and hit.end >= ends - 1 for hit in hits)


def _comparison(passage: Passage, before: Sequence[Quantity], figure: Quantity) -> Comparison | None:
    """Return what words before a figure compare with it: *9 euros, above the 12 planned*; None where they do not."""
    texts, first = passage.texts, max(0, figure.first - _REACH)
    between = texts[first : figure.first]
    if _MARKS.isdisjoint(between) and _words("links", passage.language).isdisjoint(between):
        return None
    hit = next(iter(_phrases(passage.language).find(between)), None)
    if hit is None:
        return None
    start, end = first + hit.start, first + hit.end
    linked = not _words("links", passage.language).isdisjoint(texts[max(0, start - 1 - _ADVERBS) : start])
    opened = linked or not _MARKS.isdisjoint(texts[max(0, start - 1 - _ADVERBS) : start])
    definite = "from" in hit.label or not _words("the", passage.language).isdisjoint(texts[start + 1 : figure.first])
    times = any(item.kind == "multiple" and end <= item.first < figure.first for item in passage.once(parse))
    if times or not (opened and definite) or "punct" in passage.kinds[end : figure.first]:
        return None
    others = [item for item in before if start - _FAR <= item.last <= start and _are_alike(item, figure)]
    if not others or not _STOPS.isdisjoint(texts[others[0].last : start]):
        return None
    led = hit.label.startswith("from")
    return Comparison(tuple(others), figure, hit.label in _MORE, led, passage.written(start, figure.last))


def _are_alike(one: Quantity, two: Quantity) -> bool:
    """Whether two figures measure the same, or the second leaves its unit out: *at 60 km/h, above the limit of 80*."""
    return factor(one.unit, two.unit) is not None or not two.unit


def _is_refuted(other: Quantity, one: Comparison) -> bool:
    if other.bound not in _EXACT:
        return False
    value = other.value * (factor(other.unit, one.figure.unit) or 1)
    return value < one.figure.value if one.more else value > one.figure.value


@cache
def _table() -> Any:
    return read_data("compared")


@cache
def _phrases(language: str | None) -> Phrases:
    return Phrases({sort: _table()[sort].get(language, ()) for sort in sorted(_MORE | _LESS)})


@cache
def _words(sort: str, language: str | None) -> frozenset[str]:
    return frozenset(_table()[sort].get(language, "").split())
