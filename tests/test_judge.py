"""The judge: another model looks at the riskiest claims that the checks let pass."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest

from summarizer import Result, ScriptedProvider, Summarizer, Summary
from summarizer.errors import Refused, Unauthorized, UsageError
from summarizer.records import Request
from tests import replies

ARTICLE = "Acme plans to raise 100 million euros in May. The money will pay for a plant in Lyon. Initech makes pumps."
GOOD = replies.summary(
    ("Acme plans to raise 100 million euros", [1]),
    ("Acme plans to raise 100 million euros in May.", [1]),
    ("The money will pay for a plant in Lyon.", [2]),
)

Run = Callable[[Summarizer[Summary]], Result[Summary]]


def sync(summarizer: Summarizer[Summary]) -> Result[Summary]:
    return summarizer.summarize(ARTICLE)


def awaited(summarizer: Summarizer[Summary]) -> Result[Summary]:
    return asyncio.run(summarizer.asummarize(ARTICLE))


@pytest.fixture(params=[sync, awaited], ids=["sync", "async"])
def run(request: pytest.FixtureRequest) -> Run:
    chosen: Run = request.param
    return chosen


def ruling(*supported: bool) -> str:
    return json.dumps({"rulings": [{"reason": "because", "supported": each} for each in supported]})


def judging(verdict: bool) -> ScriptedProvider:
    """A judge that says the same of every statement it is shown."""

    def answer(request: Request) -> str:
        return ruling(*[verdict] * request.messages[1].content.count("Statement "))

    return ScriptedProvider(answer)


def summarizer(judge: ScriptedProvider, **options: Any) -> Summarizer[Summary]:
    return Summarizer(ScriptedProvider(lambda _: GOOD), judge=judge, **options)


def test_without_a_judge_nobody_is_asked(run: Run) -> None:
    provider = ScriptedProvider(lambda _: GOOD)

    run(Summarizer(provider))

    assert len(provider.requests) == 1


@pytest.mark.parametrize(("share", "looked_at"), [(0.01, 1), (0.35, 2), (0.67, 3), (1.0, 3)])
def test_a_judge_is_asked_once_about_a_share_of_the_claims(run: Run, share: float, looked_at: int) -> None:
    judge = judging(True)

    result = run(summarizer(judge, judge_share=share))

    (asked,) = judge.requests
    assert asked.messages[1].content.count("Statement ") == looked_at
    assert asked.purpose == "judge"
    assert "[1] Acme plans to raise 100 million euros in May." in asked.messages[1].content
    assert "Initech" not in asked.messages[1].content
    assert result.grounded
    assert result.usage.requests == 2


def test_a_doubt_of_the_judge_is_a_finding(run: Run) -> None:
    result = run(summarizer(judging(False), judge_share=1.0, on_unsupported="report"))

    assert not result.grounded
    assert {finding.kind for check in result.checks for finding in check.findings} == {"entailment"}
    assert {check.risk for check in result.checks} == {1.0}  # no unsupported claim may seem harmless
    assert "because" in result.checks[0].findings[0].detail


def test_what_the_judge_doubts_is_replaced_like_anything_unsupported(run: Run) -> None:
    result = run(summarizer(judging(False), judge_share=0.01))

    assert result.grounded
    assert [check.origin for check in result.checks].count("extract") == 1


def test_a_judge_that_cannot_be_asked_is_a_warning(run: Run) -> None:
    result = run(summarizer(ScriptedProvider(lambda _: Refused("no opinion"))))

    assert result.grounded
    assert "the judge has not ruled: no opinion" in result.warnings


@pytest.mark.parametrize("reply", ["yes", ruling(True), ruling(*[True] * 9)])
def test_a_ruling_that_does_not_fit_is_a_warning(run: Run, reply: str) -> None:
    result = run(summarizer(ScriptedProvider(lambda _: reply)))

    assert any("the judge has not ruled: the reply was invalid: " in warning for warning in result.warnings)


def test_a_judge_s_refused_key_stops_the_run(run: Run) -> None:
    with pytest.raises(Unauthorized):
        run(summarizer(ScriptedProvider(lambda _: Unauthorized("no key"))))


@pytest.mark.parametrize("share", [0.0, -1.0, 1.01, float("nan"), True])
def test_a_share_that_makes_no_sense_is_refused(share: float) -> None:
    with pytest.raises(UsageError, match="judge_share"):
        summarizer(judging(True), judge_share=share)


def test_the_words_for_the_judge_are_pinned(golden: Callable[[str, str], None]) -> None:
    judge = judging(True)
    sync(summarizer(judge))

    golden(
        "prompts/judge.txt", "".join(f"--- {item.role} ---\n{item.content}\n" for item in judge.requests[0].messages)
    )
