"""`summarizer prompts`: what exactly will be sent."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from summarizer.cli import files
from summarizer.cli.options import context_option, summarizer_from, task_options
from summarizer.cli.output import wants_color
from summarizer.cli.summarize import read

if TYPE_CHECKING:
    from summarizer.prompt import Prompts

_FOLDER = click.option("--prompts", metavar="FOLDER", type=click.Path(path_type=Path), help="Your own templates.")


@click.group("prompts")
def command() -> None:
    """List, show and render prompts: what exactly is sent."""


@command.command("list")
@_FOLDER
def list_(prompts: Path | None) -> None:
    """List the presets, each with the file it comes from."""
    found = _templates(prompts)
    width = max(map(len, found.presets()))
    for name in found.presets():
        click.echo(f"{name:{width}}  {found.path(name)}")


@command.command("show")
@click.argument("name")
@_FOLDER
def show(name: str, prompts: Path | None) -> None:
    """Print a template as it is written."""
    click.echo(_templates(prompts).source(name), nl=False)


@command.command("render")
@click.argument("article", shell_complete=files)
@click.option("-m", "--model", metavar="MODEL", help="The model it would be sent to.")
@context_option
@task_options
def render(article: str, **options: Any) -> None:
    """Print the messages that would be sent for ARTICLE.

    On a terminal, characters that could drive it are shown as their codes.
    """
    with summarizer_from(**options) as summarizer:
        for message in summarizer.preview(read(article)):
            head = f"--- {message.role} ---"
            click.echo(click.style(head, bold=True) if wants_color() else head)
            click.echo(_on_a_terminal(message.content) if sys.stdout.isatty() else message.content)
            click.echo()


def _templates(folder: Path | None) -> Prompts:
    """Return the templates of a folder that was named, or is set, before those of the package."""
    from summarizer.cli.settings import settings
    from summarizer.prompt import Prompts

    return Prompts(settings(prompts=folder).prompts)


def _on_a_terminal(text: str) -> str:
    from summarizer.render.outline import shown

    return "".join(char if char in "\t\n" else shown(char) for char in text)
