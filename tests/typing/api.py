"""What a type checker must understand of the public API; checked by pyright, not run."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, assert_type

from pydantic import BaseModel

import summarizer
from summarizer import (
    Budget,
    Cassette,
    Claim,
    Completion,
    Failure,
    Request,
    Result,
    ScriptedProvider,
    Summarizer,
    Summary,
)


class Brief(BaseModel):
    headline: Claim
    who_said_it: list[Claim]
    mood: Literal["calm", "tense"]


class Mine:
    """A provider needs no base class."""

    def complete(self, request: Request, /) -> Completion:
        return Completion(text=request.model, model="mine")

    async def acomplete(self, request: Request, /) -> Completion:
        return self.complete(request)


def sync() -> None:
    plain = summarizer.summarize("text", model="extractive")
    assert_type(plain, Result[Summary])
    assert_type(plain.summary.title, Claim)
    assert_type(plain.grounded, bool)
    brief = summarizer.summarize(Path("a.txt"), model=Mine(), schema=Brief)
    assert_type(brief.summary.mood, Literal["calm", "tense"])
    with Summarizer(ScriptedProvider(lambda request: request.model), schema=Brief) as app:
        assert_type(app, Summarizer[Brief])
        assert_type(app.summarize("text"), Result[Brief])
    assert_type(Summarizer().summarize("text"), Result[Summary])
    assert_type(Summarizer().check("text", brief.summary), Result[Brief])
    assert_type(Summarizer().check("text", "Plain.").summary.claims, list[Claim])
    assert_type(Result.from_json("{}"), Result[Summary])
    assert_type(Result.from_json("{}", schema=Brief), Result[Brief])
    with Summarizer(schema=Brief, budget=Budget(max_cost_usd=0.5)) as capped:
        for told in capped.batch([Path("articles")]):
            assert_type(told, Result[Brief] | Failure)
    try:
        summarizer.summarize("text")
    except summarizer.errors.RateLimited as error:
        assert_type(error.retry_after_s, float | None)
    for check in plain.checks:
        assert_type(check.verdict, Literal["supported", "unsupported"])


async def awaited() -> None:
    assert_type(await summarizer.asummarize("text", model=Cassette(Path("tapes"))), Result[Summary])
    async with Summarizer("extractive") as app:
        assert_type(await app.asummarize("text"), Result[Summary])
