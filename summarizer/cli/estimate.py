"""`summarizer estimate INPUT...`: calls, tokens and dollars, before spending."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from summarizer.cli import EXIT_FAILED, EXIT_OK, files, note, table
from summarizer.cli.options import input_options, model_options, selection_from, summarizer_from, task_options
from summarizer.errors import UsageError

if TYPE_CHECKING:
    from decimal import Decimal

    from summarizer.api import Summarizer
    from summarizer.batch.estimate import Amount, Estimate, Tree
    from summarizer.batch.view import View
    from summarizer.load.inputs import Input

_MILLION = 1_000_000


@click.command("estimate")
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...", shell_complete=files)
@click.option("-o", "--out", metavar="DIR|FILE", help="Leave out what a batch has done there, and learn from it.")
@input_options
@model_options
@task_options
def command(inputs: tuple[str, ...], *, out: str | None, **options: Any) -> int:
    """Say what a batch over INPUT will take; sends no article.

    The articles are read, cut and put into prompts as a run would do it. How long a model's replies will be is assumed,
    unless --out names a batch that has finished some articles.
    """
    from summarizer.batch.opening import is_begun
    from summarizer.batch.places import ledger_of, none_is_an_article
    from summarizer.load import inputs as load

    where = None if out is None else Path(out)
    if where is not None and not is_begun(ledger_of(where)):
        raise UsageError(f"there is no ledger {str(ledger_of(where))!r}: no batch was run with this --out")
    selection = selection_from(options, but=frozenset() if where is None else none_is_an_article(where))
    with summarizer_from(**options) as summarizer, ledger_view(where) as view:
        return tell(summarizer, load.inputs(inputs, selection, stdin=sys.stdin.buffer), view)


def tell(
    summarizer: Summarizer[Any], inputs: Iterable[Input], view: View | None = None, *, retry_failed: bool = False
) -> int:
    """Print what articles will take, and return the exit code.

    Args:
        summarizer: The `Summarizer` that would summarize them.
        inputs: The articles.
        view: The ledger of a batch: what it has done is left out.
        retry_failed: Whether what failed in it is tried again.
    """
    from summarizer.batch.estimate import estimate

    address = getattr(summarizer.door, "address", None)
    # OpenAI counts the schema among the tokens of the prompt; servers that decode by a grammar do not.
    shows_schema = bool(address and address.is_openai)
    found = estimate(
        summarizer.recipe(),
        inputs,
        view=view,
        retry_failed=retry_failed,
        shows_schema=shows_schema,
        allowance=_allowance(summarizer),
    )
    price = _price(summarizer)
    click.echo(table(list(_rows(found, price))))
    for reason in found.reasons:
        note(reason)
    if found.failing.total() > len(found.reasons):
        note(f"and {found.failing.total() - len(found.reasons):,} more that will fail")
    if not found.is_measured and found.expected.calls:
        note("the length of replies is assumed; --out learns it from a batch that has finished some articles")
    return EXIT_FAILED if found.failing else EXIT_OK


@contextmanager
def ledger_view(out: Path | None) -> Iterator[View | None]:
    """Look into the ledger of a batch's outputs; None where there is none."""
    from summarizer.batch.opening import is_begun
    from summarizer.batch.places import ledger_of
    from summarizer.batch.view import View

    if out is None or not is_begun(ledger_of(out)):
        yield None
        return
    with View(ledger_of(out)) as view:
        yield view


def _price(summarizer: Summarizer[Any]) -> tuple[Decimal, Decimal] | None:
    """Dollars for a million tokens read and written; None when unknown."""
    from decimal import Decimal

    if not summarizer.model.writes:
        return Decimal(0), Decimal(0)
    price_usd = getattr(summarizer.door, "price_usd", None)
    found: tuple[Decimal, Decimal] | None = price_usd() if callable(price_usd) else None
    return found


def _allowance(summarizer: Summarizer[Any]) -> int:
    """Tokens that the model may spend on reasoning beside each reply."""
    from summarizer.records import Usage

    most = getattr(summarizer.door, "most", None)
    return int(most(Usage()).output_tokens or 0) if callable(most) else 0


def _rows(found: Estimate, price: tuple[Decimal, Decimal] | None) -> Iterator[tuple[str, str, str]]:
    parts = {"identical to others": found.identical, "done before": found.done, "failed before": found.left}
    yield "articles", f"{found.found:,}", ", ".join(f"{number:,} {what}" for what, number in parts.items() if number)
    if found.failing:
        why = ", ".join(f"{outcome} {number:,}" for outcome, number in sorted(found.failing.items()))
        yield "will fail", f"{found.failing.total():,}", why
    expected, most = found.expected, found.most
    if found.tree is not None:
        yield "read in parts", f"{found.in_parts:,}", _tree(found.tree, alone=found.in_parts == 1)
    yield "calls", f"{expected.calls:,.0f}", f"at most {found.depth} one after another" if found.depth > 1 else ""
    yield "tokens read", f"{expected.read:,.0f}", f"at most {most.read:,.0f}, without repairs"
    yield "tokens written", f"{expected.written:,.0f}", f"at most {most.written:,.0f}, without repairs"
    if price is None and expected.calls:
        yield "cost", "unknown", "the price of this model is not listed"
    else:
        likely, worst = (0.0 if price is None else _dollars(amount, price) for amount in (expected, most))
        yield "cost", f"${likely:,.4f}", f"at most ${worst:,.4f}, without repairs"


def _tree(tree: Tree, *, alone: bool) -> str:
    parts, *merged, last = tree.levels
    above = [f"{parts:,} parts", *(f"{number:,} times notes on notes" for number in merged), f"{last} summary"]
    name = "" if alone else f"the longest, {tree.source!r}: " if tree.source else "the longest: "
    return name + " -> ".join(above)


def _dollars(amount: Amount, price: tuple[Decimal, Decimal]) -> float:
    return (amount.read * float(price[0]) + amount.written * float(price[1])) / _MILLION
