"""`summarizer fixtures`: record completions, look through them, and remove what nothing uses."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from summarizer.cli import EXIT_FAILED, EXIT_OK, files, many, note
from summarizer.cli.options import in_dollars, model_options, summarizer_from, talk, talk_options, task_options
from summarizer.errors import UsageError

if TYPE_CHECKING:
    from summarizer.cli.review import Doubt

_DEFAULT = Path("tests/recordings")
_FOLDER = click.argument("folder", type=click.Path(path_type=Path), default=_DEFAULT)


@click.group("fixtures")
def command() -> None:
    """Record completions, look through them, and remove what nothing uses."""


@command.command("record")
@click.argument("articles", nargs=-1, required=True, metavar="ARTICLE...", shell_complete=files)
@click.option(
    "--to",
    type=click.Path(path_type=Path),
    default=_DEFAULT,
    show_default=True,
    metavar="FOLDER",
    help="Where they are stored.",
)
@click.option("--max-cost", callback=in_dollars, metavar="DOLLARS", help="The cap in dollars.  [default: 0.05]")
@click.option(
    "--max-requests", type=click.IntRange(0), metavar="N", help="The cap for models of which no price is known."
)
@click.option("--again", is_flag=True, help="Record anew what is recorded already.")
@model_options
@task_options
@talk_options
def record(
    articles: tuple[str, ...],
    *,
    to: Path,
    max_cost: Decimal | None,
    max_requests: int | None,
    again: bool,
    quiet: bool,
    verbose: bool,
    **options: Any,
) -> int:
    """Store a model's completions for tests.

    Summarizes the articles; what is stored already is not asked again. Tests of an app are recorded by its own test
    run: pytest --summarizer-mode=record.
    """
    from summarizer.cli.summarize import read
    from summarizer.providers.cassette import in_ci, recording
    from summarizer.providers.cassette.environment import fixtures
    from summarizer.records import Budget, Usage

    talk(verbose=verbose, quiet=quiet)
    if in_ci():
        raise UsageError("the environment says CI: recordings are made and reviewed by people, builds replay them")
    if max_cost is None and max_requests is None:
        max_cost = Decimal("0.05")
    if to.exists() and not to.is_dir():
        raise UsageError(f"{str(to)!r} is no folder: name one for the recordings")
    before = set(recording.paths(to))
    usage = Usage()
    budget = Budget(max_cost_usd=max_cost, max_requests=max_requests)
    with fixtures("rerecord" if again else "record", to, budget=budget), summarizer_from(**options) as summarizer:
        if not summarizer.model.writes:
            raise UsageError("name the model to record with --model: openai:NAME or local:NAME")
        for name in articles:
            result = summarizer.summarize(read(name))
            usage += result.usage
            note(f"{name}: {'grounded' if result.grounded else 'not grounded'}", quiet=quiet)
    made = len(set(recording.paths(to)) - before)
    cost = "" if not usage.cost_usd else f", ${usage.cost_usd:.4f}"
    took = many(usage.requests, "request")
    note(f"{many(made, 'new recording')} in {to}; all the summaries take {took}{cost}", quiet=quiet)
    return EXIT_OK


@command.command("check")
@_FOLDER
@click.option("--prompts", metavar="FOLDER", type=click.Path(path_type=Path), help="Your own templates.")
@click.option("--max-age", type=float, default=180, show_default=True, metavar="DAYS", help="Note what is older.")
@click.option("--fix", is_flag=True, help="Put right what needs no model: files at the wrong place, old names of keys.")
def check(folder: Path, *, prompts: Path | None, max_age: float, fix: bool) -> int:
    """Look through recordings, offline.

    Finds drift, damage, orphans, bad replies, secrets and age in FOLDER. Exits with 1 when there is more than notes.
    """
    from summarizer.cli.review import review
    from summarizer.cli.settings import settings
    from summarizer.prompt import Prompts
    from summarizer.providers.cassette import recording

    _exists(folder)
    if not (count := sum(1 for _ in recording.paths(folder))):
        raise UsageError(f"no recordings in {str(folder)!r}: name the folder that a cassette was given")
    doubts = list(review(folder, prompts=Prompts(settings(prompts=prompts).prompts), max_age_days=max_age))
    for doubt in doubts:
        done = " (fixed)" if fix and _fixed(folder, doubt) else ""
        click.echo(f"{doubt.path}: {doubt.kind}: {doubt.detail}{' (a note)' if doubt.note else ''}{done}")
    left = [doubt for doubt in doubts if not doubt.note and not (fix and doubt.fixed)]
    fixable = sum(doubt.fixed is not None for doubt in doubts)
    kinds = ", ".join(f"{number} {kind}" for kind, number in Counter(doubt.kind for doubt in doubts).items())
    note(f"{many(count, 'recording')}: {kinds or 'all well'}")
    if fixable and not fix:
        note(f"--fix puts {fixable} right without a call")
    return EXIT_FAILED if left else EXIT_OK


def _fixed(folder: Path, doubt: Doubt) -> bool:
    """Write a recording where and as it should be, and only then remove it from where it was."""
    from summarizer.providers.cassette import recording

    if doubt.fixed is None:
        return False
    path = recording.path_of(folder, doubt.fixed.key)
    recording.put(path, doubt.fixed.encode(), over=path == doubt.path)
    if path != doubt.path:
        doubt.path.unlink()
    return True


@command.command("prune")
@_FOLDER
@click.option("--dry-run", is_flag=True, help="Only tell what would be removed.")
@click.option("--force", is_flag=True, help="Also after a partial run.")
def prune(folder: Path, *, dry_run: bool, force: bool) -> int:
    """Remove recordings that nothing uses.

    That is those in FOLDER which the last complete test run did not ask for. Refused after a run with -k, -m, --lf,
    some of the files, failures or skipped tests: it could not use them all.
    """
    from summarizer.providers.cassette import recording
    from summarizer.providers.cassette.last_run import LastRun

    _exists(folder)
    run = LastRun.read(folder)
    if run is None:
        raise UsageError(f"no test run has used {str(folder)!r} yet: run pytest once, all of it")
    if run.partial is not None and not force:
        raise UsageError(f"the last run was partial: {run.partial}; run all tests, or say --force")
    left = run.unused(recording.paths(folder))
    for path in left:
        click.echo(path)
        if not dry_run:
            path.unlink()
    note(f"{many(len(left), 'recording')} {'to be ' if dry_run else ''}removed from {folder}")
    return EXIT_OK


def _exists(folder: Path) -> None:
    if not folder.is_dir():
        raise UsageError(f"no folder {str(folder)!r}: name the one with the recordings")
