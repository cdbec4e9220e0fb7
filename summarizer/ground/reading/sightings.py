"""How a text writes its words, which entities of the table it mentions, and what its names may be shortened to."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, compress, pairwise, repeat
from operator import eq, ne

from summarizer.ground.reading.lexicon import Lexicon, lexicon, stop_words
from summarizer.ground.reading.memo import Memo, beginning, kept
from summarizer.ground.reading.namesake import has_stem, initials, name_parts, same_word, spell
from summarizer.ground.reading.opened import opened
from summarizer.ground.reading.phrases import Hit
from summarizer.ground.reading.text import Passage, where
from summarizer.ground.reading.view import ArticleView
from summarizer.ground.reading.written import Words, columns, spans, words

_LONGEST_ACRONYM = 5  # of words that are no names
_SHORTEST_COMPOUND = 10  # letters of a German word with an acronym of its own: the WM is the Weltmeisterschaft
_SHORTEST_PART = 4  # letters of a part of a German word
_MOST_JOINING = 2  # small words between two of one name: the University of Alabama at Birmingham
_ADJECTIVE_ENDINGS = ("en", "er", "es", "em")


class Sightings:
    """How one or more texts write their words; each thing is worked out when first asked for."""

    def __init__(self, *passages: Passage) -> None:
        self._passages = passages
        self._known: dict[tuple[str, str | None], bool] = {}
        self._capital: dict[str, bool] = {}
        self._determined: dict[str, bool] = {}
        self._behind: dict[str, Counter[str]] = {}

    @kept
    def keys(self) -> frozenset[str]:
        """Every word."""
        return frozenset(chain.from_iterable([columns(passage).keys for passage in self._passages]))

    @kept
    def _sorted(self) -> list[str]:
        return sorted(self.keys)

    def has_capital(self, key: str) -> bool:
        """Whether a word has a capital where no sentence begins, or several."""
        if key not in self._capital:
            titled = (key in passage.once(_titled) for passage in self.large.get(key, ()))
            self._capital[key] = key in self.upper or any(titled)
        return self._capital[key]

    @kept
    def large(self) -> Mapping[str, Sequence[Passage]]:
        """The texts in which a word has a capital, or is a number."""
        found: dict[str, list[Passage]] = defaultdict(list)
        for passage in self._passages:
            row = columns(passage)
            for key in frozenset(compress(row.keys, map(ne, row.shapes, repeat("lower")))):
                found[key].append(passage)
        return found

    @kept
    def upper(self) -> frozenset[str]:
        """Words with several capitals."""
        return frozenset(chain.from_iterable(map(_upper, self._passages)))

    @kept
    def shortest_upper(self) -> int:
        """The length of the shortest word with several capitals; 0 when there is none."""
        return min(map(len, self.upper), default=0)

    @kept
    def small(self) -> frozenset[str]:
        """Words without a capital."""
        return frozenset(chain.from_iterable(map(_small, self._passages)))

    @kept
    def pairs(self) -> frozenset[tuple[str, str]]:
        """Two words of a name that follow each other."""
        return frozenset(
            (one.key, two.key)
            for passage in self._passages
            for name in passage.once(spans)
            for one, two in pairwise(name.parts)
            if not one.first
        )

    @kept
    def beside(self) -> Mapping[tuple[int, str], frozenset[str]]:
        """What stands before (0) or behind (1) a word in a name."""
        found: dict[tuple[int, str], set[str]] = defaultdict(set)
        for one, two in self.pairs:
            found[0, two].add(one)
            found[1, one].add(two)
        return {place: frozenset(others) for place, others in found.items()}

    @kept
    def joined(self) -> frozenset[str]:
        """Two words of a name written as one."""
        return frozenset([one + two for one, two in self.pairs])

    def joins(self, word: str) -> bool:
        """Whether two words of a name are written as this one."""
        cuts = [(word[:at], word[at:]) for at in range(1, len(word))]
        return any(one in self.keys and two in self.keys for one, two in cuts) and word in self.joined

    def stand_apart(self, one: str, two: str) -> bool:
        """Whether two words that follow each other with capitals are two names: the first stands without the other too.

        A first name seldom does, where a last name follows it anywhere.
        """
        if one not in self._behind:
            names = chain.from_iterable([passage.once(spans) for passage in self.large.get(one, ())])
            runs = [[*[part.key for part in name.parts], ""] for name in names]
            self._behind[one] = Counter([other for run in runs for key, other in pairwise(run) if key == one])
        return self._behind[one].total() > self._behind[one][two]

    def is_determined(self, key: str) -> bool:
        """Whether a word follows a determiner, where every noun has a capital."""
        if key not in self._determined:
            self._determined[key] = any(_is_determined(passage, key) for passage in self._holding.get(key, ()))
        return self._determined[key]

    @kept
    def _holding(self) -> Mapping[str, Sequence[Passage]]:
        """The texts that have a word."""
        found: dict[str, list[Passage]] = defaultdict(list)
        for passage in self._passages:
            for key in frozenset(columns(passage).keys):
                found[key].append(passage)
        return found

    @kept
    def acronyms(self) -> frozenset[str]:
        """What names may be shortened to."""
        return frozenset(chain.from_iterable(map(_acronyms, self._passages)))

    @kept
    def _firsts(self) -> str:
        """The first letters of all words, a space between two texts."""
        return " ".join(map(_first_letters, self._passages))

    def may_shorten_to(self, short: str) -> bool:
        """Whether a name, or, in one text, up to five words in a row have these initials.

        In a whole article too many letters stand beside each other by chance.
        """
        return short in self.acronyms or (
            len(self._passages) == 1 and 2 <= len(short) <= _LONGEST_ACRONYM and short in self._firsts
        )

    def translates(self, word: str) -> bool:
        """Whether there is a word of another language for one that names of institutions are made of (*Supreme*)."""
        stems = name_parts(word)
        german = any(passage.language == "de" for passage in self._passages)
        return any(
            has_stem(key, stem) or (german and len(stem) > 2 and key.endswith(stem))
            for stem in stems
            for key in self.keys
        )

    def has_compound(self, short: str) -> bool:
        """Whether a long word begins with the first of these letters and has the others in order: *WM*."""
        return any(
            len(key) >= _SHORTEST_COMPOUND and _has_letters(key, short) for key in beginning(short[:1], self._sorted)
        )

    def has_part(self, word: str) -> bool:
        """Whether a word begins a compound: the *Oper* of an *Opernhaus*."""
        return len(word) >= _SHORTEST_PART and any(
            len(key) >= len(word) + _SHORTEST_PART for key in beginning(word, self._sorted)
        )

    @kept
    def entities(self) -> frozenset[str]:
        """The rows of the table of names that are mentioned."""
        return frozenset(hit.label for passage in self._passages for hit in passage.once(mentions))

    def has(self, key: str, language: str | None) -> bool:
        """Whether there is a form of this word."""
        if key in self.keys:
            return True
        asked = key, language
        if asked not in self._known:
            self._known[asked] = any(same_word(key, other, language) for other in beginning(key[:4], self._sorted))
        return self._known[asked]


def _has_letters(word: str, letters: str) -> bool:
    """Whether a word has letters in their order, others between them."""
    left = iter(word)
    return all(letter in left for letter in letters)


def sightings(passage: Passage) -> Sightings:
    """Note how a text writes its words."""
    return Sightings(passage)


def seen(article: ArticleView) -> Sightings:
    """Note how a whole article writes its words."""
    return Sightings(*article.passages)


def holders(article: ArticleView) -> Memo[str, frozenset[int]]:
    """Return the numbers of the units that have some form of a word, looked up by the word."""
    found: dict[str, list[int]] = defaultdict(list)
    for unit in article.units:
        for key in frozenset(columns(article.passage(unit.number)).keys):
            found[key].append(unit.number)
    row = sorted(found)

    def work(key: str) -> frozenset[int]:
        forms = [other for other in beginning(key[:4], row) if same_word(key, other, article.language)]
        return frozenset(chain.from_iterable(map(found.__getitem__, forms)))

    return Memo(work)


def _first_letters(passage: Passage) -> str:
    row = passage.once(words)
    return "".join([row.keys[at][:1] for at in row.places()])


def _titled(passage: Passage) -> frozenset[str]:
    row = passage.once(words)
    return frozenset([row.keys[at] for at in row.capitals if row.shapes[at] == "title" and at not in row.firsts])


def _upper(passage: Passage) -> list[str]:
    row = columns(passage)
    return [row.keys[at] for at in where(row.shapes, "upper")]


def _small(passage: Passage) -> Iterator[str]:
    row = columns(passage)
    return compress(row.keys, map(eq, row.shapes, repeat("lower")))


def _acronyms(passage: Passage) -> Iterator[str]:
    for name in passage.once(spans):
        yield from initials([spell(part.casefold()) for part in re.findall(r"\w+", name.raw)])
    for run in _name_runs(passage.once(words), stop_words(passage.language)):
        for start in range(len(run) - 1):
            for end in range(start + 2, min(len(run), start + 7) + 1):
                yield from initials(run[start:end])


def _name_runs(row: Words, silent: frozenset[str]) -> Iterator[list[str]]:
    """Yield words with capitals that follow each other, over a few that say nothing alone."""
    run: list[str] = []
    before = 0  # the token after the last word of the run
    for at in row.capitals:
        if run and (at in row.firsts or not _are_joining(row, before, at, silent)):
            if len(run) > 1:
                yield run
            run = []
        run.append(row.keys[at])
        before = row.after(at)
    if len(run) > 1:
        yield run


def _are_joining(row: Words, start: int, end: int, silent: frozenset[str]) -> bool:
    """Whether the words of the tokens [start, end) are few and say nothing alone, and no sentence begins with one."""
    start, joining = row.next(start), 0
    while start < end:
        joining += 1
        if joining > _MOST_JOINING or row.raws[start] not in silent or start in row.firsts:
            return False
        start = row.next(row.after(start))
    return True


def mentions(passage: Passage) -> tuple[Hit, ...]:
    """Find the countries, cities and organizations of the table that a text mentions, in whatever language.

    The label is the row of the table.
    """
    texts, raws, named = passage.texts, passage.raws, passage.once(opened).entities
    if not named:  # nearly always
        return ()
    ordinary = stop_words(passage.language)
    found = [
        hit
        for hit in named
        # Short acronyms are words too: `us`, `who`, `is`; the Fed is none.
        if hit.end - hit.start > 1
        or len(texts[hit.start]) > 3
        or raws[hit.start].isupper()
        or (raws[hit.start].istitle() and len(texts[hit.start]) == 3 and texts[hit.start] not in ordinary)
    ]
    longest: list[Hit] = []
    for hit in sorted(found, key=lambda hit: (hit.start, -hit.end)):
        if not longest or hit.end > longest[-1].end:  # an Islamic State says nothing of Islam
            longest.append(hit)
    return tuple(longest)


def mentioned(passage: Passage, start: int, end: int, *, whole: bool = False) -> list[str]:
    """Return the rows of the table that the tokens [start, end) mention or, unless only `whole` ones, are a part of."""
    hits, starts = passage.once(mentions), passage.once(_mention_starts)
    first = last = bisect_left(starts, start)
    while last < len(hits) and hits[last].end <= end:  # what starts later ends later too
        last += 1
    over = after = bisect_right(starts, start)
    while not whole and over and hits[over - 1].end >= end:
        over -= 1
    return [hit.label for hit in (*hits[first:last], *hits[over:after])]


def _mention_starts(passage: Passage) -> list[int]:
    return [hit.start for hit in passage.once(mentions)]


def _is_determined(passage: Passage, key: str) -> bool:
    known = lexicon(passage.language)
    return (
        known is not None
        and bool(known.determiners)
        and any(is_determined(passage, place, known) for place in where(columns(passage).keys, key))
    )


def is_determined(passage: Passage, place: int, known: Lexicon) -> bool:
    """Whether a word, by its first token, follows a determiner, a number or an adjective, which names seldom do."""
    return place > 0 and (_determines(passage, place - 1, known) or _is_described(passage, place, known))


def _determines(passage: Passage, place: int, known: Lexicon) -> bool:
    text = passage.texts[place]
    return (
        text in known.determiners
        or passage.kinds[place] == "number"
        or (passage.raws[place].islower() and text.endswith(_ADJECTIVE_ENDINGS) and text not in known.function_words)
    )


def _is_described(passage: Passage, place: int, known: Lexicon) -> bool:
    """Whether a determiner and an adjective stand before a word: `eine frühere` Freigabe."""
    return (
        place > 1
        and passage.raws[place - 1].islower()
        and passage.raws[place - 1].endswith("e")
        and passage.texts[place - 2] in known.determiners
    )
