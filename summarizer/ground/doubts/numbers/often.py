"""How often things happen, or what a price is for: a day, a week, a year."""

from __future__ import annotations

from collections.abc import Iterator

from summarizer.ground.case import Case
from summarizer.ground.reading.arithmetic import is_currency
from summarizer.ground.reading.locales import number_words
from summarizer.ground.reading.opened import opened
from summarizer.ground.reading.quantity import parse
from summarizer.ground.reading.text import Passage


def rates(passage: Passage) -> tuple[frozenset[str], frozenset[str]]:
    """Return how often a passage says things happen (`week` for weekly): what it surely says, and what it may say."""
    words, texts = number_words(passage.language), passage.texts
    places = passage.once(opened).rates
    if not places:
        return frozenset(), frozenset()
    sure = {found[0] for at in places if (found := words.rates.at(texts, at))}
    unsure = {at: found[0] for at in places if (found := words.unsure_rates.at(texts, at))}
    if unsure:  # €780 a month
        prices = {quantity.last for quantity in passage.once(parse) if is_currency(quantity.unit)}
        sure |= {rate for at, rate in unsure.items() if at in prices}
    return frozenset(sure), frozenset(sure.union(unsure.values()))


def doubts(case: Case) -> Iterator[str]:
    """Tell of *per day* where the evidence says *weekly*."""
    claimed, _ = case.claim.once(rates)
    if not claimed or not any(quantity.kind != "ordinal" for quantity in case.claim.once(parse)):
        return
    told = frozenset().union(*(passage.once(rates)[1] for passage in case.evidence))
    for rate in sorted(claimed - told):
        if told - claimed:
            yield f"the claim says per {rate}; the cited sentences say per {', '.join(sorted(told))}"
