"""How much of a server's limit a batch uses, what it loses, and how often it is refused (429).

    python benchmarks/limits.py --short               # fewer articles, under two minutes
    python benchmarks/limits.py
    python benchmarks/limits.py --clients ours --cases tokens

A server in a process of its own (`fake_openai.py`) enforces a limit and tells of it in its headers, like OpenAI; how
much it takes at once is hidden. `ours` is a batch with 100 calls in flight that is told nothing of the limit; `told` is
the same with `--rpm` or `--tpm`; `sdk` is `AsyncOpenAI().chat.completions.create` with its own retries, 100 at a time.

The share is what was granted of what the limit allowed from the first request to the last. On our way to it every
result is validated and checked, so a busy machine shows in the time, not in the other figures.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

if __package__ in (None, ""):  # run as a script
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

IN_FLIGHT = 100
MODEL = "gpt-4o-mini"
SERVER = Path(__file__).with_name("fake_openai.py")


@dataclass(frozen=True, slots=True)
class Case:
    """A limit, and the work to do under it.

    Attributes:
        shown: The case, for people.
        limits: The server's arguments.
        told: The same, as `Limits` names it.
        articles: How many; the second number is that of the short form.
    """

    shown: str
    limits: tuple[str, ...]
    told: dict[str, int]
    articles: tuple[int, int]


CASES = {
    "requests": Case(
        "1,200 requests a minute, 5 s' worth at once",
        ("--rpm", "1200", "--burst", "5"),
        {"requests_per_minute": 1200},
        (900, 400),
    ),
    "large": Case(
        "600 requests a minute, a minute's worth at once",
        ("--rpm", "600", "--burst", "60"),
        {"requests_per_minute": 600},
        (1000, 700),
    ),
    "tokens": Case(
        "300,000 tokens a minute, 5 s' worth at once",
        ("--tpm", "300000", "--burst", "5"),
        {"tokens_per_minute": 300_000},
        (160, 100),
    ),
}


def article(number: int) -> str:
    """Return an article of some 600 tokens."""
    lines = (
        f"Town {number} pays {number + line} million euros for bridge {line}, as the council decided after a debate."
        for line in range(25)
    )
    return " ".join(lines)


async def ours(url: str, many: int, told: dict[str, int] | None = None) -> int:
    """Summarize articles in a batch; return how many got no summary."""
    from summarizer import Failure, Limits, Summarizer

    summarizer = Summarizer(f"openai:{MODEL}", base_url=url, api_key="none", limits=Limits(**(told or {})))
    articles = (article(number) for number in range(many))
    done = 0
    with tempfile.TemporaryDirectory() as folder:
        async with summarizer:
            async for one in summarizer.abatch(articles, out=Path(folder) / "out.jsonl", concurrency=IN_FLIGHT):
                done += not isinstance(one, Failure)
    return many - done


async def sdk(url: str, many: int, told: dict[str, int] | None = None) -> int:  # noqa: ARG001 - it has no such setting
    """Ask with the client library alone, as people do; return how many got no reply."""
    from openai import AsyncOpenAI, OpenAIError

    slots = asyncio.Semaphore(IN_FLIGHT)
    instructions = (
        "Summarize the article as a JSON object with a title and claims, with the numbers of sentences. " * 10
    )
    async with AsyncOpenAI(base_url=url, api_key="none") as client:

        async def ask(number: int) -> bool:
            async with slots:
                try:
                    await client.chat.completions.create(
                        model=MODEL,
                        messages=[
                            {"role": "system", "content": instructions},
                            {"role": "user", "content": article(number)},
                        ],
                        max_tokens=400,
                    )
                except OpenAIError:
                    return False
                return True

        answered = await asyncio.gather(*map(ask, range(many)))
    return many - sum(answered)


Client = Callable[[str, int, dict[str, int] | None], Awaitable[int]]
CLIENTS: dict[str, tuple[Client, bool]] = {"ours": (ours, False), "told": (ours, True), "sdk": (sdk, False)}


@contextmanager
def serving(case: Case, latency_s: float) -> Iterator[str]:
    """Run the server; yields its URL."""
    command = [sys.executable, str(SERVER), "--latency", str(latency_s), *case.limits]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def stats(url: str) -> dict[str, Any]:
    with urllib.request.urlopen(url.removesuffix("/v1") + "/stats") as answer:
        found: dict[str, Any] = json.load(answer)
        return found


def main() -> None:
    """Run each client under each limit, and print what came of it."""
    parser = argparse.ArgumentParser(description="How a batch gets along with a limit that the server enforces.")
    parser.add_argument("--short", action="store_true", help="fewer articles")
    parser.add_argument("--cases", nargs="+", choices=CASES, default=list(CASES))
    parser.add_argument("--clients", nargs="+", choices=CLIENTS, default=["ours", "sdk"])
    parser.add_argument("--latency", type=float, default=0.5, metavar="SECONDS", help="how long the model thinks (0.5)")
    chosen = parser.parse_args()
    for name in chosen.cases:
        case = CASES[name]
        many = case.articles[chosen.short]
        print(f"{case.shown}, {many:,} articles, {IN_FLIGHT} in flight")
        print(f"  {'client':<8}{'lost':>7}{'of the limit':>15}{'429s':>8}{'of calls':>11}{'time':>10}")
        for client in chosen.clients:
            function, is_told = CLIENTS[client]
            with serving(case, chosen.latency) as url:
                began = time.perf_counter()
                lost = asyncio.run(function(url, many, case.told if is_told else None))
                took_s = time.perf_counter() - began
                seen = stats(url)
            (used,) = seen["used"].values()
            share = seen["refused"] / seen["requests"]
            print(
                f"  {client:<8}{lost:>7,}{used:>15.1%}{seen['refused']:>8,}{share:>11.1%}{took_s:>8.1f} s", flush=True
            )


if __name__ == "__main__":
    main()
