"""What the words around a number make of it: *more than*, *up to*, *about*; and where these are no bound."""

from __future__ import annotations

from summarizer.ground.reading.heads import Heads
from summarizer.ground.reading.locales import word_set

ARTICLES = word_set("articles")
_DURING = word_set("during")
# *Pasan de siete* are more than seven, but not *de siete a cuatro*.
_PASSING, _ONWARD = word_set("passing"), word_set("onward")
# *Crecieron un 4 %, hasta los 2.310 millones*: to so much, and no bound.
_REACHED, _MOVING = word_set("reached"), tuple(sorted(word_set("moving")))
_FARTHEST_MOVED = 10  # tokens between *crecer* and *hasta*


class Bounded(Heads):
    """Reads the bounds of the numbers of one passage."""

    def bound(self, start: int, after: int) -> str:
        """Return what the words before and after make of the number."""
        for place in (start, start - 1) if self.text(start - 1) in ARTICLES else (start,):
            found = (
                self.words.before.before(self.texts, place)
                if self.text(place - 1) in self.words.before.endings
                else None
            )
            if (
                found
                and not self._is_difference(found[1], place)
                and not self._is_factor_of(found[1])
                and not (self.text(found[1]) in _REACHED and self._is_reached(found[1]))
                and not (self.text(found[1]) in _PASSING and self._is_left(after))
            ):
                return "" if place < start and self._is_sum(start) else found[0]
        for place in range(after, after + 3):
            found = self.words.after.at(self.texts, place) if self.text(place) in self.words.after else None
            if found and not self._begins_number(found[1]):
                return found[0]
            if not self.text(place).isalpha():
                break
        return ""

    def is_during(self, start: int) -> bool:
        """Whether a word such as *over* may mean *during* here."""
        return self.text(start - 1 - (self.text(start - 1) in ARTICLES)) in _DURING

    def _is_left(self, after: int) -> bool:
        """Whether it becomes another number: *pasan de siete a cuatro* are not more than seven."""
        behind = (after, after + 1) if self.text(after).isalpha() else (after,)
        return any(self.text(at) in _ONWARD and self._begins_number(at + 1) for at in behind)

    def _is_reached(self, place: int) -> bool:
        """Whether something has moved to what follows: *subieron hasta los 5 millones* are five million."""
        before = self.texts[max(0, place - _FARTHEST_MOVED) : place]
        return any(text.startswith(_MOVING) for text in before)

    def _is_factor_of(self, place: int) -> bool:
        """Whether so many times stand before an *as many as* that so is no bound: *twice as many as ten years ago*."""
        return self.words.multiples.before(self.texts, place) is not None

    def _is_sum(self, start: int) -> bool:
        """Whether a number with a currency tells how much something is: *talks over a $90 million loan*."""
        return self.text(start - 1) in self.words.one and self.symbols.at(self.texts, start) is not None

    def _is_difference(self, start: int, place: int) -> bool:
        """Whether a number stands right before a bound that so is none: from 5 *up to* 10, 50 % *more than* 180."""
        if self.text(place - 1) in self.words.join and self.is_number(start - 1):
            return True
        unit = self.words.units.before(self.texts, start) if place - start > 1 else None
        return unit is not None and self.is_number(unit[1] - 1)

    def _begins_number(self, place: int) -> bool:
        """Whether a number begins here, digits or not: what stands before it is its bound."""
        text = self.text(place)
        return self.is_number(place) or text in self.words.one or bool(self.count(text))
