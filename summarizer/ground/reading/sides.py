"""On which side of a date a text has something: *by 15 November*, *not before 15 November*."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from summarizer.ground.reading.clause import beginning_in, stems
from summarizer.ground.reading.phrases import Phrases
from summarizer.ground.reading.tables import read_data
from summarizer.ground.reading.text import Passage
from summarizer.ground.reading.when import Date, parse

_REACH = 9  # tokens before a date in which its *before* stands
_DENIED = 16  # tokens before that in which a negative governs it
_WIDE = "wide "  # may have a clause between it and the date: before the session ends on 20 June
_EDGES = frozenset({"=end", "end"})


class Side(NamedTuple):
    """On which side of a date something is.

    Attributes:
        sort: `before`, `until` (perhaps a state) or `after`.
        text: The words for it.
        denied: The tokens of the negatives that turn a *before* into an *after*.
        parted: Whether a clause stands between these words and the date.
    """

    sort: str
    text: str
    denied: frozenset[int] = frozenset()
    parted: bool = False


def side_of(passage: Passage, date: Date) -> Side | None:
    """Return on which side of a date a passage has something; None where it does not say, or denies it."""
    if not (date.year or date.month or date.day or date.weekday):
        return None
    begin = max(0, date.first - _REACH)
    hits = _phrases(passage.language).find(passage.texts[begin : date.first])
    if not hits:
        return None
    hit = max(hits, key=lambda hit: (hit.end, -hit.start))
    start, end = begin + hit.start, begin + hit.end
    parted = not _EDGES.issuperset(filter(None, passage.once(stems)[end : date.first]))
    if (parted and not hit.label.startswith(_WIDE)) or "punct" in passage.kinds[start : date.first]:
        return None
    sort = hit.label.removeprefix(_WIDE)
    within = _negatives(passage, start, end)  # not before, no later than
    denied = within + _negatives(passage, max(0, start - _DENIED), start)
    if not denied and sort == "before":
        denied = _without(passage, start) or _negatives_behind(passage, start, date.last)
    if not denied and sort == "until":
        denied = _none_behind(passage, start, date.last)
    late = sort == "until" and bool(denied) and (min(denied) > start or _is_late(passage, min(denied), start))
    if denied and not within and sort != "before" and not late:
        return None
    text = passage.written(min([start, *denied]), date.last)
    return Side("after" if denied and not within else sort, text, frozenset(denied), parted=parted)


def _negatives(passage: Passage, start: int, end: int) -> list[int]:
    """Return the negatives that begin in a range of tokens and have no mark behind them there."""
    return [
        hit.start
        for hit in beginning_in(passage, start, end)
        if hit.label == "negation/word" and "punct" not in passage.kinds[hit.start : end]
    ]


def _is_late(passage: Passage, start: int, end: int) -> bool:
    """Whether a *not until* is an *only after*: *no penalties until July*, but not *will not last until July*."""
    language = passage.language
    late = language in _table()["late"] or (language in _table()["kept"] and _is_none(passage, start, end))
    return late and not _states(language).find(passage.texts[start:end])


def _is_none(passage: Passage, start: int, end: int) -> bool:
    """Whether a negative says that there is none of something."""
    hits = _listed("none", passage.language).find(passage.texts[start:end])
    return bool(hits) and hits[0].start == 0


def held(claim: Passage) -> frozenset[str]:
    """Return the stems of a claim that say no more than that something is in force."""
    row = claim.once(stems)
    hits = _listed("holds", claim.language).find(claim.texts)
    return frozenset(filter(None, (stem for hit in hits for stem in row[hit.start : hit.end])))


def _without(passage: Passage, start: int) -> list[int]:
    """Return what denies a *before* without a *not*: *sans accord avant juillet*, *unless it reopens by Friday*."""
    first = max(0, start - _DENIED)
    hits = _listed("without", passage.language).find(passage.texts[first:start])
    return [first + hit.start for hit in hits if "punct" not in passage.kinds[first + hit.start : start]]


def _negatives_behind(passage: Passage, start: int, end: int) -> list[int]:
    """Return the negatives behind a *before* that opens the passage: *Vor 2029 rechnet sie nicht damit*."""
    if start:
        return []
    return [hit.start for hit in beginning_in(passage, end, end + _DENIED) if hit.label == "negation/word"][:1]


def _none_behind(passage: Passage, start: int, end: int) -> list[int]:
    """Return the negatives behind an *until* that opens the passage and of which there is none till then."""
    behind, last = _negatives_behind(passage, start, end), end + _DENIED
    none = bool(behind) and _is_none(passage, behind[0], last)
    return behind if none and not _states(passage.language).find(passage.texts[behind[0] : last]) else []


def bounding(passage: Passage) -> frozenset[int]:
    """Return the negatives that only say after which day something is: *not before May*."""
    found = (side_of(passage, date) for date in passage.once(parse))
    return frozenset().union(*(side.denied for side in found if side is not None and not side.parted))


@cache
def _table() -> Any:
    return read_data("order")


@cache
def _phrases(language: str | None) -> Phrases:
    return Phrases({sort: row[language] for sort, row in _table()["sides"].items() if language in row})


def _states(language: str | None) -> Phrases:
    return _listed("late" if language in _table()["late"] else "kept", language)


@cache
def _listed(sort: str, language: str | None) -> Phrases:
    return Phrases({sort: _table()[sort].get(language, ())})
