"""The words and numbers of a passage as `risk` lays them over an article: their sorts, and what each is found by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from itertools import accumulate, repeat
from operator import is_not
from typing import Any, Literal, NamedTuple

from summarizer.ground.reading import forms, quantity
from summarizer.ground.reading.clause import cues, meant
from summarizer.ground.reading.lexicon import lexicon, stop_words
from summarizer.ground.reading.memo import Memo
from summarizer.ground.reading.namesake import spell
from summarizer.ground.reading.sightings import mentions
from summarizer.ground.reading.tables import read_data
from summarizer.ground.reading.text import Kind, Passage
from summarizer.ground.reading.written import after_dots, letters

Sort = Literal["number", "small", "name", "word", "little", "function"]

CONTENT = frozenset[Sort]({"number", "small", "name", "word"})
_MOST_SMALL = 4
_MOST_READINGS = 3
_FEWEST_STEM = 4
# A number that opens a passage and stands before one of these is that of a list's item.
_LISTED = frozenset({".", ")"})
_SENTENCE_ENDS = frozenset('.!?:…"([')
_NUMBERS = frozenset[Sort]({"number", "small"})


class Term(NamedTuple):
    """A word or a number of a passage.

    Attributes:
        key: What it is found by: the stem of a word, `#5000000` for a number.
        also: Other readings of a number.
        sort: `number`, `small` (one to four, in words: a writer counts what the article lists), `name`, `word`,
            `little` (*before*, *only*: says something, finds no place), `function` (says nothing alone).
        text: The word, without accents.
    """

    key: str
    also: tuple[str, ...]
    sort: Sort
    text: str


@cache
def tables() -> Any:
    """Return what `data/risk.json` holds: word lists, weights, and the measurement that chose them."""
    return read_data("risk")


@cache
def _little(language: str | None) -> frozenset[str]:
    return frozenset(tables()["little"].get(language, "").split())


@cache
def near(language: str | None) -> Mapping[str, Sequence[str]]:
    """Return the near-synonyms of a language: for each stem those of the groups it is in."""
    found: dict[str, dict[str, None]] = defaultdict(dict)
    for group in tables()["near"].get(language, ()):
        stems = dict.fromkeys(stem(spell(word)) for word in group.split())
        for one in stems:
            found[one].update(stems)
    return {one: tuple(others) for one, others in found.items()}


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """Return what forms of a word share: its first letters, at most eight; in other scripts, what `overlap` takes."""
    if not word.isascii():
        return forms.stem(word)
    return word if len(word) <= _FEWEST_STEM else word[: max(_FEWEST_STEM, min(len(word) - 2, 8))]


def terms(passage: Passage) -> tuple[Term, ...]:
    """Return the terms of a passage, in order; a number of several words is one, and so is an acronym with dots."""
    return tuple(filter(None, passage.once(laid)))


def laid(passage: Passage) -> list[Term | None]:
    """Return for each token the term that begins with it: none with marks, nor with what goes on a term."""
    raws, marks = passage.raws, passage.marks
    row = list(map(_term_of(passage.language, False).__getitem__, zip(passage.texts, raws, passage.kinds, strict=True)))
    counted = {item.first: item for item in passage.once(quantity.parse) if item.readings}
    wholes = counted.keys() | {mark - 1 for mark in marks if mark and raws[mark] == "." and raws[mark - 1].isupper()}
    start = done = int(_is_listed(passage))
    row[:start] = [None] * start
    inner: set[int] = set()
    for at in sorted(wholes):
        if at < done:
            continue
        done = max(at + 1, counted[at].last) if at in counted else after_dots(passage, at)
        if at in counted or done > at + 1:
            row[at:done] = [None] * (done - at)
            row[at] = _number(counted[at]) if at in counted else _acronym(passage, at, done)
            inner.update(range(at, done))
    # A word is written large where a sentence begins, whatever it is.
    silent, at = set(marks) - inner, 0
    for opening in [start, *[mark + 1 for mark in marks if raws[mark] in _SENTENCE_ENDS and mark not in inner]]:
        at = max(at, opening)  # a row of marks is passed over once
        while at in silent:
            at += 1
        if at < len(row) and row[at] is not None and at not in inner:
            row[at] = _term_of(passage.language, True)[passage.texts[at], raws[at], passage.kinds[at]]
    return row


@cache
def _term_of(language: str | None, opens: bool) -> Memo[tuple[str, str, Kind], Term | None]:
    """Return the term of a token by its text, raw and kind; `opens` says whether a sentence begins with it."""

    def work(token: tuple[str, str, Kind]) -> Term | None:
        text, raw, kind = token
        if kind == "punct":
            return None
        return (
            Term(f"#{text.replace(',', '')}", (), "number", text)
            if kind == "number"
            else _word(text, raw, language, opens)
        )

    return Memo(work)


def _counts(passage: Passage) -> list[int]:
    """Return for each token the place of the last term that begins before it; one more for the end."""
    return list(accumulate(map(is_not, passage.once(laid), repeat(None)), initial=-1))


def _home(passage: Passage, at: int) -> int:
    """Return the place of the term that a token is part of: -1 for marks and for parts of numbers."""
    row, raws, start = passage.once(laid), passage.raws, at
    while row[start] is None and start and len(raws[start]) == 1:  # perhaps inside an acronym with dots
        start -= 1
    term = row[start]
    inside = start == at or (len(raws[start]) == 1 and at < after_dots(passage, start))
    return passage.once(_counts)[start + 1] if inside and term is not None and term[2] not in _NUMBERS else -1


def _acronym(passage: Passage, start: int, end: int) -> Term:
    text = spell(letters(passage, start, end))
    return Term(stem(text), (), "name", text)


def _word(word: str, raw: str, language: str | None, opens: bool) -> Term:
    """Return the term of a word; `opens` says whether a sentence begins with it."""
    known, text = lexicon(language), spell(word) or raw
    sort: Sort = "word"
    if word == "'s":
        sort = "function"
    elif word in _little(language):
        sort = "little"
    elif len(word) == 1 or word in stop_words(language) or word[-1] == "'":
        sort = "function"
    elif (known is None or word not in known.titles) and _is_named(raw, opens=opens):
        sort = "name"
    return Term(stem(text), (), sort, text)


def _is_listed(passage: Passage) -> bool:
    """Whether the passage begins with the number of a list's item."""
    texts = passage.texts
    return len(texts) > 2 and passage.kinds[0] == "number" and len(passage.raws[0]) < 3 and texts[1] in _LISTED


def _is_named(raw: str, *, opens: bool) -> bool:
    """Whether a word is written like a name: with a capital where no sentence begins, or with several."""
    capitals = sum(map(str.isupper, raw))
    return capitals > 1 or (capitals == 1 and not (opens and raw[0].isupper()))


def _number(item: quantity.Quantity) -> Term:
    keys = tuple(f"#{value.normalize():f}" for value, _ in item.readings[:_MOST_READINGS])
    small = item.value <= _MOST_SMALL and not any(char.isdigit() for char in item.text)
    return Term(keys[0], keys[1:], "small" if small else "number", item.text)


def senses(passage: Passage) -> Mapping[int, Sequence[str]]:
    """Return the concepts (`=rise`) and the named entities (`@12`) of the terms of a passage, by their places."""
    row, counts = passage.once(laid), passage.once(_counts)
    found: dict[int, list[str]] = defaultdict(list)
    for mark, hits in (("=", passage.once(meant)), ("@", passage.once(mentions))):
        for label, start, end in hits:
            if end == start + 1 and (term := row[start]) is not None:  # nearly always
                if term[2] not in _NUMBERS:
                    found[counts[end]].append(mark + label)
                continue
            for home in dict.fromkeys([_home(passage, at) for at in range(start, end)]):
                found[home].append(mark + label)
    found.pop(-1, None)
    return found


def meanings(passage: Passage) -> Mapping[str, Sequence[int]]:
    """Return where the terms stand that have a concept or a named entity of a passage."""
    found: dict[str, list[int]] = defaultdict(list)
    for home, keys in passage.once(senses).items():
        for key in keys:
            found[key].append(home)
    return found


def negatives(passage: Passage) -> Sequence[int]:
    """Return the places of the terms that negate outright."""
    starts = [hit.start for hit in passage.once(cues) if hit.label == "negation/word"]
    return [home for start in starts if (home := _home(passage, start)) >= 0]
