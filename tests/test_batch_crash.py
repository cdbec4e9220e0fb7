"""Nothing is lost, doubled or torn by kills; `python tests/crash.py --kills 300 --articles 3000` is the long form."""

from __future__ import annotations

from pathlib import Path

import pytest

from . import crash


@pytest.mark.parametrize("out_name", ["summaries", "summaries.jsonl"])
def test_a_batch_outlives_its_kills(tmp_path: Path, out_name: str) -> None:
    report = crash.crash(tmp_path, kills=15, articles=300, out_name=out_name)

    assert (report.lost, report.doubled, report.torn) == (0, 0, 0)
    assert report.kills.total() == 15
    assert report.paid_twice <= 15 * report.most_in_flight
