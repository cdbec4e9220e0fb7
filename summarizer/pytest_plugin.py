"""pytest plugin `summarizer`: tests of an app that replay recorded completions.

    def test_the_digest(cassette):
        result = Summarizer(cassette).summarize(ARTICLE)

A test that asks for `cassette` replays, and reaches no network but this machine while it runs. `pytest
--summarizer-mode=record` records what is missing, within a cap. A complete run tells which recordings nothing used.
"""

from __future__ import annotations

import contextlib
import ipaddress
import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from summarizer.providers.cassette import Cassette
    from summarizer.records import Budget, Provider

MODES = ("replay", "record", "rerecord", "verify", "live")
DEFAULT_FOLDER = "tests/recordings"
DEFAULT_MAX_COST = "0.05"
_SHOWN = 5

_JOURNAL = pytest.StashKey[Path]()
_DESELECTED = pytest.StashKey[list[int]]()


class NetworkRefused(RuntimeError):
    """A test that replays recordings reached for another machine."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options."""
    group = parser.getgroup("summarizer", "summarizer: recorded completions")
    group.addoption(
        "--summarizer-mode", choices=MODES, default="replay", help="What the cassette fixture does (default: replay)."
    )
    group.addoption("--summarizer-model", metavar="MODEL", help="The model to record, such as openai:gpt-5-mini.")
    group.addoption(
        "--summarizer-max-cost",
        metavar="DOLLARS",
        help=f"The cap on a run that calls a model (default: {DEFAULT_MAX_COST}, where no other cap is given).",
    )
    group.addoption(
        "--summarizer-max-requests", metavar="N", type=int, help="The same cap, for models of which no price is known."
    )
    parser.addini("summarizer_fixtures_dir", f"Folder of the recordings (default: {DEFAULT_FOLDER}).", default=None)
    parser.addini("summarizer_model", "The recorded model; --summarizer-model comes first.", default=None)
    parser.addini("summarizer_allowed_hosts", "Hosts that tests that replay may reach.", type="args", default=[])


def pytest_configure(config: pytest.Config) -> None:
    """Choose where the processes of this run note what they use."""
    config.addinivalue_line(
        "markers", "summarizer(folder, model): the cassette fixture's folder and model, for one test or module."
    )
    given = getattr(config, "workerinput", {}).get("summarizer_journal")
    fresh = Path(tempfile.gettempdir()) / f"summarizer-journal-{os.getpid()}-{secrets.token_hex(4)}"
    config.stash[_JOURNAL] = Path(given) if given else fresh
    config.stash[_DESELECTED] = []


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Give the journal's folder to an xdist worker."""
    node.workerinput["summarizer_journal"] = str(node.config.stash[_JOURNAL])


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over what an xdist worker left out."""
    node.config.stash[_DESELECTED].append(getattr(node, "workeroutput", {}).get("summarizer_deselected", 0))


def pytest_deselected(items: Sequence[pytest.Item]) -> None:
    """Count the tests that are not run."""
    if items:
        items[0].config.stash[_DESELECTED].append(len(items))


# ------------------------------------------------------------------------------------------------------------ fixtures


@pytest.fixture(scope="session")
def summarizer_provider(pytestconfig: pytest.Config) -> Iterator[Provider | None]:
    """What is recorded: the model that is named, or was recorded, opened once; None for a replay. Yours comes first."""
    if _mode(pytestconfig) == "replay":
        yield None
        return
    name = _model(pytestconfig) or _recorded_model(pytestconfig.rootpath / _folder(pytestconfig))
    if name is None:
        raise pytest.UsageError("name the model to call with --summarizer-model, or override summarizer_provider")
    from summarizer.providers import open_door
    from summarizer.providers.wrapper import close

    door = open_door(name)
    yield door
    close(door)


@pytest.fixture(scope="session")
def _summarizer_capped(pytestconfig: pytest.Config, summarizer_provider: Provider | None) -> Provider | None:
    """The provider under one cap for all tests of this process."""
    if summarizer_provider is None or getattr(summarizer_provider, "free", False):
        return summarizer_provider
    from summarizer.providers.budget import Budgeted, worst_by_bytes

    return Budgeted(summarizer_provider, _budget(pytestconfig), worst=worst_by_bytes(summarizer_provider))


@pytest.fixture
def cassette(request: pytest.FixtureRequest, _summarizer_capped: Provider | None) -> Iterator[Cassette]:
    """A provider that replays this test's completions, or records them; the network is closed while it replays."""
    from summarizer.providers.cassette import Cassette
    from summarizer.providers.cassette.journal import NAME, Journal
    from summarizer.variables import variables

    config = request.config
    mode: Any = _mode(config)
    chosen = request.node.get_closest_marker("summarizer")
    options = dict(chosen.kwargs) if chosen else {}
    folder, model = config.rootpath / options.get("folder", _folder(config)), options.get("model") or _model(config)
    made = Cassette(folder, inner=None if mode == "replay" else _summarizer_capped, mode=mode, model=model)
    made.command = f"pytest --summarizer-mode=record '{request.node.nodeid}'"
    if (model or _summarizer_capped or _recorded_model(folder)) is None:
        made.command += " --summarizer-model=openai:gpt-5-mini"
    made.budget = _budget(config)
    made.journal = Journal(config.stash[_JOURNAL])
    guard = _closed(config.getini("summarizer_allowed_hosts")) if mode == "replay" else contextlib.nullcontext()
    with variables({NAME: str(config.stash[_JOURNAL])}), guard:
        yield made


def _mode(config: pytest.Config) -> str:
    """What is done; in CI only ever a replay."""
    from summarizer.providers.cassette import in_ci

    mode: str = config.getoption("--summarizer-mode")
    return "replay" if in_ci() else mode


def _model(config: pytest.Config) -> str | None:
    return config.getoption("--summarizer-model") or config.getini("summarizer_model") or None


def _recorded_model(folder: Path) -> str | None:
    """The model of the recordings, where there is one and no other."""
    from summarizer.providers.cassette.recording import models

    known = list(models(folder))
    return known[0] if len(known) == 1 else None


def _folder(config: pytest.Config) -> str:
    return config.getini("summarizer_fixtures_dir") or DEFAULT_FOLDER


def _budget(config: pytest.Config) -> Budget:
    """The run's cap, shared out among the workers."""
    from summarizer.records import Budget, dollars

    said, requests = config.getoption("--summarizer-max-cost"), config.getoption("--summarizer-max-requests")
    if said is None and requests is None:
        said = DEFAULT_MAX_COST
    workers = getattr(config, "workerinput", {}).get("workercount", 1)
    try:
        cost = None if said is None else dollars(said) / workers
    except ValueError as error:
        raise pytest.UsageError(f"--summarizer-max-cost: {error}") from error
    return Budget(max_cost_usd=cost, max_requests=None if requests is None else requests // workers)


# --------------------------------------------------------------------------------------------------------- the network


class _Guard:
    """Refuses connections to other machines, in whatever library and thread, while a test replays.

    It listens to the interpreter's audit events instead of replacing `socket.socket`, so it gets along with whoever
    does that. A hook cannot be taken away, so it is added when it is first needed, and asks whether it is on.
    """

    def __init__(self) -> None:
        self.allowed: list[frozenset[str]] = []
        self._added = False

    def add(self) -> None:
        if not self._added:
            sys.addaudithook(self._hear)
            self._added = True

    def _hear(self, event: str, arguments: tuple[Any, ...]) -> None:
        if not self.allowed or event not in _EVENTS:
            return
        address = arguments[0] if event == "socket.getaddrinfo" else arguments[1]
        host = address[0] if isinstance(address, tuple) else address
        if isinstance(address, (str, bytes)) and event != "socket.getaddrinfo":
            return  # a Unix socket
        name = host.decode("ascii", "replace") if isinstance(host, bytes) else str(host or "")
        if not _is_here(name) and not any(name in hosts for hosts in self.allowed):
            raise NetworkRefused(
                f"a test that replays recordings reached for {name!r}: record what it asks for, or allow the host with "
                "the ini option summarizer_allowed_hosts"
            )


_EVENTS = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo"})
_GUARD = _Guard()


def _is_here(host: str) -> bool:
    if host in ("", "localhost", "0.0.0.0", "::"):  # noqa: S104 - as a name to look up, not to listen at
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return host.endswith(".localhost")


@contextlib.contextmanager
def _closed(allowed: Sequence[str]) -> Iterator[None]:
    _GUARD.add()
    _GUARD.allowed.append(frozenset(allowed))
    try:
        yield
    finally:
        _GUARD.allowed.pop()


# ---------------------------------------------------------------------------------------------------------- the report


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Let an xdist worker tell how many tests it left out."""
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        left_out: list[int] = session.config.stash[_DESELECTED]
        output["summarizer_deselected"] = sum(left_out)


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(terminalreporter: Any, exitstatus: int, config: pytest.Config) -> None:
    """Tell which recordings the run used, and note it for `summarizer fixtures prune`."""
    journals = config.stash[_JOURNAL]
    if hasattr(config, "workerinput") or not journals.is_dir():  # an xdist worker sees a part of the run
        return
    from summarizer.providers.cassette.journal import read

    stories = read(journals)
    shutil.rmtree(journals, ignore_errors=True)
    partial = _partial(config, exitstatus, terminalreporter.stats)
    for folder, story in sorted(stories.items()):
        for line in _report(folder, story, partial):
            terminalreporter.write_line(f"summarizer: {line}")


def _report(folder: Path, story: Any, partial: str | None) -> Iterator[str]:
    from summarizer.providers.cassette.last_run import LastRun
    from summarizer.providers.cassette.recording import paths

    try:
        shown = folder.relative_to(Path.cwd())
    except ValueError:
        shown = folder
    if story.made:
        yield f"{len(story.made)} new in {shown}: review and commit them"
    if story.differs:
        yield f"{len(story.differs)} of {len(story.used)} live replies differ from their recordings in {shown}"
        yield from (f"  {key}: {what}" for key, what in sorted(story.differs.items()))
    if not folder.is_dir():
        return
    files = [path.stem for path in paths(folder)]
    unused = [key for key in files if key not in story.used]
    LastRun.note(folder, story.used, partial)
    if unused and partial is None:
        yield f"{len(unused)} of {len(files)} recordings in {shown} are unused: summarizer fixtures prune {shown}"
        yield from (f"  {key}" for key in unused[:_SHOWN])


def _partial(config: pytest.Config, exitstatus: int, stats: dict[str, list[Any]]) -> str | None:
    """Say why a run tells nothing about what it did not use; None when it was complete."""
    option = config.option
    left_out: list[int] = config.stash[_DESELECTED]
    reasons = {
        "some tests were chosen with -k": getattr(option, "keyword", ""),
        "some tests were chosen with -m": getattr(option, "markexpr", ""),
        "only the last failures were run": getattr(option, "lf", False) or getattr(option, "stepwise", False),
        "some files were left out": getattr(option, "ignore", None) or getattr(option, "ignore_glob", None),
        "some tests were deselected": sum(left_out) or stats.get("deselected"),
        "some tests failed": exitstatus != 0 or stats.get("failed") or stats.get("error"),
        "some tests were skipped": stats.get("skipped"),
        "only a part of the tests was asked for": not _covers(config),
    }
    return next((reason for reason, holds in reasons.items() if holds), None)


def _covers(config: pytest.Config) -> bool:
    """Whether the paths on the command line hold all tests of the project."""
    asked = [config.invocation_params.dir / str(argument).partition("::")[0] for argument in config.args]
    if any("::" in str(argument) for argument in config.args):
        return False
    whole = [config.rootpath / path for path in config.getini("testpaths")] or [config.rootpath]
    return all(any(path.resolve().is_relative_to(place.resolve()) for place in asked) for path in whole)
