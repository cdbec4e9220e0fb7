"""Wrapper `vetted`: a provider of the caller's own gives what the protocol asks for, or an error says what it gave.

Its own exceptions pass as they are: they are the caller's, who knows them.
"""

from __future__ import annotations

import asyncio
import inspect
from decimal import Decimal
from typing import NoReturn

from summarizer.errors import BadResponse, Unavailable, UsageError
from summarizer.providers.wrapper import Wrapper, info_of
from summarizer.records import Completion, ModelInfo, Provider, Rates, Request, Usage

_TWINS = {
    "complete": "summarize() asks: write it, or call asummarize() or a batch",
    "acomplete": "asummarize() and batches ask: write it as `async def`, or call summarize()",
}
_WANTED = "a provider returns a summarizer.Completion, as in `Completion(text, model)`"


class Vetted(Wrapper):
    """Looks at what a provider returns before anything else does.

    Args:
        provider: The caller's own.
        most_bytes: The longest text that it may return, in UTF-8; None is no bound.
        timeout_s: Deadline of `acomplete`; None is none. Nothing can end a call to `complete`.
    """

    def __init__(self, provider: Provider, *, most_bytes: int | None = None, timeout_s: float | None = None) -> None:
        super().__init__(provider)
        self._most_bytes = most_bytes
        self._timeout_s = timeout_s

    @property
    def info(self) -> ModelInfo:
        """What is known about the model; where nothing is, it is called by its provider's class."""
        return info_of(self._provider) or ModelInfo(label=self._name, name=self._name)

    @property
    def base_url(self) -> object:
        """Where the model is, if the provider says so."""
        return getattr(self._provider, "base_url", None)

    def complete(self, request: Request, /) -> Completion:
        """Return the completion of a request.

        Raises:
            UsageError: The provider has no such method, or it returns something else.
            BadResponse: The completion holds no text, or too much of it.
            Exception: What the provider raises.
        """
        self._must_have("complete")
        try:
            found: object = self._provider.complete(request)
        except StopIteration as error:  # would end the loop that asks, as PEP 479 says of generators
            raise RuntimeError(f"{self._name}.complete() raised StopIteration") from error
        if inspect.iscoroutine(found):
            found.close()
            raise UsageError(f"{self._name}.complete() is `async def`: write a plain `def`, {_WANTED}")
        return self._whole(found, "complete")

    async def acomplete(self, request: Request, /) -> Completion:
        """Return the completion of a request without blocking the event loop; see `complete`.

        Raises:
            Unavailable: The deadline has passed, and the call was cancelled.
        """
        self._must_have("acomplete")
        found: object = self._provider.acomplete(request)
        if not inspect.isawaitable(found):
            raise UsageError(f"{self._name}.acomplete() returned {_kind(found)}: write `async def`, {_WANTED}")
        deadline = asyncio.timeout(self._timeout_s)
        try:
            async with deadline:
                found = await found
            return self._whole(found, "acomplete")
        except TimeoutError as error:
            if not deadline.expired():
                raise
            late = f"{self._name}.acomplete() did not finish within the time limit of {self._timeout_s:g} s"
            raise Unavailable(f"{late}: try again, or allow more time") from error
        except asyncio.CancelledError as error:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            # Nobody cancels this call: who asked must not take it for the end of its own task.
            raise RuntimeError(f"{self._name}.acomplete() raised CancelledError") from error

    @property
    def _name(self) -> str:
        return type(self._provider).__name__

    def _must_have(self, method: str) -> None:
        if not callable(getattr(self._provider, method, None)):
            raise UsageError(f"{self._name} has no {method}(), which {_TWINS[method]}; {_WANTED}")

    def _whole(self, found: object, method: str) -> Completion:
        if not isinstance(found, Completion):
            self._refuse(method, f"returned {_kind(found)}")
        wrong = _wrong(found)
        if wrong is not None:
            self._refuse(method, f"returned a Completion whose {wrong}")
        if not isinstance(found.text, str):  # clients give None for a text when a model declines
            raise BadResponse(
                f"{self._name}.{method}() returned a Completion whose text is {_kind(found.text)}, not a str"
            )
        if self._most_bytes is not None and _is_longer(found.text, self._most_bytes):
            raise BadResponse.too_large(f"{self._name}.{method}()", self._most_bytes)
        return found

    def _refuse(self, method: str, what: str) -> NoReturn:
        raise UsageError(f"{self._name}.{method}() {what}: {_WANTED}")


_COUNTS = ("requests", "input_tokens", "cached_tokens", "output_tokens", "reasoning_tokens")


def _wrong(found: Completion) -> str | None:
    """Say which of the values around a text is none that can be added up; None where all are."""
    usage: object = found.usage
    if not isinstance(usage, Usage):
        return f"usage is {_kind(usage)}, not a summarizer.Usage"
    for name in _COUNTS:
        count = getattr(usage, name)
        if not (isinstance(count, int) and count >= 0) and (count is not None or name == "requests"):
            return f"usage.{name} is {count!r:.40}, not a whole number"
    cost: object = usage.cost_usd
    if cost is not None and not (isinstance(cost, Decimal) and cost.is_finite() and cost >= 0):
        return f"usage.cost_usd is {cost!r:.40}, not a Decimal of dollars, or None where that is unknown"
    warnings: object = found.warnings
    if not (isinstance(warnings, tuple) and all(isinstance(warning, str) for warning in warnings)):
        return f"warnings are {_kind(warnings)}, not a tuple of texts"
    rates: object = found.rates
    return None if isinstance(rates, Rates | None) else f"rates are {_kind(rates)}, not a summarizer.records.Rates"


def _is_longer(text: str, most_bytes: int) -> bool:
    """Whether a text has more bytes; no character has more than four, so hardly any is counted."""
    return 4 * len(text) > most_bytes and len(text.encode("utf-8", "surrogatepass")) > most_bytes


def _kind(value: object) -> str:
    return "None" if value is None else f"a value of type {type(value).__name__}"
