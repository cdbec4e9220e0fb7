"""Takes what the processor works at off the event loop's back: to child processes, once that pays.

    event loop -> pipes (`pipe.py`) -> child processes (`child.py`, `desk.py`)

Python works at one thing at a time in a process. What the loop itself must do for an article (the call, the ledger, the
outputs) takes about as long as its flow (sentences, language, prompt, validation, grounding) when the model copies
sentences, and a tenth of it when every claim must be looked at.
"""

from __future__ import annotations

import asyncio
import os
import pickle
import sys
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import TypeVar

from summarizer.batch.desk import Orders
from summarizer.batch.ended import Ended, ended
from summarizer.batch.pipe import Child, Gone
from summarizer.errors import SummarizerError
from summarizer.pipeline import Choice, Flow, Found, Look, Outcome, Question, answering, arun
from summarizer.processors import processors
from summarizer.providers.wrapper import Wrapper
from summarizer.records import Article, Completion, Provider, Request

T = TypeVar("T")

# An article takes 1 ms of the event loop and up to 20 of its flow: it could not keep more of them busy.
_MOST = 8
# Flows may take so much of a window, and of the next one, in this process. When replies come after half a second, they
# take 22 % of the time with 100 calls in flight, 37 % with 200, where a tenth of the articles are late, and 47 % where
# there is no time left. A child does nothing else.
_MOST_HERE = 0.33
_MOST_OF_A_CHILD = 0.85
_WINDOW_S = 0.25
_WINDOWS = 2
# Another child needs so much of a processor.
_ROOM = 0.3
_MOST_LOST = 3


class Processes:
    """Child processes that drive flows and take looks at claims; belongs to one event loop.

    The first is started when flows take too much of this process, another when all that there are have no time left.
    One that dies costs nothing: what it had is done here, and another is started, a few times.

    Args:
        most: How many there may be; None decides by the processors.
        at_once: Start the first one without waiting until it pays.
    """

    def __init__(self, most: int | None = None, *, at_once: bool = False) -> None:
        self._most = _room() if most is None else most
        self._at_once = at_once
        self._orders: Orders | None = None
        self._alone = asyncio.Lock()  # looks in this process would only take turns
        self._ready: list[Child] = []
        self._starting: asyncio.Task[None] | None = None
        self._load = Load(processors())
        self._numbers = 0
        self._lost = 0
        self._is_closed = False

    @property
    def pids(self) -> tuple[int, ...]:
        """The children that work now, by their process ids."""
        return tuple(child.pid for child in self._ready)

    def follow(self, orders: Orders) -> None:
        """Say what children will do; where they cannot know how, they take looks only."""
        self._orders = orders

    async def summarize(self, article: Article, provider: Provider, *, calls: int) -> Ended:
        """Drive the flow of an article: in a child, or here.

        Args:
            article: The article.
            provider: Answers its requests, here.
            calls: How many of them may be in flight.

        Raises:
            SummarizerError: What the flow raised.
            Exception: What the provider raised.
        """
        before: deque[Outcome] = deque()
        child = self._least_busy()
        if child is not None and child.has_orders:
            answer = await self._afar(child, article, answering(provider, at_once=calls), before)
            if isinstance(answer, SummarizerError):
                raise answer
            if answer is not None:
                return answer
        assert self._orders is not None
        flow = self._timed(self._orders.make(article))
        asked = _Replayed(provider, before) if before else provider
        result = await arun(flow, asked, at_once=calls, elsewhere=self.look)
        return ended(result, is_wanted=self._orders.wants_results)

    async def _afar(
        self,
        child: Child,
        article: Article,
        answers: Callable[[tuple[Question, ...]], Awaitable[tuple[Outcome, ...]]],
        outcomes: deque[Outcome],
    ) -> Ended | SummarizerError | None:
        """Drive a flow in a child, and keep the outcomes of its requests; None when it must be driven here."""
        self._numbers += 1
        number = self._numbers
        child.under_way += 1
        try:
            answer = await child.ask(number, article)
            while isinstance(answer, tuple):
                new = await answers(answer)
                outcomes.extend(new)
                answer = await child.ask(number, new)
        except Gone:
            self._lose(child)
            return None
        except BaseException:  # what the provider raises, or the end of the run
            child.drop(number)
            raise
        finally:
            child.under_way -= 1
        return answer if isinstance(answer, (Ended, SummarizerError)) else None

    def _timed(self, flow: Flow[T]) -> Flow[T]:
        """Count what a flow takes of the time of the event loop."""
        outcomes: tuple[Outcome, ...] | None = None
        while True:
            began = time.perf_counter()
            try:
                questions = next(flow) if outcomes is None else flow.send(outcomes)
            except StopIteration as stop:
                value: T = stop.value
                return value
            finally:
                self._load.add(time.perf_counter() - began)
            outcomes = yield questions

    async def look(self, look: Look | Choice) -> Found:
        """Take a look without blocking the event loop; what it raises comes out as itself."""
        child = self._least_busy()
        if child is None:
            async with self._alone:
                child = self._least_busy()
                if child is None:
                    began = time.perf_counter()
                    try:
                        return await asyncio.to_thread(look)
                    finally:
                        self._load.add(time.perf_counter() - began)
        child.under_way += 1
        try:
            found = await child.ask(None, look)
        except Gone:
            self._lose(child)
            found = None
        finally:
            child.under_way -= 1
        return found if isinstance(found, Found) else await asyncio.to_thread(look)

    async def aclose(self) -> None:
        """End all children; nobody waits for them any more."""
        self._is_closed = True
        if self._starting is not None:
            self._starting.cancel()
            await asyncio.wait([self._starting])
        children, self._ready = self._ready, []
        await asyncio.gather(*(child.aclose() for child in children))

    def _least_busy(self) -> Child | None:
        if (self._at_once and not self._ready) or self._load.is_high(self._ready):
            self._start_one()
        return min(self._ready, key=lambda child: child.under_way, default=None)

    def _start_one(self) -> None:
        has_room = len(self._ready) < self._most and self._lost <= _MOST_LOST and not self._is_closed
        if has_room and self._starting is None:
            self._starting = asyncio.ensure_future(self._start())

    async def _start(self) -> None:
        try:
            self._ready.append(await Child.start(_packed(self._orders)))
        except Exception:  # noqa: BLE001 - whatever is wrong with it, all is done here
            self._lost += 1
        finally:
            self._starting = None

    def _lose(self, child: Child) -> None:
        if child in self._ready:  # many may have been with it
            self._ready.remove(child)
            child.close()
            self._lost += 1


class _Replayed(Wrapper):
    """Gives the outcomes that are there, in the order in which they were asked for; then asks."""

    def __init__(self, provider: Provider, outcomes: deque[Outcome]) -> None:
        super().__init__(provider)
        self._outcomes = outcomes

    def complete(self, request: Request, /) -> Completion:
        """Return the completion of a request."""
        return self._next() or self._provider.complete(request)

    async def acomplete(self, request: Request, /) -> Completion:
        """Return the completion of a request without blocking the event loop."""
        return self._next() or await self._provider.acomplete(request)

    def _next(self) -> Completion | None:
        if not self._outcomes:
            return None
        outcome = self._outcomes.popleft()
        if isinstance(outcome, SummarizerError):
            raise outcome
        assert isinstance(outcome, Completion)
        return outcome


def _packed(orders: Orders | None) -> bytes:
    """Return orders as a pickle; None in their place where they cannot be: a class within a function, for one."""
    with suppress(Exception):
        return pickle.dumps(orders, pickle.HIGHEST_PROTOCOL)
    return pickle.dumps(None)


class Load:
    """How much of the time flows and looks take: of this process, or of each of its children, where there are some.

    Args:
        processors: How many there are.
        now: The time, in seconds.
        worked: The processor time of this process, in seconds.
    """

    def __init__(
        self,
        processors: int,
        now: Callable[[], float] = time.monotonic,
        worked: Callable[[], float] = time.process_time,
    ) -> None:
        self._processors = processors
        self._now, self._worked = now, worked
        self._high = 0
        self._begin()

    def add(self, seconds: float) -> None:
        """Count what one of them took in this process."""
        self._here_s += seconds

    def is_high(self, children: Sequence[Child]) -> bool:
        """Whether it was too much in the last two windows, and there is room for another; asked for each article."""
        window_s = self._now() - self._since
        if window_s < _WINDOW_S:
            return False
        if children:
            busy_s = [child.busy_s for child in children]
            all_s = sum(busy_s) + self._worked() - self._before
            is_high = min(busy_s) >= _MOST_OF_A_CHILD * window_s and all_s <= (self._processors - _ROOM) * window_s
        else:
            is_high = self._here_s >= _MOST_HERE * window_s
        self._high = self._high + 1 if is_high else 0
        for child in children:
            child.busy_s = 0.0
        self._begin()
        return self._high >= _WINDOWS

    def _begin(self) -> None:
        self._since, self._before, self._here_s = self._now(), self._worked(), 0.0


def _room() -> int:
    """Return how many children there may be; none where this is no Python that runs files, or on one processor.

    A program that is frozen, or has Python within it (Nuitka, Briefcase, uWSGI), would start itself once more.
    """
    name = os.path.basename(sys.executable or "").lower()  # noqa: PTH119 - None and "" are no paths
    if getattr(sys, "frozen", False) or not name.startswith(("python", "pypy")):
        return 0
    count = processors()
    return min(_MOST, count) if count > 1 else 0
