"""The ledger: one SQLite file that says of each article what was asked, paid and made of it.

    runs          every run: its process and what it spent
    reservations  what requests under way can cost at most; one that a kill left open counts as spent in full
    tasks         what was done to articles: the key of schema, prompts, model and settings
    work          the truth: what became of an article under a task
    calls         replies to an article that is not finished, so that a kill costs only the calls in flight
    items         each input: its output, and what that shows

Results are the truth; outputs are made from them. The file is in WAL mode, so a status can be read while a run writes.
A lock that the system drops with the process keeps a second run out.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from types import MappingProxyType
from typing import Self

from pydantic_core import to_json

from summarizer.batch import opening
from summarizer.batch.seal import Sealed
from summarizer.batch.view import Item, View, Work, read_as, total
from summarizer.batch.writer import Statement, Writer
from summarizer.errors import StoreError
from summarizer.providers.budget import Purse
from summarizer.records import Budget, Completion, Usage


class Ledger:
    """A run's hold on a ledger: it writes, and nobody else does.

    Args:
        path: The file; it is made when it is not there, and made anew when it is damaged.
        budget: What may be spent over all runs of this ledger. With a cap, a reservation survives a loss of power.

    Attributes:
        is_new: Whether nothing was known before, or a kill came before all of it was: see `ready`.
        damaged: Where a damaged ledger was moved to; None when there was none.
        keeps_calls: Whether there may be replies to articles that are not finished: for most runs there never are.
        book: Where a run's provider keeps its reservations.

    Raises:
        InUse: Another process works on it.
        StoreError: It is of a newer version, no ledger at all, or cannot be written.
    """

    def __init__(self, path: Path, *, budget: Budget | None = None) -> None:
        self.path = path
        self._lock = opening.lock(path)
        try:
            self._held = opening.lock_path(path).stat()
            self.damaged = opening.set_aside(path) if opening.is_damaged(path) else None
            connection, self.is_new = opening.connect(path)
            self._run, before = _begin_run(connection, is_new=self.is_new)
            self.keeps_calls = connection.execute("SELECT 1 FROM calls LIMIT 1").fetchone() is not None
            # NORMAL loses the last commits with the power, never with the process: those calls would be paid again.
            # FULL forces each group of commits to the disk: what is reserved under a cap must be known for sure.
            connection.execute(f"PRAGMA synchronous={'NORMAL' if budget in (None, Budget()) else 'FULL'}")
        except sqlite3.Error as error:
            self._lock.close()
            raise opening.fault(path, error) from error
        except BaseException:
            self._lock.close()
            raise
        self.book = Book(self, Purse(budget, spent=before))
        self._writer = Writer(connection, lambda error: opening.fault(path, error), self._spending)

    @property
    def error(self) -> StoreError | None:
        """Why nothing is kept any more; None as long as all is well."""
        return self._writer.error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Write what is left, and let others in; once more does nothing."""
        self._writer.close()
        self._lock.close()

    def ready(self) -> None:
        """Keep that all is known that outputs hold: from now on the ledger is the truth."""
        self.commit_now(("UPDATE runs SET is_ready = 1 WHERE run = ?", (self._run,)))

    def post(self, *statements: Statement) -> None:
        """Have statements committed together, some time soon."""
        self._writer.post(*statements)

    async def commit(self, *statements: Statement) -> None:
        """Have statements committed together, and wait for it.

        Raises:
            StoreError: They cannot be.
        """
        await self._writer.commit(*statements)

    def commit_now(self, *statements: Statement) -> None:
        """Have statements committed like `commit`, from a thread without a loop."""
        self._writer.commit_now(*statements)

    def task(self, key: str) -> int:
        """Return the number of a task in this ledger."""
        self.commit_now(("INSERT INTO tasks (key) VALUES (?) ON CONFLICT DO NOTHING", (key,)))
        with View(self.path) as view:
            found = view.task(key)
        assert found is not None
        return found

    def _spending(self) -> Sequence[Statement]:
        opening.must_be_held(self.path, self._held)  # within the transaction: who came meanwhile sees it, or is seen
        usage = self.book.news()
        return () if usage is None else (("UPDATE runs SET usage = ? WHERE run = ?", (_usage(usage), self._run)),)


class Book:
    """The book of a batch: decided in memory, kept in the ledger.

    A reservation is committed before its request is sent, where anything is capped; so what a kill leaves open is known
    to the next run, and counts as spent in full.
    """

    def __init__(self, ledger: Ledger, purse: Purse) -> None:
        self._ledger = ledger
        self._purse = purse
        self._is_capped = purse.budget.is_capped
        self._lock = threading.Lock()
        self._of_run = self._before = Usage()
        self._has_news = False

    @property
    def budget(self) -> Budget:
        """What is allowed over all runs."""
        return self._purse.budget

    @property
    def spent(self) -> Usage:
        """What was settled over all runs."""
        return self._purse.spent

    @property
    def of_run(self) -> Usage:
        """What was settled in this run."""
        with self._lock:
            return self._of_run

    def reserve(self, worst: Usage, /) -> int:
        """Set aside a worst case; see `summarizer.providers.budget.Book.reserve`."""
        number = self._purse.reserve(worst)
        if self._is_capped:
            with self._given_back(number):
                self._ledger.commit_now(_reserved(number, worst))
        return number

    async def areserve(self, worst: Usage, /) -> int:
        """Set aside a worst case; see `reserve`."""
        number = self._purse.reserve(worst)
        if self._is_capped:
            with self._given_back(number):
                await self._ledger.commit(_reserved(number, worst))
        return number

    def settle(self, reservation: int, took: Usage, /) -> None:
        """Put what a request took in the place of its reservation."""
        # First the sum, then the reservation: a kill between the two counts both, never neither.
        self._purse.settle(reservation, took)
        with self._lock:
            self._of_run += took
            self._has_news = True
        if self._is_capped:
            self._ledger.post(("DELETE FROM reservations WHERE number = ?", (reservation,)))

    def must_know_what_is_capped(self) -> None:
        """Refuse a cap that cannot be kept; see `summarizer.providers.budget.Purse.must_know_what_is_capped`."""
        self._purse.must_know_what_is_capped()

    def charge(self, usage: Usage) -> None:
        """Count what was spent before the ledger knew: kept with what this run spends, and no part of it."""
        self._purse.settle(self._purse.reserve(Usage()), usage)
        with self._lock:
            self._before += usage
            self._has_news = True

    def news(self) -> Usage | None:
        """Return what is to be kept with this run, once after each change."""
        with self._lock:
            has_news, self._has_news = self._has_news, False
            return self._before + self._of_run if has_news else None

    @contextlib.contextmanager
    def _given_back(self, number: int) -> Iterator[None]:
        """Nothing is sent for a reservation that could not be kept; one that could all the same is struck out."""
        try:
            yield
        except BaseException:
            self._purse.settle(number, Usage())
            self._ledger.post(("DELETE FROM reservations WHERE number = ?", (number,)))
            raise


# ---------------------------------------------------------------------------------------------------------- statements


_STORE = """
INSERT INTO work VALUES (?, ?, 1, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET attempts = attempts + 1,
    outcome = excluded.outcome, detail = excluded.detail, grounded = excluded.grounded, usage = excluded.usage,
    result = excluded.result
"""


def stored(
    task: int,
    article_id: str,
    work: Work,
    *,
    replies: Mapping[str, Completion] = MappingProxyType({}),
    had_calls: bool = True,
) -> tuple[Statement, ...]:
    """Return the statements that keep what became of an article, and of its single calls only what is of more use.

    Args:
        task: The number of the task.
        article_id: The article.
        work: What became of it.
        replies: What another try need not ask again, by the keys of the requests.
        had_calls: Whether there may be calls to let go of.
    """
    return (
        (
            _STORE,
            (task, article_id, work.outcome, work.detail, work.grounded, _usage(work.usage), work.result),
        ),
        *([("DELETE FROM calls WHERE article_id = ?", (article_id,))] if had_calls else []),
        *(called(task, article_id, key, completion) for key, completion in replies.items()),
    )


def called(task: int, article_id: str, key: str, completion: Completion) -> Statement:
    """Return the statement that keeps one reply to an article that is not finished."""
    values = {
        "text": completion.text,
        "model": completion.model,
        "finish_reason": completion.finish_reason,
        "usage": completion.usage.to_dict(),
        "warnings": completion.warnings,
    }
    return ("INSERT OR REPLACE INTO calls VALUES (?, ?, ?, ?)", (article_id, task, key, _json(values)))


def added(item: Item, place: str | None) -> Statement:
    """Return the statement that makes an input known and takes the place of its output."""
    return (
        "INSERT OR REPLACE INTO items (seq, name, source, output, place) VALUES (?, ?, ?, ?, ?)",
        (item.seq, item.name, item.source, item.output, place),
    )


def shown(item: Item) -> Statement:
    """Return the statement that keeps what became of an input, and what its output shows."""
    return (
        "UPDATE items SET source = ?, article_id = ?, task = ?, outcome = ?, detail = ?, sha256 = ? WHERE seq = ?",
        (item.source, item.article_id, item.task, item.outcome, item.detail, item.sha256, item.seq),
    )


def moved(item: Item, place: str | None) -> Statement:
    """Return the statement that gives an input another output."""
    return (
        "UPDATE items SET output = ?, place = ?, article_id = NULL, task = NULL, sha256 = NULL WHERE seq = ?",
        (item.output, place, item.seq),
    )


def forgotten(item: Item) -> Statement:
    """Return the statement that forgets an input."""
    return ("DELETE FROM items WHERE seq = ?", (item.seq,))


def recovered(item: Item, place: str | None, sealed: Sealed) -> tuple[tuple[Statement, ...], Usage]:
    """Return the statements that restore a result from an output, and what it had cost."""
    assert item.task is not None
    values = json.loads(sealed.result)
    usage = Usage.from_dict(values["usage"])
    outcome, detail = read_as(values["coverage"]["units"], len(values["coverage"]["partial"]))
    work = Work(outcome, detail, bool(values["grounded"]), usage, sealed.result)
    found = item._replace(source=values["source"], outcome=outcome, detail=detail or None)
    return (*stored(item.task, sealed.article_id, work), added(found, place), shown(found)), usage


def _reserved(number: int, worst: Usage) -> Statement:
    return ("INSERT INTO reservations VALUES (?, ?)", (number, _usage(worst)))


def _begin_run(connection: sqlite3.Connection, *, is_new: bool) -> tuple[int, Usage]:
    """Begin a run, charge what a kill left open, and return the run's number and what was spent before it."""
    connection.execute("BEGIN IMMEDIATE")
    if is_new:  # what it had read from outputs is read again
        connection.execute("DELETE FROM runs")
    left = total(connection.execute("SELECT usage FROM reservations"))
    if left.requests:
        run, usage = connection.execute("SELECT run, usage FROM runs ORDER BY run DESC LIMIT 1").fetchone()
        charged = Usage.from_dict(json.loads(usage)) + left
        connection.execute("UPDATE runs SET usage = ? WHERE run = ?", (_usage(charged), run))
        connection.execute("DELETE FROM reservations")
    before = total(connection.execute("SELECT usage FROM runs"))
    now = datetime.now(UTC).isoformat(timespec="seconds")
    begun = connection.execute(
        "INSERT INTO runs (pid, started, usage) VALUES (?, ?, ?)", (os.getpid(), now, _usage(Usage()))
    )
    connection.execute("COMMIT")
    assert begun.lastrowid is not None
    return begun.lastrowid, before


def _usage(usage: Usage) -> str:
    return to_json(usage.to_dict()).decode()  # a fifth of the time that `json` takes for so little


# ASCII: a reply may hold half characters, for which UTF-8 has no bytes.
_json = json.JSONEncoder(separators=(",", ":")).encode
