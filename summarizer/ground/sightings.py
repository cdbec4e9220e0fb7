"""How a text writes its words, which entities of the table it mentions, and what its names may be shortened to."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from itertools import chain, pairwise

from summarizer.ground.case import ArticleView
from summarizer.ground.lexicon import Hit, Lexicon, lexicon, stop_words
from summarizer.ground.memo import beginning
from summarizer.ground.namesake import entities, initials, same_word, spell
from summarizer.ground.text import Passage, Token
from summarizer.ground.written import Word, spans, words

_LONGEST_ACRONYM = 5  # of words that are no names
_MOST_JOINING = 2  # small words between two of one name: the University of Alabama at Birmingham
_ADJECTIVE_ENDINGS = ("en", "er", "es", "em")


class Sightings:
    """How one or more texts write their words; each thing is worked out when first asked for."""

    def __init__(self, *passages: Passage) -> None:
        self._passages = passages
        self._known: dict[tuple[str, str | None], bool] = {}

    def _words(self) -> Iterator[Word]:
        return chain.from_iterable([passage.once(words) for passage in self._passages])

    @cached_property
    def _keys(self) -> frozenset[str]:
        """Every word."""
        return frozenset([word.key for word in self._words()])

    @cached_property
    def _sorted(self) -> list[str]:
        return sorted(self._keys)

    @cached_property
    def capital(self) -> frozenset[str]:
        """Words with a capital where no sentence begins."""
        return frozenset(
            [word.key for word in self._words() if word.shape == "upper" or (word.shape == "title" and not word.first)]
        )

    @cached_property
    def upper(self) -> frozenset[str]:
        """Words with several capitals."""
        return frozenset([word.key for word in self._words() if word.shape == "upper"])

    @cached_property
    def small(self) -> frozenset[str]:
        """Words without a capital."""
        return frozenset([word.key for word in self._words() if word.shape == "lower"])

    @cached_property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """Two words of a name that follow each other."""
        return frozenset(
            (one.key, two.key)
            for passage in self._passages
            for name in passage.once(spans)
            for one, two in pairwise(name.parts)
            if not one.first
        )

    @cached_property
    def _counts(self) -> tuple[Counter[str], Counter[tuple[str, str]]]:
        runs = [[part.key for part in name.parts] for passage in self._passages for name in passage.once(spans)]
        return Counter(chain.from_iterable(runs)), Counter(chain.from_iterable(map(pairwise, runs)))

    def stand_apart(self, one: str, two: str) -> bool:
        """Whether two words that follow each other with capitals are two names: the first stands without the other too.

        A first name seldom does, where a last name follows it anywhere.
        """
        alone, together = self._counts
        return alone[one] > together[one, two]

    @cached_property
    def determined(self) -> frozenset[str]:
        """Words that follow a determiner, where every noun has a capital."""
        return frozenset(chain.from_iterable(map(_determined, self._passages)))

    @cached_property
    def acronyms(self) -> frozenset[str]:
        """What names may be shortened to."""
        return frozenset(chain.from_iterable(map(_acronyms, self._passages)))

    @cached_property
    def _firsts(self) -> str:
        """The first letters of all words, a space between two texts."""
        return " ".join("".join(word.key[:1] for word in passage.once(words)) for passage in self._passages)

    def may_shorten_to(self, short: str) -> bool:
        """Whether a name, or, in one text, up to five words in a row have these initials.

        In a whole article too many letters stand beside each other by chance.
        """
        return short in self.acronyms or (
            len(self._passages) == 1 and 2 <= len(short) <= _LONGEST_ACRONYM and short in self._firsts
        )

    @cached_property
    def entities(self) -> frozenset[str]:
        """The rows of the table of names that are mentioned."""
        return frozenset(hit.label for passage in self._passages for hit in passage.once(mentions))

    def has(self, key: str, language: str | None) -> bool:
        """Whether there is a form of this word."""
        if key in self._keys:
            return True
        asked = key, language
        if asked not in self._known:
            self._known[asked] = any(same_word(key, other, language) for other in beginning(key[:4], self._sorted))
        return self._known[asked]


def sightings(passage: Passage) -> Sightings:
    """Note how a text writes its words."""
    return Sightings(passage)


def seen(article: ArticleView) -> Sightings:
    """Note how a whole article writes its words."""
    return Sightings(*article.passages)


def _acronyms(passage: Passage) -> Iterator[str]:
    for name in passage.once(spans):
        yield from initials([spell(part.casefold()) for part in re.findall(r"\w+", name.raw)])
    for run in _name_runs(passage.once(words), stop_words(passage.language)):
        for start in range(len(run) - 1):
            for end in range(start + 2, min(len(run), start + 7) + 1):
                yield from initials(run[start:end])


def _name_runs(row: tuple[Word, ...], silent: frozenset[str]) -> Iterator[list[str]]:
    """Yield words with capitals that follow each other, over a few that say nothing alone."""
    run: list[str] = []
    joining = 0
    for word in row:
        if word.shape in ("title", "upper") and not (word.first and run):
            run.append(word.key)
            joining = 0
        elif run and word.raw in silent and joining < _MOST_JOINING and not word.first:
            joining += 1
        else:
            if len(run) > 1:
                yield run
            run, joining = ([word.key] if word.shape in ("title", "upper") else []), 0
    if len(run) > 1:
        yield run


def mentions(passage: Passage) -> tuple[Hit, ...]:
    """Find the countries, cities and organizations of the table that a text mentions, in whatever language.

    The label is the row of the table.
    """
    tokens = passage.tokens
    found = [
        hit
        for hit in entities().find(passage.texts)
        # Short acronyms are words too: `us`, `who`, `is`.
        if hit.end - hit.start > 1 or len(tokens[hit.start].text) > 3 or tokens[hit.start].raw.isupper()
    ]
    longest: list[Hit] = []
    for hit in sorted(found, key=lambda hit: (hit.start, -hit.end)):
        if not longest or hit.end > longest[-1].end:  # an Islamic State says nothing of Islam
            longest.append(hit)
    return tuple(longest)


def _determined(passage: Passage) -> Iterator[str]:
    known = lexicon(passage.language)
    if known is not None and known.determiners:
        yield from (word.key for word in passage.once(words) if is_determined(passage, word, known))


def is_determined(passage: Passage, word: Word, known: Lexicon) -> bool:
    """Whether a word follows a determiner, a number or an adjective, which names seldom do."""
    before = passage.tokens[word.token - 1] if word.token else None
    return before is not None and (_determines(before, known) or _is_described(passage, word, known))


def _determines(before: Token, known: Lexicon) -> bool:
    return (
        before.text in known.determiners
        or before.kind == "number"
        or (
            before.raw.islower()
            and before.text.endswith(_ADJECTIVE_ENDINGS)
            and before.text not in known.function_words
        )
    )


def _is_described(passage: Passage, word: Word, known: Lexicon) -> bool:
    """Whether a determiner and an adjective stand before a word: `eine frühere` Freigabe."""
    return (
        word.token > 1
        and passage.tokens[word.token - 1].raw.islower()
        and passage.tokens[word.token - 1].raw.endswith("e")
        and passage.texts[word.token - 2] in known.determiners
    )
