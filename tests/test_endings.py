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
from tests.endings import ENDINGS, FAILING, KINDS, LONG_S, deadlines_s, in_time, must_be_met
from tests.faults import FAULTS
from tests.server import Server

pytestmark = pytest.mark.slow

PAGE = Path(__file__).parent.parent / "docs" / "faults.md"
ARTICLE = "The bridge was closed on Monday. It will open again in May."
LIMITS = Limits(timeout_s=LONG_S, max_attempts=3, max_repairs=1)
MOST_MEMORY_KIB = 32 << 10
WARNED = sorted(name for name, ending in ENDINGS.items() if ending.note == "with a warning")


@dataclass(frozen=True)
class Ended:
    """How a summary ended; an outcome of `ok` is a result, of which every claim was held against the article."""

    outcome: str
    exit: int
    counted: int
    result: Result[Any] | None = None


def ended(what: Result[Any] | SummarizerError) -> Ended:
    assert what.usage is not None
    if isinstance(what, SummarizerError):
        return Ended(what.outcome, exit_code(what), what.usage.requests)
    assert what.grounded
    return Ended("ok", 0, what.usage.requests, what)


def limits_for(fault: str, deadline_s: float) -> Limits:
    """One attempt at what may pass, so that nobody waits between two."""
    passing = fault in FAILING and FAILING[fault].passing
    return replace(LIMITS, timeout_s=deadline_s, max_attempts=1 if passing else LIMITS.max_attempts)


def most_requests(fault: str) -> int:
    """A fault that stays is sent once; a reply that can be mended goes back once, or a shorter one is asked for."""
    ending = ENDINGS[fault]
    again = ending.outcome in ("invalid", TruncatedOutput.outcome) or ending.note == "in the article's own words"
    return 2 if again else 1


def opened(server: Server, limits: Limits) -> Summarizer:
    return Summarizer("openai:test-model", base_url=server.url, limits=limits)


def summarized(server: Server, path: Path, limits: Limits = LIMITS) -> Ended:
    with opened(server, limits) as app:
        try:
            return ended(app.summarize(path))
        except SummarizerError as error:
            return ended(error)


@pytest.fixture
def article(tmp_path: Path) -> Path:
    path = tmp_path / "article.txt"
    path.write_text(ARTICLE)
    return path


@pytest.mark.parametrize("fault", ENDINGS)
def test_a_summary_ends_as_the_table_says_in_time_and_without_waste(fault: str, article: Path) -> None:
    """Its twin, `asummarize`, meets all faults at once: see the test of the page."""

    def meet(deadline_s: float) -> tuple[Ended, float, int]:
        with Server(then=fault) as server:
            began = time.monotonic()
            end = summarized(server, article, limits_for(fault, deadline_s))
            took_s = time.monotonic() - began
            must_be_met(len(server.requests))
            return end, took_s, len(server.requests)

    end, took_s, sent = in_time(fault, meet)

    assert end.outcome == ENDINGS[fault].outcome
    assert sent == most_requests(fault)
    assert end.counted == sent
    assert took_s < LONG_S


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
    def meet(deadline_s: float) -> tuple[int, str, str, float, int]:
        with Server(then=fault) as server:
            began = time.monotonic()
            code, out, err = command(server, limits=limits_for(fault, deadline_s))
            took_s = time.monotonic() - began
            must_be_met(len(server.requests))
            return code, out, err, took_s, len(server.requests)

    code, out, err, took_s, sent = in_time(fault, meet)

    assert code == exit_code(FAILING[fault]("it failed"))
    assert out == ""
    assert err.startswith("summarizer: article.txt: ")
    assert err.count("\n") == 1
    assert sent == most_requests(fault)
    assert took_s < LONG_S


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
        end = summarized(server, article)

    assert end.result is not None
    assert len(end.result.warnings) == 1


def test_the_reply_to_another_request_leaves_the_articles_own_words(article: Path) -> None:
    with Server(then="crossed") as server:
        end = summarized(server, article)

    assert end.result is not None
    assert {check.origin for check in end.result.checks} == {"extract"}


GROWTH = """
import json, sys
from pathlib import Path
from summarizer import Limits, Summarizer, SummarizerError

def peak_kib():
    return int(next(line for line in open("/proc/self/status") if line.startswith("VmHWM")).split()[1])

url, deadlines_s = sys.argv[1], json.loads(sys.argv[2])
grown = {}
for fault in ("none", "none", *deadlines_s):  # the first loads what stays
    limits = Limits(timeout_s=deadlines_s.get(fault), max_attempts=1)
    with Summarizer("openai:test-model", base_url=url, limits=limits) as app:
        Path("/proc/self/clear_refs").write_text("5")
        before = peak_kib()
        try:
            app.summarize(f"[[fault:{fault}]] The bridge was closed on Monday. It will open again in May.")
        except SummarizerError:
            pass
        grown[fault] = peak_kib() - before
json.dump(grown, sys.stdout)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="resets and reads the peak of a process in /proc")
def test_no_fault_makes_a_process_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FAULTS, "none", FAULTS["stop_upper"])
    with Server() as server:
        shortest_s = {fault: deadlines_s(fault)[0] for fault in ENDINGS}
        command = [sys.executable, "-c", GROWTH, server.url, json.dumps(shortest_s)]
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
                async with opened(server, replace(LIMITS, timeout_s=deadlines_s(fault)[0])) as app:
                    try:
                        return ended(await app.asummarize(article))
                    except SummarizerError as error:
                        return ended(error)

    ends = dict(zip(ENDINGS, await asyncio.gather(*map(play, ENDINGS)), strict=True))
    page = PAGE.read_text("utf-8")
    before, mark, rest = page.partition("<!-- faults -->\n")
    _, end_mark, after = rest.partition("<!-- /faults -->")
    told = f"{before}{mark}{table(ends)}{end_mark}{after}"
    if os.environ.get("SUMMARIZER_UPDATE_GOLDEN"):
        PAGE.write_text(told, "utf-8")

    assert {fault: end.outcome for fault, end in ends.items()} == {fault: end.outcome for fault, end in ENDINGS.items()}
    assert told == PAGE.read_text("utf-8"), "docs/faults.md is out of date: SUMMARIZER_UPDATE_GOLDEN=1 writes it anew"


def test_the_page_tells_each_outcome_once_and_what_happens_next() -> None:
    rows = re.findall(r"^\| `(\w+)` \| [^|]+ \| ([^|]+) \| (\d+) \|$", PAGE.read_text("utf-8"), re.MULTILINE)
    told = {outcome: (int(code), "retried" in then, "stops the run" in then) for outcome, then, code in rows}
    true = {outcome: (exit_code(kind("")), kind.passing, kind.stops_run) for outcome, kind in KINDS.items()}

    assert len(rows) == len(told)
    assert told == {"ok": (0, False, False), **true}
    assert told.keys() == OUTCOMES
