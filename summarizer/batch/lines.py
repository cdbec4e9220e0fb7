"""JSON Lines: each result is a line, appended as soon as it is kept.

A line is sealed, so the file itself says which inputs it shows. What a kill tore off its end is cut away and appended
again from the ledger. Lines that an article's change or another task has made stale leave when the file is made anew:
all at once, by a rename. Lines that somebody edited stay as they are.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from summarizer import store
from summarizer.batch.outputs import Recovered, State, Style
from summarizer.batch.seal import Sealed, seal, unseal
from summarizer.batch.view import Item, View
from summarizer.errors import StoreError
from summarizer.whole import force_folder, write_all

# Stands in the place of an article's id.
_EDITED = "edited"


class Lines:
    """One file with a line for each input.

    Args:
        path: The file.
        style: How results are written.

    Attributes:
        edited: How many lines somebody changed.
    """

    suffix: str | None = None

    def __init__(self, path: Path, style: Style) -> None:
        self.path = path
        self.edited = 0
        self._style = style
        self._lock = threading.RLock()
        self._stale = 0
        self._end = 0
        self._handle = -1
        # No name comes twice in a run: what the run itself appends is not looked for, where nothing was there before.
        self._is_indexed = False
        # What the file shows, on disk: a private database that the system removes with the connection.
        self._index: sqlite3.Connection

    def recover(self) -> Iterator[Recovered]:
        """Yield the results of lines that are as they were written."""
        for line in _read(self.path):
            if line.sealed is not None:
                yield Recovered(line.sealed, None, "")

    def left(self, view: View) -> Iterator[tuple[str, Item]]:  # noqa: ARG002 - a line says itself what it shows
        """Yield nothing."""
        yield from ()

    def begin(self, view: View, *, is_new: bool) -> None:  # noqa: ARG002 - the file itself says what it shows
        """Index the file, cut off what was torn, and drop the lines of other tasks.

        Raises:
            StoreError: It holds something else than results of a batch, or cannot be written.
        """
        self._index = sqlite3.connect("", isolation_level=None, check_same_thread=False)
        try:
            self._look_through()
        except BaseException:
            self._index.close()
            if self._handle >= 0:
                os.close(self._handle)
            raise

    def _look_through(self) -> None:
        self._index.execute("CREATE TABLE shown (name TEXT PRIMARY KEY, article_id TEXT, offset INTEGER) WITHOUT ROWID")
        ours = 0
        for line in _read(self.path):
            self._end = line.offset + len(line.data)
            ours += line.item is not None
            if line.sealed is None:
                self.edited += 1
                if line.item is not None and not self._style.overwrite:
                    self._show(line.item, _EDITED, line.offset)
            elif line.sealed.task == self._style.key:
                self._show(line.sealed.item, line.sealed.article_id, line.offset)
            else:
                self._stale += 1
        if self.edited and not ours:
            raise StoreError(f"{str(self.path)!r} is no output of a batch: choose another --out", path=str(self.path))
        self._is_indexed = self._end > 0
        try:
            self._open()
            store.on_its_way(self.path).unlink(missing_ok=True)
            os.ftruncate(self._handle, self._end)
        except OSError as error:
            raise store.unwritable(self.path, error) from error
        if self._stale or (self.edited and self._style.overwrite):
            self._make_anew()

    def must_have_room(self, item: Item) -> None:
        """All have the same file, which was looked at."""

    def state(self, item: Item, article_id: str) -> State:
        """Tell whether there is a line for an input that shows this article."""
        with self._lock:
            found = self._shown(item.name)
        if found == _EDITED:
            return "kept"
        return "shown" if found == article_id else "missing"

    def put(self, item: Item, article_id: str, result: str) -> str | None:
        """Append a line, unless somebody edited the one that is there; an earlier one of ours is stale from now on."""
        data = seal(result, source=item.source, item=item.name, task=self._style.key)
        with self._lock:
            if self._shown(item.name) == _EDITED:
                return None
            try:
                write_all(self._handle, data)
            except OSError as error:
                os.ftruncate(self._handle, self._end)
                raise store.unwritable(self.path, error) from error
            if self._is_indexed:
                self._show(item.name, article_id, self._end)
            self._end += len(data)
        return ""

    def drop(self, item: Item) -> bool:
        """Let a line go; it leaves the file at the end of the run."""
        with self._lock:
            if self._shown(item.name) == _EDITED:
                return False
            self._stale += self._index.execute("DELETE FROM shown WHERE name = ?", (item.name,)).rowcount
        return True

    def finish(self, view: View, task: int) -> None:  # noqa: ARG002 - the file is written already
        """Force the file to the disk, without stale lines.

        Raises:
            StoreError: It cannot be written, or somebody moved, removed or changed it meanwhile.
        """
        with self._lock, contextlib.closing(self._index):
            try:
                self._must_be_there()
                if self._stale:
                    self._make_anew()
                os.fsync(self._handle)
            except OSError as error:
                raise store.unwritable(self.path, error) from error
            finally:
                if self._handle >= 0:
                    os.close(self._handle)

    def _must_be_there(self) -> None:
        """Refuse to end well when what was written is not what people will find."""
        written = os.fstat(self._handle)
        there = self.path.stat() if self.path.exists() else None
        if there is None or not os.path.samestat(written, there) or written.st_size != self._end:
            what = "moved or removed" if there is None else "changed"
            raise StoreError(
                f"{str(self.path)!r} was {what} while the run was at work: the same command makes it whole again",
                path=str(self.path),
            )

    def _open(self) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
        self._handle = os.open(self.path, flags, 0o666)

    def _show(self, name: str, article_id: str, offset: int) -> None:
        self._stale += self._index.execute("DELETE FROM shown WHERE name = ?", (name,)).rowcount
        self._index.execute("INSERT INTO shown VALUES (?, ?, ?)", (name, article_id, offset))

    def _make_anew(self) -> None:
        """Write the file again with the lines that count, and put it in the place of the other at once."""
        temporary = store.on_its_way(self.path)
        end = 0
        try:
            with temporary.open("wb") as file:
                for line in _read(self.path):
                    if self._counts(line):
                        self._index.execute("UPDATE shown SET offset = ? WHERE name = ?", (end, line.item))
                        file.write(line.data)
                        end += len(line.data)
                file.flush()
                os.fsync(file.fileno())
            os.close(self._handle)
            self._handle = -1
            temporary.replace(self.path)
            force_folder(self.path.absolute().parent)
            self._open()
        except OSError as error:
            temporary.unlink(missing_ok=True)
            raise store.unwritable(self.path, error) from error
        self._end, self._stale = end, 0

    def _counts(self, line: _Line) -> bool:
        if line.sealed is None:
            return not self._style.overwrite
        found = self._index.execute("SELECT offset FROM shown WHERE name = ?", (line.item,)).fetchone()
        return found is not None and found[0] == line.offset

    def _shown(self, name: str) -> str | None:
        if not self._is_indexed:
            return None
        found = self._index.execute("SELECT article_id FROM shown WHERE name = ?", (name,)).fetchone()
        return None if found is None else str(found[0])


@dataclass(frozen=True, slots=True)
class _Line:
    """One line of a file.

    Attributes:
        item: The input it shows, as far as that can be told.
        sealed: What it holds; None when it was edited, or is none of ours.
    """

    offset: int
    data: bytes
    item: str | None
    sealed: Sealed | None


def _read(path: Path) -> Iterator[_Line]:
    """Yield the whole lines of a file."""
    offset = 0
    try:
        with path.open("rb") as file:
            while (data := file.readline()).endswith(b"\n"):
                yield _line(offset, data)
                offset += len(data)
    except FileNotFoundError:
        return
    except OSError as error:
        raise StoreError(f"cannot read {str(path)!r}: {error.strerror}", path=str(path)) from error


def _line(offset: int, data: bytes) -> _Line:
    try:
        sealed = unseal(data[:-1].decode())
    except ValueError:
        return _Line(offset, data, _item(data), None)
    return _Line(offset, data, sealed.item, sealed)


def _item(data: bytes) -> str | None:
    """The input that an edited line still names."""
    try:
        return str(json.loads(data)["batch"]["item"])
    except (ValueError, LookupError, TypeError, RecursionError):
        return None
