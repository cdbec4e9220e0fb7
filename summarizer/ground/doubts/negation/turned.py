"""What a claim says, where the sentences that it cites say the opposite.

A statement is laid on the one that shares most of it (see `landing`): the jurors who *accepted* a charge are those who
*rejected* it, however much else is told in other words. Of comparisons nothing follows: another thing may be *cheaper*.
On the public dev sets, each sentence taken as if it cited what search finds for it, none of 6,557 faithful
sentences is flagged so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from summarizer.ground.case import Case
from summarizer.ground.doubts.contrast import SIDED
from summarizer.ground.landing import Landing, landings, said_by, statements
from summarizer.ground.reading.cast import Cast
from summarizer.ground.reading.clause import MOST_CLAIMED, Clause, content, inside, stems
from summarizer.ground.reading.lexicon import converse, opposed, refuted
from summarizer.ground.reading.polarity import is_asked, reach, triggers
from summarizer.ground.reading.text import Passage

_LEAST_LANDED = 0.4  # of a statement: as for denials, where it was tried
_FEWEST_SHARED = 2
# Of another thing or day.
_COMPARING = ("increase_more", "decrease_less", "over", "under", "cheap", "expensive")
_ORDERING = ("start", "end", "first", "last", "early", "late", "before", "after")
_LOSSES = frozenset({"=fall", "=lose"})
_LEFT_OUT = frozenset(f"={concept}" for concept in (*SIDED, *_COMPARING, *_ORDERING))


def turned(case: Case) -> Iterator[tuple[str, str]]:
    """Yield a word of a statement of the claim, with its opposite where the statement lands."""
    for mine in case.claim.once(statements)[:MOST_CLAIMED]:
        told = [stem for stem in mine.terms if stem in refuted() and stem not in _LEFT_OUT]
        if not told or _is_negative(case.claim, mine.clause):
            continue
        for landing in landings(case, mine)[:1]:
            found = _opposite(case, told, landing)
            if found is not None:
                yield _written(case.claim, mine.clause, found[0]), _written(landing.passage, landing.clause, found[1])


def _opposite(case: Case, told: Sequence[str], landing: Landing) -> tuple[str, str] | None:
    """Return a word of a statement and its opposite; None where either text has both, or a negative."""
    near = landing.whole >= _LEAST_LANDED and len(landing.shared) >= _FEWEST_SHARED
    if not near or is_asked(landing.passage) or _is_negative(landing.passage, landing.clause):
        return None
    here, there = content(case.claim), content(landing.passage)
    within = said_by(landing.passage, *landing.clause)
    found = (
        (one, other) for one in sorted(told) for other in sorted(refuted()[one] & within - here) if one not in there
    )
    return next((pair for pair in found if not is_converse(*pair, landing.passage, case)), None)


def is_converse(one: str, other: str, passage: Passage, case: Case) -> bool:
    """Whether two words may tell one thing from its two ends: who bought it, and who sold it, are others.

    A loss is a fall in one language and none in another.
    """
    if one in _LOSSES and not _LOSSES.isdisjoint(content(passage)):
        return True
    if not converse() >= {one, other}:
        return False
    cast = case.article.once(Cast)
    mine, theirs = (next(iter(cast.actors(text)), None) for text in (case.claim, passage))
    return mine is not None and theirs is not None and not cast.is_same(mine, theirs)


def _is_negative(passage: Passage, clause: Clause) -> bool:
    """Whether a statement has a negative, or half of one, that is no opposite itself: *reject*."""
    if inside(passage, clause, "negation/word"):  # does not rise before, which is no trigger
        return True
    start = reach(passage, clause.start)
    found = (one for one in passage.once(triggers) if start <= one.start < clause.end)
    return any(one.stem not in opposed() for one in found)


def _written(passage: Passage, clause: Clause, stem: str) -> str:
    return passage.raws[passage.once(stems).index(stem, clause.start)]
