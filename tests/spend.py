"""Simulates batches under a cap, with faults and kills, and counts what a server would have counted.

    python tests/spend.py --runs 500            # prints the worst share of a cap that was used

Each simulation is a batch of some 60 articles, over several runs on one ledger: 1 to 256 calls at once; a cap on
requests, tokens or dollars; calls that take less than their worst case, fail, are retried, negotiate, tell nothing of
what they took, or are never answered; and kills: the ledger as it is on disk at that moment is all that the next run
gets, and every call that was sent counts. A second run on the same ledger is tried at the same time.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import random
import shutil
import sqlite3
import sys
import tempfile
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

if __package__ in (None, ""):  # run as a script
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from summarizer import Budget, Limits, Summarizer
from summarizer.batch import Run, Settings, outcomes
from summarizer.errors import BudgetReached, InUse, Refused, SummarizerError, Unauthorized, Unavailable
from summarizer.load.inputs import given
from summarizer.providers.budget import reserve_again
from summarizer.records import Completion, ModelInfo, Request, Usage
from tests import replies

_ARTICLES = 60
_PRICE = Decimal("0.00001")
_SHOWN = "The company number {} plans to raise {} million euros."


@dataclass
class Count:
    """What a server counts: every request that reaches it, whatever becomes of the client."""

    requests: int = 0
    tokens: int = 0
    cost_usd: Decimal = Decimal(0)


@dataclass
class Report:
    """What came out of many simulations.

    Attributes:
        simulations: How many there were.
        runs: Runs in all of them.
        kills: How many of those were killed.
        over: Simulations whose server counted more than the cap.
        shares: The share of the cap that was used, one for each simulation.
    """

    simulations: int = 0
    runs: int = 0
    kills: int = 0
    over: int = 0
    shares: list[float] = field(default_factory=list)

    def __str__(self) -> str:
        return (
            f"{self.simulations} simulations, {self.runs} runs, {self.kills} killed: {self.over} over the cap; "
            f"used at most {max(self.shares):.3f} of it, on average {sum(self.shares) / len(self.shares):.3f}"
        )


class Server:
    """A provider that is a server and the way to it.

    Args:
        chance: Decides what happens.
        kill_at: Which request is answered by killing the client; None never.
        killed: What the kill does first.
    """

    info = ModelInfo("simulated", "simulated")

    def __init__(self, chance: random.Random, count: Count, kill_at: int | None, ledger: Path, copy: Path) -> None:
        self._chance = chance
        self._count = count
        self._left = kill_at
        self._ledger = ledger
        self._copy = copy
        self.run: Run[object] | None = None
        self.is_dead = False

    def most(self, usage: Usage, /) -> Usage:
        cost = _PRICE * ((usage.input_tokens or 0) + (usage.output_tokens or 0))
        return Usage(1, usage.input_tokens, 0, usage.output_tokens, 0, cost)

    def complete(self, request: Request, /) -> Completion:
        return asyncio.run(self.acomplete(request))

    async def acomplete(self, request: Request, /) -> Completion:
        spent = Usage()
        for _ in range(self._chance.choice([1, 1, 1, 3])):  # a server that refuses features first
            if spent.requests:
                await reserve_again(spent)
            spent += await self._send(request)
        play = self._chance.random()
        if play < 0.1:
            raise RuntimeError("a bug of the client")
        if play < 0.3:
            error: SummarizerError = Unavailable("busy", retry_after_s=0.0) if play < 0.2 else Refused("no")
            error.usage = spent if play < 0.15 or play > 0.25 else Usage(spent.requests, None, None, None, None, None)
            raise error
        told = spent if play < 0.9 else Usage(spent.requests, None, None, None, None, None)
        return Completion(replies.verbatim(request), "simulated", usage=told)

    async def _send(self, request: Request) -> Usage:
        """Take one request, and what it costs, or kill who sent it."""
        if self.is_dead:  # who was killed does not see what comes after this; another run on its ledger does
            await asyncio.sleep(1.0)
            raise Unauthorized("gone")
        sent = sum(len(message.content) for message in request.messages) // 5
        written = self._chance.randrange(10, request.max_output_tokens or 100)
        usage = Usage(1, sent, 0, written, 0, _PRICE * (sent + written))
        self._count.requests += 1
        self._count.tokens += sent + written
        self._count.cost_usd += usage.cost_usd or Decimal(0)
        if self._left is not None:
            self._left -= 1
            if self._left <= 0:
                self._die()
        await asyncio.sleep(self._chance.choice([0.0, 0.0, 0.001]))
        return usage

    def _die(self) -> None:
        """Keep what is committed at this moment: all that a killed process leaves."""
        self.is_dead = True
        with (
            contextlib.closing(sqlite3.connect(self._ledger)) as now,
            contextlib.closing(sqlite3.connect(self._copy)) as copy,
        ):
            now.backup(copy)
        assert self.run is not None
        self.run.abort()


def simulate(room: Path, seed: int) -> tuple[Count, Budget, int, int]:
    """Run one batch to its cap or its end, over several runs; return the count, the cap, the runs and the kills."""
    chance = random.Random(seed)
    count, budget = Count(), _budget(chance)
    texts = [_SHOWN.format(number, number) for number in range(_ARTICLES)]
    workers = chance.choice([1, 2, 4, 16, 64, 256])
    out, copy = room / "out", room / "copy.sqlite"
    kills = 0
    runs = chance.randrange(2, 5)
    for number in range(runs):
        kill_at = chance.randrange(1, 40) if number < runs - 1 and chance.random() < 0.7 else None
        server = Server(chance, count, kill_at, out / ".summarizer.sqlite", copy)
        summarizer = Summarizer(server, budget=budget, limits=Limits(max_attempts=3))
        run = Run(
            summarizer.recipe(), given(texts), Settings(out=out, concurrency=workers, retry_failed=True, results=False)
        )
        server.run = run
        with contextlib.suppress(BudgetReached):
            for _ in outcomes(run):
                if chance.random() < 0.05:
                    _intrude(summarizer, out)
        if server.is_dead:
            kills += 1
            shutil.rmtree(out)
            out.mkdir()
            copy.replace(out / ".summarizer.sqlite")
    return count, budget, runs, kills


def _intrude(summarizer: Summarizer[object], out: Path) -> None:
    """Another run on the same ledger must not begin; where the first one was killed meanwhile, it finds no server."""
    try:
        list(outcomes(Run(summarizer.recipe(), given(["Another text."]), Settings(out=out))))
    except (InUse, BudgetReached, Unauthorized):
        return


def _budget(chance: random.Random) -> Budget:
    kind = chance.choice(["requests", "tokens", "dollars", "all"])
    return Budget(
        max_requests=chance.randrange(5, 100) if kind in ("requests", "all") else None,
        max_tokens=chance.randrange(5_000, 100_000) if kind in ("tokens", "all") else None,
        max_cost_usd=Decimal(chance.randrange(5, 100)) / 100 if kind in ("dollars", "all") else None,
    )


def share(count: Count, budget: Budget) -> float:
    """The share of its cap that was used; of several caps, the one that came nearest."""
    pairs = (
        (count.requests, budget.max_requests),
        (count.tokens, budget.max_tokens),
        (count.cost_usd, budget.max_cost_usd),
    )
    return max(float(amount / cap) for amount, cap in pairs if cap is not None)


def spend(simulations: int, *, seed: int = 0) -> Report:
    """Simulate so many batches."""
    report = Report()
    for number in range(simulations):
        with tempfile.TemporaryDirectory() as room:
            count, budget, runs, kills = simulate(Path(room), seed + number)
        report.simulations += 1
        report.runs += runs
        report.kills += kills
        report.shares.append(share(count, budget))
        report.over += report.shares[-1] > 1
    return report


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    chosen = parser.parse_args()
    report = spend(chosen.runs, seed=chosen.seed)
    print(report)
    sys.exit(1 if report.over else 0)


if __name__ == "__main__":
    main()
