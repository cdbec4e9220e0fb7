"""Wrapper `cache`: nothing is paid twice, and nothing wrong comes out of it."""

from __future__ import annotations

import json
import logging
import re
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from summarizer import Budget, Cassette, Completion, Failure, Limits, Result, ScriptedProvider, Summarizer, Usage
from summarizer.cli import run
from summarizer.errors import InvalidReply, Refused, SummarizerError, UsageError
from summarizer.providers.cache import Cached, Replies
from summarizer.records import Article, Message, ModelInfo, Request, digest

from .calls import Call
from .server import Server

ARTICLE = Article("The dam will be repaired. It costs 40 million dollars. Work begins in May.")


def request(number: int = 0) -> Request:
    return Request(model="m", messages=(Message("user", f"question {number} \ud800é"),))


def paid() -> ScriptedProvider:
    """A model that costs a cent a call."""
    return ScriptedProvider(
        lambda asked: Completion(
            f"reply to {asked.messages[0].content}",
            "m-2026",
            "stop",
            Usage(1, 10, 0, 5, 0, Decimal("0.01")),
            ("a note",),
        )
    )


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "folder" / "replies.sqlite"


@pytest.fixture
def opened(path: Path) -> Iterator[Callable[..., Replies]]:
    """Open the file; it is closed when the test ends."""
    made: list[Replies] = []

    def open_it(**options: object) -> Replies:
        made.append(Replies(path, **options))  # type: ignore[arg-type]
        return made[-1]

    yield open_it
    for replies in made:
        replies.close()


def test_a_request_is_paid_once(opened: Callable[..., Replies], call: Call) -> None:
    inner = paid()
    first = call(Cached(inner, opened(), where="here"), request())
    again = call(Cached(inner, opened(), where="here"), request())

    assert len(inner.requests) == 1
    assert first.usage.cost_usd == Decimal("0.01")
    assert again == replace(first, usage=Usage())


@pytest.mark.parametrize("changed", [{"sample": 1}, {"model": "other"}, {"temperature": 0.5}, {"max_words": 9}])
def test_another_request_is_asked(opened: Callable[..., Replies], call: Call, changed: dict[str, object]) -> None:
    inner = paid()
    cached = Cached(inner, opened(), where="here")
    call(cached, request())
    call(cached, replace(request(), **changed))  # type: ignore[arg-type]

    assert len(inner.requests) == 2


def test_a_model_of_the_same_name_elsewhere_is_another(opened: Callable[..., Replies], call: Call) -> None:
    inner = paid()
    for where in ("openai:m https://one/v1", "openai:m https://two/v1"):
        call(Cached(inner, opened(), where=where), request())

    assert len(inner.requests) == 2


def test_an_error_is_not_kept(opened: Callable[..., Replies], call: Call) -> None:
    inner = paid().next(Refused("no"))
    cached = Cached(inner, opened(), where="here")

    with pytest.raises(Refused):
        call(cached, request())

    assert call(cached, request()).text.startswith("reply")


# -------------------------------------------------------------------------------------------------------- poisoned rows


def changed_text(database: sqlite3.Connection) -> None:
    database.execute("UPDATE replies SET value = replace(value, 'reply', 'REPLY')")


def swapped(database: sqlite3.Connection) -> None:
    rows = database.execute("SELECT value, integrity FROM replies ORDER BY key").fetchall()
    keys = [key for (key,) in database.execute("SELECT key FROM replies ORDER BY key").fetchall()]
    for key, (value, integrity) in zip(reversed(keys), rows, strict=True):
        database.execute("UPDATE replies SET value = ?, integrity = ? WHERE key = ?", (value, integrity, key))


def no_json(database: sqlite3.Connection) -> None:
    database.execute("UPDATE replies SET value = '{'")


def a_blob(database: sqlite3.Connection) -> None:
    database.execute("UPDATE replies SET value = x'80049503'")


def no_time(database: sqlite3.Connection) -> None:
    database.execute("UPDATE replies SET made_at = 'yesterday'")


def other_types(database: sqlite3.Connection) -> None:
    """A row with the right hash and the wrong fields."""
    value = json.dumps({"text": ["x"], "model": "m", "finish_reason": "stop", "warnings": []})
    for (key,) in database.execute("SELECT key FROM replies").fetchall():
        database.execute(
            "UPDATE replies SET value = ?, integrity = ? WHERE key = ?", (value, digest(f"{key}\n{value}"), key)
        )


def too_deep(database: sqlite3.Connection) -> None:
    value = "[" * 100_000
    for (key,) in database.execute("SELECT key FROM replies").fetchall():
        database.execute(
            "UPDATE replies SET value = ?, integrity = ? WHERE key = ?", (value, digest(f"{key}\n{value}"), key)
        )


@pytest.mark.parametrize("poison", [changed_text, swapped, no_json, a_blob, no_time, other_types, too_deep])
def test_a_poisoned_row_is_a_miss_with_a_warning_and_is_replaced(
    path: Path, opened: Callable[..., Replies], call: Call, poison: Callable[[sqlite3.Connection], None]
) -> None:
    inner = paid()
    cached = Cached(inner, opened(), where="here")
    good = [call(cached, request(number)) for number in (1, 2)]
    with closing(sqlite3.connect(path)) as database, database:
        poison(database)
    database.close()

    after = [call(cached, request(number)) for number in (1, 2)]
    healed = [call(cached, request(number)) for number in (1, 2)]

    assert [item.text for item in after] == [item.text for item in good]
    assert all(re.search("damaged reply in .* thrown away", item.warnings[-1]) for item in after)
    assert [item.warnings for item in healed] == [("a note",)] * 2
    assert len(inner.requests) == 4


def test_what_comes_out_is_validated_and_grounded_like_a_new_reply(path: Path) -> None:
    claim = '{"text": "It costs 90 million dollars.", "cites": [2]}'
    inner = ScriptedProvider(lambda _: f'{{"title": {claim}, "claims": [{claim}]}}')

    results = []
    for _ in range(2):
        with Summarizer(inner, cache=path, on_unsupported="report") as summarizer:
            results.append(summarizer.summarize(ARTICLE))

    first, again = results
    assert [check.verdict for check in again.checks] == ["unsupported", "unsupported"]
    assert again.checks == first.checks
    assert (again.usage.requests, again.usage.cost_usd) == (0, 0)


def in_turn(*texts: str) -> ScriptedProvider:
    """A model that replies with one text after the other, and with the last one from then on."""
    left = list(texts)
    return ScriptedProvider(lambda _: left.pop(0) if len(left) > 1 else left[0])


BEGIN = '{"text": "Work begins in May.", "cites": [3]}'
SUMMARY = f'{{"title": {BEGIN}, "claims": [{BEGIN}]}}'


@pytest.mark.parametrize("bad", [["no", "no, again"], ["no", "no"]])
def test_a_failure_is_not_kept_either(path: Path, bad: list[str]) -> None:
    inner = in_turn(*bad, SUMMARY)
    with Summarizer(inner, cache=path, limits=Limits(max_repairs=1)) as summarizer:
        with pytest.raises(InvalidReply):
            summarizer.summarize(ARTICLE)
        later = summarizer.summarize(ARTICLE)
        again = summarizer.summarize(ARTICLE)

    assert later.summary == again.summary
    assert [request.purpose for request in inner.requests] == ["summary", "repair", "repair"]
    assert (later.usage.requests, again.usage.requests) == (1, 0)


def test_a_repair_is_kept(path: Path) -> None:
    inner = in_turn("no", SUMMARY)
    with Summarizer(inner, cache=path) as summarizer:
        first, again = summarizer.summarize(ARTICLE), summarizer.summarize(ARTICLE)

    assert again.summary == first.summary
    assert (first.usage.requests, again.usage.requests) == (2, 0)


def test_a_batch_tries_again_what_failed_with_a_cache_too(path: Path, tmp_path: Path) -> None:
    inner = in_turn("no", "no", SUMMARY)
    with Summarizer(inner, cache=path, limits=Limits(max_repairs=1)) as summarizer:
        failed, done = (list(summarizer.batch([ARTICLE], out=tmp_path / f"out{n}")) for n in range(2))

    assert [type(one) for one in (*failed, *done)] == [Failure, Result]
    assert len(inner.requests) == 3


# ------------------------------------------------------------------------------------------------------- age, size


def test_an_old_reply_is_not_used(opened: Callable[..., Replies], call: Call) -> None:
    inner, now = paid(), [1000.0]
    cached = Cached(inner, opened(max_age_s=100, clock=lambda: now[0]), where="here")
    for second in (1000.0, 1099.0, 1101.0, 500.0):
        now[0] = second
        call(cached, request())

    assert len(inner.requests) == 3  # the one of 1101 is from the future at 500


def test_what_was_not_used_for_the_longest_time_makes_room(
    path: Path, opened: Callable[..., Replies], call: Call
) -> None:
    inner, now = paid(), [0.0]
    cached = Cached(inner, opened(max_bytes=2000, clock=lambda: now[0]), where="here")
    for number in range(60):
        now[0] += 3601
        call(cached, request(0))
        call(cached, request(number))
    asked = len(inner.requests)

    call(cached, request(0))
    call(cached, request(59))

    assert len(inner.requests) == asked
    assert inner.requests.count(request(0)) == 1
    with closing(sqlite3.connect(path)) as database, database:
        (size,) = database.execute("SELECT sum(bytes) FROM replies").fetchone()
    database.close()
    assert size <= 2000


# --------------------------------------------------------------------------------------------------------- the file


def test_only_its_owner_can_read_it(path: Path, opened: Callable[..., Replies]) -> None:
    Cached(paid(), opened(), where="here").complete(request())

    assert {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()} == {0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_it_holds_no_prompt(path: Path, opened: Callable[..., Replies]) -> None:
    Cached(ScriptedProvider(lambda _: "fine"), opened(), where="here").complete(request())

    assert b"question" not in b"".join(file.read_bytes() for file in path.parent.iterdir())


def test_a_file_of_something_else_is_left_alone(path: Path) -> None:
    path.parent.mkdir()
    path.write_text(ARTICLE.text * 40, "utf-8")
    path.chmod(0o644)
    before = path.read_bytes()

    with pytest.raises(UsageError, match="is no cache"):
        Summarizer(paid(), cache=path)

    assert path.read_bytes() == before
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


def test_a_database_of_another_program_is_left_alone(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("CREATE TABLE mine (a)")
    database.close()

    with pytest.raises(UsageError, match="another program"):
        Replies(path)


def test_a_cache_of_a_newer_version_is_left_alone(path: Path, opened: Callable[..., Replies]) -> None:
    opened()
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("PRAGMA user_version = 99")
    database.close()

    with pytest.raises(UsageError, match="newer"):
        Replies(path)


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")

    with pytest.raises(UsageError, match="cannot be opened"):
        Replies(tmp_path / "file" / "replies.sqlite")


def test_a_file_that_breaks_on_the_way_costs_a_call_and_a_warning(
    path: Path, opened: Callable[..., Replies], call: Call, caplog: pytest.LogCaptureFixture
) -> None:
    inner = paid()
    cached = Cached(inner, opened(), where="here")
    call(cached, request())
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("DROP TABLE replies")

    with caplog.at_level(logging.WARNING, "summarizer.cache"):
        assert call(cached, request()).text.startswith("reply")

    assert "cannot be used" in caplog.text
    assert len(inner.requests) == 2


# --------------------------------------------------------------------------------------------------------- together


def test_threads_share_it(opened: Callable[..., Replies]) -> None:
    inner = paid()
    cached = Cached(inner, opened(), where="here")
    with ThreadPoolExecutor(16) as pool:
        made = list(pool.map(cached.complete, [request(number % 50) for number in range(400)]))

    assert [item.text for item in made] == [
        f"reply to {request(number % 50).messages[0].content}" for number in range(400)
    ]
    asked = len(inner.requests)
    list(map(cached.complete, map(request, range(50))))
    assert len(inner.requests) == asked


WRITER = """
import sys
from pathlib import Path
from summarizer import ScriptedProvider
from summarizer.providers.cache import Cached, Replies
from summarizer.records import Message, Request
inner = ScriptedProvider(lambda request: f"reply {request.sample}")
cached = Cached(inner, Replies(Path(sys.argv[1])), where="here")
for number in range(100):
    completion = cached.complete(Request(model="m", messages=(Message("user", "q"),), sample=number))
    assert completion.text == f"reply {number}" and not completion.warnings, completion
"""


def test_processes_share_it(path: Path, opened: Callable[..., Replies]) -> None:
    running = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stderr=subprocess.PIPE, text=True) for _ in range(4)
    ]
    told = [process.communicate(timeout=300)[1] for process in running]

    assert told == [""] * 4
    inner = paid()
    cached = Cached(inner, opened(), where="here")
    for number in range(100):
        cached.complete(Request(model="m", messages=(Message("user", "q"),), sample=number))
    assert inner.requests == []


# ---------------------------------------------------------------------------------------- in a Summarizer


def test_a_budget_is_not_spent_on_what_is_kept(path: Path) -> None:
    provider = ScriptedProvider()
    for _ in range(3):
        with Summarizer(provider, cache=path, budget=Budget(max_requests=1)) as summarizer:
            assert summarizer.summarize(ARTICLE).grounded

    assert len(provider.requests) == 1


def test_it_may_be_used_again_after_it_was_closed(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    provider = ScriptedProvider()
    summarizer = Summarizer(provider, cache=path)
    for _ in range(2):
        with summarizer:
            summarizer.summarize(ARTICLE)

    assert len(provider.requests) == 1
    assert caplog.text == ""


FORKED = """
import os, sys
from pathlib import Path
from summarizer import ScriptedProvider, Summarizer

def handles():
    return sum(Path(f"/proc/self/fd/{fd}").resolve() == Path(sys.argv[1]) for fd in os.listdir("/proc/self/fd"))

provider = ScriptedProvider()
summarizer = Summarizer(provider, cache=Path(sys.argv[1]))
summarizer.summarize("The dam will be repaired.")
if (child := os.fork()) == 0:
    summarizer.summarize("The dam will be repaired.")
    summarizer.summarize("It costs 40 million dollars.")
    assert (len(provider.requests), handles()) == (2, 1)  # its own alone
    summarizer.close()
    sys.exit()
assert os.waitpid(child, 0)[1] == 0
summarizer.summarize("It costs 40 million dollars.")
assert len(provider.requests) == 1
"""


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counts open files by Linux's list of them")
def test_a_process_forked_off_opens_it_for_itself(path: Path) -> None:
    command = [sys.executable, "-W", "error", "-X", "dev", "-c", FORKED, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")


def test_recordings_and_the_embedded_model_are_not_kept(tmp_path: Path, path: Path) -> None:
    Summarizer(Cassette(tmp_path, inner=ScriptedProvider(), mode="record"), cache=path).summarize(ARTICLE)
    Summarizer(Cassette(tmp_path), cache=path).summarize(ARTICLE)
    Summarizer("extractive", cache=path).summarize(ARTICLE)

    assert not path.exists()


class Nameless:
    """A provider of somebody's own, which does not say what model it asks."""

    def complete(self, request: Request, /) -> Completion:
        return ScriptedProvider().complete(request)

    async def acomplete(self, request: Request, /) -> Completion:
        return self.complete(request)


class Named(Nameless):
    def __init__(self, name: str) -> None:
        self.info = ModelInfo(label=f"own:{name}", name=name)
        self.calls = 0

    def complete(self, request: Request, /) -> Completion:
        self.calls += 1
        return super().complete(request)


@pytest.mark.parametrize("models", [{"model": Nameless()}, {"model": Named("a"), "judge": Nameless()}], ids=list)
def test_a_model_that_says_no_name_is_not_taken_for_another(path: Path, models: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match="give Nameless an `info`"):
        Summarizer(**models, cache=path)

    one, other = Named("a"), Named("b")
    for model in (one, other, one, other):
        with Summarizer(model, cache=path) as summarizer:
            summarizer.summarize(ARTICLE)
    assert (one.calls, other.calls) == (1, 1)


def test_a_batch_uses_it_too(path: Path) -> None:
    provider = ScriptedProvider()
    texts = ["The dam leaks badly. It is old.", "The bridge fell down. It was new."]
    for _ in range(2):
        with Summarizer(provider, cache=path) as summarizer:
            assert not [item for item in summarizer.batch(texts) if isinstance(item, SummarizerError)]

    assert len(provider.requests) == 2


def test_the_command_line_keeps_replies_when_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "article.txt").write_text(ARTICLE.text, "utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    with Server() as server:
        command = [str(tmp_path / "article.txt"), "-m", "openai:test-model", "--base-url", server.url]
        codes = [run([*command, *more]) for more in (["--cache"], ["--cache"], [], ["--no-cache"])]

    assert codes == [0, 0, 0, 0]
    assert len(server.requests) == 3
    assert (tmp_path / "cache" / "summarizer" / "replies.sqlite").is_file()
