"""What another system can tell of Windows: what is missing there, or otherwise, is not relied on."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

# The standard library is imported before it loses what only this system has.
WITHOUT = """
import os

os.supports_dir_fd.clear()  # by which it chooses how to remove a folder
os.process_cpu_count = os.cpu_count  # new in Python 3.13, where it asks what is gone below

import asyncio, ctypes, http.client, logging, multiprocessing, signal, sqlite3, ssl, subprocess, sys, tempfile
import importlib, json, pkgutil, urllib.request, warnings, zipfile
from pathlib import Path

for name in ("fcntl", "grp", "pty", "pwd", "resource", "syslog", "termios", "tty", "uvloop"):
    sys.modules[name] = None
for module, names in (
    (os, "O_CLOEXEC O_DIRECTORY O_NOFOLLOW O_NONBLOCK chown fchmod fork geteuid getuid killpg mkfifo "
         "register_at_fork sched_getaffinity setsid statvfs uname"),
    (signal, "SIGALRM SIGCHLD SIGHUP SIGKILL SIGPIPE SIGUSR1 SIGXFSZ alarm pthread_sigmask setitimer"),
):
    for name in names.split():
        if hasattr(module, name):
            delattr(module, name)

os.O_BINARY, by_number = 1 << 30, os.open

def open_by_number(path, flags, *more, **options):
    assert flags & os.O_BINARY or not flags & os.O_WRONLY, f"{path} is written with line ends of two bytes"
    return by_number(path, flags & ~os.O_BINARY, *more, **options)

os.open = open_by_number
warnings.filterwarnings("error", category=EncodingWarning, module="summarizer")  # what is read as the system likes

import summarizer

for found in pkgutil.walk_packages(summarizer.__path__, "summarizer."):
    if found.name != "summarizer.__main__":
        importlib.import_module(found.name)

from summarizer import Cassette, ScriptedProvider, Summarizer
from summarizer.cli import run

article = Path("article.txt")
article.write_bytes("Die Stadt zahlt 3 Millionen €.\\r\\nEs war spät.".encode())
title, claim = {"text": "Es war spät.", "cites": [2]}, {"text": "Die Stadt zahlt 3 Millionen €.", "cites": [1]}
provider = ScriptedProvider(lambda request: json.dumps({"title": title, "claims": [claim]}))
for _ in range(2):
    with Summarizer(provider, cache=Path("cache.sqlite")) as app:
        assert app.summarize(article).grounded
assert len(provider.requests) == 1
os.environ["SUMMARIZER_FIXTURES_JOURNAL"] = "journal"
Summarizer(Cassette(Path("recordings"), inner=provider, mode="record")).summarize(article)
assert Summarizer(Cassette(Path("recordings"))).summarize(article).grounded
assert run(["article.txt", "-m", "extractive", "--output", "summary.txt"]) == 0
assert run(["check", "article.txt", "article.txt"]) == 0
for out in ("out", "out.jsonl"):
    assert run(["batch", "article.txt", "--out", out, "-m", "extractive"]) == 0
assert run(["doctor"]) == 0
"""


def python(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-X", "warn_default_encoding", *arguments]
    variables = {**os.environ, **environment}
    return subprocess.run(command, cwd=cwd, env=variables, capture_output=True, timeout=300, check=False)


def test_all_of_it_does_without_what_windows_lacks(tmp_path: Path) -> None:
    done = python("-c", WITHOUT, cwd=tmp_path)

    assert done.returncode == 0, done.stderr.decode()


def test_standard_output_is_utf8_whatever_the_system_takes_for_its_own(tmp_path: Path, fixtures: Path) -> None:
    article = str(fixtures / "articles" / "airport-line.zh.txt")
    command = ["-m", "summarizer", "prompts", "render", article]

    theirs, ours = (python(*command, cwd=tmp_path, PYTHONIOENCODING=name) for name in ("cp1252", "utf-8"))

    assert (theirs.returncode, theirs.stdout) == (0, ours.stdout), theirs.stderr.decode()
    assert not ours.stdout.isascii()
