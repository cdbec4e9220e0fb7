"""The HTTP door: what it sends, what it understands, and what it does when a server does not."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import json
import logging
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from summarizer.errors import (
    BadRequest,
    BadResponse,
    Filtered,
    ProviderError,
    RateLimited,
    Refused,
    SummarizerError,
    TooLong,
    TruncatedInput,
    TruncatedOutput,
    Unauthorized,
    Unavailable,
    UnknownModel,
    UsageError,
)
from summarizer.providers.address import resolve
from summarizer.providers.ladder import REASONING_TOKENS, Dialect, payload
from summarizer.providers.memory import Capabilities
from summarizer.providers.openai import OpenAIDoor
from summarizer.providers.replybody import HttpReply, parse, quoted, read, read_usage, said
from summarizer.providers.translate import TRANSLATIONS, retry_after_s, translate, translate_status
from summarizer.records import Limits, Message, Request, Usage
from summarizer.schema import Summary, reply_format
from tests.calls import CALLS, Call
from tests.faults import Exchange, Play, completion
from tests.server import Server

SECRET = "sk-test-0123456789abcdef"
REQUEST = Request(
    model="test-model",
    messages=(
        Message("system", "Reply with one JSON object."),
        Message("user", "=== 1 ===\n[1] The cat sat on the mat.\n[2] It was happy.\n=== 1 ==="),
    ),
    format=reply_format(Summary),
    max_output_tokens=500,
)


@contextlib.contextmanager
def opened(server: Server, **settings: Any) -> Iterator[OpenAIDoor]:
    """A door to a server that nothing is known about."""
    settings = {"model": "test-model", "base_url": server.url, "limits": Limits(timeout_s=5), **settings}
    door = OpenAIDoor(capabilities=Capabilities(), **settings)
    try:
        yield door
    finally:
        door.close()


def failure(call: Call, door: OpenAIDoor, request: Request = REQUEST) -> SummarizerError:
    with pytest.raises(SummarizerError) as caught:
        call(door, request)
    return caught.value


# ------------------------------------------------------------------------------------------------------------ one call


@pytest.mark.parametrize("call", CALLS)
def test_a_completion_is_the_reply_with_its_usage(call: Call) -> None:
    with Server() as server, opened(server) as door:
        completion = call(door, REQUEST)

    assert Summary.model_validate_json(completion.text).claims[0].text == "It was happy."
    assert completion.model == "test-model"
    assert completion.usage == Usage(1, 31, 0, 29, 0, None)
    assert completion.warnings == ()


@pytest.mark.parametrize("call", CALLS)
def test_one_request_is_sent_with_the_strict_schema_and_nothing_added(call: Call) -> None:
    with Server() as server, opened(server) as door:
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
    with Server() as server, opened(server, bounded=True, extra_body={"cache_prompt": False}) as door:
        door.complete(REQUEST)

    assert REQUEST.format is not None
    assert server.requests[0]["response_format"]["json_schema"]["schema"] == REQUEST.format.schema
    assert server.requests[0]["cache_prompt"] is False


def test_a_request_without_a_format_asks_for_plain_text() -> None:
    request = replace(REQUEST, format=None, messages=REQUEST.messages[1:])
    with Server() as server, opened(server) as door:
        completion = door.complete(request)

    assert completion.text == "The cat sat on the mat."
    assert server.requests[0].keys() == {"model", "messages", "max_tokens"}


def test_half_a_character_in_an_article_does_not_stop_it() -> None:
    request = replace(REQUEST, messages=(Message("user", "JSON [1] \ud800 is half a character."),))
    with Server() as server, opened(server) as door:
        door.complete(request)

    assert server.requests[0]["messages"][0]["content"] == "JSON [1] \ufffd is half a character."


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


def test_openai_is_asked_with_its_own_name_for_the_length_cap() -> None:
    assert resolve(None, SECRET).is_openai
    assert not resolve("http://127.0.0.1:1/v1", None).is_openai


# -------------------------------------------------------------------------------------------------------------- ladder


@pytest.mark.parametrize("call", CALLS)
def test_gpt_4_turbo_gets_a_valid_reply_and_its_second_article_one_request(call: Call) -> None:
    with Server(refuse={"json_schema"}) as server, opened(server, model="gpt-4-turbo") as door:
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
    with Server(refuse=refused) as server, opened(server) as door:
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
    with Server(refuse=refused) as server, opened(server) as door:
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

    with Server(refuse) as server, opened(server) as door:
        door.complete(REQUEST)

    assert "max_completion_tokens" in server.requests[1]


def test_a_value_that_is_too_large_is_no_reason_to_rename_its_field() -> None:
    async def refuse(exchange: Exchange) -> None:
        message = "max_tokens is too large: 500. This model supports at most 100 completion tokens."
        await exchange.json({"error": {"message": message, "param": "max_tokens", "code": "invalid_value"}}, 400)

    with Server(then=refuse) as server, opened(server) as door:
        error = failure(CALLS[0], door)

    assert type(error) is BadRequest
    assert len(server.requests) == 1


@pytest.mark.parametrize("fault", ["429", "500", "hang", "reset"])
def test_a_busy_or_broken_server_moves_nothing(fault: str) -> None:
    with Server(fault) as server, opened(server, limits=Limits(timeout_s=0.3)) as door:
        failure(CALLS[0], door)
        door.complete(REQUEST)

    assert server.requests[0] == server.requests[1]


def test_first_calls_that_are_refused_together_step_down_once() -> None:
    together = threading.Barrier(8)

    async def refuse_strict(exchange: Exchange) -> None:
        await asyncio.sleep(0.2)  # every call of the first round is under way before the first is refused
        message = "Invalid 'response_format': 'strict' is not supported."
        await exchange.json({"error": {"message": message}}, 400)

    def ask(door: OpenAIDoor) -> int:
        together.wait()
        return door.complete(REQUEST).usage.requests

    plays: list[Play] = [refuse_strict] * 8
    with Server(*plays) as server, opened(server) as door, ThreadPoolExecutor(8) as pool:
        requests = list(pool.map(ask, [door] * 8))

    shapes = [body["response_format"]["json_schema"].get("strict") for body in server.requests]
    assert shapes == [True] * 8 + [None] * 8
    assert requests == [2] * 8


def test_a_request_that_no_way_of_asking_gets_through_is_forgotten() -> None:
    async def refuse(exchange: Exchange) -> None:
        await exchange.json({"error": {"message": "Invalid schema, tool or response_format or json"}}, 400)

    with Server(*[refuse] * 5) as server, opened(server) as door:
        error = failure(CALLS[0], door)
        door.complete(REQUEST)

    assert error.usage == Usage(requests=5)
    assert server.requests[5] == server.requests[0]


# -------------------------------------------------------------------------------------------------------------- memory

PLACE = ("https://example.com/v1", "gpt-4-turbo")
LOWER = Dialect(rung="tool", length_field="max_tokens", renamed=True, dropped=frozenset({"temperature"}))


def learned(path: Path, **settings: Any) -> Capabilities:
    known = Capabilities(path, **settings)
    known.move(*PLACE, used=Dialect(), to=LOWER)
    known.settle(*PLACE, LOWER)
    return known


def test_what_was_found_out_serves_the_next_process(tmp_path: Path) -> None:
    path = tmp_path / "state" / "capabilities.json"
    learned(path)

    assert Capabilities(path).dialect(*PLACE, Dialect()) == LOWER
    assert path.stat().st_mode & 0o077 == 0
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_the_second_command_sends_one_request(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = []
    with Server(refuse={"json_schema"}) as server:
        for _ in range(2):
            code = (
                "import sys; from summarizer.providers.openai import OpenAIDoor; from tests.test_openai import REQUEST;"
                f"door = OpenAIDoor(model='test-model', base_url={server.url!r}); door.complete(REQUEST); door.close()"
            )
            before = len(server.requests)
            subprocess.run([sys.executable, "-c", code], check=True, timeout=60, cwd=Path(__file__).parent.parent)
            counts.append(len(server.requests) - before)

    assert counts == [2, 1]


def test_a_way_of_asking_that_was_not_answered_yet_is_not_written_down(tmp_path: Path) -> None:
    path = tmp_path / "capabilities.json"
    Capabilities(path).move(*PLACE, used=Dialect(), to=LOWER)

    assert not path.exists()


def test_what_two_processes_find_out_is_kept_together(tmp_path: Path) -> None:
    path = tmp_path / "capabilities.json"
    one, other = Capabilities(path), Capabilities(path)
    for known, model in ((one, "a"), (other, "b")):
        known.dialect("url", model, Dialect())
    for known, model in ((one, "a"), (other, "b")):
        known.move("url", model, used=Dialect(), to=LOWER)
        known.settle("url", model, LOWER)

    both = Capabilities(path)
    assert [both.dialect("url", model, Dialect()) for model in ("a", "b")] == [LOWER, LOWER]


def test_what_is_forgotten_is_forgotten_for_good(tmp_path: Path) -> None:
    path = tmp_path / "capabilities.json"
    learned(path).forget(*PLACE)

    assert Capabilities(path).dialect(*PLACE, Dialect()) == Dialect()


def test_what_is_known_ages(tmp_path: Path) -> None:
    path = tmp_path / "capabilities.json"
    known = learned(path, max_age_s=0)

    assert known.dialect(*PLACE, Dialect()) == Dialect()
    assert Capabilities(path, max_age_s=0).dialect(*PLACE, Dialect()) == Dialect()


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[: len(text) // 2],
        lambda text: text.replace("capabilities/1", "capabilities/2"),
        lambda text: text.replace('"tool"', '"sledgehammer"'),
        lambda text: text.replace('"temperature"', '"messages"'),
        lambda text: "[" * 100_000,
        lambda text: "[]",
        lambda text: "",
    ],
)
def test_a_damaged_memory_counts_as_absent_and_is_mended(tmp_path: Path, damage: Callable[[str], str]) -> None:
    path = tmp_path / "capabilities.json"
    learned(path)
    path.write_text(damage(path.read_text("utf-8")), "utf-8")

    assert Capabilities(path).dialect(*PLACE, Dialect()) == Dialect()
    learned(path)
    assert Capabilities(path).dialect(*PLACE, Dialect()) == LOWER


def test_a_memory_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_bytes(b"")

    assert learned(blocked / "capabilities.json").dialect(*PLACE, Dialect()) == LOWER


# ----------------------------------------------------------------------------------------------------- truncated input

LONG = replace(REQUEST, messages=(Message("user", "JSON\n" + "\n".join(f"[{n}] A cat." for n in range(1, 100))),))


def reads(share: float) -> Play:
    """A server that reads so much of what it is sent, and counts a token for every four characters."""

    async def play(exchange: Exchange) -> None:
        sent = sum(len(message["content"]) for message in exchange.body["messages"]) / 4
        usage = {"prompt_tokens": round(sent * share), "completion_tokens": 7}
        await exchange.json(completion(exchange.body, exchange.text, usage=usage))

    return play


def quarter(text: str) -> int:
    return len(text) // 4


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(("share", "exact"), [(0.79, True), (0.5, True), (0.49, False), (0.1, False)])
def test_an_article_that_a_server_cut_is_an_error(call: Call, share: float, exact: bool) -> None:
    with Server(reads(share)) as server, opened(server, count=quarter, exact=exact) as door:
        error = failure(call, door, LONG)

    assert type(error) is TruncatedInput
    assert error.usage is not None
    assert error.usage.output_tokens == 7


@pytest.mark.parametrize(("share", "exact"), [(0.81, True), (1.2, True), (0.51, False)])
def test_an_article_that_a_server_read_is_answered(share: float, exact: bool) -> None:
    with Server(reads(share)) as server, opened(server, count=quarter, exact=exact) as door:
        assert door.complete(LONG).warnings == ()


def test_a_server_that_does_not_count_is_told_to_people() -> None:
    with Server("no_usage") as server, opened(server, count=quarter) as door:
        (warning,) = door.complete(LONG).warnings

    assert "does not say" in warning


# -------------------------------------------------------------------------------------------------------------- errors


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("400", BadRequest),
        ("401", Unauthorized),
        ("403", Unauthorized),
        ("404", UnknownModel),
        ("429", RateLimited),
        ("503", Unavailable),
        ("context", TooLong),
        ("filter_prompt", Filtered),
        ("refusal", Refused),
        ("length", TruncatedOutput),
    ],
)
def test_a_fault_of_the_server_is_an_error_of_ours(call: Call, fault: str, kind: type[SummarizerError]) -> None:
    with Server(fault) as server, opened(server) as door:
        error = failure(call, door)
        after = call(door, REQUEST)

    assert type(error) is kind
    assert error.usage is not None
    assert error.usage.requests == 1
    assert len(server.requests) == 2
    assert after.usage.requests == 1


@pytest.mark.parametrize(
    ("fault", "tokens", "window"),
    [("context", 9001, 8192), ("context_llama", 5000, 4096), ("context_vllm", 4500, 4096)],
)
def test_a_request_that_is_too_long_says_how_long_and_what_fits(fault: str, tokens: int, window: int) -> None:
    with Server(fault) as server, opened(server) as door:
        error = failure(CALLS[0], door)

    assert isinstance(error, TooLong)
    assert (error.tokens, error.window) == (tokens, window)


def test_facts_stand_on_the_error() -> None:
    with Server("quota") as server, opened(server) as door:
        error = failure(CALLS[0], door)

    assert isinstance(error, ProviderError)
    assert (error.status, error.code, error.model, error.request_id) == (
        429,
        "insufficient_quota",
        "test-model",
        "req_1",
    )


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "2"}, 2.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after-ms": "soon", "retry-after": "9"}, 9.0),
        ({"retry-after": "NaN"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "later"}, None),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:30 GMT", "date": "Wed, 21 Oct 2026 07:28:00 GMT"}, 30.0),
        ({"retry-after": "Wed, 21 Oct 2026 07:27:00 GMT", "date": "Wed, 21 Oct 2026 07:28:00 GMT"}, 0.0),
    ],
)
def test_the_wait_a_server_asks_for_is_read(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after_s(headers) == seconds


def test_every_exception_class_of_the_client_library_is_translated() -> None:
    import openai
    from openai import _exceptions

    named = {**vars(_exceptions), **{name: getattr(openai, name) for name in openai.__all__}}
    classes = {
        name for name, value in named.items() if inspect.isclass(value) and issubclass(value, openai.OpenAIError)
    }

    assert len(classes) >= 20
    assert classes <= TRANSLATIONS.keys()


@pytest.mark.parametrize("error", [RuntimeError("half sent"), OSError(), EOFError()])
def test_an_exception_below_the_client_library_is_a_broken_connection(error: Exception) -> None:
    assert type(translate(error, REQUEST, resolve("http://127.0.0.1:1/v1"))) is Unavailable


def test_what_cannot_be_sent_is_no_fault_of_the_server() -> None:
    with Server() as server, opened(server, extra_body={"stop": {1, 2}}) as door:
        error = failure(CALLS[0], door)

    assert type(error) is BadRequest
    assert server.requests == []


def test_a_server_that_is_not_there_costs_nothing_and_says_what_to_check() -> None:
    with Server() as server:
        url = server.url
    door = OpenAIDoor(model="test-model", base_url=url, capabilities=Capabilities())

    error = failure(CALLS[0], door)
    door.close()

    assert type(error) is Unavailable
    assert error.usage == Usage(requests=1)
    assert "check that the server is running" in error.message


# ------------------------------------------------------------------------------------------------------ keys and words


def test_a_missing_key_is_an_error_that_says_what_to_do_and_sends_nothing() -> None:
    error = failure(CALLS[0], OpenAIDoor(model="gpt-5-mini"))

    assert type(error) is Unauthorized
    assert "OPENAI_API_KEY" in error.message


@pytest.mark.parametrize("host", ["localhost", "api.localhost", "127.0.0.1", "127.8.9.1", "[::1]"])
def test_this_machine_is_known_by_its_names(host: str) -> None:
    assert resolve(f"http://{host}:8080/v1", SECRET).loopback


@pytest.mark.parametrize("host", ["localhost.example.com", "example.com", "10.0.0.1", "[::2]", "0.0.0.1"])
def test_another_machine_is_not_taken_for_this_one(host: str) -> None:
    assert not resolve(f"https://{host}/v1", SECRET).loopback


def test_a_server_on_this_machine_needs_no_key() -> None:
    with Server() as server, opened(server) as door:
        door.complete(REQUEST)

    assert server.headers[0]["authorization"] == "Bearer none"


def test_the_key_and_the_address_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    with Server(key=SECRET) as server:
        monkeypatch.setenv("OPENAI_API_KEY", SECRET + "\n")
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        door = OpenAIDoor(model="test-model")
        door.complete(REQUEST)
        door.close()

    assert server.headers[0]["authorization"] == f"Bearer {SECRET}"


@pytest.mark.parametrize("url", ["http://example.com/v1", "http://10.0.0.7:11434/v1"])
def test_a_key_is_not_sent_in_the_clear_to_another_machine(url: str) -> None:
    with pytest.raises(UsageError, match="unencrypted"):
        OpenAIDoor(model="test-model", base_url=url, api_key=SECRET)

    assert repr(OpenAIDoor(model="test-model", base_url=url, api_key=""))


@pytest.mark.parametrize("url", ["example.com/v1", "ftp://example.com", "http://", "http://[", "https://a:99999/v1"])
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="base URL"):
        OpenAIDoor(model="test-model", base_url=url)


def test_a_key_that_no_header_can_carry_is_refused_without_being_shown() -> None:
    with pytest.raises(UsageError) as caught:
        OpenAIDoor(model="test-model", api_key="sk-two\nlines")

    assert "two" not in str(caught.value)


def test_no_message_repr_or_log_shows_the_key(caplog: pytest.LogCaptureFixture) -> None:
    async def echo(exchange: Exchange) -> None:
        await exchange.json({"error": {"message": f"bad header {exchange.headers['authorization']}"}}, 400)

    caplog.set_level(logging.DEBUG)
    with Server(echo) as server, opened(server, api_key=SECRET) as door:
        error = failure(CALLS[0], door)
        shown = [str(error), repr(error), repr(door), repr(vars(error)), repr(error.__cause__), repr(error.__context__)]

    assert "[key]" in error.message
    assert not [text for text in (*shown, caplog.text) if "0123456789" in text]


def test_a_message_names_no_password_of_the_address() -> None:
    address = resolve("https://someone:hunter2@example.com/v1?token=abc", SECRET)

    error = translate_status(HttpReply(500), REQUEST, address)

    assert "hunter2" not in str(error)
    assert "abc" not in str(error)
    assert "example.com/v1" in str(error)


def test_a_message_repeats_next_to_nothing_of_an_article() -> None:
    article = "The quick brown fox jumps over the lazy dog. " * 10
    request = replace(REQUEST, messages=(Message("user", article),))

    said = quoted(f"cannot parse: {article}", request)

    assert len(said) <= len("cannot parse: ") + 80


# ------------------------------------------------------------------------------------------------- replies and warnings


def test_an_answer_by_another_model_is_told() -> None:
    with Server("other_model") as server, opened(server) as door:
        completion = door.complete(REQUEST)

    assert completion.warnings == ("asked 'test-model', answered by 'some-other-model'",)


@pytest.mark.parametrize(
    "name", ["test-model-2026-01-01", "vendor/test-model", "Test-Model.gguf", "/m/test-model.gguf"]
)
def test_a_fuller_name_of_the_same_model_is_no_news(name: str) -> None:
    async def answer(exchange: Exchange) -> None:
        await exchange.json(completion(exchange.body, exchange.text, model=name))

    with Server(answer) as server, opened(server) as door:
        assert door.complete(REQUEST).warnings == ()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, (None, None, None, None)),
        ([1], (None, None, None, None)),
        ({"prompt_tokens": 12, "completion_tokens": 3}, (12, None, 3, None)),
        ({"prompt_tokens": True, "completion_tokens": "3"}, (None, None, None, None)),
        ({"prompt_tokens": -1, "completion_tokens": 1.5}, (None, None, None, None)),
        (
            {
                "prompt_tokens": 12,
                "completion_tokens": 9,
                "prompt_tokens_details": {"cached_tokens": 4},
                "completion_tokens_details": {"reasoning_tokens": 5},
            },
            (12, 4, 9, 5),
        ),
    ],
)
def test_a_count_of_tokens_is_a_count_or_unknown(value: Any, expected: tuple[int | None, ...]) -> None:
    usage = read_usage(value)

    assert (usage.input_tokens, usage.cached_tokens, usage.output_tokens, usage.reasoning_tokens) == expected


def wire_body(**message: Any) -> bytes:
    return json.dumps({"choices": [{"message": message, "finish_reason": "stop"}]}).encode()


def call_of(arguments: Any) -> dict[str, Any]:
    return {"type": "function", "function": {"name": "Summary", "arguments": arguments}}


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ({"content": '{"a": 1}'}, '{"a": 1}'),
        ({"content": [{"type": "thinking", "thinking": []}, {"type": "text", "text": "yes"}]}, "yes"),
        ({"content": None, "tool_calls": [call_of('{"a": 1}')]}, '{"a": 1}'),
        ({"content": "", "tool_calls": [call_of({"a": "é"})]}, '{"a": "é"}'),
        ({"content": "yes", "tool_calls": []}, "yes"),
        ({"content": "yes", "tool_calls": None, "refusal": ""}, "yes"),
    ],
)
def test_a_reply_is_found_where_servers_put_it(message: dict[str, Any], text: str) -> None:
    assert read(HttpReply(200, body=wire_body(**message)), REQUEST, where="here").text == text


@pytest.mark.parametrize(
    "message",
    [
        {"content": None, "tool_calls": [call_of("{}"), call_of("{}")]},
        {"content": None, "tool_calls": [{"type": "function"}]},
        {"content": None, "tool_calls": ["call"]},
        {"content": None, "tool_calls": {"0": call_of("{}")}},
        {"content": {"text": "yes"}},
        {"content": [{"type": "image"}]},
    ],
)
def test_a_reply_that_could_mean_two_things_or_nothing_is_refused(message: dict[str, Any]) -> None:
    with pytest.raises(BadResponse):
        read(HttpReply(200, body=wire_body(**message)), REQUEST, where="here")


def test_an_answer_too_deep_to_be_one_is_refused_though_python_reads_it() -> None:
    with pytest.raises(ValueError, match="deep"):
        parse(b"[" * 80 + b"]" * 80)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", ""),
        (b"<html>oops</html>", ""),
        (b"just words\nin lines", "just words in lines"),
        (b'"words"', "words"),
        (b'{"error": "words"}', "words"),
        (b'{"error": {"message": "words"}}', "words"),
        (b'{"message": "words"}', "words"),
        (b'{"detail": "words"}', "words"),
        (b'{"detail": ["words", {"loc": ["body", "seed"], "msg": "no", "type": "t"}]}', "words; seed: no (t)"),
        (b"[]", "[]"),
    ],
)
def test_what_a_server_says_is_read_in_whatever_shape(body: bytes, message: str) -> None:
    assert said(body).message == message


@pytest.mark.parametrize(
    ("cause", "hint"),
    [
        (ssl.SSLCertVerificationError("[SSL: CERTIFICATE_VERIFY_FAILED] unable to get issuer"), "SSL_CERT_FILE"),
        (OSError("[Errno -2] Name or service not known"), "host name"),
        (ConnectionRefusedError("[Errno 111] Connection refused"), "server is running"),
        (ConnectionResetError(), "try again later"),
    ],
)
def test_a_broken_connection_says_what_to_look_at(cause: Exception, hint: str) -> None:
    error = translate(cause, REQUEST, resolve("https://example.com/v1", SECRET))

    assert type(error) is Unavailable
    assert hint in error.message


# ---------------------------------------------------------------------------------------------- connections and threads


def test_connections_are_kept_between_calls_and_reopened_after_close() -> None:
    with Server() as server, opened(server) as door:
        for _ in range(3):
            door.complete(REQUEST)
        kept = server.connections
        door.close()
        door.complete(REQUEST)

    assert (kept, server.connections) == (2, 3)  # one for the client library, which sends once, one for the rest


def test_one_door_serves_event_loops_that_come_and_go() -> None:
    with Server() as server, opened(server) as door:
        for _ in range(3):
            asyncio.run(_thrice(door))

    assert (len(server.requests), server.connections) == (9, 6)


async def _thrice(door: OpenAIDoor) -> None:
    for _ in range(3):
        await door.acomplete(REQUEST)


async def test_closing_in_a_loop_closes_what_it_opened() -> None:
    with Server() as server, opened(server) as door:
        await _thrice(door)
        await door.aclose()
        await door.acomplete(REQUEST)
        await door.aclose()

    assert server.connections == 3


async def test_many_calls_in_one_loop_are_under_way_together() -> None:
    with Server(latency_s=0.2) as server, opened(server) as door:
        await asyncio.gather(*(door.acomplete(REQUEST) for _ in range(20)))
        await door.aclose()

    assert server.most_at_once == 20


async def test_a_cancelled_call_leaves_the_door_usable() -> None:
    with Server("hang") as server, opened(server) as door:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await door.acomplete(REQUEST)
        await door.acomplete(REQUEST)
        await door.aclose()

    assert len(server.requests) == 2


def test_what_is_sent_can_be_read_by_people() -> None:
    with Server() as server, opened(server) as door:
        door.complete(replace(REQUEST, messages=(Message("user", "JSON\n[1] Été à 5 €."),)))

    assert json.dumps(server.requests[0], ensure_ascii=False).count("Été à 5 €") == 1
