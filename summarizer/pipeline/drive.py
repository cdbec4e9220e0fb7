"""What a flow is, and how one is driven against a provider."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

from summarizer.errors import SummarizerError
from summarizer.records import Completion, Provider, Request, Usage

T = TypeVar("T")


Outcome = Completion | SummarizerError


Flow = Generator[tuple[Request, ...], tuple[Outcome, ...], T]


def run(flow: Flow[T], provider: Provider) -> T:
    """Drive a flow: answer its requests with a provider until it returns; several at once go to threads."""

    def ask(request: Request) -> Outcome:
        try:
            return provider.complete(request)
        except SummarizerError as error:
            return error

    try:
        requests = next(flow)
        while True:
            requests = flow.send(_ask_all(ask, requests))
    except StopIteration as stop:
        value: T = stop.value
        return value


async def arun(flow: Flow[T], provider: Provider) -> T:
    """Drive a flow like `run`, without blocking the event loop."""

    async def ask(request: Request) -> Outcome:
        try:
            return await provider.acomplete(request)
        except SummarizerError as error:
            return error

    try:
        requests = next(flow)
        while True:
            requests = flow.send(tuple(await asyncio.gather(*map(ask, requests))))
    except StopIteration as stop:
        value: T = stop.value
        return value


def _ask_all(ask: Callable[[Request], Outcome], requests: Sequence[Request]) -> tuple[Outcome, ...]:
    if len(requests) == 1:
        return (ask(requests[0]),)
    with ThreadPoolExecutor(max_workers=min(16, len(requests))) as pool:
        # Each in a copy of the caller's context: what it traces belongs to the span that is open here.
        contexts = [copy_context() for _ in requests]
        return tuple(pool.map(lambda here, request: here.run(ask, request), contexts, requests))


def ask(request: Request, before: Usage) -> Flow[Completion]:
    """Ask one question; an error carries what was consumed before it too."""
    (outcome,) = yield (request,)
    if isinstance(outcome, SummarizerError):
        outcome.usage = before + outcome.usage if outcome.usage else before
        raise outcome
    return outcome
