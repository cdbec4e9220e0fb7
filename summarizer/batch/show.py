"""Puts what became of articles into the outputs of their inputs, and counts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from summarizer.batch.ledger import Ledger, shown
from summarizer.batch.outputs import Outputs
from summarizer.batch.tally import Tally
from summarizer.batch.view import Item, View, Work, has_result
from summarizer.errors import Outcome, SummarizerError
from summarizer.records import Failure, Result, Usage

if TYPE_CHECKING:
    from pydantic import BaseModel

Told = Result[Any] | Failure

_NOTHING = Usage()


class Show:
    """The outputs of a run; safe to use from several threads.

    Args:
        ledger: Where it is kept what outputs show.
        outputs: The outputs.
        tally: What counts.
        task: The number of the task.
        schema: The class of the summaries.
        tell: Hands on what became of an input that needs no call.
        recalls: Whether what became of one in an earlier run is told too.
    """

    def __init__(
        self,
        ledger: Ledger,
        outputs: Outputs,
        tally: Tally,
        *,
        task: int,
        schema: type[BaseModel],
        tell: Callable[[Told], None],
        recalls: bool,
    ) -> None:
        self.tally = tally
        self.task = task
        self.suffix = outputs.suffix
        self._ledger = ledger
        self._outputs = outputs
        self._schema = schema
        self._tell = tell
        self._recalls = recalls

    def fresh(self, item: Item, article_id: str, work: Work) -> None:
        """Show what became of an article just now."""
        self._put(item, article_id, work)
        self._count(work, "done")

    def earlier(self, item: Item, article_id: str, work: Work, view: View, *, is_fresh: bool) -> None:
        """Make sure that the output shows what became of an article before: in an earlier run, or fresh in this one."""
        state = self._state(item, article_id, work)
        wanted = self._recalls and has_result(work.outcome)
        if state == "missing" or wanted:
            found = view.work(self.task, article_id, result=True)
            assert found is not None
            work = found
        if state == "missing":
            self._put(item, article_id, work)
            is_restored = has_result(work.outcome) and self.suffix is not None and not is_fresh
            self.tally.add(*(["restored"] if is_restored else []))
        elif state == "kept":
            self.tally.add("kept")
        self._count(work, "done" if is_fresh else "earlier")
        if self._recalls:
            self._tell(told(item, article_id, work, self._schema))

    def must_have_room(self, item: Item) -> None:
        """Refuse an input whose output has no place.

        Raises:
            StoreError: Says what is in the way.
        """
        self._outputs.must_have_room(item)

    def failed_to_read(self, item: Item, error: Exception) -> None:
        """Take note of an input that gives no article, or has no place for its output; what was shown before stays."""
        work = failed(error)
        self._ledger.post(shown(item._replace(outcome=work.outcome, detail=work.detail)))
        self.tally.failed(work.outcome)
        self._tell(Failure(None, item.source, outcome_of(work), work.detail))

    def drop(self, item: Item) -> bool:
        """Take an output away; return whether it is gone."""
        return item.article_id is None or self._outputs.drop(item)

    def _state(self, item: Item, article_id: str, work: Work) -> str:
        if (item.outcome, item.detail or "") != (work.outcome, work.detail):
            return "missing"
        if not has_result(work.outcome):
            return "shown"
        if (item.article_id, item.task) != (article_id, self.task):
            return "missing"
        return self._outputs.state(item, article_id)

    def _put(self, item: Item, article_id: str, work: Work) -> None:
        seq, name, source, output, showing, task, _, _, sha256 = item
        if has_result(work.outcome):
            assert work.result is not None
            written = self._outputs.put(item, article_id, work.result)
            if written is None:
                self.tally.add("kept")
            else:
                showing, task, sha256 = article_id, self.task, written
        elif self.drop(item):
            showing = task = sha256 = None
        outcome, detail = work.outcome, work.detail or None
        self._ledger.post(shown(Item(seq, name, source, output, showing, task, outcome, detail, sha256)))

    def _count(self, work: Work, name: str) -> None:
        if not has_result(work.outcome):
            self.tally.failed(work.outcome)
            return
        self.tally.add(name, *([] if work.grounded else ["ungrounded"]), *(["partial"] * (work.outcome == "partial")))


def told(item: Item, article_id: str, work: Work, schema: type[BaseModel]) -> Told:
    """Return what became of an input, as callers get it."""
    if work.result is not None:
        return replace(Result.from_json(work.result, schema=schema), source=item.source)
    return Failure(article_id, item.source, outcome_of(work), work.detail, work.usage)


def outcome_of(work: Work) -> Outcome:
    """Return a stored outcome as the word it is."""
    outcome: Any = work.outcome
    return outcome  # type: ignore[no-any-return]


def failed(error: Exception, usage: Usage = _NOTHING) -> Work:
    """Return the work that an error leaves.

    Args:
        error: A provider or a schema of the user's own may raise anything.
        usage: What its article took; an error of ours tells itself.
    """
    if isinstance(error, SummarizerError):
        return Work(error.outcome, _line(error.message), grounded=False, usage=error.usage or Usage(), result=None)
    detail = _line(f"{type(error).__name__}: {error}")[:300] + _place(error)
    return Work("error", detail, grounded=False, usage=usage, result=None)


def _place(error: Exception) -> str:
    """Where an error arose that is none of ours, for whoever has to mend it: nobody sees where it came from."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "" if trace is None else f" ({Path(trace.tb_frame.f_code.co_filename).name}, line {trace.tb_lineno})"


def _line(text: str) -> str:
    """A text as one line that a database and a terminal take."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in text)
