"""The Responses API: what OpenAI itself is sent, and every fault of the table in its words."""

from __future__ import annotations

import json
import time
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import Any

import pytest

from summarizer.errors import (
    BadResponse,
    Filtered,
    RateLimited,
    Refused,
    SummarizerError,
    TruncatedOutput,
    Unavailable,
)
from summarizer.pipeline import Mended
from summarizer.providers import responses
from summarizer.providers.capabilities import Capabilities
from summarizer.providers.ladder import REASONING_TOKENS, Dialect, cache_key, step
from summarizer.providers.openai import OpenAIDoor
from summarizer.providers.replybody import Said
from summarizer.records import Completion, Message, Usage
from summarizer.schema import Summary
from summarizer.shape import reply_format
from tests.calls import CALLS, Call
from tests.doors import REQUEST, failure, opened
from tests.endings import LONG_S, in_time
from tests.faults import Exchange, Play, completion
from tests.server import Server
from tests.test_faults import ACCEPTED, EXPECTED, LIMITS, WARNED

REASONING = replace(REQUEST, model="gpt-5-mini", temperature=0.0)

# Faults that have no counterpart in this API: a response that is there in part. One that failed says so (`status`).
ONLY_CHAT = {"text_choices", "null_message", "number_content", "null_choices", "no_choices", "null_content"}
ONLY_CHAT |= {"broken_off", "overloaded"}


def whole(exchange: Exchange, **changes: Any) -> dict[str, Any]:
    return {**completion(exchange.body, exchange.text), **changes}


def responds(**changes: Any) -> Play:
    async def play(exchange: Exchange) -> None:
        await exchange.json(whole(exchange, **changes))

    return play


# --------------------------------------------------------------------------------------------------------- what is sent


@pytest.mark.parametrize("call", CALLS)
def test_one_request_is_sent_that_nobody_stores(call: Call) -> None:
    with Server() as server, opened(server.url, model="gpt-5-mini", api="responses") as door:
        completion = call(door, REASONING)

    assert REQUEST.format is not None
    assert server.requests == [
        {
            "model": "gpt-5-mini",
            "input": [{"role": message.role, "content": message.content} for message in REQUEST.messages],
            "store": False,
            "max_output_tokens": 500 + REASONING_TOKENS,
            "text": {
                "format": {"type": "json_schema", "name": "Summary", "schema": REQUEST.format.strict, "strict": True}
            },
        }
    ]
    assert server.heads[0].startswith(b"POST /v1/responses HTTP/1.1\r\n")
    Summary.model_validate_json(completion.text)
    assert (completion.finish_reason, completion.warnings) == ("completed", ())
    assert completion.usage == Usage(1, 31, 0, 29, 0, None)


def test_a_request_without_a_format_asks_for_plain_text() -> None:
    request = replace(REQUEST, format=None, messages=REQUEST.messages[1:], max_output_tokens=1)
    with Server() as server, opened(server.url, api="responses") as door:
        completion = door.complete(request)

    assert completion.text == "The cat sat on the mat."
    assert server.requests[0].keys() == {"model", "input", "store", "max_output_tokens"}
    assert server.requests[0]["max_output_tokens"] == 16  # the API takes no less


@pytest.mark.parametrize(
    ("refuse", "rungs"),
    [
        ((), ["json_schema strict"]),
        (("strict",), ["json_schema strict", "json_schema"]),
        (("json_schema",), ["json_schema strict", "tools"]),
        (("json_schema", "tools"), ["json_schema strict", "tools", "json_object"]),
        (("json_schema", "tools", "json_object"), ["json_schema strict", "tools", "json_object", "text"]),
    ],
)
@pytest.mark.parametrize("call", CALLS)
def test_the_ladder_is_the_same(call: Call, refuse: tuple[str, ...], rungs: list[str]) -> None:
    with Server(refuse=refuse) as server, opened(server.url, api="responses") as door:
        first = call(door, REQUEST)
        again = call(door, REQUEST)

    assert [rung_of(body) for body in server.requests] == [*rungs, rungs[-1]]
    assert (first.usage.requests, again.usage.requests) == (len(rungs), 1)
    Summary.model_validate_json(again.text)


def rung_of(body: dict[str, Any]) -> str:
    shape = body.get("text", {}).get("format", {})
    return "tools" if "tools" in body else f"{shape.get('type', 'text')}{' strict' if shape.get('strict') else ''}"


def test_the_older_models_of_openai_are_asked_by_a_tool_after_one_refusal() -> None:
    words = "Invalid parameter: 'text.format' of type 'json_schema' is not supported with model version 'gpt-4-turbo'."
    body = responses.payload(REQUEST, Dialect())
    after = step(Dialect(), body, Said(words, param="text.format"))

    assert after is not None
    assert after.rung == "tool"


def test_a_temperature_that_is_refused_is_left_out() -> None:
    request = replace(REQUEST, temperature=0.2)
    with Server(refuse={"temperature"}) as server, opened(server.url, api="responses") as door:
        door.complete(request)

    assert ["temperature" in body for body in server.requests] == [True, False]


def test_fields_of_the_user_come_last_and_win() -> None:
    with Server() as server, opened(server.url, api="responses", extra_body={"store": True, "user": "u"}) as door:
        door.complete(REQUEST)

    assert (server.requests[0]["store"], server.requests[0]["user"]) == (True, "u")


# ----------------------------------------------------------------------------------------------------- who is sent what


@pytest.mark.parametrize(
    ("url", "path", "keyed"),
    [
        ("https://api.openai.com/v1", "/responses", True),
        ("https://eu.api.openai.com/v1", "/responses", True),
        ("https://api.mistral.ai/v1", "/chat/completions", False),
        ("https://contoso.openai.azure.com/openai/v1", "/chat/completions", False),
        ("http://127.0.0.1:8080/v1", "/chat/completions", False),
        ("https://api.openai.com.example.com/v1", "/chat/completions", False),
    ],
)
def test_openai_itself_is_asked_by_responses_and_everyone_else_by_chat(url: str, path: str, keyed: bool) -> None:
    door = OpenAIDoor(model="gpt-5-mini", base_url=url, api_key="k", capabilities=Capabilities())
    body = door._body(REASONING, door._start)

    assert door._wire._path == path
    assert ("input" in body) == (path == "/responses")
    assert ("prompt_cache_key" in body) == keyed


def test_the_cache_key_is_that_of_the_task_and_short() -> None:
    other = replace(REASONING, messages=(REASONING.messages[0], Message("user", "Another article.")))
    shorter = replace(REASONING, messages=(Message("system", "Other rules."), *REASONING.messages[1:]))
    mended = replace(REASONING, format=reply_format(Mended))

    assert cache_key(other) == cache_key(REASONING)
    assert len({cache_key(item) for item in (REASONING, shorter, mended, replace(REASONING, model="m"))}) == 4
    assert len(cache_key(REASONING)) == 32


# ----------------------------------------------------------------------------------------------------- what comes back


@pytest.mark.parametrize("call", CALLS)
def test_remarks_on_the_way_are_no_reply(call: Call) -> None:
    async def play(exchange: Exchange) -> None:
        response = whole(exchange)
        final = {**response["output"][-1], "phase": "final_answer"}
        remark = {**final, "phase": "commentary", "content": [{"type": "output_text", "text": "Let me see."}]}
        response["output"][-1:] = [remark, final]
        await exchange.json(response)

    with Server(play) as server, opened(server.url, api="responses") as door:
        Summary.model_validate_json(call(door, REQUEST).text)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ({"code": "server_error", "message": "Oops."}, Unavailable),
        ({"code": "rate_limit_exceeded", "message": "Slow down."}, RateLimited),
        ({"code": "invalid_prompt", "message": "Flagged."}, Filtered),
        ({"code": "of_the_future", "message": "?"}, BadResponse),
        (None, BadResponse),
        ("oops", BadResponse),
    ],
)
@pytest.mark.parametrize("call", CALLS)
def test_a_response_that_failed_is_its_error(call: Call, error: Any, kind: type[SummarizerError]) -> None:
    play = responds(status="failed", error=error, output=[], usage=None)
    with Server(play) as server, opened(server.url, api="responses") as door:
        failed = failure(call, door)
        after = call(door, REQUEST)

    assert type(failed) is kind
    assert failed.usage == Usage(1, None, None, None, None, None)
    Summary.model_validate_json(after.text)


@pytest.mark.parametrize(
    ("details", "kind"),
    [
        ({"reason": "max_output_tokens"}, TruncatedOutput),
        ({"reason": "content_filter"}, Filtered),
        ({"reason": "of_the_future"}, BadResponse),
        (None, BadResponse),
    ],
)
def test_an_incomplete_response_is_never_a_reply(details: Any, kind: type[SummarizerError]) -> None:
    with (
        Server(responds(status="incomplete", incomplete_details=details)) as server,
        opened(server.url, api="responses") as door,
    ):
        error = failure(CALLS[0], door)

    assert type(error) is kind
    assert error.usage is not None
    assert error.usage.output_tokens == 29


@pytest.mark.parametrize("status", ["in_progress", "queued", "cancelled", "of the future", 7])
def test_a_response_that_is_not_done_is_no_reply(status: Any) -> None:
    with Server(responds(status=status)) as server, opened(server.url, api="responses") as door:
        assert type(failure(CALLS[0], door)) is BadResponse


@pytest.mark.parametrize(
    "output",
    [
        None,
        {},
        [],
        [None, 1, "text"],
        [{"type": "message"}],
        [{"type": "message", "content": "text"}],
        [{"type": "message", "content": [None, {"type": "output_text"}, {"text": 1}]}],
        [{"type": "function_call", "arguments": {}}],
        [{"type": "reasoning", "summary": []}],
        [{"type": "message", "content": [{"text": "1"}]}, {"type": "function_call", "arguments": "{}"}],
    ],
)
def test_a_response_without_one_reply_is_an_error(output: Any) -> None:
    with Server(responds(output=output)) as server, opened(server.url, api="responses") as door:
        assert type(failure(CALLS[0], door)) is BadResponse


def test_a_refusal_is_an_error_even_beside_text() -> None:
    content = [{"type": "output_text", "text": "{}"}, {"type": "refusal", "refusal": "I cannot help with that."}]
    with (
        Server(responds(output=[{"type": "message", "content": content}])) as server,
        opened(server.url, api="responses") as door,
    ):
        error = failure(CALLS[0], door)

    assert type(error) is Refused
    assert "I cannot help with that." in error.message


# -------------------------------------------------------------------------------------------------- the table of faults


def door_for(server: Server, deadline_s: float = LONG_S) -> AbstractContextManager[OpenAIDoor]:
    return opened(server.url, limits=replace(LIMITS, timeout_s=deadline_s), api="responses")


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("fault", sorted(EXPECTED.keys() - ONLY_CHAT))
def test_every_fault_is_the_same_error_as_in_chat(call: Call, fault: str) -> None:
    def meet(deadline_s: float) -> tuple[SummarizerError, float, int, Completion]:
        with Server(fault) as server, door_for(server, deadline_s) as door:
            began = time.monotonic()
            error = failure(call, door)
            took_s = time.monotonic() - began
            return error, took_s, len(server.requests), call(door, REQUEST)

    error, took_s, sent, after = in_time(fault, meet)

    assert type(error) is EXPECTED[fault]
    assert took_s < LONG_S
    assert sent == 1
    Summary.model_validate_json(after.text)


@pytest.mark.parametrize("fault", sorted(ACCEPTED))
def test_an_odd_but_honest_answer_is_accepted(fault: str) -> None:
    with Server(fault) as server, door_for(server) as door:
        completion = door.complete(REQUEST)

    assert completion.warnings == ()
    assert json.loads(completion.text)["title"]["cites"] == [1]


@pytest.mark.parametrize("fault", sorted(WARNED))
def test_a_suspicious_reply_is_not_accepted_silently(fault: str) -> None:
    with Server(fault) as server, door_for(server) as door:
        completion = door.complete(REQUEST)

    assert len(completion.warnings) == 1
