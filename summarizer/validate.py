"""Stage 5: a reply becomes an instance of the schema, or the list of its problems.

Recovered without asking again: a byte order mark, a thinking part, a sentence before the object, a code fence, the
marks with which a model ends a turn.
Everything that could hide a second meaning is a problem instead: text after the object, a key written twice, NaN, half
a character, a number written as text.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from summarizer.errors import InvalidReply
from summarizer.surrogates import find_surrogates, has_surrogates, without_surrogates

S = TypeVar("S", bound=BaseModel)

_MAX_PROBLEMS = 8
_MAX_DEPTH = 32
# Where the server's template has begun a thinking part, only its end is in the reply; no string of JSON breaks a line.
_TAGS = "think|thinking|thought|reasoning|seed:think"
_THINKING = re.compile(
    rf"\s*<({_TAGS})>.*?</\1>|(?!\s*[{{`]).*?</(?:{_TAGS})>(?=[ \t]*[\r\n]|[{{`])", re.DOTALL | re.IGNORECASE
)
# `<|im_end|>`, `<｜end▁of▁sentence｜>`, `</s>`: a server that does not know them for what they are sends them along.
_TURN_ENDS = re.compile(r"(?:(?:<[|｜][^<>|｜\s]{1,30}[|｜]>|</s>|<end_of_turn>|<eos>)\s*)*")


class _ProblemError(ValueError):
    """One problem, found while reading JSON."""


def validate(reply: str, schema: type[S], /) -> S:
    """Read a reply.

    Args:
        reply: What the model wrote.
        schema: The class its JSON object must fit, strictly: no value is converted from another type.

    Raises:
        InvalidReply: With every problem found, one line each, fit to be sent back to the model.
    """
    try:
        text = _object_in(reply)
        return schema.model_validate_json(text, strict=True, by_alias=True, by_name=True)
    except _ProblemError as error:
        problems: tuple[str, ...] = (str(error),)
    except ValidationError as error:
        problems = tuple(_line(item) for item in error.errors(include_url=False, include_context=False))
    if len(problems) > _MAX_PROBLEMS:
        problems = (*problems[:_MAX_PROBLEMS], f"and {len(problems) - _MAX_PROBLEMS} more problems")
    raise InvalidReply(
        f"the reply does not fit schema {schema.__name__!r}: {problems[0]}", problems=problems, reply=reply
    )


def _object_in(reply: str) -> str:
    """Cut the text of the JSON object out of what may stand before it and around it.

    Raises:
        _ProblemError: There is no object, it does not end, something follows it, a key stands twice, a number is too
            large for any, or it holds what pydantic would let pass: half a character, or too many levels.
    """
    rest = reply.removeprefix("\ufeff")
    thinking = _THINKING.match(rest)
    start = rest.find("{", thinking.end() if thinking else 0)
    if start < 0:
        raise _ProblemError("the reply is empty" if not reply.strip() else "the reply holds no JSON object")
    try:
        values, end = _DECODER.raw_decode(rest, start)
        half = find_surrogates(values, _MAX_DEPTH) if _may_hide(rest[start:end]) else None
    except RecursionError:
        raise _ProblemError("the object is nested too deeply") from None
    except json.JSONDecodeError as error:
        line = rest.count("\n", start, error.pos) + 1
        raise _ProblemError(f"the object is no valid JSON: {error.msg} (line {line} of the object)") from None
    except _ProblemError:
        raise
    except ValueError:  # Python refuses to read integers of thousands of digits
        raise _ProblemError("the object holds a number with too many digits") from None
    if not _TURN_ENDS.fullmatch(rest[end:].strip().removeprefix("```").lstrip()):
        raise _ProblemError(f"text follows the object: {_short(rest[end:].strip())}")
    if half is not None:
        raise _ProblemError(f"half a character (a lone surrogate) in {_short(without_surrogates(half, '?'))}")
    return rest[start:end]


def _may_hide(text: str) -> bool:
    """Whether there are brackets enough to be too deep, or what may be half a character: nearly never."""
    may_be_deep = text.count("[") + text.count("{") > _MAX_DEPTH
    return may_be_deep or "\\ud" in text or "\\uD" in text or has_surrogates(text)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        counts = Counter(name for name, _ in pairs)
        twice = next(name for name, count in counts.items() if count > 1)
        raise _ProblemError(f"the key {_short(twice)} stands twice in one object")
    return values


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):  # 1e999
        raise _ProblemError("the object holds a number that is too large")
    return number


def _refuse_constant(name: str) -> None:
    raise _ProblemError(f"{name} is no JSON number")


_DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_float=_finite, parse_constant=_refuse_constant)


def _line(error: Any) -> str:
    path = "".join(f"/{part}" for part in error["loc"]) or "the object"
    value = error.get("input")
    got = "" if error["type"] == "missing" or isinstance(value, (dict, list)) else f", not {_short(value)}"
    return f"{path}: {error['msg']}{got}"


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 60 else text[:57] + "..."
