"""A summary read back without its class: claims where the checks say so, and plain values around them.

It is enough to show it, whatever schema it was made with. What a validator of that class would have made of it, nobody
knows here: the values are those that were written.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from contextlib import suppress
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from summarizer.schema import Claim, PlainSummary, Summary, pointer_part


class AnyClaim(Claim):
    """A claim, with all that its class has beside."""

    model_config = ConfigDict(frozen=True, extra="allow")


class AnySummary(Summary):
    """A standard summary, with all that its class has beside."""

    model_config = ConfigDict(frozen=True, extra="allow")


class AnySchema(BaseModel):
    """A summary of another schema."""

    model_config = ConfigDict(frozen=True, extra="allow")


def untyped(values: Any, paths: AbstractSet[str], *, is_plain: bool = False) -> BaseModel:
    """Make something to show of the JSON values of a summary.

    Args:
        values: What `schema.field_values` gave.
        paths: JSON pointers of the claims in it.
        is_plain: Whether it was made elsewhere, as plain text.

    Raises:
        ValueError: Something that is called a claim is none, or the whole is no object.
    """
    found = _value(values, "", paths)
    if isinstance(found, BaseModel):  # one claim and no more
        return found
    if is_plain and isinstance(found, dict) and found.keys() == {"claims"}:
        return PlainSummary.model_validate(found)
    if isinstance(found, dict) and isinstance(found.get("title"), Claim):
        with suppress(ValidationError):
            return AnySummary.model_validate(found)
    return AnySchema.model_validate(found)


def _value(value: Any, path: str, paths: AbstractSet[str]) -> Any:
    if isinstance(value, dict):
        inner = {name: _value(item, f"{path}/{pointer_part(name)}", paths) for name, item in value.items()}
        return AnyClaim.model_validate(inner) if path in paths else inner
    if path in paths:
        raise ValueError(f"{path!r} is no claim")
    if isinstance(value, list):
        return [_value(item, f"{path}/{place}", paths) for place, item in enumerate(value)]
    return value
