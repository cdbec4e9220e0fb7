"""A lock under which calls are counted, that may be wanted at any time.

A coroutine that was left behind, as where its event loop was closed, is ended by the garbage collector: in any thread,
also while that thread holds the very lock under which the end of a call is settled.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from types import TracebackType


class Settling:
    """A lock; what is to be settled while it is held waits until it is let go."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._due: deque[Callable[[], None]] = deque()

    def __enter__(self) -> None:
        """Take the lock, with all settled that came before."""
        self._lock.acquire()
        self._work_off()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lock.release()
        self._settle_due()

    def settle(self, work: Callable[[], None]) -> None:
        """Do something under the lock: now, or as soon as who holds it lets it go; never wait for it."""
        self._due.append(work)
        self._settle_due()

    def _settle_due(self) -> None:
        while self._due and self._lock.acquire(blocking=False):
            try:
                self._work_off()
            finally:
                self._lock.release()

    def _work_off(self) -> None:
        while self._due:
            self._due.popleft()()
