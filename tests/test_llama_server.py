"""A real llama.cpp server as a user would start it, reached by the door for every server that speaks OpenAI's API."""

from __future__ import annotations

import asyncio
import http.client
import importlib.util
import json
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from pydantic import BaseModel, Field

from summarizer import Limits
from summarizer.errors import TooLong, Unavailable, UnknownModel, UsageError
from summarizer.providers import weights
from summarizer.providers.capabilities import Capabilities
from summarizer.providers.ladder import Dialect, Rung, payload
from summarizer.providers.llama_server import Child
from summarizer.providers.openai import OpenAIDoor
from summarizer.providers.replybody import HttpReply, read
from summarizer.records import Message, ModelInfo, Request
from summarizer.shape import reply_format
from tests.calls import CALLS, Call

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("xllamacpp") is None, reason="needs the extra `local`: pip install xllamacpp"
)
linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")

MODEL, WINDOW = "smollm2", 2048
START = Dialect(length_field="max_tokens")


class City(BaseModel):
    name: str = Field(max_length=30)
    country: str = Field(max_length=30)


class Numbers(BaseModel):
    numbers: list[int] = Field(min_length=300, max_length=400)


QUESTION = Request(
    MODEL, (Message("user", "Where is Paris? Reply in JSON, with name and country."),), reply_format(City), 60, 0.0
)
# A minute of work, which the schema does not let the model cut short.
ENDLESS = Request(MODEL, (Message("user", "Count from one to three hundred."),), reply_format(Numbers), 1500, 0.0)


@pytest.fixture(scope="module")
def server() -> Iterator[Child]:
    child = Child(ModelInfo(label=f"local:{MODEL}", name=MODEL, window=WINDOW), weights.pull(MODEL), 1)
    yield child
    child.stop()


def test_what_keeps_the_library_from_being_loaded_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fault = "libgomp.so.1: cannot open shared object file"
    (tmp_path / "xllamacpp.py").write_text(f"raise ImportError({fault!r})", "utf-8")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    with pytest.raises(UnknownModel, match=f"ImportError: {fault}"):
        Child(ModelInfo(label="local:any", name="any", window=WINDOW), tmp_path / "any.gguf", 1)


Reach = Callable[..., OpenAIDoor]


@pytest.fixture
def reach(server: Child) -> Iterator[Reach]:
    """Open doors to the server that ask for a reply in one way, closed when the test ends."""
    made: list[OpenAIDoor] = []

    def make(rung: Rung = "strict", timeout_s: float = 120.0) -> OpenAIDoor:
        url, known = f"{server.url}/v1", Capabilities()
        known.move(url, MODEL, used=START, to=replace(START, rung=rung))
        limits = Limits(timeout_s=timeout_s)
        # With every bound, which a grammar can hold: without one the model would go round until it is cut.
        made.append(
            OpenAIDoor(model=MODEL, base_url=url, api_key=server.key, limits=limits, capabilities=known, bounded=True)
        )
        return made[-1]

    yield make
    for door in made:
        door.close()


def work_of(child: Child, seconds: float = 0.2) -> int:
    """The ticks of the processor that the server uses in a while."""

    def ticks() -> int:
        fields = Path(f"/proc/{child.pid}/stat").read_text().rpartition(")")[2].split()
        return int(fields[11]) + int(fields[12])

    before = ticks()
    time.sleep(seconds)
    return ticks() - before


def begins_to_work(child: Child) -> bool:
    """Wait until the server is at work; the seconds are for a busy machine."""
    return _comes_to(child, 60.0, works=True)


def becomes_idle(child: Child) -> bool:
    """Wait until the server rests, which it does long before it would have done an endless task."""
    return _comes_to(child, 10.0, works=False)


def _comes_to(child: Child, seconds: float, *, works: bool) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if (work_of(child) > 0) is works:
            return True
    return False


# ------------------------------------------------------------------------------------------------------------- replies


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("rung", ["strict", "schema"])
def test_a_reply_is_held_to_the_schema(call: Call, rung: Rung, reach: Reach) -> None:
    reply = call(reach(rung), QUESTION)

    assert City.model_validate_json(reply.text).name == "Paris"
    assert reply.finish_reason == "stop"


@pytest.mark.parametrize("call", CALLS)
def test_a_reply_is_held_to_being_an_object(call: Call, reach: Reach) -> None:
    door = reach("object")
    reply = call(door, QUESTION)

    assert isinstance(json.loads(reply.text), dict)
    assert door.dialect.rung == "object"  # it was not refused


def test_an_answer_comes_whole_and_not_as_a_stream(server: Child) -> None:
    body = payload(QUESTION, START, bounded=True)
    connection = http.client.HTTPConnection("127.0.0.1", urlsplit(server.url).port, timeout=300)
    headers = {"Content-Type": "application/json", "Authorization": f"Bearer {server.key}"}
    connection.request("POST", "/v1/chat/completions", json.dumps(body), headers)
    answer = connection.getresponse()
    kind, value = answer.getheader("content-type", ""), answer.read()
    connection.close()

    assert "stream" not in body
    assert kind.startswith("application/json")
    assert City.model_validate_json(read(HttpReply(200, body=value), QUESTION, where="here").text)


# --------------------------------------------------------------------------------------------------------- long prompts


@pytest.mark.parametrize("call", CALLS)
def test_a_prompt_over_the_window_is_an_error_and_the_next_one_is_answered(call: Call, reach: Reach) -> None:
    door = reach()
    with pytest.raises(TooLong) as caught:
        call(door, replace(QUESTION, messages=(Message("user", "word " * 3000),)))

    assert (caught.value.tokens, caught.value.window) > (3000, WINDOW)
    assert call(door, QUESTION).finish_reason == "stop"


def test_the_server_says_how_long_its_window_is(reach: Reach) -> None:
    info = reach().info.with_window()

    assert (info.window, info.window_from) == (WINDOW, "as the server says")


# --------------------------------------------------------------------------------------------------------- cancellation


@pytest.mark.slow
@linux
async def test_a_task_that_is_cancelled_frees_the_server(server: Child, reach: Reach) -> None:
    door = reach()
    task = asyncio.create_task(door.acomplete(ENDLESS))
    assert await asyncio.to_thread(begins_to_work, server)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert await asyncio.to_thread(becomes_idle, server)
    assert (await door.acomplete(QUESTION)).finish_reason == "stop"
    await door.aclose()


@pytest.mark.slow
@linux
@pytest.mark.parametrize("call", CALLS)
def test_a_call_out_of_time_frees_the_server(call: Call, server: Child, reach: Reach) -> None:
    with pytest.raises(Unavailable, match="time limit"):
        call(reach(timeout_s=2.0), ENDLESS)

    assert becomes_idle(server)
    assert call(reach(), QUESTION).finish_reason == "stop"


@pytest.mark.slow
@linux
def test_a_door_that_is_closed_in_the_middle_of_a_call_frees_the_server(server: Child, reach: Reach) -> None:
    door = reach()
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(door.complete, ENDLESS)
        is_busy = begins_to_work(server)
        door.close()
        error = call.exception()

    assert is_busy
    assert type(error) is UsageError
    assert becomes_idle(server)
