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
from typing import Any, NamedTuple

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


Mark = tuple[int, str]  # of a phrase: the list that its hits are put into, and their label
Rest = tuple[Mark, tuple[_Element, ...], int]  # of a phrase: its mark, its last words, and how many stand before them


class _Ways(NamedTuple):
    """What begins at a place.

    Attributes:
        lists: Those that note the place itself.
        whole: The phrases that are known to stand there, the longest of each mark: how many words each has.
        rests: Those that may stand there, where that is not known of all; then the others are among these.
    """

    lists: tuple[int, ...]
    whole: tuple[tuple[Mark, int], ...]
    rests: tuple[Rest, ...]


class Opening(NamedTuple):
    """What may begin with some words.

    Attributes:
        ways: What begins with them before any other word.
        seconds: The words before which that is something else; None where no word changes it.
        behind: What may begin with them and one of those.
        shaped: What begins where the next word begins or ends in some way, if that matters: how, and what.
    """

    ways: _Ways | None
    seconds: frozenset[str] | None
    behind: Memo[str, Opening | None]
    shaped: tuple[tuple[str, ...], tuple[str, ...], _Ways] | None


def opening(phrases: Sequence[Rest], places: Mapping[int, Collection[str]]) -> Opening | None:
    """Sort what may begin with some words by the one that follows; most words begin nothing.

    Args:
        phrases: What is left of the phrases that begin with them.
        places: The words that follow where a list notes the place itself: "" for any.
    """
    if not phrases and not places:
        return None
    free = [one for one in phrases if not one[1] or one[1][0].optional]
    bound = [rest[0] for _, rest, _ in phrases if rest and not rest[0].optional]
    words = frozenset().union(*(second.words for second in bound), *places.values()) - {""}
    stems = tuple(stem for second in bound for stem in second.stems)
    endings = tuple(ending for second in bound for ending in second.endings)
    anywhere = tuple(_before("", places))
    others = _Ways(anywhere, (), tuple(one for one in phrases if one in free or one[1][0].stems or one[1][0].endings))
    return Opening(
        _ways(free, anywhere),
        words if words or stems or endings else None,
        Memo(lambda word: opening(list(_behind(word, phrases)), dict.fromkeys(_before(word, places), ("",)))),
        (stems, endings, others) if stems or endings else None,
    )


def _ways(phrases: Sequence[Rest], lists: tuple[int, ...]) -> _Ways | None:
    if any(rest for _, rest, _ in phrases):
        return _Ways(lists, (), tuple(phrases))
    whole: dict[Mark, int] = {}
    for mark, _, size in phrases:
        whole[mark] = max(size, whole.get(mark, 0))
    return _Ways(lists, tuple(whole.items()), ()) if lists or whole else None


def _behind(word: str, phrases: Sequence[Rest]) -> Iterator[Rest]:
    """Yield what is left of phrases behind a second word: of one that need not have it, all."""
    for mark, rest, done in phrases:
        if not rest or rest[0].optional:
            yield mark, rest, done
        elif rest[0].takes(word):
            yield mark, rest[1:], done + 1


def _before(word: str, places: Mapping[int, Collection[str]]) -> Iterator[int]:
    """Yield the lists that note a place before a word."""
    return (one for one, words in places.items() if word in words or "" in words)


def scan(words: Sequence[str], known: Memo[str, Opening | None], found: Sequence[list[Any]]) -> None:
    """Put what begins at each of some words into its list: places, or hits as `Phrases.find` returns them."""
    reached: dict[Mark, int] = {}
    last, new = len(words) - 1, tuple.__new__
    for start, begun in enumerate(map(known.__getitem__, words)):
        if begun is None:
            continue
        ways, seconds, behind, shaped = begun
        at = start
        while seconds is not None and at < last:
            at += 1
            word = words[at]
            if word in seconds:
                ways, seconds, behind, shaped = behind[word]  # type: ignore[misc]  # it may begin something
            else:
                if shaped and _is_shaped(word, *shaped[:2]):
                    ways = shaped[2]
                break
        if ways is not None:
            lists, whole, rests = ways
            for one in lists:
                found[one].append(start)
            for mark, size in _longest(rests, words, start) if rests else whole:
                if start >= reached.get(mark, 0):
                    one, label = mark
                    found[one].append(new(Hit, (label, start, start + size)))
                    if size > 1:
                        reached[mark] = start + size


def _is_shaped(word: str, stems: tuple[str, ...], endings: tuple[str, ...]) -> bool:
    return word.startswith(stems) or word.endswith(endings)


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
        self._known = Memo[str, Opening | None](lambda word: opening(self.starting(word, 0), {}))

    def _add(self, label: str, elements: tuple[_Element, ...]) -> None:
        first = elements[0]
        if first.optional:
            raise ValueError(f"a phrase of {label!r} begins with a word that may be missing")
        for words, index in ((first.words, self._exact), (first.stems, self._stems), (first.endings, self._endings)):
            for word in words:
                index.setdefault(word, []).append((label, elements))

    def may_stand_in(self, words: Sequence[str]) -> bool:
        """Whether a phrase can begin with any of some words: quicker than to look for one."""
        return any(map(self._known.__getitem__, words))

    def find(self, words: Sequence[str]) -> tuple[Hit, ...]:
        """Return the hits in order of their start: the longest of each label at each place, none inside another."""
        hits: list[Hit] = []
        scan(words, self._known, (hits,))
        return tuple(hits)

    def starting(self, word: str, into: int) -> list[Rest]:
        """Return what is left of the phrases that begin with a word, for hits that are put into a certain list."""
        return [((into, label), elements[1:], 1) for label, elements in self._starting(word)]

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


def _longest(phrases: Sequence[Rest], words: Sequence[str], start: int) -> Iterable[tuple[Mark, int]]:
    """Return the marks of what begins at a place, each with how many words its longest phrase has."""
    found: dict[Mark, int] = {}
    for mark, elements, done in phrases:
        end = _match(elements, words, start + done) if elements else start + done
        if end is not None and end - start > found.get(mark, 0):
            found[mark] = end - start
    return found.items()


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
