"""Wrapper `cache`: what a model answered before, it is not paid for again.

One SQLite file, readable by its owner only, shared by threads and processes. It holds replies as the model wrote them,
so a reply out of it is validated and grounded by today's code like one that was just written; it holds no prompt and no
article. Whatever is wrong with a row, or with the file, is a miss and a warning, never an error and never an answer.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import sqlite3
import threading
import time
import weakref
from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from summarizer.errors import UsageError
from summarizer.providers.flights import Flights
from summarizer.providers.wrapper import Wrapper, info_of
from summarizer.records import Completion, Provider, Request, Usage, digest

T = TypeVar("T")

MAX_BYTES = 256 << 20
MAX_AGE_S = 30 * 86400.0

# What SQLite's header says whose file this is: "sumc".
_APPLICATION_ID = 0x73756D63
_VERSION = 1
_TABLE = """
CREATE TABLE IF NOT EXISTS replies (
    key TEXT PRIMARY KEY, value TEXT NOT NULL, integrity TEXT NOT NULL,
    bytes INTEGER NOT NULL, made_at REAL NOT NULL, used_at REAL NOT NULL
) WITHOUT ROWID
"""
# A write for every read would make readers wait for each other; the order of use need not be finer.
_USED_STEP_S = 3600.0
# When it is full, this share stays: making room for one more row each time would be slow.
_KEPT_SHARE = 0.9
_WAIT_S = 5.0

_log = logging.getLogger("summarizer.cache")


class Replies:
    """The replies in a file.

    Args:
        path: The file; it is made, with its folder, when it is not there.
        max_bytes: The replies that were not used for the longest time make room beyond this.
        max_age_s: Older replies are not used.
        clock: Seconds since the epoch.

    Raises:
        UsageError: There is a file, and it is not a cache of this package; or it cannot be made.
    """

    def __init__(
        self,
        path: Path,
        *,
        max_bytes: int = MAX_BYTES,
        max_age_s: float = MAX_AGE_S,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.path = Path(path)
        self._max_bytes = max_bytes
        self._max_age_s = max_age_s
        self._clock = clock
        self._lock = threading.Lock()
        self._database: sqlite3.Connection | None = None
        with self._lock:
            self._opened()
        _every.add(self)

    def find(self, key: str) -> tuple[Completion | None, tuple[str, ...]]:
        """Return what is kept under a key, and what is to be said about what is not."""
        row = self._safely(lambda: self._row(key))
        if row is None:
            return None, ()
        try:
            completion, age_s, idle_s = self._checked(key, row)
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            self._safely(lambda: self._execute("DELETE FROM replies WHERE key = ?", (key,)))
            warning = f"a damaged reply in {str(self.path)!r} was thrown away, and the model asked again"
            _log.warning("%s: %s", warning, type(error).__name__)
            return None, (warning,)
        if not 0 <= age_s <= self._max_age_s:
            return None, ()
        if idle_s > _USED_STEP_S:
            used = (self._clock(), key)
            self._safely(lambda: self._execute("UPDATE replies SET used_at = ? WHERE key = ?", used))
        return completion, ()

    def keep(self, key: str, completion: Completion) -> None:
        """Keep a reply."""
        value, now = _written(completion), self._clock()
        row = (key, value, _integrity(key, value), len(value), now, now)
        self._safely(lambda: self._execute("INSERT OR REPLACE INTO replies VALUES (?, ?, ?, ?, ?, ?)", row))
        self._safely(self._make_room)

    def close(self) -> None:
        """Close the file; a later question opens it anew."""
        with self._lock:
            self._close()

    def hold(self) -> None:
        """Close the file, and open it for nobody until it is let go."""
        self._lock.acquire()
        self._close()

    def let_go(self) -> None:
        """Open the file again for who asks; after `hold`."""
        self._lock.release()

    def _opened(self) -> sqlite3.Connection:
        """Return the open file; the lock is held."""
        if self._database is None:
            self._database = _open(self.path)
            self._end = weakref.finalize(self, self._database.close)
        return self._database

    def _close(self) -> None:
        if self._database is not None:
            self._end()
            self._database = None

    def _checked(self, key: str, row: tuple[Any, ...]) -> tuple[Completion, float, float]:
        value, integrity, made_at, used_at = row
        now = self._clock()
        return _read(key, value, integrity), now - float(made_at), now - float(used_at)

    def _make_room(self) -> None:
        """Remove what is too old, and what was not used for the longest time where there is too much."""
        with self._lock, self._opened() as database:
            (size,) = database.execute("SELECT coalesce(sum(bytes), 0) FROM replies").fetchone()
            if size <= self._max_bytes:
                return
            database.execute("DELETE FROM replies WHERE made_at < ?", (self._clock() - self._max_age_s,))
            database.execute(
                "DELETE FROM replies WHERE key IN (SELECT key FROM (SELECT key, sum(bytes) OVER"
                " (ORDER BY used_at DESC, key) AS total FROM replies) WHERE total > ?)",
                (int(_KEPT_SHARE * self._max_bytes),),
            )

    def _row(self, key: str) -> tuple[Any, ...] | None:
        statement = "SELECT value, integrity, made_at, used_at FROM replies WHERE key = ?"
        with self._lock:
            row: tuple[Any, ...] | None = self._opened().execute(statement, (key,)).fetchone()
        return row

    def _execute(self, statement: str, values: tuple[Any, ...]) -> None:
        with self._lock, self._opened() as database:
            database.execute(statement, values)

    def _safely(self, do: Callable[[], T]) -> T | None:
        """A cache that fails costs money, not the summary."""
        try:
            return do()
        except (sqlite3.Error, UsageError) as error:
            _log.warning("the cache %s cannot be used: %s", self.path, error)
            return None


_every: weakref.WeakSet[Replies] = weakref.WeakSet()
_held: list[Replies] = []


def _before_fork() -> None:
    """SQLite forbids to take an open file along into a process that is forked off."""
    every = sorted(_every, key=id)  # in one order, for two threads may fork at once
    for replies in every:
        replies.hold()
    _held[:] = every


def _after_fork() -> None:
    while _held:
        _held.pop().let_go()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before_fork, after_in_parent=_after_fork, after_in_child=_after_fork)


_ASKED_ANEW: tuple[None, tuple[str, ...]] = None, ()


class Cached(Wrapper):
    """Answers from earlier replies to the same request, and from one that is under way.

    Args:
        provider: The provider to ask.
        replies: The earlier replies.
        where: Who answers in the end, with its address: a model of the same name elsewhere is another one.
    """

    def __init__(self, provider: Provider, replies: Replies, *, where: str) -> None:
        super().__init__(provider)
        self._replies = replies
        self._where = where
        self._flights = Flights()

    def complete(self, request: Request, /) -> Completion:
        """Return an earlier reply, or ask and keep the answer.

        Raises:
            SummarizerError: The provider failed; errors are not kept.
        """
        key = self._key(request)
        while True:
            flight, is_first = self._flights.join(_flight_of(key, request))
            if not is_first:
                reached = flight.wait()
                if reached is not None:
                    return reached
                continue
            with flight:
                flight.reached, warnings = _ASKED_ANEW if request.anew else self._replies.find(key)
                if flight.reached is not None:
                    return flight.reached
                flight.reached = completion = self._provider.complete(request)
                self._replies.keep(key, completion)
            return replace(completion, warnings=(*completion.warnings, *warnings))

    async def acomplete(self, request: Request, /) -> Completion:
        """Return an earlier reply, or ask and keep the answer, without blocking the event loop."""
        key, loop = self._key(request), asyncio.get_running_loop()
        while True:
            flight, is_first = self._flights.join(_flight_of(key, request), loop)
            if not is_first:
                reached = await flight.awaited()
                if reached is not None:
                    return reached
                continue
            with flight:
                found = _ASKED_ANEW if request.anew else await asyncio.to_thread(self._replies.find, key)
                flight.reached, warnings = found
                if flight.reached is not None:
                    return flight.reached
                flight.reached = completion = await self._provider.acomplete(request)
                await asyncio.to_thread(self._replies.keep, key, completion)
            return replace(completion, warnings=(*completion.warnings, *warnings))

    def _key(self, request: Request) -> str:
        return digest(f"summarizer.cache/1\n{self._where}\n{request.key}")


def _flight_of(key: str, request: Request) -> str:
    """Who asks anew waits for none who may be given what is kept."""
    return f"{key} anew" if request.anew else key


def address_of(door: Provider) -> str:
    """Return who answers behind a door, and where."""
    info = info_of(door)
    return f"{info.label if info else type(door).__name__} {getattr(door, 'base_url', '')}"


def worth_keeping(door: Provider) -> bool:
    """Whether replies of a door belong into a cache: not what is replayed, and not what no model writes."""
    info = info_of(door)
    return not getattr(door, "recorded", False) and (info is None or info.writes)


def default_path() -> Path:
    """Return where the command line keeps replies, in the user's folder for caches (`XDG_CACHE_HOME` and its like)."""
    from platformdirs import user_cache_path

    return user_cache_path("summarizer", appauthor=False) / "replies.sqlite"


def _open(path: Path) -> sqlite3.Connection:
    """Open the file, made so that nobody else can read it."""
    with ExitStack() as opened:
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            database = sqlite3.connect(path, timeout=_WAIT_S, check_same_thread=False)
            opened.enter_context(closing(database))
            _prepare(database, path)
        except (OSError, sqlite3.OperationalError) as error:
            raise UsageError(f"the cache {str(path)!r} cannot be opened: {error}") from error
        except sqlite3.Error as error:
            raise UsageError(f"{str(path)!r} is no cache of summarizer: name another file, or remove it") from error
        opened.pop_all()
    return database


def _prepare(database: sqlite3.Connection, path: Path) -> None:
    """Look whose database it is, and make the table in a new one; processes that start together take turns."""
    database.execute("BEGIN IMMEDIATE")
    with database:
        (application,) = database.execute("PRAGMA application_id").fetchone()
        (version,) = database.execute("PRAGMA user_version").fetchone()
        (tables,) = database.execute("SELECT count(*) FROM sqlite_master").fetchone()
        if tables and application != _APPLICATION_ID:
            raise UsageError(f"{str(path)!r} is the database of another program: name another file")
        if version > _VERSION:
            raise UsageError(f"{str(path)!r} is of a newer summarizer: name another file, or remove it")
        database.execute(_TABLE)
        database.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
        database.execute(f"PRAGMA user_version = {_VERSION}")
    path.chmod(0o600)  # ours now; before, it may have been anybody's
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = NORMAL")


def _written(completion: Completion) -> str:
    values = {
        "finish_reason": completion.finish_reason,
        "model": completion.model,
        "text": completion.text,
        "warnings": list(completion.warnings),
    }
    return json.dumps(values, sort_keys=True)


def _read(key: str, value: Any, integrity: Any) -> Completion:
    """Read a row; it was paid for when it was made, and consumes nothing now.

    Raises:
        ValueError: It is not what was written.
        KeyError: As above.
        TypeError: As above.
    """
    if not isinstance(value, str) or integrity != _integrity(key, value):
        raise ValueError("the row was changed after it was written")
    values = json.loads(value)
    text, model, reason, warnings = (values[name] for name in ("text", "model", "finish_reason", "warnings"))
    if not all(isinstance(item, str) for item in (text, model, reason, *warnings)):
        raise ValueError("the row holds no reply")
    return Completion(text, model, reason, Usage(), tuple(warnings), kept=True)


def _integrity(key: str, value: str) -> str:
    return digest(f"{key}\n{value}")
