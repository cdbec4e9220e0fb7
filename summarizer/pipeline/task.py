"""What is done to each article of a run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, Literal, TypeVar

from pydantic import BaseModel

from summarizer.prompt import Prompts
from summarizer.records import ModelInfo
from summarizer.schema import reply_format

S = TypeVar("S", bound=BaseModel)


OnUnsupported = Literal["replace", "report", "raise"]


@dataclass(frozen=True, slots=True)
class Task(Generic[S]):
    """What is done to each article of a run.

    Attributes:
        schema: The class of the summary.
        preset: Name of the prompt.
        language: ISO 639-1 code to write in; None keeps the article's.
        max_words: How long the summary may be; a title does not count.
        sentences: How many sentences it may have, a title not counted; None for no number.
        max_repairs: Rounds in which a bad reply, or its failing claims, go back.
        on_unsupported: What becomes of a claim that still fails.
        judge: The model that looks at the riskiest claims, if one does.
        judge_share: How many of the claims it looks at, in (0, 1].
    """

    schema: type[S]
    preset: str = "summary"
    language: str | None = None
    max_words: int = 120
    sentences: int | None = None
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
            "sentences": self.sentences,
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
