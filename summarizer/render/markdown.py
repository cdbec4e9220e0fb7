"""A result as Markdown (CommonMark with GitHub's footnotes)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from summarizer.records import Result
from summarizer.render.outline import Row, clean, closing, evidence, notes, rows

_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
_SPECIAL = re.compile(r"[\\`*_{}\[\]#|~^$&<>]")
# What begins a list, a heading or a rule where it stands first.
_LEADING = re.compile(r"^(?:[-+=]|(\d+)(?=[.)](?:\s|$)))")
# Addresses become links by themselves in many renderers, but not within code.
_ADDRESS = re.compile(r"://|\bwww\.|\w@\w", re.IGNORECASE)
_TOKEN = re.compile(r"\S+")


def markdown(result: Result[Any], /, *, apart: str = "") -> str:
    """Show a result as Markdown: each sentence an item of a list, its evidence in footnotes.

    No text of the article or the model can act as Markdown or HTML: no link, image, heading or tag comes from it.

    Args:
        result: What to show.
        apart: Begins the names of the footnotes, for several results on one page: `2-` for `[^2-1]`.
    """
    blocks = [
        "\n".join(line for row in rows(result) for line in _row(row, apart)).rstrip("\n"),
        "\n".join(f"> {_escape(warning)}  " for warning in result.warnings),
        _escape(closing(result)),
        # "[^1]: word" alone would be a link's address to renderers that know no footnotes.
        "\n".join(f"[^{apart}{item.unit}]: Sentence {item.unit}: {_escape(item.text)}" for item in evidence(result)),
    ]
    return "\n\n".join(block for block in blocks if block) + "\n"


def _row(row: Row, apart: str) -> Iterator[str]:
    marks = "".join(f"[^{apart}{number}]" for number in row.numbers) or (" *(unchecked)*" if row.is_unchecked else "")
    marks += "" if row.risk is None else f" *(risk {row.risk:.2f})*"
    doubted = "✗ " if row.check is not None and not row.check.supported else ""
    indent = "  " * row.depth
    if row.is_title:
        yield f"# {doubted}{_escape(row.text or '')}{marks}"
        yield from ([""] if doubted else [])
    else:
        label = f"**{_escape(row.label)}:** " if row.label is not None else ""
        said = f"{_escape(row.text)}{marks}" if row.text is not None else ""
        yield f"{indent}- {doubted}{label}{said}".rstrip()
        indent += "  "
    yield from (f"{indent}- *{note.name}:* {note.said(_escape)}" for note in notes(row))
    if row.is_title:
        yield ""


def _escape(text: str) -> str:
    """Write a text so that Markdown shows it as it stands, on one line."""
    line = _TOKEN.sub(_token, clean(text))
    return _LEADING.sub(lambda found: f"{found[1] or ''}" + "\\" + ("" if found[1] else found[0]), line)


def _token(found: re.Match[str]) -> str:
    if _ADDRESS.search(found[0]):
        return f"`{found[0].replace('`', chr(39))}`"
    return _SPECIAL.sub(_inert, found[0])


def _inert(found: re.Match[str]) -> str:
    return _ENTITIES.get(found[0], f"\\{found[0]}")
