"""What a text puts between quotation marks."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

from summarizer.ground.reading.lexicon import lexicon
from summarizer.ground.reading.text import Passage

_CLOSING = {"«": "»", "‹": "›", "“": "”", "„": "“”", "「": "」", "『": "』", '"': '"', "〝": "〞", "＂": "＂"}
# In languages that point their marks inwards (»so«), and for single marks, where the lexicon says they quote.
_BY_LANGUAGE = {"»": "«", "›": "‹", "‚": "‘", "‘": "’"}


class Quote(NamedTuple):
    """What stands between two quotation marks: `text[start:end]`, the marks left out."""

    start: int
    end: int


def quotes(passage: Passage) -> tuple[Quote, ...]:
    """Find the quotations of a text, outermost only; an apostrophe and an inch mark quote nothing."""
    marks, opening = _marks(passage.language)
    return tuple(_quotes(passage.text, marks)) if opening.search(passage.text) else ()


def is_quoted(passage: Passage, place: int) -> bool:
    """Whether a character of the text stands in a quotation."""
    found = passage.once(quotes)
    at = bisect_right(found, place, key=lambda quote: quote.start) - 1 if found else -1
    return at >= 0 and place < found[at].end


@cache
def _marks(language: str | None) -> tuple[dict[str, str], re.Pattern[str]]:
    """Return the marks that open a quotation, each with those that close it, and what finds the first."""
    known = lexicon(language)
    quotes = known.quotes if known is not None else ()
    own = {opening: closing for opening, closing in quotes if _BY_LANGUAGE.get(opening) == closing}
    return {**_CLOSING, **own}, _any_of("".join({**_CLOSING, **own}))


def _quotes(text: str, marks: Mapping[str, str]) -> Iterator[Quote]:
    done, closed = 0, {}
    for match in _any_of("".join(marks)).finditer(text):
        at, opening = match.start(), match[0]
        if at < done or _measures(text, at):
            continue
        if opening not in closed:
            closed[opening] = _closed(text, opening, marks[opening])
        end = closed[opening].get(at)
        if end is not None:
            yield Quote(at + 1, end)
            done = end + 1


@cache
def _any_of(marks: str) -> re.Pattern[str]:
    return re.compile(f"[{re.escape(marks)}]")


def _measures(text: str, at: int) -> bool:
    """Whether a straight mark stands for inches (`a 5" pipe`)."""
    return text[at] == '"' and at > 0 and text[at - 1].isdigit()


def _closed(text: str, opening: str, closing: str) -> dict[int, int]:
    """Return where the quotations end that open with a mark, by where they open; in one pass, whatever is left open."""
    found: dict[int, int] = {}
    inner: list[int] = []
    for match in _any_of(opening + closing).finditer(text):
        at, char = match.start(), match[0]
        if inner and char in closing and not (char == "’" and at + 1 < len(text) and text[at + 1].isalpha()):
            start = inner.pop()
            if at > start + 1:
                found[start] = at
            if char == opening:  # where one mark does for both, a new quotation may begin here
                inner.append(at)
        elif char == opening:
            inner.append(at)
    return found


def words_line(passage: Passage) -> str:
    """The words and numbers of a text, each between spaces."""
    words = [text for text, kind in zip(passage.texts, passage.kinds, strict=True) if kind != "punct"]
    return f" {' '.join(words)} "
