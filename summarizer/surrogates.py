"""Half characters: lone surrogates, which a text in memory may hold and UTF-8 has no bytes for."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

_SURROGATE = re.compile(r"[\ud800-\udfff]")


def has_surrogates(text: str, /) -> bool:
    """Whether a text holds half a character; found by encoding it, which takes least in the form nearest to memory."""
    if text.isascii():
        return False
    try:
        text.encode("utf-16")
    except UnicodeEncodeError:
        return True
    return False


def find_surrogates(values: Any, /, most_depth: int) -> str | None:
    """Return a text of JSON values, or a key, that holds half a character; None when there is none.

    Args:
        values: What was read from JSON.
        most_depth: How deep lists and objects may be nested.

    Raises:
        RecursionError: They are nested deeper.
    """
    stack: list[tuple[Any, int]] = [(values, 1)]
    while stack:
        value, depth = stack.pop()
        if depth > most_depth:
            raise RecursionError
        if isinstance(value, str) and has_surrogates(value):
            return value
        if isinstance(value, dict):
            stack.extend((item, depth + 1) for pair in value.items() for item in pair)
        elif isinstance(value, list):
            stack.extend((item, depth + 1) for item in value)
    return None


def without_surrogates(text: str, /, mark: str | Callable[[re.Match[str]], str] = "\ufffd") -> str:
    """Return a text with a mark in the place of each half character, or what a function makes of each."""
    return _SURROGATE.sub(mark, text) if has_surrogates(text) else text
