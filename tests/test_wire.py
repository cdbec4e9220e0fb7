"""The way out: the same bytes with and without the client library, TLS, proxies, and an HTTP that guesses nothing."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import itertools
import json
import os
import signal
import socket
import socketserver
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from types import AsyncGeneratorType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.errors import BadResponse, SummarizerError, Unauthorized, Unavailable, UsageError
from summarizer.providers import wire
from summarizer.providers.capabilities import Capabilities
from summarizer.providers.http import MAX_HEAD_BYTES, BadFraming, ReplyParser
from summarizer.providers.loop_thread import LoopThread
from summarizer.providers.openai import OpenAIDoor
from summarizer.providers.replybody import HttpReply
from summarizer.records import Completion, Limits, Message, Request, Usage
from tests.calls import CALLS, Call
from tests.doors import SECRET, failure, opened
from tests.endings import LONG_S, SHORT_S, in_time
from tests.faults import FAULTS, Exchange
from tests.growth import cpu_s
from tests.server import CERTIFICATE, Server

REQUEST = Request("test-model", (Message("user", "JSON\n[1] Une première étape à 5 €."),))
OK = b"HTTP/1.1 200 OK\r\n"


# ------------------------------------------------------------------------------------------------------- the same bytes


@pytest.mark.parametrize("suffix", ["", "?api-version=2026-01-01"])
def test_a_request_without_the_client_library_is_the_same_bytes(suffix: str) -> None:
    with Server() as server, opened(server.url + suffix, api_key="sk-test") as door:
        for _ in range(2):
            door.complete(REQUEST)
        door.complete(replace(REQUEST, messages=(*REQUEST.messages, Message("user", "and more"))))

    first, second, longer = server.heads
    assert first == second
    assert first.startswith(f"POST /v1/chat/completions{suffix} HTTP/1.1\r\n".encode())
    assert server.requests[0] == server.requests[1]
    assert longer != first
    assert [line for line in longer.split(b"\r\n") if not line.lower().startswith(b"content-length")] == [
        line for line in first.split(b"\r\n") if not line.lower().startswith(b"content-length")
    ]


def test_texts_are_sent_as_the_standard_library_writes_them() -> None:
    every = "".join(chr(code) for code in range(0x11000) if not 0xD800 <= code < 0xE000)
    with Server() as server, opened(server.url, api_key="sk-test") as door:
        door.complete(replace(REQUEST, messages=(Message("user", every),)))

    (body,), (head,) = server.requests, server.heads
    written = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    assert body["messages"][0]["content"] == every
    assert b"content-length: %d\r\n" % len(written) in head.lower() + b"\r\n"


def test_what_is_sent_names_the_library_and_asks_for_plain_bytes() -> None:
    with Server() as server, opened(server.url, api_key="sk-test") as door:
        for _ in range(2):
            door.complete(REQUEST)

    for headers in server.headers:
        assert headers["authorization"] == "Bearer sk-test"
        assert headers["accept-encoding"] == "identity"
        assert headers["user-agent"].startswith("AsyncOpenAI/Python")


async def test_calls_that_begin_together_load_the_client_library_once() -> None:
    with Server(together=10) as server, opened(server.url) as door:
        await asyncio.gather(*(door.acomplete(REQUEST) for _ in range(10)))
        await door.aclose()

    assert len(set(server.heads)) == 1
    assert server.most_at_once == 10


@pytest.mark.parametrize("fault", ["hang", "reset", "401"])
def test_a_first_call_that_fails_does_not_hold_up_the_others(fault: str) -> None:
    async def ask(door: OpenAIDoor) -> list[Completion | BaseException]:
        outcomes = await asyncio.gather(*(door.acomplete(REQUEST) for _ in range(5)), return_exceptions=True)
        await door.aclose()
        return outcomes

    def meet(deadline_s: float) -> list[SummarizerError]:
        with Server(fault) as server, opened(server.url, limits=Limits(timeout_s=deadline_s)) as door:
            errors = [outcome for outcome in asyncio.run(ask(door)) if isinstance(outcome, SummarizerError)]
            for late in errors[1:]:
                raise late
            return errors

    assert len(in_time(fault, meet)) == 1


def test_a_call_that_ends_after_its_door_was_closed_leaves_no_connection() -> None:
    async def closed_meanwhile(server: Server) -> None:
        with opened(server.url) as door:
            call = asyncio.create_task(door.acomplete(REQUEST))
            while not server.requests:  # noqa: ASYNC110 - the server is in another thread
                await asyncio.sleep(0.01)
            await door.aclose()
            assert (await call).text

    with Server(latency_s=0.3) as server:
        asyncio.run(closed_meanwhile(server))
        gc.collect()  # a connection that is left says so, and that fails a test


# ------------------------------------------------------------------------------------------------------ TLS and proxies


def test_a_trusted_certificate_carries_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    with Server(tls=True) as server, opened(server.url.replace("127.0.0.1", "localhost"), api_key="sk-test") as door:
        for _ in range(3):
            door.complete(REQUEST)

    assert server.connections == 1


def test_a_certificate_that_nobody_trusts_ends_the_call_before_anything_is_sent() -> None:
    with (
        Server(tls=True) as server,
        opened(server.url, api_key="sk-test") as door,
        pytest.raises(Unavailable, match="SSL_CERT_FILE") as caught,
    ):
        door.complete(REQUEST)

    assert server.requests == []
    assert caught.value.usage is not None
    assert caught.value.usage.output_tokens == 0


# So short a deadline may cut the package off in a handshake, and then it leaves the connection to the collector.
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_host_that_takes_connections_and_says_nothing_ends_at_the_deadline(scheme: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"{scheme}://127.0.0.1:{silent.getsockname()[1]}/v1"
        with opened(url, limits=Limits(timeout_s=SHORT_S)) as door:
            began = time.monotonic()
            for _ in range(2):
                with pytest.raises(Unavailable):
                    door.complete(REQUEST)
            took_s = time.monotonic() - began
    gc.collect()

    assert took_s < LONG_S


def test_a_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with Server() as proxy:
        monkeypatch.setenv("http_proxy", proxy.url.removesuffix("/v1"))
        with opened("http://models.example/v1", api_key="") as door:
            for _ in range(2):
                door.complete(REQUEST)

    assert [head.split(b" ")[1] for head in proxy.heads] == [b"http://models.example/v1/chat/completions"] * 2


def test_a_proxy_of_the_environment_is_not_asked_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    with Server() as server, Server() as proxy:
        monkeypatch.setenv("http_proxy", proxy.url.removesuffix("/v1"))
        with opened(server.url) as door:
            for _ in range(2):
                door.complete(REQUEST)

    assert (len(server.requests), len(proxy.requests)) == (2, 0)


@pytest.mark.parametrize("proxy", ["socks4://u:secret@[::1]:9", "http://u:secret@[::1", "http://h:secret"])
def test_a_proxy_that_is_none_is_told_at_once_without_its_password(monkeypatch: pytest.MonkeyPatch, proxy: str) -> None:
    monkeypatch.setenv("http_proxy", proxy)
    with (
        opened("http://models.example/v1", api_key="") as door,
        pytest.raises(UsageError, match="HTTP_PROXY") as caught,
    ):
        door.complete(REQUEST)

    assert "secret" not in "".join(traceback.format_exception(caught.value))
    assert caught.value.usage == Usage()


def test_a_proxy_for_other_servers_need_not_be_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "socks4://[::1]:9")
    monkeypatch.setenv("all_proxy", "nothing at all")
    with Server() as proxy:
        monkeypatch.setenv("http_proxy", proxy.url.removesuffix("/v1").removeprefix("http://"))
        with opened("http://models.example/v1", api_key="") as door:
            door.complete(REQUEST)

    assert len(proxy.requests) == 1


def test_a_proxy_that_is_down_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        port = gone.getsockname()[1]
    monkeypatch.setenv("ALL_PROXY", f"http://127.0.0.1:{port}")
    with (
        opened("http://models.example/v1", api_key="") as door,
        pytest.raises(Unavailable, match="that ALL_PROXY names"),
    ):
        door.complete(REQUEST)


class _LoginProxy(socketserver.BaseRequestHandler):
    """Asks whoever comes to log in, as the proxies of companies do."""

    asked: int = 0

    def handle(self) -> None:
        self.request.recv(1 << 16)
        type(self).asked += 1
        self.request.sendall(
            b"HTTP/1.1 407 Proxy Authentication Required\r\n"
            b'Proxy-Authenticate: Basic realm="corp"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n'
        )


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("kind", ["http", "https"])  # where the proxy answers, and where it opens a tunnel
def test_a_proxy_that_wants_a_login_is_asked_once_and_named(
    monkeypatch: pytest.MonkeyPatch, call: Call, kind: str
) -> None:
    class Proxy(_LoginProxy): ...

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Proxy) as proxy:
        threading.Thread(target=proxy.serve_forever, daemon=True).start()
        monkeypatch.setenv(f"{kind}_proxy", "http://me:wrong-secret@{}:{}".format(*proxy.server_address))
        with opened(f"{kind}://models.example/v1", api_key=SECRET if kind == "https" else "") as door:
            error = failure(call, door, REQUEST)
        proxy.shutdown()

    assert (type(error), error.usage) == (Unauthorized, Usage(requests=1))
    assert f"the proxy that {kind.upper()}_PROXY names wants a user and a password" in str(error)
    assert "wrong-secret" not in str(error)
    assert Proxy.asked == 1


# -------------------------------------------------------------------------------------------------- threads and the end


@pytest.mark.parametrize("is_proxied", [False, True])
async def test_closing_a_door_in_a_loop_closes_its_connections(
    monkeypatch: pytest.MonkeyPatch, is_proxied: bool
) -> None:
    with Server() as server:
        monkeypatch.setenv("http_proxy", server.url.removesuffix("/v1"))
        with opened("http://models.example/v1" if is_proxied else server.url, api_key="") as door:
            await door.acomplete(REQUEST)
            before = server.open_connections
            await door.aclose()
            deadline = time.monotonic() + LONG_S
            while server.open_connections and time.monotonic() < deadline:  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.01)
            after = server.open_connections

    assert (before, after) == (1, 0)


def test_many_threads_share_a_door() -> None:
    with Server(together=16) as server, opened(server.url) as door:
        threads = [threading.Thread(target=door.complete, args=(REQUEST,)) for _ in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert len(server.requests) == 16
    assert server.most_at_once == 16


def test_closing_a_door_ends_the_calls_that_are_under_way() -> None:
    with Server(then="hang") as server, opened(server.url) as door, ThreadPoolExecutor(4) as pool:
        calls = [pool.submit(door.complete, REQUEST) for _ in range(4)]
        while len(server.requests) < 4:
            time.sleep(0.01)
        door.close()
        errors = [call.exception() for call in calls]

    assert {type(error) for error in errors} == {UsageError}  # at the deadline it would be another


def test_an_interrupted_call_is_canceled_and_the_door_stays_usable() -> None:
    def interrupt(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    async def interrupt_and_hang(exchange: Exchange) -> None:
        os.kill(os.getpid(), signal.SIGALRM)
        await FAULTS["hang"](exchange)

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        with Server(interrupt_and_hang) as server, opened(server.url) as door:
            with pytest.raises(KeyboardInterrupt):
                door.complete(REQUEST)
            door.complete(REQUEST)
    finally:
        signal.signal(signal.SIGALRM, before)

    assert len(server.requests) == 2


def test_a_door_that_is_dropped_ends_its_thread() -> None:
    def serving() -> int:
        return sum(thread.name == "summarizer-wire" for thread in threading.enumerate())

    before = serving()
    with Server() as server:
        door = OpenAIDoor(model="test-model", base_url=server.url, capabilities=Capabilities())
        door.complete(REQUEST)
        during = serving()
        del door
        gc.collect()
        deadline = time.monotonic() + LONG_S
        while serving() > before and time.monotonic() < deadline:
            time.sleep(0.01)

    assert (during, serving()) == (before + 1, before)


def test_a_door_that_is_closed_and_used_again_keeps_nothing_of_before() -> None:
    def kept() -> int:
        gc.collect()
        return sum(type(thing) in (LoopThread, wire.Channel) for thing in gc.get_objects())

    before = kept()
    with Server() as server, opened(server.url) as door:
        for _ in range(5):
            door.complete(REQUEST)
            door.close()
        after = kept()

    assert after == before


def test_a_door_without_a_loop_leaves_no_generator_for_another_thread_to_end() -> None:
    """One that is collected just when the loop of its thread is closed is never awaited, and a warning says so."""
    with Server() as server, opened(server.url) as door:
        door.complete(REQUEST)
        generators = [thing for thing in gc.get_objects() if isinstance(thing, AsyncGeneratorType)]
        assert [one for one in generators if one.ag_code.co_filename == wire.__file__] == []


def test_a_child_process_can_use_a_door_of_its_parent() -> None:
    with Server() as server, opened(server.url) as door:
        door.complete(REQUEST)
        child = os.fork()
        if child == 0:
            with contextlib.suppress(SummarizerError):
                door.complete(REQUEST)
                os._exit(0)
            os._exit(1)
        _, status = os.waitpid(child, 0)

    assert os.waitstatus_to_exitcode(status) == 0
    assert len(server.requests) == 2


# ---------------------------------------------------------------------------------------------------------- the parser


def parsed(data: bytes, *cuts: int, most: int = 1 << 20) -> HttpReply:
    """Read an answer that comes in pieces, then the end of the connection."""
    parser = ReplyParser(most, "the server")
    places = [0, *sorted(cut % (len(data) + 1) for cut in cuts), len(data)]
    for start, end in itertools.pairwise(places):
        reply = parser.feed(data[start:end])
        if reply is not None:
            return reply
    return parser.end()


@pytest.mark.parametrize(
    "rest",
    [
        b"content-length: 5\r\n\r\nhello",
        b"Content-Length:5\r\nContent-Length: 5\r\n\r\nhello",
        b"transfer-encoding: chunked\r\n\r\n2\r\nhe\r\n3;a=b\r\nllo\r\n0\r\n\r\n",
        b"Transfer-Encoding: Chunked\r\n\r\n05 \r\nhello\r\n0\r\nx: y\r\n\r\n",
        b"\r\nhello",
        b"content-encoding: identity\r\ncontent-length: 5\r\n\r\nhello",
    ],
)
@given(cuts=st.lists(st.integers(0, 200), max_size=6))
def test_a_body_is_read_however_it_is_framed_and_cut(rest: bytes, cuts: list[int]) -> None:
    reply = parsed(b"HTTP/1.1 100 Continue\r\n\r\n" + OK + b"X-Request-Id:  a b \r\n" + rest, *cuts)

    assert (reply.status, reply.body, reply.headers["x-request-id"]) == (200, b"hello", "a b")


@pytest.mark.slow
@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"HTTP/1.1 200 OK\r\n",
        b"HTTP/2 200 OK\r\n\r\n",
        b"HTTP/1.1 20 OK\r\n\r\n",
        b"HTTP/1.1 200OK\r\n\r\n",
        b"ICY 200 OK\r\n\r\n",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        OK + b"no colon\r\n\r\n",
        OK + b"bad name : 1\r\n\r\n",
        OK + b" folded: 1\r\n\r\n",
        OK + b": 1\r\n\r\n",
        OK + b"a: 1\n2\r\n\r\n",
        OK + b"a: \0\r\n\r\n",
        OK + b"content-length: 5\r\n\r\nhell",
        OK + b"content-length: +5\r\n\r\nhello",
        OK + b"content-length: 5, 5\r\n\r\nhello",
        OK + b"content-length: \r\n\r\nhello",
        OK + b"content-length: 5\r\ncontent-length: 6\r\n\r\nhello",
        OK + b"content-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        OK + b"transfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        OK + b"transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
        OK + b"transfer-encoding: chunked\r\n\r\n",
        OK + b"transfer-encoding: chunked\r\n\r\n-1\r\n",
        OK + b"transfer-encoding: chunked\r\n\r\n0x5\r\nhello\r\n0\r\n\r\n",
        OK + b"transfer-encoding: chunked\r\n\r\n5\r\nhello!\r\n0\r\n\r\n",
        OK + b"transfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n",
        b"HTTP/1.1 101 Switching Protocols\r\n\r\n",
    ],
)
@given(cuts=st.lists(st.integers(0, 200), max_size=4))
def test_what_is_not_exactly_framed_is_refused_however_it_is_cut(data: bytes, cuts: list[int]) -> None:
    with pytest.raises(BadFraming):
        parsed(data, *cuts)


@pytest.mark.parametrize(
    "rest",
    [
        b"content-length: 101\r\n\r\n",
        b"transfer-encoding: chunked\r\n\r\n65\r\n",
        b"transfer-encoding: chunked\r\n\r\n40\r\n" + b"x" * 64 + b"\r\n40\r\n",
        b"\r\n" + b"x" * 101,
        b"content-encoding: gzip\r\n\r\n",
    ],
)
def test_what_is_too_large_or_packed_is_refused_as_soon_as_it_is_known(rest: bytes) -> None:
    with pytest.raises(BadResponse):
        ReplyParser(100, "the server").feed(OK + rest)


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n\r\n"])
@pytest.mark.parametrize(
    "start",
    [OK + b"a:" + b" " * 60_000, OK + b"a: b\r\n" * 9_000, b"HTTP/1.1 200 " + b" " * 60_000, OK + b"a" * 60_000],
)
def test_no_head_takes_long_to_read(start: bytes, end: bytes) -> None:
    def read() -> None:
        with contextlib.suppress(BadFraming):
            ReplyParser(100, "the server").feed(start + end)

    assert cpu_s(lambda: read) < 1


@pytest.mark.parametrize("line", [OK + b"a: ", OK + b"transfer-encoding: chunked\r\n\r\n"])
def test_a_head_or_a_line_without_an_end_is_refused(line: bytes) -> None:
    parser = ReplyParser(1 << 20, "the server")
    parser.feed(line)
    parser.feed(b"1" * (MAX_HEAD_BYTES - len(line)))

    with pytest.raises(BadFraming):
        parser.feed(b"1" * (len(line) + 1))


@given(st.binary(max_size=300))
def test_any_bytes_become_an_answer_or_a_refusal(data: bytes) -> None:
    for start in (b"", OK, OK + b"\r\n", OK + b"transfer-encoding: chunked\r\n\r\n"):
        with contextlib.suppress(BadFraming, BadResponse):
            parsed(start + data, most=100)


@pytest.mark.parametrize(
    ("data", "kept"),
    [
        (OK + b"content-length: 2\r\n\r\n{}", True),
        (OK + b"connection: close\r\ncontent-length: 2\r\n\r\n{}", False),
        (b"HTTP/1.0 200 OK\r\ncontent-length: 2\r\n\r\n{}", False),
        (OK + b"content-length: 2\r\n\r\n{}HTTP/1.1 200 OK", False),
        (OK + b"transfer-encoding: chunked\r\n\r\n0\r\n\r\n", True),
    ],
)
def test_a_connection_is_kept_only_after_a_clean_end(data: bytes, kept: bool) -> None:
    parser = ReplyParser(100, "the server")
    parser.feed(data)

    assert parser.keep_alive is kept
