"""What a flow is, and how one is driven against a provider."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from itertools import islice
from typing import TypeVar

from summarizer.errors import BudgetReached, SummarizerError
from summarizer.ground import Grounding
from summarizer.ground.nearest import StandIns
from summarizer.providers.patience import giving_up, go_on
from summarizer.records import Completion, Provider, Request, Usage

T = TypeVar("T")

# Calls in flight for one article: a book has hundreds of parts, and without an event loop each call holds a thread.
AT_ONCE = 16

# What takes the processor for a while, with plain values, for another process to take: a look at claims (`ground`), and
# the choice of what stands in for some of them.
Look = partial[Grounding]
Choice = partial[StandIns]
Found = Grounding | StandIns
Question = Request | Look | Choice
Outcome = Completion | SummarizerError | Found
Flow = Generator[tuple[Question, ...], tuple[Outcome, ...], T]


async def in_thread(look: Look | Choice) -> Found:
    """Have a look taken, or a choice made, in another thread."""
    return await asyncio.to_thread(look)


def run(flow: Flow[T], provider: Provider) -> T:
    """Drive a flow: answer its requests with a provider until it returns; several at once go to threads."""

    def answer(question: Question) -> Outcome:
        if not isinstance(question, Request):
            return question()
        try:
            return provider.complete(question)
        except SummarizerError as error:
            return error

    try:
        questions = next(flow)
        while True:
            questions = flow.send(_answer_all(answer, questions))
    except StopIteration as stop:
        value: T = stop.value
        return value


async def arun(
    flow: Flow[T],
    provider: Provider,
    *,
    at_once: int = AT_ONCE,
    elsewhere: Callable[[Look | Choice], Awaitable[Found]] = in_thread,
) -> T:
    """Drive a flow like `run`, without blocking the event loop.

    Args:
        flow: The flow.
        provider: Answers its requests.
        at_once: How many calls may be in flight.
        elsewhere: Takes looks and choices off the event loop's back; an error of one must come out of it as itself.
    """
    answers = answering(provider, at_once=at_once, elsewhere=elsewhere)
    try:
        questions = next(flow)
        while True:
            questions = flow.send(await answers(questions))
    except StopIteration as stop:
        value: T = stop.value
        return value


def begun(flow: Flow[T]) -> Flow[T]:
    """Take a flow as far as its first questions, here and now: to cut a long article and write it out takes a while."""
    try:
        return _going_on(flow, next(flow))
    except StopIteration as stop:
        return _ended(stop.value)


def _going_on(flow: Flow[T], questions: tuple[Question, ...]) -> Flow[T]:
    try:
        while True:
            questions = flow.send((yield questions))
    except StopIteration as stop:
        value: T = stop.value
        return value
    finally:
        flow.close()


def _ended(value: T) -> Flow[T]:
    yield from ()
    return value


def answering(
    provider: Provider, *, at_once: int, elsewhere: Callable[[Look | Choice], Awaitable[Found]] = in_thread
) -> Callable[[tuple[Question, ...]], Awaitable[tuple[Outcome, ...]]]:
    """Return what answers the questions of one flow; see `arun`."""

    async def answer(question: Question, *, has_waited: bool = False) -> Outcome:
        if not isinstance(question, Request):
            return await elsewhere(question)
        try:
            if has_waited:
                go_on()
            return await provider.acomplete(question)
        except SummarizerError as error:
            return error

    async def answers(questions: tuple[Question, ...]) -> tuple[Outcome, ...]:
        if len(questions) == 1:  # needs neither a task nor a slot of its own
            return (await answer(questions[0]),)
        slots = asyncio.Semaphore(at_once)

        async def in_turn(question: Question) -> Outcome:
            has_waited = slots.locked()
            async with slots:
                return await answer(question, has_waited=has_waited)

        tasks = [asyncio.ensure_future(in_turn(question)) for question in questions]
        try:
            return tuple(await asyncio.gather(*tasks))
        except BaseException:  # where one ends the flow, nobody wants the others any more
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)
            raise

    return answers


def asking(flow: Flow[T]) -> Generator[tuple[Request, ...], tuple[Outcome, ...], T]:
    """Take a flow's looks and choices here, and hand on its requests alone."""
    outcomes: tuple[Outcome, ...] | None = None
    try:
        while True:
            questions = next(flow) if outcomes is None else flow.send(outcomes)
            requests = tuple(question for question in questions if isinstance(question, Request))
            replies = iter((yield requests) if requests else ())
            outcomes = tuple(next(replies) if isinstance(question, Request) else question() for question in questions)
    except StopIteration as stop:
        value: T = stop.value
        return value


def _answer_all(answer: Callable[[Question], Outcome], questions: Sequence[Question]) -> tuple[Outcome, ...]:
    calls = sum(isinstance(question, Request) for question in questions)
    if calls <= 1:
        return tuple(map(answer, questions))
    is_over = threading.Event()

    def in_turn(question: Question) -> Outcome:
        giving_up.set(is_over.is_set)
        return answer(question)

    pool = ThreadPoolExecutor(max_workers=min(AT_ONCE, calls))
    try:
        # Each in a copy of the caller's context: what it traces belongs to the span that is open here.
        asked = [
            pool.submit(copy_context().run, in_turn, question) if isinstance(question, Request) else None
            for question in questions
        ]
        outcomes = tuple(
            answer(question) if call is None else call.result() for question, call in zip(questions, asked, strict=True)
        )
    except BaseException as error:  # where one ends the flow, nobody wants the others any more
        is_over.set()
        pool.shutdown(wait=isinstance(error, Exception), cancel_futures=True)  # Ctrl-C waits for no call
        raise
    pool.shutdown()
    return outcomes


def ask(request: Request, before: Usage) -> Flow[Completion]:
    """Ask one question; an error carries what was consumed before it too."""
    (outcome,) = yield (request,)
    if isinstance(outcome, SummarizerError):
        outcome.usage = before + outcome.usage if outcome.usage else before
        raise outcome
    assert isinstance(outcome, Completion)
    return outcome


def accounted(flow: Flow[T]) -> Flow[T]:
    """Have an error that no answer brings, such as a template that does not render, carry what all answers consumed."""
    spent = Usage()
    try:
        questions = next(flow)
        while True:
            answers = yield questions
            for answer in answers:
                if not isinstance(answer, Found) and answer.usage is not None:
                    spent = answer.usage + spent
            questions = flow.send(answers)
    except StopIteration as stop:
        value: T = stop.value
        return value
    except SummarizerError as error:
        if spent.requests > (error.usage or Usage()).requests:
            error.usage = spent
        raise
    finally:
        flow.close()


def look_at(look: Look) -> Flow[Grounding]:
    """Have a look taken, here or elsewhere."""
    (outcome,) = yield (look,)
    assert isinstance(outcome, Grounding)
    return outcome


def choose(choice: Choice) -> Flow[StandIns]:
    """Have it chosen what stands in for claims, here or elsewhere."""
    (outcome,) = yield (choice,)
    assert isinstance(outcome, StandIns)
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
    asking: dict[int, tuple[Question, ...]] = {}
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
        answers = yield tuple(question for questions in asked.values() for question in questions)
        usages = (answer.usage for answer in answers if not isinstance(answer, Found))
        spent = sum((usage for usage in usages if usage is not None), spent)
        settled = not all(isinstance(answer, BudgetReached) for answer in answers)
        left = iter(answers)
        for number, questions in asked.items():
            outcomes = tuple(islice(left, len(questions)))
            if settled and all(isinstance(outcome, BudgetReached) for outcome in outcomes):
                asking[number] = questions
            else:
                go_on(number, outcomes)
    return tuple(ends[number] for number in range(len(flows)))
