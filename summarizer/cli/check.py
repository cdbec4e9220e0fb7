"""`summarizer check ARTICLE SUMMARY`: verdicts for summaries made elsewhere."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from summarizer.cli import EXIT_FAILED, EXIT_OK, EXIT_UNGROUNDED, files, note
from summarizer.cli.options import summarizer_from
from summarizer.cli.output import FORMATS, Output
from summarizer.cli.summarize import read
from summarizer.elsewhere import plain
from summarizer.errors import SummarizerError, Unreadable, UsageError
from summarizer.surrogates import has_surrogates

if TYPE_CHECKING:
    from summarizer.api import Summarizer
    from summarizer.records import Article
    from summarizer.schema import PlainSummary

_A_PAIR = 'write {"article": "...", "summary": "..."}, both as text'


@click.command("check")
@click.argument("article", required=False, shell_complete=files)
@click.argument("summary", required=False, shell_complete=files)
@click.option(
    "--jsonl", "pairs", type=click.File("rb"), metavar="FILE", help='Check many: {"article", "summary"} a line.'
)
@click.option("--language", metavar="CODE", help="The language the summary must be in (ISO 639-1).")
@click.option("--format", "form", type=click.Choice(FORMATS), default=None, help="How verdicts are printed.")
@click.option("-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write there, not to stdout.")
def command(
    article: str | None,
    summary: str | None,
    *,
    pairs: BinaryIO | None,
    language: str | None,
    form: str | None,
    output: Path | None,
) -> int:
    """Check each sentence of SUMMARY against ARTICLE; exit with 3 when one is unsupported.

    SUMMARY is plain text, Markdown (.md) or a result in JSON. With --jsonl, each line holds a pair of texts. The risk
    of a sentence that nothing contradicts, from 0 to 1, says which ones to look at first.
    """
    if pairs is not None and article is not None:
        raise UsageError("--jsonl takes the place of ARTICLE and SUMMARY")
    if pairs is not None and form not in (None, "jsonl"):
        raise UsageError(f"--jsonl gives a result in JSON a line, not {form}")
    if pairs is None and (article is None or summary is None or article == summary == "-"):
        raise UsageError("name an ARTICLE and a SUMMARY (one of them may be - for stdin), or --jsonl FILE")
    with summarizer_from(model="extractive", language=language) as summarizer:
        if pairs is not None:
            return _many(summarizer, pairs, output)
        with Output(form or "text", output, [str(article), str(summary)]) as out:
            found = read(str(article))
            result = summarizer.check(found, _summary(_text(str(summary)), str(summary), found))
            out.write(result, found, preset="summary")
    sys.stdout.flush()
    return EXIT_OK if result.grounded else EXIT_UNGROUNDED


def _many(summarizer: Summarizer[Any], pairs: BinaryIO, output: Path | None) -> int:
    """Check a pair of texts a line, and write a result a line; a bad line costs no other."""
    from summarizer.records import Article

    code, is_empty = EXIT_OK, True
    with Output("jsonl", output, [pairs.name]) as out:
        for number, line in enumerate(pairs, 1):
            if not line.strip():
                continue
            is_empty = False
            try:
                article, summary = _pair(line)
                found = Article(article, source=f"line {number}")
                if not article.strip():
                    raise ValueError("the article is empty")
                result = summarizer.check(found, _summary(summary, "summary.txt", found))
            except (SummarizerError, ValueError) as error:
                note(f"line {number} of {pairs.name!r}: {error}")
                code = EXIT_FAILED
                continue
            out.write(result, found, preset="summary")
            code = code or (EXIT_OK if result.grounded else EXIT_UNGROUNDED)
    if is_empty:
        note(f"{pairs.name!r} holds nothing to check: {_A_PAIR}")
        return EXIT_FAILED
    return code


def _pair(line: bytes) -> tuple[str, str]:
    try:
        values = json.loads(line, object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise ValueError("no JSON in UTF-8") from error
    if not isinstance(values, dict) or not all(isinstance(values.get(name), str) for name in ("article", "summary")):
        raise ValueError(_A_PAIR)
    if has_surrogates(values["article"] + values["summary"]):
        raise ValueError("it holds half a character (a lone surrogate), which no text does")
    return values["article"], values["summary"]


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object of JSON that gives each value once: of two, either may be the one to check."""
    values: dict[str, Any] = {}
    for name, value in pairs:
        if name in values:
            raise UsageError(f"its JSON has {name[:80]!r} twice: keep one of them")
        values[name] = value
    return values


def _text(name: str) -> str:
    """Read a summary's file, whatever it is called: results in JSON are no articles."""
    from summarizer.load.file import fault, read

    if name == "-":
        return read(sys.stdin.buffer, source="<stdin>").text
    try:
        with Path(name).open("rb") as file:
            return read(file, source=name).text
    except OSError as error:
        raise Unreadable(fault(error, name), source=name) from error


def _summary(text: str, name: str, article: Article) -> PlainSummary | str:
    """Read a summary as what it is: a result in JSON keeps its cites, Markdown loses its marks."""
    if text.lstrip("\ufeff \n\r\t").startswith("{") or name.lower().endswith(".json"):
        try:
            return _of_result(text, article)
        except RecursionError as error:
            raise UsageError("the summary is JSON that is nested too deeply to be a result of summarizer") from error
    return plain(text) if name.lower().endswith((".md", ".markdown")) else text


def _of_result(text: str, article: Article) -> PlainSummary | str:
    from summarizer.schema import Claim, PlainSummary

    try:
        values = json.loads(text.removeprefix("\ufeff"), object_pairs_hook=_once)
    except ValueError as error:
        raise UsageError(f"the summary looks like JSON but is none: {error}") from error
    summary = values.get("summary") if isinstance(values, dict) else values
    if isinstance(values, dict) and isinstance(values.get("article_id"), str) and values["article_id"] != article.id:
        source = values.get("source")
        of = f" ({source!r:.80})" if isinstance(source, str) else ""
        note(
            f"the summary is the result of another article{of} or of another version of it: its cites may mean nothing"
        )
    if isinstance(summary, list) and all(isinstance(line, str) for line in summary):
        summary = "\n".join(summary)
    if isinstance(summary, str):
        return summary
    if not isinstance(summary, dict):
        raise UsageError(
            'the summary is JSON, but no text, list of texts, or object with one of them, or with claims, as "summary"'
        )
    try:
        claims = [Claim(text=item["text"], cites=item["cites"]) for item in _claims(summary)]
    except ValueError as error:
        raise UsageError('a claim of the summary is no {"text": "...", "cites": [1, 2]}') from error
    if not claims:
        raise UsageError("the result holds no claims: there is nothing to check")
    return PlainSummary(claims=claims)


def _claims(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every claim of a summary in JSON, of whatever schema."""
    if isinstance(value, dict):
        if {"text", "cites"} <= value.keys():
            yield value
            return
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _claims(item)
