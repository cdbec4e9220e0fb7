"""The HTTP door: what it sends, what it takes for an answer, and how long it lasts."""

from __future__ import annotations

import asyncio
import gc
import json
import subprocess
import sys
import weakref
from dataclasses import dataclass, replace

import pytest

from summarizer.errors import TruncatedInput, UnknownModel
from summarizer.providers.openai import OpenAIDoor
from summarizer.records import Message, Usage
from summarizer.schema import Summary
from tests.calls import CALLS, Call
from tests.doors import REQUEST, failure, opened
from tests.faults import Exchange, Play, completion
from tests.server import Server

# ------------------------------------------------------------------------------------------------------------ one call


@pytest.mark.parametrize("call", CALLS)
def test_a_completion_is_the_reply_with_its_usage(call: Call) -> None:
    with Server() as server, opened(server.url) as door:
        completion = call(door, REQUEST)

    assert Summary.model_validate_json(completion.text).claims[0].text == "It was happy."
    assert completion.model == "test-model"
    assert completion.usage == Usage(1, 31, 0, 29, 0, None)
    assert completion.warnings == ()


@pytest.mark.parametrize("call", CALLS)
def test_one_request_is_sent_with_the_strict_schema_and_nothing_added(call: Call) -> None:
    with Server() as server, opened(server.url) as door:
        call(door, REQUEST)

    assert REQUEST.format is not None
    assert server.requests == [
        {
            "model": "test-model",
            "messages": [{"role": message.role, "content": message.content} for message in REQUEST.messages],
            "max_tokens": 500,
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "Summary", "schema": REQUEST.format.strict, "strict": True},
            },
        }
    ]


def test_a_bounded_door_sends_the_schema_with_its_bounds_and_the_fields_of_the_user() -> None:
    with Server() as server, opened(server.url, bounded=True, extra_body={"cache_prompt": False}) as door:
        door.complete(REQUEST)

    assert REQUEST.format is not None
    assert server.requests[0]["response_format"]["json_schema"]["schema"] == REQUEST.format.schema
    assert server.requests[0]["cache_prompt"] is False


def test_a_request_without_a_format_asks_for_plain_text() -> None:
    request = replace(REQUEST, format=None, messages=REQUEST.messages[1:])
    with Server() as server, opened(server.url) as door:
        completion = door.complete(request)

    assert completion.text == "The cat sat on the mat."
    assert server.requests[0].keys() == {"model", "messages", "max_tokens"}


def test_half_a_character_in_an_article_does_not_stop_it() -> None:
    request = replace(REQUEST, messages=(Message("user", "JSON [1] \ud800 is half a character."),))
    with Server() as server, opened(server.url) as door:
        door.complete(request)

    assert server.requests[0]["messages"][0]["content"] == "JSON [1] \ufffd is half a character."


def test_an_answer_by_another_model_is_told() -> None:
    with Server("other_model") as server, opened(server.url) as door:
        completion = door.complete(REQUEST)

    assert completion.warnings == ("asked 'test-model', answered by 'some-other-model'",)


@pytest.mark.parametrize(
    "name", ["test-model-2026-01-01", "vendor/test-model", "Test-Model.gguf", "/m/test-model.gguf"]
)
def test_a_fuller_name_of_the_same_model_is_no_news(name: str) -> None:
    async def answer(exchange: Exchange) -> None:
        await exchange.json(completion(exchange.body, exchange.text, model=name))

    with Server(answer) as server, opened(server.url) as door:
        assert door.complete(REQUEST).warnings == ()


# ----------------------------------------------------------------------------------------------------- truncated input

LONG = replace(REQUEST, messages=(Message("user", "JSON\n" + "\n".join(f"[{n}] A cat." for n in range(1, 100))),))


def reads(share: float) -> Play:
    """A server that reads so much of what it is sent, and counts a token for every four characters."""

    async def play(exchange: Exchange) -> None:
        sent = sum(len(message["content"]) for message in exchange.body["messages"]) / 4
        usage = {"prompt_tokens": round(sent * share), "completion_tokens": 7}
        await exchange.json(completion(exchange.body, exchange.text, usage=usage))

    return play


@dataclass(frozen=True)
class Quarters:
    """Counts a token for every four characters, and at most one for every so many."""

    exact: bool
    least: int

    def count(self, text: str, /) -> int:
        return len(text) // 4

    def at_most(self, text: str, /) -> int:
        return len(text) // self.least


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("least", [4, 3])
@pytest.mark.parametrize(("share", "exact"), [(0.79, True), (0.5, True), (0.49, False), (0.1, False)])
def test_an_article_that_a_server_cut_is_an_error(call: Call, share: float, exact: bool, least: int) -> None:
    with Server(reads(share)) as server, opened(server.url, counter=Quarters(exact, least)) as door:
        error = failure(call, door, LONG)

    assert type(error) is TruncatedInput
    assert error.usage is not None
    assert error.usage.output_tokens == 7


@pytest.mark.parametrize("least", [4, 3])
@pytest.mark.parametrize(("share", "exact"), [(0.81, True), (1.2, True), (0.51, False)])
def test_an_article_that_a_server_read_is_answered(share: float, exact: bool, least: int) -> None:
    with Server(reads(share)) as server, opened(server.url, counter=Quarters(exact, least)) as door:
        assert door.complete(LONG).warnings == ()


def test_a_server_that_does_not_count_is_told_to_people() -> None:
    with Server("no_usage") as server, opened(server.url, counter=Quarters(exact=True, least=4)) as door:
        (warning,) = door.complete(LONG).warnings

    assert "does not say" in warning


# ---------------------------------------------------------------------------------------------- connections and threads


def test_connections_are_kept_between_calls_and_reopened_after_close() -> None:
    with Server() as server, opened(server.url) as door:
        for _ in range(3):
            door.complete(REQUEST)
        kept = server.connections
        door.close()
        door.complete(REQUEST)

    assert (kept, server.connections) == (1, 2)


def test_one_door_serves_event_loops_that_come_and_go() -> None:
    with Server() as server, opened(server.url) as door:
        for _ in range(3):
            asyncio.run(_thrice(door))

    assert (len(server.requests), server.connections) == (9, 3)


async def _thrice(door: OpenAIDoor) -> None:
    for _ in range(3):
        await door.acomplete(REQUEST)


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")  # whose loop it was has not closed it
def test_a_loop_that_is_closed_without_a_word_is_let_go() -> None:
    loops: list[weakref.ref[asyncio.AbstractEventLoop]] = []
    with Server() as server, opened(server.url) as door:
        for _ in range(3):
            loop = asyncio.new_event_loop()
            loop.run_until_complete(door.acomplete(REQUEST))
            loop.close()
            loops.append(weakref.ref(loop))
        del loop
        asyncio.run(_thrice(door))
        gc.collect()

    assert [loop() for loop in loops] == [None] * 3


async def test_closing_in_a_loop_closes_what_it_opened() -> None:
    with Server() as server, opened(server.url) as door:
        await _thrice(door)
        await door.aclose()
        await door.acomplete(REQUEST)
        await door.aclose()

    assert server.connections == 2


async def test_many_calls_in_one_loop_are_under_way_together() -> None:
    with Server(together=20) as server, opened(server.url) as door:
        await asyncio.gather(*(door.acomplete(REQUEST) for _ in range(20)))
        await door.aclose()

    assert server.most_at_once == 20


WAITING = """
import asyncio, sys, time
from summarizer import Limits
from summarizer.providers.openai import OpenAIDoor
from summarizer.records import Message, Request

async def main():
    gaps, door = [], OpenAIDoor(model="test-model", base_url=sys.argv[1])
    async def tick():
        while True:
            before = time.monotonic()
            await asyncio.sleep(0.005)
            gaps.append(time.monotonic() - before)
    ticking = asyncio.create_task(tick())
    await asyncio.sleep(0.01)
    began = time.monotonic()
    assert "openai" not in sys.modules
    await door.acomplete(Request("test-model", (Message("user", "[1] A cat."),)))
    took = time.monotonic() - began
    ticking.cancel()
    await door.aclose()
    print(max(gaps) / took)

asyncio.run(main())
"""


def test_the_first_call_of_a_program_holds_up_no_other_task() -> None:
    with Server() as server:
        command = [sys.executable, "-c", WAITING, server.url]
        share = float(subprocess.run(command, capture_output=True, text=True, check=True, timeout=300).stdout)

    assert share < 0.5  # loading the client library is nearly all that the call does


async def test_a_cancelled_call_leaves_the_door_usable() -> None:
    with Server("hang") as server, opened(server.url) as door:
        call = asyncio.create_task(door.acomplete(REQUEST))
        while not server.requests:  # noqa: ASYNC110 - the server is in another thread
            await asyncio.sleep(0.01)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        await door.acomplete(REQUEST)
        await door.aclose()

    assert len(server.requests) == 2


def test_what_is_sent_can_be_read_by_people() -> None:
    with Server() as server, opened(server.url) as door:
        door.complete(replace(REQUEST, messages=(Message("user", "JSON\n[1] Été à 5 €."),)))

    assert json.dumps(server.requests[0], ensure_ascii=False).count("Été à 5 €") == 1


@pytest.mark.parametrize(
    ("name", "priced_as", "asked"),
    [
        ("gpt-5-mni", "https://api.openai.com/v1", "; did you mean 'gpt-5-mini'"),
        ("GPT-5-MINI", "https://api.openai.com/v1", "; did you mean 'gpt-5-mini'"),
        ("nothing-like-it", "https://api.openai.com/v1", ""),
        ("gpt-5-mni", "https://llm.example/v1", ""),
    ],
)
def test_a_model_that_a_server_does_not_know_is_told_with_the_nearest_names(
    name: str, priced_as: str, asked: str
) -> None:
    with Server(then="404") as server:
        door = OpenAIDoor(model=name, base_url=server.url, priced_as=priced_as)
        with pytest.raises(UnknownModel) as caught:
            door.complete(replace(REQUEST, model=name))
        door.close()

    assert asked in str(caught.value)
    assert ("did you mean" in str(caught.value)) is bool(asked)
