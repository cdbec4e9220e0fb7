"""What runs in a child process of a batch: a desk (`desk.py`), and an end that cannot be missed.

It is run by its file: neither the parent's `__main__`, nor anything that a script without a guard does, is done again.
The process ends with its parent: when stdin does, and where a fork of the parent holds that open, when it is another's
child.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path


def main() -> None:
    """Serve until stdin ends; the first frame there is the parent's `sys.path`."""
    # These reach the whole process group; the parent decides what becomes of articles that are under way.
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):  # the last one is none of Windows
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    with suppress(OSError):  # where memory runs out, this is what costs nothing to end
        Path("/proc/self/oom_score_adj").write_text("500", encoding="ascii")
    asked, told = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what else is printed is no answer
    length = int.from_bytes(asked.read(8), "big")
    sys.path[:] = asked.read(length).decode("utf-8", "surrogateescape").split("\0")
    from summarizer.batch.desk import serve

    with suppress(EOFError, BrokenPipeError):
        serve(asked, told)
    os._exit(0)


def _end_with(parent: int) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(0)


if __name__ == "__main__":
    main()
