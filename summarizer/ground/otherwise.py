"""Denials that one text puts with a negative and another without: *does not run* and *is cancelled*."""

from __future__ import annotations

from functools import cache
from itertools import pairwise

from summarizer.ground.case import Case
from summarizer.ground.reading.clause import PLANS, clauses, inside, stems
from summarizer.ground.reading.locales import word_set
from summarizer.ground.reading.phrases import Phrases
from summarizer.ground.reading.polarity import outright
from summarizer.ground.reading.tables import read_data
from summarizer.ground.reading.text import Passage

_BUT = word_set("but")
_OTHER = {"denied": "said", "said": "denied"}
_REOPENS = {"reopen denied": "reopen said", "reopen said": "reopen denied"}


def is_put_otherwise(case: Case) -> bool:
    """Whether a claim may say in the one way what its evidence says in the other."""
    mine = case.claim.once(_ways)
    answers = {f"{row} {_OTHER[way]}" for row, way in map(str.split, mine) if row != "reopen"} - mine
    return any(not answers.isdisjoint(passage.once(_ways)) for passage in case.evidence)


def reopens(case: Case) -> bool:
    """Whether what one text has closed until a day opens again in the other: no opposite."""
    wanted = {_REOPENS[way] for way in case.claim.once(_ways) if way in _REOPENS}
    return bool(wanted) and any(not wanted.isdisjoint(passage.once(_ways)) for passage in case.evidence)


def comes_to_nothing(case: Case) -> bool:
    """Whether a claim denies what its evidence tells as a plan before a *but*: *was to open, but nobody came*."""
    denied = frozenset[str]().union(*[trigger.heads for trigger in outright(case.claim)])
    return bool(denied) and any(
        not denied.isdisjoint(passage.once(stems)[hit.start : one.end])
        for passage in case.evidence
        for one, behind in pairwise(passage.once(clauses))
        if passage.texts[behind.start] in _BUT
        for hit in inside(passage, one, *PLANS, "future")
    )


def _ways(passage: Passage) -> frozenset[str]:
    """Return the rows of the table that a text has, each with its side: `lack said`."""
    return frozenset(hit.label for hit in _phrases(passage.language).find(passage.texts))


@cache
def _phrases(language: str | None) -> Phrases:
    table = read_data("otherwise")["rows"]
    sides = {f"{row} {way}": words for row, both in table.items() for way, words in both.items()}
    return Phrases({label: words[language] for label, words in sides.items() if language in words})
