"""Who says *I* in a text of several voices: the sender of an e-mail, the name before a colon in an interview."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache

from summarizer.ground.reading.sightings import seen
from summarizer.ground.reading.tables import read_data
from summarizer.ground.reading.text import Passage
from summarizer.ground.reading.view import ArticleView
from summarizer.ground.reading.written import components

_LONGEST = 6  # tokens before the colon of a label


def speaking(article: ArticleView, cites: Iterable[int]) -> tuple[Passage, ...]:
    """Return the units that say who speaks in some, by their numbers."""
    voices = article.once(_voices)
    return tuple(article.passage(voices[cite]) for cite in cites if cite in voices)


def _voices(article: ArticleView) -> Mapping[int, int]:
    """Return for each unit in somebody's voice the unit that names who that is.

    All below a sender is the sender's; below a label only what says *I* is, as others may tell of it there.
    """
    found: dict[int, int] = {}
    last, sent = 0, False
    for unit in article.units:
        passage = article.passage(unit.number)
        label = _label(passage, article)
        if label is not None:
            last, sent = unit.number, label
        elif last and (sent or not _words("first").isdisjoint(passage.texts)):
            found[unit.number] = last
    return found


def _label(passage: Passage, article: ArticleView) -> bool | None:
    """Whether a unit begins with a sender, or with the name of a speaker; None for any other."""
    start = passage.texts[: _LONGEST + 1]
    if ":" not in start:
        return None
    colon = start.index(":")
    if colon == 1 and start[0] in _words("sender"):
        return True
    named = [part.key for name in passage.once(components) if name.end <= colon for part in name.parts]
    whole = len(named) == sum(kind == "word" for kind in passage.kinds[:colon])
    return False if named and whole and (len(named) > 1 or article.once(seen).has_capital(named[0])) else None


@cache
def _words(sort: str) -> frozenset[str]:
    table = read_data("voices")
    return frozenset(table[sort].split())
