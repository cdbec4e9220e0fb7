"""What a check looks at: one claim, the units it cites, and the article around them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from summarizer.ground.memo import Analyses, Once, kept
from summarizer.ground.text import Passage
from summarizer.records import Evidence, Unit
from summarizer.records.quick import quick

T = TypeVar("T")


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


@quick
@dataclass(frozen=True, slots=True)
class Case:
    """One claim and what it rests on.

    Attributes:
        claim: The claim's text, in the language of the summary.
        path: JSON pointer of the claim in the summary.
        cites: Numbers of existing units, ascending, each once.
        evidence: Those units.
        missing: Numbers that the claim cites and the article does not have.
        article: All units.
        asked_language: The language the summary was asked to be in (ISO 639-1), or None for the article's.
        guessed: Whether the claim cites nothing, so that its evidence is what a search found: nobody says that it rests
            on these units alone.
        crosses_languages: Whether claim and article are known to be in different languages: then only numbers, names
            and what the tables have in both compare.
    """

    claim: Passage
    path: str
    cites: tuple[int, ...]
    evidence: tuple[Passage, ...]
    missing: tuple[int, ...]
    article: ArticleView
    asked_language: str | None = None
    guessed: bool = False
    crosses_languages: bool = False

    @classmethod
    def of(
        cls, claim: Passage, cites: Iterable[int], article: ArticleView, *, path: str = "", asked: str | None = None
    ) -> Case:
        """Make the case of a claim that cites these unit numbers, whether they exist or not."""
        there, missing = article.sorted_out(cites)
        crosses = claim.language is not None and article.language not in (None, claim.language)
        evidence = tuple(map(article.passage, there))
        return cls(claim, path, there, evidence, missing, article, asked, crosses_languages=crosses)

    def there(self, analyze: Callable[[Passage], frozenset[T]]) -> frozenset[T]:
        """Return all that an analysis finds in the evidence."""
        if len(self.evidence) == 1:
            return self.evidence[0].once(analyze)
        return frozenset().union(*[passage.once(analyze) for passage in self.evidence])

    def citing(self, cites: Iterable[int]) -> Case:
        """Return the same claim with other cites."""
        there, missing = self.article.sorted_out(cites)
        evidence, guessed = tuple(map(self.article.passage, there)), self.guessed or not (self.cites or self.missing)
        return Case(
            *(self.claim, self.path, there, evidence, missing, self.article, self.asked_language, guessed),
            crosses_languages=self.crosses_languages,
        )
