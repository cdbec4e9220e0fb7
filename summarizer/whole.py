"""Files that are whole or not there: the one way in which a stage puts a file in its place.

A file is written beside its place, forced to the disk and renamed (the recipe of restic and atomicwrites), then its
folder is forced too: after a crash or a loss of power there is the old file or the new one, never a torn one.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
from collections.abc import Iterator
from pathlib import Path

# How the name of a file begins that has not got its place yet.
TEMPORARY = ".tmp-"
# What a file system says that cannot force a folder, or a folder that may be written but not be looked into.
_NOT_FORCED = frozenset({errno.EINVAL, errno.ENOTSUP, errno.EACCES})


@contextlib.contextmanager
def replacing(
    path: Path,
    *,
    temporary: Path | None = None,
    over: bool = True,
    mode: int = 0o666,
    forces_folder: bool = True,
) -> Iterator[int]:
    """Give an open file to write to, which takes its place when all is well, and leaves no trace when not.

    Args:
        path: Its place; its folders are made.
        temporary: Where it is written first, on the same file system; None is beside it, under a name of its own. Of
            two writers at once with one such name, one would tear the other's file.
        over: Whether it takes the place of a file that is there.
        mode: Who may read and write it, as far as the process lets them.
        forces_folder: Whether the new name is forced to the disk as well; it costs as much as the file. Without, a loss
            of power may bring back the old file, whole.

    Raises:
        FileExistsError: There is a file, and it is not to be replaced.
        OSError: It cannot be written; what was there before is untouched.
    """
    temporary = temporary or path.with_name(f"{TEMPORARY}{os.getpid()}-{secrets.token_hex(8)}")
    try:
        handle = _open(temporary, path, mode)
        try:
            yield handle
            os.fsync(handle)
        finally:
            os.close(handle)
        if over:
            temporary.replace(path)
        else:
            _place(temporary, path)
    except BaseException:
        with contextlib.suppress(OSError):
            temporary.unlink()
        raise
    if forces_folder:
        force_folder(path.parent)


def _open(temporary: Path, path: Path, mode: int) -> int:
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_NOFOLLOW", 0)
    flags |= getattr(os, "O_BINARY", 0)
    if not path.parent.is_dir():
        path.parent.mkdir(parents=True, exist_ok=True)
    return os.open(temporary, flags, mode)


def _place(temporary: Path, path: Path) -> None:
    """Put a file where none is: of several writers at once, the first wins."""
    try:
        os.link(temporary, path)
    except FileExistsError:
        raise
    except OSError:  # a file system without hard links; two writers at once may both believe to be first
        if path.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), str(path)) from None
        temporary.replace(path)
    else:
        temporary.unlink()


def write_all(handle: int, data: bytes) -> None:
    """Write all bytes to an open file: a signal or a nearly full disk may take only a part at a time."""
    view = memoryview(data)
    while view:
        view = view[os.write(handle, view) :]


def force_folder(folder: Path) -> None:
    """Force a folder's entries to the disk, where the system can."""
    if os.name != "posix":
        return
    try:
        handle = os.open(folder, os.O_RDONLY | getattr(os, "O_CLOEXEC", 0))
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
    except OSError as error:
        if error.errno not in _NOT_FORCED:
            raise
