"""An article as the checks see it: its units as passages, analysed when first looked at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress

from summarizer.ground.reading.memo import Analyses, Once, kept
from summarizer.ground.reading.text import Passage
from summarizer.records import Evidence, Unit


class ArticleView:
    """An article's units as passages, analysed when first looked at and shared by all claims.

    Attributes:
        units: The units, in order.
        language: ISO 639-1 code, or None when unknown.
    """

    def __init__(self, units: Sequence[Unit], language: str | None = None) -> None:
        self.units = tuple(units)
        self.language = language
        self._by_number = {unit.number: unit for unit in self.units}
        self._passages: dict[int, Passage] = {}
        self._evidence: dict[int, Evidence] = {}

    def __contains__(self, number: int) -> bool:
        return number in self._by_number

    def unit(self, number: int) -> Unit:
        """Return the unit of this number.

        Raises:
            KeyError: There is none.
        """
        return self._by_number[number]

    def sorted_out(self, cites: Iterable[int]) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Return the numbers of existing units, ascending, each once, and so those of which there is none."""
        wanted = set(cites)
        missing = wanted.difference(self._by_number)
        return tuple(sorted(wanted - missing if missing else wanted)), tuple(sorted(missing)) if missing else ()

    def passage(self, number: int) -> Passage:
        """Return the unit of this number as a passage; always the same object.

        Raises:
            KeyError: There is none.
        """
        if number not in self._passages:
            self._passages[number] = Passage(self.unit(number).text, self.language)
        return self._passages[number]

    def evidence(self, numbers: Iterable[int]) -> tuple[Evidence, ...]:
        """Return the units of these numbers as what a claim rests on.

        Raises:
            KeyError: There is no unit of one of them.
        """
        known = self._evidence
        for number in numbers:
            if number not in known:
                unit = self.unit(number)
                known[number] = Evidence(number, unit.span, unit.text)
        return tuple(map(known.__getitem__, numbers))

    @kept
    def once(self) -> Once[ArticleView]:
        """What returns `analyze(self)` for a function, worked out at the first call with it and kept."""
        return Analyses(self).__getitem__

    def forget(self) -> None:
        """Let go of what was worked out, as `Passage.forget` does, for the article and for each unit."""
        with suppress(AttributeError):  # nothing was asked for
            del self.once
        for passage in self._passages.values():
            passage.forget()

    @kept
    def sentences(self) -> dict[str, int]:
        """The text of each unit with its number, the first one's where several have it."""
        return {unit.text.strip(): unit.number for unit in reversed(self.units)}

    @kept
    def passages(self) -> tuple[Passage, ...]:
        """All units as passages, in order."""
        return tuple(self.passage(unit.number) for unit in self.units)

    @kept
    def index(self) -> dict[str, list[int]]:
        """Each word of the article (see `Passage.words`) with the numbers of the units it stands in, ascending."""
        found: dict[str, list[int]] = {}
        for unit in self.units:
            for word in set(self.passage(unit.number).words):
                found.setdefault(word, []).append(unit.number)
        return found
