"""What runs in a process that takes looks at claims: grounding, and an end that cannot be missed.

Pickles come in on stdin: the parent's `sys.path`, then looks, each as bytes that are a pickle of their own. Pickles go
out on stdout: None when all is loaded, then what each look found, None where it raised; the parent takes that look
again, so that the error is raised where it belongs. The process ends with its parent: when stdin does, and where a fork
of the parent holds that open, when it is another's child.

It is run by its file: neither the parent's `__main__`, nor anything that a script without a guard does, is done again.
"""

from __future__ import annotations

import gc
import os
import pickle
import signal
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

# Looks leave no circles behind: to search for them often would find nothing.
_OBJECTS_A_LOOK = 100_000


def main() -> None:
    """Take looks until stdin ends."""
    # These reach the whole process group; the parent decides what becomes of articles that are under way.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    with suppress(OSError):  # where memory runs out, this is what costs nothing to end
        Path("/proc/self/oom_score_adj").write_text("500", encoding="ascii")
    looks, found = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what else is printed is no answer
    with suppress(EOFError, BrokenPipeError):
        sys.path[:] = pickle.load(looks)  # noqa: S301 - of our parent
        import summarizer.ground  # noqa: F401 - loaded before the first look, not by it

        gc.freeze()
        gc.set_threshold(_OBJECTS_A_LOOK)
        answer: Any = None
        while True:
            pickle.dump(answer, found, pickle.HIGHEST_PROTOCOL)
            found.flush()
            data = pickle.load(looks)  # noqa: S301 - of our parent
            try:
                answer = pickle.loads(data)()  # noqa: S301 - of our parent
            except Exception:  # noqa: BLE001 - the parent raises it
                answer = None
    os._exit(0)


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(0)


if __name__ == "__main__":
    main()
