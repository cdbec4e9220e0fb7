"""Tells an outage of the server from articles that fail, so that no article is lost for the server's sake.

An article that found no server is put aside as long as nothing succeeds. When something does, it was the article, and
its failure counts. When so many fail one after another, it is the server: the run pauses, asks for one article after
longer and longer waits, and goes on with all when that is answered. If none is, the run stops, to be resumed.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeGuard

from summarizer.batch.planner import Job
from summarizer.errors import Outage, ProviderError, RateLimited, Unavailable
from summarizer.providers.gate import MAX_WAIT_S

# So many articles one after another, each tried as often as `max_attempts` says. Of a server that fails at a fifth of
# all requests, an article in 600 fails four times: ten in a row are no chance.
MOST_IN_A_ROW = 10
# The waits before each of the articles that ask whether the server is back: two minutes, with those of the retries
# somewhat more. A restart takes seconds, a deployment a minute or two; who is down longer is looked at by people.
PAUSES_S = (1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0)
# An article that was not retried for the number of other retries is taken up again so many times.
_MOST_ROUNDS = 5
_SLICE_S = 0.2


@dataclass(frozen=True, slots=True)
class Aside:
    """An article that found no server.

    Attributes:
        job: The article, with the replies that it has.
        error: Why.
    """

    job: Job
    error: ProviderError


class Breaker:
    """What a run knows about its server; belongs to one event loop.

    Args:
        is_stopping: Whether the run ends, so that nothing is waited for.
        asleep: Waits so many seconds.
    """

    def __init__(
        self, is_stopping: Callable[[], bool], *, asleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    ) -> None:
        self._is_stopping = is_stopping
        self._asleep = asleep
        self._aside: deque[Aside] = deque()
        self._again: deque[Job] = deque()
        self._running = 0
        self._in_a_row = 0
        self._probes: int | None = None  # how many found it still down; None is no outage
        self._probe: str | None = None  # the article that asks whether it is back
        self._changed = asyncio.Event()

    @property
    def is_open(self) -> bool:
        """Whether the server is taken to be down."""
        return self._probes is not None

    def next(self) -> Job | None:
        """Return an article to take up again, if there is one."""
        return self._again.popleft() if self._again else None

    def last(self) -> Job | None:
        """Return an article to take up again when no new ones come; None when there is nothing left to do."""
        if self._again:
            return self._again.popleft()
        if self.is_open and self._aside:
            return self._aside.popleft().job
        if not self._running:
            self._release()
        return self.next()

    async def admit(self, job: Job) -> None:
        """Wait until an article may begin: at once, or in an outage when it is the one that asks, or all is well."""
        while self._probes is not None and not self._is_stopping():
            if self._probe is None:
                self._probe = job.article.id
                await self._pause(PAUSES_S[self._probes])
                break
            self._changed.clear()
            await self._changed.wait()
        self._running += 1

    def answered(self) -> list[Aside]:
        """Take note that the server works; return the articles that failed all the same."""
        self._running -= 1
        self._in_a_row = 0
        if self._probes is not None:
            self._again.extend(aside.job for aside in self.left())
            self._probes = self._probe = None
            self.wake()
        self._release()
        return self.left()

    def unanswered(self, job: Job, error: ProviderError) -> Outage | None:
        """Put an article aside that found no server; return the error that ends the run, when it is time."""
        self._running -= 1
        self._in_a_row += 1
        self._aside.append(Aside(job, error))
        if (error.retry_after_s or 0) > MAX_WAIT_S:
            return _outage(error)
        if self._probes is None and (self._in_a_row >= MOST_IN_A_ROW or isinstance(error, RateLimited)):
            self._probes = 0
        elif self._probes is not None and self._probe == job.article.id:
            self._probe = None
            self._probes += 1
            self.wake()
        if self._probes != len(PAUSES_S):
            return None
        return _outage(error, f"no answer to {self._in_a_row} articles in a row, the last after {PAUSES_S[-1]:g} s: ")

    def ended(self, job: Job) -> None:
        """Take note that an article ended in a way that says nothing about the server."""
        self._running -= 1
        if self._probe == job.article.id:
            self._probe = None
            self.wake()

    def left(self) -> list[Aside]:
        """Return the articles that are aside, and forget them."""
        left, self._aside = list(self._aside), deque()
        return left

    def wake(self) -> None:
        """Have those who wait look again."""
        self._changed.set()

    def _release(self) -> None:
        """Take up again what was not tried as often as it might have been."""
        starved = [aside for aside in self._aside if aside.error.starved and aside.job.rounds < _MOST_ROUNDS]
        self._aside = deque(aside for aside in self._aside if aside not in starved)
        self._again.extend(aside.job for aside in starved)

    async def _pause(self, seconds: float) -> None:
        """Wait, but not longer than the run goes on."""
        while seconds > 0 and not self._is_stopping():
            await self._asleep(min(seconds, _SLICE_S))
            seconds -= _SLICE_S


def finds_no_server(error: Exception) -> TypeGuard[ProviderError]:
    """Whether an article ended for want of a server."""
    return isinstance(error, (Unavailable, RateLimited))


def _outage(error: ProviderError, what: str = "") -> Outage:
    return Outage(f"{what}{error.message}", status=error.status, retry_after_s=error.retry_after_s, model=error.model)
