"""What the evidence says of one name *and not* of another, told of the other: *built in Lyon, not in Paris*."""

from __future__ import annotations

from collections.abc import Iterator

from summarizer.ground.case import Case
from summarizer.ground.reading.clause import content, cues, stems, weigh
from summarizer.ground.reading.lexicon import lexicon
from summarizer.ground.reading.polarity import triggers
from summarizer.ground.reading.text import Passage

_BEFORE = 6  # tokens before the negative in which the other name stands
_BEHIND = 4  # tokens behind it in which the name stands that it denies
_LEAST_SHARED = 0.5


def told_of_the_other(case: Case) -> Iterator[tuple[str, str]]:
    """Yield a name of the claim that its evidence has behind an *and not* only, with the words there.

    A claim that has the other name too, or leaves anything open, says neither.
    """
    told = [] if case.guessed else [passage for passage in case.evidence if passage.once(_contrasts)]
    if not told or not case.claim.large or _is_open(case.claim):
        return
    mine = {case.claim.keys[at]: at for at in case.claim.large}
    for passage in told:
        for start, end in passage.once(_contrasts):
            denied = {passage.keys[at] for at in range(start, end) if at in passage.large}
            others = [passage.keys[at] for at in range(max(0, start - _BEFORE), start) if at in passage.large]
            elsewhere = {passage.keys[at] for at in passage.large if not start <= at < end}
            here = [mine[key] for key in denied - elsewhere if key in mine]
            wanted = content(case.claim)
            shared = weigh(wanted & content(passage), case.article)
            if (
                here
                and others
                and mine.keys().isdisjoint(others)
                and shared >= _LEAST_SHARED * weigh(wanted, case.article)
            ):
                yield case.claim.raws[here[0]], passage.written(start, end)


def _is_open(claim: Passage) -> bool:
    """Whether a claim denies anything, or leaves it open."""
    return any(
        hit.label.startswith(("negation/word", "negation/verb", "hedge/hearsay", "hedge/mood"))
        for hit in claim.once(cues)
    )


def _contrasts(passage: Passage) -> tuple[tuple[int, int], ...]:
    """Return from each *and not*, or *not* behind a comma, of a passage to the end of the name it denies."""
    known = lexicon(passage.language)
    if known is None or passage.language == "de":  # where every noun has a capital
        return ()
    row, joining = passage.once(stems), {",", *known.conjunctions}
    found: list[tuple[int, int]] = []
    for one in passage.once(triggers):
        if one.sort == "word" and one.start and passage.texts[one.start - 1] in joining:
            behind = range(one.start + 1, min(len(row), one.start + 1 + _BEHIND))
            name = next((at for at in behind if row[at] is not None), None)
            if name is not None and name in passage.large:
                found.append((one.start, name + 1))
    return tuple(found)
