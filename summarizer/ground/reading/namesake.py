"""When two written names are the same name: accents, inflection, scripts, acronyms, and names in other languages.

Never by edit distance: *Norvane* is not *Norvana*. Inflection is a closed list of endings; letters of Cyrillic and
Greek become the Latin letters that newspapers write for them (BGN/PCGN romanization, simplified); countries, demonyms,
great cities and world organizations are one row of a table in all languages.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from functools import cache, lru_cache
from itertools import chain

from summarizer.ground.reading.memo import shared_start
from summarizer.ground.reading.phrases import Phrases
from summarizer.ground.reading.tables import read_data

# A shorter stem takes no ending.
_SHORTEST_STEM = 4
# Letters that are not an accented form of another but are written so where the keyboard lacks them.
_PLAIN = str.maketrans({"ø": "o", "đ": "d", "ł": "l", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"})


@cache
def _table() -> dict[str, object]:
    loaded: dict[str, object] = read_data("names")
    return loaded


@cache
def name_words(sort: str) -> frozenset[str]:
    """Return a list of the table: `joining` words, `openers` of a sentence, `endings` a name may gain or lose."""
    values = _table()[sort]
    assert isinstance(values, list)
    return frozenset(values)


@cache
def _latin() -> dict[int, str]:
    letters = _table()["transliteration"]
    assert isinstance(letters, dict)
    return {ord(letter): latin for letter, latin in letters.items() if len(letter) == 1}


@cache
def _labelled() -> dict[str, list[str]]:
    """Return the rows of the table by their labels."""
    rows, cities = _table()["entities"], _table()["cities"]
    assert isinstance(rows, list)
    assert isinstance(cities, list)
    labels = chain(map(str, range(len(rows))), (f"{_CITY}{number}" for number in range(len(cities))))
    return dict(zip(labels, chain(rows, cities), strict=True))


_CITY = "city "


@cache
def entities() -> Phrases:
    """Return the phrases that name an entity in any language; the label is the entity."""
    return Phrases(_labelled())


def is_city(entity: str) -> bool:
    """Whether a row of the table is a city: one place of many in an article, and not the country that it is about."""
    return entity.startswith(_CITY)


@cache
def _rows() -> dict[str, str]:
    """Return the label of each row of the table, by the first name in it."""
    return {row[0].split("|")[0].rstrip("*"): label for label, row in _labelled().items()}


@cache
def _within() -> frozenset[tuple[str, str]]:
    values = _table()["within"]
    assert isinstance(values, dict)
    return frozenset((_rows()[part], _rows()[whole]) for whole, parts in values.items() for part in parts)


def is_within(part: str, whole: str) -> bool:
    """Whether one row of the table is a part of another: what is said of the French is said of Europeans."""
    return (part, whole) in _within()


@cache
def backdrops() -> tuple[frozenset[str], ...]:
    """Return the rows that every reader places without the article, oceans and continents, with those beside them."""
    values = _table()["backdrops"]
    assert isinstance(values, list)
    return tuple(frozenset(_rows()[name] for name in row) for row in values)


@cache
def homes(language: str | None) -> frozenset[str]:
    """Return the rows of the countries whose papers are written in a language, and that these need not name."""
    values = _table()["homes"]
    assert isinstance(values, dict)
    return frozenset(_rows()[name] for name in values.get(language, ()))


@lru_cache(maxsize=1 << 14)
def name_parts(word: str) -> frozenset[str]:
    """Return the stems, in whatever language, of what a spelled word of an institution's name means: *Federal*."""
    rows = _table()["parts"]
    assert isinstance(rows, list)
    stems = [row.split() for row in rows]
    return frozenset(chain.from_iterable(row for row in stems if any(has_stem(word, stem) for stem in row)))


def has_stem(word: str, stem: str) -> bool:
    """Whether a spelled word begins with a stem; of a short one it is the word, or its plural."""
    return word.startswith(stem) if len(stem) > _SHORTEST_STEM else word in (stem, f"{stem}s")


@cache
def eras() -> frozenset[str]:
    """Return the rows for *BC* and *AD*."""
    return frozenset({_rows()["before christ"], _rows()["anno domini"]})


@lru_cache(maxsize=16384)
def spell(word: str) -> str:
    """Return a folded word without accents, in Latin letters where it is Cyrillic or Greek."""
    if word.isascii():
        return word
    plain = "".join(char for char in unicodedata.normalize("NFD", word) if not unicodedata.combining(char))
    return unicodedata.normalize("NFC", plain).translate(_PLAIN).translate(_latin())


def same_word(one: str, other: str, language: str | None = None) -> bool:
    """Whether two spelled words are forms of one name.

    Args:
        one: As `spell` returns it.
        other: As `spell` returns it.
        language: Of the text that inflects; more endings count in languages that decline names.
    """
    if one == other:
        return True
    if one[:_SHORTEST_STEM] != other[:_SHORTEST_STEM] or not (one.isalpha() and other.isalpha()):
        return False
    stem = shared_start(one, other)
    declined = language in name_words("inflecting")
    endings = name_words("endings") | name_words("case_endings") if declined else name_words("endings")
    people, places = name_words("people_endings"), name_words("place_endings")
    if (one[stem:] in people and other[stem:] in places) or (other[stem:] in people and one[stem:] in places):
        return True  # Texas and Texan
    if one[stem:] and other[stem:] and not declined:
        return False
    return one[stem:] in endings and other[stem:] in endings


def beginning(word: str) -> str:
    """Return the letters that all forms of a spelled word begin with."""
    return word[:_SHORTEST_STEM]


def share_word(one: AbstractSet[str], other: AbstractSet[str], language: str | None) -> bool:
    """Whether two sets of spelled words have a word in common, in some form."""
    if not one.isdisjoint(other):
        return True
    for mine in one:
        stem = mine[:_SHORTEST_STEM]
        for theirs in other:
            if theirs.startswith(stem) and same_word(mine, theirs, language):
                return True
    return False


def initials(words: Sequence[str]) -> Iterator[str]:
    """Yield the acronyms a name may have: from all its words, and from the long ones only (DOJ, DJ)."""
    yield "".join(word[0] for word in words)
    yield "".join(word[0] for word in words if len(word) > 3 or word.isdigit())
