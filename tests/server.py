"""A loopback server that speaks chat completions and the Responses API, answers grounded, misbehaves on request.

    with Server() as server:                       # answers every request
        ...  base_url=server.url ... server.requests
    Server("500", "429")                           # two faults, then answers
    Server(then="hang")                            # one fault for ever
    Server(refuse={"json_schema"})                 # a server that does not know a feature
    python tests/server.py --port 0                # prints its URL, serves until it is stopped

The reply is made from the request alone: the numbered sentences of the article, verbatim, with the right numbers, in
the shape of the schema that the request asks for. So what a test gets is grounded, whatever the article and the schema.
A mark in an article plays a fault for it alone: `[[fault:500]]`, or `[[fault:500x2]]` for its first two requests.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import re
import ssl
import sys
import threading
import time
from collections import Counter, deque
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import Any, Self

if __package__ in (None, ""):  # run as a script
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.faults import FAULTS, Exchange, Play, completion, error
from tests.responses import as_chat

# For localhost and 127.0.0.1 only, valid to 2126, made with `openssl req -x509 -newkey ec -days 36500 ...`.
CERTIFICATE = Path(__file__).with_name("tls") / "localhost.pem"

Reply = Callable[[Mapping[str, Any]], str]

# "[12] text", of a long article "12 text", and "12, 13 text" or "[12, 13] 14 texts" for a note.
_UNIT = re.compile(r"^\[?(\d+)(?:, \d+)*\]? (.+)$", re.MULTILINE)
_MOST_WORDS = re.compile(r"at most (\d+) words")
_MARK = re.compile(r"\[\[fault:([a-z0-9_]+?)(?:x(\d+))?\]\]")
_SUMMARY = {
    "type": "object",
    "properties": {"title": {"$claim": 1}, "claims": {"type": "array", "items": {"$claim": 1}}},
}
_NOTES = {"type": "object", "properties": {"notes": {"type": "array", "items": {"$claim": 1}}}}
_GATHERED_WITHIN_S = 60.0
_LONGEST = 600  # characters of a text, words of a reply

# ------------------------------------------------------------------------------------------------------------- replies


def cited(body: Mapping[str, Any]) -> str:
    """Return a reply of the requested shape whose claims are the article's own sentences with their numbers."""
    units = [(int(number), text) for number, text in _UNIT.findall(article_of(body))]
    schema = schema_of(body)
    if schema is None and "JSON" not in str(body["messages"]):
        return units[0][1] if units else "Nothing to say."
    asked = _MOST_WORDS.search(str(body["messages"]))
    shape = schema or (_NOTES if '"notes": [' in body["messages"][0]["content"] else _SUMMARY)
    value = fill(shape, deque(units or [(1, "Nothing to say.")]), int(asked[1]) if asked else _LONGEST)
    return json.dumps(value, ensure_ascii=False)


def article_of(body: Mapping[str, Any]) -> str:
    """Return the last user message that shows numbered sentences: a repair comes after it."""
    shown = [message["content"] for message in body["messages"] if message["role"] == "user"]
    return next((text for text in reversed(shown) if _UNIT.search(text)), "")


def schema_of(body: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the schema that a request carries, in its response format or in its tool."""
    if body.get("tools"):
        parameters: Mapping[str, Any] = body["tools"][0]["function"]["parameters"]
        return parameters
    schema: Mapping[str, Any] | None = (body.get("response_format") or {}).get("json_schema", {}).get("schema")
    return schema


def fill(schema: Mapping[str, Any], units: deque[tuple[int, str]], words: int = _LONGEST) -> Any:
    """Return a value of a schema; sentences are taken in turn, the last one again when they run out.

    No list of three is longer than `words` where a shorter one is allowed.
    """
    fields = schema.get("properties", {})
    if "$claim" in schema or {"text", "cites"} <= fields.keys():
        number, text = units.popleft() if len(units) > 1 else units[0]
        extra = {name: fill(field, units) for name, field in fields.items() if name not in ("text", "cites")}
        return {"text": _cut(text, _LONGEST), "cites": [number], **extra}
    if "enum" in schema or "const" in schema:
        return schema["enum"][0] if "enum" in schema else schema["const"]
    if "anyOf" in schema:
        return fill(schema["anyOf"][0], units, words)
    kind = schema.get("type")
    kind = kind[0] if isinstance(kind, list) else kind
    if kind == "object":
        return {name: fill(field, units, words) for name, field in fields.items()}
    if kind == "array":
        least = schema.get("minItems", 1)
        many = min(max(schema.get("minItems", 0), 3), schema.get("maxItems", 3), max(len(units), least))
        items = [fill(schema["items"], units, words) for _ in range(many)]
        fitting = (count for count in range(len(items), least, -1) if _words(items[:count]) <= words)
        return items[: next(fitting, least)]
    if kind == "string":
        return _cut(units[0][1], schema.get("maxLength", _LONGEST))
    return {"integer": schema.get("minimum", 1), "number": float(schema.get("minimum", 0.5)), "boolean": True}.get(
        str(kind)
    )


def _words(items: Sequence[Any]) -> int:
    return len(json.dumps(items, ensure_ascii=False).split())


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[:most].rpartition(" ")[0]


# -------------------------------------------------------------------------------------------------------------- server

_MODEL = {"id": "test-model", "object": "model", "created": 1_700_000_000, "owned_by": "tests"}
_REFUSALS = {
    "json_schema": "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.",
    "json_object": "Invalid parameter: 'response_format' of type 'json_object' is not supported with this model.",
    "strict": "Invalid 'response_format': 'strict' is not supported; send the schema without it.",
    "tools": "Unsupported parameter: 'tools' is not supported with this model.",
    "max_tokens": "Unsupported parameter: 'max_tokens' is not supported here. Use 'max_completion_tokens'.",
    "max_completion_tokens": "Unrecognized request argument supplied: max_completion_tokens",
    "temperature": "Unsupported value: 'temperature' does not support 0.2 with this model. Only the default is.",
}


def uses(body: Mapping[str, Any]) -> set[str]:
    """Name the features that a request uses, as `Server(refuse=...)` names them."""
    shape = body.get("response_format") or {}
    strict = {"strict"} if shape.get("json_schema", {}).get("strict") else set()
    return {*body.keys(), str(shape.get("type")), *strict}


def thinking(**told: Any) -> Play:
    """A model that thinks 1,500 tokens before it replies, which count against the length of the reply."""

    async def play(exchange: Exchange) -> None:
        whole = completion(exchange.body, cited(exchange.body))
        if exchange.body["max_tokens"] < 2000:
            whole = completion(exchange.body, "", finish_reason="length", **told)
        await exchange.json(whole)

    return play


class Server:
    """A server in a thread of its own.

    Args:
        plays: What to do with the first requests, one each: names of `FAULTS`, or functions of an exchange.
        then: What to do with every request after those; None answers it.
        refuse: Features it does not know: keys of `_REFUSALS`.
        reply: Makes the model's text from the body of a request.
        key: The key it wants; None takes any.
        models: What its list of models says; or a fault of `FAULTS` that is played there.
        latency_s: How long the model thinks.
        together: So many requests must be under way before any is answered; in vain for a minute at most.
        tls: Speak TLS with the certificate `CERTIFICATE`, which nobody trusts unless told to.
    """

    def __init__(
        self,
        *plays: str | Play,
        then: str | Play | None = None,
        refuse: Collection[str] = (),
        reply: Reply = cited,
        key: str | None = None,
        models: Sequence[Mapping[str, Any]] | str = (_MODEL,),
        latency_s: float = 0.0,
        together: int = 0,
        tls: bool = False,
        port: int = 0,
    ) -> None:
        self.plays = deque(plays)
        self.then = then
        self.refuse = frozenset(refuse)
        self.reply = reply
        self.key = key
        self.models = models
        self.latency_s = latency_s
        self.together = together
        self._gathered = asyncio.Event()
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.heads: list[bytes] = []
        self.lists = 0
        self.connections = 0
        self.open_connections = 0
        self.most_at_once = 0
        self._at_once = 0
        self._seen: Counter[str] = Counter()
        self._tls = tls
        self._port = port
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, name="test-server", daemon=True)
        self._ready = threading.Event()
        self._stop = asyncio.Event()

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._ready.wait(60), "the server did not start"
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(60)

    @property
    def url(self) -> str:
        """The base URL, as `base_url` and `OPENAI_BASE_URL` take it."""
        return f"http{'s' if self._tls else ''}://127.0.0.1:{self._port}/v1"

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._listen())
        finally:
            self._loop.close()

    async def _listen(self) -> None:
        tls = None
        if self._tls:
            tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            tls.load_cert_chain(CERTIFICATE)
        server = await asyncio.start_server(self._connected, "127.0.0.1", self._port, backlog=1024, ssl=tls)
        self._port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        here = asyncio.current_task()
        open_tasks = [task for task in asyncio.all_tasks() if task is not here]
        for task in open_tasks:
            task.cancel()
        await asyncio.gather(*open_tasks, return_exceptions=True)
        await asyncio.sleep(0)  # the transports close one turn later

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.open_connections += 1
        try:
            while (exchange := await Exchange.receive(reader, writer)) is not None:
                await self._handle(exchange)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass  # the client has left, or the test is over
        finally:
            self.open_connections -= 1
            writer.transport.abort()

    async def _handle(self, exchange: Exchange) -> None:
        if exchange.path.endswith("/models"):
            await self._list(exchange)
            return
        if not exchange.path.endswith(("/chat/completions", "/responses")):
            await exchange.json(error(f"Unknown request URL: POST {exchange.path}.", kind="invalid_request_error"), 404)
            return
        self.requests.append(exchange.body)
        self.headers.append(exchange.headers)
        self.heads.append(exchange.head)
        self._at_once += 1
        self.most_at_once = max(self.most_at_once, self._at_once)
        try:
            play = self.plays.popleft() if self.plays else None  # now: what comes later must not take it
            await self._gather()
            await self._play(exchange, play)
        finally:
            self._at_once -= 1

    async def _gather(self) -> None:
        if self.most_at_once < self.together:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._gathered.wait(), _GATHERED_WITHIN_S)
        self._gathered.set()

    async def _list(self, exchange: Exchange) -> None:
        self.lists += 1
        if isinstance(self.models, str):
            exchange.body = {"model": "test-model", "messages": []}
            await FAULTS[self.models](exchange)
        else:
            await exchange.json({"object": "list", "data": self.models})

    async def _play(self, exchange: Exchange, play: str | Play | None) -> None:
        chat = as_chat(exchange.body)
        play = play or self._marked(chat) or self.then or self._answer
        exchange.text = self.reply(chat)
        await (FAULTS[play] if isinstance(play, str) else play)(exchange)

    def _marked(self, body: Mapping[str, Any]) -> str | None:
        """Return the fault that a message asks for, as often as it asks for it."""
        mark = _MARK.search(article_of(body) or str(body["messages"]))
        if mark is None:
            return None
        self._seen[mark[0]] += 1
        return mark[1] if mark[2] is None or self._seen[mark[0]] <= int(mark[2]) else None

    async def _answer(self, exchange: Exchange) -> None:
        await asyncio.sleep(self.latency_s)
        refused = sorted(self.refuse & uses(as_chat(exchange.body)))
        if self.key is not None and exchange.headers.get("authorization") != f"Bearer {self.key}":
            await exchange.json(error("Incorrect API key provided: sk-wr***ng.", code="invalid_api_key"), 401)
        elif refused:
            await exchange.json(error(_REFUSALS[refused[0]], kind="invalid_request_error"), 400)
        else:
            await exchange.json(completion(exchange.body, exchange.text))


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until the process is stopped."""
    parser = argparse.ArgumentParser(description="A loopback chat completions server for tests.")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--fault", action="append", default=[], choices=sorted(FAULTS), help="play this first")
    parser.add_argument("--then", choices=sorted(FAULTS), help="play this for every later request")
    parser.add_argument("--refuse", action="append", default=[], choices=sorted(_REFUSALS))
    parser.add_argument("--latency", type=float, default=0.0, metavar="SECONDS")
    chosen = parser.parse_args(arguments)
    server = Server(*chosen.fault, then=chosen.then, refuse=chosen.refuse, latency_s=chosen.latency, port=chosen.port)
    with server:
        print(server.url, flush=True)
        while True:
            time.sleep(3600)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
