"""What the last test run used of a folder of recordings, kept in that folder: what it did not use may be removed."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

_FOLDER = ".last-run"
_FORMAT = "summarizer.last-run/1"


@dataclass(frozen=True, slots=True)
class LastRun:
    """What a run used.

    Attributes:
        finished_at: When it ended, in ISO 8601.
        partial: Why it tells nothing about what it did not use; None when it was complete.
        used: The start of the key of each recording that it used.
    """

    finished_at: str
    partial: str | None
    used: frozenset[str]

    @classmethod
    def read(cls, folder: Path) -> LastRun | None:
        """Return what was noted last; None when nothing was."""
        try:
            values = json.loads((folder / _FOLDER / "run.json").read_text("utf-8"))
            if values["format"] != _FORMAT:
                return None
            return cls(values["finished_at"], values["partial"], frozenset(values["used"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    @classmethod
    def note(cls, folder: Path, used: Collection[str], partial: str | None) -> None:
        """Note what a run that ends now has used; nothing is noted in a folder that cannot be written."""
        values = {
            "format": _FORMAT,
            "finished_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "partial": partial,
            "used": sorted(used),
        }
        with contextlib.suppress(OSError):
            (folder / _FOLDER).mkdir(exist_ok=True)
            (folder / _FOLDER / ".gitignore").write_text("*\n", "utf-8")
            (folder / _FOLDER / "run.json").write_text(json.dumps(values, indent=1) + "\n", "utf-8")

    def unused(self, files: Iterable[Path]) -> list[Path]:
        """Return the files that were there when the run ended, and that it did not use."""
        ended = datetime.fromisoformat(self.finished_at).timestamp()
        return [file for file in files if file.stem not in self.used and file.stat().st_mtime <= ended + 1]
