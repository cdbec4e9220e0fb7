"""Reads a ledger: what a run plans by, and what a status shows."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, Self

from summarizer.batch.opening import check_format, fault
from summarizer.records import Completion, Usage

_ITEMS = "SELECT seq, name, source, output, article_id, task, outcome, detail, sha256 FROM items"
# A file system that takes nothing, and a folder that may not be written.
_NO_ROOM = ("SQLITE_CANTOPEN", "SQLITE_READONLY")
_WORK = "SELECT outcome, detail, grounded, usage, iif(?, result, NULL) FROM work WHERE task = ? AND article_id = ?"


class Item(NamedTuple):
    """One input and its output. A tuple, as the ledger reads it and writes it.

    Attributes:
        seq: Its place in the order in which inputs were first seen.
        name: What identifies it among the inputs.
        source: Where it came from, for people.
        output: Its file, relative to the folder of outputs; None where outputs share a file.
        article_id: The article whose result the output shows; None when there is none.
        task: The task whose result it shows.
        outcome: What became of it last; None when nothing did yet.
        detail: What happened, when it failed or was not read whole.
        sha256: SHA-256 of the output's bytes.
    """

    seq: int
    name: str
    source: str | None
    output: str | None
    article_id: str | None = None
    task: int | None = None
    outcome: str | None = None
    detail: str | None = None
    sha256: str | None = None


class Work(NamedTuple):
    """What became of an article under a task.

    Attributes:
        outcome: `ok`, `partial` where parts of the article were not read, or the word for the failure.
        detail: What happened, when it is not `ok`.
        grounded: Whether every claim of the result is supported.
        usage: What it took.
        result: The result as one line of JSON; None when it failed.
    """

    outcome: str
    detail: str
    grounded: bool
    usage: Usage
    result: str | None


def has_result(outcome: str | None) -> bool:
    """Whether an outcome is that of an article with a result."""
    return outcome in ("ok", "partial")


def read_as(units: int, unread: int) -> tuple[str, str]:
    """Return the outcome of a result and its detail, by how many sentences of the article were not read."""
    if not unread:
        return "ok", ""
    return "partial", f"{unread} of {units} sentences were not read: the warnings of the result say why"


class View:
    """Reads a ledger, also while another process writes it; belongs to the thread that made it.

    Raises:
        StoreError: There is no ledger, or it cannot be read.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._connection = _opened(path, "mode=ro")
        except sqlite3.Error as error:
            raise fault(path, error) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def task(self, key: str) -> int | None:
        """Return the number of a task, or None when it was never run."""
        found = self._one("SELECT task FROM tasks WHERE key = ?", key)
        return None if found is None else int(found[0])

    def item(self, name: str) -> Item | None:
        """Return an input by its name."""
        found = self._one(_ITEMS + " WHERE name = ?", name)
        return None if found is None else Item(*found)

    def items(self) -> Iterator[Item]:
        """Yield every input in order."""
        return (Item(*row) for row in self._rows(_ITEMS + " ORDER BY seq"))

    def unread(self) -> Iterator[Item]:
        """Yield every input that could not be read, or had no place, when last looked at, and shows no result."""
        lost = " WHERE outcome IN ('unreadable', 'store') AND article_id IS NULL"
        return (Item(*row) for row in self._rows(_ITEMS + lost))

    def last_seq(self) -> int:
        """Return the number of the last input; 0 when there is none."""
        found = self._one("SELECT max(seq) FROM items")
        return int(found[0] or 0) if found else 0

    def is_taken(self, place: str) -> bool:
        """Whether an output has this place."""
        return self._one("SELECT 1 FROM items WHERE place = ?", place) is not None

    def work(self, task: int, article_id: str, *, result: bool = False) -> Work | None:
        """Return what became of an article.

        Args:
            task: The number of the task.
            article_id: The article.
            result: Whether the result is wanted too; it is most of what there is to read.
        """
        found = self._one(_WORK, result, task, article_id)
        if found is None:
            return None
        return Work(found[0], found[1], bool(found[2]), Usage.from_dict(json.loads(found[3])), found[4])

    def calls(self, task: int, article_id: str) -> dict[str, Completion]:
        """Return the replies to an article that was not finished, by the keys of their requests."""
        rows = self._rows("SELECT key, completion FROM calls WHERE article_id = ? AND task = ?", article_id, task)
        return {key: _completion(json.loads(values)) for key, values in rows}

    def has_work(self) -> bool:
        """Whether anything became of any article."""
        return self._one("SELECT 1 FROM work LIMIT 1") is not None

    def counts(self) -> dict[str, int]:
        """Return how many inputs had which outcome last; those that had none count as `open`."""
        rows = self._rows("SELECT coalesce(outcome, 'open'), count(*) FROM items GROUP BY 1 ORDER BY 1")
        return {str(outcome): int(number) for outcome, number in rows}

    def ungrounded(self) -> int:
        """Return how many inputs have a summary with a statement that is unsupported."""
        found = self._one(
            "SELECT count(*) FROM items JOIN work USING (task, article_id) WHERE result IS NOT NULL AND NOT grounded"
        )
        return int(found[0])

    def pid(self) -> int | None:
        """Return the process that began the last run."""
        found = self._one("SELECT pid FROM runs ORDER BY run DESC LIMIT 1")
        return None if found is None else int(found[0])

    def spent(self) -> Usage:
        """Return what was spent over all runs; requests under way count in full."""
        return total(self._rows("SELECT usage FROM runs UNION ALL SELECT usage FROM reservations"))

    def runs(self) -> int:
        """Return the number of runs."""
        found = self._one("SELECT count(*) FROM runs")
        return int(found[0]) if found else 0

    def _one(self, sql: str, *values: Any) -> Any:
        try:
            return self._connection.execute(sql, values).fetchone()
        except sqlite3.Error as error:
            raise fault(self._path, error) from error

    def _rows(self, sql: str, *values: Any) -> Iterator[Any]:
        try:
            yield from self._connection.execute(sql, values)
        except sqlite3.Error as error:
            raise fault(self._path, error) from error


def _opened(path: Path, how: str) -> sqlite3.Connection:
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?{how}", uri=True, isolation_level=None)
    try:
        check_format(connection, path)
    except BaseException as error:
        connection.close()
        # Where nothing may be written there is no room for what readers and a writer share: then nobody writes.
        is_closed = isinstance(error, sqlite3.OperationalError) and error.sqlite_errorname.startswith(_NO_ROOM)
        if how == "mode=ro" and is_closed and path.is_file() and not _has_more(path):
            return _opened(path, "mode=ro&immutable=1")
        raise
    return connection


def _has_more(path: Path) -> bool:
    """Whether a kill left transactions that are not in the file itself yet."""
    wal = path.with_name(f"{path.name}-wal")
    return wal.is_file() and wal.stat().st_size > 0


def _completion(values: dict[str, Any]) -> Completion:
    return Completion(
        text=values["text"],
        model=values["model"],
        finish_reason=values["finish_reason"],
        usage=Usage.from_dict(values["usage"]),
        warnings=tuple(values["warnings"]),
    )


def total(rows: Any) -> Usage:
    """Add up usages that are stored as JSON, one a row."""
    return sum((Usage.from_dict(json.loads(row[0])) for row in rows), Usage())
