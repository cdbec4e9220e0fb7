"""A wrapper that sends the same request again after a fault that may pass.

One policy: a fixed number of attempts, waits that double and are drawn at random so that callers who failed together do
not come back together, the server's own wish where it states one, and the real error at the end.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from summarizer.errors import ProviderError, SummarizerError
from summarizer.records import Completion, Limits, ModelInfo, Provider, Request, Usage

if TYPE_CHECKING:
    from types import TracebackType

    from tenacity import RetryCallState

_log = logging.getLogger("summarizer.retry")

# A server that asks for more than this is not busy but closed for the day; a program that waits so long looks hung. The
# client library of OpenAI draws the same line.
MAX_WAIT_S = 120.0

FIRST_WAIT_S = 0.5
LONGEST_WAIT_S = 30.0
# What is added at random to the wait a server asks for; never less than it asked.
SPREAD = 0.1

_UNKNOWN = Usage(1, None, None, None, None, None)


class Retry:
    """A provider that repeats what another one failed at.

    Args:
        provider: The provider to ask.
        limits: `max_attempts` bounds how often.
        sleep: Waits so many seconds; for calls to `complete`.
        asleep: The same for `acomplete`.
        draw: Returns a number in [0, 1): the chance in a wait.
    """

    def __init__(
        self,
        provider: Provider,
        limits: Limits | None = None,
        *,
        sleep: Callable[[float], None] = time.sleep,
        asleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        draw: Callable[[], float] = random.random,
    ) -> None:
        self._provider = provider
        self._attempts = (limits or Limits()).max_attempts
        self._sleep = sleep
        self._asleep = asleep
        self._draw = draw

    def __repr__(self) -> str:
        return f"Retry({self._provider!r}, max_attempts={self._attempts})"

    @property
    def info(self) -> ModelInfo | None:
        """What is known about the model."""
        return getattr(self._provider, "info", None)

    def complete(self, request: Request, /) -> Completion:
        """Return the completion of a request, its usage including that of failed attempts.

        Raises:
            SummarizerError: The error of the last attempt, its usage that of all.
        """
        from tenacity import Retrying

        tally = _Tally()
        with tally:
            retrying = Retrying(sleep=self._sleep, **self._policy(tally))
            return tally.settle(retrying(self._provider.complete, request))

    async def acomplete(self, request: Request, /) -> Completion:
        """Return the completion of a request without blocking the event loop; see `complete`."""
        from tenacity import AsyncRetrying

        tally = _Tally()
        with tally:
            retrying = AsyncRetrying(sleep=self._asleep, **self._policy(tally))
            return tally.settle(await retrying(self._provider.acomplete, request))

    def close(self) -> None:
        """Close the provider."""
        close = getattr(self._provider, "close", None)
        if close is not None:
            close()

    async def aclose(self) -> None:
        """Close the provider."""
        aclose = getattr(self._provider, "aclose", None)
        if aclose is not None:
            await aclose()

    def _policy(self, tally: _Tally) -> dict[str, Any]:
        from tenacity import retry_if_exception, stop_after_attempt

        return {
            "stop": stop_after_attempt(self._attempts),
            "wait": self._wait_s,
            "retry": retry_if_exception(tally.may_pass),
            "before_sleep": _announce,
            "reraise": True,
        }

    def _wait_s(self, state: RetryCallState) -> float:
        asked = _asked_s(_error(state))
        if asked is not None:
            return asked * (1 + SPREAD * self._draw())
        ceiling = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0 ** (state.attempt_number - 1))
        return ceiling * (1 + self._draw()) / 2


class _Tally:
    """What the attempts at one request have consumed."""

    def __init__(self) -> None:
        self._spent = Usage()

    def __enter__(self) -> None:
        """Begin to count."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Write the sum on the error that comes through, if one does."""
        if isinstance(error, SummarizerError):
            error.usage = self._spent

    def may_pass(self, error: BaseException) -> bool:
        """Count a failed attempt and tell whether another makes sense."""
        if not isinstance(error, SummarizerError):
            return False
        self._spent += error.usage or _UNKNOWN
        asked = _asked_s(error)
        if error.passing and asked is not None and asked > MAX_WAIT_S:
            advice = f"it asks to wait {asked:.0f} s, longer than the {MAX_WAIT_S:.0f} s we wait: run again later"
            error.args = (f"{error.message}; {advice}",)
            return False
        return error.passing

    def settle(self, completion: Completion) -> Completion:
        """Add what the failed attempts consumed to the completion."""
        return replace(completion, usage=self._spent + completion.usage)


def _asked_s(error: BaseException | None) -> float | None:
    return error.retry_after_s if isinstance(error, ProviderError) else None


def _error(state: RetryCallState) -> BaseException | None:
    return None if state.outcome is None else state.outcome.exception()


def _announce(state: RetryCallState) -> None:
    wait_s = 0.0 if state.next_action is None else state.next_action.sleep
    _log.warning("attempt %d failed, the next in %.1f s: %s", state.attempt_number, wait_s, _error(state))
