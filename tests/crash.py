"""Kills a batch again and again, lets it finish, and counts what was lost, doubled, torn or paid twice.

    python tests/crash.py --kills 300 --articles 3000            # the long form, some minutes
    python tests/crash.py --kills 300 --articles 3000 --out results.jsonl --children 1

The batch is a process of its own, killed with SIGKILL at random moments and at named ones that are seen from outside:
a ledger that was just made, a file on its way, a file that has just arrived. Nothing in the package knows of the test.
Every fifth article needs a second call. Calls are counted by a log that each one appends to before it is answered.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

if __package__ in (None, ""):  # run as a script
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from summarizer import Summarizer
from summarizer.batch import Run, Settings, outcomes
from summarizer.batch.processes import Processes
from summarizer.batch.seal import unseal
from summarizer.load.inputs import given
from summarizer.records import Completion, ModelInfo, Request, Usage
from tests import replies

_LIFE_S = 0.35
_POLL_S = 0.0005
_START_S = 30.0


@dataclass
class Report:
    """What became of a batch that was killed.

    Attributes:
        kills: How often it was killed, by the moment.
        lost: Articles without an output in the end.
        doubled: Articles with two outputs.
        torn: Outputs that are not whole, or of another article.
        paid: Calls that were paid.
        needed: Calls that were needed.
        paid_twice: Calls that were paid and not kept, by the kill.
        most_in_flight: Calls that may be in flight at once.
    """

    kills: Counter[str] = field(default_factory=Counter)
    lost: int = 0
    doubled: int = 0
    torn: int = 0
    paid: int = 0
    needed: int = 0
    paid_twice: list[int] = field(default_factory=list)
    most_in_flight: int = 0

    @property
    def most_paid_twice(self) -> int:
        """Of one kill."""
        return max(self.paid_twice, default=0)

    @property
    def is_well(self) -> bool:
        return (
            not (self.lost or self.doubled or self.torn)
            and self.paid == self.needed + sum(self.paid_twice)
            and self.most_paid_twice <= self.most_in_flight
        )

    def __str__(self) -> str:
        moments = ", ".join(f"{moment} {number}" for moment, number in sorted(self.kills.items()))
        return (
            f"{self.kills.total()} kills ({moments})\n"
            f"lost {self.lost}, doubled {self.doubled}, torn {self.torn}\n"
            f"paid {self.paid} calls, {self.needed} needed: {sum(self.paid_twice)} paid twice, "
            f"{sum(self.paid_twice) / max(1, self.kills.total()):.2f} a kill, at most {self.most_paid_twice} "
            f"(at most {self.most_in_flight} in flight)"
        )


# ------------------------------------------------------------------------------------------------------ the killed one


class Paid:
    """A provider that logs each call before it answers it, and takes its time."""

    info = ModelInfo("paid", "paid")

    def __init__(self, log: Path, latency_s: float) -> None:
        self._log = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        self._latency_s = latency_s

    def complete(self, request: Request, /) -> Completion:
        return asyncio.run(self.acomplete(request))

    async def acomplete(self, request: Request, /) -> Completion:
        os.write(self._log, f"{request.key}\n".encode())
        await asyncio.sleep(self._latency_s * random.uniform(0.2, 1.8))
        return Completion(answer(request), "paid", usage=Usage(1, 100, 0, 20, 0, None))


def answer(request: Request) -> str:
    """The article's own sentences; where a second call is wanted, the first one answers with another number."""
    unit = request.units[0]
    if request.purpose == "mend":
        return replies.mended((unit.text, [unit.number]))
    said = unit.text.replace(" million", "1 million") if "fifth" in unit.text else unit.text
    return replies.summary((unit.text, [unit.number]), (said, [unit.number]))


def article(number: int) -> str:
    return (
        f"The {'fifth' if number % 5 == 0 else 'next'} company number {number} plans to raise {number} million euros."
    )


def serve(folder: Path, out: Path, log: Path, concurrency: int, latency_s: float, children: int) -> None:
    settings = Settings(out=out, concurrency=concurrency)
    with Summarizer(Paid(log, latency_s)) as summarizer:
        processes = Processes(children, at_once=children > 0)
        for _ in outcomes(Run(summarizer.recipe(), given([folder]), settings, processes=processes)):
            pass


# ---------------------------------------------------------------------------------------------------------- the killer


def _moments(out: Path) -> dict[str, Callable[[], bool]]:
    """What can be seen from outside, by the name of the moment."""
    ledger = out.with_name(f"{out.name}.ledger.sqlite") if out.suffix else out / ".summarizer.sqlite"
    wal = ledger.with_name(f"{ledger.name}-wal")
    before = {"shown": _size(out)}

    def arrived() -> bool:
        return _size(out) != before["shown"]

    return {
        "a ledger is there": ledger.exists,
        "the ledger is written": lambda: wal.exists() and wal.stat().st_size > 0,
        "a file is on its way": lambda: any((out / ".summarizer.tmp").glob("[0-9]*")) if not out.suffix else arrived(),
        "an output arrives": arrived,
    }


def _size(out: Path) -> int:
    if out.is_dir():
        return sum(1 for _ in out.iterdir())
    return out.stat().st_size if out.exists() else 0


def _kill(process: subprocess.Popen[bytes], log: Path, out: Path, chance: random.Random) -> str | None:
    """Kill a process at a moment, and return which; None when it had ended before."""
    calls = _size(log)
    deadline = time.monotonic() + _START_S
    moment = chance.choice(["random", "random", "early", *_moments(out)])
    if moment == "early":
        time.sleep(chance.uniform(0.0, 1.0))
    else:
        while _size(log) == calls and process.poll() is None and time.monotonic() < deadline:
            time.sleep(_POLL_S)
        if moment == "random":
            time.sleep(chance.uniform(0.0, 2 * _LIFE_S))
        else:
            is_there = _moments(out)[moment]
            while not _seen(is_there) and process.poll() is None and time.monotonic() < deadline:
                time.sleep(_POLL_S)
    has_ended = process.poll() is not None
    process.send_signal(signal.SIGKILL)
    process.wait()
    return None if has_ended else moment


def _seen(is_there: Callable[[], bool]) -> bool:
    try:
        return is_there()
    except OSError:  # gone between two looks
        return False


def crash(
    room: Path, *, kills: int, articles: int, out_name: str, concurrency: int = 8, seed: int = 0, children: int = 0
) -> Report:
    """Run a batch in a folder, with flows in so many child processes, kill it so often, let it finish, and look."""
    chance = random.Random(seed)
    folder, out, log = room / "articles", room / out_name, room / "calls.log"
    folder.mkdir()
    for number in range(articles):
        (folder / f"{number:05}.txt").write_text(article(number), "utf-8")
    # So slow that the kills come before the end.
    latency_s = max(0.005, concurrency * kills * _LIFE_S / articles / 2)
    report, killed = Report(most_in_flight=concurrency), list[int]()
    numbers = (concurrency, children)
    command = [sys.executable, __file__, "--serve", str(folder), str(out), str(log), *map(str, numbers)]
    while report.kills.total() < kills:
        process = subprocess.Popen([*command, str(latency_s)], stderr=subprocess.DEVNULL)
        moment = _kill(process, log, out, chance)
        if moment is None:
            break
        report.kills[moment] += 1
        killed.append(len(_calls(log)))
    subprocess.run([*command, "0.001"], check=True, timeout=600)
    report.paid, report.paid_twice = len(_calls(log)), _paid_twice(_calls(log), killed)
    _look(report, articles, out)
    return report


def _calls(log: Path) -> list[str]:
    return log.read_text("utf-8").splitlines() if log.exists() else []


def _paid_twice(calls: list[str], killed: list[int]) -> list[int]:
    """How many calls were made again after each kill, which came when so many had been made."""
    last = {call: at for at, call in enumerate(calls)}
    again = [at for at, call in enumerate(calls) if at < last[call]]
    return [sum(start <= at < end for at in again) for start, end in pairwise([0, *killed])]


def _look(report: Report, articles: int, out: Path) -> None:
    report.needed = articles + len(range(0, articles, 5))
    shown: Counter[int] = Counter()
    for text in _outputs(out):
        try:
            found = unseal(text)
            number = int(Path(found.item).stem)
            said = json.loads(found.result)["summary"]["claims"][0]["text"]
        except ValueError:
            report.torn += 1
            continue
        shown[number] += 1
        report.torn += said != article(number)
    report.lost = sum(number not in shown for number in range(articles))
    report.doubled = sum(times > 1 for times in shown.values())


def _outputs(out: Path) -> list[str]:
    if out.suffix:
        return out.read_text("utf-8").splitlines()
    return [path.read_text("utf-8").removesuffix("\n") for path in out.rglob("*.json")]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--articles", type=int, default=3000)
    parser.add_argument("--out", default="summaries", help="a folder's name, or one that ends in .jsonl")
    parser.add_argument("--concurrency", type=int, default=8)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--children", type=int, default=0, help="how many processes drive flows, from the beginning")
    parser.add_argument("--serve", nargs=6, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.serve:
        folder, out, log, concurrency, children, latency_s = chosen.serve
        serve(Path(folder), Path(out), Path(log), int(concurrency), float(latency_s), int(children))
        return
    with tempfile.TemporaryDirectory() as room:
        report = crash(
            Path(room),
            kills=chosen.kills,
            articles=chosen.articles,
            out_name=chosen.out,
            concurrency=chosen.concurrency,
            seed=chosen.seed,
            children=chosen.children,
        )
    print(report)
    sys.exit(0 if report.is_well else 1)


if __name__ == "__main__":
    main()
