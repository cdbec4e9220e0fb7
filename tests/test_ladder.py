"""How a server is asked: the strictest way it knows, found out by asking."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from summarizer.errors import BadRequest, BudgetReached, TruncatedOutput
from summarizer.providers.address import resolve
from summarizer.providers.budget import Budgeted
from summarizer.providers.ladder import FEWER_REASONING_TOKENS, REASONING_TOKENS, Dialect, payload
from summarizer.providers.openai import OpenAIDoor
from summarizer.records import Budget, Limits, Request, Usage
from summarizer.schema import Summary
from tests.calls import CALLS, Call
from tests.doors import REQUEST, SECRET, failure, opened
from tests.endings import in_time
from tests.faults import Exchange, Play
from tests.server import Server, thinking


def test_openai_is_asked_with_its_own_name_for_the_length_cap() -> None:
    assert resolve(None, SECRET).is_openai
    assert not resolve("http://127.0.0.1:1/v1", None).is_openai


@pytest.mark.parametrize("name", ["gpt-5-mini", "o3", "openai/o4-mini-2025-04-16", "gpt-5.1"])
def test_a_reasoning_model_gets_room_to_reason_and_no_temperature(name: str) -> None:
    body = payload(replace(REQUEST, model=name, temperature=0.2), Dialect())

    assert body["max_completion_tokens"] == 500 + REASONING_TOKENS
    assert "temperature" not in body


@pytest.mark.parametrize("name", ["gpt-4-turbo", "gpt-4o", "llama3.1", "phi-o1x", "mistral-small"])
def test_another_model_gets_what_was_asked_for(name: str) -> None:
    body = payload(replace(REQUEST, model=name, temperature=0.2), Dialect())

    assert body["max_completion_tokens"] == 500
    assert body["temperature"] == 0.2


@pytest.mark.parametrize("call", CALLS)
def test_gpt_4_turbo_gets_a_valid_reply_and_its_second_article_one_request(call: Call) -> None:
    with Server(refuse={"json_schema"}) as server, opened(server.url, model="gpt-4-turbo") as door:
        first = call(door, replace(REQUEST, model="gpt-4-turbo"))
        second = call(door, replace(REQUEST, model="gpt-4-turbo"))

    assert Summary.model_validate_json(first.text) == Summary.model_validate_json(second.text)
    assert (first.usage.requests, second.usage.requests) == (2, 1)
    assert [body.get("tool_choice", {}).get("type") for body in server.requests] == [None, "function", "function"]


@pytest.mark.parametrize(
    ("refused", "rungs"),
    [
        ({"strict"}, ["json_schema", "json_schema"]),
        ({"json_schema", "tools"}, ["json_schema", None, "json_object"]),
        ({"json_schema", "tools", "json_object"}, ["json_schema", None, "json_object", None]),
    ],
)
def test_a_server_is_asked_in_the_strictest_way_it_knows(refused: set[str], rungs: list[str | None]) -> None:
    with Server(refuse=refused) as server, opened(server.url) as door:
        completion = door.complete(REQUEST)
        door.complete(REQUEST)

    Summary.model_validate_json(completion.text)
    assert [body.get("response_format", {}).get("type") for body in server.requests[:-1]] == rungs
    assert server.requests[-1] == server.requests[-2]


@pytest.mark.parametrize(
    ("refused", "left"),
    [
        ({"max_tokens"}, {"max_completion_tokens", "temperature"}),
        ({"temperature"}, {"max_tokens"}),
        ({"max_tokens", "max_completion_tokens", "temperature"}, set[str]()),
    ],
)
def test_a_parameter_that_a_server_refuses_is_renamed_or_dropped(refused: set[str], left: set[str]) -> None:
    with Server(refuse=refused) as server, opened(server.url) as door:
        door.complete(replace(REQUEST, temperature=0.2))

    assert server.requests[-1].keys() & {"max_tokens", "max_completion_tokens", "temperature"} == left
    assert len(server.requests) == len(refused) + 1


@pytest.mark.parametrize(
    "body",
    [
        {"detail": [{"type": "extra_forbidden", "loc": ["body", "max_tokens"], "msg": "Extra inputs", "input": 5}]},
        {"error": {"message": 'Invalid JSON payload received. Unknown name "max_tokens": Cannot find field.'}},
        [{"error": {"code": 400, "message": 'Unknown name "max_tokens"', "status": "INVALID_ARGUMENT"}}],
        {"error": "unknown field max_tokens"},
    ],
)
def test_every_servers_way_of_naming_a_field_is_read(body: Any) -> None:
    async def refuse(exchange: Exchange) -> None:
        await exchange.json(body, 422)

    with Server(refuse) as server, opened(server.url) as door:
        door.complete(REQUEST)

    assert "max_completion_tokens" in server.requests[1]


@pytest.mark.parametrize(
    "words",
    [
        "invalid temperature: only 1 is allowed for this model",
        "`temperature` may only be set to 1 when thinking is enabled.",
    ],
)
def test_a_temperature_that_a_model_does_not_take_is_left_out(words: str) -> None:
    async def refuse(exchange: Exchange) -> None:
        await exchange.json({"error": {"message": words, "type": "invalid_request_error"}}, 400)

    with Server(refuse) as server, opened(server.url) as door:
        door.complete(replace(REQUEST, temperature=0.0))

    assert ["temperature" in body for body in server.requests] == [True, False]


def test_a_model_that_does_not_keep_to_the_shape_is_asked_for_it_in_another_way() -> None:
    async def refuse(exchange: Exchange) -> None:
        error = {"message": "Failed to generate JSON. Please adjust your prompt.", "code": "json_validate_failed"}
        await exchange.json({"error": error}, 400)

    with Server(*[refuse] * 4) as server, opened(server.url) as door:
        completion = door.complete(REQUEST)

    Summary.model_validate_json(completion.text)
    assert [body.get("response_format", {}).get("type") for body in server.requests] == [
        *("json_schema", "json_schema", None, "json_object"),
        None,
    ]


def test_a_value_that_is_too_large_is_no_reason_to_rename_its_field() -> None:
    async def refuse(exchange: Exchange) -> None:
        message = "max_tokens is too large: 500. This model supports at most 100 completion tokens."
        await exchange.json({"error": {"message": message, "param": "max_tokens", "code": "invalid_value"}}, 400)

    with Server(then=refuse) as server, opened(server.url) as door:
        error = failure(CALLS[0], door)

    assert type(error) is BadRequest
    assert len(server.requests) == 1


@pytest.mark.parametrize("fault", ["429", "500", "hang", "reset"])
def test_a_busy_or_broken_server_moves_nothing(fault: str) -> None:
    def meet(deadline_s: float) -> list[dict[str, Any]]:
        with Server(fault) as server, opened(server.url, limits=Limits(timeout_s=deadline_s)) as door:
            failure(CALLS[0], door)
            door.complete(REQUEST)
            return server.requests

    before, after = in_time(fault, meet)

    assert before == after


def test_first_calls_that_are_refused_together_step_down_once() -> None:
    together = threading.Barrier(8)

    async def refuse_strict(exchange: Exchange) -> None:
        message = "Invalid 'response_format': 'strict' is not supported."
        await exchange.json({"error": {"message": message}}, 400)

    def ask(door: OpenAIDoor) -> int:
        together.wait()
        return door.complete(REQUEST).usage.requests

    plays: list[Play] = [refuse_strict] * 8
    # Every call of the first round is under way before the first is refused.
    with Server(*plays, together=8) as server, opened(server.url) as door, ThreadPoolExecutor(8) as pool:
        requests = list(pool.map(ask, [door] * 8))

    shapes = [body["response_format"]["json_schema"].get("strict") for body in server.requests]
    assert shapes == [True] * 8 + [None] * 8
    assert requests == [2] * 8


def test_a_request_that_no_way_of_asking_gets_through_is_forgotten() -> None:
    async def refuse(exchange: Exchange) -> None:
        await exchange.json({"error": {"message": "Invalid schema, tool or response_format or json"}}, 400)

    with Server(*[refuse] * 5) as server, opened(server.url) as door:
        error = failure(CALLS[0], door)
        door.complete(REQUEST)

    assert error.usage == Usage(requests=5)
    assert server.requests[5] == server.requests[0]


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    "told",
    [
        {"content": None, "usage": {"prompt_tokens": 300, "completion_tokens": 0, "total_tokens": 800}},
        {"content": None, "reasoning_content": "Let me see. " * 100},
        {"content": "<think>Let me see. "},
        {
            "content": '{"title": ',
            "usage": {
                "prompt_tokens": 300,
                "completion_tokens": 500,
                "completion_tokens_details": {"reasoning_tokens": 480},
            },
        },
    ],
)
def test_a_model_that_thinks_until_its_reply_is_cut_is_given_room_for_it(call: Call, told: dict[str, Any]) -> None:
    with Server(then=thinking(**told)) as server, opened(server.url) as door:
        first, second = call(door, REQUEST), call(door, REQUEST)

    assert Summary.model_validate_json(first.text) == Summary.model_validate_json(second.text)
    assert (first.usage.requests, second.usage.requests) == (2, 1)
    assert [body["max_tokens"] for body in server.requests] == [500, *[500 + REASONING_TOKENS] * 2]


def test_a_reply_that_does_not_end_by_itself_is_no_thinking() -> None:
    told = {"content": '{"title": ', "reasoning_content": "Let me see."}
    usage = {"prompt_tokens": 300, "completion_tokens": 500, "completion_tokens_details": {"reasoning_tokens": 20}}
    with Server(then=thinking(**told, usage=usage)) as server, opened(server.url) as door:
        error = failure(CALLS[0], door)

    assert type(error) is TruncatedOutput
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [400, 413])
@pytest.mark.parametrize(("most", "room"), [(8192, FEWER_REASONING_TOKENS), (2048, None)])
def test_a_server_that_takes_no_reply_so_long_is_asked_for_a_shorter_one(
    status: int, most: int, room: int | None
) -> None:
    think = thinking(content="<think>")

    async def play(exchange: Exchange) -> None:
        if exchange.body["max_tokens"] <= most:
            await think(exchange)
            return
        message = f"max_tokens is too large. This model supports at most {most} completion tokens."
        await exchange.json({"error": {"message": message, "param": "max_tokens", "code": "invalid_value"}}, status)

    with Server(then=play) as server, opened(server.url) as door:
        if room is None:
            error = failure(CALLS[0], door)
            assert type(error) is TruncatedOutput
            assert (error.usage or Usage()).requests == 3
        else:
            assert door.complete(REQUEST).usage.requests == 3
        rooms = [body["max_tokens"] - 500 for body in server.requests]
        dialect = door.dialect

    assert rooms == [0, REASONING_TOKENS, FEWER_REASONING_TOKENS]
    assert dialect.thoughts == (room or 0)


def test_what_a_thinking_model_is_allowed_is_reserved_before_it_is_asked_again() -> None:
    """The first request is settled at its end, so that a cap which covers one of either kind does not cover both."""
    usage = {"prompt_tokens": 300, "completion_tokens": 500, "total_tokens": 800}
    with Server(then=thinking(content="<think>", usage=usage)) as server, opened(server.url) as door:

        def worst(request: Request) -> Usage:
            return door.most(Usage(1, 300, 0, request.max_output_tokens, 0, None))

        asked = Budgeted(door, Budget(max_tokens=300 + 500 + REASONING_TOKENS), worst=worst)
        with pytest.raises(BudgetReached) as caught:
            asked.complete(REQUEST)

    assert len(server.requests) == 1
    assert caught.value.usage is not None
    assert (caught.value.usage.input_tokens, caught.value.usage.output_tokens) == (300, 500)
