"""`failures.jsonl`: each input without a result, or with one of a part of it, with what happened and what to do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from summarizer.batch.view import Item, View
from summarizer.store import on_its_way, unwritable, write_lines

# What is put right before the same command is run again; --retry-failed asks once more for what a model answered.
_RETRY = "run the same command with --retry-failed"
_TODO = {
    "unreadable": "mend or remove the file, or the row of a table, then run the same command again",
    "store": "move away what is in the place of its output, then run the same command again",
    "too_long": "use a model with a larger window: not even parts of the article fit this one",
    "refused": "use another model or prompt for this article: asking again would only cost again",
    "filtered": "use another model for this article: a content filter stopped it",
    "truncated_output": f"raise --max-words, or {_RETRY}",
    "truncated_input": "raise the server's context length, then " + _RETRY,
    "unsupported": "use another model: this one lacks a feature that is needed",
    "bad_request": f"look at what the server says; then {_RETRY}",
    "bad_response": f"look at the server, then {_RETRY}",
    "rate_limited": f"lower --concurrency or wait, then {_RETRY}",
    "unavailable": f"look at the server and the network, then {_RETRY}",
    "unauthorized": f"look at what the server says: it refuses this article and answers others; then {_RETRY}",
    "unknown_model": f"look at what the server says: it refuses this article and answers others; then {_RETRY}",
    "invalid": f"use a stronger model, or {_RETRY}",
    "partial": f"{_RETRY}: only the parts that failed are asked again, and for the summary",
    "ungrounded": f"read the article: no summary of it was supported; {_RETRY}, or use a stronger model",
}


def todo(outcome: str) -> str:
    """Return what to do about an outcome."""
    return _TODO.get(outcome, _RETRY)


def write(path: Path, view: View) -> int:
    """Write every failure of a ledger, or remove the file when there is none; return how many there are."""
    first = next(_lines(view), None)
    if first is None:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise unwritable(path, error) from error
        return 0
    return write_lines(path, _lines(view), temporary=on_its_way(path))


def _lines(view: View) -> Iterator[bytes]:
    return (_line(item) for item in view.items() if item.outcome not in (None, "ok"))


def _line(item: Item) -> bytes:
    assert item.outcome is not None
    values = {
        "item": item.name,
        "source": item.source,
        "outcome": item.outcome,
        "detail": item.detail,
        "todo": todo(item.outcome),
    }
    return json.dumps(values).encode() + b"\n"
