"""How a language writes numbers, units and dates: the tables in `data/numbers` and `data/dates`, ready for matching.

A table maps phrases to values. Phrases are cut into tokens as texts are, so one lookup serves every script.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any, TypeVar

from summarizer.ground.reading.phrases import Phrases
from summarizer.ground.reading.tables import read_data
from summarizer.ground.reading.text import Passage, fold

V = TypeVar("V")

# In this order a phrase means what the first language says when the language of a text is unknown.
LANGUAGES = ("en", "fr", "de", "es", "it", "pt", "nl", "ru", "ar", "zh", "ja", "ko", "hi")


_Sizes = list[tuple[int, dict[tuple[str, ...], V]]]  # phrases of one word by their length, the longest first


class Table(dict[str, _Sizes[V]]):
    """Phrases and what they mean, by their first tokens: the longest that stands at a place wins.

    Most words open none, and end none: where a table is looked at for each of many, `in` tells that at once.

    Attributes:
        endings: The same phrases by their last tokens.
    """

    def __init__(self, meanings: Mapping[str, V]) -> None:
        entries = [(tokens, meaning) for phrase, meaning in meanings.items() if (tokens := _tokens(phrase))]
        super().__init__(_by_word(entries, 0))
        self.endings = _by_word(entries, -1)

    def phrases(self) -> Iterator[tuple[str, ...]]:
        """Yield the phrases, as tokens."""
        return (tokens for sizes in self.values() for _, meanings in sizes for tokens in meanings)

    def at(self, texts: Sequence[str], place: int) -> tuple[V, int] | None:
        """Return what the phrase that starts at a place means, and the place after it."""
        if 0 <= place < len(texts):
            for size, meanings in self.get(texts[place], ()):
                tokens = tuple(texts[place : place + size])
                if tokens in meanings:
                    return meanings[tokens], place + size
        return None

    def before(self, texts: Sequence[str], place: int) -> tuple[V, int] | None:
        """Return what the phrase that ends right before a place means, and the place where it starts."""
        if 0 < place <= len(texts):
            for size, meanings in self.endings.get(texts[place - 1], ()):
                tokens = tuple(texts[max(0, place - size) : place])
                if tokens in meanings:
                    return meanings[tokens], place - size
        return None


def _by_word(entries: Sequence[tuple[tuple[str, ...], V]], at: int) -> dict[str, _Sizes[V]]:
    """Sort phrases by one of their tokens and by their length; of equal ones the first counts."""
    found: dict[str, dict[int, dict[tuple[str, ...], V]]] = {}
    for tokens, meaning in sorted(entries, key=lambda entry: -len(entry[0])):
        found.setdefault(tokens[at], {}).setdefault(len(tokens), {}).setdefault(tokens, meaning)
    return {token: list(sizes.items()) for token, sizes in found.items()}


def _tokens(phrase: str) -> tuple[str, ...]:
    """Cut a phrase as texts are cut; a final `d'` is a token of its own only where a letter follows."""
    if phrase.endswith("'"):
        return Passage(phrase + "a").texts[:-1]
    return Passage(phrase).texts


@dataclass(frozen=True, slots=True)
class NumberWords:
    """The number tables of one language.

    Attributes:
        language: The language, or None for all of them at once.
        point: Whether a point is the decimal mark.
        scales: Powers of ten: `milliards` is 9.
        short_scales: Those that count only beside the digits or a currency: `m`, `b`.
        units: Words for a unit: `pour cent` is `%`, `euros` is `EUR`.
        short_units: Those that count only beside the digits: `m`, `s`.
        of: What may stand between a number and its unit.
        one: The articles and words that are 1 before a scale.
        before: What a phrase before a number makes of it: `>`, `>=`, `<`, `<=`, `~` (about), `-~` (just under).
        after: The same for phrases after it.
        and_half: Adds half of one to what stands before it.
        half: Half of the scale after it.
        join: Between the two ends of a range or the last items of a list.
        fractions: Words for a part.
        groups: Words for a number of things: `douzaine`; with `~` for about so many.
        vague: Words for an order of magnitude: `milliers`.
        ordinal: What follows the digits of an ordinal.
        cardinals: Spelled numbers, where text2num does not know the language.
        rates: Words for how often or for whom: `par semaine`, `hebdomadaires` are `week`.
        unsure_rates: Those that are also something else: `a week`.
        multiples: Words for so many times as much: `doublé` is 2; with `?` where they may be an adjective or a noun.
        compared: What makes so many times, or a part, a factor: `as`; so many times only: `*` (more), `/` (less); a
            part, if it is said of something else: `=`.
        by: Between *multiplied*, or *divided*, and its number.
        factor: Before a number of times by which something grew or fell.
        out_of: Between the numbers of a share: `one in three`, `une sur cinq`.
        each: Before the ordinal of a share: `jedes dritte`.
        ordinals: Spelled ordinals that text2num does not know or takes for cardinals.
        percent_prefix: What stands before a percentage.
        ordinal_prefix: What stands before an ordinal.
    """

    language: str | None
    point: bool
    scales: Table[int]
    short_scales: Table[int]
    units: Table[str]
    short_units: Table[str]
    of: frozenset[str]
    one: frozenset[str]
    before: Table[str]
    after: Table[str]
    and_half: Table[bool]
    half: Table[bool]
    join: frozenset[str]
    fractions: Table[str]
    groups: Table[str]
    vague: Table[Decimal]
    ordinal: frozenset[str]
    cardinals: Mapping[str, int]
    ordinals: Mapping[str, int]
    rates: Table[str]
    unsure_rates: Table[str]
    multiples: Table[str]
    compared: Table[str]
    by: frozenset[str]
    factor: Table[bool]
    out_of: Table[bool]
    each: frozenset[str]
    percent_prefix: Table[bool]
    ordinal_prefix: Table[bool]


@dataclass(frozen=True, slots=True)
class Measures:
    """What holds in every language.

    Attributes:
        worth: A unit's dimension and how many of the dimension's own unit it is.
        symbols: Currency symbols and codes.
        like: A word for several currencies, and which.
        converted: Units of another system, as `worth` has those of the metric one.
    """

    worth: Mapping[str, tuple[str, Decimal]]
    symbols: Table[str]
    like: Mapping[str, frozenset[str]]
    converted: Mapping[str, tuple[str, Decimal]]


@lru_cache(maxsize=1)
def _common() -> Any:
    return read_data("numbers/common")


def word_set(name: str) -> frozenset[str]:
    """Return one of the small sets of words that hold for all languages at once."""
    return frozenset(_common()["words"][name].split())


@lru_cache(maxsize=1)
def measures() -> Measures:
    """Return the table of units and currency symbols."""
    raw = _common()
    return Measures(
        {unit: (dimension, Decimal(factor)) for unit, (dimension, factor) in raw["measures"].items()},
        Table(raw["symbols"]),
        {word: frozenset(codes) for word, codes in raw["like"].items()},
        {unit: (dimension, Decimal(factor)) for unit, (dimension, factor) in raw["converted"].items()},
    )


@lru_cache(maxsize=len(LANGUAGES) + 1)
def _number_words(language: str | None) -> NumberWords:
    """Read the words of numbers in a language; in all of them where it is None."""
    raws = [read_data(f"numbers/{name}") for name in ((language,) if language else reversed(LANGUAGES))]

    def table(key: str) -> dict[str, Any]:
        return {phrase: value for raw in raws for phrase, value in raw[key].items()}

    def words(key: str) -> frozenset[str]:
        return frozenset(fold(word) for raw in raws for word in raw[key])

    def flags(key: str) -> Table[bool]:
        listed = (raw[key] if isinstance(raw[key], list) else [raw[key]] for raw in raws)
        return Table({phrase: True for phrases in listed for phrase in phrases})

    def bounds(key: str) -> Table[str]:
        return Table({phrase: bound for raw in raws for bound, phrases in raw[key].items() for phrase in phrases})

    return NumberWords(
        language=language,
        point=raws[-1]["decimal"] == ".",
        scales=Table(table("scales")),
        short_scales=Table(table("short_scales")),
        units=Table(table("units")),
        short_units=Table(table("short_units")),
        of=words("of"),
        one=words("one"),
        before=bounds("before"),
        after=bounds("after"),
        and_half=flags("and_half"),
        half=flags("half"),
        join=words("join"),
        fractions=Table(table("fractions")),
        groups=Table(table("groups")),
        vague=Table({phrase: Decimal(value) for phrase, value in table("vague").items()}),
        ordinal=words("ordinal"),
        cardinals=table("cardinals"),
        ordinals=table("ordinals"),
        rates=Table(table("rates")),
        unsure_rates=Table(table("unsure_rates")),
        multiples=Table(table("multiples")),
        compared=bounds("compared"),
        by=words("by"),
        factor=flags("factor"),
        out_of=flags("out_of"),
        each=words("each"),
        percent_prefix=flags("percent_prefix"),
        ordinal_prefix=flags("ordinal_prefix"),
    )


@lru_cache(maxsize=64)
def number_words(language: str | None) -> NumberWords:
    """Return the number tables of a language; of all languages at once when it is unknown or has none."""
    return _number_words(language if language in LANGUAGES else None)


@dataclass(frozen=True, slots=True)
class DateWords:
    """The date tables of one language.

    Attributes:
        language: The language, or None for all of them at once.
        months: Names and abbreviations; January is 1.
        unsure_months: Those that are also other words, or a part of one: `may`, `mars`, `set`.
        weekdays: Names and abbreviations; Monday is 1.
        relative: Days and years told from the writer's own: `hier` is `day-1`.
        parts: Parts of a year: `summer`, `q3`, `h1`.
        edges: `early`, `mid` and `late` parts of a month or a year.
        short_weekdays: Names of weekdays that are ordinals elsewhere: Portuguese `sexta`.
        between: What may stand between a day and its month, or a month and its year.
        before_year: What stands before four digits that are a year.
    """

    language: str | None
    months: Table[int]
    unsure_months: frozenset[str]
    weekdays: Table[int]
    relative: Table[str]
    parts: Table[str]
    edges: Table[str]
    short_weekdays: Table[int]
    between: frozenset[str]
    before_year: frozenset[str]


@lru_cache(maxsize=len(LANGUAGES) + 1)
def _date_words(language: str | None) -> DateWords:
    """Read the words of dates in a language; in all of them where it is None."""
    raws = [read_data(f"dates/{name}") for name in ((language,) if language else reversed(LANGUAGES))]

    def table(key: str) -> Table[Any]:
        return Table({phrase: value for raw in raws for phrase, value in raw[key].items()})

    def words(key: str) -> frozenset[str]:
        return frozenset(text for raw in raws for word in raw[key] for text in Passage(word).texts)

    return DateWords(
        language=language,
        months=table("months"),
        unsure_months=words("unsure_months"),
        weekdays=table("weekdays"),
        relative=table("relative"),
        parts=table("parts"),
        edges=table("edges"),
        short_weekdays=table("short_weekdays"),
        between=words("between"),
        before_year=words("before_year"),
    )


@lru_cache(maxsize=64)
def date_words(language: str | None) -> DateWords:
    """Return the date tables of a language; of all languages at once when it is unknown or has none."""
    return _date_words(language if language in LANGUAGES else None)


@lru_cache(maxsize=64)
def year_start(language: str | None) -> Phrases:
    """Return the phrases of a language for the start of a year, which is January; none in many."""
    raw = read_data(f"dates/{language}") if language in LANGUAGES else {}
    return Phrases({"start": raw.get("year_start", ())})


@lru_cache(maxsize=64)
def year_before(language: str | None) -> Phrases:
    """Return the phrases of a language for the year before another one that the text gives; none in many."""
    raw = read_data(f"dates/{language}") if language in LANGUAGES else {}
    return Phrases({"before": raw.get("year_before", ())})
