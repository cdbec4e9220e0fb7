"""A loop in a thread: what it began is finished when it ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import Future

from summarizer.providers.loop_thread import LoopThread


def test_a_generator_that_is_dropped_at_the_very_end_is_closed_all_the_same() -> None:
    closed = []

    async def numbers() -> AsyncIterator[int]:
        try:
            yield 1
        finally:
            await asyncio.sleep(0.01)  # as a connection does
            closed.append(True)

    async def read_one_and_wait() -> None:
        generator = numbers()
        begun.set_result(await anext(generator))
        await asyncio.sleep(60)

    begun = Future[int]()
    thread = LoopThread()
    thread.submit(read_one_and_wait())
    begun.result(timeout=300)
    thread.end()
    thread.join()

    assert closed == [True]
