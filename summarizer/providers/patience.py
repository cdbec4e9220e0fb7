"""How long a call waits: until it is its turn, or until nobody wants it sent any more."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextvars import ContextVar

from summarizer.errors import Interrupted
from summarizer.records import Usage

# Who waits looks again this often whether it still has to.
_LOOK_S = 0.1

# Whether a request that has not been sent is not to be sent any more: set by who stops many at once.
giving_up: ContextVar[Callable[[], bool]] = ContextVar("giving_up", default=lambda: False)


def go_on() -> None:
    """Return as long as requests are still to be sent.

    Raises:
        Interrupted: They are not; it says that this one consumed nothing.
    """
    if giving_up.get()():
        unsent = Interrupted("the run was stopped before the request was sent: the same command resumes")
        unsent.usage = Usage()
        raise unsent


def sleep(seconds: float) -> None:
    """Wait before a request is sent.

    Raises:
        Interrupted: It is not to be sent any more.
    """
    until = time.monotonic() + seconds
    go_on()
    while (left_s := until - time.monotonic()) > 0:
        time.sleep(min(left_s, _LOOK_S))
        go_on()


async def asleep(seconds: float) -> None:
    """Wait like `sleep`, without blocking the event loop."""
    until = time.monotonic() + seconds
    go_on()
    while (left_s := until - time.monotonic()) > 0:
        await asyncio.sleep(min(left_s, _LOOK_S))
        go_on()
