"""What is done to each article of a run."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Generic, Literal, TypeVar

from pydantic import BaseModel

from summarizer.prompt import Prompts
from summarizer.records import Article, Message, ModelInfo, Request
from summarizer.records.quick import quick
from summarizer.shape import defaults, reply_format

S = TypeVar("S", bound=BaseModel)

_A_MESSAGE = 8
_MOST_BYTES = 4

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
        context: The window that the caller gave, which decides how long articles are cut; None leaves it to what is
            known of the model. That is no part of the key: a server that does not say its window for once would have
            a whole batch paid again.
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
    context: int | None = None

    def key(self, prompts: Prompts, model: str) -> str:
        """SHA-256 of all that decides what becomes of an article: schema, words of the prompts, model, settings."""
        form = reply_format(self.schema)
        parts: dict[str, Any] = {
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
            "context": self.context,
        }
        if left_out := defaults(self.schema):
            parts["defaults"] = left_out
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


@quick
@dataclass(frozen=True, slots=True)
class Given(Generic[S]):
    """What all requests about one article share.

    Attributes:
        article: The article, its language known or detected.
        task: What is done to it.
        prompts: The templates.
        model: What is known about the model.
        measure: How long texts are for it.
    """

    article: Article
    task: Task[S]
    prompts: Prompts
    model: ModelInfo
    measure: Measure

    def count(self, messages: Sequence[Message]) -> int:
        """Return the tokens of a prompt, with what a server adds around each message."""
        return sum(self.measure.count(message.content) + _A_MESSAGE for message in messages)

    def has_room(self, messages: Sequence[Message], room: int) -> bool:
        """Whether a prompt is sure to fit, so that nothing has to be counted.

        No vocabulary makes more tokens of a text than it has bytes, and no character has more than four of them.
        """
        texts = [message.content for message in messages]
        around = _A_MESSAGE * len(texts)
        return around + _MOST_BYTES * sum(map(len, texts)) <= room or (
            around + sum(len(text.encode("utf-8", "replace")) for text in texts) <= room
        )

    def lacks(self, request: Request) -> int:
        """Return how many tokens a request and its longest reply have more than the window; 0 where it is unknown."""
        window = self.model.window
        if window is None:
            return 0
        room = window - (request.max_output_tokens or 0)
        return 0 if self.has_room(request.messages, room) else max(0, self.count(request.messages) - room)

    def fits(self, request: Request) -> bool:
        """Whether a request and its longest reply fit the window, as far as it is known."""
        return self.lacks(request) == 0

    def fitted(self, request: Request) -> Request:
        """Return a request whose reply may be shorter, down to half, where the window is nearly full."""
        lacks, most = self.lacks(request), request.max_output_tokens
        if not lacks or most is None:
            return request
        return replace(request, max_output_tokens=max(most // 2, most - lacks))
