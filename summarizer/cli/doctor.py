"""`summarizer doctor`: what is configured, reachable and missing."""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Iterator
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from summarizer import __version__
from summarizer.cli import EXIT_FAILED, EXIT_OK, exit_code, many, note, printable
from summarizer.cli.options import model_options, summarizer_from
from summarizer.errors import BudgetReached, SummarizerError

if TYPE_CHECKING:
    from summarizer.api import Summarizer
    from summarizer.records import Provider, Usage

Rows = Iterator[tuple[str, str]]

# What a probe summarizes, and how many requests it may send: one, unless the server refuses a feature.
_ARTICLE = "The bridge was closed on Monday. It will open again in May."
MOST_REQUESTS = 3

# Variables that are read beside those of the settings.
_BESIDE = frozenset(
    f"SUMMARIZER_{name}"
    for name in (
        "API_KEY",
        "HOME",
        "FIXTURES",
        "FIXTURES_MAX_COST",
        "FIXTURES_MAX_REQUESTS",
        "FIXTURES_JOURNAL",
        "SCHEMA_CLASS",
    )
)

# What others may have set, and a model is reached by; keys have lines of their own.
_OTHERS = frozenset(
    {"OPENAI_BASE_URL", "AZURE_OPENAI_ENDPOINT", "AZURE_OPENAI_API_VERSION", "OPENAI_API_VERSION", "SSL_CERT_FILE"}
)

_RUNGS = {
    "strict": "a JSON schema, held to strictly",
    "schema": "a JSON schema",
    "tool": "a forced tool call",
    "object": "any JSON object",
    "text": "no shape: the prompt alone asks for one",
}


@click.command("doctor")
@model_options
@click.option("--probe", is_flag=True, help=f"Ask the model: at most {MOST_REQUESTS} short requests.")
def command(*, probe: bool, **options: Any) -> int:
    """Show what is configured, and what is missing; asks the model nothing without --probe."""
    with summarizer_from(**options) as summarizer:
        _show(_house())
        _show(_model(summarizer))
        code = _probe(summarizer) if probe else EXIT_OK
        # What a probe finds out is told too.
        _show(_server(summarizer.door))
        _show(("missing", line) for line in _missing(summarizer))
    return code


def _show(rows: Rows) -> None:
    for name, value in rows:
        _tell(name, value)


def _tell(name: str, value: str) -> None:
    click.echo(f"{name:21}{printable(value)}")


def _house() -> Rows:
    from summarizer.cli.settings import find_file, names, variable
    from summarizer.templates import packaged_folder

    yield "summarizer", __version__
    yield "python", f"{platform.python_version()} on {platform.platform()}"
    yield "openai package", metadata.version("openai")
    yield "local models", _extra("xllamacpp", "xllamacpp")
    yield "tracing", _extra("opentelemetry", "opentelemetry-api")
    yield "settings file", str(find_file(Path.cwd()) or "none (summarizer.toml)")
    known = _BESIDE | _OTHERS | set(map(variable, names()))
    named = sorted(name for name in os.environ if name.startswith("SUMMARIZER_") or name in _OTHERS)
    told = (name if name in known else f"{name} (which sets nothing)" for name in named)
    yield "environment", ", ".join(told) or "sets nothing"
    yield "prompts", str(packaged_folder())
    for name in ("OPENAI_API_KEY", "AZURE_OPENAI_API_KEY"):
        if os.environ.get(name) or name == "OPENAI_API_KEY":
            yield name, "set" if os.environ.get(name) else "not set"


def _extra(module: str, package: str) -> str:
    return "installed" if find_spec(module) else f"not installed: pip install {package}"


def _model(summarizer: Summarizer[Any]) -> Rows:
    info = summarizer.model.with_window()
    yield "model", info.label
    if not info.writes:
        yield "", "no language model: the article's central sentences are picked"
        return
    yield "window", f"{info.window:,} tokens, {info.window_from}" if info.window else "unknown"


def _server(door: Provider) -> Rows:
    """What is known about a server that is reached over HTTP."""
    from summarizer.cli.settings import KEY_OF_THE_PROJECT
    from summarizer.providers.openai import OpenAIDoor

    if not isinstance(door, OpenAIDoor):
        return
    api = "the Responses API" if door.api == "responses" else "chat completions"
    yield "address", f"{door.address.shown}, asked by {api}"
    if door.address.key_name == KEY_OF_THE_PROJECT:
        yield KEY_OF_THE_PROJECT, "set" if os.environ.get(KEY_OF_THE_PROJECT) else "not set"
    dialect = door.dialect
    yield "replies as", f"{_RUNGS[dialect.rung]} ({_known(door.found_at)})"
    if dialect.length_field is None or dialect.dropped:
        lacks = [*sorted(dialect.dropped), *([] if dialect.length_field else ["a cap on the reply"])]
        yield "goes without", ", ".join(lacks)
    if dialect.thoughts:
        yield "thinks first", f"{dialect.thoughts:,} tokens of room for it beside the reply ({_known(door.found_at)})"
    price = door.price_usd()
    if price is not None:
        yield "price", f"${price[0]:.2f} read, ${price[1]:.2f} written, per million tokens"


def _known(found_at: float | None) -> str:
    if found_at is None:
        return "asked for first; nothing was refused yet"
    days = int((time.time() - found_at) // 86_400)
    return f"found out {'today' if days == 0 else 'yesterday' if days == 1 else f'{days} days ago'}"


def _missing(summarizer: Summarizer[Any]) -> Iterator[str]:
    """What the model could do with, and what goes wrong without it."""
    from summarizer.providers.openai import OpenAIDoor

    door = summarizer.door if isinstance(summarizer.door, OpenAIDoor) else None
    if door is not None and door.address.lacks_key:
        yield f"a key: set {door.address.key_name}{_why(door.address.key_name)}"
    if door is not None and door.price_usd() is None:
        yield "the price of this model: costs are unknown, and a cap in dollars is refused"
    if summarizer.model.writes and summarizer.model.with_window().window is None:
        yield "the window of this model (--context): long articles are sent whole first, in parts when that is refused"


def _why(key_name: str) -> str:
    """Why a key that is set is not the one, for people."""
    from summarizer.cli.settings import FILE, KEY_OF_THE_PROJECT

    is_withheld = key_name == KEY_OF_THE_PROJECT and os.environ.get("OPENAI_API_KEY")
    return f" (OPENAI_API_KEY is not sent to a server that {FILE} names)" if is_withheld else ""


def _probe(summarizer: Summarizer[Any]) -> int:
    """Summarize two sentences, tell what that took, and return the exit code."""
    from summarizer.api import Summarizer
    from summarizer.providers.openai import OpenAIDoor
    from summarizer.records import Budget, Limits

    if not summarizer.model.writes:
        _tell("probe", "there is no language model to ask")
        return EXIT_OK
    limits = Limits(max_attempts=1, max_repairs=0)
    asked = Summarizer(
        summarizer.door, on_unsupported="report", limits=limits, budget=Budget(max_requests=MOST_REQUESTS)
    )
    began = time.monotonic()
    try:
        result = asked.summarize(_ARTICLE)
    except BudgetReached as error:
        following = (
            f"; the next would be {summarizer.door.dialect.rung!r}" if isinstance(summarizer.door, OpenAIDoor) else ""
        )
        note(f"the server refused {MOST_REQUESTS} ways of asking{following}")
        _tell("probe", _took(error.usage, began))
        return EXIT_FAILED
    except SummarizerError as error:
        note(error.message)
        _tell("probe", _took(error.usage, began))
        return exit_code(error)
    _tell("probe", f"answered; {_took(result.usage, began)}")
    _show(("", line) for line in result.warnings)
    return EXIT_OK


def _took(usage: Usage | None, began: float) -> str:
    """What a probe took, for people; an unknown is said to be one."""
    seconds = f"{time.monotonic() - began:.1f} s"
    if usage is None or not usage.requests:
        return f"nothing was sent; {seconds}"
    read, written = ("unknown" if count is None else count for count in (usage.input_tokens, usage.output_tokens))
    cost = "at an unknown price" if usage.cost_usd is None else f"for ${usage.cost_usd:.6f}"
    return f"{many(usage.requests, 'request')}, {read} tokens read and {written} written {cost}; {seconds}"
