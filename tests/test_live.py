"""The live check, as far as it goes without a key."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.server import Server

SCRIPT = Path(__file__).parent.parent / "benchmarks" / "live.py"


def live(*args: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPT), *args]
    return subprocess.run(command, capture_output=True, text=True, env=dict(os.environ), check=False, timeout=300)


def test_without_a_key_nothing_is_asked() -> None:
    done = live("-m", "openai:gpt-5-mini")

    assert (done.returncode, done.stdout) == (5, "")
    assert "set OPENAI_API_KEY" in done.stderr


def test_a_model_that_is_not_reached_over_the_network_is_none_of_its_business() -> None:
    assert live("-m", "extractive").returncode == 5


def test_four_summaries_are_asked_for_and_their_cost_is_told() -> None:
    with Server() as server:
        done = live("-m", "openai:test-model", "--base-url", server.url, "--max-requests", "9")

    assert done.returncode == 0
    assert len(server.requests) == 4
    assert "4 of 4 done; together 4 requests, " in done.stdout.splitlines()[-1]
    assert done.stdout.endswith("at an unknown price\n")


def test_it_stops_at_its_cap() -> None:
    with Server() as server:
        done = live("-m", "openai:test-model", "--base-url", server.url, "--max-requests", "2")

    assert (done.returncode, len(server.requests)) == (1, 2)


def test_a_cap_in_dollars_needs_a_price() -> None:
    with Server() as server:
        done = live("-m", "openai:test-model", "--base-url", server.url)

    assert (done.returncode, server.requests) == (1, [])
    assert "the price of 'test-model' is unknown" in done.stdout
