"""What a batch carries, beside what people write themselves: throughput, CPU and memory, side by side in one run.

    python benchmarks/batch.py                                  # the full form: 10,000 articles, 100 to 1,000 in flight
    python benchmarks/batch.py --articles 2000 --in-flight 100 500 --rounds 3
    python benchmarks/batch.py --clients ours --replies shortened       # no claim is a sentence of the article

A server in a process of its own (`fake_openai.py`) answers each request after half a second, so the ideal is the number
in flight divided by 0.5 s. Each client runs in a process of its own, in turns, over the same articles of some 600
tokens, and asks for the same object of six claims with their cites:

* `ours` is the whole of `summarizer batch`: reads a table or a folder, cuts and numbers sentences, renders the prompt,
  validates, checks every claim against the article, keeps ledger and outputs on disk;
* `parse` is `AsyncOpenAI().chat.completions.parse` behind a semaphore; `langchain` is its `abatch`, `instructor` its
  async client. They neither check nor keep what they get. Those that are not installed are left out.

CPU is that of the client's process, with its children, in ms an article; what these took of it (checks on other
processes) and the server's are printed beside it, since that is missing for the client where both have two cores. The
peak is the client's alone. The first request, with all imports, is not counted.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

if __package__ in (None, ""):  # run as a script
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

LATENCY_S = 0.5
MODEL = "gpt-4o-mini"
CLIENTS = ("ours", "parse", "langchain", "instructor")
_NEEDS = {"ours": "openai", "parse": "openai", "langchain": "langchain_openai", "instructor": "instructor"}
_ASK = (
    "Summarize the article as a JSON object with a title and claims. Each claim is one sentence with the numbers of "
    "the sentences of the article that say it."
)

# ------------------------------------------------------------------------------------------------------------ articles

_TOWNS = ("Lyon", "Porto", "Leeds", "Ghent", "Turin", "Malmö", "Graz", "Bilbao", "Cork", "Lille", "Basel", "Gdansk")
_PEOPLE = ("Anna Keller", "Paul Moreau", "Maria Silva", "John Hughes", "Eva Lindgren", "Marco Conti", "Clara Jansen")
_SENTENCES = (
    "The council of {town} approved a plan for the old harbour on Tuesday, after a debate of almost five hours.",
    "The work will cost {number} million euros over the next four years, according to documents seen by this paper.",
    "{person} told reporters that the first houses would be ready in May, if the winter is as mild as the last one.",
    "About {number} families are to move into the new quarter, most of them from the crowded streets near the station.",
    "A group of fishermen from {town} has gone to court, because the boats would lose their berths during the work.",
    "The court in {town} is expected to hear the case in September, before the first contracts can be signed.",
    "Engineers found {number} tonnes of polluted mud in the basin, which must go away by ship before work begins.",
    "{person} did not answer questions about the delay, which has become a theme of the election campaign.",
    "The port still handles {number} containers a week, though larger ships have used the new terminal since spring.",
    "A survey of {number} residents found that most support the plan, while a third fear that rents will rise.",
    "The region pays for the bridge to {town}, which will carry trams and bicycles but no private cars.",
    "{person} called the decision a good day for the city, as supporters of the plan cheered in the gallery.",
    "The oldest warehouse was built in 1874 for grain from {town}, and has stood empty since a fire in the roof.",
    "It will become a library with {number} seats, a small theatre and rooms for the evening school.",
    "Opponents collected {number} signatures against the sale of the land, more than the law requires for a vote.",
    "The mayor of {town} has not said whether a vote will be held, although his party promised one in January.",
    "A company from {town} won the contract for the quays, in a tender that drew {number} offers from nine countries.",
    "{person} warned that prices for steel had doubled, and asked the council to set more money aside.",
    "Divers are to search the basin for bombs from the war, a task that took {number} days at the northern quay.",
    "Schools in {town} will send {number} pupils to plant trees along the canal, once the cranes have been removed.",
    "The ferry to {town} will leave from the outer pier for two years, which adds {number} metres to the walk.",
    "{person} sold the shipyard in 2009 for less than a tenth of its value, as an inquiry later found.",
    "Traders on the fish market pay {number} euros a month for a stall, and fear that tourists will push them out.",
    "The union for dock workers demands {number} new jobs for its members, in return for shorter shifts at night.",
    "A bank in {town} lends most of the money, at a rate that may be changed after {number} weeks.",
    "The next meeting is planned for June in {town}, where the architects will show a model of the square.",
)


def article(number: int) -> str:
    """Return an article of some 600 tokens that no other number has."""
    sentences = (
        sentence.format(
            town=_TOWNS[(number + place) % len(_TOWNS)],
            person=_PEOPLE[(number // 7 + place) % len(_PEOPLE)],
            number=101 + (number * 37 + place * 53) % 797,
        )
        for place, sentence in enumerate(_SENTENCES)
    )
    return f"Dossier {number}\n\n" + " ".join(sentences) + "\n"


def write_articles(room: Path, many: int, *, folder: bool) -> Path:
    """Write articles as rows of a table or as files, and return where they are."""
    if not folder:
        table = room / f"articles-{many}.jsonl"
        with table.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps({"text": article(number)}) + "\n" for number in range(many))
        return table
    files = room / f"articles-{many}"
    files.mkdir()
    for number in range(many):
        (files / f"{number:06}.txt").write_text(article(number), "utf-8")
    return files


# ------------------------------------------------------------------------------------------------------------- clients


def ours(url: str, source: Path, in_flight: int) -> Iterator[int]:
    """Run `summarizer batch`: the first step warms up, the second is measured; yield how many articles were lost."""
    from summarizer.batch.places import ledger_of
    from summarizer.batch.view import View
    from summarizer.cli import run

    options = ["--model", f"openai:{MODEL}", "--base-url", url, "--concurrency", str(in_flight), "--quiet"]
    with tempfile.TemporaryDirectory() as room:
        first = Path(room) / "first.txt"
        first.write_text(article(-1), "utf-8")
        run(["batch", str(first), "--out", str(Path(room) / "first.jsonl"), *options])
        yield 0
        out = Path(room) / ("summaries" if source.is_dir() else "summaries.jsonl")
        run(["batch", str(source), "--out", str(out), *options])
        with View(ledger_of(out)) as view:
            counts, spent = view.counts(), view.spent()
        assert spent.requests == sum(counts.values()), "some replies were repaired, or asked for again"
        yield sum(counts.values()) - counts.get("ok", 0)


def theirs(name: str) -> Callable[[str, Path, int], Iterator[int]]:
    """Return the like for a client that asks a coroutine, or a chain, about each text."""

    def client(url: str, source: Path, in_flight: int) -> Iterator[int]:
        paths = sorted(source.iterdir()) if source.is_dir() else []
        texts = [path.read_text("utf-8") for path in paths] or [
            json.loads(line)["text"] for line in source.read_text("utf-8").splitlines()
        ]
        with asyncio.Runner() as runner:
            ask = _ASKING[name](url)
            runner.run(ask([article(-1)], 1))
            yield 0
            yield sum(not getattr(one, "claims", None) for one in runner.run(ask(texts, in_flight)))

    return client


def _messages(text: str) -> list[dict[str, str]]:
    lines = text.replace("\n\n", ". ").replace(". ", ".\n").splitlines()
    numbered = "\n".join(f"[{number}] {line}" for number, line in enumerate(lines, start=1))
    return [{"role": "system", "content": _ASK}, {"role": "user", "content": numbered}]


def _schema() -> type[Any]:
    from pydantic import BaseModel

    class Claim(BaseModel):
        text: str
        cites: list[int]

    class Summary(BaseModel):
        title: Claim
        claims: list[Claim]

    return Summary


Asking = Callable[[list[str], int], Awaitable[list[Any]]]


def _bounded(one: Callable[[str], Awaitable[Any]]) -> Asking:
    async def ask(texts: list[str], in_flight: int) -> list[Any]:
        slots = asyncio.Semaphore(in_flight)

        async def bounded(text: str) -> Any:
            async with slots:
                return await one(text)

        return await asyncio.gather(*map(bounded, texts), return_exceptions=True)

    return ask


def _parse(url: str) -> Asking:
    from openai import AsyncOpenAI

    client, schema = AsyncOpenAI(base_url=url, api_key="none"), _schema()

    async def one(text: str) -> Any:
        reply = await client.chat.completions.parse(model=MODEL, messages=_messages(text), response_format=schema)
        return reply.choices[0].message.parsed

    return _bounded(one)


def _instructor(url: str) -> Asking:
    import instructor
    from openai import AsyncOpenAI

    client = instructor.from_openai(AsyncOpenAI(base_url=url, api_key="none"), mode=instructor.Mode.JSON_SCHEMA)
    schema = _schema()

    async def one(text: str) -> Any:
        return await client.chat.completions.create(model=MODEL, messages=_messages(text), response_model=schema)

    return _bounded(one)


def _langchain(url: str) -> Asking:
    from langchain_openai import ChatOpenAI

    model = ChatOpenAI(model=MODEL, base_url=url, api_key="none")  # type: ignore[arg-type]
    chain = model.with_structured_output(_schema(), method="json_schema")

    async def ask(texts: list[str], in_flight: int) -> list[Any]:
        prompts = [_messages(text) for text in texts]
        return list(await chain.abatch(prompts, {"max_concurrency": in_flight}, return_exceptions=True))

    return ask


_ASKING: dict[str, Callable[[str], Asking]] = {
    "parse": _parse,
    "instructor": _instructor,
    "langchain": _langchain,
}


def serve(name: str, url: str, source: Path, in_flight: int) -> None:
    """Run a client once, and print what it took."""
    steps = (ours if name == "ours" else theirs(name))(url, source, in_flight)
    next(steps)
    began, before = time.monotonic(), _cpu_s()
    lost = next(steps)
    seconds = time.monotonic() - began
    here_s, children_s = (now - then for now, then in zip(_cpu_s(), before, strict=True))
    peak_kib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 if sys.platform == "darwin" else 1)
    print(json.dumps([seconds, here_s, children_s, peak_kib / 1024, lost]))


def _cpu_s() -> tuple[float, float]:
    """Seconds of this process, and of those that it has started and ended."""
    here, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return here.ru_utime + here.ru_stime, children.ru_utime + children.ru_stime


# --------------------------------------------------------------------------------------------------------- measurement


@dataclass(frozen=True, slots=True)
class Taken:
    """One run of one client.

    Attributes:
        share: Of the ideal throughput.
        cpu_ms: The client's, for each article.
        children_ms: Of these, what processes took that it started.
        server_ms: The server's, for each article.
        lost: Articles without a summary.
    """

    share: float
    cpu_ms: float
    children_ms: float
    peak_mib: float
    server_ms: float
    lost: int


def measure(name: str, url: str, source: Path, in_flight: int, articles: int) -> Taken:
    """Run a client in a process of its own."""
    _get(url, "reset")
    command = [sys.executable, __file__, "--serve", name, url, str(source), str(in_flight)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    seconds, here_s, children_s, peak_mib, lost = json.loads(done.stdout.splitlines()[-1])
    server_s = _get(url, "stats")["cpu_s"]
    ideal_s = articles / (in_flight / LATENCY_S)
    cpu_ms, children_ms, server_ms = (1000 * used / articles for used in (here_s + children_s, children_s, server_s))
    return Taken(ideal_s / seconds, cpu_ms, children_ms, peak_mib, server_ms, lost)


def _get(url: str, what: str) -> Any:
    with urllib.request.urlopen(f"{url.removesuffix('/v1')}/{what}") as reply:
        return json.load(reply)


def compare(chosen: argparse.Namespace, url: str, room: Path) -> None:
    """Measure every client in turns, and print medians."""
    clients = [name for name in chosen.clients if find_spec(_NEEDS[name])]
    source = write_articles(room, chosen.articles, folder=chosen.folder)
    print(f"{chosen.articles:,} articles, {chosen.replies} replies, {chosen.rounds} rounds; medians")
    head = (
        f"{'in flight':>9}  {'client':<10} {'of ideal':>8} {'CPU ms':>7} {'children':>8} {'server':>7} {'peak MiB':>8}"
    )
    print(f"{head} {'lost':>5}  beside parse")
    for in_flight in chosen.in_flight:
        taken: dict[str, list[Taken]] = {name: [] for name in clients}
        for _ in range(chosen.rounds):
            for name in clients:
                taken[name].append(measure(name, url, source, in_flight, chosen.articles))
        for name in clients:
            print(_row(in_flight, name, taken), flush=True)


def _row(in_flight: int, name: str, taken: dict[str, list[Taken]]) -> str:
    def median(what: str, of: str = name) -> float:
        return statistics.median(getattr(one, what) for one in taken[of])

    beside = ""
    if "parse" in taken and name != "parse":
        faster = statistics.median(
            one.share / other.share for one, other in zip(taken[name], taken["parse"], strict=True)
        )
        beside = f"{faster:.1f}x the throughput, {median('cpu_ms') / median('cpu_ms', 'parse'):.2f} of the CPU"
    return (
        f"{in_flight:>9}  {name:<10} {median('share'):>8.0%} {median('cpu_ms'):>7.2f} {median('children_ms'):>8.2f} "
        f"{median('server_ms'):>7.2f} {median('peak_mib'):>8.0f} {sum(one.lost for one in taken[name]):>5}  {beside}"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--in-flight", type=int, nargs="+", default=[100, 500, 1000])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--clients", nargs="+", choices=CLIENTS, default=CLIENTS)
    parser.add_argument("--replies", choices=["verbatim", "shortened"], default="verbatim")
    parser.add_argument("--folder", action="store_true", help="files in, files out, in the place of JSON Lines")
    parser.add_argument("--serve", nargs=4, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.serve:
        name, url, source, in_flight = chosen.serve
        serve(name, url, Path(source), int(in_flight))
        return
    command = [sys.executable, str(Path(__file__).with_name("fake_openai.py")), "--latency", str(LATENCY_S)]
    command += ["--replies", chosen.replies]
    with tempfile.TemporaryDirectory() as room, subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            compare(chosen, server.stdout.readline().strip(), Path(room))
        finally:
            server.terminate()


if __name__ == "__main__":
    main()
