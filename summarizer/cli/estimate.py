"""`summarizer estimate INPUT...`: calls, tokens and dollars, before spending."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from summarizer.cli import EXIT_FAILED, EXIT_OK, note
from summarizer.cli.options import input_options, model_options, selection_from, summarizer_from, task_options
from summarizer.errors import UsageError

if TYPE_CHECKING:
    from decimal import Decimal

    from summarizer.batch.estimate import Amount, Estimate
    from summarizer.batch.view import View

_MILLION = 1_000_000


@click.command("estimate")
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option("-o", "--out", metavar="DIR|FILE", help="Leave out what a batch has done there, and learn from it.")
@input_options
@model_options
@task_options
def command(inputs: tuple[str, ...], *, out: str | None, **options: Any) -> int:
    """Say what a batch over INPUT will take; sends nothing.

    The articles are read, cut and put into prompts as a run would do it. How long a model's replies will be is assumed,
    unless --out names a batch that has finished some articles.
    """
    from summarizer.batch.estimate import estimate
    from summarizer.batch.places import none_is_an_article
    from summarizer.load import inputs as load

    selection = selection_from(options, but=frozenset() if out is None else none_is_an_article(Path(out)))
    with summarizer_from(**options) as wired:
        address = getattr(wired.door, "address", None)
        view = _view(out)
        try:
            found = estimate(
                wired.recipe(),
                load.inputs(inputs, selection, stdin=sys.stdin.buffer),
                view=view,
                # OpenAI counts the schema among the tokens of the prompt; servers that decode by a grammar do not.
                shows_schema=bool(address and address.is_openai),
                allowance=_allowance(wired),
            )
        finally:
            if view is not None:
                view.close()
        price = _price(wired)
    rows = list(_rows(found, price))
    width, right = max(len(row[0]) for row in rows), max(len(row[1]) for row in rows)
    for name, value, more in rows:
        click.echo(f"{name:<{width}}  {value:>{right}}  {more}".rstrip())
    if not found.is_measured and found.expected.calls:
        note("the length of replies is assumed; --out learns it from a batch that has finished some articles")
    return EXIT_FAILED if found.failing else EXIT_OK


def _view(out: str | None) -> View | None:
    from summarizer.batch.places import ledger_of
    from summarizer.batch.view import View

    if out is None:
        return None
    ledger = ledger_of(Path(out))
    if not ledger.exists():
        raise UsageError(f"there is no ledger {str(ledger)!r}: no batch was run with this --out")
    return View(ledger)


def _price(wired: Any) -> tuple[Decimal, Decimal] | None:
    """Dollars for a million tokens read and written; None when unknown."""
    from decimal import Decimal

    if not wired.model.writes:
        return Decimal(0), Decimal(0)
    price_usd = getattr(wired.door, "price_usd", None)
    found: tuple[Decimal, Decimal] | None = price_usd() if callable(price_usd) else None
    return found


def _allowance(wired: Any) -> int:
    """Tokens that the model may spend on reasoning beside each reply."""
    from summarizer.records import Usage

    most = getattr(wired.door, "most", None)
    return int(most(Usage()).output_tokens or 0) if callable(most) else 0


def _rows(found: Estimate, price: tuple[Decimal, Decimal] | None) -> Iterator[tuple[str, str, str]]:
    parts = {"identical to others": found.identical, "done before": found.done}
    yield "articles", f"{found.found:,}", ", ".join(f"{number:,} {what}" for what, number in parts.items() if number)
    if found.failing:
        why = ", ".join(f"{outcome} {number:,}" for outcome, number in sorted(found.failing.items()))
        yield "will fail", f"{found.failing.total():,}", why
    expected, most = found.expected, found.most
    yield "calls", f"{expected.calls:,.0f}", ""
    yield "tokens read", f"{expected.read:,.0f}", f"at most {most.read:,.0f}"
    yield "tokens written", f"{expected.written:,.0f}", f"at most {most.written:,.0f}"
    if price is None:
        yield "cost", "unknown", "the price of this model is not listed"
    else:
        yield "cost", f"${_dollars(expected, price):,.4f}", f"at most ${_dollars(most, price):,.4f}, without repairs"


def _dollars(amount: Amount, price: tuple[Decimal, Decimal]) -> float:
    return (amount.read * float(price[0]) + amount.written * float(price[1])) / _MILLION
