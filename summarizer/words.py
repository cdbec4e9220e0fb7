"""How long a text is for people: its words."""

from __future__ import annotations

import re
from functools import lru_cache

# Scripts without spaces between words (Thai to Tibetan, Burmese, Khmer, kana, Han), as a character class.
DENSE = "\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff\u3005-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
DENSE_RUN = re.compile(f"[{DENSE}]+")


@lru_cache(maxsize=256)
def count_words(text: str, /) -> int:
    """Return the number of words: what white space parts, and half the characters of scripts that have no spaces."""
    if text.isascii() or DENSE_RUN.search(text) is None:
        return len(text.split())
    dense = sum(map(len, DENSE_RUN.findall(text)))
    return len(DENSE_RUN.sub("", text).split()) + (dense + 1) // 2
