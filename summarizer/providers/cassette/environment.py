"""Recordings for programs that open their model by name: `SUMMARIZER_FIXTURES=replay:PATH`.

An environment variable reaches every thread and every child process, and the program under test needs no line for it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast, get_args

from summarizer.errors import UsageError
from summarizer.providers.cassette import Cassette, Mode
from summarizer.providers.wrapper import info_of
from summarizer.records import Budget, Provider, dollars
from summarizer.variables import variables

NAME = "SUMMARIZER_FIXTURES"
MODEL = "SUMMARIZER_MODEL"
MAX_COST = "SUMMARIZER_FIXTURES_MAX_COST"
MAX_REQUESTS = "SUMMARIZER_FIXTURES_MAX_REQUESTS"


def opened(model: str | None, open_model: Callable[[], Provider]) -> Provider:
    """Open a model, or its recordings where the environment says so.

    Args:
        model: The model as the caller names it; None leaves it to whoever opens, or to what is recorded.
        open_model: Opens its door; not called for a replay.

    Raises:
        UsageError: The variable is not `MODE:PATH`, or names a mode that calls without a cap.
    """
    said = os.environ.get(NAME)
    if not said or model == "extractive":  # what no model writes needs no recording
        return open_model()
    mode, _, folder = said.partition(":")
    if mode not in get_args(Mode) or not folder:
        raise UsageError(f"{NAME} is MODE:PATH with a mode of {', '.join(get_args(Mode))}, not {said!r}")
    if mode == "replay":
        return Cassette(Path(folder), model=model)
    inner = open_model()
    info = info_of(inner)
    if info is not None and not info.writes:
        return inner
    return Cassette(Path(folder), inner=inner, mode=cast("Mode", mode), budget=_budget())


def _budget() -> Budget | None:
    cost, requests = os.environ.get(MAX_COST), os.environ.get(MAX_REQUESTS)
    if not cost and not requests:
        return None
    try:
        return Budget(max_cost_usd=dollars(cost) if cost else None, max_requests=int(requests) if requests else None)
    except ValueError as error:
        raise UsageError(f"{MAX_COST} is a number of dollars, {MAX_REQUESTS} a whole number") from error


@contextmanager
def fixtures(mode: Mode, folder: Path, *, budget: Budget | None = None, model: str | None = None) -> Iterator[None]:
    """Let what this process and its children open by name, in the block, use a folder of recordings.

    Args:
        mode: What is done; see `Cassette`.
        folder: Where the recordings are.
        budget: The cap of each model that is opened, for a mode that calls.
        model: What is opened where neither the caller nor `SUMMARIZER_MODEL` names one.
    """
    values = {
        NAME: f"{mode}:{folder.absolute()}",
        MAX_COST: "" if budget is None or budget.max_cost_usd is None else str(budget.max_cost_usd),
        MAX_REQUESTS: "" if budget is None or budget.max_requests is None else str(budget.max_requests),
    }
    if model is not None and not os.environ.get(MODEL):
        values[MODEL] = model
    with variables(values):
        yield
