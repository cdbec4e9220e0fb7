"""What a p value says of *significant*: below .05 it is, by the convention of Fisher (1925), and above it is not."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from summarizer.ground.case import Case
from summarizer.ground.reading.clause import clause_at, content, inside, stems
from summarizer.ground.reading.text import Passage

_STEM = "signi"
_LEVEL = Decimal("0.05")
_BELOW, _ABOVE = frozenset("=<≤"), frozenset(">≥")


def is_borne_out(case: Case) -> bool | None:
    """Whether the p values of the evidence bear out what a claim calls significant, or not so.

    None where it speaks of no such thing, or the evidence has no p value, or has some on both sides.
    """
    if _STEM not in content(case.claim):
        return None
    said = frozenset(_said(case.claim))
    given = frozenset(value for passage in case.evidence for value in _values(passage))
    mine = given.intersection(_values(case.claim)) or given
    told = frozenset(significant for _, significant in mine)
    return None if len(said) != 1 or len(told) != 1 else said == told


def _said(passage: Passage) -> Iterator[bool]:
    """Yield for each clause with a *significant* whether it is affirmed."""
    for clause in {clause_at(passage, at) for at, stem in enumerate(passage.once(stems)) if stem == _STEM}:
        if clause is not None:
            yield not inside(passage, clause, "negation/word")


def _values(passage: Passage) -> Iterator[tuple[str, bool]]:
    """Yield the p values of a text, each with whether it is significant: `p = 0.21`, `p < 0,001`."""
    texts = passage.texts
    for at, text in enumerate(texts[:-2]):
        if text == "p" and passage.kinds[at + 2] == "number" and texts[at + 1] in _BELOW | _ABOVE:
            value = texts[at + 2].replace(",", ".")
            if value.count(".") == 1:
                below = Decimal(value) < _LEVEL if texts[at + 1] == "=" else Decimal(value) <= _LEVEL
                yield value, below and texts[at + 1] in _BELOW
