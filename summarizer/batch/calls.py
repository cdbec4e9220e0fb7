"""Bounds how many calls are in flight, and has the articles whose replies come at about the same time go on together.

A processor that sleeps between two replies finds its caches cold each time; benchmarks/README.md has what this saves.
"""

from __future__ import annotations

import asyncio

from summarizer.providers.patience import go_on
from summarizer.records import Completion, Provider, Request

# Below so many calls in flight few replies come together, and waiting for them gains nothing.
_MANY = 32
# What waits keeps its article's place, so that a kill never costs more calls than may be in flight.
_WINDOW_S = 0.015


class Calls:
    """The calls of a run; belongs to one event loop.

    Args:
        most: How many may be in flight at once, over all articles.
        window_s: How long a reply waits for others.
    """

    def __init__(self, most: int, *, window_s: float = _WINDOW_S) -> None:
        self._window_s = window_s
        self._slots = asyncio.Semaphore(most)
        self._in_flight = 0
        self._back: list[asyncio.Future[None]] = []

    async def ask(self, provider: Provider, request: Request) -> Completion:
        """Ask as soon as there is room for a call.

        Raises:
            Interrupted: The run was stopped before there was.
        """
        has_waited = self._slots.locked()
        async with self._slots:
            if has_waited:
                go_on()
            self._in_flight += 1
            try:
                return await provider.acomplete(request)
            finally:
                self._in_flight -= 1

    async def join(self) -> None:
        """Wait for the replies that come soon after this one, where there are many."""
        if self._in_flight < _MANY:
            return
        loop = asyncio.get_running_loop()
        if not self._back:
            loop.call_later(self._window_s, self._go_on)
        future: asyncio.Future[None] = loop.create_future()
        self._back.append(future)
        await future

    def _go_on(self) -> None:
        back, self._back = self._back, []
        for future in back:
            if not future.done():  # the run was ended
                future.set_result(None)
