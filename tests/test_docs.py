"""The pages' examples run as they stand, against a loopback server in the place of OpenAI; links lead somewhere."""

from __future__ import annotations

import inspect
import re
import shlex
from pathlib import Path

import click
import pytest

import summarizer
from summarizer import Article, ScriptedProvider, Summarizer, summarize
from summarizer.batch.tables import COLUMNS
from summarizer.cli import COMMANDS, run
from summarizer.cli import cli as command_line
from summarizer.cli.settings import names, variable
from summarizer.prompt import Prompts

from .calls import Cli
from .server import Server

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
OTHERS = [ROOT / "CONTRIBUTING.md", ROOT / "benchmarks" / "README.md", ROOT / "fixtures" / "README.md"]


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", page.read_text("utf-8"), re.DOTALL | re.MULTILINE)


def lay_out(page: Path, folder: Path) -> None:
    """Write the files that a page shows (their names stand behind the language), and an article."""
    found = re.findall(r"^```\w+ (\S+)\n(.*?)^```$", page.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    for name, text in [*found, ("article.txt", "The bridge was closed on Monday. It will open again in May.")]:
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")


def calls(page: Path) -> list[list[str]]:
    """Every call of the command in the shell examples of a page."""
    lines = [line for kind in ("sh", "text") for block in blocks(page, kind) for line in block.splitlines()]
    return [shlex.split(line, comments=True)[1:] for line in lines if line.startswith("summarizer ")]


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    text = re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=re.DOTALL | re.MULTILINE)
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_python_examples_run_in_order(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names: dict[str, object] = {"__name__": "example"}
    lay_out(page, tmp_path)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    with Server() as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-example")
        for source in blocks(page, "python"):
            exec(compile(source, page.name, "exec", dont_inherit=True), names)


def test_the_readme_has_examples() -> None:
    assert len(blocks(ROOT / "README.md", "python")) >= 4


def without_risk(printed: str) -> str:
    """A risk is a measurement, and no promise."""
    return re.sub(r"\s\(risk\s[\d.]+\)", " (risk)", printed)


def test_the_verdicts_that_the_readme_shows_are_those_of_the_command(cli: Cli, tmp_path: Path) -> None:
    (shown,) = (block for block in blocks(ROOT / "README.md", "text") if block.startswith("$ cat article.txt"))
    article, _, verdicts = shown.removeprefix("$ cat article.txt\n").split("\n", 2)
    claims = re.findall(r"^(?:✗ )?(\S.*?) \[\d+\]", verdicts, re.MULTILINE)
    (tmp_path / "article.txt").write_text(article, "utf-8")
    (tmp_path / "summary.txt").write_text("\n".join(claims), "utf-8")

    done = cli("check", "article.txt", "summary.txt")

    assert len(claims) == 3
    assert without_risk(done.out).startswith(without_risk(verdicts))


def test_shell_examples_of_the_readme_run(tmp_path: Path, fixtures: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = fixtures / "articles" / "openai-levee-de-fonds.fr.txt"
    (tmp_path / "article.txt").write_bytes(source.read_bytes())
    (tmp_path / "summary.txt").write_text(
        "OpenAI envisage de lever 100 milliards de dollars, selon Bloomberg.", "utf-8"
    )
    monkeypatch.chdir(tmp_path)
    with Server() as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-example")
        codes = [run([server.url if "11434" in part else part for part in call]) for call in calls(ROOT / "README.md")]

    assert len(codes) >= 6
    assert set(codes) == {0}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_calls_of_the_command_have_options_that_exist(page: Path) -> None:
    for name, *rest in calls(page):
        command, args = command_line, [name, *rest] if name in COMMANDS else ["summarize", name, *rest]
        while isinstance(command, click.Group):
            found = command.get_command(click.Context(command), args[0])
            assert found is not None, args
            command, args = found, args[1:]
        command.make_context(command.name, list(args))


@pytest.mark.parametrize("page", [*PAGES, *OTHERS], ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]*#?[^)\s]*)\)", page.read_text("utf-8")):
        name, _, anchor = target.partition("#")
        if name.startswith("http"):
            continue
        path = page.parent / name if name else page
        assert path.exists(), target
        assert not anchor or anchor in anchors(path), target


def test_columns_of_tables_are_documented_in_full() -> None:
    told = (ROOT / "docs" / "batch.md").read_text("utf-8")

    assert [name for name in COLUMNS if f"`{name}`" not in told] == []


def test_every_benchmark_stands_in_its_page() -> None:
    told = (ROOT / "benchmarks" / "README.md").read_text("utf-8")

    assert [path.name for path in (ROOT / "benchmarks").glob("*.py") if f"`{path.name}" not in told] == []


def test_every_page_stands_in_the_index() -> None:
    index = (ROOT / "docs" / "README.md").read_text("utf-8")

    assert all(f"({page.name})" in index for page in (ROOT / "docs").glob("*.md") if page.name != "README.md")


def test_presets_are_documented_in_full() -> None:
    told = (ROOT / "docs" / "own.md").read_text("utf-8")

    assert [name for name in Prompts().presets() if f"| `{name}` |" not in told] == []


def test_settings_are_documented_in_full() -> None:
    told = (ROOT / "docs" / "settings.md").read_text("utf-8")

    for name in names():
        assert f"`{name}`" in told
        assert f"`{variable(name)}`" in told


def test_the_format_of_results_is_documented_in_full(sample: Article) -> None:
    told = (ROOT / "docs" / "apps.md").read_text("utf-8")
    values = summarize(sample).to_dict(steps=True)

    names = [*values, *values["checks"][0], *values["coverage"], *values["usage"], *values["checks"][0]["evidence"][0]]
    assert [name for name in names if not re.search(rf"`(checks\[\]\.)?{name}`", told)] == []


def test_nothing_tells_people_to_install_the_other_project_of_this_name() -> None:
    told = [*PAGES, *(ROOT / "tests").glob("*.py"), *Path(inspect.getfile(summarizer)).parent.rglob("*.py")]

    assert [path for path in told if re.search(r"install [\"']?summarizer\b", path.read_text("utf-8"))] == []


def test_purposes_of_requests_are_documented_in_full() -> None:
    told = (ROOT / "docs" / "models.md").read_text("utf-8").partition("`summarizer.purpose`")[2]
    report = "\n\n".join(f"The crew repaired pump {day}. It had lost {day + 10} liters that day." for day in range(400))
    provider = ScriptedProvider()

    with Summarizer(provider, context=1_200, max_words=40) as reader:
        reader.summarize(report)

    purposes = {request.purpose for request in provider.requests}
    assert purposes == {"notes", "merge", "reduce"}
    assert [purpose for purpose in purposes if f"`{purpose}`" not in told] == []


def test_every_command_has_a_help(capsys: pytest.CaptureFixture[str]) -> None:
    for name in COMMANDS:
        assert run([name, "--help"]) == 0
        assert "Usage: summarizer" in capsys.readouterr().out
