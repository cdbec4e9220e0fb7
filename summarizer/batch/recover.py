"""Before a run begins: results that outlived their ledger come back, outputs of another task go."""

from __future__ import annotations

from summarizer import store
from summarizer.batch.ledger import Ledger, added, moved, recovered, shown
from summarizer.batch.outputs import Outputs
from summarizer.batch.seal import is_current
from summarizer.batch.view import Item, View

# What waits to be written is in memory.
_AT_ONCE = 1000


def recover(ledger: Ledger, outputs: Outputs) -> list[str]:
    """Fill an empty ledger with the results that outputs hold; return what people should know."""
    tasks: dict[str, int] = {}
    count = 0
    for found in outputs.recover():
        sealed = found.sealed
        if not is_current(sealed):
            continue
        count += 1
        task = tasks.get(sealed.task) or ledger.task(sealed.task)
        tasks[sealed.task] = task
        item = Item(count, sealed.item, None, found.output, sealed.article_id, task, sha256=found.sha256)
        place = None if found.output is None else store.same_place(found.output)
        statements, usage = recovered(item, place, sealed)
        ledger.post(*statements)
        ledger.book.charge(usage)
        if count % _AT_ONCE == 0:
            ledger.commit_now()
    notes = []
    if ledger.damaged is not None:
        notes.append(f"the ledger was damaged; it is now {str(ledger.damaged)!r}")
    if count:
        ledger.commit_now()
        notes.append(
            f"the ledger was made anew from {_outputs(count)}; what failed or was not finished counts as never asked"
        )
    return notes


def regain(ledger: Ledger, view: View, outputs: Outputs) -> None:
    """Tell a ledger of the outputs that a run wrote right before it was killed."""
    last_seq = view.last_seq()
    for key, found in outputs.left(view):
        task, known, place = view.task(key), view.item(found.name), store.same_place(str(found.output))
        work = None if task is None else view.work(task, str(found.article_id))
        is_in_place = known is not None and known.output == found.output
        if work is None or (view.is_taken(place) and not is_in_place):
            continue
        last_seq += known is None
        seq = last_seq if known is None else known.seq
        item = found._replace(seq=seq, task=task, outcome=work.outcome, detail=work.detail or None)
        if known is None:
            ledger.post(added(item, place))
        elif not is_in_place:
            ledger.post(moved(item, place))
        ledger.post(shown(item))
    ledger.commit_now()


def retire(ledger: Ledger, view: View, outputs: Outputs, task: int) -> list[str]:
    """Take away the outputs of other tasks; return what people should know."""
    gone = kept = 0
    for item in view.items():
        if item.task is None or item.task == task:
            continue
        if outputs.drop(item):
            gone += 1
            ledger.post(shown(item._replace(article_id=None, task=None, sha256=None, outcome=None, detail=None)))
            if gone % _AT_ONCE == 0:
                ledger.commit_now()
        else:
            kept += 1
    ledger.commit_now()
    notes = []
    if gone:
        notes.append(
            f"the task has changed (schema, prompt, model or settings): {_outputs(gone)} of the earlier one taken "
            "away; the results stay in the ledger"
        )
    if kept:
        notes.append(f"{_outputs(kept)} of an earlier task changed by somebody: kept")
    return notes


def _outputs(number: int) -> str:
    return f"{number:,} output{'' if number == 1 else 's'}"
