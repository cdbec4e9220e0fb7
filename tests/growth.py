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


def grows_within(
    times: float,
    short: Callable[[], Callable[[], object]],
    long: Callable[[], Callable[[], object]],
    *,
    least_s: float = 0.002,
) -> bool:
    """Whether the long work takes less than so many times the CPU of the short one, which counts as `least_s` at least.

    A busy machine slows one of the two down now and then, so one of six tries is enough; what grows faster does so
    every time. The short one counts by its best run, so that a machine that slows it down hides nothing.
    """
    return any(times * max(cpu_s(short), least_s) > cpu_s(long, runs=1) for _ in range(6))
