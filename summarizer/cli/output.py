"""Where results go: stdout as they come, or a file that appears whole."""

from __future__ import annotations

import os
import shutil
import stat
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import click

from summarizer import store
from summarizer.cli import must_be_open, printable
from summarizer.errors import UsageError
from summarizer.records import Article, Result
from summarizer.whole import replacing, write_all

if TYPE_CHECKING:
    from summarizer.render import Page

FORMATS = ("text", "markdown", "html", "json", "jsonl")


class Output:
    """Prints results in one format.

    Args:
        form: One of `FORMATS`; `json` prints one object for one article, an array for several.
        path: A file to write instead of stdout, which is `-` too; it is replaced only when all is done.
        read: The files that are read, by name: none of them may be replaced.
        several: Whether more than one article was asked for.
        steps: Whether the notes on the parts of long articles are shown too.
    """

    def __init__(
        self, form: str, path: Path | None, read: Sequence[str], *, several: bool = False, steps: bool = False
    ) -> None:
        if steps and form in ("markdown", "html"):
            raise UsageError(f"--steps shows notes as text, json or jsonl, not as {form}")
        self._form = form
        self._steps = steps
        self._path = None if path == Path("-") else path
        self._several = several
        self._written = 0
        self._parts: list[str] = []
        self._page: Page | None = None
        if self._path is None:
            must_be_open()
        else:
            must_be_writable(self._path)
            must_not_replace(self._path, read)

    def write(self, result: Result[Any], article: Article, *, preset: str) -> None:
        """Print one result, or keep it for the file."""
        from summarizer import render

        if self._form == "text":
            color = self._path is None and wants_color()
            is_shown = self._path is None and sys.stdout.isatty()
            width = min(render.WIDTH, shutil.get_terminal_size().columns) if is_shown else None
            text = render.text(
                result, article, color=color, bullets=preset == "bullets", width=width, steps=self._steps
            )
            self._emit(f"{self._head(result) if self._several else ''}{text.rstrip()}\n")
        elif self._form == "json" and self._several:
            self._emit(("[\n" if not self._written else ",\n") + render.json(result, steps=self._steps).rstrip())
        elif self._form == "markdown":
            apart = f"{self._written + 1}-" if self._several else ""
            self._emit(f"{chr(10) if self._written else ''}{render.markdown(result, apart=apart).rstrip()}\n")
        elif self._form == "html":
            if self._page is None:
                self._page = render.Page()
                self._emit(self._page.opening())
            self._emit(self._page.section(result))
        else:
            show = render.json if self._form == "json" else render.jsonl
            self._emit(show(result, steps=self._steps).rstrip() + "\n")
        self._written += 1

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        if kind is not None:
            return
        if self._form == "json" and self._several:
            self._emit("\n]\n" if self._written else "[]\n")
        if self._page is not None:
            self._emit(self._page.ending())
        if self._path is not None and self._written:
            write_whole(self._path, self._parts)

    def _head(self, result: Result[Any]) -> str:
        return f"{chr(10) if self._written else ''}== {printable(result.source or 'article')} ==\n"

    def _emit(self, text: str) -> None:
        if self._path is not None:
            self._parts.append(text)
        else:
            to_stdout(text)


def to_stdout(text: str) -> None:
    """Write a text to stdout at once."""
    click.echo(text.encode("utf-8", "replace"), nl=False)
    sys.stdout.flush()


def wants_color() -> bool:
    """Whether text on stdout is colored: on a terminal, unless the environment says otherwise."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return bool(os.environ.get("FORCE_COLOR")) or sys.stdout.isatty()


def must_be_writable(path: Path) -> None:
    """Refuse a place where nothing can be written before a summary is paid for."""
    folder = path.absolute().parent
    if os.path.isdir(path) or not os.path.isdir(folder):
        raise UsageError(f"cannot write to {str(path)!r}: it is a folder, or there is no folder for it")
    is_replaced = not os.path.lexists(path) or (os.path.isfile(path) and not os.path.islink(path))
    if is_replaced and not os.access(folder, os.W_OK | os.X_OK):
        raise UsageError(f"cannot write {str(path)!r}: no file can be made in its folder")


def must_not_replace(path: Path, read: Sequence[str]) -> None:
    """Refuse to write over what is read: a summary in the place of its article cannot be undone."""
    for name in read if os.path.isfile(path) else ():
        if os.path.exists(name) and path.samefile(name):
            raise UsageError(f"{str(path)!r} is what is read: name another file for what is written")


def write_whole(path: Path, pieces: Iterable[str]) -> None:
    """Write a file whole or not at all; what is no plain file (a link, a pipe, a device) is written to, not replaced.

    Raises:
        StoreError: It cannot be written; what was there before is untouched.
    """
    data = (piece.encode("utf-8", "replace") for piece in pieces)
    try:
        before = path.lstat() if os.path.lexists(path) else None
        if before is not None and not stat.S_ISREG(before.st_mode):
            with path.open("wb") as file:
                file.writelines(data)
            return
        with replacing(path) as handle:
            if before is not None and hasattr(os, "fchmod"):
                os.fchmod(handle, stat.S_IMODE(before.st_mode))
            for piece in data:
                write_all(handle, piece)
    except OSError as error:
        raise store.unwritable(path, error) from error
