"""What starting costs: CPU of the commands a shell runs often, as ratios to bare Python, side by side in one run.

    python benchmarks/start.py [--runs 15]

Each command runs in turn, A B C A B C, so that a busy machine is busy for all of them; the median of the ratios counts.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import subprocess
import sys

BARE = [sys.executable, "-c", "pass"]
COMMANDS = {
    "summarizer --version": [sys.executable, "-m", "summarizer", "--version"],
    "summarizer --help": [sys.executable, "-m", "summarizer", "--help"],
    "import summarizer": [sys.executable, "-c", "import summarizer"],
    "import summarizer.api": [sys.executable, "-c", "import summarizer.api"],
    "import click": [sys.executable, "-c", "import click"],
    "import pydantic.BaseModel": [sys.executable, "-c", "from pydantic import BaseModel"],
    "import openai": [sys.executable, "-c", "import openai"],
}
TARGETS = {"summarizer --version": 5.0}


def cpu_s(command: list[str]) -> float:
    """User and system seconds of one run of a command."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=15)
    runs = parser.parse_args().runs
    rounds = []
    for _ in range(runs + 1):
        bare = cpu_s(BARE)
        rounds.append((bare, {name: cpu_s(command) for name, command in COMMANDS.items()}))
    rounds = rounds[1:]  # the first one fills the disk cache
    print(f"bare Python: {1000 * statistics.median(bare for bare, _ in rounds):.0f} ms of CPU (median of {runs})")
    for name in COMMANDS:
        ratio = statistics.median(taken[name] / bare for bare, taken in rounds)
        spent = 1000 * statistics.median(taken[name] for _, taken in rounds)
        target = f"  (to reach: {TARGETS[name]:.0f}x)" if name in TARGETS else ""
        print(f"{name:28} {ratio:6.1f}x  {spent:5.0f} ms{target}")


if __name__ == "__main__":
    main()
