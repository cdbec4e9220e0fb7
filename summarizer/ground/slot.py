"""The places of actors in their sentences, and whether two of them have changed places.

A place is described by what stands around it, as in distributional accounts of selection (Harris 1954): the content
words beside it, nearer ones counting more, the preposition before it, and whether it speaks or opens its clause.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from itertools import chain, combinations

from summarizer.ground.case import Case
from summarizer.ground.reading.cast import Actor, Cast
from summarizer.ground.reading.clause import Clause, clauses, content_places, inside, stems
from summarizer.ground.reading.lexicon import lexicon
from summarizer.ground.reading.offices import prepositions
from summarizer.ground.reading.text import Passage

_WINDOW = 4  # content words on each side of an actor
_NEARNESS = tuple([1 / steps for steps in range(1, _WINDOW + 1)])
_SPEAKS, _OPENS, _PREPOSITION = 1.0, 0.5, 0.5
_MOST_NAMED = 12  # of a claim; each is compared with each
_SAID_NEAR = 2  # tokens at most between a speech verb and who speaks
_BY, _HELPED = 4, 3  # tokens before a name in which a *by* stands, and before that a form of to be
_BESIDE = 2  # tokens between two names of which one belongs to the other
_SHORT = 2  # letters of a joining word of another language: Ecologistas en Acción
# Two names have changed places when the crossed places are so much more alike. Correct claims of the evaluation suite:
# at most .48; claims with two names exchanged: above in 12 of 27 whose names stand in one unit.
_LEAST_CROSSED = 0.5


def place(passage: Passage, actor: Actor, within: Clause | None = None) -> Mapping[str, float]:
    """Describe the place of an actor in its sentence, or in a clause: features, each with its weight."""
    known, where = passage.once(_described), (actor.start, actor.end, within)
    if where not in known:
        known[where] = _describe(passage, actor, within)
    return known[where]


def _described(_passage: Passage) -> dict[tuple[int, int, Clause | None], Mapping[str, float]]:
    """The places of a passage, filled as they are asked for."""
    return {}


def _describe(passage: Passage, actor: Actor, within: Clause | None) -> Mapping[str, float]:
    """Weigh the words near an actor, its preposition, whether it opens its clause, and whether it speaks."""
    first, last = within or (0, len(passage.texts))
    row, places = passage.once(stems), passage.once(content_places)
    start, end = bisect_left(places, first), bisect_left(places, last)
    before, after = bisect_left(places, actor.start), bisect_left(places, actor.end)
    near = places[max(start, before - _WINDOW) : before][::-1], places[after : min(end, after + _WINDOW)]
    beside = [zip([row[at] or "" for at in side], _NEARNESS, strict=False) for side in near]
    found: dict[str, float] = {}
    for stem, nearness in chain.from_iterable(beside):
        if stem not in found or found[stem] < nearness:
            found[stem] = nearness
    led = preposition(passage, actor.start)
    if led is not None:
        found[f"prep {led}"] = _PREPOSITION
    clause = _clause(passage, actor.start)
    if led is None and not any(row[clause.start : actor.start]):
        found["opens"] = _OPENS
    if _speaks(passage, actor, clause):
        found["speaks"] = _SPEAKS
    return found


def alike(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """Return how alike two places are: the sum of what they share."""
    if one.keys().isdisjoint(other):
        return 0
    return sum([weight * other[feature] for feature, weight in one.items() if feature in other])


def preposition(passage: Passage, at: int) -> str | None:
    """Return the kind of the preposition before an actor, over determiners and titles; None when there is none."""
    known, kinds = lexicon(passage.language), prepositions(passage.language)
    for step in range(at - 1, max(-1, at - 4), -1):
        text = passage.texts[step]
        if text in kinds:
            return kinds[text]
        if known is None or not (text in known.noun_markers or text in known.determiners or text in known.titles):
            return None
    return None


def _clause(passage: Passage, at: int) -> Clause:
    row = passage.once(clauses)
    place = bisect_right(row, (at, len(passage.texts))) - 1
    return row[place] if place >= 0 and at < row[place].end else Clause(at, at + 1)


def _speaks(passage: Passage, actor: Actor, clause: Clause) -> bool:
    """Whether a speech verb stands near in the clause, or a preposition like *according to* before."""
    return any(
        0 <= actor.start - hit.end <= _SAID_NEAR or (hit.label == "said" and 0 <= hit.start - actor.end <= _SAID_NEAR)
        for hit in inside(passage, clause, "said", "source")
    )


def exchanged(case: Case) -> tuple[Actor, Actor] | None:
    """Return two actors of the claim that have changed places: each stands where a cited unit has the other.

    In the whole sentence and in their clauses alone: *Halden lost 2, Norvane won 17* says the same turned round.
    """
    cast = case.article.once(Cast)
    named = [actor for actor in cast.actors(case.claim) if actor.names][:_MOST_NAMED]
    if len(named) < 2:
        return None
    told = [(actor, [cast.named_like(actor, passage) for passage in case.evidence]) for actor in named]
    for (one, ones), (two, twos) in combinations([pair for pair in told if any(pair[1])], 2):
        if _is_one_phrase(case.claim, one, two) or cast.share_name(one.names, two.names):
            continue
        for passage, *theirs in zip(case.evidence, ones, twos, strict=True):
            if (
                all(theirs)
                and _have_crossed((one, two), theirs, passage, case)
                and not any(_is_listed(case.claim, actor, other) for actor in (one, two) for other in named)
                and _have_crossed((one, two), _told_alike((one, two), theirs, passage, case), passage, case)
                and not cast.are_aliases(one.names, two.names)
            ):
                return one, two
    return None


def _is_one_phrase(claim: Passage, one: Actor, two: Actor) -> bool:
    """Whether one of two names belongs to the other: *Ann Orr of Acme*, *Ann Orr of Friends of Nature*."""
    kinds = prepositions(claim.language)
    return two.start - one.end <= _BESIDE or all(
        claim.raws[at][0].isupper() or claim.texts[at] in kinds or len(claim.texts[at]) <= _SHORT
        for at in range(one.end, two.start)
    )


def _have_crossed(mine: Sequence[Actor], named: Sequence[Sequence[Actor]], passage: Passage, case: Case) -> bool:
    return all(named) and all(_are_crossed(mine, named, passage, case, clausal=clausal) for clausal in (False, True))


def _told_alike(
    mine: Sequence[Actor], named: Sequence[Sequence[Actor]], passage: Passage, case: Case
) -> list[list[Actor]]:
    """Keep the mentions in which an actor is an owner by the same form, and an agent by the same voice, as in a claim.

    In others what stood behind a name stands before it: *Usher's wife* and *wife of Usher*, *bought by Halden*.
    """
    turned = [_is_turned(case.claim, actor) for actor in mine]
    return [[other for other in group if _is_turned(passage, other) == turned[at]] for at, group in enumerate(named)]


def _is_turned(passage: Passage, actor: Actor) -> tuple[bool, bool]:
    """Whether an actor is an owner by an *'s*, and whether it is the agent of a passive."""
    known, kinds, texts = lexicon(passage.language), prepositions(passage.language), passage.texts
    helpers = known.auxiliaries if known is not None else frozenset[str]()
    passive = any(
        kinds.get(texts[at]) == "by" and not helpers.isdisjoint(texts[max(0, at - _HELPED) : at])
        for at in range(max(0, actor.start - _BY), actor.start)
    )
    return texts[actor.end : actor.end + 1] == ("'s",), passive


def _is_listed(claim: Passage, one: Actor, two: Actor) -> bool:
    """Whether two names are members of one list, of which each has the place of all: Messi, Neymar and Suarez."""
    known, first, last = lexicon(claim.language), min(one.end, two.end), max(one.start, two.start)
    joins = known.conjunctions if known is not None else frozenset[str]()
    return not joins.isdisjoint(claim.texts[first:last]) and all(
        claim.kinds[at] == "punct" or claim.texts[at] in joins or claim.raws[at][0].isupper()
        for at in range(first, last)
    )


def _are_crossed(
    mine: Sequence[Actor], named: Sequence[Sequence[Actor]], passage: Passage, case: Case, *, clausal: bool
) -> bool:
    here = [_office_place(case.claim, actor, clausal=clausal) for actor in mine]
    there = [[_office_place(passage, actor, clausal=clausal) for actor in group] for group in named]
    kept = sum([max([alike(mine, other) for other in there[at]]) for at, mine in enumerate(here)])
    crossed = sum([max([alike(mine, other) for other in there[1 - at]]) for at, mine in enumerate(here)])
    return crossed >= kept + _LEAST_CROSSED


def _office_place(passage: Passage, actor: Actor, *, clausal: bool) -> Mapping[str, float]:
    within = place(passage, actor, _clause(passage, actor.start) if clausal else None)
    return {**within, **{f"is {kind}": _SPEAKS for kind in actor.kinds}} if actor.kinds else within
