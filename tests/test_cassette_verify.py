"""How a live reply is compared with its recording, and what a run notes about its recordings."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer import Cassette, ScriptedProvider
from summarizer.errors import Refused
from summarizer.providers.cassette.journal import NAME, Journal, read
from summarizer.providers.cassette.verify import difference
from summarizer.records import Message, Request

from .calls import Call


def reply(*claims: tuple[str, list[int]], **more: object) -> str:
    return json.dumps({"claims": [{"text": text, "cites": cites} for text, cites in claims], **more})


ONE = ("The dam costs 40 million.", [2])
TWO = ("It begins in May.", [3])


@pytest.mark.parametrize(
    ("recorded", "live", "said"),
    [
        (reply(ONE, TWO), reply(ONE, ("It begins in May.", [1, 3])), "other cites at /claims/1"),
        (reply(ONE, TWO), reply(("The dam costs 90 million.", [2]), TWO), "numbers lost: 40; numbers new: 90"),
        (reply(ONE, TWO), reply(ONE), "2 -> 1 statements"),
        (reply(ONE), reply(ONE, mood="calm"), "fields differ: /mood"),
        (reply(ONE), "I cannot help with that.", "one of them is no JSON"),
        ("no JSON at all", "no JSON either", "57% of the words are the same"),
        (reply(ONE), reply(ONE) + " ", "100% of the words are the same"),
    ],
)
def test_what_counts_is_named(recorded: str, live: str, said: str) -> None:
    found = difference(recorded, live)

    assert found is not None
    assert said in found


@given(st.text(), st.text())
def test_comparing_never_fails_and_same_is_same(one: str, other: str) -> None:
    assert (difference(one, other) is None) == (one == other)


def request(number: int) -> Request:
    return Request(model="m", messages=(Message("user", f"question {number}"),))


def test_a_model_that_declines_now_is_reported_too(tmp_path: Path, call: Call) -> None:
    call(Cassette(tmp_path / "r", inner=ScriptedProvider(lambda _: "fine"), mode="record"), request(1))
    cassette = Cassette(tmp_path / "r", inner=ScriptedProvider(lambda _: Refused("no")), mode="verify")
    cassette.journal = Journal(tmp_path / "journal")

    with pytest.raises(Refused):
        call(cassette, request(1))

    (story,) = read(tmp_path / "journal").values()
    assert list(story.differs.values()) == ["Completion -> Refused"]


def test_a_run_notes_each_recording_once_with_what_was_made(
    tmp_path: Path, call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(NAME, str(tmp_path / "journal"))
    cassette = Cassette(tmp_path / "r", inner=ScriptedProvider(lambda _: "fine"), mode="record")
    for number in (1, 2, 1, 1):
        call(cassette, request(number))
    call(Cassette(tmp_path / "r"), request(2))

    (folder, story), *others = read(tmp_path / "journal").items()

    stems = {path.stem for path in (tmp_path / "r").glob("??/*.json")}
    assert (folder, others, story.used, story.made) == (tmp_path / "r", [], stems, stems)
    assert sum(len(path.read_text("utf-8").splitlines()) for path in (tmp_path / "journal").iterdir()) == 4


def test_a_half_line_of_a_killed_process_is_left_out(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal")
    journal.note("used", tmp_path, "a" * 64)
    (file,) = (tmp_path / "journal").iterdir()
    with file.open("a", encoding="utf-8") as out:
        out.write(f"used\t{tmp_path}\tbbb")

    assert read(tmp_path / "journal")[tmp_path].used == {"a" * 24}


def test_a_journal_that_cannot_be_written_costs_nothing(tmp_path: Path, call: Call) -> None:
    (tmp_path / "file").write_bytes(b"")
    cassette = Cassette(tmp_path / "r", inner=ScriptedProvider(lambda _: "fine"), mode="record")
    cassette.journal = Journal(tmp_path / "file")

    assert call(cassette, request(1)).text == "fine"


FORKING = """
import os, sys
from pathlib import Path
from summarizer.providers.cassette.journal import Journal
folder = Path(sys.argv[1])
journal = Journal(folder / "journal")
journal.note("used", folder, "a" * 64)
child = os.fork()
if child:
    os.waitpid(child, 0)
else:
    journal.note("used", folder, "b" * 64)
"""


def test_a_forked_child_writes_a_file_of_its_own(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-c", FORKING, str(tmp_path)], check=True, timeout=300)

    assert len(list((tmp_path / "journal").iterdir())) == 2
    assert read(tmp_path / "journal")[tmp_path].used == {"a" * 24, "b" * 24}


def test_a_cassette_closes_what_it_records_from(tmp_path: Path) -> None:
    class Closing(ScriptedProvider):
        closed = False

        def close(self) -> None:
            self.closed = True

    inner = Closing(lambda _: "fine")
    with Cassette(tmp_path, inner=inner, mode="record") as cassette:
        cassette.complete(request(1))

    assert inner.closed
