"""The first step: ask until a reply fits the schema."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from pydantic import BaseModel

from summarizer.errors import InvalidReply, TruncatedOutput
from summarizer.pipeline.draft import Draft
from summarizer.pipeline.drive import Flow, ask
from summarizer.pipeline.task import Task
from summarizer.prompt import Prompts
from summarizer.records import Article, Message, ModelInfo, Request, Unit, Usage
from summarizer.schema import reply_format, without_repeats
from summarizer.validate import validate

S = TypeVar("S", bound=BaseModel)


NO_MODEL = "no language model was used: the sentences are the article's own"


# Room for JSON around the words, and for languages that need up to four tokens a word (SmolLM2 on French: 3.1; o200k
# on Arabic, Hindi, Japanese: below 3): a reply that runs into this cap is not a long summary but a loop.
_TOKENS_A_WORD = 4


_TOKENS_AROUND = 600


# A list of claims is asked to be no longer than the words allow: of 381 claims in six languages (`fixtures/eval`), 5 %
# have fewer than eight words.
_WORDS_A_CLAIM = 8


_FEWEST_CLAIMS = 3


def question(units: Sequence[Unit], article: Article, task: Task[Any], prompts: Prompts, model: ModelInfo) -> Request:
    """Put the question about these units, as this task asks it."""
    schema: type[BaseModel] = task.schema
    most = max(_FEWEST_CLAIMS, task.max_words // _WORDS_A_CLAIM)
    form = reply_format(schema, most if task.sentences is None else min(most, task.sentences))
    messages = prompts.ask(
        task.preset,
        units,
        article_id=article.id,
        format=form,
        language=task.language,
        max_words=task.max_words,
        sentences=task.sentences,
    )
    return Request(
        model=model.name,
        messages=messages,
        format=form,
        max_output_tokens=_TOKENS_AROUND + _TOKENS_A_WORD * task.max_words,
        temperature=0.0,
        units=tuple(units),
        max_words=task.max_words,
        sentences=task.sentences,
        provenance=_provenance(article, task, prompts),
    )


def _provenance(article: Article, task: Task[Any], prompts: Prompts) -> dict[str, str]:
    """Where a question comes from: what a recording must know to say why it is no longer found."""
    facts = {
        "article": article.id,
        "article_language": article.language,
        "article_source": article.source,
        "language": task.language,
        "max_repairs": str(task.max_repairs),
        "preset": task.preset,
        "schema": f"{task.schema.__module__}:{task.schema.__qualname__}",
        "templates": prompts.versions(task.preset),
    }
    return {name: value for name, value in facts.items() if value is not None}


def write(
    request: Request, task: Task[S], prompts: Prompts, model: ModelInfo, shorter: Callable[[], Request]
) -> Flow[Draft[S]]:
    """Ask until a reply fits the schema; each round must change something.

    A reply that was cut at its length limit is no reply: one shorter one is asked for in its place.
    """
    usage = Usage()
    warnings: tuple[str, ...] = () if model.writes else (NO_MODEL,)
    before: str | None = None
    repairs = 0
    while True:
        try:
            completion = yield from ask(request, usage)
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
        return Draft(summary, (), model.label, usage, warnings)
