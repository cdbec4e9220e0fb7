"""The number proper in a text: digits, words and parts, before any scale or unit."""

from __future__ import annotations

from decimal import Decimal
from functools import cache

from summarizer.ground.reading.digits import TIME_UNITS, Digits, Head, Kind
from summarizer.ground.reading.locales import number_words, word_set
from summarizer.ground.reading.memo import Memo
from summarizer.ground.reading.numerals import (
    HALF,
    HAN_NUMERALS,
    read_han,
    read_ordinal,
    read_ratio,
    read_roman,
    read_spelled,
)
from summarizer.ground.reading.opened import lone_articles, may_open_number, opened
from summarizer.ground.reading.text import Passage

# A spelled number of more words than this is read in pieces.
_LONGEST_RUN = 12
# Alone they are exact numbers: mille personnes, mil personas, tausend Menschen.
_EXACT_SCALES = word_set("exact_scales")
_CONNECTORS = word_set("connectors")
# Words that are numbers, and more often something else: a time, a part, an adjective, a verb.
_UNSURE = word_set("unsure_numbers")
# Portuguese segundo and Italian secondo are also "according to"; after an article they are the second.
_HALF_OF = frozenset({"-", "a", "an", "de", "d'"})
_ACCORDING, _BEFORE_ORDINAL, _IN_A_ROW = map(word_set, ("according", "before_ordinal", "in_a_row"))
_COUNTED_BY = word_set("counted_by")
_DECADES = word_set("before_decade")
_POINTS = frozenset({"pp", "point"})
_THE_PART, _PART_OF = word_set("the_part"), word_set("part_of")
_HALVES = frozenset({"first", "second"})  # first-half profit


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


class Heads(Digits):
    """Finds numbers among the tokens of one passage."""

    def starts(self) -> list[int]:
        """Return the places where a number may begin."""
        if len(self.texts) == len(self.passage.texts):  # nothing was cut in two
            places = sorted(self.passage.digits + self.passage.once(opened).numbers)
            masked = self.kinds is not self.passage.kinds
            return [place for place in places if self.kinds[place] != "date"] if masked else places
        starting = _starting(self.words.language)
        return [
            place
            for place, (text, kind) in enumerate(zip(self.texts, self.kinds, strict=True))
            if kind == "number" or (kind not in ("punct", "date") and starting[text])
        ]

    def head(self, place: int) -> Head | None:
        """Return the number that starts at one of the `starts`, or None."""
        if self.kinds[place] == "number":
            return self.in_digits(place)
        if self.texts[place] in HAN_NUMERALS and self.kinds[place] == "cjk":
            return self._vague(place) or self._part(place) or self._han(place)
        articles, followed = lone_articles(self.passage.language)
        if self.texts[place] in articles and not followed[self.text(place + 1)]:
            return None
        multiple = self.words.multiples.at(self.texts, place)
        if multiple:
            return Head((Decimal(multiple[0].strip("?")),), multiple[1], "multiple", weak=True)
        parts = self._vague(place) or self._part(place)
        return parts or self._century(place) or self._spelled(place) or self._group(place)

    def _vague(self, place: int) -> Head | None:
        """Read *dozens*, or a scale without a number: *millions*."""
        found = self.words.vague.at(self.texts, place)
        if found:
            return Head((found[0],), found[1], "vague")
        scale = self.words.scales.at(self.texts, place)
        if scale and self.text(place) not in _EXACT_SCALES and scale[0] > 1 and self.kinds[place] == "word":
            return Head((Decimal(1).scaleb(scale[0]),), scale[1], "vague", weak=True)
        return None

    def _half(self, place: int) -> Head | None:
        """Read `half a million`, `half a year`, `half a percentage point`."""
        half = self.words.half.at(self.texts, place)
        if not half:
            return None
        start = half[1] + (self.text(half[1]) in _HALF_OF)
        scale = self.words.scales.at(self.texts, start) or self.words.groups.at(self.texts, start)
        if scale:
            worth = Decimal(1).scaleb(scale[0]) if isinstance(scale[0], int) else Decimal(scale[0].strip("~"))
            return Head((HALF * worth,), scale[1])
        unit = self.words.units.at(self.texts, start)
        if unit and unit[0] in _POINTS:
            return Head((HALF,), start, "fraction")
        return Head((HALF,), start) if unit and unit[0] in TIME_UNITS else None

    def _part(self, place: int) -> Head | None:
        """Read `one in three`, `half a million`, `two thirds`, `la moitié`."""
        share = self.share(place) or self._half(place)
        if share:
            return share
        part = self.words.fractions.at(self.texts, place + 1 + (self.text(place + 1) == "-"))
        if part and _IN_A_ROW.isdisjoint(self.texts[part[1] : part[1] + 3]):  # three quarters in a row
            one = self.text(place) in self.words.one
            count = Decimal(1) if one else self.count(self.text(place))
            if count and not self._is_ordinal_here(place, one):
                weak = one and self.words.language == "en"
                return Head((count * read_ratio(part[0]),), part[1], "fraction", weak=weak)
        whole = self.words.fractions.at(self.texts, place)
        glued = self.text(place - 1) == "-" and self.text(place - 2) in _HALVES
        if whole and (whole[1] == place + 2 or (whole[0] == "1/2" and not glued) or self._is_the_part(place)):
            # la décima parte, la moitié, le tiers de
            return Head((read_ratio(whole[0]),), whole[1], "fraction", weak=True)
        return None

    def _is_the_part(self, place: int) -> bool:
        """Whether a part needs no number before it: *le tiers du budget*, not *le quart de finale*."""
        led, of = self.text(place - 1) in _THE_PART, self.text(place + 1) in _PART_OF
        return led and of and self.text(place + 2) != "finale"

    def _is_ordinal_here(self, place: int, one: bool) -> bool:
        """Whether `a third` means the third one: nothing of which it could be a part follows."""
        if not one or self.words.language != "en" or self.text(place) not in ("a", "an"):
            return False
        bounded = self.text(place - 1) == "by" or bool(self.words.before.before(self.texts, place))
        return self.text(place + 2) not in ("of", "as") and not bounded

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
        if not value:
            return None
        beside = (self.words.units.at(self.texts, place + 1), self.words.units.before(self.texts, place))
        is_century = any(unit and unit[0] == "century" for unit in beside)
        return Head((value,), place + 1, "ordinal") if is_century else None

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
