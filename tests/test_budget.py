"""Wrapper `budget`: a cap is never passed, whatever is in flight."""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from summarizer.errors import BudgetReached, Interrupted, Refused, SummarizerError, UsageError
from summarizer.providers.budget import Budgeted, Purse, reserve_again
from summarizer.providers.capabilities import Capabilities
from summarizer.providers.openai import OpenAIDoor
from summarizer.providers.patience import giving_up
from summarizer.providers.scripted import ScriptedProvider
from summarizer.records import Budget, Completion, Message, Request, Usage
from summarizer.schema import Summary
from summarizer.shape import reply_format

from .calls import Call
from .server import Server

WORST = Usage(1, 1_000, 0, 500, 0, Decimal("1.00"))
REQUEST = Request(model="test", messages=())


def budgeted(usage: Usage | SummarizerError, budget: Budget, worst: Usage = WORST) -> Budgeted:
    answer = usage if isinstance(usage, SummarizerError) else Completion("reply", "test", usage=usage)
    return Budgeted(ScriptedProvider(lambda _: answer), budget, worst=lambda _: worst)


@pytest.mark.parametrize(
    ("budget", "allowed"),
    [
        (Budget(max_requests=3), 3),
        (Budget(max_tokens=2_100), 7),
        (Budget(max_cost_usd=Decimal("1.55")), 6),
        (Budget(), 20),
    ],
)
def test_requests_pass_as_long_as_their_worst_case_is_covered(call: Call, budget: Budget, allowed: int) -> None:
    provider = budgeted(Usage(1, 60, 0, 30, 0, Decimal("0.10")), budget)
    done = 0
    try:
        for _ in range(20):
            call(provider, REQUEST)
            done += 1
    except BudgetReached as error:
        assert "no room" in error.message

    assert done == allowed


def test_a_refusal_of_the_budget_sends_nothing(call: Call) -> None:
    inner = ScriptedProvider(lambda _: "reply")

    with pytest.raises(BudgetReached, match="max_tokens is 10"):
        call(Budgeted(inner, Budget(max_tokens=10), worst=lambda _: WORST), REQUEST)

    assert inner.requests == []


def test_an_error_is_charged_with_what_it_took(call: Call) -> None:
    error = Refused("no")
    error.usage = Usage(1, 40, 0, 2, 0, Decimal("0.02"))
    provider = budgeted(error, Budget(max_requests=2))

    for _ in range(2):
        with pytest.raises(Refused):
            call(provider, REQUEST)
    with pytest.raises(BudgetReached):
        call(provider, REQUEST)

    assert provider.spent == Usage(2, 80, 0, 4, 0, Decimal("0.04"))


def test_what_a_server_does_not_tell_is_charged_in_full(call: Call) -> None:
    provider = budgeted(Usage(1, None, None, None, None, None), Budget(max_tokens=5_000))

    call(provider, REQUEST)

    assert provider.spent == WORST


@pytest.mark.parametrize(
    ("budget", "cost_usd"), [(Budget(max_cost_usd=Decimal(5)), WORST.cost_usd), (Budget(max_tokens=5_000), None)]
)
def test_a_price_that_is_unknown_afterwards_is_charged_in_full_where_dollars_are_capped(
    call: Call, budget: Budget, cost_usd: Decimal | None
) -> None:
    provider = budgeted(Usage(1, 60, 0, 30, 0, None), budget)

    call(provider, REQUEST)

    assert provider.spent == Usage(1, 60, 0, 30, 0, cost_usd)


def test_an_unknown_price_cannot_keep_a_cap_in_dollars(call: Call) -> None:
    provider = budgeted(Usage(1), Budget(max_cost_usd=Decimal(1)), Usage(1, 10, 0, 10, 0, None))

    with pytest.raises(UsageError, match="price of 'test' is unknown"):
        call(provider, REQUEST)


@pytest.mark.parametrize("workers", [1, 16, 64])
def test_a_cap_is_never_passed_with_many_in_flight(workers: int) -> None:
    chance = random.Random(workers)
    lock = threading.Lock()
    spent = Decimal(0)

    def answer(_: Request) -> Completion:
        nonlocal spent
        cost = Decimal(chance.randrange(20, 101)) / 100
        with lock:
            spent += cost
        return Completion("reply", "test", usage=Usage(1, 10, 0, 10, 0, cost))

    provider = Budgeted(ScriptedProvider(answer), Budget(max_cost_usd=Decimal(20)), worst=lambda _: WORST)

    def attempt(_: int) -> bool:
        try:
            provider.complete(REQUEST)
        except BudgetReached:
            return False
        return True

    with ThreadPoolExecutor(workers) as pool:
        done = list(pool.map(attempt, range(400)))

    assert Decimal(18) < spent <= Decimal(20)
    assert provider.spent.cost_usd == spent
    assert not all(done)


@pytest.mark.parametrize("taken", [10, 600])
def test_a_patient_call_waits_while_those_in_flight_may_leave_room(taken: int) -> None:
    async def answer(request: Request) -> Completion:
        await asyncio.sleep(0.01)
        return Completion("reply", request.model, usage=Usage(1, taken, 0, 0, 0, None))

    async def ask(patient: bool) -> tuple[Budgeted, list[Completion | BaseException]]:
        provider = Budgeted(Slow(answer), Budget(max_tokens=15_000), worst=lambda _: WORST, patient=patient)
        return provider, await asyncio.gather(*(provider.acomplete(REQUEST) for _ in range(30)), return_exceptions=True)

    _, at_once = asyncio.run(ask(patient=False))
    provider, in_time = asyncio.run(ask(patient=True))

    assert sum(isinstance(one, Completion) for one in at_once) == 10  # 15,000 are ten worst cases
    refused = [one for one in at_once if isinstance(one, BudgetReached)]
    assert len(refused) == 20
    assert all(one.for_now for one in refused)
    done = sum(isinstance(one, Completion) for one in in_time)
    assert done == min(30, (15_000 - 1_500) // taken + 1)
    assert provider.spent.requests == done
    assert not any(one.for_now for one in in_time if isinstance(one, BudgetReached))


def test_who_waits_for_room_and_is_not_wanted_any_more_sends_nothing() -> None:
    async def ask() -> list[Request]:
        sent: list[Request] = []
        is_over, is_answered = threading.Event(), asyncio.Event()
        giving_up.set(is_over.is_set)

        async def answer(request: Request) -> Completion:
            sent.append(request)
            await is_answered.wait()
            return Completion("reply", request.model, usage=Usage(1, 10, 0, 0, 0, None))

        provider = Budgeted(Slow(answer), Budget(max_tokens=1_500), worst=lambda _: WORST, patient=True)
        first, second = (asyncio.ensure_future(provider.acomplete(REQUEST)) for _ in range(2))
        await asyncio.sleep(0.05)
        is_over.set()
        with pytest.raises(Interrupted):
            await second
        is_answered.set()
        await first
        return sent

    assert len(asyncio.run(ask())) == 1


def test_a_door_that_negotiates_waits_for_no_room_while_it_holds_some() -> None:
    async def ask() -> list[Completion | BaseException]:
        provider = Budgeted(Negotiating(2, pause_s=0.01), Budget(max_requests=3), worst=lambda _: WORST, patient=True)
        asked = asyncio.gather(*(provider.acomplete(REQUEST) for _ in range(3)), return_exceptions=True)
        return await asyncio.wait_for(asked, 10)

    outcomes = asyncio.run(ask())

    assert all(isinstance(one, BudgetReached) for one in outcomes)


class Slow:
    """A provider whose answers take a while."""

    def __init__(self, answer: Callable[[Request], Awaitable[Completion]]) -> None:
        self._answer = answer

    def complete(self, request: Request, /) -> Completion:
        return asyncio.run(self.acomplete(request))

    async def acomplete(self, request: Request, /) -> Completion:
        return await self._answer(request)


class Negotiating:
    """A provider that sends several requests for one completion, as a door does that learns what a server takes."""

    def __init__(self, sends: int, pause_s: float = 0) -> None:
        self.sends = sends
        self.sent = 0
        self._pause_s = pause_s

    def complete(self, request: Request, /) -> Completion:
        return asyncio.run(self.acomplete(request))

    async def acomplete(self, _: Request, /) -> Completion:
        spent = Usage()
        for _ in range(self.sends):
            if spent.requests:
                await reserve_again(spent)
            self.sent += 1
            await asyncio.sleep(self._pause_s)
            spent += Usage(1, 10, 0, 5, 0, Decimal("0.01"))
        return Completion("reply", "test", usage=spent)


def test_each_request_of_a_door_that_negotiates_is_reserved(call: Call) -> None:
    door = Negotiating(sends=3)
    provider = Budgeted(door, Budget(max_requests=5), worst=lambda _: WORST)

    call(provider, REQUEST)
    with pytest.raises(BudgetReached) as caught:
        call(provider, REQUEST)

    assert door.sent == 5
    assert caught.value.usage == Usage(2, 20, 0, 10, 0, Decimal("0.02"))
    assert provider.spent == Usage(5, 50, 0, 25, 0, Decimal("0.05"))


def test_without_a_budget_a_door_may_ask_as_often_as_it_must() -> None:
    assert Negotiating(sends=8).complete(REQUEST).usage.requests == 8


def test_without_a_cap_nothing_is_counted_before_a_call_but_all_is_after(call: Call) -> None:
    counted: list[Request] = []

    def worst(request: Request) -> Usage:
        counted.append(request)
        return WORST

    known = Completion("reply", "test", usage=Usage(1, 60, 0, 30, 0, Decimal("0.10")))
    provider = Budgeted(ScriptedProvider(lambda _: known), Budget(), worst=worst)
    call(provider, REQUEST)

    assert provider.spent == known.usage
    assert counted == []


def test_what_was_spent_before_counts(call: Call) -> None:
    book = Purse(Budget(max_requests=3), spent=Usage(3, 10, 0, 10, 0, Decimal(1)))

    with pytest.raises(BudgetReached):
        call(Budgeted(ScriptedProvider(lambda _: "reply"), book, worst=lambda _: WORST), REQUEST)


def test_a_cap_on_what_was_never_counted_cannot_be_kept(call: Call) -> None:
    book = Purse(Budget(max_cost_usd=Decimal(9)), spent=Usage(3, 10, 0, 10, 0, None))

    with pytest.raises(UsageError, match="what was paid before is unknown"):
        call(Budgeted(ScriptedProvider(lambda _: "reply"), book, worst=lambda _: WORST), REQUEST)


def test_a_server_that_refuses_features_counts_no_more_requests_than_the_cap(call: Call) -> None:
    with Server(refuse={"json_schema", "json_object", "tools"}) as server:
        door = OpenAIDoor(model="test", base_url=server.url, capabilities=Capabilities(None))
        provider = Budgeted(door, Budget(max_requests=2), worst=lambda _: WORST)
        with pytest.raises(BudgetReached):
            call(provider, Request(model="test", messages=(Message("user", "hello"),), format=reply_format(Summary)))
        door.close()

    assert len(server.requests) == 2
    assert provider.spent.requests == 2
