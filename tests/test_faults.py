"""Every fault of the table: one error of ours, in time, within bounds, and a door that works afterwards."""

from __future__ import annotations

import time
import tracemalloc
from contextlib import AbstractContextManager
from dataclasses import replace

import openai  # noqa: F401 - loading it takes a second, which belongs to no measured time
import pytest

from summarizer.errors import OUTCOMES, BadResponse, SummarizerError
from summarizer.providers.openai import OpenAIDoor
from summarizer.providers.retry import MAX_WAIT_S, Retry
from summarizer.records import Completion, Limits
from summarizer.schema import Summary
from tests.calls import Call, awaited, sync
from tests.doors import REQUEST, failure, opened
from tests.endings import ENDINGS, FAILING, LONG_S, in_time
from tests.faults import FAULTS, Exchange
from tests.server import Server

pytestmark = pytest.mark.slow

MOST = 1 << 20
LIMITS = Limits(timeout_s=LONG_S, max_reply_bytes=MOST, max_attempts=3)

# The door hands on what the model wrote; reading it is the business of `validate`.
TEXTS = {name for name, ending in ENDINGS.items() if ending.place == "The model's own text"}
# That a server cut the prompt is found out by who counts: see `test_openai.py`.
COUNTED = {"input_cut", "no_usage", "odd_usage"}
EXPECTED = {name: kind for name, kind in FAILING.items() if name not in TEXTS | COUNTED}
# Accepted, but not silently.
WARNED = {"other_model", "no_reason"}
ACCEPTED = ENDINGS.keys() - EXPECTED.keys() - TEXTS - WARNED
# Faults that a naive client pays for in memory.
SWELLING = ("endless", "endless_chunks", "endless_head", "huge_header", "gzip_bomb", "gzip_bomb_500", "deep", "swarm")


def door_for(server: Server, deadline_s: float = LONG_S) -> AbstractContextManager[OpenAIDoor]:
    return opened(server.url, limits=replace(LIMITS, timeout_s=deadline_s))


def again(door: OpenAIDoor) -> Retry:
    """Ask as summaries do: a connection that the server has just closed may be used once more before that is seen."""
    return Retry(door, LIMITS)


def test_every_fault_of_the_table_has_an_ending() -> None:
    assert ENDINGS.keys() == FAULTS.keys()
    assert {ending.outcome for ending in ENDINGS.values()} <= OUTCOMES


# After an answered request the next one goes without the client library, over connections of our own.
@pytest.mark.parametrize(("call", "before"), [(sync, 0), (awaited, 0), (sync, 1)])
@pytest.mark.parametrize("fault", EXPECTED)
def test_a_fault_is_one_typed_error_in_time_and_the_next_article_is_answered(
    call: Call, before: int, fault: str
) -> None:
    def meet(deadline_s: float) -> tuple[SummarizerError, float, int, Completion]:
        with Server(*["stop_upper"] * before, fault) as server, door_for(server, deadline_s) as door:
            for _ in range(before):
                call(door, REQUEST)
            began = time.monotonic()
            error = failure(call, door)
            took_s = time.monotonic() - began
            sent = len(server.requests) - before
            return error, took_s, sent, call(door, REQUEST)

    error, took_s, sent, after = in_time(fault, meet)

    assert type(error) is EXPECTED[fault]
    assert took_s < LONG_S
    assert sent == 1
    assert error.usage is not None
    assert error.usage.requests == 1
    Summary.model_validate_json(after.text)


# Apps that serve with uvicorn run in this loop: its transports and its ways to connect are its own.
@pytest.mark.parametrize("fault", EXPECTED)
def test_a_fault_is_the_same_error_in_another_event_loop(fault: str) -> None:
    uvloop = pytest.importorskip("uvloop")

    async def ask(door: OpenAIDoor) -> tuple[SummarizerError, str]:
        await door.acomplete(REQUEST)
        with pytest.raises(SummarizerError) as caught:
            await door.acomplete(REQUEST)
        after = await again(door).acomplete(REQUEST)
        await door.aclose()
        return caught.value, after.text

    def meet(deadline_s: float) -> tuple[SummarizerError, str]:
        with Server("stop_upper", fault) as server, door_for(server, deadline_s) as door:
            return uvloop.run(ask(door))

    error, after = in_time(fault, meet)

    assert type(error) is EXPECTED[fault]
    Summary.model_validate_json(after)


@pytest.mark.parametrize("fault", sorted(WARNED))
def test_a_suspicious_reply_is_not_accepted_silently(fault: str) -> None:
    with Server(fault) as server, door_for(server) as door:
        completion = door.complete(REQUEST)

    assert len(completion.warnings) == 1


@pytest.mark.parametrize("before", [0, 1])
@pytest.mark.parametrize("fault", sorted(ACCEPTED))
def test_an_odd_but_honest_answer_is_accepted(fault: str, before: int) -> None:
    with Server(*["stop_upper"] * before, fault) as server, door_for(server) as door:
        completion = [door.complete(REQUEST) for _ in range(before + 1)][-1]
        after = again(door).complete(REQUEST)

    Summary.model_validate_json(completion.text)
    assert completion.warnings == ()
    assert completion.text == after.text


@pytest.mark.parametrize("fault", SWELLING)
def test_memory_stays_bounded_whatever_a_server_sends(fault: str) -> None:
    with Server(fault) as server, door_for(server) as door:
        with pytest.raises(EXPECTED[fault]):
            door.complete(REQUEST)  # what is loaded once is loaded now
        server.plays.extend([fault] * 2)
        tracemalloc.start()
        try:
            for _ in range(2):
                with pytest.raises(EXPECTED[fault]):
                    door.complete(REQUEST)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()

    # The body once as it grows and once whole; the rest is what the server sends, which runs in this very process.
    assert peak < 4 * MOST


@pytest.mark.parametrize("fault", sorted(name for name, kind in EXPECTED.items() if not kind.passing))
def test_a_fault_that_stays_is_sent_once(fault: str) -> None:
    with Server(then=fault) as server, door_for(server) as door, pytest.raises(EXPECTED[fault]):
        Retry(door, LIMITS, sleep=lambda seconds: None).complete(REQUEST)

    assert len(server.requests) == 1


@pytest.mark.parametrize("fault", ["reset", "close_half", "garbage", "500", "529", "429", "429_date", "error_200"])
def test_a_fault_that_passes_is_sent_as_often_as_allowed(fault: str) -> None:
    waits: list[float] = []
    with Server(then=fault) as server, door_for(server) as door, pytest.raises(EXPECTED[fault]) as caught:
        Retry(door, LIMITS, sleep=waits.append).complete(REQUEST)

    assert len(server.requests) == 3
    assert caught.value.usage is not None
    assert caught.value.usage.requests == 3
    assert all(0 < seconds <= MAX_WAIT_S for seconds in waits)


def test_a_redirect_sends_the_article_nowhere_else() -> None:
    with Server() as other:

        async def elsewhere(exchange: Exchange) -> None:
            await exchange.bytes(b"", 307, f"location: {other.url}/chat/completions")

        with Server(elsewhere) as server, door_for(server) as door, pytest.raises(BadResponse):
            door.complete(REQUEST)

    assert other.requests == []
