"""How a batch shows where it is, on stderr: a live line on a terminal, plain lines elsewhere, a table at the end."""

from __future__ import annotations

import os
import sys
import textwrap
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from summarizer.cli import many, note, printable, table

if TYPE_CHECKING:
    from summarizer.batch import Run
    from summarizer.batch.tally import Counts
    from summarizer.records import Usage

_LINE_EVERY_S = 10.0
_REFRESHES_PER_S = 4
# The rate of the last while is what the next while will be like; that of the whole run is not, after a pause.
_WINDOW_S = 30.0


class Progress:
    """Shows a run until it ends.

    Args:
        run: What is shown.
        quiet: Show nothing.
        total: Returns how many inputs there are, once that is known.
    """

    def __init__(self, run: Run[Any], *, quiet: bool, total: Callable[[], int | None]) -> None:
        self._run = run
        self._quiet = quiet
        self._total = total
        self._start = time.monotonic()
        self._marks: list[tuple[float, int, int]] = [(self._start, 0, 0)]
        self._ended = threading.Event()
        self._live: Any = None

    def __enter__(self) -> Self:
        if not self._quiet:
            if _is_terminal():
                self._live = _live(self._shown)
                self._live.start()
            else:
                threading.Thread(target=self._lines, name="summarizer-progress", daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._ended.set()
        if self._live is not None:
            self._live.stop()
            self._live = None

    def note(self, line: str) -> None:
        """Say something to people, above the live line if there is one."""
        if self._quiet:
            return
        if self._live is None:
            note(line)
        else:
            self._live.console.print(f"summarizer: {printable(line)}", markup=False, highlight=False, soft_wrap=True)

    def summary(self) -> str:
        """Return the table of the end."""
        counts, usage = self._run.tally.counts(), self._run.usage
        seconds = time.monotonic() - self._start
        rows = [*_count_rows(counts), *_usage_rows(usage)]
        rows.append(("time", f"{seconds:,.1f} s", f"{counts.done / seconds:,.1f} articles/s" if counts.done else ""))
        return textwrap.indent(table(rows), "  ")

    def _lines(self) -> None:
        while not self._ended.wait(_LINE_EVERY_S):
            note(self._line())

    def _line(self) -> str:
        """Where the run is, in one line."""
        counts, usage, total = self._run.tally.counts(), self._run.usage, self._total()
        rate, tokens = self._rates(counts, usage)
        parts = [f"{counts.finished:,}{'' if total is None else f' of {total:,}'}"]
        parts += [f"{counts.failed:,} failed"] if counts.failed else []
        parts.append(f"{rate:,.1f}/s")
        parts += [f"{tokens:,.0f} tokens/s"] if tokens else []
        parts += [f"${usage.cost_usd:,.2f}"] if usage.cost_usd else []
        if total is not None and rate:
            parts.append(f"{_duration((total - counts.finished) / rate)} left")
        if self._run.waits_for is not None:
            parts.append(self._run.waits_for)
        if self._run.is_stopping:
            parts.append("finishing what is in flight")
        return ", ".join(parts)

    def _rates(self, counts: Counts, usage: Usage) -> tuple[float, float]:
        """Articles and tokens per second over the last while."""
        now = time.monotonic()
        tokens = (usage.input_tokens or 0) + (usage.output_tokens or 0)
        self._marks.append((now, counts.finished, tokens))
        while len(self._marks) > 2 and self._marks[1][0] < now - _WINDOW_S:
            del self._marks[0]
        since, before, tokens_before = self._marks[0]
        seconds = max(now - since, 0.001)
        return (counts.finished - before) / seconds, (tokens - tokens_before) / seconds

    def _shown(self) -> Any:
        from rich.progress_bar import ProgressBar
        from rich.table import Table
        from rich.text import Text

        counts, total = self._run.tally.counts(), self._total()
        grid = Table.grid(padding=(0, 1))
        bar = ProgressBar(total=total, completed=counts.finished, width=24, pulse=total is None)
        grid.add_row(bar, Text(self._line()))
        return grid


def _live(shown: Callable[[], Any]) -> Any:
    from rich.console import Console
    from rich.live import Live

    return Live(
        get_renderable=shown,
        console=Console(stderr=True),
        refresh_per_second=_REFRESHES_PER_S,
        transient=True,
        # Otherwise what is printed to stdout would go to stderr, although stdout is a file.
        redirect_stdout=False,
        redirect_stderr=False,
    )


def _is_terminal() -> bool:
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb"


def _count_rows(counts: Counts) -> list[tuple[str, str, str]]:
    outcomes = ", ".join(f"{name} {number:,}" for name, number in sorted(counts.outcomes.items()))
    rows = [
        ("done", counts.done, ""),
        ("done before", counts.earlier, f"{many(counts.restored, 'output')} made again" if counts.restored else ""),
        ("failed", counts.failed, outcomes),
        ("partial", counts.partial, "parts were not read; --retry-failed asks for these again"),
        ("ungrounded", counts.ungrounded, "a statement in each is unsupported"),
        ("kept", counts.kept, "changed by somebody; --rebuild-outputs makes them anew"),
    ]
    return [(name, f"{number:,}", more) for name, number, more in rows if number or name == "done"]


def _usage_rows(usage: Usage) -> list[tuple[str, str, str]]:
    rows = []
    if usage.requests:
        rows.append(("requests", f"{usage.requests:,}", ""))
    if usage.input_tokens or usage.output_tokens:
        read, written = usage.input_tokens or 0, usage.output_tokens or 0
        rows.append(("tokens", f"{read + written:,}", f"{read:,} read, {written:,} written"))
    if usage.cost_usd:
        rows.append(("cost", f"${usage.cost_usd:,.4f}", ""))
    return rows


def _duration(seconds: float) -> str:
    minutes, second = divmod(int(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"
