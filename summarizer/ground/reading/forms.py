"""What the inflected forms of a word share, in any language, and how much of one text stands in another."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from summarizer.ground.reading.text import Passage

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


def shared(claim: Passage, other: Passage) -> float:
    """Return the share of the content words of one passage that stand in another, in [0, 1]; 1 when it has none."""
    return share(claim, other.once(stems))


def share(claim: Passage, there: frozenset[str]) -> float:
    """Return the share of the stems of a passage that are among these, in [0, 1]; 1 when it has none."""
    wanted = claim.once(stems)
    return len(wanted & there) / len(wanted) if wanted else 1.0
