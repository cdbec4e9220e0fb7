"""No secret gets out: fifteen kinds of them, planted for real, looked for in all that we write, say or raise."""

from __future__ import annotations

import base64
import contextlib
import copy
import io
import json
import logging
import os
import pickle
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from summarizer import Budget, Cassette, Limits, Result, Summarizer
from summarizer.cli import cli
from summarizer.errors import SummarizerError, UsageError
from summarizer.providers.capabilities import Capabilities
from summarizer.providers.log_filter import Discreet
from summarizer.providers.openai import OpenAIDoor
from summarizer.providers.retry import Retry
from summarizer.providers.traced import Traced
from tests.endings import LONG_S
from tests.faults import Exchange, Play, completion, error
from tests.server import Server

SECRET = "sk-proj-4f9aD2kQ7xZr81LmN0pTvWc3"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiI0MiJ9.c2lnbmF0dXJlLW9mLWl0"
FOREIGN = "AKIAIOSFODNN7EXAMPLE"
PASSWORD = "correct-horse-battery-7"
ARTICLE = "The bridge was closed on Monday. It will open again in May."

SPEAKING = {
    "title": {"text": "The bridge was closed on Monday.", "cites": [1]},
    "claims": [{"text": f"The key to the bridge is {SECRET}.", "cites": [1]}],
}


@dataclass(frozen=True)
class Kind:
    """A secret and how it comes to us.

    Attributes:
        secret: What must be found nowhere.
        env: Environment variables that hold it.
        settings: Arguments of the door that hold it.
        login: What stands before the host in the URL.
        query: What stands behind its path.
        header: The request header that carries it, and its value: it was really there.
        says: An answer of the server that holds it.
    """

    secret: str = SECRET
    env: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    login: str = ""
    query: str = ""
    header: tuple[str, str] | None = None
    says: Play | None = None


def fails(message: str, status: int = 400, *lines: str, **words: Any) -> Play:
    async def play(exchange: Exchange) -> None:
        await exchange.json(error(message, **words), status, *lines)

    return play


def answers(**changes: Any) -> Play:
    async def play(exchange: Exchange) -> None:
        await exchange.json(completion(exchange.body, exchange.text, **changes))

    return play


def page(text: str) -> Play:
    async def play(exchange: Exchange) -> None:
        await exchange.bytes(text.encode(), 502, kind="text/html")

    return play


def told(header: str) -> Play:
    async def play(exchange: Exchange) -> None:
        await exchange.json(error(f"Denied: {exchange.headers[header]}."), 401)

    return play


MINE: dict[str, Any] = {"settings": {"api_key": SECRET}, "header": ("authorization", f"Bearer {SECRET}")}
BASIC = base64.b64encode(f"robot:{PASSWORD}".encode()).decode()
KINDS: dict[str, Kind] = {
    "key in the environment": Kind(
        env={"OPENAI_API_KEY": SECRET}, header=("authorization", f"Bearer {SECRET}"), says=fails("Bad request.")
    ),
    "key as an argument": Kind(**MINE, says=fails("Bad request.")),
    "key for Azure": Kind(
        env={"AZURE_OPENAI_API_KEY": SECRET, "AZURE_OPENAI_API_VERSION": "2024-10-21"},
        settings={"azure": True},
        header=("api-key", SECRET),
        says=told("api-key"),
    ),
    "password in the URL": Kind(
        secret=PASSWORD,
        login=f"robot:{PASSWORD}@",
        header=("authorization", f"Basic {BASIC}"),
        says=fails("Denied.", 401),
    ),
    "password in the URL, echoed": Kind(secret=BASIC, login=f"robot:{PASSWORD}@", says=told("authorization")),
    "key in the query": Kind(query=f"?subscription-key={SECRET}", says=fails(f"Bad key {SECRET}.", 401)),
    "key echoed in an error": Kind(**MINE, says=told("authorization")),
    "key echoed in the words beside an error": Kind(
        **MINE, says=fails("Denied.", 401, code=SECRET, kind=SECRET, param=SECRET)
    ),
    "key echoed in part": Kind(
        **MINE, secret="sk-proj-4f9a", says=fails("Incorrect API key: sk-proj-4f9a***vWc3.", 401)
    ),
    "key echoed in headers": Kind(
        **MINE, says=fails("Denied.", 401, f"x-request-id: {SECRET}", f"www-authenticate: {SECRET}")
    ),
    "key echoed in a page": Kind(**MINE, says=page(f"<h1>502</h1> upstream said {SECRET}")),
    "key echoed in a good answer": Kind(**MINE, says=answers(model=f"m-{SECRET}", finish_reason=SECRET)),
    "key echoed as the reply": Kind(**MINE, says=answers(content=json.dumps(SPEAKING))),
    "token of another service": Kind(secret=JWT, says=fails(f"upstream: Authorization: Bearer {JWT} expired", 500)),
    "key of another service": Kind(secret=FOREIGN, says=fails(f"s3: no access for {FOREIGN}", 400)),
}


# ------------------------------------------------------------------------------------------------------------ the sinks


@contextmanager
def every_log() -> Iterator[io.StringIO]:
    """Everything that anybody logs, at every level, with whatever a formatter could show."""
    text = io.StringIO()
    handler = logging.StreamHandler(text)
    handler.setFormatter(logging.Formatter("%(name)s %(levelname)s %(message)s %(args)s"))
    root = logging.getLogger()
    names = [name for name in logging.root.manager.loggerDict if name.partition(".")[0] in LOGGERS]
    levels = {name: logging.getLogger(name).level for name in names}
    root.addHandler(handler)
    before = root.level
    root.setLevel(logging.DEBUG)
    for name in names:
        logging.getLogger(name).setLevel(logging.DEBUG)
    try:
        yield text
    finally:
        root.removeHandler(handler)
        root.setLevel(before)
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)


LOGGERS = {"openai", "httpx2", "httpcore2", "summarizer", "asyncio"}


@cache
def sinks(name: str) -> dict[str, str]:
    """What is written, said and raised while a kind of secret is in use."""
    kind = KINDS[name]
    with (
        pytest.MonkeyPatch.context() as patch,
        tempfile.TemporaryDirectory() as folder,
        every_log() as log,
        Server() as server,
    ):
        for variable, value in kind.env.items():
            patch.setenv(variable, value)
        found = _use(kind, server, Path(folder))
        found["logs"] = log.getvalue()
        found["files"] = "\n".join(
            f"{path}\n{path.read_bytes().decode('latin-1')}" for path in Path(folder).rglob("*") if path.is_file()
        )
        carried = [headers.get(kind.header[0]) for headers in server.headers] if kind.header else [None]
        assert set(carried) == {kind.header[1] if kind.header else None}, "the secret was not in use"
        assert "POST" in found["logs"], "nothing was logged"
        assert "The bridge" in found["files"], "nothing was recorded"
        assert "SQLite format" in found["files"], "there is no ledger"
    return found


def _use(kind: Kind, server: Server, folder: Path) -> dict[str, str]:
    spans = InMemorySpanExporter()
    tracers = TracerProvider()
    tracers.add_span_processor(SimpleSpanProcessor(spans))
    url = server.url.removesuffix("/v1") if kind.settings.get("azure") else server.url
    door = OpenAIDoor(
        model="test-model",
        base_url=url.replace("//", f"//{kind.login}") + kind.query,
        capabilities=Capabilities(folder / "capabilities.json"),
        limits=Limits(timeout_s=LONG_S),
        **kind.settings,
    )
    traced = Traced(door, tracer_provider=tracers)
    summarizer = Summarizer(
        Cassette(folder / "cassettes", inner=traced, mode="record", budget=Budget(max_requests=99)),
        limits=Limits(max_attempts=2, max_repairs=1),
    )
    server.refuse = frozenset({"strict"})
    results = [summarizer.summarize(ARTICLE)]  # with what is found out about the server, over the client library
    server.refuse = frozenset()
    results.append(summarizer.summarize(f"{ARTICLE} Nobody was hurt."))  # over connections of our own
    errors: list[SummarizerError] = []
    for text in ("A first article.", "A second article.", "A third article."):
        if text.startswith("A third"):
            door.close()  # the client library again
        server.plays.extend([kind.says or fails("Bad.")] * 2)
        try:
            results.append(summarizer.summarize(text))
        except SummarizerError as caught:
            errors.append(caught)
        server.plays.clear()
    server.plays.append(kind.says or fails("Bad."))
    batch = Summarizer(door, limits=Limits(max_attempts=1, max_repairs=0))
    kept: list[Any] = []
    try:
        kept.extend(batch.batch([f"{ARTICLE} One.", f"{ARTICLE} Two."], out=folder / "out", concurrency=1))
    except SummarizerError as caught:
        errors.append(caught)
    door.close()
    results += [item for item in kept if isinstance(item, Result)]
    return {
        "reprs": repr([door, Retry(door), summarizer, door.address, door.info, door.dialect, results, errors, kept]),
        "errors": "\n".join(f"{item} {item!r} {item.args} {vars(item)}" for item in errors),
        "tracebacks": "".join(line for item in errors for line in traceback.format_exception(item)),
        "results": "\n".join(item.to_json() for item in results),
        "pickles": "\n".join(pickle.dumps(item, protocol=0).decode("latin-1") for item in (*results, *errors)),
        "spans": "\n".join(span.to_json() for span in spans.get_finished_spans()),
    }


SINKS = ("reprs", "errors", "tracebacks", "results", "pickles", "spans", "logs", "files")


@pytest.mark.parametrize("sink", SINKS)
@pytest.mark.parametrize("name", KINDS)
def test_a_secret_is_found_nowhere(name: str, sink: str) -> None:
    assert KINDS[name].secret not in sinks(name)[sink]


@pytest.mark.parametrize("sink", SINKS)
def test_what_is_no_secret_is_found_there(sink: str) -> None:
    """So that a sink which is empty, or not what it says, is noticed."""
    marks = {"reprs": "OpenAIDoor", "spans": "gen_ai.request.model", "files": "The bridge", "logs": "HTTP Request"}
    marks |= {"errors": "127.0.0.1", "tracebacks": "Traceback", "results": "The bridge", "pickles": "summarizer.errors"}

    assert marks[sink] in sinks("key as an argument")[sink]


# -------------------------------------------------------------------------------------------- processes, objects, flags


ASK = """
import os, sys
from summarizer.cli import run
sys.exit(run(["-m", "openai:test-model", "--base-url", sys.argv[1], "-q", "--format", "json", "-"]))
"""


def processes() -> Iterator[str]:
    """The arguments of everything that runs."""
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            yield path.read_bytes().decode("latin-1").replace("\0", " ")


def test_no_process_shows_a_key_in_its_arguments(tmp_path: Path) -> None:
    seen: list[str] = []

    async def look(exchange: Exchange) -> None:
        seen.extend(processes())
        await exchange.json(completion(exchange.body, exchange.text))

    with Server(look, key=SECRET) as server:
        done = subprocess.run(
            [sys.executable, "-c", ASK, server.url],
            input=ARTICLE.encode(),
            capture_output=True,
            env={**os.environ, "OPENAI_API_KEY": SECRET},
            cwd=tmp_path,
            check=True,
            timeout=300,
        )

    assert any(server.url in line for line in seen)
    assert not any(SECRET in line for line in seen)
    assert json.loads(done.stdout)["grounded"]
    assert SECRET not in (done.stdout + done.stderr).decode()


def test_no_command_takes_a_key_as_an_option() -> None:
    context = cli.make_context("summarizer", ["--help"], resilient_parsing=True)
    options = [
        option
        for name in cli.list_commands(context)
        for parameter in getattr(cli.get_command(context, name), "params", ())
        for option in parameter.opts
        if option != "--max-tokens"
    ]

    assert "--model" in options
    assert not [option for option in options if any(word in option for word in ("key", "secret", "password", "token"))]


def test_a_key_in_a_settings_file_is_refused_and_not_repeated(tmp_path: Path, capsys: Any) -> None:
    (tmp_path / "summarizer.toml").write_text(f'api_key = "{SECRET}"\n', "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "summarizer", "doctor"], capture_output=True, cwd=tmp_path, check=False, timeout=300
    )

    assert done.returncode == 2
    assert b"OPENAI_API_KEY" in done.stderr
    assert SECRET.encode() not in done.stdout + done.stderr


@pytest.mark.parametrize("take", [pickle.dumps, copy.deepcopy])
def test_a_door_cannot_be_taken_apart_into_bytes(take: Callable[[Any], Any]) -> None:
    with pytest.raises(TypeError):
        take(OpenAIDoor(model="m", api_key=SECRET))


@pytest.mark.parametrize("url", [f"http://robot:{PASSWORD}@example.com/v1", f"http://example.com/v1?sig={SECRET}"])
def test_no_secret_of_a_url_is_sent_in_the_clear_or_repeated(url: str) -> None:
    with pytest.raises(UsageError, match="unencrypted") as caught:
        OpenAIDoor(model="m", base_url=url, api_key="")

    assert not [secret for secret in (PASSWORD, SECRET) if secret in str(caught.value)]


def test_a_short_key_is_made_up_and_blacks_out_no_words() -> None:
    with Server() as server:
        door = OpenAIDoor(model="m", base_url=server.url, api_key="bridge", capabilities=Capabilities())
        result = Summarizer(door).summarize(ARTICLE)
        door.close()

    assert "The bridge" in result.summary.model_dump_json()


def test_a_key_for_openai_is_not_sent_with_others(monkeypatch: pytest.MonkeyPatch) -> None:
    others = {
        "OPENAI_ADMIN_KEY": "sk-admin-0123456789abcdef",
        "OPENAI_WEBHOOK_SECRET": "whsec-0123456789abcdef",
        "AZURE_OPENAI_API_KEY": "0123456789abcdef0123456789abcdef",
        "AZURE_OPENAI_AD_TOKEN": JWT,
    }
    for name, value in others.items():
        monkeypatch.setenv(name, value)
    with Server() as server:
        door = OpenAIDoor(model="test-model", base_url=server.url, api_key=SECRET, capabilities=Capabilities())
        Summarizer(door).summarize(ARTICLE)
        door.close()

    heads = b"".join(server.heads).decode("latin-1")
    assert SECRET in heads
    assert not [name for name, value in others.items() if value in heads]


@pytest.mark.slow
def test_a_log_is_written_while_another_thread_brings_new_keys() -> None:
    discreet = Discreet()
    discreet.learn(f"made-up-key-{number}" for number in range(5000))  # so many that a look at all takes a while
    record = logging.makeLogRecord({"msg": "a line with made-up-key-4999"})
    with ThreadPoolExecutor(1) as pool:
        learning = pool.submit(lambda: [discreet.learn([f"later-key-{number}"]) for number in range(1000)])
        while not learning.done():
            discreet.filter(record)

    assert record.getMessage() == "a line with [key]"
