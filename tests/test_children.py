"""Where a batch has children: however its program is run; and where it has none, since no Python can be started."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from summarizer.batch.processes import Processes
from summarizer.processors import processors
from tests.test_processes import look_at, posix

several = pytest.mark.skipif(processors() < 2, reason="has no processor for a child")

# For a busy machine; a child that may be there is there in less than the shorter one, as the first test tells.
LONG_S, SHORT_S = 120, 3

# As anybody writes it; it goes on until an article was read in another process.
BATCH = """
import itertools, os
print("top", flush=True)
from summarizer import ScriptedProvider, Summarizer
from tests.test_processes import Traveled, halved
line = "The company {0} plans to raise {0} million euros, says Ada Byron, its chief. "
articles = (line.format(at) * 9 for at in itertools.count(1))
batch = Summarizer(ScriptedProvider(halved), schema=Traveled, max_words=500).batch(articles)
next(one for one in batch if one.summary.process != os.getpid())
batch.close()
print("done", flush=True)
"""

# Says whether a child could be started where something of Python is another way.
STARTING = """
import asyncio, sys
from pathlib import Path
from tests.test_children import children
{change}
print(len(asyncio.run(children({wait_s}))))
"""


def python(*arguments: str, given: str = "", folder: Path) -> str:
    """Run this Python, and return what it prints."""
    root = str(Path(__file__).parent.parent)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))}
    command = [sys.executable, *arguments]
    done = subprocess.run(
        command, input=given, capture_output=True, text=True, env=environment, cwd=folder, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


async def children(wait_s: float) -> tuple[int, ...]:
    """Start a child if one may be, and give it so long to be there."""
    processes = Processes(at_once=True)
    end = time.monotonic() + wait_s
    try:
        while not processes.pids and time.monotonic() < end:
            await processes.look(look_at("Acme plans a plant in Lyon."))
            await asyncio.sleep(0.02)
        return processes.pids
    finally:
        await processes.aclose()


@several
@pytest.mark.parametrize("how", ["a script", "-c", "stdin"])
def test_a_batch_has_children_however_its_program_is_run(tmp_path: Path, how: str) -> None:
    """And what the program does at its top level is done once: nobody had to write a guard."""
    (tmp_path / "plain.py").write_text(BATCH)
    arguments = {"a script": ["plain.py"], "-c": ["-c", BATCH], "stdin": ["-"]}

    assert python(*arguments[how], given=BATCH, folder=tmp_path) == "top\ndone\n"


@several
@pytest.mark.parametrize("change", ["", "sys.path.append(Path('of modules'))"], ids=["as it is", "a Path in sys.path"])
def test_a_child_is_started(tmp_path: Path, change: str) -> None:
    assert python("-c", STARTING.format(change=change, wait_s=LONG_S), folder=tmp_path) == "1\n"


@posix
@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("python3", "sys.frozen = True"),
        ("uwsgi", ""),
        ("MyApp", ""),
        ("python3", ""),  # another program of that name
    ],
)
def test_a_program_that_has_python_within_it_does_not_start_itself(tmp_path: Path, name: str, change: str) -> None:
    program, mark = tmp_path / name, tmp_path / "was started"
    program.write_text(f"#!/bin/sh\ntouch '{mark}'\necho this is no answer of a child\n")
    program.chmod(0o700)
    change = f"sys.executable = {str(program)!r}; {change}"

    assert python("-c", STARTING.format(change=change, wait_s=SHORT_S), folder=tmp_path) == "0\n"
    assert mark.exists() is (name == "python3" and "frozen" not in change)


def test_without_a_python_to_start_all_is_done_here(tmp_path: Path) -> None:
    change = "sys.executable = ''"

    assert python("-c", STARTING.format(change=change, wait_s=SHORT_S), folder=tmp_path) == "0\n"
