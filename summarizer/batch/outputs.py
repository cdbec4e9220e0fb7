"""What people get: one file for each article, or one line. Made from the ledger, and made again when it is missing.

An output is ours when its bytes are those that were written. One that somebody changed is kept and named, never
overwritten, unless the run is told to; one that was removed is made again; one of another task is taken away before the
run begins, so that results of two tasks never stand side by side. The ledger keeps the results of both.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from summarizer import render, store
from summarizer.batch import written
from summarizer.batch.seal import Sealed, seal, unseal
from summarizer.batch.view import Item, View
from summarizer.errors import StoreError
from summarizer.records import Result
from summarizer.whole import force_folder

if TYPE_CHECKING:
    from pydantic import BaseModel

State = Literal["shown", "missing", "kept"]
SUFFIXES = {"json": ".json", "text": ".txt", "markdown": ".md"}

_TEMPORARY = ".summarizer.tmp"


@dataclass(frozen=True, slots=True)
class Recovered:
    """A result that an output holds, for a ledger that was lost.

    Attributes:
        output: The file, relative to the folder of outputs; None where outputs share a file.
        sha256: SHA-256 of the file; empty where outputs share one.
    """

    sealed: Sealed
    output: str | None
    sha256: str


@dataclass(frozen=True, slots=True)
class Style:
    """How results are written.

    Attributes:
        form: One of `SUFFIXES`, for outputs that are files.
        schema: The class of the summaries.
        key: The key of the task.
        overwrite: Whether an output that somebody changed is made anew.
    """

    form: str
    schema: type[BaseModel]
    key: str
    overwrite: bool = False


class Outputs(Protocol):
    """Where results are shown; safe to use from several threads."""

    suffix: str | None
    """The suffix of the file that each input has of its own; None where inputs share one."""

    def recover(self) -> Iterator[Recovered]:
        """Yield the results that outputs of an earlier run hold."""
        ...

    def left(self, view: View) -> Iterator[tuple[str, Item]]:
        """Yield what is there as a run wrote it before it was killed, and the ledger does not know.

        Yields:
            The key of the task, and the input with what its output shows; its place in the order is not known.
        """
        ...

    def begin(self, view: View, *, is_new: bool) -> None:
        """Look at what is there; outputs that share a file drop those of other tasks now.

        Raises:
            StoreError: What is there is none of ours, or cannot be written.
        """
        ...

    def must_have_room(self, item: Item) -> None:
        """Refuse an input whose output has no place, before its article is paid for.

        Raises:
            StoreError: What is none of ours is in the way; says what.
        """
        ...

    def state(self, item: Item, article_id: str) -> State:
        """Tell whether an input's output shows the result of an article, is missing, or was changed by somebody."""
        ...

    def put(self, item: Item, article_id: str, result: str) -> str | None:
        """Write an output.

        Args:
            item: The input; its hash is that of what is there.
            article_id: Its article.
            result: The result of that article, as the ledger keeps it.

        Returns:
            The SHA-256 of its bytes, empty where outputs share a file; None when somebody changed it, so that it stays.

        Raises:
            StoreError: It cannot be written.
        """
        ...

    def drop(self, item: Item) -> bool:
        """Take an output away; return whether it is gone: one that somebody changed stays."""
        ...

    def finish(self, view: View, task: int) -> None:
        """Write what is written at the end of a run."""
        ...


class Folder:
    """One file for each input, in a tree like that of the inputs.

    Args:
        root: The folder.
        style: How results are written.
    """

    def __init__(self, root: Path, style: Style) -> None:
        self.root = root
        self.suffix: str | None = SUFFIXES[style.form]
        self._style = style
        self._numbers = itertools.count()
        self._temporary = root / _TEMPORARY
        self._written: written.Written | None = None
        self._last: Item | None = None
        self._folders: set[Path] = set()

    def recover(self) -> Iterator[Recovered]:
        """Yield the results in JSON files; text and Markdown hold too little of them."""
        if self.suffix != ".json":
            return
        for folder, inner, names in os.walk(self.root):
            inner[:] = sorted(name for name in inner if not name.startswith("."))
            for name in sorted(names):
                path = Path(folder) / name
                if path.suffix == self.suffix and not path.is_symlink():
                    with contextlib.suppress(ValueError, OSError):
                        data = path.read_bytes()
                        sealed = unseal(data.decode().removesuffix("\n"))
                        yield Recovered(sealed, path.relative_to(self.root).as_posix(), _sha256(data))

    def left(self, view: View) -> Iterator[tuple[str, Item]]:
        """Yield files that are as they were written, though the ledger knows them otherwise."""
        for key, item in written.read(self._temporary / written.NAME):
            known = view.item(item.name)
            if known is not None and (known.output, known.sha256) == (item.output, item.sha256):
                continue
            if store.digest_of(self._path(item)) == item.sha256:
                yield key, item

    def begin(self, view: View, *, is_new: bool) -> None:  # noqa: ARG002 - a folder takes files as they come
        """Make room for files on their way."""
        try:
            shutil.rmtree(self._temporary, ignore_errors=True)
            self._temporary.mkdir(parents=True, exist_ok=True)
            self._written = written.Written(self._temporary / written.NAME, self._style.key)
        except OSError as error:
            raise store.unwritable(self.root, error) from error

    def must_have_room(self, item: Item) -> None:
        """Refuse a folder in the place of a file, what is none in the place of a folder, and what cannot be a name."""
        path = self._path(item)
        try:
            os.fsencode(path)
        except UnicodeEncodeError as error:
            where = str(path)
            raise StoreError(f"this locale has no such name: {where!r}; set PYTHONUTF8=1", path=where) from error
        if os.path.isdir(path):
            raise _in_the_way(path, "a folder")
        folder = path.parent
        while not os.path.isdir(folder):
            # The writer of another article may have made it since.
            if os.path.lexists(folder) and not os.path.isdir(folder):
                raise _in_the_way(folder, "no folder")
            folder = folder.parent

    def state(self, item: Item, article_id: str) -> State:  # noqa: ARG002 - the item says what its file shows
        """Compare a file with what was written."""
        found = store.digest_of(self._path(item))
        if found is None:
            return "missing"
        return "shown" if found == item.sha256 else ("missing" if self._is_to_be_replaced(item) else "kept")

    def put(self, item: Item, article_id: str, result: str) -> str | None:
        """Write a file, unless somebody else's is there."""
        path, data = self._path(item), self._data(item, result)
        sha256 = _sha256(data)
        found = store.digest_of(path)
        if found == sha256:
            return sha256
        if path.is_dir() or (found not in (None, item.sha256) and not self._is_to_be_replaced(item)):
            return None
        new = item._replace(article_id=article_id, sha256=sha256)
        self._note(new)
        # Names are forced to the disk at the end, once a folder: one that a loss of power undoes is made again.
        store.write(path, data, temporary=self._temporary / str(next(self._numbers)), forces_folder=False)
        self._folders.add(path.parent)
        self._last = new
        return sha256

    def _note(self, item: Item) -> None:
        assert self._written is not None
        try:
            self._written.add(item)
        except OSError as error:
            raise store.unwritable(self.root, error) from error

    def drop(self, item: Item) -> bool:
        """Remove a file that is as it was written."""
        path = self._path(item)
        found = store.digest_of(path)
        if path.is_dir() or (found not in (None, item.sha256) and not self._is_to_be_replaced(item)):
            return False
        try:
            path.unlink(missing_ok=True)
        except NotADirectoryError:  # somebody put a file in the place of its folder
            return True
        except OSError as error:
            raise store.unwritable(path, error) from error
        return True

    def finish(self, view: View, task: int) -> None:  # noqa: ARG002 - every file is written already
        """Force the names of files to the disk, and remove the room for files on their way."""
        if self._written is not None:
            self._written.close()
        for folder in self._folders:
            try:
                force_folder(folder)
            except FileNotFoundError:  # somebody removed it: the next run makes it again
                continue
            except OSError as error:
                raise store.unwritable(folder, error) from error
        known = None if self._last is None else view.item(self._last.name)
        if self._last is None or (known is not None and known.sha256 == self._last.sha256):  # the ledger took it all
            shutil.rmtree(self._temporary, ignore_errors=True)

    def _path(self, item: Item) -> Path:
        assert item.output is not None
        return self.root / item.output

    def _is_to_be_replaced(self, item: Item) -> bool:
        """Whether a file that is not as it was written makes room: one that somebody changed, but no article."""
        if not self._style.overwrite:
            return False
        source = item.source or ""
        return not (os.path.exists(source) and self._path(item).samefile(source))

    def _data(self, item: Item, result: str) -> bytes:
        if self._style.form == "json":
            return seal(result, source=item.source, item=item.name, task=self._style.key)
        found: Result[Any] = Result.from_json(result, schema=self._style.schema)
        return render.FORMATS[self._style.form](replace(found, source=item.source)).encode("utf-8", "replace")


class Nowhere:
    """No outputs: results are only handed on."""

    suffix: str | None = None

    def recover(self) -> Iterator[Recovered]:
        """Yield nothing."""
        yield from ()

    def left(self, view: View) -> Iterator[tuple[str, Item]]:  # noqa: ARG002 - the protocol's signature
        """Yield nothing."""
        yield from ()

    def begin(self, view: View, *, is_new: bool) -> None:
        """There is nothing to look at."""

    def must_have_room(self, item: Item) -> None:
        """There is nothing to put anywhere."""

    def state(self, item: Item, article_id: str) -> State:  # noqa: ARG002 - the protocol's signature
        """Nothing is ever missing."""
        return "shown"

    def put(self, item: Item, article_id: str, result: str) -> str | None:  # noqa: ARG002 - the protocol's signature
        """Write nothing."""
        return ""

    def drop(self, item: Item) -> bool:  # noqa: ARG002 - the protocol's signature
        """Nothing is there."""
        return True

    def finish(self, view: View, task: int) -> None:
        """There is nothing to write."""


def _in_the_way(path: Path, what: str) -> StoreError:
    where = str(path)
    return StoreError(f"{where!r} is {what}, and an output has its place there: move it away", path=where)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
