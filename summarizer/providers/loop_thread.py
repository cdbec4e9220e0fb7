"""An event loop in a thread, for callers that have none."""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import CancelledError, Future
from typing import Any, TypeVar

from summarizer.errors import UsageError

T = TypeVar("T")

_LATE_S = 1.0


class LoopThread:
    """A daemon thread that runs coroutines for other threads until it is told to end."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._closers: list[Callable[[], Coroutine[Any, Any, None]]] = []
        self._pid = os.getpid()
        self._thread = threading.Thread(target=self._serve, name="summarizer-wire", daemon=True)
        self._thread.start()

    @property
    def usable(self) -> bool:
        """Whether the thread is alive; after a fork it is not."""
        return self._pid == os.getpid() and self._thread.is_alive()

    def submit(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Start a coroutine. What was submitted before `end` is run or canceled, never left waiting."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    def runs(self, loop: asyncio.AbstractEventLoop) -> bool:
        """Whether this is the thread of a loop."""
        return loop is self._loop

    def at_end(self, close: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Have this awaited before the loop is closed: who opened something may be gone by then."""
        self._closers.append(close)

    def end(self) -> None:
        """Tell the thread to end; may be called in it, and at the end of the process."""
        if self.usable:
            with contextlib.suppress(RuntimeError):  # ended in the meantime
                self._loop.call_soon_threadsafe(self._loop.stop)

    def join(self) -> None:
        """Wait until the thread has canceled what was under way and closed its connections."""
        self._thread.join()

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
            self._loop.run_until_complete(_cancel_all(self._loop))
        finally:
            self._loop.run_until_complete(self._loop.shutdown_asyncgens())
            self._loop.run_until_complete(self._close_all())
            # A generator that was collected while the loop stopped is closed by a task that begins only now.
            if late := asyncio.all_tasks(self._loop):
                self._loop.run_until_complete(asyncio.wait(late, timeout=_LATE_S))
            self._loop.close()

    async def _close_all(self) -> None:
        for close in self._closers:
            await close()
        await asyncio.sleep(0)  # connections close one turn later


async def _cancel_all(loop: asyncio.AbstractEventLoop) -> None:
    tasks = asyncio.all_tasks(loop) - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def wait(future: Future[T]) -> T:
    """Return what a submitted coroutine returns; an interrupted caller cancels it.

    Raises:
        UsageError: The thread ended first.
    """
    try:
        return future.result()
    except CancelledError:
        raise UsageError("the provider was closed while a call was under way: close it after the last one") from None
    except BaseException:
        future.cancel()
        raise
