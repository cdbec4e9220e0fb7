"""What a run has written to its folder, for the next one: after a kill the ledger may not know the last of it.

A ledger is told of an output when that is there, and some time soon. A kill in between would leave one that looks as if
somebody had changed it, which is never replaced. So each is noted here first, for the time of the run.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

from summarizer.batch.view import Item
from summarizer.whole import write_all

NAME = "written.jsonl"


class Written:
    """The notes of a run; safe to use from several threads.

    Args:
        path: Their file.
        key: The key of the run's task.

    Raises:
        OSError: It cannot be written.
    """

    def __init__(self, path: Path, key: str) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND
        self._handle = os.open(path, flags | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0), 0o666)
        self._key = key

    def add(self, item: Item) -> None:
        """Note an output that is about to be written.

        Raises:
            OSError: There is no room for it.
        """
        fields = (self._key, item.name, item.source, item.output, item.article_id, item.sha256)
        write_all(self._handle, json.dumps(fields).encode() + b"\n")  # in one piece, whoever else writes

    def close(self) -> None:
        """Close the file."""
        os.close(self._handle)


def read(path: Path) -> Iterator[tuple[str, Item]]:
    """Yield what a run has noted, with the key of its task; nothing where there are no notes."""
    with contextlib.suppress(OSError), path.open("rb") as file:
        for line in file:
            with contextlib.suppress(ValueError, TypeError):  # what a kill tore
                key, name, source, output, article_id, sha256 = json.loads(line)
                yield key, Item(0, name, source, output, article_id, sha256=sha256)
