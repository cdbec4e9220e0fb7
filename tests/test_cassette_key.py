"""What a recording is found by: everything that decides the reply, and nothing else."""

from __future__ import annotations

import json
import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import BaseModel

from summarizer import Cassette, Claim, Limits, ScriptedProvider, Summarizer
from summarizer.errors import CassetteMiss
from summarizer.providers.openai import OpenAIDoor
from summarizer.records import Article, Budget, Message, Request
from summarizer.shape import ReplyFormat, reply_format

from .calls import awaited
from .server import Server

MUTATIONS = 2000
SHUFFLES = 200


class Brief(BaseModel):
    headline: Claim
    mood: Literal["calm", "tense"]
    places: list[str]


@pytest.fixture(scope="module")
def question(sample: Article) -> Request:
    """What summarizing the sample article asks first, with a schema of every kind of value."""
    seen = ScriptedProvider(lambda _: '{"headline": {"text": "a", "cites": [1]}, "mood": "calm", "places": []}')
    Summarizer(seen, schema=Brief, language="fr", preset="news").summarize(sample)
    return seen.requests[0]


# ------------------------------------------------------------------------------------------------------ what must miss


def mutated(question: Request, draw: random.Random) -> Request:
    """Change one character or one value."""
    kind = draw.choice(["message", "message", "message", "schema", "strict", "name", "model", "parameter", "turns"])
    form = question.format
    assert form is not None
    if kind == "message":
        at = draw.randrange(len(question.messages))
        turn = question.messages[at]
        return _with_message(question, at, Message(turn.role, edited(turn.content, draw)))
    if kind == "schema":
        return replace(question, format=replace(form, schema=with_one_leaf_changed(form.schema, draw)))
    if kind == "strict":
        return replace(question, format=replace(form, strict=with_one_leaf_changed(form.strict, draw)))
    if kind == "name":
        return replace(question, format=replace(form, name=edited(form.name, draw)))
    if kind == "model":
        return replace(question, model=edited(question.model, draw))
    if kind == "turns":
        return draw.choice(
            [
                replace(question, messages=question.messages[:-1]),
                replace(question, messages=question.messages[::-1]),
                replace(question, messages=(*question.messages, Message("assistant", edited("", draw)))),
                _with_message(question, 0, Message("user", question.messages[0].content)),
                replace(question, format=None),
            ]
        )
    changed: dict[str, Any] = draw.choice(
        [
            {"max_output_tokens": draw.choice([None, 1, 10**6, draw.randrange(1, 1000)])},
            {"temperature": draw.choice([None, draw.random() + 0.001])},
            {"sample": draw.randrange(1, 10**6)},
            {"max_words": draw.choice([None, draw.randrange(121, 999)])},
        ]
    )
    return replace(question, **changed)


def _with_message(question: Request, at: int, message: Message) -> Request:
    return replace(question, messages=(*question.messages[:at], message, *question.messages[at + 1 :]))


def edited(text: str, draw: random.Random) -> str:
    """Put a character in, take one out, or change one; look-alikes and white space too."""
    at = draw.randrange(len(text) + 1)
    new = draw.choice("aZ7 \n\t.\u00a0\u200b’'еé\u0301\ud800\r")
    ways = [text[:at] + new + text[at:], text[:at] + text[at + 1 :], text[:at] + new + text[at + 1 :]]
    return next((way for way in draw.sample(ways, 3) if way != text), text + "!")


def with_one_leaf_changed(value: Any, draw: random.Random) -> Any:
    if isinstance(value, dict):
        name = draw.choice(sorted(value))
        if draw.random() < 0.1:
            return {edited(key, draw) if key == name else key: item for key, item in value.items()}
        return {**value, name: with_one_leaf_changed(value[name], draw)}
    if isinstance(value, (list, tuple)) and value:
        at = draw.randrange(len(value))
        return [*value[:at], with_one_leaf_changed(value[at], draw), *value[at + 1 :]]
    if isinstance(value, str):
        return edited(value, draw)
    return draw.choice([other for other in (True, None, 3, 2.5, "x") if other != value])


@pytest.mark.slow
def test_a_changed_character_or_field_is_never_answered_with_a_stale_reply(tmp_path: Path, question: Request) -> None:
    Cassette(tmp_path, inner=ScriptedProvider(lambda _: "recorded"), mode="record").complete(question)
    cassette = Cassette(tmp_path)
    draw = random.Random(6)
    changed: dict[str, Request] = {}
    while len(changed) < MUTATIONS:
        request = mutated(question, draw)
        changed[request.key] = request

    missed = 0
    for request in changed.values():
        with pytest.raises(CassetteMiss):
            cassette.complete(request)
        missed += 1

    assert missed == MUTATIONS
    assert cassette.complete(question).text == "recorded"


# ------------------------------------------------------------------------------------------------------- what must not


def shuffled(value: Any, draw: random.Random) -> Any:
    if isinstance(value, dict):
        return {name: shuffled(value[name], draw) for name in draw.sample(sorted(value), len(value))}
    return [shuffled(item, draw) for item in value] if isinstance(value, (list, tuple)) else value


def test_the_order_of_fields_and_where_a_request_came_from_do_not_matter(tmp_path: Path, question: Request) -> None:
    Cassette(tmp_path, inner=ScriptedProvider(lambda _: "recorded"), mode="record").complete(question)
    cassette = Cassette(tmp_path)
    form = question.format
    assert form is not None

    for seed in range(SHUFFLES):
        draw = random.Random(seed)
        same = replace(
            question,
            format=ReplyFormat(form.name, shuffled(form.schema, draw), shuffled(form.strict, draw), "another outline"),
            provenance=shuffled({**question.provenance, "article_source": f"{seed}.txt"}, draw),
            purpose=draw.choice(["summary", "other"]),
            units=(),
        )
        assert cassette.complete(same).text == "recorded"


@pytest.mark.parametrize("seed", range(4))
def test_the_address_the_key_and_the_limits_do_not_matter(
    tmp_path: Path, question: Request, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI", raising=False)
    with Server(key="sk-first") as server:
        door = OpenAIDoor(model="m", base_url=server.url, api_key="sk-first", limits=Limits(timeout_s=20))
        Cassette(tmp_path, inner=door, mode="record", budget=Budget(max_requests=3)).complete(question)
        door.close()
    monkeypatch.setenv("OPENAI_API_KEY", f"sk-other-{seed}")
    monkeypatch.setenv("OPENAI_BASE_URL", f"http://127.0.0.1:{seed + 1}/v1")
    elsewhere = OpenAIDoor(model="m", limits=Limits(timeout_s=seed + 1))

    replayed = Cassette(tmp_path, inner=elsewhere).complete(question)

    assert json.loads(replayed.text)["mood"] == "calm"
    assert len(server.requests) == 1


# ------------------------------------------------------------------------------------------------------- many at a time


@pytest.mark.slow
def test_500_interactions_on_16_threads_in_any_order_get_their_own_replies(tmp_path: Path, question: Request) -> None:
    requests = [replace(question, sample=number) for number in range(500)]
    inner = ScriptedProvider(lambda request: f"reply {request.sample}")
    record, replay = Cassette(tmp_path, inner=inner, mode="record"), Cassette(tmp_path)
    order = random.Random(1).sample(requests, len(requests))

    with ThreadPoolExecutor(16) as pool:
        made = list(pool.map(record.complete, order))
        replayed = list(pool.map(replay.complete, requests))
        awaited_ones = list(pool.map(lambda request: awaited(replay, request), order[:50]))

    assert [item.text for item in made] == [f"reply {request.sample}" for request in order]
    assert [item.text for item in replayed] == [f"reply {number}" for number in range(500)]
    assert [item.text for item in awaited_ones] == [f"reply {request.sample}" for request in order[:50]]
    assert len(list(tmp_path.glob("??/*"))) == 500


def test_the_key_is_the_same_for_the_same_class_in_another_process() -> None:
    form = reply_format(Brief)

    assert Request(model="m", messages=(Message("user", "a"),), format=form).key == (
        Request(model="m", messages=(Message("user", "a"),), format=reply_format(Brief)).key
    )
