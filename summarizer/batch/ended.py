"""What becomes of one article, as its flow ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from summarizer.batch.view import Work, read_as
from summarizer.errors import SchemaError
from summarizer.records import Result, Span
from summarizer.render import jsonl
from summarizer.schema import find_claims
from summarizer.shape import has_serializers

if TYPE_CHECKING:
    from pydantic import BaseModel


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
    """Return how an article ended, with its result where that is wanted.

    Raises:
        SchemaError: It could not be read back: with this schema, none of the batch could.
    """
    outcome, detail = read_as(result.coverage.units, len(result.coverage.partial))
    written = jsonl(result).rstrip("\n")
    schema: type[BaseModel] = type(result.summary)
    if has_serializers(schema):
        _must_come_back(result, written, schema)
    work = Work(outcome, detail, result.grounded, result.usage, written)
    unread = tuple(part.span for part in result.coverage.parts if not part.is_read)
    return Ended(work, unread, result if is_wanted else None)


def _must_come_back(result: Result[Any], written: str, schema: type[BaseModel]) -> None:
    advice = f"schema {schema.__name__!r} cannot be kept: a serializer of it writes what it does not take back"
    try:
        found = Result.from_json(written, schema=schema)
    except SchemaError as error:
        why = error.__cause__ or error
        raise SchemaError(f"{advice}: {' '.join(str(why).split())}"[:200]) from error
    if [path for path, _ in find_claims(found.summary)] != [check.path for check in result.checks]:
        raise SchemaError(f"{advice}: claims are missing")
