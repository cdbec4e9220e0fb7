"""Stage 8: files that are whole or not there (`whole.py`), under names that no file system takes for another's."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import time
import unicodedata
from collections.abc import Collection, Iterable
from pathlib import Path
from tempfile import TemporaryFile

from summarizer.errors import StoreError
from summarizer.whole import replacing, write_all

# What common file systems take in one name, and far below what they take in a path.
_MOST_NAME_BYTES = 255
_MOST_PATH_BYTES = 900
_HASH_CHARS = 8

# Nothing of a name may drive a terminal, hide or turn other characters, or be forbidden on Windows or macOS.
_UNSAFE = re.compile(
    '[\x00-\x1f\x7f-\x9f<>:"|?*\\\\\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\U000e0000-\U000e007f]'
)
_RESERVED = frozenset(
    ["con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10))]
)

# Every open file of the process may be in use for the moment; another moment is all it takes.
_BUSY = frozenset({errno.EMFILE, errno.ENFILE, errno.EINTR})
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
_TRIES = 5
_PAUSE_S = 0.2


def write(path: Path, data: bytes, *, temporary: Path | None = None, forces_folder: bool = True) -> None:
    """Write a file whole or not at all, and its folders if need be.

    Args:
        path: Where it goes; what is there is replaced.
        data: The whole content.
        temporary: As for `replacing`.
        forces_folder: As for `replacing`.

    Raises:
        StoreError: It cannot be written; what was there before is untouched.
    """
    for left in range(_TRIES - 1, -1, -1):
        try:
            with replacing(path, temporary=temporary, forces_folder=forces_folder) as handle:
                write_all(handle, data)
        except OSError as error:
            if left and error.errno in _BUSY:
                time.sleep(_PAUSE_S)
                continue
            raise unwritable(path, error) from error
        return


def write_lines(path: Path, lines: Iterable[bytes], *, temporary: Path | None = None) -> int:
    """Write a file of many lines whole or not at all, one line in memory at a time; return how many there were.

    Args:
        path: Where it goes.
        lines: Its lines, with their ends.
        temporary: As for `replacing`.

    Raises:
        StoreError: It cannot be written; what was there before is untouched.
    """
    count = 0
    try:
        with replacing(path, temporary=temporary) as handle, os.fdopen(os.dup(handle), "wb") as file:
            for count, line in enumerate(lines, start=1):  # noqa: B007 - the last one is the number
                file.write(line)
    except OSError as error:
        raise unwritable(path, error) from error
    return count


def unwritable(path: Path, error: OSError) -> StoreError:
    """Return the error for a place that cannot be written, with what to do about it."""
    todo = {
        errno.ENOSPC: "make room on the disk, then run the same command again",
        errno.EDQUOT: "make room in your quota, then run the same command again",
        errno.EFBIG: "raise the limit on file sizes (ulimit -f), then run the same command again",
        errno.ENOENT: "somebody moved or removed its folder: put it back, then run the same command again",
        errno.EROFS: "choose a place that can be written",
        errno.EACCES: "give yourself the permission, or choose another place",
        errno.EMFILE: "raise the limit on open files (ulimit -n), or lower the concurrency",
    }.get(error.errno or 0, "nothing that was there before is changed")
    return StoreError(f"cannot write {str(path)!r}: {error.strerror or error}; {todo}", path=str(path))


def must_have_room(folder: Path, size: int) -> None:
    """Refuse a disk that takes no more than so many bytes. They are written: a quota is not told otherwise.

    Raises:
        StoreError: The disk or the quota is full.
    """
    try:
        with TemporaryFile(dir=folder, buffering=0) as file:
            write_all(file.fileno(), os.urandom(size))
            os.fsync(file.fileno())
    except OSError as error:
        if error.errno in _NO_ROOM:
            raise unwritable(folder, error) from error


def digest_of(path: Path) -> str | None:
    """SHA-256 of a file's bytes in hex; None when there is no such regular file.

    Raises:
        StoreError: It cannot be read.
    """
    try:
        if not path.is_file():
            return None
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreError(f"cannot read {str(path)!r}: {error.strerror or error}", path=str(path)) from error


def safe(name: str, suffix: str, *, apart: str = "", taken: Collection[str] = ()) -> str:
    """Return a relative path, with `/` between folders, that is safe on every common file system and in a terminal.

    Args:
        name: What it is made from, without the suffix; may be hostile: `..`, controls, half characters, any length.
        suffix: The end of the file's name (`.json`).
        apart: Sets files apart whose names would be one; a part of `mark`.
        taken: Names that no folder at the top may have, in lower case.
    """
    parts = [part for part in name.split("/") if part not in ("", ".", "..")] or ["article"]
    folders = [_folder(part, suffix) for part in parts[:-1]]
    if folders and folders[0].casefold() in taken:
        folders[0] += "_"
    last = _component(parts[-1])
    if not apart and (last != parts[-1] or folders != parts[:-1]):
        apart = _hash(name)
    room = _MOST_NAME_BYTES - len(suffix) - (len(apart) + 1 if apart else 0)
    if len(last.encode()) > room or len("/".join(folders).encode()) > _MOST_PATH_BYTES:
        apart = apart or _hash(name)
        folders = folders if len("/".join(folders).encode()) <= _MOST_PATH_BYTES else ["deep"]
        last = _cut(last, _MOST_NAME_BYTES - len(suffix) - len(apart) - 1)
    return "/".join([*folders, f"{last}{'-' if apart else ''}{apart}{suffix}"])


def on_its_way(path: Path) -> Path:
    """Return a place beside a file for its next version, always the same: a kill leaves at most one behind."""
    return path.with_name(f".{_hash(path.name)}.tmp")


def mark(name: str) -> str:
    """Return what sets a name apart from all others: SHA-256 in hex."""
    return hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()


def same_place(path: str) -> str:
    """Return what is equal for two names that some file system takes for one, whatever their case and normal form."""
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", path).casefold())


def _component(name: str) -> str:
    clean = _UNSAFE.sub("_", name)
    if clean[0] in "-.~":
        clean = f"_{clean[1:]}"
    if clean[-1] in ". ":
        clean = f"{clean[:-1]}_"
    return f"_{clean}" if clean.partition(".")[0].strip().lower() in _RESERVED else clean


def _folder(name: str, suffix: str) -> str:
    """A folder may not be named like an output: `a` and `a.json/b` would be in each other's way."""
    clean = _component(name)
    if clean.casefold().endswith(suffix):
        clean += "_"
    return clean if len(clean.encode()) <= _MOST_NAME_BYTES else f"{_cut(clean, 200)}-{_hash(name)}"


def _cut(name: str, most: int) -> str:
    return name.encode()[:most].decode("utf-8", "ignore")


def _hash(name: str) -> str:
    return mark(name)[:_HASH_CHARS]
