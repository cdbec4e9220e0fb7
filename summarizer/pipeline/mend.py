"""Repair of claims: only what fails goes back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Any, TypeVar

from pydantic import BaseModel, Field, create_model

from summarizer.pipeline.draft import Draft, follow_up, grounded
from summarizer.pipeline.drive import Flow
from summarizer.pipeline.task import Given, Task
from summarizer.records import Check, Plan, Request
from summarizer.schema import Claim, find_claims, place
from summarizer.shape import reply_format

S = TypeVar("S", bound=BaseModel)

# A repair shows this many units on either side of the evidence, so that a model can see a better sentence beside it.
_WINDOW = 2


class Mended(BaseModel):
    """Claims written anew, in the order in which they were asked for."""

    claims: list[Claim]


@lru_cache(maxsize=64)
def _mended(claims: int) -> type[Mended]:
    """The schema of a reply that holds so many claims, no more and no fewer."""
    note = "One corrected statement for each one given, in order."
    exactly = Field(min_length=claims, max_length=claims, description=note)
    return create_model("Mended", __base__=Mended, claims=(list[Claim], exactly))


def mend(draft: Draft[S], cut: Plan, given: Given[S], asked: Request) -> Flow[Draft[S]]:
    """Send only the failing claims back, with their findings and the units around their evidence."""
    for _ in range(given.task.max_repairs):
        failing = [found for found in draft.checks if not found.supported]
        if not failing:
            break
        claims = dict(find_claims(draft.summary))
        request = _mending(failing, claims, cut, given, asked)
        while len(failing) > 1 and not given.fits(request):
            del failing[len(failing) // 2 :]  # the others wait for the next round
            request = _mending(failing, claims, cut, given, asked)
        schema, failed = _mended(len(failing)), "the unsupported statements could not be repaired"
        draft, reply = yield from follow_up(draft, request, schema, failed)
        if reply is None:
            break
        paths = (found.path for found in failing)
        summary, placed = place(draft.summary, dict(zip(paths, reply.claims, strict=True)))
        changed = {
            path
            for path, claim in placed.items()
            if claim.text != claims[path].text or claim.cites != claims[path].cites
        }
        if not changed:
            break
        draft = yield from _with_mended(draft, summary, changed, cut, given.task)
    return draft


def _mending(
    failing: Sequence[Check], claims: dict[str, Claim], cut: Plan, given: Given[Any], asked: Request
) -> Request:
    last = cut.units[-1].number
    near = {number for found in failing for number in _near(found, claims[found.path], last)}
    units = tuple(unit for unit in cut.units if unit.number in near) or cut.units[: 4 * _WINDOW]
    form = reply_format(_mended(len(failing)))
    message = given.prompts.mend(
        [(claims[found.path], found.findings) for found in failing], units, article_id=cut.article.id, format=form
    )
    return replace(asked, messages=(asked.messages[0], message), format=form, units=units, purpose="mend")


def _near(found: Check, claim: Claim, last: int) -> set[int]:
    """Numbers around those of the units that a failing claim rests on or cites."""
    middle = {item.unit for item in found.evidence} | {number for number in claim.cites if 1 <= number <= last}
    return {near for number in middle for near in range(number - _WINDOW, number + _WINDOW + 1)}


def _with_mended(draft: Draft[S], summary: S, changed: set[str], cut: Plan, task: Task[S]) -> Flow[Draft[S]]:
    """Take the mended claims; where one fails as before, its next round starts from it."""
    old = {path: claim.text for path, claim in find_claims(draft.summary)}
    checks = tuple(
        replace(found, rejected=found.rejected or old[found.path]) if found.path in changed else found
        for found in draft.checks
    )
    mended = replace(draft, summary=summary, checks=checks)
    return (yield from grounded(mended, cut, task, dict.fromkeys(changed, "repair")))
