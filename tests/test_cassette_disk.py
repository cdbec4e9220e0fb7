"""Recordings on disk: many processes, a killed one, a full disk.

`LONG_TESTS=1` runs the sizes that the claims are made with: 8 processes with 4,000 puts of 500 keys, 40 kills.
"""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from summarizer import Cassette, ScriptedProvider
from summarizer.errors import CassetteError, CassetteMiss
from summarizer.providers.cassette import recording
from summarizer.records import Message, Request

LONG = bool(os.environ.get("LONG_TESTS"))
KEYS, PUTS_EACH = (500, 500) if LONG else (40, 40)
KILLS = 40 if LONG else 5
PROCESSES = 8

# A program that records, in an order of its own, and says on stdout what is safely stored.
WRITER = """
import random, sys
from pathlib import Path
from summarizer import Cassette, ScriptedProvider
from summarizer.records import Message, Request
folder, seed, keys, puts = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
inner = ScriptedProvider(lambda request: f"reply {request.sample} " + "x" * 4000)
cassette = Cassette(folder, inner=inner, mode="record")
draw = random.Random(seed)
numbers = draw.sample(range(keys), keys) if puts == keys else [draw.randrange(keys) for _ in range(puts)]
for number in numbers:
    text = cassette.complete(Request(model="m", messages=(Message("user", "question"),), sample=number)).text
    assert text.startswith(f"reply {number} "), text[:30]
    print(number, flush=True)
"""


def request(number: int) -> Request:
    return Request(model="m", messages=(Message("user", "question"),), sample=number)


def writer(folder: Path, seed: int, keys: int, puts: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", WRITER, str(folder), str(seed), str(keys), str(puts)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


@pytest.mark.slow
def test_processes_that_record_the_same_leave_one_whole_file_each(tmp_path: Path) -> None:
    running = [writer(tmp_path, seed, KEYS, PUTS_EACH) for seed in range(PROCESSES)]
    told = [process.communicate(timeout=300)[0].split() for process in running]

    assert [process.returncode for process in running] == [0] * PROCESSES
    assert sum(map(len, told)) == PROCESSES * PUTS_EACH
    files = [path for path in tmp_path.rglob("*") if path.is_file() and path.parent.name != "models"]
    assert len(files) == KEYS
    assert all(
        Cassette(tmp_path).complete(request(number)).text.startswith(f"reply {number} ") for number in range(KEYS)
    )


@pytest.mark.slow
def test_a_killed_writer_leaves_nothing_torn_and_loses_nothing_it_had_told(tmp_path: Path) -> None:
    told: set[int] = set()
    for seed in range(KILLS):
        process = writer(tmp_path, seed, 10_000, 10_000 - 1)
        assert process.stdout is not None
        first = process.stdout.readline()  # it is at work: from here on, any moment may be the last
        time.sleep(0.003 * (1 + seed % 23))
        process.send_signal(signal.SIGKILL)
        lines = [first, *process.communicate(timeout=300)[0].splitlines(keepends=True)]
        told |= {int(line) for line in lines if line.endswith("\n")}
        assert process.returncode == -signal.SIGKILL

    assert len(told) >= KILLS
    found = {path: recording.Recording.decode(path.read_bytes(), path=path) for path in recording.paths(tmp_path)}
    assert {number for number in told if recording.path_of(tmp_path, request(number).key) not in found} == set()


def test_what_a_killed_writer_left_is_swept_when_it_is_old(tmp_path: Path) -> None:
    folder = recording.path_of(tmp_path, request(0).key).parent
    folder.mkdir(parents=True)
    old, new = folder / ".tmp-1-old", folder / ".tmp-2-new"
    for path in (old, new):
        path.write_bytes(b"{")
    os.utime(old, (time.time() - 7200, time.time() - 7200))

    Cassette(tmp_path, inner=ScriptedProvider(lambda _: "x"), mode="record").complete(request(0))

    assert sorted(path.name for path in folder.glob(".tmp-*")) == [".tmp-2-new"]


@contextlib.contextmanager
def disk_full_at(size: int):  # type: ignore[no-untyped-def]
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.parametrize("mode", ["record", "rerecord"])
def test_a_full_disk_is_an_error_that_keeps_what_there_was(tmp_path: Path, mode: recording.Any) -> None:
    for number in range(20):
        Cassette(tmp_path, inner=ScriptedProvider(lambda _: "old"), mode="record").complete(request(number))
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.json")}
    cassette = Cassette(tmp_path, inner=ScriptedProvider(lambda _: "new" * 9999), mode=mode)
    number = 99 if mode == "record" else 7

    with disk_full_at(8192), pytest.raises(CassetteError, match="cannot be written"):
        cassette.complete(request(number))

    assert {path: path.read_bytes() for path in tmp_path.rglob("*.json")} == before
    assert list(tmp_path.rglob(".tmp-*")) == []
    assert cassette.complete(request(number)).text == "new" * 9999


def test_a_folder_that_is_not_there_is_a_miss_that_makes_none(tmp_path: Path) -> None:
    with pytest.raises(CassetteMiss, match="nothing is recorded"):
        Cassette(tmp_path / "none").complete(request(0))

    assert not (tmp_path / "none").exists()


def test_a_folder_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")

    with pytest.raises(CassetteError, match="Not a directory"):
        Cassette(tmp_path / "file", inner=ScriptedProvider(lambda _: "x"), mode="record").complete(request(0))


def test_a_file_in_the_way_of_a_recording_s_folder_is_an_error(tmp_path: Path) -> None:
    recording.path_of(tmp_path, request(0).key).parent.write_bytes(b"mine")

    with pytest.raises(CassetteError, match="File exists"):
        Cassette(tmp_path, inner=ScriptedProvider(lambda _: "x"), mode="rerecord").complete(request(0))
