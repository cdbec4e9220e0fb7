"""What every test may use: the fixtures folder, the sample article, a tidy environment, twins, and golden files."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from summarizer.cli import run
from summarizer.load import load
from summarizer.records import Article
from tests.calls import CALLS, DRIVES, Call, Cli, Done, Drive

ROOT = Path(__file__).parent.parent
FIXTURES = ROOT / "fixtures"

# A test never fails for its speed: the first example reads tables, and the machine may be busy.
settings.register_profile("untimed", settings(), deadline=None)
settings.load_profile("untimed")


# What a script starts in the background ignores Ctrl-C, and what `nohup` starts the end of a terminal: tests that send
# either to a call, or to a command that they start, would wait for ever.
for name, usual in {"SIGINT": signal.default_int_handler, "SIGHUP": signal.SIG_DFL}.items():
    number = getattr(signal, name, None)
    if number is not None and signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, usual)


@pytest.fixture(scope="session")
def fixtures() -> Path:
    return FIXTURES


@pytest.fixture(scope="session")
def sample() -> Article:
    """The French article that the project started from."""
    return load(FIXTURES / "articles" / "openai-levee-de-fonds.fr.txt")


@pytest.fixture(autouse=True)
def _no_settings_of_this_machine(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A key, an address or a cache of whoever runs the tests must not reach them, nor that they run in CI."""
    for name in list(os.environ):
        if name.startswith(("SUMMARIZER_", "OPENAI_", "AZURE_")) and name != "SUMMARIZER_UPDATE_GOLDEN":
            monkeypatch.delenv(name)
    monkeypatch.delenv("CI", raising=False)  # a cassette records nothing there; who tests that sets it
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path_factory.getbasetemp().parent / "tiktoken"))
    monkeypatch.setenv("NO_COLOR", "1")


@pytest.fixture
def anybody() -> list[str]:
    """What stands before a command that has no power over the files of others: the superuser gives it up."""
    if not hasattr(os, "geteuid"):
        pytest.skip("no permissions of this kind here")
    if os.geteuid():
        return []
    if not shutil.which("setpriv"):
        pytest.skip("the superuser may read and write anything")
    return ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]


@pytest.fixture(params=CALLS, ids=["sync", "async"])
def call(request: pytest.FixtureRequest) -> Call:
    """Both ways to call a provider."""
    chosen: Call = request.param
    return chosen


@pytest.fixture(params=DRIVES, ids=["sync", "async", "elsewhere"])
def drive(request: pytest.FixtureRequest) -> Drive:
    """Every way to drive a flow."""
    chosen: Drive = request.param
    return chosen


@pytest.fixture
def cli(capfdbinary: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Run the command line in this process, in a folder of its own."""
    monkeypatch.chdir(tmp_path)

    def call(*args: object) -> Done:
        code = run([str(arg) for arg in args])
        out, err = capfdbinary.readouterr()
        return Done(code, out.decode(), err.decode())

    return call


@pytest.fixture
def golden() -> Callable[[str, str], None]:
    """Compare a text with its pinned file; `SUMMARIZER_UPDATE_GOLDEN=1` writes the file anew."""

    def compare(name: str, text: str) -> None:
        path = FIXTURES / "expected" / name
        if os.environ.get("SUMMARIZER_UPDATE_GOLDEN"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text.encode())
        assert path.is_file(), f"no golden file {name}: run with SUMMARIZER_UPDATE_GOLDEN=1 and read the diff"
        assert text == path.read_bytes().decode(), f"{name} changed: SUMMARIZER_UPDATE_GOLDEN=1 writes it anew"

    return compare
