"""Numbers with their scale, unit and bound, read as the language of the text writes them.

*100 milliards de dollars*, *$100 billion*, *100 Md$*, *US$100bn* and *1000億ドル* are one quantity; *billion* is a
thousand times more in French than in English. The tables are in `locales`, the digits and words in `numerals`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Literal, NamedTuple

from summarizer.ground import when
from summarizer.ground.locales import Table, measures, number_words
from summarizer.ground.numerals import (
    HAN_NUMERALS,
    SPELLED_LANGUAGES,
    read_digits,
    read_han,
    read_ordinal,
    read_spelled,
)
from summarizer.ground.text import Passage

Kind = Literal["count", "ordinal", "fraction", "vague", "clock", "multiple", "label", "code"]
Reading = tuple[Decimal, str]

# A spelled number of more words than this is read in pieces.
_LONGEST_RUN = 12
_MOST_SCALES = 3
# Words between the two numbers of a share: `un quadro rubato su dieci`.
_LONGEST_WHOLE = 4
_LEAST_OVER = Decimal(10)
_HALF = Decimal("0.5")


class Quantity(NamedTuple):
    """A number in a text.

    Attributes:
        readings: Value and unit (empty for none), the likeliest first; more than one where the writing is ambiguous.
        bound: What the words around make of it: `>`, `>=`, `<`, `<=`, `~` (about), `-~` (just under), or nothing.
        kind: `count` (also with a unit), `ordinal`, `fraction`, `vague` (*thousands*: the value is one thousand),
            `clock` (minutes since midnight), `multiple` (*doubled*), `label` (the 4 of GPT-4), `code` (1.2.3: compared as text).
        weak: Whether the words may well mean no number (*second*, *half*): nothing follows from its absence.
        power: Of the scale word, or 0.
        first: Its first token in the passage.
        last: The place after its last token.
        text: As it stands in the passage.
    """

    readings: tuple[Reading, ...]
    bound: str
    kind: Kind
    weak: bool
    power: int
    first: int
    last: int
    text: str

    @property
    def value(self) -> Decimal:
        """The likeliest value; a code has none and gives 0."""
        return self.readings[0][0] if self.readings else Decimal(0)

    @property
    def unit(self) -> str:
        """The likeliest unit; empty for none."""
        return self.readings[0][1] if self.readings else ""


class _Head(NamedTuple):
    """The number proper: what it may be, and the place after it."""

    values: tuple[Decimal, ...]
    after: int
    kind: Kind = "count"
    weak: bool = False
    power: int = 0
    bound: str = ""


class _Item(NamedTuple):
    """A token, or a piece of one: Korean writes scale, unit and particle as one word."""

    text: str
    glued: bool
    kind: str
    token: int


def parse(passage: Passage) -> tuple[Quantity, ...]:
    """Return the numbers of a passage in order; parts of dates are none."""
    return tuple(_share_units(list(_Reader(passage).read()), passage))


def _share_units(found: list[Quantity], passage: Passage) -> list[Quantity]:
    """Give the ends of a range and the items of a list each other's scale and unit: `5 to 10 million`, `3, 4 et 5 %`."""
    join = number_words(passage.language).join
    listed = False
    for place in range(len(found) - 2, -1, -1):
        one, two = found[place], found[place + 1]
        between = [token.text for token in passage.tokens[one.last : two.first]]
        joined = one.kind == two.kind == "count" and len(between) in (1, 2) and bool(join.intersection(between))
        listed = joined or (listed and between == [","])
        if listed:
            found[place] = one._replace(readings=(*one.readings, *_borrowed(one, two)))
        if joined and one.unit and not two.unit:
            found[place + 1] = two._replace(readings=(*two.readings, *((value, one.unit) for value, _ in two.readings)))
    return found


def _borrowed(one: Quantity, two: Quantity) -> Iterator[Reading]:
    """Yield what the first number may mean with the scale and the unit of the second."""
    for value, unit in one.readings:
        if not one.power and two.power:
            yield value.scaleb(two.power), unit or two.unit
        if not unit and two.unit:
            yield value, two.unit


class _Reader:
    """Reads quantities off the tokens of one passage."""

    def __init__(self, passage: Passage) -> None:
        self.passage = passage
        self.words = number_words(passage.language)
        self.language = passage.language if passage.language in SPELLED_LANGUAGES else ""
        self.symbols = measures().symbols
        masked: set[int] = set()
        for date in passage.once(when.parse):
            masked.update(range(date.first, date.last))
        self.items = list(self._items(masked))
        self.texts = [item.text for item in self.items]

    def _items(self, masked: set[int]) -> Iterator[_Item]:
        tokens = self.passage.tokens
        for place, token in enumerate(tokens):
            glued = place > 0 and tokens[place - 1].at + len(tokens[place - 1].text) == token.at
            if place in masked:
                yield _Item("", False, "date", place)
            elif glued and token.kind == "word" and tokens[place - 1].kind == "number":
                for number, piece in enumerate(self._split(token.text)):
                    yield _Item(piece, True, "word", place if not number else place)
            else:
                yield _Item(token.text, glued, token.kind, place)

    def _split(self, word: str) -> Sequence[str]:
        """Cut a word that stands beside digits into scale and unit, when it is made of them: `bnusd`, `억달러를`."""
        tables: tuple[Table[int] | Table[str], ...] = (self.words.scales, self.words.short_scales, self.words.units)
        if any(word in table for table in (*tables, self.words.short_units)) or word in self.words.ordinal:
            return (word,)
        pieces, rest = [], word
        while rest:
            sizes = (size for size in range(min(len(rest), 12), 0, -1) if any(rest[:size] in table for table in tables))
            size = next(sizes, 0)
            if not size:
                break
            pieces.append(rest[:size])
            rest = rest[size:]
        if rest and (self.words.language != "ko" or not pieces):
            return (word,)
        return [*pieces, rest] if rest else pieces

    def read(self) -> Iterator[Quantity]:
        place = self._after_mark()
        while place < len(self.items):
            head = self._head(place)
            if head is None:
                place += 1
                continue
            quantity, after = self._quantity(place, head)
            yield quantity
            place = max(after, place + 1)

    def _after_mark(self) -> int:
        """Step over the mark of a list item: `1.`, `2)`."""
        marked = self._is_number(0) and len(self._text(0)) <= 2 and self._text(1) in (".", ")") and self._glued(1)
        return 2 if marked and len(self.items) > 2 else 0

    # -------------------------------------------------------------------------------------------------- small parts

    def _text(self, place: int) -> str:
        return self.texts[place] if 0 <= place < len(self.texts) else ""

    def _glued(self, place: int) -> bool:
        return 0 <= place < len(self.items) and self.items[place].glued

    def _is_number(self, place: int) -> bool:
        return 0 <= place < len(self.items) and self.items[place].kind == "number"

    # ------------------------------------------------------------------------------------------------------- heads

    def _head(self, place: int) -> _Head | None:
        item = self.items[place]
        if item.kind == "number":
            return self._digits(place)
        if item.kind in ("punct", "date"):
            return None
        if item.text in HAN_NUMERALS and item.kind == "cjk":
            return self._vague(place) or self._han(place)
        multiple = self.words.multiples.at(self.texts, place)
        if multiple:
            return _Head((Decimal(multiple[0]),), multiple[1], "multiple", weak=True)
        return self._vague(place) or self._part(place) or self._spelled(place) or self._group(place)

    def _digits(self, place: int) -> _Head | None:
        for read in (self._clock, self._slash, self._label, self._share):
            found = read(place)
            if found:
                return found
        text, after = self._grouped(place)
        values = read_digits(text, point=self.words.point)
        if not values:
            return _Head((), after, "code")
        if self._text(after + 1) == "/" and self._is_number(after) and not self._glued(after):
            part = self._slash(after)  # 2 1/2
            if part and part.kind == "fraction":
                return _Head((values[0] + part.values[0],), part.after)
        if self._glued(after) and self._text(after) in self.words.ordinal:
            return _Head(values, after + 1, "ordinal")
        return _Head(values, after, "ordinal" if self.words.ordinal_prefix.before(self.texts, place) else "count")

    def _grouped(self, place: int) -> tuple[str, int]:
        """Join groups of three digits that a space or an apostrophe parts: `1 234,5`, `1'000`."""
        text, after = self._text(place), place + 1
        if len(text) > 3 or not text.isdecimal() or text.startswith("0"):
            return text, after
        while True:
            step = 1 if self._text(after) == "'" and self._glued(after) and self._glued(after + 1) else 0
            group = self._text(after + step)
            spaced = step or (not self._glued(after) and self._gap(after) == 1)
            if not (self._is_number(after + step) and spaced and group[:3].isdecimal() and len(group) >= 3):
                return text, after
            if len(group) > 3 and group[3].isdecimal():
                return text, after
            text, after = text + group, after + step + 1
            if len(group) > 3:
                return text, after

    def _gap(self, place: int) -> int:
        """Return how many characters stand between a token and the one before it."""
        if not 0 < place < len(self.items):
            return 0
        tokens = self.passage.tokens
        token = self.items[place].token
        return tokens[token].at - tokens[token - 1].at - len(tokens[token - 1].text)

    def _clock(self, place: int) -> _Head | None:
        """Read `20:30`, `20h30`, `8 p.m.`."""
        dotted = _DOTTED_TIME.fullmatch(self._text(place))
        if dotted and (self._text(place - 1) in _BEFORE_TIME or self._text(place + 1) == "uhr"):
            minutes = Decimal(int(dotted[1]) * 60 + int(dotted[2]))
            return _Head((minutes,), place + 1 + (self._text(place + 1) == "uhr"), "clock")
        text = self._text(place)
        hour, after, minute = (int(text) if text.isdecimal() and len(text) <= 2 else 99), place + 1, 0
        if hour > 24:
            return None
        colon = self._text(after) == ":" and self._glued(after) and self._glued(after + 1)
        if (colon or self._text(after) == "h") and self._is_number(after + 1):
            digits = self._text(after + 1)
            if not (len(digits) == 2 and digits.isdecimal()):
                return None
            minute, after = int(digits), after + 2
        elif self._glued(after) and len(self._text(after)) == 3 and self._text(after)[0] == "h":
            digits = self._text(after)[1:]
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
        return _Head(tuple(map(Decimal, values)), after, "clock")

    def _slash(self, place: int) -> _Head | None:
        """Read `1/2` as a fraction and `24/7` as a code."""
        if not (self._text(place + 1) == "/" and self._glued(place + 1) and self._glued(place + 2)):
            return None
        one, two = self._text(place), self._text(place + 2)
        if not (self._is_number(place + 2) and one.isdecimal() and two.isdecimal()):
            return None
        if 0 < len(one) <= 2 and len(two) <= 2 and 0 < int(one) < int(two) <= 10:
            return _Head((Decimal(one) / Decimal(two),), place + 3, "fraction")
        return _Head((), place + 3, "code")

    def _label(self, place: int) -> _Head | None:
        """Read the 4 of `GPT-4` as a label."""
        if not (self._text(place - 1) == "-" and self._glued(place) and self._glued(place - 1)):
            return None
        before = self._text(place - 2)
        if not before or not before[-1].isalpha() or self.symbols.before(self.texts, place - 1):
            return None
        values = read_digits(self._text(place), point=True)
        return _Head(values, place + 1, "label") if values else None

    def _vague(self, place: int) -> _Head | None:
        found = self.words.vague.at(self.texts, place)
        if found:
            return _Head((found[0],), found[1], "vague")
        scale = self.words.scales.at(self.texts, place)
        if scale and self._text(place) not in _EXACT_SCALES and scale[0] > 1 and self.items[place].kind == "word":
            return _Head((Decimal(1).scaleb(scale[0]),), scale[1], "vague", weak=True)
        return None

    def _part(self, place: int) -> _Head | None:
        """Read `half a million`, `two thirds`, `la moitié`."""
        share = self._share(place)
        if share:
            return share
        half = self.words.half.at(self.texts, place)
        if half:
            start = half[1] + (self._text(half[1]) in ("-", "a", "de", "d'"))
            scale = self.words.scales.at(self.texts, start) or self.words.groups.at(self.texts, start)
            if scale:
                worth = Decimal(1).scaleb(scale[0]) if isinstance(scale[0], int) else Decimal(scale[0].strip("~"))
                return _Head((_HALF * worth,), scale[1])
        one = self._text(place) in self.words.one
        count = Decimal(1) if one else self._count(self._text(place))
        after = place + 1 + (self._text(place + 1) == "-")
        part = self.words.fractions.at(self.texts, after) if count else None
        if count and part and not self._is_ordinal_here(place, one):
            return _Head((count * _ratio(part[0]),), part[1], "fraction", weak=one and self.words.language == "en")
        whole = self.words.fractions.at(self.texts, place)
        if whole and whole[0] == "1/2":
            return _Head((_HALF,), whole[1], "fraction", weak=True)
        return None

    def _share(self, place: int) -> _Head | None:
        """Read `one in three`, `trois sur quatre`, `1 of every 5`."""
        one = Decimal(1) if self._text(place) in self.words.one else self._small(place)
        found = self.words.out_of.at(self.texts, place + 1) if one else None
        whole = self._small(found[1]) if found else None
        if not (one and found and whole and one < whole):
            return None
        unit = self.words.units.at(self.texts, found[1] + 1)
        if unit and unit[0] in _TIME_UNITS:  # one in five years
            return None
        return _Head((one / whole,), found[1] + 1, "fraction")

    def _small(self, place: int) -> Decimal | None:
        """Return a number below a hundred, in digits or one word."""
        text = self._text(place)
        return Decimal(text) if text.isdecimal() and len(text) <= 2 else self._count(text)

    def _is_ordinal_here(self, place: int, one: bool) -> bool:
        """Whether `a third` means the third one: nothing of which it could be a part follows."""
        return (
            one and self.words.language == "en" and self._text(place) in ("a", "an") and self._text(place + 2) != "of"
        )

    def _count(self, text: str) -> Decimal | None:
        if text in self.words.cardinals:
            return Decimal(self.words.cardinals[text])
        value = read_spelled(text, self.language) if self.language and text.isalpha() else None
        return value if value and value < 100 else None

    def _group(self, place: int) -> _Head | None:
        """Read `a dozen`, `une centaine`, `a million`, `two dozen`."""
        one = self._text(place) in self.words.one
        unit = self.words.units.at(self.texts, place + 1) if one else None
        if unit and unit[0] in ("decade", "century"):
            return _Head((Decimal(1),), place + 1, weak=True)
        group = self.words.groups.at(self.texts, place + one)
        if group:
            return _Head((Decimal(group[0].strip("~")),), group[1], bound="~" if group[0].startswith("~") else "")
        if one:
            scale = self.words.scales.at(self.texts, place + 1)
            return _Head((Decimal(1),), place + 1) if scale and scale[0] > 1 else None
        return None

    def _spelled(self, place: int) -> _Head | None:
        text = self._text(place)
        if text in self.words.cardinals:
            value, after = Decimal(0), place
            while self._text(after) in self.words.cardinals and after - place < _LONGEST_RUN:
                value += self.words.cardinals[self._text(after)]
                after += 1
            return _Head((value,), after)
        if not self.language or not text.isalpha():
            return None
        value = read_spelled(text, self.language)  # type: ignore[assignment]
        if value is None:
            return self._ordinal_word(place)
        return self._longest(place)

    def _longest(self, place: int) -> _Head | None:
        """Read as many words as make one number."""
        ends: list[tuple[str, int]] = []
        run, after = "", place
        while after - place < 2 * _LONGEST_RUN and len(ends) < _LONGEST_RUN:
            text = self._text(after)
            if not text.isalpha() and text != "-":
                break
            if text != "-":
                run = f"{run} {text}" if run else text
                if read_spelled(text, self.language) is not None:
                    ends.append((run, after + 1))
                elif text not in _CONNECTORS:
                    break
            after += 1
        for words, end in reversed(ends):
            value = read_spelled(words, self.language)
            if value is not None:
                if end == place + 1 and value <= 1:
                    scale = self.words.scales.at(self.texts, end)
                    return _Head((value,), end) if scale and value else None
                return _Head((value,), end, weak=end == place + 1 and words in _UNSURE)
        return None

    def _ordinal_word(self, place: int) -> _Head | None:
        text = self._text(place)
        value = read_ordinal(text, self.language)
        if not value:
            return None
        if self._text(place - 1) in self.words.each:
            return _Head((1 / value,), place + 1, "fraction")
        return _Head((value,), place + 1, "ordinal", weak=value == 1 or text in _UNSURE)

    def _han(self, place: int) -> _Head | None:
        after = place
        while self._text(after) in HAN_NUMERALS and self.items[after].kind == "cjk" and after - place < _LONGEST_RUN:
            after += 1
        value = read_han("".join(self.texts[place:after]))
        if value is None or self.words.language not in ("zh", "ja", None):
            return None
        if after == place + 1 and not (
            value > 1 and (self.words.units.at(self.texts, after) or self._text(after) in "个個名人位家项項")
        ):
            return None
        kind: Kind = "ordinal" if self.words.ordinal_prefix.before(self.texts, place) else "count"
        return _Head((value,), after, kind)

    # ------------------------------------------------------------------------------------------------------ wholes

    def _quantity(self, place: int, head: _Head) -> tuple[Quantity, int]:
        prefix = self.symbols.before(self.texts, place) if head.kind == "count" else None
        start = prefix[1] if prefix else place
        if head.kind == "count":
            head = self._scaled(head, currency=bool(prefix))
        unit, after = "", head.after
        if head.kind in ("count", "vague", "fraction"):
            unit, after = self._unit(head.after, digits=self._is_number(head.after - 1))
        unit = prefix[0] if prefix else unit
        percent = self.words.percent_prefix.before(self.texts, start)
        if percent:
            unit, start = "%", percent[1]
        bound = self._bound(start, after)
        if (unit in _TIME_UNITS or head.values[:1] < (_LEAST_OVER,)) and self._is_during(start):
            bound = ""  # over six months is during them, and a row over two sentences is about them
        first, end = self.items[start].token, self.items[after - 1].token + 1
        text = self.passage.text[self.passage.tokens[first].start : self.passage.tokens[end - 1].end]
        readings = self._as_share(place, head) + _readings(
            head, unit, self._short(head) if not prefix and not unit else None
        )
        if not unit:
            readings = (*readings, *self._as_age(place, head))
        return Quantity(readings, bound or head.bound, head.kind, head.weak, head.power, first, end, text), after

    def _as_share(self, place: int, head: _Head) -> tuple[Reading, ...]:
        """Return the share that the last number of `un quadro rubato su dieci` tells."""
        found = self.words.out_of.before(self.texts, place) if head.kind == "count" and head.values else None
        if not found or not 1 < head.values[0] <= 100 or found[1] - 1 < 0 or self._text(found[1] - 1) == "":
            return ()
        before = self.texts[max(0, found[1] - _LONGEST_WHOLE) : found[1]]
        if self.words.language == "en" or not self.words.one.intersection(before):
            return ()
        return ((head.values[0], ""), (100 / head.values[0], "%"))

    def _as_age(self, place: int, head: _Head) -> tuple[Reading, ...]:
        """Return the years that the number of `Louis Jordan, 37,` tells."""
        alone = self._text(place - 1) in (",", "(") and self._text(head.after) in (",", ")", ".", "")
        if head.kind != "count" or not alone or len(head.values) != 1 or not 1 <= head.values[0] <= 120:
            return ()
        return ((head.values[0], "year"),)

    def _scaled(self, head: _Head, *, currency: bool) -> _Head:
        """Multiply by the scale words that follow, and add a half where one is told."""
        values, after, power = head.values, head.after, 0
        half = self.words.and_half.at(self.texts, after)
        if half:
            values, after = tuple(value + _HALF for value in values), half[1]
        for _ in range(_MOST_SCALES):
            scale = self._scale(after, currency=currency)
            if scale is None:
                break
            power, after = power + scale[0], scale[1]
        if power:
            values = tuple(value.scaleb(power) for value in values[:1])
            half = self.words.and_half.at(self.texts, after)
            if half:
                values, after = tuple(value + _HALF.scaleb(power) for value in values), half[1]
            elif self._glued(after) and self._is_number(after):  # 1億2000万
                more = self._scaled(_Head(read_digits(self._text(after), point=True), after + 1), currency=False)
                if more.values and more.values[0] < Decimal(1).scaleb(power):
                    values, after = tuple(value + more.values[0] for value in values), more.after
        return head._replace(values=values, after=after, power=power)

    def _scale(self, place: int, *, currency: bool) -> tuple[int, int] | None:
        start = place + (self._text(place) == "-" and self._glued(place))
        found = self.words.scales.at(self.texts, start)
        if found:
            dotted = self._text(found[1]) == "." and self._glued(found[1]) and len(self._text(start)) <= 4
            return found[0], found[1] + (dotted and found[1] + 1 < len(self.texts))
        short = self.words.short_scales.at(self.texts, place)
        if short is None:
            return None
        beside = self.symbols.at(self.texts, short[1]) or self._money(short[1])
        if (
            (currency and (self._glued(place) or self._gap_is_one(place)))
            or beside
            or (self._text(place) in ("k", "b") and self._glued(place))
        ):
            return short
        return None

    def _money(self, place: int) -> bool:
        """Whether a currency is named here: `M d'euros`."""
        start = place + (self._text(place) in self.words.of)
        unit = self.words.units.at(self.texts, start)
        return bool(unit and unit[0].isupper())

    def _short(self, head: _Head) -> tuple[Decimal, int] | None:
        """Return the million that the m of `5m` may be."""
        short = self.words.short_scales.at(self.texts, head.after) if self._glued(head.after) else None
        return (head.values[0].scaleb(short[0]), short[1]) if short and head.values else None

    def _unit(self, place: int, *, digits: bool) -> tuple[str, int]:
        """Return the unit that follows and the place after it; nothing and the same place when none does."""
        start = place + (self._text(place) == "-" and self._glued(place) and self._glued(place + 1))
        for skipped in (start, start + 1 if self._text(start) in self.words.of else start):
            found = self.symbols.at(self.texts, skipped) or self.words.units.at(self.texts, skipped)
            symbol_of_next = found and self._is_number(found[1]) and self._text(skipped) in _PREFIXED
            if found and not (symbol_of_next and not self._glued(skipped)):
                return found
        if self._text(place) in _STEPPED:
            found = self.words.units.at(self.texts, place + 1)
            if found and found[0] in _TIME_UNITS:
                return found
        if digits and (self._glued(place) or self._gap_is_one(place)):
            found = self.words.short_units.at(self.texts, start)
            if found:
                return found
        return "", place

    def _gap_is_one(self, place: int) -> bool:
        return place < len(self.items) and self.items[place].kind == "word" and self._gap(place) == 1

    def _is_during(self, start: int) -> bool:
        return self._text(start - 1 - (self._text(start - 1) in _ARTICLES)) in _DURING

    def _bound(self, start: int, after: int) -> str:
        """Return what the words before and after make of the number."""
        for place in (start, start - 1 if self._text(start - 1) in _ARTICLES else start):
            found = self.words.before.before(self.texts, place)
            if found and not (self._text(place - 1) in self.words.join and self._is_number(found[1] - 1)):
                return found[0]
        for skipped in range(3):
            found = self.words.after.at(self.texts, after + skipped)
            if found and not self._is_number(found[1]):
                return found[0]
            if self._is_number(after + skipped) or not self._text(after + skipped).isalpha():
                break
        return ""


def _readings(head: _Head, unit: str, short: tuple[Decimal, int] | None) -> tuple[Reading, ...]:
    if head.kind == "fraction":
        return tuple(reading for value in head.values for reading in ((value * 100, "%"), (value, unit)))
    unit = {"ordinal": "ordinal", "clock": "clock", "multiple": "times"}.get(head.kind, unit)
    readings = [(value, unit) for value in head.values]
    return (*readings, (short[0], "")) if short else tuple(readings)


def _ratio(text: str) -> Decimal:
    over, under = text.split("/")
    return Decimal(over) / Decimal(under)


# Alone they are exact numbers: mille personnes, mil personas, tausend Menschen.
_EXACT_SCALES = frozenset({"mille", "mil", "tausend", "duizend", "mila"})
_CONNECTORS = frozenset({"and", "et", "y", "e", "und", "en"})
_ARTICLES = frozenset(
    {"the", "la", "le", "les", "l'", "a", "die", "das", "i", "gli", "los", "las", "el", "o", "os", "as", "de"}
)
_PREFIXED = frozenset({"$", "€", "£", "¥", "₹", "us", "usd", "eur", "gbp"})
# Words that are numbers, and more often something else: a time, a part, an adjective, a month, an eleven.
_UNSURE = frozenset(
    [
        "second",
        "seconds",
        "seconde",
        "secondes",
        "seconda",
        "secondo",
        "secondi",
        "segundo",
        "segundos",
        "segunda",
        "segundas",
        "quarter",
        "quarters",
        "quart",
        "quarta",
        "quarto",
        "quarti",
        "cuarto",
        "cuarta",
        "terza",
        "tierce",
        "o",
        "zero",
        "neuf",
        "sei",
    ]
)
_TIME_UNITS = frozenset({"second", "minute", "hour", "day", "week", "month", "quarter", "year", "decade", "century"})
# Between a number and its unit: huit premières années, the next six months.
_STEPPED = frozenset(
    [
        "premiers",
        "premières",
        "prochains",
        "prochaines",
        "derniers",
        "dernières",
        "autres",
        "first",
        "last",
        "next",
        "past",
        "previous",
        "more",
        "consecutive",
        "ersten",
        "letzten",
        "nächsten",
        "kommenden",
        "vergangenen",
        "weiteren",
        "primeros",
        "primeras",
        "próximos",
        "próximas",
        "últimos",
        "últimas",
        "primi",
        "prime",
        "prossimi",
        "prossime",
        "ultimi",
        "ultime",
        "primeiros",
        "primeiras",
        "seguintes",
        "other",
        "following",
        "straight",
        "long",
        "full",
    ]
)
_DURING = frozenset({"over", "über", "above"})
_DOTTED_TIME = re.compile(r"([01]?\d|2[0-4])\.([0-5]\d)")
_BEFORE_TIME = frozenset({"alle", "ore", "dalle", "um", "at", "às", "gegen", "kl"})
_HALF_DAYS: Table[int] = Table({"am": 0, "a.m.": 0, "pm": 720, "p.m.": 720})
