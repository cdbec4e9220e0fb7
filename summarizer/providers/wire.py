"""One guarded way out: bytes out, at most so many bytes in, within so many seconds.

The `openai` package builds, authorizes and sends the request; its HTTP client is replaced by one that closes what the
package leaves open (measured against its version 3.54): a time limit that starts anew with each byte, so that a
dripping body hangs for ever; a body that is unpacked and read to its end, however large (1,895 MiB); redirects that are
followed with the whole article. Replacing the client keeps the package's authentication, proxies and trust store. The
raw body is handed on, because the package's typed reply accepts what means nothing, or two things.

A client belongs to the event loop it was first used in. Calls without a loop share one that runs in a thread: so there
is one way to send, not two, and the deadline ends a name lookup as well.
"""

from __future__ import annotations

import asyncio
import os
import ssl
import threading
from collections.abc import AsyncGenerator, Callable, Coroutine, Mapping
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeVar

from summarizer.errors import BadResponse
from summarizer.providers.address import Address
from summarizer.providers.replybody import HttpReply
from summarizer.records import Limits

if TYPE_CHECKING:
    import httpx2

    HttpClient: TypeAlias = httpx2.AsyncClient

T = TypeVar("T")


class Client(Protocol):
    """The part of `openai.AsyncOpenAI` that is used here."""

    async def post(self, path: str, *, body: dict[str, Any], cast_to: type[httpx2.Response]) -> httpx2.Response:
        """Send a body and return the answer, its status one of success."""
        ...

    async def close(self) -> None:
        """Close the connections."""
        ...


# A host that does not take a connection within this time is down; a busy server takes it and answers late.
_CONNECT_S = 10.0
_IDLE_S = 30.0


class Wire:
    """Sends bodies to one server; safe to use from several threads and event loops.

    Args:
        address: The server.
        limits: `timeout_s` is the total deadline of one request, `max_reply_bytes` the largest body.
        connect: Puts the client of the package around an HTTP client.
    """

    def __init__(self, address: Address, limits: Limits, connect: Callable[[HttpClient], Client]) -> None:
        self._address = address
        self._limits = limits
        self._connect = connect
        self._clients: dict[asyncio.AbstractEventLoop, Client] = {}
        self._keepers: dict[asyncio.AbstractEventLoop, AsyncGenerator[None]] = {}
        self._lock = threading.Lock()
        self._thread: LoopThread | None = None

    async def send(self, body: Mapping[str, Any]) -> HttpReply:
        """Post a body to `/chat/completions` and return what came back with a status of success.

        Raises:
            TimeoutError: The total deadline has passed.
            BadResponse: The answer is larger than the limits allow, or packed.
            Exception: What the client library raises, to be translated.
        """
        client = await self._client()
        import httpx2

        async with asyncio.timeout(self._limits.timeout_s):
            response = await client.post("/chat/completions", body=dict(body), cast_to=httpx2.Response)
        headers = {name.lower(): value for name, value in response.headers.items()}
        return HttpReply(response.status_code, headers, response.content)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine to its end in the loop of this wire's own thread."""
        with self._lock:
            if self._thread is None or not self._thread.usable:
                self._thread = LoopThread()
            thread = self._thread
        return thread.run(work)

    async def aclose(self) -> None:
        """Close the connections of the running loop, and those of calls made without a loop."""
        keeper = self._keepers.get(asyncio.get_running_loop())
        if keeper is not None:
            await keeper.aclose()
        await asyncio.to_thread(self.close)

    def close(self) -> None:
        """Close the connections of calls made without a loop, and end their thread; a later call opens them anew."""
        with self._lock:
            thread, self._thread = self._thread, None
        if thread is not None and thread.usable:
            thread.stop()

    async def _client(self) -> Client:
        loop = asyncio.get_running_loop()
        client = self._clients.get(loop)
        if client is None:
            client = self._clients[loop] = self._connect(_guarded(self._address, self._limits))
            self._keepers[loop] = self._keep(loop, client)
            await anext(self._keepers[loop])
        return client

    async def _keep(self, loop: asyncio.AbstractEventLoop, client: Client) -> AsyncGenerator[None]:
        """Close a client when its loop ends: `asyncio.run` closes the generators that are still open, then the loop."""
        try:
            yield
        finally:
            self._clients.pop(loop, None)
            self._keepers.pop(loop, None)
            await client.close()


def _guarded(address: Address, limits: Limits) -> HttpClient:
    import httpx2

    class GuardedClient(httpx2.AsyncClient):
        """Reads no more than it was told to; made here because its parent is slow to import."""

        async def send(self, request: httpx2.Request, **settings: Any) -> httpx2.Response:
            response = await super().send(request, **{**settings, "stream": True})
            try:
                body = await _bounded(response, address.shown, limits.max_reply_bytes)
            finally:
                await response.aclose()
            kept = [(name, value) for name, value in response.headers.multi_items() if name not in _FRAMING]
            return httpx2.Response(response.status_code, headers=kept, content=body, request=request)

    seconds = limits.timeout_s
    return GuardedClient(
        follow_redirects=False,
        timeout=httpx2.Timeout(seconds, connect=min(seconds, _CONNECT_S)),
        limits=httpx2.Limits(max_connections=None, max_keepalive_connections=None, keepalive_expiry=_IDLE_S),
        trust_env=not address.loopback,  # a proxy knows another machine by this name
        # Loading the system's authorities takes 25 ms; without TLS a context that trusts nobody is as good.
        verify=address.url.startswith("https:") or ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
    )


# Headers about how the bytes traveled; they have arrived.
_FRAMING = frozenset({"content-encoding", "content-length", "transfer-encoding"})


async def _bounded(response: httpx2.Response, where: str, most: int) -> bytes:
    """Read a body that is not packed and no larger than allowed."""
    packed = response.headers.get("content-encoding", "identity").strip().lower()
    if packed not in ("", "identity"):
        raise BadResponse(f"{where} packed its answer ({packed[:20]!r}) although it was asked not to")
    body = bytearray()
    async for part in response.aiter_raw():
        body += part
        if len(body) > most:
            raise BadResponse(f"the answer of {where} is larger than {most} bytes: see max_reply_bytes")
    return bytes(body)


class LoopThread:
    """An event loop in a daemon thread, for callers that have none."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._pid = os.getpid()
        self._thread = threading.Thread(target=self._serve, name="summarizer-wire", daemon=True)
        self._thread.start()

    @property
    def usable(self) -> bool:
        """Whether the thread is alive; after a fork it is not."""
        return self._pid == os.getpid() and self._thread.is_alive()

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine to its end; an interrupted caller cancels it."""
        future = asyncio.run_coroutine_threadsafe(work, self.loop)
        try:
            return future.result()
        except BaseException:
            future.cancel()
            raise

    def stop(self) -> None:
        """End the thread and close the loop."""
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()

    def _serve(self) -> None:
        asyncio.set_event_loop(self.loop)
        try:
            self.loop.run_forever()
        finally:
            self.loop.run_until_complete(self.loop.shutdown_asyncgens())
            self.loop.close()
