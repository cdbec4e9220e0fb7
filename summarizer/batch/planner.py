"""Decides what is to be done: reads each input, knows it again, and hands on what is new.

It runs in a thread of its own: reading files takes time that nothing else should wait for. It alone gives out the names
of outputs; it reads the ledger and never writes to it but through its writer.
"""

from __future__ import annotations

import itertools
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal

from summarizer import store
from summarizer.batch.ledger import Ledger, added, forgotten, moved
from summarizer.batch.show import Show
from summarizer.batch.view import Item, View, Work, has_result
from summarizer.errors import StoreError
from summarizer.load.inputs import FAILURES, Input
from summarizer.load.tables import SUFFIXES as TABLES
from summarizer.records import Article, Completion

# Whose a name is: the input's own, that of no input or of another one, or of one that is there no more.
Owner = Literal["own", "nobody", "another", "gone"]

# How many inputs may wait for the one call that their article takes.
_MOST_FOLLOWERS = 10_000
_PAUSE_S = 0.05


@dataclass(frozen=True, slots=True)
class Job:
    """An article to summarize.

    Attributes:
        article: The article.
        known: Replies that an earlier run, or an earlier round, got before it was cut off.
        rounds: How often it was tried in this run and found no server.
        earlier: The result of an earlier run that did not read all of it; None when there is none.
    """

    article: Article
    known: Mapping[str, Completion] = field(default_factory=lambda: MappingProxyType({}))
    rounds: int = 0
    earlier: Work | None = None


class Claims:
    """The articles under way, each with the inputs that wait for it: identical articles are paid once."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._items: dict[str, list[Item]] = {}

    def join(self, article_id: str, item: Item) -> int:
        """Have an input wait for an article; return how many do, 1 for the one that brought it."""
        with self._lock:
            items = self._items.setdefault(article_id, [])
            items.append(item)
            return len(items)

    def waiting(self, article_id: str) -> int:
        """Return how many inputs wait for an article."""
        with self._lock:
            return len(self._items.get(article_id, ()))

    def leave(self, article_id: str) -> list[Item]:
        """End the wait; what became of the article is in the ledger, or will not be known."""
        with self._lock:
            return self._items.pop(article_id, [])


class Names:
    """Which names this run has seen: on disk, so that memory stays flat."""

    def __init__(self) -> None:
        self._seen = sqlite3.connect("", isolation_level=None)
        # One transaction that never ends: the file goes with this object, so nothing is ever taken back, and to be able
        # to would take more than half of the time of each statement.
        self._seen.executescript(
            "PRAGMA journal_mode = OFF;"
            "CREATE TABLE identities (identity TEXT PRIMARY KEY) WITHOUT ROWID;"
            "CREATE TABLE names (name TEXT PRIMARY KEY, times INTEGER) WITHOUT ROWID;"
            "CREATE TABLE places (place TEXT PRIMARY KEY) WITHOUT ROWID;"
            "CREATE TABLE met (article_id TEXT PRIMARY KEY) WITHOUT ROWID;"
            "CREATE TABLE tried (article_id TEXT PRIMARY KEY) WITHOUT ROWID;"
            "CREATE TABLE rows (table_and_article TEXT PRIMARY KEY) WITHOUT ROWID;"
            "BEGIN;"
        )

    def close(self) -> None:
        """Forget all."""
        self._seen.close()

    def name(self, given: Input, owner: Callable[[str], Owner]) -> str | None:
        """Return what an input is called in this run; None when it was seen already.

        Args:
            given: The input.
            owner: Tells whose a name was in an earlier run.
        """
        identity = given.identity.encode("utf-8", "surrogatepass")
        if not self._insert("INSERT INTO identities VALUES (?) ON CONFLICT DO NOTHING", identity):
            return None
        left: str | None = None
        for name in self._numbered(given.name):
            whose = "another" if self.knows(name) else owner(name)
            if whose in ("own", "nobody"):
                break
            left = left or (name if whose == "gone" else None)
        if whose == "nobody" and left is not None:
            name = left
        self._insert("INSERT INTO names VALUES (?, 1)", name)
        count = "UPDATE names SET times = times + 1 WHERE name = ? AND name || '~' || (times + 1) = ?"
        self._seen.execute(count, (given.name, name))
        return name

    def _numbered(self, name: str) -> Iterator[str]:
        """Yield what inputs of one name may be called, but for the first numbers, which are given in this run."""
        yield name
        found = self._seen.execute("SELECT times FROM names WHERE name = ?", (name,)).fetchone()
        for number in itertools.count(2 if found is None else found[0] + 1):
            yield f"{name}~{number}"

    def take(self, place: str) -> bool:
        """Take the place of an output; return whether it was free in this run."""
        return self._insert("INSERT INTO places VALUES (?) ON CONFLICT DO NOTHING", place)

    def knows(self, name: str) -> bool:
        """Whether an input of this name was seen in this run."""
        return self._seen.execute("SELECT 1 FROM names WHERE name = ?", (name,)).fetchone() is not None

    def has_rows_of(self, table: str) -> bool:
        """Whether rows of this table were seen in this run."""
        between = (f"{table}#", f"{table}$")  # the next character
        return self._seen.execute("SELECT 1 FROM names WHERE name > ? AND name < ?", between).fetchone() is not None

    def add_row(self, table: str, article_id: str) -> None:
        """Take note of an article of a table."""
        self._insert("INSERT INTO rows VALUES (?) ON CONFLICT DO NOTHING", f"{table}#{article_id}")

    def holds(self, table: str, article_id: str) -> bool:
        """Whether an article was seen in a table in this run."""
        row = f"{table}#{article_id}"
        return self._seen.execute("SELECT 1 FROM rows WHERE table_and_article = ?", (row,)).fetchone() is not None

    def first(self, article_id: str) -> bool:
        """Whether an article is handed on for the first time in this run."""
        return self._insert("INSERT INTO met VALUES (?) ON CONFLICT DO NOTHING", article_id)

    def has_met(self, article_id: str) -> bool:
        """Whether an article was handed on in this run."""
        return self._seen.execute("SELECT 1 FROM met WHERE article_id = ?", (article_id,)).fetchone() is not None

    def first_try(self, article_id: str) -> bool:
        """Whether an article that failed before is met for the first time in this run."""
        return self._insert("INSERT INTO tried VALUES (?) ON CONFLICT DO NOTHING", article_id)

    def _insert(self, sql: str, value: Any) -> bool:
        return self._seen.execute(sql, (value,)).rowcount == 1


class Planner:
    """Turns inputs into jobs.

    Args:
        inputs: The inputs, read in this thread.
        ledger: Where new inputs are made known.
        show: Puts results into outputs.
        claims: The articles under way.
        hand_on: Takes a job; waits when there are enough.
        retry_failed: Whether articles that failed before are tried again.
        stopping: Set when nothing more is wanted.
    """

    def __init__(
        self,
        inputs: Iterable[Input],
        ledger: Ledger,
        show: Show,
        claims: Claims,
        *,
        hand_on: Callable[[Job], None],
        retry_failed: bool,
        stopping: threading.Event,
    ) -> None:
        self._inputs = inputs
        self._ledger = ledger
        self._show = show
        self._claims = claims
        self._hand_on = hand_on
        self._retry_failed = retry_failed
        self._stopping = stopping

    def run(self) -> None:
        """Go through the inputs, to their end or until nothing more is wanted."""
        self._names = Names()
        self._view = View(self._ledger.path)
        try:
            self._last_seq = self._view.last_seq()
            self._is_first = self._last_seq == 0  # what this run adds is in `Names` already: nothing to look up
            self._has_work = self._view.has_work()
            for given in self._inputs:
                if self._stopping.is_set():
                    break
                self._admit(given)
            else:
                self._forget_what_is_gone()
                self._forget_what_has_another_name()
        finally:
            self._view.close()
            self._names.close()

    def _admit(self, given: Input) -> None:
        name = self._names.name(given, lambda name: self._owner(name, given))
        if name is None:
            return
        self._show.tally.add("found")
        item = self._item(name, given)
        try:
            self._show.must_have_room(item)
            article = given.read()
        except Exception as error:  # noqa: BLE001 - one article that takes all memory must not cost the others
            self._show.failed_to_read(item, error)
            return
        if not self._is_first and (table := _table_of(name)) is not None:
            self._names.add_row(table, article.id)
        followers = self._claims.join(article.id, item)
        if followers > 1:
            self._wait(article.id, followers)
            return
        task = self._show.task
        is_new = not self._has_work and self._names.first(article.id)  # what this run has finished it has met before
        work = None if is_new else self._view.work(task, article.id)
        if work is None or (work.outcome != "ok" and self._retry_failed and self._names.first_try(article.id)):
            known = self._view.calls(task, article.id) if self._ledger.keeps_calls else {}
            if work is not None:
                work = self._view.work(task, article.id, result=True) if has_result(work.outcome) else None
            if self._has_work:
                self._names.first(article.id)
            self._hand_on(Job(article.named(source=given.source, language=article.language), known, earlier=work))
            return
        self._claims.leave(article.id)
        self._show.earlier(item, article.id, work, self._view, is_fresh=self._names.has_met(article.id))

    def _forget_what_is_gone(self) -> None:
        """Forget what could not be taken and is there no more: who removed a broken file is to read no more of it."""
        for item in self._view.unread():
            if not self._names.knows(item.name) and self._is_gone(item):
                self._ledger.post(forgotten(item))

    def _is_gone(self, item: Item) -> bool:
        if item.source is None:
            return False
        table = _table_of(item.name)
        if table is not None:
            return self._names.has_rows_of(table)
        if self._names.has_rows_of(item.name):  # a table that could not be read before
            return True
        path = Path(item.source)
        if os.path.isdir(path):  # one that could not be listed before, or in the place of a file
            return os.access(path, os.R_OK | os.X_OK)
        return os.path.isdir(path.parent) and not os.path.lexists(path)

    def _forget_what_has_another_name(self) -> None:
        """Forget rows that their tables hold under other ids now, as with another `--id-column`, and their outputs.

        A row that is in its table no more stays as it is: a table may be a window on what comes and goes.
        """
        if self._is_first:
            return
        renamed: set[str] = set()
        for item, table in self._rows_not_seen():
            if item.article_id is not None and self._names.holds(table, item.article_id) and self._show.drop(item):
                self._ledger.post(forgotten(item))
                renamed.add(table)
        for item, table in self._rows_not_seen() if renamed else ():
            if item.article_id is None and table in renamed:  # one that failed: it is told by its new name
                self._ledger.post(forgotten(item))

    def _rows_not_seen(self) -> Iterator[tuple[Item, str]]:
        for item in self._view.items():
            table = _table_of(item.name)
            if table is not None and not self._names.knows(item.name):
                yield item, table

    def _owner(self, name: str, given: Input) -> Owner:
        """Two folders may hold files of one name; who moved a folder means the same files all the same."""
        found = self._known(name)
        if found is None:
            return "nobody"
        if found.source in (None, given.source) or given.source is None:
            return "own"
        earlier, now = _file_of(found.source), _file_of(given.source)
        if not os.path.exists(earlier):
            return "gone"
        return "own" if os.path.exists(now) and Path(earlier).samefile(now) else "another"

    def _known(self, name: str) -> Item | None:
        """Return an input of an earlier run by its name."""
        return None if self._is_first else self._view.item(name)

    def _wait(self, article_id: str, followers: int) -> None:
        """Stay flat when a hundred thousand inputs wait for one article."""
        while followers >= _MOST_FOLLOWERS and not self._stopping.is_set():
            time.sleep(_PAUSE_S)
            followers = self._claims.waiting(article_id)

    def _item(self, name: str, given: Input) -> Item:
        """Return what is known of an input, or make it known."""
        suffix = self._show.suffix
        found = self._known(name)
        if found is None:
            self._last_seq += 1
            output, place = self._output(name, given, suffix)
            item = Item(self._last_seq, name, given.source, output)
            self._ledger.post(added(item, place))
            return item
        if suffix is not None and not (found.output or "").endswith(suffix):  # another format than last time
            self._show.drop(found)
            output, place = self._output(name, given, suffix)
            item = found._replace(source=given.source, output=output, article_id=None, task=None, sha256=None)
            self._ledger.post(moved(item, place))
            return item
        return found._replace(source=given.source)

    def _output(self, name: str, given: Input, suffix: str | None) -> tuple[str | None, str | None]:
        """Choose a file that no other input has, on any file system."""
        if suffix is None:
            return None, None
        digest = store.mark(name)
        for length in (0, 8, 16, len(digest)):
            output = store.safe(given.stem, suffix, apart=digest[:length], taken=(FAILURES,))
            place = store.same_place(output)
            if (self._is_first or not self._view.is_taken(place)) and self._names.take(place):
                return output, place
        raise StoreError(f"no name is left for the output of {name!r}")


def _file_of(source: str) -> str:
    """Return the file in which an input is: itself, or the table of a row."""
    return source if os.path.lexists(source) else _table_of(source) or source


def _table_of(name: str) -> str | None:
    """Return the table of an input that is a row; None for any other. An id may hold anything, a path too."""
    at = name.find("#")
    while at >= 0:
        if Path(name[:at]).suffix.lower() in TABLES:
            return name[:at]
        at = name.find("#", at + 1)
    return None
