"""Every fault of the table through `summarize`, `asummarize` and the command line: how it ends, and at what price."""

from __future__ import annotations

import asyncio
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from typing import Any

import openai  # noqa: F401 - loading it takes a second, which belongs to no measured time
import pytest

from summarizer import Limits, Result, Summarizer, SummarizerError
from summarizer.cli import exit_code, run
from summarizer.errors import OUTCOMES, TruncatedOutput
from tests.endings import ENDINGS, ENDLESS, FAILING, KINDS
from tests.faults import FAULTS
from tests.server import Server

pytestmark = pytest.mark.slow

PAGE = Path(__file__).parent.parent / "docs" / "faults.md"
ARTICLE = "The bridge was closed on Monday. It will open again in May."
DEADLINE_S = 0.7
LIMITS = Limits(timeout_s=10.0, max_attempts=3, max_repairs=1)
MOST_MEMORY_KIB = 32 << 10
WARNED = sorted(name for name, ending in ENDINGS.items() if ending.note == "with a warning")


@dataclass(frozen=True)
class Ended:
    """How a summary ended; an outcome of `ok` is a result, of which every claim was held against the article."""

    outcome: str
    exit: int
    counted: int
    took_s: float
    result: Result[Any] | None = None


def limits_for(fault: str) -> Limits:
    """One attempt at what may pass, so that the waits between them are not what is measured."""
    timed = replace(LIMITS, timeout_s=DEADLINE_S) if fault in ENDLESS else LIMITS
    passing = fault in FAILING and FAILING[fault].passing
    return replace(timed, max_attempts=1) if passing else timed


def is_in_time(fault: str, took_s: float) -> bool:
    """Whether each request took no longer than its deadline, and all of it no more than a second on top."""
    return took_s < (limits_for(fault).timeout_s or 0) * most_requests(fault) + 1


def most_requests(fault: str) -> int:
    """A fault that stays is sent once; a reply that can be mended goes back once, or a shorter one is asked for."""
    ending = ENDINGS[fault]
    again = ending.outcome in ("invalid", TruncatedOutput.outcome) or ending.note == "in the article's own words"
    return 2 if again else 1


async def ended(wired: Summarizer, path: Path) -> Ended:
    began = time.monotonic()
    try:
        result = await wired.asummarize(path)
    except SummarizerError as error:
        return failed(error, time.monotonic() - began)
    return told(result, time.monotonic() - began)


def failed(error: SummarizerError, took_s: float) -> Ended:
    assert error.usage is not None
    return Ended(error.outcome, exit_code(error), error.usage.requests, took_s)


def told(result: Result[Any], took_s: float) -> Ended:
    assert result.grounded
    return Ended("ok", 0, result.usage.requests, took_s, result)


def opened(server: Server, limits: Limits) -> Summarizer:
    return Summarizer("openai:test-model", base_url=server.url, limits=limits)


# ------------------------------------------------------------------------------------------------------- three ways in

Way = Callable[[Server, Path, Limits], Ended]


def by_call(server: Server, path: Path, limits: Limits) -> Ended:
    with opened(server, limits) as wired:
        began = time.monotonic()
        try:
            result = wired.summarize(path)
        except SummarizerError as error:
            return failed(error, time.monotonic() - began)
        return told(result, time.monotonic() - began)


def by_await(server: Server, path: Path, limits: Limits) -> Ended:
    async def ask() -> Ended:
        async with opened(server, limits) as wired:
            return await ended(wired, path)

    return asyncio.run(ask())


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "article.txt"
    path.write_text(ARTICLE)
    return path


@pytest.mark.parametrize("way", [by_call, by_await])
@pytest.mark.parametrize("fault", ENDINGS)
def test_a_summary_ends_as_the_table_says_in_time_and_without_waste(way: Way, fault: str, article: Path) -> None:
    with Server(then=fault) as server:
        end = way(server, article, limits_for(fault))

    assert end.outcome == ENDINGS[fault].outcome
    assert len(server.requests) == most_requests(fault)
    assert end.counted == len(server.requests)
    assert is_in_time(fault, end.took_s)


@pytest.fixture
def command(
    article: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[int, str, str]]:
    """Summarize the article by the command line, in this process; gives the exit code, stdout and stderr."""
    monkeypatch.chdir(article.parent)

    def call(server: Server, *words: str, limits: Limits = LIMITS) -> tuple[int, str, str]:
        bounds = ("--timeout", limits.timeout_s, "--max-attempts", limits.max_attempts, "--max-repairs", 1)
        model = ("-m", "openai:test-model", "--base-url", server.url, "--format", "jsonl")
        code = run([article.name, *model, *map(str, bounds), *words])
        return code, *capsys.readouterr()

    return call


@pytest.mark.parametrize("fault", FAILING)
def test_the_command_ends_with_the_exit_code_of_the_outcome_and_one_line(
    fault: str, command: Callable[..., tuple[int, str, str]]
) -> None:
    with Server(then=fault) as server:
        began = time.monotonic()
        code, out, err = command(server, limits=limits_for(fault))
        took_s = time.monotonic() - began

    assert code == exit_code(FAILING[fault]("it failed"))
    assert out == ""
    assert err.startswith("summarizer: article.txt: ")
    assert err.count("\n") == 1
    assert len(server.requests) == most_requests(fault)
    assert is_in_time(fault, took_s)


@pytest.mark.parametrize("fault", sorted(ENDINGS.keys() - FAILING.keys()))
def test_the_command_prints_what_is_accepted_and_ends_well(
    fault: str, command: Callable[..., tuple[int, str, str]]
) -> None:
    with Server(then=fault) as server:
        code, out, err = command(server)

    assert (code, err) == (0, "")
    assert json.loads(out)["grounded"]
    assert len(server.requests) == most_requests(fault)


def test_the_reply_to_another_request_is_told_when_nothing_may_be_replaced(
    command: Callable[..., tuple[int, str, str]],
) -> None:
    with Server(then="crossed") as server:
        code, out, _ = command(server, "--strict")

    assert code == 3
    assert {check["verdict"] for check in json.loads(out)["checks"]} == {"unsupported"}


# ----------------------------------------------------------------------------------------------------------- the bounds


@pytest.mark.parametrize("fault", WARNED)
def test_a_suspicious_reply_is_not_accepted_silently(fault: str, article: Path) -> None:
    with Server(then=fault) as server:
        end = by_call(server, article, LIMITS)

    assert end.result is not None
    assert len(end.result.warnings) == 1


def test_the_reply_to_another_request_leaves_the_articles_own_words(article: Path) -> None:
    with Server(then="crossed") as server:
        end = by_call(server, article, LIMITS)

    assert end.result is not None
    assert {check.origin for check in end.result.checks} == {"extract"}


GROWTH = """
import json, sys
from pathlib import Path
from summarizer import Limits, Summarizer, SummarizerError

def peak_kib():
    return int(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1])

url, deadline_s, *faults = sys.argv[1:]
grown = {}
with Summarizer("openai:test-model", base_url=url, limits=Limits(timeout_s=float(deadline_s), max_attempts=1)) as wired:
    for fault in ("none", "none", *faults):  # the first loads what stays
        Path("/proc/self/clear_refs").write_text("5")
        before = peak_kib()
        try:
            wired.summarize(f"[[fault:{fault}]] The bridge was closed on Monday. It will open again in May.")
        except SummarizerError:
            pass
        grown[fault] = peak_kib() - before
json.dump(grown, sys.stdout)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="resets and reads the peak of a process in /proc")
def test_no_fault_makes_a_process_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FAULTS, "none", FAULTS["stop_upper"])
    with Server() as server:
        command = [sys.executable, "-c", GROWTH, server.url, str(DEADLINE_S), *ENDINGS]
        done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    grown: dict[str, int] = json.loads(done.stdout)

    assert grown.keys() >= ENDINGS.keys()
    assert grown["babble"] > 2 << 10  # what is not measured does not grow
    assert {fault: kib for fault, kib in grown.items() if kib > MOST_MEMORY_KIB} == {}


# ------------------------------------------------------------------------------------------------------------- the page


def table(ends: dict[str, Ended]) -> str:
    """Write what came of each fault, place by place."""
    lines: list[str] = []
    for place, names in groupby(ENDINGS, lambda name: ENDINGS[name].place):
        lines += [
            "",
            f"### {place}",
            "",
            "| fault | the server | ends as | sent | exit code |",
            "| --- | --- | --- | --- | --- |",
        ]
        for name in names:
            end, known = ends[name], ENDINGS[name]
            note = f", {known.note}" if known.note else ""
            lines.append(f"| `{name}` | {known.does} | `{end.outcome}`{note} | {end.counted} | {end.exit} |")
    return "\n".join([*lines, "", ""])


async def test_the_page_tells_what_came_of_every_fault(article: Path) -> None:
    few = asyncio.Semaphore(24)

    async def play(fault: str) -> Ended:
        async with few:
            with Server(then=fault) as server:
                async with opened(server, replace(limits_for(fault), max_attempts=3)) as wired:
                    return await ended(wired, article)

    ends = await asyncio.gather(*map(play, ENDINGS))
    page = PAGE.read_text("utf-8")
    before, mark, rest = page.partition("<!-- faults -->\n")
    _, end_mark, after = rest.partition("<!-- /faults -->")
    told = f"{before}{mark}{table(dict(zip(ENDINGS, ends, strict=True)))}{end_mark}{after}"
    if os.environ.get("SUMMARIZER_UPDATE_GOLDEN"):
        PAGE.write_text(told, "utf-8")

    assert told == PAGE.read_text("utf-8"), "docs/faults.md is out of date: SUMMARIZER_UPDATE_GOLDEN=1 writes it anew"


def test_the_page_tells_each_outcome_once_and_what_happens_next() -> None:
    rows = re.findall(r"^\| `(\w+)` \| [^|]+ \| ([^|]+) \| (\d+) \|$", PAGE.read_text("utf-8"), re.MULTILINE)
    told = {outcome: (int(code), "retried" in then, "stops the run" in then) for outcome, then, code in rows}
    true = {outcome: (exit_code(kind("")), kind.passing, kind.stops_run) for outcome, kind in KINDS.items()}

    assert len(rows) == len(told)
    assert told == {"ok": (0, False, False), **true}
    assert told.keys() == OUTCOMES
