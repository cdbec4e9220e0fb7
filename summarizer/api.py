"""One article, wired: a provider, a task and the flow become one call.

Wrappers nest here and nowhere else, outermost first: `Retry(Budgeted(Limit(Traced(door))))`, so that a span lasts as
long as the call, not as the wait for its turn; a provider object of the caller's own takes the door's place.
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Generic, Self, overload

from pydantic import BaseModel
from typing_extensions import TypeVar

from summarizer import pipeline
from summarizer.errors import UsageError
from summarizer.load import load
from summarizer.pipeline import Measure, OnUnsupported, Task
from summarizer.plan import split
from summarizer.prompt import Prompts
from summarizer.providers import default_model, open_door
from summarizer.providers.budget import Book, Budgeted
from summarizer.providers.gate import Gate
from summarizer.providers.judge import Judged
from summarizer.providers.limit import Limit
from summarizer.providers.retry import Retry
from summarizer.providers.traced import Traced
from summarizer.records import Article, Budget, Failure, Limits, Message, ModelInfo, Provider, Request, Result, Usage
from summarizer.schema import Claim, PlainSummary, Summary, reply_format
from summarizer.tokens import counter

if TYPE_CHECKING:
    from summarizer.batch import Recipe, Run
    from summarizer.providers.cache import Replies

S = TypeVar("S", bound=BaseModel, default=Summary)


def summarize(
    article: str | Path | Article,
    /,
    *,
    model: str | Provider | None = None,
    schema: type[S] = Summary,  # type: ignore[assignment]
    preset: str = "summary",
    language: str | None = None,
    max_words: int = 120,
    sentences: int | None = None,
    strict: bool = False,
) -> Result[S]:
    """Summarize one article.

    Args:
        article: The text itself, a `Path` to a file, or an `Article`.
        model: `openai:NAME`, `local:NAME`, `local:PATH.gguf`, `extractive`, or a provider; None takes
            `SUMMARIZER_MODEL`, else OpenAI's if `OPENAI_API_KEY` is set, else `extractive`.
        schema: The pydantic class of the summary; a `Claim` is found by type wherever it stands in it.
        preset: Name of the prompt.
        language: ISO 639-1 code to write in; None keeps the article's.
        max_words: How long the summary may be; its title does not count.
        sentences: How many sentences it may have, its title not counted; None for no number.
        strict: Raise `Ungrounded` instead of putting the article's own sentence in the place of an unsupported one.

    Raises:
        SummarizerError: See `summarizer.errors`; nothing is returned half done.
    """
    wired = _one_call(model, schema, preset, language, max_words, sentences=sentences, strict=strict)
    with wired:
        return wired.summarize(article)


async def asummarize(
    article: str | Path | Article,
    /,
    *,
    model: str | Provider | None = None,
    schema: type[S] = Summary,  # type: ignore[assignment]
    preset: str = "summary",
    language: str | None = None,
    max_words: int = 120,
    sentences: int | None = None,
    strict: bool = False,
) -> Result[S]:
    """Summarize one article like `summarize`, without blocking the event loop."""
    wired = _one_call(model, schema, preset, language, max_words, sentences=sentences, strict=strict)
    async with wired:
        return await wired.asummarize(article)


def _one_call(
    model: str | Provider | None,
    schema: type[S],
    preset: str,
    language: str | None,
    max_words: int,
    *,
    sentences: int | None,
    strict: bool,
) -> Summarizer[S]:
    return Summarizer(
        model,
        schema=schema,
        preset=preset,
        language=language,
        max_words=max_words,
        sentences=sentences,
        on_unsupported="raise" if strict else "replace",
    )


class Summarizer(Generic[S]):
    """Summarizes many articles the same way, over one set of connections; a sync and async context manager.

    Args:
        model: As in `summarize`.
        base_url: Address of an OpenAI-compatible server, for `openai:`; None takes `OPENAI_BASE_URL`.
        api_key: Its key; None takes `OPENAI_API_KEY`.
        schema: The pydantic class of the summary.
        preset: Name of the prompt.
        prompts: Folder with templates of your own; they come before those of the package.
        language: ISO 639-1 code to write in; None keeps each article's.
        max_words: How long a summary may be; its title does not count.
        sentences: How many sentences it may have, its title not counted; None for no number.
        on_unsupported: What becomes of a claim that no repair could save: `replace` puts the article's own sentence in
            its place, `report` leaves it, marked unsupported, `raise` raises `Ungrounded`.
        limits: Deadline, attempts, repairs and sizes.
        budget: What may be consumed in total over the life of this object; None is no cap.
        judge: A model that looks at the riskiest of the claims that the checks let pass, in one extra request an
            article; None for none. Named like `model`, at the same address.
        judge_share: The share of the claims that it looks at, in (0, 1].
        cache: A file that keeps replies for 30 days, so that no request is paid twice; None for none. It is made when
            it is not there. What comes out of it is validated and grounded anew.
        context: Tokens that prompt and reply share, in the place of what is known about the model: by a list, by the
            server, or not at all. A local model is loaded with it.

    Raises:
        UsageError: An argument that cannot be used; the model itself is reached at the first summary only.
    """

    def __init__(
        self,
        model: str | Provider | None = None,
        *,
        base_url: str | None = None,
        api_key: str | None = None,
        schema: type[S] = Summary,  # type: ignore[assignment]
        preset: str = "summary",
        prompts: Path | None = None,
        language: str | None = None,
        max_words: int = 120,
        sentences: int | None = None,
        on_unsupported: OnUnsupported = "replace",
        limits: Limits = Limits(),  # noqa: B008 - immutable
        budget: Budget | None = None,
        judge: str | Provider | None = None,
        judge_share: float = 0.35,
        cache: Path | None = None,
        context: int | None = None,
    ) -> None:
        if max_words < 1:
            raise UsageError(f"max_words must be at least 1, not {max_words}")
        if sentences is not None and sentences < 1:
            raise UsageError(f"sentences must be at least 1, not {sentences}")
        if context is not None and context < 1:
            raise UsageError(f"context must be at least 1 token, not {context}")
        if on_unsupported not in ("replace", "report", "raise"):
            raise UsageError(f"on_unsupported is replace, report or raise, not {on_unsupported!r}")
        if not 0 < judge_share <= 1:
            raise UsageError(f"judge_share must be in (0, 1], not {judge_share}")
        reply_format(schema)
        self.prompts = Prompts(prompts)
        self.prompts.path(preset)
        self._opened: list[Provider] = []
        self.door = self._reach(
            os.environ.get("SUMMARIZER_MODEL") if model is None else model, base_url, api_key, limits, context
        )
        self.model = _info(self.door, context)
        self._judge = None if judge is None else self._reach(judge, base_url, api_key, limits)
        self.task: Task[S] = Task(
            schema=schema,
            preset=preset,
            language=language,
            max_words=max_words,
            sentences=sentences,
            max_repairs=limits.max_repairs,
            on_unsupported=on_unsupported,
            judge=None if self._judge is None else _info(self._judge),
            judge_share=judge_share,
            context=context,
        )
        self._limits = limits
        self._gates: list[Gate] = []
        asked = self._limited(self.door)
        self._asked = asked if self._judge is None else Judged(asked, self._limited(self._judge))
        self._budget = budget
        self.budget = None if budget is None else Budgeted(self._asked, budget, worst=self._worst)
        self._replies = self._kept_in(cache)
        self._provider = self._cached(Retry(self.budget or self._asked, limits))

    def summarize(self, article: str | Path | Article, /) -> Result[S]:
        """Summarize one article: the text itself, a `Path` to a file, or an `Article`.

        Raises:
            SummarizerError: See `summarizer.errors`.
        """
        return pipeline.run(self._flow(article), self._provider)

    async def asummarize(self, article: str | Path | Article, /) -> Result[S]:
        """Summarize one article like `summarize`, without blocking the event loop."""
        # A file is read there, and a model's window looked up.
        flow = await asyncio.to_thread(self._flow, article)
        return await pipeline.arun(flow, self._provider)

    def batch(
        self, articles: Iterable[str | Path | Article], /, *, out: Path | None = None, concurrency: int = 64
    ) -> Iterator[Result[S] | Failure]:
        """Summarize many articles at once, and yield what becomes of each as it is finished.

        Identical articles are paid once. With `out`, the same call resumes what an earlier one left, and yields what
        that one did too. Without, nothing is kept; what the budget allows is then counted over the life of this object.

        Args:
            articles: Texts, `Path`s (a file, a folder with all below it, or a table) and `Article`s; they are read one
                at a time, in a thread of its own.
            out: A folder for one JSON file an article, or a file that ends in .jsonl, .csv or .parquet. The ledger
                beside it is what resumes; the budget counts all its runs.
            concurrency: How many calls may be in flight.

        Raises:
            BudgetReached: What is left covers no more; all that was begun is finished and kept.
            InUse: Another process works on `out`.
            SummarizerError: Something that every other article would run into: a refused key, a full disk.
        """
        from summarizer.batch import outcomes

        return outcomes(self._run(articles, out, concurrency))

    def abatch(
        self, articles: Iterable[str | Path | Article], /, *, out: Path | None = None, concurrency: int = 64
    ) -> AsyncIterator[Result[S] | Failure]:
        """Summarize many articles like `batch`, in the running event loop."""
        return self._run(articles, out, concurrency).outcomes()

    def recipe(self) -> Recipe[S]:
        """Return what is done to each article, for a batch."""
        from summarizer.batch import Recipe

        model, measure = self._planning
        return Recipe(self.task, self.prompts, model, measure, self._budget, self._booked, self._paused_s)

    @overload
    def check(self, article: str | Path | Article, summary: str, /) -> Result[PlainSummary]: ...

    @overload
    def check(self, article: str | Path | Article, summary: S, /) -> Result[S]: ...

    def check(self, article: str | Path | Article, summary: S | str, /) -> Result[S] | Result[PlainSummary]:
        """Ground a summary that was made elsewhere; calls no model.

        Args:
            article: What the summary is about.
            summary: A schema instance, or plain text: one claim a sentence, and a line break always ends one. Claims
                without cites get their evidence by search.
        """
        found = _article(article)
        if isinstance(summary, str):
            return pipeline.check(found, sentences(summary), language=self.task.language)
        return pipeline.check(found, summary, language=self.task.language)

    def preview(self, article: str | Path | Article, /) -> tuple[Message, ...]:
        """Return the messages that summarizing an article would send first; sends nothing."""
        return next(self._flow(article))[0].messages

    def close(self) -> None:
        """Close what was opened here; a provider object stays its owner's to close."""
        if self._replies is not None:
            self._replies.close()
        for door in self._opened:
            close = getattr(door, "close", None)
            if close is not None:
                close()

    async def aclose(self) -> None:
        """Close what was opened here."""
        if self._replies is not None:
            self._replies.close()
        for door in self._opened:
            aclose = getattr(door, "aclose", None)
            if aclose is not None:
                await aclose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    def _run(self, articles: Iterable[str | Path | Article], out: Path | None, concurrency: int) -> Run[S]:
        from summarizer.batch import Run, Settings
        from summarizer.load.inputs import given

        return Run(self.recipe(), given(articles), Settings(out=out, concurrency=concurrency))

    def _booked(self, book: Book | None) -> Provider:
        """Wire the door for a batch: to its own book, if it has one, and no article is lost for a limit on rates."""
        asked = self.budget or self._asked
        booked = asked if book is None else Budgeted(self._asked, book, worst=self._worst)
        return self._cached(Retry(booked, self._limits, patient=True))

    def _limited(self, door: Provider) -> Limit:
        limit = Limit(Traced(door), self._limits, extra_tokens=lambda: getattr(door, "extra_tokens", 0))
        self._gates.append(limit.gate)
        return limit

    def _paused_s(self) -> float:
        return max(gate.paused_s for gate in self._gates)

    def _kept_in(self, cache: Path | None) -> Replies | None:
        if cache is None:
            return None
        from summarizer.providers.cache import Replies, worth_keeping

        return Replies(cache) if worth_keeping(self.door) else None

    def _cached(self, provider: Provider) -> Provider:
        """Put the earlier replies, if they are kept, in front of everything that costs or waits."""
        if self._replies is None:
            return provider
        from summarizer.providers.cache import Cached, address_of

        doors = [self.door] if self._judge is None else [self.door, self._judge]
        return Cached(provider, self._replies, where=", ".join(map(address_of, doors)))

    @cached_property
    def _planning(self) -> tuple[ModelInfo, Measure]:
        """The model with its window, and how texts are measured for it: found when an article is there to be cut."""
        model = self.model.with_window()
        return model, _measure(model)

    def _reach(
        self,
        model: str | Provider | None,
        base_url: str | None,
        api_key: str | None,
        limits: Limits,
        context: int | None = None,
    ) -> Provider:
        """Open a model by its name, to be closed here; a provider object is taken as it is."""
        if model is not None and not isinstance(model, str):
            return model
        door = _open(model, base_url, api_key, limits, context)
        self._opened.append(door)
        return door

    def _worst(self, request: Request) -> Usage:
        """Reserve for the prompt and the schema, with a margin where tokens are estimated, and the longest reply."""
        _, measure = self._planning
        read = sum(measure.count(message.content) + 8 for message in request.messages)
        if request.format is not None:  # servers show it to the model, and charge for it
            read += measure.count(json.dumps(request.format.schema))
        most = getattr(self._judge if request.purpose == "judge" else self.door, "most", None)
        read = read if measure.exact else read * 5 // 4
        usage = Usage(1, read, 0, request.max_output_tokens or 0, 0, None)
        return most(usage) if callable(most) else usage

    def _flow(self, article: str | Path | Article) -> pipeline.Flow[Result[S]]:
        model, measure = self._planning
        return pipeline.summarize(_article(article), self.task, prompts=self.prompts, model=model, measure=measure)


def sentences(summary: str) -> PlainSummary:
    """Cut a plain-text summary into claims without cites; a line break always ends a sentence.

    Raises:
        UsageError: The text says nothing.
    """
    lines = [line for line in summary.splitlines() if line.strip()]
    claims = [Claim(text=unit.text, cites=[]) for line in lines for unit in split(line) if _says(unit.text)]
    if not claims:
        raise UsageError("the summary is empty: there is nothing to check")
    return PlainSummary(claims=claims)


def _says(text: str) -> bool:
    return any(char.isalnum() for char in text)


def _article(article: str | Path | Article) -> Article:
    """A text is the text itself; only a `Path` is a file."""
    if isinstance(article, Article):
        return article
    return load(article) if isinstance(article, Path) else Article(article)


def _open(name: str | None, base_url: str | None, api_key: str | None, limits: Limits, context: int | None) -> Provider:
    """Open a model by its name, or its recordings where `SUMMARIZER_FIXTURES` says so."""

    def door() -> Provider:
        return open_door(
            name or default_model(), base_url=base_url, api_key=api_key, limits=limits, counter=counter, window=context
        )

    if not os.environ.get("SUMMARIZER_FIXTURES"):
        return door()
    from summarizer.providers.cassette.environment import opened

    return opened(name, door)


def _info(door: Provider, context: int | None = None) -> ModelInfo:
    info = getattr(door, "info", None)
    name = type(door).__name__
    known = info if isinstance(info, ModelInfo) else ModelInfo(label=name, name=name)
    return known if context is None else replace(known, window=context, window_from="as given", find_window=None)


def _measure(model: ModelInfo) -> Measure:
    """Count in the model's own tokens where there is a window to keep; an estimate is enough otherwise."""
    measure = counter(model.name if model.window is not None else None)
    return Measure(count=measure.count, exact=measure.exact)
