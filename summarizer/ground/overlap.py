"""Doubt: the claim speaks of things that no cited unit speaks of."""

from __future__ import annotations

from collections.abc import Iterator

from summarizer.ground.case import Case
from summarizer.ground.text import Passage
from summarizer.records import Finding

# Below this share of content words found in the evidence, the claim is about something else.
FLOOR = 0.25
_FEWEST = 3


def stem(word: str) -> str:
    """Shorten a word to what inflected forms of it share, in any language: its first letters."""
    return word if len(word) <= 4 else word[: max(4, min(len(word) - 2, 6))]


def stems(passage: Passage) -> frozenset[str]:
    """Return the stems of a passage's words."""
    return frozenset(map(stem, passage.words))


def support(case: Case) -> float:
    """Return the share of the claim's content words that the evidence has, in [0, 1]."""
    wanted = case.claim.once(stems)
    if not wanted:
        return 1.0
    there = frozenset[str]().union(*(passage.once(stems) for passage in case.evidence))
    return len(wanted & there) / len(wanted)


def check(case: Case) -> Iterator[Finding]:
    """Find claims that share next to no word with their evidence; says nothing across languages."""
    if not case.evidence or case.crosses_languages or len(case.claim.once(stems)) < _FEWEST:
        return
    share = support(case)
    if share < FLOOR:
        yield Finding("overlap", f"only {share:.0%} of the claim's words stand in the cited sentences")
