"""Every request we can send and every reply of our own server, held against the API's own rules."""

from __future__ import annotations

import asyncio
import http.client
import itertools
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from jsonschema import Draft202012Validator
from pydantic import BaseModel

from summarizer import Summarizer, Summary, pipeline
from summarizer.load import load
from summarizer.prompt import Prompts
from summarizer.providers import responses
from summarizer.providers.capabilities import Capabilities
from summarizer.providers.ladder import RUNGS, Dialect, payload
from summarizer.providers.openai import OpenAIDoor
from summarizer.providers.replybody import parse
from summarizer.records import Article, Completion, Message, Provider, Request
from summarizer.shape import reply_format
from summarizer.tokens import counter
from tests.conftest import ROOT
from tests.contract import ERROR_RULES, PATHS, check_request, known_fields, problems, reply_rules, request_rules, rules
from tests.faults import FAULTS, Exchange, completion
from tests.responses import as_chat
from tests.schemas import SCHEMAS, Brief
from tests.server import Server, cited

BUILDERS = {"chat": payload, "responses": responses.payload}
PRESETS = Prompts().presets()


# ----------------------------------------------------------------------------------------------------------- the rules


@pytest.mark.parametrize("name", ["openapi.trimmed.json", "openai_202602.json", "gemini_202602.json"])
def test_the_rules_are_schemas(name: str) -> None:
    found = rules(name)
    schemas = found["components"]["schemas"].values() if "components" in found else [found]

    for schema in schemas:
        Draft202012Validator.check_schema(schema)


@pytest.mark.parametrize(
    ("api", "body"),
    [
        ("chat", {"model": "m"}),
        ("chat", {"model": "m", "messages": []}),
        ("chat", {"model": "m", "messages": [{"role": "robot", "content": "Hello."}]}),
        ("chat", {"model": "m", "messages": [{"role": "user", "content": "Hello."}], "temperature": "cold"}),
        ("chat", {"model": "m", "messages": [{"role": "user", "content": "Hello."}], "seed": "seven"}),
        ("responses", {"model": "m", "input": [{"role": "user"}]}),
        ("responses", {"model": "m", "input": "Hello.", "max_output_tokens": 3}),
        ("responses", {"model": "m", "input": "Hello.", "text": {"format": {"type": "json_schema"}}}),
    ],
)
def test_a_request_that_breaks_the_rules_is_found(api: str, body: dict[str, Any]) -> None:
    assert problems(request_rules(PATHS[api]), body)


def test_a_field_that_nobody_knows_is_found() -> None:
    assert {"model", "messages", "store", "max_completion_tokens"} <= known_fields(request_rules(PATHS["chat"]).schema)
    assert "units" not in known_fields(request_rules(PATHS["chat"]).schema)


# -------------------------------------------------------------------------------------------------------- the requests


def dialects() -> Iterator[Dialect]:
    fields: tuple[Any, ...] = ("max_completion_tokens", "max_tokens", None)
    dropped = (frozenset[str](), frozenset({"temperature"}), frozenset({"temperature", "prompt_cache_key"}))
    for rung, field, names in itertools.product(RUNGS, fields, dropped):
        yield Dialect(rung, field, dropped=names)


def questions(article: Article, preset: str) -> Iterator[Request]:
    """Questions for schemas and models, with and without a shape, and what follows a bad reply."""
    for schema, model in itertools.product((Summary, Brief), ("gpt-4-turbo", "gpt-5-mini")):
        messages = Summarizer("extractive", preset=preset, schema=schema).preview(article)
        asked = Request(model, messages, reply_format(schema), 500, 0.0)
        yield asked
        yield replace(asked, format=None, max_output_tokens=None, temperature=None)
        again = (*messages, Message("assistant", "{}"), Message("user", "Reply again."))
        yield replace(asked, messages=again, purpose="repair")


@pytest.mark.slow
@pytest.mark.parametrize("api", PATHS)
@pytest.mark.parametrize("bounded", [False, True])
def test_every_request_that_can_be_built_keeps_the_rules(api: str, bounded: bool, sample: Article) -> None:
    built = [
        BUILDERS[api](request, dialect, bounded=bounded, cached=True)
        for request, dialect in itertools.product(questions(sample, "summary"), dialects())
    ]
    assert len(built) == 12 * 45

    for body in {json.dumps(body): body for body in built}.values():  # half of them are sent as the same bytes
        check_request(api, body, bounded=bounded)


@pytest.mark.parametrize("api", PATHS)
@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_keeps_the_rules(api: str, preset: str, sample: Article) -> None:
    for request in questions(sample, preset):
        check_request(api, BUILDERS[api](request, Dialect()))


def bad_at_first(body: Mapping[str, Any]) -> str:
    """Reply so that the whole flow happens: no JSON, then too long and false, then false, then the article's words."""
    last = body["messages"][-1]["content"]
    false = {"text": "Apple lost 900 billion yen.", "cites": [1]}
    replies = {
        "Statement 1:": cited(body),
        "That is too long": json.dumps({"title": false, "claims": [false]}),
        "cannot be used": json.dumps({"title": false, "claims": [{**false, "text": "Apple lost yen. " * 99}]}),
        "": "I would rather not write JSON.",
    }
    return next(reply for words, reply in replies.items() if words in last)


# What a flow asks for, as it stands in its source: a new kind of question must be played here too.
PURPOSES = {"summary"} | {
    name
    for path in Path(pipeline.__file__).parent.glob("*.py")
    for name in re.findall(r'purpose="(\w+)"', path.read_text("utf-8"))
}


# What only a long article is asked about.
LONG = {"notes", "reduce"}


class Noted(Provider):
    """Asks another provider, and keeps what for."""

    def __init__(self, provider: OpenAIDoor, purposes: list[str]) -> None:
        self.info = provider.info
        self._provider = provider
        self._purposes = purposes

    def complete(self, request: Request, /) -> Completion:
        self._purposes.append(request.purpose)
        return self._provider.complete(request)


def chat(server: Server) -> OpenAIDoor:
    return OpenAIDoor(model="test-model", base_url=server.url, capabilities=Capabilities())


def of_openai(server: Server) -> OpenAIDoor:
    return OpenAIDoor(model="test-model", base_url=server.url, capabilities=Capabilities(), api="responses")


def of_azure(server: Server) -> OpenAIDoor:
    return OpenAIDoor(model="gpt-5", base_url=f"{server.url}/openai/v1", capabilities=Capabilities(), azure=True)


def deployment(server: Server) -> OpenAIDoor:
    url = f"{server.url.removesuffix('/v1')}?api-version=2024-10-21"
    return OpenAIDoor(model="ours", base_url=url, capabilities=Capabilities(), azure=True)


DOORS: tuple[tuple[Callable[[Server], OpenAIDoor], str], ...] = (
    (chat, "chat"),
    (of_openai, "responses"),
    (of_azure, "chat"),
    (deployment, "chat"),
)


@pytest.mark.slow
@pytest.mark.parametrize(("door_to", "api"), DOORS)
@pytest.mark.parametrize(
    "refuse",
    [
        (),
        ("strict",),
        ("json_schema",),
        ("json_schema", "tools"),
        ("json_schema", "tools", "json_object", "temperature"),
    ],
    ids="-".join,
)
@pytest.mark.parametrize("cut", [False, True])
def test_every_request_of_a_whole_flow_keeps_the_rules(
    door_to: Callable[[Server], OpenAIDoor], api: str, refuse: tuple[str, ...], cut: bool, sample: Article
) -> None:
    """What is no JSON is repaired, what is too long shortened, what is false mended, and the rest judged."""
    purposes: list[str] = []
    with Server(*["length"] * cut, refuse=refuse, reply=bad_at_first) as server:
        door, judge = door_to(server), door_to(server)
        result = Summarizer(Noted(door, purposes), judge=Noted(judge, purposes)).summarize(sample)
        door.close()
        judge.close()

    assert result.grounded
    assert {*purposes} | {"shorter"} == PURPOSES - LONG
    assert ("shorter" in purposes) == cut
    assert len(server.requests) >= len(purposes)
    for body in server.requests:
        check_request(api, body, bounded=cut)


@pytest.mark.parametrize(("door_to", "api"), DOORS)
@pytest.mark.parametrize("refuse", [(), ("json_schema",), ("json_schema", "tools")], ids="-".join)
def test_every_request_about_a_long_article_keeps_the_rules(
    door_to: Callable[[Server], OpenAIDoor], api: str, refuse: tuple[str, ...], sample: Article
) -> None:
    purposes: list[str] = []
    with Server(refuse=refuse) as server:
        door = door_to(server)
        result = Summarizer(Noted(door, purposes), context=3500).summarize(sample.text * 8)
        door.close()

    assert result.grounded
    assert {*purposes} >= LONG
    for body in server.requests:
        check_request(api, body)


# --------------------------------------------------------------------------------------------------------- the replies


@pytest.mark.parametrize("api", PATHS)
@pytest.mark.parametrize("rung", RUNGS)
@pytest.mark.parametrize("schema", SCHEMAS)
def test_every_reply_of_the_test_server_keeps_the_rules(api: str, rung: Any, schema: type[BaseModel]) -> None:
    messages = (Message("system", "Reply in JSON."), Message("user", "[1] The cat sat.\n[2] It was happy."))
    request = Request("test-model", messages, reply_format(schema), 500)
    body = BUILDERS[api](request, Dialect(rung))
    whole = completion(body, cited(as_chat(body)))

    assert problems(reply_rules(PATHS[api]), whole) == []


@pytest.mark.parametrize(
    ("refuse", "fields"),
    [
        ("strict", {"response_format": {"type": "json_schema", "json_schema": {"name": "a", "strict": True}}}),
        ("json_schema", {"response_format": {"type": "json_schema", "json_schema": {"name": "a"}}}),
        ("json_object", {"response_format": {"type": "json_object"}}),
        ("tools", {"tools": []}),
        ("temperature", {"temperature": 0}),
        ("max_tokens", {"max_tokens": 1}),
        ("max_completion_tokens", {"max_completion_tokens": 1}),
    ],
)
def test_every_refusal_of_the_test_server_keeps_the_rules(refuse: str, fields: dict[str, Any]) -> None:
    body = {"model": "m", "messages": [{"role": "user", "content": "Hello."}], **fields}
    with Server(refuse=[refuse]) as server:
        status, value = said_by(server, "/chat/completions", body)

    assert (status, problems(ERROR_RULES, value)) == (400, [])


@pytest.mark.parametrize(("path", "status"), [("/chat/completions", 401), ("/responses", 401), ("/elsewhere", 404)])
def test_what_the_test_server_says_to_strangers_keeps_the_rules(path: str, status: int) -> None:
    with Server(key="another") as server:
        found, value = said_by(server, path, {"model": "m", "messages": [], "input": []})

    assert (found, problems(ERROR_RULES, value)) == (status, [])


def test_the_list_of_models_of_the_test_server_keeps_the_rules() -> None:
    with Server() as server:
        status, value = said_by(server, "/models")

    assert status == 200
    assert problems(reply_rules("/models", "get"), value) == []


def said_by(server: Server, path: str, body: Mapping[str, Any] | None = None) -> tuple[int, Any]:
    """Ask the server as any program can."""
    connection = http.client.HTTPConnection("127.0.0.1", urlsplit(server.url).port, timeout=20)
    connection.request("GET" if body is None else "POST", f"/v1{path}", None if body is None else json.dumps(body))
    answer = connection.getresponse()
    status, value = answer.status, parse(answer.read())
    connection.close()
    return status, value


class Tape(Exchange):
    """An exchange that keeps what is written, up to a limit."""

    written: bytearray

    async def raw(self, *parts: bytes) -> None:
        self.written += b"".join(parts)
        if len(self.written) > 1 << 16:
            raise ConnectionError

    def reset(self) -> None:
        raise ConnectionError

    async def close(self) -> None:
        raise ConnectionError


async def played(fault: str, body: dict[str, Any]) -> bytes:
    tape = Tape(None, None, "/v1", {}, body, cited(as_chat(body)))  # type: ignore[arg-type]
    tape.written = bytearray()
    try:
        async with asyncio.timeout(0.3):
            await FAULTS[fault](tape)
    except (ConnectionError, TimeoutError):
        pass
    return bytes(tape.written)


def keeps_the_rules(answer: bytes, path: str) -> bool:
    head, _, body = answer.partition(b"\r\n\r\n")
    try:
        status = int(head.split()[1])
        value = parse(body)
    except (ValueError, IndexError):
        return False
    return not problems(reply_rules(path) if status == 200 else ERROR_RULES, value)


# What a server that keeps to the contract may say; all other faults of the table break it in one way or another, or
# never get so far as to say anything.
ALLOWED = """
    400 400_key 401 402 403 404 405 408 409 413 429 429_date 429_hour 429_ms 429_nan 429_negative 429_seconds 500 503
    520 529 babble blank_first byte_order_mark context context_llama context_vllm crossed cut_text fenced filter
    filter_prompt length no_choices other_model prose quota refusal repeats repeats_blank silent_close teapot thinking
    trailing two_choices until_close
"""
# Said in the words of the other API, these are nothing special.
ALLOWED_TOO = {"chat": "input_cut", "responses": "empty_content length_upper null_content stop_upper"}


@pytest.mark.slow
@pytest.mark.parametrize("api", PATHS)
async def test_the_table_of_faults_says_which_of_them_keep_the_rules(api: str) -> None:
    messages = (Message("system", "Reply in JSON."), Message("user", "[1] The cat sat.\n[2] It was happy."))
    body = BUILDERS[api](Request("test-model", messages, reply_format(Summary), 500), Dialect())
    quick = sorted(FAULTS.keys() - {"gzip_bomb", "gzip_bomb_500", "large"})
    kept = {name for name in quick if keeps_the_rules(await played(name, body), PATHS[api])}

    assert kept == set(f"{ALLOWED} {ALLOWED_TOO[api]}".split())


# -------------------------------------------------------------------------------------------------- the prompt's cache


@pytest.mark.parametrize("api", PATHS)
@pytest.mark.parametrize("preset", PRESETS)
def test_two_articles_share_everything_up_to_the_article_byte_for_byte(
    api: str, preset: str, fixtures: Path, golden: Callable[[str, str], None]
) -> None:
    summarizer = Summarizer("extractive", preset=preset)
    form = reply_format(Summary, 15)
    asked = [
        Request("gpt-5-mini", summarizer.preview(load(fixtures / "articles" / name)), form, 1080, 0.0)
        for name in ("openai-levee-de-fonds.fr.txt", "marrow-falls-dam.en.txt")
    ]
    one, two = (static(BUILDERS[api](request, Dialect(), cached=True)) for request in asked)

    assert one == two
    # OpenAI caches from 1,024 tokens on: two articles share too little for it, the rounds of one article do not.
    schema, instructions = (counter("gpt-5-mini").count(text.decode()) for text in one)
    golden(f"prefix.{preset}.txt", f"{schema} tokens of schema, {instructions} of instructions\n")


def test_the_page_says_how_much_two_articles_share(fixtures: Path) -> None:
    pinned = [(fixtures / "expected" / f"prefix.{preset}.txt").read_text("utf-8") for preset in PRESETS]
    lengths = [sum(map(int, re.findall(r"\d+", text))) for text in pinned]

    assert max(lengths) < 1024
    assert f"that is {min(lengths)} to {max(lengths)} tokens" in (ROOT / "docs" / "models.md").read_text("utf-8")


def static(body: Mapping[str, Any]) -> tuple[bytes, bytes]:
    """The parts of a request that come before the article, as they are sent: the schema, then the instructions."""
    chat = as_chat(body)
    assert [message["role"] for message in chat["messages"]] == ["system", "user"]
    return json.dumps(chat["response_format"]).encode(), chat["messages"][0]["content"].encode()
