"""Where the terms of an article stand: what `risk` looks a claim's terms up in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import pairwise

from summarizer.ground.case import ArticleView
from summarizer.ground.memo import beginning
from summarizer.ground.terms import Term, near, terms

_LONGEST_ACRONYM = 6
# Stems of one word begin with as many letters, with that share of the shorter one, and differ in length by no more.
_FEWEST_SHARED = 4
_LEAST_SHARED = 0.7
_MOST_ADDED = 4


class Concordance:
    """Where the terms of an article stand.

    Attributes:
        total: Number of units.
        places: For each key, the places of the article's terms that have it, ascending; `^nato` for what names that
            follow each other may be shortened to, at the first of them.
        pairs: Keys of terms that follow each other in a unit.
        extent: For each unit, its first place and the one after its last.
        unit_at: For each place, its unit.
    """

    def __init__(self, article: ArticleView) -> None:
        self.total = len(article.units)
        self.places: dict[str, list[int]] = defaultdict(list)
        self.pairs: set[tuple[str, str]] = set()
        self.extent: dict[int, tuple[int, int]] = {}
        self.unit_at: list[int] = []
        self._article = article
        for unit in article.units:
            row = article.passage(unit.number).once(terms)
            start = len(self.unit_at)
            self.extent[unit.number] = (start, start + len(row))
            self.unit_at += [unit.number] * len(row)
            self._add(row, start)
        self._holders: dict[str, list[int]] = {}
        self._bare: dict[tuple[str, ...], set[str]] = {}

    def _add(self, row: Sequence[Term], start: int) -> None:
        places = self.places
        for at, (key, also, _, _) in enumerate(row, start):
            places[key].append(at)
            for other in also:
                places[other].append(at)
        self.pairs.update(pairwise([term.key for term in row]))
        for run in name_runs(row):
            for short, members in acronyms(row, run):
                self.places[f"^{short}"].append(start + members[0])

    @cached_property
    def texts(self) -> frozenset[str]:
        """All words."""
        return frozenset(term.text for passage in self._article.passages for term in passage.once(terms))

    def may_turn(self, text: str, prefixes: tuple[str, ...]) -> bool:
        """Whether the article may have a word with one of these prefixes where the other has none."""
        if prefixes not in self._bare:
            led = [word for word in self.texts if word.startswith(prefixes)]
            self._bare[prefixes] = {word.removeprefix(prefix) for word in led for prefix in prefixes}
        return text in self._bare[prefixes] or text.startswith(prefixes)

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(self.places)

    def holders(self, key: str) -> list[int]:
        """Return the numbers of the units that have a key, ascending."""
        found = self._holders.get(key)
        if found is None:
            places = self.places.get(key, ())
            found = self._holders[key] = list(dict.fromkeys(map(self.unit_at.__getitem__, places)))
        return found

    def keys(self, term: Term, language: str | None) -> tuple[str, ...]:
        """Return the keys that the article has for a term: its own, or the best that stand for it, or none."""
        if term.key in self.places:
            return (term.key,)
        if term.sort in ("number", "small"):
            return tuple(key for key in term.also if key in self.places)
        if term.sort == "name" and f"^{term.text}" in self.places:
            return (f"^{term.text}",)
        others = () if term.sort == "name" else near(language).get(term.key, ())
        return self._kin(term.key) or tuple(key for key in others if key in self.places)

    def _kin(self, key: str) -> tuple[str, ...]:
        """Stems that begin like this one, for all but a few letters: those of *strike* and *striking*."""
        if len(key) <= _FEWEST_SHARED or not key[0].isalpha():
            return ()
        return tuple(
            other
            for other in beginning(key[:_FEWEST_SHARED], self._sorted)
            if abs(len(other) - len(key)) <= _MOST_ADDED
            and _shared(other, key) >= max(_FEWEST_SHARED, _LEAST_SHARED * min(len(other), len(key)))
        )


def _shared(one: str, other: str) -> int:
    length = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        length += 1
    return length


def name_runs(row: Sequence[Term]) -> Iterator[list[int]]:
    """Yield the places of names that follow each other, over words that say nothing alone."""
    run: list[int] = []
    for at, term in enumerate(row):
        if term.sort == "name":
            run.append(at)
        elif term.sort != "function" and run:
            yield run
            run = []
    if run:
        yield run


def acronyms(row: Sequence[Term], run: Sequence[int]) -> Iterator[tuple[str, Sequence[int]]]:
    """Yield what two to six names in a row may be shortened to, and which names these are."""
    letters = [row[at].text[:1] for at in run]
    for start in range(len(run) - 1):
        for end in range(start + 2, min(len(run), start + _LONGEST_ACRONYM) + 1):
            yield "".join(letters[start:end]), run[start:end]
