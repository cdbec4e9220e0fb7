"""Which units stand in for claims that nothing supports."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from summarizer.ground.reading.text import Passage
from summarizer.ground.reading.view import ArticleView
from summarizer.records import Check, Unit
from summarizer.schema import Claim, says_something

# What shares so much of what the best unit shares is about the same: of 335 correct claims of fixtures/eval, 9 % find
# such a unit that they do not cite, and 37 % of the other units that are cited are such.
_NEAR = 0.5


@dataclass(frozen=True, slots=True)
class StandIns:
    """The unit that stands in for each of some claims; None where none says anything of one."""

    units: tuple[Unit | None, ...]


def stand_ins(
    failing: Sequence[tuple[Claim, Check, str | None]],
    units: Sequence[Unit],
    *,
    language: str | None,
    taken: Mapping[str, AbstractSet[int]],
) -> StandIns:
    """Choose a unit for each failing claim: claims of one list avoid each other's, any other has its best one.

    Args:
        failing: Claims, what is known about each, and the list that it is in, if any.
        units: All units of the article.
        language: The article's language (ISO 639-1), or None when unknown.
        taken: For each list, the numbers of units that stand in it for other claims already.
    """
    article = ArticleView([unit for unit in units if says_something(unit.text)], language)
    reserved = {among: set(numbers) for among, numbers in taken.items()}
    found: list[Unit | None] = []
    for claim, check, among in failing:
        others = reserved.setdefault(among, set()) if among is not None else set()
        unit = nearest(claim, check, article, taken=others)
        if unit is not None:
            others.add(unit.number)
        found.append(unit)
    return StandIns(tuple(found))


def nearest(claim: Claim, found: Check, article: ArticleView, *, taken: AbstractSet[int] = frozenset()) -> Unit | None:
    """Return the unit that says most of what a claim tried to say; None where none says anything of it.

    Words weigh by how rare they are in the article (inverse document frequency, Spärck Jones 1972); evidence that the
    check found, and units the claim cites, come before others that share as much.

    Args:
        claim: The claim that fails.
        found: What is known about it.
        article: The units to choose from.
        taken: Numbers of units that stand in for other claims; chosen again where no other says nearly as much.
    """
    units = article.units
    known = {item.unit for item in found.evidence}
    cited = set(claim.cites)
    words = set(Passage(claim.text, article.language).words)
    shared = dict.fromkeys((known | cited) & {unit.number for unit in units}, 0.0)
    for word in words:
        holders = article.index.get(word, [])
        for number in holders:
            shared[number] = shared.get(number, 0.0) + math.log(1 + len(units) / len(holders))
    if not shared:
        return None

    def weight(number: int) -> float:
        return shared[number] * (1.2 if number in known or number in cited else 1.0)

    def rank(number: int) -> tuple[float, bool, bool, int]:
        return weight(number), number in known, number in cited, -number

    best = max(shared, key=rank)
    free = max(shared.keys() - taken, key=rank, default=best)
    return article.unit(free if weight(free) >= _NEAR * weight(best) else best)
