"""`summarizer fixtures`: record, check, prune."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from summarizer import Cassette, Claim, Completion, Limits, ScriptedProvider, Summarizer
from summarizer.cli import run
from summarizer.providers.cassette import recording
from summarizer.providers.cassette.recording import Recording
from summarizer.records import Request
from summarizer.templates import packaged_folder

from .server import Server

ARTICLE = "The council of Marrow Falls will repair the dam. The work costs 40 million dollars.\n\nIt begins in May.\n"


class Brief(BaseModel):
    headline: Claim


def reply(request: Request) -> str:
    """Cite the first sentence, as the schema of the request wants it."""
    number, text = re.findall(r"^\[(\d+)\] (.+)$", request.messages[1].content, re.MULTILINE)[0]
    claim = {"text": text, "cites": [int(number)]}
    assert request.format is not None
    whole = {"title": claim, "claims": [claim], "headline": claim}
    return json.dumps({name: whole[name] for name in request.format.schema["properties"]})


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.chdir(tmp_path)
    Path("article.txt").write_text(ARTICLE, "utf-8")


@pytest.fixture
def folder() -> Path:
    """Recordings of one article with two presets and two schemas."""
    folder = Path("recordings")
    recorded(folder, reply)
    return folder


def recorded(folder: Path, answer: Callable[[Request], Any], **options: Any) -> None:
    cassette = Cassette(folder, inner=ScriptedProvider(answer), mode="record")
    for chosen in ({"preset": "summary"}, {"preset": "news"}, {"schema": Brief}):
        Summarizer(cassette, **{**chosen, **options}).summarize(Path("article.txt"))


def check(capsys: pytest.CaptureFixture[str], folder: Path, *options: str) -> tuple[int, list[str], str]:
    """Run the check; return its exit code, its lines without their paths, and its last word."""
    capsys.readouterr()
    code = run(["fixtures", "check", str(folder), *options])
    out, err = capsys.readouterr()
    return code, [line.partition(": ")[2] for line in out.splitlines()], err


def files(folder: Path) -> list[Path]:
    return list(recording.paths(folder))


def of_preset(folder: Path, preset: str) -> Path:
    return next(path for path in files(folder) if decoded(path).provenance["preset"] == preset)


def decoded(path: Path) -> Recording:
    return Recording.decode(path.read_bytes(), path=path)


def test_a_recording_of_many_sentences_is_asked_again_as_it_was(capsys: pytest.CaptureFixture[str]) -> None:
    sentences = [f"The council will repair dam {number} in May." for number in range(150)]
    text = " ".join(sentences[:90]) + "\n\n12 men work there. " + " ".join(sentences[90:])
    Path("article.txt").write_text(text, "utf-8")
    claim = {"text": sentences[3], "cites": [4]}
    cassette = Cassette(
        Path("many"), inner=ScriptedProvider(lambda _: json.dumps({"title": claim, "claims": [claim]})), mode="record"
    )
    Summarizer(cassette).summarize(Path("article.txt"))

    assert check(capsys, Path("many"))[:2] == (0, [])


# -------------------------------------------------------------------------------------------------------------- record


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with Server() as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        yield server


RECORD = ["fixtures", "record", "article.txt", "--to", "recordings", "--model", "openai:test-model"]


def test_recording_stores_what_a_replay_then_needs(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*RECORD, "--max-requests", "3"]) == 0

    assert "1 new recording in recordings; all the summaries take 1 request" in capsys.readouterr().err
    assert Summarizer(Cassette(Path("recordings"))).summarize(Path("article.txt")).grounded
    assert len(server.requests) == 1


def test_what_is_recorded_is_not_asked_again_unless_told(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    codes = [run([*RECORD, "--max-requests", "3", *more]) for more in ([], [], ["--again"])]

    assert codes == [0, 0, 0]
    assert len(server.requests) == 2
    assert "0 new recordings" in capsys.readouterr().err


def test_recording_stops_at_its_cap(server: Server, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*RECORD, "--max-requests", "0"]) == 4

    assert server.requests == []


def test_recording_without_a_known_price_wants_a_cap_on_requests(
    server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(RECORD) == 2

    assert "cap requests" in capsys.readouterr().err
    assert server.requests == []


@pytest.mark.parametrize("amount", ["five cents", "-1", "nan"])
def test_a_cap_that_is_no_amount_is_refused(server: Server, capsys: pytest.CaptureFixture[str], amount: str) -> None:
    assert run([*RECORD, "--max-cost", amount]) == 2

    assert f"{amount!r} is no amount in dollars" in capsys.readouterr().err
    assert server.requests == []


def test_ci_does_not_record(
    server: Server, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")

    assert run([*RECORD, "--max-requests", "3"]) == 2

    assert "CI" in capsys.readouterr().err
    assert server.requests == []


@pytest.mark.parametrize("model", [[], ["--model", "extractive"]])
def test_recording_wants_a_model(model: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["fixtures", "record", "article.txt", "--to", "recordings", *model]) == 2

    assert "--model" in capsys.readouterr().err
    assert not Path("recordings").exists()


# --------------------------------------------------------------------------------------------------------------- check


def test_recordings_that_are_as_they_were_made_are_well(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, lines, last = check(capsys, folder)

    assert (code, lines) == (0, [])
    assert "3 recordings: all well" in last


def test_a_folder_without_recordings_is_the_wrong_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["fixtures", "check", str(tmp_path)]) == 2

    assert "no recordings in" in capsys.readouterr().err


def torn(folder: Path) -> None:
    path = files(folder)[0]
    path.write_bytes(path.read_bytes()[:-9])


def altered(folder: Path) -> None:
    path = files(folder)[0]
    path.write_bytes(path.read_bytes().replace(b"dam", b"dome", 1))


def moved(folder: Path) -> None:
    (folder / "00").mkdir(exist_ok=True)
    files(folder)[-1].rename(folder / "00" / ("0" * 24 + ".json"))


def changed_article(folder: Path) -> None:
    Path("article.txt").write_text(ARTICLE + "More.", "utf-8")


def stray(folder: Path) -> None:
    (files(folder)[0].parent / "notes.txt").write_text("mine", "utf-8")


def torn_note(folder: Path) -> None:
    """What a merge leaves in the note on a model."""
    path = next((folder / "models").iterdir())
    path.write_bytes(b"<<<<<<< ours\n" + path.read_bytes())


def without_question(folder: Path) -> None:
    """A repair whose question was removed."""
    shutil.rmtree(folder)
    answers = iter(["no JSON"] * 1)
    cassette = Cassette(
        folder, inner=ScriptedProvider(lambda request: next(answers, None) or reply(request)), mode="record"
    )
    Summarizer(cassette).summarize(Path("article.txt"))
    next(path for path in files(folder) if decoded(path).provenance["purpose"] == "summary").unlink()


def with_secret(folder: Path) -> None:
    """A secret that an editor, not a cassette, has put there."""
    path = files(folder)[0]
    found = decoded(path)
    text = found.response["text"] + " sk-" + "live" * 8
    path.write_bytes(replace(found, response={**found.response, "text": text}).encode())


def invalid(folder: Path) -> None:
    path = of_preset(folder, "news")
    found = decoded(path)
    path.write_bytes(replace(found, response={**found.response, "text": '{"title": 1}'}).encode())


def false(folder: Path) -> None:
    path = of_preset(folder, "news")
    found = decoded(path)
    text = json.dumps(
        {
            "title": {"text": "The dam costs 90 million euros.", "cites": [2]},
            "claims": [{"text": "It begins in May.", "cites": [3]}],
        }
    )
    path.write_bytes(replace(found, response={**found.response, "text": text}).encode())


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (torn, "damaged: "),
        (altered, "damaged: .*altered"),
        (torn_note, "damaged: .*models/.*restore it"),
        (moved, "misplaced: it belongs to "),
        (changed_article, "article: 'article.txt' is not as it was recorded"),
        (stray, "orphan: it is no recording"),
        (without_question, "orphan: it repairs the reply to a question that is not recorded"),
        (with_secret, r"secret: it holds what looks like a secret \(openai-key\)"),
        (invalid, "invalid: its reply is not valid, and was not sent back: "),
        (false, "ungrounded: 1 of 2 statements are unsupported, and none was sent back: "),
    ],
)
def test_what_is_wrong_with_a_recording_is_named(
    folder: Path, capsys: pytest.CaptureFixture[str], damage: Callable[[Path], None], said: str
) -> None:
    damage(folder)
    before = {path: path.read_bytes() for path in files(folder)}

    code, lines, _ = check(capsys, folder)

    assert code == 1
    assert [line for line in lines if re.match(said, line)], lines
    assert {path: path.read_bytes() for path in files(folder)} == before


def test_templates_that_the_project_sets_are_those_of_its_recordings(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.rmtree(folder)
    Path("mine").mkdir()
    Path("mine/news.jinja").write_text("Tell it your own way.\n{{ outline }}", "utf-8")
    recorded(folder, reply, prompts=Path("mine"))
    Path("summarizer.toml").write_text('prompts = "mine"\n', "utf-8")

    code, lines, last = check(capsys, folder)

    assert (code, lines) == (0, [])
    assert "all well" in last


def test_a_changed_template_is_drift_and_only_for_the_presets_that_show_it(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(packaged_folder(), "mine")
    path = tmp_path / "mine" / "news.jinja"
    path.write_text(path.read_text("utf-8").replace("Write one statement", "Write a statement"), "utf-8")

    code, lines, last = check(capsys, folder, "--prompts", "mine")

    assert code == 1
    assert [line for line in lines if re.match(r"drift: template changed: news\.jinja \(\w{12} -> \w{12}\)", line)]
    assert "1 drift" in last


def test_a_schema_that_is_gone_is_drift(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    path = next(path for path in files(folder) if decoded(path).provenance["schema"].endswith(":Brief"))
    found = decoded(path)
    facts = {**found.provenance, "schema": "tests.test_fixtures_cli:Gone"}
    path.write_bytes(replace(found, provenance=facts).encode())

    code, lines, _ = check(capsys, folder)

    assert code == 1
    assert [line for line in lines if re.match("drift: it cannot be asked again from here: .*Gone", line)]


def test_a_changed_schema_is_drift(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    path = next(path for path in files(folder) if decoded(path).provenance["schema"].endswith(":Brief"))
    found = decoded(path)
    facts = {**found.provenance, "schema": "summarizer.schema:Summary"}
    path.write_bytes(replace(found, provenance=facts).encode())

    code, lines, _ = check(capsys, folder)

    assert code == 1
    assert [line for line in lines if line.startswith("drift: schema changed")], lines


def test_a_comment_in_a_template_is_put_right_without_a_call(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(packaged_folder(), "mine")
    path = tmp_path / "mine" / "_rules.jinja"
    path.write_text("{# A comment. #}" + path.read_text("utf-8"), "utf-8")
    before = files(folder)

    code, lines, last = check(capsys, folder, "--prompts", "mine")
    fixed, _, _ = check(capsys, folder, "--prompts", "mine", "--fix")
    after, left, _ = check(capsys, folder, "--prompts", "mine")

    assert (code, fixed, after, left) == (0, 0, 0, [])
    assert lines == ["drift: the templates changed, what they say did not (a note)"] * 3
    assert "--fix puts 3 right" in last
    assert files(folder) == before


def of_an_older_scheme(folder: Path) -> None:
    for path in files(folder):
        found = decoded(path)
        key = found.key[::-1]
        where = recording.path_of(folder, key)
        where.parent.mkdir(exist_ok=True)
        where.write_bytes(replace(found, key=key).encode())
        path.unlink()


@pytest.mark.parametrize("change", [of_an_older_scheme, moved])
def test_a_fix_gives_the_same_request_its_key_of_today(
    folder: Path, capsys: pytest.CaptureFixture[str], change: Callable[[Path], None]
) -> None:
    before = {path: path.read_bytes() for path in files(folder)}
    change(folder)

    code, _, _ = check(capsys, folder)
    fixed, _, _ = check(capsys, folder, "--fix")

    assert (code, fixed) == (1, 0)
    assert {path: path.read_bytes() for path in files(folder)} == before


def test_a_reply_that_was_repaired_or_mended_is_well(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    dear = {"text": "It costs 90 euros.", "cites": [2]}
    bad = iter(["no JSON", json.dumps({"title": dear, "claims": [{"text": "It begins in May.", "cites": [3]}]})])

    def answer(request: Request) -> str:
        if request.purpose == "mend":
            return '{"claims": [{"text": "The work costs 40 million dollars.", "cites": [2]}]}'
        return next(bad, None) or reply(request)

    cassette = Cassette(tmp_path / "recordings", inner=ScriptedProvider(answer), mode="record")
    result = Summarizer(cassette).summarize(Path("article.txt"))

    code, lines, _ = check(capsys, tmp_path / "recordings")

    assert sorted(decoded(path).provenance["purpose"] for path in files(tmp_path / "recordings")) == [
        "mend",
        "repair",
        "summary",
    ]
    assert (result.grounded, code, lines) == (True, 0, [])


@pytest.mark.parametrize("damage", [invalid, false])
def test_a_bad_reply_that_was_never_to_be_sent_back_is_a_note(
    capsys: pytest.CaptureFixture[str], damage: Callable[[Path], None]
) -> None:
    folder = Path("recordings")
    recorded(folder, reply, limits=Limits(max_repairs=0))
    damage(folder)

    code, lines, _ = check(capsys, folder)

    assert code == 0
    assert [line for line in lines if line.endswith(" (a note)")]


def test_age_and_a_moved_alias_are_notes(capsys: pytest.CaptureFixture[str]) -> None:
    folder = Path("recordings")
    for preset, model, days in (("summary", "m-2026-01", 400), ("news", "m-2026-05", 1)):
        inner = ScriptedProvider(lambda request, model=model: Completion(reply(request), model))
        Summarizer(Cassette(folder, inner=inner, mode="record"), preset=preset).summarize(Path("article.txt"))
        path = of_preset(folder, preset)
        when = (datetime.now(UTC) - timedelta(days=days)).isoformat(timespec="seconds")
        found = decoded(path)
        path.write_bytes(replace(found, provenance={**found.provenance, "recorded_at": when}).encode())

    code, lines, _ = check(capsys, folder)

    assert code == 0
    assert sorted(lines) == [
        "model: 'scripted' was 'm-2026-01' then, and is 'm-2026-05' in newer recordings (a note)",
        "old: recorded 400 days ago (a note)",
    ]


def test_a_folder_that_is_not_there_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["fixtures", "check", "nowhere"]) == 2
    assert run(["fixtures", "prune", "nowhere"]) == 2
    assert "nowhere" in capsys.readouterr().err


# --------------------------------------------------------------------------------------------------------------- prune


def noted(folder: Path, used: list[str], partial: str | None) -> None:
    values = {
        "format": "summarizer.last-run/1",
        "finished_at": (datetime.now(UTC) + timedelta(seconds=2)).isoformat(timespec="seconds"),
        "partial": partial,
        "used": used,
    }
    (folder / ".last-run").mkdir()
    (folder / ".last-run" / "run.json").write_text(json.dumps(values), "utf-8")


def test_what_the_last_complete_run_did_not_use_is_removed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept, *others = files(folder)
    noted(folder, [kept.stem], None)

    assert run(["fixtures", "prune", str(folder), "--dry-run"]) == 0
    assert files(folder) == [kept, *others]
    assert run(["fixtures", "prune", str(folder)]) == 0

    assert files(folder) == [kept]


def test_an_unused_recording_is_an_orphan_for_the_check(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    noted(folder, [path.stem for path in files(folder)[1:]], None)

    code, lines, _ = check(capsys, folder)

    assert code == 1
    assert [line for line in lines if line.startswith("orphan: the complete run of ")]


def test_after_a_partial_run_nothing_is_removed_unless_forced(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = files(folder)
    noted(folder, [], "some tests were chosen with -k")

    assert run(["fixtures", "prune", str(folder)]) == 2
    assert "chosen with -k" in capsys.readouterr().err
    assert files(folder) == before
    assert run(["fixtures", "prune", str(folder), "--force"]) == 0
    assert files(folder) == []


def test_without_a_run_nothing_is_removed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = files(folder)

    assert run(["fixtures", "prune", str(folder), "--force"]) == 2
    assert files(folder) == before


def test_what_was_recorded_after_the_run_is_kept(folder: Path) -> None:
    noted(folder, [], None)
    new = files(folder)[0]
    os.utime(new, (new.stat().st_mtime + 60, new.stat().st_mtime + 60))

    assert run(["fixtures", "prune", str(folder)]) == 0

    assert files(folder) == [new]


# -------------------------------------------------------------------------------- the command that a miss tells to run


@pytest.mark.parametrize(
    "options",
    [
        [],
        ["--preset", "mine", "--prompts", "my prompts", "--max-words", "60", "--sentences", "2"],
        ["--schema", "missed_schema:Brief", "--language", "en", "--max-repairs", "1", "--context", "6000"],
        ["--judge", "openai:judge", "--judge-share", "1.0"],
    ],
    ids=lambda options: " ".join(options) or "none",
)
def test_what_a_miss_tells_to_run_records_all_that_is_missed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, options: list[str]
) -> None:
    Path("my prompts").mkdir()
    shutil.copy(packaged_folder() / "news.jinja", Path("my prompts", "mine.jinja"))
    Path("missed_schema.py").write_text(
        "from pydantic import BaseModel\nfrom summarizer import Claim\nclass Brief(BaseModel):\n    headline: Claim\n"
    )
    Path("article.txt").rename("-my article.txt")
    with Server() as server:
        call = ["./-my article.txt", "-m", "openai:some model", "--base-url", server.url, *options]

        def replayed() -> tuple[int, str]:
            with monkeypatch.context() as patch:
                patch.setenv("SUMMARIZER_FIXTURES", "replay:my recordings")
                return run(call), capsys.readouterr().err

        code, told = replayed()
        asked_before = len(server.requests)
        command = shlex.split(told.partition("to record it: ")[2].rpartition(" (1 call")[0])
        recorded = run(command[1:])
        asked = len(server.requests)
        again, _ = replayed()

    assert (code, asked_before) == (1, 0)
    assert command[0] == "summarizer"
    assert (recorded, again) == (0, 0)
    assert asked == len(server.requests)


def test_a_miss_where_no_model_is_known_leaves_its_name_open(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SUMMARIZER_FIXTURES", "replay:empty")

    code, told = run(["article.txt"]), capsys.readouterr().err
    command = shlex.split(told.partition("to record it: ")[2].rpartition(" (1 call")[0])

    assert code == 1
    assert "Cassette" not in told
    assert " ".join(command) == ("summarizer fixtures record article.txt --to empty --model MODEL --max-requests 20")
