"""What a local model costs, and whether its replies fit the schema: CPU seconds of its process, counted by Linux.

    python benchmarks/local_model.py smollm2 fixtures/articles/*.en.txt --words 150

CPU seconds hold on a busy machine; seconds on the clock do not. Each article is cut after the sentence that reaches
`--words`. It is asked for in two ways: the package's own prompt, and the shortest one; with the schema that has every
bound (what `local:` sends), and with the strict subset (what `openai:` sends to a server that it does not know).
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Sequence
from itertools import product
from pathlib import Path

from pydantic import ValidationError

from summarizer.errors import SummarizerError
from summarizer.load import load
from summarizer.plan import split
from summarizer.prompt import Prompts
from summarizer.providers import weights
from summarizer.providers.llama_server import Child
from summarizer.providers.openai import OpenAIDoor
from summarizer.records import Completion, Limits, Message, ModelInfo, Request, Unit, digest, numbered
from summarizer.schema import Summary, find_claims
from summarizer.shape import reply_format

FORM = reply_format(Summary)
Ask = Callable[[Sequence[Unit]], tuple[Message, ...]]


def packaged(units: Sequence[Unit]) -> tuple[Message, ...]:
    article_id = digest("".join(unit.text for unit in units))
    return Prompts().ask("summary", units, article_id=article_id, format=FORM, language=None, max_words=60)


def shortest(units: Sequence[Unit]) -> tuple[Message, ...]:
    rule = "Write a title and a short summary of this news article. Give the numbers of the sentences you used."
    lines = "\n".join(numbered(units, bare=False))
    return (Message("user", f"{rule}\n\nArticle:\n{lines}\n\nSummary:"),)


def cut(path: Path, words: int) -> tuple[Unit, ...]:
    kept, seen = [], 0
    for unit in split(load(path).text):
        kept.append(unit)
        seen += len(unit.text.split())
        if seen >= words:
            break
    return tuple(kept)


def cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def resident_mb(pid: int) -> float:
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) / 1000 for line in lines if line.startswith("VmRSS"))


def timed(door: OpenAIDoor, pid: int, request: Request) -> tuple[Completion | SummarizerError, float]:
    begin = cpu_s(pid)
    try:
        outcome: Completion | SummarizerError = door.complete(request)
    except SummarizerError as error:
        outcome = error
    return outcome, cpu_s(pid) - begin


def verdict(outcome: Completion | SummarizerError, units: Sequence[Unit]) -> str:
    if isinstance(outcome, SummarizerError):
        return type(outcome).__name__
    try:
        claims = [claim for _, claim in find_claims(Summary.model_validate_json(outcome.text))]
    except ValidationError as error:
        return f"invalid: {error.errors()[0]['msg']}"
    cited = sum(bool(claim.cites) and all(1 <= cite <= len(units) for cite in claim.cites) for claim in claims)
    return f"valid, {cited} of {len(claims)} claims cite sentences that exist"


def speed(door: OpenAIDoor, pid: int, name: str) -> tuple[float, float]:
    """Tokens read and written per CPU second, from a long prompt with a short reply and the other way round."""
    message = Message("user", "The harbor is closed because of the storm. " * 120)
    read, read_s = timed(door, pid, Request(name, (message,), max_output_tokens=1))
    write_message = Message("user", "Write a long story about the sea and the people who live by it.")
    write, write_s = timed(door, pid, Request(name, (write_message,), max_output_tokens=200))
    first, second = read.usage, write.usage
    assert first is not None
    assert second is not None
    rate = (first.input_tokens or 0) / read_s
    return rate, (second.output_tokens or 0) / (write_s - (second.input_tokens or 0) / rate)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model", help="a name of the catalog, or a .gguf file")
    parser.add_argument("articles", nargs="+", type=Path)
    parser.add_argument("--words", type=int, default=150)
    parser.add_argument("--max-tokens", type=int, default=700)
    parser.add_argument("--window", type=int, default=8192)
    options = parser.parse_args()

    info = ModelInfo(f"local:{options.model}", options.model, options.window)
    begin = time.monotonic()
    child = Child(info, weights.find(options.model), 1)
    print(f"start: {time.monotonic() - begin:.2f} s, {cpu_s(child.pid):.2f} CPU s; {resident_mb(child.pid):.0f} MB")
    try:
        measure(child, info.name, options.articles, options.words, options.max_tokens)
    finally:
        child.stop()


def measure(child: Child, name: str, articles: Sequence[Path], words: int, max_tokens: int) -> None:
    bounded, strict = (
        OpenAIDoor(
            model=name,
            base_url=f"{child.url}/v1",
            api_key=child.key,
            limits=Limits(timeout_s=900),
            bounded=flag,
            extra_body={"cache_prompt": False, "temperature": 0},
        )
        for flag in (True, False)
    )
    reads, writes = speed(bounded, child.pid, name)
    print(f"tokens per CPU second: {reads:.0f} read, {writes:.0f} written")
    asks: tuple[Ask, ...] = (packaged, shortest)
    for path, ask, (label, door) in product(articles, asks, (("bounded", bounded), ("strict", strict))):
        units = cut(path, words)
        outcome, seconds = timed(door, child.pid, Request(name, ask(units), FORM, max_tokens))
        usage = outcome.usage
        assert usage is not None
        print(
            f"{path.name[:24]:24} {ask.__name__:8} {label:7} {seconds:5.1f} CPU s  {usage.input_tokens} read, "
            f"{usage.output_tokens} written  {verdict(outcome, units)}"
        )
    print(f"memory at the end: {resident_mb(child.pid):.0f} MB")
    bounded.close()
    strict.close()


if __name__ == "__main__":
    main()
