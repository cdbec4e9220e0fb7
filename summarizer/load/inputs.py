"""Many articles by name: files, folders, globs, lists of paths and tables become a stream of inputs.

Nothing is read before it is asked for, and nothing is kept: a folder of a million files takes the memory of the names
of its fullest subfolder.
"""

from __future__ import annotations

import codecs
import contextlib
import fnmatch
import glob
import os
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from summarizer.errors import Unreadable, UsageError
from summarizer.load.file import as_article, load
from summarizer.load.tables import SUFFIXES as TABLES
from summarizer.load.tables import Row, rows
from summarizer.records import Article
from summarizer.surrogates import without_surrogates

_BLOCK_BYTES = 1 << 16
_MOST_NAME_BYTES = 1 << 16
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)
# Between a table and the number of a row, where no file's name may have it: a file may be called `table.csv#1`.
_OF_A_ROW = "\0"
# The ledger of a batch: in the folder of its outputs, or beside the file that they are in, by this end of its name.
LEDGER = ".summarizer.sqlite"
LEDGER_OF_A_FILE = ".ledger.sqlite"
FAILURES = "failures.jsonl"
FAILURES_OF_A_FILE = ".failures.jsonl"


@dataclass(frozen=True, slots=True)
class Input:
    """One article to come.

    Attributes:
        name: What it is called among the inputs, the same in every run; valid UTF-8.
        stem: What its output is called, without a suffix; folders are kept apart by `/`.
        source: Where it is, for people; valid UTF-8; None for a text given as such.
        identity: The very same input, named twice, has the same.
        read: Reads the article; raises `Unreadable`.
    """

    name: str
    stem: str
    source: str | None
    identity: str
    read: Callable[[], Article]


@dataclass(frozen=True, slots=True)
class Selection:
    """Which files of folders are taken, and how tables are read.

    Attributes:
        include: Globs; a file is taken when one fits its name or its path below the folder. None takes all.
            A folder may end with `/`, and `**/` is any folders, or none.
        exclude: Globs; what fits is left out, folders with all they hold.
        but: Files and folders that are no articles, as resolved paths: the outputs.
        text_column: The column of a table that holds the articles.
        id_column: The column that names them; None counts the rows.
    """

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    but: frozenset[Path] = frozenset()
    text_column: str = "text"
    id_column: str | None = None

    def takes(self, path: str) -> bool:
        """Whether a file of a folder is taken, by its path below the folder."""
        return not _fits(path, _globs(self.exclude)) and (not self.include or _fits(path, _globs(self.include)))

    def enters(self, path: str) -> bool:
        """Whether a folder is entered."""
        return not _fits(path, _globs(self.exclude))


def inputs(names: Iterable[str], selection: Selection, *, stdin: BinaryIO | None = None) -> Iterator[Input]:
    """Return the inputs that names stand for, in a fixed order; they are found as they are asked for.

    Args:
        names: Files, folders (with all below them, but nothing hidden), globs, tables by their suffix, and `-` for a
            list of paths, one a line or set apart by NUL.
        selection: Which files of folders are taken.
        stdin: Where the list is read from.

    Raises:
        UsageError: A name that stands for nothing, or for the folder of the outputs; nothing is read then.
    """
    named = tuple(names)
    for name in named:
        if name == "-" and stdin is None:
            raise UsageError("'-' is a list of paths on standard input, and there is none")
        _must_stand_for_something(name)
        if name != "-" and os.path.isdir(name):
            _must_hold_no_outputs(Path(name), selection)
        elif _is_an_output(Path(name), selection) and not _has_run(selection):
            raise UsageError(f"{name!r} is an input: name another file for the output, which would take its place")
    return _inputs(named, selection, stdin)


def _inputs(names: tuple[str, ...], selection: Selection, stdin: BinaryIO | None) -> Iterator[Input]:
    for name in names:
        if name == "-":
            assert stdin is not None
            for listed in _listed(stdin):
                yield from _named(listed, selection)
        elif glob.has_magic(name) and not os.path.lexists(name):
            for one in sorted(set(_fitting(name))):
                if not os.path.isdir(one):
                    yield from _named(one, selection)
        else:
            yield from _named(name, selection)


def _must_stand_for_something(name: str) -> None:
    """Refuse a name before any work is done, not after an hour."""
    if name == "-":
        return
    try:
        os.lstat(name)
    except ValueError as error:  # a NUL character
        raise UsageError(f"{name!r} is no name of a file: {error}") from error
    except (FileNotFoundError, NotADirectoryError):
        _must_fit_something(name)
    except OSError as error:
        raise UsageError(f"{name!r} cannot be read: {error.strerror}") from error


def _must_fit_something(name: str) -> None:
    if not glob.has_magic(name):
        raise UsageError(f"there is no file or folder {name!r}: check the name and the folder ({str(Path.cwd())!r})")
    if next(_fitting(name), None) is None:
        raise UsageError(f"nothing fits {name!r}")


def _fitting(pattern: str) -> Iterator[str]:
    """Yield the paths that fit a glob, some perhaps twice; `**` follows no link to a folder, so that no loop exists."""
    parts = pattern.replace(os.sep, "/").split("/")
    if "**" not in parts:
        yield from glob.iglob(pattern)  # noqa: PTH207 - a name may be absolute
        return
    at = parts.index("**")
    above, below = "/".join(parts[:at]), "/".join(parts[at + 1 :]) or "*"
    for folder in glob.iglob(f"{above}/") if at else ("",):  # noqa: PTH207 - as above
        for inner in _folders(folder):
            yield from _fitting(f"{glob.escape(inner)}{below}")


def _folders(root: str) -> Iterator[str]:
    """Yield a folder and all below it that are not hidden, each with a slash at its end; a link is not entered."""
    folders = [root]
    while folders:
        folder = folders.pop()
        yield folder
        with contextlib.suppress(OSError), os.scandir(folder or ".") as entries:  # as `glob` does
            inner = [one.name for one in entries if one.is_dir(follow_symlinks=False) and not one.name.startswith(".")]
            folders += [f"{folder}{name}/" for name in inner]


def _must_hold_no_outputs(folder: Path, selection: Selection) -> None:
    """Refuse outputs beside the articles, which the next run would take for articles too; globs may tell them apart."""
    if folder.resolve() in selection.but and not selection.include:
        raise UsageError(
            f"{str(folder)!r} holds the articles: the next run would take outputs in it for articles too; name another "
            "folder for them (one inside will do), or choose the articles by a glob (--include '*.txt')"
        )


def _is_an_output(path: Path, selection: Selection) -> bool:
    is_called_so = any(path.name == one.name for one in selection.but)  # a look at the disk takes a hundred times that
    return is_called_so and Path(os.path.realpath(path)) in selection.but


def _has_run(selection: Selection) -> bool:
    """Whether there is a ledger among the outputs: what lies there was made by an earlier run."""
    return any(one.name.endswith((LEDGER, LEDGER_OF_A_FILE)) and os.path.exists(one) for one in selection.but)


def count(names: Iterable[str], selection: Selection) -> int | None:
    """Return how many inputs names stand for; None where that takes reading a table."""
    number = 0
    for one in inputs(names, selection):
        if _OF_A_ROW in one.identity:
            return None
        number += 1
    return number


def given(articles: Iterable[str | Path | Article], selection: Selection = Selection()) -> Iterator[Input]:
    """Yield the inputs that objects stand for: a text is the text itself, a `Path` a file, a folder or a table.

    Raises:
        UsageError: An object that is none of these.
    """
    for number, article in enumerate(articles, start=1):
        if isinstance(article, Path):
            yield from _named(str(article), selection)
        else:
            yield _object(as_article(article), number)


def _object(article: Article, number: int) -> Input:
    source = None if article.source is None else _valid(article.source)
    name = source or f"article-{article.id[:16]}"
    stem = name.removesuffix(Path(name).suffix) or name
    return Input(name, stem, source, f"#{number}", lambda: article)


def _named(name: str, selection: Selection) -> Iterator[Input]:
    path = Path(name)
    if os.path.isdir(name):
        yield from _in_folder(path, selection)
    elif not _is_an_output(path, selection):  # what a shell makes of `*.jsonl` when `--out all.jsonl` is there
        yield from _file(path, _below_here(path), selection)


def _in_folder(root: Path, selection: Selection) -> Iterator[Input]:
    """Walk a folder without following links to folders, so that no loop and no way out of it exists."""
    _must_hold_no_outputs(root, selection)
    inside = root.resolve()
    folders = [""]
    while folders:
        below = folders.pop()
        try:
            with os.scandir(root / below) as entries:
                found = sorted((entry.name, entry.is_dir(follow_symlinks=False)) for entry in entries)
        except OSError as error:
            yield _broken(root / below, below or root.name, f"cannot be listed: {error.strerror}")
            continue
        inner = []
        others = _outputs_among({entry for entry, _ in found}, is_named=not below)
        for entry, is_folder in found:
            path = f"{below}/{entry}" if below else entry
            if entry.startswith(".") or inside / path in selection.but or others(entry):
                continue
            if is_folder:
                inner += [path] if selection.enters(path) else []
            elif selection.takes(path):
                yield from _entry(root / path, path, inside, selection)
        folders += reversed(inner)


def _outputs_among(names: Collection[str], *, is_named: bool) -> Callable[[str], bool]:
    """Return what knows the outputs of other batches in a folder, by the ledgers that lie there.

    Args:
        names: What the folder holds.
        is_named: Whether somebody named the folder itself: then what it holds is meant, whatever that is.
    """
    if LEDGER in names and not is_named:
        return lambda _: True
    outs = [name.removesuffix(LEDGER_OF_A_FILE) for name in names if name.endswith(LEDGER_OF_A_FILE)]
    theirs = {name for out in outs for name in (out, out + FAILURES_OF_A_FILE)}
    beside = tuple(out + LEDGER_OF_A_FILE for out in outs)
    return lambda name: name in theirs or name.startswith(beside)


def _entry(path: Path, below: str, inside: Path, selection: Selection) -> Iterator[Input]:
    if os.path.islink(path):
        try:
            target = path.resolve(strict=True)
        except (OSError, RuntimeError):
            yield _broken(path, below, "is a link to nothing: remove it, or restore what it led to")
            return
        if target.is_dir():
            return
        if not target.is_relative_to(inside):
            yield _broken(path, below, "is a link out of its folder: name the file it leads to, or copy it")
            return
    yield from _file(path, below, selection)


def _file(path: Path, name: str, selection: Selection) -> Iterator[Input]:
    if path.suffix.lower() in TABLES:
        yield from _in_table(path, name, selection)
    else:
        stem = name.removesuffix(path.suffix) if path.suffix else name
        yield Input(_valid(name), stem, _valid(str(path)), str(path.absolute()), lambda: load(path))


def _in_table(path: Path, name: str, selection: Selection) -> Iterator[Input]:
    folder, identity = name.removesuffix(path.suffix), str(path.absolute())
    named, found_in = _valid(name), _valid(str(path))
    try:
        for row in rows(path, text_column=selection.text_column, id_column=selection.id_column):
            # An id may hold anything; only folders of files become folders of outputs.
            stem = f"{folder}/{row.id.replace('/', '_')}"
            own = _valid(row.id)
            source = f"{found_in}#{own}"
            yield Input(f"{named}#{own}", stem, source, f"{identity}{_OF_A_ROW}{row.number}", _reader(row, source))
    except Unreadable as error:
        yield _failing(path, name, error)


def _reader(row: Row, source: str) -> Callable[[], Article]:
    def read() -> Article:
        if isinstance(row.text, Unreadable):
            raise row.text
        return Article(row.text, source)

    return read


def _broken(path: Path, name: str, what: str) -> Input:
    return _failing(path, name, Unreadable(f"{str(path)!r} {what}", source=str(path)))


def _failing(path: Path, name: str, error: Unreadable) -> Input:
    def read() -> Article:
        raise error

    return Input(_valid(name), name, _valid(str(path)), str(path.absolute()), read)


def _below_here(path: Path) -> str:
    """A file that is named directly is called by its path from here, or by its whole path when it is elsewhere."""
    absolute = Path(os.path.normpath(path.absolute()))
    here = Path.cwd()
    relative = absolute.relative_to(here) if absolute.is_relative_to(here) else absolute.relative_to(absolute.anchor)
    return relative.as_posix()


def _listed(stream: BinaryIO) -> Iterator[str]:
    """Yield paths from a list as they come; the first block tells what sets them apart."""
    data = _some(stream).removeprefix(codecs.BOM_UTF8)  # as shells of Windows write one
    end = b"\0" if b"\0" in data else b"\n"
    left = b""
    if data.startswith(_UTF_16):
        raise _in_utf_16()
    while data:
        *whole, left = (left + data).split(end)
        # No file is called so: it is the end of a line in UTF-16, of which each character would be a path, `/` too.
        if end == b"\0" and (b"\n" in whole or b"\r" in whole):
            raise _in_utf_16()
        yield from (_path(name) for name in whole if name.strip())
        if len(left) > _MOST_NAME_BYTES:
            raise UsageError("standard input is no list of paths: it holds a line of more than 64 kB")
        data = _some(stream)
    if left.strip():
        yield _path(left)


def _in_utf_16() -> UsageError:
    return UsageError("standard input is no list of paths in UTF-8, but in UTF-16 or UTF-32: save the list as UTF-8")


def _some(stream: BinaryIO) -> bytes:
    """Return what is there without waiting for a full block: a list may come slowly."""
    read = getattr(stream, "read1", stream.read)
    data: bytes = read(_BLOCK_BYTES)
    return data


def _path(name: bytes) -> str:
    return os.fsdecode(name.removesuffix(b"\r"))


def _valid(text: str) -> str:
    """A name as UTF-8 can hold it: bytes of a file's name that are none stand as `%DCFF`."""
    return without_surrogates(text, lambda found: f"%{ord(found[0]):X}")


@lru_cache
def _globs(given: tuple[str, ...]) -> tuple[str, ...]:
    """Return globs as they are held against paths: shells end a folder with `/`, and `**/` may be none."""
    plain = [one.rstrip("/") for one in given]
    return (*plain, *(one.replace("**/", "") for one in plain if "**/" in one))


def _fits(path: str, globs: Collection[str]) -> bool:
    """Whether a glob fits a path or its last part; `*` stands for any characters, `/` too."""
    name = path.rpartition("/")[2]
    return any(fnmatch.fnmatchcase(path, one) or fnmatch.fnmatchcase(name, one) for one in globs)
