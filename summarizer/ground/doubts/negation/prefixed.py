"""A word with a negative prefix, and the same word without it: *unexpected* for *expected*.

Only prefixes that deny nearly whatever they stand before (`data/prefixed.json`). A German noun with one may be another
thing (*Unfall*, *Unternehmen*).
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from summarizer.ground.case import Case
from summarizer.ground.landing import landings, statements
from summarizer.ground.reading.clause import MOST_CLAIMED, Clause
from summarizer.ground.reading.forms import stem, stems
from summarizer.ground.reading.memo import Memo
from summarizer.ground.reading.polarity import is_asked, triggers
from summarizer.ground.reading.tables import read_data
from summarizer.ground.reading.text import Passage

_SHORTEST = 7  # letters: unless and unlike are no less and like
_ALIKE = 4
_ENDINGS = frozenset(["", "s", "d", "n", "ed", "ly", "e", "en", "er", "es", "em"])
_LEAST_LANDED = 0.4  # of a statement: as for opposites


def prefixed(case: Case) -> Iterator[tuple[str, str]]:
    """Yield a word of a statement of the claim, with the one that denies it, or that it denies, where it lands."""
    return ((mine, theirs) for mine, theirs, negatives in _pairs(case) if not negatives)


def cancels(case: Case) -> bool:
    """Whether a negative in one text and a prefix in the other say the same: *nobody expected*, *was unexpected*."""
    return any(negatives == 1 for _, _, negatives in _pairs(case))


def _pairs(case: Case) -> Iterator[tuple[str, str, int]]:
    """Yield a word of the claim, the one of the evidence, and how many of the two statements have a negative."""
    if case.crosses_languages or not any(passage.once(_bare) for passage in (case.claim, *case.evidence)):
        return
    for mine in case.claim.once(statements)[:MOST_CLAIMED]:
        for landing in landings(case, mine)[:1]:
            if landing.whole < _LEAST_LANDED or is_asked(landing.passage):
                continue
            one, two = (case.claim, mine.clause), (landing.passage, landing.clause)
            negatives = _is_negative(*one) + _is_negative(*two)
            yield from ((here, there, negatives) for here, there in _opposite(*one, *two))
            yield from ((here, there, negatives) for there, here in _opposite(*two, *one))


def _opposite(passage: Passage, clause: Clause, other: Passage, there: Clause) -> Iterator[tuple[str, str]]:
    """Yield words of a clause with a prefix, each with the bare one of another clause; neither text has both."""
    both = passage.once(stems).union(other.once(_bare).values())
    bare = {
        word: at for at, word in passage.once(_bare).items() if clause.start <= at < clause.end and word not in both
    }
    for place in range(*there) if bare else ():
        at = bare.get(stem(other.texts[place]))
        if at is not None and _is_inflected(passage.texts[at], other.texts[place]):
            yield passage.raws[at], other.raws[place]


def _is_inflected(word: str, bare: str) -> bool:
    """Whether a word ends like another, but for an inflection: the *unconstitutional* is against the constitution."""
    at = word.find(bare[:_ALIKE])
    one, two = (word[at:], bare) if len(word) - at <= len(bare) else (bare, word[at:])
    return at > 0 and two.startswith(one) and two[len(one) :] in _ENDINGS


def _bare(passage: Passage) -> dict[int, str]:
    """Return where words with a negative prefix stand, each with the stem of what is behind it."""
    found = list(map(_bare_of(passage.language).__getitem__, passage.texts))
    if not any(found):  # nearly always
        return {}
    is_german = passage.language == "de"
    return {at: one for at, one in enumerate(found) if one and not (is_german and passage.raws[at][0].isupper())}


@cache
def _bare_of(language: str | None) -> Memo[str, str]:
    """Return the stem of what is behind the negative prefix of a word; empty for a word without one."""
    prefixes: tuple[str, ...] = tuple(read_data("prefixed")["prefixes"].get(language, ()))

    def work(text: str) -> str:
        prefix = next(filter(text.startswith, prefixes), "") if len(text) >= _SHORTEST else ""
        return stem(text[len(prefix) :]) if prefix else ""

    return Memo(work)


def _is_negative(passage: Passage, clause: Clause) -> bool:
    """Whether a clause has a negative, or half of one: *not unexpected*."""
    return any(clause.start <= one.start < clause.end for one in passage.once(triggers))
