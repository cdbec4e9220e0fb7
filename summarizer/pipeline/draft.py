"""A summary on its way, and what the article says of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from pydantic import BaseModel

from summarizer.ground import ground
from summarizer.ground.nearest import nearest
from summarizer.pipeline.task import Task
from summarizer.records import Check, Origin, Plan, Usage
from summarizer.schema import Claim, find_claims, replace_claims, says_something

S = TypeVar("S", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Draft(Generic[S]):
    """A summary on its way, with everything that is already known about it."""

    summary: S
    checks: tuple[Check, ...]
    model: str
    usage: Usage
    warnings: tuple[str, ...]


def grounded(draft: Draft[S], cut: Plan, task: Task[S], origins: dict[str, Origin] | None = None) -> Draft[S]:
    """Look at every claim anew. Its cites stay what the model wrote; the check names the evidence that holds."""
    claims = tuple(find_claims(draft.summary))
    grounding = ground(
        claims,
        cut.article,
        cut.units,
        language=cut.article.language,
        asked_language=task.language,
    )
    checks = grounding.checks
    if origins or draft.checks:
        checks = tuple(
            replace(
                found, origin=(origins or {}).get(found.path, "model"), rejected=_rejected(draft.checks, found.path)
            )
            for found in checks
        )
    new = tuple(line for line in grounding.warnings if line not in draft.warnings)
    return replace(draft, checks=checks, warnings=draft.warnings + new)


def _rejected(checks: Sequence[Check], path: str) -> str | None:
    return next((found.rejected for found in checks if found.path == path), None)


def replaced(draft: Draft[S], cut: Plan, task: Task[S]) -> Draft[S]:
    """Put the article's own sentence in the place of every claim that still fails."""
    if all(found.supported for found in draft.checks):
        return draft
    claims = dict(find_claims(draft.summary))
    taken = {number for found in draft.checks if found.origin == "extract" for number in claims[found.path].cites}
    units = [unit for unit in cut.units if says_something(unit.text)]
    new: dict[str, Claim] = {}
    checks: list[Check] = []
    for found in draft.checks:
        if found.supported or not units:
            checks.append(found)
            continue
        unit = nearest(claims[found.path], found, cut.article, units, taken=taken)
        taken.add(unit.number)
        new[found.path] = Claim(text=unit.text, cites=[unit.number])
        checks.append(replace(found, origin="extract", rejected=found.rejected or claims[found.path].text))
    if not new:
        return draft
    origins: dict[str, Origin] = {found.path: found.origin for found in checks}
    placed = replace(draft, summary=replace_claims(draft.summary, new), checks=tuple(checks))
    return grounded(placed, cut, task, origins)
