"""What becomes of one article, as its flow ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from summarizer.batch.view import Work, read_as
from summarizer.records import Result, Span
from summarizer.render import jsonl


@dataclass(frozen=True, slots=True)
class Ended:
    """An article that has a result.

    Attributes:
        work: What is kept of it.
        unread: Where its parts are that were not read.
        result: The result itself, for callers who want it; else None.
    """

    work: Work
    unread: tuple[Span, ...]
    result: Result[Any] | None


def ended(result: Result[Any], *, is_wanted: bool) -> Ended:
    """Return how an article ended, with its result where that is wanted."""
    outcome, detail = read_as(result.coverage.units, len(result.coverage.partial))
    work = Work(outcome, detail, result.grounded, result.usage, jsonl(result).rstrip("\n"))
    unread = tuple(part.span for part in result.coverage.parts if not part.is_read)
    return Ended(work, unread, result if is_wanted else None)
