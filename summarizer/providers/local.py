"""The door to a model on this machine: a real llama.cpp server in a child process, reached like any other server.

The child is started at the first request and ends with this process, however that ends (`llama_child.py`). A fault in
llama.cpp ends the child and nothing else: the request that met it fails, the next one starts a new child.
"""

from __future__ import annotations

import asyncio
import importlib.util
import threading
import weakref
from collections import deque
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Future
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from summarizer.errors import BadResponse, Unavailable, UsageError
from summarizer.processors import processors
from summarizer.providers import weights
from summarizer.providers.llama_server import Child
from summarizer.records import Completion, Limits, ModelInfo, Request

if TYPE_CHECKING:
    from summarizer.providers.openai import OpenAIDoor

# A prompt of 8,000 tokens takes the smallest model a minute on one thread, and one of 8 billion weights fifteen.
DEFAULT_TIMEOUT_S = 900.0
# The memory for a window is taken when the model is loaded, and models are trained on windows of 128,000 tokens and
# more: 16 GB for one of 8 billion weights.
DEFAULT_WINDOW = 8192

_NOTICE_S = 0.5  # how much later than its connections a process that died may be seen to have ended


class LocalDoor:
    """A provider that runs a model on this machine.

    It is safe to share between threads and event loops. The model answers one request at a time, in the order they
    came; a request's time limit counts from when its turn comes.

    Args:
        model: A name of `weights.CATALOG`, or the path of a `.gguf` file.
        limits: Time and size of one request; None allows `DEFAULT_TIMEOUT_S`.
        window: Tokens that prompt and reply share; None for what the model was trained on, `DEFAULT_WINDOW` at most.

    Raises:
        UsageError: The extra `local` is not installed.
        UnknownModel: There is no such file, or the weights of this name are not on this machine.
    """

    def __init__(
        self,
        model: str | Path,
        *,
        limits: Limits | None = None,
        window: int | None = None,
    ) -> None:
        if importlib.util.find_spec("xllamacpp") is None:
            raise UsageError("local models need xllamacpp, the extra `local`: pip install xllamacpp")
        self._path = weights.find(model)
        known = weights.CATALOG.get(str(model))
        # Not the path: the name goes into recordings, and they must hold on another machine.
        name = known.name if known else self._path.name
        self._note = known.note if known else None
        size = window or min(weights.trained_window(self._path) or DEFAULT_WINDOW, DEFAULT_WINDOW)
        source = "as given" if window else f"what the model was trained on, {DEFAULT_WINDOW} at most"
        self.info = ModelInfo(label=f"local:{name}", name=name, window=size, window_from=source)
        self._limits = (limits or Limits()).within(DEFAULT_TIMEOUT_S)
        # One processor is left to others: two busy threads on two busy processors are 10 to 20 times slower (measured).
        self._threads = max(1, processors() - 1)
        self._turns = Turns()
        self._lock = threading.Lock()
        self._server: Server | None = None
        self._closed = False

    def __repr__(self) -> str:
        return f"LocalDoor({self.info.label!r})"

    def complete(self, request: Request, /) -> Completion:
        """Return the completion of a request; at temperature 0 unless it names one.

        Raises:
            UnknownModel: The file is no model that llama.cpp can load.
            Unavailable: The time is up, or llama.cpp ended; the next request starts it anew.
            TooLong: The request does not fit the window.
            ProviderError: Whatever else `OpenAIDoor` raises.
        """
        with self._turns.turn():
            server = self._start()
            try:
                return self._noted(server.door.complete(_cold(request)))
            except Unavailable as error:
                if server.child.ended.wait(_NOTICE_S):
                    raise _died(server.child, request, error) from error
                raise

    async def acomplete(self, request: Request, /) -> Completion:
        """Return the completion of a request without blocking the event loop; see `complete`."""
        async with self._turns.aturn():
            server = self._running()
            if server is None:
                server = await asyncio.to_thread(self._start)
            try:
                return self._noted(await server.door.acomplete(_cold(request)))
            except Unavailable as error:
                if await asyncio.to_thread(server.child.ended.wait, _NOTICE_S):
                    raise _died(server.child, request, error) from error
                raise

    def count(self, text: str, /) -> int:
        """Return how many tokens a text is for this model, exactly; starts the model when it is not running.

        Raises:
            UnknownModel: The file is no model that llama.cpp can load.
            Unavailable: llama.cpp did not answer.
            BadResponse: What it answered is no list of tokens.
        """
        child = self._start().child
        try:
            return len(
                child.post("/tokenize", {"content": text}, self._limits.timeout_s or DEFAULT_TIMEOUT_S)["tokens"]
            )
        except OSError as error:
            raise Unavailable(f"{self.info.label} cannot count tokens: {error}; try again") from error
        except (ValueError, KeyError, TypeError) as error:
            raise BadResponse(f"{self.info.label} cannot count tokens: {error!r}"[:200]) from error

    def close(self) -> None:
        """End the model's process; requests under way fail, and later ones are refused."""
        with self._lock:
            self._closed = True
            server, self._server = self._server, None
        if server is not None:
            server.stop()

    async def aclose(self) -> None:
        """End the model's process without blocking the event loop; see `close`."""
        server = self._server
        if server is not None:
            await server.door.aclose()
        await asyncio.to_thread(self.close)

    @property
    def pid(self) -> int | None:
        """The model's process, when there is one."""
        server = self._running()
        return None if server is None else server.child.pid

    def _noted(self, completion: Completion) -> Completion:
        """The completion with what is to be known about the model that wrote it."""
        if self._note is None:
            return completion
        return replace(completion, warnings=(*completion.warnings, f"{self.info.label}: {self._note}"))

    def _running(self) -> Server | None:
        server = self._server
        return server if server is not None and server.child.usable else None

    def _start(self) -> Server:
        """Return the running server, started when there is none; waits while another thread starts it."""
        with self._lock:
            if self._closed:
                raise UsageError(f"{self.info.label} was closed; make a new door to go on")
            server = self._running()
            if server is None:
                if self._server is not None:
                    self._server.stop()
                server = self._server = Server(self.info, self._path, self._limits, self._threads)
                # A door that is dropped without `close` takes its process along, and so does the interpreter's end.
                weakref.finalize(self, server.child.stop)
            return server


class Server:
    """A child process, and the door to it."""

    def __init__(self, info: ModelInfo, path: Path, limits: Limits, threads: int) -> None:
        from summarizer.providers.capabilities import Capabilities
        from summarizer.providers.openai import OpenAIDoor

        self.child = Child(info, path, threads)
        self.door: OpenAIDoor = OpenAIDoor(
            model=info.name,
            base_url=f"{self.child.url}/v1",
            api_key=self.child.key,
            limits=limits,
            label=info.label,
            window=info.window,
            bounded=True,  # an unbounded list makes a small model go round until the cap
            extra_body={"cache_prompt": False},  # with it the first and the second reply to one request differ
            capabilities=Capabilities(),  # another server may have had this port
        )

    def stop(self) -> None:
        """End the child and the connections to it; does nothing the second time."""
        self.child.stop()
        self.door.close()


def _cold(request: Request) -> Request:
    """The request at temperature 0 when it names none: the same request is to get the same reply."""
    return request if request.temperature is not None else replace(request, temperature=0.0)


def _died(child: Child, request: Request, error: Unavailable) -> Unavailable:
    """The error for a request whose server ended; what it consumed stays known."""
    result = Unavailable(
        f"the process of {child.label} ended ({child.reason}); the next request starts it anew", model=request.model
    )
    result.usage = error.usage
    return result


class Turns:
    """One at a time, first come, first served, for threads and tasks alike."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[Future[None]] = deque()
        self._busy = False

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a turn, blocking, and hold it."""
        ticket = self._draw()
        try:
            ticket.result()
        except BaseException:
            self._return(ticket)
            raise
        try:
            yield
        finally:
            self._next()

    @asynccontextmanager
    async def aturn(self) -> AsyncIterator[None]:
        """Wait for a turn without blocking the event loop, and hold it."""
        ticket = self._draw()
        try:
            await asyncio.wrap_future(ticket)
        except BaseException:
            self._return(ticket)
            raise
        try:
            yield
        finally:
            self._next()

    def _draw(self) -> Future[None]:
        with self._lock:
            ticket: Future[None] = Future()
            if self._busy:
                self._waiting.append(ticket)
            else:
                self._busy = True
                ticket.set_result(None)
            return ticket

    def _return(self, ticket: Future[None]) -> None:
        """Give up a ticket; its turn may have come in the same moment."""
        if not ticket.cancel():
            self._next()

    def _next(self) -> None:
        with self._lock:
            while self._waiting:
                ticket = self._waiting.popleft()
                if ticket.set_running_or_notify_cancel():
                    ticket.set_result(None)
                    return
            self._busy = False
