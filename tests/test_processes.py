"""Flows and looks in child processes: the same results, nothing asked twice, and nothing left behind or lost."""

from __future__ import annotations

import asyncio
import os
import pickle
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pytest
from pydantic import Field

from summarizer import ScriptedProvider, Summarizer, Summary
from summarizer.batch import Run, Settings
from summarizer.batch.desk import Asked, Desk, Orders
from summarizer.batch.ended import Ended
from summarizer.batch.pipe import Child
from summarizer.batch.processes import Load, Processes
from summarizer.errors import Refused
from summarizer.ground import Grounding, ground
from summarizer.language import detect
from summarizer.load.inputs import given
from summarizer.pipeline import Look
from summarizer.plan import split
from summarizer.records import Article, Completion, Failure, Provider, Request, Result
from summarizer.render import jsonl
from summarizer.schema import Claim

from . import replies

T = TypeVar("T")
ARTICLES = Path(__file__).parent.parent / "fixtures" / "articles"
posix = pytest.mark.skipif(sys.platform == "win32", reason="has no signals to send")
linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")


class Traveled(Summary):
    """A summary that says in which process it was read."""

    process: int = Field(default_factory=os.getpid)


def halved(request: Request) -> str:
    """The first sentences of an article without their last words."""
    units = request.units
    return replies.summary(*((unit.text[: -len(unit.text) // 3], [unit.number]) for unit in (units[0], *units[:3])))


def texts() -> list[str]:
    return [path.read_bytes().decode() for path in sorted(ARTICLES.glob("*.*.*"))]


def many(number: int) -> list[str]:
    return [f"The company number {at} plans to raise {at} million euros, says its chief." for at in range(number)]


async def started(processes: Processes) -> int:
    """Wait until there is a child, and return its process."""
    await processes.look(look_at("Acme plans a plant in Lyon."))
    await until(lambda: bool(processes.pids))
    return processes.pids[0]


async def until(condition: Callable[[], bool]) -> None:
    """Wait for a condition; the seconds are for a busy machine."""
    async with asyncio.timeout(60):
        while not condition():  # noqa: ASYNC110 - nobody sets an event for it
            await asyncio.sleep(0.002)


def with_child(work: Callable[[Processes], Awaitable[T]]) -> T:
    """Do something with one child, which drives flows by the standard schema."""

    async def main() -> T:
        processes = Processes(1, at_once=True)
        processes.follow(Orders(Summarizer("extractive").recipe().flow, wants_results=True, reads_units=True))
        try:
            return await work(processes)
        finally:
            await processes.aclose()

    return asyncio.run(main())


def told(
    summarizer: Summarizer[Any],
    articles: Sequence[str],
    *,
    children: int = 1,
    beside: Callable[[int], Awaitable[None]] | None = None,
) -> list[Result[Any] | Failure]:
    """Run a batch whose flows are in a child from the first one on, and something beside it that is told its pid."""

    async def main() -> list[Result[Any] | Failure]:
        processes = Processes(children, at_once=True)
        run: Run[Any] = Run(summarizer.recipe(), given(articles), Settings(concurrency=8), processes=processes)
        if children:
            pid = await started(processes)
            task = asyncio.ensure_future(beside(pid)) if beside is not None else None
        found = [one async for one in run.outcomes()]
        if children and task is not None:
            await task
        return found

    return asyncio.run(main())


def lines(found: Sequence[Result[Any] | Failure]) -> dict[str | None, str]:
    return {one.article_id: jsonl(one) if isinstance(one, Result) else str(one) for one in found}


# ------------------------------------------------------------------------------------------------------------ articles


def test_flows_are_driven_in_a_child_that_can_import_their_schema() -> None:
    found = told(Summarizer(ScriptedProvider(halved), schema=Traveled, max_words=500), many(30))

    assert {one.summary.process for one in found if isinstance(one, Result)}.isdisjoint({os.getpid()})
    assert len(found) == 30


@pytest.mark.slow
@pytest.mark.parametrize(
    "settings", [{}, {"context": 1_800}, {"on_unsupported": "raise"}, {"language": "en", "sentences": 2}], ids=str
)
def test_a_batch_tells_the_same_with_and_without_children(settings: dict[str, Any]) -> None:
    def summarizing() -> Summarizer[Summary]:
        return Summarizer(ScriptedProvider(halved), max_words=200, **settings)

    assert lines(told(summarizing(), texts())) == lines(told(summarizing(), texts(), children=0))


class Moody(Provider):
    """Refuses every third article, breaks at another third, and counts what it is asked."""

    def __init__(self, wait_s: float = 0.0) -> None:
        self.asked: list[str] = []
        self._wait_s = wait_s

    def complete(self, request: Request, /) -> Completion:
        raise NotImplementedError

    async def acomplete(self, request: Request, /) -> Completion:
        self.asked.append(request.key)
        await asyncio.sleep(self._wait_s)
        number = int(re.findall(r"number (\d+)", request.units[0].text)[0])
        if number % 3 == 1:
            raise Refused("the model declined", model=request.model)
        if number % 3 == 2:
            raise LookupError("no such thing")
        unit = request.units[0]
        return Completion(replies.summary((unit.text, [1]), (unit.text.replace("plans", "hopes"), [1])), "moody")


def test_errors_of_the_provider_come_out_as_they_do_without_children() -> None:
    assert lines(told(Summarizer(Moody()), many(12))) == lines(told(Summarizer(Moody()), many(12), children=0))


@posix
def test_a_child_that_is_killed_loses_nothing_and_nothing_is_asked_twice() -> None:
    moody = Moody(wait_s=0.02)

    async def kill(pid: int) -> None:
        await until(lambda: len(moody.asked) >= 20)
        os.kill(pid, signal.SIGKILL)

    found = told(Summarizer(moody), many(60), beside=kill)

    assert lines(found) == lines(told(Summarizer(Moody()), many(60), children=0))
    assert len(moody.asked) == len(set(moody.asked))


def test_an_error_that_cannot_travel_is_told_all_the_same() -> None:
    class Held(Refused):
        """Holds what no other process can have."""

    def decline(request: Request) -> str:
        error = Held("the model declined", model=request.model)
        error.add_note("of a class within a function")
        raise error

    found = told(Summarizer(ScriptedProvider(decline)), many(3))

    assert [one.outcome for one in found if isinstance(one, Failure)] == ["refused"] * 3


def test_a_schema_that_no_other_process_knows_is_no_obstacle() -> None:
    class Local(Summary):
        process: int = Field(default_factory=os.getpid)

    found = told(Summarizer(ScriptedProvider(halved), schema=Local, max_words=500), many(5))

    assert [one.summary.process for one in found if isinstance(one, Result)] == [os.getpid()] * 5


def test_a_desk_keeps_nothing_of_flows_that_ended_or_were_given_up() -> None:
    desk = Desk(Orders(Summarizer("extractive").recipe().flow, wants_results=False, reads_units=False))
    for number, text in enumerate(many(3)):
        assert isinstance(desk.answer(number, Article(text)), Asked)
    under_way = [desk.under_way]

    ends = desk.answer(0, (Completion(replies.summary((many(1)[0], [1]), (many(1)[0], [1])), "x"),))
    refused = desk.answer(1, (Refused("no"),))
    desk.answer(2, None)

    assert isinstance(ends, Ended)
    assert isinstance(refused, Refused)
    assert [*under_way, desk.under_way] == [3, 0]


@pytest.mark.slow
@linux
def test_articles_that_are_given_up_here_take_no_memory_there() -> None:
    async def work(processes: Processes) -> list[int]:
        pid, sizes = await started(processes), []
        for number in range(24):
            article = Article(f"The company number 2 plans to raise {number} million euros. " * 5_000)
            with pytest.raises(LookupError):
                await processes.summarize(article, Moody(), calls=1)
            sizes.append(resident_kib(pid))
        return sizes

    sizes = with_child(work)
    assert sizes[-1] - sizes[7] < 20_000  # 16 flows that wait take 35 MB


def resident_kib(pid: int) -> int:
    return int(re.findall(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[0])


# --------------------------------------------------------------------------------------------------------------- looks


def look_at(text: str) -> Look:
    """A look at sentences cut short, at one with another number, and at one that rests on nothing."""
    language = detect(text)
    units = split(text, language)
    short = [Claim(text=unit.text[: len(unit.text) // 2 + 1], cites=[unit.number]) for unit in units[:4]]
    wrong = Claim(text=units[0].text.replace("1", "7") + " 23", cites=[1, 99])
    claims = [*short, wrong, Claim(text=units[-1].text[1:], cites=[])]
    return partial(
        ground, tuple((f"/{at}", claim) for at, claim in enumerate(claims)), units, language=language, origins=None
    )


async def taken(processes: Processes, looks: Sequence[Look]) -> list[Grounding]:
    return await asyncio.gather(*map(processes.look, looks))


def test_a_child_finds_the_same_and_each_look_comes_back_to_who_asked() -> None:
    looks = list(map(look_at, [*texts(), *many(40)]))

    async def work(processes: Processes) -> tuple[int, list[Grounding], tuple[int, ...]]:
        return await started(processes), await taken(processes, looks), processes.pids

    pid, found, pids = with_child(work)
    assert found == [look() for look in looks]
    assert pids == (pid,)


def test_what_a_look_raises_comes_out_as_itself() -> None:
    broken = partial(ground, ((),), (), language=None)

    async def work(processes: Processes) -> None:
        await started(processes)
        await processes.look(broken)

    with pytest.raises(ValueError, match="unpack"):
        with_child(work)


# ------------------------------------------------------------------------------------------------------------ children


def test_no_child_is_started_for_little_work() -> None:
    async def main() -> tuple[int, ...]:
        processes = Processes(1)
        await taken(processes, [look_at("Acme plans a plant in Lyon.")] * 3)
        return processes.pids

    assert asyncio.run(main()) == ()


def test_a_child_is_started_when_looks_take_all_the_time() -> None:
    async def main() -> tuple[int, ...]:
        processes = Processes(1)
        end = time.monotonic() + 120
        while not processes.pids and time.monotonic() < end:
            await processes.look(look_at(texts()[0]))
        pids = processes.pids
        await processes.aclose()
        return pids

    assert asyncio.run(main())


@pytest.mark.parametrize(
    ("flows_s", "children_s", "here_s", "is_high"),
    [
        (0.25, [], 0.9, False),
        (0.4, [], 0.9, True),
        (0.0, [0.9], 0.2, True),
        (0.0, [0.9], 0.9, False),  # both processors are busy
        (0.0, [0.7], 0.2, False),
        (0.0, [0.9, 0.7], 0.0, False),
    ],
)
def test_a_child_is_added_when_all_are_busy_and_a_processor_is_free(
    flows_s: float, children_s: list[float], here_s: float, *, is_high: bool
) -> None:
    """Each number is the share of a second; what holds for one second alone is not enough."""
    clock = {"now": 0.0, "worked": 0.0}
    load = Load(2, lambda: clock["now"], lambda: clock["worked"])
    children = [Child() for _ in children_s]

    def second() -> bool:
        clock["now"] += 1.0
        clock["worked"] += here_s
        load.add(flows_s)
        for child, busy_s in zip(children, children_s, strict=True):
            child.busy_s += busy_s
        return load.is_high(children)

    assert [second(), second()] == [False, is_high]


@posix
def test_a_child_that_is_killed_is_followed_by_another() -> None:
    looks = list(map(look_at, many(5)))

    async def work(processes: Processes) -> tuple[int, list[Grounding], int]:
        first = await started(processes)
        os.kill(first, signal.SIGKILL)
        return first, await taken(processes, looks), await started(processes)

    first, found, second = with_child(work)
    assert found == [look() for look in looks]
    assert first != second


@pytest.mark.slow
@posix
def test_children_that_die_again_and_again_are_not_started_for_ever() -> None:
    look = look_at("Acme plans a plant in Lyon.")

    async def work(processes: Processes) -> tuple[list[Grounding], tuple[int, ...]]:
        for _ in range(4):
            os.kill(await started(processes), signal.SIGKILL)
            await processes.look(look)
        found = await taken(processes, [look] * 3)
        await asyncio.sleep(1.5)
        return found, processes.pids

    assert with_child(work) == ([look()] * 3, ())


@posix
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_what_ends_the_whole_group_is_the_parents_to_handle(name: str) -> None:
    async def work(processes: Processes) -> tuple[int, tuple[int, ...]]:
        pid = await started(processes)
        os.kill(pid, getattr(signal, name))
        await processes.look(look_at("Acme plans a plant in Lyon."))
        return pid, processes.pids

    pid, pids = with_child(work)
    assert pids == (pid,)


def is_alive(pid: int) -> bool:
    """Whether a process runs; one that only waits to be collected by its parent does not."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


@linux
async def test_a_process_that_is_given_up_while_it_starts_is_waited_for() -> None:
    def children() -> list[str]:
        return Path(f"/proc/self/task/{threading.get_native_id()}/children").read_text().split()

    before = children()
    starting = asyncio.ensure_future(Child.start(pickle.dumps(None)))
    while children() == before:  # noqa: ASYNC110 - nobody sets an event for it
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.05)  # its pipes are there; what it has to load takes longer
    starting.cancel()
    await asyncio.wait([starting])

    assert children() == before


@linux
def test_the_end_of_a_run_ends_its_children() -> None:
    seen: list[int] = []

    async def see(pid: int) -> None:
        seen.append(pid * is_alive(pid))

    told(Summarizer(ScriptedProvider(halved)), many(3), beside=see)

    assert seen[0]
    assert not is_alive(seen[0])


@linux
def test_an_end_while_a_child_starts_leaves_nothing_behind() -> None:
    async def main() -> None:
        processes = Processes(1, at_once=True)
        await processes.look(look_at("Acme plans a plant in Lyon."))
        await until(lambda: bool(children()))
        await processes.aclose()

    asyncio.run(main())

    assert children() == []


def children() -> list[str]:
    """The children of this process with a desk."""
    return [path.parent.name for path in Path("/proc").glob("[0-9]*/stat") if is_child(path)]


def is_child(stat: Path) -> bool:
    with suppress(OSError):
        parent = int(stat.read_text().rpartition(")")[2].split()[1])
        name = str(Path("batch", "child.py"))
        return (
            parent == os.getpid() and name in (stat.parent / "cmdline").read_text() and is_alive(int(stat.parent.name))
        )
    return False


# ------------------------------------------------------------------------------------------------------------ programs

# No guard: what it does at its top level must be done once. Its schema is one that its children do not know.
PROGRAM = """
import asyncio, os, sys, time
print("top", flush=True)
from summarizer import ScriptedProvider, Summarizer, Summary
from summarizer.batch import Run, Settings
from summarizer.batch.processes import Processes
from summarizer.load.inputs import given
from tests.test_processes import halved, many, started

class Mine(Summary):
    pass

async def main():
    processes = Processes(1, at_once=True)
    {first}
    recipe = Summarizer(ScriptedProvider(halved), schema=Mine).recipe()
    run = Run(recipe, given(many(20)), Settings(), processes=processes)
    print("done", len([one async for one in run.outcomes()]), flush=True)

asyncio.run(main())
"""


BEGIN = "print(await started(processes), flush=True)"


def program(folder: Path, first: str) -> subprocess.Popen[str]:
    """Run a program that does something first, and then a batch."""
    script = folder / "script.py"
    script.write_text(PROGRAM.format(first=first.replace("\n", "\n    ")), "utf-8")
    root = str(Path(__file__).parent.parent)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, [root, os.environ.get("PYTHONPATH")]))}
    return subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True, env=environment)


def test_a_script_without_a_guard_runs_once(tmp_path: Path) -> None:
    with program(tmp_path, BEGIN) as process:
        printed, _ = process.communicate(timeout=300)

    assert re.fullmatch(r"top\n\d+\ndone 20\n", printed)
    assert process.returncode == 0


DAEMON = """
import multiprocessing
if os.environ.get("INNER"):
    print(await started(processes), flush=True)
    await processes.aclose()
    return
os.environ["INNER"] = "1"
child = multiprocessing.get_context("fork").Process(target=lambda: asyncio.Runner().run(main()), daemon=True)
await asyncio.to_thread(lambda: (child.start(), child.join()))
"""


@linux
def test_a_daemonic_process_may_have_children_too(tmp_path: Path) -> None:
    with program(tmp_path, DAEMON) as process:
        printed, _ = process.communicate(timeout=300)

    assert re.fullmatch(r"top\n\d+\ndone 20\n", printed)


@pytest.mark.slow
@linux
@pytest.mark.parametrize("holder", ["", "if os.fork() == 0: time.sleep(30); os._exit(0)"], ids=["plain", "with a fork"])
def test_a_program_killed_without_warning_takes_its_children_along(tmp_path: Path, holder: str) -> None:
    with program(tmp_path, f"{BEGIN}\n{holder}\ntime.sleep(60)") as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "top\n"
        pid = int(process.stdout.readline())
        assert is_alive(pid)
        process.kill()
        end = time.monotonic() + 20
        while is_alive(pid) and time.monotonic() < end:
            time.sleep(0.02)
        assert not is_alive(pid)


def test_where_no_child_can_be_started_all_is_done_here(tmp_path: Path) -> None:
    with program(tmp_path, f"sys.executable = {str(tmp_path / 'nothing')!r}") as process:
        printed, _ = process.communicate(timeout=300)

    assert printed == "top\ndone 20\n"
