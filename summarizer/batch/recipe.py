"""What is done to each article of a batch, and how the batch is run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Generic, TypeVar

from pydantic import BaseModel

from summarizer.errors import UsageError
from summarizer.pipeline import Flow, Measure, Task, summarize
from summarizer.prompt import Prompts
from summarizer.providers.budget import Book
from summarizer.records import Article, Budget, ModelInfo, Provider, Result

S = TypeVar("S", bound=BaseModel)

# Each call has a connection of its own, and a machine has no more ports for them.
_MOST_CALLS = 65_535


@dataclass(frozen=True, slots=True)
class Recipe(Generic[S]):
    """What is done to each article, and with what.

    Attributes:
        task: Schema, preset and settings.
        prompts: The templates.
        model: What is known about the model.
        measure: How long texts are for it.
        budget: What may be spent; None is no cap.
        provider: Gives the provider to ask, which keeps its reservations in a book; None leaves them where they are.
        cached: Puts earlier replies, if they are kept, in front of a provider.
        paused_s: Returns for how many seconds the server wants to be left alone.
        reads_units: Whether the provider reads the units of requests, not their messages alone.
        purse: Where the budget is kept that the caller's other calls share; None where there is no cap.
        is_refused: Returns whether a server said last that it takes no more for now.
    """

    task: Task[S]
    prompts: Prompts
    model: ModelInfo
    measure: Measure
    budget: Budget | None
    provider: Callable[[Book | None], Provider]
    cached: Callable[[Provider], Provider]
    paused_s: Callable[[], float]
    reads_units: bool = True
    purse: Book | None = None
    is_refused: Callable[[], bool] = lambda: False

    @property
    def flow(self) -> Callable[[Article], Flow[Result[S]]]:
        """Describes how an article becomes a result; may be taken to another process."""
        return partial(summarize, task=self.task, prompts=self.prompts, model=self.model, measure=self.measure)


@dataclass(frozen=True, slots=True)
class Settings:
    """How a batch is run.

    Attributes:
        out: A folder, or a file whose suffix says what it is; None keeps nothing after the run.
        form: What the files of a folder are: json, text or markdown.
        concurrency: How many calls may be in flight at once.
        retry_failed: Whether articles that failed before are tried again.
        rebuild_outputs: Whether outputs that somebody changed are made anew.
        results: Whether results are told, those of earlier runs too; failures always are.
    """

    out: Path | None = None
    form: str = "json"
    concurrency: int = 64
    retry_failed: bool = False
    rebuild_outputs: bool = False
    results: bool = True

    def __post_init__(self) -> None:
        if type(self.concurrency) is not int or not 1 <= self.concurrency <= _MOST_CALLS:
            raise UsageError(
                f"concurrency must be a whole number of at least 1 and at most {_MOST_CALLS}, not {self.concurrency!r}"
            )
