"""Whatever was done before, in whatever order: each article is shown once, as it is now, and no call is paid twice."""

from __future__ import annotations

import json
import os
import random
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from summarizer import ScriptedProvider, Summarizer

from . import replies

FOLDERS = ("january", "february", "march")
NAMES = ("a.txt", "A.txt", "a.md", "a#1.txt", "e\u0301.txt", "\u00e9.txt", "week/a.txt", "a.txt~2")

_one = st.tuples(st.sampled_from(FOLDERS), st.sampled_from(NAMES))
_step = st.one_of(
    st.tuples(st.just("write"), _one, st.integers(1, 4)),
    st.tuples(st.just("remove"), _one, st.none()),
    st.tuples(st.just("lose an output"), st.none(), st.integers(0, 9)),
    st.tuples(st.just("words"), st.none(), st.sampled_from((60, 120))),
    st.tuples(st.just("run"), st.none(), st.integers(0, 99)),
)


class History:
    """A batch and what is done to it."""

    def __init__(self, room: Path, out_name: str) -> None:
        self.room, self.out, self.words = room, room / out_name, 120
        self.provider = ScriptedProvider(replies.verbatim)
        for name in FOLDERS:
            (room / name).mkdir()

    def do(self, what: str, which: tuple[str, str] | None, number: int | None) -> None:
        path = self.room.joinpath(*(which or ()))
        if what == "write":
            path.parent.mkdir(exist_ok=True)
            path.write_text(f"The company plans to raise {number} million euros.", "utf-8")
        elif what == "remove":
            path.unlink(missing_ok=True)
        elif what == "words":
            self.words = number or 0
        elif what == "run":
            self.run(number or 0)
        elif self.out.is_dir() and (found := sorted(self.out.rglob("*.json"))):
            found[(number or 0) % len(found)].unlink()

    def run(self, seed: int) -> None:
        """Name the folders in some order, each in some way."""
        chance = random.Random(seed)
        ways = (self.room, Path(os.path.relpath(self.room)), self.room / "march" / "..")
        folders = [chance.choice(ways) / name for name in chance.sample(FOLDERS, len(FOLDERS))]
        with Summarizer(self.provider, max_words=self.words) as summarizer:
            for _ in summarizer.batch(folders, out=self.out):
                pass

    def shown(self) -> list[tuple[str, str]]:
        """Each file that is there with the text that is shown of it; one of a removed file stays."""
        texts = self.out.read_text("utf-8").splitlines() if self.out.suffix else _files(self.out)
        results: list[dict[str, Any]] = [json.loads(text) for text in texts]
        pairs = [(os.path.realpath(one["source"]), str(one["summary"]["title"]["text"])) for one in results]
        return sorted(pair for pair in pairs if Path(pair[0]).exists())

    def there(self) -> list[tuple[str, str]]:
        paths = [path for name in FOLDERS for path in (self.room / name).rglob("*") if path.is_file()]
        return sorted((os.path.realpath(path), path.read_text("utf-8")) for path in paths)


def _files(out: Path) -> list[str]:
    return [path.read_text("utf-8") for path in out.rglob("*.json")]


@pytest.mark.parametrize("out_name", ["out", "out.jsonl"])
@given(steps=st.lists(_step, max_size=25))
@settings(max_examples=12, deadline=None)
def test_each_article_is_shown_once_as_it_is_and_paid_once(out_name: str, steps: list[Any]) -> None:
    room = Path(tempfile.mkdtemp())
    try:
        history = History(room, out_name)
        for step in steps:
            history.do(*step)
        history.do("write", (FOLDERS[0], NAMES[0]), 1)
        history.run(0)

        keys = [request.key for request in history.provider.requests]
        assert history.shown() == history.there()
        assert len(keys) == len(set(keys))
    finally:
        shutil.rmtree(room)
