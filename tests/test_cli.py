"""The command line: what it prints where, and how it ends."""

from __future__ import annotations

import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from summarizer import Summary, __version__
from summarizer.records import Article, Result

from .calls import Cli
from .server import Server, cited

SCHEMA = """
from typing import Literal
from pydantic import BaseModel
from summarizer import Claim

class Brief(BaseModel):
    headline: Claim
    who_said_it: list[Claim]
    mood: Literal["calm", "tense"]

NOT_A_CLASS = 3
"""


@pytest.fixture
def acme(tmp_path: Path) -> Path:
    path = tmp_path / "acme.txt"
    path.write_text("Acme plans to raise 100 million euros. The money will pay for a plant in Lyon.", "utf-8")
    return path


def shell(*args: str, before: Sequence[str] = (), **options: Any) -> subprocess.CompletedProcess[bytes]:
    command = [*before, sys.executable, "-m", "summarizer", *args]
    return subprocess.run(command, capture_output=True, timeout=300, check=False, **options)


def false(body: Mapping[str, Any]) -> str:
    """A reply whose numbers are not the article's."""
    return cited(body).replace("100 million", "900 million")


def test_an_article_is_summarized_to_stdout_with_its_evidence(cli: Cli, fixtures: Path) -> None:
    done = cli(str(fixtures / "articles" / "openai-levee-de-fonds.fr.txt"))

    assert done.code == 0
    assert "envisage de lever 100 milliards de dollars" in done.out
    assert "[1]" in done.out
    assert "no language model is used" in done.err


def on_a_terminal(*args: str, **environment: str) -> bytes:
    """What a terminal is given to show, which has no colors."""
    terminal, end = pty.openpty()
    command = [sys.executable, "-m", "summarizer", *args]
    with subprocess.Popen(command, stdout=end, env={**os.environ, "NO_COLOR": "1", **environment}):
        os.close(end)
        shown = b""
        with suppress(OSError):  # how a terminal says that nobody writes to it any more
            while part := os.read(terminal, 1 << 16):
                shown += part
    os.close(terminal)
    return shown


@pytest.mark.parametrize("command", [["-q"], ["prompts", "render"]], ids=" ".join)
def test_neither_a_name_nor_an_article_drives_a_terminal(tmp_path: Path, command: list[str]) -> None:
    path = tmp_path / "red\x1b[31m.txt"
    path.write_text("Acme \x1b]0;title\x07plans a \x9b1mplant in \u202eLyon.", "utf-8")
    shown = on_a_terminal(*command, *[str(path)] * (1 if command[0] == "prompts" else 2))

    assert b"Acme \\x1b]0;title\\x07plans a \\x9b1mplant in \\u202eLyon." in b" ".join(shown.split())
    assert not [char for char in shown.decode() if not (char.isprintable() or char in "\r\n")]


@pytest.mark.parametrize(("columns", "longest"), [("50", 50), ("200", 92)])
def test_text_on_a_terminal_is_as_wide_as_that_but_no_wider_than_is_read_with_ease(
    fixtures: Path, columns: str, longest: int
) -> None:
    article = str(fixtures / "articles" / "openai-levee-de-fonds.fr.txt")
    shown = on_a_terminal(article, "-q", COLUMNS=columns)

    assert longest - 10 < max(map(len, shown.decode().splitlines())) <= longest


def test_quiet_means_nothing_on_stderr(cli: Cli, acme: Path) -> None:
    assert cli(str(acme), "-q").err == ""


@pytest.mark.parametrize(
    ("option", "told"), [("-q", []), ("--", ["attempt 1 failed"]), ("-v", ["attempt 1 failed"])], ids=str
)
def test_a_retry_is_told_unless_quiet(cli: Cli, acme: Path, option: str, told: list[str]) -> None:
    with Server("429_ms") as server:
        done = cli("-m", "openai:test-model", "--base-url", server.url, option, str(acme))

    assert done.code == 0
    assert [words for words in ("attempt 1 failed",) if words in done.err] == told


def test_json_is_one_result_of_the_format(cli: Cli, acme: Path) -> None:
    done = cli(str(acme), "--format", "json")

    result = Result[Summary].from_json(done.out)
    assert (result.source, result.model, result.grounded) == (str(acme), "extractive", True)


def test_several_articles_in_json_are_an_array(cli: Cli, acme: Path, tmp_path: Path) -> None:
    shutil.copy(acme, tmp_path / "two.txt")

    done = cli("--format", "json", str(acme), str(tmp_path / "two.txt"))

    assert [item["source"] for item in json.loads(done.out)] == [str(acme), str(tmp_path / "two.txt")]


def test_jsonl_is_one_result_a_line(cli: Cli, acme: Path) -> None:
    done = cli("--format", "jsonl", str(acme), str(acme))

    assert [json.loads(line)["format"] for line in done.out.splitlines()] == ["summarizer.result/1"] * 2


def test_markdown_is_written(cli: Cli, acme: Path) -> None:
    assert cli("--format", "markdown", str(acme)).out.startswith("#")


def test_several_articles_on_a_page_of_markdown_have_footnotes_of_their_own(cli: Cli, acme: Path) -> None:
    page = cli("--format", "markdown", str(acme), str(acme)).out

    notes = re.findall(r"^\[\^(\S+)\]: ", page, re.MULTILINE)
    assert {note.partition("-")[0] for note in notes} == {"1", "2"}
    assert set(re.findall(r"\[\^([^\]]+)\](?!:)", page)) == set(notes)
    assert len(set(notes)) == len(notes)


@pytest.mark.parametrize("args", [["-"], [], ["-q"], ["summarize", "--max-words", "40"]], ids=" ".join)
def test_stdin_is_an_article(args: list[str]) -> None:
    done = shell(*args, input=b"Une phrase de 92 % des gens.")

    assert done.returncode == 0
    assert "Une phrase de 92 % des gens." in done.stdout.decode()


def test_a_bad_article_costs_no_other(cli: Cli, acme: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.txt").write_bytes(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")

    done = cli("missing.txt", "bad.txt", str(acme), "-q")

    assert done.code == 1
    assert "100 million euros" in done.out
    assert [("missing.txt" in line, "bad.txt" in line) for line in done.err.splitlines()] == [
        (True, False),
        (False, True),
    ]


def test_an_output_file_appears_whole(cli: Cli, acme: Path, tmp_path: Path) -> None:
    done = cli(str(acme), "-o", "out.json", "--format", "json", "-q")

    assert (done.code, done.out) == (0, "")
    assert Result[Summary].from_json((tmp_path / "out.json").read_bytes()).grounded
    assert sorted(path.name for path in tmp_path.iterdir() if path.suffix) == ["acme.txt", "out.json"]


def test_an_output_that_cannot_be_written_is_refused_before_any_work(cli: Cli, acme: Path) -> None:
    done = cli(str(acme), "-o", "no/such/folder/out.txt")

    assert done.code == 2
    assert "no/such/folder" in done.err


def test_an_output_in_a_folder_that_takes_none_is_refused_before_any_call(
    acme: Path, tmp_path: Path, anybody: list[str]
) -> None:
    (tmp_path / "locked").mkdir(mode=0o555)
    with Server() as server:
        model = ["-m", "openai:test", "--base-url", server.url]
        done = shell(str(acme), "-o", "locked/out.txt", *model, before=anybody, cwd=tmp_path)

    assert (done.returncode, server.requests) == (2, [])
    assert done.stderr == b"summarizer: cannot write 'locked/out.txt': no file can be made in its folder\n"


@pytest.mark.parametrize(
    "args",
    [["a.txt", "-o", "a.txt"], ["b.txt", "a.txt", "-o", "link.txt"], ["check", "b.txt", "a.txt", "-o", "./a.txt"]],
)
def test_an_output_never_takes_the_place_of_what_is_read(cli: Cli, tmp_path: Path, args: list[str]) -> None:
    (tmp_path / "a.txt").write_text("Acme plans a plant.", "utf-8")
    (tmp_path / "b.txt").write_text("Acme plans two plants.", "utf-8")
    (tmp_path / "link.txt").symlink_to("a.txt")
    done = cli(*args)

    assert done.code == 2
    assert "is what is read" in done.err
    assert (tmp_path / "a.txt").read_text("utf-8") == "Acme plans a plant."


def test_a_dash_is_standard_output(cli: Cli, acme: Path, tmp_path: Path) -> None:
    done = cli(str(acme), "-o", "-", "-q")

    assert (done.code, done.out) == (0, cli(str(acme), "-q").out)
    assert list(tmp_path.iterdir()) == [acme]


def test_an_output_for_which_there_is_no_room_says_so(acme: Path, tmp_path: Path) -> None:
    small = ["sh", "-c", 'ulimit -f 0; exec "$@"', "sh"]
    done = shell(str(acme), "-o", "out.txt", "-q", before=small, cwd=tmp_path)

    assert done.returncode == 1
    assert b"'out.txt': File too large; raise the limit" in done.stderr
    assert list(tmp_path.iterdir()) == [acme]


def test_a_folder_that_is_gone_is_named(tmp_path: Path) -> None:
    gone = ["sh", "-c", 'mkdir gone && cd gone && rmdir ../gone && exec "$@"', "sh"]
    done = shell("/etc/hostname", before=gone, cwd=tmp_path)

    assert done.returncode == 2
    assert done.stderr.startswith(b"summarizer: the folder where this is run is no more")


def test_settings_that_may_not_be_read_are_named(acme: Path, tmp_path: Path, anybody: list[str]) -> None:
    (tmp_path / "summarizer.toml").touch(mode=0)
    done = shell(str(acme), before=anybody, cwd=tmp_path)

    assert done.returncode == 2
    assert done.stderr.endswith(b"/summarizer.toml' cannot be read: Permission denied\n")


def test_a_failed_run_leaves_the_output_file_of_before(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "out.txt").write_text("before", "utf-8")

    assert cli("missing.txt", "-o", "out.txt").code == 1
    assert (tmp_path / "out.txt").read_text("utf-8") == "before"


def test_strict_exits_with_3_and_shows_what_is_unsupported(cli: Cli, acme: Path) -> None:
    with Server(reply=false) as server:
        args = [str(acme), "-m", "openai:test", "--base-url", server.url, "--max-repairs", "0"]
        strict, lenient = cli(*args, "--strict", "--format", "json"), cli(*args, "--format", "json")

    assert strict.code == 3
    assert json.loads(strict.out)["grounded"] is False
    assert lenient.code == 0
    assert json.loads(lenient.out)["grounded"] is True


def test_a_compatible_server_is_reached_by_its_address(cli: Cli, fixtures: Path) -> None:
    article = fixtures / "articles" / "openai-levee-de-fonds.fr.txt"
    with Server() as server:
        done = cli(str(article), "--model", "openai:test", "--base-url", server.url, "--format", "json")

    result = Result[Summary].from_json(done.out)
    assert done.code == 0
    assert result.model == "openai:test"
    assert result.usage.requests == len(server.requests) == 1
    assert result.grounded


def test_a_schema_of_one_s_own_is_named(cli: Cli, acme: Path, tmp_path: Path) -> None:
    (tmp_path / "briefs_of_cli.py").write_text(SCHEMA, "utf-8")

    done = cli(str(acme), "--schema", "briefs_of_cli:Brief", "--format", "json", "-q")

    assert done.code == 0
    assert set(json.loads(done.out)["summary"]) == {"headline", "who_said_it", "mood"}
    assert json.loads(done.out)["unchecked"] == ["/mood"]


@pytest.mark.parametrize(
    "name",
    [
        "briefs",
        "nothing_here:Brief",
        "json:JSONDecoder",
        ":",
        "json:",
        "torn_schema:Brief",
        "dead_schema:Brief",
        "ended_schema:Brief",
    ],
)
def test_a_schema_that_cannot_be_used_is_wrong_usage(cli: Cli, acme: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "torn_schema.py").write_text("class Brief(", "utf-8")
    (tmp_path / "dead_schema.py").write_text("1 / 0", "utf-8")
    (tmp_path / "ended_schema.py").write_text("raise SystemExit(3)", "utf-8")

    done = cli(str(acme), "--schema", name)

    assert done.code == 2
    assert name in done.err


@pytest.mark.parametrize(
    "args",
    [
        ["a.txt", "--format", "pdf"],
        ["a.txt", "--no-such-option"],
        ["a.txt", "--max-words", "many"],
        ["a.txt", "--max-words", "0"],
        ["a.txt", "--timeout", "0"],
        ["a.txt", "--model", "gpt"],
        ["a.txt", "--preset", "haiku"],
        ["a.txt", "--prompts", "nowhere"],
        ["check", "a.txt"],
        ["check", "-", "-"],
        ["prompts", "show", "haiku"],
    ],
    ids=" ".join,
)
def test_wrong_usage_is_one_clear_line_and_exit_2(cli: Cli, args: list[str]) -> None:
    done = cli(*args)

    assert done.code == 2
    assert done.out == ""
    assert "Traceback" not in done.err
    assert done.err


def test_a_misspelt_command_is_named(cli: Cli, acme: Path, tmp_path: Path) -> None:
    wrong = cli("bacth", str(acme), "--out", "summaries")
    (tmp_path / "bacth").write_text("Acme plans a plant in Lyon.", "utf-8")
    right = cli("bacth", "-q")

    assert (wrong.code, wrong.out) == (2, "")
    assert "did you mean 'batch'?" in wrong.err
    assert right.code == 0


def test_a_word_that_is_no_command_and_no_file_leads_to_the_commands(cli: Cli) -> None:
    word, file = cli("help"), cli("help.txt")

    assert (word.code, file.code) == (2, 1)
    assert "no command and no file 'help': `summarizer --help` lists the commands" in word.err
    assert "there is no file 'help.txt'" in file.err


@pytest.mark.parametrize(("args", "said"), [([], b"Exit codes"), (["-q"], b'name an ARTICLE, or "-" for standard')])
def test_no_article_on_a_terminal_shows_what_to_name(args: list[str], said: bytes) -> None:
    terminal, end = pty.openpty()
    try:
        shown = shell(*args, stdin=end)
    finally:
        os.close(terminal)
        os.close(end)

    assert said in shown.stdout + shown.stderr
    assert shown.returncode == 2


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("summarizer ba", ["file,ba", "plain,batch"]),
        ("summarizer --ver", ["plain,--version"]),
        ("summarizer batch --max-t", ["plain,--max-tokens"]),
        ("summarizer acme.txt --form", ["plain,--format"]),
        ("summarizer acme.txt --format j", ["plain,json", "plain,jsonl"]),
        ("summarizer check ac", ["file,ac"]),
    ],
)
def test_a_shell_completes_commands_options_and_files(typed: str, offered: list[str]) -> None:
    asked = {"_SUMMARIZER_COMPLETE": "bash_complete", "COMP_WORDS": typed, "COMP_CWORD": str(typed.count(" "))}

    done = shell(env={**os.environ, **asked})

    assert (done.returncode, done.stdout.decode().split(), done.stderr) == (0, offered, b"")


def test_a_shell_gets_its_script() -> None:
    done = shell(env={**os.environ, "_SUMMARIZER_COMPLETE": "zsh_source"})

    assert done.stdout.startswith(b"#compdef summarizer")


def test_the_version_is_the_package_s() -> None:
    assert shell("--version").stdout == f"summarizer {__version__}\n".encode()


@pytest.mark.parametrize(
    ("fault", "code"),
    [("401", 5), ("quota", 5), ("404", 2), ("400", 1), ("refusal", 1), ("500", 1)],
)
def test_what_a_server_says_decides_the_exit_code(cli: Cli, acme: Path, fault: str, code: int) -> None:
    with Server(then=fault) as server:
        done = cli(str(acme), "-m", "openai:test", "--base-url", server.url, "--max-attempts", "1")

    assert done.code == code
    assert len(done.err.splitlines()) == 1
    assert "Traceback" not in done.err


def test_a_refused_key_stops_the_run_at_once(cli: Cli, acme: Path) -> None:
    with Server(then="401") as server:
        done = cli(*[str(acme)] * 3, "-m", "openai:test", "--base-url", server.url)

    assert done.code == 5
    assert len(server.requests) == 1


def test_a_server_that_is_not_there_fails_the_article(cli: Cli, acme: Path) -> None:
    done = cli(str(acme), "-m", "openai:test", "--base-url", "http://127.0.0.1:9/v1", "--max-attempts", "1")

    assert done.code == 1
    assert "127.0.0.1:9" in done.err


def test_settings_come_from_argument_then_environment_then_file(
    cli: Cli, acme: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "summarizer.toml").write_text('max_words = 31\npreset = "news"\n', "utf-8")

    from_file = cli("prompts", "render", str(acme)).out
    monkeypatch.setenv("SUMMARIZER_MAX_WORDS", "32")
    from_environment = cli("prompts", "render", str(acme)).out
    from_argument = cli("prompts", "render", str(acme), "--max-words", "33").out

    assert ("at most 31 words" in from_file, "who, what, when" in from_file) == (True, True)
    assert "at most 32 words" in from_environment
    assert "at most 33 words" in from_argument


def test_a_settings_file_with_a_byte_order_mark_is_read(cli: Cli, acme: Path, tmp_path: Path) -> None:
    (tmp_path / "summarizer.toml").write_bytes("max_words = 31  # für Gäste\r\n".encode("utf-8-sig"))

    assert "at most 31 words" in cli("prompts", "render", str(acme)).out


def test_a_path_in_a_settings_file_leads_from_its_folder(
    cli: Cli, acme: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "summarizer.toml").write_text(
        'prompts = "ours"\npreset = "risks"\nschema = "ours_alone:Brief"\n', "utf-8"
    )
    for folder in ("ours", "below"):
        (tmp_path / folder).mkdir()
    (tmp_path / "ours" / "risks.jinja").write_text("What may go wrong?\n{{ outline }}", "utf-8")
    schema = "from summarizer import Claim, Summary\n\nclass Brief(Summary):\n    danger: Claim\n"
    (tmp_path / "ours_alone.py").write_text(schema, "utf-8")

    here = [cli("prompts", *args).out for args in (("render", str(acme)), ("show", "risks"))]
    monkeypatch.chdir(tmp_path / "below")
    below = [cli("prompts", *args).out for args in (("render", str(acme)), ("show", "risks"))]

    assert below == here
    assert "What may go wrong?" in below[0]
    assert '"danger": ' in below[0]
    assert f"risks     {tmp_path / 'ours' / 'risks.jinja'}" in cli("prompts", "list").out


def test_a_local_model_of_a_settings_file_is_looked_for_beside_it(
    cli: Cli, acme: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "summarizer.toml").write_text('model = "local:models/none.gguf"\n', "utf-8")
    (tmp_path / "below").mkdir()
    monkeypatch.chdir(tmp_path / "below")

    assert str(tmp_path / "models" / "none.gguf") in cli(str(acme)).err


def test_each_article_that_failed_is_named_however_short_its_name(cli: Cli, tmp_path: Path) -> None:
    for name in ("e", "o"):
        (tmp_path / name).write_text("The company plans to raise 5 million.", "utf-8")

    done = cli("e", "o", "-m", "openai:test", "--base-url", "http://127.0.0.1:9/v1", "--max-attempts", "1")

    assert [line.split(": the connection")[0] for line in done.err.splitlines()] == ["summarizer: e", "summarizer: o"]


@pytest.mark.parametrize("name", ["schema", "schema_class"])
def test_a_schema_is_set_by_the_name_of_its_option(
    cli: Cli, acme: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    (tmp_path / "summarizer.toml").write_text(f'{name} = "of_the_file:Brief"\n', "utf-8")

    from_file = cli(str(acme)).err
    monkeypatch.setenv(f"SUMMARIZER_{name.upper()}", "of_the_environment:Brief")
    from_environment = cli(str(acme)).err
    from_argument = cli(str(acme), "--schema", "of_the_argument:Brief").err

    file = f"{str(tmp_path / 'summarizer.toml')!r}: "
    assert [from_file, from_environment, from_argument] == [
        f"summarizer: {where}schema 'of_the_{place}:Brief': No module named 'of_the_{place}'\n"
        for place, where in (("file", file), ("environment", f"SUMMARIZER_{name.upper()}: "), ("argument", ""))
    ]


def test_an_empty_variable_of_the_environment_sets_nothing(
    cli: Cli, acme: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUMMARIZER_MAX_WORDS", "")
    monkeypatch.setenv("SUMMARIZER_LANGUAGE", "")

    done = cli("prompts", "render", str(acme))

    assert done.code == 0
    assert "at most 120 words" in done.out
    assert "the language of the article" in done.out


@pytest.mark.parametrize(
    ("toml", "problem"),
    [
        ("max_wrods = 3", "there is no setting 'max_wrods'; there are: model, base_url, preset, prompts, schema,"),
        ("schema = 3", "summarizer.toml': setting 'schema': "),
        ("max_words = true", "summarizer.toml': setting 'max_words': true is no value"),
        ("foo = true", "summarizer.toml': there is no setting 'foo'; there are: "),
        ('max_words = "many"', "max_words"),
        ("max_words = -3", "summarizer.toml': max_words must be a whole number of at least 1, not -3"),
        ("rpm = -3", "summarizer.toml': requests_per_minute must be"),
        ('model = "foo:bar"', "summarizer.toml': no model 'foo:bar'"),
        ("max_words = ", "no valid TOML"),
        ('preset = "news \udcff"', "no valid TOML"),
        ('api_key = "sk-secret-1"', "keys are never read from a file"),
    ],
)
def test_a_wrong_settings_file_says_where(cli: Cli, acme: Path, tmp_path: Path, toml: str, problem: str) -> None:
    (tmp_path / "summarizer.toml").write_bytes(toml.encode("utf-8", "surrogateescape"))

    done = cli(str(acme))

    assert done.code == 2
    assert problem in done.err
    assert "summarizer.toml" in done.err
    assert "sk-secret-1" not in done.err


def test_a_wrong_variable_or_option_is_not_blamed_on_the_file(
    cli: Cli, acme: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "summarizer.toml").write_text("max_words = 30\nsentences = 3\n", "utf-8")

    option = cli(str(acme), "--max-words", "-3")
    monkeypatch.setenv("SUMMARIZER_SENTENCES", "-3")
    variable = cli(str(acme))

    assert option.code == variable.code == 2
    assert option.err.startswith("summarizer: max_words must be")
    assert variable.err.startswith("summarizer: SUMMARIZER_SENTENCES: sentences must be")


def test_a_server_named_by_a_project_s_file_is_not_given_the_shell_s_key(
    cli: Cli, acme: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-the-shell")
    with Server() as server:
        (tmp_path / "summarizer.toml").write_text(f'model = "openai:test"\nbase_url = "{server.url}"', "utf-8")
        from_file = cli(str(acme), "-q")
        from_argument = cli(str(acme), "-q", "--base-url", server.url)
        keys = [headers.get("authorization", "") for headers in server.headers]

    assert (from_file.code, from_argument.code) == (0, 0)
    assert "sk-of-the-shell" not in keys[0]
    assert keys[1] == "Bearer sk-of-the-shell"


@pytest.mark.parametrize("url", ["https://models.invalid/v1", None])
def test_a_server_of_a_project_s_file_that_lacks_a_key_is_told_its_own_variable(
    cli: Cli, acme: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str | None
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-the-shell")
    with Server(then="401") as server:
        (tmp_path / "summarizer.toml").write_text(f'model = "openai:test"\nbase_url = "{url or server.url}"', "utf-8")
        done = cli(str(acme))

    assert done.code == 5
    assert "SUMMARIZER_API_KEY" in done.err
    assert "OPENAI_API_KEY" not in done.err


def test_a_check_shows_a_verdict_for_each_sentence(cli: Cli, acme: Path, tmp_path: Path) -> None:
    (tmp_path / "good.txt").write_text("Acme plans to raise 100 million euros.\nIt pays for a plant in Lyon", "utf-8")
    (tmp_path / "bad.txt").write_text("Acme plans to raise 900 million euros.", "utf-8")

    good = cli("check", str(acme), "good.txt", "--format", "json")
    bad = cli("check", str(acme), "bad.txt")

    assert good.code == 0
    assert [check["verdict"] for check in json.loads(good.out)["checks"]] == ["supported", "supported"]
    assert bad.code == 3
    assert "900 million" in bad.out


def test_a_check_in_text_shows_sentences_findings_and_no_model(cli: Cli, acme: Path, tmp_path: Path) -> None:
    (tmp_path / "said.txt").write_text("Acme plans to raise 900 million euros. It pays for a plant in Lyon.", "utf-8")

    said = cli("check", str(acme), "said.txt").out

    assert said.startswith("✗ Acme plans to raise 900 million euros. [1]\n    number: ")
    assert re.search(r"^It pays for a plant in Lyon\. \[2\]\xa0\(risk\xa00\.\d\d\)$", said, re.MULTILINE)
    assert said.endswith("\n1 of 2 claims supported · rests on 1 of 2 sentences\n")


def test_a_check_shows_no_risk_of_the_article_s_own_words(cli: Cli, acme: Path) -> None:
    assert "risk" not in cli("check", str(acme), str(acme)).out


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{"title": "Acme"}', "object with one of them"),
        ("[1]", "object with one of them"),
        ("not JSON", "is none: Expecting value"),
        ('{"summary": {"a": {"text": 1, "cites": []}}}', "a claim of the summary"),
        ('{"summary": {"a": "text"}}', "no claims"),
    ],
)
def test_json_that_is_no_result_is_not_checked_as_text(
    cli: Cli, acme: Path, tmp_path: Path, text: str, problem: str
) -> None:
    (tmp_path / "said.json").write_text(text, "utf-8")

    done = cli("check", str(acme), "said.json")

    assert (done.code, done.out) == (2, "")
    assert problem in done.err


@pytest.mark.parametrize("names", [("{acme}", "missing.txt"), ("missing.txt", "{acme}")])
def test_of_a_file_that_is_not_there_a_check_says_where_it_looked(
    cli: Cli, acme: Path, tmp_path: Path, names: tuple[str, str]
) -> None:
    done = cli("check", *(name.format(acme=acme) for name in names))

    assert (done.code, done.out) == (1, "")
    assert f"there is no file 'missing.txt': check the name and the folder ('{tmp_path}')" in done.err


@pytest.mark.parametrize("name", ["summary", None])
def test_a_list_of_sentences_in_json_is_a_summary(cli: Cli, acme: Path, tmp_path: Path, name: str | None) -> None:
    said = ["Acme plans to raise 100 million euros", "It won."]
    (tmp_path / "said.json").write_text(json.dumps(said if name is None else {name: said}))
    done = cli("check", str(acme), "said.json", "--format", "json")

    assert [check["verdict"] for check in json.loads(done.out)["checks"]] == ["supported", "unsupported"]


def test_a_summary_in_json_may_be_a_text(cli: Cli, acme: Path, tmp_path: Path) -> None:
    (tmp_path / "said.json").write_text('{"summary": "Acme plans to raise 900 million euros."}', "utf-8")

    assert cli("check", str(acme), "said.json").code == 3


def test_a_bad_pair_is_named_and_costs_no_other(cli: Cli, acme: Path, tmp_path: Path) -> None:
    good = json.dumps({"article": acme.read_text("utf-8"), "summary": "Acme plans to raise 100 million euros."})
    empty = json.dumps({"article": " ", "summary": "Acme plans to raise 100 million euros."})
    (tmp_path / "pairs.jsonl").write_text(f"nonsense\n{empty}\n{good}\n", "utf-8")

    done = cli("check", "--jsonl", "pairs.jsonl")

    assert done.code == 1
    assert "line 1 of 'pairs.jsonl': no JSON in UTF-8" in done.err
    assert "line 2 of 'pairs.jsonl': the article is empty" in done.err
    assert [json.loads(line)["source"] for line in done.out.splitlines()] == ["line 3"]
    assert cli("check", "--jsonl", "pairs.jsonl", "--format", "text").code == 2


def test_the_result_of_another_article_is_called_so(cli: Cli, acme: Path, tmp_path: Path) -> None:
    (tmp_path / "other.txt").write_text("Halden sells its plant in Lyon. It has no plans for the money.", "utf-8")
    cli(str(acme), "--format", "json", "-o", "result.json")

    right, wrong = cli("check", str(acme), "result.json"), cli("check", "other.txt", "result.json")

    assert (right.code, right.err) == (0, "")
    assert wrong.code == 3
    assert wrong.err.startswith(f"summarizer: the summary is the result of another article ({str(acme)!r:.80})")


@pytest.mark.parametrize("nothing", ["", "\n  \n"])
def test_pairs_of_which_there_are_none_are_a_failure(cli: Cli, tmp_path: Path, nothing: str) -> None:
    (tmp_path / "pairs.jsonl").write_text(nothing, "utf-8")
    done = cli("check", "--jsonl", "pairs.jsonl")

    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("summarizer: 'pairs.jsonl' holds nothing to check: write {")


def test_prompts_are_listed_shown_and_rendered(cli: Cli, acme: Path) -> None:
    assert [line.split()[0] for line in cli("prompts", "list").out.splitlines()] == [
        "bullets",
        "headline",
        "news",
        "summary",
    ]
    assert cli("prompts", "show", "summary").out.startswith("{% extends")
    assert "[1] Acme plans to raise 100 million euros." in cli("prompts", "render", str(acme)).out


def test_the_doctor_says_what_is_configured_and_no_key(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    without = cli("doctor")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-the-shell")
    with_key = cli("doctor")

    assert "extractive" in without.out
    assert "not set" in without.out
    assert "openai:gpt-5-mini" in with_key.out
    assert "sk-of-the-shell" not in with_key.out + with_key.err


def test_the_models_that_can_be_fetched_are_listed(cli: Cli) -> None:
    done = cli("models", "list")

    assert done.out.startswith("local:smollm2  98 MB, window 8192, Apache-2.0\n")


def test_a_judge_is_asked_where_one_is_named(cli: Cli, acme: Path) -> None:
    with Server() as server:
        cli(str(acme), "-m", "openai:writer", "--base-url", server.url, "--judge", "openai:judge", "-q")

    assert [body["model"] for body in server.requests] == ["writer", "judge"]


def test_names_of_files_cannot_drive_the_terminal(cli: Cli) -> None:
    done = cli("evil\x1b[31m\n.txt")

    assert done.code == 1
    assert "\x1b" not in done.err
    assert len(done.err.splitlines()) == 2


def test_a_closed_pipe_ends_quietly(acme: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        command = [sys.executable, "-m", "summarizer", *[str(acme)] * 3, "-q"]
        done = subprocess.run(command, stdout=writer, stderr=subprocess.PIPE, timeout=300, check=False)
    finally:
        os.close(writer)

    assert done.returncode == 141
    assert done.stderr == b""


def test_an_interrupt_while_it_is_still_imported_is_no_traceback() -> None:
    program = """
import sys

class Interrupting:
    def find_spec(self, name, path, target=None):
        if name == "summarizer.cli":
            raise KeyboardInterrupt

sys.meta_path.insert(0, Interrupting())
from summarizer.__main__ import main
main()
"""

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, timeout=300, check=False)

    assert done.returncode == 130
    assert done.stderr == b"summarizer: interrupted\n"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
@pytest.mark.parametrize(
    "args",
    [["-q", "acme.txt"], ["--help"], ["--version"], ["batch", "-q", "acme.txt", "--out", "-"]],
    ids=" ".join,
)
def test_a_full_disk_behind_stdout_is_one_line(acme: Path, args: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        command = [sys.executable, "-m", "summarizer", *args]
        done = subprocess.run(command, cwd=acme.parent, stdout=full, stderr=subprocess.PIPE, timeout=300, check=False)

    assert done.returncode == 1
    assert done.stderr == b"summarizer: cannot write to standard output: No space left on device\n"


@pytest.mark.parametrize(
    ("args", "code"),
    [(["acme.txt", "-o", "out.txt"], 0), (["-", "-o", "out.txt"], 1), (["batch", "acme.txt", "--out", "out"], 0)],
    ids=str,
)
def test_standard_streams_may_be_closed(acme: Path, args: list[str], code: int) -> None:
    program = "import os, sys; [os.close(number) for number in range(3)]; os.execv(sys.executable, sys.argv[1:])"
    command = [sys.executable, "-c", program, sys.executable, "-m", "summarizer", *args]

    assert subprocess.run(command, cwd=acme.parent, timeout=300, check=False).returncode == code


@pytest.mark.parametrize(
    "args",
    [["acme.txt"], ["batch", "acme.txt", "--out", "-"], ["check", "acme.txt", "acme.txt"], ["doctor"], ["--version"]],
    ids=" ".join,
)
def test_a_closed_stdout_is_one_line_and_nothing_is_paid(acme: Path, args: list[str]) -> None:
    program = "import os, sys; os.close(1); os.execv(sys.executable, sys.argv[1:])"
    with Server() as server:
        whom = {"SUMMARIZER_MODEL": "openai:test", "OPENAI_BASE_URL": server.url}
        command = [sys.executable, "-c", program, sys.executable, "-m", "summarizer", *args]
        done = subprocess.run(
            command, cwd=acme.parent, env={**os.environ, **whom}, stderr=subprocess.PIPE, timeout=300, check=False
        )

        assert server.requests == []
    assert done.returncode == 1
    assert done.stderr == b"summarizer: cannot write to standard output: it is closed\n"


@pytest.mark.parametrize(
    ("number", "code", "said"),
    [(signal.SIGINT, 130, b"summarizer: interrupted\n"), (signal.SIGTERM, -signal.SIGTERM, b"")],
    ids=["SIGINT", "SIGTERM"],
)
def test_a_signal_ends_it_without_a_traceback_and_leaves_no_file(
    acme: Path, tmp_path: Path, number: int, code: int, said: bytes
) -> None:
    out = tmp_path / "new" / "summary.txt"
    out.parent.mkdir()
    with Server(then="hang") as server:
        command = [sys.executable, "-m", "summarizer", str(acme), "-m", "openai:test", "--base-url", server.url]
        process = subprocess.Popen([*command, "-o", str(out)], stderr=subprocess.PIPE, stdout=subprocess.PIPE)
        deadline = time.monotonic() + 120
        while not server.requests and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(number)
        _, stderr = process.communicate(timeout=60)

    assert (process.returncode, stderr) == (code, said)
    assert list(out.parent.iterdir()) == []


def test_an_interrupt_is_not_lost_in_an_import(acme: Path) -> None:
    module = "import sys, time\nprint('here', flush=True)\ntry:\n    time.sleep(900)\nexcept BaseException:\n    pass\n"
    (acme.parent / "deaf.py").write_text(module, "utf-8")
    command = [sys.executable, "-m", "summarizer", acme.name, "--schema", "deaf:Brief"]
    process = subprocess.Popen(command, cwd=acme.parent, stderr=subprocess.PIPE, stdout=subprocess.PIPE)
    assert process.stdout is not None
    said = process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=300)

    assert said == b"here\n"
    assert (process.returncode, stderr) == (130, b"summarizer: interrupted\n")


@pytest.mark.parametrize("module", ["signal", "summarizer.cli"])
def test_an_interrupt_is_told_so_from_the_first_import_on(acme: Path, module: str) -> None:
    program = (
        "import os, sys\n"
        "class Interrupt:\n"
        "    def find_spec(name, *_):\n"
        f"        if name == {module!r}: os.kill(os.getpid(), 2)\n"
        f"sys.modules.pop({module!r}, None)\n"
        "sys.meta_path.insert(0, Interrupt)\n"
        "from summarizer.__main__ import main\n"
        "main()\n"
    )
    done = subprocess.run([sys.executable, "-c", program, str(acme)], capture_output=True, timeout=300, check=False)

    assert (done.returncode, done.stderr) == (130, b"summarizer: interrupted\n")


def test_an_article_that_is_named_like_a_command_is_reached_by_its_path(cli: Cli, acme: Path, tmp_path: Path) -> None:
    shutil.copy(acme, tmp_path / "check")

    assert "100 million euros" in cli("./check", "-q").out


def test_article_and_result_agree(cli: Cli, fixtures: Path) -> None:
    path = fixtures / "articles" / "openai-levee-de-fonds.fr.txt"
    article = Article(path.read_bytes().decode())

    result = Result[Summary].from_json(cli(str(path), "--format", "json", "-q").out)

    assert result.article_id == article.id
    assert all(item.span.of(article.text) == item.text for check in result.checks for item in check.evidence)


@pytest.mark.parametrize("levels", [900, 200_000])
def test_json_that_is_too_deep_is_no_summary(cli: Cli, acme: Path, tmp_path: Path, levels: int) -> None:
    (tmp_path / "deep.json").write_text('{"summary": {"a": ' + "[" * levels + "]" * levels + "}}", "utf-8")
    (tmp_path / "deep.jsonl").write_text("[" * levels, "utf-8")
    done, lines = cli("check", str(acme), "deep.json"), cli("check", "--jsonl", "deep.jsonl")

    assert (done.code, done.out, lines.code) == (2, "", 1)
    assert "line 1 of 'deep.jsonl'" in lines.err


def test_json_that_has_a_text_twice_is_no_summary(cli: Cli, acme: Path, tmp_path: Path) -> None:
    (tmp_path / "twice.json").write_text('{"summary": "Acme pays.", "summary": "Acme plans."}', "utf-8")
    (tmp_path / "twice.jsonl").write_text('{"article": "Acme plans.", "summary": "a", "summary": "b"}', "utf-8")
    done, lines = cli("check", str(acme), "twice.json"), cli("check", "--jsonl", "twice.jsonl")

    assert (done.code, lines.code, done.out + lines.out) == (2, 1, "")
    assert "its JSON has 'summary' twice" in done.err
    assert "line 1 of 'twice.jsonl': its JSON has 'summary' twice" in lines.err


def test_half_a_character_is_no_text(cli: Cli, acme: Path, tmp_path: Path) -> None:
    (tmp_path / "half.json").write_text('{"summary": "Acme \\ud800 plans."}', "utf-8")
    (tmp_path / "half.jsonl").write_text('{"article": "Acme \\ud800 plans.", "summary": "Acme plans."}', "utf-8")
    done, lines = cli("check", str(acme), "half.json"), cli("check", "--jsonl", "half.jsonl")

    assert (done.code, lines.code, lines.out) == (2, 1, "")
    assert "half a character" in done.err
    assert "half a character" in lines.err


def test_a_summary_in_markdown_is_checked_without_its_marks(cli: Cli, acme: Path, tmp_path: Path) -> None:
    text = (
        "# Acme\n\n* Acme plans to raise **100 million** [euros](http://x.test).\n* It pays for a *plant*\n  in Lyon.\n"
    )
    (tmp_path / "summary.md").write_text(text, "utf-8")

    done = cli("check", str(acme), "summary.md", "--format", "json")

    values = json.loads(done.out)
    assert [claim["text"] for claim in values["summary"]["claims"]] == [
        "Acme",
        "Acme plans to raise 100 million euros.",
        "It pays for a plant in Lyon.",
    ]
    assert done.code == 0


def test_a_result_is_checked_again_with_its_cites(cli: Cli, acme: Path, tmp_path: Path) -> None:
    (tmp_path / "result.json").write_text(cli(str(acme), "--format", "json", "-q").out, "utf-8")

    done = cli("check", str(acme), "result.json", "--format", "json")

    assert done.code == 0
    assert {claim["cites"][0] for claim in json.loads(done.out)["summary"]["claims"]} <= {1, 2}


@pytest.mark.parametrize("text", ["{", '{"a": 1}', '{"summary": {}}', '{"summary": {"x": {"text": 1, "cites": 2}}}'])
def test_json_that_is_no_result_is_wrong_usage(cli: Cli, acme: Path, tmp_path: Path, text: str) -> None:
    (tmp_path / "odd.json").write_text(text, "utf-8")

    assert cli("check", str(acme), "odd.json").code == 2


def test_pairs_are_checked_in_bulk_and_a_bad_line_costs_no_other(cli: Cli, tmp_path: Path) -> None:
    good = {"article": "Acme sold 3 plants in June.", "summary": "Acme sold 3 plants."}
    false = {"article": "Acme sold 3 plants in June.", "summary": "Acme sold 4 plants.\nAcme sold 3 plants."}
    (tmp_path / "good.jsonl").write_text(f"{json.dumps(good)}\n\n{json.dumps(false)}\n", "utf-8")
    (tmp_path / "bad.jsonl").write_text(f"{json.dumps(good)}\nno JSON\n[1]\n{json.dumps(good)}\n", "utf-8")

    fine, broken = cli("check", "--jsonl", "good.jsonl"), cli("check", "--jsonl", "bad.jsonl")

    verdicts = [[check["verdict"] for check in json.loads(line)["checks"]] for line in fine.out.splitlines()]
    assert (fine.code, verdicts) == (3, [["supported"], ["unsupported", "supported"]])
    assert (broken.code, len(broken.out.splitlines())) == (1, 2)
    assert [line.split(" of ")[0] for line in broken.err.splitlines()] == ["summarizer: line 2", "summarizer: line 3"]


@pytest.mark.parametrize(
    ("model", "meant"),
    [
        ("gpt-5-mini", "'openai:gpt-5-mini'"),
        ("OpenAI:gpt-5-mini", "'openai:gpt-5-mini'"),
        ("opnai:gpt-5-mini", "'openai:gpt-5-mini'"),
        ("Extractiv", "'extractive'"),
        ("model.gguf", "'local:model.gguf'"),
        ("local:smolm2", "'smollm2'"),
        ("local:nothing/there.gguf", None),
        ("openai:", None),
    ],
)
def test_a_wrong_name_of_a_model_is_wrong_usage_and_the_nearest_is_offered(
    cli: Cli, acme: Path, model: str, meant: str | None
) -> None:
    done = cli(str(acme), "-m", model)

    assert done.code == 2
    assert done.err.partition("; did you mean ")[2] == (f"{meant}?\n" if meant else "")


def test_a_server_in_the_place_of_a_door_is_told_how_it_is_asked(cli: Cli, acme: Path) -> None:
    done = cli(str(acme), "-m", "ollama:qwen3:8b")

    assert done.code == 2
    assert "is asked as 'openai:qwen3:8b' with its base URL" in done.err


@pytest.mark.parametrize(
    "args",
    [
        [""],
        ["acme.txt", ""],
        ["acme.txt", "-m", ""],
        ["acme.txt", "-o", ""],
        ["acme.txt", "--prompts="],
        ["batch", "", "--out", "out"],
        ["batch", "acme.txt", "--out", ""],
        ["batch", "acme.txt", "--out="],
        ["estimate", ""],
        ["check", "", "acme.txt"],
        ["fixtures", "record", "acme.txt", "--to", ""],
    ],
    ids=" ".join,
)
def test_what_is_empty_names_nothing_and_never_the_folder_one_is_in(
    cli: Cli, acme: Path, tmp_path: Path, args: list[str]
) -> None:
    done = cli(*args)

    assert done.code == 2
    assert "there is nothing" in done.err
    assert list(tmp_path.iterdir()) == [acme]


def test_the_nameless_column_of_a_table_may_be_named(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "news.csv").write_text(",text\n7,Acme plans to raise 100 million euros.\n", "utf-8")

    assert cli("batch", "news.csv", "--out", "out", "--id-column", "", "-m", "extractive", "-q").code == 0
    assert (tmp_path / "out" / "news" / "7.json").exists()


def test_an_output_that_is_a_link_stays_one(cli: Cli, acme: Path, tmp_path: Path) -> None:
    (tmp_path / "far").mkdir()
    (tmp_path / "here.txt").symlink_to(tmp_path / "far" / "there.txt")

    assert cli(str(acme), "-o", "here.txt", "-q").code == 0
    assert (tmp_path / "here.txt").is_symlink()
    assert "Acme" in (tmp_path / "far" / "there.txt").read_text("utf-8")


def test_an_output_that_is_a_pipe_is_written_to(cli: Cli, acme: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with subprocess.Popen(["cat", str(tmp_path / "pipe")], stdout=subprocess.PIPE, text=True) as reader:
        done = cli(str(acme), "-o", "pipe", "-q")
        read, _ = reader.communicate(timeout=60)

    assert done.code == 0
    assert "Acme plans" in read
    assert (tmp_path / "pipe").is_fifo()


def test_an_output_is_as_readable_as_the_one_before_and_as_files_are_here(cli: Cli, acme: Path, tmp_path: Path) -> None:
    kept, new, any_file = (tmp_path / name for name in ("kept.txt", "new.txt", "any.txt"))
    kept.write_text("secret", "utf-8")
    kept.chmod(0o600)
    any_file.touch()

    assert [cli(str(acme), "-o", path, "-q").code for path in (kept, new)] == [0, 0]
    assert kept.stat().st_mode & 0o777 == 0o600
    assert new.stat().st_mode == any_file.stat().st_mode
