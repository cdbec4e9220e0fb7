"""Who does what to whom in a plain sentence: *Halden sued Acme* is not *Acme sued Halden*.

Only what stands between two names counts: a verb without a preposition, or a passive with its *by*. So little of it is
left to guess; where a verb stands at the end, as in German, nothing is concluded.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from summarizer.ground.case import Case
from summarizer.ground.reading.cast import Actor, Cast
from summarizer.ground.reading.clause import clause_at, inside, stems
from summarizer.ground.reading.lexicon import lexicon
from summarizer.ground.reading.offices import prepositions
from summarizer.ground.reading.phrases import Phrases
from summarizer.ground.reading.tables import read_data
from summarizer.ground.reading.text import Passage

_FARTHEST = 5  # tokens between two names
_MOST_CLAIMED = 8


class Act(NamedTuple):
    """What somebody does to somebody.

    Attributes:
        agent: Who does it.
        patient: To whom.
        deed: The stems of the words between them.
    """

    agent: Actor
    patient: Actor
    deed: frozenset[str]


def turned_about(case: Case) -> tuple[Actor, Actor] | None:
    """Return two actors of whom the claim lets one do what, in the evidence, the other does to him."""
    cast = case.article.once(Cast)
    claimed = list(_acts(case.claim, cast))[:_MOST_CLAIMED]
    told = [act for passage in case.evidence for act in _acts(passage, cast)] if claimed else []
    for mine in claimed:
        near = [theirs for theirs in told if mine.deed & theirs.deed]
        straight = any(_are(mine.agent, mine.patient, act.agent, act.patient, cast) for act in near)
        if not straight and any(_are(mine.agent, mine.patient, act.patient, act.agent, cast) for act in near):
            return mine.agent, mine.patient
    return None


def _are(one: Actor, two: Actor, first: Actor, second: Actor, cast: Cast) -> bool:
    return cast.share_name(one.names, first.names) and cast.share_name(two.names, second.names)


def _acts(passage: Passage, cast: Cast) -> Iterator[Act]:
    if passage.language == "de" or lexicon(passage.language) is None:
        return
    named = [actor for actor in cast.actors(passage) if actor.names]
    for one, two in pairwise(named):
        deed = _deed(passage, one.end, two.start) if 0 < two.start - one.end <= _FARTHEST else None
        if deed is not None:
            stem, passive = deed
            yield Act(two, one, stem) if passive else Act(one, two, stem)


def _deed(passage: Passage, start: int, end: int) -> tuple[frozenset[str], bool] | None:
    """Return what is done between two names, and whether the second does it; None where it is not plain."""
    known, texts, kinds = lexicon(passage.language), passage.texts[start:end], prepositions(passage.language)
    assert known is not None  # there would be no act
    if "punct" in passage.kinds[start:end] or not known.conjunctions.isdisjoint(texts):
        return None
    told = texts[:-1] if passage.language == "es" and texts[-1] == "a" else texts  # demandó a Iriarte
    led = [kinds[text] for text in told if text in kinds]
    passive = led == ["by"] and not known.auxiliaries.isdisjoint(told)
    clause = clause_at(passage, start) if passive or not led else None
    if clause is None or end > clause.end or inside(passage, clause, "negation/word"):
        return None
    found = frozenset(filter(None, passage.once(stems)[start:end]))
    return (found, passive) if found and not _mutual(passage.language).find(texts) else None


@cache
def _mutual(language: str | None) -> Phrases:
    return Phrases({"mutual": read_data("contest")["mutual"].get(language, ())})
