"""A number in digits, and what is glued to it: a time, a fraction, a label, a share, a code, an ordinal or a count."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Literal, NamedTuple

from summarizer.ground.reading import when
from summarizer.ground.reading.locales import Table, measures, number_words, word_set
from summarizer.ground.reading.numerals import SPELLED_LANGUAGES, cut_compound, read_digits, read_spelled
from summarizer.ground.reading.opened import opened
from summarizer.ground.reading.reader import Reader, Row, row_of
from summarizer.ground.reading.text import Passage

Kind = Literal["count", "ordinal", "fraction", "vague", "clock", "multiple", "label", "code"]

TIME_UNITS = frozenset({"second", "minute", "hour", "day", "week", "month", "quarter", "year", "decade", "century"})

_THOUSANDS = re.compile(r"[1-9]\d{3,4}|[1-9]\d?[.,]000|100")
_LONGEST_PIECE, _LONGEST_GLUED = 12, 24
_BEFORE_TIME = word_set("before_time")
DOTTED_TIME = re.compile(r"([01]?\d|2[0-4])\.([0-5]\d)")
_HALF_DAYS: Table[int] = Table({"am": 0, "a.m.": 0, "pm": 720, "p.m.": 720})
_TURNING = {":", "/"}.union(_HALF_DAYS)  # behind digits: no plain number


class Head(NamedTuple):
    """The number proper: what it may be, and the place after it."""

    values: tuple[Decimal, ...]
    after: int
    kind: Kind = "count"
    weak: bool = False
    power: int = 0
    bound: str = ""


def _without(row: Row, dates: Iterable[when.Date]) -> Row:
    """Return a row in which the tokens of dates are left blank."""
    texts, kinds, glued = list(row.texts), list(row.kinds), list(row.glued)
    for date in dates:
        here, size = slice(date.first, date.last), date.last - date.first
        texts[here], kinds[here], glued[here] = [""] * size, ["date"] * size, [False] * size
    return Row(texts, kinds, glued, row.tokens)


class Digits(Reader):
    """Reads the numbers in digits among the tokens of one passage; parts of dates are none."""

    def __init__(self, passage: Passage) -> None:
        self.words = number_words(passage.language)
        self.language = passage.language if passage.language in SPELLED_LANGUAGES else ""
        self.symbols = measures().symbols
        super().__init__(passage, self._row(passage))

    def _row(self, passage: Passage) -> Row:
        """Return the tokens, those of dates left blank; what is glued to digits is cut into scale and unit."""
        row, dates = passage.once(row_of), passage.once(when.parse)
        if dates:
            row = _without(row, dates)
        texts, kinds, glued, places = row
        pieces = {
            at + 1: self._split(texts[at + 1])
            for at in passage.digits
            if at + 1 < len(texts) and glued[at + 1] and kinds[at + 1] == "word"
        }
        if passage.language == "de":  # zweijährige
            pieces |= {at: cut for at in passage.once(opened).numbers if (cut := cut_compound(texts[at]))}
        if not pieces or all(len(found) == 1 for found in pieces.values()):
            return row
        tokens = [place for place in places for _ in pieces.get(place, "1")]
        texts = [piece for place, text in enumerate(texts) for piece in pieces.get(place, (text,))]
        return Row(texts, [kinds[place] for place in tokens], [glued[place] for place in tokens], tokens)

    def _split(self, word: str) -> Sequence[str]:
        """Cut a word that stands beside digits into scale and unit, when it is made of them: `bnusd`, `억달러를`."""
        if len(word) > _LONGEST_GLUED:
            return (word,)
        tables: tuple[Table[int] | Table[str], ...] = (self.words.scales, self.words.short_scales, self.words.units)
        if any(word in table for table in (*tables, self.words.short_units)) or word in self.words.ordinal:
            return (word,)
        pieces, rest = [], word
        while rest:
            sizes = (
                size
                for size in range(min(len(rest), _LONGEST_PIECE), 0, -1)
                if any(rest[:size] in table for table in tables)
            )
            size = next(sizes, 0)
            if not size:
                break
            pieces.append(rest[:size])
            rest = rest[size:]
        if rest and (self.words.language != "ko" or not pieces):
            return (word,)
        return [*pieces, rest] if rest else pieces

    def in_digits(self, place: int) -> Head | None:
        """Read a number in digits: a time, a fraction, a label, a share, a code, an ordinal or a count."""
        text, before, behind = self.text(place), self.text(place - 1), self.text(place + 1)
        if before == "-" or behind in _TURNING or behind[:1] == "h" or behind in self.words.out_of or "." in text:
            for read in (self._clock, self._slash, self._label, self.share):
                found = read(place)
                if found:
                    return found
        after, goes_on = place + 1, "number" in self.kinds[place + 1 : place + 3]
        if goes_on:
            text, after = self._grouped(place)
        values = read_digits(text, point=self.words.point)
        if not values:
            return Head((), after, "code")
        if goes_on and self.text(after + 1) == "/" and self.is_number(after) and not self.glued(after):
            part = self._slash(after)  # 2 1/2
            if part and part.kind == "fraction":
                return Head((values[0] + part.values[0],), part.after)
        if self.glued(after) and self.text(after) in self.words.ordinal:
            return Head(values, after + 1, "ordinal")
        is_ordinal = before in self.words.ordinal_prefix.endings and self.words.ordinal_prefix.before(self.texts, place)
        return Head(values, after, "ordinal" if is_ordinal else "count")

    def _grouped(self, place: int) -> tuple[str, int]:
        """Join groups of three digits that a space or an apostrophe parts: `1 234,5`, `1'000`."""
        text, after = self.text(place), place + 1
        if len(text) > 3 or not text.isdecimal() or text.startswith("0"):
            return text, after
        # With a comma and a space too, where a sum of money is torn apart: `$42, 500`.
        torn = self.text(after) == "," and self.glued(after) and self.gap(after + 1) == 1
        if torn and self.symbols.before(self.texts, place) and self.is_number(after + 1):
            group = self.text(after + 1)
            return (text + group, after + 2) if group.isdecimal() and len(group) == 3 else (text, after)
        while True:
            step = 1 if self.text(after) == "'" and self.glued(after) and self.glued(after + 1) else 0
            group = self.text(after + step)
            spaced = step or (not self.glued(after) and self.gap(after) == 1)
            if not (self.is_number(after + step) and spaced and group[:3].isdecimal() and len(group) >= 3):
                return text, after
            if len(group) > 3 and group[3].isdecimal():
                return text, after
            text, after = text + group, after + step + 1
            if len(group) > 3:
                return text, after

    def _clock(self, place: int) -> Head | None:
        """Read `20:30`, `20h30`, `8 p.m.`."""
        text = self.text(place)
        dotted = DOTTED_TIME.fullmatch(text) if "." in text else None
        half = _HALF_DAYS.at(self.texts, place + 1) if dotted else None
        if dotted and (half or self.text(place - 1) in _BEFORE_TIME or self.text(place + 1) == "uhr"):
            hour, minute = int(dotted[1]), int(dotted[2])
            minutes = Decimal((hour % 12 if half else hour) * 60 + minute + (half[0] if half else 0))
            return Head((minutes,), half[1] if half else place + 1 + (self.text(place + 1) == "uhr"), "clock")
        hour, after, minute = (int(text) if text.isdecimal() and len(text) <= 2 else 99), place + 1, 0
        if hour > 24:
            return None
        colon = self.text(after) == ":" and self.glued(after) and self.glued(after + 1)
        if (colon or self.text(after) == "h") and self.is_number(after + 1):
            digits = self.text(after + 1)
            if not (len(digits) == 2 and digits.isdecimal()):
                return None
            minute, after = int(digits), after + 2
        elif self.glued(after) and len(self.text(after)) == 3 and self.text(after)[0] == "h":
            digits = self.text(after)[1:]
            if not digits.isdecimal():
                return None
            minute, after = int(digits), after + 1
        half = _HALF_DAYS.at(self.texts, after)
        if after == place + 1 and half is None:
            return None
        values = [hour * 60 + minute]
        if half:
            values = [hour % 12 * 60 + minute + half[0]]
            after = half[1]
        elif hour <= 12:
            values.append(values[0] + 720)
        return Head(tuple(map(Decimal, values)), after, "clock")

    def _slash(self, place: int) -> Head | None:
        """Read `1/2` as a fraction and `24/7` as a code."""
        if not (self.text(place + 1) == "/" and self.glued(place + 1) and self.glued(place + 2)):
            return None
        one, two = self.text(place), self.text(place + 2)
        if not (self.is_number(place + 2) and one.isdecimal() and two.isdecimal()):
            return None
        if 0 < len(one) <= 2 and len(two) <= 2 and 0 < int(one) < int(two) <= 10:
            return Head((Decimal(one) / Decimal(two),), place + 3, "fraction")
        return Head((), place + 3, "code")

    def _label(self, place: int) -> Head | None:
        """Read the 4 of `GPT-4` as a label."""
        if not (self.text(place - 1) == "-" and self.glued(place) and self.glued(place - 1)):
            return None
        before = self.text(place - 2)
        if not before or not before[-1].isalpha() or self.symbols.before(self.texts, place - 1):
            return None
        values = read_digits(self.text(place), point=True)
        bound = self.words.before.before(self.texts, place - 1) if values else None
        if bound is not None:  # the under-13s
            return Head(values, place + 1, "count", bound=bound[0])
        return Head(values, place + 1, "label") if values else None

    def share(self, place: int) -> Head | None:
        """Read `one in three`, `trois sur quatre`, `1 of every 5`."""
        found = self.words.out_of.at(self.texts, place + 1)
        if not found:
            return None
        one = Decimal(1) if self.text(place) in self.words.one else self._small(place)
        whole, after = self._whole(found[1]) if one else (None, place)
        if not (one and whole and one < whole):
            return None
        unit = self.words.units.at(self.texts, after)
        if unit and unit[0] in TIME_UNITS:  # one in five years
            return None
        return Head((one / whole,), after, "fraction")

    def _whole(self, place: int) -> tuple[Decimal | None, int]:
        """Return what a share is one of, and the place after it: below a hundred, thousands in digits, a thousand."""
        text, led = self.text(place), self.text(place) in self.words.one
        scale = self.words.scales.at(self.texts, place + led)
        if scale:
            return Decimal(10) ** scale[0], scale[1]
        if _THOUSANDS.fullmatch(text):
            return Decimal(re.sub(r"\D", "", text)), place + 1
        return self._small(place), place + 1

    def _small(self, place: int) -> Decimal | None:
        """Return a number below a hundred, in digits or one word."""
        text = self.text(place)
        return Decimal(text) if text.isdecimal() and len(text) <= 2 else self.count(text)

    def count(self, text: str) -> Decimal | None:
        """Return the spelled number below a hundred that a word is."""
        if text in self.words.cardinals:
            return Decimal(self.words.cardinals[text])
        value = read_spelled(text, self.language) if self.language and text.isalpha() else None
        return value if value and value < 100 else None
