"""How many requests the HTTP door carries, and what one costs: `python benchmarks/door.py --in-flight 100 500`.

A server of `tests/server.py` in its own process answers each request after half a second, so the ideal is the number
in flight divided by 0.5 s. CPU is that of this process alone; the server takes its part of the machine too.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from summarizer.providers.capabilities import Capabilities  # noqa: E402
from summarizer.providers.openai import OpenAIDoor  # noqa: E402
from summarizer.records import Limits, Message, Request  # noqa: E402
from summarizer.schema import Summary  # noqa: E402
from summarizer.shape import reply_format  # noqa: E402

LATENCY_S = 0.5
# About 600 tokens of article and 350 of instructions.
ARTICLE = "\n".join(f"[{number}] The quick brown fox number {number} jumps over a lazy dog." for number in range(1, 43))


def request(number: int) -> Request:
    messages = (Message("system", "Reply with one JSON object. " * 50), Message("user", f"{number}\n{ARTICLE}"))
    return Request("test-model", messages, reply_format(Summary), max_output_tokens=500)


async def carry(door: OpenAIDoor, in_flight: int, total: int) -> None:
    numbers = iter(range(total))

    async def worker() -> None:
        for number in numbers:
            await door.acomplete(request(number))

    await asyncio.gather(*(worker() for _ in range(in_flight)))
    await door.aclose()


def cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--in-flight", type=int, nargs="+", default=[100, 500])
    parser.add_argument("--seconds", type=float, default=5.0, help="how long the ideal would take")
    chosen = parser.parse_args()
    command = [sys.executable, str(ROOT / "tests" / "server.py"), "--latency", str(LATENCY_S)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        url = server.stdout.readline().strip()
        door = OpenAIDoor(model="test-model", base_url=url, limits=Limits(timeout_s=60), capabilities=Capabilities())
        door.complete(request(0))  # loads the client library
        door.close()
        for in_flight in chosen.in_flight:
            ideal = in_flight / LATENCY_S
            total = round(ideal * chosen.seconds)
            began, before = time.monotonic(), cpu_s()
            asyncio.run(carry(door, in_flight, total))
            took, used = time.monotonic() - began, cpu_s() - before
            rate = total / took
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            print(
                f"{in_flight} in flight: {rate:.0f} requests/s, {rate / ideal:.0%} of ideal,"
                f" {used / total * 1000:.2f} ms CPU each, peak {peak} MiB"
            )
        server.terminate()


if __name__ == "__main__":
    main()
