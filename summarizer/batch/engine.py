"""Runs a batch: one event loop, as many calls at once as are allowed, each result kept before its worker goes on.

    inputs -> planner (a thread) -> jobs -> workers (tasks) -> ledger (a thread) -> finishers -> outputs (threads)

Every queue between them is bounded, so memory is flat at any number of articles. When this process has no time left,
the workers give the flows of articles to other processes, and keep their requests.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, Generic, TypeVar

from pydantic import BaseModel

from summarizer.batch import failures
from summarizer.batch.breaker import Breaker, ask, finds_no_server
from summarizer.batch.calls import Calls
from summarizer.batch.desk import Orders
from summarizer.batch.ended import Ended
from summarizer.batch.held import hold
from summarizer.batch.jobs import Jobs
from summarizer.batch.kept import Kept
from summarizer.batch.ledger import Book, stored
from summarizer.batch.planner import Claims, Job, Planner
from summarizer.batch.processes import Processes
from summarizer.batch.recipe import Recipe, Settings
from summarizer.batch.show import Show, Told, failed, told
from summarizer.batch.tally import Tally
from summarizer.batch.view import View, Work, has_result
from summarizer.errors import BudgetReached, Interrupted, ProviderError, StoreError, SummarizerError
from summarizer.load.inputs import Input
from summarizer.providers.budget import Tab
from summarizer.providers.patience import giving_up
from summarizer.records import Completion, Result, Usage

S = TypeVar("S", bound=BaseModel)

# Writing an output waits for the disk (0.3 to 5 ms to force a file), not for the processor.
_WRITERS = 8
# How many outcomes wait for who takes them, or for their outputs.
_WAITING = 256
_JOIN_S = 1.0


class Run(Generic[S]):
    """One run over many articles.

    Args:
        recipe: What is done to each.
        inputs: The articles; they are read one at a time, in a thread.
        settings: How.
        asleep: Waits so many seconds, while the server is down.
        processes: Drive flows; they are ended with the run. None makes them.

    Attributes:
        settings: How.
        tally: How far it is; may be read at any time, from any thread.
        notes: What people should know, one line each.
    """

    def __init__(
        self,
        recipe: Recipe[S],
        inputs: Iterable[Input],
        settings: Settings,
        *,
        asleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        processes: Processes | None = None,
    ) -> None:
        self.tally = Tally()
        self.notes: list[str] = []
        self._recipe = recipe
        self._inputs = inputs
        self.settings = settings
        self._stopping = threading.Event()
        self._giving_up = threading.Event()
        self._error: BaseException | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._workers: list[asyncio.Task[None]] = []
        self._processes = processes or Processes()
        self._processes.follow(Orders(recipe.flow, settings.results, recipe.reads_units))
        self._breaker = Breaker(self._stopping.is_set, lambda: ask(recipe, self._held.server), asleep=asleep)
        self._claims = Claims()
        self._jobs = Jobs(settings.concurrency, self._stopping, self._call)
        self._done: asyncio.Queue[tuple[Job, Work, Result[S] | None] | None] = asyncio.Queue(_WAITING)
        self._told: asyncio.Queue[Told | None] = asyncio.Queue(_WAITING)
        self._is_gone = False
        self._book: Book | Tab | None = None

    @property
    def usage(self) -> Usage:
        """What this run has consumed so far, failed calls included."""
        return Usage() if self._book is None else self._book.of_run

    @property
    def is_stopping(self) -> bool:
        """Whether nothing new is begun any more."""
        return self._stopping.is_set()

    @property
    def waits_for(self) -> str | None:
        """What everything waits for, for people; None when it does not."""
        if self._breaker.is_open:
            is_there = self._breaker.answers
            return "articles find no answer: one at a time" if is_there else "the server is down: asking now and then"
        paused_s = self._recipe.paused_s()
        if paused_s >= 1:
            return f"the server asks for a pause: {paused_s:.0f} s"
        return "the server takes no more for now (429)" if self._recipe.is_refused() else None

    def stop(self) -> None:
        """Begin nothing new, and finish what is in flight; safe to call from a signal handler or a thread."""
        self._giving_up.set()
        self._halt()

    def abort(self) -> None:
        """Drop what is in flight too; its calls may be paid again by the next run."""
        self.stop()
        self._call(self._cancel)

    async def outcomes(self) -> AsyncIterator[Told]:
        """Run, and yield what becomes of each input, as it is kept and shown.

        Raises:
            SummarizerError: What stopped the run, when all that could be finished was; the same call resumes it.
        """
        self._loop = asyncio.get_running_loop()
        with contextlib.ExitStack() as closing:
            await _whole(asyncio.to_thread(self._open, closing))
            self._begin()
            ending = asyncio.ensure_future(self._end())
            try:
                while (one := await self._told.get()) is not None:
                    yield one
            finally:
                await self._leave(ending)
                await self._processes.aclose()
                await _whole(asyncio.to_thread(self._finish))
        if self._error is not None:
            raise self._error

    # ------------------------------------------------------------------------------------------------- before and after

    def _open(self, closing: contextlib.ExitStack) -> None:
        self._held = hold(self._recipe, self.settings, closing)
        self._book = self._held.book
        self.notes += self._held.agree(self.settings.concurrency)

    def _begin(self) -> None:
        assert self._loop is not None
        self._calls = Calls(self.settings.concurrency)
        self._pool = ThreadPoolExecutor(_WRITERS, thread_name_prefix="summarizer-output")
        self._show = Show(
            self._held.ledger,
            self._held.outputs,
            self.tally,
            task=self._held.task,
            schema=self._recipe.task.schema,
            tell=self._tell_from_thread,
            recalls=self.settings.results,
        )
        self._planner = threading.Thread(target=self._plan, name="summarizer-planner", daemon=True)
        self._planner.start()
        self._workers = [asyncio.ensure_future(self._work()) for _ in range(self.settings.concurrency)]
        self._finishers = [asyncio.ensure_future(self._finish_each()) for _ in range(_WRITERS)]

    async def _end(self) -> None:
        """Wait until all is done, and say so to who takes the outcomes."""
        for raised in await asyncio.gather(*self._workers, return_exceptions=True):
            if isinstance(raised, Exception):
                self._fail(raised)
        for _ in self._finishers:
            await self._done.put(None)
        for raised in await asyncio.gather(*self._finishers, return_exceptions=True):
            if isinstance(raised, BaseException):
                self._fail(raised)
        await asyncio.to_thread(self._planner.join, _JOIN_S)  # it may wait for a list that never ends
        await self._tell(None)

    async def _leave(self, ending: asyncio.Future[None]) -> None:
        """End the run, also when nobody takes outcomes any more."""
        self._is_gone = True
        if not ending.done():
            self.abort()
            self._cancel()
            while not self._told.empty():  # who waits for room goes on, and finds that nobody is there
                self._told.get_nowait()
        await ending

    def _finish(self) -> None:
        self._pool.shutdown()
        held = self._held
        with self._noted(), View(held.places.ledger) as view:
            with self._noted():
                held.ledger.commit_now()  # what was posted is what is shown
            with self._noted():
                held.outputs.finish(view, held.task)
            if held.places.failures is not None and not isinstance(self._error, StoreError):
                failures.write(held.places.failures, view)
        held.ledger.close()

    @contextlib.contextmanager
    def _noted(self) -> Iterator[None]:
        """Take a disk that cannot be written for the end of the run, but not of what is left to do."""
        try:
            yield
        except StoreError as error:
            self._fail(error)

    # ------------------------------------------------------------------------------------------------------ the planner

    def _plan(self) -> None:
        planner = Planner(
            self._inputs,
            self._held.ledger,
            self._show,
            self._claims,
            hand_on=self._hand_on,
            retry_failed=self.settings.retry_failed,
            stopping=self._stopping,
        )
        try:
            planner.run()
        except StoreError as error:
            self._fail(error)
        except BaseException as error:  # noqa: BLE001 - whatever the caller's own inputs raise is the caller's to see
            self._error = self._error or error  # what was read before is finished all the same
        finally:
            self._jobs.end()

    def _hand_on(self, job: Job) -> None:
        if not self._jobs.put(job):
            self._claims.leave(job.article.id)

    def _tell_from_thread(self, one: Told) -> None:
        assert self._loop is not None
        if not self._is_gone:
            asyncio.run_coroutine_threadsafe(self._tell(one), self._loop).result()

    # ------------------------------------------------------------------------------------------------------ the workers

    async def _work(self) -> None:
        giving_up.set(self._giving_up.is_set)
        try:
            while (job := await self._next()) is not None:
                await self._breaker.admit(job)
                if self._stopping.is_set():
                    self._breaker.ended(job)
                    self._claims.leave(job.article.id)
                else:
                    await self._summarize(job)
                    await self._settle()
        except SummarizerError as error:  # nobody answers any more
            self._fail(error)

    async def _next(self) -> Job | None:
        """Return what to do next: what was put aside and may be tried again, what is new, what is left."""
        job = self._breaker.next() or await self._jobs.get()
        if job is None:
            job = await self._breaker.last()
            await self._settle()
        return job

    async def _summarize(self, job: Job) -> None:
        article = job.article
        held = self._held
        kept = Kept(held.provider, held.ledger, calls=self._calls, of=(held.task, article.id), known=job.known)
        end: Ended | None = None
        replies: Mapping[str, Completion] = {}
        try:
            end = await self._processes.summarize(article, kept, calls=self.settings.concurrency)
            work = end.work
            if end.unread:
                replies = kept.replies_but(end.unread)
        except Exception as error:  # noqa: BLE001 - a provider of the caller's own may raise anything
            if isinstance(error, ProviderError) and (finds_no_server(error) or await self._breaker.blames(error)):
                kept.save()
                await self._breaker.unanswered(replace(job, known=kept.replies, rounds=job.rounds + 1), error)
                return
            if isinstance(error, SummarizerError) and error.stops_run:
                kept.save()
                self._breaker.ended(job)
                self._claims.leave(article.id)
                self._fail(error)
                return
            work, replies = failed(error, kept.usage), kept.notes
        except BaseException as error:  # cancelled, or nothing that an article could be blamed for
            kept.save()
            self._breaker.ended(job)
            self._claims.leave(article.id)
            if not isinstance(error, asyncio.CancelledError):
                self._fail(error)
            raise
        self._breaker.answered()
        await self._keep(job, work, None if end is None else end.result, replies)

    async def _keep(self, job: Job, work: Work, result: Result[S] | None, replies: Mapping[str, Completion]) -> None:
        """Keep what became of an article, before anything else is begun, and the replies that another try may use."""
        if job.earlier is not None and not has_result(work.outcome):  # a summary of most of it is better than none
            work, replies = job.earlier, job.known
        try:
            ledger = self._held.ledger
            kept = stored(self._held.task, job.article.id, work, replies=replies, had_calls=ledger.keeps_calls)
            await ledger.commit(*kept)
        except StoreError as error:
            self._claims.leave(job.article.id)
            self._fail(error)
            return
        if self._show.suffix is None:  # nothing is forced to the disk: not worth a thread
            await self._finish_one(job, work, result)
        else:
            await self._done.put((job, work, result))

    async def _settle(self) -> None:
        """Count those as failed that found no server although it answers."""
        for one in self._breaker.failed():
            await self._keep(one.job, failed(one.error), None, one.job.known)

    async def _finish_each(self) -> None:
        while (done := await self._done.get()) is not None:
            await self._finish_one(*done)

    async def _finish_one(self, job: Job, work: Work, result: Result[S] | None) -> None:
        """Show what was kept in the outputs of all its inputs, then tell."""
        assert self._loop is not None
        article_id = job.article.id
        for item in self._claims.leave(article_id):
            try:
                if self._show.suffix is None:
                    self._show.fresh(item, article_id, work)
                else:
                    await self._loop.run_in_executor(self._pool, self._show.fresh, item, article_id, work)
            except StoreError as error:
                self._fail(error)
                continue
            if not self.settings.results and has_result(work.outcome):
                continue
            one: Told = told(item, article_id, work, self._recipe.task.schema) if result is None else result
            await self._tell(one if one.source == item.source else replace(one, source=item.source))

    async def _tell(self, one: Told | None) -> None:
        if not self._is_gone:
            await self._told.put(one)

    # ---------------------------------------------------------------------------------------------------------- the end

    def _fail(self, error: BaseException) -> None:
        """Stop the run; the first reason is the one that is told, and at the budget what was reserved is sent."""
        if self._error is None and not isinstance(error, Interrupted):
            self._error = error
        if not isinstance(error, BudgetReached):
            self._giving_up.set()
        self._halt()

    def _halt(self) -> None:
        self._stopping.set()
        self._jobs.end()

    def _cancel(self) -> None:
        for worker in self._workers:
            worker.cancel()

    def _call(self, function: Callable[..., Any], *values: Any) -> None:
        """Call a function in the event loop; nobody is there before it begins and after it has ended."""
        if self._loop is not None:
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(function, *values)


async def _whole(work: Coroutine[Any, Any, None]) -> None:
    """Wait for work in a thread to its end, also when cancelled: a thread goes on, and what it opens must be closed."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise
