"""What a run holds from its beginning to its end: the ledger, the outputs, and whom it asks."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

from summarizer import store
from summarizer.batch.ledger import Book, Ledger
from summarizer.batch.outputs import Outputs
from summarizer.batch.places import Places
from summarizer.batch.recipe import Recipe, Settings
from summarizer.batch.recover import recover, regain, retire
from summarizer.batch.view import View
from summarizer.providers.budget import Tab
from summarizer.records import Provider

# A result of three sentences takes some 9 kB in the ledger and its output (a disk of 300 kB, 100 kB of them for the
# ledger itself, took 22): with this much for each, what the first calls bring can be kept.
_ROOM_A_CALL = 16 << 10
_MOST_CALLS = 256


@dataclass(frozen=True, slots=True)
class Held:
    """What a run holds.

    Attributes:
        places: Where all is kept.
        ledger: The truth about each article.
        book: Counts what the run spends.
        task: The number of the task in the ledger.
        server: Asks the model.
        provider: The same, behind the replies that are kept.
    """

    places: Places
    ledger: Ledger
    book: Book | Tab
    task: int
    server: Provider
    provider: Provider

    @property
    def outputs(self) -> Outputs:
        """Where results are shown."""
        return self.places.outputs

    def agree(self, calls: int) -> Iterator[str]:
        """Bring ledger and outputs into agreement, and yield what people should know of that, one line each.

        Args:
            calls: How many calls may be in flight: there must be room for what they bring.

        Raises:
            StoreError: What is there cannot be read or written, or is none of ours, or the disk is full.
            UsageError: There is a cap that cannot be kept; no output is touched then.
        """
        if self.ledger.is_new:
            yield from recover(self.ledger, self.outputs)
        self.ledger.book.must_know_what_is_capped()
        with View(self.places.ledger) as view:
            regain(self.ledger, view, self.outputs)
            self.outputs.begin(view, is_new=self.ledger.is_new)
            yield from retire(self.ledger, view, self.outputs, self.task)
        store.must_have_room(self.places.ledger.parent, min(calls, _MOST_CALLS) * _ROOM_A_CALL)
        self.ledger.ready()


def hold(recipe: Recipe[Any], settings: Settings, closing: ExitStack) -> Held:
    """Open what a run needs; `agree` is to come next.

    Args:
        recipe: What is done to each article.
        settings: How.
        closing: Closes it all at the end.

    Raises:
        InUse: Another run works on the ledger.
        StoreError: The ledger cannot be read or written, or is none of ours, or has no place.
        UsageError: Dollars are capped, and the price of the model is unknown.
    """
    key = recipe.task.key(recipe.prompts, recipe.model.label)
    out = settings.out
    if out is None:
        places = closing.enter_context(Places.nowhere())
    else:
        places = Places.of(
            out, form=settings.form, schema=recipe.task.schema, key=key, overwrite=settings.rebuild_outputs
        )
    ledger = Ledger(places.ledger, budget=recipe.budget if out is not None else None)
    closing.callback(ledger.close)
    book = ledger.book if out is not None or recipe.purse is None else Tab(recipe.purse)
    server = recipe.provider(book)
    return Held(places, ledger, book, ledger.task(key), server, recipe.cached(server))
