"""What a replay costs, and whether it stays flat when there are many recordings; beside vcrpy where it is installed.

    python benchmarks/replay.py [ARTICLE] [--sizes 100,1000,10000]

A replay finds, reads and verifies one recording of a real request: the question about an article, schema and all. vcrpy
holds the same interactions as HTTP, matched on method, address and body; only finding one is timed, no client around
it. Recordings are written without waiting for the disk, which a replay does not do either.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from summarizer import Cassette, Completion, ScriptedProvider, Summarizer
from summarizer.providers.cassette import recording
from summarizer.records import Request

ARTICLE = Path(__file__).parent.parent / "fixtures" / "articles" / "openai-levee-de-fonds.fr.txt"
TARGET_MS = 0.5
DRAWS = 2000
SLOW_DRAWS = 60  # vcrpy looks through all recordings each time


def question(article: Path) -> tuple[Request, str]:
    """Return what summarizing an article asks, and a reply to it."""
    seen = ScriptedProvider()
    Summarizer(seen).summarize(article)
    return seen.requests[0], seen.complete(seen.requests[0]).text


def fill(folder: Path, requests: Sequence[Request], reply: str) -> None:
    """Write recordings as a cassette writes them, but for the wait for the disk."""
    response = recording.response_of(Completion(reply, "m"))
    for request in requests:
        path = recording.path_of(folder, request.key)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(recording.Recording(request.key, request.canonical(), response).encode())


def median_ms(replay: Callable[[Request], object], requests: Sequence[Request]) -> float:
    """Median of the time one replay takes."""
    taken = []
    for request in requests:
        start = time.perf_counter()
        replay(request)
        taken.append(time.perf_counter() - start)
    return 1000 * statistics.median(taken)


def vcrpy(requests: Sequence[Request], reply: str) -> Callable[[Request], object] | None:
    """Return how vcrpy replays the same, or None where it is not installed."""
    try:
        from vcr.cassette import Cassette as Tape
        from vcr.matchers import body, method, uri
        from vcr.request import Request as Call
    except ImportError:
        return None

    def call(request: Request) -> Call:
        text = json.dumps(request.canonical())
        return Call("POST", "https://api.example.com/v1/chat/completions", text, {"content-type": "application/json"})

    tape = Tape("none.yaml", match_on=(method, uri, body), allow_playback_repeats=True)
    answer = {"status": {"code": 200, "message": "OK"}, "headers": {}, "body": {"string": reply.encode()}}
    for request in requests:
        tape.append(call(request), answer)
    return lambda request: tape.play_response(call(request))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("article", nargs="?", type=Path, default=ARTICLE)
    parser.add_argument("--sizes", default="100,1000,10000")
    chosen = parser.parse_args()
    asked, reply = question(chosen.article)
    draw = random.Random(1)
    found = []
    for size in map(int, chosen.sizes.split(",")):
        requests = [replace(asked, sample=number) for number in range(size)]
        folder = Path(tempfile.mkdtemp(prefix="summarizer-replay-"))
        try:
            fill(folder, requests, reply)
            cassette = Cassette(folder)
            median_ms(cassette.complete, requests[:50])
            ours = median_ms(cassette.complete, [draw.choice(requests) for _ in range(DRAWS)])
        finally:
            shutil.rmtree(folder)
        other = vcrpy(requests[:1000], reply)
        theirs = None if other is None else median_ms(other, [draw.choice(requests[:1000]) for _ in range(SLOW_DRAWS)])
        beside = "not installed" if theirs is None else f"{theirs:8.2f} ms at {min(size, 1000)}"
        print(f"{size:6} recordings: {ours:.3f} ms a replay (to reach: {TARGET_MS});  vcrpy: {beside}", flush=True)
        found.append(ours)
    print(f"largest over smallest: {found[-1] / found[0]:.2f}x")


if __name__ == "__main__":
    main()
