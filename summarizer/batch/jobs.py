"""The queue between the planner, which is a thread, and the workers, which are tasks of an event loop."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from typing import Any

from summarizer.batch.planner import Job

# How many articles the planner reads at a time.
_MOST_AT_A_TIME = 16


class Jobs:
    """What is to be done next; holds few, so that memory is flat at any number of articles.

    Args:
        workers: How many take from it.
        stopping: Set when nothing more is wanted.
        call: Has a function called in the workers' event loop.
    """

    def __init__(self, workers: int, stopping: threading.Event, call: Callable[[Callable[[], Any]], None]) -> None:
        self._stopping = stopping
        self._call = call
        self._queue: asyncio.Queue[Job | None] = asyncio.Queue()
        self._found: deque[Job] = deque()
        self._stride = max(1, min(_MOST_AT_A_TIME, workers // 8))
        self._room = threading.Semaphore(workers + self._stride)
        self._taken = 0

    def put(self, job: Job) -> bool:
        """Hand on a job, when there is room for it; from the planner's thread.

        Returns:
            Whether it was; False when nothing more is wanted.
        """
        while not self._room.acquire(timeout=0.1):
            if self._stopping.is_set():
                return False
        self._found.append(job)
        if len(self._found) == 1:  # else the loop is on its way already
            self._call(self._take_found)
        return True

    def end(self) -> None:
        """Say that there are no more; from any thread."""
        self._call(self._end)

    async def get(self) -> Job | None:
        """Return the next job; None when there are no more."""
        job = await self._queue.get()
        if job is None:
            self._queue.put_nowait(None)  # for the next worker
            return None
        self._taken += 1
        if self._taken == self._stride:  # waking the planner for each would cost more than what it does then
            self._room.release(self._stride)
            self._taken = 0
        return job

    def _take_found(self) -> None:
        while self._found:
            self._queue.put_nowait(self._found.popleft())

    def _end(self) -> None:
        self._queue.put_nowait(None)
