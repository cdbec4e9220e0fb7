"""Many articles: one command, nothing lost, nothing paid twice.

`Run` is one run over a ledger; `outcomes` runs it in a thread, for callers without an event loop.
"""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections.abc import Coroutine, Generator, Iterator
from typing import Any

from pydantic import BaseModel
from typing_extensions import TypeVar

from summarizer.batch.engine import Run
from summarizer.batch.recipe import Recipe, Settings
from summarizer.batch.show import Told

__all__ = ["Recipe", "Run", "Settings", "Told", "outcomes"]

S = TypeVar("S", bound=BaseModel)

_WAITING = 256
_PAUSE_S = 0.005
# Who has taken everything comes again after so long: waking a thread for each article costs more than the rest of this.
_LATER_S = 0.02


def outcomes(run: Run[S]) -> Generator[Told, None, None]:
    """Run in an event loop of a thread's own, and yield what becomes of each input, as `Run.outcomes` does.

    A caller that takes its time slows the run down; one that goes away before the end aborts it.
    """
    waiting: queue.Queue[Told | None] = queue.Queue(_WAITING)
    errors: list[BaseException] = []
    is_gone = threading.Event()

    async def pump() -> None:
        async for one in run.outcomes():
            while not is_gone.is_set():
                try:
                    waiting.put_nowait(one)
                    break
                except queue.Full:
                    await asyncio.sleep(_PAUSE_S)

    def serve() -> None:
        try:
            _run(pump())
        except BaseException as error:  # noqa: BLE001 - it is raised again where the caller can see it
            errors.append(error)
        finally:
            waiting.put(None)

    thread = threading.Thread(target=serve, name="summarizer-batch", daemon=True)
    thread.start()
    has_ended = False
    try:
        yield from _taken(waiting)
        has_ended = True
    finally:
        is_gone.set()
        if not has_ended:
            run.abort()
        while thread.is_alive():
            thread.join(_PAUSE_S)
            while not waiting.empty():  # it may wait for room
                waiting.get_nowait()
    if errors:
        raise errors[0]


def _taken(waiting: queue.Queue[Told | None]) -> Iterator[Told]:
    while (one := waiting.get()) is not None:
        yield one
        if waiting.empty():
            time.sleep(_LATER_S)


def _run(main: Coroutine[Any, Any, None]) -> None:
    """Run in the loop of uvloop where that is installed: it takes a tenth less of the processor, sockets included."""
    try:
        import uvloop
    except ImportError:
        asyncio.run(main)
    else:
        uvloop.run(main)
