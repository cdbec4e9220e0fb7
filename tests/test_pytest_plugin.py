"""The pytest plugin, in projects of its own: what a user's tests see."""

from __future__ import annotations

import importlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from summarizer import Summarizer

pytest_plugins = ["pytester"]

CONFTEST = """
import json, re
import pytest
from summarizer import ScriptedProvider

def cited(request):
    number, text = re.findall(r"^\\[(\\d+)\\] (.+)$", request.messages[1].content, re.M)[0]
    claim = {"text": text, "cites": [int(number)]}
    return json.dumps({"title": claim, "claims": [claim]})

@pytest.fixture(scope="session")
def summarizer_provider():
    return ScriptedProvider(cited)
"""
TESTS = """
import pytest
from summarizer import Summarizer

@pytest.mark.parametrize("number", range(6))
def test_digest(cassette, number):
    result = Summarizer(cassette).summarize(f"The council paid {number} million. It was late.")
    assert result.summary.claims[0].text == f"The council paid {number} million."
"""


# Only this plugin is loaded into those projects, which saves a second each; one test loads it as a user's pytest does.
XDIST = ("-p", "xdist", "-n", "2")
WORKERS = pytest.mark.parametrize("workers", [(), XDIST], ids=["one process", "xdist"])


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with six tests, each with a recording."""
    folder = tmp_path_factory.mktemp("project")
    (folder / "conftest.py").write_text(CONFTEST, "utf-8")
    (folder / "test_app.py").write_text(TESTS, "utf-8")
    command = [sys.executable, "-m", "pytest", "-p", "no:asyncio", "--summarizer-mode=record"]
    environment = {name: value for name, value in os.environ.items() if name not in ("CI", "PYTEST_ADDOPTS")}
    done = subprocess.run(
        command, check=False, cwd=folder, env=environment, capture_output=True, text=True, timeout=300
    )
    assert "6 passed" in done.stdout, done.stdout + done.stderr
    assert "summarizer: 6 new in tests/recordings: review and commit them" in done.stdout
    return folder


@pytest.fixture
def project(pytester: pytest.Pytester, recorded: Path) -> pytest.Pytester:
    shutil.copytree(recorded, pytester.path, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__", ".*"))
    return pytester


@pytest.fixture(autouse=True)
def _no_other_plugins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")


@pytest.fixture(scope="session", autouse=True)
def _loaded() -> None:
    """Have all that is used loaded: a run in this process takes what it loads along when it ends."""
    Summarizer("extractive").summarize("The council paid 3 million. It was late.")
    importlib.import_module("summarizer.providers.cassette.verify")


def run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    """Run the tests of a project in this process, where everything is loaded; several processes start as ever."""
    return pytester.runpytest_inprocess("-p", "summarizer.pytest_plugin", *arguments)


def run_alone(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    return pytester.runpytest_subprocess("-p", "summarizer.pytest_plugin", *arguments, timeout=300)


def recordings(pytester: pytest.Pytester) -> list[Path]:
    return sorted((pytester.path / "tests" / "recordings").glob("??/*.json"))


def test_a_recorded_test_replays_without_its_provider(project: pytest.Pytester) -> None:
    project.makeconftest("")
    before = {path: path.read_bytes() for path in recordings(project)}

    run(project).assert_outcomes(passed=6)

    assert {path: path.read_bytes() for path in recordings(project)} == before
    assert len(before) == 6


def test_a_test_without_a_recording_fails_and_says_how_to_record_it(project: pytest.Pytester) -> None:
    recordings(project)[0].unlink()

    result = run(project)

    result.assert_outcomes(passed=5, failed=1)
    result.stdout.fnmatch_lines(["*CassetteMiss*pytest --summarizer-mode=record 'test_app.py::test_digest*"])


def test_recording_again_calls_only_for_what_is_missing(project: pytest.Pytester) -> None:
    recordings(project)[0].unlink()

    result = run(project, "--summarizer-mode=record")

    result.assert_outcomes(passed=6)
    result.stdout.fnmatch_lines(["summarizer: 1 new in *"])
    assert len(recordings(project)) == 6


def test_verifying_reports_what_differs_and_changes_nothing(project: pytest.Pytester) -> None:
    project.makeconftest(CONFTEST.replace('"cites": [int(number)]', '"cites": [2]'))
    before = {path: path.read_bytes() for path in recordings(project)}

    result = run(project, "--summarizer-mode=verify")

    result.stdout.fnmatch_lines(["summarizer: 6 of 6 live replies differ *", "*other cites at /claims/0, /title*"])
    assert {path: path.read_bytes() for path in recordings(project)} == before


def test_in_ci_it_replays_whatever_is_asked(project: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    recordings(project)[0].unlink()
    monkeypatch.setenv("CI", "true")

    run(project, "--summarizer-mode=record").assert_outcomes(passed=5, failed=1)

    assert len(recordings(project)) == 5


# -------------------------------------------------------------------------------------------------------------- unused


def with_fewer_tests(project: pytest.Pytester) -> None:
    project.makepyfile(test_app=TESTS.replace("range(6)", "range(4)"))


def last_run(project: pytest.Pytester) -> dict[str, object]:
    values: dict[str, object] = json.loads((project.path / "tests/recordings/.last-run/run.json").read_text("utf-8"))
    return values


@WORKERS
def test_a_complete_run_reports_what_is_unused(project: pytest.Pytester, workers: tuple[str, ...]) -> None:
    with_fewer_tests(project)

    result = run(project, *workers)

    result.assert_outcomes(passed=4)
    result.stdout.fnmatch_lines(
        ["summarizer: 2 of 6 recordings in *recordings are unused: summarizer fixtures prune *recordings"]
    )
    assert last_run(project)["partial"] is None
    assert len(last_run(project)["used"]) == 4  # type: ignore[arg-type]
    assert len(recordings(project)) == 6


@WORKERS
def test_a_run_that_uses_everything_reports_nothing(project: pytest.Pytester, workers: tuple[str, ...]) -> None:
    run(project, *workers).stdout.no_fnmatch_line("summarizer:*")


def failing(project: pytest.Pytester) -> None:
    project.makepyfile(test_other="def test_no():\n    assert False")


def skipped(project: pytest.Pytester) -> None:
    project.makepyfile(test_other="import pytest\n@pytest.mark.skip\ndef test_later():\n    pass")


def deselecting(project: pytest.Pytester) -> None:
    hook = "def pytest_collection_modifyitems(config, items):\n    config.hook.pytest_deselected(items=[items.pop()])\n"
    project.makeconftest(CONFTEST + hook)


def unchanged(project: pytest.Pytester) -> None:
    pass


@pytest.mark.parametrize(
    ("change", "arguments"),
    [
        (unchanged, ["-k", "digest"]),
        (unchanged, ["-m", "not slow"]),
        (unchanged, ["--lf"]),
        (unchanged, ["test_app.py"]),
        (unchanged, ["test_app.py::test_digest"]),
        (unchanged, ["--ignore", "elsewhere"]),
        (unchanged, ["--deselect", "test_app.py::test_digest[0]"]),
        (deselecting, []),
        (failing, []),
        (skipped, []),
        (deselecting, XDIST),
        (failing, XDIST),
        (skipped, XDIST),
    ],
)
def test_a_partial_run_says_nothing_of_unused_recordings(
    project: pytest.Pytester, change: Callable[[pytest.Pytester], None], arguments: list[str]
) -> None:
    with_fewer_tests(project)
    change(project)

    result = run(project, *arguments)

    result.stdout.no_fnmatch_line("summarizer: * unused*")
    assert last_run(project)["partial"]


def test_what_a_program_under_test_uses_counts_as_used(project: pytest.Pytester) -> None:
    project.makepyfile(
        test_app='''
import os, subprocess, sys

CODE = """
import summarizer
for number in range(6):
    print(summarizer.summarize(f"The council paid {number} million. It was late.").model)
"""

def test_a_program(cassette):
    with cassette.everywhere():
        done = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True)
    assert done.stdout.split() == ["scripted"] * 6, done.stderr
'''
    )

    result = run(project)

    result.assert_outcomes(passed=1)
    result.stdout.no_fnmatch_line("summarizer: * unused*")


# ------------------------------------------------------------------------------------------------------------- options


def test_the_folder_and_the_model_are_the_project_s_choice(project: pytest.Pytester) -> None:
    (project.path / "tests" / "recordings").rename(project.path / "canned")
    ini = "[pytest]\nsummarizer_fixtures_dir = canned\nsummarizer_model = {}\n"
    project.makeini(ini.format("scripted"))
    run(project).assert_outcomes(passed=6)

    project.makeini(ini.format("openai:other"))
    result = run(project)

    result.assert_outcomes(failed=6)
    result.stdout.fnmatch_lines(["*model changed: scripted -> other*"])


def test_a_marker_chooses_for_one_test(project: pytest.Pytester) -> None:
    (project.path / "tests" / "recordings").rename(project.path / "canned")
    project.makepyfile(
        test_app=TESTS.replace(
            "@pytest.mark.p", "@pytest.mark.summarizer(folder='canned', model='scripted')\n@pytest.mark.p"
        )
    )

    run(project, "--strict-markers").assert_outcomes(passed=6)


def test_recording_needs_a_model(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    pytester.makepyfile(test_app=TESTS)

    result = run(pytester, "--summarizer-mode=record")

    result.assert_outcomes(errors=6)
    result.stdout.fnmatch_lines(["*--summarizer-model*"])


def test_the_command_of_a_first_miss_names_a_model(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(test_app=TESTS)

    run(pytester).stdout.fnmatch_lines(["*CassetteMiss*'test_app.py::test_digest[[]0]' --summarizer-model=openai:*"])


def test_recording_calls_the_model_of_the_recordings_where_none_is_named(project: pytest.Pytester) -> None:
    project.makeconftest("")
    (note,) = (project.path / "tests" / "recordings" / "models").glob("*.json")
    note.write_text(note.read_text("utf-8").replace('"scripted"', '"extractive"'), "utf-8")

    missed = run(project).stdout.str()
    recorded = run(project, "--summarizer-mode=record").stdout

    assert "CassetteMiss" in missed
    assert "--summarizer-model" not in missed
    recorded.fnmatch_lines(["summarizer: 6 new in *"])


def test_one_cap_holds_for_the_whole_run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    conftest = CONFTEST.replace(
        "return ScriptedProvider(cited)",
        "provider = ScriptedProvider(cited)\n    provider.free = False\n    return provider",
    )
    pytester.makeconftest(conftest)
    pytester.makepyfile(test_app=TESTS)

    result = run(pytester, "--summarizer-mode=record", "--summarizer-max-requests=4")

    result.assert_outcomes(passed=4, failed=2)
    result.stdout.fnmatch_lines(["*BudgetReached*max_requests is 4*"])
    assert len(recordings(pytester)) == 4


def test_a_cap_that_is_no_amount_is_refused(project: pytest.Pytester) -> None:
    result = run(project, "--summarizer-mode=record", "--summarizer-max-cost=five")

    result.assert_outcomes(errors=6)
    result.stdout.fnmatch_lines(["*UsageError: --summarizer-max-cost: 'five' is no amount in dollars"])


def test_without_a_price_the_default_cap_asks_for_another(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    conftest = CONFTEST.replace(
        "return ScriptedProvider(cited)",
        "provider = ScriptedProvider(cited)\n    provider.free = False\n    return provider",
    )
    pytester.makeconftest(conftest)
    pytester.makepyfile(test_app=TESTS)

    result = run(pytester, "--summarizer-mode=record")

    result.assert_outcomes(failed=6)
    result.stdout.fnmatch_lines(["*cap requests or tokens instead*"])


# ------------------------------------------------------------------------------------------------------------- network

REACHING = """
import asyncio, socket, threading, urllib.request
import pytest


def connect(address):
    with socket.socket() as one:
        one.settimeout(1)
        one.connect(address)

def look_up():
    socket.getaddrinfo("api.openai.com", 443)

async def open_connection():
    await asyncio.open_connection("198.51.100.7", 443)

@pytest.mark.parametrize("reach", [
    lambda: connect(("198.51.100.7", 443)),
    look_up,
    lambda: socket.create_connection(("api.openai.com", 443), timeout=1),
    lambda: urllib.request.urlopen("http://198.51.100.7/", timeout=1),
    lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("198.51.100.7", 53)),
    lambda: asyncio.run(open_connection()),
], ids=["address", "lookup", "create", "urllib", "udp", "asyncio"])
def test_another_machine(cassette, reach):
    with pytest.raises(RuntimeError, match="api.openai.com|198.51.100.7"):
        reach()

def test_another_thread(cassette):
    seen = []
    def work():
        try:
            connect(("198.51.100.7", 443))
        except RuntimeError as error:
            seen.append(error)
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen

def test_this_machine(cassette):
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        connect(server.getsockname())
        connect(("localhost", server.getsockname()[1]))
    with pytest.raises(FileNotFoundError), socket.socket(socket.AF_UNIX) as one:
        one.connect("/nowhere/socket")

def test_a_test_without_the_fixture_is_left_alone():
    with pytest.raises(OSError), socket.socket() as one:
        one.settimeout(0.05)
        one.connect(("127.0.0.1", 9))
    with pytest.raises(OSError):
        socket.getaddrinfo("name.invalid", 443)
"""


@pytest.mark.parametrize(
    "arguments",
    [(), ("-p", "pytest_socket", "--disable-socket", "--allow-hosts=127.0.0.1,localhost", "--allow-unix-socket")],
)
def test_a_test_that_replays_reaches_no_other_machine(pytester: pytest.Pytester, arguments: tuple[str, ...]) -> None:
    pytester.makepyfile(test_net=REACHING)
    pytester.makeini("[pytest]\nfilterwarnings = ignore\n")

    run_alone(pytester, *arguments).assert_outcomes(passed=9)


def test_an_allowed_host_is_reached(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        test_net="""
import socket, pytest

def test_allowed(cassette):
    with pytest.raises(OSError), socket.socket() as one:
        one.settimeout(0.05)
        one.connect(("192.0.2.1", 9))
"""
    )
    pytester.makeini("[pytest]\nsummarizer_allowed_hosts = 192.0.2.1 database\n")

    run_alone(pytester).assert_outcomes(passed=1)


# -------------------------------------------------------------------------------------------------------------- manners


def test_a_project_that_does_not_use_it_sees_nothing_of_it(pytester: pytest.Pytester) -> None:
    pytester.makepyfile("def test_one():\n    assert True")

    result = run_alone(pytester, "-W", "error")

    result.assert_outcomes(passed=1)
    assert "summarizer:" not in result.stdout.str() + result.stderr.str()
    assert list(pytester.path.rglob("recordings")) == []


def test_loading_it_imports_nothing_heavy() -> None:
    code = """
import sys, pytest
before = set(sys.modules)
import summarizer.pytest_plugin
print(*(set(sys.modules) - before))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=300)

    assert {name.partition(".")[0] for name in done.stdout.split()}.isdisjoint(
        {"pydantic", "openai", "httpx2", "click"}
    )
    assert "summarizer.records" not in done.stdout.split()
