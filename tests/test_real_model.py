"""The main job with a real model: the sample article, the real command, and a real llama.cpp server.

The model is small and writes gibberish in French. That is the point: whatever it writes, what comes out is grounded.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from summarizer import Article, Result, Summary
from summarizer.providers import weights
from summarizer.providers.llama_server import Child
from summarizer.providers.openai import OpenAIDoor
from summarizer.records import ModelInfo

from .test_long_text import assert_adds_up

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        importlib.util.find_spec("xllamacpp") is None, reason="needs the extra `local`: pip install xllamacpp"
    ),
]
# Short summaries and no repairs: a small model on one busy processor, which fills what it may (720 tokens, with one
# sentence 420: 43 and 36 seconds of CPU).
QUICK = ("--max-words", "30", "--sentences", "1", "--max-repairs", "0", "--timeout", "900", "--format", "json")


@pytest.fixture(scope="module")
def model_file() -> Path:
    return weights.pull("smollm2")


@pytest.fixture(scope="module")
def server(model_file: Path) -> Iterator[Child]:
    child = Child(ModelInfo(label="local:smollm2", name="smollm2", window=8192), model_file, 1)
    yield child
    child.stop()


@pytest.fixture
def sample_path(fixtures: Path) -> Path:
    return fixtures / "articles" / "openai-levee-de-fonds.fr.txt"


def summarize(path: Path, *args: str, **environment: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "summarizer", str(path), *args, *QUICK]
    done = subprocess.run(
        command,
        capture_output=True,
        timeout=1800,
        check=False,
        env={**os.environ, "PYTHONWARNINGS": "error", **environment},
    )
    assert done.returncode == 0, done.stderr.decode()
    values: dict[str, Any] = json.loads(done.stdout)
    return values


def assert_grounded(values: dict[str, Any], article: Article) -> None:
    result = Result[Summary].from_json(json.dumps(values))
    assert result.grounded
    assert result.article_id == article.id
    assert result.usage.requests >= 1
    assert result.usage.output_tokens
    evidence = [item for check in result.checks for item in check.evidence]
    assert evidence
    assert all(item.span.of(article.text) == item.text for item in evidence)


def test_a_llama_server_is_reached_like_any_other_server(server: Child, tmp_path: Path) -> None:
    article = Article("The bridge was closed on Monday. It will open again in May, the mayor said.")
    path = tmp_path / "bridge.txt"
    path.write_text(article.text)

    values = summarize(path, "--model", "openai:test", "--base-url", f"{server.url}/v1", OPENAI_API_KEY=server.key)

    assert values["model"] == "openai:test"
    assert_grounded(values, article)


def test_a_file_of_weights_is_run_in_a_child_process(model_file: Path, sample_path: Path, sample: Article) -> None:
    values = summarize(sample_path, "--model", f"local:{model_file}")

    assert values["model"] == f"local:{model_file.name}"
    assert_grounded(values, sample)


def test_a_llama_server_says_how_long_its_window_is(server: Child) -> None:
    door = OpenAIDoor(model="test", base_url=f"{server.url}/v1", api_key=server.key)
    info = door.info.with_window()
    door.close()

    assert (info.window, info.window_from) == (8192, "as the server says")


def test_a_story_is_read_in_parts_in_a_small_window(model_file: Path, fixtures: Path, tmp_path: Path) -> None:
    story = (fixtures / "articles" / "long" / "doublecross.en.txt").read_bytes().decode()[:6_000]  # two parts
    path = tmp_path / "story.txt"
    path.write_bytes(story.encode())

    values = summarize(path, "--model", f"local:{model_file}", "--context", "2048", "--steps")

    article = Article(story)
    result = Result[Summary].from_json(json.dumps(values))
    assert_grounded(values, article)
    assert_adds_up(result, article)
    assert len(result.coverage.parts) > 1
    assert {step.part for step in result.steps} == {
        number for number, part in enumerate(result.coverage.parts, 1) if part.is_read
    }
