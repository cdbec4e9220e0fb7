"""A wrapper that sends the same request again after a fault that may pass.

One policy: a fixed number of attempts, waits that double and are drawn at random so that callers who failed together do
not come back together, the server's own wish where it states one, and the real error at the end. Of all calls no more
than a tenth are retries: a server that fails at many things is not helped by being asked three times as much.
"""

from __future__ import annotations

import logging
import random
import threading
import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from summarizer.errors import ProviderError, RateLimited, SummarizerError
from summarizer.providers import patience
from summarizer.providers.gate import MAX_WAIT_S
from summarizer.providers.wrapper import Wrapper
from summarizer.records import UNKNOWN_USAGE, Completion, Limits, Provider, Request, Usage

if TYPE_CHECKING:
    from types import TracebackType

    from tenacity import RetryCallState

T = TypeVar("T")

_log = logging.getLogger("summarizer.retry")

FIRST_WAIT_S = 0.5
LONGEST_WAIT_S = 30.0
# What is added at random to the wait a server asks for; never less than it asked.
SPREAD = 0.1

# Retries may be this share of the calls of the last while, or so many: a run of a few hundred articles never notices.
RETRY_SHARE = 0.1
FEW_RETRIES = 50
_WINDOW_S = 60.0
# Where a refusal for rate is no failure: so many in a row, each after the pause that all share, are one.
MOST_REFUSALS = 50

_NOTHING = Usage()


class Retry(Wrapper):
    """A provider that repeats what another one failed at.

    Args:
        provider: The provider to ask.
        limits: `max_attempts` bounds how often.
        patient: Whether a refusal for rate counts as no attempt, and is waited for by `Limit` alone: for a batch, in
            which an article is not lost for the number of the others.
        sleep: Waits so many seconds, or as long as requests are to be sent; for calls to `complete`.
        asleep: The same for `acomplete`.
        draw: Returns a number in [0, 1): the chance in a wait.
        clock: Returns seconds that never go back.
    """

    def __init__(
        self,
        provider: Provider,
        limits: Limits | None = None,
        *,
        patient: bool = False,
        sleep: Callable[[float], None] = patience.sleep,
        asleep: Callable[[float], Awaitable[None]] = patience.asleep,
        draw: Callable[[], float] = random.random,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(provider)
        self._attempts = (limits or Limits()).max_attempts
        self._patient = patient
        self._share = _Share(clock)
        self._sleep = sleep
        self._asleep = asleep
        self._draw = draw

    def __repr__(self) -> str:
        return f"Retry({self._provider!r}, max_attempts={self._attempts})"

    def complete(self, request: Request, /) -> Completion:
        """Return the completion of a request, its usage including that of failed attempts.

        Raises:
            Interrupted: It was not to be sent any more before an attempt that may have succeeded.
            SummarizerError: The error of the last attempt, its usage that of all.
        """
        self._share.called()
        try:
            return self._provider.complete(request)
        except SummarizerError as error:
            first = error
        tally = _Tally(self._attempts, self._share, patient=self._patient)
        with tally:
            from tenacity import Retrying

            retrying = Retrying(sleep=self._sleep, **self._policy(tally))
            return tally.settle(retrying(_after(first, self._provider.complete), request))

    async def acomplete(self, request: Request, /) -> Completion:
        """Return the completion of a request without blocking the event loop; see `complete`."""
        self._share.called()
        try:
            return await self._provider.acomplete(request)
        except SummarizerError as error:
            first = error
        tally = _Tally(self._attempts, self._share, patient=self._patient)
        with tally:
            from tenacity import AsyncRetrying

            ask = _after(first, self._provider.acomplete)

            async def attempt() -> Completion:
                return await ask(request)

            retrying = AsyncRetrying(sleep=self._asleep, **self._policy(tally))
            return tally.settle(await retrying(attempt))

    def _policy(self, tally: _Tally) -> dict[str, Any]:
        from tenacity import retry_if_exception

        return {
            "wait": partial(self._wait_s, tally),
            "retry": retry_if_exception(tally.may_pass),  # it counts the attempts too
            "before_sleep": _announce,
            "reraise": True,
        }

    def _wait_s(self, tally: _Tally, state: RetryCallState) -> float:
        error = _error(state)
        if self._patient and isinstance(error, RateLimited):
            return 0.0
        asked = _asked_s(error)
        if asked is not None:
            return asked * (1 + SPREAD * self._draw())
        ceiling = min(LONGEST_WAIT_S, FIRST_WAIT_S * 2.0 ** (tally.failed - 1))
        return ceiling * (1 + self._draw()) / 2


class _Share:
    """How many of the calls of the last while were retries; safe to use from several threads."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._calls: deque[tuple[float, int]] = deque()  # (second, how many)
        self._retries: deque[tuple[float, int]] = deque()
        self._numbers = [0, 0]

    def called(self) -> None:
        """Count a call."""
        with self._lock:
            self._count(0, self._calls, 1)

    def may_retry(self) -> bool:
        """Count a retry, if there is room for it."""
        with self._lock:
            self._count(0, self._calls, 0)
            self._count(1, self._retries, 0)
            calls, retries = self._numbers
            if retries >= max(FEW_RETRIES, RETRY_SHARE * calls):
                return False
            self._count(1, self._retries, 1)
            return True

    def _count(self, which: int, seconds: deque[tuple[float, int]], more: int) -> None:
        now = float(int(self._clock()))
        while seconds and seconds[0][0] < now - _WINDOW_S:
            self._numbers[which] -= seconds.popleft()[1]
        if more:
            before = seconds.pop()[1] if seconds and seconds[-1][0] == now else 0
            seconds.append((now, before + more))
            self._numbers[which] += more


class _Tally:
    """What the attempts at one request, the first of which failed, have consumed, and whether another makes sense.

    Attributes:
        failed: How many attempts have failed.
    """

    def __init__(self, attempts: int, share: _Share, *, patient: bool) -> None:
        self._spent = _NOTHING
        self._attempts = attempts
        self.failed = 0
        self._refusals = MOST_REFUSALS if patient else 0
        self._share = share

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
        self._spent += error.usage or UNKNOWN_USAGE
        asked = _asked_s(error)
        if error.passing and asked is not None and asked > MAX_WAIT_S:
            advice = f"it asks to wait {asked:.0f} s, longer than the {MAX_WAIT_S:.0f} s we wait: run again later"
            error.args = (f"{error.message}; {advice}",)
            return False
        if isinstance(error, RateLimited) and self._refusals:
            self._refusals -= 1
            return self._refusals > 0
        self.failed += 1
        may = error.passing and self.failed < self._attempts
        return may and self._is_in_the_share(error)

    def _is_in_the_share(self, error: SummarizerError) -> bool:
        if isinstance(error, RateLimited) or self._share.may_retry():  # a pause is more than a share
            return True
        if isinstance(error, ProviderError):
            error.starved = True
            error.args = (f"{error.message}; not tried again: a tenth of all calls are retries already",)
        return False

    def settle(self, completion: Completion) -> Completion:
        """Add what the failed attempts consumed to the completion."""
        has_failed = self._spent.requests > 0
        return replace(completion, usage=self._spent + completion.usage) if has_failed else completion


def _after(first: SummarizerError, ask: Callable[[Request], T]) -> Callable[[Request], T]:
    """Give the loop an attempt that has failed already: it costs more than all that a first one that succeeds does."""
    failed = [first]

    def attempt(request: Request) -> T:
        if failed:
            raise failed.pop()
        return ask(request)

    return attempt


def _asked_s(error: BaseException | None) -> float | None:
    return error.retry_after_s if isinstance(error, ProviderError) else None


def _error(state: RetryCallState) -> BaseException | None:
    return None if state.outcome is None else state.outcome.exception()


def _announce(state: RetryCallState) -> None:
    error, wait_s = _error(state), 0.0 if state.next_action is None else state.next_action.sleep
    when = f"in {wait_s:.1f} s"
    if isinstance(error, RateLimited) and not wait_s:  # `Limit` holds it back, with all others
        asked_s = _asked_s(error)
        when = "when the server takes more" if asked_s is None else f"in {asked_s:.1f} s, as the server asks"
    _log.warning("attempt %d failed, the next %s: %s", state.attempt_number, when, error)
