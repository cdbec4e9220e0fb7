"""An outage of the server, told from articles that fail; and the state after it."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest

from summarizer import Budget, Failure, Limits, Result, ScriptedProvider, Summarizer
from summarizer.batch import Run, Settings, outcomes
from summarizer.batch.breaker import MOST_IN_A_ROW, PAUSES_S, Breaker
from summarizer.batch.planner import Job
from summarizer.batch.view import View
from summarizer.cli import run as cli
from summarizer.errors import BudgetReached, Outage, RateLimited, SummarizerError, Unavailable
from summarizer.load.inputs import given
from summarizer.providers.gate import MAX_WAIT_S
from summarizer.records import Article, Request

from . import replies
from .server import Server

ONCE = Limits(max_attempts=1)


def text(number: int) -> str:
    return f"The company number {number} plans to raise {number} million euros. It pays for a plant in Lyon."


def job(number: int) -> Job:
    return Job(Article(text(number)))


class Waits(list[float]):
    """Notes how long it would wait."""

    async def asleep(self, seconds: float) -> None:
        self.append(seconds)
        await asyncio.sleep(0)


def breaker(waits: Waits | None = None) -> Breaker:
    return Breaker(lambda: False, asleep=(Waits() if waits is None else waits).asleep)


def fail(made: Breaker, numbers: Iterable[int], error: Callable[[], Any] = lambda: Unavailable("down")) -> Any:
    """Have articles fail one after another; return what the last one gives."""

    async def play() -> Any:
        outage = None
        for number in numbers:
            await made.admit(job(number))
            outage = made.unanswered(job(number), error())
        return outage

    return asyncio.run(play())


def batch(provider: Any, articles: Iterable[str], out: Path, waits: Waits | None = None, **options: Any) -> list[Any]:
    """Run a batch whose waits in an outage take no time."""
    asleep = (Waits() if waits is None else waits).asleep
    recipe = Summarizer(provider, limits=ONCE).recipe()
    made = Run(recipe, given(articles), Settings(out=out, **options), asleep=asleep)
    return list(outcomes(made))


def failures(out: Path) -> int:
    """How many inputs the ledger knows to have failed."""
    with View(out / ".summarizer.sqlite") as view:
        return sum(many for outcome, many in view.counts().items() if outcome not in ("ok", "open"))


# --------------------------------------------------------------------------------------------------------- the breaker


def test_a_few_failures_are_no_outage() -> None:
    made = breaker()

    fail(made, range(MOST_IN_A_ROW - 1))

    assert not made.is_open
    assert len(made.left()) == MOST_IN_A_ROW - 1


def test_what_failed_while_others_were_answered_has_failed() -> None:
    made = breaker()
    fail(made, range(3))
    asyncio.run(made.admit(job(3)))

    assert [aside.job.article.text for aside in made.answered()] == [text(0), text(1), text(2)]
    fail(made, range(MOST_IN_A_ROW - 1))
    assert not made.is_open


def test_in_an_outage_one_article_asks_after_longer_and_longer_waits() -> None:
    waits = Waits()
    made = breaker(waits)

    outage = fail(made, range(MOST_IN_A_ROW + len(PAUSES_S)))

    assert sum(waits) == pytest.approx(sum(PAUSES_S))
    assert isinstance(outage, Outage)
    assert f"no answer to {MOST_IN_A_ROW + len(PAUSES_S)} articles in a row" in outage.message


def test_while_one_asks_the_others_wait_and_when_it_is_answered_they_go() -> None:
    made = breaker()
    fail(made, range(MOST_IN_A_ROW))

    async def play() -> tuple[int, int]:
        admitted = list[int]()

        async def enter(number: int) -> None:
            await made.admit(job(number))
            admitted.append(number)

        tasks = [asyncio.create_task(enter(number)) for number in range(20, 30)]
        for _ in range(50):
            await asyncio.sleep(0)
        before = len(admitted)
        assert made.answered() == []
        await asyncio.gather(*tasks)
        return before, len(admitted)

    assert asyncio.run(play()) == (1, 10)
    assert not made.is_open
    assert sum(made.next() is not None for _ in range(20)) == MOST_IN_A_ROW


def test_a_late_failure_from_before_the_outage_is_not_taken_for_the_one_that_asks() -> None:
    made = breaker()

    async def play() -> Outage | None:
        for number in range(MOST_IN_A_ROW + 30):
            await made.admit(job(number))
        found = None
        for number in range(MOST_IN_A_ROW + 30):
            found = made.unanswered(job(number), Unavailable("down")) or found
        return found

    assert asyncio.run(play()) is None
    assert made.is_open


def test_an_article_that_was_starved_of_retries_is_taken_up_again_a_few_times() -> None:
    made = breaker()

    def starved() -> Unavailable:
        found = Unavailable("down")
        found.starved = True
        return found

    fail(made, [1], starved)

    again = made.last()
    assert again is not None
    assert again.article.text == text(1)
    assert made.left() == []


def test_a_server_that_is_closed_for_the_day_ends_the_run_at_once() -> None:
    outage = fail(breaker(), [1], lambda: RateLimited("a thousand a day", retry_after_s=MAX_WAIT_S + 1))

    assert isinstance(outage, Outage)
    assert outage.message == "a thousand a day"
    assert outage.retry_after_s == MAX_WAIT_S + 1


# -------------------------------------------------------------------------------------------------------------- a batch


@pytest.mark.parametrize("concurrency", [1, 3, 50])
def test_an_outage_that_passes_costs_no_article(tmp_path: Path, concurrency: int) -> None:
    down = range(20, 35)

    def flaky(request: Request) -> str | SummarizerError:
        return Unavailable("down") if len(provider.requests) in down else replies.verbatim(request)

    provider = ScriptedProvider(flaky)
    told = batch(provider, map(text, range(100)), tmp_path / "out", concurrency=concurrency)

    assert sum(isinstance(one, Result) for one in told) == 100
    assert len(provider.requests) == 100 + len(down)
    assert failures(tmp_path / "out") == 0


@pytest.mark.parametrize("concurrency", [1, 3, 50])
def test_an_outage_that_stays_ends_the_run_without_a_failure_and_the_next_run_resumes(
    tmp_path: Path, concurrency: int
) -> None:
    def gone(request: Request) -> str | SummarizerError:
        return Unavailable("down") if len(provider.requests) > 20 else replies.verbatim(request)

    provider, waits = ScriptedProvider(gone), Waits()
    with pytest.raises(Outage, match="articles in a row"):
        batch(provider, map(text, range(100)), tmp_path / "out", waits, concurrency=concurrency)
    assert sum(waits) == pytest.approx(sum(PAUSES_S))
    assert failures(tmp_path / "out") == 0
    assert len(list((tmp_path / "out").glob("*.json"))) == 20
    assert len(provider.requests) <= 20 + MOST_IN_A_ROW + len(PAUSES_S) + concurrency

    again = ScriptedProvider(replies.verbatim)
    told = batch(again, map(text, range(100)), tmp_path / "out")

    assert sum(isinstance(one, Result) for one in told) == 100
    assert len(again.requests) == 80


def test_articles_that_fail_among_others_are_failures_and_cost_the_others_nothing(tmp_path: Path) -> None:
    def broken(request: Request) -> str | SummarizerError:
        is_bad = any(f"number {number} " in request.messages[-1].content for number in range(0, 60, 5))
        return Unavailable("a bug there") if is_bad else replies.verbatim(request)

    told = batch(ScriptedProvider(broken), map(text, range(60)), tmp_path / "out", concurrency=4)

    assert [one.outcome for one in told if isinstance(one, Failure)] == ["unavailable"] * 12
    assert sum(isinstance(one, Result) for one in told) == 48


def test_a_few_articles_and_no_server_are_failures(tmp_path: Path) -> None:
    told = batch(ScriptedProvider(lambda request: Unavailable("down")), map(text, range(3)), tmp_path / "out")

    assert [one.outcome for one in told] == ["unavailable"] * 3


@pytest.mark.parametrize("many", [1, 30])
def test_no_article_is_lost_to_a_limit_on_rates(tmp_path: Path, many: int) -> None:
    def busy(request: Request) -> str | SummarizerError:
        return RateLimited("slow down", retry_after_s=0.0) if len(provider.requests) % 3 else replies.verbatim(request)

    provider = ScriptedProvider(busy)
    told = batch(provider, map(text, range(many)), tmp_path / "out", concurrency=8)

    assert sum(isinstance(one, Result) for one in told) == many


def test_a_limit_that_stays_ends_the_run_and_fails_no_article(tmp_path: Path) -> None:
    closed = ScriptedProvider(lambda request: RateLimited("a thousand a day", retry_after_s=3600.0))

    with pytest.raises(Outage, match="a thousand a day"):
        batch(closed, map(text, range(5)), tmp_path / "out", concurrency=2)

    assert failures(tmp_path / "out") == 0
    assert len(closed.requests) <= 2


def test_replies_that_an_article_has_are_not_paid_again_after_an_outage(tmp_path: Path) -> None:
    def flaky(request: Request) -> str | SummarizerError:
        number = len(provider.requests)
        if number == 1:
            return "no JSON"  # is mended by a second request
        return Unavailable("down") if number in range(2, 2 + MOST_IN_A_ROW) else replies.verbatim(request)

    provider = ScriptedProvider(flaky)
    told = batch(provider, map(text, range(MOST_IN_A_ROW)), tmp_path / "out", concurrency=1)

    first = [request for request in provider.requests if text(0).partition(".")[0] in str(request.messages)]
    assert sum(isinstance(one, Result) for one in told) == MOST_IN_A_ROW
    assert [len(request.messages) for request in first].count(len(first[0].messages)) == 1


def test_the_run_can_be_stopped_while_it_waits(tmp_path: Path) -> None:
    made: Run[Any]
    waited_for = list[str | None]()

    async def asleep(seconds: float) -> None:
        waited_for.append(made.waits_for)
        made.stop()
        await asyncio.sleep(0)

    wired = Summarizer(ScriptedProvider(lambda request: Unavailable("down")), limits=ONCE)
    made = Run(wired.recipe(), given(map(text, range(40))), Settings(out=tmp_path / "out"), asleep=asleep)

    assert list(outcomes(made)) == []
    assert waited_for == ["the server is down: asking now and then"]
    assert failures(tmp_path / "out") == 0


def test_a_run_tells_that_the_server_asks_for_a_pause(tmp_path: Path) -> None:
    wired = Summarizer(ScriptedProvider().next(RateLimited("slow down", retry_after_s=100.0)), limits=ONCE)
    made = Run(wired.recipe(), given([]), Settings(out=tmp_path / "out"))

    before = made.waits_for
    with pytest.raises(RateLimited):
        wired.summarize(text(1))

    assert before is None
    assert made.waits_for == "the server asks for a pause: 100 s"


def test_the_command_says_that_the_server_is_down_and_resumes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("in").mkdir()
    for number in range(3):
        Path("in", f"{number}.txt").write_text(text(number))
    with Server("429_hour") as server:
        command = ["batch", "in", "--out", "out", "-m", "openai:test", "--base-url", server.url, "--concurrency", "1"]
        stopped = cli(command)
        said = capsys.readouterr().err
        resumed = cli(command)

    assert (stopped, resumed) == (5, 0)
    assert "asks to wait 3600 s" in said
    assert "the same command resumes" in said
    assert len(list(Path("out").glob("*.json"))) == 3


def test_a_run_that_is_stopped_does_not_send_what_waits_for_its_turn(tmp_path: Path) -> None:
    provider = ScriptedProvider(replies.verbatim)
    recipe = Summarizer(provider, limits=Limits(requests_per_minute=60)).recipe()
    made = Run(recipe, given(map(text, range(40))), Settings(out=tmp_path / "out", concurrency=20))
    told = list[Any]()
    for one in outcomes(made):
        told.append(one)
        made.stop()

    assert 1 <= len(told) == len(provider.requests) <= 3
    assert failures(tmp_path / "out") == 0
    again = batch(ScriptedProvider(replies.verbatim), map(text, range(40)), tmp_path / "out")
    assert len(again) == 40


def test_a_run_that_is_stopped_waits_for_no_retry(tmp_path: Path) -> None:
    made: Run[Any]

    def failing(request: Request) -> Unavailable:
        threading.Timer(0.2, made.stop).start()
        return Unavailable("down", retry_after_s=MAX_WAIT_S)

    provider = ScriptedProvider(failing)
    made = Run(Summarizer(provider).recipe(), given([text(1)]), Settings(out=tmp_path / "out"))
    began = time.monotonic()

    assert list(outcomes(made)) == []
    assert time.monotonic() - began < MAX_WAIT_S / 2
    assert len(provider.requests) == 1
    assert failures(tmp_path / "out") == 0
    (told,) = batch(ScriptedProvider(replies.verbatim), [text(1)], tmp_path / "out")
    assert isinstance(told, Result)


def test_at_the_budget_what_was_reserved_is_sent_though_it_waits(tmp_path: Path) -> None:
    provider = ScriptedProvider(replies.verbatim)
    limits = Limits(requests_per_minute=1200)
    recipe = Summarizer(provider, limits=limits, budget=Budget(max_requests=30)).recipe()
    made = Run(recipe, given(map(text, range(60))), Settings(out=tmp_path / "out", concurrency=20))

    with pytest.raises(BudgetReached):
        list(outcomes(made))

    assert len(provider.requests) == 30
    assert len(list((tmp_path / "out").glob("*.json"))) == 30
