"""Replies of a real model, replayed: what it got wrong is caught, and what comes out is grounded."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from summarizer import Cassette, Result, Summarizer, Summary
from summarizer.pipeline import OnUnsupported
from summarizer.providers.weights import CATALOG
from tests.record import FOLDER, ROOT, SUITES


def replay(name: str, on_unsupported: OnUnsupported = "replace") -> Result[Summary]:
    article, options = SUITES[name]
    settings: dict[str, Any] = {**options, "on_unsupported": on_unsupported}
    with Summarizer(Cassette(FOLDER / name), **settings) as summarizer:
        return summarizer.summarize(ROOT / "fixtures" / "articles" / article)


def recordings() -> list[Path]:
    return sorted(FOLDER.glob("*/??/*.json"))


@pytest.mark.parametrize("name", SUITES)
def test_what_a_real_model_wrote_comes_out_grounded(name: str) -> None:
    result = replay(name)

    assert result.grounded
    assert result.model == "local:smollm2"
    assert result.usage.output_tokens
    assert all(check.evidence for check in result.checks)


def test_a_number_that_a_real_model_made_up_is_caught() -> None:
    result = replay("vaccine", "report")
    doubted = {
        claim.text: [finding.kind for finding in check.findings]
        for claim, check in zip([result.summary.title, *result.summary.claims], result.checks, strict=True)
        if not check.supported
    }

    assert doubted == {"The article says that the flu vaccine is 90% effective.": ["number"]}


def test_what_a_real_model_got_wrong_is_replaced_by_the_article_s_words() -> None:
    result = replay("merger")
    replaced = [check for check in result.checks if check.origin == "extract"]

    assert len(replaced) >= 2
    assert all(check.rejected and "in 2 weeks" in check.rejected for check in replaced)


@pytest.mark.parametrize("path", recordings(), ids=lambda path: f"{path.parts[-3]}-{path.stem[:6]}")
def test_every_recording_says_where_it_comes_from(path: Path) -> None:
    provenance = json.loads(path.read_bytes())["provenance"]

    assert provenance["weights_sha256"] == CATALOG["smollm2"].sha256
    assert provenance["server"].startswith("llama.cpp")
    assert provenance["client"].startswith("openai ")
    assert provenance["recorded_at"] >= "2026-11-23"


def test_every_suite_is_recorded_and_every_recording_is_of_a_suite() -> None:
    assert {path.parts[-3] for path in recordings()} == set(SUITES)
