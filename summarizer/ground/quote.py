"""Doubt: the claim puts words between quotation marks that the article does not have.

A quotation is a direct speech span in the sense of Pareti (2012): what stands between the marks claims to be verbatim.
So it is compared word by word after folding, never by edit distance; a cut (`[...]`) or an insertion in brackets splits
it into parts that must follow each other.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from functools import cache
from typing import NamedTuple

from summarizer.ground.case import ArticleView, Case
from summarizer.ground.lexicon import lexicon, negations
from summarizer.ground.text import Passage
from summarizer.records import Finding

_CLOSING = {"«": "»", "‹": "›", "“": "”", "„": "“”", "「": "」", "『": "』", '"': '"', "〝": "〞", "＂": "＂"}
# In languages that point their marks inwards (»so«), and for single marks, where the lexicon says they quote.
_BY_LANGUAGE = {"»": "«", "›": "‹", "‚": "‘", "‘": "’"}
# A cut, or a word the writer put in: [...], (...), …, ..., [the company]
_CUT = re.compile(r"\[[^\]]*\]|\(\s*(?:\.{3}|…)\s*\)|…|\.{3,}")
_SHOWN = 60
_LONGEST_TERM = 3  # words that are called something, not said


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


def _parts(quoted: str, language: str | None) -> list[str]:
    """Cut a quotation at its ellipses and insertions; each part as `words_line` writes it."""
    lines = (words_line(Passage(part, language)) for part in _CUT.split(quoted))
    return [line for line in lines if line.strip()]


def stands_in(parts: list[str], line: str, language: str | None = None) -> bool:
    """Whether all parts stand in a line of words, in their order; no sentence right behind a *not* that is left out."""
    at = 0
    for part in parts:
        found = line.find(part, at)
        while found >= 0 and part.count(" ") > _LONGEST_TERM and _last(line[:found]) in negations(language):
            found = line.find(part, found + 1)
        if found < 0:
            return False
        at = found + len(part) - 1
    return True


def _last(line: str) -> str:
    return line[line.rfind(" ") + 1 :]


def check(case: Case) -> Iterator[Finding]:
    """Find quotations that stand nowhere in the article word for word.

    Says nothing across languages: a translated quotation cannot be word for word.
    """
    if case.crosses_languages:
        return
    for start, end in case.claim.once(quotes):
        quoted = case.claim.text[start:end]
        parts = _parts(quoted, case.claim.language)
        if parts and not _is_quoted_from(parts, case) and not _is_term(parts, case):
            shown = quoted if len(quoted) <= _SHOWN else quoted[: _SHOWN - 1] + "…"
            yield Finding("quote", f"the article has no “{shown}” word for word")


def _is_quoted_from(parts: list[str], case: Case) -> bool:
    language = case.article.language
    return any(stands_in(parts, passage.once(words_line), language) for passage in case.evidence) or stands_in(
        parts, case.article.once(_whole_line), language
    )


def _is_term(parts: list[str], case: Case) -> bool:
    """Whether a quoted term is the article's but for its number: *the "ideal mother"* of *ideal mothers*."""
    words = parts[0].split()
    if len(parts) > 1 or len(words) > _LONGEST_TERM:
        return False
    term = " ".join(words)
    return any(
        f" {other} " in case.article.once(_whole_line)
        for other in (f"{term}s", term.removesuffix("s"))
        if other != term
    )


def _whole_line(article: ArticleView) -> str:
    return f" {' '.join(passage.once(words_line).strip() for passage in article.passages)} "
