"""Nothing is lost, doubled or torn by kills; `python tests/crash.py --kills 300 --articles 3000` is the long form."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from summarizer import ScriptedProvider, Summarizer
from summarizer.batch import Run, Settings, outcomes
from summarizer.load.inputs import given

from . import crash, replies

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("out_name", "children", "concurrency", "kills"),
    [("summaries", 0, 8, 15), ("summaries.jsonl", 1, 8, 15), ("summaries", 0, 100, 8)],
)
def test_a_batch_outlives_its_kills(tmp_path: Path, out_name: str, children: int, concurrency: int, kills: int) -> None:
    report = crash.crash(
        tmp_path, kills=kills, articles=300, out_name=out_name, concurrency=concurrency, children=children
    )

    assert (report.lost, report.doubled, report.torn) == (0, 0, 0)
    assert report.kills.total() == kills
    assert report.is_well, str(report)


# A batch over one long article in a process of its own, which ends it after so many calls.
LONG = """
import os, signal, sys
from pathlib import Path
from summarizer import ScriptedProvider, Summarizer
from tests.test_tree import book

out, log, last = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])

class Counted(ScriptedProvider):
    async def acomplete(self, request, /):
        with log.open("a") as file:
            file.write(request.key + "\\n")
        if len(self.requests) == last:
            os.kill(os.getpid(), signal.SIGKILL)
        return self.complete(request)

with Summarizer(Counted(), context=2_500) as summarizer:
    for result in summarizer.batch([book(120)], out=out, concurrency=2):
        assert result.grounded and not result.coverage.partial, result.warnings
"""


def test_a_killed_batch_does_not_pay_for_the_parts_of_a_long_article_again(tmp_path: Path) -> None:
    def life(last: int) -> tuple[int, list[str]]:
        log = tmp_path / f"{last}.log"
        command = [sys.executable, "-c", LONG, str(tmp_path / "out.jsonl"), str(log), str(last)]
        ended = subprocess.run(command, cwd=Path(__file__).parent.parent, capture_output=True, timeout=300, check=False)
        return ended.returncode, log.read_text("utf-8").split()

    killed, first = life(8)
    again, second = life(9)
    done, third = life(10_000)

    assert (killed, again, done) == (-signal.SIGKILL, -signal.SIGKILL, 0)
    assert min(len(first), len(second)) >= 8
    assert len(set(first) & set(second)) <= 2  # as many as were in flight
    assert len(set(first + second) & set(third)) <= 2
    assert len((tmp_path / "out.jsonl").read_text("utf-8").splitlines()) == 1


# A batch that is killed as soon as its first output is there, before its ledger is told of it.
SHORT = """
import asyncio, os, signal, sys
from pathlib import Path
from summarizer import ScriptedProvider, Summarizer
from summarizer.batch import Run, Settings, outcomes
from summarizer.load.inputs import given
from tests import replies

form, first = sys.argv[1], Path(sys.argv[2])

class Watching(ScriptedProvider):
    async def acomplete(self, request, /):
        if "number 1" in request.units[0].text:
            while not first.exists():
                await asyncio.sleep(0.0002)
            os.kill(os.getpid(), signal.SIGKILL)
        return self.complete(request)

with Summarizer(Watching(replies.verbatim)) as summarizer:
    for _ in outcomes(Run(summarizer.recipe(), given([Path("in")]), Settings(Path("out"), form, concurrency=1))):
        pass
"""


@pytest.mark.parametrize(
    ("form", "name", "amount", "max_words"),
    [("json", "0.json", 7, 120), ("json", "0.json", 5, 60), ("text", "0.txt", 7, 120)],
    ids=["another article", "another task", "another article, in text"],
)
def test_what_was_written_right_before_a_kill_makes_room_when_something_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str, name: str, amount: int, max_words: int
) -> None:
    def write(amount: int) -> None:
        for number in range(2):
            text = f"The company number {number} plans to raise {amount} million euros."
            (tmp_path / "in" / f"{number}.txt").write_text(text, "utf-8")

    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    write(5)
    root = Path(__file__).parent.parent
    command = [sys.executable, "-c", SHORT, form, f"out/{name}"]
    killed = subprocess.run(command, env=os.environ | {"PYTHONPATH": str(root)}, timeout=300, check=False)
    left = (tmp_path / "out" / name).read_bytes()
    write(amount)

    with Summarizer(ScriptedProvider(replies.verbatim), max_words=max_words) as summarizer:
        made = Run(summarizer.recipe(), given([Path("in")]), Settings(Path("out"), form))
        told = list(outcomes(made))

    assert (killed.returncode, len(told), made.tally.counts().kept) == (-signal.SIGKILL, 2, 0)
    assert (tmp_path / "out" / name).read_bytes() != left
    assert not (tmp_path / "out" / ".summarizer.tmp").exists()
