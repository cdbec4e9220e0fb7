"""From an article to a result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeVar

from pydantic import BaseModel

from summarizer.errors import Ungrounded
from summarizer.language import detect
from summarizer.pipeline.draft import Draft, grounded, replaced
from summarizer.pipeline.drive import Flow
from summarizer.pipeline.judge import judge_riskiest
from summarizer.pipeline.mend import mend
from summarizer.pipeline.shorten import shorten, with_length
from summarizer.pipeline.task import Measure, Task
from summarizer.pipeline.write import question, write
from summarizer.plan import plan, split
from summarizer.prompt import Prompts
from summarizer.records import Article, Check, Coverage, ModelInfo, Plan, Request, Result, Usage
from summarizer.schema import find_claims, find_unchecked

S = TypeVar("S", bound=BaseModel)


# Words asked for after a reply that was cut. SmolLM2 (0.1B), which goes round for ever in long lists, ends within it.
_SHORT = 30


# How far off an estimate of tokens may be: SmolLM2 takes 1.44 times the tokens of o200k on French.
_DOUBT = 1.5


def summarize(
    article: Article, task: Task[S], *, prompts: Prompts, model: ModelInfo, measure: Measure
) -> Flow[Result[S]]:
    """Describe how an article becomes a result.

    Raises:
        SummarizerError: The article is too long, the model cannot be reached or declines, no reply fits the schema,
            or a claim is unsupported and the task asks for an error. Its `usage` is what was consumed until then.
    """
    article = article.named(source=article.source, language=article.language or detect(article.text))
    cut = _plan(article, task, prompts, model, measure)
    request = question(cut.units, article, task, prompts, model)

    def shorter() -> Request:
        brief = replace(task, max_words=min(_SHORT, task.max_words))
        return replace(question(cut.units, article, brief, prompts, model), purpose="shorter")

    draft = yield from write(request, task, prompts, model, shorter)
    draft = yield from shorten(draft, cut, task, prompts, model)
    draft = grounded(draft, cut, task)
    if model.writes:
        draft = yield from mend(draft, cut, task, prompts, request)
        if task.judge is not None:
            draft = yield from judge_riskiest(draft, cut, task, prompts, task.judge)
    if task.on_unsupported == "replace":
        draft = replaced(draft, cut, task)
    result = _result(with_length(draft, cut, task), cut, task)
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
    article = article.named(source=article.source, language=article.language or detect(article.text))
    if language is None:
        written = detect("\n".join(claim.text for _, claim in find_claims(summary)))
        language = written if written != article.language else None
    units = split(article.text, article.language)
    cut = Plan(article, units, (), exact=False)
    task: Task[S] = Task(schema=type(summary), language=language, on_unsupported="report")
    return _result(grounded(Draft(summary, (), "none", Usage(), ()), cut, task), cut, task)


def _plan(article: Article, task: Task[Any], prompts: Prompts, model: ModelInfo, measure: Measure) -> Plan:
    """Cut the article to what fits beside the instructions and the reply."""
    if model.window is None:
        return plan(article, count=measure.count, exact=measure.exact, room=None)
    around = question((), article, task, prompts, model)
    fixed = sum(measure.count(message.content) + 8 for message in around.messages)
    room = model.window - fixed - (around.max_output_tokens or 0)
    if not measure.exact:
        room = int(room * _DOUBT)  # what an estimate calls too long may fit; the server says so, and nothing is cut
    return plan(article, count=measure.count, exact=measure.exact, room=max(0, room))


def _result(draft: Draft[S], cut: Plan, task: Task[S]) -> Result[S]:
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
