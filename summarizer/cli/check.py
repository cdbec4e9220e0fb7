"""`summarizer check ARTICLE SUMMARY`: verdicts for a summary made elsewhere."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from summarizer.cli import EXIT_OK, EXIT_UNGROUNDED
from summarizer.cli.options import summarizer_from
from summarizer.cli.output import FORMATS, Output
from summarizer.cli.summarize import read
from summarizer.errors import UsageError


@click.command("check")
@click.argument("article", metavar="ARTICLE")
@click.argument("summary", metavar="SUMMARY")
@click.option("--language", metavar="CODE", help="The language the summary must be in (ISO 639-1).")
@click.option("--format", "form", type=click.Choice(FORMATS), default="text", help="How verdicts are printed.")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write there, not to stdout.")
def command(article: str, summary: str, language: str | None, form: str, output: Path | None) -> int:
    """Check each sentence of SUMMARY, a text file, against ARTICLE; exit with 3 when one is unsupported."""
    if article == summary == "-":
        raise UsageError("only one of ARTICLE and SUMMARY can be stdin")
    with summarizer_from(model="extractive", language=language) as wired, Output(form, output, 1) as out:
        found = read(article)
        result = wired.check(found, read(summary).text)
        out.write(result, found, preset="summary")
    sys.stdout.flush()
    return EXIT_OK if result.grounded else EXIT_UNGROUNDED
