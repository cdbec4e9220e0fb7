"""Takes looks at claims off the event loop's back, and on other processes once that pays.

    event loop -> threads -> pipes -> child processes (`grounding_child.py`)

A child is a plain `python FILE`: one of `multiprocessing` would run the script again that started it, so that a script
without a guard, a notebook or a daemonic process could not run a batch.
"""

from __future__ import annotations

import asyncio
import pickle
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

from summarizer.ground import Grounding
from summarizer.pipeline import Look
from summarizer.processors import processors

# What a child takes until its first look: 0.35 s of CPU, with a busy machine half a second and more.
_START_S = 0.5
# An article takes 2 ms of the event loop and 20 of a look: it could not keep more of them busy.
_MOST = 8
# One look is taken, the next one is in the pipe.
_LOOKS_A_CHILD = 2
_MOST_LOST = 3
# Looks that wait for each other now and then do not need another process.
_RECENT_S = 10.0


class Grounders:
    """Takes looks in threads, and in child processes where there are several processors.

    A child is started when looks have taken as long as its start does, and of late have waited for each other as long
    again. One that dies costs nothing: its looks are taken here, and another is started, a few times.

    Args:
        most: How many children there may be; None decides by the processors.
        start_s: What a start takes, in seconds.
    """

    def __init__(self, most: int | None = None, *, start_s: float = _START_S) -> None:
        self._most = _room() if most is None else most
        self._start_s = start_s
        self._threads = ThreadPoolExecutor(max(1, self._most * _LOOKS_A_CHILD), thread_name_prefix="summarizer-ground")
        self._alone = threading.Lock()  # looks in this process would only take turns
        self._lock = threading.Lock()
        self._started: list[_Child] = []
        self._ready: list[_Child] = []
        self._starting: threading.Thread | None = None
        self._took_s = self._waited_s = 0.0
        self._since = time.monotonic()
        self._lost = 0
        self._is_closed = False

    @property
    def pids(self) -> tuple[int, ...]:
        """The children that take looks now, by their process ids."""
        with self._lock:
            return tuple(child.pid for child in self._ready)

    async def look(self, look: Look) -> Grounding:
        """Take a look without blocking the event loop; what it raises comes out as itself."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._take, look, time.monotonic())

    def close(self) -> None:
        """End all children; nobody waits for a look any more."""
        with self._lock:
            self._is_closed, starting = True, self._starting
        for child in self._started:
            child.kill()
        self._threads.shutdown(cancel_futures=True)
        if starting is not None:
            starting.join()
        for child in self._started:
            child.close()

    def _take(self, look: Look, since: float) -> Grounding:
        child = self._least_busy()
        if child is None:
            with self._alone:
                child = self._least_busy()
                if child is None:
                    self._count_wait(time.monotonic() - since)
                    return self._take_here(look)
        self._count_wait(time.monotonic() - since)
        try:
            return child.take(look) or look()
        except _Gone:
            self._lose(child)
            if self._is_closed:
                raise
            return look()
        finally:
            with self._lock:
                child.looks -= 1

    def _take_here(self, look: Look) -> Grounding:
        before = time.thread_time()
        try:
            return look()
        finally:
            self._took_s += time.thread_time() - before

    def _least_busy(self) -> _Child | None:
        with self._lock:
            child = min(self._ready, key=lambda one: one.looks, default=None)
            if child is not None:
                child.looks += 1
            return child

    def _count_wait(self, seconds: float) -> None:
        with self._lock:
            now = time.monotonic()
            if now - self._since > _RECENT_S:
                self._since, self._waited_s = now, 0.0
            self._waited_s += seconds
            if self._starting is None and min(self._took_s, self._waited_s) >= self._start_s and self._has_room():
                self._starting = threading.Thread(target=self._start, name="summarizer-ground-start", daemon=True)
                self._starting.start()

    def _has_room(self) -> bool:
        return len(self._ready) < self._most and self._lost <= _MOST_LOST and not self._is_closed

    def _start(self) -> None:
        try:
            child = _Child()
            with self._lock:
                self._started.append(child)
                if self._is_closed:
                    child.kill()
            child.greet()
            with self._lock:
                self._ready.append(child)
        except _Gone:
            with self._lock:
                self._lost += 1
        with self._lock:
            self._waited_s, self._starting = 0.0, None

    def _lose(self, child: _Child) -> None:
        with self._lock:
            if child in self._ready:  # two looks may have been with it
                self._ready.remove(child)
                self._lost += 1


class _Gone(Exception):
    """A child does not answer any more."""


class _Child:
    """A process that takes looks, in the order in which they are sent.

    Attributes:
        looks: How many it has been given and has not answered.
        pid: Its process.

    Raises:
        _Gone: It cannot be started.
    """

    def __init__(self) -> None:
        self.looks = 0
        self._sending = threading.Lock()
        self._waiting = threading.Lock()
        script = Path(__file__).with_name("grounding_child.py")
        try:
            # With -P nothing beside that file is imported in the place of the standard library.
            self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and file
                [sys.executable, "-P", str(script)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except OSError as error:
            raise _Gone from error
        self.pid = self._process.pid

    def greet(self) -> None:
        """Tell where modules are found, and wait until all is loaded.

        Raises:
            _Gone: It ended instead.
        """
        self._send(list(map(str, sys.path)))
        self._receive()

    def take(self, look: Look) -> Grounding | None:
        """Return what a look finds, or None where it raises.

        Raises:
            _Gone: The process ended.
        """
        data = pickle.dumps(look, pickle.HIGHEST_PROTOCOL)
        with self._sending:
            self._send(data)
            self._waiting.acquire()  # before the next one is sent: answers come in that order
        try:
            found: Grounding | None = self._receive()
            return found
        finally:
            self._waiting.release()

    def kill(self) -> None:
        """End the process; whoever waits for it finds out."""
        self._process.kill()

    def close(self) -> None:
        """Take leave of a process that was ended; nobody waits for it."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            with suppress(OSError):  # what it did not read any more
                pipe.close()

    def _send(self, value: Any) -> None:
        assert self._process.stdin is not None
        try:
            pickle.dump(value, self._process.stdin, pickle.HIGHEST_PROTOCOL)
            self._process.stdin.flush()
        except OSError as error:
            raise _Gone from error

    def _receive(self) -> Any:
        assert self._process.stdout is not None
        try:
            return pickle.load(self._process.stdout)  # noqa: S301 - of our own child
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            raise _Gone from error


def _room() -> int:
    """Return how many children there may be; none where this is no Python that runs files, or on one processor."""
    if getattr(sys, "frozen", False) or not sys.executable:
        return 0
    count = processors()
    return min(_MOST, count) if count > 1 else 0
