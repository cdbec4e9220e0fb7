"""Many articles: one command, nothing lost, nothing paid twice.

`Run` is one run over a ledger; `outcomes` runs it in a thread, for callers without an event loop.
"""

from __future__ import annotations

import asyncio
import queue
import sys
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
# In flight there is nothing any more: what is left is to write down what is known.
_MOST_S = 2.0


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
    taker = threading.current_thread()
    try:
        for one in _taken(waiting):
            yield one
            taker = threading.current_thread()
        has_ended = True
    finally:
        is_gone.set()
        if not has_ended:
            run.abort()
        _wait(thread, waiting, most_s=None if threading.current_thread() is taker else _MOST_S)
    if errors:
        raise errors[0]


def _taken(waiting: queue.Queue[Told | None]) -> Iterator[Told]:
    while (one := waiting.get()) is not None:
        yield one
        if waiting.empty():
            time.sleep(_LATER_S)


def _wait(thread: threading.Thread, waiting: queue.Queue[Told | None], most_s: float | None) -> None:
    """Wait until a run has ended; nobody takes outcomes any more.

    Args:
        thread: That of the run.
        waiting: What was not taken.
        most_s: How long in another thread than the one that took them: what nobody closed is collected in any thread,
            also in that of the run, or in one for which it waits.
    """
    until = None if most_s is None else time.monotonic() + most_s
    while True:
        while not waiting.empty():  # it may wait for room
            waiting.get_nowait()
        is_own = thread is threading.current_thread()
        has_stopped = not thread.is_alive() or sys.is_finalizing()  # threads stand still where a program ends
        if is_own or has_stopped or (until is not None and time.monotonic() > until):
            return
        thread.join(_PAUSE_S)


def _run(main: Coroutine[Any, Any, None]) -> None:
    """Run in the loop of uvloop where that is installed: it takes a tenth less of the processor, sockets included."""
    try:
        import uvloop
    except ImportError:
        asyncio.run(main)
    else:
        uvloop.run(main)
