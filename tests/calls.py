"""Both ways to call a provider or a summarizer, so that each test of one is a test of its twin."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from summarizer.records import Completion, Provider, Request

Call = Callable[[Provider, Request], Completion]


def sync(provider: Provider, request: Request) -> Completion:
    return provider.complete(request)


def awaited(provider: Provider, request: Request) -> Completion:
    return asyncio.run(_await(provider, request))


async def _await(provider: Provider, request: Request) -> Completion:
    return await provider.acomplete(request)


CALLS: tuple[Call, ...] = (sync, awaited)
