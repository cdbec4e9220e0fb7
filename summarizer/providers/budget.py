"""Wrapper `budget`: reserve the worst case before a request, settle what it took after.

Checking what is left and then calling overshoots a cap as soon as several calls are in flight (1.4 times the cap at 64
at once, 2.6 times at 256, simulated with costs of 0.2 to 1.0 of the worst case); a reservation never does. Where the
reservations are kept is a `Book`: in memory (`Purse`), or in a batch's ledger, which outlives the process.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from contextvars import ContextVar
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING, Protocol

from summarizer.errors import BudgetReached, SummarizerError, UsageError
from summarizer.providers.patience import asleep, sleep
from summarizer.providers.settling import Settling
from summarizer.providers.wrapper import Wrapper
from summarizer.records import Budget, Completion, Provider, Request, Usage, canonical_json

if TYPE_CHECKING:
    from types import TracebackType


class Book(Protocol):
    """Where reservations are kept; safe to use from several threads and event loops."""

    @property
    def budget(self) -> Budget:
        """What is allowed in total; where nothing is capped, worst cases need not be known."""
        ...

    @property
    def spent(self) -> Usage:
        """What was settled so far."""
        ...

    def reserve(self, worst: Usage, /) -> int:
        """Set aside what a request can take at most, and return the number of this reservation.

        Raises:
            BudgetReached: What is left does not cover it.
            UsageError: There is a cap on something of which it is unknown how much was taken before.
        """
        ...

    async def areserve(self, worst: Usage, /) -> int:
        """Reserve like `reserve`, without blocking the event loop."""
        ...

    def settle(self, reservation: int, took: Usage, /) -> None:
        """Put what a request took in the place of its reservation; never waits."""
        ...


@dataclass(slots=True)
class _SetAside:
    """The sum of the open reservations; subtracting from a `Usage` would not undo an unknown."""

    requests: int = 0
    tokens: int = 0
    cost_usd: Decimal = Decimal(0)

    def add(self, worst: Usage, sign: int) -> None:
        self.requests += sign * worst.requests
        self.tokens += sign * _tokens(worst)
        self.cost_usd += sign * (worst.cost_usd or Decimal(0))


class Purse:
    """A book in memory.

    Args:
        budget: What is allowed in total.
        spent: What was consumed before.
    """

    def __init__(self, budget: Budget | None = None, *, spent: Usage | None = None) -> None:
        self.budget = budget or Budget()
        self._is_capped = self.budget.is_capped
        self._lock = Settling()
        self._spent = spent or Usage()
        self._set_aside = _SetAside()
        self._open: dict[int, Usage] = {}
        self._last = 0

    @property
    def spent(self) -> Usage:
        """What was settled so far, the amount before included."""
        with self._lock:
            return self._spent

    def reserve(self, worst: Usage, /) -> int:
        """Set aside a worst case; see `Book.reserve`."""
        with self._lock:
            if self._is_capped:
                self._refuse(worst)
                self._open[self._last + 1] = worst
                self._set_aside.add(worst, 1)
            self._last += 1
            return self._last

    async def areserve(self, worst: Usage, /) -> int:
        """Set aside a worst case; see `Book.reserve`."""
        return self.reserve(worst)

    def settle(self, reservation: int, took: Usage, /) -> None:
        """Put what a request took in the place of its reservation."""
        self._lock.settle(partial(self._settle, reservation, took))

    def must_know_what_is_capped(self) -> None:
        """Refuse a cap that cannot be kept.

        Raises:
            UsageError: It is on something of which it is unknown how much was taken before.
        """
        spent, budget = self._spent, self.budget
        if budget.max_tokens is not None and None in (spent.input_tokens, spent.output_tokens):
            raise UsageError(
                "how many tokens were taken before is unknown, so a cap on tokens cannot be kept: "
                "cap requests instead, or choose another --out"
            )
        if budget.max_cost_usd is not None and spent.cost_usd is None:
            raise UsageError(
                "what was paid before is unknown, so a cap in dollars cannot be kept: "
                "cap requests or tokens instead, or choose another --out"
            )

    def _settle(self, reservation: int, took: Usage) -> None:
        if self._is_capped:
            self._set_aside.add(self._open.pop(reservation), -1)
        self._spent += took

    def _refuse(self, worst: Usage) -> None:
        """Refuse a request that would pass a cap, naming the cap."""
        self.must_know_what_is_capped()
        spent, aside, budget = self._spent, self._set_aside, self.budget
        caps = (
            ("max_requests", spent.requests + worst.requests, aside.requests, budget.max_requests),
            ("max_tokens", _tokens(spent) + _tokens(worst), aside.tokens, budget.max_tokens),
            ("max_cost_usd", (spent.cost_usd or 0) + (worst.cost_usd or 0), aside.cost_usd, budget.max_cost_usd),
        )
        for_good = [(name, cap) for name, alone, _, cap in caps if cap is not None and alone > cap]
        for_now = [(name, cap) for name, alone, others, cap in caps if cap is not None and alone + others > cap]
        for name, cap in (for_good or for_now)[:1]:
            error = BudgetReached(f"the budget leaves no room for another request: {name} is {cap}")
            error.usage = Usage()  # nothing was sent
            error.for_now = not for_good
            raise error


class Tab:
    """A book that counts what one run takes from another book, which decides.

    Args:
        book: The other one; who else takes from it is not counted.
    """

    def __init__(self, book: Book) -> None:
        self._book = book
        self._lock = Settling()
        self._of_run = Usage()

    @property
    def budget(self) -> Budget:
        """What is allowed in total."""
        return self._book.budget

    @property
    def spent(self) -> Usage:
        """What was settled so far, by whomever."""
        return self._book.spent

    @property
    def of_run(self) -> Usage:
        """What was settled here."""
        with self._lock:
            return self._of_run

    def reserve(self, worst: Usage, /) -> int:
        """Set aside a worst case; see `Book.reserve`."""
        return self._book.reserve(worst)

    async def areserve(self, worst: Usage, /) -> int:
        """Set aside a worst case; see `Book.reserve`."""
        return await self._book.areserve(worst)

    def settle(self, reservation: int, took: Usage, /) -> None:
        """Put what a request took in the place of its reservation."""
        self._book.settle(reservation, took)
        self._lock.settle(partial(self._add, took))

    def _add(self, took: Usage) -> None:
        self._of_run += took


def _tokens(usage: Usage) -> int:
    return (usage.input_tokens or 0) + (usage.output_tokens or 0)


# What a door calls before it asks again for the same completion; set while a budgeted call is under way.
_reserve_again: ContextVar[Callable[[], Awaitable[None]] | None] = ContextVar("reserve_again", default=None)


async def reserve_again(spent: Usage) -> None:
    """Reserve for one more request of the completion that is under way.

    A door that may send several requests for one completion, as it learns what a server understands, calls this before
    each one after the first: the server counts them all.

    Args:
        spent: What the requests before took.

    Raises:
        BudgetReached: What is left does not cover another; its `usage` is what was spent.
    """
    reserve = _reserve_again.get()
    if reserve is None:
        return
    try:
        await reserve()
    except BudgetReached as error:
        error.usage = spent
        raise


class Budgeted(Wrapper):
    """Lets requests through as long as the budget covers their worst case.

    Args:
        provider: The provider to ask.
        book: Where reservations are kept; a budget alone is kept in memory, over the life of this object.
        worst: What a request can consume at most. Its cost may be unknown only where the budget names no cost.
        patient: Whether a call waits where the worst cases of those in flight leave no room for now: they mostly take
            far less. Who waits holds no reservation, so that nobody waits for a call that waits.

    Attributes:
        book: The book.
    """

    def __init__(
        self, provider: Provider, book: Book | Budget, *, worst: Callable[[Request], Usage], patient: bool = False
    ) -> None:
        super().__init__(provider)
        self.book: Book = Purse(book) if isinstance(book, Budget) else book
        self._worst = worst
        self._patient = patient

    @property
    def spent(self) -> Usage:
        """What was consumed so far; where a server told nothing, the worst case."""
        return self.book.spent

    def complete(self, request: Request, /) -> Completion:
        """Return the completion of a request.

        Raises:
            BudgetReached: What is left does not cover the worst case; nothing was sent.
            Interrupted: It waited, and is not to be sent any more.
            UsageError: The budget names a cost, and the price of this model is unknown.
        """
        call = _Call(self.book, request, self._worst)
        while not call.is_open:
            try:
                call.opened(self.book.reserve(call.set_aside))
            except BudgetReached as error:
                sleep(self._wait_s(error))
        with call:
            return call.told(self._provider.complete(request))

    async def acomplete(self, request: Request, /) -> Completion:
        """Return the completion of a request; see `complete`."""
        call = _Call(self.book, request, self._worst)
        while not call.is_open:
            try:
                await call.reserve()
            except BudgetReached as error:
                await asleep(self._wait_s(error))
        with call:
            return call.told(await self._provider.acomplete(request))

    def _wait_s(self, error: BudgetReached) -> float:
        """Return how long to wait for room, where it is waited for."""
        if self._patient and error.for_now:
            return _LOOK_S
        raise error


# Who waits for room looks again this often.
_LOOK_S = 0.1
_ONE_REQUEST = Usage(1)
_UNTOLD = Usage(0, None, None, None, None, None)


class _Call:
    """One completion under way, and the reservations for the requests that it takes; settled at its end, whatever that.

    Attributes:
        set_aside: What each of its requests can take at most; only where something is capped is this counted.
    """

    def __init__(self, book: Book, request: Request, worst: Callable[[Request], Usage]) -> None:
        self._book = book
        self._request = request
        self._worst = worst
        self._reservations: list[int] = []
        self._took = _UNTOLD
        self.set_aside = _ONE_REQUEST
        if book.budget.is_capped:
            self.set_aside = worst(request)
            if book.budget.max_cost_usd is not None:
                must_be_priced(request.model, self.set_aside)

    @property
    def is_open(self) -> bool:
        """Whether anything is reserved."""
        return bool(self._reservations)

    async def reserve(self) -> None:
        """Reserve for one more request, which may be allowed more than the one before."""
        if self._reservations and self._book.budget.is_capped:
            self.set_aside = self._worst(self._request)
        self.opened(await self._book.areserve(self.set_aside))

    def opened(self, reservation: int) -> None:
        """Take note of a reservation."""
        self._reservations.append(reservation)

    def __enter__(self) -> None:
        self._again = _reserve_again.set(self.reserve)

    def told(self, completion: Completion) -> Completion:
        """Take note of what a completion says that it took."""
        self._took = completion.usage
        return completion

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, SummarizerError):
            self._took = error.usage or _UNTOLD
        with suppress(ValueError):  # a call that was left behind ends in another context
            _reserve_again.reset(self._again)
        self._settle(self._took)

    def _settle(self, took: Usage) -> None:
        """Charge what was told, and the worst case of each request where nothing was."""
        if took is _UNTOLD:
            took = replace(took, requests=len(self._reservations))
        counts_dollars = self._book.budget.max_cost_usd is not None
        if None in (took.input_tokens, took.output_tokens) or (counts_dollars and took.cost_usd is None):
            took = _known(took, sum((self._worst(self._request) for _ in self._reservations), Usage()))
        first, *others = self._reservations
        self._book.settle(first, took)
        for reservation in others:
            self._book.settle(reservation, Usage())


def must_be_priced(model: str, worst: Usage) -> None:
    """Refuse a cap in dollars on a model whose price is unknown.

    Raises:
        UsageError: It is.
    """
    if worst.cost_usd is None:
        raise UsageError(
            f"the price of {model!r} is unknown, so a cap in dollars cannot be kept: cap requests or tokens instead"
        )


def _known(usage: Usage, worst: Usage) -> Usage:
    """Put the worst case where the server told nothing."""
    return Usage(
        usage.requests,
        worst.input_tokens if usage.input_tokens is None else usage.input_tokens,
        worst.cached_tokens if usage.cached_tokens is None else usage.cached_tokens,
        worst.output_tokens if usage.output_tokens is None else usage.output_tokens,
        worst.reasoning_tokens if usage.reasoning_tokens is None else usage.reasoning_tokens,
        worst.cost_usd if usage.cost_usd is None else usage.cost_usd,
    )


def worst_by_bytes(provider: Provider) -> Callable[[Request], Usage]:
    """Return what gives the most that a request can consume, its price as the provider's `most` knows it.

    A token a byte: no tokenizer that works on bytes makes more of them, and none is needed here.
    """

    def worst(request: Request) -> Usage:
        texts = [message.content for message in request.messages]
        form = "" if request.format is None else canonical_json(dict(request.format.schema))
        read = sum(len(text.encode("utf-8", "surrogatepass")) + 8 for text in [*texts, form])
        usage = Usage(1, read, 0, request.max_output_tokens or 0, 0, None)
        most = getattr(provider, "most", None)
        return most(usage) if callable(most) else usage

    return worst
