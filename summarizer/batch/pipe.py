"""A child process and the pipes to it, in an event loop."""

from __future__ import annotations

import asyncio
import os
import pickle
import subprocess
import sys
from collections import deque
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from summarizer.batch.desk import LENGTH, Answer, Asked
from summarizer.records import Request
from summarizer.shape import ReplyFormat

# A process that was killed is gone at once; a system that does not say so is not waited for.
_EXIT_S = 2.0


class Gone(Exception):
    """A child cannot be started, or does not answer any more."""


class Child(asyncio.SubprocessProtocol):
    """A process with a desk, which answers questions in the order in which they are asked.

    Attributes:
        pid: The process; 0 before it is started.
        has_orders: Whether it can drive flows; else it takes looks only.
        under_way: How many articles and looks it has.
        busy_s: How long it has worked.
    """

    def __init__(self) -> None:
        self.pid = 0
        self.has_orders = False
        self.under_way = 0
        self.busy_s = 0.0
        self._shapes: dict[int, ReplyFormat | None] = {}
        self._transport: asyncio.SubprocessTransport | None = None
        self._waiting: deque[asyncio.Future[bytes]] = deque()
        self._received = bytearray()
        self._is_gone = False
        self._exited = asyncio.Event()

    @classmethod
    async def start(cls, orders: bytes) -> Self:
        """Start a process, and wait until all is loaded.

        It is a plain `python FILE`: one of `multiprocessing` would run the script again that started it, so that a
        script without a guard, a notebook or a daemonic process could not run a batch.

        Args:
            orders: A pickle of the orders, or of None.

        Raises:
            Gone: It cannot be started, or ended at once.
        """
        child = cls()
        script = Path(__file__).with_name("child.py")
        # With -P nothing beside that file is imported in the place of the standard library.
        command = [sys.executable, "-P", str(script)]
        try:
            transport, _ = await asyncio.get_running_loop().subprocess_exec(
                lambda: child,
                *command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        except (OSError, NotImplementedError) as error:  # not every event loop can
            raise Gone from error
        child._transport, child.pid = transport, transport.get_pid()
        try:
            child._send("\0".join(map(os.fspath, sys.path)).encode("utf-8", "surrogateescape"))
            child.has_orders = pickle.loads(await child._asked(orders))  # noqa: S301 - of our own child
        except BaseException:
            await child.aclose()  # a loop that ends before a process does warns of it
            raise
        return child

    async def ask(self, number: int | None, told: Any) -> Answer | tuple[Request, ...]:
        """Ask a question, as `desk.py` says; what cannot travel is answered with None.

        Raises:
            Gone: The process ended.
        """
        try:
            question = pickle.dumps((number, told), pickle.HIGHEST_PROTOCOL)
        except Exception:  # noqa: BLE001 - an error of the caller's own provider may hold anything
            return None
        seconds, answer = pickle.loads(await self._asked(question))  # noqa: S301 - of our own child
        self.busy_s += seconds
        return self._whole(answer) if isinstance(answer, Asked) else answer

    def drop(self, number: int) -> None:
        """Have a flow forgotten; nobody waits for that."""
        if not self._is_gone:
            self._put(pickle.dumps((number, None), pickle.HIGHEST_PROTOCOL))

    def close(self) -> None:
        """End the process."""
        if self._transport is not None:
            with suppress(ProcessLookupError):
                self._transport.kill()
            self._transport.close()
        self._end()

    async def aclose(self) -> None:
        """End the process, and wait until it is gone."""
        self.close()
        with suppress(TimeoutError):
            await asyncio.wait_for(self._exited.wait(), _EXIT_S)

    # ----------------------------------------------------------------------------------------- called by the event loop

    def pipe_data_received(self, _fd: int, data: bytes) -> None:
        """Take what has come, and hand on what is whole."""
        received = self._received
        received += data
        while len(received) >= LENGTH.size:
            end = LENGTH.size + LENGTH.unpack_from(received)[0]
            if len(received) < end:
                break
            answer = bytes(memoryview(received)[LENGTH.size : end])
            del received[:end]
            future = self._waiting.popleft()
            if not future.done():  # who asked may have gone
                future.set_result(answer)

    def pipe_connection_lost(self, _fd: int, _error: Exception | None) -> None:
        """Take a pipe that is closed for the end."""
        self._end()

    def process_exited(self) -> None:
        """Take note of the end."""
        self._exited.set()
        self._end()

    # -------------------------------------------------------------------------------------------------------- the pipes

    async def _asked(self, data: bytes) -> bytes:
        if self._is_gone:
            raise Gone
        return await self._put(data)

    def _put(self, data: bytes) -> asyncio.Future[bytes]:
        future: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._waiting.append(future)
        self._send(data)
        return future

    def _send(self, data: bytes) -> None:
        assert self._transport is not None
        stdin: Any = self._transport.get_pipe_transport(0)
        stdin.write(LENGTH.pack(len(data)) + data)

    def _end(self) -> None:
        self._is_gone = True
        while self._waiting:
            future = self._waiting.popleft()
            if not future.done():
                future.set_exception(Gone())
                future.exception()  # nobody may wait for it

    def _whole(self, asked: Asked) -> tuple[Request, ...]:
        self._shapes.update(asked.new)
        requests = asked.requests
        for request, at in zip(requests, asked.shapes, strict=True):
            # Just made, and nobody else's yet: a copy of each would cost more than all its messages.
            object.__setattr__(request, "format", self._shapes[at])
        return requests
