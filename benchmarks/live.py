"""Ask a real model, for those who have a key: what works, what comes back, and what it cost. Never run in CI.

    python benchmarks/live.py -m openai:gpt-5-mini
    python benchmarks/live.py -m openai:gpt-4-turbo --max-cost 0.20
    python benchmarks/live.py -m azure:DEPLOYMENT --max-requests 8

Summarizes three short articles (French, English, German), and one of them by a schema of a user's own. It stops at 0.05
dollars or 12 requests unless told otherwise: the worst case is reserved before a request is sent. Where the price of a
model is unknown, a cap in dollars cannot be kept: name --max-requests instead.
"""

from __future__ import annotations

import argparse
import sys
import time
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel

from summarizer import Budget, Claim, Limits, Summarizer, SummarizerError, Summary, Usage

ARTICLES = Path(__file__).parent.parent / "fixtures" / "articles"
FRENCH, ENGLISH, GERMAN = "openai-levee-de-fonds.fr.txt", "marrow-falls-dam.en.txt", "bahnstrecke-gesperrt.de.txt"
LIMITS = Limits(max_attempts=2)
EXIT_REFUSED = 5


class Brief(BaseModel):
    """A schema of a user: claims among fields that nothing checks."""

    headline: Claim
    who_said_it: list[Claim]
    mood: Literal["calm", "tense"]


WORK: tuple[tuple[str, type[BaseModel]], ...] = (
    (FRENCH, Summary),
    (ENGLISH, Summary),
    (GERMAN, Summary),
    (ENGLISH, Brief),
)


def main() -> int:
    """Ask, print, and return 0 when every answer was a usable one."""
    chosen = arguments()
    with Summarizer(chosen.model, base_url=chosen.base_url, limits=LIMITS) as summarizer:
        door: Any = summarizer.door
        address = getattr(door, "address", None)
        if address is None or address.lacks_key:
            name = "OPENAI_API_KEY" if address is None else address.key_name
            print(f"this asks a model over the network: name one of openai: or azure:, and set {name}", file=sys.stderr)
            return EXIT_REFUSED
        print(f"{summarizer.model.label} at {address.shown}, asked by {door.api}")
        spent, done = Usage(), 0
        for name, schema in WORK:
            usage, error = ask(door, name, schema, left(chosen, spent))
            spent += usage
            done += error is None
            if error is not None and error.stops_run:
                break
        print(f"replies as {door.dialect.rung!r}; {done} of {len(WORK)} done; together {told(spent)}")
    return 0 if done == len(WORK) else 1


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-m", "--model", required=True, help="openai:NAME or azure:DEPLOYMENT")
    parser.add_argument("--base-url", metavar="URL")
    parser.add_argument("--max-cost", type=Decimal, metavar="USD", help="0.05 unless --max-requests is given")
    parser.add_argument("--max-requests", type=int, metavar="N", help="12 unless given")
    chosen = parser.parse_args()
    if chosen.max_cost is None and chosen.max_requests is None:
        chosen.max_cost = Decimal("0.05")
    chosen.max_requests = chosen.max_requests or 12
    return chosen


def left(chosen: argparse.Namespace, spent: Usage) -> Budget:
    """What may still be spent; an unknown cost only where dollars are not capped."""
    cost = None if chosen.max_cost is None else chosen.max_cost - (spent.cost_usd or 0)
    return Budget(max_cost_usd=cost, max_requests=chosen.max_requests - spent.requests)


def ask(door: Any, name: str, schema: type[BaseModel], budget: Budget) -> tuple[Usage, SummarizerError | None]:
    """Summarize one article, print what came of it, and return what it took."""
    summarizer = Summarizer(door, schema=schema, limits=LIMITS, budget=budget)
    began = time.monotonic()
    error = None
    try:
        result = summarizer.summarize(ARTICLES / name)
        origins = [check.origin for check in result.checks]
        counts = ", ".join(f"{origins.count(origin)} by {origin}" for origin in ("model", "repair", "extract"))
        what = f"{len(origins)} claims ({counts})" + "".join(f"\n    {line}" for line in result.warnings)
    except SummarizerError as caught:
        error, what = caught, f"{caught.outcome}: {caught.message}"
    assert summarizer.budget is not None
    print(f"{name} as {schema.__name__}, {time.monotonic() - began:.1f} s, {told(summarizer.budget.spent)}\n    {what}")
    return summarizer.budget.spent, error


def told(usage: Usage) -> str:
    """What was consumed, for people; an unknown is said to be one."""
    cost = "at an unknown price" if usage.cost_usd is None else f"${usage.cost_usd:.6f}"
    return (
        f"{usage.requests} requests, {usage.input_tokens} tokens read ({usage.cached_tokens} cached), "
        f"{usage.output_tokens} written ({usage.reasoning_tokens} reasoning), {cost}"
    )


if __name__ == "__main__":
    sys.exit(main())
