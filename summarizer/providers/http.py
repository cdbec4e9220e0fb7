"""HTTP/1.1, as much of it as a completion needs: one POST, one answer, over connections that are kept.

For many requests at once a general client costs more than all the rest of the work: its pool looks through every
connection for every request. The price of being small is to be strict: an answer that is not exactly framed is refused,
never guessed at, and its connection is closed.
"""

from __future__ import annotations

import asyncio
import ipaddress
import re
import ssl
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, cast

from summarizer.errors import BadResponse
from summarizer.providers.replybody import HttpReply

MAX_HEAD_BYTES = 64 << 10
# Servers close an idle connection after five seconds (uvicorn) to minutes; that is seen at once, so only a connection
# that died without a word is ever reused in vain.
IDLE_S = 30.0
# A name may stand for addresses that do not answer; the next is tried beside the first after this long (RFC 8305).
_NEXT_ADDRESS_S = 0.25

_STATUS = re.compile(r"HTTP/1\.[01] ([1-9][0-9][0-9])(?: [^\r\n]*)?")
_FIELDS = re.compile(r"(?:\r\n[!#$%&'*+.^_`|~0-9A-Za-z-]+:[^\r\n\0]*)*")
_LENGTH = re.compile("[0-9]{1,18}")
_CHUNK = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]*)?")


class ConnectError(OSError):
    """No connection was made: nothing was sent."""


class BadFraming(OSError):
    """What came is not HTTP/1.1, or could be read in two ways."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where to connect to.

    Attributes:
        host: Name or number of the host.
        port: Its port.
        tls: How to encrypt; None does not.
        shown: The server, for messages.
    """

    host: str
    port: int
    tls: ssl.SSLContext | None
    shown: str


class ReplyParser:
    """Reads one answer from bytes as they come; does no I/O.

    Args:
        most: The largest body in bytes.
        where: The server, for messages.
    """

    def __init__(self, most: int, where: str) -> None:
        self._most = most
        self._where = where
        self._buffer = bytearray()
        self._body = bytearray()
        self._status = 0
        self._headers: dict[str, str] = {}
        # Bytes that are left of the body or of a chunk; None: until the connection is closed.
        self._left: int | None = 0
        # The function itself, not bound to this: that would be a cycle, which holds the answer until it is looked for.
        self._state: Callable[[ReplyParser], bool | None] = ReplyParser._head
        self.keep_alive = False

    def feed(self, data: bytes) -> HttpReply | None:
        """Take bytes and return the answer when it is whole.

        Raises:
            BadFraming: It is no HTTP answer.
            BadResponse: It is packed, or larger than allowed.
        """
        self._buffer += data
        while (done := self._state(self)) is not None:
            if done:
                self.keep_alive = self.keep_alive and not self._buffer
                return HttpReply(self._status, self._headers, bytes(self._body))
        return None

    def end(self) -> HttpReply:
        """Take the end of the connection and return the answer if it ends there.

        Raises:
            BadFraming: It does not.
        """
        if self._state is ReplyParser._content and self._left is None:
            return HttpReply(self._status, self._headers, bytes(self._body))
        part = "in the middle of its answer" if self._status or self._buffer else "without an answer"
        raise BadFraming(f"the server closed the connection {part}")

    # Each state takes what it can from the buffer and returns None to wait for more, False to go on, True at the end.

    def _head(self) -> bool | None:
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            self._check_head(len(self._buffer))
            return None
        self._check_head(end)
        head = self._buffer[:end].decode("latin-1")
        del self._buffer[: end + 4]
        status = _STATUS.match(head)
        if status is None or head[status.end() : status.end() + 2] not in ("", "\r\n"):
            raise BadFraming("the answer is no HTTP")
        self._status = int(status[1])
        if not _FIELDS.fullmatch(head, status.end()):
            raise BadFraming("the answer has a header that is none")
        parted = [line.partition(":") for line in head[status.end() :].split("\r\n")[1:]]
        pairs = [(name.lower(), value.strip(" \t")) for name, _, value in parted]
        if self._status == 101:
            raise BadFraming("the server wants to change the protocol")
        if self._status < 200:
            return False  # a word in between; the answer follows
        framing = [pair for pair in pairs if pair[0] in FRAMING]
        self._headers = dict(pairs)
        for name, _ in framing:
            self._headers.pop(name, None)
        connection = self._headers.get("connection", "").lower()
        self.keep_alive = head.startswith("HTTP/1.1") and "close" not in connection
        return self._framed(framing)

    def _check_head(self, size: int) -> None:
        if size > MAX_HEAD_BYTES:
            raise BadFraming(f"the head of the answer is larger than {MAX_HEAD_BYTES} bytes")
        # Bytes of another protocol are told from a slow start by the first line alone.
        if size >= 5 and not self._buffer.startswith(b"HTTP/"):
            raise BadFraming("the answer is no HTTP")

    def _framed(self, pairs: list[tuple[str, str]]) -> bool:
        """Decide by the headers about that how the body ends (RFC 9112, section 6.3)."""
        lengths: set[str] = set()
        codings: list[str] = []
        packing: list[str] = []
        for name, value in pairs:
            if name == "content-length":
                lengths.add(value)
            else:
                (codings if name == "transfer-encoding" else packing).append(value.lower())
        if packing:
            must_not_be_packed(packing[0], self._where)
        if self._status in (204, 304):
            return True
        if codings:
            if lengths or codings != ["chunked"]:
                raise BadFraming("the answer says in two ways how long it is")
            self._state = ReplyParser._chunk
            return False
        if len(lengths) > 1 or not all(map(_LENGTH.fullmatch, lengths)):
            raise BadFraming("the answer says in no valid way how long it is")
        self._left = int(lengths.pop()) if lengths else None
        self._check_size(self._left or 0)
        self.keep_alive = self.keep_alive and self._left is not None
        self._state = ReplyParser._content
        return self._left == 0

    def _content(self) -> bool | None:
        if self._left is None:
            self._check_size(len(self._body) + len(self._buffer))
            self._body += self._buffer
            self._buffer.clear()
            return None
        part = self._buffer[: self._left]
        del self._buffer[: len(part)]
        self._body += part
        self._left -= len(part)
        return True if self._left == 0 else None

    def _chunk(self) -> bool | None:
        line = self._line()
        if line is None:
            return None
        size = _CHUNK.fullmatch(line)
        if size is None:
            raise BadFraming("the answer has a chunk without a size")
        self._left = int(size[1], 16)
        self._check_size(len(self._body) + self._left)
        self._state = ReplyParser._chunk_content if self._left else ReplyParser._trailer
        return False

    def _chunk_content(self) -> bool | None:
        assert self._left is not None
        if len(self._buffer) < self._left + 2:
            return None
        if self._buffer[self._left : self._left + 2] != b"\r\n":
            raise BadFraming("the answer has a chunk longer than its size")
        self._body += self._buffer[: self._left]
        del self._buffer[: self._left + 2]
        self._state = ReplyParser._chunk
        return False

    def _trailer(self) -> bool | None:
        line = self._line()
        return None if line is None else line == b""

    def _line(self) -> bytes | None:
        end = self._buffer.find(b"\r\n")
        if end < 0 and len(self._buffer) <= MAX_HEAD_BYTES:
            return None
        if end < 0 or end > MAX_HEAD_BYTES:
            raise BadFraming("the answer has a line without an end")
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 2]
        return line

    def _check_size(self, size: int) -> None:
        if size > self._most:
            raise BadResponse.too_large(self._where, self._most)


# Headers about how the bytes traveled; they have arrived.
FRAMING = frozenset({"content-encoding", "content-length", "transfer-encoding"})


def must_not_be_packed(coding: str, where: str) -> None:
    """Refuse an answer that is compressed: a few bytes may unpack to gigabytes.

    Raises:
        BadResponse: It is.
    """
    coding = coding.strip().lower()
    if coding not in ("", "identity"):
        raise BadResponse(f"{where} packed its answer ({coding[:20]!r}) although it was asked not to")


class Connection(asyncio.Protocol):
    """One connection, for one exchange at a time."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._parser: ReplyParser | None = None
        self._reply: asyncio.Future[HttpReply] | None = None
        self.idle_since = 0.0

    @property
    def usable(self) -> bool:
        """Whether another request can be sent over it."""
        return self._transport is not None and not self._transport.is_closing()

    async def exchange(self, data: bytes, parser: ReplyParser) -> HttpReply:
        """Send a request and wait for its answer; the connection is closed unless both ended in good order.

        Raises:
            OSError: The connection broke, or the answer is no HTTP.
            BadResponse: The answer is packed, or larger than allowed.
        """
        assert self._transport is not None
        self._parser, self._reply = parser, asyncio.get_running_loop().create_future()
        try:
            self._transport.write(data)
            reply = await self._reply
        except BaseException:
            self.close()
            raise
        finally:
            self._parser = self._reply = None
        if not parser.keep_alive:
            self.close()
        return reply

    def close(self) -> None:
        """Close the connection at once."""
        if self._transport is not None:
            self._transport.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport; called by the event loop."""
        self._transport = cast("asyncio.Transport", transport)  # that of uvloop is none by its class

    def data_received(self, data: bytes) -> None:
        """Read on; called by the event loop."""
        if self._parser is None or self._reply is None or self._reply.done():
            self.close()  # nobody asked
            return
        try:
            reply = self._parser.feed(data)
        except (OSError, BadResponse) as error:
            self._reply.set_exception(error)
            self.close()
            return
        if reply is not None:
            self._reply.set_result(reply)

    def connection_lost(self, exc: Exception | None) -> None:
        """End the exchange that is under way, if one is; called by the event loop."""
        if self._parser is None or self._reply is None or self._reply.done():
            return
        try:
            if exc is not None:
                raise exc
            self._reply.set_result(self._parser.end())
        except Exception as error:  # noqa: BLE001 - whatever the loop reports belongs to who waits
            self._reply.set_exception(error)


class Pool:
    """Connections to one place, in one event loop.

    Args:
        place: Where to connect to.
        most: The largest body in bytes.
        connect_s: How long making a connection may take.
    """

    def __init__(self, place: Place, most: int, connect_s: float) -> None:
        self._place = place
        self._most = most
        self._connect_s = connect_s
        self._idle: deque[Connection] = deque()
        self._is_closed = False

    async def send(self, data: bytes) -> HttpReply:
        """Send a whole request over an idle connection or a new one.

        Raises:
            ConnectError: No connection could be made.
            OSError: It broke, or what came is no HTTP.
            BadResponse: The answer is packed, or larger than allowed.
        """
        connection = self._take() or await self._open()
        reply = await connection.exchange(data, ReplyParser(self._most, self._place.shown))
        if self._is_closed:
            connection.close()
        elif connection.usable:
            connection.idle_since = asyncio.get_running_loop().time()
            self._idle.append(connection)
        return reply

    def close(self) -> None:
        """Close the connections that are idle; the others close when their exchange ends."""
        self._is_closed = True
        while self._idle:
            self._idle.pop().close()

    def _take(self) -> Connection | None:
        """Return the connection that was used last and close those that have been idle for long."""
        oldest = asyncio.get_running_loop().time() - IDLE_S
        while self._idle and (self._idle[0].idle_since < oldest or not self._idle[0].usable):
            self._idle.popleft().close()
        while self._idle:
            connection = self._idle.pop()
            if connection.usable:
                return connection
        return None

    async def _open(self) -> Connection:
        place, loop = self._place, asyncio.get_running_loop()
        # Other loops (uvloop) try one address after the other, and take no such word. Nor does an address need it:
        # whoever is cut short in a race of one loses the connection that has just been won.
        races = isinstance(loop, asyncio.BaseEventLoop) and not _is_address(place.host)
        delay: dict[str, Any] = {"happy_eyeballs_delay": _NEXT_ADDRESS_S} if races else {}
        try:
            async with asyncio.timeout(self._connect_s):
                _, connection = await loop.create_connection(Connection, place.host, place.port, ssl=place.tls, **delay)
        except TimeoutError:
            raise ConnectError(f"no connection within {self._connect_s:g} s") from None
        except OSError as error:
            raise ConnectError(str(error)) from error
        return connection


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
