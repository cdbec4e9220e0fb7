"""What was found out about servers, for every door of the process and, in a file, for the next one.

Each refusal costs a request, and a command that summarizes one article would pay it every time. The file is a help, not
a truth: unreadable, damaged, or of another version it counts as absent, and what cannot be written is found out again.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from functools import cache
from pathlib import Path

from summarizer.providers.ladder import Dialect
from summarizer.whole import replacing, write_all

MAX_AGE_S = 7 * 24 * 3600.0

_FORMAT = "summarizer.capabilities/1"
# A file of this many models is a few hundred kilobytes; the oldest make room.
_MAX_MODELS = 1000
_MAX_BYTES = 4 << 20

_log = logging.getLogger("summarizer.openai")


class Capabilities:
    """How to ask each model at each URL; shared by threads and tasks.

    Args:
        path: Where to remember it; None remembers in this process only.
        max_age_s: After so long a server is asked anew: it may have learned.
    """

    def __init__(self, path: Path | None = None, *, max_age_s: float = MAX_AGE_S) -> None:
        self._path = path
        self._max_age_s = max_age_s
        self._lock = threading.Lock()
        self._known: dict[tuple[str, str], tuple[Dialect, float]] | None = None
        self._unsaved: set[tuple[str, str]] = set()

    def dialect(self, url: str, model: str, start: Dialect) -> Dialect:
        """Return how to ask a model, `start` when nothing is known."""
        with self._lock:
            return self._current((url, model), start)

    def found_at(self, url: str, model: str) -> float | None:
        """Return when something was found out about a model (seconds since 1970); None when nothing was."""
        with self._lock:
            found_at = self._entries().get((url, model), (None, 0.0))[1]
            return found_at if self._is_fresh(found_at) else None

    def move(self, url: str, model: str, *, used: Dialect, to: Dialect) -> None:
        """Record that a server refused `used`, unless another call has moved on already.

        So calls that were refused together take one step together, not one each.
        """
        with self._lock:
            if self._current((url, model), used) == used:
                self._entries()[url, model] = to, time.time()
                self._unsaved.add((url, model))

    def settle(self, url: str, model: str, used: Dialect) -> None:
        """Record that a server answered; what was found on the way is written down."""
        with self._lock:
            if (url, model) in self._unsaved and self._current((url, model), used) == used:
                self._unsaved.discard((url, model))
                self._save()

    def forget(self, url: str, model: str) -> None:
        """Forget a model after a request that no way of asking got through: the refusals were about the request."""
        with self._lock:
            self._unsaved.discard((url, model))
            if self._entries().pop((url, model), None) is not None:
                self._save(without=(url, model))

    def _current(self, place: tuple[str, str], start: Dialect) -> Dialect:
        dialect, found_at = self._entries().get(place, (start, 0.0))
        return dialect if self._is_fresh(found_at) else start

    def _is_fresh(self, found_at: float) -> bool:
        return 0 <= time.time() - found_at < self._max_age_s

    def _entries(self) -> dict[tuple[str, str], tuple[Dialect, float]]:
        if self._known is None:
            self._known = self._load()
        return self._known

    def _load(self) -> dict[tuple[str, str], tuple[Dialect, float]]:
        if self._path is None:
            return {}
        try:
            with self._path.open("rb") as file:
                values = json.loads(file.read(_MAX_BYTES))
            if values["format"] != _FORMAT:
                return {}
            entries = (
                ((item["url"], item["model"]), (Dialect.from_dict(item["dialect"]), float(item["found_at"])))
                for item in values["models"]
            )
            return {place: entry for place, entry in entries if self._is_fresh(entry[1])}
        except FileNotFoundError:  # nothing was found out yet
            return {}
        except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
            _log.debug("no capabilities in %s: %s", self._path, error)
            return {}

    def _save(self, *, without: tuple[str, str] | None = None) -> None:
        """Write what is known beside what other processes have found, whole or not at all."""
        if self._path is None:
            return
        known = {**self._load(), **self._entries()}
        known = {place: entry for place, entry in known.items() if place != without and place not in self._unsaved}
        newest = sorted(known.items(), key=lambda item: item[1][1])[-_MAX_MODELS:]
        models = [
            {"url": url, "model": model, "dialect": dialect.to_dict(), "found_at": found_at}
            for (url, model), (dialect, found_at) in newest
        ]
        text = json.dumps({"format": _FORMAT, "models": models}, ensure_ascii=False, indent=1)
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with replacing(self._path, mode=0o600) as handle:
                write_all(handle, text.encode("utf-8", "replace"))
        except OSError as error:
            _log.debug("capabilities are not written to %s: %s", self._path, error)


def remembered() -> Capabilities:
    """Return what this machine remembers, in the user's folder for state (`XDG_STATE_HOME` and its like)."""
    from platformdirs import user_state_path

    return _at(user_state_path("summarizer", appauthor=False) / "capabilities.json")


@cache
def _at(path: Path) -> Capabilities:
    return Capabilities(path)
