"""A cap holds: over runs, processes, retries, faults and kills. `python tests/spend.py --runs 500` is the long form."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from . import spend
from .server import Server

pytestmark = pytest.mark.slow


def test_no_simulated_batch_passes_its_cap() -> None:
    report = spend.spend(15, seed=1_000)

    assert report.over == 0
    assert report.kills > 3
    assert max(report.shares) > 0.9


def test_two_processes_at_once_do_not_pass_the_cap(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    for number in range(40):
        (tmp_path / "in" / f"{number}.txt").write_text(f"The company plans to raise {number} million euros.", "utf-8")
    with Server(latency_s=0.02) as server:
        command = [sys.executable, "-m", "summarizer", "batch", "in", "--out", "out", "--max-requests", "20", "-q"]
        command += ["-m", "openai:test", "--base-url", server.url, "--concurrency", "4"]
        processes = [
            subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE, text=True, stdout=subprocess.DEVNULL)
            for _ in range(3)
        ]
        said = [process.communicate(timeout=300)[1] for process in processes]
        codes = sorted(process.returncode for process in processes)

    assert len(server.requests) == 20
    assert 4 in codes
    assert set(codes) <= {1, 4}
    assert all(len(text.splitlines()) == 1 for text in said)
    assert len(list((tmp_path / "out").glob("*.json"))) == 20
