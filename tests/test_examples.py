"""The example app passes its own tests, and the page about it shows its files."""

from __future__ import annotations

import inspect
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from summarizer import pytest_plugin
from summarizer.cli import run

ROOT = Path(__file__).parent.parent
APP = ROOT / "examples" / "newsdesk"
PAGE = ROOT / "docs" / "testing-your-app.md"


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the app, so that its run leaves nothing in this project."""
    shutil.copytree(APP, tmp_path / "newsdesk", ignore=shutil.ignore_patterns("__pycache__", ".last-run"))
    monkeypatch.chdir(tmp_path / "newsdesk")
    return tmp_path / "newsdesk"


def test_the_example_s_tests_pass_as_they_do_for_a_reader(app: Path) -> None:
    plugins = ["-p", "no:asyncio", "-p", "no:cacheprovider"]
    environment = {name: value for name, value in os.environ.items() if name != "PYTEST_ADDOPTS"}

    done = subprocess.run(
        [sys.executable, "-m", "pytest", *plugins],
        check=False, cwd=app, env={**environment, "CI": "true"}, capture_output=True, text=True, timeout=300,
    )  # fmt: skip

    assert re.search(r"\b6 passed in", done.stdout), done.stdout + done.stderr
    assert "unused" not in done.stdout


def test_the_example_s_recordings_are_well(app: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = run(["fixtures", "check", "recordings", "--max-age", "100000"])

    assert code == 0, capsys.readouterr().out


def test_the_page_shows_the_files_of_the_app() -> None:
    shown = re.findall(r"^```(?:python|ini) (\S+)\n(.*?)^```$", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)

    assert [name for name, _ in shown] == ["app.py", "digest.py", "test_app.py", "pytest.ini"]
    assert [text for _, text in shown] == [(APP / name).read_text("utf-8") for name, _ in shown]


def test_the_page_names_only_options_that_exist(capsys: pytest.CaptureFixture[str]) -> None:
    page = PAGE.read_text("utf-8")
    for command in ("record", "check", "prune"):
        assert run(["fixtures", command, "--help"]) == 0
    known = capsys.readouterr().out + inspect.getsource(pytest_plugin)

    assert {
        option for option in re.findall(r"--[a-z-]+[a-z]", page) if option != "--lf" and option not in known
    } == set()
