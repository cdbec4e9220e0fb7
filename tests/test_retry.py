"""The retry wrapper: how often, how long, and what it all consumed."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

import pytest

from summarizer.errors import (
    BadRequest,
    Interrupted,
    ProviderError,
    QuotaExceeded,
    RateLimited,
    SummarizerError,
    Unavailable,
)
from summarizer.providers.capabilities import Capabilities
from summarizer.providers.openai import OpenAIDoor
from summarizer.providers.patience import giving_up
from summarizer.providers.retry import (
    FEW_RETRIES,
    FIRST_WAIT_S,
    LONGEST_WAIT_S,
    MAX_WAIT_S,
    MOST_REFUSALS,
    RETRY_SHARE,
    SPREAD,
    Retry,
)
from summarizer.records import Completion, Limits, Message, Request, Usage
from tests.calls import CALLS, Call
from tests.server import Server

REQUEST = Request("test-model", (Message("user", "JSON\n[1] A cat."),))
PAID = Usage(1, 10, 0, 5, 0, None)


class Scripted:
    """A provider that raises what it was given, in turn, and then answers."""

    def __init__(self, *errors: BaseException) -> None:
        self.errors = list(errors)
        self.calls = 0

    def complete(self, request: Request, /) -> Completion:
        self.calls += 1
        if self.errors:
            raise self.errors.pop(0)
        return Completion("text", "scripted", usage=PAID)

    async def acomplete(self, request: Request, /) -> Completion:
        return self.complete(request)


def failed(kind: type[ProviderError], usage: Usage | None = PAID, **facts: Any) -> ProviderError:
    error = kind("it failed", **facts)
    error.usage = usage
    return error


def wrapped(
    provider: Any,
    waits: list[float] | None = None,
    *,
    attempts: int = 4,
    draw: Callable[[], float] = lambda: 0.0,
    **options: Any,
) -> Retry:
    """A retry that notes how long it would wait."""
    noted = [] if waits is None else waits

    async def asleep(seconds: float) -> None:
        noted.append(seconds)

    return Retry(provider, Limits(max_attempts=attempts), sleep=noted.append, asleep=asleep, draw=draw, **options)


@pytest.mark.parametrize("call", CALLS)
def test_a_passing_fault_is_tried_again_and_its_usage_counts(call: Call) -> None:
    provider = Scripted(failed(Unavailable), failed(RateLimited))

    completion = call(wrapped(provider), REQUEST)

    assert completion.text == "text"
    assert completion.usage == PAID + PAID + PAID
    assert provider.calls == 3


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("kind", [BadRequest, QuotaExceeded])
def test_a_fault_that_stays_is_not_tried_again(call: Call, kind: type[ProviderError]) -> None:
    provider, waits = Scripted(failed(kind)), list[float]()

    with pytest.raises(kind) as caught:
        call(wrapped(provider, waits), REQUEST)

    assert (provider.calls, waits) == (1, [])
    assert caught.value.usage == PAID


@pytest.mark.parametrize("call", CALLS)
def test_the_last_error_is_raised_as_it_is_with_the_usage_of_all(call: Call) -> None:
    errors = [failed(Unavailable), failed(Unavailable), failed(RateLimited)]
    last = errors[-1]

    with pytest.raises(SummarizerError) as caught:
        call(wrapped(Scripted(*errors), attempts=3), REQUEST)

    assert caught.value is last
    assert caught.value.usage == PAID + PAID + PAID


@pytest.mark.parametrize("call", CALLS)
def test_an_attempt_of_unknown_usage_makes_the_sum_unknown(call: Call) -> None:
    completion = call(wrapped(Scripted(failed(Unavailable, usage=None))), REQUEST)

    assert completion.usage == Usage(2, None, None, None, None, None)


@pytest.mark.parametrize("call", CALLS)
def test_one_attempt_means_no_retry(call: Call) -> None:
    provider = Scripted(failed(Unavailable))

    with pytest.raises(Unavailable):
        call(wrapped(provider, attempts=1), REQUEST)

    assert provider.calls == 1


@pytest.mark.parametrize("call", CALLS)
def test_an_error_that_is_not_ours_goes_through_at_once(call: Call) -> None:
    provider = Scripted(ZeroDivisionError())

    with pytest.raises(ZeroDivisionError):
        call(wrapped(provider), REQUEST)

    assert provider.calls == 1


@pytest.mark.parametrize("call", CALLS)
def test_the_wait_a_server_asks_for_is_kept(call: Call) -> None:
    waits: list[float] = []

    call(wrapped(Scripted(failed(RateLimited, retry_after_s=7.0)), waits), REQUEST)

    assert waits == [7.0]


def test_those_who_wait_together_do_not_come_back_together() -> None:
    waits: list[float] = []

    wrapped(Scripted(failed(RateLimited, retry_after_s=10.0)), waits, draw=lambda: 0.5).complete(REQUEST)

    assert waits == [10.0 * (1 + SPREAD * 0.5)]


@pytest.mark.parametrize("call", CALLS)
def test_a_server_that_asks_for_too_long_is_not_waited_for(call: Call) -> None:
    provider, waits = Scripted(failed(RateLimited, retry_after_s=MAX_WAIT_S + 1)), list[float]()

    with pytest.raises(RateLimited, match="asks to wait 121 s") as caught:
        call(wrapped(provider, waits), REQUEST)

    assert (provider.calls, waits) == (1, [])
    assert caught.value.retry_after_s == MAX_WAIT_S + 1


@pytest.mark.parametrize(("draw", "share"), [(0.0, 0.5), (1.0, 1.0)])
def test_waits_double_up_to_a_ceiling(draw: float, share: float) -> None:
    waits: list[float] = []

    wrapped(Scripted(*[failed(Unavailable) for _ in range(9)]), waits, attempts=10, draw=lambda: draw).complete(REQUEST)

    full = [min(LONGEST_WAIT_S, FIRST_WAIT_S * 2**number) for number in range(9)]
    assert waits == [seconds * share for seconds in full]


@pytest.mark.parametrize("call", CALLS)
def test_who_gives_up_in_a_wait_is_not_asked_again_and_told_at_once(call: Call) -> None:
    provider = Scripted(failed(Unavailable, retry_after_s=MAX_WAIT_S))
    looks = iter([False, True])
    token = giving_up.set(lambda: next(looks))
    try:
        with pytest.raises(Interrupted) as caught:
            call(Retry(provider), REQUEST)
    finally:
        giving_up.reset(token)

    assert provider.calls == 1
    assert caught.value.usage == PAID
    assert call(Retry(provider), REQUEST).text == "text"


@pytest.mark.parametrize("call", CALLS)
def test_a_wait_that_nobody_ends_is_kept(call: Call) -> None:
    began = time.monotonic()

    call(Retry(Scripted(failed(Unavailable, retry_after_s=0.3))), REQUEST)

    assert time.monotonic() - began >= 0.3


@pytest.mark.parametrize(
    ("asked_s", "when"), [(7.0, "in 7.0 s, as the server asks"), (None, "when the server takes more")]
)
def test_a_wait_that_is_kept_for_all_calls_is_logged_as_it_is(
    caplog: pytest.LogCaptureFixture, asked_s: float | None, when: str
) -> None:
    caplog.set_level(logging.WARNING, "summarizer.retry")
    wrapped(Scripted(failed(RateLimited, retry_after_s=asked_s)), patient=True).complete(REQUEST)

    assert caplog.messages == [f"attempt 1 failed, the next {when}: it failed"]


def test_every_retry_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING, "summarizer.retry")

    wrapped(Scripted(failed(Unavailable))).complete(REQUEST)

    assert caplog.messages == ["attempt 1 failed, the next in 0.2 s: it failed"]


@pytest.mark.parametrize("call", CALLS)
def test_a_flaky_server_gives_the_same_reply_as_a_sound_one(call: Call) -> None:
    waits: list[float] = []
    with Server() as sound, Server("500", "reset", "429_seconds") as flaky:
        doors = [
            OpenAIDoor(model="test-model", base_url=server.url, capabilities=Capabilities())
            for server in (sound, flaky)
        ]
        first, second = (call(wrapped(door, waits), REQUEST) for door in doors)
        for door in doors:
            door.close()

    assert first.text == second.text
    assert second.usage.requests == 4
    assert len(flaky.requests) == 4
    assert waits[2] == 2.0


# --------------------------------------------------------------------------------------------- a batch, and many calls


@pytest.mark.parametrize("call", CALLS)
def test_in_a_batch_a_refusal_for_rate_is_no_attempt(call: Call) -> None:
    waits: list[float] = []
    provider = Scripted(failed(Unavailable), *[failed(RateLimited, retry_after_s=1.0) for _ in range(20)])

    completion = call(wrapped(provider, waits, attempts=2, patient=True), REQUEST)

    assert completion.usage.requests == provider.calls == 22
    assert waits == [FIRST_WAIT_S / 2] + [0.0] * 20  # the pause that all share is waited for below


@pytest.mark.parametrize("call", CALLS)
def test_even_a_batch_does_not_ask_for_ever(call: Call) -> None:
    provider = Scripted(*[failed(RateLimited) for _ in range(MOST_REFUSALS + 1)])

    with pytest.raises(RateLimited):
        call(wrapped(provider, patient=True), REQUEST)

    assert provider.calls == MOST_REFUSALS


@pytest.mark.parametrize("call", CALLS)
def test_no_more_than_a_tenth_of_many_calls_are_retries(call: Call) -> None:
    provider = Scripted()
    retry = wrapped(provider, clock=lambda: 0.0)
    starved = 0
    for number in range(1000):
        provider.errors = [failed(Unavailable)] if number % 2 else []
        try:
            call(retry, REQUEST)
        except Unavailable as error:
            starved += error.starved

    assert provider.calls - 1000 == 1000 * RETRY_SHARE
    assert starved == 500 - 100


def test_a_small_run_retries_as_often_as_it_needs() -> None:
    provider = Scripted()
    retry = wrapped(provider, clock=lambda: 0.0)
    for _ in range(FEW_RETRIES // 3):
        provider.errors = [failed(Unavailable) for _ in range(3)]
        retry.complete(REQUEST)

    assert provider.calls == FEW_RETRIES // 3 * 4


def test_after_a_while_there_is_room_for_retries_again() -> None:
    now = [0.0]
    provider = Scripted(*[failed(Unavailable) for _ in range(500)])
    retry = wrapped(provider, clock=lambda: now[0])
    for _ in range(100):
        with pytest.raises(Unavailable):
            retry.complete(REQUEST)
    before = provider.calls
    now[0] += 61

    with pytest.raises(Unavailable) as caught:
        retry.complete(REQUEST)

    assert before == 100 + FEW_RETRIES
    assert provider.calls - before == 4
    assert not caught.value.starved


def test_who_was_not_retried_is_told_why() -> None:
    provider = Scripted(*[failed(Unavailable) for _ in range(500)])
    retry = wrapped(provider, clock=lambda: 0.0)
    for _ in range(FEW_RETRIES):
        with pytest.raises(Unavailable):
            retry.complete(REQUEST)

    with pytest.raises(Unavailable, match="a tenth of all calls are retries already"):
        retry.complete(REQUEST)
