"""A provider of the caller's own that is none: a typed error says which class gave what, and what it must give."""

from __future__ import annotations

import asyncio
import pickle
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from summarizer import Cassette, Failure, Limits, Result, Summarizer
from summarizer.errors import BadResponse, Unavailable, UsageError
from summarizer.providers.vetted import Vetted
from summarizer.records import Budget, Completion, ModelInfo, Provider, Request, Usage
from tests import replies

TEXTS = [f"Acme plans to raise {number} million euros. The money pays for a plant in Lyon." for number in (7, 8, 9)]

Call = Callable[[Any], Any]


def sync(model: Any) -> Any:
    return Summarizer(model).summarize(TEXTS[0])


def awaited(model: Any) -> Any:
    return asyncio.run(Summarizer(model).asummarize(TEXTS[0]))


def batch(model: Any) -> Any:
    return list(Summarizer(model).batch(TEXTS))


def abatch(model: Any) -> Any:
    async def found() -> list[Any]:
        return [one async for one in Summarizer(model).abatch(TEXTS)]

    return asyncio.run(found())


def judged(model: Any) -> Any:
    return Summarizer(Mine(replies.verbatim), judge=model, judge_share=1.0).summarize(TEXTS[0])


def recorded(model: Any) -> Any:
    folder = Path("recordings")
    return sync(Cassette(folder, inner=model, mode="record", budget=Budget(max_requests=9)))


@pytest.fixture(params=[sync, awaited, batch, abatch], ids=lambda call: call.__name__)
def call(request: pytest.FixtureRequest) -> Call:
    chosen: Call = request.param
    return chosen


class Mine:
    """Returns whatever a function does."""

    def __init__(self, give: Callable[[Request], Any]) -> None:
        self._give = give

    def complete(self, request: Request, /) -> Any:
        return self._whole(self._give(request))

    async def acomplete(self, request: Request, /) -> Any:
        return self.complete(request)

    def _whole(self, given: Any) -> Any:
        return Completion(given, "mine") if self._give is replies.verbatim else given


class Raising(Mine):
    """Raises an error at its second article."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(replies.verbatim)
        self.error = error

    def complete(self, request: Request, /) -> Any:
        if "raise 8 " in request.messages[-1].content:
            raise self.error
        return super().complete(request)


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ("a text", "a value of type str"),
        ({"text": "a text"}, "a value of type dict"),
        (None, "None"),
        (Completion("{}", "mine", usage={"requests": 1}), "a value of type dict, not a summarizer.Usage"),  # type: ignore[arg-type]
        (Completion("{}", "mine", usage=Usage(1, 9, 0, 9, 0, 0.1)), r"usage\.cost_usd is 0\.1, not a Decimal"),  # type: ignore[arg-type]
        (Completion("{}", "mine", usage=Usage(1, 9, 0, 9, 0, Decimal("NaN"))), r"usage\.cost_usd is Decimal\('NaN'\)"),
        (Completion("{}", "mine", usage=Usage(1, "9")), r"usage\.input_tokens is '9', not a whole number"),  # type: ignore[arg-type]
        (Completion("{}", "mine", usage=Usage(None)), r"usage\.requests is None, not a whole number"),  # type: ignore[arg-type]
        (Completion("{}", "mine", usage=Usage(1, 9, 0, -9)), r"usage\.output_tokens is -9, not a whole number"),
        (Completion("{}", "mine", warnings=["odd"]), "warnings are a value of type list, not a tuple of texts"),  # type: ignore[arg-type]
        (Completion("{}", "mine", rates=60), "rates are a value of type int"),  # type: ignore[arg-type]
    ],
    ids=["str", "dict", "None", "usage", "float", "NaN", "digits", "no requests", "negative", "warnings", "rates"],
)
def test_what_is_no_completion_is_refused_by_the_class_that_gave_it(call: Call, given: Any, kind: str) -> None:
    with pytest.raises(UsageError, match=rf"Mine\.a?complete\(\) returned .*{kind}.*summarizer\.Completion") as caught:
        call(Mine(lambda _: given))

    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


@pytest.mark.parametrize("call", [judged, recorded], ids=["judge", "cassette"])
def test_a_judge_and_what_a_cassette_records_from_are_held_to_the_same(
    call: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CI", raising=False)

    with pytest.raises(UsageError, match=r"Mine\.complete\(\) returned a value of type str"):
        call(Mine(lambda _: "a text"))


def test_a_cap_in_dollars_changes_nothing() -> None:
    with pytest.raises(UsageError, match=r"Mine\.complete\(\) returned None"):
        Summarizer(Mine(lambda _: None), budget=Budget(max_requests=3)).summarize(TEXTS[0])


@pytest.mark.parametrize("call", [sync, awaited], ids=["sync", "async"])
def test_a_completion_without_a_text_is_a_bad_response(call: Call) -> None:
    with pytest.raises(BadResponse, match=r"Mine\.a?complete\(\) .*text is None, not a str"):
        call(Mine(lambda _: Completion(None, "mine")))  # type: ignore[arg-type]


@pytest.mark.parametrize("call", [sync, awaited], ids=["sync", "async"])
def test_a_text_that_is_too_long_is_a_bad_response_as_it_is_over_http(call: Call) -> None:
    most = Limits().max_reply_bytes

    with pytest.raises(BadResponse, match=rf"Mine\.a?complete\(\) is larger than {most} bytes: see max_reply_bytes"):
        call(Mine(lambda _: Completion("é" * (most // 2 + 1), "mine")))


def test_a_text_may_be_as_long_as_the_limits_say() -> None:
    sent = "Der Damm fällt."
    claim = f'{{"text": "{sent}", "cites": [1]}}'
    reply = f'{{"title": {claim}, "claims": [{claim}]}}'
    size = len(reply.encode())
    given = Mine(lambda _: Completion(reply, "mine"))

    assert Summarizer(given, limits=Limits(max_reply_bytes=size)).summarize(sent).grounded
    with pytest.raises(BadResponse, match=f"larger than {size - 1} bytes"):
        Summarizer(given, limits=Limits(max_reply_bytes=size - 1)).summarize(sent)


@pytest.mark.parametrize("bad", [None, "x" * (Limits().max_reply_bytes + 1)], ids=["none", "too much"])
@pytest.mark.parametrize("call", [batch, abatch], ids=["batch", "abatch"])
def test_a_completion_without_a_text_or_with_too_much_fails_its_article_alone(call: Call, bad: Any) -> None:
    def give(request: Request) -> Completion:
        is_odd = "raise 8 " in request.messages[-1].content
        return Completion(bad if is_odd else replies.verbatim(request), "mine")

    told = call(Mine(give))

    assert [one.outcome for one in told if isinstance(one, Failure)] == ["bad_response"]
    assert sum(isinstance(one, Result) for one in told) == 2


class OnlySync:
    """Has one of the two methods."""

    def complete(self, request: Request, /) -> Completion:
        return Completion(replies.verbatim(request), "mine")


class OnlyAsync:
    """Has the other one."""

    async def acomplete(self, request: Request, /) -> Completion:
        return Completion(replies.verbatim(request), "mine")


class Confused:
    """Has the two with the wrong kind of `def`."""

    async def complete(self, request: Request, /) -> Completion:
        return Completion(replies.verbatim(request), "mine")

    def acomplete(self, request: Request, /) -> Completion:
        return Completion(replies.verbatim(request), "mine")


@pytest.mark.parametrize(
    ("model", "call", "problem"),
    [
        (OnlySync(), awaited, r"OnlySync has no acomplete\(\), which asummarize\(\) and batches ask"),
        (OnlySync(), batch, r"OnlySync has no acomplete\(\)"),
        (OnlySync(), abatch, r"OnlySync has no acomplete\(\)"),
        (OnlyAsync(), sync, r"OnlyAsync has no complete\(\), which summarize\(\) asks"),
        (Confused(), sync, r"Confused\.complete\(\) is `async def`"),
        (Confused(), awaited, r"Confused\.acomplete\(\) returned a value of type Completion: write `async def`"),
        (Confused(), batch, r"Confused\.acomplete\(\)"),
    ],
)
def test_the_method_that_is_missing_or_of_the_wrong_kind_is_named(model: Any, call: Call, problem: str) -> None:
    with pytest.raises(UsageError, match=problem):
        call(model)


@pytest.mark.parametrize(("model", "call"), [(OnlySync(), sync), (OnlyAsync(), awaited), (OnlyAsync(), batch)])
def test_who_asks_one_of_the_two_needs_no_other(model: Any, call: Call) -> None:
    assert call(model)


@pytest.mark.parametrize("call", [sync, awaited], ids=["sync", "async"])
def test_what_a_provider_raises_comes_out_as_it_is(call: Call) -> None:
    with pytest.raises(KeyError, match="choices"):
        call(Mine(lambda request: {}["choices"]))


@pytest.mark.parametrize("call", [sync, awaited], ids=["sync", "async"])
def test_an_iterator_that_has_run_out_is_told_and_taken_for_no_end_of_ours(call: Call) -> None:
    with pytest.raises(RuntimeError, match="raised StopIteration"):
        call(Mine(lambda _: next(iter(()))))


def test_a_call_that_nobody_cancelled_is_no_end_of_the_task_that_waits_for_it() -> None:
    with pytest.raises(RuntimeError, match=r"Raising\.acomplete\(\) raised CancelledError"):
        asyncio.run(Summarizer(Raising(asyncio.CancelledError())).asummarize(TEXTS[1]))


async def test_a_call_that_is_cancelled_ends_as_cancelled() -> None:
    class Slow(OnlyAsync):
        async def acomplete(self, request: Request, /) -> Completion:
            begun.set()
            await asyncio.sleep(60)
            return await super().acomplete(request)

    begun = asyncio.Event()
    task = asyncio.ensure_future(Summarizer(Slow()).asummarize(TEXTS[0]))  # type: ignore[arg-type]
    await begun.wait()
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize("call", [batch, abatch], ids=["batch", "abatch"])
@pytest.mark.parametrize("error", [KeyError("choices"), asyncio.CancelledError(), StopIteration()], ids=repr)
def test_a_batch_loses_no_article_to_an_odd_exception(call: Call, error: BaseException) -> None:
    told = call(Raising(error))

    assert [one.outcome for one in told if isinstance(one, Failure)] == ["error"]
    assert sum(isinstance(one, Result) for one in told) == 2


class Stop(BaseException):
    """What is no `Exception`, such as the outcome of a test."""


@pytest.mark.parametrize("call", [batch, abatch], ids=["batch", "abatch"])
@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(3), Stop()], ids=repr)
def test_what_is_no_exception_ends_the_run_and_is_raised(call: Call, error: BaseException) -> None:
    with pytest.raises(type(error)):
        call(Raising(error))


def test_what_a_provider_says_of_itself_is_passed_on() -> None:
    class Told(Mine):
        info = ModelInfo("told", "told")
        base_url = "http://127.0.0.1:1/v1"

    told: Provider = Told(replies.verbatim)
    assert Vetted(told).info is Told.info
    assert Vetted(told).base_url == Told.base_url
    assert Vetted(Mine(replies.verbatim)).info.label == "Mine"


class Late:
    """A provider that takes long the first time, or raises."""

    def __init__(self, error: Exception | None = None) -> None:
        self.error = error
        self.asked = self.cancelled = 0

    async def acomplete(self, request: Request) -> Completion:
        self.asked += 1
        if self.error is not None:
            raise self.error
        try:
            await asyncio.sleep(60 if self.asked == 1 else 0)
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
        return Completion(replies.verbatim(request), "late")


def test_a_call_that_takes_longer_than_it_may_is_cancelled_and_tried_again() -> None:
    late = Late()

    result = asyncio.run(Summarizer(late, limits=Limits(timeout_s=0.1)).asummarize(TEXTS[0]))  # type: ignore[arg-type]

    assert result.grounded
    assert (late.asked, late.cancelled, result.usage.requests) == (2, 1, 2)
    assert result.usage.cost_usd is None


def test_an_article_of_a_batch_whose_call_takes_longer_than_it_may_fails_alone() -> None:
    late = Late()
    limits = Limits(timeout_s=0.1, max_attempts=1)

    found = list(Summarizer(late, limits=limits).batch(TEXTS[:2], concurrency=1))  # type: ignore[arg-type]

    (failure,) = (one for one in found if isinstance(one, Failure))
    assert (failure.outcome, failure.usage.requests, failure.usage.cost_usd) == ("unavailable", 1, None)
    assert sum(isinstance(one, Result) for one in found) == 1
    assert (late.asked, late.cancelled) == (2, 1)


def test_what_always_takes_longer_is_told_with_its_class() -> None:
    limits = Limits(timeout_s=0.001, max_attempts=1)

    with pytest.raises(Unavailable, match=r"Late\.acomplete\(\) did not finish within the time limit of 0\.001 s"):
        asyncio.run(Summarizer(Late(), limits=limits).asummarize(TEXTS[0]))  # type: ignore[arg-type]


def test_a_time_limit_of_its_own_comes_out_as_it_is() -> None:
    own = TimeoutError("mine")
    with pytest.raises(TimeoutError) as caught:
        asyncio.run(Summarizer(Late(own), limits=Limits(timeout_s=9)).asummarize(TEXTS[0]))  # type: ignore[arg-type]

    assert caught.value is own


def test_who_cancels_a_call_with_a_time_limit_finds_it_cancelled() -> None:
    async def cancel() -> Late:
        late = Late()
        task = asyncio.create_task(Summarizer(late, limits=Limits(timeout_s=30)).asummarize(TEXTS[0]))  # type: ignore[arg-type]
        while not late.asked:  # noqa: ASYNC110 - it takes a thread or two until then
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return late

    assert asyncio.run(cancel()).cancelled == 1
