"""Doors and what goes around them: names of models become one provider to ask.

Wrappers nest here and nowhere else, outermost first: `Cached(Retry(Budgeted(Limit(Traced(door)))))`, so that a span
lasts as long as the call, not as the wait for its turn; a provider object of the caller's own takes the door's place,
as `Vetted(provider)`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from summarizer.errors import UsageError
from summarizer.pipeline import Measure
from summarizer.providers import default_model, open_door
from summarizer.providers.budget import Book, Budgeted, must_be_priced
from summarizer.providers.gate import Gate
from summarizer.providers.judge import Judged
from summarizer.providers.limit import Limit
from summarizer.providers.retry import Retry
from summarizer.providers.traced import Traced
from summarizer.providers.vetted import Vetted
from summarizer.providers.wrapper import aclose, close, info_of
from summarizer.records import Budget, Limits, ModelInfo, Provider, Request, Usage
from summarizer.shape import ReplyFormat
from summarizer.tokens import counter

if TYPE_CHECKING:
    from summarizer.providers.cache import Replies

_ANY_REQUEST = Usage(1, 1, 0, 1, 0, None)


class Wiring:
    """A model, a judge if there is one, and everything that goes around them.

    Args:
        model: Name of a model, None for the default, or a provider object, which stays its owner's to close.
        judge: The same for the judge; None for none.
        base_url: Address of an OpenAI-compatible server, for `openai:`.
        api_key: Its key.
        limits: Deadline, attempts, rates and sizes.
        budget: What may be consumed in total; None is no cap.
        cache: A file that keeps replies; None for none.
        context: Tokens that prompt and reply share; None takes what is known of the model.

    Attributes:
        door: Reaches the model.
        info: What is known about it before it is asked.
        judge: What is known about the judge; None without one.
        budget: Counts what is consumed, where there is a cap.
        provider: What to ask.
    """

    def __init__(
        self,
        model: str | Provider | None,
        judge: str | Provider | None,
        *,
        base_url: str | None,
        api_key: str | None,
        limits: Limits,
        budget: Budget | None,
        cache: Path | None,
        context: int | None,
    ) -> None:
        self._opened: list[Provider] = []
        self._behind: list[Provider] = []
        self._server = (base_url, api_key, limits)
        self.door = self._reach((os.environ.get("SUMMARIZER_MODEL") or None) if model is None else model, context)
        self.info = _info(self.door, context)
        self._judge = None if judge is None else self._reach(judge)
        self.judge = None if self._judge is None else _info(self._judge)
        self._limits = limits
        self._gates: list[Gate] = []
        asked = self._limited(self.door)
        self._asked = asked if self._judge is None else Judged(asked, self._limited(self._judge))
        self.budget = None if budget is None else Budgeted(self._asked, budget, worst=self.worst)
        self._replies = self._kept_in(cache)
        self.provider = self.cached(Retry(self.budget or self._asked, limits))

    @cached_property
    def planning(self) -> tuple[ModelInfo, Measure]:
        """The model with its window, and how texts are measured for it: found when an article is there to be cut."""
        model = self.info.with_window()
        # The model's own tokens where there is a window to keep; an estimate is enough otherwise.
        measure = counter(model.name if model.window is not None else None)
        return model, Measure(count=measure.count, exact=measure.exact)

    def tell_recordings(self, options: Mapping[str, object]) -> None:
        """Tell recordings how they are made, for the message where one is missed; see `Cassette.options`."""
        for door in (self.door, self._judge):
            told = getattr(door, "options", None)
            if getattr(door, "recorded", False) and isinstance(told, dict):
                told.update(options)

    def expect_keys_in(self, variable: str) -> None:
        """Have messages about a key name the environment variable from which the caller takes it."""
        for door in self._behind:
            expect = getattr(door, "expect_key_in", None)
            if callable(expect):
                expect(variable)

    @property
    def reads_units(self) -> bool:
        """Whether the model's provider reads the units of requests, not their messages alone."""
        return getattr(self.door, "reads_units", True)

    def booked(self, book: Book | None) -> Provider:
        """Return the provider of a batch: with its own book, if it has one, and no article lost to a limit on rates.

        Nor does it end before the budget is used up: what has no room beside the calls in flight waits for them.

        What it answers comes from the model: `cached` is to be put around it.

        Raises:
            UsageError: The book has a cap in dollars, and a price is unknown.
        """
        if book is not None and book.budget.max_cost_usd is not None:
            for door in filter(None, (self.door, self._judge)):
                must_be_priced(_info(door).name, _at_most(door, _ANY_REQUEST))
        if book is None and self.budget is not None:
            book = self.budget.book
        booked = self._asked if book is None else Budgeted(self._asked, book, worst=self.worst, patient=True)
        return Retry(booked, self._limits, patient=True)

    def cached(self, provider: Provider) -> Provider:
        """Put the earlier replies, if they are kept, in front of everything that costs or waits."""
        if self._replies is None:
            return provider
        from summarizer.providers.cache import Cached, address_of

        doors = [self.door] if self._judge is None else [self.door, self._judge]
        return Cached(provider, self._replies, where=", ".join(map(address_of, doors)))

    def worst(self, request: Request) -> Usage:
        """Return the most that a request may consume, which is what a budget reserves.

        For the prompt and the schema, with a margin where tokens are estimated, and the longest reply.
        """
        _, measure = self.planning
        instructions = sum(_tokens_in(one.content, measure.count) for one in request.messages if one.role == "system")
        others = sum(measure.count(one.content) for one in request.messages if one.role != "system")
        read = instructions + others + 8 * len(request.messages)
        if request.format is not None:  # servers show it to the model, and charge for it
            read += _tokens_of(request.format, measure.count)
        door = self._judge if request.purpose == "judge" else self.door
        read = read if measure.exact else read * 5 // 4
        return _at_most(door, Usage(1, read, 0, request.max_output_tokens or 0, 0, None))

    def paused_s(self) -> float:
        """Return how much longer a server wants to be left alone, in seconds."""
        return max(gate.paused_s for gate in self._gates)

    def is_refused(self) -> bool:
        """Whether a server said last that it takes no more for now."""
        return any(gate.is_refused for gate in self._gates)

    def close(self) -> None:
        """Close what was opened here."""
        if self._replies is not None:
            self._replies.close()
        for door in self._opened:
            close(door)

    async def aclose(self) -> None:
        """Close what was opened here."""
        if self._replies is not None:
            self._replies.close()
        for door in self._opened:
            await aclose(door)

    def _reach(self, model: str | Provider | None, context: int | None = None) -> Provider:
        """Open a model by its name, to be closed here; a provider object is taken as it is."""
        if model is not None and not isinstance(model, str):
            if isinstance(model, type) or not (hasattr(model, "complete") or hasattr(model, "acomplete")):
                raise UsageError(f"a model is a name or an object with complete() and acomplete(), not {model!r:.60}")
            return model
        base_url, api_key, limits = self._server

        def behind() -> Provider:
            name = default_model() if model is None else model
            found = open_door(name, base_url=base_url, api_key=api_key, limits=limits, counter=counter, window=context)
            self._behind.append(found)
            return found

        door = _open(model, behind)
        self._opened.append(door)
        return door

    def _limited(self, door: Provider) -> Limit:
        limits = self._limits
        own = Vetted(door, most_bytes=limits.max_reply_bytes, timeout_s=limits.timeout_s)
        asked = door if door in self._opened else own
        limit = Limit(Traced(asked), limits, extra_tokens=lambda: getattr(door, "extra_tokens", 0))
        self._gates.append(limit.gate)
        return limit

    def _kept_in(self, cache: Path | None) -> Replies | None:
        if cache is None:
            return None
        from summarizer.providers.cache import Replies, worth_keeping

        if not worth_keeping(self.door):
            return None
        for door in filter(None, (self.door, self._judge)):
            if info_of(door) is None:  # another model of its class would be answered from the same replies
                name = type(door).__name__
                raise UsageError(f"a cache tells models apart by their names: give {name} an `info`, a ModelInfo")
        return Replies(cache)


@lru_cache(maxsize=64)
def _tokens_of(form: ReplyFormat, count: Callable[[str], int]) -> int:
    return count(json.dumps(form.schema))


@lru_cache(maxsize=64)
def _tokens_in(instructions: str, count: Callable[[str], int]) -> int:
    """Count what is the same for all articles; it takes a quarter of the time that a prompt takes."""
    return count(instructions)


def _open(name: str | None, door: Callable[[], Provider]) -> Provider:
    """Open a model by its name, or its recordings where `SUMMARIZER_FIXTURES` says so."""
    if not os.environ.get("SUMMARIZER_FIXTURES"):
        return door()
    from summarizer.providers.cassette.environment import opened

    return opened(name, door)


def _at_most(door: Provider | None, usage: Usage) -> Usage:
    """Return a worst case with its price, as far as a door knows one."""
    most = getattr(door, "most", None)
    found: Usage = most(usage) if callable(most) else usage
    return found


def _info(door: Provider, context: int | None = None) -> ModelInfo:
    name = type(door).__name__
    known = info_of(door) or ModelInfo(label=name, name=name)
    return known if context is None else replace(known, window=context, window_from="as given", find_window=None)
