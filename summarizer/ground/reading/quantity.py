"""Numbers with their scale, unit and bound, read as the language of the text writes them.

*100 milliards de dollars*, *$100 billion*, *100 Md$*, *US$100bn* and *1000億ドル* are one quantity; *billion* is a
thousand times more in French than in English. The tables are in `locales`, the digits and words in `numerals`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from summarizer.ground.reading.bounded import ARTICLES, Bounded
from summarizer.ground.reading.digits import DOTTED_TIME, TIME_UNITS, Head, Kind
from summarizer.ground.reading.heads import may_hold
from summarizer.ground.reading.lexicon import stop_words
from summarizer.ground.reading.locales import Table, measures, number_words, word_set
from summarizer.ground.reading.numerals import HALF, read_digits
from summarizer.ground.reading.text import Passage

Reading = tuple[Decimal, str]

_NOTHING: Reading = (Decimal(0), "")
_MOST_SCALES = 3
_FACTORS = frozenset({"count", "fraction"})
_MEASURED = frozenset({"count", "vague", "fraction"})
_SET_APART = frozenset(",(")
_HALVES = frozenset({"first", "second", "latter", "other"})  # in the first half as
_MOST_WEAK = 3  # a spelled number is no sure one
# Words between the two numbers of a share: `un quadro rubato su dieci`.
_LONGEST_WHOLE = 4
_LIKELY_WHOLE, _LARGEST_WHOLE = 10, 100
_HALF_DAY = 720  # minutes
_LEAST_OVER = Decimal(10)
_OLDEST = 120
# Between a number and its unit: huit premières années, the next six months.
_STEPPED = word_set("before_unit")
# Before a word that may be an adjective they make it a verb: *to double*.
_MODALS = word_set("modals")
_HOW_OFTEN = word_set("how_often")
_MULTIPLIED, _DIVIDED = tuple(sorted(word_set("multiplied"))), tuple(sorted(word_set("divided")))
_FARTHEST_BY = 8  # tokens between *multiplied* and *by*: a multiplié ses ventes par trois
_PREFIXED = frozenset({"$", "€", "£", "¥", "₹", "us", "usd", "eur", "gbp"})


class Quantity(NamedTuple):
    """A number in a text.

    Attributes:
        readings: Value and unit (empty for none), the likeliest first; more than one where the writing is ambiguous.
        bound: What the words around make of it: `>`, `>=`, `<`, `<=`, `~` (about), `-~` (just under), or nothing.
        kind: `count` (also with a unit), `ordinal`, `fraction`, `vague` (*thousands*: the value is one thousand),
            `clock` (minutes since midnight), `multiple` (*doubled*; its unit is `fold` where it may be none: *double
            murder*), `label` (the 4 of GPT-4), `code` (1.2.3: compared as text).
        weak: Whether the words may well mean no number (*second*, *half*): nothing follows from its absence.
        power: Of the scale word, or 0.
        first: Its first token in the passage.
        last: The place after its last token.
        text: As it stands in the passage.
        value: The likeliest value; a code has none and gives 0.
        unit: The likeliest unit; empty for none.
    """

    readings: tuple[Reading, ...]
    bound: str
    kind: Kind
    weak: bool
    power: int
    first: int
    last: int
    text: str
    value: Decimal
    unit: str

    def reads(self, *readings: Reading) -> Quantity:
        """Return the number with other readings, at least one."""
        value, unit = readings[0]
        return self._replace(readings=readings, value=value, unit=unit)


def parse(passage: Passage) -> tuple[Quantity, ...]:
    """Return the numbers of a passage in order; parts of dates are none."""
    found = _Quantities(passage).read() if may_hold(passage) else []
    return tuple(_share_units(found, passage) if len(found) > 1 else found)


def _share_units(found: list[Quantity], passage: Passage) -> list[Quantity]:
    """Give the ends of a range or a list each other's scale and unit: `5 to 10 million`, `3, 4 et 5 %`."""
    words = number_words(passage.language)
    join = words.join
    listed = False
    for place in range(len(found) - 2, -1, -1):
        one, two = found[place], found[place + 1]
        between = passage.texts[one.last : two.first]
        share = _share(one, two, between, words.out_of)
        if share is not None:
            found[place] = one._replace(readings=(*one.readings, share))
            found[place + 1] = two._replace(readings=(*two.readings, share))
            continue
        if (two.kind, one.kind) == ("clock", "count") and len(between) == 1 and between[0] in join:
            found[place] = _as_clock(one)
        joined = one.kind == two.kind == "count" and len(between) in (1, 2) and bool(join.intersection(between))
        listed = joined or (listed and between == (",",))
        if listed:
            found[place] = one._replace(readings=(*one.readings, *_borrowed(one, two)))
        if joined and one.unit and not two.unit:
            found[place + 1] = two._replace(readings=(*two.readings, *((value, one.unit) for value, _ in two.readings)))
    return found


def _as_clock(one: Quantity) -> Quantity:
    """Return the time that the beginning of a span tells: *from 5.30 to 9.30 a.m.*; in either half of the day."""
    dotted = DOTTED_TIME.fullmatch(one.text)
    if dotted is None:
        return one
    minutes = Decimal(int(dotted[1]) * 60 + int(dotted[2]))
    return one.reads((minutes, "clock"), (minutes + _HALF_DAY, "clock"))._replace(kind="clock")


def _share(one: Quantity, two: Quantity, between: Sequence[str], out_of: Table[bool]) -> Reading | None:
    """Return the share that two numbers with a noun between them tell: *sei italiani su dieci* are 60 %."""
    if not 1 < len(between) <= _LONGEST_WHOLE or not one.kind == two.kind == "count" or one.unit or two.unit:
        return None
    found = out_of.before(between, len(between))
    whole = one.power == two.power == 0 and 1 <= one.value < two.value <= _LARGEST_WHOLE
    if not whole or found is None or not found[1] or not all(text.isalpha() for text in between):
        return None
    return 100 * one.value / two.value, "%"


def _borrowed(one: Quantity, two: Quantity) -> Iterator[Reading]:
    """Yield what the first number may mean with the scale and the unit of the second."""
    for value, unit in one.readings:
        if not one.power and two.power:
            yield value.scaleb(two.power), unit or two.unit
        if not unit and two.unit:
            yield value, two.unit


class _Near(NamedTuple):
    """The words of a language that may say something of a number beside which they stand: most say nothing.

    Attributes:
        leading: Right before a number that is, or may be, a factor: perhaps with a bound between.
        scaling: Right behind it: a scale, or a half more.
        measuring: Behind both: a unit, or what may stand before one.
        units: Those that begin a unit.
    """

    leading: frozenset[str]
    scaling: frozenset[str]
    measuring: frozenset[str]
    units: frozenset[str]


@cache
def _near(language: str | None) -> _Near:
    words, symbols = number_words(language), measures().symbols
    units = frozenset(symbols).union(words.units)
    return _Near(
        words.by.union(words.before.endings, words.factor.endings),
        frozenset(["-"]).union(words.and_half, words.scales, words.short_scales),
        _STEPPED.union(["-"], words.of, units, words.short_units),
        units,
    )


class _Quantities(Bounded):
    """Reads scale, unit and bound around the numbers of one passage."""

    def read(self) -> list[Quantity]:
        self.near, starts, found = _near(self.words.language), self.starts(), list[Quantity]()
        done = self._after_mark() if starts[:1] == [0] else 0
        for place in starts:
            head = self.head(place) if place >= done else None
            if head is not None:
                quantity, done = self._quantity(place, head)
                found.append(quantity)
        return found

    def _after_mark(self) -> int:
        """Step over the mark of a list item: `1.`, `2)`."""
        marked = self.is_number(0) and len(self.text(0)) <= 2 and self.text(1) in (".", ")") and self.glued(1)
        return 2 if marked and self.length > 2 else 0

    def _quantity(self, place: int, head: Head) -> tuple[Quantity, int]:
        """Return the quantity whose number was read as `head`, and the place behind it."""
        before, is_count = self.text(place - 1), head.kind == "count"
        prefix = self._prefix(place) if is_count and before in self.symbols.endings else None
        start = prefix[1] if prefix else place
        if is_count and self.text(head.after) in self.near.scaling:
            head = self._scaled(head, currency=bool(prefix))
        unit, after = "", head.after
        if self.text(after) in self.near.measuring and head.kind in _MEASURED:
            unit, after = self._unit(after, digits=self.is_number(after - 1))
            half = self.words.and_half.at(self.texts, after) if self.text(after) in self.words.and_half else None
            if half and unit and self.text(half[1]) not in ARTICLES:  # a year and a half, six ans et demi
                head, after = head._replace(values=tuple(one + HALF.scaleb(head.power) for one in head.values)), half[1]
        unit = prefix[0] if prefix else unit
        may_be_factor = before in self.near.leading or unit == "times" or not is_count
        factor = self._as_factor(place, head, unit, after) if may_be_factor else None
        if factor is not None:
            head, unit, after = factor, "times", factor.after
        elif head.kind == "multiple":
            unit = "fold" if self._is_adjective(place, after) else "times"
        if self.text(start - 1) in self.words.percent_prefix.endings:
            percent = self.words.percent_prefix.before(self.texts, start)
            unit, start = ("%", percent[1]) if percent else (unit, start)
        bound = self.bound(start, after)
        little = bound and (unit in TIME_UNITS or (head.kind != "fraction" and head.values[:1] < (_LEAST_OVER,)))
        if little and self.is_during(start):
            bound = ""  # over six months is during them, and a row over two sentences is about them
        first, end = self.tokens[start], self.tokens[after - 1] + 1
        share = self._as_share(place, head) if is_count and before in self.words.out_of.endings else ()
        if share:  # un peu plus d'un Français sur cinq
            one = next(at for at in range(place - 1, -1, -1) if self.text(at) in self.words.one)
            bound = self.bound(one, one + 1) or head.bound or self._bound_of_share(place)
        readings = share + _readings(head, unit, self._short(head) if not prefix and not unit else None)
        if not unit and is_count and before in _SET_APART:
            readings += self._as_age(head)
        return Quantity(
            readings,
            bound or head.bound,
            head.kind,
            head.weak and not (head.power or (head.kind == "fraction" and unit in ("point", "pp"))),
            head.power,
            first,
            end,
            self.passage.written(first, end),
            *(readings[0] if readings else _NOTHING),
        ), after

    def _prefix(self, place: int) -> tuple[str, int] | None:
        """Return the currency before a number and where it starts: `A$5`, but `$5` of `a $5 fine`."""
        found = self.symbols.before(self.texts, place)
        if found is not None and self.text(found[1]) in self.words.one and not self.glued(found[1] + 1):
            alone = self.symbols.at(self.texts, found[1] + 1)
            return None if alone is None else (alone[0], found[1] + 1)
        return found

    def _as_factor(self, place: int, head: Head, unit: str, after: int) -> Head | None:
        """Return so many times as much, or as little: *three times as many*, *multiplié par trois*; None for others."""
        value = head.values[0] if head.kind in _FACTORS and head.values else Decimal(0)
        if value <= 0 or head.power:
            return None
        if unit == "times" or head.kind == "fraction":
            way, end = self.words.compared.at(self.texts, after) or ("=", after)
            if way == "=" or (head.kind == "fraction" and (way != "as" or self.text(place - 1) in _HALVES)):
                return None
            end = end if head.kind == "fraction" else after
            return Head((1 / value if way == "/" else value,), end, "multiple", head.weak)
        values = self._multiplied(place, after, value) if not unit else ()
        return Head(values, after, "multiple", value <= _MOST_WEAK and not self.is_number(place)) if values else None

    def _multiplied(self, place: int, after: int, value: Decimal) -> tuple[Decimal, ...]:
        """Return what *multiplied by* or *by a factor of* makes of a number; nothing where neither stands before it."""
        bounded = self.words.before.before(self.texts, place)
        start = bounded[1] if bounded else place
        if self.words.factor.before(self.texts, start) is not None:
            return (value, 1 / value)
        if self.text(start - 1) not in self.words.by or self._goes_on(after):
            return ()
        for text in reversed(self.texts[max(0, start - 1 - _FARTHEST_BY) : start - 1]):
            if text.startswith((*_MULTIPLIED, *_DIVIDED)):
                return (value if text.startswith(_MULTIPLIED) else 1 / value,)
            if not text[:1].isalnum():
                break
        return ()

    def _goes_on(self, place: int) -> bool:
        """Whether a word stands here that what a number counts may be: *divided by two wars*."""
        text = self.text(place)
        return text.isalpha() and text not in stop_words(self.passage.language)

    def _is_adjective(self, place: int, after: int) -> bool:
        """Whether a word that may tell a factor is an adjective, or tells how often: *double murder*, *twice*."""
        found = self.words.multiples.at(self.texts, place)
        if found is None or not found[0].startswith("?") or not self.text(after).isalpha():
            return False
        is_noun = self.passage.language == "de" and self.passage.raws[self.tokens[place]][:1].isupper()
        if is_noun or self.text(place - 1) in _MODALS or self.bound(place, after):
            return False
        return self.text(place) in _HOW_OFTEN or self._goes_on(after)

    def _as_share(self, place: int, head: Head) -> tuple[Reading, ...]:
        """Return the share that the last number of `un quadro rubato su dieci` tells."""
        found = self.words.out_of.before(self.texts, place) if head.kind == "count" and head.values else None
        if not found or not 1 < head.values[0] <= 100 or found[1] - 1 < 0 or self.text(found[1] - 1) == "":
            return ()
        before = self.texts[max(0, found[1] - _LONGEST_WHOLE) : found[1]]
        if self.words.language == "en" or not self.words.one.intersection(before):
            return ()
        share, whole = (100 / head.values[0], "%"), (head.values[0], "")
        return (share, whole) if head.values[0] <= _LIKELY_WHOLE else (whole, share)

    def _bound_of_share(self, place: int) -> str:
        """Return what stands before the *one* of a share makes of it: *moins d'un établissement sur deux*."""
        for at in range(place - 1, max(0, place - 2 - _LONGEST_WHOLE), -1):
            if self.text(at) in self.words.one:
                found = self.words.before.before(self.texts, at)
                return found[0] if found is not None else ""
        return ""

    def _as_age(self, head: Head) -> tuple[Reading, ...]:
        """Return the years that the number of `Louis Jordan, 37,` tells."""
        alone = self.text(head.after) in (",", ")", ".", "") and len(head.values) == 1
        return ((head.values[0], "year"),) if alone and 1 <= head.values[0] <= _OLDEST else ()

    def _scaled(self, head: Head, *, currency: bool) -> Head:
        """Multiply by the scale words that follow, and add a half where one is told."""
        values, after, power = head.values, head.after, 0
        half = self.words.and_half.at(self.texts, after)
        if half:
            said = self.words.scales.at(self.texts, after - 1)  # un million et demi: half a million more
            step = HALF.scaleb(said[0]) if said and said[1] == after else HALF
            values, after = tuple(value + step for value in values), half[1]
        for _ in range(_MOST_SCALES):
            scale = self._scale(after, currency=currency) if self.text(after) in self.near.scaling else None
            if scale is None:
                break
            power, after = power + scale[0], scale[1]
        if power:
            values = tuple(value.scaleb(power) for value in values[:1])
            half = self.words.and_half.at(self.texts, after)
            if half:
                values, after = tuple(value + HALF.scaleb(power) for value in values), half[1]
            elif self.glued(after) and self.is_number(after):  # 1億2000万
                more = self._scaled(Head(read_digits(self.text(after), point=True), after + 1), currency=False)
                if more.values and more.values[0] < Decimal(1).scaleb(power):
                    values, after = tuple(value + more.values[0] for value in values), more.after
        return Head(values, after, head.kind, head.weak, power, head.bound) if half or power else head

    def _scale(self, place: int, *, currency: bool) -> tuple[int, int] | None:
        start = place + (self.text(place) == "-" and self.glued(place))
        found = self.words.scales.at(self.texts, start)
        if found:
            dotted = self.text(found[1]) == "." and self.glued(found[1]) and len(self.text(start)) <= 4
            return found[0], found[1] + (dotted and found[1] + 1 < len(self.texts))
        short = self.words.short_scales.at(self.texts, place)
        if short is None:
            return None
        beside = self.symbols.at(self.texts, short[1]) or self._money(short[1])
        if (currency and self.is_near(place)) or beside or (self.text(place) in ("k", "b") and self.glued(place)):
            return short
        return None

    def _money(self, place: int) -> bool:
        """Whether a currency is named here: `M d'euros`."""
        start = place + (self.text(place) in self.words.of)
        unit = self.words.units.at(self.texts, start)
        return bool(unit and unit[0].isupper())

    def _short(self, head: Head) -> tuple[Decimal, int] | None:
        """Return the million that the m of `5m` may be."""
        short = self.words.short_scales.at(self.texts, head.after) if self.glued(head.after) else None
        return (head.values[0].scaleb(short[0]), short[1]) if short and head.values else None

    def _unit(self, place: int, *, digits: bool) -> tuple[str, int]:
        """Return the unit that follows and the place after it; nothing and the same place when none does."""
        start = place + (self.text(place) == "-" and self.glued(place) and self.glued(place + 1))
        of = start + (self.text(start) in self.words.of)
        one = of + (of > start and self.text(of) in self.words.one)  # a quarter of a percentage point
        for skipped in dict.fromkeys((start, of, one)):
            if self.text(skipped) not in self.near.units:
                continue
            found = self.symbols.at(self.texts, skipped) or self.words.units.at(self.texts, skipped)
            symbol_of_next = found and self.is_number(found[1]) and self.text(skipped) in _PREFIXED
            if found and not (symbol_of_next and not self.glued(skipped)):
                return found
        if self.text(place) in _STEPPED:
            found = self.words.units.at(self.texts, place + 1)
            if found and found[0] in TIME_UNITS:
                return found
        if digits and (self.glued(place) or self.is_near(place)):
            found = self.words.short_units.at(self.texts, start)
            if found:
                return found
        return "", place


def _readings(head: Head, unit: str, short: tuple[Decimal, int] | None) -> tuple[Reading, ...]:
    if head.kind == "fraction":
        return tuple(reading for value in head.values for reading in ((value * 100, "%"), (value, unit)))
    if head.kind == "multiple":
        return _multiple(head.values, unit)
    unit = head.kind if head.kind in ("ordinal", "clock") else unit
    readings = [(value, unit) for value in head.values]
    return (*readings, (short[0], "")) if short else tuple(readings)


def _multiple(values: tuple[Decimal, ...], unit: str) -> tuple[Reading, ...]:
    """Return what a factor tells: twice as much is 100 % more, half as much is 50 %, less or of it."""
    readings = [(value, unit) for value in values]
    share = values[0] * 100 if values[0] < 1 else (values[0] - 1) * 100
    return tuple(readings if unit == "fold" else [*readings, (share, "%")])
