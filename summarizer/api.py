"""One article, or many: a provider, a task and the flow become one call."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Generic, NoReturn, Self, overload

from pydantic import BaseModel
from typing_extensions import TypeVar

from summarizer import pipeline
from summarizer.elsewhere import sentences
from summarizer.errors import SchemaError, UsageError
from summarizer.language import code_of
from summarizer.load import as_article
from summarizer.pipeline import OnUnsupported, Task
from summarizer.prompt import Prompts
from summarizer.records import Article, Budget, Failure, Limits, Message, Provider, Request, Result
from summarizer.schema import PlainSummary, Summary
from summarizer.shape import must_be_values, reply_format
from summarizer.wiring import Wiring

if TYPE_CHECKING:
    from summarizer.batch import Recipe, Run

S = TypeVar("S", bound=BaseModel, default=Summary)
T = TypeVar("T", bound=BaseModel)


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
        model: `openai:NAME`, `azure:DEPLOYMENT`, `local:NAME`, `local:PATH.gguf`, `extractive`, or a provider; None
            takes `SUMMARIZER_MODEL`, else OpenAI's if `OPENAI_API_KEY` is set, else `extractive`.
        schema: The pydantic class of the summary; a `Claim` is found by type wherever it stands in it.
        preset: Name of the prompt.
        language: ISO 639-1 code to write in; None keeps the article's.
        max_words: How long the summary may be; its title does not count.
        sentences: How many sentences it may have, its title not counted; None for no number.
        strict: Raise `Ungrounded` instead of putting the article's own sentence in the place of an unsupported one.

    Raises:
        SummarizerError: See `summarizer.errors`; nothing is returned half done.
    """
    summarizer = _one_call(model, schema, preset, language, max_words, sentences=sentences, strict=strict)
    with summarizer:
        return summarizer.summarize(article)


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
    summarizer = _one_call(model, schema, preset, language, max_words, sentences=sentences, strict=strict)
    async with summarizer:
        return await summarizer.asummarize(article)


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

    Threads and event loops may share one, at once and one after the other. It may be used again after it was closed.

    Args:
        model: As in `summarize`.
        base_url: Address of an OpenAI-compatible server, for `openai:` and `azure:`; None takes `OPENAI_BASE_URL`, or
            `AZURE_OPENAI_ENDPOINT`.
        api_key: Its key; None takes `OPENAI_API_KEY`, or `AZURE_OPENAI_API_KEY`.
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

    Attributes:
        model: What is known about the model before it is asked.
        budget: Counts what all calls took (`budget.spent`); None without a budget.
        task: What is done to each article.
        prompts: The templates.

    Raises:
        UsageError: An argument that cannot be used, a template of your own that does not render; the model itself is
            reached at the first summary only.
        UnknownModel: A `local:` model that is not on this machine.
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
        _must_be_a_number("max_words", max_words)
        for name, number in (("sentences", sentences), ("context", context)):
            if number is not None:
                _must_be_a_number(name, number)
        if on_unsupported not in ("replace", "report", "raise"):
            raise UsageError(f"on_unsupported is replace, report or raise, not {on_unsupported!r}")
        _must_be_a_share(judge_share)
        _must_be_records(limits, budget)
        _must_be_a_language(language)
        if not isinstance(schema, type):  # an instance cannot even be looked up
            raise SchemaError(f"a schema is a pydantic class, not {schema!r:.60}")
        form = reply_format(schema)
        self.prompts = Prompts(_path("prompts", prompts))
        self.prompts.path(preset)
        self.prompts.rehearse(
            preset,
            format=form,
            language=language,
            max_words=max_words,
            sentences=sentences,
            is_judged=judge is not None,
        )
        self.wiring = Wiring(
            model,
            judge,
            base_url=base_url,
            api_key=api_key,
            limits=limits,
            budget=budget,
            cache=_path("cache", cache),
            context=context,
        )
        self.door, self.model, self.budget = self.wiring.door, self.wiring.info, self.wiring.budget
        self.task: Task[S] = Task(
            schema=schema,
            preset=preset,
            language=language,
            max_words=max_words,
            sentences=sentences,
            max_repairs=limits.max_repairs,
            on_unsupported=on_unsupported,
            judge=self.wiring.judge,
            judge_share=judge_share,
            context=context,
        )
        self._budget = budget
        self.wiring.tell_recordings(
            {
                "--model": model if isinstance(model, str) else None,
                "--judge": judge if isinstance(judge, str) else None,
                "--base-url": base_url,
                "--context": context,
                "--prompts": prompts,
                "--judge-share": None if judge is None else judge_share,
            }
        )

    def __repr__(self) -> str:
        return f"<Summarizer {self.model.label!r}, schema={self.task.schema.__name__}, preset={self.task.preset!r}>"

    def __reduce__(self) -> NoReturn:
        """Refuse to be sent to another process, or copied."""
        raise UsageError("a Summarizer stays in its process, with its connections and budget: make one in each worker")

    def summarize(self, article: str | Path | Article, /) -> Result[S]:
        """Summarize one article: the text itself, a `Path` to a file, or an `Article`.

        Raises:
            SummarizerError: See `summarizer.errors`.
        """
        return pipeline.run(self._flow(article), self.wiring.provider)

    async def asummarize(self, article: str | Path | Article, /) -> Result[S]:
        """Summarize one article like `summarize`, without blocking the event loop."""
        # A file is read there, a model's window looked up, and a long article cut into sentences.
        flow = await asyncio.to_thread(lambda: pipeline.begun(self._flow(article)))
        return await pipeline.arun(flow, self.wiring.provider)

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

        model, measure = self.wiring.planning
        wiring = self.wiring
        purse = None if wiring.budget is None else wiring.budget.book
        asking = (wiring.booked, wiring.cached, wiring.paused_s, wiring.reads_units, purse, wiring.is_refused)
        return Recipe(self.task, self.prompts, model, measure, self._budget, *asking)

    @overload
    def check(self, article: str | Path | Article, summary: str, /) -> Result[PlainSummary]: ...

    @overload
    def check(self, article: str | Path | Article, summary: T, /) -> Result[T]: ...

    def check(self, article: str | Path | Article, summary: T | str, /) -> Result[T] | Result[PlainSummary]:
        """Ground a summary that was made elsewhere; calls no model.

        Args:
            article: What the summary is about.
            summary: An instance of any schema, or plain text: one claim a sentence, and a line break always ends one.
                Marks as `[2]` are left out; claims without cites get their evidence by search.

        Raises:
            UsageError: It is neither, a text that says nothing, or of a schema that hides claims.
            Unreadable: The article has no text in it.
        """
        found = as_article(article)
        if isinstance(summary, str):
            return pipeline.check(found, sentences(summary), language=self.task.language)
        if not isinstance(summary, BaseModel):  # it has no claims, so nothing in it would be doubted
            raise UsageError(f"a summary is a text or an instance of a schema, not {summary!r:.60}")
        must_be_values(type(summary))
        return pipeline.check(found, summary, language=self.task.language)

    def preview(self, article: str | Path | Article, /) -> tuple[Message, ...]:
        """Return the messages that summarizing an article would send first; sends nothing."""
        first = next(self._flow(article))[0]
        assert isinstance(first, Request)
        return first.messages

    def close(self) -> None:
        """Close what was opened here; a provider object stays its owner's to close."""
        self.wiring.close()

    async def aclose(self) -> None:
        """Close what was opened here."""
        await self.wiring.aclose()

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
        from summarizer.batch.places import none_is_an_article
        from summarizer.load.inputs import Selection, given

        if isinstance(articles, str | bytes | Path | Article):
            raise UsageError("a batch takes several articles: put the one into a list")
        if not isinstance(articles, Iterable):
            raise UsageError(
                f"a batch takes a list of articles, or what else can be gone through, not {articles!r:.60}"
            )
        out = _path("out", out)
        selection = Selection(but=frozenset() if out is None else none_is_an_article(out))
        return Run(self.recipe(), given(articles, selection), Settings(out=out, concurrency=concurrency))

    def _flow(self, article: str | Path | Article) -> pipeline.Flow[Result[S]]:
        model, measure = self.wiring.planning
        return pipeline.summarize(as_article(article), self.task, prompts=self.prompts, model=model, measure=measure)


def _must_be_records(limits: Limits, budget: Budget | None) -> None:
    """Refuse a number where a record of several is meant."""
    if not isinstance(limits, Limits):
        raise UsageError(f"limits are such as Limits(max_repairs=1), not {limits!r:.60}")
    if not isinstance(budget, Budget | None):
        raise UsageError(f"a budget is such as Budget(max_cost_usd=5), not {budget!r:.60}")


def _must_be_a_number(name: str, number: object) -> None:
    if type(number) is not int or number < 1:
        raise UsageError(f"{name} must be a whole number of at least 1, not {number!r:.60}")


def _path(name: str, given: object) -> Path | None:
    """Return what names a file or a folder; an empty text would name the folder the program runs in."""
    if given is None:
        return None
    if not isinstance(given, str | os.PathLike) or given == "":
        raise UsageError(f"{name} is the path of a file or folder, not {given!r:.60}")
    return Path(given)


def _must_be_a_share(share: object) -> None:
    if not isinstance(share, int | float) or isinstance(share, bool) or not 0 < share <= 1:
        raise UsageError(f"judge_share must be a number in (0, 1], not {share!r:.60}")


def _must_be_a_language(language: str | None) -> None:
    """Refuse what no claim could be in: each would be doubted, or not be looked at."""
    if language is None:
        return
    if not isinstance(language, str):
        raise UsageError(f"a language is an ISO 639-1 code such as 'en' or 'fr', not {language!r:.60}")
    code = code_of(language)
    if code != language:
        hint = "" if code is None else f": write {code!r}"
        raise UsageError(f"a language is an ISO 639-1 code such as 'en' or 'fr', not {language!r}{hint}")
