"""Wrapper `budget`: reserve the worst case before a request, settle what it took after.

Checking what is left and then calling overshoots a cap as soon as several calls are in flight (1.4 times the cap at 64
at once, 2.6 times at 256, simulated with costs of 0.2 to 1.0 of the worst case); a reservation never does.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal

from summarizer.errors import BudgetReached, SummarizerError, UsageError
from summarizer.records import Budget, Completion, ModelInfo, Provider, Request, Usage


class Budgeted(Provider):
    """Lets requests through as long as the budget covers their worst case.

    Args:
        provider: The provider to ask.
        budget: What is allowed in total over the life of this object.
        worst: What a request can consume at most. Its cost may be unknown only where the budget names no cost.
    """

    def __init__(self, provider: Provider, budget: Budget, *, worst: Callable[[Request], Usage]) -> None:
        self._provider = provider
        self._budget = budget
        self._worst = worst
        self._lock = threading.Lock()
        self._spent = Usage()
        self._reserved: list[Usage] = []

    @property
    def info(self) -> ModelInfo | None:
        """What is known about the model."""
        return getattr(self._provider, "info", None)

    @property
    def spent(self) -> Usage:
        """What was consumed so far; where a server told nothing, the worst case."""
        with self._lock:
            return self._spent

    def complete(self, request: Request, /) -> Completion:
        """Return the completion of a request.

        Raises:
            BudgetReached: What is left does not cover the worst case; nothing was sent.
            UsageError: The budget names a cost, and the price of this model is unknown.
        """
        with self._reservation(request) as settle:
            return settle(self._provider.complete(request))

    async def acomplete(self, request: Request, /) -> Completion:
        """Return the completion of a request; see `complete`."""
        with self._reservation(request) as settle:
            return settle(await self._provider.acomplete(request))

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

    @contextmanager
    def _reservation(self, request: Request) -> Iterator[Callable[[Completion], Completion]]:
        worst = self._worst(request)
        took = worst
        self._reserve(worst, request)

        def settle(completion: Completion) -> Completion:
            nonlocal took
            took = _known(completion.usage, worst)
            return completion

        try:
            yield settle
        except SummarizerError as error:
            took = _known(error.usage, worst) if error.usage else worst
            raise
        finally:
            with self._lock:
                self._reserved.remove(worst)
                self._spent += took

    def _reserve(self, worst: Usage, request: Request) -> None:
        if self._budget.max_cost_usd is not None and worst.cost_usd is None:
            raise UsageError(
                f"the price of {request.model!r} is unknown, so a cap in dollars cannot be kept: "
                "cap requests or tokens instead"
            )
        with self._lock:
            total = sum(self._reserved, self._spent + worst)
            if (name := _over(total, self._budget)) is not None:
                raise BudgetReached(f"the budget leaves no room for another request: {name}")
            self._reserved.append(worst)


def _over(total: Usage, budget: Budget) -> str | None:
    """Name the first cap that a total would pass."""
    tokens = (total.input_tokens or 0) + (total.output_tokens or 0)
    caps = (
        ("max_requests", total.requests, budget.max_requests),
        ("max_tokens", tokens, budget.max_tokens),
        ("max_cost_usd", total.cost_usd or Decimal(0), budget.max_cost_usd),
    )
    return next((f"{name} is {cap}" for name, amount, cap in caps if cap is not None and amount > cap), None)


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
