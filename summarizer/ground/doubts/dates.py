"""Doubt: the claim gives a date, or a part of one, that the cited units do not give."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from summarizer.ground.case import Case
from summarizer.ground.reading import quantity
from summarizer.ground.reading.locales import word_set, year_before, year_start
from summarizer.ground.reading.namesake import eras
from summarizer.ground.reading.sightings import mentions
from summarizer.ground.reading.text import Passage
from summarizer.ground.reading.when import Date, parse
from summarizer.ground.restate import HALF, restates
from summarizer.records import Finding

_OF_ERAS, _LATER, _EARLIER, _THAN = map(word_set, ("of_eras", "later", "earlier", "later_than"))
_BEHIND = 2  # tokens behind a number of years in which it says *later*: plus tard
_SEASONS = frozenset({"spring", "summer", "autumn", "winter"})
_FEASTS = frozenset({"christmas", "easter", "pentecost", "newyear", "thanksgiving", "ramadan", "carnival"})
_PARTS = ("year", "month", "day", "weekday")
_MOST_CLAIMED = 64  # dates of a claim that are looked at closely; each is compared with all of the evidence
_PLACED = Date._fields.index("first")
# The months in which a part of the year begins and ends: between January and June is in its first half.
_EDGE_MONTHS = {"h1": (1, 6), "h2": (7, 12), "q1": (1, 3), "q2": (4, 6), "q3": (7, 9), "q4": (10, 12)}


def check(case: Case) -> Iterator[Finding]:
    """Find dates that the evidence contradicts, and parts of dates that it does not give."""
    if not _OF_ERAS.isdisjoint(case.claim.texts):
        yield from _doubt_eras(case)
    claimed = case.claim.once(parse)
    if not claimed:
        return
    # Where nobody says what the claim rests on, a date may be from anywhere in the article.
    passages = case.article.passages if case.guessed and not restates(case, HALF) else case.evidence
    given = [date for passage in passages for date in passage.once(parse)]
    for date in claimed[:_MOST_CLAIMED]:
        detail = _doubt(date, given, case)
        if detail:
            yield Finding("date", f"the claim says {_written(case.claim, date)!r}; {detail}")
    told = {other[:_PLACED] for other in given} if len(claimed) > _MOST_CLAIMED else set()
    for date in claimed[_MOST_CLAIMED:]:
        if date[:_PLACED] not in told:
            yield Finding("date", f"the claim says {_written(case.claim, date)!r}; the cited sentences do not just so")
            return


def _doubt_eras(case: Case) -> Iterator[Finding]:
    """Find *AD* where the evidence says *BC*, and the reverse."""
    mine = case.claim.once(_eras)
    theirs = case.there(_eras) if mine else mine
    if theirs and mine.isdisjoint(theirs):
        yield Finding("date", "the claim and the cited sentences are of different eras")


def _eras(passage: Passage) -> frozenset[str]:
    return eras().intersection([hit.label for hit in passage.once(mentions)])


def _written(passage: Passage, date: Date) -> str:
    return passage.written(date.first, date.last)


def _doubt(date: Date, given: list[Date], case: Case) -> str | None:
    """Return what is wrong with a date of the claim, or None."""
    if date.relative or (date.part and not date.year):
        return _doubt_named(date, given)
    if date.part and (doubt := _doubt_named(date, given)):
        return doubt
    covering = [other for other in given if covers(other, date)]
    if covering:
        return _doubt_weekday(date, covering, given, case)
    near = max((other for other in given if _agrees(other, date)), key=lambda other: _shared(other, date), default=None)
    if near is None or not _shared(near, date):
        if _is_told_otherwise(date, given, case):
            return None
        told = sorted({_written(passage, other) for passage in case.evidence for other in passage.once(parse)})
        return (
            "the cited sentences say " + ", ".join(map(repr, told[:4])) if told else "the cited sentences give no date"
        )
    missing = [part for part in _PARTS if getattr(date, part) and not getattr(near, part)]
    if any((other.relative or "").startswith("year") for other in given):
        missing = [part for part in missing if part != "year"]  # last year is some year
    added = [part for part in missing if not any(_adds(other, date, part) for other in given)]
    return f"the cited sentences give no {' and no '.join(added)} for it" if added else None


def _doubt_weekday(date: Date, covering: list[Date], given: list[Date], case: Case) -> str | None:
    """Doubt *until Wednesday* where *Wednesday* is only the weekday of a day that the claim tells besides."""
    if not date.weekday or date.day or any(not other.day for other in covering):
        return None
    claimed = case.claim.once(parse)[:_MOST_CLAIMED]
    told_besides = [other for other in claimed if other.day and any(covers(one, other) for one in covering)]
    bare = sorted({other.weekday for other in given if other.weekday and not other.day} - {date.weekday})
    return "the cited sentences say so of another weekday" if told_besides and bare else None


def covers(given: Date, date: Date) -> bool:
    """Whether a date of the evidence gives every part that the claim gives."""
    return _agrees(given, date) and all(getattr(given, part) for part in _PARTS if getattr(date, part))


def _agrees(given: Date, date: Date) -> bool:
    """Whether no part that both give is different."""
    if given.relative or (given.edge and date.edge and given.edge != date.edge):
        return False
    if given.year and date.year and not _same_year(given, date):
        return False
    if given.weekday and date.weekday and given.weekday != date.weekday:
        return False
    ways = [(given.month, given.day)] + [way.other for way in (given, date) if way.other]
    return any(
        (not month or not date.month or month == date.month) and (not day or not date.day or day == date.day)
        for month, day in ways
    )


def _same_year(given: Date, date: Date) -> bool:
    if date.decade and given.year and date.year:
        return date.year <= given.year < date.year + 10
    return given.year == date.year and (date.decade or not given.decade)


def _shared(given: Date, date: Date) -> int:
    return sum(bool(getattr(given, part) and getattr(date, part)) for part in _PARTS)


def _adds(other: Date, date: Date, part: str) -> bool:
    """Whether another date of the evidence gives the missing part: `in 2023`, or the year of another day."""
    same = getattr(other, part) == getattr(date, part)
    return same and not other.relative and (part == "year" or _agrees(other, date))


def _doubt_named(date: Date, given: list[Date]) -> str | None:
    """Doubt `last year` only where the evidence says `this year`, `summer` only where it says `winter`."""
    name = date.relative or date.part or ""
    told = {other.relative or other.part for other in given}
    rivals = sorted(other for other in told if other and _sorts(other) & _sorts(name))
    if all(other.startswith("year") for other in (name, *rivals)) and any(other.year for other in given):
        return None  # next year may be the one that is given
    return None if name in told or not rivals else f"the cited sentences say {', '.join(rivals)}"


@cache
def _sorts(name: str) -> frozenset[str]:
    """What a relative date or a part of the year competes with: days with days, past with past."""
    if name in _SEASONS or name in _FEASTS:
        return frozenset({"season" if name in _SEASONS else "feast"})
    stem = re.split(r"[-+\d]", name)[0]
    return frozenset({stem, name[len(stem) :]} - {"+0"} if name[len(stem)] in "-+" else {stem})


def _is_told_otherwise(date: Date, given: list[Date], case: Case) -> bool:
    """Whether the evidence tells of a year or a month in other words than a date."""
    if date.month:
        return not date.day and (
            any(date.month in _EDGE_MONTHS.get(other.part or "", ()) for other in given)
            or (date.month == 1 and not date.year and _has_year_start(case))
        )
    year = 0 if date.weekday else date.year or 0
    return bool(year) and (
        _counts(year, given, case)
        or _is_year_before(year, given, case)
        or any(year in passage.once(_years_apart) for passage in case.evidence)
    )


def _years_apart(passage: Passage) -> frozenset[int]:
    """Return the years that a passage tells by how many lie between them and another one: *1970*, *two years later*."""
    texts, years = passage.texts, [date.year for date in passage.once(parse) if date.year and not date.decade]
    signs = [(1, _LATER), (-1, _EARLIER)]
    steps = [
        sign * int(item.value)
        for item in (passage.once(quantity.parse) if years else ())
        if item.unit == "year" and item.kind == "count"
        for sign, words in signs
        if _is_apart(texts, item.last, words)
    ]
    return frozenset([year + step for year in years for step in steps])


def _is_apart(texts: Sequence[str], place: int, words: frozenset[str]) -> bool:
    """Whether a word such as *later* stands soon behind a place, and nothing that it is later than: *than planned*."""
    ends = (at + 1 for at in range(place, min(place + _BEHIND, len(texts))) if texts[at] in words)
    return any(_THAN.isdisjoint(texts[end : end + 1]) for end in ends)


def _has_year_start(case: Case) -> bool:
    """Whether the evidence tells of the start of a year: *since January* for it."""
    words = year_start(case.article.language)
    return any(words.find(passage.texts) for passage in case.evidence)


def _is_year_before(year: int, given: list[Date], case: Case) -> bool:
    """Whether the evidence tells of the year before another one that it gives: *8 % more than the year before*."""
    if not any(other.year == year + 1 for other in given):
        return False
    words = year_before(case.article.language)
    return any(words.find(passage.texts) for passage in case.evidence)


def _counts(year: int, given: list[Date], case: Case) -> bool:
    """Whether the digits of a year stand in the evidence as a plain number, so that only their reading differs."""
    if any(other.year == year for other in given):
        return False
    return any(str(year) in passage.texts for passage in case.evidence)
