"""Frozen records that are made quickly."""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import Any, TypeVar

T = TypeVar("T")


def quick(kind: type[T]) -> type[T]:
    """Give a frozen dataclass with slots an `__init__` that sets the slots themselves, in three fifths of the time.

    That of the standard library has each value set by name, past what forbids it. A field may have a default, but none
    that is made anew for each.
    """
    parameters, body = ["self"], []
    names: dict[str, Any] = {}
    for field in fields(kind):  # type: ignore[arg-type]
        names[f"set_{field.name}"] = kind.__dict__[field.name].__set__
        body.append(f"set_{field.name}(self, {field.name})")
        parameters.append(field.name)
        if field.default is not MISSING:
            names[f"default_{field.name}"] = field.default
            parameters[-1] += f"=default_{field.name}"
    exec(f"def __init__({', '.join(parameters)}):\n " + "\n ".join(body), names)  # noqa: S102 - as `dataclass` does
    names["__init__"].__annotations__ = kind.__init__.__annotations__
    kind.__init__ = names["__init__"]  # type: ignore[method-assign]
    return kind
