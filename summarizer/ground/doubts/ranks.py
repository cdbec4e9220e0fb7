"""Doubt: the claim has as the largest what the evidence calls the second largest, or another rank.

Only the same superlative of the same noun is compared, and nothing follows where the evidence has it with both ranks,
or where the claim leaves the rank open (*one of the largest*, *the largest after Paris*).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import Any, NamedTuple

from summarizer.ground.case import Case
from summarizer.ground.reading.clause import stems
from summarizer.ground.reading.phrases import Phrases
from summarizer.ground.reading.sightings import mentions
from summarizer.ground.reading.tables import read_data
from summarizer.ground.reading.text import Passage, fold
from summarizer.records import Finding

_BEHIND = 2  # tokens behind a superlative in which its noun stands
_SCOPE = 6  # tokens behind it in which it is told of where
_LED = 5  # tokens before it in which it is told of several: one of the
_MOST_CLAIMED = 8
_KIND = 2  # fields of a rank: of what


class Words(NamedTuple):
    """The words of a language: what each superlative is of, alone and behind *most*, and the ranks of ordinals."""

    alone: dict[str, str]
    marked: dict[str, str]
    most: str
    the: frozenset[str]
    ordinals: dict[str, int]
    less: Phrases


class Rank(NamedTuple):
    """A superlative of a passage: what it is of, its noun's stem or nothing, its rank (1 for the first), its place."""

    sort: str
    noun: str
    rank: int
    at: int


def check(case: Case) -> Iterator[Finding]:
    """Find superlatives of the claim that the evidence has with another rank only."""
    claimed = case.claim.once(ranks)[:_MOST_CLAIMED]
    if not claimed or case.crosses_languages or _is_open(case.claim):
        return
    given = [(one, passage) for passage in case.evidence for one in passage.once(ranks)]
    for mine in claimed:
        narrow = None if case.guessed else _narrower(mine, given, case)
        if narrow is not None:
            said, told = (_text(*one, behind=_SCOPE) for one in ((case.claim, mine), narrow))
            yield Finding("number", f"the claim says {said!r}; the cited sentences say {told!r}")
            continue
        same = [one for one in given if mine.noun and one[0][:_KIND] == mine[:_KIND]]
        if mine.rank == 1 and same and not _is_one_of(mine, case.claim) and all(_is_one_of(*one) for one in same):
            told = _text(same[0][1], same[0][0])
            yield Finding(
                "number", f"the claim says {_text(case.claim, mine)!r}; the cited sentences have more such: {told!r}"
            )
        elif same and all(theirs.rank != mine.rank for theirs, _ in same):
            theirs, passage = same[0]
            if not _is_open(passage):
                said, told = (_text(*one) for one in ((case.claim, mine), (passage, theirs)))
                yield Finding("number", f"the claim says {said!r}; the cited sentences say {told!r}")


def _narrower(mine: Rank, given: Sequence[tuple[Rank, Passage]], case: Case) -> tuple[Passage, Rank] | None:
    """Return a superlative that the evidence has of a place, and the claim of another, or of the world."""
    words, places = _world(case.claim.language), _places(case.claim, mine)
    if not words.isdisjoint(case.claim.texts[max(0, mine.at - _BEHIND) : mine.at + _SCOPE]):
        if any(not words.isdisjoint(passage.texts) for passage in case.evidence):
            return None
    elif not places or any(hit.label in places for passage in case.evidence for hit in passage.once(mentions)):
        return None
    return next(((passage, one) for one, passage in given if one.sort == mine.sort and _places(passage, one)), None)


def _places(passage: Passage, one: Rank) -> frozenset[str]:
    """Return the entities of the table that stand soon behind a superlative, or right before it: *Europe's largest*."""
    near = range(max(0, one.at - _BEHIND), min(len(passage.texts), one.at + _SCOPE))
    return frozenset(hit.label for hit in passage.once(mentions) if hit.start in near)


def _is_one_of(one: Rank, passage: Passage) -> bool:
    """Whether a superlative is said of several: *one of the largest*."""
    return bool(_among(passage.language).find(passage.texts[max(0, one.at - _LED) : one.at]))


def _is_open(passage: Passage) -> bool:
    """Whether a passage leaves open which rank is meant."""
    known = _words(passage.language)
    return known is None or bool(known.less.find(passage.texts))


def _text(passage: Passage, one: Rank, behind: int = 2) -> str:
    return passage.written(max(0, one.at - 2), min(len(passage.texts), one.at + behind))


def ranks(passage: Passage) -> tuple[Rank, ...]:
    """Return the superlatives of a passage."""
    known = _words(passage.language)
    if known is None or (
        known.alone.keys().isdisjoint(passage.texts) and known.marked.keys().isdisjoint(passage.texts)
    ):
        return ()
    found = (
        _rank(passage, at, known)
        for at, text in enumerate(passage.texts)
        if text in known.alone or text in known.marked
    )
    return tuple([one for one in found if one is not None])


def _rank(passage: Passage, at: int, known: Words) -> Rank | None:
    """Return the rank that a superlative gives; None where neither an article nor an ordinal leads to it."""
    texts, text, row = passage.texts, passage.texts[at], passage.once(stems)
    start, sort = at, known.alone.get(text)
    if sort is None:
        if at == 0 or texts[at - 1] != known.most:
            return None
        start, sort = at - 1, known.marked[text]
    if passage.language == "de":
        return _german(passage, at, sort, known)
    before = start - 1 - (start > 1 and texts[start - 1] == "-")
    word = texts[before] if before >= 0 else ""
    if word in known.ordinals or word in known.the:  # the (second) largest bank
        noun = next(filter(None, row[at + 1 : at + 1 + _BEHIND]), "")
        return Rank(sort, noun, known.ordinals.get(word, 1), at)
    named, word = (row[before], texts[before - 1]) if before > 0 and passage.language != "en" else (None, "")
    if named is not None and (word in known.ordinals or word in known.the):  # la (segunda) ciudad más grande
        return Rank(sort, named, known.ordinals.get(word, 1), at)
    return None


def _german(passage: Passage, at: int, sort: str, known: Words) -> Rank | None:
    """Return a superlative of German, whose ordinal begins the word."""
    text, row = passage.texts[at], passage.once(stems)
    rank = next((rank for prefix, rank in known.ordinals.items() if text.startswith(prefix)), 1)
    noun = next(filter(None, row[at + 1 : at + 1 + _BEHIND]), None)
    return Rank(sort, noun, rank, at) if noun is not None else None


@cache
def _words(language: str | None) -> Words | None:
    """Return the words of a language; None for one without."""
    table: Any = read_data("ranks")
    if language is None or language not in table["words"]:
        return None
    known = {fold(word): sort for sort, words in table["words"][language].items() for word in words.split()}
    alone = {word: sort for sort, words in table["alone"].get(language, {}).items() for word in words.split()}
    rows = enumerate(table["ordinals"][language].split(), 2)
    ordinals = {fold(word): rank for rank, words in rows for word in words.split("|")}
    if language == "en":
        alone |= {word: sort for word, sort in known.items() if word.endswith("est")}
    if language == "de":
        alone |= known | {prefix + word: sort for word, sort in known.items() for prefix in ordinals}
    the = frozenset(table["the"][language].split())
    less = Phrases({"less": map(fold, table["less"][language])})
    return Words(alone, known, table["most"].get(language, ""), the, ordinals, less)


@cache
def _world(language: str | None) -> frozenset[str]:
    return frozenset(map(fold, read_data("ranks")["world"].get(language, "").split()))


@cache
def _among(language: str | None) -> Phrases:
    return Phrases({"among": map(fold, read_data("ranks")["among"].get(language, ()))})
