"""Which units say what a claim says, when those it cites do not.

Units are ranked by the rare words, numbers and dates they share with the claim: the sum of inverse document frequencies
(Spärck Jones 1972) with the length normalization of BM25 (Robertson and Zaragoza 2009).
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from summarizer.ground.case import Case
from summarizer.ground.reading import quantity, when
from summarizer.ground.reading.cast import Actor, Cast
from summarizer.ground.reading.forms import stem, stems
from summarizer.ground.reading.memo import Places
from summarizer.ground.reading.text import Passage
from summarizer.ground.reading.view import ArticleView

# The usual parameter of BM25; how often a word stands in one sentence says nothing.
_LENGTH = 0.5
_MOST_UNITS = 3
# A claim that cites nothing may need more of the article; its numbers must be found, so they weigh more.
_MOST_UNCITED = 5
_NUMBER = 2.0
# A word in more units than this, in a long article, does not help to find one; skipping it keeps the search linear.
_MOST_HOLDERS = 2000
# A unit that adds less than this share of what the claim says is left out.
_LEAST_GAIN = 0.06
# So many words that are no names, or so many numbers, must come with other evidence.
_FEWEST_BROUGHT = 2
# Where the cited units say half of the claim they are meant, and more is asked of others.
_HALF = 0.5
# Below this share, of so many features at least, they are cited by mistake.
_MISTAKEN, _FEWEST_WANTED = 0.2, 3
_NOUNS_ARE_LARGE = "de"
_NEARLY = 0.8


def features(passage: Passage) -> frozenset[str]:
    """Return what a passage is found by: stems of its words, values of its numbers, its dates."""
    found = set(passage.once(stems))
    found |= {f"#{item.value.normalize()}" for item in passage.once(quantity.parse) if item.readings}
    for date in passage.once(when.parse):
        found |= {f"#{name}{value}" for name, value in date._asdict().items() if name in _DATE_PARTS and value}
    return frozenset(found)


_DATE_PARTS = frozenset({"year", "month", "day", "weekday"})


def wanted(case: Case) -> frozenset[str]:
    """Return what a claim may be found by: across languages only its numbers, its dates and what it writes large."""
    found = case.claim.once(features)
    if not case.crosses_languages:
        return found
    large = _large(case.claim)
    return frozenset(feature for feature in found if feature[0] == "#" or feature in large)


def _large(passage: Passage) -> frozenset[str]:
    return frozenset([stem(passage.texts[at]) for at in passage.large])


class _Weights(dict[str, float]):
    """How telling features are, worked out when asked for: the rarer, the more; one that no unit has, as the rarest."""

    def __init__(self, holders: Mapping[str, Sequence[int]], total: int) -> None:
        self._holders, self._total = holders, total

    def __missing__(self, feature: str) -> float:
        count = len(self._holders[feature])
        found = math.log(1 + (self._total - count + 0.5) / (count + 0.5)) if count <= _MOST_HOLDERS else 0.0
        self[feature] = found
        return found


class _Holders(dict[str, list[int]]):
    """The numbers of the units that have a feature, ascending, looked up when asked for."""

    def __init__(self, places: Places, units: Sequence[int]) -> None:
        self._places, self._units = places, units

    def __missing__(self, feature: str) -> list[int]:
        self[feature] = found = list(map(self._units.__getitem__, self._places.of(feature)))
        return found


class Index:
    """The features of an article's units."""

    def __init__(self, article: ArticleView) -> None:
        self.sizes: dict[int, int] = {}
        row, units = list[str](), list[int]()
        for unit in article.units:
            found = article.passage(unit.number).once(features)
            self.sizes[unit.number] = len(found)
            units += [unit.number] * len(found)
            row += found
        self._holders = _Holders(Places(row), units)
        self.mean = sum(self.sizes.values()) / len(self.sizes) if self.sizes else 1.0
        self.weights = _Weights(self._holders, len(self.sizes))

    def scores(self, wanted: dict[str, float]) -> dict[int, float]:
        """Return the score of every unit that shares a feature."""
        found: dict[int, float] = defaultdict(float)
        for feature, weight in wanted.items():
            for number in self._holders[feature] if weight else ():
                found[number] += weight
        return {
            number: score / (1 - _LENGTH + _LENGTH * self.sizes[number] / self.mean) for number, score in found.items()
        }


def find(case: Case) -> tuple[int, ...]:
    """Return the few units that together say most of what the claim says, the best first."""
    index = case.article.once(Index)
    most = _MOST_UNITS if case.cites else _MOST_UNCITED
    left = {feature: index.weights[feature] * (_NUMBER if feature[0] == "#" else 1) for feature in sorted(wanted(case))}
    total = sum(left.values())
    chosen: list[int] = []
    while left and len(chosen) < most:
        scores = index.scores(left)
        for number in chosen:
            scores.pop(number, None)
        if not scores:
            break
        best = max(scores, key=lambda number: (scores[number], -number))
        there = case.article.passage(best).once(features)
        gain = sum(weight for feature, weight in left.items() if feature in there)
        if chosen and gain < _LEAST_GAIN * total:
            break
        chosen.append(best)
        left = {feature: weight for feature, weight in left.items() if feature not in there}
    return tuple(chosen)


def proposals(case: Case, *, astray: bool) -> Iterator[tuple[int, ...]]:
    """Yield sets of units that may say what the claim says: with its own cites first, unless they lead astray."""
    found = find(case)
    added = () if astray else tuple((*case.cites, number) for number in found[:2])
    seen = {case.cites}
    for candidate in (*added, *(found[:size] for size in range(1, len(found) + 1))):
        units = tuple(sorted(set(candidate)))
        if units not in seen:
            seen.add(units)
            yield units


def is_astray(case: Case) -> bool:
    """Whether the cited units have so little to do with the claim that they must be cited by mistake."""
    said = coverage(case)
    nothing = not said and not case.crosses_languages
    return nothing or (said < _MISTAKEN and len(wanted(case)) >= _FEWEST_WANTED)


def brings_words(case: Case, other: Case, *, named: bool = False) -> bool:
    """Whether other evidence says more of the claim than just its names, offices, numbers and dates.

    A wrong name stands somewhere else in most articles: a unit that brings only that is no evidence. Where the doubt is
    about a name (`named`), a unit that brings it must say nearly as much of the rest as what is cited.
    """
    actors = case.article.once(Cast).actors(case.claim)
    names = frozenset(stem(text) for actor in actors for text in case.claim.texts[actor.start : actor.end])
    if case.claim.language != _NOUNS_ARE_LARGE:
        names |= _large(case.claim)
    if named and not _brings_actors(case, other, names):
        return False
    known = case.there(features)
    found = other.there(features)
    brought = (case.claim.once(features) & found) - known - names
    words, numbers = (sum((feature[0] == "#") is wanted for feature in brought) for wanted in (False, True))
    strict = coverage(case) >= _HALF or case.claim.language == _NOUNS_ARE_LARGE
    return max(words, numbers) >= (2 * _FEWEST_BROUGHT if strict else _FEWEST_BROUGHT)


def _brings_actors(case: Case, other: Case, names: frozenset[str]) -> bool:
    """Whether a unit that brings whom the cited ones do not name says nearly as much of the rest of the claim."""
    cast = case.article.once(Cast)
    lacking = [
        mine for mine in cast.actors(case.claim) if not any(_has_any((mine,), one, cast) for one in case.evidence)
    ]
    added = [case.citing((number,)) for number in other.cites if number not in case.cites]
    bringing = [one for one in added if _has_any(lacking, one.evidence[0], cast)] or added
    least = _NEARLY * coverage(case, names)
    return any(coverage(one, names) >= max(least, _LEAST_GAIN) for one in bringing)


def _has_any(actors: Sequence[Actor], passage: Passage, cast: Cast) -> bool:
    return any(True for mine in actors for _ in cast.same(mine, passage))


def coverage(case: Case, but: frozenset[str] = frozenset()) -> float:
    """Return how much of what the claim says its evidence shares, rare features counting more, in [0, 1].

    Args:
        case: The claim and its evidence.
        but: Features that do not count.
    """
    said, weight = wanted(case) - but, case.article.once(Index).weights.__getitem__
    total = math.fsum(map(weight, said))
    return math.fsum(map(weight, said & case.there(features))) / total if total else 1.0
