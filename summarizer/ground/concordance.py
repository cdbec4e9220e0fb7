"""Where the terms of an article stand: what `risk` looks a claim's terms up in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise

from summarizer.ground.case import ArticleView
from summarizer.ground.memo import beginning, kept
from summarizer.ground.terms import Sort, Term, near, terms
from summarizer.ground.text import where

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
        self._holders: dict[str, list[int]] = {}
        self._bare: dict[tuple[str, ...], set[str]] = {}

    def _add(self, row: Sequence[Term], start: int) -> None:
        places = self.places
        keys, more, sorts, texts = zip(*row, strict=True)
        self.texts.update(texts)
        several = any(more)
        for at, key in enumerate(keys, start):
            places[key].append(at)
            if several:
                for other in more[at - start]:
                    places[other].append(at)
        self.pairs.update(pairwise(keys))
        for run in name_runs(sorts):
            for short, members in acronyms(texts, run):
                places[f"^{short}"].append(start + members[0])

    def may_turn(self, text: str, prefixes: tuple[str, ...]) -> bool:
        """Whether the article may have a word with one of these prefixes where the other has none."""
        if prefixes not in self._bare:
            led = [word for word in self.texts if word.startswith(prefixes)]
            self._bare[prefixes] = {word.removeprefix(prefix) for word in led for prefix in prefixes}
        return text in self._bare[prefixes] or text.startswith(prefixes)

    @kept
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
