"""How many processors there are for this process."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


def processors() -> int:
    """How many processors this process may use: its affinity, and on Linux the quota of its container."""
    affinity = getattr(os, "sched_getaffinity", None)
    count = len(affinity(0)) if affinity else os.cpu_count() or 1
    with suppress(OSError, ValueError):
        quota, period = Path("/sys/fs/cgroup/cpu.max").read_text(encoding="ascii").split()
        count = min(count, max(1, int(quota) // int(period)))
    return count
