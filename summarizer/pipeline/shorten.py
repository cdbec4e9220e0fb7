"""Length: a summary that is longer than was asked for goes back once; it is never cut."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from pydantic import BaseModel

from summarizer.pipeline.draft import Draft, follow_up
from summarizer.pipeline.drive import Flow
from summarizer.pipeline.task import Given, Task
from summarizer.pipeline.write import question
from summarizer.plan import split
from summarizer.records import Message, Plan
from summarizer.schema import body, find_claims, without_repeats
from summarizer.words import count_words

S = TypeVar("S", bound=BaseModel)

# Models do not count: a summary that is a little longer than asked is as good, and asking again costs a request.
_TOLERANCE = 1.1


def excess(draft: Draft[Any], cut: Plan, task: Task[Any]) -> list[str]:
    """Say what a summary has too much of: `180 words where at most 120 were asked for`."""
    return [
        f"{count} {what} where at most {most} {'was' if most == 1 else 'were'} asked for"
        for what, count, most in _lengths(draft.summary, task, task.language or cut.article.language)
        if count > _TOLERANCE * most
    ]


def shorten(draft: Draft[S], cut: Plan, given: Given[S], before: Sequence[str]) -> Flow[Draft[S]]:
    """Send a summary that is too long back once, with how long it is; keep it when what comes back is no shorter.

    The conversation that goes on shows only the sentences that the summary cites, so that it fits wherever the first
    question did.

    Args:
        draft: The summary.
        cut: The units that it may rest on.
        given: The article and what is done to it.
        before: What it has too much of.
    """
    task = given.task
    if not given.model.writes or task.max_repairs == 0:
        return draft
    language = task.language or cut.article.language
    cited = {number for _, claim in find_claims(draft.summary) for number in claim.cites}
    shown = [unit for unit in cut.units if unit.number in cited] or cut.units
    asked = question(shown, given)
    reply = Message("assistant", draft.summary.model_dump_json(by_alias=True, exclude_computed_fields=True))
    messages = (*asked.messages, reply, given.prompts.shorten(before))
    request = given.fitted(replace(asked, messages=messages, purpose="shorten"))
    draft, shorter = yield from follow_up(draft, request, task.schema, "the summary could not be shortened")
    if shorter is None:
        return draft
    summary, _ = without_repeats(shorter)
    is_shorter = _ratio(summary, task, language) < _ratio(draft.summary, task, language)
    return replace(draft, summary=summary) if is_shorter else draft


def with_length(draft: Draft[S], cut: Plan, task: Task[S]) -> Draft[S]:
    """Warn of a summary that is longer than was asked for, after all that could be done."""
    found = excess(draft, cut, task)
    return replace(draft, warnings=(*draft.warnings, f"the summary has {' and '.join(found)}")) if found else draft


def _ratio(summary: BaseModel, task: Task[Any], language: str | None) -> float:
    """By how much a summary is longer than was asked for, where it is worst."""
    return max(count / most for _, count, most in _lengths(summary, task, language))


def _lengths(summary: BaseModel, task: Task[Any], language: str | None) -> Iterator[tuple[str, int, int]]:
    texts = [claim.text for claim in body(summary)]
    yield "words", sum(map(count_words, texts)), task.max_words
    if task.sentences is not None:
        yield "sentences", sum(len(split(text, language)) for text in texts), task.sentences
