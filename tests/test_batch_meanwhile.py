"""What happens around a batch while it runs: its terminal is closed, its files are moved, nobody hears what it says."""

from __future__ import annotations

import json
import os
import pty
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from .server import Server

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="terminals, signals and mounts are of Unix"),
]
MANY = 12


@pytest.fixture(autouse=True)
def hears_its_terminal() -> Iterator[None]:
    """Processes inherit what is ignored, and whoever runs the tests may ignore that a terminal is closed (`nohup`)."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.fixture
def room(tmp_path: Path) -> Path:
    """A folder with articles; one of them is empty, so that there is something to say before the end."""
    (tmp_path / "in").mkdir()
    for number in range(MANY):
        text = f"The company number {number} plans to raise {number} million."
        (tmp_path / "in" / f"{number}.txt").write_text(text, "utf-8")
    (tmp_path / "in" / "a.txt").write_bytes(b"")
    return tmp_path


def command(server: Server, *args: str, out: str = "out") -> list[str]:
    whom = ["-m", "openai:test", "--base-url", server.url]
    return [sys.executable, "-m", "summarizer", "batch", "in", "--out", out, "--concurrency", "2", *whom, *args]


def finish(room: Path, out: str = "out") -> tuple[int, int]:
    """Run the same once more; return the code, and how many calls that took."""
    with Server() as server:
        done = subprocess.run(command(server, out=out), cwd=room, capture_output=True, timeout=300, check=False)
        return done.returncode, len(server.requests)


def results(room: Path) -> int:
    return len(list((room / "out").glob("*.json")))


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 120
    while not is_so() and time.monotonic() < deadline:
        time.sleep(0.01)


# --------------------------------------------------------------------------------------------------------- the terminal


@contextmanager
def on_a_terminal(room: Path, server: Server, *before: str) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Run the command as the foreground job of a terminal of its own; yields it and what holds the terminal open."""
    main, terminal = pty.openpty()
    join = "import fcntl, os, sys, termios; os.setsid(); fcntl.ioctl(0, termios.TIOCSCTTY, 0); "
    join += "os.execvp(sys.argv[1], sys.argv[1:])"
    line = [sys.executable, "-c", join, *before, *command(server)]
    streams: dict[str, Any] = dict.fromkeys(("stdin", "stdout", "stderr"), terminal)
    process = subprocess.Popen(line, cwd=room, env={**os.environ, "TERM": "dumb"}, **streams)
    os.close(terminal)
    try:
        wait_until(lambda: len(server.requests) >= 2 or process.poll() is not None)
        yield process, main
    finally:
        process.kill()
        process.wait()


def test_a_terminal_that_is_closed_ends_a_batch_as_a_request_to_end_does(room: Path) -> None:
    with Server(latency_s=0.5) as server, on_a_terminal(room, server) as (process, terminal):
        os.close(terminal)
        code = process.wait(60)
        asked = len(server.requests)

    assert code == 130
    assert 2 <= results(room) == asked < MANY
    assert finish(room) == (1, MANY - asked)


def test_a_terminal_that_is_closed_does_not_end_what_is_to_outlive_it(room: Path) -> None:
    go_on = ["sh", "-c", 'trap "" HUP; exec "$@"', "sh"]  # as `nohup` does
    with Server(latency_s=0.5) as server, on_a_terminal(room, server, *go_on) as (process, terminal):
        os.close(terminal)
        code = process.wait(60)

    assert (code, results(room)) == (1, MANY)
    assert (room / "out" / "failures.jsonl").read_text("utf-8").count("\n") == 1


def test_a_second_word_of_a_closed_terminal_is_no_wish_to_stop_now(room: Path) -> None:
    with Server(latency_s=1) as server:
        process = subprocess.Popen(command(server), cwd=room, stderr=subprocess.PIPE)
        wait_until(lambda: len(server.requests) >= 2 or process.poll() is not None)
        process.send_signal(signal.SIGHUP)
        time.sleep(0.3)
        process.send_signal(signal.SIGHUP)
        _, said = process.communicate(timeout=60)
        asked = len(server.requests)

    assert process.returncode == 130
    assert results(room) == asked >= 2
    assert said.count(b"finishing what is in flight") == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_nobody_who_hears_the_notes_is_no_reason_to_stop(room: Path) -> None:
    with Server() as server, Path("/dev/full").open("wb") as full:
        done = subprocess.run(command(server), cwd=room, stderr=full, timeout=300, check=False)

    assert (done.returncode, results(room)) == (1, MANY)


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_that_takes_nothing_for_now_gets_every_result(room: Path, unbuffered: str) -> None:
    (room / "long.jsonl").write_text("".join(f'{{"text": "Town {row} pays for a bridge."}}\n' for row in range(200)))
    reader, writer = os.pipe()
    os.set_blocking(writer, False)  # as some that start others leave it
    command = [sys.executable, "-m", "summarizer", "batch", "long.jsonl", "--out", "-", "-q", "-m", "extractive"]
    environment = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    process = subprocess.Popen(command, cwd=room, stdout=writer, stderr=subprocess.PIPE, env=environment)
    os.close(writer)
    found = b""
    while data := os.read(reader, 4096):
        found += data
        time.sleep(0.001)
    os.close(reader)
    _, said = process.communicate(timeout=60)

    assert (process.returncode, said) == (0, b"")
    assert [json.loads(line)["grounded"] for line in found.splitlines()] == [True] * 200


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_a_list_that_does_not_end_is_no_obstacle_to_the_end(room: Path, name: str) -> None:
    with Server() as server:
        given = [word if word != "in" else "-" for word in command(server)]
        process = subprocess.Popen(given, cwd=room, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
        assert process.stdin is not None
        process.stdin.write(b"in/1.txt\nin/2.txt\n")
        process.stdin.flush()
        wait_until(lambda: len(list(room.glob("out/in/*.json"))) == 2 or process.poll() is not None)
        process.send_signal(getattr(signal, name))
        code = process.wait(60)
        _, said = process.communicate()

    assert code == 130
    assert b"Fatal" not in said
    assert said.endswith(b"the same command resumes\n")


# ------------------------------------------------------------------------------------------------------------ the files


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda out: out.unlink(), "moved or removed"),
        (lambda out: out.rename(out.with_name("mine.jsonl")), "moved or removed"),
        (lambda out: os.truncate(out, 0), "changed"),
        (lambda out: shutil.copy(out.parent / "mine", out), "changed"),
    ],
    ids=["removed", "moved", "emptied", "replaced"],
)
def test_a_file_of_outputs_that_is_taken_away_is_told_and_made_whole(
    room: Path, change: Callable[[Path], object], word: str
) -> None:
    out = room / "out.jsonl"
    (room / "mine").write_bytes(b"")
    with Server(latency_s=0.3) as server:
        process = subprocess.Popen(command(server, out=out.name), cwd=room, stderr=subprocess.PIPE)
        wait_until(lambda: (out.exists() and out.stat().st_size > 0) or process.poll() is not None)
        change(out)
        _, said = process.communicate(timeout=60)

    assert process.returncode == 1
    assert f"'out.jsonl' was {word} while the run was at work" in said.decode()
    assert finish(room, out.name) == (1, 0)
    assert len(out.read_bytes().splitlines()) == MANY


def test_a_folder_of_outputs_that_is_moved_ends_the_run_and_goes_on_where_it_is_put_back(room: Path) -> None:
    with Server(latency_s=0.3) as server:
        process = subprocess.Popen(command(server), cwd=room, stderr=subprocess.PIPE)
        wait_until(lambda: results(room) > 0 or process.poll() is not None)
        (room / "out").rename(room / "moved")
        _, said = process.communicate(timeout=60)
        asked = len(server.requests)
    shutil.rmtree(room / "out", ignore_errors=True)
    (room / "moved").rename(room / "out")

    assert process.returncode == 1
    assert b"Traceback" not in said
    assert finish(room) == (1, MANY - asked)
    assert results(room) == MANY


def test_a_folder_where_an_output_belongs_costs_no_other(room: Path) -> None:
    (room / "out" / "3.json" / "mine").mkdir(parents=True)

    assert finish(room) == (1, MANY - 1)
    assert finish(room) == (1, 0)
    assert (room / "out" / "3.json" / "mine").is_dir()
    assert all((room / "out" / f"{number}.json").is_file() for number in range(MANY) if number != 3)


def test_a_folder_where_failures_belong_is_one_line(room: Path) -> None:
    (room / "in" / "a.txt").unlink()
    (room / "out" / "failures.jsonl").mkdir(parents=True)
    with Server() as server:
        done = subprocess.run(command(server, "-q"), cwd=room, capture_output=True, timeout=300, check=False)

    assert (done.returncode, results(room)) == (1, MANY)
    assert done.stderr.count(b"\n") == 1
    assert b"cannot write 'out/failures.jsonl'" in done.stderr


def test_what_is_no_lock_is_named(room: Path) -> None:
    lock = room / "out" / ".summarizer.sqlite-lock"
    lock.parent.mkdir()
    lock.write_text("mine " * 500, "utf-8")
    with Server() as server:
        done = subprocess.run(command(server, "-q"), cwd=room, capture_output=True, timeout=300, check=False)

    assert (done.returncode, done.stderr.count(b"\n")) == (1, 1)
    assert b"'out/.summarizer.sqlite-lock' is no lock of a batch: remove it" in done.stderr


def test_a_batch_in_a_place_that_cannot_be_written_can_be_looked_at(room: Path) -> None:
    finish(room)
    place = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c"]
    mount = f'mount --bind "{room}" "{room}" && mount -o remount,bind,ro "{room}" && cd "{room}"'
    if not shutil.which("unshare") or subprocess.run([*place, mount], capture_output=True, check=False).returncode:
        pytest.skip("no place of this kind can be made here")
    look = f'"{sys.executable}" -m summarizer batch --out out --status'
    done = subprocess.run([*place, f"{mount} && {look}"], capture_output=True, text=True, timeout=300, check=False)

    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.splitlines()[0].split() == ["ok", str(MANY)]


def test_who_removes_a_lock_does_not_double_what_may_be_spent(room: Path) -> None:
    with Server(latency_s=0.3) as server:
        process = subprocess.Popen(command(server, "--max-requests", "8"), cwd=room, stderr=subprocess.PIPE)
        wait_until(lambda: len(server.requests) >= 2 or process.poll() is not None)
        (room / "out" / ".summarizer.sqlite-lock").unlink()
        second = command(server, "--max-requests", "8")
        done = subprocess.run(second, cwd=room, capture_output=True, timeout=300, check=False)
        _, said = process.communicate(timeout=60)
        again = subprocess.run(second, cwd=room, capture_output=True, timeout=300, check=False)

        assert len(server.requests) <= 8
    assert {process.returncode, done.returncode} <= {1, 4}  # the one may lose its half-written file to the other
    assert again.returncode == 4
    assert b"Traceback" not in said + done.stderr + again.stderr
    outputs = {path.stem: json.loads(path.read_text("utf-8")) for path in (room / "out").glob("*.json")}
    assert 0 < len(outputs) <= 8
    assert all(Path(one["source"]).stem == name for name, one in outputs.items())
