"""What is remembered about servers, and what is not believed of it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from summarizer.providers.capabilities import Capabilities
from summarizer.providers.ladder import Dialect
from tests.server import Server

PLACE = ("https://example.com/v1", "gpt-4-turbo")
LOWER = Dialect(rung="tool", length_field="max_tokens", renamed=True, dropped=frozenset({"temperature"}))


def learned(path: Path, **settings: Any) -> Capabilities:
    known = Capabilities(path, **settings)
    known.move(*PLACE, used=Dialect(), to=LOWER)
    known.settle(*PLACE, LOWER)
    return known


def test_what_was_found_out_serves_the_next_process(tmp_path: Path) -> None:
    path = tmp_path / "state" / "capabilities.json"
    learned(path)

    assert Capabilities(path).dialect(*PLACE, Dialect()) == LOWER
    assert path.stat().st_mode & 0o077 == 0
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_the_second_command_sends_one_request(monkeypatch: pytest.MonkeyPatch) -> None:
    counts = []
    with Server(refuse={"json_schema"}) as server:
        for _ in range(2):
            code = (
                "import sys; from summarizer.providers.openai import OpenAIDoor; from tests.doors import REQUEST;"
                f"door = OpenAIDoor(model='test-model', base_url={server.url!r}); door.complete(REQUEST); door.close()"
            )
            before = len(server.requests)
            subprocess.run([sys.executable, "-c", code], check=True, timeout=300, cwd=Path(__file__).parent.parent)
            counts.append(len(server.requests) - before)

    assert counts == [2, 1]


def test_a_way_of_asking_that_was_not_answered_yet_is_not_written_down(tmp_path: Path) -> None:
    path = tmp_path / "capabilities.json"
    Capabilities(path).move(*PLACE, used=Dialect(), to=LOWER)

    assert not path.exists()


def test_what_two_processes_find_out_is_kept_together(tmp_path: Path) -> None:
    path = tmp_path / "capabilities.json"
    one, other = Capabilities(path), Capabilities(path)
    for known, model in ((one, "a"), (other, "b")):
        known.dialect("url", model, Dialect())
    for known, model in ((one, "a"), (other, "b")):
        known.move("url", model, used=Dialect(), to=LOWER)
        known.settle("url", model, LOWER)

    both = Capabilities(path)
    assert [both.dialect("url", model, Dialect()) for model in ("a", "b")] == [LOWER, LOWER]


def test_what_is_forgotten_is_forgotten_for_good(tmp_path: Path) -> None:
    path = tmp_path / "capabilities.json"
    learned(path).forget(*PLACE)

    assert Capabilities(path).dialect(*PLACE, Dialect()) == Dialect()


def test_what_is_known_ages(tmp_path: Path) -> None:
    path = tmp_path / "capabilities.json"
    known = learned(path, max_age_s=0)

    assert known.dialect(*PLACE, Dialect()) == Dialect()
    assert Capabilities(path, max_age_s=0).dialect(*PLACE, Dialect()) == Dialect()


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[: len(text) // 2],
        lambda text: text.replace("capabilities/1", "capabilities/2"),
        lambda text: text.replace('"tool"', '"sledgehammer"'),
        lambda text: text.replace('"temperature"', '"messages"'),
        lambda text: "[" * 100_000,
        lambda text: "[]",
        lambda text: "",
    ],
)
def test_a_damaged_memory_counts_as_absent_and_is_mended(tmp_path: Path, damage: Callable[[str], str]) -> None:
    path = tmp_path / "capabilities.json"
    learned(path)
    path.write_text(damage(path.read_text("utf-8")), "utf-8")

    assert Capabilities(path).dialect(*PLACE, Dialect()) == Dialect()
    learned(path)
    assert Capabilities(path).dialect(*PLACE, Dialect()) == LOWER


def test_a_memory_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_bytes(b"")

    assert learned(blocked / "capabilities.json").dialect(*PLACE, Dialect()) == LOWER
