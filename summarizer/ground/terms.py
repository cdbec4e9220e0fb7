"""The words and numbers of a passage as `risk` lays them over an article: their sorts, and what each is found by."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Literal, NamedTuple

from summarizer.ground import overlap, quantity
from summarizer.ground.clause import cues
from summarizer.ground.lexicon import Lexicon, concepts, lexicon
from summarizer.ground.names import mentions
from summarizer.ground.text import Passage
from summarizer.ground.written import Word, words

Sort = Literal["number", "small", "name", "word", "little", "negation", "function"]

CONTENT = frozenset[Sort]({"number", "small", "name", "word"})
NEGATION = "!"
_MOST_SMALL = 4
_LONGEST_ACRONYM = 6
# A number that opens a line and stands before one of these numbers a list.
_LISTED = frozenset({".", ")"})


class Term(NamedTuple):
    """A word or a number of a passage.

    Attributes:
        key: What it is found by: the stem of a word, `#5000000` for a number, `!` for a negation.
        also: What else, when the article has no word of this key: `#` other readings of a number, `@12` a row of the
            table of names, `^nato` an acronym, `=rise` a concept, `~7` a group of near-synonyms.
        sort: `number`, `small` (one to four, in words: a writer counts what the article lists), `name`, `word`,
            `little` (*before*, *only*: says something, finds no place), `negation`, `function` (says nothing alone).
        text: The word, spelled as `namesake.spell` does.
        first: Its first token in the passage.
        last: The token after it.
    """

    key: str
    also: tuple[str, ...]
    sort: Sort
    text: str
    first: int
    last: int


@cache
def tables() -> Any:
    """Return what `data/risk.json` holds: word lists, weights, and the measurement that chose them."""
    return json.loads(files(__package__).joinpath("data", "risk.json").read_text(encoding="utf-8"))


@cache
def _little(language: str | None) -> frozenset[str]:
    return frozenset(tables()["little"].get(language, "").split())


@cache
def _groups(language: str | None) -> dict[str, tuple[str, ...]]:
    """The near-synonyms of a language: each stem with the groups it is in."""
    found: dict[str, set[str]] = defaultdict(set)
    for number, group in enumerate(tables()["near"].get(language, ())):
        for word in group.split():
            found[stem(word)].add(f"~{number}")
    return {key: tuple(sorted(groups)) for key, groups in found.items()}


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """Return what forms of a word share: its first letters, at most eight; in other scripts, what `overlap` takes."""
    if not word.isascii():
        return overlap.stem(word)
    return word if len(word) <= 4 else word[: max(4, min(len(word) - 2, 8))]


def terms(passage: Passage) -> tuple[Term, ...]:
    """Return the terms of a passage, in order; a number of several words is one."""
    return tuple(_Reader(passage).read())


class _Reader:
    """Reads the terms of one passage."""

    def __init__(self, passage: Passage) -> None:
        self.known: Lexicon | None = lexicon(passage.language)
        self.little = _little(passage.language)
        self.near = _groups(passage.language)
        self.tokens = passage.tokens
        self.row = passage.once(words)
        self.counted = {
            at: item for item in passage.once(quantity.parse) if item.readings for at in range(item.first, item.last)
        }
        self.named = {at: f"@{hit.label}" for hit in passage.once(mentions) for at in range(hit.start, hit.end)}
        self.meant: dict[int, list[str]] = defaultdict(list)
        for hit in concepts(passage.language).find([token.text for token in self.tokens]):
            for at in range(hit.start, hit.end):
                self.meant[at].append(f"={hit.label}")
        self.negated = {hit.start for hit in passage.once(cues) if hit.label == "negation/word"}

    def read(self) -> Iterator[Term]:
        done = 1 if self._is_listed() else 0
        for word in self.row:
            if word.token < done:
                continue
            item = self.counted.get(word.token)
            if item is None:
                yield self._term(word)
            else:
                done = item.last
                yield _number(item, word.key)

    def _is_listed(self) -> bool:
        """Whether the passage begins with the number of a list's item."""
        tokens = self.tokens
        return len(tokens) > 2 and tokens[0].kind == "number" and len(tokens[0].raw) < 3 and tokens[1].text in _LISTED

    def _term(self, word: Word) -> Term:
        if word.token in self.negated:
            return Term(NEGATION, (), "negation", word.key, word.token, word.after)
        if word.shape == "digit":
            return Term(f"#{word.key.replace(',', '')}", (), "number", word.key, word.token, word.after)
        text = word.key or word.raw  # a mark without a letter is spelled as nothing
        sort, key = self._sort(word), stem(text)
        also: list[str] = []
        if word.token in self.named:
            also.append(self.named[word.token])
        if sort == "name" and word.shape == "upper" and 1 < len(word.key) <= _LONGEST_ACRONYM:
            also.append(f"^{word.key}")
        if sort in ("word", "little"):
            also += self.meant.get(word.token, ())
            also += self.near.get(key, ())
        return Term(key, tuple(also), sort, text, word.token, word.after)

    def _sort(self, word: Word) -> Sort:
        text, known = self.tokens[word.token].text, self.known
        if text in self.little:
            return "little"
        if len(text) == 1 or text == "'s" or text[-1] == "'" or (known is not None and text in known.function_words):
            return "function"
        if known is not None and text in known.titles:
            return "word"
        return "name" if word.shape == "upper" or (word.shape == "title" and not word.first) else "word"


def _number(item: quantity.Quantity, text: str) -> Term:
    keys = tuple(f"#{value.normalize():f}" for value, _ in item.readings[:3])
    small = item.value <= _MOST_SMALL and not any(char.isdigit() for char in item.text)
    return Term(keys[0], keys[1:], "small" if small else "number", text, item.first, item.last)
