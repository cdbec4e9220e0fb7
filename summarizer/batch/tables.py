"""Tables of results: CSV, or Parquet with the extra `parquet`; made from the ledger at the end of each run.

A table cannot grow by a row and stay whole, so it appears at once, with what is done by then, and is made anew by the
next run.
"""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from summarizer import store
from summarizer.batch.outputs import Recovered, State, Style
from summarizer.batch.view import Item, View, Work, has_result
from summarizer.errors import StoreError, UsageError
from summarizer.records import Result
from summarizer.schema import find_claims, join_sentences
from summarizer.whole import replacing

_TEXTS = ("item", "source", "outcome", "detail", "article_id", "model", "language", "text", "summary")
COLUMNS = {
    **dict.fromkeys(_TEXTS, "string"),
    "grounded": "bool_",
    **dict.fromkeys(("claims", "unsupported", "requests", "input_tokens", "output_tokens"), "int64"),
    "cost_usd": "string",
}
_ROWS_AT_ONCE = 1000

# A spreadsheet runs a cell that begins like this as a formula (OWASP, CSV injection).
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Table:
    """A file of rows, one for each input, failed ones too.

    Args:
        path: The file, `.csv` or `.parquet`.
        style: How results are written.

    Raises:
        UsageError: Parquet is asked for and `pyarrow` is not installed.
    """

    suffix: str | None = None

    def __init__(self, path: Path, style: Style) -> None:
        self.path = path
        self._style = style
        if path.suffix.lower() == ".parquet":
            _pyarrow()

    def recover(self) -> Iterator[Recovered]:
        """A table holds too little of its results."""
        yield from ()

    def left(self, view: View) -> Iterator[tuple[str, Item]]:  # noqa: ARG002 - the table is made from the ledger
        """Yield nothing."""
        yield from ()

    def begin(self, view: View, *, is_new: bool) -> None:  # noqa: ARG002 - the table is made from the ledger
        """Refuse to replace a file of which no ledger knows."""
        if is_new and self.path.exists() and not self._style.overwrite:
            where = str(self.path)
            raise StoreError(
                f"{where!r} is there and its ledger is not: move it away, or replace it with --rebuild-outputs",
                path=where,
            )

    def must_have_room(self, item: Item) -> None:
        """All have the same file, which was looked at."""

    def state(self, item: Item, article_id: str) -> State:  # noqa: ARG002 - the protocol's signature
        """Nothing is missing before the end."""
        return "shown"

    def put(self, item: Item, article_id: str, result: str) -> str | None:  # noqa: ARG002 - the protocol's signature
        """Leave it to the end."""
        return ""

    def drop(self, item: Item) -> bool:  # noqa: ARG002 - the protocol's signature
        """Leave it to the end."""
        return True

    def finish(self, view: View, task: int) -> None:
        """Write the table."""
        rows = (self._row(item, view, task) for item in view.items() if item.outcome is not None)
        if self.path.suffix.lower() == ".parquet":
            _write_parquet(self.path, rows)
        else:
            store.write_lines(self.path, _csv(rows), temporary=store.on_its_way(self.path))

    def _row(self, item: Item, view: View, task: int) -> dict[str, Any]:
        row: dict[str, Any] = dict.fromkeys(COLUMNS)
        row |= {"item": item.name, "source": item.source, "outcome": item.outcome, "detail": item.detail}
        work = None if item.article_id is None else view.work(task, item.article_id, result=True)
        if has_result(item.outcome) and work is not None and work.result is not None:
            row |= self._shown(work, work.result)
        return row

    def _shown(self, work: Work, line: str) -> dict[str, Any]:
        result: Result[Any] = Result.from_json(line, schema=self._style.schema)
        text = getattr(result.summary, "text", None)
        claims = [claim.text for _, claim in find_claims(result.summary)]
        return {
            "article_id": result.article_id,
            "model": result.model,
            "language": result.language,
            "text": text if isinstance(text, str) else join_sentences(claims),
            "summary": result.summary.model_dump_json(by_alias=False, exclude_computed_fields=True),
            "grounded": result.grounded,
            "claims": len(result.checks),
            "unsupported": sum(not check.supported for check in result.checks),
            "requests": work.usage.requests,
            "input_tokens": work.usage.input_tokens,
            "output_tokens": work.usage.output_tokens,
            "cost_usd": None if work.usage.cost_usd is None else str(work.usage.cost_usd),
        }


def _csv(rows: Iterable[dict[str, Any]]) -> Iterator[bytes]:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, list(COLUMNS))
    writer.writeheader()
    for row in rows:
        yield _taken(buffer)
        writer.writerow({name: _inert(value) for name, value in row.items()})
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> bytes:
    data = buffer.getvalue().encode("utf-8", "replace")
    buffer.seek(0)
    buffer.truncate()
    return data


def _inert(value: Any) -> Any:
    """A cell that no spreadsheet runs."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _write_parquet(path: Path, rows: Iterator[dict[str, Any]]) -> None:
    pa, parquet = _pyarrow()
    schema = pa.schema([(name, getattr(pa, kind)()) for name, kind in COLUMNS.items()])
    try:
        with (
            replacing(path, temporary=store.on_its_way(path)) as handle,
            open(handle, "wb", closefd=False) as file,
            parquet.ParquetWriter(file, schema) as writer,
        ):
            while some := list(itertools.islice(rows, _ROWS_AT_ONCE)):
                writer.write_table(pa.Table.from_pylist(some, schema=schema))
    except OSError as error:
        raise store.unwritable(path, error) from error


def _pyarrow() -> tuple[Any, Any]:
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError as error:
        raise UsageError("Parquet needs pyarrow, the extra `parquet`: pip install pyarrow") from error
    return pa, parquet
