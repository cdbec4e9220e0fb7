"""One guarded way out: bytes out, at most so many bytes in, within so many seconds.

The `openai` package builds and authorizes the first request and sorts what comes of it; a smaller client (`http.py`)
carries it. That closes what the package leaves open (measured against its version 3.54): a time limit that starts anew
with each byte, so that a dripping body hangs for ever; a body that is unpacked and read to its end, however large
(1,895 MiB); redirects that are followed with the whole article; a connection that stays open when it is cut in a
handshake. Later requests repeat the head of the first, byte for byte, with a body of their own: what the package adds
to a request never changes, and costs more than all the rest. Behind a proxy the package carries them all, within the
same bounds. The raw body is handed on, because the package's typed reply accepts what means nothing, or two things.

Connections belong to the event loop they were first used in. Calls without a loop share one that runs in a thread: so
there is one way to send, not two, and the deadline ends a name lookup as well.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import threading
import weakref
from collections.abc import AsyncGenerator, Awaitable, Callable, Coroutine, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeVar
from urllib.parse import urlsplit

from pydantic_core import to_json

from summarizer.errors import BadResponse, UsageError
from summarizer.providers.address import Address, proxy_of
from summarizer.providers.http import FRAMING, Place, Pool, must_not_be_packed
from summarizer.providers.loop_thread import LoopThread, wait
from summarizer.providers.replybody import HttpReply
from summarizer.records import Limits, Usage
from summarizer.surrogates import without_surrogates

if TYPE_CHECKING:
    import httpx2

    HttpClient: TypeAlias = httpx2.AsyncClient

T = TypeVar("T")

# A host that does not take a connection within this time is down; a busy server takes it and answers late.
_CONNECT_S = 10.0


class Client(Protocol):
    """The part of `openai.AsyncOpenAI` that is used here."""

    async def post(self, path: str, *, content: bytes, cast_to: type[httpx2.Response]) -> httpx2.Response:
        """Send a body and return the answer, its status one of success."""
        ...

    async def get(self, path: str, *, cast_to: type[httpx2.Response]) -> httpx2.Response:
        """Ask for something and return the answer, its status one of success."""
        ...

    async def close(self) -> None:
        """Close the connections."""
        ...


class Wire:
    """Sends bodies to one server; safe to use from several threads and event loops.

    Args:
        address: The server.
        limits: `timeout_s` is the total deadline of one request, `max_reply_bytes` the largest body.
        connect: Puts the client of the package around an HTTP client.
        path: What is asked for there.
    """

    def __init__(
        self,
        address: Address,
        limits: Limits,
        connect: Callable[[HttpClient], Client],
        path: str = "/chat/completions",
    ) -> None:
        self._address = address
        self._path = path
        self._limits = limits
        self._connect = connect
        self._proxy = proxy_of(address)
        self._channels: dict[asyncio.AbstractEventLoop, Channel] = {}
        self._keepers: dict[asyncio.AbstractEventLoop, AsyncGenerator[None]] = {}
        self._lock = threading.Lock()
        self._thread: LoopThread | None = None
        self._dropped: weakref.finalize[[], Wire] | None = None

    async def send(self, body: Mapping[str, Any]) -> HttpReply:
        """Post a body and return what came back.

        Args:
            body: JSON values. What is in it beside texts and numbers is not changed any more: it is written once.

        Raises:
            TimeoutError: The total deadline has passed.
            BadResponse: The answer is larger than the limits allow, or packed.
            Exception: What the client library or the operating system raises, to be translated.
        """
        data = _encoded(body)
        channel = await self._channel()
        async with asyncio.timeout(self._limits.timeout_s):
            return await channel.send(data)

    async def get(self, path: str, *, timeout_s: float) -> bytes:
        """Ask for what stands at a path beside the one that bodies are sent to, and return it.

        Raises:
            TimeoutError: It takes longer than it may.
            Exception: As for `send`.
        """
        channel = await self._channel()
        async with asyncio.timeout(timeout_s):
            return await channel.get(path)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine to its end in the loop of this wire's own thread.

        Raises:
            UsageError: The wire was closed meanwhile.
        """
        with self._lock:
            if self._thread is None or not self._thread.usable:
                self._let_go()
                self._thread = LoopThread()
                self._dropped = weakref.finalize(self, self._thread.end)
            future = self._thread.submit(work)
        return wait(future)

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
            self._let_go()
        if thread is not None and thread.usable:
            thread.end()
            thread.join()
        self._forget_closed()

    def _let_go(self) -> None:
        """Keep the thread before no longer: with it go its connections, and an authority's certificates."""
        if self._dropped is not None:
            self._dropped.detach()

    async def _channel(self) -> Channel:
        loop = asyncio.get_running_loop()
        channel = self._channels.get(loop)
        if channel is None:
            self._forget_closed()
            channel = Channel(self._address, self._limits, self._connect, self._path, proxy=self._proxy)
            self._channels[loop] = channel
            thread = self._thread
            if thread is not None and thread.runs(loop):
                # No keeper: one that is collected by another thread just when the loop is closed is never awaited.
                thread.at_end(channel.aclose)
            else:
                self._keepers[loop] = self._keep(loop, channel)
                await anext(self._keepers[loop])
        return channel

    def _forget_closed(self) -> None:
        """Let go of loops that were closed without a word, as `asyncio.run` never does, and of their connections."""
        for loop in [loop for loop in tuple(self._channels) if loop.is_closed()]:
            self._channels.pop(loop, None)
            self._keepers.pop(loop, None)

    async def _keep(self, loop: asyncio.AbstractEventLoop, channel: Channel) -> AsyncGenerator[None]:
        """Close a channel when its loop ends: `asyncio.run` closes the generators that are left, then the loop."""
        try:
            yield
        finally:
            self._channels.pop(loop, None)
            self._keepers.pop(loop, None)
            await channel.aclose()


class Channel:
    """The connections of one event loop to one server."""

    def __init__(
        self,
        address: Address,
        limits: Limits,
        connect: Callable[[HttpClient], Client],
        path: str,
        *,
        proxy: tuple[str, str] | None,
    ) -> None:
        import httpx2

        parts = urlsplit(address.url)
        # Loading the system's authorities takes 25 ms: not without TLS.
        tls = httpx2.create_ssl_context() if parts.scheme == "https" else None
        # Before the deadline: what the package began, it closes when its own time is up, not when it is cut short.
        connect_s = min(0.9 * (limits.timeout_s or _CONNECT_S), _CONNECT_S)
        port = parts.port or (80 if tls is None else 443)
        client = _guarded(address, limits.max_reply_bytes, self._carry if proxy is None else None)
        try:
            http = client(
                follow_redirects=False,
                timeout=httpx2.Timeout(limits.timeout_s, connect=connect_s),
                limits=httpx2.Limits(max_connections=None, max_keepalive_connections=None),
                proxy=None if proxy is None else proxy[0],
                trust_env=False,
                verify=tls or ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT),
            )
        except Exception as error:  # the package has several, and its words may hold a password
            if proxy is None:
                raise
            raise _no_proxy(error, proxy[1]) from None
        self._client = connect(http)
        self._pool = Pool(Place(parts.hostname or "", port, tls, address.shown), limits.max_reply_bytes, connect_s)
        self._path = path
        self._lean = proxy is None
        self._head: tuple[bytes, bytes] | None = None
        self._learned: asyncio.Event | None = None

    async def send(self, data: bytes) -> HttpReply:
        """Send a body through the package, or the way the package did it before."""
        if self._lean and self._head is None and self._learned is not None:
            await self._learned.wait()
        if self._head is not None:
            before, after = self._head
            return await self._pool.send(b"%b%d%b%b" % (before, len(data), after, data))
        self._learned = asyncio.Event()
        try:
            return await self._post(data)
        finally:
            self._learned.set()  # those who wait go on, even if this request was never built

    async def _post(self, data: bytes) -> HttpReply:
        import httpx2

        response = await self._client.post(self._path, content=data, cast_to=httpx2.Response)
        headers = {name.lower(): value for name, value in response.headers.items()}
        return HttpReply(response.status_code, headers, response.content)

    async def get(self, path: str) -> bytes:
        """Ask for something through the package."""
        import httpx2

        return bytes((await self._client.get(path, cast_to=httpx2.Response)).content)

    async def _carry(self, request: httpx2.Request) -> HttpReply:
        """Send a request that the package has built, and keep its head if it has a body."""
        before, after = _head(request)
        if not after:
            return await self._pool.send(before)
        if self._learned is not None:
            self._head = before, after
            self._learned.set()
        return await self._pool.send(b"%b%d%b%b" % (before, len(request.content), after, request.content))

    async def aclose(self) -> None:
        """Close the connections."""
        self._pool.close()
        await self._client.close()


# The fields that hold nothing but texts: an article and the instructions, most of a body.
_TEXTS = frozenset({"messages", "input"})


def _encoded(body: Mapping[str, Any]) -> bytes:
    """Return a body as JSON, byte for byte as `json.dumps` writes it; texts are written by pydantic, much faster."""
    return b"{%b}" % b",".join(
        [b"%b:%b" % (_word(name), _turns(value) if name in _TEXTS else _json(value)) for name, value in body.items()]
    )


def _turns(turns: Any) -> bytes:
    """The turns of a conversation; half a character, for which there are no bytes, becomes a mark."""
    try:
        return to_json(turns)
    except ValueError:
        return to_json([{name: without_surrogates(text) for name, text in turn.items()} for turn in turns])


# The JSON of what is the same object in each request of a run, a schema above all, and that object by its id.
_written: dict[int, tuple[Any, bytes]] = {}
_MOST_WRITTEN = 64
_encoder = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _json(value: Any) -> bytes:
    if type(value) is str:
        return _word(value)
    if type(value) is int:
        return b"%d" % value
    known = _written.get(id(value))
    if known is None:
        if len(_written) >= _MOST_WRITTEN:
            _written.clear()
        known = _written[id(value)] = value, _encoder.encode(value).encode()
    return known[1]


@lru_cache(maxsize=_MOST_WRITTEN)
def _word(text: str) -> bytes:
    return _encoder.encode(text).encode()


def _head(request: httpx2.Request) -> tuple[bytes, bytes]:
    """Return the head of a request, up to the length of its body and from there on; nothing, where it has none."""
    lines = [b"%b %b HTTP/1.1" % (request.method.encode(), request.url.raw_path)]
    lines += [
        b"%b: %b" % (name, b"\0" if name.lower() == b"content-length" else value) for name, value in request.headers.raw
    ]
    before, _, after = (b"\r\n".join(lines) + b"\r\n\r\n").partition(b"\0")
    return before, after


def _no_proxy(error: Exception, variable: str) -> UsageError:
    """Say what is wrong with a proxy of the environment; nothing was sent."""
    todo = (
        "SOCKS wants: pip install socksio"
        if isinstance(error, ImportError)
        else "write http://HOST:PORT or socks5://HOST:PORT"
    )
    unusable = UsageError(f"the proxy that {variable} names cannot be used: {todo}")
    unusable.usage = Usage()
    return unusable


def _guarded(
    address: Address, most: int, carry: Callable[[httpx2.Request], Awaitable[HttpReply]] | None
) -> type[HttpClient]:
    import httpx2

    class GuardedClient(httpx2.AsyncClient):
        """Reads no more than it was told to; made here because its parent is slow to import."""

        async def send(self, request: httpx2.Request, **settings: Any) -> httpx2.Response:
            if carry is not None:
                reply = await carry(request)
                return httpx2.Response(reply.status, headers=dict(reply.headers), content=reply.body, request=request)
            response = await super().send(request, **{**settings, "stream": True})
            try:
                body = await _bounded(response, address.shown, most)
            finally:
                await response.aclose()
            headers = [(name, value) for name, value in response.headers.multi_items() if name not in FRAMING]
            return httpx2.Response(response.status_code, headers=headers, content=body, request=request)

    return GuardedClient


async def _bounded(response: httpx2.Response, where: str, most: int) -> bytes:
    """Read a body that is not packed and no larger than allowed."""
    must_not_be_packed(response.headers.get("content-encoding", ""), where)
    if int(response.headers.get("content-length", 0)) > most:
        raise BadResponse.too_large(where, most)
    body = bytearray()
    async for part in response.aiter_raw():
        body += part
        if len(body) > most:
            raise BadResponse.too_large(where, most)
    return bytes(body)
