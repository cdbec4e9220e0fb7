"""`summarizer doctor`: what is configured, reachable and missing."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import click

from summarizer import __version__
from summarizer.cli.options import model_options, summarizer_from


@click.command("doctor")
@model_options
def command(**options: Any) -> None:
    """Show what is configured, and what is missing; sends nothing."""
    with summarizer_from(**options) as wired:
        rows = [*_house(), *_model(wired)]
    width = max(len(name) for name, _ in rows)
    for name, value in rows:
        click.echo(f"{name:{width}}  {value}")


def _house() -> Iterator[tuple[str, str]]:
    from summarizer.cli.settings import find_file
    from summarizer.prompt import packaged_folder

    yield "summarizer", __version__
    yield "python", f"{platform.python_version()} on {platform.platform()}"
    yield "openai package", metadata.version("openai")
    yield "local models", "installed" if find_spec("xllamacpp") else "not installed: pip install 'summarizer[local]'"
    yield "settings file", str(find_file(Path.cwd()) or "none (summarizer.toml)")
    yield "prompts", str(packaged_folder())
    yield "OPENAI_API_KEY", "set" if os.environ.get("OPENAI_API_KEY") else "not set"


def _model(wired: Any) -> Iterator[tuple[str, str]]:
    info = wired.model
    yield "model", info.label
    if not info.writes:
        yield "", "no language model: the article's central sentences are picked"
    address = getattr(wired.door, "base_url", None)
    if address:
        yield "address", str(address)
    yield "window", f"{info.window} tokens" if info.window else "unknown"
