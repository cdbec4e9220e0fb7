"""A result as a piece of HTML, for a notebook or a page of one's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape
from typing import Any

from summarizer.records import Result
from summarizer.render.outline import Row, clean, closing, evidence, notes, rows

# Both read on white and on black.
_DOUBT, _ASIDE = "color:#d33", "opacity:.7"
# Notebooks take what stands between two dollar signs for a formula, unless an element is of one of these classes.
_NO_FORMULA = "tex2jax_ignore mathjax_ignore"


def html(result: Result[Any], /) -> str:
    """Show a result as HTML: what is unsupported and why, and below it what each number cites; hovering shows it too.

    It stands by itself and runs nothing: no script, style sheet, link or picture, and no text of the article or the
    model can become one.
    """
    cited = {item.unit: _shown(item.text) for item in evidence(result)}
    lines = [line for row in rows(result) for line in _row(row, cited)]
    if cited:
        sentences = "".join(_line(f"[{number}] {text}", 1) for number, text in cited.items())
        lines.append(f"<details><summary>Evidence</summary>{sentences}</details>")
    lines += [_line(f"Note: {_shown(warning)}", 0) for warning in result.warnings]
    lines.append(_line(_shown(closing(result)), 0, _ASIDE))
    return f'<div class="{_NO_FORMULA}">{"".join(lines)}</div>\n'


def _row(row: Row, cited: Mapping[int, str]) -> Iterator[str]:
    label = "" if row.label is None else f"<b>{_shown(row.label)}:</b> "
    text = _shown(row.text or "")
    said = f"<b>{text}</b>" if row.is_title else text
    marks = "".join(f'<sup title="{cited.get(number, "")}">[{number}]</sup>' for number in row.numbers)
    if row.is_unchecked and not row.numbers:
        marks = f' <i style="{_ASIDE}">(unchecked)</i>'
    marks += "" if row.risk is None else f' <i style="{_ASIDE}">(risk {row.risk:.2f})</i>'
    is_doubted = row.check is not None and not row.check.supported
    yield _line(f"{'✗ ' if is_doubted else ''}{label}{said}{marks}", row.depth, _DOUBT if is_doubted else "")
    for note in notes(row):
        yield _line(f"<i>{note.name}:</i> {note.said(_shown)}", row.depth + 1, _ASIDE)


def _line(content: str, depth: int, style: str = "") -> str:
    return f'<div style="margin-left:{1.5 * depth:g}em;{style}">{content}</div>'


def _shown(text: str) -> str:
    return escape(clean(text))
