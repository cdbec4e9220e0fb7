"""Whom an actor of the claim stands in for: another one of the evidence, in the same place of its sentence.

A name that the cited sentences do not have may still be theirs under another word: *he*, *the company*. It replaced
another only where an actor that the claim leaves out stands in its place, and nothing in a better one may mean it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from summarizer.ground.case import Case
from summarizer.ground.reading.cast import Actor, Cast
from summarizer.ground.reading.clause import content, stems, weigh
from summarizer.ground.reading.lexicon import lexicon
from summarizer.ground.reading.offices import contracted, generic, may_be, prepositions, subjects
from summarizer.ground.reading.sightings import mentioned, sightings
from summarizer.ground.reading.text import Passage
from summarizer.ground.slot import alike, place

_LEAST_GUESSED, _LEAST_BESIDE = 0.5, 0.5
_UNLIKE = 0.5  # off where only one of two is a country, a city or the like, or nobody knows what a name is
_NEAR = 7  # tokens at most between a name and what it belongs to
_RECENT = 2  # units before a cited one whose names a pronoun in it may stand for
# A claim that cites nothing: this much of its other words, so many at least, must stand in the unit.
_FEWEST_CITED = 2
_LEAST_ALIGNED, _FEWEST_ALIGNED = 0.9, 4


def replaced(mine: Actor, case: Case) -> Actor | None:
    """Return the actor of the evidence that the claim has put this one in place of; None when there is none.

    One that the claim names too is none, nor one that may be the same. A pronoun or *the company* in the better place
    may mean the claim's actor, and excuses it.
    """
    here, cast = place(case.claim, mine), case.article.once(Cast)
    best, rival = -1.0, None
    for passage, theirs in _rivals(mine, case):
        score = alike(here, place(passage, theirs))
        if score > best:
            named = bool(mine.names and theirs.names)
            unlike = named and _is_place(case.claim, mine) is not _is_place(passage, theirs)
            score -= _UNLIKE * (unlike + (is_stranger(mine, theirs, cast) or is_stranger(theirs, mine, cast)))
            best, rival = (score, theirs) if score > best else (best, rival)
    if best < (_LEAST_GUESSED if case.guessed else 0.0):
        return None
    excuse = max((alike(here, place(passage, theirs)) for passage, theirs in open_to(mine, case)), default=-1.0)
    return rival if best > excuse else None


def displaced(mine: Actor, case: Case) -> Actor | None:
    """Return who opens a cited unit that says all of a claim but its subject; another cited unit names that alone."""
    cast = case.article.once(Cast)
    if len(case.evidence) < _FEWEST_CITED or case.guessed or case.crosses_languages:
        return None
    if "opens" not in place(case.claim, mine) or _is_place(case.claim, mine):
        return None
    own = [passage for passage in case.evidence if cast.named_like(mine, passage)]
    wanted = content(case.claim) - set(case.claim.once(stems)[mine.start : mine.end])
    if not own or any(len(wanted & content(passage)) > 1 for passage in own):
        return None
    for number, passage in zip(case.cites, case.evidence, strict=True):
        if passage not in own and _is_aligned(mine, passage, case):
            rival = replaced(mine, case.citing([number]))
            if rival is not None and rival.names and "opens" in place(passage, rival):
                return rival
    return None


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


def _rivals(mine: Actor, case: Case) -> Iterator[tuple[Passage, Actor]]:
    """Yield the actors of the evidence that are others and that the claim leaves out, with their units."""
    cast = case.article.once(Cast)
    for passage in case.evidence:
        if case.guessed and not _is_aligned(mine, passage, case):
            continue
        for theirs in cast.actors(passage):
            if (
                is_other(mine, theirs, cast)
                and all(other == mine or _is_office_of(mine, other, case) for other in cast.same(theirs, case.claim))
                and not _is_mentioned(passage, theirs, case.claim)
            ):
                yield passage, theirs


def is_employer(mine: Actor, case: Case) -> bool:
    """Whether a claim adds to whom somebody of its evidence belongs: *Ann Lee, chief executive of Halden*."""
    cast = case.article.once(Cast)
    if "," not in case.claim.texts:
        return False
    person = next((actor for actor in cast.actors(case.claim) if _employs(case.claim, actor, mine)), None)
    known = [(one, named) for one in case.evidence for named in (cast.named_like(person, one) if person else ())]
    return bool(known) and not any(_employs(one, named, other) for one, named in known for other in cast.actors(one))


def said_before(case: Case) -> tuple[Actor, ...]:
    """Return who acts in the units right before a cited one in which a word may mean these: *their leader*."""
    cast, words = case.article.once(Cast), subjects(case.article.language)
    meant = [number for number, one in zip(case.cites, case.evidence, strict=True) if not words.isdisjoint(one.texts)]
    near = dict.fromkeys(near for number in meant for near in _before(number, case))
    return tuple(actor for number in near for actor in cast.actors(case.article.passage(number)))


def has_apposed(claim: Passage, actors: Sequence[Actor]) -> bool:
    """Whether a comma stands behind a name of a claim: only there whom it belongs to may follow."""
    texts = claim.texts
    ends = [actor.end for actor in actors if actor.names] if "," in texts else []
    return (",",) in [texts[end : end + 1] for end in ends]


def employer(mine: Actor, case: Case) -> Actor | None:
    """Return whom a name of the claim belongs to in the evidence, where the claim lets it belong to this one.

    *Lund, an analyst at Fenwick Marsh*: who stands behind a name and a comma, with *of*, *at* or *from* before it.
    """
    cast = case.article.once(Cast)
    actors = cast.actors(case.claim)
    person = next((actor for actor in actors if _employs(case.claim, actor, mine)), None)
    if person is None or any(cast.is_same(mine, other) for one in case.evidence for other in cast.actors(one)):
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
    if not 2 <= other.start - person.end <= _NEAR or not person.names or lexicon(passage.language) is None:
        return False
    texts = passage.texts[person.end : other.start]
    if texts[0] != "," or texts.count(",") > 1:
        return False
    return _silent(passage.language).isdisjoint(texts) and any(
        prepositions(passage.language).get(text) in ("of", "in", "from") for text in texts[-3:]
    )


@cache
def _silent(language: str | None) -> frozenset[str]:
    """Return the words of a language that stand between nobody and whom he belongs to."""
    known = lexicon(language)
    if known is None:
        return frozenset()
    return (known.auxiliaries | subjects(language) | known.clause_openers) - known.noun_markers


def open_to(mine: Actor, case: Case) -> Iterator[tuple[Passage, Actor]]:
    """Yield what may stand for an actor in the evidence.

    Generic offices do, names of which nobody knows what they are, and pronouns whose own name is not cited: one means a
    name before it, in its unit or the one before; only where neither is cited is it open.
    """
    cast = case.article.once(Cast)
    for number, passage in zip(case.cites, case.evidence, strict=True):
        actors = cast.actors(passage)
        for theirs in actors:
            if any(other != mine for other in cast.same(theirs, case.claim)):
                continue
            vague = theirs.kinds & generic() if not theirs.names else not mine.names and is_unknown(theirs, cast)
            if vague and not is_other(mine, theirs, cast):
                yield passage, theirs
        if not any(_has(cast, case.article.passage(near), mine) for near in _before(number, case)):
            continue
        first = min((theirs.start for theirs in actors), default=len(passage.texts))
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
    if before and passage.language == "en" and passage.raws[actor.start - 1][0].isupper():
        return known is not None and before[-1] in known.noun_markers
    return (
        known is None
        or not before
        or not contracted(passage.language).isdisjoint(before)
        or not known.noun_markers.isdisjoint(before)
        or not known.determiners.isdisjoint(before)
    )


def _is_aligned(mine: Actor, passage: Passage, case: Case) -> bool:
    row = case.claim.once(stems)
    own = {row[at] for at in range(mine.start, mine.end)}
    wanted = content(case.claim) - own
    shared = wanted & content(passage)
    return len(shared) >= _FEWEST_ALIGNED and weigh(shared, case.article) >= _LEAST_ALIGNED * weigh(
        wanted, case.article
    )


def _is_place(passage: Passage, actor: Actor) -> bool:
    """Whether an actor is a country, a people or the like: those replace only each other."""
    return bool(mentioned(passage, actor.start, actor.end, whole=True))


def _is_mentioned(passage: Passage, actor: Actor, claim: Passage) -> bool:
    """Whether a claim names the same country, city or the like, in whatever language."""
    return not claim.once(sightings).entities.isdisjoint(mentioned(passage, actor.start, actor.end, whole=True))


def pronouns(passage: Passage) -> tuple[tuple[int, int], ...]:
    """Find the pronouns that stand for somebody: the tokens [start, end)."""
    wanted = subjects(passage.language)
    if wanted.isdisjoint(passage.texts):  # nearly always
        return ()
    return tuple((at, at + 1) for at, text in enumerate(passage.texts) if text in wanted)
