"""The README's examples run, as they stand, against a loopback server in the place of OpenAI."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from summarizer.cli import COMMANDS, run

from .server import Server

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", page.read_text("utf-8"), re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_python_examples_run_in_order(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names: dict[str, object] = {"__name__": "example"}
    with Server() as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-example")
        for source in blocks(page, "python"):
            exec(compile(source, page.name, "exec", dont_inherit=True), names)


def test_the_readme_has_examples() -> None:
    assert len(blocks(ROOT / "README.md", "python")) >= 4


def test_shell_examples_of_the_readme_run(tmp_path: Path, fixtures: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = fixtures / "articles" / "openai-levee-de-fonds.fr.txt"
    (tmp_path / "article.txt").write_bytes(source.read_bytes())
    (tmp_path / "summary.txt").write_text(
        "OpenAI envisage de lever 100 milliards de dollars, selon Bloomberg.", "utf-8"
    )
    monkeypatch.chdir(tmp_path)
    lines = [line for block in blocks(ROOT / "README.md", "sh") for line in block.splitlines()]
    calls = [shlex.split(line, comments=True)[1:] for line in lines if line.startswith("summarizer ")]
    with Server() as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-example")
        codes = [run(call) for call in calls]

    assert len(codes) >= 6
    assert set(codes) == {0}


def test_every_command_has_a_help(capsys: pytest.CaptureFixture[str]) -> None:
    for name in COMMANDS:
        assert run([name, "--help"]) == 0
        assert "Usage: summarizer" in capsys.readouterr().out
