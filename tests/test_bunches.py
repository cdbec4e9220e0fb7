"""Replies that come at about the same time: their articles go on together, and no more calls are in flight for it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

from summarizer import ScriptedProvider, Summarizer
from summarizer.batch import Run, Settings
from summarizer.batch.calls import Calls
from summarizer.load.inputs import given
from summarizer.records import Completion, Message, Request

from . import replies
from .test_processes import until

ARTICLES = [f"The council of town {number} approved the plan. The work begins in May." for number in range(100)]


class Held(ScriptedProvider):
    """Answers each call when it is told to; knows how many were in flight."""

    def __init__(self, answer: replies.Answer = replies.verbatim) -> None:
        super().__init__(answer)
        self.waiting: list[asyncio.Future[None]] = []
        self.most = 0

    async def acomplete(self, request: Request, /) -> Completion:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.waiting.append(future)
        self.most = max(self.most, len(self.waiting))
        try:
            await future
        finally:
            self.waiting.remove(future)
        return self.complete(request)

    def answer(self, many: int) -> None:
        """Answer those that wait longest."""
        for future in self.waiting[:many]:
            future.set_result(None)


def order(in_flight: int, answered: int) -> list[str]:
    """Answer some of the calls in flight, each in a turn of its own, and return what happened in which order."""
    happened: list[str] = []

    async def ask(calls: Calls, provider: Held, number: int) -> None:
        request = Request(model="test", messages=(Message("user", str(number)),))
        await calls.ask(provider, request)
        happened.append("back")
        await calls.join()
        happened.append("on")

    async def run() -> None:
        calls, provider = Calls(in_flight, window_s=1.0), Held(lambda _: "{}")
        asked = [asyncio.ensure_future(ask(calls, provider, number)) for number in range(in_flight)]
        await until(lambda: len(provider.waiting) == in_flight)
        for _ in range(answered):
            provider.answer(1)
            for _ in range(3):
                await asyncio.sleep(0)
        await until(lambda: len(happened) == 2 * answered)
        for one in asked:
            one.cancel()

    asyncio.run(run())
    return happened


def test_of_many_calls_those_that_come_back_together_go_on_together() -> None:
    assert order(in_flight=40, answered=5) == ["back"] * 5 + ["on"] * 5


def test_of_few_calls_each_goes_on_by_itself() -> None:
    assert order(in_flight=20, answered=5) == ["back", "on"] * 5


def test_no_more_calls_are_in_flight_than_asked_for(tmp_path: Path) -> None:
    provider = Held()

    async def take() -> list[Any]:
        told = Summarizer(provider).abatch(ARTICLES, out=tmp_path / "out", concurrency=40)
        answering = asyncio.ensure_future(answer())
        found = [one async for one in told]
        answering.cancel()
        return found

    async def answer() -> None:
        await until(lambda: len(provider.waiting) == 40)
        while True:
            provider.answer(len(provider.waiting))
            await asyncio.sleep(0.001)

    assert len(asyncio.run(take())) == len(provider.requests) == len(ARTICLES)
    assert provider.most == 40


def test_a_reply_that_waits_for_others_is_kept_when_the_run_is_dropped(tmp_path: Path) -> None:
    provider, settings = Held(), Settings(out=tmp_path / "out", concurrency=40)

    def made(provider: ScriptedProvider) -> Run[Any]:
        return Run(Summarizer(provider).recipe(), given(ARTICLES), settings)

    async def drop() -> None:
        run = made(provider)

        async def stop() -> None:
            await until(lambda: len(provider.waiting) == 40)
            provider.answer(5)
            await until(lambda: len(provider.requests) == 5)
            run.abort()

        stopping = asyncio.ensure_future(stop())
        async for _ in run.outcomes():
            pass
        await stopping

    async def resume(run: Run[Any]) -> int:
        return len([one async for one in run.outcomes()])

    asyncio.run(drop())
    second = ScriptedProvider(replies.verbatim)
    assert asyncio.run(resume(made(second))) == len(ARTICLES)
    assert len(second.requests) == len(ARTICLES) - 5
