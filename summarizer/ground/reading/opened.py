"""What begins where in a passage, clauses, dates and numbers among it: found in one pass, for few words begin any.

Where a word begins only phrases of several words, nothing begins unless one of them has the word behind it.
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
from summarizer.ground.reading.phrases import Hit, Opening, opening, scan
from summarizer.ground.reading.text import Passage


class Opened(NamedTuple):
    """The phrases of a passage (see `Phrases.find`), and the tokens with which something may begin; ascending.

    Attributes:
        cues: The phrases of the lexicon.
        concepts: Those for concepts.
        offices: Those for offices.
        entities: Those that name an entity.
        clauses: Where a clause may begin that no mark parts from the one before.
        dates: Where a date may, digits apart.
        numbers: Where a number may, digits apart.
        rates: Where what tells how often may.
    """

    cues: list[Hit]
    concepts: list[Hit]
    offices: list[Hit]
    entities: list[Hit]
    clauses: list[int]
    dates: list[int]
    numbers: list[int]
    rates: list[int]


def opened(passage: Passage) -> Opened:
    """Find the phrases, and where something may begin."""
    found = Opened([], [], [], [], [], [], [], [])
    scan(passage.texts, _of_word(passage.language), found)
    return found


@cache
def _of_word(language: str | None) -> Memo[str, Opening | None]:
    """Return what may begin with each word; None for nothing."""
    known, numbers, dates = lexicon(language), number_words(language), _date_openings(language)
    phrases = {"concepts": concepts(language), "offices": offices(language), "entities": entities()}
    tests: dict[str, Callable[[str], Collection[str]]] = {
        "dates": lambda word: dates.get(word, ()),
        "numbers": lambda word: _ANY if may_open_number(word, language) else (),
        "rates": lambda word: _ANY if word in numbers.rates or word in numbers.unsure_rates else (),
    }
    if known is not None:
        openers = known.clause_openers | known.conjunctions
        phrases["cues"] = known.phrases
        tests["clauses"] = lambda word: _ANY if word in openers else ()
    place = Opened._fields.index

    def work(word: str) -> Opening | None:
        starting = [one.starting(word, place(name)) for name, one in phrases.items()]
        seconds = {place(name): found for name, test in tests.items() if (found := test(word))}
        return opening(list(chain.from_iterable(starting)), seconds)

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
    following = word_set("connectors").union(["-"], [phrase[1] for phrase in phrases if len(phrase) > 1], *behind)
    spelled = language if language in SPELLED_LANGUAGES else None
    return words.one - numbers, Memo(
        lambda word: word in following or (spelled is not None and read_spelled(word, spelled) is not None)
    )
