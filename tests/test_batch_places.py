"""What is in the way of a batch's outputs: it costs the articles whose places it takes, and no others."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from summarizer.batch.outputs import Folder, Style
from summarizer.batch.view import Item
from summarizer.schema import Summary

from .calls import Cli
from .server import Server


@pytest.fixture
def cli(cli: Cli) -> Cli:
    """Run the command in a folder of its own."""
    return partial(cli, "batch", "in", "--out", "out")


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    for name in ("aaa", "bbb"):
        (tmp_path / "in" / name).mkdir(parents=True)
        for number in range(4):
            text = f"The company {name} number {number} plans to raise {number} million."
            (tmp_path / "in" / name / f"{number}.txt").write_text(text, "utf-8")
    return tmp_path / "in"


def reached(server: Server) -> list[str]:
    return ["-m", "openai:test", "--base-url", server.url]


def failures(out: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in (out / "failures.jsonl").read_text("utf-8").splitlines()]


def outputs(out: Path) -> list[str]:
    return sorted(path.relative_to(out).as_posix() for path in out.rglob("*.json") if path.is_file())


ALL = [f"{name}/{number}.json" for name in ("aaa", "bbb") for number in range(4)]


@pytest.mark.skipif(os.name != "posix", reason="named pipes")
@pytest.mark.parametrize("name", ["out.jsonl", "out.csv"])
@pytest.mark.usefixtures("articles")
def test_a_named_pipe_is_no_output_and_nobody_is_waited_for(cli: Cli, tmp_path: Path, name: str) -> None:
    os.mkfifo(tmp_path / name)

    done = cli("--out", name, "-m", "extractive")

    assert (done.code, sorted(path.name for path in tmp_path.iterdir())) == (2, ["in", name])
    assert f"{name!r} is a pipe or a device" in done.err


@pytest.mark.parametrize(
    "put",
    [lambda path: path.write_text("mine"), lambda path: path.symlink_to("nowhere")],
    ids=["file", "dangling link"],
)
@pytest.mark.usefixtures("articles")
def test_a_stranger_in_the_place_of_a_folder_costs_only_what_belongs_there(
    cli: Cli, tmp_path: Path, put: Callable[[Path], object]
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    put(out / "aaa")
    with Server() as server:
        done = cli(*reached(server))
        asked = len(server.requests)
        found = failures(out)
        shown = outputs(out)
        (out / "aaa").unlink()
        again = cli(*reached(server))

        assert len(server.requests) == asked + 4
    assert (done.code, asked, shown) == (1, 4, ALL[4:])
    assert [one["item"] for one in found] == [f"aaa/{number}.txt" for number in range(4)]
    assert {one["outcome"] for one in found} == {"store"}
    assert "'out/aaa' is no folder" in found[0]["detail"]
    assert (again.code, outputs(out)) == (0, ALL)
    assert not (out / "failures.jsonl").exists()


def test_a_folder_that_another_writer_makes_at_this_moment_is_in_nobodys_way(tmp_path: Path) -> None:
    outputs = Folder(tmp_path, Style("json", Summary, "key"))
    for number in range(200):
        folder = tmp_path / str(number)
        writer = threading.Thread(target=folder.mkdir)
        writer.start()
        while not folder.exists():
            outputs.must_have_room(Item(number, "a.txt", "a.txt", f"{number}/a.json"))
        writer.join()


@pytest.mark.skipif(os.name != "posix", reason="locales")
def test_an_output_that_the_locale_has_no_name_for_costs_no_other(tmp_path: Path) -> None:
    rows = [{"id": name, "text": f"The shop {name} opens on Monday."} for name in ("a", "\ufb00", "b")]
    (tmp_path / "news.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    command = [sys.executable, "-m", "summarizer", "batch", "news.jsonl", "--id-column", "id", "-m", "extractive"]
    ascii_only = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}

    def code(**changes: str) -> int:
        ended = subprocess.run(
            [*command, "--out", "out"], cwd=tmp_path, env=os.environ | changes, capture_output=True, check=False
        )
        return ended.returncode

    first, found, shown = code(**ascii_only), failures(tmp_path / "out"), outputs(tmp_path / "out")

    assert (first, shown) == (1, ["news/a.json", "news/b.json"])
    assert [(one["item"], one["outcome"]) for one in found] == [("news.jsonl#\ufb00", "store")]
    assert code(**ascii_only | {"PYTHONUTF8": "1"}) == 0
    assert len(outputs(tmp_path / "out")) == 3


@pytest.mark.usefixtures("articles")
def test_a_folder_in_the_place_of_an_output_is_called_so_and_not_paid_for(cli: Cli, tmp_path: Path) -> None:
    out = tmp_path / "out"
    (out / "aaa" / "2.json").mkdir(parents=True)
    with Server() as server:
        done = cli(*reached(server), "--rebuild-outputs")

        assert len(server.requests) == 7
    assert done.code == 1
    assert "'out/aaa/2.json' is a folder" in done.err
    assert "--rebuild-outputs" not in done.err
    assert [one["item"] for one in failures(out)] == ["aaa/2.txt"]


def test_what_had_no_place_and_was_removed_is_forgotten(cli: Cli, articles: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    (out / "aaa" / "2.json").mkdir(parents=True)
    cli("-m", "extractive")
    (articles / "aaa" / "2.txt").unlink()

    assert cli("-m", "extractive").code == 0
    assert not (out / "failures.jsonl").exists()


@pytest.mark.usefixtures("articles")
def test_another_task_takes_away_what_it_can_where_a_file_took_the_place_of_a_folder(cli: Cli, tmp_path: Path) -> None:
    out = tmp_path / "out"
    cli("-m", "extractive")
    for path in (out / "aaa").iterdir():
        path.unlink()
    (out / "aaa").rmdir()
    (out / "aaa").write_text("mine", "utf-8")
    done = cli("-m", "extractive", "--max-words", "40")

    assert done.code == 1
    assert outputs(out) == ALL[4:]
    assert [one["item"] for one in failures(out)] == [f"aaa/{number}.txt" for number in range(4)]


@pytest.mark.parametrize("name", ["failures.jsonl", "Failures.JSONL"])
def test_a_folder_of_articles_does_not_take_the_place_of_the_report(
    cli: Cli, articles: Path, tmp_path: Path, name: str
) -> None:
    (articles / "bbb").rename(articles / name)
    (articles / "aaa" / "broken.txt").write_bytes(b"a\0b")
    done = cli("-m", "extractive")

    assert done.code == 1
    assert [one["item"] for one in failures(tmp_path / "out")] == ["aaa/broken.txt"]
    assert len(outputs(tmp_path / "out")) == 8
