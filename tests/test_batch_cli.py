"""The command `batch`: what it prints where, how it ends, and how it stops."""

from __future__ import annotations

import contextlib
import csv
import gc
import json
import os
import pty
import re
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import takewhile
from pathlib import Path
from typing import Any

import pytest

from summarizer.records import Result

from .calls import Cli
from .server import Server


@pytest.fixture
def cli(cli: Cli) -> Cli:
    """Run the command in a folder of its own."""
    return partial(cli, "batch")


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    return make(tmp_path / "in", 12)


def make(folder: Path, many: int) -> Path:
    folder.mkdir()
    for number in range(many):
        (folder / f"{number}.txt").write_text(f"The company number {number} plans to raise {number} million.", "utf-8")
    return folder


def reached(server: Server) -> list[str]:
    return ["-m", "openai:test", "--base-url", server.url]


@contextmanager
def started(server: Server, folder: Path, *args: str) -> Iterator[subprocess.Popen[bytes]]:
    """The command in a process of its own, with calls in flight."""
    command = [sys.executable, "-m", "summarizer", "batch", "in", "--out", "out", *reached(server), *args]
    process = subprocess.Popen(command, cwd=folder, stderr=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        deadline = time.monotonic() + 120
        while len(server.requests) < 2 and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.01)
        yield process
    finally:
        process.kill()
        process.communicate()


# --------------------------------------------------------------------------------------------------------- what it does


def test_a_folder_becomes_a_folder_of_summaries(cli: Cli, articles: Path, tmp_path: Path) -> None:
    with Server() as server:
        done = cli(articles, "--out", "out", *reached(server))
        again = cli(articles, "--out", "out", *reached(server))
        asked = len(server.requests)

    assert (done.code, again.code, asked) == (0, 0, 12)
    assert (done.out, again.out) == ("", "")
    assert Result.from_json((tmp_path / "out" / "3.json").read_bytes()).grounded
    assert re.search(r"^  done +12$", done.err, re.MULTILINE)
    assert re.search(r"^  done before +12$", again.err, re.MULTILINE)


def test_the_table_of_the_end_says_what_was_done_and_spent(cli: Cli, articles: Path) -> None:
    (articles / "empty.txt").write_bytes(b"")
    with Server() as server:
        done = cli(articles, "--out", "out", *reached(server))

    rows = {line.split("  ")[1].strip(): line for line in done.err.splitlines() if line.startswith("  ")}
    assert done.code == 1
    assert rows["failed"].endswith("1  unreadable 1")
    assert rows["requests"].split()[1] == "12"
    assert "read" in rows["tokens"]
    assert "articles/s" in rows["time"]
    assert "out/failures.jsonl" in done.err


def test_the_collector_of_cycles_is_left_as_it_was(cli: Cli, articles: Path) -> None:
    before = gc.get_threshold()
    cli(articles, "--out", "out")
    assert (gc.get_threshold(), gc.get_freeze_count()) == (before, 0)


def test_quiet_says_nothing_when_all_is_well(cli: Cli, articles: Path) -> None:
    assert cli(articles, "--out", "out", "-q").err == ""


def test_json_lines_and_tables_are_chosen_by_their_suffix(cli: Cli, articles: Path, tmp_path: Path) -> None:
    lines, table = cli(articles, "--out", "out.jsonl", "-q"), cli(articles, "--out", "out.csv", "-q")

    assert (lines.code, table.code) == (0, 0)
    assert len((tmp_path / "out.jsonl").read_text("utf-8").splitlines()) == 12
    assert len((tmp_path / "out.csv").read_text("utf-8").splitlines()) == 13


def test_the_files_of_a_folder_may_be_markdown(cli: Cli, articles: Path, tmp_path: Path) -> None:
    assert cli(articles, "--out", "out", "--format", "markdown", "-q").code == 0
    assert (tmp_path / "out" / "3.md").read_text("utf-8").startswith("#")


def test_rows_of_a_table_are_articles(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "news.csv").write_text("url,body\na/b,Acme plans to raise 5 million.\nc,Beta grows by 3 %.\n", "utf-8")

    done = cli("news.csv", "--text-column", "body", "--id-column", "url", "--out", "out", "-q")

    assert done.code == 0
    assert sorted(path.name for path in (tmp_path / "out" / "news").iterdir()) == ["a_b.json", "c.json"]


def test_a_list_of_paths_comes_on_stdin(articles: Path, tmp_path: Path) -> None:
    names = "\n".join(f"in/{number}.txt" for number in range(5)).encode()
    command = [sys.executable, "-m", "summarizer", "batch", "-", "--out", "out", "-q"]

    done = subprocess.run(command, cwd=tmp_path, input=names, capture_output=True, timeout=300, check=False)

    assert (done.returncode, done.stderr) == (0, b"")
    assert len(list((tmp_path / "out" / "in").iterdir())) == 5


def test_results_can_be_printed_instead(cli: Cli, articles: Path, tmp_path: Path) -> None:
    (articles / "empty.txt").write_bytes(b"")

    done = cli(articles, "--out", "-")

    assert done.code == 1
    assert len([json.loads(line) for line in done.out.splitlines()]) == 12
    assert "in/empty.txt" in done.err.replace(str(tmp_path) + "/", "")
    assert sorted(path.name for path in tmp_path.iterdir() if path.name != "state") == ["in"]


def test_the_status_is_read_from_the_ledger(cli: Cli, articles: Path) -> None:
    (articles / "empty.txt").write_bytes(b"")
    with Server() as server:
        cli(articles, "--out", "out", *reached(server), "-q")

    done = cli("--out", "out", "--status")

    rows = [line.rsplit("  ", 1) for line in done.out.splitlines()]
    found = {name.strip(): value.strip() for name, value in rows}
    assert done.code == 0
    assert len({len(line) for line in done.out.splitlines()}) == 1  # like the table of the end
    assert (found["ok"], found["unreadable"], found["requests"], found["runs"]) == ("12", "1", "12", "1")


@pytest.mark.parametrize("data", [b"", None], ids=["no byte", "no table"])
@pytest.mark.parametrize(("args", "code"), [(["--status"], 2), (["--dry-run"], 0)])
def test_a_ledger_that_was_killed_before_it_had_a_table_is_none(
    cli: Cli, articles: Path, tmp_path: Path, data: bytes | None, args: list[str], code: int
) -> None:
    ledger = tmp_path / "out" / ".summarizer.sqlite"
    ledger.parent.mkdir()
    if data is None:
        with contextlib.closing(sqlite3.connect(ledger)) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
    else:
        ledger.write_bytes(data)

    done = cli(articles, "--out", "out", "-m", "extractive", *args)

    assert (done.code, "is no ledger of" in done.err) == (code, False)
    assert cli(articles, "--out", "out", "-m", "extractive", "-q").code == 0


@pytest.mark.parametrize("problem", ["fabricated"])
def test_strict_exits_with_3_when_a_statement_is_unsupported(cli: Cli, articles: Path, problem: str) -> None:
    def false(body: Any) -> str:
        claim = {"text": f"The company raised 900 billion, {problem}.", "cites": [1]}
        return json.dumps({"title": claim, "claims": [claim]})

    with Server(reply=false) as server:
        args = [articles, "--out", "out", *reached(server), "--max-repairs", "0", "--strict"]
        first, again = cli(*args), cli(*args)

    assert (first.code, again.code) == (3, 3)
    assert re.search(r"^ungrounded +12$", cli("--out", "out", "--status").out, re.MULTILINE)


# ---------------------------------------------------------------------------------------------------------- how it ends


@pytest.mark.parametrize(
    "args",
    [
        ["in"],
        ["--out", "out"],
        ["missing", "--out", "out"],
        ["in", "--out", "out.json"],
        ["in", "--out", "out", "--max-cost", "many"],
        ["in", "--out", "out", "--max-cost", "-1"],
        ["in", "--out", "out", "--concurrency", "0"],
        ["in", "--out", "out", "--format", "pdf"],
        ["--out", "nowhere", "--status"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_said_and_leaves_no_trace(cli: Cli, articles: Path, tmp_path: Path, args: list[str]) -> None:
    done = cli(*args)

    assert done.code == 2
    assert "Traceback" not in done.err
    assert not (tmp_path / "nowhere").exists()
    assert not list(tmp_path.glob("out*/*.json"))


@pytest.mark.parametrize("out", ["out.jsonl", "out.csv", "-"])
def test_a_format_for_files_is_refused_where_there_are_none(cli: Cli, articles: Path, tmp_path: Path, out: str) -> None:
    done = cli(articles, "--out", out, "-m", "extractive", "--format", "markdown")

    assert done.code == 2
    assert "--format markdown" in done.err
    assert not list(tmp_path.glob("out*"))


@pytest.mark.parametrize(
    ("args", "why"),
    [
        (["empty"], "the inputs hold no article"),
        (["in", "--include", "*.md"], "no file fits --include"),
        (["-"], "the list on standard input is empty"),
    ],
    ids=str,
)
def test_a_batch_over_nothing_says_why_there_is_nothing(
    articles: Path, tmp_path: Path, args: list[str], why: str
) -> None:
    (tmp_path / "empty").mkdir()
    command = [sys.executable, "-m", "summarizer", "batch", *args, "--out", "out", "-m", "extractive"]

    done = subprocess.run(command, cwd=tmp_path, input=b"", capture_output=True, timeout=300, check=False)

    assert done.returncode == 0
    assert f"nothing to summarize: {why}" in done.stderr.decode()


def test_what_cannot_be_read_is_said_at_once_and_forgotten_when_it_is_removed(
    cli: Cli, articles: Path, tmp_path: Path
) -> None:
    broken = articles / "broken.txt"
    broken.write_bytes(b"a\0b")

    first = cli("in", "--out", "out", "-m", "extractive")
    named = (tmp_path / "out" / "failures.jsonl").read_text("utf-8")
    elsewhere = cli("in", "--out", "out", "-m", "extractive", "--include", "1.txt")
    still = (tmp_path / "out" / "failures.jsonl").read_text("utf-8")
    broken.unlink()
    rest = cli("in", "--out", "out", "-m", "extractive")

    assert "summarizer: 'in/broken.txt' is binary" in first.err
    assert "remove the file" in json.loads(named)["todo"]
    assert (first.code, elsewhere.code, rest.code) == (1, 0, 0)
    assert still == named  # it was not among the inputs, but it is there
    assert "left out now is still in 'out/failures.jsonl'" in elsewhere.err
    assert "failures.jsonl" not in rest.err
    assert not (tmp_path / "out" / "failures.jsonl").exists()
    assert "unreadable" not in cli("--out", "out", "--status").out


def test_a_run_that_is_refused_left_nothing_out(cli: Cli, articles: Path) -> None:
    (articles / "broken.txt").write_bytes(b"a\0b")
    cli("in", "--out", "out", "-m", "extractive")

    refused = cli("in", "--out", "out", "-m", "openai:test", "--base-url", "http://127.0.0.1:9/v1", "--max-cost", "1")

    assert refused.code == 2
    assert "failures.jsonl" not in refused.err


def test_a_run_that_stops_at_once_left_nothing_out(cli: Cli, articles: Path) -> None:
    (articles / "broken.txt").write_bytes(b"a\0b")
    cli("in", "--out", "out", "-m", "extractive", "--include", "broken.txt")
    (articles / "broken.txt").unlink()
    with Server() as server:
        stopped = cli("in", "--out", "out", *reached(server), "--max-requests", "0")

    assert stopped.code == 4
    assert "failures.jsonl" not in stopped.err


def test_a_table_that_can_be_read_now_is_no_failure_any_more(cli: Cli, tmp_path: Path) -> None:
    table = tmp_path / "news.csv"
    table.write_text("id,body\na,The company plans to raise 100 million euros.\nb,\n", "utf-8")

    wrong = cli("news.csv", "--out", "out.csv", "-m", "extractive")
    right = cli("news.csv", "--out", "out.csv", "-m", "extractive", "--text-column", "body", "--id-column", "id")
    table.write_text("id,body\na,The company plans to raise 100 million euros.\n", "utf-8")
    mended = cli("news.csv", "--out", "out.csv", "-m", "extractive", "--text-column", "body", "--id-column", "id")
    with (tmp_path / "out.csv").open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))

    assert "has no column 'text': there are 'id', 'body'" in wrong.err
    assert "news.csv#b" in right.err
    assert (wrong.code, right.code, mended.code) == (1, 1, 0)
    assert [row["item"] for row in rows] == ["news.csv#a"]
    assert not (tmp_path / "out.csv.failures.jsonl").exists()


def test_at_the_budget_the_code_is_4_and_the_same_command_goes_on(cli: Cli, articles: Path, tmp_path: Path) -> None:
    with Server() as server:
        first = cli(articles, "--out", "out", *reached(server), "--max-requests", 5)
        again = cli(articles, "--out", "out", *reached(server), "--max-requests", 5)
        rest = cli(articles, "--out", "out", *reached(server), "--max-requests", 12)
        asked = len(server.requests)

    assert (first.code, again.code, rest.code) == (4, 4, 0)
    assert asked == 12
    assert "max_requests is 5" in first.err
    assert "with more allowed the same command resumes" in first.err
    assert len(list((tmp_path / "out").glob("*.json"))) == 12


def test_at_the_budget_of_what_is_printed_the_table_says_what_it_took(cli: Cli, articles: Path) -> None:
    with Server() as server:
        done = cli(articles, "--out", "-", *reached(server), "--max-requests", 3)
        asked = len(server.requests)

    assert (done.code, asked, done.out.count("\n")) == (4, 3, 3)
    assert re.search(r"^  requests +3$", done.err, re.MULTILINE)
    assert re.search(r"^  tokens +[1-9]", done.err, re.MULTILINE)


def test_what_outputs_cost_before_their_ledger_was_lost_is_no_use_of_the_run(
    cli: Cli, articles: Path, tmp_path: Path
) -> None:
    with Server() as server:
        cli(articles, "--out", "out", *reached(server))
        (tmp_path / "out" / ".summarizer.sqlite").unlink()
        again = cli(articles, "--out", "out", *reached(server))

    assert "made anew from 12 outputs" in again.err
    assert not re.search(r"^  (requests|tokens) ", again.err, re.MULTILINE)
    assert re.search(r"^requests +12$", cli("--out", "out", "--status").out, re.MULTILINE)


def test_dollars_cannot_be_capped_where_the_price_is_unknown(cli: Cli, articles: Path) -> None:
    with Server() as server:
        done = cli(articles, "--out", "out", *reached(server), "--max-cost", "0.50")
        asked = len(server.requests)

    assert (done.code, asked) == (2, 0)
    assert "price of 'test' is unknown" in done.err


@pytest.mark.parametrize(("fault", "code"), [("401", 5), ("quota", 5), ("404", 2), ("400", 1), ("refusal", 1)])
def test_what_a_server_says_decides_the_exit_code(cli: Cli, articles: Path, fault: str, code: int) -> None:
    with Server(then=fault) as server:
        done = cli(articles, "--out", "out", *reached(server), "--max-attempts", "1", "--concurrency", "2")
        asked = len(server.requests)

    assert done.code == code
    assert "Traceback" not in done.err
    assert asked <= 4 if code != 1 else asked >= 12


@pytest.mark.slow
def test_a_second_process_ends_with_one_clear_line(articles: Path, tmp_path: Path, cli: Cli) -> None:
    with Server(then="hang") as server, started(server, tmp_path) as process:
        done = cli("in", "--out", "out", *reached(server))
        seen = cli("--out", "out", "--status")

    assert done.code == 1
    assert done.err.count("\n") == 1
    assert f"process {process.pid} is at work" in done.err
    assert seen.code == 0


# --------------------------------------------------------------------------------------------------------- how it stops


def test_a_signal_that_comes_twice_at_once_is_one(articles: Path, tmp_path: Path) -> None:
    with Server(latency_s=0.5) as server, started(server, tmp_path, "--concurrency", "4") as process:
        process.send_signal(signal.SIGTERM)
        time.sleep(0.02)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=60)
        asked = len(server.requests)

    assert process.returncode == 130
    assert 2 <= len(list((tmp_path / "out").glob("*.json"))) == asked <= 4


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_one_signal_finishes_what_is_in_flight_and_saves_it(articles: Path, tmp_path: Path, number: int) -> None:
    with Server(latency_s=0.5) as server, started(server, tmp_path, "--concurrency", "4") as process:
        process.send_signal(number)
        _, said = process.communicate(timeout=60)
        asked = len(server.requests)

    done = len(list((tmp_path / "out").glob("*.json")))
    assert process.returncode == 130
    assert 2 <= done == asked <= 4
    assert b"finishing what is in flight" in said
    assert b"Traceback" not in said


@pytest.mark.slow
def test_a_second_signal_stops_now(articles: Path, tmp_path: Path, cli: Cli) -> None:
    with Server(then="hang") as server, started(server, tmp_path) as process:
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        said = b"".join(takewhile(lambda line: b"finishing what is in flight" not in line, process.stderr))
        time.sleep(0.3)  # what comes at once is the first one, sent twice
        was_waiting = process.poll() is None
        process.send_signal(signal.SIGINT)
        said += process.communicate(timeout=100)[1]  # one in flight goes on for 120 s

    assert was_waiting
    assert process.returncode == 130
    assert b"Traceback" not in said
    with Server() as server:
        assert cli("in", "--out", "out", *reached(server)).code == 0
    assert len(list((tmp_path / "out").glob("*.json"))) == 12


def test_a_reader_that_has_enough_ends_it_quietly(articles: Path, tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        command = [sys.executable, "-m", "summarizer", "batch", "in", "--out", "-", "-q"]
        done = subprocess.run(command, cwd=tmp_path, stdout=writer, stderr=subprocess.PIPE, timeout=300, check=False)
    finally:
        os.close(writer)

    assert (done.returncode, done.stderr) == (141, b"")


# -------------------------------------------------------------------------------------------------------- on a terminal


def on_a_terminal(folder: Path, server: Server, **environment: str) -> tuple[int, str, str]:
    """Run with stderr as a terminal; return the code, stdout, and what the terminal was sent."""
    main, terminal = pty.openpty()
    command = [sys.executable, "-m", "summarizer", "batch", "in", "--out", "-", *reached(server)]
    shell = {**os.environ, "TERM": "xterm", **environment}
    process = subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=terminal, env=shell)
    os.close(terminal)
    shown = b""
    try:
        while data := os.read(main, 65536):
            shown += data
    except OSError:  # the other end is closed
        pass
    out, _ = process.communicate(timeout=60)
    os.close(main)
    return process.returncode, out.decode(), shown.decode()


def test_a_terminal_shows_a_live_line_and_stdout_only_results(articles: Path, tmp_path: Path) -> None:
    with Server(latency_s=0.3) as server:
        code, out, shown = on_a_terminal(tmp_path, server)

    assert code == 0
    assert len([json.loads(line) for line in out.splitlines()]) == 12
    assert "\x1b[" in shown
    assert "/s" in shown
    assert "done" in shown


def test_a_dumb_terminal_is_sent_plain_lines(articles: Path, tmp_path: Path) -> None:
    with Server() as server:
        code, _, shown = on_a_terminal(tmp_path, server, TERM="dumb")

    assert code == 0
    assert "\x1b" not in shown
    assert "requests" in shown


# ------------------------------------------------------------------------------------------------------------- its pace


@pytest.mark.parametrize(
    ("options", "variables", "settings"),
    [(["--rpm", "300"], {}, ""), ([], {"SUMMARIZER_RPM": "300"}, ""), ([], {}, "rpm = 300\n")],
    ids=["argument", "environment", "file"],
)
def test_a_limit_on_requests_is_kept_wherever_it_is_named(
    cli: Cli,
    articles: Path,
    options: list[str],
    variables: dict[str, str],
    settings: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    Path("summarizer.toml").write_text(settings)
    with Server() as server:
        began = time.monotonic()
        done = cli(articles, "--out", "out", *reached(server), *options)
        took_s = time.monotonic() - began
        asked = len(server.requests)

    assert done.code == 0
    assert took_s >= (asked - 5) / 5  # a second's worth at once, then 5 a second


def test_an_output_that_is_a_loop_of_links_is_wrong(cli: Cli, articles: Path, tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    done = cli(articles, "--out", "loop", "-m", "extractive", "-q")

    assert done.code == 1
    assert done.err == "summarizer: cannot make the folder 'loop': File exists; choose another --out\n"


def test_what_may_not_be_looked_at_is_one_failure(tmp_path: Path, anybody: list[str]) -> None:
    make(tmp_path / "in", 3)
    make(tmp_path / "in" / "locked", 2)
    (tmp_path / "in" / "locked").chmod(0o444)  # its names may be read, and nothing of its files
    command = [*anybody, sys.executable, "-m", "summarizer", "batch", "-", "--out", "out", "-m", "extractive"]
    done = [
        subprocess.run(command, input=names, capture_output=True, cwd=tmp_path, timeout=300, check=False)
        for names in (b"in\nin/locked/0.txt\n", b"in\n")
    ]

    assert [one.returncode for one in done] == [1, 1]
    assert [one.stderr.count(b"may not be read") for one in done] == [2, 2]
    assert len(list((tmp_path / "out").glob("*.json"))) == 3


def test_a_folder_that_can_be_listed_again_is_no_failure_any_more(tmp_path: Path, anybody: list[str]) -> None:
    make(tmp_path / "in", 1)
    locked, out = make(tmp_path / "in" / "locked", 2), tmp_path / "out"
    command = [*anybody, sys.executable, "-m", "summarizer", "batch", "in", "--out", "out", "-m", "extractive", "-q"]
    locked.chmod(0)
    first = subprocess.run(command, cwd=tmp_path, timeout=300, check=False)
    left_out = subprocess.run([*command, "--exclude", "locked"], cwd=tmp_path, timeout=300, check=False)
    named = (out / "failures.jsonl").read_text("utf-8")
    locked.chmod(0o755)
    again = subprocess.run(command, cwd=tmp_path, timeout=300, check=False)

    assert "'in/locked' cannot be listed" in named
    assert (first.returncode, left_out.returncode, again.returncode) == (1, 0, 0)
    assert not (out / "failures.jsonl").exists()
    assert len(list((out / "locked").glob("*.json"))) == 2


def test_a_ledger_that_may_not_be_looked_at_is_not_said_to_be_missing(
    cli: Cli, articles: Path, tmp_path: Path, anybody: list[str]
) -> None:
    cli(articles, "--out", "out", "-m", "extractive", "-q")
    (tmp_path / "out").chmod(0)
    command = [*anybody, sys.executable, "-m", "summarizer", "batch", "--out", "out", "--status"]
    done = subprocess.run(command, capture_output=True, cwd=tmp_path, timeout=300, check=False)
    (tmp_path / "out").chmod(0o755)

    assert done.returncode == 1
    assert b"'out/.summarizer.sqlite' cannot be used" in done.stderr


def test_a_batch_whose_folder_may_not_be_written_any_more_can_be_looked_at(
    cli: Cli, articles: Path, tmp_path: Path, anybody: list[str]
) -> None:
    cli(articles, "--out", "out", "-m", "extractive", "-q")
    (tmp_path / "out").chmod(0o555)
    command = [*anybody, sys.executable, "-m", "summarizer", "batch", "--out", "out", "--status"]
    done = subprocess.run(command, capture_output=True, cwd=tmp_path, timeout=300, check=False)

    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.splitlines()[0].split() == [b"ok", b"12"]


def test_a_batch_that_only_prints_says_that_it_needs_a_temporary_folder(articles: Path) -> None:
    command = [sys.executable, "-m", "summarizer", "batch", str(articles), "--out", "-", "-m", "extractive", "-q"]
    small = ["sh", "-c", 'ulimit -f 0; exec "$@"', "sh"]
    done = subprocess.run([*small, *command], capture_output=True, timeout=300, check=False)

    assert done.returncode == 1
    assert b"set TMPDIR to a folder" in done.stderr
    assert b"Traceback" not in done.stderr


def test_no_cap_is_in_the_way_of_what_costs_nothing(cli: Cli, articles: Path) -> None:
    caps = ["--max-cost", "0", "--max-requests", "0", "--max-tokens", "0"]

    assert cli(articles, "--out", "out", "-m", "extractive", *caps).code == 0


def test_an_article_is_never_replaced_by_its_summary(cli: Cli, articles: Path) -> None:
    before = {path: path.read_bytes() for path in articles.iterdir()}
    options = ["--include", "*.txt", "--format", "text", "-m", "extractive", "--rebuild-outputs"]

    assert [cli(articles, "--out", articles, *options).code for _ in range(2)] == [0, 0]
    assert {path: path.read_bytes() for path in articles.glob("*.txt")} == before


@pytest.mark.parametrize("name", ["news.csv", "news.jsonl"])
def test_a_table_is_never_replaced_by_its_summaries(cli: Cli, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("text\nThe company plans to raise 5 million.\n", "utf-8")
    done = cli(name, "--out", name, "-m", "extractive", "--rebuild-outputs")

    assert done.code == 2
    assert f"'{name}' is an input" in done.err
    assert (tmp_path / name).read_text("utf-8").startswith("text\n")


def test_the_output_is_no_input_of_the_next_run_of_a_shell_s_glob(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "The company plans to raise 5 million."}\n', "utf-8")
    codes = [
        cli(*names, "--out", "b.jsonl", "-m", "extractive").code for names in (["a.jsonl"], ["a.jsonl", "b.jsonl"])
    ]

    assert codes == [0, 0]
    assert not (tmp_path / "b.jsonl.failures.jsonl").exists()


def test_a_limit_on_tokens_is_kept(cli: Cli, articles: Path) -> None:
    with Server() as server:
        began = time.monotonic()
        done = cli(articles, "--out", "out", *reached(server), "--tpm", "60000")
        took_s = time.monotonic() - began
        sent = [sum(len(message["content"]) for message in body["messages"]) // 4 for body in server.requests]

    assert done.code == 0
    assert took_s >= (sum(sent) - 2 * max(sent)) / 1000 > 1


@pytest.mark.parametrize(("option", "name"), [("--rpm", "requests_per_minute"), ("--tpm", "tokens_per_minute")])
def test_a_limit_of_nothing_is_wrong_usage(cli: Cli, articles: Path, option: str, name: str) -> None:
    done = cli(articles, "--out", "out", "-m", "extractive", option, "0")

    assert done.code == 2
    assert name in done.err
