"""How long a model's window is: given, listed, or asked of the server."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from summarizer import Limits, Summarizer
from summarizer.cli import run
from summarizer.errors import TooLong, UsageError
from summarizer.providers.openai import OpenAIDoor
from summarizer.providers.scripted import ScriptedProvider
from summarizer.providers.window import stated
from summarizer.records import ModelInfo
from tests.endings import LONG_S, in_time, must_be_met
from tests.server import Server

ARTICLE = "The bridge was closed on Monday. It will open again in May."


def listed(*models: Mapping[str, Any]) -> bytes:
    return json.dumps({"object": "list", "data": models}).encode()


@pytest.mark.parametrize(
    "entry",
    [
        {"max_model_len": 4096},
        {"context_length": 4096},
        {"context_window": 4096},
        {"max_context_length": 4096},
        {"meta": {"n_ctx": 4096, "n_ctx_train": 131_072}},
        {"context_length": 131_072, "top_provider": {"context_length": 4096}},
    ],
    ids=["vLLM", "Together", "Groq", "Mistral", "llama.cpp", "OpenRouter"],
)
def test_a_window_is_read_under_the_names_that_servers_have_for_it(entry: Mapping[str, Any]) -> None:
    other = {"id": "other", "context_length": 1}

    assert stated(listed(other, {"id": "this", **entry}), "this") == 4096


def test_a_list_of_one_model_is_about_it_whatever_its_name() -> None:
    assert stated(listed({"id": "/models/a.gguf", "meta": {"n_ctx": 2048}}), "any") == 2048


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"[" * 100_000,
        b'{"data": null}',
        b'{"data": ["this"]}',
        listed({"id": "this", "context_length": "4096"}),
        listed({"id": "this", "context_length": True}),
        listed({"id": "this", "context_length": 0, "meta": 7}),
        listed({"id": "one", "context_length": 1}, {"id": "two", "context_length": 1}),
    ],
    ids=range(9),
)
def test_a_list_that_says_nothing_of_a_model_gives_no_window(body: bytes) -> None:
    assert stated(body, "this") is None


def found(server: Server, **settings: Any) -> ModelInfo:
    with Summarizer("openai:m", base_url=server.url, **settings) as summarizer:
        return summarizer.model.with_window()


def test_a_server_in_no_list_is_asked_once() -> None:
    with Server(models=[{"id": "m", "max_model_len": 8192}]) as server:
        door = OpenAIDoor(model="m", base_url=server.url)
        infos = [door.info.with_window() for _ in range(2)]
        connections = server.connections
        door.close()

    assert [(info.window, info.window_from) for info in infos] == [(8192, "as the server says")] * 2
    assert connections == 1
    assert server.requests == []


def test_articles_that_begin_together_ask_once() -> None:
    with Server(models=[{"id": "m", "max_model_len": 8192}]) as server, ThreadPoolExecutor(8) as pool:
        door = OpenAIDoor(model="m", base_url=server.url)
        infos = list(pool.map(lambda _: door.info.with_window(), range(8)))
        door.close()

    assert {info.window for info in infos} == {8192}
    assert server.lists == 1


@pytest.mark.parametrize(
    "fault", ["reset", "hang", "drip", "endless", "garbage", "401", "500", "html", "gzip_bomb", "deep"]
)
def test_a_list_that_is_none_holds_up_no_summary(fault: str) -> None:
    def meet(deadline_s: float) -> tuple[bool, float, int]:
        with (
            Server(models=fault) as server,
            Summarizer("openai:m", base_url=server.url, limits=Limits(timeout_s=deadline_s)) as summarizer,
        ):
            began = time.monotonic()
            result = summarizer.summarize(ARTICLE)
            must_be_met(server.lists)
            return result.grounded, time.monotonic() - began, server.lists

    is_grounded, took_s, lists = in_time(fault, meet)

    assert is_grounded
    assert took_s < LONG_S
    assert lists == 1


def test_a_window_that_is_given_comes_before_what_the_server_says() -> None:
    with Server(models=[{"id": "m", "max_model_len": 8192}]) as server:
        info = found(server, context=2048)

    assert (info.window, info.window_from) == (2048, "as given")
    assert server.connections == 0


def test_a_window_that_is_given_holds_for_a_provider_object_too() -> None:
    summarizer = Summarizer(ScriptedProvider(lambda _: ""), context=50)

    with pytest.raises(TooLong):
        summarizer.summarize(ARTICLE * 100)


def test_what_the_server_says_is_what_an_article_must_fit() -> None:
    with (
        Server(models=[{"id": "m", "max_model_len": 700}]) as server,
        Summarizer("openai:m", base_url=server.url) as summarizer,
        pytest.raises(TooLong),
    ):
        summarizer.summarize(ARTICLE)

    assert server.requests == []


async def test_a_server_that_does_not_answer_the_question_holds_up_nobody_else() -> None:
    ticks = 0

    async def tick() -> None:
        nonlocal ticks
        while True:
            await asyncio.sleep(0.05)
            ticks += 1

    with Server(models="hang") as server:
        clock = asyncio.create_task(tick())
        async with Summarizer("openai:m", base_url=server.url) as summarizer:
            result = await summarizer.asummarize(ARTICLE)
        clock.cancel()

    assert result.grounded
    assert ticks > 20


@pytest.mark.parametrize("context", [0, -1])
def test_a_window_of_nothing_is_refused(context: int) -> None:
    with pytest.raises(UsageError, match="context"):
        Summarizer("extractive", context=context)


def test_a_setting_of_the_shell_and_an_option_reach_the_doctor(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "summarizer.toml").write_text("context = 1000")
    asked = ["doctor", "-m", "openai:gpt-5-mini"]
    run(asked)
    by_file = capsys.readouterr().out
    monkeypatch.setenv("SUMMARIZER_CONTEXT", "2000")
    run(asked)
    by_shell = capsys.readouterr().out
    run([*asked, "--context", "3000"])
    by_option = capsys.readouterr().out

    assert "window               1,000 tokens, as given" in by_file
    assert "window               2,000 tokens, as given" in by_shell
    assert "window               3,000 tokens, as given" in by_option


def test_rendering_a_prompt_takes_the_window_too(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "article.txt"
    path.write_text(ARTICLE)

    assert run(["prompts", "render", str(path), "-m", "openai:gpt-5-mini", "--context", "100000"]) == 0
    assert "[2] It will open again in May." in capsys.readouterr().out
