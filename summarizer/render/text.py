"""A result as plain text, for a terminal of 80 to 100 columns."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator
from typing import Any

from summarizer.records import Article, Evidence, Result
from summarizer.render.outline import Row, clean, closing, evidence, rows

_WIDTH = 92
_BOLD, _DIM, _RED, _YELLOW = "1", "2", "31", "33"


def text(result: Result[Any], article: Article | None = None, /, *, color: bool = False, bullets: bool = False) -> str:
    """Show a result: the summary with the numbers of its evidence, what is doubted, the evidence, and what it took.

    Args:
        result: What to show.
        article: The article, to name the lines where the evidence stands.
        color: Whether to use terminal colors; everything that color says is said in characters too.
        bullets: Whether to write each sentence as an item of a list.

    Returns:
        Lines of at most 92 columns where words allow it; evidence is never cut. Nothing in it moves a cursor.
    """
    paint = _paint if color else _plain
    blocks = [
        [line for row in rows(result) for line in _row(row, paint, bullets=bullets)],
        _evidence(result, article, paint),
        [line for warning in result.warnings for line in _wrap(f"Note: {clean(warning)}", "", "  ")],
        _wrap(closing(result), "", "  "),
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _paint(line: str, code: str) -> str:
    return f"\x1b[{code}m{line}\x1b[0m"


def _plain(line: str, _code: str) -> str:
    return line


_Paint = Callable[[str, str], str]


def _row(row: Row, paint: _Paint, *, bullets: bool) -> Iterator[str]:
    """Yield the lines of a claim or value, with what we found out about it on indented lines below."""
    indent = "  " * row.depth
    start = f"{row.label}: " if row.label is not None else "- " if row.depth or (bullets and not row.is_title) else ""
    if row.text is None:
        yield f"{indent}{start}".rstrip()
        return
    doubted = row.check is not None and not row.check.supported
    end = "".join(f"[{number}]" for number in row.numbers) or ("(unchecked)" if row.is_unchecked else "")
    lines = _wrap(f"{'✗ ' if doubted else ''}{start}{row.text} {end}".rstrip(), indent, indent + "  " * bool(start))
    if row.is_title:
        lines = [paint(line, _BOLD) for line in lines]
    elif end:
        lines[-1] = lines[-1].removesuffix(end) + paint(end, _DIM)
    if doubted:
        lines[0] = lines[0].replace("✗", paint("✗", _RED), 1)
    yield from lines
    for note, code in _notes(row):
        yield from (paint(line, code) for line in _wrap(note, indent + "    ", indent + "      "))
    if row.is_title:
        yield ""


def _notes(row: Row) -> Iterator[tuple[str, str]]:
    if row.check is None:
        return
    if row.check.rejected is not None and row.check.origin == "extract":
        yield f"the article's own words, in place of: “{clean(row.check.rejected)}”", _YELLOW
    for finding in row.check.findings:
        yield f"{finding.kind}: {clean(finding.detail)}", _RED
    if not row.check.supported and not row.check.findings:
        yield "unsupported: nothing that it rests on says this", _RED


def _evidence(result: Result[Any], article: Article | None, paint: _Paint) -> list[str]:
    lines = ["Evidence:"] if evidence(result) else []
    for item in evidence(result):
        number = f"[{item.unit}]"
        end = _line(item, article)
        found = _wrap(f"{number} {clean(item.text)} {end}".rstrip(), "  ", " " * (len(number) + 3))
        found[0] = found[0].replace(number, paint(number, _DIM), 1)
        lines += found
    return lines


def _line(item: Evidence, article: Article | None) -> str:
    """Say on which line of the article a unit begins, when there are several."""
    if article is None or "\n" not in article.text:
        return ""
    return f"(line\u00a0{article.text.count(chr(10), 0, item.span.start) + 1})"


def _wrap(line: str, first: str, rest: str) -> list[str]:
    return textwrap.wrap(
        line, _WIDTH, initial_indent=first, subsequent_indent=rest, break_long_words=False, break_on_hyphens=False
    ) or [""]
