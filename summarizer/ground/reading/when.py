"""Dates and parts of dates, read as the language of the text writes them; the tables are in `locales`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from summarizer.ground.reading.lexicon import stop_words
from summarizer.ground.reading.locales import date_words, measures, number_words, word_set
from summarizer.ground.reading.opened import may_open_number, opened
from summarizer.ground.reading.reader import Reader, row_of
from summarizer.ground.reading.text import Passage

_FIRST_YEAR, _LAST_YEAR = 1500, 2100
_DAY_MARKS = frozenset("/-.")
_BEFORE_YEAR_MARKS = frozenset({"", "(", '"', "/", "-"})
_BEFORE_YEAR, _YEAR_PREFIXES, _DETERMINERS = word_set("before_year"), word_set("year_prefixes"), word_set("determiners")
_FIRST, _TO = word_set("first_day"), word_set("to_day")
_BEFORE_DAY = word_set("before_day") | {",", "("}
_BEFORE_WEEKDAY, _SPANS = word_set("before_weekday"), word_set("spans")
_RANGE, _AND = frozenset({"-"}), word_set("connectors")
_DECADES, _DECADE_ENDINGS = word_set("before_decade"), word_set("after_decade")
_DAY_MONTH = re.compile(r"(?P<day>\d{1,2})(?P<mark>[./])(?P<month>\d{1,2})")
_NUMERIC = re.compile(
    r"(?P<y1>\d{4})(?P<m>[-/.])(?P<m1>\d{1,2})(?P=m)(?P<d1>\d{1,2})"
    r"|(?P<a>\d{1,2})(?P<mark>[-/.])(?P<b>\d{1,2})(?P=mark)(?P<y2>\d{4}|\d{2})"
)
_CJK_LANGUAGES = frozenset({"zh", "ja", "ko", None})


_DAY_FIRST = frozenset({"de", "fr", "es", "it", "pt", "nl"})


class Date(NamedTuple):
    """A date or the part of one that a text gives; what it does not give is None.

    Attributes:
        year: Four digits.
        month: January is 1.
        day: Of the month.
        weekday: Monday is 1.
        decade: Whether the year stands for ten: the 1990s.
        relative: Told from the writer's own day: `day-1` is yesterday, `year+1` next year.
        part: Of a year: `summer`, `q3` (quarter), `h1` (half).
        edge: `early`, `mid` or `late` in it.
        other: The same digits read with day and month changed over (03/04/2023), as (month, day).
        first: Its first token in the passage.
        last: The place after its last token.
    """

    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    decade: bool = False
    relative: str | None = None
    part: str | None = None
    edge: str | None = None
    other: tuple[int, int] | None = None
    first: int = 0
    last: int = 0


def parse(passage: Passage) -> tuple[Date, ...]:
    """Return the dates of a passage in order; none overlap."""
    texts, starts = passage.texts, passage.once(opened).dates
    if "number" in passage.kinds:
        named = bool(starts) or passage.language in _CJK_LANGUAGES
        digits = [place for place in passage.digits if _may_begin(texts, place, named=named)]
        starts = sorted({*starts, *digits})
    return tuple(_Reader(passage).read(starts)) if starts else ()


def _may_begin(texts: Sequence[str], place: int, *, named: bool) -> bool:
    """Whether a date may begin with digits: no year has three of them, nor more than four, and no decade ends in 1.

    A day is one beside the digits of its month, or where a month may be `named`.
    """
    digits = texts[place]
    if not digits.isdecimal() or digits[0] == "0":
        return True
    if len(digits) > 2:
        return len(digits) == 4
    return named or digits[-1] == "0" or not _DAY_MARKS.isdisjoint(texts[place + 1 : place + 2])


class _Reader(Reader):
    """Reads dates off the tokens of one passage."""

    def __init__(self, passage: Passage) -> None:
        super().__init__(passage, passage.once(row_of))
        self.words = date_words(passage.language)
        self.numbers = number_words(passage.language)
        self.han = passage.language in _CJK_LANGUAGES

    def read(self, starts: Iterable[int]) -> Iterator[Date]:
        """Yield the dates that begin at some of these places."""
        after = 0
        for place in starts:
            date = self._at(place) if place >= after else None
            if date is not None:
                edge = self.words.edges.before(self.texts, place) if not date.day else None
                yield date._replace(edge=edge[0]) if edge else date
                end = self._range_end(date) if date.day else None
                if end:
                    yield end
                after = (end or date).last

    def _at(self, place: int) -> Date | None:
        part = self.words.parts.at(self.texts, place) if self.text(place) in self.words.parts else None
        if part:
            year = self._year_after(part[1])
            return Date(year and year[0], part=part[0], first=place, last=year[1] if year else part[1])
        if self.is_number(place):
            for way in self._ways(place):
                found = way(place)
                if found is not None:
                    return found._replace(first=place)
            return None
        weekday = self.words.weekdays.at(self.texts, place) or self._short_weekday(place)
        if weekday:
            return self._with_weekday(place, *weekday)
        relative = self.words.relative.at(self.texts, place)
        if relative:
            return Date(relative=relative[0], first=place, last=relative[1])
        month = self.words.months.at(self.texts, place)
        return self._month_first(place, *month) if month else None

    def _ways(self, place: int) -> Sequence[Callable[[int], Date | None]]:
        """Return how the digits at a place may be read: those that stand alone are a day, a year or a decade."""
        text = self.text(place)
        if self.han or self.text(place + 1) in _DAY_MARKS or not text.isdecimal():
            return self._numeric, self._han, self._day_first, self._decade, self._year_alone
        return (self._day_first, self._decade) if len(text) <= 2 else (self._decade, self._year_alone)

    def _range_end(self, date: Date) -> Date | None:
        """Read the 20 of `December 17-20`, the 5 of `November 4 and 5`."""
        if not (date.month and date.day and self.is_number(date.last + 1)):
            return None
        listed = self.text(date.last) in _AND and not self.is_number(date.first)
        if not listed and not (self.text(date.last) in _RANGE and self.glued(date.last + 1)):
            return None
        day = self._day(date.last + 1)
        if not day or day[0] <= date.day or self._month(self._skip(day[1])) or (listed and self._is_noun(day[1])):
            return None
        return Date(date.year, date.month, day[0], first=date.last + 1, last=day[1])

    def _is_noun(self, place: int) -> bool:
        """Whether a word stands here that a number may count: *on November 4 and 5 people died*."""
        text = self.text(place)
        return text.isalpha() and text not in stop_words(self.words.language)

    # -------------------------------------------------------------------------------------------------- small parts

    def _day(self, place: int) -> tuple[int, int] | None:
        """Return the day of the month that stands here and the place after it: `22`, `1er`, `22nd`, `22.`."""
        text = self.text(place)
        day = self.integer(place, 2)
        if day is None and text in _FIRST:
            return 1, place + 1
        if day is None or not 1 <= day <= 31:
            return None
        after = place + 1
        if self.glued(after) and (self.text(after) in self.numbers.ordinal or self.text(after) == "."):
            after += 1
        return day, after

    def _year(self, place: int) -> tuple[int, int] | None:
        year = self.integer(place, 4)
        return (year, place + 1) if year is not None and len(self.text(place)) == 4 and 1000 <= year <= 2200 else None

    def _skip(self, place: int) -> int:
        """Step over what may stand between a day and its month."""
        for _ in range(2):
            place += self.text(place) in self.words.between
        return place

    def _year_after(self, place: int) -> tuple[int, int] | None:
        """Return the year that follows a month: `December 2023`, `December 22, 2023`, `diciembre de 2023`."""
        for start in (place, place + (self.text(place) in _BEFORE_YEAR)):
            year = self._year(start)
            if year and not (self.text(year[1]) in _DECADE_ENDINGS and self.glued(year[1])):
                return year
        return None

    def _month(self, place: int) -> tuple[int, int] | None:
        found = self.words.months.at(self.texts, place)
        if found and self.text(found[1]) == "." and self.glued(found[1]) and found[1] - place == 1:
            return found[0], found[1] + 1 if len(self.text(place)) <= 5 else found[1]
        return found

    # ------------------------------------------------------------------------------------------------------ wholes

    def _numeric(self, place: int) -> Date | None:
        """Read `22.12.2023`, `22/12/2023`, `12/22/2023`, `2023-12-22`."""
        text, last = self.text(place), place + 1
        while last - place < 5 and self.text(last) in ("/", "-", ".") and self.glued(last) and self.glued(last + 1):
            text += self.text(last) + self.text(last + 1)
            last += 2
        match = None if text.isdecimal() else _NUMERIC.fullmatch(text)
        if match is None:
            return None if text.isdecimal() else self._without_year(text, last)
        if match["y1"]:
            year, month, day = int(match["y1"]), int(match["m1"]), int(match["d1"])
            return Date(year, month, day, last=last) if 1 <= month <= 12 and 1 <= day <= 31 else None
        one, two, year = int(match["a"]), int(match["b"]), int(match["y2"])
        year += (2000 if year < 50 else 1900) if year < 100 else 0
        american = match["mark"] == "/" and self.words.language in ("en", None)
        for month, day in ((one, two), (two, one)) if american else ((two, one), (one, two)):
            if 1 <= month <= 12 and 1 <= day <= 31:
                other = (day, month) if day <= 12 and match["mark"] == "/" else None
                return Date(year, month, day, other=other, last=last)
        return None

    def _without_year(self, text: str, last: int) -> Date | None:
        """Read `30.6.` and `30/09`, where they can be no fraction and no plain number."""
        match = _DAY_MONTH.fullmatch(text)
        if match is None or not (1 <= int(match["day"]) <= 31 and 1 <= int(match["month"]) <= 12):
            return None
        pointed = match["mark"] == "." and self.text(last) == "." and self.glued(last)
        zero = match["mark"] == "/" and text[match.start("month")] == "0"
        if not (pointed and self.words.language in ("de", "nl", "ru", None)) and not zero:
            return None
        day, month = int(match["day"]), int(match["month"])
        if self.words.language == "en":
            return Date(month=day, day=month, other=(month, day), last=last) if day <= 12 else None
        return Date(month=month, day=day, last=last + (pointed and last + 1 < len(self.texts)))

    def _han(self, place: int) -> Date | None:
        """Read `2023年12月22日` and its parts, Korean ones too."""
        if not self.han:
            return None
        parts: dict[str, int] = {}
        for unit, names, most in (("year", "年년", 2200), ("month", "月월", 12), ("day", "日号號일", 31)):
            value = self.integer(place, 4)
            if value is not None and 1 <= value <= most and self.text(place + 1)[:1] in tuple(names):
                if unit == "year" and value < 1000:
                    return None
                parts[unit] = value
                place += 2
        return Date(**parts, last=place) if parts else None  # type: ignore[arg-type]

    def _day_first(self, place: int) -> Date | None:
        """Read `22 décembre 2023`, `22nd of December`, and the first day of `22-25 décembre`."""
        day = self._day(place)
        if day is None:
            return None
        month = self._month(self._skip(day[1]))
        if month:
            year = self._year_after(month[1])
            return Date(year and year[0], month[0], day[0], last=year[1] if year else month[1])
        joined = self.text(day[1]) in self.numbers.join or self.text(day[1]) in _TO
        other = self._day(day[1] + 1) if joined else None
        month = self._month(self._skip(other[1])) if other else None
        if other and month and self.text(place) not in _FIRST:
            year = self._year_after(month[1])
            return Date(year and year[0], month[0], day[0], last=day[1])
        return None

    def _month_first(self, place: int, month: int, after: int) -> Date | None:
        """Read `December 22, 2023`, `December 2023`, `in December`."""
        if self.text(after) == "." and self.glued(after) and len(self.text(place)) <= 5:
            after += 1
        day = self._day(after) if self.text(after) not in _FIRST else None
        if day and self._year(after) is None and not self._counts(place, day[1]):
            year = self._year_after(day[1])
            return Date(year and year[0], month, day[0], first=place, last=year[1] if year else day[1])
        year = self._year_after(after)
        if year:
            return Date(year[0], month, first=place, last=year[1])
        if self.text(place) in self.words.unsure_months and not self._is_surely_month(place):
            return None
        return Date(month=month, first=place, last=after)

    def _counts(self, month: int, after: int) -> bool:
        """Whether the number between a month and a place counts what stands there: *in December 21 trains*.

        Where the day goes before its month, it always does.
        """
        if self._year_after(after):
            return False
        is_day_first = self.words.language in _DAY_FIRST
        return self._is_noun(after) and (is_day_first or self.text(month - 1) == "in")

    def _is_surely_month(self, place: int) -> bool:
        """Whether `may` or `mars` is the month here: after a preposition, and written large where months are."""
        if may_open_number(self.text(place), self.words.language):  # em dez anos
            return False
        before = self.text(place - 1)
        large = self.passage.raws[place][:1].isupper()
        joined = before in self.numbers.join and self.text(place - 2) not in _SPANS  # the year to March
        led = before in self.words.before_year and not joined
        return len(self.text(place)) > 2 and led and (large or self.words.language != "en")

    def _with_weekday(self, place: int, weekday: int, after: int) -> Date:
        """Read `vendredi 22 décembre`, `Friday, December 22`; or the weekday alone."""
        start = after
        for _ in range(3):
            if self.text(start) in _BEFORE_DAY:
                start += 1
        if start < self.length:
            found = self._day_first(start) or self._numeric(start)
            month = self.words.months.at(self.texts, start)
            found = found or (self._month_first(start, *month) if month else None)
            if found and found.day:
                return found._replace(weekday=weekday, first=place)
        return Date(weekday=weekday, first=place, last=after)

    def _short_weekday(self, place: int) -> tuple[int, int] | None:
        """Return the weekday that Portuguese names like an ordinal, where nothing follows that it could count."""
        found = self.words.short_weekdays.at(self.texts, place)
        if not found or self.text(place - 1) not in _BEFORE_WEEKDAY:
            return None
        following = self.text(found[1])
        return found if not following[:1].isalpha() or following in stop_words("pt") else None

    def _year_alone(self, place: int) -> Date | None:
        """Read a bare year, or the years of a season (`2023-24`)."""
        year, after = self._year(place), self.text(place + 1)
        if year is None or not _FIRST_YEAR <= year[0] <= _LAST_YEAR or self._is_counted(place):
            return None
        if after in ("-", "/") and self.glued(place + 1) and self.glued(place + 2):
            end = self.integer(place + 2, 2)
            if end is not None and len(self.text(place + 2)) == 2 and end == (year[0] + 1) % 100:
                return Date(year[0], last=place + 3)
        return Date(year[0], last=place + 1)

    def _decade(self, place: int) -> Date | None:
        """Read `the 1990s`, `the 90s`, `les années 90`."""
        text = self.text(place)
        if len(text) not in (2, 4) or not text.isdecimal() or not text.endswith("0"):
            return None
        year = int(text) + (1900 if len(text) == 2 else 0)
        if not _FIRST_YEAR <= year <= _LAST_YEAR:
            return None
        if self.text(place + 1) in (_DECADE_ENDINGS if len(text) == 4 else ("s",)) and self.glued(place + 1):
            return Date(year, decade=True, last=place + 2)
        return Date(year, decade=True, last=place + 1) if self.text(place - 1) in _DECADES else None

    def _is_counted(self, place: int) -> bool:
        """Whether four digits count something rather than name a year."""
        before, after, numbers = self.text(place - 1), self.text(place + 1), self.numbers
        if self.glued(place) and (before in "$€£¥₹#" or before.isalpha()):
            return True
        if self.text(place - 1) == "-" and self.glued(place) and self.text(place - 2).isalpha():
            return self.text(place - 2) not in _YEAR_PREFIXES
        if before not in self.words.before_year and numbers.before.before(self.texts, place):
            return True
        told = before in self.words.before_year and after in stop_words(self.words.language)  # nel 2024 ha
        if (
            not told
            and after not in self.words.before_year
            and any(table.at(self.texts, place + 1) for table in (numbers.scales, numbers.units, measures().symbols))
        ):
            return True
        if before in self.words.before_year or before in _DETERMINERS or before in _BEFORE_YEAR_MARKS:
            return False
        passage = self.passage
        return len(after) > 3 and passage.kinds[place + 1] == "word" and passage.raws[place + 1][:1].islower()
