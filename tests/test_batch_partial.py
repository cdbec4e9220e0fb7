"""Long articles of a batch that failed, or were read in part: seen, named, and read on when told to."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from summarizer import Article, Result, ScriptedProvider, Summarizer
from summarizer.batch import Run, Settings, outcomes
from summarizer.batch.view import View
from summarizer.cli import run as cli
from summarizer.errors import Refused
from summarizer.records import Request

from .server import Server
from .test_tree import asked, book, but, picked

BOOK = book(60)


def is_first(request: Request) -> bool:
    """Whether a request is about the first part of an article."""
    return request.units[0].span.start == 0


def without_the_first(answer: Any = Refused("not this one")) -> ScriptedProvider:  # noqa: B008 - an error is a value
    return ScriptedProvider(but("notes", lambda _: answer, is_first))


def run(provider: Any, out: Path, articles: Iterable[Article] = (BOOK,), **settings: Any) -> tuple[Run[Any], Any]:
    """A run over long articles; its counts, and what became of the first."""
    from summarizer.load.inputs import given

    made = Run(Summarizer(provider, context=2_500).recipe(), given(articles), Settings(out=out, **settings))
    told = list(outcomes(made))
    return made, told[0]


def shown(out: Path) -> Result[Any]:
    """The one result of a folder."""
    (path,) = out.glob("*.json")
    return Result.from_json(path.read_bytes())


def counts(out: Path) -> dict[str, int]:
    with View(out / ".summarizer.sqlite") as view:
        return view.counts()


def failures(out: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (out / "failures.jsonl").read_text("utf-8").splitlines()]


def test_an_article_that_was_read_in_part_is_counted_and_named_with_its_result(tmp_path: Path) -> None:
    made, told = run(without_the_first(), tmp_path / "out")

    unread = len(told.coverage.partial)
    assert 0 < unread < told.coverage.units
    assert shown(tmp_path / "out").summary == told.summary
    found = made.tally.counts()
    assert (found.done, found.partial, found.failed) == (1, 1, 0)
    assert counts(tmp_path / "out") == {"partial": 1}
    (dead,) = failures(tmp_path / "out")
    assert dead["outcome"] == "partial"
    assert dead["detail"].startswith(f"{unread} of {told.coverage.units} sentences were not read")
    assert "--retry-failed" in dead["todo"]


def test_it_is_not_asked_again_until_told_to(tmp_path: Path) -> None:
    _, before = run(without_the_first(), tmp_path / "out")
    provider = ScriptedProvider()

    made, told = run(provider, tmp_path / "out")

    assert provider.requests == []
    assert (told.summary, told.coverage) == (before.summary, before.coverage)
    assert (made.tally.counts().earlier, made.tally.counts().partial) == (1, 1)
    assert len(failures(tmp_path / "out")) == 1


@pytest.mark.parametrize("out_name", ["out", "out.jsonl"])
def test_a_retry_asks_for_the_parts_that_failed_and_what_rests_on_them(tmp_path: Path, out_name: str) -> None:
    first, second, out = without_the_first(), ScriptedProvider(), tmp_path / out_name
    run(first, out)

    made, told = run(second, out, retry_failed=True)

    assert len(asked(first, "notes")) > 2
    assert [is_first(request) for request in asked(second, "notes")] == [True]
    assert len(second.requests) < len(first.requests)
    assert told.coverage.partial == ()
    assert (made.tally.counts().done, made.tally.counts().partial) == (1, 0)
    assert not list(tmp_path.rglob("*failures.jsonl"))
    line = out.read_text("utf-8") if out.suffix else next(out.glob("*.json")).read_text("utf-8")
    assert Result.from_json(line).summary == told.summary


def test_replies_that_never_fit_are_not_taken_for_those_of_another_try(tmp_path: Path) -> None:
    _, told = run(ScriptedProvider(spoiled), tmp_path / "out")
    second = ScriptedProvider()

    _, again = run(second, tmp_path / "out", retry_failed=True)

    assert told.coverage.partial
    assert [is_first(request) for request in asked(second, "notes")] == [True]
    assert again.coverage.partial == ()


def spoiled(request: Request) -> str:
    """No notes on the first part, however often they are asked for."""
    return "Sorry!" if request.purpose in ("notes", "repair") and is_first(request) else picked(request)


def test_a_retry_that_fails_again_costs_that_part_only(tmp_path: Path) -> None:
    _, before = run(without_the_first(), tmp_path / "out")
    second, third = without_the_first(), ScriptedProvider()

    _, told = run(second, tmp_path / "out", retry_failed=True)
    _, last = run(third, tmp_path / "out", retry_failed=True)

    assert [request.purpose for request in second.requests] == ["notes"]
    assert told.summary == before.summary
    assert len(asked(third, "notes")) == 1
    assert last.coverage.partial == ()


def test_a_retry_that_ends_without_a_summary_keeps_the_one_there_was(tmp_path: Path) -> None:
    _, before = run(without_the_first(), tmp_path / "out")
    refusing = ScriptedProvider(lambda it: picked(it) if it.purpose == "notes" else Refused("no more"))

    made, told = run(refusing, tmp_path / "out", retry_failed=True)
    kept = shown(tmp_path / "out")
    third = ScriptedProvider()
    _, last = run(third, tmp_path / "out", retry_failed=True)

    assert len(refusing.requests) > 1
    assert told.coverage.partial == before.coverage.partial
    assert told.summary == kept.summary == before.summary
    assert made.tally.counts().partial == 1
    assert len(asked(third, "notes")) == 1
    assert last.coverage.partial == ()


def test_an_article_that_failed_at_the_end_does_not_pay_for_its_parts_again(tmp_path: Path) -> None:
    first = ScriptedProvider(lambda it: picked(it) if it.purpose == "notes" else "Sorry!")
    _, before = run(first, tmp_path / "out")
    second = ScriptedProvider()

    _, told = run(second, tmp_path / "out", retry_failed=True)

    assert before.outcome == "invalid"
    assert len(asked(first, "notes")) > 2
    assert [request.purpose for request in second.requests] == ["reduce"]
    assert told.coverage.partial == ()


def test_nor_does_it_pay_for_notes_on_notes_again(tmp_path: Path) -> None:
    first = ScriptedProvider(lambda it: picked(it) if it.purpose in ("notes", "merge") else "Sorry!")
    _, before = run(first, tmp_path / "out", [book(150)])
    second = ScriptedProvider()

    _, told = run(second, tmp_path / "out", [book(150)], retry_failed=True)

    assert before.outcome == "invalid"
    assert len(asked(first, "merge")) > 1
    assert [request.purpose for request in second.requests] == ["reduce"]
    assert told.coverage.partial == ()


def test_when_the_ledger_is_lost_the_output_says_that_a_part_was_not_read(tmp_path: Path) -> None:
    run(without_the_first(), tmp_path / "out")
    (tmp_path / "out" / ".summarizer.sqlite").unlink()

    run(ScriptedProvider(), tmp_path / "out")
    assert counts(tmp_path / "out") == {"partial": 1}

    _, told = run(ScriptedProvider(), tmp_path / "out", retry_failed=True)
    assert told.coverage.partial == ()
    assert counts(tmp_path / "out") == {"ok": 1}


def test_the_command_tells_of_it_and_exits_with_1_until_all_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("in").mkdir()
    Path("in", "book.md").write_text(f"{BOOK.text}\n\nA word of the last part: [[fault:filter_prompt]].\n")
    with Server() as server:
        command = ["batch", "in", "--out", "out", "-m", "openai:test", "--base-url", server.url, "--context", "2500"]
        code = cli(command)
        said = capsys.readouterr().err

    assert code == 1
    (row,) = [line for line in said.splitlines() if line.startswith("  partial")]
    assert row.split()[:2] == ["partial", "1"]
    assert "failures.jsonl" in said


def test_a_run_that_is_stopped_asks_for_no_further_part_and_the_next_one_for_the_others_alone(tmp_path: Path) -> None:
    from summarizer.load.inputs import given

    provider = ScriptedProvider(picked)
    runs: list[Run[Any]] = []

    def stopping(request: Request) -> str:
        if len(stopped.requests) == 4:
            runs[0].stop()
        return picked(request)

    stopped = ScriptedProvider(stopping)
    for one in (stopped, provider):
        recipe = Summarizer(one, context=2_500).recipe()
        runs.append(Run(recipe, given([BOOK]), Settings(out=tmp_path / "out", concurrency=2)))
        told = list(outcomes(runs[-1]))
        assert len(told) == len(runs) - 1

    before, after = ([request.key for request in one.requests] for one in (stopped, provider))
    parts = {request.key for request in (*stopped.requests, *provider.requests) if request.purpose == "notes"}
    assert 4 <= len(before) <= 5
    assert not {*before} & {*after}
    assert len(parts) == len(shown(tmp_path / "out").coverage.parts) > 8
