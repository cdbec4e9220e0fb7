"""Who won against whom: *Marsh Town lost to Cawley* and *Cawley beat Marsh Town* are one result.

A verb and its converse (Cruse 1986) have the same two parties on the other sides. The winner stands before *beat*, the
loser before *lost to*; the other one is the first name behind, in German also the last one before a final verb. Phrases
are in `data/contest.json`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import NamedTuple

from summarizer.ground.case import Case
from summarizer.ground.doubts.contest.crossed import crossed
from summarizer.ground.doubts.contest.plainly import turned_about
from summarizer.ground.reading.cast import Actor, Cast
from summarizer.ground.reading.phrases import Phrases
from summarizer.ground.reading.tables import read_data
from summarizer.ground.reading.text import Passage
from summarizer.ground.restate import has_all
from summarizer.ground.slot import exchanged
from summarizer.records import Finding

_SCORING = frozenset("-–:")
_MOST_TOLD = 8  # contests of a sentence, and parties before each


class Outcome(NamedTuple):
    """Who stands on the two sides of a contest; the one that a verb has before it may be any of those there."""

    won: tuple[Actor, ...]
    lost: tuple[Actor, ...]


def check(case: Case) -> Iterator[Finding]:
    """Find two parties that a claim has exchanged."""
    actors = case.article.once(Cast).actors
    if len(actors(case.claim)) < 2 or sum([len(actors(passage)) for passage in case.evidence]) < 2:
        return
    both = changed_places(case) if not case.guessed else turned_about(case) if has_all(case) else None
    if both is not None:
        yield Finding("name", f"“{both[0].text}” and “{both[1].text}” have changed places")


def changed_places(case: Case) -> tuple[Actor, Actor] | None:
    """Return two actors that a claim has exchanged: by who won, else by their parts, or by what stands around them."""
    found = _compared(case)
    if found is not None:
        return None if found[1] else found[0]
    return crossed(case) or turned_about(case) or (None if case.crosses_languages else exchanged(case))


def is_kept(case: Case) -> bool:
    """Whether the evidence has a contest of a claim with the same outcome."""
    found = _compared(case)
    return found is not None and found[1]


def _compared(case: Case) -> tuple[tuple[Actor, Actor], bool] | None:
    """Return two parties of the claim, and whether the evidence lets the same one win; None where it tells nothing."""
    cast = case.article.once(Cast)
    if len(cast.actors(case.claim)) < 2 or not _phrases(case.claim.language).may_stand_in(case.claim.texts):
        return None
    claimed = list(_outcomes(case.claim, cast))
    told = [one for passage in case.evidence for one in _outcomes(passage, cast)] if claimed else []
    against: tuple[Actor, Actor] | None = None
    for mine in claimed if told else ():
        for theirs in told:
            if _match(mine.won, theirs.won, cast) and _match(mine.lost, theirs.lost, cast):
                return (mine.won[0], mine.lost[0]), True
            one, two = _match(mine.won, theirs.lost, cast), _match(mine.lost, theirs.won, cast)
            if one is not None and two is not None:
                against = against or (one, two)
    return None if against is None else (against, False)


def _match(mine: tuple[Actor, ...], theirs: tuple[Actor, ...], cast: Cast) -> Actor | None:
    return next((one for one in mine if any(cast.share_name(one.names, other.names) for other in theirs)), None)


def _outcomes(passage: Passage, cast: Cast) -> Iterator[Outcome]:
    """Yield who won against whom in a passage."""
    phrases = _phrases(passage.language)
    if not phrases.may_stand_in(passage.texts):
        return
    actors = [actor for actor in cast.actors(passage) if actor.names]
    hits = phrases.find(_row(passage)) if len(actors) > 1 else ()
    longest = {hit.start: hit for hit in sorted(hits, key=lambda hit: hit.end)}  # a derrota para, no derrota
    for hit in [longest[at] for at in sorted(longest)][:_MOST_TOLD]:
        before = tuple(actor for actor in actors if actor.end <= hit.start)[-_MOST_TOLD:]
        end = hit.start if passage.language == "de" else hit.end - 1  # gegen Valmer mit 0:2 verloren
        behind = tuple(actor for actor in actors if actor.start > end)[:1]
        if passage.language == "de" and not behind:
            before, behind = before[:-1], before[-1:]
        if before and behind:
            yield Outcome(before, behind) if hit.label == "beat" else Outcome(behind, before)


def _row(passage: Passage) -> Sequence[str]:
    """Return the words of a passage; the mark of a score, *3-1*, is one of them, so that a gap may hold it."""
    texts = passage.texts
    if _SCORING.isdisjoint(texts):  # nearly always
        return texts
    return ["0" if text in _SCORING and at and texts[at - 1].isdigit() else text for at, text in enumerate(texts)]


@cache
def _phrases(language: str | None) -> Phrases:
    table = read_data("contest")
    return Phrases({sort: table[sort].get(language, []) for sort in ("beat", "lose")})
