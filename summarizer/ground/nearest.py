"""Which unit stands in for a claim that nothing supports."""

from __future__ import annotations

import math
from collections.abc import Set as AbstractSet

from summarizer.ground.reading.text import Passage
from summarizer.ground.reading.view import ArticleView
from summarizer.records import Check, Unit
from summarizer.schema import Claim


def nearest(claim: Claim, found: Check, article: ArticleView, *, taken: AbstractSet[int]) -> Unit:
    """Return the unit that says most of what a claim tried to say.

    Words weigh by how rare they are in the article (inverse document frequency, Spärck Jones 1972); evidence that the
    check found, and units the claim cites, come before others that share as much.

    Args:
        claim: The claim that fails.
        found: What is known about it.
        article: The units to choose from; at least one.
        taken: Numbers of units that already stand in for another claim; chosen again only when none is left.
    """
    units = article.units
    known = {item.unit for item in found.evidence}
    cited = set(claim.cites)
    words = set(Passage(claim.text, article.language).words)
    shared: dict[int, float] = dict.fromkeys(known | (cited & {unit.number for unit in units}), 0.0)
    for word in words:
        holders = article.index.get(word, [])
        for number in holders:
            shared[number] = shared.get(number, 0.0) + math.log(1 + len(units) / len(holders))
    free = [unit for unit in units if unit.number not in taken] or list(units)
    return max(
        free,
        key=lambda unit: (
            shared.get(unit.number, 0.0) * (1.2 if unit.number in known or unit.number in cited else 1.0),
            unit.number in known,
            unit.number in cited,
            -unit.number,
        ),
    )
