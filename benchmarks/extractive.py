"""What a summary without a language model costs, against the length of the article: it must grow no faster.

    python benchmarks/extractive.py [FOLDER]

FOLDER holds long texts (`texts.py`); without it they are made of the articles of `fixtures`. Each length is measured in
a process of its own, from the text to the result, units, language and grounding included; what importing and loading
takes is told apart, by a short article first. To reach: 1 MB in at most 3 s of CPU, and ten times the text in at most
13 times the time (from 1 to 10 MB the collector of garbage takes its part).
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time
from pathlib import Path

if __package__ in (None, ""):  # run as a script
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.texts import long_text

SIZES = (10_000, 100_000, 1_000_000)
MOST_S = 3.0
MOST_GROWTH = 13.0


def serve(characters: int, source: Path | None) -> None:
    """Summarize one text, and print the seconds of CPU and the peak memory before and after."""
    from summarizer import Summarizer

    text = long_text(characters, source)
    with Summarizer("extractive") as summarizer:
        summarizer.summarize("The bridge was closed on Monday. It will open again in May.")
        before, started = _peak_mib(), time.process_time()
        result = summarizer.summarize(text)
        print(time.process_time() - started, before, _peak_mib(), result.coverage.units)


def _peak_mib() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform != "darwin" else 1 << 20)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", nargs="?", type=Path)
    parser.add_argument("--sizes", nargs="*", type=int, default=SIZES, metavar="CHARACTERS")
    parser.add_argument("--serve", type=int, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.serve:
        serve(chosen.serve, chosen.source)
        return
    print(f"{'characters':>12} {'sentences':>10} {'CPU':>9} {'per 100 kB':>11} {'growth':>7} {'memory':>9} {'more':>9}")
    taken: dict[int, float] = {}
    for size in chosen.sizes:
        command = [
            sys.executable,
            __file__,
            *filter(None, [chosen.source and str(chosen.source)]),
            "--serve",
            str(size),
        ]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
        seconds, before, after, units = map(float, said)
        growth = f"{seconds / list(taken.values())[-1]:.1f} x" if taken else ""
        taken[size] = seconds
        per = f"{1e5 * seconds / size:.3f} s"
        memory = f"{after:5.0f} MiB {after - before:5.0f} MiB"
        print(f"{size:12,} {units:10,.0f} {seconds:7.3f} s {per:>11} {growth:>7} {memory}", flush=True)
    largest, next_largest = sorted(taken, reverse=True)[:2]
    growth = taken[largest] / taken[next_largest] / (largest / next_largest) * 10
    print(f"{growth:.1f} times the time for 10 times the text (at most {MOST_GROWTH})")
    sys.exit(0 if growth <= MOST_GROWTH and taken.get(1_000_000, 0) <= MOST_S else 1)


if __name__ == "__main__":
    main()
