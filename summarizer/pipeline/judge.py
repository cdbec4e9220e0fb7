"""A second opinion: another model looks at the riskiest of the claims that the checks let pass."""

from __future__ import annotations

import math
from dataclasses import replace
from functools import lru_cache
from typing import TypeVar

from pydantic import BaseModel, Field, create_model

from summarizer.pipeline.draft import Draft, follow_up
from summarizer.pipeline.drive import Flow
from summarizer.pipeline.task import Task
from summarizer.prompt import Prompts
from summarizer.records import Finding, ModelInfo, Plan, Request
from summarizer.schema import find_claims
from summarizer.shape import reply_format

S = TypeVar("S", bound=BaseModel)

_TOKENS_AROUND = 600

# A judge writes about twenty words and a verdict on each claim.
_TOKENS_A_RULING = 120


class Ruling(BaseModel):
    """What a judge says about one claim."""

    reason: str = Field(
        description="What the sentences say about it, in at most twenty words.", json_schema_extra={"maxLength": 300}
    )
    supported: bool = Field(description="Whether the sentences say what the statement says.")


class Rulings(BaseModel):
    """What a judge says, in the order in which the claims were given."""

    rulings: list[Ruling]


@lru_cache(maxsize=64)
def _rulings(claims: int) -> type[Rulings]:
    exactly = Field(min_length=claims, max_length=claims, description="One for each statement, in order.")
    return create_model("Rulings", __base__=Rulings, rulings=(list[Ruling], exactly))


def judge_riskiest(draft: Draft[S], cut: Plan, task: Task[S], prompts: Prompts, judge: ModelInfo) -> Flow[Draft[S]]:
    """Ask another model about the riskiest of the claims that the checks let pass, all in one request."""
    number = math.ceil(task.judge_share * len(draft.checks))
    passed = [found for found in draft.checks if found.supported]
    risky = sorted(passed, key=lambda found: found.risk, reverse=True)[:number]
    if not risky:
        return draft
    claims = dict(find_claims(draft.summary))
    schema = _rulings(len(risky))
    form = reply_format(schema)
    messages = prompts.judge(
        [(claims[found.path], found.evidence) for found in risky], article_id=cut.article.id, format=form
    )
    most = _TOKENS_AROUND + _TOKENS_A_RULING * len(risky)
    request = Request(judge.name, messages, form, max_output_tokens=most, temperature=0.0, purpose="judge")
    draft, reply = yield from follow_up(draft, request, schema, "the judge has not ruled")
    if reply is None:
        return draft
    doubted = {
        found.path: Finding("entailment", f"{judge.label}: {ruling.reason}")
        for found, ruling in zip(risky, reply.rulings, strict=True)
        if not ruling.supported
    }
    checks = tuple(
        replace(found, verdict="unsupported", findings=(*found.findings, doubted[found.path]), risk=1.0)
        if found.path in doubted
        else found
        for found in draft.checks
    )
    return replace(draft, checks=checks)
