"""The flow from an article to a result, without any input or output.

A flow is a generator: it yields tuples of requests, to be answered together, and is sent one outcome for each, a
completion or the error in its place. It never waits, reads a clock or looks at the environment, so one description of
the work serves a script, an async app, a batch and a test. `run` and `arun` drive it against a provider.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import math
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel, Field, create_model

from summarizer.errors import InvalidReply, SummarizerError, TruncatedOutput, Ungrounded
from summarizer.ground import ground
from summarizer.ground.nearest import nearest
from summarizer.language import detect
from summarizer.plan import plan, split
from summarizer.prompt import Prompts
from summarizer.records import (
    Article,
    Check,
    Completion,
    Coverage,
    Finding,
    Message,
    ModelInfo,
    Origin,
    Plan,
    Provider,
    Request,
    Result,
    Unit,
    Usage,
)
from summarizer.schema import Claim, find_claims, find_unchecked, replace_claims, reply_format, without_repeats
from summarizer.validate import validate

S = TypeVar("S", bound=BaseModel)
T = TypeVar("T")

OnUnsupported = Literal["replace", "report", "raise"]
Outcome = Completion | SummarizerError
Flow = Generator[tuple[Request, ...], tuple[Outcome, ...], T]

NO_MODEL = "no language model was used: the sentences are the article's own"

# Room for JSON around the words, and for languages that need up to four tokens a word (SmolLM2 on French: 3.1; o200k
# on Arabic, Hindi, Japanese: below 3): a reply that runs into this cap is not a long summary but a loop.
_TOKENS_A_WORD = 4
_TOKENS_AROUND = 600

# A list of claims is asked to be no longer than the words allow: of 381 claims in six languages (`fixtures/eval`), 5 %
# have fewer than eight words.
_WORDS_A_CLAIM = 8
_FEWEST_CLAIMS = 3

# Words asked for after a reply that was cut. SmolLM2 (0.1B), which goes round for ever in long lists, ends within it.
_SHORT = 30

# A judge writes about twenty words and a verdict on each claim.
_TOKENS_A_RULING = 120

# How far off an estimate of tokens may be: SmolLM2 takes 1.44 times the tokens of o200k on French.
_DOUBT = 1.5

# A repair shows this many units on either side of the evidence, so that a model can see a better sentence beside it.
_WINDOW = 2


@dataclass(frozen=True, slots=True)
class Task(Generic[S]):
    """What is done to each article of a run.

    Attributes:
        schema: The class of the summary.
        preset: Name of the prompt.
        language: ISO 639-1 code to write in; None keeps the article's.
        max_words: How long the summary may be.
        max_repairs: Rounds in which a bad reply, or its failing claims, go back.
        on_unsupported: What becomes of a claim that still fails.
        judge: The model that looks at the riskiest claims, if one does.
        judge_share: How many of the claims it looks at, in (0, 1].
    """

    schema: type[S]
    preset: str = "summary"
    language: str | None = None
    max_words: int = 120
    max_repairs: int = 2
    on_unsupported: OnUnsupported = "replace"
    judge: ModelInfo | None = None
    judge_share: float = 0.35

    def key(self, prompts: Prompts, model: str) -> str:
        """SHA-256 of all that decides what becomes of an article: schema, words of the prompts, model, settings."""
        form = reply_format(self.schema)
        parts = {
            "schema": dict(form.schema),
            "name": form.name,
            "prompts": prompts.fingerprint(self.preset),
            "model": model,
            "preset": self.preset,
            "language": self.language,
            "max_words": self.max_words,
            "max_repairs": self.max_repairs,
            "on_unsupported": self.on_unsupported,
            "judge": self.judge and [self.judge.label, self.judge_share],
        }
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Measure:
    """How long texts are for a model.

    Attributes:
        count: Tokens of a text.
        exact: Whether these are the model's own tokens.
    """

    count: Callable[[str], int]
    exact: bool


class Mended(BaseModel):
    """Claims written anew, in the order in which they were asked for."""

    claims: list[Claim]


@lru_cache(maxsize=64)
def _mended(claims: int) -> type[Mended]:
    """The schema of a reply that holds so many claims, no more and no fewer."""
    note = "One corrected statement for each one given, in order."
    exactly = Field(min_length=claims, max_length=claims, description=note)
    return create_model("Mended", __base__=Mended, claims=(list[Claim], exactly))


@dataclass(frozen=True, slots=True)
class _Draft(Generic[S]):
    """A summary on its way, with everything that is already known about it."""

    summary: S
    checks: tuple[Check, ...]
    model: str
    usage: Usage
    warnings: tuple[str, ...]


def summarize(
    article: Article, task: Task[S], *, prompts: Prompts, model: ModelInfo, measure: Measure
) -> Flow[Result[S]]:
    """Describe how an article becomes a result.

    Raises:
        SummarizerError: The article is too long, the model cannot be reached or declines, no reply fits the schema,
            or a claim is unsupported and the task asks for an error. Its `usage` is what was consumed until then.
    """
    language = article.language or detect(article.text)
    article = replace(article, language=language)
    cut = _plan(article, task, prompts, model, measure)
    request = _question(cut.units, article, task, prompts, model)

    def shorter() -> Request:
        brief = replace(task, max_words=min(_SHORT, task.max_words))
        return replace(_question(cut.units, article, brief, prompts, model), purpose="shorter")

    draft = yield from _write(request, task, prompts, model, shorter)
    draft = _grounded(draft, cut, task)
    if model.writes:
        draft = yield from _mend(draft, cut, task, prompts, request)
        if task.judge is not None:
            draft = yield from _judge(draft, cut, task, prompts, task.judge)
    if task.on_unsupported == "replace":
        draft = _replaced(draft, cut, task)
    result = _result(draft, cut, task)
    if task.on_unsupported == "raise" and not result.grounded:
        error = Ungrounded(_first_doubt(result.checks, article.source), result=result)
        error.usage = result.usage
        raise error
    return result


def check(article: Article, summary: S, *, language: str | None = None) -> Result[S]:
    """Ground a summary that was made elsewhere; asks no model.

    Args:
        article: What the summary is about.
        summary: A schema instance; claims without cites get their evidence by search.
        language: The language the summary was asked for; None takes the one it is in.
    """
    article = replace(article, language=article.language or detect(article.text))
    if language is None:
        written = detect("\n".join(claim.text for _, claim in find_claims(summary)))
        language = written if written != article.language else None
    units = split(article.text, article.language)
    cut = Plan(article, units, (), exact=False)
    task: Task[S] = Task(schema=type(summary), language=language, on_unsupported="report")
    return _result(_grounded(_Draft(summary, (), "none", Usage(), ()), cut, task), cut, task)


# ---------------------------------------------------------------------------------------------------------- the drivers


def run(flow: Flow[T], provider: Provider) -> T:
    """Drive a flow: answer its requests with a provider until it returns; several at once go to threads."""

    def ask(request: Request) -> Outcome:
        try:
            return provider.complete(request)
        except SummarizerError as error:
            return error

    try:
        requests = next(flow)
        while True:
            requests = flow.send(_ask_all(ask, requests))
    except StopIteration as stop:
        value: T = stop.value
        return value


async def arun(flow: Flow[T], provider: Provider) -> T:
    """Drive a flow like `run`, without blocking the event loop."""

    async def ask(request: Request) -> Outcome:
        try:
            return await provider.acomplete(request)
        except SummarizerError as error:
            return error

    try:
        requests = next(flow)
        while True:
            requests = flow.send(tuple(await asyncio.gather(*map(ask, requests))))
    except StopIteration as stop:
        value: T = stop.value
        return value


def _ask_all(ask: Callable[[Request], Outcome], requests: Sequence[Request]) -> tuple[Outcome, ...]:
    if len(requests) == 1:
        return (ask(requests[0]),)
    with ThreadPoolExecutor(max_workers=min(16, len(requests))) as pool:
        return tuple(pool.map(ask, requests))


# ------------------------------------------------------------------------------------------------------------ the steps


def _plan(article: Article, task: Task[Any], prompts: Prompts, model: ModelInfo, measure: Measure) -> Plan:
    """Cut the article to what fits beside the instructions and the reply."""
    if model.window is None:
        return plan(article, count=measure.count, exact=measure.exact, room=None)
    around = _question((), article, task, prompts, model)
    fixed = sum(measure.count(message.content) + 8 for message in around.messages)
    room = model.window - fixed - (around.max_output_tokens or 0)
    if not measure.exact:
        room = int(room * _DOUBT)  # what an estimate calls too long may fit; the server says so, and nothing is cut
    return plan(article, count=measure.count, exact=measure.exact, room=max(0, room))


def _question(units: Sequence[Unit], article: Article, task: Task[Any], prompts: Prompts, model: ModelInfo) -> Request:
    schema: type[BaseModel] = task.schema
    form = reply_format(schema, max(_FEWEST_CLAIMS, task.max_words // _WORDS_A_CLAIM))
    messages = prompts.ask(
        task.preset,
        units,
        article_id=article.id,
        format=form,
        language=task.language,
        max_words=task.max_words,
    )
    return Request(
        model=model.name,
        messages=messages,
        format=form,
        max_output_tokens=_TOKENS_AROUND + _TOKENS_A_WORD * task.max_words,
        temperature=0.0,
        units=tuple(units),
        max_words=task.max_words,
        provenance=_provenance(article, task, prompts),
    )


def _provenance(article: Article, task: Task[Any], prompts: Prompts) -> dict[str, str]:
    """Where a question comes from: what a recording must know to say why it is no longer found."""
    facts = {
        "article": article.id,
        "article_language": article.language,
        "article_source": article.source,
        "language": task.language,
        "preset": task.preset,
        "schema": f"{task.schema.__module__}:{task.schema.__qualname__}",
        "templates": prompts.versions(task.preset),
    }
    return {name: value for name, value in facts.items() if value is not None}


def _write(
    request: Request, task: Task[S], prompts: Prompts, model: ModelInfo, shorter: Callable[[], Request]
) -> Flow[_Draft[S]]:
    """Ask until a reply fits the schema; each round must change something.

    A reply that was cut at its length limit is no reply: one shorter one is asked for in its place.
    """
    usage = Usage()
    warnings: tuple[str, ...] = () if model.writes else (NO_MODEL,)
    before: str | None = None
    repairs = 0
    while True:
        try:
            completion = yield from _ask(request, usage)
        except TruncatedOutput as error:
            if request.purpose != "summary":
                raise
            usage = error.usage or usage
            request = shorter()
            warnings += ("the first reply was cut at its length limit: a shorter summary was asked for",)
            continue
        usage += completion.usage
        warnings += completion.warnings
        try:
            summary, repeats = without_repeats(validate(completion.text, task.schema))
        except InvalidReply as error:
            if repairs == task.max_repairs or completion.text == before:
                error.usage = usage
                raise
            before = completion.text
            repairs += 1
            request = replace(
                request,
                messages=(*request.messages, Message("assistant", completion.text), prompts.repair(error.problems)),
                purpose="repair",
            )
            continue
        if repeats:
            warnings += (f"{repeats} statements that repeat others word for word were left out",)
        return _Draft(summary, (), model.label, usage, warnings)


def _ask(request: Request, before: Usage) -> Flow[Completion]:
    """Ask one question; an error carries what was consumed before it too."""
    (outcome,) = yield (request,)
    if isinstance(outcome, SummarizerError):
        outcome.usage = before + outcome.usage if outcome.usage else before
        raise outcome
    return outcome


def _grounded(draft: _Draft[S], cut: Plan, task: Task[S], origins: dict[str, Origin] | None = None) -> _Draft[S]:
    """Look at every claim anew, and let its cites be the evidence that was found to hold."""
    claims = tuple(find_claims(draft.summary))
    grounding = ground(
        claims,
        cut.article,
        cut.units,
        language=cut.article.language,
        asked_language=task.language,
    )
    checks = tuple(
        replace(found, origin=(origins or {}).get(found.path, "model"), rejected=_rejected(draft.checks, found.path))
        for found in grounding.checks
    )
    cited = {
        found.path: Claim(text=claim.text, cites=[item.unit for item in found.evidence])
        for (_, claim), found in zip(claims, checks, strict=True)
        if found.corrected is not None
    }
    summary = replace_claims(draft.summary, cited) if cited else draft.summary
    new = tuple(line for line in grounding.warnings if line not in draft.warnings)
    return replace(draft, summary=summary, checks=checks, warnings=draft.warnings + new)


def _rejected(checks: Sequence[Check], path: str) -> str | None:
    return next((found.rejected for found in checks if found.path == path), None)


def _mend(draft: _Draft[S], cut: Plan, task: Task[S], prompts: Prompts, asked: Request) -> Flow[_Draft[S]]:
    """Send only the failing claims back, with their findings and the units around their evidence."""
    for _ in range(task.max_repairs):
        failing = [found for found in draft.checks if not found.supported]
        if not failing:
            break
        claims = dict(find_claims(draft.summary))
        request = _mending(failing, claims, cut, prompts, asked)
        try:
            completion = yield from _ask(request, draft.usage)
            draft = replace(draft, usage=draft.usage + completion.usage)
            mended = validate(completion.text, _mended(len(failing))).claims
        except SummarizerError as error:
            if error.stops_run:
                raise
            spent = error.usage or draft.usage
            note = f"the unsupported statements could not be repaired: {error.message}"
            return replace(draft, usage=spent, warnings=(*draft.warnings, note))
        changed = {
            found.path: claim
            for found, claim in zip(failing, mended, strict=True)
            if claim.text != claims[found.path].text or claim.cites != claims[found.path].cites
        }
        if not changed:
            break
        draft = _kept_where_better(draft, changed, cut, task)
    return draft


def _mending(
    failing: Sequence[Check], claims: dict[str, Claim], cut: Plan, prompts: Prompts, asked: Request
) -> Request:
    near = {number for found in failing for number in _near(found, claims[found.path], len(cut.units))}
    units = tuple(unit for unit in cut.units if unit.number in near) or cut.units[: 4 * _WINDOW]
    form = reply_format(_mended(len(failing)))
    message = prompts.mend(
        [(claims[found.path], found.findings) for found in failing], units, article_id=cut.article.id, format=form
    )
    return replace(asked, messages=(asked.messages[0], message), format=form, units=units, purpose="mend")


def _near(found: Check, claim: Claim, last: int) -> set[int]:
    """Numbers of the units around those that a failing claim rests on or cites."""
    middle = {item.unit for item in found.evidence} | {number for number in claim.cites if 1 <= number <= last}
    return {near for number in middle for near in range(max(1, number - _WINDOW), min(last, number + _WINDOW) + 1)}


def _kept_where_better(draft: _Draft[S], changed: dict[str, Claim], cut: Plan, task: Task[S]) -> _Draft[S]:
    """Take the mended claims; where one fails as before, its next round starts from it."""
    old = {path: claim.text for path, claim in find_claims(draft.summary)}
    origins: dict[str, Origin] = {found.path: found.origin for found in draft.checks}
    origins |= dict.fromkeys(changed, "repair")
    checks = tuple(
        replace(found, rejected=found.rejected or old[found.path]) if found.path in changed else found
        for found in draft.checks
    )
    mended = replace(draft, summary=replace_claims(draft.summary, changed), checks=checks)
    return _grounded(mended, cut, task, origins)


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


def _judge(draft: _Draft[S], cut: Plan, task: Task[S], prompts: Prompts, judge: ModelInfo) -> Flow[_Draft[S]]:
    """Ask another model about the riskiest of the claims that the checks let pass, all in one request."""
    number = math.ceil(task.judge_share * len(draft.checks))
    passed = [found for found in draft.checks if found.supported]
    risky = sorted(passed, key=lambda found: found.risk, reverse=True)[:number]
    if not risky:
        return draft
    claims = dict(find_claims(draft.summary))
    form = reply_format(_rulings(len(risky)))
    messages = prompts.judge(
        [(claims[found.path], found.evidence) for found in risky], article_id=cut.article.id, format=form
    )
    most = _TOKENS_AROUND + _TOKENS_A_RULING * len(risky)
    request = Request(judge.name, messages, form, max_output_tokens=most, temperature=0.0, purpose="judge")
    try:
        completion = yield from _ask(request, draft.usage)
        draft = replace(draft, usage=draft.usage + completion.usage)
        rulings = validate(completion.text, _rulings(len(risky))).rulings
    except SummarizerError as error:
        if error.stops_run:
            raise
        note = f"the judge could not be asked: {error.message}"
        return replace(draft, usage=error.usage or draft.usage, warnings=(*draft.warnings, note))
    doubted = {
        found.path: Finding("entailment", f"{judge.label}: {ruling.reason}")
        for found, ruling in zip(risky, rulings, strict=True)
        if not ruling.supported
    }
    checks = tuple(
        replace(found, verdict="unsupported", findings=(*found.findings, doubted[found.path]), risk=1.0)
        if found.path in doubted
        else found
        for found in draft.checks
    )
    return replace(draft, checks=checks)


def _replaced(draft: _Draft[S], cut: Plan, task: Task[S]) -> _Draft[S]:
    """Put the article's own sentence in the place of every claim that still fails."""
    claims = dict(find_claims(draft.summary))
    taken = {number for found in draft.checks if found.origin == "extract" for number in claims[found.path].cites}
    new: dict[str, Claim] = {}
    checks: list[Check] = []
    for found in draft.checks:
        if found.supported:
            checks.append(found)
            continue
        unit = nearest(claims[found.path], found, cut.article, cut.units, taken=taken)
        taken.add(unit.number)
        new[found.path] = Claim(text=unit.text, cites=[unit.number])
        checks.append(replace(found, origin="extract", rejected=found.rejected or claims[found.path].text))
    if not new:
        return draft
    origins: dict[str, Origin] = {found.path: found.origin for found in checks}
    placed = replace(draft, summary=replace_claims(draft.summary, new), checks=tuple(checks))
    return _grounded(placed, cut, task, origins)


def _result(draft: _Draft[S], cut: Plan, task: Task[S]) -> Result[S]:
    cited = sorted({item.unit for found in draft.checks if found.supported for item in found.evidence})
    return Result(
        article_id=cut.article.id,
        source=cut.article.source,
        language=task.language or cut.article.language,
        model=draft.model,
        summary=draft.summary,
        checks=draft.checks,
        unchecked=tuple(find_unchecked(draft.summary)),
        warnings=draft.warnings,
        coverage=Coverage(units=len(cut.units), cited=tuple(cited)),
        usage=draft.usage,
    )


def _first_doubt(checks: Sequence[Check], source: str | None) -> str:
    failing = [found for found in checks if not found.supported]
    first = failing[0].findings[0].detail if failing[0].findings else "no evidence"
    name = repr(source) if source else "the article"
    return f"{len(failing)} of {len(checks)} statements about {name} are unsupported; {failing[0].path}: {first}"
