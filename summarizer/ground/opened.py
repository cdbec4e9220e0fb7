"""Where in a passage phrases, clauses, dates and numbers may begin: found in one pass, for few words begin any."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import cache
from typing import NamedTuple

from summarizer.ground.lexicon import concepts, lexicon, offices
from summarizer.ground.locales import date_words, number_words
from summarizer.ground.memo import Memo
from summarizer.ground.namesake import entities
from summarizer.ground.numerals import HAN_NUMERALS, SPELLED_LANGUAGES, read_ordinal, read_roman, read_spelled
from summarizer.ground.text import Passage


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
    found = Opened([], [], [], [], [], [], [], [])
    of_word = _of_word(passage.language)
    for at, sorts in enumerate(map(of_word.__getitem__, passage.texts)):
        if sorts:
            for sort in sorts:
                found[sort].append(at)
    return found


@cache
def _of_word(language: str | None) -> Memo[str, tuple[int, ...]]:
    """Return what may begin with each word: the places of `Opened`."""
    known, numbers = lexicon(language), number_words(language)
    tests: dict[str, Callable[[str], bool]] = {
        "concepts": concepts(language).has_opening,
        "offices": offices(language).has_opening,
        "entities": entities().has_opening,
        "dates": date_openings(language).__contains__,
        "numbers": lambda word: may_open_number(word, language),
        "rates": lambda word: word in numbers.rates or word in numbers.unsure_rates,
    }
    if known is not None:
        tests["cues"] = known.phrases.has_opening
        tests["clauses"] = (known.clause_openers | known.conjunctions).__contains__
    sorts = [(sort, tests[name]) for sort, name in enumerate(Opened._fields) if name in tests]
    return Memo(lambda word: tuple([sort for sort, test in sorts if test(word)]))


@cache
def date_openings(language: str | None) -> Mapping[str, frozenset[str]]:
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
    return read_spelled(word, language) is not None or read_ordinal(word, language) is not None
