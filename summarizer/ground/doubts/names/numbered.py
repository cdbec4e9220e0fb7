"""Names with a number behind them: the Fortune *500* is no Fortune *900*."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from summarizer.ground.case import Case
from summarizer.ground.reading.text import Passage
from summarizer.ground.reading.written import Name, components
from summarizer.records import Finding


def numbered(name: Name, mine: str, case: Case) -> Iterator[Finding]:
    """Doubt a name whose number is another one wherever the evidence has the name: the Fortune *900*."""
    theirs = {
        number for passage in case.evidence for number in passage.once(_numbers_behind).get(name.parts[-1].key, ())
    }
    if theirs and theirs.isdisjoint({mine, None}):
        yield Finding("name", f"the cited sentences have another “{name.raw}” than {mine}")


def _numbers_behind(passage: Passage) -> Mapping[str, set[str | None]]:
    """Return for the last word of each name the numbers that follow such names; None where none does."""
    found: dict[str, set[str | None]] = defaultdict(set)
    for name in passage.once(components):
        found[name.parts[-1].key].add(number_behind(passage, name.end))
    return found


def number_behind(passage: Passage, at: int) -> str | None:
    """Return the number that stands at a place, right behind a name; None where none does."""
    return passage.texts[at] if at < len(passage.texts) and passage.kinds[at] == "number" else None
