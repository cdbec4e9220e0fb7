"""What a flow is, and how one is driven against a provider."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from itertools import islice
from typing import TypeVar

from summarizer.errors import BudgetReached, SummarizerError
from summarizer.records import Completion, Provider, Request, Usage

T = TypeVar("T")


# Calls in flight for one article: a book has hundreds of parts, and without an event loop each call holds a thread.
AT_ONCE = 16


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


async def arun(flow: Flow[T], provider: Provider, *, at_once: int = AT_ONCE) -> T:
    """Drive a flow like `run`, without blocking the event loop, with at most so many calls in flight."""
    slots = asyncio.Semaphore(at_once)

    async def ask(request: Request) -> Outcome:
        try:
            async with slots:
                return await provider.acomplete(request)
        except SummarizerError as error:
            return error

    try:
        requests = next(flow)
        while True:
            alone = len(requests) == 1  # needs no task of its own
            outcomes = (await ask(requests[0]),) if alone else tuple(await asyncio.gather(*map(ask, requests)))
            requests = flow.send(outcomes)
    except StopIteration as stop:
        value: T = stop.value
        return value


def _ask_all(ask: Callable[[Request], Outcome], requests: Sequence[Request]) -> tuple[Outcome, ...]:
    if len(requests) == 1:
        return (ask(requests[0]),)
    with ThreadPoolExecutor(max_workers=min(AT_ONCE, len(requests))) as pool:
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


def together(flows: Sequence[Flow[T]]) -> Flow[tuple[T | SummarizerError, ...]]:
    """Drive several flows side by side: whatever they ask next is asked at once.

    What a budget has no room for beside the other calls is asked again when these are settled for what they took.

    Returns:
        What each came to, or the error that ended it.

    Raises:
        SummarizerError: One that stops a run, with what all of them consumed.
    """
    ends: dict[int, T | SummarizerError] = {}
    asking: dict[int, tuple[Request, ...]] = {}
    spent = Usage()

    def go_on(number: int, outcomes: tuple[Outcome, ...] | None) -> None:
        try:
            asking[number] = flows[number].send(outcomes) if outcomes is not None else next(flows[number])
        except StopIteration as stop:
            ends[number] = stop.value
        except SummarizerError as error:
            if error.stops_run:
                error.usage = spent
                raise
            ends[number] = error

    for number in range(len(flows)):
        go_on(number, None)
    while asking:
        asked, asking = asking, {}
        answers = yield tuple(request for requests in asked.values() for request in requests)
        spent = sum((answer.usage for answer in answers if answer.usage is not None), spent)
        settled = not all(isinstance(answer, BudgetReached) for answer in answers)
        left = iter(answers)
        for number, requests in asked.items():
            outcomes = tuple(islice(left, len(requests)))
            if settled and all(isinstance(outcome, BudgetReached) for outcome in outcomes):
                asking[number] = requests
            else:
                go_on(number, outcomes)
    return tuple(ends[number] for number in range(len(flows)))
