"""Doubt: the claim puts words between quotation marks that the article does not have.

A quotation is a direct speech span in the sense of Pareti (2012): what stands between the marks claims to be verbatim.
So it is compared word by word after folding, never by edit distance; a cut (`[...]`) or an insertion in brackets splits
it into parts that must follow each other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from summarizer.ground.case import Case
from summarizer.ground.reading.lexicon import negations
from summarizer.ground.reading.quoted import quotes, words_line
from summarizer.ground.reading.text import Passage
from summarizer.ground.reading.view import ArticleView
from summarizer.records import Finding

# A cut, or a word the writer put in: [...], (...), …, ..., [the company]
_CUT = re.compile(r"\[[^\]]*\]|\(\s*(?:\.{3}|…)\s*\)|…|\.{3,}")
_SHOWN = 60
_LONGEST_TERM = 3  # words that are called something, not said


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
