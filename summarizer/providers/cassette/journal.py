"""What a run did with its recordings: one file a process, one line an event.

A run is many processes (xdist workers, programs under test), so each appends to a file of its own, and whoever started
the run reads them all at its end.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

# Names the folder of the journals for child processes.
NAME = "SUMMARIZER_FIXTURES_JOURNAL"

Event = Literal["used", "made", "differs"]


class Journal:
    """Notes events in a file of this process.

    Args:
        folder: Where the journals of a run are.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._noted: set[tuple[Event, str]] = set()
        self._file = ""

    def note(self, event: Event, recordings: Path, key: str, detail: str = "") -> None:
        """Note an event about a recording, once; a journal that cannot be written costs a report, not a test."""
        if (event, key) in self._noted:
            return
        self._noted.add((event, key))
        line = "\t".join((event, str(recordings.absolute()), key[:24], " ".join(detail.split()))) + "\n"
        with contextlib.suppress(OSError):
            self._append(line.encode("utf-8", "replace"))

    def _append(self, line: bytes) -> None:
        prefix = f"{os.getpid()}-"  # a forked child gets a file of its own
        if not self._file.startswith(prefix):
            self._file = prefix + secrets.token_hex(4)
            self._folder.mkdir(parents=True, exist_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)
        handle = os.open(self._folder / self._file, flags, 0o600)
        try:
            os.write(handle, line)
        finally:
            os.close(handle)


@dataclass(slots=True)
class Story:
    """What the journals of a run tell about one folder of recordings.

    Attributes:
        used: The start of the key of each recording that was asked for or made.
        made: Of those, the new ones.
        differs: What a live reply has that its recording has not, by key.
    """

    used: set[str] = field(default_factory=set)
    made: set[str] = field(default_factory=set)
    differs: dict[str, str] = field(default_factory=dict)


def read(folder: Path) -> dict[Path, Story]:
    """Read the journals of a run, by folder of recordings; a line that a killed process left half is left out."""
    stories: dict[Path, Story] = {}
    for path in sorted(folder.glob("*")):
        for line in path.read_text("utf-8", "replace").splitlines():
            event, _, rest = line.partition("\t")
            parts = rest.split("\t")
            if len(parts) != 3 or len(parts[1]) != 24:
                continue
            story = stories.setdefault(Path(parts[0]), Story())
            story.used.add(parts[1])
            if event == "made":
                story.made.add(parts[1])
            if event == "differs":
                story.differs[parts[1]] = parts[2]
    return stories
