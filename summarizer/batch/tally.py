"""How far a run is: counted where things happen, read by who shows it."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Counts:
    """A moment of a run; every number counts inputs.

    Attributes:
        found: Seen so far.
        done: Summarized in this run; inputs with the same article count each.
        earlier: Done in an earlier run, or known to have failed in one.
        restored: Outputs that were missing and made again.
        failed: Without a result, in this run or an earlier one.
        kept: Outputs that somebody changed, so that they stay as they are.
        ungrounded: Results with a claim that is unsupported.
        partial: Results of articles of which parts could not be read.
        outcomes: The failed ones by their outcomes.
    """

    found: int = 0
    done: int = 0
    earlier: int = 0
    restored: int = 0
    failed: int = 0
    kept: int = 0
    ungrounded: int = 0
    partial: int = 0
    outcomes: dict[str, int] = field(default_factory=dict)

    @property
    def finished(self) -> int:
        """Inputs of which nothing is to come any more."""
        return self.done + self.earlier + self.failed


class Tally:
    """Counts, from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._numbers: Counter[str] = Counter()
        self._outcomes: Counter[str] = Counter()

    def add(self, *names: str) -> None:
        """Count one of each: names of fields of `Counts`."""
        with self._lock:
            for name in names:
                self._numbers[name] += 1

    def failed(self, outcome: str) -> None:
        """Count a failure."""
        with self._lock:
            self._numbers["failed"] += 1
            self._outcomes[outcome] += 1

    def counts(self) -> Counts:
        """Return this moment."""
        with self._lock:
            return Counts(**self._numbers, outcomes=dict(self._outcomes))
