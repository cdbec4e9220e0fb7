"""A result as plain text, for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from summarizer.records import Article, Evidence, Result, Step
from summarizer.render.outline import Row, clean, closing, evidence, notes, rows

WIDTH = 92  # columns: longer lines are hard to read
_BOLD, _DIM, _RED, _YELLOW = "1", "2", "31", "33"


def text(
    result: Result[Any],
    article: Article | None = None,
    /,
    *,
    color: bool = False,
    bullets: bool = False,
    width: int | None = WIDTH,
    steps: bool = False,
) -> str:
    """Show a result: the summary with the numbers of its evidence, what is doubted, the evidence, and what it took.

    Args:
        result: What to show.
        article: The article, to name the lines where the evidence stands.
        color: Whether to use terminal colors; everything that color says is said in characters too.
        bullets: Whether to write each sentence as an item of a list.
        width: Columns to wrap at, between words only; None leaves each sentence on one line, for programs that search.
        steps: Whether to show the notes on the parts of a long article too.

    Returns:
        Lines in which nothing moves a cursor. Evidence is never cut.
    """
    page = _Page(_paint if color else _plain, width, bullets=bullets)
    blocks = [
        [line for row in rows(result) for line in page.row(row)],
        [line for step in _grouped(result.steps) for line in page.step(step)] if steps else [],
        list(page.evidence(result, article)),
        [line for warning in result.warnings for line in page.wrap(f"Note: {clean(warning)}", "", "  ")],
        page.wrap(closing(result), "", "  "),
    ]
    return "\n\n".join("\n".join(block).rstrip("\n") for block in blocks if block) + "\n"


def _grouped(steps: Sequence[Step]) -> list[list[Step]]:
    """Put the notes of each call together."""
    return [list(notes) for _, notes in groupby(steps, key=lambda step: (step.level, step.part))]


def _paint(line: str, code: str) -> str:
    return f"\x1b[{code}m{line}\x1b[0m"


def _plain(line: str, _code: str) -> str:
    return line


@dataclass(frozen=True, slots=True)
class _Page:
    paint: Callable[[str, str], str]
    width: int | None
    bullets: bool

    def row(self, row: Row) -> Iterator[str]:
        """Yield the lines of a claim or value, with what we found out about it on indented lines below."""
        indent = "  " * row.depth
        start = self._start(row)
        if row.text is None:
            yield f"{indent}{start}".rstrip()
            return
        doubted = row.check is not None and not row.check.supported
        end = "".join(f"[{number}]" for number in row.numbers) or ("(unchecked)" if row.is_unchecked else "")
        end += "" if row.risk is None else f"\u00a0(risk\u00a0{row.risk:.2f})"
        line = f"{'✗ ' if doubted else ''}{start}{row.text} {end}".rstrip()
        lines = self.wrap(line, indent, indent + "  " * bool(start))
        if row.is_title:
            lines = [self.paint(line, _BOLD) for line in lines]
        elif end:
            lines[-1] = lines[-1].removesuffix(end) + self.paint(end, _DIM)
        if doubted:
            lines[0] = lines[0].replace("✗", self.paint("✗", _RED), 1)
        yield from lines
        for note in notes(row):
            code = _YELLOW if note.is_rejected else _RED
            lines = self.wrap(f"{note.name}: {note.said(clean)}", indent + "    ", indent + "      ")
            yield from (self.paint(line, code) for line in lines)
        if row.is_title:
            yield ""

    def step(self, steps: Sequence[Step]) -> Iterator[str]:
        """Yield the notes of one call, with the numbers of what they rest on and what we found out about them."""
        of = steps[0]
        yield self.paint(f"Notes, level {of.level}, part {of.part}: sentences {of.first} to {of.last}", _DIM)
        for step in steps:
            numbers = tuple(item.unit for item in step.check.evidence)
            yield from self.row(Row(1, None, clean(step.note.text), numbers, step.check))

    def _start(self, row: Row) -> str:
        if row.label is not None:
            return f"{row.label}: "
        return "- " if row.depth or (self.bullets and not row.is_title) else ""

    def evidence(self, result: Result[Any], article: Article | None) -> Iterator[str]:
        """Yield each unit that a claim rests on, whole, with its number."""
        units = evidence(result)
        if units:
            yield "Evidence:"
        for item in units:
            number = f"[{item.unit}]"
            line = f"{number} {clean(item.text)} {_line(item, article)}".rstrip()
            first, *more = self.wrap(line, "  ", " " * (len(number) + 3))
            yield first.replace(number, self.paint(number, _DIM), 1)
            yield from more

    def wrap(self, line: str, first: str, rest: str) -> list[str]:
        """Break a line between words, the first line and the rest indented."""
        if self.width is None:
            return [first + line]
        return textwrap.wrap(
            line,
            self.width,
            initial_indent=first,
            subsequent_indent=rest,
            break_long_words=False,
            break_on_hyphens=False,
        ) or [""]


def _line(item: Evidence, article: Article | None) -> str:
    """Say on which line of the article a unit begins, when there are several."""
    if article is None or "\n" not in article.text.rstrip("\r\n"):
        return ""
    return f"(line\u00a0{article.text.count(chr(10), 0, item.span.start) + 1})"
