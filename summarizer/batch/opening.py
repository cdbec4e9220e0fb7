"""Opens a ledger's file: nobody else works on it, it is whole, and this version can read it."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from pathlib import Path

from summarizer.errors import InUse, StoreError

FORMAT = 1
_APPLICATION = 0x73756D6D  # "summ", by which a ledger is known from another database

_SCHEMA = """
CREATE TABLE runs (
    run INTEGER PRIMARY KEY, pid INTEGER NOT NULL, started TEXT NOT NULL, usage TEXT NOT NULL,
    is_ready INTEGER NOT NULL DEFAULT 0);
CREATE TABLE reservations (number INTEGER PRIMARY KEY, usage TEXT NOT NULL);
CREATE TABLE tasks (task INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE);
CREATE TABLE work (
    task INTEGER NOT NULL, article_id TEXT NOT NULL, attempts INTEGER NOT NULL, outcome TEXT NOT NULL,
    detail TEXT NOT NULL, grounded INTEGER NOT NULL, usage TEXT NOT NULL, result TEXT,
    PRIMARY KEY (task, article_id));
CREATE TABLE calls (
    article_id TEXT NOT NULL, task INTEGER NOT NULL, key TEXT NOT NULL, completion TEXT NOT NULL,
    PRIMARY KEY (article_id, task, key)) WITHOUT ROWID;
CREATE TABLE items (
    seq INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, source TEXT, output TEXT, place TEXT UNIQUE,
    article_id TEXT, task INTEGER, outcome TEXT, detail TEXT, sha256 TEXT);
"""


def lock_path(path: Path) -> Path:
    """Return the file whose lock keeps a second run out."""
    return path.with_name(f"{path.name}-lock")


def files_of(path: Path) -> tuple[Path, ...]:
    """Return every file that belongs to a ledger: none of them is an article."""
    return (path, lock_path(path), path.with_name(f"{path.name}-wal"), path.with_name(f"{path.name}-shm"))


def lock(path: Path) -> sqlite3.Connection:
    """Hold a lock that the system drops with the process, until the connection is closed.

    It is an empty database beside the ledger, locked by SQLite, which knows how to lock on every system.

    Raises:
        InUse: Another process holds it.
        StoreError: The folder cannot be written, or its file system has no locks.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        where = str(path.parent)
        raise StoreError(f"cannot make the folder {where!r}: {error.strerror}; choose another --out") from error
    connection = None
    try:
        connection = sqlite3.connect(lock_path(path), timeout=0, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA journal_mode=MEMORY")  # nothing is ever written: no need for a journal beside it
        connection.execute("BEGIN EXCLUSIVE")
    except sqlite3.Error as error:
        if connection is not None:
            connection.close()
        if not isinstance(error, sqlite3.OperationalError):
            where = str(lock_path(path))
            raise StoreError(f"{where!r} is no lock of a batch: remove it, then run the same command again") from error
        if "locked" not in str(error):
            raise fault(path, error) from error
        pid = _pid(path)
        who, todo = f"process {pid}" if pid else "another process", "wait until it has ended"
        if pid == os.getpid():
            who, todo = "another batch of this process", "take all its outcomes, or close() what yields them"
        raise InUse(
            f"{who} is at work on {str(path)!r}: {todo}, or choose another --out",
            path=str(path),
            pid=pid,
        ) from error
    return connection


def must_be_held(path: Path, held: os.stat_result) -> None:
    """Refuse to write beside a run that began because somebody removed the lock; where it is only gone, nobody did.

    Args:
        path: The ledger.
        held: The file that was locked.

    Raises:
        StoreError: Another file is in its place.
    """
    with contextlib.suppress(OSError):
        if not os.path.samestat(held, lock_path(path).stat()):
            where = str(lock_path(path))
            raise StoreError(f"{where!r} was removed, and another run has begun: wait for it", path=str(path))


def connect(path: Path) -> tuple[sqlite3.Connection, bool]:
    """Open a ledger for writing, and make its tables where there are none; the lock must be held.

    Returns:
        The connection, in autocommit mode, and whether no run was ever ready to begin: what outputs hold is unknown.

    Raises:
        StoreError: It is no ledger, of a newer version, or cannot be written.
    """
    try:
        connection = sqlite3.connect(path, timeout=30, isolation_level=None, check_same_thread=False)
        try:
            is_empty = not connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
            if not is_empty:
                check_format(connection, path)
            connection.execute("PRAGMA journal_mode=WAL")
            if is_empty:
                marks = f"PRAGMA application_id={_APPLICATION}; PRAGMA user_version={FORMAT};"
                connection.executescript(f"BEGIN; {_SCHEMA} {marks} COMMIT;")
            is_new = connection.execute("SELECT 1 FROM runs WHERE is_ready LIMIT 1").fetchone() is None
        except BaseException:
            connection.close()
            raise
    except sqlite3.Error as error:
        raise fault(path, error) from error
    return connection, is_new


def is_begun(path: Path) -> bool:
    """Whether there is a ledger that may hold something: a kill at its very beginning leaves a file without tables."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:  # who reads it says why that cannot be told
        return True
    try:
        with contextlib.closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            return connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone() is not None
    except sqlite3.Error:  # who reads it says what it is
        return True


def check_format(connection: sqlite3.Connection, path: Path) -> None:
    """Refuse a database that is none of ours, or of a newer version.

    Raises:
        StoreError: Says which.
    """
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if application != _APPLICATION:
        raise StoreError(f"{str(path)!r} is no ledger of summarizer: choose another --out", path=str(path))
    if version > FORMAT:
        raise StoreError(
            f"{str(path)!r} was made by a newer version of summarizer (format {version}; this one knows {FORMAT}): "
            "upgrade, or choose another --out",
            path=str(path),
        )


def is_damaged(path: Path) -> bool:
    """Whether there is a file that SQLite cannot read through; the lock must be held."""
    if not path.is_file() or path.stat().st_size == 0:
        return False
    try:
        with contextlib.closing(sqlite3.connect(path, timeout=30)) as connection:
            return bool(connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok")
    except sqlite3.OperationalError:  # it cannot be opened, which is not damage
        return False
    except sqlite3.DatabaseError:
        return True


def set_aside(path: Path) -> Path:
    """Move a damaged ledger away, and return where it is now; nothing is deleted."""
    number = 1
    while (target := path.with_name(f"{path.name}.damaged-{number}")).exists():
        number += 1
    for one in files_of(path):
        if one.exists() and one != lock_path(path):
            one.replace(path.with_name(target.name + one.name.removeprefix(path.name)))
    return target


def fault(path: Path, error: sqlite3.Error) -> StoreError:
    """Say what became of a ledger, and what to do."""
    words = str(error)
    if isinstance(error, sqlite3.OperationalError):
        todo = {
            "database or disk is full": "make room on the disk, then run the same command again",
            "unable to open database file": "choose a folder that exists and can be written",
            "attempt to write a readonly database": "choose a folder that can be written",
            "disk I/O error": "look at the disk and its quota, then run the same command again",
        }.get(words, "run the same command again")
    else:
        todo = "run the same command again: it is made anew from the outputs"
    return StoreError(f"the ledger {str(path)!r} cannot be used: {words}; {todo}", path=str(path))


def _pid(path: Path) -> int | None:
    """The process that began the last run, for people."""
    from summarizer.batch.view import View

    try:
        with View(path) as view:
            return view.pid()
    except StoreError:
        return None
