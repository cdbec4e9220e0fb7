"""Where the terms of an article stand: what `risk` looks a claim's terms up in."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from functools import cache
from itertools import chain
from operator import itemgetter
from typing import NamedTuple

from summarizer.ground.reading.memo import Memo, Places, beginning, kept, shared_start
from summarizer.ground.reading.text import where
from summarizer.ground.reading.view import ArticleView
from summarizer.ground.risk.terms import Sort, Term, near, terms

_LONGEST_ACRONYM = 6
# Stems of one word begin with as many letters, with that share of the shorter one, and differ in length by no more.
_FEWEST_SHARED = 4
_LEAST_SHARED = 0.7
_MOST_ADDED = 4
# No more places are looked at, so that a claim of one word repeated costs no more than others.
MOST_PLACES = 100
# In no more units is company looked for.
MOST_UNITS = 12
_KEY, _READINGS, _TEXT = itemgetter(0), itemgetter(1), itemgetter(3)  # of a `Term`
_NOWHERE = -(1 << 32)  # further from any place than company reaches


class Sight(NamedTuple):
    """Where an article has a term.

    Attributes:
        keys: What it is found by.
        holders: The units that have it, ascending.
        places: Its places, ascending; none where more units have it than are looked at.
        stand: The first of these and the last, `_NOWHERE` without any; the unit of the first; all of them between two
            that are out of any reach, where they are several; the rarity.
        rarity: How much it weighs as the company of others.
    """

    keys: tuple[str, ...]
    holders: Sequence[int]
    places: Sequence[int]
    stand: tuple[int, int, int, Sequence[int], float]
    rarity: float


class _Ahead(dict[str, AbstractSet[str | None]]):
    """The keys that stand right before a key in a unit, worked out when asked for."""

    __slots__ = ("_keys", "_led")

    def __init__(self, keys: Places, led: Sequence[str | None]) -> None:
        self._keys, self._led = keys, led

    def __missing__(self, key: str) -> AbstractSet[str | None]:
        self[key] = found = set(map(self._led.__getitem__, self._keys.of(key)))
        return found


class Concordance:
    """Where the terms of an article stand. All but the order of its keys is worked out when a claim asks for it.

    Attributes:
        total: Number of units.
        sights: Where it has a key, by what was looked at before.
        ahead: For each key those that stand right before it in a unit.
        extent: For each unit, its first place and the one after its last.
        unit_at: For each place, its unit.
    """

    def __init__(self, article: ArticleView) -> None:
        self.total, self._article = len(article.units), article
        self.extent: dict[int, tuple[int, int]] = {}
        self.unit_at: list[int] = []
        keys: list[str] = []
        led: list[str | None] = [None]  # for each place the key before it in its unit
        for unit in article.units:
            start = len(keys)
            keys += map(_KEY, article.passage(unit.number).once(terms))
            self.extent[unit.number] = (start, len(keys))
            self.unit_at += [unit.number] * (len(keys) - start)
            led += keys[start:]
            led[-1] = None
        self._keys = Places(keys)
        self.sights: dict[str, Sight] = {}
        self.ahead = _Ahead(self._keys, led)
        self._bare: dict[tuple[str, ...], set[str]] = {}

    def __contains__(self, key: str) -> bool:
        return key in self._keys or (key[:1] == "#" and key in self._readings)

    def places(self, key: str) -> list[int]:
        """Return the places of a key, ascending: of `^nato` the first of the names that may be shortened to it."""
        if key[:1] == "#" and key in self._readings:
            return self._readings[key]
        return self._short[key] if key[:1] == "^" else self._keys.of(key)

    @kept
    def _readings(self) -> dict[str, list[int]]:
        """The places of keys that some numbers may be read as too."""
        found: dict[str, list[int]] = defaultdict(list)
        for at, others in enumerate(map(_READINGS, self._terms())) if any(map(_READINGS, self._terms())) else ():
            for other in others:
                found[other].append(at)
        return {key: sorted({*places, *self._keys.of(key)}) for key, places in found.items()}

    @kept
    def _short(self) -> dict[str, list[int]]:
        """The places of what names that follow each other in a unit may be shortened to, marked with `^`."""
        found: dict[str, list[int]] = defaultdict(list)
        for unit, (start, _) in self.extent.items():
            row = self._article.passage(unit).once(terms)
            texts = [term[3] for term in row]
            for run in name_runs([term[2] for term in row]):
                for short, members in acronyms(texts, run):
                    found[f"^{short}"].append(start + members[0])
        return found

    @kept
    def texts(self) -> set[str]:
        """All words."""
        return set(map(_TEXT, self._terms()))

    def _terms(self) -> Iterator[Term]:
        return chain.from_iterable([passage.once(terms) for passage in self._article.passages])

    def bare(self, prefixes: tuple[str, ...]) -> set[str]:
        """Return the words that the article has with one of these prefixes, without it."""
        if prefixes not in self._bare:
            found = map(_without(prefixes).__getitem__, map(_TEXT, self._terms()))
            self._bare[prefixes] = set(chain.from_iterable(found))
        return self._bare[prefixes]

    @kept
    def _sorted(self) -> list[str]:
        return sorted(self._keys)

    def look(self, term: Term, language: str | None) -> Sight:
        """Return where the article has a term, not in `sights` yet: its own key, or the best that stand for it."""
        key = term[0]
        places = self.places(key)
        if not places:
            return self.sight(self._standing_for(term, language))
        found = self.sights[key] = self._seen((key,), places)
        return found

    def sight(self, keys: tuple[str, ...]) -> Sight:
        """Return where the article has any of some keys."""
        return self._seen(keys, sorted(set(chain.from_iterable(map(self.places, keys)))))

    def _seen(self, keys: tuple[str, ...], found: Sequence[int]) -> Sight:
        unit_at = self.unit_at
        holders = [unit_at[found[0]]] if len(found) == 1 else list(dict.fromkeys(map(unit_at.__getitem__, found)))
        if len(found) > MOST_PLACES or len(holders) > MOST_UNITS:
            found = found[:MOST_PLACES] if len(holders) <= MOST_UNITS else ()
        rarity = math.log(1 + self.total / (1 + len(holders)))
        return Sight(keys, holders, found, self.stand(found, rarity), rarity)

    def stand(self, places: Sequence[int], rarity: float) -> tuple[int, int, int, Sequence[int], float]:
        """Return what `Sight.stand` says of some places."""
        if not places:
            return _NOWHERE, _NOWHERE, -1, (), rarity
        first, last = places[0], places[-1]
        return first, last, self.unit_at[first], () if first == last else [_NOWHERE, *places, -_NOWHERE], rarity

    def holders(self, key: str) -> Sequence[int]:
        """Return the numbers of the units that have a key, ascending."""
        if key not in self.sights:
            if key not in self:
                return ()
            self.sights[key] = self.sight((key,))
        return self.sights[key].holders

    def _standing_for(self, term: Term, language: str | None) -> tuple[str, ...]:
        """Return the keys that the article has for a term that it does not have by its own: the best, or none."""
        if term.sort in ("number", "small"):
            return tuple(key for key in term.also if key in self)
        if term.sort == "name" and 1 < len(term.text) <= _LONGEST_ACRONYM and f"^{term.text}" in self._short:
            return (f"^{term.text}",)
        others = () if term.sort == "name" else near(language).get(term.key, ())
        return self._kin(term.key) or tuple(key for key in others if key in self)

    def _kin(self, key: str) -> tuple[str, ...]:
        """Stems that begin like this one, for all but a few letters: those of *strike* and *striking*."""
        if len(key) <= _FEWEST_SHARED or not key[0].isalpha():
            return ()
        return tuple(
            other
            for other in beginning(key[:_FEWEST_SHARED], self._sorted)
            if abs(len(other) - len(key)) <= _MOST_ADDED
            and shared_start(other, key) >= max(_FEWEST_SHARED, _LEAST_SHARED * min(len(other), len(key)))
        )


@cache
def _without(prefixes: tuple[str, ...]) -> Memo[str, Sequence[str]]:
    """Return what is left of a word without each of some prefixes: nothing where it has none of them."""
    return Memo(lambda word: [word.removeprefix(prefix) for prefix in prefixes] if word.startswith(prefixes) else ())


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
