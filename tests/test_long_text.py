"""A whole story through the command line, a loopback server and small windows."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from summarizer import Article, Result, Summary
from summarizer.cli import run
from summarizer.load import load

from .server import Server


@pytest.fixture
def story_path(fixtures: Path) -> Path:
    return fixtures / "articles" / "long" / "doublecross.en.txt"


@pytest.fixture
def story(story_path: Path) -> Article:
    return load(story_path)


def assert_adds_up(result: Result[Summary], article: Article) -> None:
    """Every position is the article's own, and the parts are all of it."""
    coverage, parts = result.coverage, result.coverage.parts
    evidence = [item for check in result.checks for item in check.evidence]
    assert evidence
    assert all(item.span.of(article.text) == item.text for item in evidence)
    assert {item.unit for check in result.checks if check.supported for item in check.evidence} == set(coverage.cited)
    assert "".join(part.span.of(article.text) for part in parts) == article.text
    assert (parts[0].first, parts[-1].last) == (1, coverage.units)
    assert all(before.last + 1 == after.first for before, after in pairwise(parts))
    assert sum(part.cited for part in parts) == len(coverage.cited)


def summarize(path: Path, server: Server, capsys: pytest.CaptureFixture[str], *options: str) -> str:
    code = run([str(path), "--model", "openai:test", "--base-url", server.url, "--quiet", *options])
    said = capsys.readouterr()
    assert code == 0, said.err
    return said.out


@pytest.mark.parametrize("window", ["1800", "2048", "4096"])
def test_a_story_is_read_in_parts_and_every_sentence_of_the_summary_is_found_in_it(
    window: str, story_path: Path, story: Article, capsys: pytest.CaptureFixture[str]
) -> None:
    with Server() as server:
        values = json.loads(summarize(story_path, server, capsys, "--context", window, "--format", "json", "--steps"))

    result = Result[Summary].from_json(json.dumps(values))
    assert result.grounded
    assert result.coverage.partial == ()
    assert len(result.coverage.parts) > 1
    assert {step.part for step in result.steps if step.level == 1} == set(range(1, len(result.coverage.parts) + 1))
    assert_adds_up(result, story)


def test_a_server_that_says_that_it_is_too_long_gets_it_in_parts(
    story_path: Path, story: Article, capsys: pytest.CaptureFixture[str]
) -> None:
    with Server("context") as server:
        values = json.loads(summarize(story_path, server, capsys, "--format", "json"))

    result = Result[Summary].from_json(json.dumps(values))
    assert any("was cut for a window of" in line for line in result.warnings)
    assert result.grounded
    assert_adds_up(result, story)


def test_steps_are_shown_with_their_evidence_when_asked_for(
    story_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Server() as server:
        told = summarize(story_path, server, capsys, "--context", "2048", "--steps")
        short = summarize(story_path, server, capsys, "--context", "2048")

    assert "Notes, level 1, part 1: sentences 1 to " in told
    assert "Notes, level" not in short
    assert " parts" in short.splitlines()[-1]


def test_steps_are_not_for_markdown(story_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([str(story_path), "--model", "extractive", "--format", "markdown", "--steps"]) == 2
    assert "--steps" in capsys.readouterr().err


def test_a_model_that_writes_nothing_takes_a_long_article_whole(
    story_path: Path, story: Article, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([str(story_path), "--model", "extractive", "--context", "1000", "--format", "json", "-q"]) == 0

    result: Any = Result[Summary].from_json(capsys.readouterr().out)
    assert result.grounded
    assert result.coverage.parts == ()
    assert all(item.span.of(story.text) == item.text for check in result.checks for item in check.evidence)
