"""Every way to call a provider or to drive a flow, so that each test of one is a test of its twin; and the command."""

from __future__ import annotations

import asyncio
import pickle
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from summarizer import pipeline
from summarizer.ground import Grounding
from summarizer.pipeline import Flow, Look
from summarizer.records import Completion, Provider, Request


@dataclass(frozen=True)
class Done:
    """How a command ended, and what it printed."""

    code: int
    out: str
    err: str


Cli = Callable[..., Done]
Call = Callable[[Provider, Request], Completion]
Drive = Callable[[Flow[Any], Provider], Any]


def sync(provider: Provider, request: Request) -> Completion:
    return provider.complete(request)


def awaited(provider: Provider, request: Request) -> Completion:
    return asyncio.run(_await(provider, request))


async def _await(provider: Provider, request: Request) -> Completion:
    return await provider.acomplete(request)


CALLS: tuple[Call, ...] = (sync, awaited)


def run(flow: Flow[Any], provider: Provider) -> Any:
    return pipeline.run(flow, provider)


def arun(flow: Flow[Any], provider: Provider) -> Any:
    return asyncio.run(pipeline.arun(flow, provider))


def run_elsewhere(flow: Flow[Any], provider: Provider) -> Any:
    return asyncio.run(pipeline.arun(flow, provider, elsewhere=_pickled))


async def _pickled(look: Look) -> Grounding:
    """Take a look as another process does."""
    found: Grounding = pickle.loads(pickle.dumps(pickle.loads(pickle.dumps(look))()))
    return found


DRIVES: tuple[Drive, ...] = (run, arun, run_elsewhere)
