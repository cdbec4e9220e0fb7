"""The door to a model on this machine, with llama.cpp's real server and a small real model.

The weights are pulled once per machine (`summarizer models pull smollm2`) and kept where users keep them.
"""

from __future__ import annotations

import ast
import asyncio
import gc
import http.client
import importlib.util
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from pydantic import BaseModel, Field

from summarizer.errors import TooLong, TruncatedOutput, Unavailable, UnknownModel, UsageError
from summarizer.processors import processors
from summarizer.providers import llama_child, weights
from summarizer.providers.llama_server import Child
from summarizer.providers.local import LocalDoor, Turns
from summarizer.records import Limits, Message, ModelInfo, Request
from summarizer.shape import reply_format
from tests.calls import CALLS, Call

needs_local = pytest.mark.skipif(
    importlib.util.find_spec("xllamacpp") is None, reason="needs the extra `local`: pip install xllamacpp"
)
linux = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")
each_call = pytest.mark.parametrize("call", CALLS, ids=lambda call: call.__name__)

INFO = ModelInfo(label="local:smollm2", name="smollm2", window=8192)


class City(BaseModel):
    name: str = Field(max_length=30)
    country: str = Field(max_length=30)


def ask(text: str = "Where is Paris?", tokens: int = 60, schema: type[BaseModel] | None = City) -> Request:
    form = None if schema is None else reply_format(schema)
    return Request("smollm2", (Message("user", text),), form, tokens)


class Numbers(BaseModel):
    numbers: list[int] = Field(min_length=300, max_length=400)


# A minute of work, which the schema does not let the model cut short.
ENDLESS = ask("Count from one to three hundred.", 3000, schema=Numbers)


@pytest.fixture(scope="session")
def model_file() -> Path:
    return weights.pull("smollm2")


@pytest.fixture(scope="session")
def door(model_file: Path) -> Iterator[LocalDoor]:
    door = LocalDoor("smollm2")
    yield door
    door.close()


@pytest.fixture(scope="session")
def child(model_file: Path) -> Iterator[Child]:
    child = Child(INFO, model_file, 1)
    yield child
    child.stop()


Own = Callable[..., LocalDoor]


@pytest.fixture
def own(model_file: Path) -> Iterator[Own]:
    """Make doors of a test's own, closed when it ends."""
    made: list[LocalDoor] = []

    def make(path: Path = model_file, *, limits: Limits | None = None, window: int | None = 512) -> LocalDoor:
        made.append(LocalDoor(path, limits=limits, window=window))
        return made[-1]

    yield make
    for door in made:
        door.close()


def alive(pid: int) -> bool:
    """Whether a process runs; one that only waits to be collected by its parent does not."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return False


def wait_until(condition: Callable[[], bool], seconds: float = 60.0) -> bool:
    """Wait for a condition; the seconds are for a busy machine."""
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    return condition()


def worked_s(pid: int) -> float:
    """How long a process has worked, as Linux tells it."""
    user, system = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def pid_of(door: LocalDoor) -> int:
    door.count("start")
    assert door.pid is not None
    return door.pid


# ------------------------------------------------------------------------------------------------------------- replies


@needs_local
@each_call
def test_a_reply_has_the_shape_of_the_schema(call: Call, door: LocalDoor) -> None:
    reply = call(door, ask())
    assert City.model_validate_json(reply.text) == City(name="Paris", country="France")
    assert reply.finish_reason == "stop"


@needs_local
@each_call
def test_the_same_request_gets_the_same_reply_whatever_was_asked_between(call: Call, door: LocalDoor) -> None:
    request = ask("Write one sentence about the sea.", schema=None)
    first = call(door, request)
    call(door, ask("Write one sentence about the moon.", schema=None))
    assert call(door, request) == first


@needs_local
def test_a_completion_names_the_model_not_a_path_and_says_what_to_think_of_it(door: LocalDoor) -> None:
    reply = door.complete(ask())
    assert reply.model == "smollm2"
    assert reply.warnings == ("local:smollm2: English only; for demos and tests, never a writer to trust",)
    assert reply.usage.cached_tokens == 0


@needs_local
def test_counted_tokens_are_those_that_the_model_reads(door: LocalDoor) -> None:
    short, long = (
        "Where is Paris?",
        "Where is Paris? It got $100 billion — “reportedly”, says l'Élysée 🎉.\n\nNever.",
    )
    read = [door.complete(ask(text)).usage.input_tokens or 0 for text in (short, long)]
    assert read[1] - read[0] == door.count(long) - door.count(short)
    assert door.count("") == 0


@needs_local
@each_call
def test_a_prompt_over_the_window_is_too_long_and_the_next_one_is_answered(call: Call, door: LocalDoor) -> None:
    with pytest.raises(TooLong) as caught:
        call(door, ask("word " * 9000))
    assert (caught.value.tokens, caught.value.window) > (9000, 8192)
    assert call(door, ask()).finish_reason == "stop"


@needs_local
@each_call
def test_a_reply_over_its_cap_is_an_error_not_half_a_reply(call: Call, door: LocalDoor) -> None:
    with pytest.raises(TruncatedOutput):
        call(door, ask(tokens=3))


@needs_local
def test_a_proxy_of_the_environment_is_not_asked_for_this_machine(own: Own, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    door = own()
    assert door.complete(ask()).finish_reason == "stop"
    assert door.count("one") == 1


# ----------------------------------------------------------------------------------------------------- several at once


@needs_local
def test_threads_share_a_door(door: LocalDoor) -> None:
    with ThreadPoolExecutor(3) as threads:
        replies = list(threads.map(door.complete, [ask()] * 3))
    assert len({reply.text for reply in replies}) == 1


@needs_local
async def test_tasks_share_a_door(door: LocalDoor) -> None:
    replies = await asyncio.gather(*(door.acomplete(ask()) for _ in range(3)))
    assert len({reply.text for reply in replies}) == 1


@pytest.mark.slow
@needs_local
@linux
def test_time_spent_in_line_does_not_count_against_the_time_limit(door: LocalDoor, own: Own) -> None:
    door.complete(ask())
    begin = time.monotonic()
    door.complete(ask())
    # Far more than a reply takes; the one before takes all of it, and would leave nothing.
    limited = own(limits=Limits(timeout_s=max(5.0, 6 * (time.monotonic() - begin))), window=8192)
    pid = pid_of(limited)
    idle_s = worked_s(pid)
    with ThreadPoolExecutor(2) as threads:
        endless = threads.submit(limited.complete, ENDLESS)
        assert wait_until(lambda: worked_s(pid) > idle_s + 0.1)
        waiting = threads.submit(limited.complete, ask())

    assert isinstance(endless.exception(), Unavailable)
    assert waiting.result().finish_reason == "stop"


@pytest.mark.slow
@needs_local
async def test_starting_a_model_does_not_block_the_event_loop(own: Own) -> None:
    door, ticks = own(), 0
    asking = asyncio.create_task(door.acomplete(ask()))
    while door.pid is None and not asking.done():
        await asyncio.sleep(0.01)
        ticks += 1
    await asking
    assert ticks > 20  # loading takes most of a second


@pytest.mark.slow
@needs_local
@pytest.mark.skipif(
    not Path("/proc/self/stat").exists(), reason="reads how long a process has worked as Linux tells it"
)
async def test_a_cancelled_request_leaves_the_door_usable_and_the_model_idle(door: LocalDoor) -> None:
    async def reply_s() -> float:
        began = worked_s(pid_of(door))
        assert (await door.acomplete(ask())).finish_reason == "stop"
        return worked_s(pid_of(door)) - began

    alone_s = await reply_s()
    task = asyncio.create_task(door.acomplete(ENDLESS))
    await asyncio.sleep(1.0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task

    assert await reply_s() < 3 * alone_s + 1


@pytest.mark.slow
@needs_local
@each_call
def test_a_request_out_of_time_is_unavailable_and_the_process_stays(call: Call, own: Own) -> None:
    door = own(limits=Limits(timeout_s=6), window=8192)  # a short window would be full before
    pid = pid_of(door)
    with pytest.raises(Unavailable, match="time limit"):
        call(door, ENDLESS)

    def is_answered() -> bool:
        with suppress(Unavailable):
            return call(door, ask(tokens=40)).finish_reason == "stop"
        return False

    assert any(is_answered() for _ in range(5))  # a busy machine may take longer than the limit for this one too
    assert door.pid == pid


# --------------------------------------------------------------------------------------------------------- life, death


@needs_local
def test_nothing_is_started_before_the_first_request(own: Own) -> None:
    assert own().pid is None


@needs_local
@pytest.mark.parametrize("close", [LocalDoor.close, lambda door: asyncio.run(door.aclose())], ids=["close", "aclose"])
def test_a_closed_door_leaves_no_process_and_starts_none(close: Callable[[LocalDoor], None], own: Own) -> None:
    door = own()
    pid = pid_of(door)
    close(door)
    assert not alive(pid)
    with pytest.raises(UsageError, match="was closed"):
        door.complete(ask())
    assert door.pid is None


@needs_local
def test_a_door_that_is_dropped_takes_its_process_along(model_file: Path) -> None:
    door = LocalDoor(model_file, window=512)
    pid = pid_of(door)
    del door
    gc.collect()
    assert wait_until(lambda: not alive(pid))


@needs_local
def test_the_process_outlives_the_thread_that_started_it(own: Own) -> None:
    door = own()
    thread = threading.Thread(target=pid_of, args=(door,))
    thread.start()
    thread.join()
    time.sleep(0.3)  # Linux would have ended it in a millisecond
    pid = door.pid
    assert door.complete(ask()).finish_reason == "stop"
    assert door.pid == pid


@pytest.mark.slow
@needs_local
@linux
@each_call
def test_a_process_that_dies_fails_its_request_and_the_next_one_starts_another(call: Call, own: Own) -> None:
    door = own()
    pid = pid_of(door)
    idle_s = worked_s(pid)

    def kill_at_work() -> None:
        wait_until(lambda: worked_s(pid) > idle_s + 0.1)
        os.kill(pid, signal.SIGKILL)

    threading.Thread(target=kill_at_work).start()
    with pytest.raises(Unavailable, match="signal 9") as caught:
        call(door, ENDLESS)
    assert caught.value.passing
    assert call(door, ask()).finish_reason == "stop"
    assert door.pid not in (None, pid)


PARENT = """
import os, sys, time
from summarizer.providers.local import LocalDoor
door = LocalDoor(sys.argv[1], window=512)
door.count("start")
holder = os.fork() if "fork" in sys.argv else 0
if "fork" in sys.argv and holder == 0:
    time.sleep(60)   # holds the pipe to the model's process open
    os._exit(0)
print(door.pid, holder, flush=True)
if "exit" not in sys.argv:
    sys.stdin.read()
"""


@pytest.fixture
def parent(model_file: Path) -> Iterator[Callable[..., tuple[subprocess.Popen[str], int]]]:
    """Run a program that starts a model; gives it and the process of the model."""
    made: list[subprocess.Popen[str]] = []
    others: list[int] = []

    def start(*words: str) -> tuple[subprocess.Popen[str], int]:
        command = [sys.executable, "-c", PARENT, str(model_file), *words]
        made.append(subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True))
        assert made[-1].stdout is not None
        pid, holder = map(int, made[-1].stdout.readline().split())
        others.extend({holder} - {0})
        return made[-1], pid

    yield start
    for pid in others:
        os.kill(pid, signal.SIGKILL)
    for process in made:
        process.kill()
        process.communicate()


@pytest.mark.slow
@needs_local
@linux
@pytest.mark.parametrize("words", [(), ("fork",)], ids=["plain", "with a fork that holds the pipe"])
def test_a_parent_killed_without_warning_takes_the_model_along(
    words: tuple[str, ...], parent: Callable[..., tuple[subprocess.Popen[str], int]]
) -> None:
    process, pid = parent(*words)
    assert alive(pid)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert wait_until(lambda: not alive(pid))


@needs_local
@linux
def test_a_program_that_forgets_to_close_still_ends_at_once(
    parent: Callable[..., tuple[subprocess.Popen[str], int]],
) -> None:
    process, pid = parent("exit")
    assert process.wait(60) == 0
    assert not alive(pid)


@needs_local
@linux
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_what_ends_the_whole_group_is_the_parents_to_handle(child: Child, name: str) -> None:
    os.kill(child.pid, getattr(signal, name))
    time.sleep(0.2)
    assert alive(child.pid)
    assert child.usable


# ---------------------------------------------------------------------------------------------------- what cannot start


@needs_local
@pytest.mark.parametrize(
    ("size", "reason"),
    [
        pytest.param(0, "failed to read magic", id="empty"),
        pytest.param(5_000_000, "corrupted or incomplete", id="cut short"),
    ],
)
@each_call
def test_a_damaged_model_is_named_with_the_reason_of_llama_cpp(
    call: Call, size: int, reason: str, own: Own, model_file: Path, tmp_path: Path
) -> None:
    damaged = tmp_path / "damaged.gguf"
    with model_file.open("rb") as whole:
        damaged.write_bytes(whole.read(size))
    door = own(damaged)
    with pytest.raises(UnknownModel, match=rf"cannot load local:damaged\.gguf: .*{reason}.*give a whole \.gguf file"):
        call(door, ask())
    assert door.pid is None


@needs_local
def test_a_file_that_is_no_model_is_named_with_the_reason_of_llama_cpp(own: Own, tmp_path: Path) -> None:
    (tmp_path / "notes.gguf").write_text("these are notes")
    with pytest.raises(UnknownModel, match="invalid magic characters: 'thes'"):
        own(tmp_path / "notes.gguf").complete(ask())


@needs_local
def test_a_file_that_is_not_there_is_an_error_before_anything_starts(tmp_path: Path) -> None:
    with pytest.raises(UnknownModel, match="no file"):
        LocalDoor(tmp_path / "missing.gguf")


def test_without_the_extra_the_error_says_how_to_install_it() -> None:
    script = (
        "import sys; sys.modules['xllamacpp'] = None\n"
        "from summarizer.errors import UsageError\n"
        "from summarizer.providers.local import LocalDoor\n"
        "try: LocalDoor('smollm2')\n"
        "except UsageError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=300, check=True)
    assert "pip install xllamacpp" in done.stdout


@needs_local
def test_a_model_by_path_is_called_by_its_file_so_that_recordings_travel(own: Own, model_file: Path) -> None:
    assert own(window=None).info == ModelInfo(f"local:{model_file.name}", model_file.name, 8192)


@needs_local
def test_a_window_of_the_callers_own_is_kept_to(own: Own) -> None:
    door = own(window=256)
    with pytest.raises(TooLong) as caught:
        door.complete(ask("word " * 300))
    assert caught.value.window == 256


# ----------------------------------------------------------------------------------------------------- what is exposed


def status(child: Child, path: str, key: str | None, body: object = None) -> tuple[int, dict[str, str]]:
    """Ask the server as any program on this machine can."""
    parts = urlsplit(child.url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=20)
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    connection.request("GET" if body is None else "POST", path, json.dumps(body), headers)
    response = connection.getresponse()
    response.read()
    connection.close()
    return response.status, {name.lower(): value for name, value in response.getheaders()}


HELLO = {"messages": [{"role": "user", "content": "Hi"}], "max_tokens": 1}


@needs_local
@pytest.mark.parametrize("key", [None, "another"])
@pytest.mark.parametrize("path", ["/v1/chat/completions", "/tokenize", "/props", "/slots"])
def test_another_program_without_the_key_is_refused(path: str, key: str | None, child: Child) -> None:
    assert status(child, path, key, HELLO)[0] == 401
    assert status(child, "/v1/chat/completions", child.key, HELLO)[0] == 200


@needs_local
@pytest.mark.parametrize("path", ["/slots", "/metrics"])
def test_what_others_asked_is_shown_to_nobody(path: str, child: Child) -> None:
    assert status(child, path, child.key)[0] == 501


@needs_local
def test_no_page_of_a_browser_is_let_in(child: Child) -> None:
    code, headers = status(child, "/", child.key)
    assert code == 404
    assert headers["access-control-allow-origin"] == "null"


@needs_local
def test_the_server_listens_on_this_machine_only(child: Child) -> None:
    assert urlsplit(child.url).hostname == "127.0.0.1"


@needs_local
@linux
def test_keys_are_neither_in_the_command_nor_in_the_environment(
    model_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test-not-for-the-child")
    child = Child(INFO, model_file, 1)
    shown = b"".join(Path(f"/proc/{child.pid}/{name}").read_bytes() for name in ("cmdline", "environ"))
    child.stop()
    assert child.key.encode() not in shown
    assert b"sk-test-not-for-the-child" not in shown


def test_the_child_imports_nothing_of_this_package() -> None:
    nodes = ast.walk(ast.parse(Path(llama_child.__file__).read_text()))
    modules = [node.module or "" for node in nodes if isinstance(node, ast.ImportFrom)]
    assert not [name for name in modules if name.startswith("summarizer")]


def test_at_least_one_processor_is_counted() -> None:
    assert 1 <= processors() <= (os.cpu_count() or 1)


# --------------------------------------------------------------------------------------------------------------- turns


def test_turns_are_taken_in_the_order_of_asking() -> None:
    turns, order = Turns(), list[int]()

    def take(number: int) -> None:
        with turns.turn():
            order.append(number)

    threads = [threading.Thread(target=take, args=(number,)) for number in range(5)]
    with turns.turn():
        for thread in threads:
            thread.start()
            time.sleep(0.02)
    for thread in threads:
        thread.join()
    assert order == [0, 1, 2, 3, 4]


async def test_a_task_that_gives_up_waiting_lets_the_next_one_pass() -> None:
    turns, order = Turns(), list[str]()

    async def take(name: str) -> None:
        async with turns.aturn():
            order.append(name)

    async with turns.aturn():
        one, two = asyncio.create_task(take("one")), asyncio.create_task(take("two"))
        await asyncio.sleep(0)
        one.cancel()
    await two
    with pytest.raises(asyncio.CancelledError):
        await one
    assert order == ["two"]


async def test_a_turn_that_comes_in_the_moment_of_giving_up_is_passed_on() -> None:
    turns = Turns()

    async def take() -> None:
        async with turns.aturn():
            raise AssertionError("it was given up")

    async with turns.aturn():
        task = asyncio.create_task(take())
        await asyncio.sleep(0)
    task.cancel()  # the turn is the task's by now, and the task has not run yet
    with pytest.raises(asyncio.CancelledError):
        await task
    async with asyncio.timeout(60), turns.aturn():
        pass


def test_threads_and_tasks_wait_in_one_line() -> None:
    turns, holding, most = Turns(), list[int](), list[int]()

    def take() -> None:
        with turns.turn():
            holding.append(1)
            most.append(len(holding))
            time.sleep(0.001)
            holding.pop()

    async def atake() -> None:
        async with turns.aturn():
            holding.append(1)
            most.append(len(holding))
            await asyncio.sleep(0.001)
            holding.pop()

    async def many() -> None:
        await asyncio.gather(*(atake() for _ in range(50)))

    with ThreadPoolExecutor(6) as threads:
        work = [threads.submit(take) for _ in range(50)] + [threads.submit(asyncio.run, many()) for _ in range(2)]
    assert [item.exception() for item in work] == [None] * 52
    assert most == [1] * 150
