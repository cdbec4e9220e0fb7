"""The number proper in a text: digits, words and parts, before any scale or unit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from typing import Literal, NamedTuple

from summarizer.ground.reading import when
from summarizer.ground.reading.locales import Table, measures, number_words, word_set
from summarizer.ground.reading.memo import Memo
from summarizer.ground.reading.numerals import (
    HALF,
    HAN_NUMERALS,
    SPELLED_LANGUAGES,
    cut_compound,
    read_digits,
    read_han,
    read_ordinal,
    read_ratio,
    read_roman,
    read_spelled,
)
from summarizer.ground.reading.opened import lone_articles, may_open_number, opened
from summarizer.ground.reading.reader import Reader, Row, row_of
from summarizer.ground.reading.text import Passage, where

Kind = Literal["count", "ordinal", "fraction", "vague", "clock", "multiple", "label", "code"]

TIME_UNITS = frozenset({"second", "minute", "hour", "day", "week", "month", "quarter", "year", "decade", "century"})

# A spelled number of more words than this is read in pieces.
_LONGEST_RUN = 12
_LONGEST_PIECE, _LONGEST_GLUED = 12, 24
# Alone they are exact numbers: mille personnes, mil personas, tausend Menschen.
_EXACT_SCALES = word_set("exact_scales")
_CONNECTORS = word_set("connectors")
# Words that are numbers, and more often something else: a time, a part, an adjective, a verb.
_UNSURE = word_set("unsure_numbers")
# Portuguese segundo and Italian secondo are also "according to"; after an article they are the second.
_ACCORDING, _BEFORE_ORDINAL, _IN_A_ROW = map(word_set, ("according", "before_ordinal", "in_a_row"))
_COUNTED_BY = word_set("counted_by")
_BEFORE_TIME, _DECADES = word_set("before_time"), word_set("before_decade")
_POINTS = frozenset({"pp", "point"})
_HALVES = frozenset({"first", "second"})  # first-half profit
DOTTED_TIME = re.compile(r"([01]?\d|2[0-4])\.([0-5]\d)")
_HALF_DAYS: Table[int] = Table({"am": 0, "a.m.": 0, "pm": 720, "p.m.": 720})


class Head(NamedTuple):
    """The number proper: what it may be, and the place after it."""

    values: tuple[Decimal, ...]
    after: int
    kind: Kind = "count"
    weak: bool = False
    power: int = 0
    bound: str = ""


@cache
def _starting(language: str | None) -> Memo[str, bool]:
    """Whether a number can begin with a word."""
    return Memo(lambda word: may_open_number(word, language))


def may_hold(passage: Passage) -> bool:
    """Whether there may be a number at all; an article (*a*, *une*) needs a scale beside it, which can begin one."""
    if "number" in passage.kinds:
        return True
    articles = number_words(passage.language).one
    return not articles.issuperset(map(passage.texts.__getitem__, passage.once(opened).numbers))


class Heads(Reader):
    """Finds numbers among the tokens of one passage; parts of dates are none."""

    def __init__(self, passage: Passage) -> None:
        self.words = number_words(passage.language)
        self.language = passage.language if passage.language in SPELLED_LANGUAGES else ""
        self.symbols = measures().symbols
        self._articles, self._followed = lone_articles(passage.language)
        super().__init__(passage, self._row(passage))

    def _row(self, passage: Passage) -> Row:
        """Return the tokens, those of dates left blank; what is glued to digits is cut into scale and unit."""
        row = passage.once(row_of)
        masked = {place for date in passage.once(when.parse) for place in range(date.first, date.last)}
        behind = [place + 1 for place in where(row.kinds[:-1], "number")]
        pieces = {
            place: self._split(row.texts[place])
            for place in behind
            if row.glued[place] and row.kinds[place] == "word" and place not in masked
        }
        if passage.language == "de":  # zweijährige
            pieces |= {at: cut for at in passage.once(opened).numbers if (cut := cut_compound(row.texts[at]))}
        if not masked and not pieces:
            return row
        texts, kinds, glued = list(row.texts), list(row.kinds), list(row.glued)
        for place in masked:
            texts[place], kinds[place], glued[place] = "", "date", False
        if all(len(found) == 1 for found in pieces.values()):
            return Row(texts, kinds, glued, row.tokens)
        tokens = [place for place in row.tokens for _ in pieces.get(place, "1")]
        texts = [piece for place, text in enumerate(texts) for piece in pieces.get(place, (text,))]
        return Row(texts, [kinds[place] for place in tokens], [glued[place] for place in tokens], tokens)

    def starts(self) -> list[int]:
        """Return the places where a number may begin."""
        if len(self.texts) == len(self.passage.texts):  # nothing was cut in two
            words = [place for place in self.passage.once(opened).numbers if self.kinds[place] != "date"]
            return sorted({*where(self.kinds, "number"), *words})
        starting = _starting(self.words.language)
        return [
            place
            for place, (text, kind) in enumerate(zip(self.texts, self.kinds, strict=True))
            if kind == "number" or (kind not in ("punct", "date") and starting[text])
        ]

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

    def head(self, place: int) -> Head | None:
        """Return the number that starts at one of the `starts`, or None."""
        if self.kinds[place] == "number":
            return self._digits(place)
        if self.texts[place] in HAN_NUMERALS and self.kinds[place] == "cjk":
            return self._vague(place) or self._part(place) or self._han(place)
        if self.texts[place] in self._articles and not self._followed[self.text(place + 1)]:
            return None
        multiple = self.words.multiples.at(self.texts, place)
        if multiple:
            return Head((Decimal(multiple[0].strip("?")),), multiple[1], "multiple", weak=True)
        return self._vague(place) or self._part(place) or self._named(place) or self._group(place)

    def _named(self, place: int) -> Head | None:
        return self._century(place) or self._spelled(place)

    def _digits(self, place: int) -> Head | None:
        """Read a number in digits: a time, a fraction, a label, a share, a code, an ordinal or a count."""
        for read in (self._clock, self._slash, self._label, self._share):
            found = read(place)
            if found:
                return found
        text, after = self._grouped(place)
        values = read_digits(text, point=self.words.point)
        if not values:
            return Head((), after, "code")
        if self.text(after + 1) == "/" and self.is_number(after) and not self.glued(after):
            part = self._slash(after)  # 2 1/2
            if part and part.kind == "fraction":
                return Head((values[0] + part.values[0],), part.after)
        if self.glued(after) and self.text(after) in self.words.ordinal:
            return Head(values, after + 1, "ordinal")
        return Head(values, after, "ordinal" if self.words.ordinal_prefix.before(self.texts, place) else "count")

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

    def _vague(self, place: int) -> Head | None:
        """Read *dozens*, or a scale without a number: *millions*."""
        found = self.words.vague.at(self.texts, place)
        if found:
            return Head((found[0],), found[1], "vague")
        scale = self.words.scales.at(self.texts, place)
        if scale and self.text(place) not in _EXACT_SCALES and scale[0] > 1 and self.kinds[place] == "word":
            return Head((Decimal(1).scaleb(scale[0]),), scale[1], "vague", weak=True)
        return None

    def _part(self, place: int) -> Head | None:
        """Read `half a million`, `two thirds`, `la moitié`."""
        share = self._share(place)
        if share:
            return share
        half = self.words.half.at(self.texts, place)
        if half:
            start = half[1] + (self.text(half[1]) in ("-", "a", "de", "d'"))
            scale = self.words.scales.at(self.texts, start) or self.words.groups.at(self.texts, start)
            if scale:
                worth = Decimal(1).scaleb(scale[0]) if isinstance(scale[0], int) else Decimal(scale[0].strip("~"))
                return Head((HALF * worth,), scale[1])
            unit = self.words.units.at(self.texts, start)
            if unit and unit[0] in _POINTS:  # half a percentage point, meio ponto
                return Head((HALF,), start, "fraction")
        one = self.text(place) in self.words.one
        count = Decimal(1) if one else self._count(self.text(place))
        after = place + 1 + (self.text(place + 1) == "-")
        part = self.words.fractions.at(self.texts, after) if count and not self._is_ordinal_here(place, one) else None
        if count and part and _IN_A_ROW.isdisjoint(self.texts[part[1] : part[1] + 3]):  # three quarters in a row
            return Head((count * read_ratio(part[0]),), part[1], "fraction", weak=one and self.words.language == "en")
        whole = self.words.fractions.at(self.texts, place)
        glued = self.text(place - 1) == "-" and self.text(place - 2) in _HALVES
        if whole and (whole[1] == place + 2 or (whole[0] == "1/2" and not glued)):  # la décima parte, la moitié
            return Head((read_ratio(whole[0]),), whole[1], "fraction", weak=True)
        return None

    def _share(self, place: int) -> Head | None:
        """Read `one in three`, `trois sur quatre`, `1 of every 5`."""
        one = Decimal(1) if self.text(place) in self.words.one else self._small(place)
        found = self.words.out_of.at(self.texts, place + 1) if one else None
        whole = self._small(found[1]) if found else None
        if not (one and found and whole and one < whole):
            return None
        unit = self.words.units.at(self.texts, found[1] + 1)
        if unit and unit[0] in TIME_UNITS:  # one in five years
            return None
        return Head((one / whole,), found[1] + 1, "fraction")

    def _small(self, place: int) -> Decimal | None:
        """Return a number below a hundred, in digits or one word."""
        text = self.text(place)
        return Decimal(text) if text.isdecimal() and len(text) <= 2 else self._count(text)

    def _is_ordinal_here(self, place: int, one: bool) -> bool:
        """Whether `a third` means the third one: nothing of which it could be a part follows."""
        if not one or self.words.language != "en" or self.text(place) not in ("a", "an"):
            return False
        bounded = self.text(place - 1) == "by" or bool(self.words.before.before(self.texts, place))
        return self.text(place + 2) not in ("of", "as") and not bounded

    def _count(self, text: str) -> Decimal | None:
        if text in self.words.cardinals:
            return Decimal(self.words.cardinals[text])
        value = read_spelled(text, self.language) if self.language and text.isalpha() else None
        return value if value and value < 100 else None

    def _group(self, place: int) -> Head | None:
        """Read `a dozen`, `une centaine`, `a million`, `two dozen`."""
        one = self.text(place) in self.words.one
        unit = self.words.units.at(self.texts, place + 1) if one else None
        if unit and unit[0] in ("decade", "century"):
            return Head((Decimal(1),), place + 1, weak=True)
        if unit and unit[0] in TIME_UNITS and self.words.and_half.at(self.texts, unit[1]):
            return Head((Decimal(1),), place + 1)
        group = self.words.groups.at(self.texts, place + one)
        if group:
            return Head((Decimal(group[0].strip("~")),), group[1], bound="~" if group[0].startswith("~") else "")
        if one:
            scale = self.words.scales.at(self.texts, place + 1)
            return Head((Decimal(1),), place + 1) if scale and scale[0] > 1 else None
        return None

    def _century(self, place: int) -> Head | None:
        """Read the XVII of `XVIIe siècle`, `siglo XVII`: nowhere else are the letters a number."""
        value = read_roman(self.text(place))
        beside = value and (self.words.units.at(self.texts, place + 1), self.words.units.before(self.texts, place))
        if value and beside and any(unit and unit[0] == "century" for unit in beside):
            return Head((value,), place + 1, "ordinal")
        return None

    def _spelled(self, place: int) -> Head | None:
        """Read a number in words, cardinal or ordinal."""
        text = self.text(place)
        if text in self.words.cardinals:
            value, after = Decimal(0), place
            while self.text(after) in self.words.cardinals and after - place < _LONGEST_RUN:
                value += self.words.cardinals[self.text(after)]
                after += 1
            return Head((value,), after)
        if text in self.words.ordinals:
            return self._ordinal_word(place, Decimal(self.words.ordinals[text]))
        if not self.language or not text.isalpha():
            return None
        if read_spelled(text, self.language) is None:
            return self._ordinal_word(place, read_ordinal(text, self.language))
        return self._longest(place)

    def _longest(self, place: int) -> Head | None:
        """Read as many words as make one number."""
        ends: list[tuple[str, int]] = []
        run, after = "", place
        while after - place < 2 * _LONGEST_RUN and len(ends) < _LONGEST_RUN:
            text = self.text(after)
            if not text.isalpha() and text != "-":
                break
            if text != "-":
                run = f"{run} {text}" if run else text
                if read_spelled(text, self.language) is not None:
                    ends.append((run, after + 1))
                elif text not in _CONNECTORS:
                    break
            after += 1
        is_decade = self.text(place - 1) in _DECADES
        for words, end in reversed(ends):
            value = read_spelled(words, self.language)
            if value is not None and not (is_decade and value % 10 and end > place + 1):  # anni Novanta due libri
                if end == place + 1 and value <= 1:
                    scale = self.words.scales.at(self.texts, end)
                    return Head((value,), end) if scale and value else None
                return Head((value,), end, weak=end == place + 1 and words in _UNSURE)
        return None

    def _ordinal_word(self, place: int, value: Decimal | None) -> Head | None:
        text = self.text(place)
        if not value or (text in _ACCORDING and self.text(place - 1) not in _BEFORE_ORDINAL):
            return None
        if self.text(place - 1) in self.words.each:
            return Head((1 / value,), place + 1, "fraction")
        return Head((value,), place + 1, "ordinal", weak=value == 1 or text in _UNSURE)

    def _han(self, place: int) -> Head | None:
        """Read a number in Han numerals; a single one only where it counts something."""
        after = place
        while self.text(after) in HAN_NUMERALS and self.kinds[after] == "cjk" and after - place < _LONGEST_RUN:
            after += 1
        value = read_han("".join(self.texts[place:after]))
        if value is None or self.words.language not in ("zh", "ja", None):
            return None
        if after == place + 1 and not (
            value > 1 and (self.words.units.at(self.texts, after) or self.text(after) in _COUNTED_BY)
        ):
            return None
        kind: Kind = "ordinal" if self.words.ordinal_prefix.before(self.texts, place) else "count"
        return Head((value,), after, kind)
