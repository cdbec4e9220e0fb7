"""Doubt: the claim speaks of things that no cited unit speaks of."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache

from summarizer.ground.case import Case
from summarizer.ground.clause import content
from summarizer.ground.text import Passage
from summarizer.records import Finding

# Below this share of its words in the evidence, a claim is about something else.
FLOOR = 0.1
_FEWEST = 4
# So few words may all be other words for the same: a claim of three is doubted when it shares no concept or number
# either. Of 47 faithful sentences of three words on the public sets none is, on the unit that a search finds for it,
# and 42 on a unit of another article; of 17 of two words one is.
_FEWEST_AT_ALL = 3
_PREFIX = 5
_ARABIC_ARTICLES = ("وال", "بال", "كال", "فال", "لل", "ال")


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """Return what the inflected forms of a word share, in any language: its first letters, without accents."""
    if word.isascii():
        plain = word.replace("'", "")
    else:
        parts = unicodedata.normalize("NFD", word.replace("'", ""))
        plain = "".join(char for char in parts if unicodedata.category(char) != "Mn") or word
        if "\u0600" <= plain[0] <= "\u06ff":
            return _arabic(plain)
        if "\uac00" <= word[0] <= "\ud7a3":
            return word[:2]  # Korean particles follow the noun without a space
        if "\u2e80" <= word[0] <= "\u9fff":
            return word
    if len(plain) > 3 and plain[-1] == "s" and plain[-2] != "s":
        plain = plain[:-1]
    return plain if len(plain) <= 4 else plain[: _PREFIX if len(plain) > _PREFIX else 4]


def _arabic(word: str) -> str:
    for article in _ARABIC_ARTICLES:
        if word.startswith(article) and len(word) - len(article) >= 3:
            word = word[len(article) :]
            break
    return word[:4]


def stems(passage: Passage) -> frozenset[str]:
    """Return the stems of a passage's content words."""
    return frozenset(map(stem, passage.words))


def support(case: Case) -> float:
    """Return the share of the claim's content words that the evidence has, in [0, 1]; 1 for a claim without any."""
    return _share(case.claim, case.there(stems))


def shared(claim: Passage, other: Passage) -> float:
    """Return the share of the content words of one passage that stand in another, in [0, 1]; 1 when it has none."""
    return _share(claim, other.once(stems))


def _share(claim: Passage, there: frozenset[str]) -> float:
    wanted = claim.once(stems)
    return len(wanted & there) / len(wanted) if wanted else 1.0


def check(case: Case) -> Iterator[Finding]:
    """Find claims that share next to no word with their evidence; across languages there is nothing to compare."""
    wanted = len(case.claim.once(stems))
    if not case.evidence or case.crosses_languages or wanted < _FEWEST_AT_ALL:
        return
    share = support(case)
    if share < FLOOR and (wanted >= _FEWEST or not _means_alike(case)):
        yield Finding("overlap", f"the cited sentences have {share:.0%} of the claim's words")


def _means_alike(case: Case) -> bool:
    """Whether a short claim has a word, of its own or for the same, or a number, that the evidence has too."""
    there = case.there(content)
    return not content(case.claim).isdisjoint(there)
