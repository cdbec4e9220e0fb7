"""Door `scripted`: what apps use in the place of a model."""

from __future__ import annotations

import datetime as dt
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from pydantic import UUID1, BaseModel, ConfigDict, Field, HttpUrl

from summarizer import Budget, Claim, Completion, Limits, ScriptedProvider, Summarizer
from summarizer.errors import RateLimited, Refused, UsageError
from summarizer.records import Article, Message, Request

from .calls import Call
from .schemas import Moves

ARTICLE = Article("The dam will be repaired. It costs 40 million dollars.\n\nWork begins in May.")


class Brief(BaseModel):
    headline: Claim
    points: list[Claim]


def request() -> Request:
    return Request(model="m", messages=(Message("user", "question"),))


def test_a_function_answers_with_a_text_a_completion_or_an_error(call: Call) -> None:
    assert call(ScriptedProvider(lambda _: "text"), request()).text == "text"
    assert call(ScriptedProvider(lambda _: Completion("whole", "m-2026")), request()).model == "m-2026"
    with pytest.raises(Refused, match="no"):
        call(ScriptedProvider(lambda _: Refused("no")), request())


@pytest.mark.parametrize("answer", ["a reply", 5, b"reply"], ids=repr)
def test_what_is_no_function_is_refused(answer: Any) -> None:
    with pytest.raises(UsageError, match="a function that takes a request"):
        ScriptedProvider(answer)


def test_what_is_scripted_comes_first_once_each_and_in_order(call: Call) -> None:
    provider = ScriptedProvider(lambda _: "then").next(RateLimited("busy"), "first").next(Refused("no"))

    with pytest.raises(RateLimited):
        call(provider, request())
    first = call(provider, request())
    with pytest.raises(Refused):
        call(provider, request())

    assert (first.text, call(provider, request()).text) == ("first", "then")
    assert len(provider.requests) == 4


def test_an_error_that_is_the_answer_to_several_requests_is_counted_for_each_alone() -> None:
    busy = RateLimited("busy", retry_after_s=0.01)
    summarizer = Summarizer(ScriptedProvider(lambda _: busy), limits=Limits(max_attempts=2), budget=Budget())

    for _ in range(3):
        with pytest.raises(RateLimited, match=r"^busy$") as caught:
            summarizer.summarize(ARTICLE)
        assert caught.value.usage is not None
        assert caught.value.usage.requests == 2

    assert summarizer.budget is not None
    assert summarizer.budget.spent.requests == 6


class Dated(BaseModel):
    model_config = ConfigDict(strict=True)

    says: Claim
    day: dt.date
    at: dt.datetime
    hour: dt.time
    lasts: dt.timedelta
    ids: tuple[UUID, ...] = Field(min_length=2)
    first: UUID1
    site: HttpUrl
    host: IPv4Address
    file: Path
    raw: bytes


@pytest.mark.parametrize("schema", [None, Brief, Moves, Dated])
def test_without_a_function_the_article_s_own_sentences_answer_in_any_schema(schema: type[BaseModel] | None) -> None:
    options = {"schema": schema} if schema else {}

    result = Summarizer(ScriptedProvider(), **options).summarize(ARTICLE)  # type: ignore[arg-type]

    assert (result.grounded, result.model) == (True, "scripted")
    assert all(check.evidence[0].text in ARTICLE.text for check in result.checks)
