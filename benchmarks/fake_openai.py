"""A loopback server that speaks chat completions, thinks for a fixed time, and limits like OpenAI, for benchmarks.

    python benchmarks/fake_openai.py --latency 0.5                      # prints its URL, serves until it is stopped
    python benchmarks/fake_openai.py --rpm 1200 --tpm 300000 --burst 5
    GET /stats    what it saw so far, as JSON; POST /reset    forget it

The reply is made from the request alone: numbered sentences of the article (`[3] ...`) with their numbers, in an object
of a title and claims. `--replies verbatim` takes them as they are; `shortened` leaves away what follows their first
comma, so that each claim must be held against the sentence it cites. The server spends as little as it can, since its
share of the processor is missing for whoever is measured: it reads no more of a request than it needs.

Limits are buckets that fill all the time and hold `--burst` seconds' worth. A request costs one request, and a token
for every four characters with the longest reply it allows, as OpenAI's own limiter counts.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import math
import re
import sys
import time
from collections.abc import Callable
from typing import Any, cast

_LENGTH = re.compile(rb"content-length: *(\d+)", re.IGNORECASE)
_UNIT = re.compile(r"^\[(\d+)\] (.+)$", re.MULTILINE)
_REASONS = {200: "OK", 404: "Not Found", 429: "Too Many Requests"}
_CLAIMS = 5


class Bucket:
    """A limit of so many units a minute."""

    def __init__(self, per_minute: float, burst_s: float) -> None:
        self.limit = per_minute
        self.rate = per_minute / 60
        self.capacity = max(1.0, self.rate * burst_s)
        self.level = self.capacity
        self.granted = 0.0
        self._at = time.monotonic()

    def wait_s(self, units: float) -> float:
        """Return after how many seconds so many units can be had."""
        now = time.monotonic()
        self.level = min(self.capacity, self.level + (now - self._at) * self.rate)
        self._at = now
        return max(0.0, (units - self.level) / self.rate)

    def take(self, units: float) -> None:
        """Take so many units."""
        self.level -= units
        self.granted += units

    def headers(self, name: str) -> str:
        """Return what OpenAI tells of a limit."""
        left = max(0, int(self.limit - (self.capacity - self.level)))
        reset_s = (self.capacity - self.level) / self.rate
        return (
            f"x-ratelimit-limit-{name}: {int(self.limit)}\r\nx-ratelimit-remaining-{name}: {left}\r\n"
            f"x-ratelimit-reset-{name}: {reset_s:.3f}s\r\n"
        )


class Stats:
    """What was seen since the beginning or the last reset."""

    def __init__(self) -> None:
        self.requests = self.answered = self.refused = 0
        self.in_flight = self.most_in_flight = 0
        self.first = self.last = 0.0
        self.cpu_s = time.process_time()

    def arrived(self) -> None:
        """Count a request."""
        self.last = time.monotonic()
        self.first = self.first or self.last
        self.requests += 1
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)


class Server:
    """Settings, limits and counts, shared by all connections."""

    def __init__(self, chosen: argparse.Namespace) -> None:
        self.chosen = chosen
        self.shorten = chosen.replies == "shortened"
        self.reset()

    def reset(self) -> None:
        """Forget what was seen, and fill the limits."""
        self.stats = Stats()
        rates = {"requests": self.chosen.rpm, "tokens": self.chosen.tpm}
        self.buckets = {name: Bucket(rate, self.chosen.burst) for name, rate in rates.items() if rate}

    def refusal(self, body: dict[str, Any]) -> tuple[float, str] | None:
        """Let a request in, or return after how many seconds to come again, and which limit has run out."""
        if not self.buckets:
            return None
        characters = sum(len(message["content"]) + 12 for message in body["messages"])
        longest = body.get("max_completion_tokens") or body.get("max_tokens") or 0
        costs = {"requests": 1, "tokens": -(-characters // 4) + longest}
        wait_s, ran_out = max((bucket.wait_s(costs[name]), name) for name, bucket in self.buckets.items())
        if wait_s > 0:
            return wait_s, ran_out
        for name, bucket in self.buckets.items():
            bucket.take(costs[name])
        return None

    def view(self) -> dict[str, Any]:
        """Return the counts; of a limit, the share of what it allowed from the first request to the last."""
        stats = self.stats
        used = {}
        for name, bucket in self.buckets.items():
            used[name] = bucket.granted / (bucket.capacity + bucket.rate * (stats.last - stats.first))
        return {**vars(stats), "cpu_s": time.process_time() - stats.cpu_s, "used": used}


def completion(body: dict[str, Any], *, shorten: bool) -> dict[str, Any]:
    """Answer a request with sentences of its article."""
    article = body["messages"][-1]["content"]
    units = _UNIT.findall(article)
    chosen = units[:: max(1, len(units) // _CLAIMS)] or [("1", "Nothing to say.")]
    claims = [{"text": _short(text) if shorten else text, "cites": [int(number)]} for number, text in chosen]
    reply = json.dumps({"title": claims[0], "claims": claims[1 : _CLAIMS + 1] or claims}, separators=(",", ":"))
    read = sum(len(message["content"]) for message in body["messages"]) // 4
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_700_000_000,
        "model": body["model"],
        "choices": [
            {
                "index": 0,
                "message": {"role": "assistant", "content": reply, "refusal": None, "annotations": []},
                "logprobs": None,
                "finish_reason": "stop",
            }
        ],
        "usage": {
            "prompt_tokens": read,
            "completion_tokens": len(reply) // 4,
            "total_tokens": read + len(reply) // 4,
            "prompt_tokens_details": {"cached_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": 0},
        },
        "service_tier": "default",
    }


def _short(text: str) -> str:
    first, comma, _ = text.partition(",")
    return f"{first}." if comma else text


class Connection(asyncio.Protocol):
    """One connection: a request, its answer, the next request."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._buffer = bytearray()
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self._transport = cast("asyncio.Transport", transport)  # that of uvloop is none by its class

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the protocol's signature
        """Answer nobody."""
        self._transport = None

    def data_received(self, data: bytes) -> None:
        """Read a request when all of it is there."""
        self._buffer += data
        end = self._buffer.find(b"\r\n\r\n")
        if end < 0:
            return
        head = bytes(self._buffer[:end])
        length = _LENGTH.search(head)
        size = end + 4 + (int(length[1]) if length else 0)
        if len(self._buffer) >= size:
            body = bytes(self._buffer[end + 4 : size])
            del self._buffer[:size]
            self._take(head.split(b" ", 2)[1].decode(), body)

    def _take(self, path: str, body: bytes) -> None:
        server = self._server
        if path == "/stats":
            self._send(200, server.view())
        elif path == "/reset":
            server.reset()
            self._send(200, {})
        elif path.endswith("/chat/completions"):
            self._complete(body)
        else:
            self._send(404, {"error": {"message": f"Unknown request URL: {path}.", "type": "invalid_request_error"}})

    def _complete(self, body: bytes) -> None:
        server = self._server
        server.stats.arrived()
        asked = json.loads(body)
        refusal = server.refusal(asked)
        if refusal is not None:
            wait_s, ran_out = refusal
            server.stats.refused += 1
            words = f"Rate limit reached for {asked['model']} on {ran_out} per min. Please try again in {wait_s:.3f}s."
            error = {"message": words, "type": ran_out, "param": None, "code": "rate_limit_exceeded"}
            more = f"retry-after: {math.ceil(wait_s)}\r\nretry-after-ms: {math.ceil(wait_s * 1000)}\r\n"
            self._end(429, {"error": error}, more)
            return
        asyncio.get_running_loop().call_later(server.chosen.latency, self._answer, asked)

    def _answer(self, asked: dict[str, Any]) -> None:
        self._server.stats.answered += 1
        self._end(200, completion(asked, shorten=self._server.shorten))

    def _end(self, status: int, value: dict[str, Any], more: str = "") -> None:
        self._server.stats.in_flight -= 1
        limits = "".join(bucket.headers(name) for name, bucket in self._server.buckets.items())
        self._send(status, value, limits + more)

    def _send(self, status: int, value: dict[str, Any], more: str = "") -> None:
        if self._transport is None:
            return
        data = json.dumps(value).encode()
        head = (
            f"HTTP/1.1 {status} {_REASONS[status]}\r\ncontent-type: application/json\r\n"
            f"content-length: {len(data)}\r\nx-request-id: req_{self._server.stats.requests:012x}\r\n{more}\r\n"
        )
        self._transport.write(head.encode() + data)


def _runner() -> Callable[[Any], Any]:
    """Run in uvloop where it is installed: the less the server takes, the more is left to measure."""
    try:
        import uvloop
    except ImportError:
        return asyncio.run
    return uvloop.run  # type: ignore[no-any-return]


async def _serve(chosen: argparse.Namespace) -> None:
    server = Server(chosen)
    loop = asyncio.get_running_loop()
    listening = await loop.create_server(lambda: Connection(server), "127.0.0.1", chosen.port, backlog=4096)
    print(f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/v1", flush=True)
    await listening.serve_forever()


def main() -> None:
    """Serve until the process is stopped."""
    parser = argparse.ArgumentParser(description="A fast loopback server of chat completions for benchmarks.")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--latency", type=float, default=0.5, metavar="SECONDS")
    parser.add_argument("--replies", choices=["verbatim", "shortened"], default="verbatim")
    parser.add_argument("--rpm", type=float, default=0, help="requests a minute; 0 is no limit")
    parser.add_argument("--tpm", type=float, default=0, help="tokens a minute; 0 is no limit")
    parser.add_argument("--burst", type=float, default=5, metavar="SECONDS", help="how much a limit holds")
    _runner()(_serve(parser.parse_args()))


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
