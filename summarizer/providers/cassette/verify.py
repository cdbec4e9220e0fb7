"""How a live reply differs from the recorded one: its shape, its cites, its numbers, its words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any

_NUMBER = re.compile(r"\d+(?:[.,\u202f\u00a0 ]\d+)*")
_MOST = 4


def difference(recorded: str, live: str) -> str | None:
    """Say how two replies differ, in one line; None when they are the same.

    Word for word they seldom are: what counts is whether the reply has the same fields, rests on the same sentences and
    gives the same numbers.
    """
    if recorded == live:
        return None
    old, new = _read(recorded), _read(live)
    said = list(_shape(old, new)) if old is not None and new is not None else []
    if (old is None) != (new is None):
        said.append("one of them is no JSON")
    was, now = set(_NUMBER.findall(_words(old, recorded))), set(_NUMBER.findall(_words(new, live)))
    said += [
        f"numbers {name}: {', '.join(sorted(some)[:_MOST])}"
        for name, some in (("lost", was - now), ("new", now - was))
        if some
    ]
    ratio = SequenceMatcher(None, recorded.split(), live.split(), False).ratio()
    return "; ".join([f"{ratio:.0%} of the words are the same", *said])


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _shape(old: Any, new: Any) -> Iterator[str]:
    was, now = dict(_cites(old, "")), dict(_cites(new, ""))
    fields_was, fields_now = set(_fields(old, "")), set(_fields(new, ""))
    if fields_was != fields_now:
        yield f"fields differ: {', '.join(sorted(fields_was ^ fields_now)[:_MOST])}"
    moved = [path for path in was.keys() & now.keys() if was[path] != now[path]]
    if len(was) != len(now):
        yield f"{len(was)} -> {len(now)} statements"
    if moved:
        yield f"other cites at {', '.join(sorted(moved)[:_MOST])}"


def _cites(value: Any, path: str) -> Iterator[tuple[str, list[Any]]]:
    if isinstance(value, dict):
        if isinstance(value.get("cites"), list):
            yield path, value["cites"]
        for name, item in value.items():
            yield from _cites(item, f"{path}/{name}")
    if isinstance(value, list):
        for at, item in enumerate(value):
            yield from _cites(item, f"{path}/{at}")


def _fields(value: Any, path: str) -> Iterator[str]:
    """Yield the paths of fields, positions of lists left out."""
    if isinstance(value, dict):
        for name, item in value.items():
            yield f"{path}/{name}"
            yield from _fields(item, f"{path}/{name}")
    if isinstance(value, list):
        for item in value:
            yield from _fields(item, path)


def _words(value: Any, text: str) -> str:
    """Everything that is said, cites left out; of a reply that is no JSON, all of it."""
    return text if value is None else " ".join(_texts(value))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    for item in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _texts(item)
