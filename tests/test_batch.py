"""Many articles: each paid once, kept before anything else, shown as it should be, and resumed."""

from __future__ import annotations

import asyncio
import csv
import json
import re
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import field_validator

from summarizer import Article, Budget, Claim, Failure, Limits, Result, ScriptedProvider, Summarizer, Summary
from summarizer.batch import Run, Settings, outcomes
from summarizer.batch.ledger import Ledger
from summarizer.batch.view import View
from summarizer.errors import (
    BudgetReached,
    InUse,
    Refused,
    StoreError,
    SummarizerError,
    Unauthorized,
    Unavailable,
    UsageError,
)
from summarizer.load.inputs import given
from summarizer.records import Completion, ModelInfo, Request, Usage

from . import replies
from .test_tree import book

Told = Result[Any] | Failure
Batch = Callable[..., list[Told]]
USAGE = Usage(1, 100, 0, 20, 0, Decimal("0.001"))


def sync(summarizer: Summarizer[Any], articles: Iterable[Any], **options: Any) -> list[Told]:
    return list(summarizer.batch(articles, **options))


def awaited(summarizer: Summarizer[Any], articles: Iterable[Any], **options: Any) -> list[Told]:
    async def take() -> list[Told]:
        return [one async for one in summarizer.abatch(articles, **options)]

    return asyncio.run(take())


@pytest.fixture(params=[sync, awaited], ids=["sync", "async"])
def batch(request: pytest.FixtureRequest) -> Batch:
    chosen: Batch = request.param
    return chosen


def text(number: int) -> str:
    return f"The company number {number} plans to raise {number} million euros. It pays for a plant in Lyon."


def folder_of(path: Path, many: int) -> Path:
    path.mkdir()
    for number in range(many):
        (path / f"{number}.txt").write_text(text(number), "utf-8")
    return path


def summarizing(provider: Any = None, **options: Any) -> Summarizer[Summary]:
    return Summarizer(provider or ScriptedProvider(priced), **options)


def priced(request: Request) -> Completion:
    return Completion(replies.verbatim(request), "scripted", usage=USAGE)


def run(provider: Any, articles: Iterable[Any], settings: Settings, **options: Any) -> tuple[Run[Any], list[Told]]:
    """A run whose notes and counts can be looked at."""
    made = Run(summarizing(provider, **options).recipe(), given(articles), settings)
    return made, list(outcomes(made))


def shown(out: Path) -> dict[str, str]:
    """Which article each output shows, by its name."""
    return {
        path.relative_to(out).as_posix(): json.loads(path.read_bytes())["article_id"] for path in out.rglob("*.json")
    }


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


# -------------------------------------------------------------------------------------------------------------- results


def test_each_article_becomes_a_result_and_a_file(batch: Batch, tmp_path: Path) -> None:
    articles, out = folder_of(tmp_path / "in", 30), tmp_path / "out"

    told = batch(summarizing(), [articles], out=out)

    assert sorted(one.source or "" for one in told) == sorted(str(path) for path in articles.iterdir())
    assert shown(out) == {f"{number}.json": Article(text(number)).id for number in range(30)}
    read = Result[Summary].from_json((out / "7.json").read_bytes())
    assert read in told
    assert not (out / "failures.jsonl").exists()


def test_without_an_out_nothing_is_left(batch: Batch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))

    told = batch(summarizing(), [text(number) for number in range(5)])

    assert {one.article_id for one in told} == {Article(text(number)).id for number in range(5)}
    assert [one.source for one in told] == [None] * 5


def test_the_same_call_again_pays_nothing_and_tells_the_same(batch: Batch, tmp_path: Path) -> None:
    articles, out = folder_of(tmp_path / "in", 10), tmp_path / "out"
    first = batch(summarizing(), [articles], out=out)
    provider = ScriptedProvider(priced)

    again = batch(summarizing(provider), [articles], out=out)

    assert provider.requests == []
    assert sorted(again, key=lambda one: one.source or "") == sorted(first, key=lambda one: one.source or "")


@pytest.mark.parametrize("out_name", ["out", "out.jsonl"])
def test_identical_articles_are_paid_once_and_each_has_its_output(batch: Batch, tmp_path: Path, out_name: str) -> None:
    articles = folder_of(tmp_path / "in", 3)
    for number in range(20):
        (articles / f"copy{number}.txt").write_text(text(1), "utf-8")
    provider = ScriptedProvider(priced)

    told = batch(summarizing(provider), [articles], out=tmp_path / out_name)

    assert len(provider.requests) == 3
    assert {one.source for one in told} == {str(path) for path in articles.iterdir()}
    found = (
        lines(tmp_path / out_name)
        if out_name == "out.jsonl"
        else [json.loads(path.read_bytes()) for path in (tmp_path / out_name).glob("*.json")]
    )
    assert {one["source"] for one in found} == {str(path) for path in articles.iterdir()}


@pytest.mark.parametrize("has_earlier", [False, True])
def test_a_copy_that_comes_when_its_article_is_finished_is_done_in_this_run(tmp_path: Path, has_earlier: bool) -> None:
    articles, out = folder_of(tmp_path / "in", 3), tmp_path / "out"
    if has_earlier:
        run(None, [articles / "0.txt"], Settings(out=out))

    def late() -> Iterator[Path | Article]:
        yield from (articles / "0.txt", articles / "1.txt")
        while made.tally.counts().finished < 2:
            time.sleep(0.001)
        yield from (Article(text(number), source=f"copy of {number}") for number in range(2))

    made = Run(summarizing().recipe(), given(late()), Settings(out=out))
    list(outcomes(made))

    counts = made.tally.counts()
    assert (counts.done, counts.earlier, counts.restored) == ((2, 2, 1) if has_earlier else (4, 0, 0))
    assert len(shown(out)) == 4


def test_an_article_that_changed_is_the_only_one_done_again(batch: Batch, tmp_path: Path) -> None:
    articles, out = folder_of(tmp_path / "in", 5), tmp_path / "out"
    batch(summarizing(), [articles], out=out)
    (articles / "3.txt").write_text(text(33), "utf-8")
    provider = ScriptedProvider(priced)

    batch(summarizing(provider), [articles], out=out)

    assert len(provider.requests) == 1
    assert shown(out)["3.json"] == Article(text(33)).id
    assert len(shown(out)) == 5


@pytest.mark.parametrize("out_name", ["out", "out.jsonl"])
def test_results_of_two_tasks_never_stand_side_by_side(batch: Batch, tmp_path: Path, out_name: str) -> None:
    articles, out = folder_of(tmp_path / "in", 5), tmp_path / out_name
    batch(summarizing(), [articles], out=out)

    half = ScriptedProvider(priced)
    with pytest.raises(BudgetReached):
        batch(summarizing(half, max_words=60, budget=Budget(max_requests=7)), [articles], out=out, concurrency=1)
    tasks = {one["batch"]["task"] for one in _all(out)}
    back = ScriptedProvider(priced)
    batch(summarizing(back), [articles], out=out)

    assert len(half.requests) == 2
    assert len(tasks) == 1
    assert back.requests == []  # the ledger keeps the results of both
    assert len(_all(out)) == 5


@pytest.mark.parametrize(
    ("cost", "price", "why"),
    [
        (None, Decimal("0.1"), "what was paid before is unknown"),
        (Decimal("0.1"), None, "the price of 'scripted' is unknown"),
    ],
)
@pytest.mark.parametrize(
    ("out_name", "is_lost"),
    [("out", False), ("out.jsonl", False), ("out.csv", False), ("out", True), ("out.jsonl", True)],
)
def test_a_cap_that_cannot_be_kept_takes_no_output_of_an_earlier_task_away(
    tmp_path: Path, out_name: str, is_lost: bool, cost: Decimal | None, price: Decimal | None, why: str
) -> None:
    def answer(request: Request) -> Completion:
        return replace(priced(request), usage=replace(USAGE, cost_usd=cost))

    class Priced(ScriptedProvider):
        def most(self, usage: Usage, /) -> Usage:
            return replace(usage, cost_usd=price)

    articles, out = folder_of(tmp_path / "in", 3), tmp_path / out_name
    run(ScriptedProvider(answer), [articles], Settings(out=out))
    if is_lost:
        (out / ".summarizer.sqlite" if out.is_dir() else out.with_name("out.jsonl.ledger.sqlite")).unlink()
    before = {path: path.read_bytes() for path in ([out] if out.is_file() else out.glob("*.json"))}
    provider = Priced(priced)

    with pytest.raises(UsageError, match=why):
        run(provider, [articles], Settings(out=out), budget=Budget(max_cost_usd=9), max_words=60)

    assert provider.requests == []
    assert {path: path.read_bytes() for path in before} == before


def test_two_folders_with_files_of_one_name_share_an_out(batch: Batch, tmp_path: Path) -> None:
    january, february = folder_of(tmp_path / "january", 3), folder_of(tmp_path / "february", 3)
    (february / "1.txt").write_text(text(11), "utf-8")
    for _ in range(2):
        batch(summarizing(), [january], out=tmp_path / "out")
        batch(summarizing(), [february], out=tmp_path / "out")

    sources = {one["source"] for one in _all(tmp_path / "out")}
    assert sources == {str(path) for folder in (january, february) for path in folder.iterdir()}


@pytest.mark.parametrize(
    "again",
    [
        ["c", "b", "a"],
        ["b", "c", "a"],
        ["b"],
        ["./a", "../{room}/b", "{whole}/c"],
        ["{whole}/c"],
        ["{whole}/b", "t.jsonl"],
        ["{whole}/t.jsonl"],
    ],
    ids=" ".join,
)
def test_what_is_named_in_another_order_or_spelling_is_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, again: list[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for number, name in enumerate("abc"):
        folder = folder_of(tmp_path / name, 2)
        (folder / "1#x.txt").write_text(text(number + 10), "utf-8")
    (tmp_path / "t.jsonl").write_text(json.dumps({"text": text(20)}) + "\n", "utf-8")
    every = [Path(name) for name in ("a", "b", "c", "t.jsonl")]
    for inputs in (every[:1], every):
        sync(summarizing(), inputs, out=tmp_path / "out")
    before = {path: path.read_bytes() for path in (tmp_path / "out").rglob("*.json")}
    provider = ScriptedProvider(priced)

    paths = [Path(name.format(room=tmp_path.name, whole=tmp_path)) for name in again]
    sync(summarizing(provider), paths, out=tmp_path / "out")

    assert provider.requests == []
    assert {path: path.read_bytes() for path in (tmp_path / "out").rglob("*.json")} == before


def test_without_its_ledger_a_folder_is_known_by_its_outputs(tmp_path: Path) -> None:
    january, february = folder_of(tmp_path / "january", 3), folder_of(tmp_path / "february", 3)
    (february / "1.txt").write_text(text(11), "utf-8")
    sync(summarizing(), [january, february], out=tmp_path / "out")
    before = shown(tmp_path / "out")
    (tmp_path / "out" / ".summarizer.sqlite").unlink()

    sync(summarizing(), [february], out=tmp_path / "out")

    assert shown(tmp_path / "out") == before


def test_a_file_that_was_removed_leaves_its_output_and_no_other_takes_its_name(tmp_path: Path) -> None:
    january, february = folder_of(tmp_path / "january", 3), folder_of(tmp_path / "february", 3)
    (february / "1.txt").write_text(text(11), "utf-8")
    sync(summarizing(), [january, february], out=tmp_path / "out")
    before = {one["batch"]["item"]: one["source"] for one in _all(tmp_path / "out")}
    (january / "1.txt").unlink()

    sync(summarizing(), [january, february], out=tmp_path / "out")

    assert {one["batch"]["item"]: one["source"] for one in _all(tmp_path / "out")} == before


@pytest.mark.parametrize("where", ["the loop", "the planner"])
def test_outcomes_that_nobody_closed_may_be_collected_in_a_thread_of_the_run(tmp_path: Path, where: str) -> None:
    is_left, is_collected, out = threading.Event(), threading.Event(), tmp_path / "out"
    errors: list[BaseException] = []

    def collect() -> None:
        try:
            told.close()
        except RuntimeError as error:
            errors.append(error)
        is_collected.set()

    def answer(request: Request) -> Completion:
        if where == "the loop" and "number 2" in str(request.messages):
            collect()
        return priced(request)

    def articles() -> Iterator[str]:
        yield text(1)
        is_left.wait()
        if where == "the planner":
            collect()
        yield text(2)

    told = outcomes(Run(summarizing(ScriptedProvider(answer)).recipe(), given(articles()), Settings(out=out)))
    next(told)
    is_left.set()
    is_collected.wait()

    assert errors == []
    while any(thread.name == "summarizer-batch" for thread in threading.enumerate()):
        time.sleep(0.001)
    assert len(sync(summarizing(), [text(1), text(2)], out=out)) == 2


LEFT = """
import sys
from summarizer import ScriptedProvider, Summarizer
told = Summarizer(ScriptedProvider()).batch([f"The town bought {n} buses." for n in range(500)], out=sys.argv[1])
next(told)
"""


def test_a_program_ends_whose_outcomes_nobody_took_to_the_end(tmp_path: Path) -> None:
    """From Python 3.13 on a thread that a program leaves behind stands still, and never ends."""
    command = [sys.executable, "-c", LEFT, str(tmp_path / "out")]

    done = subprocess.run(command, capture_output=True, timeout=60, check=False)

    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")


def test_a_folder_that_was_moved_is_the_same_folder(batch: Batch, tmp_path: Path) -> None:
    articles = folder_of(tmp_path / "in", 3)
    batch(summarizing(), [articles], out=tmp_path / "out")
    provider = ScriptedProvider(priced)

    told = batch(summarizing(provider), [articles.rename(tmp_path / "moved")], out=tmp_path / "out")

    assert provider.requests == []
    assert len(_all(tmp_path / "out")) == len(told) == 3


def _all(out: Path) -> list[dict[str, Any]]:
    return lines(out) if out.is_file() else [json.loads(path.read_bytes()) for path in out.glob("*.json")]


def test_inputs_are_read_as_they_are_needed(tmp_path: Path) -> None:
    read: list[int] = []

    def endless() -> Iterator[str]:
        number = 0
        while True:
            read.append(number)
            yield text(number)
            number += 1

    told = summarizing().batch(endless(), out=tmp_path / "out", concurrency=4)
    for _ in range(20):
        next(told)
    told.close()

    assert len(read) < 2_000


def test_no_more_calls_than_allowed_are_in_flight(batch: Batch, tmp_path: Path) -> None:
    provider = Slow()

    batch(summarizing(provider), [text(number) for number in range(40)], out=tmp_path / "out", concurrency=6)

    assert provider.most_at_once == 6


def test_a_batch_without_a_loop_runs_in_uvloop_where_that_is_installed(tmp_path: Path) -> None:
    uvloop = pytest.importorskip("uvloop")
    loops: set[type] = set()

    class Looking(ScriptedProvider):
        async def acomplete(self, request: Request, /) -> Completion:
            loops.add(type(asyncio.get_running_loop()))
            return await super().acomplete(request)

    with summarizing(Looking()) as summarizer:
        list(summarizer.batch(map(text, range(3)), out=tmp_path / "out"))

    assert loops == {uvloop.Loop}


def test_no_more_replies_than_calls_may_be_in_flight_are_unkept_when_a_call_begins(tmp_path: Path) -> None:
    long, path, kept = book(40), tmp_path / "out" / ".summarizer.sqlite", list[int]()

    class Looking(ScriptedProvider):
        is_busy = False

        async def acomplete(self, request: Request, /) -> Completion:
            with View(path) as view:
                kept.append(len(view.calls(1, long.id)))
            if not self.is_busy:  # the ledger has much else to do
                busy, self.is_busy = sqlite3.connect(path, isolation_level=None), True
                busy.execute("BEGIN IMMEDIATE")
                asyncio.get_running_loop().call_later(0.05, self.end, busy)
            return await super().acomplete(request)

        def end(self, busy: sqlite3.Connection) -> None:
            busy.close()
            self.is_busy = False

    with summarizing(Looking(), context=2_500) as summarizer:
        list(summarizer.batch([long], out=tmp_path / "out", concurrency=2))

    assert len(kept) > 8
    assert [begun for begun, many in enumerate(kept) if many < begun - 1] == []


class Slow:
    """Answers after a moment, and counts how many wait."""

    info = ModelInfo("slow", "slow")

    def __init__(self) -> None:
        self.at_once = self.most_at_once = self.calls = 0
        self.began = threading.Event()

    def complete(self, request: Request, /) -> Completion:
        return priced(request)

    async def acomplete(self, request: Request, /) -> Completion:
        self.began.set()
        self.calls += 1
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(0.02)
        self.at_once -= 1
        return priced(request)


# ------------------------------------------------------------------------------------------------------------- failures


def refusing(request: Request) -> Completion | SummarizerError:
    return Refused("the model declined") if "number 3 " in request.messages[-1].content else priced(request)


def test_one_bad_article_costs_no_other_and_is_named(batch: Batch, tmp_path: Path) -> None:
    articles, out = folder_of(tmp_path / "in", 6), tmp_path / "out"
    (articles / "picture.txt").write_bytes(b"\x89PNG\r\n\x1a\n")

    told = batch(summarizing(ScriptedProvider(refusing)), [articles], out=out)

    failures = {Path(one.source or "").name: one for one in told if isinstance(one, Failure)}
    assert {name: one.outcome for name, one in failures.items()} == {"3.txt": "refused", "picture.txt": "unreadable"}
    assert len(shown(out)) == 5
    dead = {Path(one["source"]).name: one for one in lines(out / "failures.jsonl")}
    assert {name: one["outcome"] for name, one in dead.items()} == {"3.txt": "refused", "picture.txt": "unreadable"}
    assert all(one["detail"] and one["todo"] for one in dead.values())


def test_what_failed_is_asked_again_only_when_told_to(tmp_path: Path) -> None:
    articles, out = folder_of(tmp_path / "in", 6), tmp_path / "out"
    run(ScriptedProvider(refusing), [articles], Settings(out=out))
    again, once_more = ScriptedProvider(priced), ScriptedProvider(priced)

    _, told = run(again, [articles], Settings(out=out))
    retried, _ = run(once_more, [articles], Settings(out=out, retry_failed=True))

    assert [one.outcome for one in told if isinstance(one, Failure)] == ["refused"]
    assert again.requests == []
    assert len(once_more.requests) == 1
    assert (retried.tally.counts().done, retried.tally.counts().earlier) == (1, 5)
    assert len(shown(out)) == 6
    assert not (out / "failures.jsonl").exists()


def test_identical_articles_that_fail_are_retried_once(tmp_path: Path) -> None:
    articles, out = folder_of(tmp_path / "in", 1), tmp_path / "out"
    for number in range(5):
        (articles / f"copy{number}.txt").write_text(text(3), "utf-8")
    run(ScriptedProvider(refusing), [articles], Settings(out=out))
    provider = ScriptedProvider(refusing)

    run(provider, [articles], Settings(out=out, retry_failed=True, concurrency=1))

    assert len(provider.requests) == 1
    assert len(lines(out / "failures.jsonl")) == 5


def test_a_failed_redo_leaves_no_stale_output(tmp_path: Path) -> None:
    articles, out = folder_of(tmp_path / "in", 2), tmp_path / "out"
    run(None, [articles], Settings(out=out))
    (articles / "1.txt").write_text(text(3), "utf-8")

    run(ScriptedProvider(refusing), [articles], Settings(out=out))

    assert set(shown(out)) == {"0.json"}


def test_an_unreadable_article_keeps_the_output_it_had(tmp_path: Path) -> None:
    articles, out = folder_of(tmp_path / "in", 2), tmp_path / "out"
    run(None, [articles], Settings(out=out))
    (articles / "1.txt").write_bytes(b"\0\0\0")

    made, _ = run(None, [articles], Settings(out=out))

    assert made.tally.counts().outcomes == {"unreadable": 1}
    assert len(shown(out)) == 2


def test_an_error_that_all_would_run_into_stops_the_run_and_is_raised(batch: Batch, tmp_path: Path) -> None:
    articles, out = folder_of(tmp_path / "in", 40), tmp_path / "out"

    def revoked(request: Request) -> Completion | SummarizerError:
        return priced(request) if len(provider.requests) <= 10 else Unauthorized("the key is no longer valid")

    provider = ScriptedProvider(revoked)
    with pytest.raises(Unauthorized, match="no longer valid"):
        batch(summarizing(provider), [articles], out=out, concurrency=2)
    again = ScriptedProvider(priced)
    batch(summarizing(again), [articles], out=out)

    assert 11 <= len(provider.requests) <= 13
    assert len(again.requests) == 30
    assert len(shown(out)) == 40


def test_whatever_a_provider_raises_fails_its_article_alone(batch: Batch, tmp_path: Path) -> None:
    def broken(request: Request) -> Completion:
        if "number 2 " in request.messages[-1].content:
            raise RuntimeError("a bug\x1b in my provider")
        return priced(request)

    told = batch(summarizing(ScriptedProvider(broken)), [text(number) for number in range(4)], out=tmp_path / "out")

    (failure,) = (one for one in told if isinstance(one, Failure))
    assert re.fullmatch(r"RuntimeError: a bug\\x1b in my provider \(test_batch\.py, line \d+\)", failure.detail)
    assert failure.usage == Usage(1, None, None, None, None, None)  # it was asked, and does not say what that took
    assert sum(isinstance(one, Result) for one in told) == 3


class Picky(Summary):
    """A schema with a mistake in what it checks."""

    @field_validator("claims")
    @classmethod
    def _known(cls, claims: list[Claim]) -> list[Claim]:
        if "number 2 " in claims[0].text:
            raise KeyError("Lyon")
        return claims


def test_whatever_a_schema_raises_fails_its_article_alone_at_the_price_of_its_call(
    batch: Batch, tmp_path: Path
) -> None:
    told = batch(summarizing(schema=Picky), [text(number) for number in range(4)], out=tmp_path / "out")

    (failure,) = (one for one in told if isinstance(one, Failure))
    assert re.fullmatch(r"KeyError: 'Lyon' \(test_batch\.py, line \d+\)", failure.detail)
    assert failure.usage == USAGE
    assert sum(isinstance(one, Result) for one in told) == 3


def test_a_passing_fault_is_retried_and_fails_no_article(batch: Batch, tmp_path: Path) -> None:
    def busy(request: Request) -> Completion | SummarizerError:
        return Unavailable("busy", retry_after_s=0.0) if len(provider.requests) == 1 else priced(request)

    provider = ScriptedProvider(busy)
    (told,) = batch(summarizing(provider), [text(1)], out=tmp_path / "out")

    assert isinstance(told, Result)
    assert told.usage.requests == 2


def test_what_the_caller_s_own_inputs_raise_is_the_caller_s_to_see(batch: Batch, tmp_path: Path) -> None:
    def broken() -> Iterator[str]:
        yield text(1)
        raise LookupError("my own")

    with pytest.raises(LookupError, match="my own"):
        batch(summarizing(), broken(), out=tmp_path / "out")

    assert len(shown(tmp_path / "out")) == 1


def test_a_caller_that_leaves_early_loses_nothing_that_was_told(tmp_path: Path) -> None:
    articles, out = folder_of(tmp_path / "in", 40), tmp_path / "out"
    told = summarizing(Slow()).batch([articles], out=out, concurrency=4)
    seen = [next(told) for _ in range(8)]
    told.close()
    provider = Slow()

    all_told = list(summarizing(provider).batch([articles], out=out))

    assert provider.calls <= 40 - len(seen)
    assert {one.source for one in seen} <= {one.source for one in all_told}
    assert len(shown(out)) == 40


def test_concurrency_is_at_least_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="at least 1"):
        summarizing().batch([text(1)], out=tmp_path, concurrency=0)


# --------------------------------------------------------------------------------------------------------------- budget


def test_at_the_cap_the_run_ends_with_nothing_half_done_and_resumes(batch: Batch, tmp_path: Path) -> None:
    articles, out = folder_of(tmp_path / "in", 20), tmp_path / "out"
    provider, rest = ScriptedProvider(priced), ScriptedProvider(priced)

    with pytest.raises(BudgetReached, match="max_requests is 8"):
        batch(summarizing(provider, budget=Budget(max_requests=8)), [articles], out=out, concurrency=16)
    done = len(shown(out))
    batch(summarizing(rest, budget=Budget(max_requests=20)), [articles], out=out, concurrency=16)

    assert len(provider.requests) == done == 8
    assert len(rest.requests) == 12
    assert len(shown(out)) == 20
    assert not (out / "failures.jsonl").exists()


def test_a_cap_is_used_up_however_many_calls_are_in_flight(batch: Batch, tmp_path: Path) -> None:
    def answered(concurrency: int) -> int:
        provider, out = Slow(), tmp_path / str(concurrency)
        made = summarizing(provider, budget=Budget(max_tokens=12_000))
        with pytest.raises(BudgetReached, match="max_tokens is 12000"):
            batch(made, [text(number) for number in range(100, 500)], out=out, concurrency=concurrency)
        return provider.calls

    assert answered(64) == answered(1) > 50


def test_a_cap_counts_all_runs(batch: Batch, tmp_path: Path) -> None:
    articles, out = folder_of(tmp_path / "in", 9), tmp_path / "out"
    provider = ScriptedProvider(priced)

    for _ in range(3):
        with pytest.raises(BudgetReached):
            batch(summarizing(provider, budget=Budget(max_requests=5)), [articles], out=out)

    assert len(provider.requests) == 5
    with View(out / ".summarizer.sqlite") as view:
        assert view.spent() == Usage(5, 500, 0, 100, 0, Decimal("0.005"))
        assert view.runs() == 3


def test_without_an_out_the_budget_is_the_object_s_own(batch: Batch) -> None:
    provider = ScriptedProvider(priced)
    made = summarizing(provider, budget=Budget(max_requests=5))

    batch(made, [text(number) for number in range(3)])
    with pytest.raises(BudgetReached):
        batch(made, [text(number) for number in range(3, 9)])

    assert len(provider.requests) == 5


def test_an_article_that_was_cut_off_goes_on_where_it_was(batch: Batch, tmp_path: Path) -> None:
    def false_first(request: Request) -> Completion:
        said = replies.summary(("The company", [1]), ("The company plans to raise 900 million euros.", [1]))
        mended = replies.mended(("The company number 1 plans to raise 1 million euros.", [1]))
        return Completion(mended if request.purpose == "mend" else said, "scripted", usage=USAGE)

    provider, rest = ScriptedProvider(false_first), ScriptedProvider(false_first)
    with pytest.raises(BudgetReached):
        batch(summarizing(provider, budget=Budget(max_requests=1)), [text(1)], out=tmp_path / "out")
    (told,) = batch(summarizing(rest), [text(1)], out=tmp_path / "out")

    assert [request.purpose for request in provider.requests] == ["summary"]
    assert [request.purpose for request in rest.requests] == ["mend"]
    assert isinstance(told, Result)
    assert told.grounded
    assert told.usage == USAGE + USAGE


# -------------------------------------------------------------------------------------------------------------- outputs


@pytest.mark.parametrize(("form", "suffix"), [("json", ".json"), ("text", ".txt"), ("markdown", ".md")])
def test_an_output_that_was_removed_is_made_again_without_a_call(tmp_path: Path, form: str, suffix: str) -> None:
    articles, out = folder_of(tmp_path / "in", 4), tmp_path / "out"
    run(None, [articles], Settings(out=out, form=form))
    before = (out / f"2{suffix}").read_bytes()
    (out / f"2{suffix}").unlink()
    provider = ScriptedProvider(priced)

    made, _ = run(provider, [articles], Settings(out=out, form=form))

    assert provider.requests == []
    assert (out / f"2{suffix}").read_bytes() == before
    assert (made.tally.counts().restored, made.tally.counts().kept) == (1, 0)


@pytest.mark.parametrize("form", ["json", "text", "markdown"])
def test_an_output_that_somebody_changed_is_kept_until_told_otherwise(tmp_path: Path, form: str) -> None:
    articles, out = folder_of(tmp_path / "in", 4), tmp_path / "out"
    run(None, [articles], Settings(out=out, form=form))
    (path,) = out.glob("2.*")
    before = path.read_bytes()
    path.write_bytes(before + b"my own note\n")

    kept, _ = run(None, [articles], Settings(out=out, form=form))
    after = path.read_bytes()
    rebuilt, _ = run(None, [articles], Settings(out=out, form=form, rebuild_outputs=True))

    assert kept.tally.counts().kept == 1
    assert after.endswith(b"my own note\n")
    assert path.read_bytes() == before
    assert rebuilt.tally.counts().restored == 1


def test_a_file_that_was_there_before_the_batch_is_never_overwritten(tmp_path: Path) -> None:
    articles, out = folder_of(tmp_path / "in", 2), tmp_path / "out"
    out.mkdir()
    (out / "1.json").write_text("mine", "utf-8")

    made, told = run(None, [articles], Settings(out=out))

    assert (out / "1.json").read_text("utf-8") == "mine"
    assert made.tally.counts().kept == 1
    assert len(told) == 2


def test_another_format_takes_the_place_of_the_first(tmp_path: Path) -> None:
    articles, out = folder_of(tmp_path / "in", 3), tmp_path / "out"
    run(None, [articles], Settings(out=out))
    provider = ScriptedProvider(priced)

    run(provider, [articles], Settings(out=out, form="markdown"))

    assert provider.requests == []
    assert sorted(path.name for path in out.iterdir() if path.name[0] != ".") == ["0.md", "1.md", "2.md"]


@pytest.mark.parametrize("lost", ["deleted", "damaged"])
@pytest.mark.parametrize("out_name", ["out", "out.jsonl"])
def test_a_lost_ledger_is_made_anew_from_the_outputs(tmp_path: Path, out_name: str, lost: str) -> None:
    articles, out = folder_of(tmp_path / "in", 6), tmp_path / out_name
    run(None, [articles], Settings(out=out))
    before = sorted(json.dumps(one) for one in _all(out))
    ledger = out / ".summarizer.sqlite" if out.is_dir() else out.with_name("out.jsonl.ledger.sqlite")
    ledger.write_bytes(b"\xff" * 5000) if lost == "damaged" else ledger.unlink()
    provider = ScriptedProvider(priced)

    made, told = run(provider, [articles], Settings(out=out), budget=Budget(max_requests=6))

    assert provider.requests == []
    assert len(told) == 6
    assert sorted(json.dumps(one) for one in _all(out)) == before
    assert any("made anew from 6 outputs" in note for note in made.notes)
    with View(ledger) as view:
        assert view.spent().requests == 6


def test_an_edited_output_is_not_taken_for_a_result_when_the_ledger_is_lost(tmp_path: Path) -> None:
    articles, out = folder_of(tmp_path / "in", 3), tmp_path / "out"
    run(None, [articles], Settings(out=out))
    edited = (out / "1.json").read_text("utf-8").replace("1 million", "9 million")
    (out / "1.json").write_text(edited, "utf-8")
    (out / ".summarizer.sqlite").unlink()
    provider = ScriptedProvider(priced)

    made, _ = run(provider, [articles], Settings(out=out))

    assert len(provider.requests) == 1
    assert (out / "1.json").read_text("utf-8") == edited
    assert made.tally.counts().kept == 1


def test_a_second_run_on_the_same_outputs_is_refused(tmp_path: Path) -> None:
    out = tmp_path / "out"
    told = summarizing(Slow()).batch([text(number) for number in range(20)], out=out, concurrency=1)
    next(told)

    with pytest.raises(InUse, match=r"another batch of this process .* or close"):
        list(summarizing().batch([text(1)], out=out))

    told.close()


# ----------------------------------------------------------------------------------------------------------- JSON Lines


def test_json_lines_hold_one_line_for_each_input(batch: Batch, tmp_path: Path) -> None:
    articles, out = folder_of(tmp_path / "in", 12), tmp_path / "deep" / "out.jsonl"

    batch(summarizing(ScriptedProvider(refusing)), [articles], out=out)

    assert {one["batch"]["item"] for one in lines(out)} == {f"{n}.txt" for n in range(12)} - {"3.txt"}
    assert all(Result[Summary].from_json(line).grounded for line in out.read_text("utf-8").splitlines())
    assert [one["outcome"] for one in lines(out.with_name("out.jsonl.failures.jsonl"))] == ["refused"]


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[:-40],
        lambda data: data + b'{"format":"summ',
        lambda data: b"".join(data.splitlines(keepends=True)[1:]),
        lambda data: data.splitlines(keepends=True)[0] * 2 + data,
        lambda _: b"",
    ],
    ids=["torn", "half a line more", "a line removed", "lines doubled", "emptied"],
)
def test_json_lines_are_mended_without_a_call(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    articles, out = folder_of(tmp_path / "in", 6), tmp_path / "out.jsonl"
    run(None, [articles], Settings(out=out))
    before = sorted(out.read_bytes().splitlines())
    out.write_bytes(damage(out.read_bytes()))
    provider = ScriptedProvider(priced)

    run(provider, [articles], Settings(out=out))

    assert provider.requests == []
    assert sorted(out.read_bytes().splitlines()) == before


def test_a_line_that_somebody_edited_is_kept_until_told_otherwise(tmp_path: Path) -> None:
    articles, out = folder_of(tmp_path / "in", 6), tmp_path / "out.jsonl"
    run(None, [articles], Settings(out=out))
    before = out.read_bytes()
    out.write_bytes(before.replace(b"number 2 plans", b"number 2 wants"))

    kept, _ = run(None, [articles], Settings(out=out))
    after = out.read_bytes()
    run(None, [articles], Settings(out=out, rebuild_outputs=True))

    assert kept.tally.counts().kept == 1
    assert after == before.replace(b"number 2 plans", b"number 2 wants")
    assert sorted(out.read_bytes().splitlines()) == sorted(before.splitlines())


def test_a_changed_article_replaces_its_line(tmp_path: Path) -> None:
    articles, out = folder_of(tmp_path / "in", 4), tmp_path / "out.jsonl"
    run(None, [articles], Settings(out=out))
    (articles / "2.txt").write_text(text(22), "utf-8")

    run(None, [articles], Settings(out=out))

    assert sorted(one["article_id"] for one in lines(out)) == sorted(Article(text(n)).id for n in (0, 1, 22, 3))


def test_a_file_that_is_none_of_ours_is_refused_and_untouched(tmp_path: Path) -> None:
    out = tmp_path / "mine.jsonl"
    out.write_text('{"my": "data"}\n', "utf-8")

    with pytest.raises(StoreError, match="no output of a batch"):
        run(None, [text(1)], Settings(out=out))

    assert out.read_text("utf-8") == '{"my": "data"}\n'


@pytest.mark.parametrize("name", ["out.json", "out.txt", "out.xlsx"])
def test_a_file_of_an_unknown_kind_is_wrong_usage(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match=r"\.jsonl, \.csv or \.parquet"):
        run(None, [text(1)], Settings(out=tmp_path / name))


# --------------------------------------------------------------------------------------------------------------- tables


def test_a_csv_has_a_row_for_each_input_and_runs_no_formula(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    articles = [Article(text(1), source="=HYPERLINK(1)"), Article(text(3), source="three")]

    run(ScriptedProvider(refusing), articles, Settings(out=out))
    with out.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))

    assert [(row["source"], row["outcome"], row["grounded"]) for row in rows] == [
        ("'=HYPERLINK(1)", "ok", "True"),
        ("three", "refused", ""),
    ]
    assert json.loads(rows[0]["summary"])["title"]["cites"] == [1]
    assert (rows[0]["requests"], rows[0]["cost_usd"]) == ("1", "0.001")


def test_a_parquet_table_holds_the_same(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    out = tmp_path / "out.parquet"

    run(
        ScriptedProvider(refusing),
        [Article(text(number), source=str(number)) for number in range(5)],
        Settings(out=out),
    )
    rows = parquet.read_table(out).to_pylist()

    assert [(row["source"], row["outcome"], row["grounded"]) for row in rows] == [
        (str(number), "refused" if number == 3 else "ok", None if number == 3 else True) for number in range(5)
    ]


def test_a_table_of_which_no_ledger_knows_is_not_replaced(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    out.write_text("mine", "utf-8")

    with pytest.raises(StoreError, match="its ledger is not"):
        run(None, [text(1)], Settings(out=out))

    assert out.read_text("utf-8") == "mine"


def test_retries_of_a_run_are_counted_by_its_usage(tmp_path: Path) -> None:
    def flaky(request: Request) -> Completion | SummarizerError:
        return Unavailable("busy", retry_after_s=0.0) if len(provider.requests) % 2 else priced(request)

    provider = ScriptedProvider(flaky)
    made, _ = run(provider, [text(n) for n in range(3)], Settings(tmp_path / "out", concurrency=1), limits=Limits())

    assert made.usage.requests == len(provider.requests) == 6


@pytest.mark.parametrize("calls", [0, 5], ids=["while it opens", "in flight"])
def test_a_batch_that_is_cancelled_frees_its_ledger_and_resumes(tmp_path: Path, calls: int) -> None:
    articles, out, provider = folder_of(tmp_path / "in", 40), tmp_path / "out", Slow()

    async def cancelled() -> None:
        async def take() -> None:
            async for _ in summarizing(provider).abatch([articles], out=out, concurrency=2):
                pass

        task = asyncio.create_task(take())
        await asyncio.sleep(0)
        while provider.calls < calls:  # noqa: ASYNC110 - the provider counts, and tells nobody
            await asyncio.sleep(0.001)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        Ledger(out / ".summarizer.sqlite").close()  # free at once, not when the garbage is collected

    asyncio.run(cancelled())
    told = awaited(summarizing(provider), [articles], out=out)

    assert len(told) == 40
    assert provider.calls <= 42


def test_two_batches_may_run_in_one_event_loop(tmp_path: Path) -> None:
    async def both() -> list[list[Told]]:
        async def one(name: str) -> list[Told]:
            return [told async for told in summarizing().abatch([text(1), text(2)], out=tmp_path / name)]

        return list(await asyncio.gather(one("a"), one("b.jsonl")))

    assert [len(told) for told in asyncio.run(both())] == [2, 2]


@pytest.mark.parametrize("name", ["out.csv", "out.jsonl"])
def test_an_output_that_is_a_link_stays_one(tmp_path: Path, name: str) -> None:
    far, out = tmp_path / "far" / name, tmp_path / name
    far.parent.mkdir()
    out.symlink_to(far)
    paths = [tmp_path / "1.txt", tmp_path / "2.txt"]

    for number in (1, 2, 3):  # the last of them makes the file anew: a line of it is stale
        for at, path in enumerate(paths):
            path.write_text(text(number * at), "utf-8")
        run(None, paths, Settings(out=out))

    assert out.is_symlink()
    assert [path.name for path in far.parent.iterdir()] == [name]
    assert len(far.read_text("utf-8").splitlines()) == 2 + (name == "out.csv")
