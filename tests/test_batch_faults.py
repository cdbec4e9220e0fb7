"""Faults of the disk and the system: typed, told in a line, and harmless to what was there."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="limits and mounts are of Unix"),
]

# A batch in a process of its own: the limit is set when the fifth call is made.
PROGRAM = """
import asyncio, os, resource, sys
from pathlib import Path
from summarizer import Summarizer
from summarizer.errors import SummarizerError
from summarizer.records import Completion, ModelInfo, Usage
from tests import replies

folder, out, log, fault = sys.argv[1:]

def limit(kind, most):
    resource.setrlimit(kind, (most, resource.getrlimit(kind)[1]))

FAULTS = {
    "none": lambda: None,
    "large files": lambda: limit(resource.RLIMIT_FSIZE, 40_000),
    "open files": lambda: limit(resource.RLIMIT_NOFILE, len(os.listdir("/dev/fd"))),
}

class Paid:
    info = ModelInfo("paid", "paid")
    calls = 0
    async def acomplete(self, request):
        Paid.calls += 1
        if Paid.calls == 5:
            FAULTS[fault]()
        with open(int(LOG), "w", closefd=False) as file:
            file.write("call\\n")
        await asyncio.sleep(0.01)
        return Completion(replies.verbatim(request), "paid", usage=Usage(1, 10, 0, 10, 0, None))
    def complete(self, request):
        return asyncio.run(self.acomplete(request))

LOG = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
try:
    told = list(Summarizer(Paid()).batch([Path(folder)], out=Path(out), concurrency=4))
    print(len(told), "told,", sum(hasattr(one, "outcome") for one in told), "failed")
except SummarizerError as error:
    print(f"{type(error).__name__}: {error}")
"""
MANY = 60


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "in"
    path.mkdir()
    for number in range(MANY):
        (path / f"{number}.txt").write_text(f"The company number {number} plans to raise {number} million.", "utf-8")
    return path


def batch(folder: Path, out: Path, fault: str = "none", *before: str) -> str:
    log = folder.parent / "calls.log"
    command = [*before, sys.executable, "-c", PROGRAM, str(folder), str(out), str(log), fault]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=300, check=False, cwd=Path(__file__).parents[1]
    )
    assert "Traceback" not in done.stderr
    return done.stdout.strip()


def on_a_small_disk(disk: Path, size: str, script: str) -> list[str]:
    """Return the beginning of a command that runs a script in which this folder is a disk of its own."""
    small = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c"]
    mount = f'mount -t tmpfs -o size={size} none "{disk}"'
    if not shutil.which("unshare") or subprocess.run([*small, mount], capture_output=True, check=False).returncode:
        pytest.skip("no small disk can be made here")
    return [*small, f"{mount} && {script}", "sh"]


def calls(folder: Path) -> int:
    return len((folder.parent / "calls.log").read_text("utf-8").splitlines())


def items(out: Path) -> set[str]:
    if out.suffix:
        return {json.loads(line)["batch"]["item"] for line in out.read_text("utf-8").splitlines()}
    return {json.loads(path.read_bytes())["batch"]["item"] for path in out.glob("*.json")}


@pytest.mark.parametrize("name", ["out", "out.jsonl"])
def test_a_limit_on_file_sizes_stops_the_run_and_the_next_one_resumes(folder: Path, tmp_path: Path, name: str) -> None:
    said = batch(folder, tmp_path / name, "large files")
    paid = calls(folder)
    rest = batch(folder, tmp_path / name)

    assert said.startswith("StoreError: ")
    assert 1 <= paid < MANY
    assert rest == f"{MANY} told, 0 failed"
    assert len(items(tmp_path / name)) == MANY
    assert calls(folder) <= MANY + 4


def test_no_open_files_left_harms_only_what_needs_one(folder: Path, tmp_path: Path) -> None:
    said = batch(folder, tmp_path / "out", "open files")
    rest = batch(folder, tmp_path / "out")

    assert "failed" in said or "open files" in said
    assert rest == f"{MANY} told, 0 failed"
    assert len(items(tmp_path / "out")) == MANY
    assert calls(folder) <= MANY + 4


@pytest.mark.parametrize("name", ["out", "out.jsonl"])
def test_a_full_disk_stops_the_run_and_room_lets_it_resume(folder: Path, tmp_path: Path, name: str) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    keep = f'mkdir "{tmp_path}/kept" && "$@"; cp -R "{disk}/." "{tmp_path}/kept"'
    said = batch(folder, disk / name, "none", *on_a_small_disk(disk, "300k", keep))
    paid = calls(folder)
    rest = batch(folder, tmp_path / "kept" / name)

    assert said.startswith("StoreError: ")
    assert "full" in said or "room on the disk" in said
    assert 1 <= paid < MANY
    assert rest == f"{MANY} told, 0 failed"
    assert len(items(tmp_path / "kept" / name)) == MANY
    assert calls(folder) <= MANY + 4


@pytest.mark.parametrize("name", ["out", "out.jsonl"])
def test_a_disk_with_no_room_for_what_calls_bring_is_refused_before_any_call(
    folder: Path, tmp_path: Path, name: str
) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()

    said = batch(folder, disk / name, "none", *on_a_small_disk(disk, "120k", '"$@"'))

    assert said.startswith(f"StoreError: cannot write {str(disk / name if name == 'out' else disk)!r}: No space left")
    assert "room on the disk" in said
    assert calls(folder) == 0


def test_a_folder_that_may_not_be_written_is_refused_before_any_call(
    folder: Path, tmp_path: Path, anybody: list[str]
) -> None:
    out = tmp_path / "out"
    out.mkdir(mode=0o555)

    said = batch(folder, out, "none", *anybody)

    assert said.startswith("StoreError: ")
    assert "can be written" in said
    assert not (tmp_path / "calls.log").read_text("utf-8")
    assert list(out.iterdir()) == []


def test_a_file_in_the_way_of_the_folder_is_refused_and_untouched(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine", "utf-8")

    said = batch(folder, tmp_path / "out" / "deeper")

    assert said.startswith("StoreError: ")
    assert (tmp_path / "out").read_text("utf-8") == "mine"
