"""What all wrappers have in common: they pass on what the provider within is, and close it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from summarizer.providers.budget import Budgeted
from summarizer.providers.cache import Cached, Replies
from summarizer.providers.judge import Judged
from summarizer.providers.limit import Limit
from summarizer.providers.retry import Retry
from summarizer.providers.traced import Traced
from summarizer.providers.wrapper import Wrapper
from summarizer.records import Budget, Completion, ModelInfo, Provider, Request, Usage

Wrap = Callable[[Provider], Wrapper]


class Bare:
    """A provider with nothing that a provider need not have."""

    def complete(self, request: Request, /) -> Completion:
        return Completion("text", "bare")

    async def acomplete(self, request: Request, /) -> Completion:
        return self.complete(request)


class Whole(Bare):
    """A provider that notes how it was closed."""

    info = ModelInfo("whole", "whole")

    def __init__(self) -> None:
        self.closed: list[str] = []

    def close(self) -> None:
        self.closed.append("close")

    async def aclose(self) -> None:
        self.closed.append("aclose")


@pytest.fixture(params=["budget", "cache", "judge", "limit", "retry", "traced"])
def wrap(request: pytest.FixtureRequest, tmp_path: Path) -> Wrap:
    """One way to wrap a provider."""
    made: dict[str, Wrap] = {
        "budget": lambda provider: Budgeted(provider, Budget(), worst=lambda _: Usage(1)),
        "cache": lambda provider: Cached(provider, Replies(tmp_path / "replies.sqlite"), where="here"),
        "judge": lambda provider: Judged(provider, Bare()),
        "limit": Limit,
        "retry": Retry,
        "traced": Traced,
    }
    return made[request.param]


async def test_a_wrapper_passes_on_what_the_provider_has(wrap: Wrap) -> None:
    provider = Whole()
    wrapped = wrap(provider)

    wrapped.close()
    await wrapped.aclose()

    assert wrapped.info is Whole.info
    assert provider.closed == ["close", "aclose"]


async def test_a_provider_without_a_close_needs_none(wrap: Wrap) -> None:
    wrapped = wrap(Bare())

    wrapped.close()
    await wrapped.aclose()

    assert wrapped.info is None


def test_what_is_no_info_is_not_passed_on(wrap: Wrap) -> None:
    provider = Whole()
    provider.info = "a name"  # type: ignore[assignment]

    assert wrap(provider).info is None


async def test_the_judge_is_closed_beside_the_one_that_writes() -> None:
    writer, judge = Whole(), Whole()
    both = Judged(writer, judge)

    both.close()
    await both.aclose()

    assert writer.closed == judge.closed == ["close", "aclose"]
