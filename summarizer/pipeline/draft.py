"""A summary on its way, and what the article says of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Generic, TypeVar

from pydantic import BaseModel

from summarizer.errors import InvalidReply, SummarizerError
from summarizer.ground import Grounding, ground, restated
from summarizer.ground.nearest import stand_ins
from summarizer.pipeline.drive import Choice, Flow, Look, ask, choose, look_at
from summarizer.pipeline.task import Task
from summarizer.records import Check, Origin, Plan, Request, Usage
from summarizer.records.quick import quick
from summarizer.schema import Claim, find_claims, list_of, place
from summarizer.validate import validate

S = TypeVar("S", bound=BaseModel)
R = TypeVar("R", bound=BaseModel)

UNPLACED = "an unsupported statement stays, marked: the schema does not take the article's own sentence in its place"
UNREPLACED = "an unsupported statement stays, marked: no sentence of the article says anything of it"


@quick
@dataclass(frozen=True, slots=True)
class Draft(Generic[S]):
    """A summary on its way, with everything that is already known about it."""

    summary: S
    checks: tuple[Check, ...]
    model: str
    usage: Usage
    warnings: tuple[str, ...]


def grounded(draft: Draft[S], cut: Plan, task: Task[S], changed: Mapping[str, Origin] | None = None) -> Flow[Draft[S]]:
    """Look at claims. Their cites stay what the model wrote; a check names the evidence that holds.

    Args:
        draft: The summary; where claims changed, with the checks of what it was before.
        cut: The units that it may rest on.
        task: What is done to the article.
        changed: Who wrote the claims that changed, by their JSON pointers: the others are not looked at again. None
            looks at all.
    """
    look = look_of(draft, cut, task, changed)
    found = restated(*look.args, **look.keywords)
    return with_checks(draft, (yield from look_at(look)) if found is None else found, changed)


def look_of(draft: Draft[S], cut: Plan, task: Task[S], changed: Mapping[str, Origin] | None = None) -> Look:
    """Return the look that `grounded` has taken: nothing of it is of a class that only this process knows."""
    claims = tuple(
        (path, _bare(claim)) for path, claim in find_claims(draft.summary) if changed is None or path in changed
    )
    return partial(
        ground, claims, cut.units, language=cut.article.language, asked_language=task.language, origins=changed
    )


def with_checks(draft: Draft[S], grounding: Grounding, changed: Mapping[str, Origin] | None = None) -> Draft[S]:
    """Put what a look found into a draft."""
    checks = grounding.checks
    if changed is not None:
        looked = {found.path: found for found in checks}
        checks = tuple(
            replace(looked[found.path], rejected=found.rejected) if found.path in looked else found
            for found in draft.checks
        )
    new = tuple(line for line in grounding.warnings if line not in draft.warnings)
    return Draft(draft.summary, checks, draft.model, draft.usage, draft.warnings + new)


def follow_up(draft: Draft[S], request: Request, schema: type[R], failed: str) -> Flow[tuple[Draft[S], R | None]]:
    """Ask one more question about a draft, which stays as it is where that fails.

    Args:
        draft: The summary.
        request: The question.
        schema: What the reply must fit.
        failed: What could not be done if there is none, for a warning.

    Returns:
        The draft with what the question consumed and what is to be known of it; and the reply, None if there is none.

    Raises:
        SummarizerError: One that stops a run.
    """
    try:
        completion = yield from ask(request, draft.usage)
        new = tuple(line for line in completion.warnings if line not in draft.warnings)
        draft = replace(draft, usage=draft.usage + completion.usage, warnings=draft.warnings + new)
        return draft, validate(completion.text, schema)
    except SummarizerError as error:
        if error.stops_run:
            raise
        # The schema of such a reply may be none that a user has named.
        said = f"the reply was invalid: {error.problems[0]}" if isinstance(error, InvalidReply) else error.message
        note = f"{failed}: {said}"
        return replace(draft, usage=error.usage or draft.usage, warnings=(*draft.warnings, note)), None


def replaced(draft: Draft[S], cut: Plan, task: Task[S]) -> Flow[Draft[S]]:
    """Put the article's own sentence in the place of every claim that still fails, where one says anything of it."""
    failing = [found for found in draft.checks if not found.supported]
    if not failing:
        return draft
    claims = dict(find_claims(draft.summary))
    chosen = yield from choose(_choice(draft, failing, claims, cut))
    new = {
        found.path: Claim(text=unit.text, cites=[unit.number])
        for found, unit in zip(failing, chosen.units, strict=True)
        if unit is not None
    }
    summary, placed = place(draft.summary, new)
    short = ((UNREPLACED, len(new) < len(failing)), (UNPLACED, len(placed) < len(new)))
    draft = replace(draft, warnings=(*draft.warnings, *(line for line, is_so in short if is_so)))
    if placed and task.language not in (None, language := cut.article.language):
        note = f"the article's own sentences, which stand for others, are in {language!r}, not in {task.language!r}"
        draft = replace(draft, warnings=(*draft.warnings, note))
    checks = tuple(
        replace(found, rejected=found.rejected or claims[found.path].text) if found.path in placed else found
        for found in draft.checks
    )
    draft = replace(draft, summary=summary, checks=checks)
    extracts: dict[str, Origin] = dict.fromkeys(placed, "extract")
    return (yield from grounded(draft, cut, task, extracts))


def _choice(draft: Draft[S], failing: Sequence[Check], claims: Mapping[str, Claim], cut: Plan) -> Choice:
    """Return what chooses a sentence for each failing claim, with nothing of a class that only this process knows."""
    taken: dict[str, set[int]] = {}
    for found in draft.checks:
        among = list_of(draft.summary, found.path)
        if found.origin == "extract" and among is not None:
            taken.setdefault(among, set()).update(claims[found.path].cites)
    wanted = tuple((_bare(claims[found.path]), found, list_of(draft.summary, found.path)) for found in failing)
    return partial(stand_ins, wanted, cut.units, language=cut.article.language, taken=taken)


def _bare(claim: Claim) -> Claim:
    return claim if type(claim) is Claim else Claim.model_construct(text=claim.text, cites=claim.cites)
