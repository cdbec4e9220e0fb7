"""The first step: ask until a reply fits the schema."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

from pydantic import BaseModel

from summarizer.errors import InvalidReply, TruncatedOutput
from summarizer.pipeline.draft import Draft
from summarizer.pipeline.drive import Flow, ask
from summarizer.pipeline.task import Given, Task
from summarizer.prompt import Prompts
from summarizer.records import Article, Message, Request, Unit, Usage
from summarizer.schema import Claim, without_repeats
from summarizer.shape import ReplyFormat, reply_format
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

# Words asked for after a reply that was cut. SmolLM2 (0.1B), which goes round for ever in long lists, ends within it.
SHORT = 30
# What of a reply is shown again where the window does not hold all of it.
_SHOWN_CHARS = 160

_NOTHING = Usage()


def question(units: Sequence[Unit], given: Given[Any]) -> Request:
    """Put the question about these units, as this task asks it."""
    task = given.task
    messages = given.prompts.ask(
        task.preset,
        units,
        article_id=given.article.id,
        format=reply_shape(task),
        language=task.language,
        max_words=task.max_words,
        sentences=task.sentences,
    )
    return _request(messages, units, given, in_parts=False)


def last_question(notes: Sequence[Claim], units: Sequence[Unit], given: Given[Any], *, most: int) -> Request:
    """Put the question about notes on all parts of an article, in the place of the article.

    Args:
        notes: The notes.
        units: What they rest on: what may be cited.
        given: The article and what is done to it.
        most: Tokens that the reply may take.
    """
    rules = summary_rules(given)
    shown = given.prompts.material(notes, article_id=given.article.id, is_last=True)
    request = _request((rules, shown), units, given, in_parts=True)
    return replace(request, max_output_tokens=most, purpose="reduce")


def _request(messages: tuple[Message, ...], units: Sequence[Unit], given: Given[Any], *, in_parts: bool) -> Request:
    task = given.task
    return Request(
        model=given.model.name,
        messages=messages,
        format=reply_shape(task),
        max_output_tokens=most_tokens(task.max_words),
        temperature=0.0,
        units=tuple(units),
        max_words=task.max_words,
        sentences=task.sentences,
        provenance=provenance(given.article, task, given.prompts, in_parts=in_parts),
    )


def reply_shape(task: Task[Any]) -> ReplyFormat:
    """The shape of a summary, its lists bounded by the words that are allowed."""
    schema: type[BaseModel] = task.schema
    most = max(_FEWEST_CLAIMS, task.max_words // _WORDS_A_CLAIM)
    return reply_format(schema, most if task.sentences is None else min(most, task.sentences))


def summary_rules(given: Given[Any]) -> Message:
    """Render the instructions for the summary."""
    task = given.task
    return given.prompts.rules(
        task.preset,
        format=reply_shape(task),
        language=task.language,
        max_words=task.max_words,
        sentences=task.sentences,
    )


def most_tokens(words: int) -> int:
    """Return how many tokens a summary of so many words may take."""
    return _TOKENS_AROUND + _TOKENS_A_WORD * words


def provenance(article: Article, task: Task[Any], prompts: Prompts, *, in_parts: bool) -> dict[str, str]:
    """Where a question comes from: what a recording must know to say why it is no longer found."""
    facts = {
        "article": article.id,
        "article_language": article.language,
        "article_source": article.source,
        "language": task.language,
        "max_repairs": str(task.max_repairs),
        "preset": task.preset,
        "schema": f"{task.schema.__module__}:{task.schema.__qualname__}",
        "templates": prompts.versions(task.preset, in_parts=in_parts),
    }
    return {name: value for name, value in facts.items() if value is not None}


def write(
    request: Request, schema: type[S], given: Given[Any], shorter: Callable[[], Request], spent: Usage = _NOTHING
) -> Flow[Draft[S]]:
    """Ask until a reply fits the schema; each round must change something.

    A reply that was cut at its length limit is no reply: one shorter one is asked for in its place.

    Args:
        request: The question.
        schema: What the reply must fit.
        given: The article and what is done to it.
        shorter: Gives the question for a shorter reply.
        spent: What was consumed before.
    """
    usage, first = spent, request
    warnings: tuple[str, ...] = () if given.model.writes else (NO_MODEL,)
    before: str | None = None
    repairs = 0
    while True:
        try:
            completion = yield from ask(request, usage)
        except TruncatedOutput as error:
            if request is not first:
                raise
            usage = error.usage or usage
            request = shorter()
            warnings += ("the first reply was cut at its length limit: a shorter one was asked for",)
            continue
        usage = completion.usage if usage is _NOTHING else usage + completion.usage
        warnings += completion.warnings
        try:
            summary, repeats = without_repeats(validate(completion.text, schema))
        except InvalidReply as error:
            if repairs == given.task.max_repairs or completion.text == before:
                if completion.kept and not request.anew:  # the cache would say the same for a month
                    request = replace(request, anew=True)
                    continue
                error.usage = usage
                raise
            before = completion.text
            repairs += 1
            request = _repairing(request, completion.text, error, given)
            continue
        if repeats:
            several = f"{repeats} statements that repeat others word for word were"
            warnings += (
                f"{several if repeats > 1 else 'a statement that repeats another word for word was'} left out",
            )
        return Draft(summary, (), given.model.label, usage, warnings)


def _repairing(request: Request, reply: str, error: InvalidReply, given: Given[Any]) -> Request:
    """Continue the conversation with a reply and its problems; where the window is full, with the reply's beginning."""
    problems = given.prompts.repair(error.problems)

    def going_on(said: str) -> Request:
        messages = (*request.messages, Message("assistant", said), problems)
        return replace(request, messages=messages, purpose="repair")

    whole = going_on(reply)
    if given.fits(whole):
        return whole
    return given.fitted(going_on(f"{reply[:_SHOWN_CHARS]}..."))
