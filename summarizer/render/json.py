"""A result as JSON in the format `summarizer.result/1`: indented for people, or one line for programs."""

from __future__ import annotations

import json as stdlib_json
import re
from typing import Any

from summarizer.records import Result

# What JSON allows in a string and a terminal or a line reader would obey: controls, line separators, marks of
# direction, half characters, tags.
_UNSAFE = re.compile(
    "[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\U000e0000-\U000e007f]"
)


def json(result: Result[Any], /, *, steps: bool = False) -> str:
    """Return a result as indented JSON, with the steps of a long article if wanted; `Result.from_json` reads it."""
    return _inert(stdlib_json.dumps(result.to_dict(steps=steps), ensure_ascii=False, allow_nan=False, indent=2)) + "\n"


def jsonl(result: Result[Any], /, *, steps: bool = False) -> str:
    """Return a result as one line of JSON, with the steps of a long article if wanted; `Result.from_json` reads it."""
    return _inert(result.to_json(steps=steps)) + "\n"


def _inert(text: str) -> str:
    """Write those characters as JSON escapes: the same value, safe to print."""
    # None of them is printable, and of ASCII, JSON itself has written all but one as escapes: nearly always nothing has
    # to be looked for.
    if "\x7f" not in text if text.isascii() else text.isprintable():
        return text
    return _UNSAFE.sub(lambda found: stdlib_json.dumps(found[0])[1:-1], text)
