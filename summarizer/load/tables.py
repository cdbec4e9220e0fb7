"""Tables of articles: JSON Lines, CSV, TSV and Parquet, read row by row.

A row that cannot be used is one article that cannot; the others are read all the same.
"""

from __future__ import annotations

import codecs
import csv
import io
import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple
from zoneinfo import ZoneInfoNotFoundError

from jiter import from_json

from summarizer.errors import Unreadable, UsageError
from summarizer.load.file import MAX_BYTES, open_file
from summarizer.surrogates import has_surrogates

SUFFIXES = frozenset({".jsonl", ".ndjson", ".csv", ".tsv", ".parquet"})

_ROWS_AT_ONCE = 256
_MOST_HEAD_CHARS = 1 << 20
_MOST_ID_CHARS = 500
# The first line of a table for Excel may tell what parts its columns.
_TOLD_DELIMITER = re.compile(r'"?sep=([^\w\s"]|\t)"?\r?\n', re.IGNORECASE)
# Why Python can make no value of what stands in a Parquet: too large, no UTF-8, a time zone that nobody knows.
_NO_VALUE = (ValueError, OverflowError, ZoneInfoNotFoundError)
# Stands in the place of what a JSON object gives twice, so that neither is taken for it.
_TWICE = object()


class Row(NamedTuple):
    """One row of a table.

    Attributes:
        number: Counts from 1, the head of a table not counted.
        id: What the row calls itself, or its number.
        text: The article, or why there is none.
    """

    number: int
    id: str
    text: str | Unreadable


def rows(path: Path, *, text_column: str, id_column: str | None = None) -> Iterator[Row]:
    """Yield the rows of a table, one at a time.

    Args:
        path: A file whose suffix is one of `SUFFIXES`.
        text_column: The column, or the field of each JSON object, that holds the article.
        id_column: The column that names it; None counts.

    Raises:
        Unreadable: The table as a whole cannot be read: no such file or column, no table at all.
        UsageError: Parquet is asked for and `pyarrow` is not installed.
    """
    kind = path.suffix.lower()
    if kind in (".csv", ".tsv"):
        found = _csv(path, "\t" if kind == ".tsv" else ",", (text_column, id_column))
    elif kind == ".parquet":
        found = _parquet(path, (text_column, id_column))
    else:
        found = _json_lines(path, (text_column, id_column))
    try:
        for number, values in enumerate(found, start=1):
            yield _row(number, values, path, text_column, id_column)
    except OSError as error:
        raise _unreadable(path, f"cannot be read: {error.strerror or error}") from error


def _row(number: int, values: Any, path: Path, text_column: str, id_column: str | None) -> Row:
    if isinstance(values, str):  # what is wrong with it
        return Row(number, str(number), _unusable(number, path, values))
    own = values.get(id_column) if id_column is not None else None
    name = str(number) if own is None or own is _TWICE or str(own).strip() == "" else str(own)[:_MOST_ID_CHARS]
    text = values.get(text_column)
    problem = None
    if text is _TWICE or own is _TWICE:
        problem = f"has {text_column if text is _TWICE else id_column!r} twice: keep one of them"
    elif not isinstance(text, str):
        problem = f"has no text in {text_column!r}: name the right one with --text-column"
    elif not text or text.isspace():
        problem = f"holds no text in {text_column!r}"
    elif has_surrogates(text):
        is_csv = path.suffix.lower() in (".csv", ".tsv")
        problem = "holds what is no UTF-8: save the table as UTF-8" if is_csv else "holds half a character (\\ud800)"
    elif "\0" in text:
        problem = "is binary (it holds NUL characters): only text can be summarized"
    return Row(number, name, text if problem is None else _unusable(number, path, problem))


def _unusable(number: int, path: Path, problem: str) -> Unreadable:
    return Unreadable(f"row {number} of {str(path)!r} {problem}", source=str(path))


def _json_lines(path: Path, columns: tuple[str, str | None]) -> Iterator[Any]:
    with open_file(path) as file:
        _need(path, columns, _fields(file.read(_MOST_HEAD_CHARS)) or columns)
        file.seek(0)
        while line := file.readline(MAX_BYTES + 1):
            if len(line) > MAX_BYTES:
                raise _unreadable(path, f"has a line of more than {MAX_BYTES >> 20} MiB: it is no JSON Lines")
            if not line.isspace():
                yield _object(line)


def _fields(head: bytes) -> list[str]:
    """Return the fields of all rows at the beginning of a file, in order: a name that none of them has is misspelt."""
    whole, _, _ = head.rpartition(b"\n") if len(head) == _MOST_HEAD_CHARS else (head, b"", b"")
    found = [values for line in whole.split(b"\n") if line.strip() and isinstance(values := _object(line), dict)]
    return list(dict.fromkeys(itertools.chain.from_iterable(found)))


def _object(line: bytes) -> Any:
    try:
        values = _json(line.removeprefix(codecs.BOM_UTF8))
    except (ValueError, RecursionError):
        return "is no JSON in UTF-8"
    return values if isinstance(values, dict) else "is no JSON object"


def _json(line: bytes) -> Any:
    try:
        return from_json(line, catch_duplicate_keys=True)  # in a fourth of the time that `json` takes
    except ValueError:
        # It reads half a character, too, of which more can be said.
        return json.loads(line.decode(), object_pairs_hook=_marked)


def _marked(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object of JSON, in which a value that is given twice is neither."""
    values: dict[str, Any] = {}
    for name, value in pairs:
        values[name] = _TWICE if name in values else value
    return values


def _csv(path: Path, delimiter: str, columns: tuple[str, str | None]) -> Iterator[Any]:
    # The limit of the standard library (128 kB a field) is one of the process; ours is that of a file.
    csv.field_size_limit(max(csv.field_size_limit(), MAX_BYTES))
    with io.TextIOWrapper(open_file(path), "utf-8-sig", errors="surrogateescape", newline="") as file:
        head_line = file.readline(_MOST_HEAD_CHARS)
        if told := _TOLD_DELIMITER.fullmatch(head_line):
            delimiter, head_line = told[1], file.readline(_MOST_HEAD_CHARS)
        elif delimiter == "," and ";" in head_line and "," not in head_line:
            delimiter = ";"  # as spreadsheets save it where a comma stands in numbers
        if "\0" in head_line:
            raise _unreadable(path, "holds NUL bytes, as UTF-16 and workbooks do: save it as CSV in UTF-8")
        # Otherwise quotation marks that are not doubled would be left out of a text, and one that is not closed would
        # make an article of all rows behind it.
        reader = csv.DictReader(itertools.chain([head_line], file), delimiter=delimiter, strict=True)
        try:
            head = reader.fieldnames or ()
        except csv.Error as error:
            raise _unreadable(path, f"is no table: {error}") from error
        _need(path, columns, head)
        while True:
            try:
                values = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield f"cannot be read: {error}"
                continue
            # A text with a comma in it that nothing encloses would be cut there; empty fields at the end are harmless.
            has_more = any(values.get(None) or ())
            yield "has more fields than the head: put texts between quotation marks" if has_more else values


def _parquet(path: Path, columns: tuple[str, str | None]) -> Iterator[Any]:
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError as error:
        raise UsageError("Parquet needs pyarrow, the extra `parquet`: pip install pyarrow") from error
    try:
        with open_file(path) as stream, parquet.ParquetFile(stream) as file:
            _need(path, columns, file.schema_arrow.names)
            kind = file.schema_arrow.field(columns[0]).type
            value = kind.value_type if pa.types.is_dictionary(kind) else kind
            if str(value) not in ("string", "large_string", "string_view", "null"):
                raise _unreadable(path, f"has {str(kind)[:60]} in column {columns[0]!r}, no text (--text-column)")
            wanted = [name for name in dict.fromkeys(columns) if name is not None]
            for batch in file.iter_batches(batch_size=_ROWS_AT_ONCE, columns=wanted):
                yield from _rows_of(batch)
    except pa.ArrowException as error:
        raise _unreadable(path, f"is no Parquet that can be read: {str(error).splitlines()[0][:120]}") from error


def _rows_of(batch: Any) -> list[Any]:
    """Return the rows of a batch of Parquet; one of which Python can make no value says so instead."""
    try:
        return list(batch.to_pylist())
    except _NO_VALUE:
        return [_alone(batch.slice(number, 1)) for number in range(batch.num_rows)]


def _alone(row: Any) -> Any:
    values = {}
    for name, column in zip(row.schema.names, row.columns, strict=True):
        try:
            values[name] = _value(column)
        except UnicodeDecodeError:
            return f"holds what is no UTF-8 in {name!r}: write it in UTF-8"
        except (*_NO_VALUE, NotImplementedError) as error:
            return f"has a value in {name!r} that cannot be read: {str(error).splitlines()[0][:120]}"
    return values


def _value(column: Any) -> Any:
    try:
        return column[0].as_py()
    except UnicodeDecodeError:
        raise
    except _NO_VALUE:  # nanoseconds, or a year that Python does not know
        return column.cast("string")[0].as_py()


def _need(path: Path, columns: tuple[str, str | None], there: Any) -> None:
    for column in columns:
        if column is not None and column not in there:
            names = ", ".join(map(repr, list(there)[:20])) or "none"
            raise _unreadable(path, f"has no column {column!r}: there are {names} (--text-column, --id-column)")
        if column is not None and list(there).count(column) > 1:
            raise _unreadable(path, f"has several columns {column!r}: give each a name of its own")


def _unreadable(path: Path, what: str) -> Unreadable:
    return Unreadable(f"{str(path)!r} {what}", source=str(path))
