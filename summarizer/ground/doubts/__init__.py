"""Reasons to doubt a claim: a module for each kind, with a function `check(case) -> Iterator[Finding]`."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from summarizer.ground.case import Case
from summarizer.ground.doubts import (
    attribution,
    change,
    cites,
    compared,
    contest,
    contrast,
    dates,
    extent,
    hedge,
    lasting,
    names,
    negation,
    none,
    numbers,
    order,
    overlap,
    pairing,
    quote,
    ranks,
    tongue,
    unheard,
    versus,
)
from summarizer.records import Finding

# In the order in which findings are told.
CHECKS: tuple[Callable[[Case], Iterator[Finding]], ...] = (
    cites.check,
    tongue.check,
    numbers.check,
    pairing.check,
    change.check,
    compared.check,
    versus.check,
    ranks.check,
    extent.check,
    lasting.check,
    dates.check,
    order.check,
    names.check,
    contest.check,
    attribution.check,
    quote.check,
    negation.check,
    contrast.check,
    none.check,
    hedge.check,
    overlap.check,
    unheard.check,
)
