"""What runs in the child process of a local model: llama.cpp's own server, and an end that cannot be missed.

One line of JSON comes in on stdin: `model` (path), `name`, `api_key`, `threads`, `window`, `parent` (process id). One
line goes out on stdout: `{"url": "http://127.0.0.1:PORT"}`, or `{"error": "..."}` before the process ends with 1. The
log of llama.cpp goes to stderr. The process ends when stdin does, which is when its parent closes it or dies.

Nothing of this package is imported here: the child holds xllamacpp and the model, and nothing else. It is a process of
its own because a fault in llama.cpp ends the process that it happens in.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import sys
import threading
from collections.abc import Mapping
from typing import Any

_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def main() -> int:
    """Serve until stdin ends; returns 1 when there is nothing to serve."""
    answer = _take_stdout()
    # These reach the whole process group; the parent decides what becomes of requests that are under way.
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):  # the last one is none of Windows
        if hasattr(signal, name):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
    config = json.loads(sys.stdin.buffer.readline())
    _die_with(config["parent"])
    # Before the model is loaded: a parent that gives up during a long load leaves nothing behind.
    watch = threading.Thread(target=_end_with_stdin, name="stdin", daemon=True)
    watch.start()
    try:
        server = _serve(config)
    except Exception as error:  # noqa: BLE001 - whatever it was, the parent is waiting for a line
        _write(answer, {"error": f"{type(error).__name__}: {error}"})
        return 1
    _write(answer, {"url": server.listening_address})
    watch.join()
    return 0


def _serve(config: Mapping[str, Any]) -> Any:
    """Start llama.cpp's server on a free port of the loopback interface; returns when the model is loaded."""
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = config["model"]
    params.model_alias = {config["name"]}
    params.n_ctx = config["window"]
    params.n_parallel = 1
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = config["threads"]
    params.hostnames, params.port = ["127.0.0.1"], 0
    params.api_keys = [config["api_key"]]
    params.cors_origins = "null"  # the default lets every page in a browser read answers; the key is the other lock
    params.ui = params.endpoint_slots = params.endpoint_props = params.endpoint_metrics = False
    params.offline = True
    # A reply must not depend on the ones before it, and articles are not to be kept in memory.
    params.cache_prompt = params.cache_idle_slots = False
    params.cache_ram_mib = 0
    params.n_predict = config["window"] // 2  # a small model that repeats itself ends, when the request sets no cap
    params.verbosity = 2  # warnings and errors: neither prompts nor replies
    return xllamacpp.Server(params)


def _take_stdout() -> int:
    """Keep stdout for the one line and send everything else that writes there, C++ included, to stderr."""
    kept = os.dup(1)
    os.dup2(2, 1)
    return kept


def _write(stdout: int, value: Mapping[str, str]) -> None:
    with contextlib.suppress(OSError), os.fdopen(stdout, "w", encoding="utf-8") as file:
        file.write(json.dumps(value) + "\n")


def _end_with_stdin() -> None:
    """Leave at once when stdin ends; a reply that is being written has no reader any more."""
    # The descriptor itself: a buffered reader would hold a lock that the interpreter's end waits for.
    with contextlib.suppress(OSError):
        while os.read(0, 4096):
            pass
    os._exit(0)


def _die_with(parent: int) -> None:
    """Have Linux end this process with its parent, even where a fork of the parent keeps the pipe to stdin open.

    The signal comes when the *thread* that started this process ends: the parent starts it from one that stays.
    """
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it died before the line above
        os._exit(0)


if __name__ == "__main__":
    sys.exit(main())
