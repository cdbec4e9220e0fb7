"""Long texts for the benchmarks: those of a file or folder, joined, or made of the articles of `fixtures`."""

from __future__ import annotations

import gzip
import itertools
import json
import random
import re
from collections.abc import Iterator
from pathlib import Path

ARTICLES = Path(__file__).parent.parent / "fixtures" / "articles"
_LATIN = ("en", "fr", "de", "es", "it", "pt")


def long_text(characters: int, source: Path | None = None) -> str:
    """Return a text of so many characters, cut at a blank line where one is near.

    Args:
        characters: How long it is to be.
        source: A text, a `.jsonl.gz` with a field `source` in each line, or a folder of either; each text is taken
            once, then all again. None takes the articles of `fixtures`, their paragraphs shuffled and their numbers
            changed each time anew.
    """
    parts = _made() if source is None else itertools.cycle(dict.fromkeys(_given(source)))
    text = ""
    while len(text) < characters:
        text += ("\n\n" if text else "") + next(parts)
    border = text.rfind("\n\n", characters * 9 // 10, characters)
    return text[: border if border > 0 else characters]


def _given(source: Path) -> Iterator[str]:
    for path in sorted(source.iterdir()) if source.is_dir() else [source]:
        if path.name.endswith(".jsonl.gz"):
            with gzip.open(path, "rt", encoding="utf-8") as lines:
                yield from (json.loads(line)["source"] for line in lines)
        elif path.suffix == ".txt":
            yield path.read_text("utf-8")


def _made() -> Iterator[str]:
    paths = [path for path in sorted(ARTICLES.glob("*.*.*")) if path.suffixes[0].strip(".") in _LATIN]
    paragraphs = [part for path in paths for part in path.read_text("utf-8").split("\n\n")]
    for copy in itertools.count():
        random.Random(copy).shuffle(paragraphs)
        yield "\n\n".join(re.sub(r"\d+", lambda found: str(int(found[0]) + copy), part) for part in paragraphs)  # noqa: B023
