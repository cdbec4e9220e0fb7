"""Long articles: calls, tokens and depth, beside what LangChain and LlamaIndex take on the same server.

    python benchmarks/long.py [FOLDER] [--peers PYTHON] [--tokens 5000 50000 500000] [--windows 4096 128000]

FOLDER holds long texts (`texts.py`); without it they are made of the articles of `fixtures`. PYTHON is an interpreter
in which langchain-classic, langchain-openai, llama-index-core and llama-index-llms-openai-like are installed; peers
that are not there are left out.

The server answers on this machine, with replies of the same length for everybody: to us the article's own sentences
with their numbers, in JSON, to others plain text. It keeps every request until no more come, then answers all: how
often it does so is the depth, the number of calls that have to wait for each other. Tokens are those of all messages
and replies (o200k_base). To reach: no more calls, tokens and depth than the best of the others in the same window, and
at most 1.15 times the article and its notes sent, the numbers of the sentences included.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

if __package__ in (None, ""):  # run as a script
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks.texts import long_text
from summarizer import Failure, Summarizer
from summarizer.tokens import counter
from tests.faults import Exchange, completion
from tests.server import Server, schema_of

MODEL = "gpt-4o"
# Strategies by library; with a comma, as whoever counts tokens would set them up by hand.
PEERS = {
    "langchain_classic": ("map_reduce", "refine", "map_reduce, chunks as long as fit"),
    "llama_index.core": ("tree_summarize", "tree_summarize, text as it is"),
}
# These do the same whatever the window.
_ANY_WINDOW = ("map_reduce", "refine")
MOST_SENT = 1.15
# A request that was built while another one waited this long would have been sent with it.
_QUIET_S = 0.4
_AT_ONCE = 1000
# No sentence with its number is shorter, in JSON.
_LEAST = 15
# Words of JSON with numbers, for a token of the reply.
_WORDS_A_TOKEN = 0.6
_GOALS = ("calls", "tokens", "depth")
# What stands between two marks, and a sentence or note there: `12 The ...`, `12, 14 The ...`, `[12] 3 of them ...`.
_FENCED = re.compile(r"^(=== \w+ ===)$(.*?)^\1$", re.MULTILINE | re.DOTALL)
_LINE = re.compile(r"^\[?(\d+(?:, ?\d+)*)\]? (.+)$", re.MULTILINE)

count = counter(MODEL).count

# --------------------------------------------------------------------------------------------------------- the replies


def written(body: Mapping[str, Any], tokens: int) -> str:
    """Return a reply of so many tokens: to a request with a schema, sentences of what it shows, spread over all."""
    schema = schema_of(body)
    if schema is None:
        shown = str(body["messages"][-1]["content"]).split()
        return " ".join(_filling((f"{word} " for word in shown), tokens))
    messages = (_FENCED.search(message["content"]) for message in reversed(body["messages"]))
    lines = _LINE.findall(next(filter(None, messages))[2])
    claims = [{"text": text, "cites": list(map(int, numbers.split(",")))[:1]} for numbers, text in lines]
    names = list(schema["properties"])
    title = {"title": {**claims[0], "text": claims[0]["text"][:80]}} if "title" in names else {}
    spare = tokens - count(json.dumps(title)) - 10
    step = max(1, len(claims) * 40 // max(1, spare))
    chosen = list(_filling([*claims[::step], *claims[1::step]], spare))
    return json.dumps({**title, names[-1]: chosen or claims[:1]}, ensure_ascii=False)


def _filling(parts: Iterable[Any], tokens: int) -> Iterator[Any]:
    """Take what fits, until next to nothing is left."""
    for part in parts:
        length = count(part if isinstance(part, str) else json.dumps(part, ensure_ascii=False))
        if length <= tokens:
            tokens -= length
            yield part
        if tokens < _LEAST:
            return


class Counting(Server):
    """A server that counts, and answers all that wait at once."""

    def __init__(self, answer: int, *, in_turn: bool = False) -> None:
        super().__init__(then=self._hold, reply=lambda body: written(body, answer), models=())
        self.calls = self.sent = self.received = self.depth = 0
        self._in_turn = in_turn
        self._newest = 0.0
        self._released: asyncio.Event | None = None

    async def _hold(self, exchange: Exchange) -> None:
        read, wrote = sum(count(str(message["content"])) for message in exchange.body["messages"]), count(exchange.text)
        self.calls, self.sent, self.received = self.calls + 1, self.sent + read, self.received + wrote
        if not self._in_turn:
            await self._level()
        usage = {"prompt_tokens": read, "completion_tokens": wrote, "total_tokens": read + wrote}
        await exchange.json(completion(exchange.body, exchange.text, usage=usage))

    async def _level(self) -> None:
        """Wait with the others until no more come."""
        clock = asyncio.get_running_loop().time
        self._newest = clock()
        if self._released is not None:
            await self._released.wait()
            return
        self._released = released = asyncio.Event()
        while clock() < self._newest + _QUIET_S:  # noqa: ASYNC110 - it is quiet that is waited for
            await asyncio.sleep(_QUIET_S / 8)
        self.depth += 1
        self._released = None
        released.set()


# ---------------------------------------------------------------------------------------------------------- strategies


@dataclass(frozen=True, slots=True)
class Taken:
    """What one strategy took for one article."""

    name: str
    calls: int
    sent: int
    received: int
    depth: int

    @property
    def tokens(self) -> int:
        """Tokens sent and received."""
        return self.sent + self.received


def ours(text: str, window: int, answer: int) -> Taken:
    async def summarize(url: str) -> None:
        words = round(answer * _WORDS_A_TOKEN)
        async with Summarizer(f"openai:{MODEL}", base_url=url, context=window, max_words=words) as summarizer:
            # No fewer calls in flight than there are parts: the others set no limit either.
            async for result in summarizer.abatch([text], concurrency=_AT_ONCE):
                if isinstance(result, Failure):
                    raise SystemExit(result.detail)
                for line in result.warnings:
                    print(f"  note: {line}", file=sys.stderr)

    with Counting(answer) as server:
        asyncio.run(summarize(server.url))
    return Taken("summarizer", server.calls, server.sent, server.received, server.depth)


def theirs(python: str, strategy: str, article: Path, window: int, answer: int) -> Taken:
    in_turn = strategy == "refine"
    with Counting(answer, in_turn=in_turn) as server:
        command = [python, str(Path(__file__).with_name("long_peers.py"))]
        arguments = [server.url, strategy, str(window), str(answer), str(article)]
        subprocess.run([*command, *arguments], check=True, stdout=subprocess.DEVNULL)
    depth = server.calls if in_turn else server.depth
    return Taken(strategy, server.calls, server.sent, server.received, depth)


def vocabularies(folder: str) -> None:
    """Let every tiktoken find its vocabularies in a folder, unpacked from this package: nothing is downloaded."""
    os.environ["TIKTOKEN_CACHE_DIR"] = folder
    for model in (MODEL, "gpt-4"):
        counter(model).count("")


@cache
def installed(python: str) -> list[str]:
    """Return the strategies whose library an interpreter has."""
    return [
        strategy
        for library, strategies in PEERS.items()
        if subprocess.run([python, "-c", f"import {library}"], check=False, capture_output=True).returncode == 0
        for strategy in strategies
    ]


# ------------------------------------------------------------------------------------------------------------- figures


def of_tokens(tokens: int, source: Path | None) -> str:
    """Return a text of about so many tokens."""
    text = long_text(tokens * 7, source)
    for _ in range(3):
        text = text[: round(len(text) * tokens / count(text))]
    return text


def measure(text: str, window: int, answer: int, python: str, cached: dict[str, Taken]) -> bool:
    """Print what each strategy takes, and return whether ours takes no more than the best of the others."""
    length = count(text)
    print(f"\n{length:,} tokens, window {window:,}, replies of {answer}")
    print(f"  {'':40} {'calls':>6} {'tokens':>10} {'sent':>10} {'depth':>6}")
    own = ours(text, window, answer)
    _show(own)
    # The replies of all but the last call are sent on.
    most = MOST_SENT * (length + own.received - answer)
    print(f"  {'':40} sent {own.sent / length:.3f} of the article, {own.sent / most * MOST_SENT:.3f} with the notes")
    others = []
    with tempfile.TemporaryDirectory() as folder:
        article = Path(folder) / "article.txt"
        article.write_text(text, "utf-8")
        for strategy in installed(python):
            key = f"{strategy} {answer} {'' if strategy in _ANY_WINDOW else window}"
            if key not in cached:
                cached[key] = theirs(python, strategy, article, window, answer)
            others.append(cached[key])
            _show(others[-1])
    usual = [one for one in others if "," not in one.name]
    missed = _more(own, usual) + ([f"sent than {MOST_SENT} of article and notes"] if own.sent > most else [])
    print(f"  more {', '.join(missed)}" if missed else "  reached")
    by_hand = [name for name in _more(own, others) if name not in missed]
    if by_hand:
        print(f"  more {', '.join(by_hand)} than the others set up by hand")
    return not missed


def _more(own: Taken, others: Sequence[Taken]) -> list[str]:
    """Return what ours takes more of than some other."""
    return [name for name in _GOALS if any(getattr(own, name) > getattr(one, name) for one in others)]


def _show(taken: Taken) -> None:
    print(f"  {taken.name:40} {taken.calls:6,} {taken.tokens:10,} {taken.sent:10,} {taken.depth:6,}", flush=True)


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", nargs="?", type=Path)
    parser.add_argument("--peers", default=sys.executable, metavar="PYTHON")
    parser.add_argument("--tokens", nargs="*", type=int, default=(5_000, 50_000, 500_000))
    parser.add_argument("--windows", nargs="*", type=int, default=(4_096, 128_000))
    parser.add_argument("--answers", nargs="*", type=int, default=(150, 300))
    chosen = parser.parse_args(arguments)
    reached = True
    with tempfile.TemporaryDirectory() as folder:
        vocabularies(folder)
        for tokens in chosen.tokens:
            text = of_tokens(tokens, chosen.source)
            cached: dict[str, Taken] = {}
            for answer in chosen.answers:
                for window in chosen.windows:
                    reached &= measure(text, window, answer, chosen.peers, cached)
    sys.exit(0 if reached else 1)


if __name__ == "__main__":
    main()
