"""Two actors with each other's part: what a claim tells of the one its evidence tells of the other, both ways.

The part of an actor is all that is said from the clause that he leads up to the next such clause; the first name of a
clause leads it, or the first office where it has no name, unless a preposition stands before. One part alone proves
little, for whoever is told of in one sentence is *he* in the next: but where both have changed hands, the claim has
exchanged the two (*Adeyo is suspended, but the injured Pryce should play*).
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations
from typing import NamedTuple

from summarizer.ground.case import Case
from summarizer.ground.landing import said_by
from summarizer.ground.reading.cast import Actor, Cast
from summarizer.ground.reading.clause import clause_at, clauses, weigh
from summarizer.ground.reading.text import Passage
from summarizer.ground.slot import preposition

_MOST_LED = 12  # parts of a claim; each is compared with each
# Of the weight of a part of the claim that the other actor's must have, and how many times what the actor's own has.
# With .1 and 2 nine exchanges more are found in `fixtures/eval`, no right sentence is flagged there, nor any of 7251 of
# the public sets, each on the units that a search finds for it. Where offices may lead before names, 3 of these are.
_LEAST_TOLD = 0.1
_TIMES = 2


class Part(NamedTuple):
    """An actor with the tokens [start, end) of a passage that tell of him."""

    actor: Actor
    passage: Passage
    start: int
    end: int

    @property
    def told(self) -> frozenset[str]:
        """What they say."""
        return said_by(self.passage, self.start, self.end)


def crossed(case: Case) -> tuple[Actor, Actor] | None:
    """Return two actors of the claim of whom the evidence tells the other way round."""
    cast, claim = case.article.once(Cast), case.claim
    if len(cast.actors(claim)) < 2 or len(claim.once(clauses)) < 2:  # nobody but the first is told of
        return None
    mine = _parts(claim, cast)[:_MOST_LED]
    theirs = [part for passage in case.evidence for part in _parts(passage, cast)] if len(mine) > 1 else []
    known = [
        (part, [other for other in theirs if cast.is_same(part.actor, other.actor)]) for part in mine if theirs[1:]
    ]
    known = [(part, same) for part, same in known if same]
    if len(known) < 2:  # nearly always
        return None
    names = _joined(said_by(claim, part.actor.start, part.actor.end) for part in mine)
    told = [(part, _joined(other.told for other in same) - names) for part, same in known]
    for (one, his), (two, hers) in combinations(told, 2):
        if (
            _has(case, one.told - names, hers - his, his - hers)
            and _has(case, two.told - names, his - hers, hers - his)
            and not cast.is_same(one.actor, two.actor)
            and not cast.are_aliases(one.actor.names, two.actor.names)
        ):
            return one.actor, two.actor
    return None


def _has(case: Case, told: frozenset[str], other: frozenset[str], own: frozenset[str]) -> bool:
    """Whether what is told of an actor is the other one's part, and hardly his own."""
    there = weigh(told & other, case.article)
    return 0 < there >= max(_LEAST_TOLD * weigh(told, case.article), _TIMES * weigh(told & own, case.article))


def _parts(passage: Passage, cast: Cast) -> list[Part]:
    """Return the parts of a passage, in order."""
    led: dict[int, Actor] = {}
    for actor in sorted(cast.actors(passage), key=lambda actor: (not actor.names, actor.start)):
        clause = clause_at(passage, actor.start)
        if clause is not None:
            led.setdefault(clause.start, actor)
    starts = [start for start, actor in sorted(led.items()) if preposition(passage, actor.start) is None]
    ends = (*starts[1:], len(passage.texts))
    return [Part(led[start], passage, start, end) for start, end in zip(starts, ends, strict=False)]


def _joined(rows: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*rows)
