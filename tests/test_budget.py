"""Wrapper `budget`: a cap is never passed, whatever is in flight."""

from __future__ import annotations

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from summarizer.errors import BudgetReached, Refused, SummarizerError, UsageError
from summarizer.providers.budget import Budgeted
from summarizer.providers.scripted import ScriptedProvider
from summarizer.records import Budget, Completion, Request, Usage

from .calls import CALLS, Call

WORST = Usage(1, 1_000, 0, 500, 0, Decimal("1.00"))
REQUEST = Request(model="test", messages=())


@pytest.fixture(params=CALLS, ids=["sync", "async"])
def call(request: pytest.FixtureRequest) -> Call:
    chosen: Call = request.param
    return chosen


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
