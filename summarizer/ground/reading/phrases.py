"""Labelled phrases, found in a row of words in one pass.

A phrase is written as words separated by spaces, each one of

* `word`, or `one|other` for alternatives,
* `stem*` and `*ending` for whatever begins or ends so,
* `~` for a gap of at most three words,
* `word?` for a word that may be missing (never the first),

lower case, with straight quotes, as the tokens of `text` have them: an elided article stands alone (`d' après`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from itertools import compress
from typing import NamedTuple

from summarizer.ground.reading.memo import Memo

_MOST_GAP = 3


class Hit(NamedTuple):
    """A phrase found in a row of words: `words[start:end]` is it, and `label` its class (`hedge/plan`)."""

    label: str
    start: int
    end: int


class _Element(NamedTuple):
    """One place of a phrase: the words that may stand there."""

    words: frozenset[str]
    stems: tuple[str, ...]
    endings: tuple[str, ...]
    gap: bool
    optional: bool

    def takes(self, word: str) -> bool:
        return word in self.words or word.startswith(self.stems) or word.endswith(self.endings)


def _element(text: str) -> _Element:
    if text == "~":
        return _Element(frozenset(), (), (), gap=True, optional=True)
    optional = text.endswith("?")
    choices = [choice for choice in text.removesuffix("?").split("|") if choice]
    return _Element(
        frozenset(choice for choice in choices if "*" not in choice),
        tuple(choice.rstrip("*") for choice in choices if choice.endswith("*") and not choice.startswith("*")),
        tuple(choice.lstrip("*") for choice in choices if choice.startswith("*") and not choice.endswith("*")),
        gap=False,
        optional=optional,
    )


def _elements(phrase: str) -> tuple[_Element, ...]:
    """Compile a phrase; a hyphen is a word of its own, as it is for the tokens."""
    if re.search(r"\|\S*\w-\w|\w-\w\S*\|", phrase):
        raise ValueError(f"a hyphen cuts the alternatives of {phrase!r} in two: write it as a phrase of its own")
    spaced = re.sub(r"(?<=\w)-(?=\w)", " - ", phrase.casefold())
    return tuple(map(_element, spaced.split()))


_Rest = tuple[str, tuple[_Element, ...], int]  # of a phrase: its label, its last words, and how many stand before them


class _Opening(NamedTuple):
    """The phrases that begin with one word, in their order.

    Attributes:
        alone: Their labels, where all of them are this one word.
        following: Those that may begin here, by the word that follows.
        others: Those that may begin here before any other word.
        shaped: Those and the ones whose second word need only begin or end in some way.
        stems: How it may begin.
        endings: How it may end.
    """

    alone: tuple[str, ...]
    following: Mapping[str, tuple[_Rest, ...]]
    others: tuple[_Rest, ...]
    shaped: tuple[_Rest, ...]
    stems: tuple[str, ...]
    endings: tuple[str, ...]

    @classmethod
    def of(cls, phrases: Sequence[_Rest]) -> _Opening:
        """Sort phrases by their second word, where one must stand there."""
        seconds = [rest[0] if rest and not rest[0].optional else None for _, rest, _ in phrases]
        pairs = tuple(zip(phrases, seconds, strict=True))
        bound = [second for second in seconds if second is not None]
        words = frozenset().union(*(second.words for second in bound))
        return cls(
            () if any(rest for _, rest, _ in phrases) else tuple(dict.fromkeys(label for label, _, _ in phrases)),
            {word: tuple(_behind(word, phrases)) for word in words},
            tuple(one for one, second in pairs if second is None),
            tuple(one for one, second in pairs if second is None or second.stems or second.endings),
            tuple(stem for second in bound for stem in second.stems),
            tuple(ending for second in bound for ending in second.endings),
        )


def _behind(word: str, phrases: Sequence[_Rest]) -> Iterator[_Rest]:
    """Yield what is left of phrases behind a second word: of one that need not have it, all."""
    for label, rest, done in phrases:
        if not rest or rest[0].optional:
            yield label, rest, done
        elif rest[0].takes(word):
            yield label, rest[1:], done + 1


class Phrases:
    """Many labelled phrases, found in one pass.

    Args:
        phrases: For each label, its phrases as the module docstring describes them.
    """

    def __init__(self, phrases: Mapping[str, Iterable[str]]) -> None:
        self._exact: dict[str, list[tuple[str, tuple[_Element, ...]]]] = {}
        self._stems: dict[str, list[tuple[str, tuple[_Element, ...]]]] = {}
        self._endings: dict[str, list[tuple[str, tuple[_Element, ...]]]] = {}
        for label, texts in phrases.items():
            for text in texts:
                self._add(label, _elements(text))
        self._stem_lengths = sorted({len(stem) for stem in self._stems})
        self._ending_lengths = sorted({len(ending) for ending in self._endings})
        self._known = Memo(self._learn)

    def _add(self, label: str, elements: tuple[_Element, ...]) -> None:
        first = elements[0]
        if first.optional:
            raise ValueError(f"a phrase of {label!r} begins with a word that may be missing")
        for words, index in ((first.words, self._exact), (first.stems, self._stems), (first.endings, self._endings)):
            for word in words:
                index.setdefault(word, []).append((label, elements))

    def seconds(self, word: str) -> Collection[str]:
        """Return what may follow a word that a phrase begins with: "" for anything; nothing where none does."""
        opening = self._known[word]
        if opening is None:
            return ()
        free = opening.alone or opening.others or opening.stems or opening.endings
        return (*opening.following, "") if free else opening.following.keys()

    def may_stand_in(self, words: Sequence[str]) -> bool:
        """Whether a phrase can begin with any of some words: quicker than to look for one."""
        return any(map(self._known.__getitem__, words))

    def find(self, words: Sequence[str], places: Sequence[int] | None = None) -> tuple[Hit, ...]:
        """Return the hits in order of their start: the longest of each label at each place, none inside another.

        Args:
            words: Where to look.
            places: Where phrases may begin, when that is known; see `seconds`.
        """
        hits: list[Hit] = []
        reached: dict[str, int] = {}
        known, last, new = self._known, len(words) - 1, tuple.__new__
        for start in compress(range(last + 1), map(known.__getitem__, words)) if places is None else places:
            opening = known[words[start]]
            if opening is None:
                continue
            alone, following, phrases, shaped, stems, endings = opening
            if alone:
                for label in alone:
                    if start >= reached.get(label, 0):
                        hits.append(new(Hit, (label, start, start + 1)))  # noqa: PERF401 - nearly always one label
                continue
            if start < last:
                second = words[start + 1]
                if second in following:
                    phrases = following[second]
                elif (stems and second.startswith(stems)) or (endings and second.endswith(endings)):
                    phrases = shaped
            if phrases:
                for label, end in _longest(phrases, words, start).items():
                    if start >= reached.get(label, 0):
                        hits.append(new(Hit, (label, start, end)))
                        reached[label] = end
        return tuple(hits)

    def _learn(self, word: str) -> _Opening | None:
        """Return the phrases that begin with a word; most words begin none."""
        found = [(label, elements[1:], 1) for label, elements in self._starting(word)]
        return _Opening.of(found) if found else None

    def _starting(self, word: str) -> Iterator[tuple[str, tuple[_Element, ...]]]:
        yield from self._exact.get(word, ())
        for length in self._stem_lengths:
            if length > len(word):
                break
            yield from self._stems.get(word[:length], ())
        for length in self._ending_lengths:
            if length >= len(word):
                break
            yield from self._endings.get(word[-length:], ())


def _longest(phrases: Sequence[_Rest], words: Sequence[str], start: int) -> dict[str, int]:
    """Return the labels of what begins at a place, each with where its longest phrase ends."""
    found: dict[str, int] = {}
    for label, elements, done in phrases:
        end = _match(elements, words, start + done) if elements else start + done
        if end is not None and end > found.get(label, 0):
            found[label] = end
    return found


def _match(elements: tuple[_Element, ...], words: Sequence[str], at: int) -> int | None:
    """Return where a phrase ends that starts here; the longest way to read it."""
    for place, element in enumerate(elements):
        exact, stems, endings, _, optional = element
        if optional:
            return _match_loosely(element, elements[place + 1 :], words, at)
        if at == len(words):
            return None
        word = words[at]
        if not (word in exact or (stems and word.startswith(stems)) or (endings and word.endswith(endings))):
            return None
        at += 1
    return at


def _match_loosely(first: _Element, rest: tuple[_Element, ...], words: Sequence[str], at: int) -> int | None:
    """Match a gap, or a word that may be missing, and what follows it."""
    if first.gap:
        for skipped in range(min(_MOST_GAP, len(words) - at) + 1):
            if skipped and not words[at + skipped - 1][0].isalnum():
                return None
            end = _match(rest, words, at + skipped)
            if end is not None:
                return end
        return None
    if at < len(words) and first.takes(words[at]):
        end = _match(rest, words, at + 1)
        if end is not None:
            return end
    return _match(rest, words, at)
