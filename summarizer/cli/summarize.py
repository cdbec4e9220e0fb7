"""`summarizer ARTICLE...`: one or few articles to stdout."""

from __future__ import annotations

import re
import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from summarizer.cli import EXIT_FAILED, EXIT_OK, EXIT_UNGROUNDED, exit_code, files, note
from summarizer.cli.options import (
    dry_run_option,
    model_options,
    summarizer_from,
    talk,
    talk_options,
    task_options,
)
from summarizer.cli.output import FORMATS, Output
from summarizer.errors import SummarizerError

if TYPE_CHECKING:
    from summarizer.records import Article


def _or_stdin(context: click.Context, _argument: click.Parameter, names: tuple[str, ...]) -> tuple[str, ...]:
    """Take what comes in by a pipe where nothing is named, whatever options there are."""
    if names or context.resilient_parsing:
        return names
    if sys.stdin.isatty():
        raise click.UsageError('name an ARTICLE, or "-" for standard input')
    return ("-",)


@click.command("summarize")
@click.argument("articles", nargs=-1, metavar="ARTICLE...", callback=_or_stdin, shell_complete=files)
@model_options
@task_options
@click.option("--strict", is_flag=True, help="Replace nothing, and exit with 3 when a sentence is unsupported.")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", help="How results are printed.")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write there, not to stdout.")
@dry_run_option
@click.option("--steps", is_flag=True, help="Show the notes on the parts of a long article too.")
@talk_options
def command(
    articles: tuple[str, ...],
    *,
    dry_run: bool,
    form: str,
    output: Path | None,
    steps: bool,
    strict: bool,
    quiet: bool,
    verbose: bool,
    **options: Any,
) -> int:
    """Summarize articles (text or Markdown files; "-" or nothing is stdin) and print each summary with its evidence."""
    talk(verbose=verbose, quiet=quiet)
    if dry_run:
        return _estimate(articles, strict=strict, options=options)
    codes = [EXIT_OK]
    to = Output(form, output, articles, several=len(articles) > 1, steps=steps)
    with summarizer_from(strict=strict, **options) as summarizer, to as out:
        if not summarizer.model.writes:
            advice = "" if options["model"] else " (set OPENAI_API_KEY, or name one with --model)"
            note(f"no language model is used: the article's central sentences are picked{advice}", quiet=quiet)
        for name in articles:
            try:
                article = read(name)
                result = summarizer.summarize(article)
            except SummarizerError as error:
                note(_about(name, error))
                codes.append(exit_code(error))
                if error.stops_run:
                    break
                continue
            out.write(result, article, preset=summarizer.task.preset)
            if strict and not result.grounded:
                codes.append(EXIT_UNGROUNDED)
    return _worst(codes)


def _estimate(articles: tuple[str, ...], *, strict: bool, options: dict[str, Any]) -> int:
    from summarizer.cli.estimate import tell
    from summarizer.load.inputs import Input

    shown = ["<stdin>" if name == "-" else name for name in articles]
    named = [Input(name, name, name, name, partial(read, given)) for name, given in zip(shown, articles, strict=True)]
    with summarizer_from(strict=strict, **options) as summarizer:
        return tell(summarizer, named)


def read(name: str) -> Article:
    """Load an article by its name on the command line; `-` is stdin."""
    from summarizer import load

    if name == "-":
        return load.read(sys.stdin.buffer, source="<stdin>")
    return load.load(Path(name))


def _about(name: str, error: SummarizerError) -> str:
    shown = "<stdin>" if name == "-" else name
    is_named = re.search(rf"(?<!\w){re.escape(shown)}(?!\w)", error.message) or repr(shown) in error.message
    return error.message if is_named else f"{shown}: {error.message}"


def _worst(codes: list[int]) -> int:
    """A refusal of the server or a wrong call outweighs a failed article, and that an unsupported sentence."""
    order = (EXIT_OK, EXIT_UNGROUNDED, EXIT_FAILED)
    return max(codes, key=lambda code: order.index(code) if code in order else len(order))
