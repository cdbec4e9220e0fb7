"""Of whom a claim tells, where it cites several units: what stands in Jones's sentence alone is not told of Smith.

That a cited unit names somebody proves little when all that the claim tells of him stands in another one. Only the name
that a sentence begins with is compared, its subject most of the time, and only in a claim that tells one thing.
"""

from __future__ import annotations

from summarizer.ground.case import Case
from summarizer.ground.doubts.names.standin import is_other, pronouns
from summarizer.ground.landing import alone, said_by, statements
from summarizer.ground.reading.cast import Actor, Cast
from summarizer.ground.reading.clause import stems
from summarizer.ground.reading.lexicon import lexicon
from summarizer.ground.reading.text import Passage
from summarizer.ground.slot import preposition

_OWNER = frozenset({"'s", "'"})


def led_by_another(case: Case) -> tuple[Actor, Actor] | None:
    """Return whom a claim begins with, and the other one with whom the cited unit begins that has all the rest."""
    if len(case.cites) < 2 or case.guessed or case.crosses_languages or _tells_more(case.claim):
        return None
    cast = case.article.once(Cast)
    mine = _leader(case.claim, cast)
    found = alone(case, said_by(case.claim, 0, mine.end)) if mine is not None else None
    if mine is None or found is None:
        return None
    there = found.evidence[0]
    theirs, others = _leader(there, cast), [passage for passage in case.evidence if passage is not there]
    if theirs is None or not is_other(mine, theirs, cast) or any(cast.same(mine, there)):
        return None
    told = any(cast.named_like(mine, passage) for passage in others)
    sure = max(len(mine.names), len(theirs.names)) > 1  # one word alone may be a title, or a place
    return (mine, theirs) if told and sure and not any(cast.same(theirs, case.claim)) else None


def _tells_more(claim: Passage) -> bool:
    """Whether a claim makes several statements, which may be of several units."""
    return len([one for one in claim.once(statements) if len(one.terms) > 1]) > 1


def _leader(passage: Passage, cast: Cast) -> Actor | None:
    """Return the name that a passage begins with; none that owns or describes what follows: *the Midlands city*."""
    first, row, known = next(iter(cast.actors(passage)), None), passage.once(stems), lexicon(passage.language)
    if first is None or not first.names or known is None:
        return None
    start = first.start
    while start and passage.raws[start - 1][:1].isupper():  # a first name that stands nowhere else
        start -= 1
    marked = not (known.noun_markers | known.determiners).isdisjoint(passage.texts[: first.start])
    describes = passage.language == "en" and marked and any(row[first.end : first.end + 1])
    if any(row[:start]) or preposition(passage, start) is not None or describes:
        return None
    owns = not _OWNER.isdisjoint(passage.texts[first.end : first.end + 1])
    return None if owns or any(at < start for at, _ in pronouns(passage)) else first
