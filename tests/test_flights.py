"""Equal requests at once, before a cache: one goes ahead, and whatever becomes of it, nobody is left waiting."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from summarizer import Completion, ScriptedProvider, Usage
from summarizer.errors import Refused
from summarizer.providers.cache import Cached, Replies
from summarizer.providers.flights import Flights
from summarizer.records import Message, Provider, Request

REQUEST = Request(model="m", messages=(Message("user", "a question"),))
PAID = Usage(1, 10, 0, 5, 0, Decimal("0.01"))
LONG_S = 30.0


class Slow(Provider):
    """A model that takes a while, refuses its first calls, and tells how many it had at once.

    Args:
        refused: How many it refuses.
    """

    def __init__(self, *, refused: int = 0) -> None:
        self.asked = self.at_once = self._now = 0
        self._refused = refused
        self._lock = threading.Lock()

    def complete(self, request: Request, /) -> Completion:
        return asyncio.run(self.acomplete(request))

    async def acomplete(self, request: Request, /) -> Completion:
        with self._lock:
            self.asked += 1
            self._now += 1
            self.at_once = max(self.at_once, self._now)
            is_refused = self.asked <= self._refused
        await asyncio.sleep(0.3)  # the others come meanwhile
        with self._lock:
            self._now -= 1
        if is_refused:
            raise Refused("no")
        return Completion("reply", "m-2026", "stop", PAID, ("a note",))


class Held(Slow):
    """A model that tells when it is asked, and answers when it may."""

    def __init__(self) -> None:
        super().__init__()
        self.is_asked = threading.Event()
        self.may_answer = threading.Event()

    async def acomplete(self, request: Request, /) -> Completion:
        self.is_asked.set()
        while not self.may_answer.is_set():  # noqa: ASYNC110 - set from another thread
            await asyncio.sleep(0.01)
        return await super().acomplete(request)


@pytest.fixture
def replies(tmp_path: Path) -> Iterator[Replies]:
    kept = Replies(tmp_path / "replies.sqlite")
    yield kept
    kept.close()


def asked(cached: Cached) -> Completion:
    return asyncio.run(cached.acomplete(REQUEST))


def in_threads(cached: Cached, many: int) -> list[Completion | BaseException]:
    return _in_pool(lambda: cached.complete(REQUEST), many)


def in_loops(cached: Cached, many: int) -> list[Completion | BaseException]:
    return _in_pool(lambda: asked(cached), many)


def in_a_loop(cached: Cached, many: int) -> list[Completion | BaseException]:
    async def gathered() -> list[Completion | BaseException]:
        return await asyncio.gather(*(cached.acomplete(REQUEST) for _ in range(many)), return_exceptions=True)

    return asyncio.run(gathered())


def _in_pool(ask: Callable[[], Completion], many: int) -> list[Completion | BaseException]:
    with ThreadPoolExecutor(many) as pool:
        calls = [pool.submit(ask) for _ in range(many)]
        return [call.exception(LONG_S) or call.result() for call in calls]


AT_ONCE = pytest.mark.parametrize("at_once", [in_threads, in_loops, in_a_loop])


@AT_ONCE
def test_what_many_ask_at_once_is_paid_once(replies: Replies, at_once: Any) -> None:
    inner = Slow()

    found = at_once(Cached(inner, replies, where="here"), 20)

    assert inner.asked == 1
    assert [(one.text, one.warnings) for one in found] == [("reply", ("a note",))] * 20
    assert sum((one.usage for one in found), Usage()) == PAID


@AT_ONCE
def test_where_the_first_of_many_fails_one_of_the_others_goes_next(replies: Replies, at_once: Any) -> None:
    inner = Slow(refused=2)

    found = at_once(Cached(inner, replies, where="here"), 5)

    assert sorted(type(one).__name__ for one in found) == [*["Completion"] * 3, *["Refused"] * 2]
    assert (inner.asked, inner.at_once) == (3, 1)


def test_a_loop_waits_for_what_a_thread_asks(replies: Replies) -> None:
    inner = Held()
    cached = Cached(inner, replies, where="here")
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(cached.complete, REQUEST)
        assert inner.is_asked.wait(LONG_S)
        second = pool.submit(asked, cached)
        inner.may_answer.set()

        assert [first.result(LONG_S).usage, second.result(LONG_S).usage] == [PAID, Usage()]
    assert inner.asked == 1


async def test_a_thread_that_a_loop_needs_does_not_wait_for_it(replies: Replies) -> None:
    class Quick(Held):
        def complete(self, request: Request, /) -> Completion:
            return Completion("quick", "m-2026")

    inner = Quick()
    cached = Cached(inner, replies, where="here")
    first = asyncio.create_task(cached.acomplete(REQUEST))
    await asyncio.to_thread(inner.is_asked.wait, LONG_S)

    assert (await asyncio.to_thread(cached.complete, REQUEST)).text == "quick"
    inner.may_answer.set()
    assert (await first).text == "reply"


async def test_who_gives_up_takes_no_other_along(replies: Replies) -> None:
    inner = Held()
    cached = Cached(inner, replies, where="here")
    first, second, third = (asyncio.create_task(cached.acomplete(REQUEST)) for _ in range(3))
    await asyncio.to_thread(inner.is_asked.wait, LONG_S)
    for one in (second, first):
        one.cancel()
        await asyncio.wait([one])
    inner.may_answer.set()

    assert (await third).text == "reply"
    assert (first.cancelled(), second.cancelled(), inner.asked) == (True, True, 1)


def test_what_a_loop_was_left_with_is_asked_by_another(replies: Replies) -> None:
    inner = Held()
    cached = Cached(inner, replies, where="here")

    async def begin() -> asyncio.Task[Completion]:
        task = asyncio.create_task(cached.acomplete(REQUEST))
        await asyncio.to_thread(inner.is_asked.wait, LONG_S)
        return task

    left = asyncio.new_event_loop()
    task = left.run_until_complete(begin())
    inner.may_answer.set()

    assert asked(cached).text == "reply"
    assert left.run_until_complete(task).text == "reply"
    left.run_until_complete(left.shutdown_default_executor())
    left.close()


async def test_a_call_that_stops_the_loop_does_not_wait_for_one_in_it(replies: Replies) -> None:
    provider = ScriptedProvider(lambda _: "reply")

    class Nested(Slow):
        async def acomplete(self, request: Request, /) -> Completion:
            self.asked += 1
            return cached.complete(request) if self.asked == 1 else provider.complete(request)

        def complete(self, request: Request, /) -> Completion:
            return provider.complete(request)

    cached = Cached(Nested(), replies, where="here")

    assert (await cached.acomplete(REQUEST)).text == "reply"


def test_who_waits_for_a_loop_that_stops_is_told_so() -> None:
    flights, is_joined, may_stop = Flights(), threading.Event(), threading.Event()

    async def lead() -> bool:
        is_first = flights.join("key", asyncio.get_running_loop())[1]
        is_joined.set()
        await asyncio.to_thread(may_stop.wait, LONG_S)
        return is_first

    async def wait() -> tuple[bool, Completion | None]:
        flight, is_first = flights.join("key", asyncio.get_running_loop())
        may_stop.set()
        return is_first, await flight.awaited()

    with ThreadPoolExecutor(1) as pool:
        leading = pool.submit(asyncio.run, lead())
        assert is_joined.wait(LONG_S)

        assert asyncio.run(wait()) == (False, None)
        assert leading.result(LONG_S)
