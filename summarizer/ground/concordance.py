"""Where the terms of an article stand: what `risk` looks a claim's terms up in."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import chain, pairwise
from typing import NamedTuple

from summarizer.ground.case import ArticleView
from summarizer.ground.memo import beginning, kept
from summarizer.ground.terms import Sort, Term, near, terms
from summarizer.ground.text import where

_LONGEST_ACRONYM = 6
# Stems of one word begin with as many letters, with that share of the shorter one, and differ in length by no more.
_FEWEST_SHARED = 4
_LEAST_SHARED = 0.7
_MOST_ADDED = 4
# No more places are looked at, so that a claim of one word repeated costs no more than others.
MOST_PLACES = 100
# In no more units is company looked for.
MOST_UNITS = 12
NOWHERE = -(1 << 32)  # further from any place than company reaches


class Sight(NamedTuple):
    """Where an article has a term.

    Attributes:
        keys: What it is found by.
        holders: The units that have it, ascending.
        places: Its places, ascending; none where more units have it than are looked at.
        stand: The first of these and the last, `NOWHERE` without any; the unit of the first; all of them, where they
            are several; the rarity.
        rarity: How much it weighs as the company of others.
    """

    keys: tuple[str, ...]
    holders: Sequence[int]
    places: Sequence[int]
    stand: tuple[int, int, int, Sequence[int], float]
    rarity: float


class Concordance:
    """Where the terms of an article stand.

    Attributes:
        total: Number of units.
        places: For each key, the places of the article's terms that have it, ascending; `^nato` for what names that
            follow each other may be shortened to, at the first of them.
        pairs: Keys of terms that follow each other in a unit.
        texts: All words.
        extent: For each unit, its first place and the one after its last.
        unit_at: For each place, its unit.
    """

    def __init__(self, article: ArticleView) -> None:
        self.total = len(article.units)
        self.places: dict[str, list[int]] = defaultdict(list)
        self.pairs: set[tuple[str, str]] = set()
        self.texts: set[str] = set()
        self.extent: dict[int, tuple[int, int]] = {}
        self.unit_at: list[int] = []
        for unit in article.units:
            row = article.passage(unit.number).once(terms)
            start = len(self.unit_at)
            self.extent[unit.number] = (start, start + len(row))
            self.unit_at += [unit.number] * len(row)
            if row:
                self._add(row, start)
        self._sights: dict[str, Sight] = {}
        self._bare: dict[tuple[str, ...], set[str]] = {}

    def _add(self, row: Sequence[Term], start: int) -> None:
        places = self.places
        keys, more, sorts, texts = zip(*row, strict=True)
        self.texts.update(texts)
        several = any(more)
        for at, key in enumerate(keys, start):
            if key in places:
                places[key].append(at)
            else:
                places[key] = [at]
            if several:
                for other in more[at - start]:
                    places[other].append(at)
        self.pairs.update(pairwise(keys))
        for run in name_runs(sorts):
            for short, members in acronyms(texts, run):
                places[f"^{short}"].append(start + members[0])

    def bare(self, prefixes: tuple[str, ...]) -> set[str]:
        """Return the words that the article has with one of these prefixes, without it."""
        if prefixes not in self._bare:
            led = [word for word in self.texts if word.startswith(prefixes)]
            self._bare[prefixes] = {word.removeprefix(prefix) for word in led for prefix in prefixes}
        return self._bare[prefixes]

    @kept
    def _sorted(self) -> list[str]:
        return sorted(self.places)

    def look(self, term: Term, language: str | None) -> Sight:
        """Return where the article has a term: its own key, or the best that stand for it."""
        key = term[0]
        if key not in self._sights:
            if key not in self.places:
                return self.sight(self._standing_for(term, language))
            self._sights[key] = self.sight((key,))
        return self._sights[key]

    def sight(self, keys: tuple[str, ...]) -> Sight:
        """Return where the article has any of some keys."""
        found: Sequence[int] = self.places[keys[0]] if keys else ()
        if len(keys) > 1:
            found = list(chain.from_iterable(map(self.places.__getitem__, keys)))
        if len(found) != 1:
            found = sorted(set(found))
        holders = list(dict.fromkeys(map(self.unit_at.__getitem__, found)))
        found = found[:MOST_PLACES] if len(holders) <= MOST_UNITS else ()
        rarity = math.log(1 + self.total / (1 + len(holders)))
        return Sight(keys, holders, found, self.stand(found, rarity), rarity)

    def stand(self, places: Sequence[int], rarity: float) -> tuple[int, int, int, Sequence[int], float]:
        """Return what `Sight.stand` says of some places."""
        if not places:
            return NOWHERE, NOWHERE, 0, (), rarity
        first, last = places[0], places[-1]
        return first, last, self.unit_at[first], () if first == last else places, rarity

    def holders(self, key: str) -> Sequence[int]:
        """Return the numbers of the units that have a key, ascending."""
        if key not in self._sights:
            if key not in self.places:
                return ()
            self._sights[key] = self.sight((key,))
        return self._sights[key].holders

    def _standing_for(self, term: Term, language: str | None) -> tuple[str, ...]:
        """Return the keys that the article has for a term that it does not have by its own: the best, or none."""
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


def name_runs(sorts: Sequence[Sort]) -> Iterator[list[int]]:
    """Yield the places of names that follow each other, over words that say nothing alone."""
    run: list[int] = []
    for at in where(sorts, "name"):
        if run and sorts[run[-1] + 1 : at].count("function") < at - run[-1] - 1:
            yield run
            run = []
        run.append(at)
    if run:
        yield run


def acronyms(texts: Sequence[str], run: Sequence[int]) -> Iterator[tuple[str, Sequence[int]]]:
    """Yield what two to six names in a row may be shortened to, and which names these are."""
    letters = [texts[at][:1] for at in run] if len(run) > 1 else []
    for start in range(len(letters) - 1):
        for end in range(start + 2, min(len(run), start + _LONGEST_ACRONYM) + 1):
            yield "".join(letters[start:end]), run[start:end]
