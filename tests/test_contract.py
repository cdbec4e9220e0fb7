"""Every request we can send, every schema in it, and every reply of our own server, held against the API's own rules.

`fixtures/contract/` holds the rules as data: the public OpenAPI description, trimmed, and the subsets of JSON Schema
that OpenAI and Gemini take.
"""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, Literal

import pytest
from jsonschema import Draft202012Validator
from pydantic import BaseModel, Field

from summarizer import Claim, Summarizer, Summary
from summarizer.load import load
from summarizer.pipeline import Mended
from summarizer.prompt import Prompts
from summarizer.providers import responses
from summarizer.providers.ladder import RUNGS, Dialect, payload
from summarizer.providers.memory import Capabilities
from summarizer.providers.openai import OpenAIDoor
from summarizer.providers.replybody import parse
from summarizer.records import Article, Message, Request
from summarizer.schema import PlainSummary, reply_format
from summarizer.tokens import counter
from tests.faults import FAULTS, Exchange, completion
from tests.responses import as_chat
from tests.server import Server, cited

CONTRACT = Path(__file__).parent.parent / "fixtures" / "contract"
PATHS = {"chat": "/chat/completions", "responses": "/responses"}
BUILDERS = {"chat": payload, "responses": responses.payload}
PRESETS = Prompts().presets()


class Person(BaseModel):
    name: str = Field(min_length=1, max_length=80, pattern=r"^\S")
    role: str | None = Field(default=None, description="What the person does.")


class Brief(BaseModel):
    """A schema of a user with one of everything that can be asked for."""

    headline: Claim
    who_said_it: list[Claim] = Field(min_length=1, max_length=5)
    mood: Literal["calm", "tense"]
    kind: Literal["news"] = "news"
    score: float = Field(ge=0, le=1)
    people: list[Person] = Field(default_factory=list)
    main: Person | None = None
    dated: str | None = Field(default=None, json_schema_extra={"format": "date"})


SCHEMAS: tuple[type[BaseModel], ...] = (Summary, PlainSummary, Mended, Brief, Person)


@cache
def rules(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((CONTRACT / name).read_text("utf-8"))
    return found


def validator(schema: Mapping[str, Any]) -> Draft202012Validator:
    """A validator of one schema of the description; the others are there to be referred to."""
    return Draft202012Validator({**schema, "components": rules("openapi.trimmed.json")["components"]})


@cache
def request_rules(path: str) -> Draft202012Validator:
    return validator(rules("openapi.trimmed.json")["paths"][path]["post"]["request"]["application/json"])


@cache
def reply_rules(path: str, method: str = "post") -> Draft202012Validator:
    return validator(rules("openapi.trimmed.json")["paths"][path][method]["replies"]["200"]["application/json"])


ERROR_RULES = validator({"$ref": "#/components/schemas/ErrorResponse"})


def problems(found: Draft202012Validator, value: Any) -> list[str]:
    return [f"{error.json_path}: {error.message[:200]}" for error in found.iter_errors(value)]


def known_fields(schema: Mapping[str, Any]) -> set[str]:
    """The names of all fields of an object that the description knows: it forbids no others."""
    schemas = rules("openapi.trimmed.json")["components"]["schemas"]
    target = schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    inherited = (known_fields(part) for part in target.get("allOf", ()))
    return set(target.get("properties", {})).union(*inherited)


def check_request(api: str, body: Mapping[str, Any]) -> None:
    found = request_rules(PATHS[api])
    assert problems(found, body) == []
    assert body.keys() <= known_fields(found.schema)


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


@pytest.mark.parametrize(
    ("name", "schema"),
    [
        ("openai", {"type": "string"}),
        ("openai", {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}),
        ("openai", Summary.model_json_schema()),
        ("openai", reply_format(Person).schema),
        ("gemini", Summary.model_json_schema()),
        ("gemini", reply_format(Person).schema),
        ("gemini", {"type": "object", "properties": {"a": {"$ref": "#/$defs/a"}}}),
    ],
)
def test_a_schema_outside_a_subset_is_found(name: str, schema: dict[str, Any]) -> None:
    assert problems(Draft202012Validator(rules(f"{name}_202602.json")), schema)


# --------------------------------------------------------------------------------------------------------- the schemas


@pytest.mark.parametrize("subset", ["openai", "gemini"])
@pytest.mark.parametrize("most", [None, 3])
@pytest.mark.parametrize("schema", SCHEMAS)
def test_every_schema_sent_is_in_both_subsets(subset: str, most: int | None, schema: type[BaseModel]) -> None:
    sent = reply_format(schema, most).strict

    assert problems(Draft202012Validator(rules(f"{subset}_202602.json")), sent) == []


@pytest.mark.parametrize("schema", SCHEMAS)
def test_every_schema_sent_keeps_the_limits_that_no_schema_can_state(schema: type[BaseModel]) -> None:
    form = reply_format(schema)
    objects = list(_objects(form.strict, 1))

    assert max(depth for depth, _ in objects) <= 5  # 10 today, 5 in older versions that are still in service
    assert sum(len(node["properties"]) for _, node in objects) <= 100  # 5,000 today
    assert all(list(node["properties"]) == node["required"] for _, node in objects)
    assert len(json.dumps(form.strict)) < 15_000
    assert len(form.name) <= 64


def _objects(node: Any, depth: int) -> Iterator[tuple[int, dict[str, Any]]]:
    if isinstance(node, dict):
        here = "properties" in node and node.get("type") in ("object", ["object", "null"])
        if here:
            yield depth, node
        for value in node["properties"].values() if here else node.values():
            yield from _objects(value, depth + here)
    elif isinstance(node, list):
        for value in node:
            yield from _objects(value, depth)


@pytest.mark.parametrize("schema", SCHEMAS)
def test_every_schema_for_grammars_is_one(schema: type[BaseModel]) -> None:
    Draft202012Validator.check_schema(reply_format(schema).schema)


# -------------------------------------------------------------------------------------------------------- the requests


def dialects() -> Iterator[Dialect]:
    fields: tuple[Any, ...] = ("max_completion_tokens", "max_tokens", None)
    dropped: tuple[frozenset[str], ...] = (frozenset(), frozenset({"temperature"}))
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


@pytest.mark.parametrize("api", PATHS)
@pytest.mark.parametrize("bounded", [False, True])
def test_every_request_that_can_be_built_keeps_the_rules(api: str, bounded: bool, sample: Article) -> None:
    built = 0
    for request, dialect in itertools.product(questions(sample, "summary"), dialects()):
        check_request(api, BUILDERS[api](request, dialect, bounded=bounded, cached=True))
        built += 1

    assert built == 12 * 30


@pytest.mark.parametrize("api", PATHS)
@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_keeps_the_rules(api: str, preset: str, sample: Article) -> None:
    for request in questions(sample, preset):
        check_request(api, BUILDERS[api](request, Dialect()))


def bad_at_first(good: Callable[[Mapping[str, Any]], str]) -> Callable[[Mapping[str, Any]], str]:
    """Replies that make the whole flow happen: no JSON, then a false claim, then the article's own words."""
    count = itertools.count()

    def reply(body: Mapping[str, Any]) -> str:
        step = next(count)
        false = {"text": "Apple lost 900 billion yen.", "cites": [1]}
        if step == 0:
            return "I would rather not write JSON."
        return json.dumps({"title": false, "claims": [false]}) if step == 1 else good(body)

    return reply


@pytest.mark.parametrize("api", PATHS)
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
@pytest.mark.parametrize("fault", ["stop_upper", "length"])
def test_every_request_of_a_whole_flow_keeps_the_rules(
    api: Literal["chat", "responses"], refuse: tuple[str, ...], fault: str, sample: Article
) -> None:
    with Server(fault, refuse=refuse, reply=bad_at_first(cited)) as server:
        door = OpenAIDoor(model="test-model", base_url=server.url, capabilities=Capabilities(), api=api)
        result = Summarizer(door).summarize(sample)
        door.close()

    assert result.grounded
    assert len(server.requests) >= 3
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
    wired = Summarizer("extractive", preset=preset)
    form = reply_format(Summary, 15)
    asked = [
        Request("gpt-5-mini", wired.preview(load(fixtures / "articles" / name)), form, 1080, 0.0)
        for name in ("openai-levee-de-fonds.fr.txt", "marrow-falls-dam.en.txt")
    ]
    one, two = (static(BUILDERS[api](request, Dialect(), cached=True)) for request in asked)

    assert one == two
    # OpenAI caches from 1,024 tokens on: two articles share too little for it, the rounds of one article do not.
    schema, instructions = (counter("gpt-5-mini").count(text.decode()) for text in one)
    golden(f"prefix.{preset}.txt", f"{schema} tokens of schema, {instructions} of instructions\n")


def static(body: Mapping[str, Any]) -> tuple[bytes, bytes]:
    """The parts of a request that come before the article, as they are sent: the schema, then the instructions."""
    chat = as_chat(body)
    assert [message["role"] for message in chat["messages"]] == ["system", "user"]
    return json.dumps(chat["response_format"]).encode(), chat["messages"][0]["content"].encode()
