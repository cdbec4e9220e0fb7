"""How much CPU a piece of work takes, for tests that compare a long text with a short one, never with a clock."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable


def cpu_s(prepared: Callable[[], Callable[[], object]], runs: int = 3) -> float:
    """Return the least CPU seconds of some runs of what `prepared` returns each time, which is not counted itself.

    A busy machine slows one run down; the collector's work grows with all that other tests have left in memory.
    """
    best = float("inf")
    gc.disable()
    try:
        for _ in range(runs):
            work = prepared()
            start = time.process_time()
            work()
            best = min(best, time.process_time() - start)
    finally:
        gc.enable()
    return best
