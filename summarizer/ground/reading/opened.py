"""Where in a passage phrases, clauses, dates and numbers may begin: found in one pass, for few words begin any.

A word that begins only phrases of several words is left out where none of them has the word behind it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping
from functools import cache
from itertools import chain
from typing import NamedTuple

from summarizer.ground.reading.lexicon import concepts, lexicon, offices
from summarizer.ground.reading.locales import date_words, number_words, word_set
from summarizer.ground.reading.memo import Memo
from summarizer.ground.reading.namesake import entities
from summarizer.ground.reading.numerals import (
    HAN_NUMERALS,
    SPELLED_LANGUAGES,
    cut_compound,
    read_ordinal,
    read_roman,
    read_spelled,
)
from summarizer.ground.reading.text import Passage


class Opened(NamedTuple):
    """The tokens with which something may begin, ascending.

    Attributes:
        cues: A phrase of the lexicon.
        concepts: One for a concept.
        offices: One for an office.
        entities: One that names an entity.
        clauses: A clause, where no mark parts it from the one before.
        dates: A date, digits apart.
        numbers: A number, digits apart.
        rates: What tells how often.
    """

    cues: list[int]
    concepts: list[int]
    offices: list[int]
    entities: list[int]
    clauses: list[int]
    dates: list[int]
    numbers: list[int]
    rates: list[int]


def opened(passage: Passage) -> Opened:
    """Find where something may begin."""
    found, texts = Opened([], [], [], [], [], [], [], []), passage.texts
    last = len(texts) - 1
    for at, ways in enumerate(map(_of_word(passage.language).__getitem__, texts)):
        if ways is not None:
            sorts, before = ways
            if before and at < last:
                sorts = before.get(texts[at + 1], sorts)
            for sort in sorts:
                found[sort].append(at)
    return found


_Sorts = tuple[int, ...]  # places of `Opened`


@cache
def _of_word(language: str | None) -> Memo[str, tuple[_Sorts, Mapping[str, _Sorts]] | None]:
    """Return what may begin with each word, whatever follows it, and what where certain words do; None for nothing."""
    known, numbers = lexicon(language), number_words(language)
    dates = _date_openings(language)
    tests: dict[str, Callable[[str], Collection[str]]] = {
        "concepts": concepts(language).seconds,
        "offices": offices(language).seconds,
        "entities": entities().seconds,
        "dates": lambda word: dates.get(word, ()),
        "numbers": lambda word: _ANY if may_open_number(word, language) else (),
        "rates": lambda word: _ANY if word in numbers.rates or word in numbers.unsure_rates else (),
    }
    if known is not None:
        openers = known.clause_openers | known.conjunctions
        tests["cues"] = known.phrases.seconds
        tests["clauses"] = lambda word: _ANY if word in openers else ()
    sorts = [(sort, tests[name]) for sort, name in enumerate(Opened._fields) if name in tests]

    def work(word: str) -> tuple[_Sorts, Mapping[str, _Sorts]] | None:
        found = [(sort, seconds) for sort, test in sorts if (seconds := test(word))]
        following = set(chain.from_iterable([seconds for _, seconds in found])) - {""}
        free = tuple(sort for sort, seconds in found if "" in seconds)
        before = {one: tuple(sort for sort, seconds in found if one in seconds or sort in free) for one in following}
        return (free, before) if found else None

    return Memo(work)


_ANY = frozenset({""})


@cache
def _date_openings(language: str | None) -> Mapping[str, frozenset[str]]:
    """Return the words with which a date can begin, apart from digits, and what must follow each: "" for nothing."""
    words, found = date_words(language), defaultdict[str, set[str]](set)
    for table in (words.parts, words.weekdays, words.short_weekdays, words.relative, words.months):
        for phrase in table.phrases():
            found[phrase[0]].add(phrase[1] if len(phrase) > 1 else "")
    return {first: frozenset(seconds) for first, seconds in found.items()}


def may_open_number(word: str, language: str | None) -> bool:
    """Whether a number can begin with a word: few can. Digits and marks do not count."""
    if word[0].isdecimal() or (len(word) == 1 and not word.isalnum()):
        return False
    words = number_words(language)
    tables = (words.multiples, words.vague, words.scales, words.half, words.fractions, words.groups)
    if any(word in table for table in tables) or word in words.one or word in HAN_NUMERALS:
        return True
    if word in words.cardinals or word in words.ordinals or read_roman(word) is not None:
        return True
    if language not in SPELLED_LANGUAGES:
        return False
    if language == "de" and cut_compound(word):
        return True
    return read_spelled(word, language) is not None or read_ordinal(word, language) is not None


@cache
def lone_articles(language: str | None) -> tuple[frozenset[str], Memo[str, bool]]:
    """Return the articles that are no number alone, and whether a word behind one may make it a part of a number."""
    words = number_words(language)
    tables = (words.multiples, words.vague, words.scales, words.half, words.fractions, words.groups)
    phrases = [phrase for table in tables for phrase in table.phrases() if phrase[0] in words.one]
    numbers = {phrase[0] for phrase in phrases if len(phrase) == 1}.union(words.cardinals, words.ordinals)
    behind = (words.out_of, words.fractions, words.groups, words.scales, words.units)
    following = word_set("connectors").union(
        ["-"], [phrase[1] for phrase in phrases if len(phrase) > 1], *[table.openings for table in behind]
    )
    spelled = language if language in SPELLED_LANGUAGES else None
    return words.one - numbers, Memo(
        lambda word: word in following or (spelled is not None and read_spelled(word, spelled) is not None)
    )
