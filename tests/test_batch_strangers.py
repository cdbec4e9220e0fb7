"""What answers in the place of a model's server, and what is refused for the sake of one article."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from summarizer import Failure, Limits, Result, Summarizer
from summarizer.batch import Run, Settings, outcomes
from summarizer.batch.breaker import MOST_IN_A_ROW, PAUSES_S
from summarizer.batch.view import View
from summarizer.errors import Outage, Unauthorized
from summarizer.load.inputs import given

from .server import Server
from .test_breaker import Waits, text

STRANGERS = ["html", "redirect_away", "empty"]


def batch(server: Server, articles: Iterable[str], out: Path, waits: Waits | None = None) -> list[Any]:
    """Run a batch through the real client, whose waits in an outage take no time."""
    asleep = (Waits() if waits is None else waits).asleep
    with Summarizer("openai:test", base_url=server.url, api_key="none", limits=Limits(max_attempts=1)) as wired:
        made = Run(wired.recipe(), given(articles), Settings(out=out, concurrency=4), asleep=asleep)
        return list(outcomes(made))


def failures(out: Path) -> int:
    """How many inputs the ledger knows to have failed."""
    with View(out / ".summarizer.sqlite") as view:
        return sum(many for outcome, many in view.counts().items() if outcome not in ("ok", "open"))


def bad(number: int, fault: str) -> str:
    """An article at which the server plays a fault, whatever it does with others."""
    return f"{text(number)} Its plan is called [[fault:{fault}]]."


@pytest.mark.parametrize("stranger", STRANGERS)
def test_a_stranger_that_answers_for_a_while_costs_no_article(tmp_path: Path, stranger: str) -> None:
    with Server() as server:
        server.plays.extend([server._answer] * 20)
        server.plays.extend([stranger] * (MOST_IN_A_ROW + 2))
        told = batch(server, map(text, range(40)), tmp_path / "out")

    assert sum(isinstance(one, Result) for one in told) == 40
    assert failures(tmp_path / "out") == 0


@pytest.mark.parametrize("stranger", STRANGERS)
def test_a_stranger_in_the_place_of_every_server_ends_the_run_at_once(tmp_path: Path, stranger: str) -> None:
    waits = Waits()
    with Server(then=stranger) as server, pytest.raises(Outage) as stopped:
        batch(server, map(text, range(100)), tmp_path / "out", waits)

    assert server.url in str(stopped.value)
    assert sum(waits) <= PAUSES_S[0]
    assert len(server.requests) <= MOST_IN_A_ROW + 4
    with Server() as server:
        assert sum(isinstance(one, Result) for one in batch(server, map(text, range(100)), tmp_path / "out")) == 100


def test_a_stranger_that_takes_the_place_of_a_server_is_waited_out(tmp_path: Path) -> None:
    waits = Waits()
    with Server() as server:
        server.plays.extend([server._answer] * 20)
        server.then = "html"
        with pytest.raises(Outage, match="articles in a row"):
            batch(server, map(text, range(60)), tmp_path / "out", waits)

    assert sum(waits) == pytest.approx(sum(PAUSES_S))
    assert failures(tmp_path / "out") == 0
    assert len(list((tmp_path / "out").glob("*.json"))) == 20


@pytest.mark.parametrize("fault", ["html", "401", "403", "404"])
def test_an_answer_that_goes_astray_costs_no_article(tmp_path: Path, fault: str) -> None:
    articles = [*map(text, range(20)), bad(20, f"{fault}x1"), *map(text, range(21, 40))]
    with Server() as server:
        told = batch(server, articles, tmp_path / "out")

    assert sum(isinstance(one, Result) for one in told) == 40


@pytest.mark.parametrize("fault", ["html", "403", "404"])
def test_articles_that_a_firewall_stops_fail_alone_wherever_they_are(tmp_path: Path, fault: str) -> None:
    articles = [bad(0, fault), *map(text, range(1, 20)), bad(20, fault)]
    with Server() as server:
        told = batch(server, articles, tmp_path / "out")
        asked = len(server.requests)
        again = batch(server, articles, tmp_path / "out")

        assert len(server.requests) == asked
    outcome = {"html": "bad_response", "403": "unauthorized", "404": "unknown_model"}[fault]
    assert [one.outcome for one in told if isinstance(one, Failure)] == [outcome] * 2
    assert len(told) == len(again) == 21
    assert "todo" in (tmp_path / "out" / "failures.jsonl").read_text("utf-8")


def test_a_key_that_is_refused_while_the_batch_runs_ends_it_without_a_failure(tmp_path: Path) -> None:
    with Server() as server:
        server.plays.extend([server._answer] * 20)
        server.then = "401"
        with pytest.raises(Unauthorized):
            batch(server, map(text, range(60)), tmp_path / "out")

    assert failures(tmp_path / "out") == 0
    assert len(list((tmp_path / "out").glob("*.json"))) == 20


def test_a_reply_that_is_no_summary_is_no_stranger_s(tmp_path: Path) -> None:
    with Server(then="no_choices") as server:
        told = batch(server, map(text, range(15)), tmp_path / "out")

    assert [one.outcome for one in told] == ["bad_response"] * 15
    assert len(server.requests) == 15
