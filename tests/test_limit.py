"""The limit wrapper: whose turn it is, what all wait for, and how many are in flight."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from summarizer.errors import BadRequest, Interrupted, ProviderError, RateLimited, SummarizerError, Unavailable
from summarizer.providers.capabilities import Capabilities
from summarizer.providers.gate import FIRST_PAUSE_S, LONGEST_PAUSE_S, MAX_WAIT_S, Gate, Room
from summarizer.providers.limit import Limit
from summarizer.providers.openai import OpenAIDoor
from summarizer.providers.patience import giving_up
from summarizer.records import Completion, Limits, Message, Rate, Rates, Request, Usage
from tests.calls import CALLS, Call
from tests.faults import Exchange, completion, error
from tests.server import Server

REQUEST = Request("test-model", (Message("user", "JSON\n[1] A cat."),))


class Clock:
    """Time that passes when somebody waits."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    async def asleep(self, seconds: float) -> None:
        self.now += seconds
        await asyncio.sleep(0)


class Door:
    """A provider that notes when it is asked, and gives what it was told to, in turn."""

    def __init__(self, clock: Clock, *outcomes: Completion | BaseException) -> None:
        self.clock = clock
        self.outcomes = deque(outcomes)
        self.asked_at: list[float] = []

    def complete(self, request: Request, /) -> Completion:
        self.asked_at.append(self.clock())
        outcome = self.outcomes.popleft() if self.outcomes else Completion("text", "test")
        if isinstance(outcome, BaseException):
            raise outcome
        return outcome

    async def acomplete(self, request: Request, /) -> Completion:
        return self.complete(request)


def limited(door: Door, **limits: Any) -> Limit:
    clock = door.clock
    return Limit(door, Limits(**limits), clock=clock, sleep=clock.sleep, asleep=clock.asleep)


def refused(retry_after_s: float | None = None, rates: Rates | None = None) -> RateLimited:
    found = RateLimited("too many", retry_after_s=retry_after_s)
    found.rates = rates
    return found


def gate(clock: Callable[[], float], **limits: Any) -> Gate:
    return Gate(Limits(**limits), clock=clock, draw=lambda: 1.0)


def silent() -> None:
    """Wake nobody: these tests look for themselves."""


# ---------------------------------------------------------------------------------------------------- limits per minute


@pytest.mark.parametrize("call", CALLS)
def test_requests_are_spread_over_the_minute(call: Call) -> None:
    door = Door(Clock())
    limit = limited(door, requests_per_minute=30)

    for _ in range(4):
        call(limit, REQUEST)

    assert door.asked_at == pytest.approx([0, 2, 4, 6])


@pytest.mark.parametrize("call", CALLS)
def test_tokens_are_set_aside_before_and_settled_after(call: Call) -> None:
    took = Completion("text", "test", usage=Usage(1, 100, 0, 20, 0, None))
    door = Door(Clock(), took, took)
    limit = limited(door, tokens_per_minute=600)
    request = Request("test-model", (Message("user", "x" * 400),), max_output_tokens=500)

    for _ in range(3):
        call(limit, request)

    # 600 were set aside each time, which would take a minute; 120 were used, which takes 12 s.
    assert door.asked_at == pytest.approx([0, 12, 24], abs=0.1)


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(("kind", "limit"), [("requests", 60), ("tokens", 60 * len(REQUEST.messages[0].content) / 4)])
def test_what_the_server_tells_is_kept_without_being_named(call: Call, kind: Any, limit: int) -> None:
    rates = Rates(**{kind: Rate(limit, 0)})
    told = Completion("text", "test", rates=rates)
    door = Door(Clock(), told, refused(rates=replace(rates, ran_out=kind)))
    asked = limited(door)
    call(asked, REQUEST)
    with pytest.raises(RateLimited):
        call(asked, REQUEST)

    for _ in range(3):
        call(asked, REQUEST)

    gaps = [after - before for before, after in zip(door.asked_at[2:], door.asked_at[3:], strict=False)]
    assert gaps == pytest.approx([1, 1], abs=0.05)


@pytest.mark.parametrize("call", CALLS)
def test_tokens_that_the_server_counts_lower_than_we_do_are_followed(call: Call) -> None:
    clock = Clock()

    class Counting(Door):
        """Counts 120 tokens a call, of which 20 are there again after a second, and tells so."""

        def complete(self, request: Request, /) -> Completion:
            super().complete(request)
            used = max(0, 120 * len(self.asked_at) - int(20 * clock()))
            return Completion("text", "test", rates=Rates(tokens=Rate(1200, 1200 - used)))

    door = Counting(clock)
    limit = limited(door)
    request = Request("test-model", (Message("user", "x" * 400),), max_output_tokens=500)  # 600 are set aside

    for _ in range(8):
        call(limit, request)

    # Seven calls have used 840 when the eighth goes: at the server's rate 42 s at most, by our own count 210 s.
    assert door.asked_at[-1] < 42


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("limit", [{"requests_per_minute": 1}, {"tokens_per_minute": 60}], ids=str)
def test_what_was_set_aside_for_a_call_that_is_refused_is_there_for_the_next(call: Call, limit: dict[str, int]) -> None:
    door = Door(Clock(), refused(0.0))
    asked = limited(door, **limit)
    with pytest.raises(RateLimited):
        call(asked, replace(REQUEST, max_output_tokens=500))

    call(asked, REQUEST)

    assert door.asked_at == [0, 0]


@pytest.mark.parametrize("call", CALLS)
def test_requests_that_others_took_are_seen_however_many_tokens_one_has(call: Call) -> None:
    door = Door(Clock(), Completion("text", "test", rates=Rates(requests=Rate(60, 0))))
    limit = limited(door)
    request = replace(REQUEST, max_output_tokens=500)

    for _ in range(2):
        call(limit, request)

    assert door.asked_at == pytest.approx([0, 2], abs=0.05)  # a second for one, and one that is kept back


def test_calls_go_through_in_the_order_in_which_they_came() -> None:
    clock = Clock()
    door = Door(clock)
    limit = limited(door, requests_per_minute=60)
    order: list[int] = []

    async def ask(number: int) -> None:
        await limit.acomplete(REQUEST)
        order.append(number)

    async def all_of_them() -> None:
        await asyncio.gather(*(ask(number) for number in range(20)))

    asyncio.run(all_of_them())

    assert order == list(range(20))
    assert clock.now == pytest.approx(19, abs=0.1)


def test_a_large_request_is_not_passed_by_small_ones() -> None:
    clock = Clock()
    turns = gate(clock, tokens_per_minute=6000)
    first = turns.enter(100, silent)
    large, small = turns.enter(1000, silent), turns.enter(1, silent)

    assert first.is_let
    assert turns.wait_s(large) == pytest.approx(1)
    assert turns.wait_s(small) is None
    clock.now += 1
    assert turns.wait_s(large) == 0
    assert not small.is_let


def test_a_call_that_gives_up_makes_room_for_the_next() -> None:
    clock, rung = Clock(), list[str]()
    turns = gate(clock, requests_per_minute=60)
    turns.enter(1, silent)
    second, third = turns.enter(1, silent), turns.enter(1, lambda: rung.append("third"))

    assert turns.wait_s(third) is None
    turns.leave(second)

    assert rung == ["third"]
    assert turns.wait_s(third) == pytest.approx(1)


async def test_a_call_that_is_cancelled_in_the_queue_leaves_it() -> None:
    door = Door(Clock())
    limit = limited(door, requests_per_minute=60)
    await limit.acomplete(REQUEST)
    waiting = asyncio.create_task(limit.acomplete(REQUEST))
    await asyncio.sleep(0)
    waiting.cancel()

    await asyncio.gather(waiting, return_exceptions=True)
    await limit.acomplete(REQUEST)

    assert waiting.cancelled()
    assert door.asked_at == pytest.approx([0, 1])


@pytest.mark.parametrize("call", CALLS)
def test_who_gives_up_is_not_sent_any_more_and_holds_up_nobody(call: Call) -> None:
    door = Door(Clock())
    limit = limited(door, requests_per_minute=1)
    call(limit, REQUEST)
    token = giving_up.set(lambda: door.clock() > 10)
    try:
        with pytest.raises(Interrupted) as caught:
            call(limit, REQUEST)
    finally:
        giving_up.reset(token)

    assert caught.value.usage == Usage()
    assert 10 < door.clock() < 11
    call(limit, REQUEST)
    assert door.asked_at == pytest.approx([0, 60])


# ----------------------------------------------------------------------------------------------------- one pause of all


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("kind", [RateLimited, Unavailable])
def test_a_server_that_asks_for_a_pause_is_left_alone_by_everyone(call: Call, kind: type[ProviderError]) -> None:
    door = Door(Clock(), kind("busy", retry_after_s=7.0))
    limit = limited(door)
    with pytest.raises(kind):
        call(limit, REQUEST)

    assert limit.gate.paused_s == 7
    call(limit, REQUEST)  # another article
    call(limit, REQUEST)
    assert door.asked_at == pytest.approx([0, 7, 7])
    assert limit.gate.paused_s == 0


@pytest.mark.parametrize("call", CALLS)
def test_pauses_double_as_long_as_nothing_succeeds(call: Call) -> None:
    turns = Clock()
    door = Door(turns, *[refused() for _ in range(9)])
    limit = limited(door)
    limit.gate = gate(turns)
    pauses = []
    for _ in range(9):
        with pytest.raises(RateLimited):
            call(limit, REQUEST)
        pauses.append(limit.gate.paused_s)
    call(limit, REQUEST)
    door.outcomes.append(refused())
    with pytest.raises(RateLimited):
        call(limit, REQUEST)

    assert pauses == pytest.approx([min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2**number) for number in range(9)])
    assert limit.gate.paused_s == pytest.approx(FIRST_PAUSE_S)


def test_refusals_of_calls_that_were_in_flight_together_are_one_pause() -> None:
    clock = Clock()
    turns = gate(clock)
    flying = [turns.enter(1, silent) for _ in range(5)]

    for turn in flying:
        turn.outcome = refused()
        turns.leave(turn)

    assert turns.paused_s == pytest.approx(FIRST_PAUSE_S)


def test_a_server_that_is_closed_for_the_day_holds_nobody_back() -> None:
    door = Door(Clock(), refused(MAX_WAIT_S + 1))
    limit = limited(door)
    with pytest.raises(RateLimited):
        limit.complete(REQUEST)

    limit.complete(REQUEST)

    assert door.asked_at == [0, 0]


@pytest.mark.parametrize("pauses_s", [(5.0,), (5.0, 0.1)], ids=["one", "a longer and a shorter one"])
def test_after_a_pause_calls_do_not_come_back_all_at_once(pauses_s: tuple[float, ...]) -> None:
    clock = Clock()
    turns = gate(clock)
    flying = [turns.enter(1, silent) for _ in range(200)]
    for clock.now in (0.2, 0.4, 0.6, 0.8, 1.0):
        turns.wait_s(flying[-1])
    for turn, pause_s in zip(flying, pauses_s, strict=False):
        turn.outcome = refused(pause_s, Rates(requests=Rate(60_000, 59_000)))
    for turn in flying:
        turns.leave(turn)
    waiting = [turns.enter(1, silent) for _ in range(500)]
    let = list[int]()

    for clock.now in (5.99, 6.0, 6.1, 6.2, 6.3):
        for turn in waiting:
            turns.wait_s(turn)
        let.append(sum(turn.is_let for turn in waiting))

    assert let[:2] == [0, 8]
    assert let == sorted(let)
    assert let[-1] <= 100


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(("header", "wait_s"), [("retry-after: 1", 1), ("retry-after-ms: 400", 0.4)])
def test_one_refusal_of_a_real_server_is_a_pause_of_all_workers(call: Call, header: str, wait_s: float) -> None:
    arrived = list[float]()

    async def note(exchange: Exchange) -> None:
        arrived.append(time.monotonic())
        await exchange.json(completion(exchange.body, exchange.text))

    async def refuse(exchange: Exchange) -> None:
        arrived.append(time.monotonic())
        await exchange.json(error("Slow down."), 429, header)

    with Server(refuse, then=note) as server:
        limit = Limit(OpenAIDoor(model="test-model", base_url=server.url, capabilities=Capabilities()))
        with pytest.raises(RateLimited):
            call(limit, REQUEST)
        workers = [threading.Thread(target=call, args=(limit, REQUEST)) for _ in range(10)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        limit.close()

    refused_at, *others = arrived
    assert len(others) == 10
    assert min(others) - refused_at >= wait_s


# ----------------------------------------------------------------------------------------------- how many are in flight


def test_few_calls_go_to_a_server_of_which_nothing_is_known_then_quickly_more() -> None:
    clock = Clock()
    turns = gate(clock)
    waiting = [turns.enter(1, silent) for _ in range(1000)]
    let = [turns.in_flight]
    for step in range(120):
        clock.now = step * 0.01
        for turn in waiting[turns.in_flight : turns.in_flight + 200]:
            turns.wait_s(turn)
        let.append(turns.in_flight)

    assert let[0] == 8
    assert 12 <= let[11] <= 24
    assert let[-1] == 1000


def test_a_server_that_answers_fast_gets_more_at_once_as_soon_as_any_other() -> None:
    room = Room()
    most = 0
    for step in range(100):
        while room.wait_s(step * 0.01) == 0:
            room.enter(step * 0.01)
        most = room.in_flight
        room.in_flight -= most // 2  # half of them are back after 10 ms

    assert most > 400


def test_failures_lower_how_many_are_in_flight_and_successes_raise_it_again() -> None:
    room = Room()
    for _ in range(100):
        room.enter(0.0)
    for _ in range(40):
        room.in_flight -= 1
        room.failed()

    low = room.bound
    for _ in range(60):
        room.succeeded()
    soon = room.bound
    for _ in range(540):
        room.succeeded()

    assert low == pytest.approx(60, abs=1)
    assert soon == pytest.approx(60 + (96 - 60) / 4, abs=2)  # of the 100 four are forgotten, and a quarter is tried
    assert room.bound is not None
    assert room.bound > 90


@pytest.mark.parametrize(("status", "has_room"), [(500, True), (503, False), (None, False)])
def test_a_fault_that_no_crowd_causes_leaves_as_many_in_flight(status: int | None, has_room: bool) -> None:
    turns = gate(Clock())
    flying = [turns.enter(1, silent) for _ in range(8)]
    flying[0].outcome = Unavailable("failed", status=status)
    turns.leave(flying[0])

    assert turns.enter(1, silent).is_let == has_room


def test_one_call_is_always_let_through() -> None:
    room = Room()
    room.enter(0.0)
    for _ in range(50):
        room.failed()
    room.in_flight -= 1

    assert room.wait_s(0.0) == 0


@pytest.mark.parametrize("call", CALLS)
def test_a_server_that_tells_no_limits_gets_as_many_as_it_takes(call: Call) -> None:
    at_once, most = 0, 0
    lock = threading.Lock()

    class Small(Door):
        """Takes five at once and refuses the rest."""

        def complete(self, request: Request, /) -> Completion:
            nonlocal at_once, most
            with lock:
                at_once += 1
                most = max(most, at_once)
                is_full = at_once > 5
            try:
                time.sleep(0.0 if is_full else 0.01)
                if is_full:
                    raise refused(0.01)
                return Completion("text", "test")
            finally:
                with lock:
                    at_once -= 1

    limit = Limit(Small(Clock()))
    outcomes = list[str]()

    def ask() -> None:
        for _ in range(15):
            try:
                outcomes.append(call(limit, REQUEST).text)
            except RateLimited:
                outcomes.append("refused")

    workers = [threading.Thread(target=ask) for _ in range(12)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert outcomes.count("text") > 100
    assert limit.gate.in_flight == 0


# --------------------------------------------------------------------------------------------------- the wrapper itself


def test_threads_and_event_loops_share_one_state() -> None:
    clock_lock = threading.Lock()
    asked = list[float]()

    class Noting(Door):
        def complete(self, request: Request, /) -> Completion:
            with clock_lock:
                asked.append(time.monotonic())
            return Completion("text", "test")

    limit = Limit(Noting(Clock()), Limits(requests_per_minute=2400))

    async def ask() -> None:
        await asyncio.gather(*(limit.acomplete(REQUEST) for _ in range(15)))

    workers = [threading.Thread(target=asyncio.run, args=(ask(),)) for _ in range(2)]
    workers += [threading.Thread(target=lambda: [limit.complete(REQUEST) for _ in range(15)]) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()

    assert len(asked) == 60
    assert max(asked) - min(asked) >= (60 - 40) / 40 - 0.05  # a second's worth at once, then 40 a second


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("kind", [BadRequest, ZeroDivisionError])
def test_an_error_goes_through_and_the_next_call_too(call: Call, kind: type[Exception]) -> None:
    door = Door(Clock(), kind("no"))
    limit = limited(door)

    with pytest.raises(kind):
        call(limit, REQUEST)

    assert call(limit, REQUEST).text == "text"
    assert limit.gate.in_flight == 0


def test_errors_of_ours_keep_what_the_server_told() -> None:
    headers = (
        "x-ratelimit-limit-requests: 60",
        "x-ratelimit-remaining-requests: 0",
        "x-ratelimit-reset-requests: 1m0s",
    )

    async def refuse(exchange: Exchange) -> None:
        await exchange.json(error("Rate limit reached on requests per min.", kind="requests"), 429, *headers)

    async def answer(exchange: Exchange) -> None:
        await exchange.json(completion(exchange.body, exchange.text), 200, *headers)

    with Server(refuse, answer) as server:
        door = OpenAIDoor(model="test-model", base_url=server.url, capabilities=Capabilities())
        with pytest.raises(SummarizerError) as caught:
            door.complete(REQUEST)
        told = door.complete(REQUEST).rates
        door.close()

    assert isinstance(caught.value, RateLimited)
    assert caught.value.rates == Rates(Rate(60, 0, 60.0), None, "requests")
    assert told == Rates(Rate(60, 0, 60.0))
