"""How likely it is that nothing supports a claim: a score that orders claims, also those that pass every check.

Most wrong numbers and names of a summary do stand somewhere in its article; what gives them away is the company they
keep. So the claim is laid over the article term by term: a term is supported in a place when the terms around it in the
claim stand around it there, at about the same distances. New words have no support, words from elsewhere or in another
order little. A claim is as doubtful as its worst terms: the soft maximum of what a logistic function makes of each.

That follows the fragments of Grusky et al. (*Newsroom*, NAACL 2018) and the best-matching sentence of SummaC (Laban et
al., TACL 2022), but for single terms, like the spans that annotators mark. `data/risk.json` has the weights and says
what they were fitted and measured on. The cost of a claim does not grow with the article, but for looking up its terms.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cache
from itertools import chain
from operator import itemgetter
from typing import NamedTuple

from summarizer.ground.case import Case
from summarizer.ground.reading.clause import meant
from summarizer.ground.reading.lexicon import lexicon, opposed
from summarizer.ground.reading.memo import Memo
from summarizer.ground.reading.text import Passage
from summarizer.ground.risk.concordance import MOST_PLACES, MOST_UNITS, Concordance, Sight, acronyms, name_runs
from summarizer.ground.risk.terms import CONTENT, Term, meanings, negatives, senses, stem, tables, terms
from summarizer.records import Finding

# How far the company of a term reaches, in content terms of the claim and in words of the article.
_SIDE = 4
_REACH = 14
# So many words further apart than in the claim, and company counts half.
_TOLERANCE = 5
# Company in another unit counts less.
_NEXT_UNIT = 0.6
# The place of a term is where most of the terms at most so many content terms away are.
_AROUND = 3
_LEAST_AROUND = 0.3
# A negation governs what follows it within so many words, and the next word after that.
_GOVERNS = 6
# Of the units that share most with the claim, the ones in which other words for the same are looked for.
_MOST_MEANT = 4
_SHORTEST_OPPOSITE = 4
# What can be compared when claim and article are in different languages.
_IN_ALL_LANGUAGES = frozenset({"number", "name"})


# How much company counts that stands so many words further on than in the claim: in the same unit, and in another.
_NEAR: Memo[int, float] = Memo(lambda words: _TOLERANCE / (_TOLERANCE + abs(words)))
_NEAR_NEXT: Memo[int, float] = Memo(lambda words: _NEAR[words] * _NEXT_UNIT)


class Doubt(NamedTuple):
    """A term of the claim, and the reasons to doubt it that `data/risk.json` has weights for.

    Attributes:
        term: The term.
        place: Its place among the claim's terms.
        reasons: Their names and sizes, in [0, 1]; those of size 0 are left out.
        weight: What the weights make of them: log-odds.
    """

    term: Term
    place: int
    reasons: dict[str, float]
    weight: float


# A content term as the company of others: its place in the claim, and what `Sight.stand` says of it.
_Neighbour = tuple[int, int, int, int, Sequence[int], float]
_LABEL, _HOLDERS = itemgetter(0), itemgetter(1)  # of a `Hit`, and of a `Sight`


class _Layout:
    """A claim laid over the units of an article that share most with it."""

    __slots__ = (
        "_around",
        "_article",
        "_company",
        "_negative",
        "absent",
        "content",
        "index",
        "meant",
        "negations",
        "places",
        "row",
        "scored",
        "units",
    )

    def __init__(self, case: Case) -> None:
        crosses, language = case.crosses_languages, case.claim.language
        self.row, self.index, self._article = case.claim.once(terms), case.article.once(Concordance), case.article
        self.negations: Collection[int] = () if crosses else case.claim.once(negatives)
        self.content, self.scored = _sorted_out(self.row, self.negations, crosses=crosses)
        index, row = self.index, self.row
        known = index.sights
        seen = {at: known.get(row[at][0]) or index.look(row[at], language) for at in self.scored}
        self.absent = {at for at, sight in seen.items() if not sight.keys}
        if self.absent:
            short = self._shortened()
            for at in self.absent.intersection(short):
                seen[at] = index.sight(short[at])
                self.absent.remove(at)
        found = [seen[at] for at in self.content]
        among = set(chain.from_iterable(map(_HOLDERS, found)))
        if len(among) > MOST_UNITS:
            among = set(_ranked(found)[:MOST_UNITS])
        self.units = sorted(among)
        self._negative: list[int] | None = None
        self.places = {
            at: sight.places if among.issuperset(sight.holders) else self._within(sight.keys, among)
            for at, sight in seen.items()
        }
        for at in self.negations:
            self.places[at] = self.negative()
        # Only claims with a word that the article does not have, or that has opposites, need what their terms mean.
        opposable = not _opposable().isdisjoint(map(_LABEL, case.claim.once(meant)))
        self.meant: Mapping[int, Sequence[str]] = case.claim.once(senses) if opposable or self.absent else {}
        reworded = self.absent.intersection(self.meant)
        likely = _ranked(found)[:_MOST_MEANT] if reworded else ()
        for at in reworded:
            places = self._meaning(self.meant[at], likely)
            if places:
                self.places[at] = places
                self.absent.remove(at)
        self._company: list[_Neighbour] = []
        for at in self.content:
            sight, beside = seen[at], self.places[at]
            stand = sight.stand if beside is sight.places else index.stand(beside, sight.rarity)
            self._company.append((at, *stand))
        self._around: dict[int, tuple[float, frozenset[int]]] = {}

    def passages(self, units: Iterable[int]) -> list[tuple[int, Passage]]:
        """Some units, each with the place of its first term; few claims ask for them."""
        return [(self.index.extent[unit][0], self._article.passage(unit)) for unit in units]

    def negative(self) -> list[int]:
        """Where the units looked at negate outright; few claims ask for it."""
        if self._negative is None:
            passages = self.passages(self.units)
            self._negative = sorted(start + at for start, passage in passages for at in passage.once(negatives))
        return self._negative

    def _meaning(self, keys: Iterable[str], units: Iterable[int]) -> list[int]:
        """Return where some units have these concepts or entities."""
        return sorted(
            {
                start + at
                for key in keys
                for start, passage in self.passages(units)
                for at in passage.once(meanings).get(key, ())
            }
        )

    def _shortened(self) -> dict[int, tuple[str, ...]]:
        """Names of the claim, by place, whose initials are a word of the article."""
        return {
            at: (short,)
            for run in name_runs([term.sort for term in self.row])
            for short, members in acronyms([term.text for term in self.row], run)
            if short in self.index
            for at in members
        }

    def _within(self, keys: Sequence[str], among: AbstractSet[int]) -> list[int]:
        """Return where some units have these keys, as few places as are looked at."""
        found: list[int] = []
        for key in keys:
            places, unit_at = self.index.places(key), self.index.unit_at
            if len(places) <= len(among):
                found += [place for place in places if unit_at[place] in among]
                continue
            for unit in among:
                start, end = self.index.extent[unit]
                found += places[bisect_left(places, start) : bisect_left(places, end)]
        return sorted(set(found))[:MOST_PLACES]

    def held(self, at: int) -> frozenset[int]:
        """The units looked at that have a term."""
        return frozenset(map(self.index.unit_at.__getitem__, self.places[at]))

    def missing(self) -> float:
        """The share of the content terms that the best single unit does not have."""
        if not self.content:
            return 0.0
        held = [unit for _, _, _, unit, places, _ in self._company if not places]
        for at, _, _, _, places, _ in self._company:
            if places:
                held += self.held(at)
        return 1 - max(map(held.count, self.units), default=0) / len(self.content)

    def around(self, at: int) -> tuple[float, frozenset[int]]:
        """The units that have most of the terms around this one, and the share that they have."""
        place = bisect_left(self.content, at)
        if place not in self._around:
            self._around[place] = self._crowd(place)
        return self._around[place]

    def _crowd(self, place: int) -> tuple[float, frozenset[int]]:
        window = self.content[max(0, place - _AROUND) : place + _AROUND + 1]
        held = list(chain.from_iterable(map(self.held, window)))
        counts = {unit: held.count(unit) for unit in held}
        most = max(counts.values(), default=0)
        return most / len(window), frozenset([unit for unit, count in counts.items() if count == most])

    def companies(self) -> dict[int, float]:
        """The weight of what is beside each scored term that is near it in its best place, as a share, in [0, 1]."""
        found: dict[int, float] = {}
        row, unit_at, content, company = self.row, self.index.unit_at, self.content, self._company
        keys, rarities = [row[at][0] for at in content], [one[5] for one in company]
        plain = len(set(keys)) == len(self.scored)
        for number, at in enumerate(self.scored):
            place = number if plain else bisect_left(content, at)
            start, end = place - _SIDE if place > _SIDE else 0, place + _SIDE + 1
            if plain:
                beside = company[start:place] + company[place + 1 : end]
                total = sum(rarities[start:place] + rarities[place + 1 : end])
            else:  # without the same word, where the claim has it again
                own = row[at][0]
                beside = [one for one, key in zip(company[start:end], keys[start:end], strict=True) if key != own]
                total = sum([one[5] for one in beside])
            found[at] = _best(self.places[at], at, beside, unit_at) / total if total else float(at not in self.absent)
        return found

    def is_opposed(self, at: int, units: AbstractSet[int]) -> bool:
        """Whether the units where this term belongs have its opposite in its place."""
        wanted = [(key, opposed()[key]) for key in self.meant.get(at, ()) if key in opposed()]
        there = [passage.once(meanings) for _, passage in (self.passages(units & set(self.units)) if wanted else ())]
        return any(
            not any(key in found for found in there) and any(other in found for found in there for other in others)
            for key, others in wanted
        )

    def is_turned_round(self, at: int, units: AbstractSet[int], prefixes: Iterable[str]) -> bool:
        """Whether they have the word without its negative prefix, or with one."""
        text = self.row[at].text
        for prefix in prefixes:
            bare = text.removeprefix(prefix)
            for other in (bare if len(text) > len(bare) >= _SHORTEST_OPPOSITE else None, prefix + text):
                if other in self.index.texts and not units.isdisjoint(self.index.holders(stem(other))):
                    return True
        return False

    def is_negated_anew(self, at: int) -> bool:
        """Whether what this negation governs stands in the article, and never near a negation."""
        place, negative = bisect_right(self.content, at), self.negative()
        governed = [here for other in self.content[place : place + 2] for here in self.places[other]]
        return bool(governed) and not any(
            bisect_left(negative, here - _GOVERNS) < bisect_right(negative, here + 1) for here in governed
        )


@cache
def _opposable() -> frozenset[str]:
    """The labels of what has an opposite."""
    return frozenset([key[1:] for key in opposed()])


def _ranked(sights: Iterable[Sight]) -> list[int]:
    """Return the units that have some of these, those first that have most of what weighs."""
    shared: dict[int, float] = defaultdict(float)
    for _, holders, _, _, rarity in sights:
        for unit in holders:
            shared[unit] += rarity
    return sorted(sorted(shared), key=shared.__getitem__, reverse=True)


def _sorted_out(row: Sequence[Term], negations: Collection[int], *, crosses: bool) -> tuple[list[int], list[int]]:
    """Return the places of the content terms, and those of all that may be doubted."""
    if crosses:
        content = scored = [at for at, term in enumerate(row) if term[2] in _IN_ALL_LANGUAGES]
    else:
        scored = [at for at, term in enumerate(row) if term[2] != "function"]
        content = [at for at in scored if row[at][2] in CONTENT]
    if negations:
        content = [at for at in content if at not in negations]
        scored = sorted({*scored, *negations})
    return content, scored


def _best(places: Sequence[int], at: int, beside: Sequence[_Neighbour], unit_at: Sequence[int]) -> float:
    """Return the weight of what stands near in the best place of a term; in the claim it is at another place."""
    best, near, farther = 0.0, _NEAR, _NEAR_NEXT
    for here in places:
        own, least, most, ahead, total = unit_at[here], here - _REACH, here + _REACH, here - at, 0.0
        for other, first, last, unit, others, rarity in beside:
            if last < least or most < first:
                continue
            if not others:
                total += (near if unit == own else farther)[first - other - ahead] * rarity
                continue
            nearest, expected = 0.0, ahead + other
            after = bisect_left(others, expected)
            left, right = others[after - 1], others[after]
            if least <= left <= most:
                nearest = (near if unit_at[left] == own else farther)[left - expected]
            if least <= right <= most:
                nearest = max(nearest, (near if unit_at[right] == own else farther)[right - expected])
            total += nearest * rarity
        best = max(best, total)
    return best


def doubts(case: Case) -> tuple[Doubt, ...]:
    """Return the terms of a claim with what speaks against each, in order; function words are left out."""
    layout = _Layout(case)
    return tuple(
        Doubt(layout.row[at], at, reasons, weight) for at, reasons, weight in _doubts(layout, case.claim.language)
    )


def missing(case: Case) -> float:
    """Return the share of a claim's content terms that the best single unit does not have."""
    return _Layout(case).missing()


def _doubts(layout: _Layout, language: str | None) -> Iterator[tuple[int, dict[str, float], float]]:
    """Yield the place of each term that may be doubted, the reasons to with their sizes, and what the weights make."""
    known, weights, row, index = lexicon(language), tables()["terms"], layout.row, layout.index
    prefixes = () if known is None else known.prefixes
    bare, absent, negations = index.bare(prefixes), layout.absent, layout.negations
    meant, opposable, ahead = layout.meant, opposed().keys(), index.ahead
    for at, company in layout.companies().items() if layout.content else ():
        key, _, sort, text = row[at]
        found: dict[str, float] = {}
        alone, weight = 1 - company, 0.0
        if alone:
            found["alone"] = alone
        if sort != "word":
            if alone and sort in _ALONE:
                found[_ALONE[sort]] = alone
            if sort == "small":
                found["small number"] = 1.0
            elif sort == "name" and at in absent:
                found["absent name"] = 1.0
        if at and row[at - 1][0] not in ahead[key]:
            found["new pair"] = 1.0
        turned = sort == "word" and (text in bare or text.startswith(prefixes))
        if turned or (at in meant and not opposable.isdisjoint(meant[at])):
            found.update(_opposite(layout, at, prefixes if turned else ()))
        if at in negations:
            share, _ = layout.around(at)
            if share and layout.is_negated_anew(at):
                found["new negation"] = share**2
        for name, size in found.items():
            weight += weights[name] * size
        yield at, found, weight


def _opposite(layout: _Layout, at: int, prefixes: tuple[str, ...]) -> Iterator[tuple[str, float]]:
    """Yield that a term, in the midst of words that stand together in the article, is the opposite of what is there."""
    share, units = layout.around(at)
    displaced = share > _LEAST_AROUND and units.isdisjoint(layout.held(at))
    if displaced and (layout.is_opposed(at, units) or layout.is_turned_round(at, units, prefixes)):
        yield "opposite", share**2


_ALONE = {"number": "number alone", "name": "name alone"}


def risk(case: Case, findings: Sequence[Finding] = ()) -> float:
    """Return how likely it is that nothing supports a claim, in [0, 1]: an order, not a probability to rely on.

    The whole article counts, whichever units the claim cites.

    Args:
        case: The claim.
        findings: What the checks found; each kind adds what it is worth.
    """
    table, layout = tables(), _Layout(case)
    weights = [weight for _, _, weight in _doubts(layout, case.claim.language)]
    odds = table["claim"]["constant"] + table["claim"]["worst"] * soft_maximum(weights)
    odds += table["claim"]["missing"] * layout.missing()
    odds += sum(table["findings"].get(kind, 0.0) for kind in {finding.kind for finding in findings})
    found = round(1 / (1 + math.exp(-odds)), 4)
    return max(found, _LEAST_DOUBTED) if findings else found


# What a finding speaks against is no claim to look at last, though all its words stand together in the article, as
# those of a denial do. At .4 the area under the curve is the same on RAGTruth (.770) and BUMP (.651), and larger by
# .003 on CLIFF (.914); at .5 it begins to fall on RAGTruth, below .2 nothing changes.
_LEAST_DOUBTED = 0.4

# Between the sum of all doubts (1) and the worst one alone (infinity).
_SHARPNESS = 2.0


def soft_maximum(values: Sequence[float]) -> float:
    """Return the largest value, and somewhat more when others are nearly as large; 0 for none."""
    if not values:
        return 0.0
    most = max(values)
    return most + math.log(sum([math.exp(_SHARPNESS * (value - most)) for value in values])) / _SHARPNESS
