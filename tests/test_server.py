"""The double itself: what it answers is grounded and of the requested shape, and it ends when it is told to."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.error
import urllib.request
from collections import deque
from pathlib import Path
from typing import Any, Literal

import jsonschema  # type: ignore[import-untyped, unused-ignore]
import pytest
from pydantic import BaseModel, Field

from summarizer.schema import Claim, Summary, find_claims
from summarizer.shape import reply_format
from tests.faults import FAULTS
from tests.server import Server, cited, fill

ARTICLE = "The article follows.\n\n=== ab ===\n[3] The cat sat.\n[4] It was happy.\n\n[5] Nobody knew why.\n=== ab ==="


class Brief(BaseModel):
    headline: Claim
    who: list[Claim] = Field(min_length=1, max_length=2)
    mood: Literal["calm", "tense"]
    score: int = Field(ge=3, le=9)
    note: str | None


def body(**more: Any) -> dict[str, Any]:
    return {"model": "m", "messages": [{"role": "user", "content": f"JSON. {ARTICLE}"}], **more}


def shaped(schema: type[BaseModel]) -> dict[str, Any]:
    form = reply_format(schema)
    return body(response_format={"type": "json_schema", "json_schema": {"name": form.name, "schema": form.strict}})


def post(url: str, value: Any) -> Any:
    data = json.dumps(value).encode()
    asked = urllib.request.Request(f"{url}/chat/completions", data, {"content-type": "application/json"})
    with urllib.request.urlopen(asked, timeout=60) as answer:
        return json.load(answer)


@pytest.mark.parametrize("schema", [Summary, Brief])
def test_a_reply_fits_the_schema_and_quotes_the_sentences_it_cites(schema: type[BaseModel]) -> None:
    value = schema.model_validate_json(cited(shaped(schema)), strict=True)

    sentences = {3: "The cat sat.", 4: "It was happy.", 5: "Nobody knew why."}
    assert [claim.text for _, claim in find_claims(value)] == [
        sentences[claim.cites[0]] for _, claim in find_claims(value)
    ]


@pytest.mark.parametrize("shape", [{}, {"response_format": {"type": "json_object"}}])
def test_without_a_schema_in_the_request_the_reply_is_a_summary(shape: dict[str, Any]) -> None:
    Summary.model_validate_json(cited(body(**shape)), strict=True)


def test_a_repair_is_answered_from_the_article_before_it() -> None:
    repair = body()
    repair["messages"] += [{"role": "assistant", "content": "{}"}, {"role": "user", "content": "Reply again."}]

    assert cited(repair) == cited(body())


def test_what_is_filled_is_valid_by_the_full_schema_too() -> None:
    schema = reply_format(Brief).schema

    jsonschema.validate(fill(schema, deque([(1, "A cat. " * 200)])), schema)


def test_faults_come_in_order_and_then_answers() -> None:
    with Server("500", "429") as server:
        statuses = []
        for _ in range(2):
            with pytest.raises(urllib.error.HTTPError) as caught:
                post(server.url, body())
            statuses.append(caught.value.code)
            caught.value.close()
        answer = post(server.url, body())

    assert statuses == [500, 429]
    assert answer["choices"][0]["finish_reason"] == "stop"


def test_a_mark_plays_a_fault_for_its_article_as_often_as_it_says() -> None:
    marked = body(messages=[{"role": "user", "content": "[1] A cat. [[fault:500x1]]"}])
    with Server() as server:
        with pytest.raises(urllib.error.HTTPError) as caught:
            post(server.url, marked)
        caught.value.close()
        post(server.url, body())
        post(server.url, marked)

    assert len(server.requests) == 3


def test_the_server_ends_with_connections_open() -> None:
    with Server() as server:
        post(server.url, body())
        address = server.url

    with pytest.raises(urllib.error.URLError):
        post(address, body())


def test_it_runs_as_a_command() -> None:
    script = Path(__file__).with_name("server.py")
    with subprocess.Popen(
        [sys.executable, str(script), "--fault", "500"], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        try:
            with pytest.raises(urllib.error.HTTPError) as caught:
                post(url, body())
            caught.value.close()
            answer = post(url, body())
        finally:
            process.terminate()

    assert json.loads(answer["choices"][0]["message"]["content"])["title"]["cites"] == [3]


def test_the_table_of_faults_is_large() -> None:
    assert len(FAULTS) >= 73
