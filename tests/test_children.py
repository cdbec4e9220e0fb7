"""Where a batch has children: however its program is run; and where it has none, since no Python can be started."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from summarizer.processors import processors
from tests.test_processes import posix

several = pytest.mark.skipif(processors() < 2, reason="has no processor for a child")

# A child that may be there is there in less than the shorter one, on a machine that is not busy.
LONG_S, SHORT_S = 120, 1

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

# Starts a child if one may be, gives it some seconds to be there, and says how many there are.
STARTING = """
import asyncio, sys, time
from pathlib import Path
from summarizer.batch.processes import Processes

print("top", flush=True)
{change}

async def main():
    processes = Processes(at_once=True)
    end = time.monotonic() + {wait_s}
    await processes.look(int)
    while not processes.pids and time.monotonic() < end:
        await asyncio.sleep(0.02)
    print(len(processes.pids))
    await processes.aclose()

asyncio.run(main())
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


@several
def test_a_batch_has_children(tmp_path: Path) -> None:
    (tmp_path / "plain.py").write_text(BATCH)

    assert python("plain.py", folder=tmp_path) == "top\ndone\n"


@several
@pytest.mark.parametrize("how", ["a script", "-c", "stdin", "a Path in sys.path"])
def test_a_child_is_started_however_its_program_is_run(tmp_path: Path, how: str) -> None:
    """And what the program does at its top level is done once: nobody had to write a guard."""
    change = "sys.path.append(Path('of modules'))" if how == "a Path in sys.path" else ""
    program = STARTING.format(change=change, wait_s=LONG_S)
    (tmp_path / "plain.py").write_text(program)
    arguments = {"-c": ["-c", program], "stdin": ["-"]}.get(how, ["plain.py"])

    assert python(*arguments, given=program, folder=tmp_path) == "top\n1\n"


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

    assert python("-c", STARTING.format(change=change, wait_s=SHORT_S), folder=tmp_path) == "top\n0\n"
    assert mark.exists() is (processors() > 1 and name == "python3" and "frozen" not in change)


def test_without_a_python_to_start_all_is_done_here(tmp_path: Path) -> None:
    change = "sys.executable = ''"

    assert python("-c", STARTING.format(change=change, wait_s=SHORT_S), folder=tmp_path) == "top\n0\n"
