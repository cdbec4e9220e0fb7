"""Nothing is lost, doubled or torn by kills; `python tests/crash.py --kills 300 --articles 3000` is the long form."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from . import crash

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
