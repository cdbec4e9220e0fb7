"""One thread that writes to a database: what comes while it commits is committed together, next.

A commit of one statement takes as long as one of a hundred. So callers never wait longer than for two commits, however
many they are, and nothing is told to be kept before it is.
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import sqlite3
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any

from summarizer.errors import StoreError

Statement = tuple[str, Sequence[Any]]
_Waiter = asyncio.Future[None] | Future[None] | None

_MOST_AT_ONCE = 1000
# When nobody waits, what was posted is committed after so long: a commit of its own for each took a third of them all.
_LATEST_S = 0.05


class Writer:
    """Owns a connection and the thread that uses it.

    Args:
        connection: Made for use in another thread, in autocommit mode.
        fault: Makes the error that callers see from the database's.
        also: Gives statements to run at the end of each transaction.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        fault: Callable[[sqlite3.Error], StoreError],
        also: Callable[[], Sequence[Statement]] = tuple,
    ) -> None:
        self._connection = connection
        self._fault = fault
        self._also = also
        self._queue: queue.SimpleQueue[tuple[Sequence[Statement], _Waiter] | None] = queue.SimpleQueue()
        self._bell: queue.SimpleQueue[None] = queue.SimpleQueue()
        self.error: StoreError | None = None
        self._is_closed = False
        self._is_to_ring = False
        self._thread = threading.Thread(target=self._serve, name="summarizer-ledger", daemon=True)
        self._thread.start()

    def post(self, *statements: Statement) -> None:
        """Have statements committed soon, without waiting; those of one call are committed together or not at all."""
        self._queue.put((statements, None))  # nobody waits: it goes with what comes next

    async def commit(self, *statements: Statement) -> None:
        """Have statements committed, and everything posted before them.

        Raises:
            StoreError: They cannot be; nothing after them will be either.
        """
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()
        self._put(statements, future)
        if not self._is_to_ring:  # once for all that tasks commit in this turn of the loop: the thread wakes for each
            self._is_to_ring = True
            loop.call_soon(self._ring)
        await future

    def commit_now(self, *statements: Statement) -> None:
        """Have statements committed like `commit`, from a thread without a loop."""
        future: Future[None] = Future()
        self._put(statements, future)
        self._ring()
        future.result()

    def close(self) -> None:
        """Commit what was posted, and close the connection."""
        self._is_closed = True
        self._queue.put(None)
        self._bell.put(None)
        self._thread.join()

    def _put(self, statements: Sequence[Statement], waiter: _Waiter) -> None:
        if self._is_closed:
            raise StoreError("the ledger is closed: its run has ended")
        self._queue.put((statements, waiter))

    def _ring(self) -> None:
        self._is_to_ring = False
        self._bell.put(None)

    def _serve(self) -> None:
        is_open = True
        while is_open:
            jobs = self._take()
            is_open = None not in jobs
            work = [job for job in jobs if job is not None]
            if not work and is_open:
                continue
            error = self.error or self._commit([statement for statements, _ in work for statement in statements])
            self.error = error
            _tell([waiter for _, waiter in work if waiter is not None], error)
        self._connection.close()

    def _take(self) -> list[tuple[Sequence[Statement], _Waiter] | None]:
        """Wait until somebody waits, but not for long, and take all that is there, in order."""
        jobs: list[tuple[Sequence[Statement], _Waiter] | None] = []
        with contextlib.suppress(queue.Empty):
            self._bell.get(timeout=_LATEST_S)
            while True:
                self._bell.get_nowait()
        with contextlib.suppress(queue.Empty):
            while len(jobs) < _MOST_AT_ONCE:
                jobs.append(self._queue.get_nowait())
            self._bell.put(None)  # there may be more
        return jobs

    def _commit(self, statements: Sequence[Statement]) -> StoreError | None:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            for sql, values in (*statements, *self._also()):
                self._connection.execute(sql, values)
            self._connection.execute("COMMIT")
        except Exception as error:  # noqa: BLE001 - if this thread died, everybody would wait for ever
            with contextlib.suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")
            if isinstance(error, StoreError):
                return error
            return self._fault(error if isinstance(error, sqlite3.Error) else sqlite3.InterfaceError(str(error)))
        return None


def _tell(waiters: Sequence[asyncio.Future[None] | Future[None]], error: StoreError | None) -> None:
    """Wake who waits: one call for each event loop, since waking a loop costs more than a commit of one row."""
    by_loop: dict[asyncio.AbstractEventLoop, list[asyncio.Future[None]]] = {}
    for waiter in waiters:
        if isinstance(waiter, Future):
            _resolve([waiter], error)
        else:
            by_loop.setdefault(waiter.get_loop(), []).append(waiter)
    for loop, futures in by_loop.items():
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(_resolve, futures, error)


def _resolve(futures: Sequence[asyncio.Future[None] | Future[None]], error: StoreError | None) -> None:
    for future in futures:
        if future.done():  # who waited was cancelled
            continue
        if error is None:
            future.set_result(None)
        else:
            future.set_exception(error)
