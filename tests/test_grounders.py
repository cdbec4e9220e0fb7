"""Looks at claims on other processes: the same finds, and nothing that is left behind or lost."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from summarizer import ScriptedProvider, Summarizer
from summarizer.batch import Run, Settings, outcomes
from summarizer.batch.grounders import Grounders
from summarizer.ground import Grounding, ground
from summarizer.language import detect
from summarizer.load.inputs import given
from summarizer.pipeline import Look
from summarizer.plan import split
from summarizer.records import Failure, Request, Result
from summarizer.render import jsonl
from summarizer.schema import Claim

from . import replies

ARTICLES = Path(__file__).parent.parent / "fixtures" / "articles"
posix = pytest.mark.skipif(sys.platform == "win32", reason="has no signals to send")
linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


@pytest.fixture
def grounders() -> Iterator[Grounders]:
    """One child, started as soon as there is a look to take."""
    made = Grounders(1, start_s=0)
    yield made
    made.close()


def look_at(text: str) -> Look:
    """A look at sentences cut short, at one with another number, and at one that rests on nothing."""
    language = detect(text)
    units = split(text, language)
    short = [Claim(text=unit.text[: len(unit.text) // 2 + 1], cites=[unit.number]) for unit in units[:4]]
    wrong = Claim(text=units[0].text.replace("1", "7") + " 23", cites=[1, 99])
    claims = [*short, wrong, Claim(text=units[-1].text[1:], cites=[])]
    return partial(
        ground, tuple((f"/{at}", claim) for at, claim in enumerate(claims)), units, language=language, origins=None
    )


def taken(grounders: Grounders, looks: Sequence[Look]) -> list[Grounding]:
    async def all_of_them() -> list[Grounding]:
        return await asyncio.gather(*map(grounders.look, looks))

    return asyncio.run(all_of_them())


def wait_until(condition: Callable[[], bool], seconds: float = 20.0) -> bool:
    """Wait for a condition; the seconds are for a busy machine."""
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return condition()


def begun(grounders: Grounders) -> int:
    """Start the child, and return its process."""
    taken(grounders, [look_at("Acme plans a plant in Lyon.")])
    assert wait_until(lambda: bool(grounders.pids))
    return grounders.pids[0]


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that only waits to be collected by its parent does not."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


# ------------------------------------------------------------------------------------------------------------ the finds


def test_another_process_finds_the_same(grounders: Grounders) -> None:
    looks = [look_at(path.read_bytes().decode()) for path in sorted(ARTICLES.glob("*.*.*"))]
    pid = begun(grounders)

    assert taken(grounders, looks) == [look() for look in looks]
    assert grounders.pids == (pid,)


def halved(request: Request) -> str:
    """The first sentences of an article without their last words."""
    units = request.units
    return replies.summary(*((unit.text[: -len(unit.text) // 3], [unit.number]) for unit in (units[0], *units[:3])))


def told(grounders: Grounders) -> dict[str | None, str]:
    texts = [path.read_bytes().decode() for path in sorted(ARTICLES.glob("*.*.*"))]
    recipe = Summarizer(ScriptedProvider(halved), max_words=500).recipe()
    run: Run[Any] = Run(recipe, given(texts), Settings(), grounders=grounders)
    found: list[Result[Any] | Failure] = list(outcomes(run))
    return {one.article_id: jsonl(one) for one in found if isinstance(one, Result)}


def test_a_batch_tells_the_same_whoever_looks() -> None:
    with_child = Grounders(1, start_s=0)
    begun(with_child)

    assert told(with_child) == told(Grounders(0))


def test_what_a_look_raises_comes_out_as_itself(grounders: Grounders) -> None:
    begun(grounders)
    broken = partial(ground, ((),), (), language=None)

    with pytest.raises(ValueError, match="unpack"):
        taken(grounders, [broken])


def test_more_looks_than_children_all_come_back_to_who_asked(grounders: Grounders) -> None:
    begun(grounders)
    looks = [look_at(f"The company number {number} plans to raise {number} million euros.") for number in range(40)]

    assert taken(grounders, looks) == [look() for look in looks]


# ------------------------------------------------------------------------------------------------------------- children


def test_no_child_is_started_for_few_looks() -> None:
    grounders = Grounders(1)

    taken(grounders, [look_at("Acme plans a plant in Lyon.")] * 3)

    assert grounders.pids == ()
    grounders.close()


@posix
def test_a_child_that_is_killed_loses_no_look_and_is_followed_by_another(grounders: Grounders) -> None:
    first = begun(grounders)
    os.kill(first, signal.SIGKILL)
    looks = [look_at(f"The company number {number} plans to raise {number} million euros.") for number in range(5)]

    assert taken(grounders, looks) == [look() for look in looks]
    assert begun(grounders) != first


@posix
def test_children_that_die_again_and_again_are_not_started_for_ever(grounders: Grounders) -> None:
    for _ in range(4):
        os.kill(begun(grounders), signal.SIGKILL)
        taken(grounders, [look_at("Acme plans a plant in Lyon.")])
    looks = [look_at("Acme plans a plant in Lyon.")] * 3

    assert taken(grounders, looks) == [look() for look in looks]
    assert not wait_until(lambda: bool(grounders.pids), seconds=1.5)


@posix
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_what_ends_the_whole_group_is_the_parents_to_handle(grounders: Grounders, number: int) -> None:
    pid = begun(grounders)
    os.kill(pid, number)

    assert taken(grounders, [look_at("Acme plans a plant in Lyon.")])
    assert grounders.pids == (pid,)


@linux
def test_the_end_of_a_run_ends_its_children() -> None:
    grounders = Grounders(1, start_s=0)
    pid = begun(grounders)
    assert is_alive(pid)

    told(grounders)

    assert not is_alive(pid)


@linux
def test_an_end_while_a_child_starts_leaves_nothing_behind() -> None:
    grounders = Grounders(1, start_s=0)
    taken(grounders, [look_at("Acme plans a plant in Lyon.")])
    assert wait_until(lambda: bool(children()))

    grounders.close()

    assert (grounders.pids, children()) == ((), [])


def children() -> list[str]:
    """The children of this process that take looks."""
    return [path.parent.name for path in Path("/proc").glob("[0-9]*/stat") if is_child(path)]


def is_child(stat: Path) -> bool:
    with suppress(OSError):
        parent = int(stat.read_text().rpartition(")")[2].split()[1])
        return parent == os.getpid() and "grounding_child" in (stat.parent / "cmdline").read_text()
    return False


# ------------------------------------------------------------------------------------------------------------- programs

# No guard: what it does at its top level must be done once.
PROGRAM = """
import os, sys, time
print("top", flush=True)
from summarizer import ScriptedProvider, Summarizer
from summarizer.batch import Run, Settings, outcomes
from summarizer.batch.grounders import Grounders
from summarizer.load.inputs import given
from tests.test_grounders import begun, halved
grounders = Grounders(1, start_s=0)
{first}
texts = [f"The company number {{n}} plans to raise {{n}} million euros, says its chief." for n in range(20)]
run = Run(Summarizer(ScriptedProvider(halved)).recipe(), given(texts), Settings(), grounders=grounders)
print("done", len(list(outcomes(run))), flush=True)
"""


BEGIN = "print(begun(grounders), flush=True)"


def program(folder: Path, first: str) -> subprocess.Popen[str]:
    """Run a program that does something first, and then a batch."""
    script = folder / "script.py"
    script.write_text(PROGRAM.format(first=first), "utf-8")
    root = str(Path(__file__).parent.parent)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))}
    return subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True, env=environment)


def test_a_script_without_a_guard_runs_once(tmp_path: Path) -> None:
    with program(tmp_path, BEGIN) as process:
        printed, _ = process.communicate(timeout=60)

    assert re.fullmatch(r"top\n\d+\ndone 20\n", printed)
    assert process.returncode == 0


@linux
def test_a_daemonic_process_may_have_children_too(tmp_path: Path) -> None:
    daemon = "multiprocessing.get_context('fork').Process(target=lambda: BEGIN, daemon=True)"
    first = f"import multiprocessing\nchild = {daemon.replace('BEGIN', BEGIN)}\nchild.start(); child.join()"
    with program(tmp_path, first) as process:
        printed, _ = process.communicate(timeout=60)

    assert re.fullmatch(r"top\n\d+\ndone 20\n", printed)


@linux
@pytest.mark.parametrize("holder", ["", "if os.fork() == 0: time.sleep(30); os._exit(0)"], ids=["plain", "with a fork"])
def test_a_program_killed_without_warning_takes_its_children_along(tmp_path: Path, holder: str) -> None:
    with program(tmp_path, f"{BEGIN}\n{holder}\ntime.sleep(60)") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "top\n"
        pid = int(process.stdout.readline())
        assert is_alive(pid)
        process.kill()
        assert wait_until(lambda: not is_alive(pid))


def test_where_no_child_can_be_started_looks_are_taken_all_the_same(tmp_path: Path) -> None:
    with program(tmp_path, f"sys.executable = {str(tmp_path / 'nothing')!r}") as process:
        printed, _ = process.communicate(timeout=60)

    assert printed == "top\ndone 20\n"
