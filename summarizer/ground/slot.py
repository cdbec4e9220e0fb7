"""Which actor of the evidence a name of the claim stands in for: the one in the same place of the sentence.

A place is described by what stands around it, as in distributional accounts of selection (Harris 1954): the content
words beside it, nearer ones counting more, the preposition before it, and whether it speaks or opens its clause.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, islice

from summarizer.ground.case import Case
from summarizer.ground.cast import Actor, Cast
from summarizer.ground.clause import Clause, clauses, content, cues, stems, weigh
from summarizer.ground.lexicon import lexicon
from summarizer.ground.offices import generic, may_be, prepositions, subjects
from summarizer.ground.sightings import mentions
from summarizer.ground.text import Passage

_WINDOW = 4  # content words on each side of an actor
_SPEAKS, _OPENS, _PREPOSITION = 1.0, 0.5, 0.5
_LEAST_GUESSED, _LEAST_BESIDE = 0.5, 0.5
_UNLIKE = 0.5  # off where only one of two is a country, a city or the like, or nobody knows what a name is
_NEAR = 7  # tokens at most between a name and what it belongs to
_BESIDE = 2  # tokens between two names of which one belongs to the other
# Two names have changed places when the crossed places are so much more alike. Correct claims of the evaluation suite:
# at most .48; claims with two names exchanged: above in 12 of 27 whose names stand in one unit.
_LEAST_CROSSED = 0.5
_RECENT = 2  # units before a cited one whose names a pronoun in it may stand for
# A claim that cites nothing: this much of its other words, so many at least, must stand in the unit.
_LEAST_ALIGNED, _FEWEST_ALIGNED = 0.9, 4


def replaced(mine: Actor, case: Case) -> Actor | None:
    """Return the actor of the evidence that the claim has put this one in place of; None when there is none.

    One that the claim names too is none, nor one that may be the same. A pronoun or *the company* in the better place
    may mean the claim's actor, and excuses it.
    """
    best, rival = max(_rivals(mine, case), key=lambda found: found[0], default=(-1.0, None))
    if best < (_LEAST_GUESSED if case.guessed else 0.0):
        return None
    here = place(case.claim, mine)
    excuse = max((alike(here, place(passage, theirs)) for passage, theirs in open_to(mine, case)), default=-1.0)
    return rival if best > excuse else None


def is_beside(mine: Actor, theirs: Actor, case: Case) -> bool:
    """Whether an actor of the claim stands in the place of one of the evidence by more than chance."""
    here, cast = place(case.claim, mine), case.article.once(Cast)
    return any(
        theirs in cast.actors(passage) and alike(here, place(passage, theirs)) >= _LEAST_BESIDE
        for passage in case.evidence
    )


def _is_office_of(mine: Actor, office: Actor, case: Case) -> bool:
    """Whether an office stands behind a name as one more of its own: Ann Lee, founder and *chief executive*, left."""
    between = case.claim.texts[mine.end : office.start]
    known = lexicon(case.claim.language)
    return (
        not office.names
        and between[:1] == (",",)
        and len(between) <= _NEAR
        and "," not in between[1:]
        and (known is None or not known.auxiliaries.intersection(between))
    )


def _rivals(mine: Actor, case: Case) -> Iterator[tuple[float, Actor]]:
    """Yield the actors of the evidence that are others and that the claim leaves out, with how alike their place is."""
    cast = case.article.once(Cast)
    others = [actor for actor in cast.actors(case.claim) if actor != mine and not _is_office_of(mine, actor, case)]
    here = place(case.claim, mine)
    for passage in case.evidence:
        if case.guessed and not _is_aligned(mine, passage, case):
            continue
        for theirs in cast.actors(passage):
            if is_other(mine, theirs, cast) and not any(cast.is_same(theirs, other) for other in others):
                score = alike(here, place(passage, theirs))
                named = bool(mine.names and theirs.names)
                unlike = named and _is_place(case.claim, mine) is not _is_place(passage, theirs)
                score -= _UNLIKE * (unlike + (is_stranger(mine, theirs, cast) or is_stranger(theirs, mine, cast)))
                yield score, theirs


def exchanged(case: Case) -> tuple[Actor, Actor] | None:
    """Return two actors of the claim that have changed places: each stands where a cited unit has the other."""
    cast = case.article.once(Cast)
    named = [actor for actor in cast.actors(case.claim) if actor.names]
    for one, two in combinations(named, 2):
        if abs(two.start - one.end) <= _BESIDE or cast.are_aliases(one.names, two.names):
            continue
        for passage in case.evidence:
            places = [_places_of(actor, passage, cast) for actor in (one, two)]
            if all(places):
                here = [_office_place(case.claim, actor) for actor in (one, two)]
                kept = sum(max(alike(mine, other) for other in places[at]) for at, mine in enumerate(here))
                crossed = sum(max(alike(mine, other) for other in places[1 - at]) for at, mine in enumerate(here))
                if crossed >= kept + _LEAST_CROSSED:
                    return one, two
    return None


def _places_of(mine: Actor, passage: Passage, cast: Cast) -> list[Mapping[str, float]]:
    return [
        _office_place(passage, theirs)
        for theirs in cast.actors(passage)
        if theirs.names and cast.share_name(mine.names, theirs.names)
    ]


def _office_place(passage: Passage, actor: Actor) -> Mapping[str, float]:
    return {**place(passage, actor), **{f"is {kind}": _SPEAKS for kind in actor.kinds}}


def employer(mine: Actor, case: Case) -> Actor | None:
    """Return whom a name of the claim belongs to in the evidence, where the claim lets it belong to this one.

    *Lund, an analyst at Fenwick Marsh*: who stands behind a name and a comma, with *of*, *at* or *from* before it.
    """
    cast = case.article.once(Cast)
    actors = cast.actors(case.claim)
    person = next((actor for actor in actors if _employs(case.claim, actor, mine)), None)
    if person is None:
        return None
    words = {stem for stem in case.claim.once(stems)[mine.start : mine.end] if stem is not None}
    for passage in case.evidence:
        theirs = cast.actors(passage)
        known = [actor for actor in theirs if actor.names and cast.share_name(actor.names, person.names)]
        bound = [other for actor in known for other in theirs if _employs(passage, actor, other)]
        if bound and not words & content(passage):
            claimed = any(cast.is_same(bound[0], other) for other in actors)
            return None if claimed or cast.is_same(bound[0], mine) else bound[0]
    return None


def _employs(passage: Passage, person: Actor, other: Actor) -> bool:
    """Whether an actor stands behind a name as what it belongs to: no verb and no other clause between."""
    known = lexicon(passage.language)
    between = passage.tokens[person.end : other.start]
    if known is None or not person.names or person == other or not 2 <= len(between) <= _NEAR:
        return False
    texts = [token.text for token in between]
    silent = (known.auxiliaries | subjects(passage.language) | known.clause_openers) - known.noun_markers
    return (
        texts[0] == ","
        and texts.count(",") == 1
        and not silent.intersection(texts)
        and any(prepositions(passage.language).get(text) in ("of", "in", "from") for text in texts[-3:])
    )


def open_to(mine: Actor, case: Case) -> Iterator[tuple[Passage, Actor]]:
    """Yield what may stand for an actor in the evidence.

    Generic offices do, names of which nobody knows what they are, and pronouns whose own name is not cited: one means a
    name before it, in its unit or the one before; only where neither is cited is it open.
    """
    cast = case.article.once(Cast)
    others = [actor for actor in cast.actors(case.claim) if actor != mine]
    for number, passage in zip(case.cites, case.evidence, strict=True):
        actors = cast.actors(passage)
        for theirs in actors:
            if any(cast.is_same(theirs, other) for other in others):
                continue
            vague = theirs.kinds & generic() if not theirs.names else not mine.names and is_unknown(theirs, cast)
            if vague and not is_other(mine, theirs, cast):
                yield passage, theirs
        if not any(_has(cast, case.article.passage(near), mine) for near in _before(number, case)):
            continue
        first = min((theirs.start for theirs in actors), default=len(passage.tokens))
        for start, end in pronouns(passage):
            if start < first:
                yield passage, Actor(frozenset(), frozenset(), start, end, "")


def is_unknown(actor: Actor, cast: Cast) -> bool:
    """Whether the article says nothing of what a name is."""
    return bool(actor.names) and not (actor.kinds | cast.kinds(actor.names))


def _before(number: int, case: Case) -> Iterator[int]:
    """Yield the units before a cited one that are not cited, back to the next one that is."""
    for near in range(number - 1, number - 1 - _RECENT, -1):
        if near in case.cites or near not in case.article:
            return
        yield near


def _has(cast: Cast, passage: Passage, mine: Actor) -> bool:
    return any(cast.is_same(mine, theirs) for theirs in cast.actors(passage))


def is_other(mine: Actor, theirs: Actor, cast: Cast) -> bool:
    """Whether two actors are certainly not one and the same."""
    if mine.names and theirs.names:
        return not cast.are_aliases(mine.names, theirs.names)
    ours = mine.kinds | cast.kinds(mine.names)
    others = theirs.kinds | cast.kinds(theirs.names)
    if theirs.kinds <= generic() and not theirs.names and mine.names:
        return False
    if ours and others:
        return not may_be(ours, others)
    return is_stranger(mine, theirs, cast) or is_stranger(theirs, mine, cast)


def is_stranger(named: Actor, office: Actor, cast: Cast) -> bool:
    """Whether the article says nothing of what a name is, and never has it near an office."""
    return not office.names and is_unknown(named, cast) and cast.are_strangers(named.names, office.kinds - generic())


def is_definite(passage: Passage, actor: Actor) -> bool:
    """Whether an office means somebody certain: it opens the sentence, or a determiner stands before it.

    Behind a name it is a part of that: the Allied Energy Workers union.
    """
    known = lexicon(passage.language)
    before = passage.texts[max(0, actor.start - 2) : actor.start]
    if before and passage.language == "en" and passage.tokens[actor.start - 1].raw[0].isupper():
        return known is not None and before[-1] in known.noun_markers
    return known is None or not before or any(text in known.noun_markers | known.determiners for text in before)


def _is_aligned(mine: Actor, passage: Passage, case: Case) -> bool:
    row = case.claim.once(stems)
    own = {row[at] for at in range(mine.start, mine.end)}
    wanted = content(case.claim) - own
    shared = wanted & content(passage)
    return len(shared) >= _FEWEST_ALIGNED and weigh(shared, case) >= _LEAST_ALIGNED * weigh(wanted, case)


def _is_place(passage: Passage, actor: Actor) -> bool:
    """Whether an actor is a country, a people or the like: those replace only each other."""
    return any(actor.start <= hit.start and hit.end <= actor.end for hit in passage.once(mentions))


def pronouns(passage: Passage) -> tuple[tuple[int, int], ...]:
    """Find the pronouns that stand for somebody: the tokens [start, end)."""
    wanted = subjects(passage.language)
    return tuple((at, at + 1) for at, text in enumerate(passage.texts) if text in wanted)


def place(passage: Passage, actor: Actor) -> Mapping[str, float]:
    """Describe the place of an actor in its sentence: features, each with its weight."""
    found: dict[str, float] = {}
    for row in (range(actor.start - 1, -1, -1), range(actor.end, len(passage.tokens))):
        for steps, stem in enumerate(islice(_stems(passage, row), _WINDOW), start=1):
            found[stem] = max(found.get(stem, 0.0), 1 / steps)
    before = preposition(passage, actor.start)
    if before is not None:
        found[f"prep {before}"] = _PREPOSITION
    clause = _clause(passage, actor.start)
    if before is None and not any(passage.once(stems)[clause.start : actor.start]):
        found["opens"] = _OPENS
    if _speaks(passage, actor, clause):
        found["speaks"] = _SPEAKS
    return found


def alike(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """Return how alike two places are: the sum of what they share."""
    return sum(weight * other[feature] for feature, weight in one.items() if feature in other)


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
    for clause in passage.once(clauses):
        if clause.start <= at < clause.end:
            return clause
    return Clause(at, at + 1)


def _speaks(passage: Passage, actor: Actor, clause: Clause) -> bool:
    """Whether a speech verb stands near in the clause, or a preposition like *according to* before."""
    for hit in passage.once(cues):
        if hit.label == "source" and 0 <= actor.start - hit.end <= 2:
            return True
        if hit.label == "said" and (
            (clause.start <= hit.start < clause.end and 0 <= hit.start - actor.end <= 2)
            or 0 <= actor.start - hit.end <= 2
        ):
            return True
    return False


def _stems(passage: Passage, row: Sequence[int]) -> Iterator[str]:
    known = passage.once(stems)
    return (stem for at in row if (stem := known[at]) is not None)
