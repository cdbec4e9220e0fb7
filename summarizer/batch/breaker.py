"""Tells an outage of the server from articles that fail, so that no article is lost for the server's sake.

An article that found no server is put aside as long as nothing succeeds. When something does, it was the article, and
its failure counts. When so many fail one after another, it may be the server: all wait, and the server is asked for
next to nothing, after longer and longer waits. If it never answers, the run stops, to be resumed. As soon as it does,
one article goes alone: when it succeeds, all go on; when it finds no server although the server answered right before
and answers right after, it was the article, and the next one goes alone. So it is at the end of a run, too, where
nothing is left that could succeed.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeGuard

from summarizer.batch.planner import Job
from summarizer.batch.recipe import Recipe
from summarizer.errors import (
    BadResponse,
    Outage,
    ProviderError,
    RateLimited,
    SummarizerError,
    Unauthorized,
    Unavailable,
    UnknownModel,
)
from summarizer.providers.gate import MAX_WAIT_S
from summarizer.records import Article, Provider, Request

# So many articles one after another, each tried as often as `max_attempts` says. Of a server that fails at a fifth of
# all requests, an article in 600 fails four times: ten in a row are no chance.
MOST_IN_A_ROW = 10
# The waits before the server is asked again: two minutes, with those of the retries somewhat more. A restart takes
# seconds, a deployment a minute or two; who is down longer is looked at by people.
PAUSES_S = (1.0, 2.0, 5.0, 10.0, 20.0, 30.0, 60.0)
# So often an article is tried that was not retried for the number of other retries, or after which the server was gone.
MOST_ROUNDS = 5
_SLICE_S = 0.2
# What is summarized to see whether the server is there: asked for as any article is, and as short as one can be.
_NEXT_TO_NOTHING = Article("The library opens at nine.", language="en")


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
        ask: Asks the server for next to nothing; returns why it did not answer, None when it did.
        asleep: Waits so many seconds.

    Attributes:
        is_open: Whether the server is taken to be down, or to fail at many articles.
        answers: In the first case False, in the second one True.
    """

    def __init__(
        self,
        is_stopping: Callable[[], bool],
        ask: Callable[[], Awaitable[ProviderError | None]],
        *,
        asleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self.is_open = False
        self.answers = False
        self._is_stopping = is_stopping
        self._ask = ask
        self._asleep = asleep
        self._aside: deque[Aside] = deque()
        self._again: deque[Job] = deque()
        self._failed: list[Aside] = []
        self._running = 0
        self._in_a_row = 0
        self._alone: str | None = None  # the article that goes alone
        self._has_answered = False
        self._asking = asyncio.Lock()
        self._changed = asyncio.Event()

    def next(self) -> Job | None:
        """Return an article to take up again, if there is one."""
        return self._again.popleft() if self._again else None

    async def last(self) -> Job | None:
        """Return an article to take up again when no new ones come; None when there is nothing left to do."""
        if not self._running and not self.is_open and not self._is_stopping():
            self._release()
            if not self._again:
                await self._judge()
        if self.is_open and self._aside:
            return self._aside.popleft().job
        return self.next()

    async def admit(self, job: Job) -> None:
        """Wait until an article may begin: at once, or when it is its turn to go alone, or when all is well.

        Raises:
            Outage: The server does not answer.
        """
        self._running += 1
        try:
            while self.is_open and not self._is_stopping():
                if self._alone is None:
                    self._alone = job.article.id
                    if not self.answers:
                        await self._find()
                    return
                self._changed.clear()
                await self._changed.wait()
        except BaseException:
            self.ended(job)
            raise

    def answered(self) -> None:
        """Take note that the server works: what failed all the same has failed."""
        self._running -= 1
        self._in_a_row = 0
        self._has_answered = True
        if self.is_open:
            self._again.extend(aside.job for aside in self._aside)
            self._aside.clear()
            self.is_open = False
            self._go_on()
        if self._aside:
            self._release()
            self._failed.extend(self._aside)
            self._aside.clear()

    async def unanswered(self, job: Job, error: ProviderError) -> None:
        """Put an article aside that found no server, or find out whose fault it was.

        Raises:
            Outage: The server does not answer.
        """
        self._running -= 1
        self._in_a_row += 1
        if _is_closed(error):
            raise _outage(error)
        if self._alone == job.article.id:
            try:
                is_to_blame = await self._is_to_blame(job, error)
            finally:
                if self._alone == job.article.id:
                    self._go_on()
            (self._failed if is_to_blame else self._aside).append(Aside(job, error))
            return
        self._aside.append(Aside(job, error))
        if not self.is_open and (self._in_a_row >= MOST_IN_A_ROW or isinstance(error, RateLimited)):
            self.is_open, self.answers = True, False

    async def blames(self, error: Exception) -> bool:
        """Whether a key or a model is refused for the article's sake, as firewalls do; a short question shows it.

        Such an article is put aside like one that found no server: else it would stop every run.
        """
        if not isinstance(error, (Unauthorized, UnknownModel)):
            return False
        async with self._asking:  # where all are refused, one question is enough
            if self._is_stopping():
                return False
            try:
                return await self._ask() is None
            except SummarizerError:
                return False

    def ended(self, job: Job) -> None:
        """Take note that an article ended in a way that says nothing about the server."""
        self._running -= 1
        if self._alone == job.article.id:
            self._go_on()

    def failed(self) -> list[Aside]:
        """Return the articles that have failed since this was asked last."""
        failed, self._failed = self._failed, []
        return failed

    async def _judge(self) -> None:
        """Find out whether it was for the last articles that they found no server: nothing else is left to show it."""
        left, self._aside = self._aside, deque()
        if left and await self._ask() is not None:
            self.is_open, self.answers = True, False
            self._aside.extend(left)
        else:
            self._failed.extend(left)

    async def _is_to_blame(self, job: Job, error: ProviderError) -> bool:
        """Whether it was for the article that it found no server: nobody else was there, and the server answers."""
        times = await self._find()
        return (times == 1 and not error.starved) or (times is not None and job.rounds >= MOST_ROUNDS)

    async def _find(self) -> int | None:
        """Wait longer and longer until the server answers.

        Returns:
            How often it was asked; None when nobody wants to know any more.

        Raises:
            Outage: It does not.
        """
        for times, pause_s in enumerate(PAUSES_S, 1):
            await self._pause(pause_s)
            if self._is_stopping() or not self.is_open:
                return None
            error = await self._ask()
            self.answers = error is None
            if error is None:
                return times
            if _is_closed(error):
                raise _outage(error)
            if not (error.passing or self._has_answered):  # nothing says that a model was ever there
                raise _outage(error)
        assert error is not None
        raise _outage(error, f"no answer to {self._in_a_row} articles in a row, nor {PAUSES_S[-1]:g} s later: ")

    def _go_on(self) -> None:
        """Let the next one go alone, or all."""
        self._alone = None
        self._changed.set()

    def _release(self) -> None:
        """Take up again what was not tried as often as it might have been."""
        again = [
            aside
            for aside in self._aside
            if (aside.error.starved or not aside.error.passing) and aside.job.rounds < MOST_ROUNDS
        ]
        self._aside = deque(aside for aside in self._aside if aside not in again)
        self._again.extend(aside.job for aside in again)

    async def _pause(self, seconds: float) -> None:
        """Wait, but not longer than the run goes on."""
        while seconds > 0 and not self._is_stopping():
            await self._asleep(min(seconds, _SLICE_S))
            seconds -= _SLICE_S


async def ask(recipe: Recipe[Any], provider: Provider) -> ProviderError | None:
    """Ask a server for next to nothing; return why it did not answer, None when it did.

    Raises:
        SummarizerError: One that stops a run.
    """
    try:
        request = next(recipe.flow(_NEXT_TO_NOTHING))[0]
        assert isinstance(request, Request)
        await provider.acomplete(request)
    except Exception as error:
        if isinstance(error, SummarizerError) and error.stops_run:
            raise
        return error if finds_no_server(error) else None
    return None


def finds_no_server(error: Exception) -> TypeGuard[ProviderError]:
    """Whether an article ended for want of a server: none answered, or something else did in its place."""
    return isinstance(error, (Unavailable, RateLimited)) or (isinstance(error, BadResponse) and error.strange)


def _is_closed(error: ProviderError) -> bool:
    """Whether a server says itself that it does not answer for longer than anybody waits."""
    return (error.retry_after_s or 0) > MAX_WAIT_S


def _outage(error: ProviderError, what: str = "") -> Outage:
    return Outage(f"{what}{error.message}", status=error.status, retry_after_s=error.retry_after_s, model=error.model)
