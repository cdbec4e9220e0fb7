"""Where an article that is too long for one prompt is cut."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate, pairwise
from math import ceil

from summarizer.records import Heading, Unit

# How far a cut may be from where chunks of equal length would have it, as a share of that length, for the sake of a
# better border: the longest chunk of a level is what its other calls wait for.
_SLACK = 0.25
# What speaks for a cut before a unit.
_AFTER_HEADING, _IN_PARAGRAPH, _NEW_PARAGRAPH, _LOWEST_HEADING = -1, 0, 1, 8


def borders(units: Sequence[Unit], headings: Sequence[Heading]) -> list[int]:
    """Say how good a cut before each unit is: a large heading best, then a paragraph; right after a heading worst."""
    levels = {heading.span.start: heading.level for heading in headings}
    ranks = [_LOWEST_HEADING]
    for before, unit in pairwise(units):
        if before.span.start in levels:
            ranks.append(_AFTER_HEADING)
        elif unit.span.start in levels:
            ranks.append(_LOWEST_HEADING + max(0, 6 - levels[unit.span.start]))
        else:
            ranks.append(_NEW_PARAGRAPH if unit.paragraph != before.paragraph else _IN_PARAGRAPH)
    return ranks


def cut(sizes: Sequence[int], ranks: Sequence[int], room: int) -> list[int]:
    """Cut into the fewest chunks that fit, about equally long, at the best borders there are near.

    Args:
        sizes: Tokens of each unit, none more than `room`; at least one.
        ranks: How good a cut before each unit is.
        room: The most tokens of a chunk.

    Returns:
        The index after the last unit of each chunk.
    """
    ends = list(accumulate(sizes))
    fewest = _filled(ends, room)
    for many in range(max(1, ceil(ends[-1] / room)), len(fewest) + 1):
        found = _cut(ends, ranks, room, many)
        if found is not None:
            return found
    return fewest


def _filled(ends: Sequence[int], room: int) -> list[int]:
    """Fill each chunk before the next: none take fewer, but the last may hold next to nothing."""
    found = [bisect_right(ends, room)]
    while found[-1] < len(ends):
        found.append(bisect_right(ends, ends[found[-1] - 1] + room))
    return found


def balanced(sizes: Sequence[int], room: int) -> list[int]:
    """Cut anything into the fewest runs that fit, about equally long; see `cut`."""
    return cut(sizes, [_IN_PARAGRAPH] * len(sizes), room)


def _cut(ends: Sequence[int], ranks: Sequence[int], room: int, many: int) -> list[int] | None:
    """Cut into so many chunks; None where the units are too coarse for that."""
    found: list[int] = []
    done = start = 0
    for left in range(many, 1, -1):
        rest = ends[-1] - done
        least, target, most = rest - (left - 1) * room, rest / left, min(room, rest)
        near = range(
            bisect_left(ends, done + max(least, target * (1 - _SLACK)), start),
            bisect_right(ends, done + min(most, target * (1 + _SLACK)), start),
        )
        far = range(bisect_left(ends, done + least, start), bisect_right(ends, done + most, start))
        places = [place for place in near or far if place < len(ends) - 1]
        if not places:
            return None
        aim = done + target
        best = max(places, key=lambda place: (ranks[place + 1], -abs(ends[place] - aim)))
        found.append(best + 1)
        done, start = ends[best], best + 1
    return [*found, len(ends)] if ends[-1] - done <= room else None
