"""An outage of the server, told from articles that fail; and the state after it."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from summarizer import Budget, Failure, Limits, Result, ScriptedProvider, Summarizer
from summarizer.batch import Run, Settings, outcomes
from summarizer.batch.breaker import MOST_IN_A_ROW, MOST_ROUNDS, PAUSES_S, Breaker
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


class Asked:
    """A server that is asked for next to nothing, and is there or not, in turn; in the end it is there."""

    def __init__(self, *is_there: bool) -> None:
        self.is_there = list(is_there)
        self.times = 0

    async def __call__(self) -> Unavailable | None:
        self.times += 1
        return None if not self.is_there or self.is_there.pop(0) else Unavailable("still down")


GONE = [False] * 1000


def breaker(waits: Waits | None = None, asked: Asked | None = None) -> Breaker:
    return Breaker(lambda: False, asked or Asked(), asleep=(Waits() if waits is None else waits).asleep)


def fail(made: Breaker, numbers: Iterable[int], error: Callable[[], Any] = lambda: Unavailable("down")) -> None:
    """Have articles fail one after another."""

    async def play() -> None:
        for number in numbers:
            await made.admit(job(number))
            await made.unanswered(job(number), error())

    asyncio.run(play())


def failed(made: Breaker) -> list[str]:
    return [aside.job.article.text for aside in made.failed()]


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
    assert failed(made) == []


def test_what_failed_while_others_were_answered_has_failed() -> None:
    made = breaker()
    fail(made, range(3))
    asyncio.run(made.admit(job(3)))

    made.answered()

    assert failed(made) == [text(0), text(1), text(2)]
    fail(made, range(MOST_IN_A_ROW - 1))
    assert not made.is_open


def test_a_server_that_is_gone_is_asked_after_longer_and_longer_waits_and_fails_no_article() -> None:
    waits, asked = Waits(), Asked(*GONE)
    made = breaker(waits, asked)
    fail(made, range(MOST_IN_A_ROW))

    with pytest.raises(Outage, match=f"no answer to {MOST_IN_A_ROW} articles in a row"):
        asyncio.run(made.admit(job(0)))

    assert asked.times == len(PAUSES_S)
    assert sum(waits) == pytest.approx(sum(PAUSES_S))
    assert failed(made) == []


def test_when_the_server_is_back_one_goes_alone_and_when_it_succeeds_all_go() -> None:
    made = breaker(asked=Asked(False, True))
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
        made.answered()
        await asyncio.gather(*tasks)
        return before, len(admitted)

    assert asyncio.run(play()) == (1, 10)
    assert not made.is_open
    assert failed(made) == []
    assert sum(made.next() is not None for _ in range(20)) == MOST_IN_A_ROW


def test_an_article_that_fails_alone_between_two_answers_is_to_blame() -> None:
    made = breaker()
    fail(made, range(MOST_IN_A_ROW))

    fail(made, [0, 1])

    assert failed(made) == [text(0), text(1)]
    assert made.is_open
    assert made.answers


def test_an_article_after_which_the_server_is_gone_is_tried_again_and_to_blame_in_the_end() -> None:
    made = breaker(asked=Asked(True, False, True, False, True))
    fail(made, range(MOST_IN_A_ROW))
    fail(made, [0])
    assert failed(made) == []

    async def last_round() -> None:
        await made.admit(job(0))
        await made.unanswered(replace(job(0), rounds=MOST_ROUNDS), Unavailable("it crashed"))

    asyncio.run(last_round())

    assert failed(made) == [text(0)]


def test_an_article_that_was_not_tried_as_often_as_it_might_have_been_is_not_to_blame() -> None:
    made = breaker()
    fail(made, range(MOST_IN_A_ROW))

    fail(made, [0], starved)

    assert failed(made) == []


def test_a_late_failure_from_before_the_outage_is_not_taken_for_the_one_that_went_alone() -> None:
    made, many = breaker(asked=Asked()), MOST_IN_A_ROW + 30

    async def play() -> None:
        for number in range(many):
            await made.admit(job(number))
        for number in range(many):
            await made.unanswered(job(number), Unavailable("down"))

    asyncio.run(play())

    assert made.is_open
    assert failed(made) == []


def starved() -> Unavailable:
    found = Unavailable("down")
    found.starved = True
    return found


def test_an_article_that_was_starved_of_retries_is_taken_up_again_a_few_times() -> None:
    made = breaker(asked=Asked(*GONE))

    fail(made, [1], starved)

    again = asyncio.run(made.last())
    assert again is not None
    assert again.article.text == text(1)


@pytest.mark.parametrize(("rounds", "is_tried"), [(MOST_ROUNDS - 1, True), (MOST_ROUNDS, False)])
def test_it_is_taken_up_no_more_often_than_the_documentation_says(rounds: int, is_tried: bool) -> None:
    made = breaker()

    async def play() -> Job | None:
        await made.admit(job(1))
        await made.unanswered(replace(job(1), rounds=rounds), starved())
        return await made.last()

    assert (asyncio.run(play()) is not None) == is_tried
    assert failed(made) == ([] if is_tried else [text(1)])


def test_at_the_end_a_server_that_answers_says_that_it_was_the_articles() -> None:
    waits, asked = Waits(), Asked()
    made = breaker(waits, asked)
    fail(made, range(3))

    assert asyncio.run(made.last()) is None
    assert failed(made) == [text(0), text(1), text(2)]
    assert (asked.times, waits) == (1, [])


def test_at_the_end_a_server_that_does_not_answer_is_waited_for() -> None:
    made = breaker(asked=Asked(False, False, True))
    fail(made, range(3))

    left = asyncio.run(made.last())

    assert left is not None
    assert made.is_open
    asyncio.run(made.admit(left))
    made.answered()
    assert failed(made) == []
    assert sum(made.next() is not None for _ in range(20)) == 2


def test_a_server_that_is_closed_for_the_day_ends_the_run_at_once() -> None:
    with pytest.raises(Outage, match="a thousand a day") as caught:
        fail(breaker(), [1], lambda: RateLimited("a thousand a day", retry_after_s=MAX_WAIT_S + 1))

    assert caught.value.retry_after_s == MAX_WAIT_S + 1


# -------------------------------------------------------------------------------------------------------------- a batch


@pytest.mark.parametrize("concurrency", [1, 3, 50])
def test_an_outage_that_passes_costs_no_article(tmp_path: Path, concurrency: int) -> None:
    down = range(20, 35)

    def flaky(request: Request) -> str | SummarizerError:
        return Unavailable("down") if len(provider.requests) in down else replies.verbatim(request)

    provider = ScriptedProvider(flaky)
    told = batch(provider, map(text, range(100)), tmp_path / "out", concurrency=concurrency)

    assert sum(isinstance(one, Result) for one in told) == 100
    assert len(provider.requests) == 100 + len(down) + 1  # and the question whether it is back
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


def test_a_few_articles_and_no_server_end_the_run_without_a_failure(tmp_path: Path) -> None:
    with pytest.raises(Outage, match="no answer to 3 articles in a row"):
        batch(ScriptedProvider(lambda request: Unavailable("down")), map(text, range(3)), tmp_path / "out")

    assert failures(tmp_path / "out") == 0
    told = batch(ScriptedProvider(replies.verbatim), map(text, range(3)), tmp_path / "out")
    assert sum(isinstance(one, Result) for one in told) == 3


def bad(number: int) -> str:
    """An article at which the server fails, whatever it does with others."""
    return f"{text(number)} Its plan is called [[fault:500]]."


def against(server: Server, articles: Iterable[str], out: Path, **options: Any) -> list[Any]:
    """Run a batch through the real client, whose waits in an outage take no time."""
    summarizer = Summarizer("openai:test", base_url=server.url, api_key="none", limits=ONCE, **options)
    with summarizer:
        made = Run(summarizer.recipe(), given(articles), Settings(out=out, concurrency=4), asleep=Waits().asleep)
        return list(outcomes(made))


@pytest.mark.parametrize("many", [3, MOST_IN_A_ROW + 2])
def test_where_nothing_else_is_left_what_a_living_server_fails_at_has_failed(tmp_path: Path, many: int) -> None:
    with Server() as server:
        against(server, map(text, range(5)), tmp_path / "out")
        told = against(server, [*map(text, range(5)), *map(bad, range(many))], tmp_path / "out")
        asked = len(server.requests)
        again = against(server, [*map(text, range(5)), *map(bad, range(many))], tmp_path / "out")

        assert len(server.requests) == asked
    assert [one.outcome for one in told if isinstance(one, Failure)] == ["unavailable"] * many
    assert len(again) == len(told) == 5 + many
    assert failures(tmp_path / "out") == many
    assert len((tmp_path / "out" / "failures.jsonl").read_text().splitlines()) == many


def test_bad_articles_before_the_good_ones_cost_these_nothing(tmp_path: Path) -> None:
    many = MOST_IN_A_ROW + len(PAUSES_S) + 10
    with Server() as server:
        told = against(server, [*map(bad, range(many)), *map(text, range(20))], tmp_path / "out")

    assert sum(isinstance(one, Failure) for one in told) == many
    assert sum(isinstance(one, Result) for one in told) == 20


def test_whether_the_server_is_there_is_not_asked_of_the_cache(tmp_path: Path) -> None:
    with Server() as server:
        told = against(server, map(bad, range(MOST_IN_A_ROW)), tmp_path / "out", cache=tmp_path / "replies.sqlite")
        asked = sum("fault:500" not in str(request) for request in server.requests)

    assert [one.outcome for one in told] == ["unavailable"] * MOST_IN_A_ROW
    assert asked == MOST_IN_A_ROW + 1


def test_an_article_that_takes_the_server_down_ends_as_its_own_failure(tmp_path: Path) -> None:
    restarts = iter([8 + 3, *[3] * 10])  # how many requests each takes: at first those of the others, too
    down = deque[str]()

    def crashing(request: Request) -> str | SummarizerError:
        if down:
            return Unavailable(down.popleft())
        if "[[fault:500]]" in request.messages[-1].content:
            down.extend(["it restarts"] * next(restarts))
            return Unavailable("it crashed")
        return replies.verbatim(request)

    told = batch(ScriptedProvider(crashing), [bad(0), *map(text, range(1, 9))], tmp_path / "out", concurrency=9)

    assert [one.outcome for one in told if isinstance(one, Failure)] == ["unavailable"]
    assert sum(isinstance(one, Result) for one in told) == 8


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

    summarizer = Summarizer(ScriptedProvider(lambda request: Unavailable("down")), limits=ONCE)
    made = Run(summarizer.recipe(), given(map(text, range(40))), Settings(out=tmp_path / "out"), asleep=asleep)

    assert list(outcomes(made)) == []
    assert waited_for == ["the server is down: asking now and then"]
    assert failures(tmp_path / "out") == 0


def test_a_run_tells_that_articles_go_alone(tmp_path: Path) -> None:
    made: Run[Any]
    waited_for = list[str | None]()

    async def asleep(seconds: float) -> None:
        waited_for.append(made.waits_for)
        await asyncio.sleep(0)

    with Server() as server, Summarizer("openai:test", base_url=server.url, api_key="none", limits=ONCE) as summarizer:
        made = Run(
            summarizer.recipe(), given(map(bad, range(MOST_IN_A_ROW))), Settings(out=tmp_path / "out"), asleep=asleep
        )
        assert len(list(outcomes(made))) == MOST_IN_A_ROW

    assert set(waited_for) == {"the server is down: asking now and then", "articles find no answer: one at a time"}


def test_a_run_tells_that_the_server_asks_for_a_pause(tmp_path: Path) -> None:
    summarizer = Summarizer(ScriptedProvider().next(RateLimited("slow down", retry_after_s=100.0)), limits=ONCE)
    made = Run(summarizer.recipe(), given([]), Settings(out=tmp_path / "out"))

    before = made.waits_for
    with pytest.raises(RateLimited):
        summarizer.summarize(text(1))

    assert before is None
    assert made.waits_for == "the server asks for a pause: 100 s"


@pytest.mark.parametrize("asked_s", [None, 0.5])
def test_a_run_tells_that_the_server_takes_no_more_until_it_does(tmp_path: Path, asked_s: float | None) -> None:
    summarizer = Summarizer(ScriptedProvider().next(RateLimited("slow down", retry_after_s=asked_s)), limits=ONCE)
    made = Run(summarizer.recipe(), given([]), Settings(out=tmp_path / "out"))

    with pytest.raises(RateLimited):
        summarizer.summarize(text(1))
    refused = made.waits_for
    summarizer.summarize(text(1))

    assert (refused, made.waits_for) == ("the server takes no more for now (429)", None)


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
