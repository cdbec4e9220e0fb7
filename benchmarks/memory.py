"""Peak memory of a batch at 1,000 and at 100,000 articles: it must be the same, within 40 MiB.

    python benchmarks/memory.py
    python benchmarks/memory.py --articles 100000 --out summaries       # a folder instead of JSON Lines

The articles are rows of a table, the model is a function in the same process. Each size runs in a process of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

if __package__ in (None, ""):  # run as a script
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

FEW = 1_000
MOST_MORE_MIB = 40
_ARTICLE = (
    "The company number {0} plans to raise {0} million euros in May, its chairman said on Tuesday. "
    "The money will pay for a plant in Lyon, where {0} people are to work. "
    "A union that speaks for most of them has asked for a meeting before the summer. "
) * 3


def serve(table: Path, out: Path) -> None:
    """Run one batch, and print what it took."""
    from summarizer import Summarizer
    from summarizer.batch import Run, Settings, outcomes
    from summarizer.load.inputs import Selection, inputs
    from summarizer.records import Completion, ModelInfo, Request, Usage

    class Model:
        info = ModelInfo("function", "function")

        def complete(self, request: Request, /) -> Completion:
            claims = [{"text": unit.text, "cites": [unit.number]} for unit in request.units[:3]]
            reply = json.dumps({"title": claims[0], "claims": claims})
            return Completion(reply, "function", usage=Usage(1, 500, 0, 100, 0, None))

        async def acomplete(self, request: Request, /) -> Completion:
            await asyncio.sleep(0.001)
            return self.complete(request)

    began, cpu = time.monotonic(), time.process_time()
    run = Run(Summarizer(Model()).recipe(), inputs([str(table)], Selection()), Settings(out=out, results=False))
    for _ in outcomes(run):
        pass
    counts = run.tally.counts()
    peak_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 if sys.platform == "darwin" else 1)
    seconds = time.monotonic() - began
    print(json.dumps([counts.done, counts.failed, peak_kib / 1024, seconds, time.process_time() - cpu]))


def measure(articles: int, out_name: str) -> float:
    """Return the peak memory in MiB of a batch over so many articles."""
    with tempfile.TemporaryDirectory() as room:
        table = Path(room) / "articles.jsonl"
        with table.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps({"text": _ARTICLE.format(number)}) + "\n" for number in range(articles))
        command = [sys.executable, __file__, "--serve", str(table), str(Path(room) / out_name)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
    finished, failed, peak_mib, seconds, cpu_s = json.loads(done.stdout)
    assert (finished, failed) == (articles, 0)
    print(
        f"{articles:>9,} articles: peak {peak_mib:6.1f} MiB, {seconds:7.1f} s, {articles / seconds:6.0f} articles/s, "
        f"{1000 * cpu_s / articles:.2f} ms of CPU an article",
        flush=True,
    )
    return float(peak_mib)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--out", default="summaries.jsonl", help="a folder's name, or one that ends in .jsonl")
    parser.add_argument("--serve", nargs=2, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.serve:
        serve(Path(chosen.serve[0]), Path(chosen.serve[1]))
        return
    more = measure(chosen.articles, chosen.out) - measure(FEW, chosen.out)
    print(f"{more:+.1f} MiB (at most {MOST_MORE_MIB})")
    sys.exit(0 if more <= MOST_MORE_MIB else 1)


if __name__ == "__main__":
    main()
