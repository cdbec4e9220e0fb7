"""Requests that are under way: of several who ask the same at once, one goes ahead, and where it fails the next one."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING

from summarizer.records import Completion, Usage

if TYPE_CHECKING:
    from types import TracebackType

# Who waits for what another event loop asks looks so often whether that loop still runs.
_LOOK_S = 1.0


class Flight:
    """A request that is under way; left with what it came to, or with nothing where it failed or was given up.

    Args:
        leave: Takes it out of the table.
        loop: The event loop that it is asked in; None for a thread.
    """

    def __init__(self, leave: Callable[[Flight], None], loop: asyncio.AbstractEventLoop | None) -> None:
        self.reached: Completion | None = None
        self._leave = leave
        self._loop = loop
        self._end = Future[Completion | None]()
        self._end.set_running_or_notify_cancel()  # one who gives up waiting is not to end it for the others

    def __enter__(self) -> None:
        """Go ahead."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Hand what was reached to who waits, or the request to the first of them."""
        self._leave(self)
        self._end.set_result(None if self.reached is None else _paid_once(self.reached))

    @property
    def goes_on(self) -> bool:
        """Whether somebody works on it: a loop may be left with what is under way in it."""
        return self._loop is None or self._loop.is_running()

    def wait(self) -> Completion | None:
        """Return what it comes to."""
        return self._end.result()

    async def awaited(self) -> Completion | None:
        """Return what it comes to, or None where nobody works on it any more."""
        end = asyncio.wrap_future(self._end)
        while not end.done() and self.goes_on:
            await asyncio.wait((end,), timeout=_LOOK_S)
        return end.result() if end.done() else None


class Flights:
    """What is asked at the moment: of several who ask the same at once, one goes ahead; where it fails, the next one.

    A thread waits for threads only: a loop may need it for what is under way there. Who is in a loop waits for all.
    """

    def __init__(self) -> None:
        self._lock = threading.RLock()  # to collect a coroutine leaves its flight, and that may happen at any time
        self._under_way: dict[tuple[int, str, bool], Flight] = {}

    def join(self, key: str, loop: asyncio.AbstractEventLoop | None = None) -> tuple[Flight, bool]:
        """Return the flight of a request, and whether the one who asks this goes ahead."""
        process, is_in_loop = os.getpid(), loop is not None  # a thread is none of a process forked off
        with self._lock:
            for of_loop in (True, False) if is_in_loop else (False,):
                found = self._under_way.get((process, key, of_loop))
                if found is not None and found.goes_on:
                    return found, False
            mine = Flight(partial(self._leave, (process, key, is_in_loop)), loop)
            self._under_way[process, key, is_in_loop] = mine
            return mine, True

    def _leave(self, place: tuple[int, str, bool], flight: Flight) -> None:
        with self._lock:
            if self._under_way.get(place) is flight:
                del self._under_way[place]


def _paid_once(completion: Completion) -> Completion:
    """A completion as those get it who have not paid for it."""
    return Completion(completion.text, completion.model, completion.finish_reason, Usage(), completion.warnings)
