"""What a server can do wrong, by name: the table that `Server` plays from.

From the bottom up: the socket, the HTTP head, the HTTP body, the JSON in it, the completion, the model's own text. Each
is a short program over one exchange, so that a fault seen in the wild is one more line here.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import socket
import struct
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any

from tests.responses import as_chat, from_chat

Play = Callable[["Exchange"], Awaitable[None]]

_FOREVER_S = 3600.0
_DRIP_S = 0.02
_REASONS = {200: "OK", 400: "Bad Request", 404: "Not Found", 429: "Too Many Requests", 500: "Internal Server Error"}


@dataclass(slots=True)
class Exchange:
    """One request and the way to answer it.

    Attributes:
        body: The request's JSON.
        headers: Its headers, names in lower case.
        head: The bytes before the body, as they came.
        text: What the model would say.
    """

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    path: str
    headers: dict[str, str]
    body: dict[str, Any] = field(default_factory=dict)
    text: str = ""
    head: bytes = b""

    @classmethod
    async def receive(cls, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> Exchange | None:
        """Read the next request of a connection; None when the client has closed it."""
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.IncompleteReadError:
            return None
        first, *lines = head.decode("latin-1").split("\r\n")
        pairs = (line.partition(":") for line in lines if line)
        headers = {name.lower(): value.strip() for name, _, value in pairs}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        return cls(
            reader, writer, first.split(" ")[1].partition("?")[0], headers, json.loads(body) if body else {}, head=head
        )

    async def raw(self, *parts: bytes) -> None:
        """Write bytes as they are."""
        for part in parts:
            self.writer.write(part)
            await self.writer.drain()

    async def start(self, status: int = 200, *lines: str, kind: str = "application/json") -> None:
        """Write a status line and headers; what follows is up to the caller."""
        fixed = (f"HTTP/1.1 {status} {_REASONS.get(status, 'Status')}", f"content-type: {kind}", "x-request-id: req_1")
        await self.raw("\r\n".join((*fixed, *lines, "", "")).encode("latin-1"))

    async def bytes(self, body: bytes, status: int = 200, *lines: str, kind: str = "application/json") -> None:
        """Write a whole answer."""
        await self.start(status, f"content-length: {len(body)}", *lines, kind=kind)
        await self.raw(body)

    async def json(self, value: Any, status: int = 200, *lines: str) -> None:
        """Write a whole answer in JSON."""
        await self.bytes(json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass"), status, *lines)

    def reset(self) -> None:
        """Close with RST instead of FIN."""
        linger = struct.pack("ii", 1, 0)
        self.writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.writer.transport.abort()

    async def close(self) -> None:
        """Close in good order."""
        self.writer.close()
        await self.writer.wait_closed()


# ------------------------------------------------------------------------------------------------------------ envelopes


def error(
    message: str, *, kind: str = "server_error", code: str | None = None, param: str | None = None
) -> dict[str, Any]:
    """Return a body in OpenAI's form of an error."""
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


def completion(body: Mapping[str, Any], text: str, **changes: Any) -> dict[str, Any]:
    """Return a chat completion, as a tool call if the request forces one; for a Responses request a response.

    Args:
        body: The request.
        text: What the model says.
        changes: Fields of the message, the choice or the whole that are to be different.
    """
    asked, body = body, as_chat(body)
    message: dict[str, Any] = {"role": "assistant", "content": text, "refusal": None}
    choice: dict[str, Any] = {"index": 0, "message": message, "logprobs": None, "finish_reason": "stop"}
    if body.get("tools"):
        call = {"name": body["tools"][0]["function"]["name"], "arguments": text}
        message.update(content=None, tool_calls=[{"id": "call_1", "type": "function", "function": call}])
    sent = sum(len(message["content"]) for message in body["messages"])
    usage = {
        "prompt_tokens": sent // 4 + 8,
        "completion_tokens": len(text) // 4 + 1,
        "total_tokens": sent // 4 + len(text) // 4 + 9,
        "prompt_tokens_details": {"cached_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 0},
    }
    whole = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1_700_000_000, "model": body["model"]}
    whole.update(choices=[choice], usage=usage)
    for name, value in changes.items():
        place = (
            message
            if name in ("content", "refusal", "tool_calls", "reasoning_content")
            else choice
            if name in ("message", "finish_reason", "error")
            else whole
        )
        place[name] = value
    return from_chat(whole, asked) if "input" in asked else whole


# --------------------------------------------------------------------------------------------------------------- makers


def _status(status: int, message: str = "Something is wrong.", *lines: str, **words: Any) -> Play:
    async def play(exchange: Exchange) -> None:
        await exchange.json(error(message, **words), status, *lines)

    return play


def _body(body: bytes, status: int = 200, *lines: str, kind: str = "application/json") -> Play:
    async def play(exchange: Exchange) -> None:
        await exchange.bytes(body, status, *lines, kind=kind)

    return play


def _raw(data: bytes, *, then: str = "close") -> Play:
    async def play(exchange: Exchange) -> None:
        await exchange.raw(data)
        await _END[then](exchange)

    return play


def _completion(**changes: Any) -> Play:
    async def play(exchange: Exchange) -> None:
        await exchange.json(completion(exchange.body, exchange.text, **changes))

    return play


def _text(change: Callable[[str], str]) -> Play:
    async def play(exchange: Exchange) -> None:
        await exchange.json(completion(exchange.body, change(exchange.text)))

    return play


def _json(change: Callable[[bytes], bytes]) -> Play:
    async def play(exchange: Exchange) -> None:
        await exchange.bytes(change(json.dumps(completion(exchange.body, exchange.text)).encode()))

    return play


def _redirect(target: str) -> Play:
    async def play(exchange: Exchange) -> None:
        await exchange.bytes(b"", 307, f"location: {target}")

    return play


async def _hang(exchange: Exchange) -> None:
    await asyncio.sleep(_FOREVER_S)


async def _close(exchange: Exchange) -> None:
    await exchange.close()


async def _reset(exchange: Exchange) -> None:
    exchange.reset()


_END: dict[str, Play] = {"hang": _hang, "close": _close, "reset": _reset}


def _half(then: str) -> Play:
    """Half of a good answer, then an end."""

    async def play(exchange: Exchange) -> None:
        body = json.dumps(completion(exchange.body, exchange.text)).encode()
        await exchange.start(200, f"content-length: {len(body)}")
        await exchange.raw(body[: len(body) // 2])
        await asyncio.sleep(_DRIP_S)
        await _END[then](exchange)

    return play


def _endless(part: bytes, *, pause_s: float = 0.0, head: bool = True, chunked: bool = False) -> Play:
    """The same bytes for ever."""

    async def play(exchange: Exchange) -> None:
        if head:
            await exchange.start(200, "transfer-encoding: chunked" if chunked else "connection: close")
        framed = b"%x\r\n%b\r\n" % (len(part), part) if chunked else part
        while True:
            await exchange.raw(framed)
            await asyncio.sleep(pause_s)

    return play


async def _drip(exchange: Exchange) -> None:
    body = json.dumps(completion(exchange.body, exchange.text)).encode()
    await exchange.start(200, f"content-length: {len(body)}")
    for byte in body:
        await exchange.raw(bytes((byte,)))
        await asyncio.sleep(_DRIP_S)


async def _drip_head(exchange: Exchange) -> None:
    await exchange.raw(b"HTTP/1.1 200 OK\r\n")
    while True:
        await exchange.raw(b"x-more: 1\r\n")
        await asyncio.sleep(_DRIP_S)


async def _date(exchange: Exchange) -> None:
    await exchange.json(error("Slow down."), 429, f"retry-after: {formatdate(time.time() + 2, usegmt=True)}")


# 256 MiB of zeros in 262 kB: a gzip file may be several, one after the other.
_BOMB = gzip.compress(bytes(1 << 20)) * 256


async def _gzip_bomb(exchange: Exchange) -> None:
    await exchange.bytes(_BOMB, 200, "content-encoding: gzip")


async def _gzip_bomb_500(exchange: Exchange) -> None:
    await exchange.bytes(_BOMB, 500, "content-encoding: gzip")


async def _gzip(exchange: Exchange) -> None:
    body = json.dumps(completion(exchange.body, exchange.text)).encode()
    await exchange.bytes(gzip.compress(body), 200, "content-encoding: gzip")


async def _chunk_size(exchange: Exchange) -> None:
    await exchange.start(200, "transfer-encoding: chunked")
    await exchange.raw(b"zz\r\n{}\r\n0\r\n\r\n")


async def _chunk_end(exchange: Exchange) -> None:
    await exchange.start(200, "transfer-encoding: chunked")
    await exchange.raw(b"2\r\n{}\r\n")
    await exchange.close()


async def _two_choices(exchange: Exchange) -> None:
    whole = completion(exchange.body, exchange.text)
    replies = whole["choices"] if "choices" in whole else whole["output"]
    replies.append({**replies[-1], "index": 1})
    await exchange.json(whole)


def _context(message: str, code: str | None = None, kind: str = "invalid_request_error", **more: Any) -> Play:
    async def play(exchange: Exchange) -> None:
        body = error(message, kind=kind, code=code)
        body["error"].update(more)
        await exchange.json(body, 400)

    return play


async def _silent_close(exchange: Exchange) -> None:
    await exchange.json(completion(exchange.body, exchange.text))
    await exchange.close()


async def _chunks(exchange: Exchange) -> None:
    await exchange.start(200, "transfer-encoding: chunked")
    body = json.dumps(completion(exchange.body, exchange.text)).encode()
    for start in range(0, len(body), 100):
        part = body[start : start + 100]
        await exchange.raw(b"%x;note=1\r\n%b\r\n" % (len(part), part))
    await exchange.raw(b"0\r\nx-trailer: 1\r\n\r\n")


async def _until_close(exchange: Exchange) -> None:
    await exchange.start(200)
    await exchange.raw(json.dumps(completion(exchange.body, exchange.text)).encode())
    await exchange.close()


async def _early_words(exchange: Exchange) -> None:
    await exchange.raw(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n")
    await exchange.json(completion(exchange.body, exchange.text))


_OTHERS = {"text": "Apple lost 900 billion yen in Osaka.", "cites": [1]}
_HTML = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"
_QUOTA = "You exceeded your current quota, please check your plan and billing details."
_DEEP = 100_000
# No two words alike, and one character that makes Python take four bytes for each of the others; 4 kB are left for the
# rest of the answer.
_BABBLE = "\U0001f600" + " ".join(f"{number * number:x}" for number in range(218_000))[: (2 << 20) - 4096]
_CROSSED = json.dumps({"title": _OTHERS, "claims": [_OTHERS]})

FAULTS: dict[str, Play] = {
    # The socket.
    "reset": _reset,
    "close": _close,
    "hang": _hang,
    "reset_half": _half("reset"),
    "close_half": _half("close"),
    "hang_half": _half("hang"),
    "drip": _drip,
    "endless": _endless(b"x" * 65536),
    "endless_chunks": _endless(b"x" * 65536, chunked=True),
    "blanks": _endless(b" ", pause_s=_DRIP_S),
    # The HTTP head.
    "no_http": _raw(b"SSH-2.0-OpenSSH_9.6\r\n"),
    "garbage": _raw(bytes(range(256)) * 4),
    "status_word": _raw(b"HTTP/1.1 OK 200\r\n\r\n"),
    "half_head": _raw(b"HTTP/1.1 200 OK\r\ncontent-ty"),
    "hang_head": _raw(b"HTTP/1.1 200 OK\r\ncontent-ty", then="hang"),
    "drip_head": _drip_head,
    "endless_head": _endless(b"x-more: " + b"y" * 8000 + b"\r\n", head=False),
    "huge_header": _raw(b"HTTP/1.1 200 OK\r\nx-huge: " + b"y" * (1 << 20) + b"\r\n\r\n"),
    "length_negative": _raw(b"HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n{}"),
    "length_two": _raw(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 3\r\n\r\n{}"),
    "length_huge": _raw(b"HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n{}", then="hang"),
    "length_short": _raw(b'HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{"choices": []}'),
    "continue_forever": _endless(b"HTTP/1.1 100 Continue\r\n\r\n", head=False, pause_s=_DRIP_S),
    "upgrade": _raw(b"HTTP/1.1 101 Switching Protocols\r\nupgrade: foo\r\nconnection: upgrade\r\n\r\n", then="hang"),
    "fold": _raw(b"HTTP/1.1 200 OK\r\nbad header : 1\r\ncontent-length: 2\r\n\r\n{}"),
    "chunk_size": _chunk_size,
    "chunk_end": _chunk_end,
    # Statuses that pass.
    "408": _status(408),
    "409": _status(409),
    "500": _status(500),
    "502": _body(_HTML, 502, kind="text/html"),
    "503": _status(503),
    "504": _body(b"", 504),
    "520": _status(520),
    "529": _status(529, "Overloaded", kind="overloaded_error"),
    "429": _status(429, "Rate limit reached."),
    "429_seconds": _status(429, "Slow down.", "retry-after: 2"),
    "429_ms": _status(429, "Slow down.", "retry-after-ms: 250", "retry-after: 9"),
    "429_date": _date,
    "429_nan": _status(429, "Slow down.", "retry-after: NaN"),
    "429_negative": _status(429, "Slow down.", "retry-after: -5"),
    "429_hour": _status(429, "Slow down.", "retry-after: 3600"),
    # Statuses that stay.
    "quota": _status(429, _QUOTA, kind="insufficient_quota", code="insufficient_quota"),
    "402": _status(402, "Insufficient credits."),
    "400": _status(400, "Something about this request."),
    "400_text": _body(b"Bad request, sorry", 400, kind="text/plain"),
    "401": _status(401, "Incorrect API key provided.", code="invalid_api_key"),
    "403": _status(403, "Country not supported."),
    "404": _status(404, "The model does not exist.", code="model_not_found"),
    "405": _status(405, "Method Not Allowed"),
    "413": _status(413, "Payload Too Large"),
    "422": _body(
        b'{"detail":[{"loc":["body","seed"],"msg":"Extra inputs are not permitted","type":"extra_forbidden"}]}', 422
    ),
    "400_key": _status(400, "API key not valid. Please pass a valid API key.", code="400"),
    "context": _context(
        "This model's maximum context length is 8192 tokens. However, your messages resulted in 9001 tokens.",
        "context_length_exceeded",
    ),
    "context_llama": _context(
        "the request exceeds the available context size, try increasing it",
        kind="exceed_context_size_error",
        n_ctx=4096,
        n_prompt_tokens=5000,
    ),
    "context_vllm": _context("This model's maximum context length is 4096 tokens, however you requested 4500 tokens."),
    "filter_prompt": _status(400, "The response was filtered by content management policy.", code="content_filter"),
    "redirect_loop": _redirect("/v1/chat/completions"),
    "redirect_away": _redirect("https://example.invalid/v1/chat/completions"),
    "204": _raw(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n"),
    "teapot": _status(418, "I am a teapot."),
    # The body.
    "gzip": _gzip,
    "gzip_bomb": _gzip_bomb,
    "gzip_bomb_500": _gzip_bomb_500,
    "large": _json(lambda body: b" " * (8 << 20) + body),
    "swarm": _body(b'{"choices":[' + b"{}," * 60_000 + b"{}]}"),
    "many_keys": _body(b"{" + b",".join(b'"%x":{}' % number for number in range(30_000)) + b"}"),
    "empty": _body(b""),
    "html": _body(_HTML, kind="text/html"),
    "events": _body(b'data: {"choices": []}\n\ndata: [DONE]\n\n', kind="text/event-stream"),
    "cut_json": _json(lambda body: body[:-20]),
    "two_objects": _json(lambda body: body + b"{}"),
    "array": _body(b"[]"),
    "null": _body(b"null"),
    "number": _body(b"42"),
    "bad_utf8": _json(lambda body: body.replace(b"assistant", b"assist\xff\xfe")),
    "utf16": _json(lambda body: body.decode().encode("utf-16")),
    "key_twice": _json(lambda body: body.replace(b'"model": ', b'"model": "m", "model": ')),
    "nan": _json(lambda body: body.replace(b'"model": ', b'"score": NaN, "model": ')),
    "infinity": _json(lambda body: body.replace(b'"model": ', b'"score": -Infinity, "model": ')),
    "deep": _body(b'{"choices":' + b"[" * _DEEP + b"]" * _DEEP + b"}"),
    "digits": _json(lambda body: body.replace(b'"model": ', b'"score": ' + b"9" * 5000 + b', "model": ')),
    "surrogate": _json(lambda body: body.replace(b'": "{', b'": "\\ud800{')),
    "error_200": _body(b'{"error": {"message": "Provider returned error", "code": 502}}'),
    "error_200_key": _body(b'{"error": {"message": "No auth credentials found", "code": 401}}'),
    "error_200_empty": _body(b'{"choices": [], "error": {"message": "Provider returned error", "code": 502}}'),
    "error_200_text": _body(b'{"error": "model is loading"}'),
    # The completion.
    "no_choices": _completion(choices=[]),
    "null_choices": _completion(choices=None),
    "two_choices": _two_choices,
    "text_choices": _completion(choices="none"),
    "null_message": _completion(message=None),
    "null_content": _completion(content=None, tool_calls=None),
    "empty_content": _completion(content="", tool_calls=None),
    "number_content": _completion(content=1, tool_calls=None),
    "refusal": _completion(content=None, refusal="I'm sorry, but I can't assist with that."),
    "length": _completion(finish_reason="length"),
    "length_upper": _completion(finish_reason="MAX_TOKENS"),
    "filter": _completion(finish_reason="content_filter"),
    "broken_off": _completion(content="{", finish_reason="error", error={"code": 502, "message": "Upstream error"}),
    "overloaded": _completion(content="", finish_reason="insufficient_system_resource"),
    "other_model": _completion(model="some-other-model"),
    "no_model": _completion(model=None),
    "no_reason": _completion(finish_reason=None),
    "no_usage": _completion(usage=None),
    "odd_usage": _completion(usage={"prompt_tokens": "12", "completion_tokens": -3, "prompt_tokens_details": True}),
    "input_cut": _completion(usage={"prompt_tokens": 40, "completion_tokens": 30, "total_tokens": 70}),
    "babble": _text(lambda text: text + _BABBLE),
    "repeats": _text(lambda text: text + "The same words again and again. " * 20_000),
    "repeats_blank": _text(lambda text: text[:20] + " \n" * 50_000),
    # What is fine, though it looks odd.
    "silent_close": _silent_close,
    "chunks": _chunks,
    "until_close": _until_close,
    "early_words": _early_words,
    "stop_upper": _completion(finish_reason="STOP"),
    "blank_first": _json(lambda body: b"\n \n \n" + body),
    "byte_order_mark": _json(lambda body: b"\xef\xbb\xbf" + body),
    # The model's text, which is not the door's to judge.
    "fenced": _text(lambda text: f"```json\n{text}\n```"),
    "thinking": _text(lambda text: f"<think>Let me see.</think>\n{text}"),
    "trailing": _text(lambda text: f"{text}\nI hope this helps!"),
    "prose": _text(lambda text: "Here is what I think about the article."),
    "cut_text": _text(lambda text: text[: len(text) // 2]),
    "crossed": _text(lambda text: _CROSSED),
}
