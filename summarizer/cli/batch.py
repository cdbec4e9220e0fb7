"""`summarizer batch INPUT... --out DIR|FILE`: many articles, resumable."""

from __future__ import annotations

import contextlib
import gc
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, BinaryIO

import click

from summarizer.cli import (
    EXIT_FAILED,
    EXIT_INTERRUPTED,
    EXIT_OK,
    EXIT_UNGROUNDED,
    exit_code,
    files,
    must_be_open,
    note,
    table,
)
from summarizer.cli.options import (
    dry_run_option,
    in_dollars,
    input_options,
    model_options,
    summarizer_from,
    talk,
    talk_options,
    task_options,
)
from summarizer.cli.progress import Progress
from summarizer.errors import SummarizerError, UsageError

if TYPE_CHECKING:
    from summarizer.batch import Run, Settings
    from summarizer.load.inputs import Selection
    from summarizer.records import Budget, Failure

# An article in flight has some 100 objects, and each look for cycles goes through them all in vain. That took 0.16 ms
# of an article with 10,000 and 0.01 ms with this; what hangs in cycles until it is found may be some 20 MB.
_OBJECTS_A_LOOK = 100_000
# `timeout` and shells send a signal to a process and to its group: what comes so soon after the first is the same wish.
_ONE_WISH_S = 0.2
# Files and connections that are open beside those of the calls.
_FILES_BESIDE = 64


@click.command("batch")
@click.argument("inputs", nargs=-1, metavar="INPUT...", shell_complete=files)
@click.option("-o", "--out", metavar="DIR|FILE", help="A folder, or a .jsonl, .csv or .parquet file; - prints.")
@click.option(
    "--format", "form", type=click.Choice(["json", "text", "markdown"]), help="What the files of a folder are."
)
@input_options
@click.option("--concurrency", type=click.IntRange(1), default=64, metavar="N", help="Calls in flight at once (64).")
@click.option("--max-cost", callback=in_dollars, metavar="DOLLARS", help="Cap over all runs of this --out.")
@click.option("--max-requests", type=click.IntRange(0), metavar="N", help="Cap over all runs of this --out.")
@click.option("--max-tokens", type=click.IntRange(0), metavar="N", help="Cap over all runs of this --out.")
@click.option("--retry-failed", is_flag=True, help="Try again what failed before, or was read in part.")
@click.option("--rebuild-outputs", is_flag=True, help="Make outputs anew that somebody changed.")
@click.option("--status", is_flag=True, help="Show what is done, failed and spent, and end.")
@dry_run_option
@model_options
@task_options
@click.option("--strict", is_flag=True, help="Replace nothing, and exit with 3 when a sentence is unsupported.")
@talk_options
def command(
    inputs: tuple[str, ...],
    *,
    out: str | None,
    form: str | None,
    concurrency: int,
    max_cost: Decimal | None,
    max_requests: int | None,
    max_tokens: int | None,
    retry_failed: bool,
    rebuild_outputs: bool,
    status: bool,
    dry_run: bool,
    strict: bool,
    quiet: bool,
    verbose: bool,
    **options: Any,
) -> int:
    """Summarize many articles; the same command again resumes where it was.

    INPUT is a file, a folder with all below it, a glob, a table (.jsonl, .csv, .tsv, .parquet), or "-" for a list of
    paths on stdin. Identical articles are paid once. What failed is in failures.jsonl, with what to do.

    \b
      summarizer batch articles --out summaries -m openai:gpt-5-mini --max-cost 5
      summarizer batch news.csv --text-column body --id-column url --out news.jsonl
      find . -name "*.md" -print0 | summarizer batch - --out summaries
    """  # noqa: D301 - click's mark for lines that stay as they are
    if out is None:
        raise UsageError("say where the summaries go: --out DIR, --out FILE.jsonl, or --out - to print them")
    if status:
        return _status(Path(out))
    if not inputs:
        raise UsageError("name what to summarize: files, folders, globs, tables, or - for a list of paths on stdin")
    from summarizer.batch import Settings
    from summarizer.records import Budget

    if form not in (None, "json") and not _has_files(out):
        raise UsageError(f"--format {form} is for the files of a folder, not for {out!r}")
    talk(verbose=verbose, quiet=quiet or not verbose)
    selection = _selection(out, options)
    if dry_run:
        where = None if out == "-" else Path(out)
        return _estimate(inputs, selection, where, strict=strict, retry_failed=retry_failed, options=options)
    if out == "-":
        must_be_open()
    settings = Settings(
        out=None if out == "-" else Path(out),
        form=form or "json",
        concurrency=_within_the_open_files(concurrency),
        retry_failed=retry_failed,
        rebuild_outputs=rebuild_outputs,
        results=out == "-",
    )
    budget = Budget(max_cost_usd=max_cost, max_requests=max_requests, max_tokens=max_tokens)
    capped = budget if budget != Budget() else None
    return _run(inputs, selection, settings, capped, strict=strict, quiet=quiet, options=options)


def _estimate(
    names: tuple[str, ...],
    selection: Selection,
    out: Path | None,
    *,
    strict: bool,
    retry_failed: bool,
    options: dict[str, Any],
) -> int:
    from summarizer.cli.estimate import ledger_view, tell
    from summarizer.load.inputs import inputs

    with summarizer_from(strict=strict, **options) as summarizer, ledger_view(out) as view:
        return tell(summarizer, inputs(names, selection, stdin=sys.stdin.buffer), view, retry_failed=retry_failed)


def _run(
    names: tuple[str, ...],
    selection: Selection,
    settings: Settings,
    budget: Budget | None,
    *,
    strict: bool,
    quiet: bool,
    options: dict[str, Any],
) -> int:
    from summarizer.batch import Run
    from summarizer.load.inputs import inputs

    with summarizer_from(strict=strict, budget=budget, **options) as summarizer:
        if not summarizer.model.writes:
            note("no language model is used: the articles' central sentences are picked", quiet=quiet)
        run = Run(summarizer.recipe(), inputs(names, selection, stdin=_list() if "-" in names else None), settings)
        total = _total(names, selection, quiet=quiet)
        error: SummarizerError | None = None
        with Progress(run, quiet=quiet, total=total) as progress, _signals(run, progress) as is_interrupted:
            try:
                _go(run, progress)
            except SummarizerError as stopped:
                error = stopped
        for line in run.notes:
            note(line, quiet=quiet)
        counts = run.tally.counts()
        if counts.found and not quiet:
            click.echo(progress.summary(), err=True)
    if not counts.found and error is None and not is_interrupted():
        note("there is nothing to summarize: " + _why_nothing(names, selection), quiet=quiet)
    _say_what_is_next(error, settings, is_interrupted(), quiet=quiet, failed=counts.failed + counts.partial)
    return _code(run, error, is_interrupted(), strict=strict)


def _list() -> BinaryIO:
    """Open standard input once more: at its end Python closes its own, and dies of a thread that still waits there."""
    return open(sys.stdin.fileno(), "rb", closefd=False)


def _go(run: Run[Any], progress: Progress) -> None:
    """Take what the run gives; print it when that is where it goes."""
    from summarizer.batch import outcomes
    from summarizer.records import Failure
    from summarizer.render import jsonl

    is_printed = run.settings.out is None
    with contextlib.closing(outcomes(run)) as told, _seldom_looking_for_cycles():
        for number, one in enumerate(told):
            if number == 0:  # by now everything is loaded
                gc.freeze()
            if isinstance(one, Failure):
                progress.note(_failed(one))
            elif is_printed:
                click.echo(jsonl(one).encode(), nl=False)


def _failed(one: Failure) -> str:
    name = one.source or str(one.article_id)
    return one.detail if repr(name) in one.detail else f"{name}: {one.detail}"


@contextlib.contextmanager
def _seldom_looking_for_cycles() -> Iterator[None]:
    """Have the process look for cycles less often; at the end, as before, and in what was frozen as well."""
    before = gc.get_threshold()
    gc.set_threshold(_OBJECTS_A_LOOK)
    try:
        yield
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)


def _code(run: Run[Any], error: SummarizerError | None, interrupted: bool, *, strict: bool) -> int:
    counts = run.tally.counts()
    if error is not None:
        return exit_code(error)
    if interrupted:
        return EXIT_INTERRUPTED
    if counts.failed or counts.partial:
        return EXIT_FAILED
    return EXIT_UNGROUNDED if strict and counts.ungrounded else EXIT_OK


def _say_what_is_next(
    error: SummarizerError | None,
    settings: Settings,
    interrupted: bool,
    *,
    quiet: bool,
    failed: int,
) -> None:
    if error is not None:
        note(error.message)
    if settings.out is None:
        return
    from summarizer.batch.places import failures_of

    if failed:
        note(f"what failed, and what to do: {str(failures_of(settings.out))!r}", quiet=quiet)
    elif error is None and not interrupted and os.path.isfile(failures_of(settings.out)):  # it went to its end
        note(f"what failed before and was left out now is still in {str(failures_of(settings.out))!r}", quiet=quiet)
    if error is not None and error.outcome == "budget":
        note("with more allowed the same command resumes", quiet=quiet)
    elif interrupted or (error is not None and error.outcome == "outage"):
        note("the same command resumes", quiet=quiet)


def _why_nothing(names: tuple[str, ...], selection: Selection) -> str:
    if selection.include or selection.exclude:
        return "no file fits --include and --exclude"
    return "the list on standard input is empty" if names == ("-",) else "the inputs hold no article"


def _status(out: Path) -> int:
    """Show what a ledger knows; it may be in use."""
    from summarizer.batch.places import ledger_of
    from summarizer.cli.estimate import ledger_view

    with ledger_view(out) as view:
        if view is None:
            raise UsageError(f"there is no ledger {str(ledger_of(out))!r}: no batch was run with this --out")
        counts, ungrounded, spent, runs = view.counts(), view.ungrounded(), view.spent(), view.runs()
    rows = [(name, f"{number:,}") for name, number in counts.items()]
    rows += [("ungrounded", f"{ungrounded:,}")] if ungrounded else []
    rows += [("runs", f"{runs:,}"), ("requests", f"{spent.requests:,}")]
    rows.append(("tokens read", "unknown" if spent.input_tokens is None else f"{spent.input_tokens:,}"))
    rows.append(("tokens written", "unknown" if spent.output_tokens is None else f"{spent.output_tokens:,}"))
    rows.append(("cost", "unknown" if spent.cost_usd is None else f"${spent.cost_usd:,.4f}"))
    click.echo(table([(*row, "") for row in rows]))
    return EXIT_OK


def _has_files(out: str) -> bool:
    from summarizer.batch.places import is_folder

    return out != "-" and is_folder(Path(out))


def _selection(out: str, options: dict[str, Any]) -> Selection:
    from summarizer.batch.places import none_is_an_article
    from summarizer.cli.options import selection_from

    return selection_from(options, but=frozenset() if out == "-" else none_is_an_article(Path(out)))


def _total(names: tuple[str, ...], selection: Selection, *, quiet: bool) -> Callable[[], int | None]:
    """Count the inputs beside the run, for the time that is left; a list on stdin is read once only."""
    from summarizer.load.inputs import count

    found: list[int] = []

    def look() -> None:
        with contextlib.suppress(SummarizerError):  # the run itself says what is wrong
            number = count(names, selection)
            found.extend([] if number is None else [number])

    if not quiet and "-" not in names:
        threading.Thread(target=look, name="summarizer-count", daemon=True).start()
    return lambda: found[0] if found else None


@contextlib.contextmanager
def _signals(run: Run[Any], progress: Progress) -> Iterator[Callable[[], bool]]:
    """Finish what is in flight on the first signal, drop it on the second; yield whether there was one."""
    seen: list[float] = []
    hang_up = getattr(signal, "SIGHUP", None)  # Windows has none

    def handle(number: int, _frame: FrameType | None) -> None:
        if seen and number == hang_up:  # the shell and the system each tell of a terminal that was closed
            return
        if seen and time.monotonic() < seen[0] + _ONE_WISH_S:
            return
        seen.append(time.monotonic())
        if len(seen) == 1:
            run.stop()
            progress.note("interrupted: finishing what is in flight; once more stops now")
        else:
            run.abort()
            signal.signal(number, signal.SIG_DFL)

    numbers = [signal.SIGINT, signal.SIGTERM]
    if hang_up is not None and signal.getsignal(hang_up) != signal.SIG_IGN:  # `nohup` wants it to go on
        numbers.append(hang_up)
    before = {number: signal.signal(number, handle) for number in numbers}
    try:
        yield lambda: bool(seen)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _within_the_open_files(concurrency: int) -> int:
    """Raise the limit on open files as far as the system lets us, and stay within it: each call has a connection."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return concurrency
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = concurrency + _FILES_BESIDE
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return concurrency
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        soft = most
    if soft < wanted:
        note(f"at most {max(1, soft - _FILES_BESIDE)} calls at once: only {soft} files may be open (ulimit -n)")
    return min(concurrency, max(1, soft - _FILES_BESIDE))
