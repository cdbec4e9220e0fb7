"""Keeps the replies to an article that is not finished: a kill then costs the calls in flight, and no more.

An article of one call needs no keeping: its result is stored as soon as the call is back. Only when an article asks on
(a repair, a long article's chunks), what came before is committed first.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping

from summarizer.batch.calls import Calls
from summarizer.batch.ledger import Ledger, called
from summarizer.batch.writer import Statement
from summarizer.errors import SummarizerError
from summarizer.records import UNKNOWN_USAGE, Completion, Provider, Request, Span, Usage


class Kept(Provider):
    """A provider for one article.

    Args:
        provider: The provider to ask.
        ledger: Where replies are kept.
        calls: Where it is asked.
        of: The number of the task, and the article's id.
        known: The replies of an earlier run, by the keys of their requests.
    """

    def __init__(
        self,
        provider: Provider,
        ledger: Ledger,
        *,
        calls: Calls,
        of: tuple[int, str],
        known: Mapping[str, Completion],
    ) -> None:
        self._provider = provider
        self._calls = calls
        self._ledger = ledger
        self._of = of
        self._known = known
        self._unsaved: list[tuple[Request, Completion]] = []
        self._used: list[tuple[Request, Completion]] = []
        self._untold = Usage()
        self._in_flight = 0
        self._keeping = asyncio.Lock()

    def complete(self, request: Request, /) -> Completion:
        """Return the completion of a request; nothing is kept."""
        return self._provider.complete(request)

    async def acomplete(self, request: Request, /) -> Completion:
        """Return the reply that is known, or ask; what was answered before is kept first."""
        found = self._known.get(request.key) if self._known else None
        if found is not None:
            self._used.append((request, found))
            return found
        if self._unsaved or self._keeping.locked():
            await self._keep()
        self._in_flight += 1
        try:
            completion = await self._calls.ask(self._provider, request)
        except SummarizerError:
            raise
        except Exception:  # of a provider of the caller's own, which was asked and does not say what that took
            self._untold += UNKNOWN_USAGE
            raise
        finally:
            self._in_flight -= 1
        self._unsaved.append((request, completion))
        self._used.append((request, completion))
        if self._in_flight:  # the others may take long
            await self._keep()
        else:
            await self._calls.join()
        return completion

    @property
    def replies(self) -> dict[str, Completion]:
        """All replies to the article, by the keys of their requests."""
        return {**self._known, **{request.key: completion for request, completion in self._used}}

    @property
    def usage(self) -> Usage:
        """What all calls for the article took, for who gets an error that does not tell."""
        return sum((completion.usage for _, completion in self._used), self._untold)

    @property
    def notes(self) -> dict[str, Completion]:
        """The notes on parts of the article, and notes on notes: without a result another try need not pay for them."""
        return {request.key: completion for request, completion in self._used if request.purpose in ("notes", "merge")}

    def replies_but(self, unread: Iterable[Span]) -> dict[str, Completion]:
        """The replies that led to a result, but for those on parts that could not be read."""
        starts = [(span.start, span.end) for span in unread]
        return {
            request.key: completion
            for request, completion in self._used
            if not (request.units and any(start <= request.units[0].span.start < end for start, end in starts))
        }

    def save(self) -> None:
        """Have kept what was answered: the article ends without a result."""
        if self._unsaved:
            self._ledger.post(*self._statements())

    async def _keep(self) -> None:
        """Commit what is not kept yet; what another call commits at the moment is waited for as well."""
        async with self._keeping:
            if self._unsaved:
                await self._ledger.commit(*self._statements())

    def _statements(self) -> list[Statement]:
        unsaved, self._unsaved = self._unsaved, []
        self._ledger.keeps_calls = True
        return [called(*self._of, request.key, completion) for request, completion in unsaved]
