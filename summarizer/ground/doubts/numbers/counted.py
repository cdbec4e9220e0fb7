"""What numbers count, and what those tell that are no plain counts: *18th century*, *three in four*, *Falcon 9*."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from summarizer.ground.case import Case
from summarizer.ground.reading import when
from summarizer.ground.reading.forms import stem
from summarizer.ground.reading.lexicon import stop_words
from summarizer.ground.reading.locales import number_words
from summarizer.ground.reading.numerals import SPELLED_LANGUAGES, read_spelled
from summarizer.ground.reading.quantity import Quantity
from summarizer.ground.reading.text import Passage

_YEAR = 4  # digits
_NAMED_CENTURIES = 11  # the Settecento, the seven hundreds, is the 18th century


def is_century(quantity: Quantity, given: Iterable[tuple[Quantity, Passage]], case: Case) -> bool:
    """Whether the evidence tells of the century that is counted, or of a year in it; or the article, without cites."""
    mine = _century(quantity, case.claim)
    if mine is None:
        return False
    told = list(given)
    if any(_century(*other) == mine or _is_year_in(other[0], mine) for other in told):
        return True
    passages = case.article.passages if case.guessed else case.evidence
    return any(
        date.year and _century_of(date.year) == mine for passage in passages for date in passage.once(when.parse)
    )


def _is_year_in(quantity: Quantity, century: Decimal) -> bool:
    """Whether a number that counts nothing may be a year of a century: *qui en 1478 a créé*."""
    bare = quantity.kind == "count" and not quantity.unit and quantity.text.isdecimal()
    return bare and len(quantity.text) == _YEAR and _century_of(int(quantity.text)) == century


def _century_of(year: int) -> int:
    return (year - 1) // 100 + 1


def _century(quantity: Quantity, passage: Passage) -> Decimal | None:
    """Return the century that a number tells: *18th century*, Italian *Settecento*."""
    if quantity.kind == "ordinal":
        texts, units = passage.texts, number_words(passage.language).units
        place = quantity.last + (texts[quantity.last : quantity.last + 1] == ("-",))
        beside = (units.at(texts, place), units.before(texts, quantity.first))
        if any(found is not None and found[0] == "century" for found in beside):
            return quantity.value
    named = passage.language == "it" and quantity.first and quantity.text.istitle() and quantity.text.isalpha()
    return quantity.value / 100 + _NAMED_CENTURIES if named and quantity.value in range(200, 1000, 100) else None


def part_and_whole(quantity: Quantity, passage: Passage) -> frozenset[Decimal]:
    """Return the numbers that a share is told by: the 3 and the 4 of *three in four*; none for another number."""
    if quantity.kind != "fraction":
        return frozenset()
    texts, language = passage.texts[quantity.first : quantity.last], passage.language
    spelled = language if language in SPELLED_LANGUAGES else None
    found = [
        Decimal(text) if text.isdecimal() else read_spelled(text, spelled) if spelled is not None else None
        for text in texts
    ]
    return frozenset([value for value in found if value is not None])


def noun_of(passage: Passage, quantity: Quantity) -> str:
    """Return the stem of the content word that follows a number, or nothing."""
    function_words = stop_words(passage.language)
    for at in range(quantity.last, min(quantity.last + 3, len(passage.texts))):
        text = passage.texts[at]
        if passage.kinds[at] != "word":
            return ""
        if text not in function_words and len(text) > 2:
            return stem(text)
    return ""


def label_of(passage: Passage, quantity: Quantity) -> str:
    """Return the name that a number belongs to: `Falcon` of Falcon 9; nothing for a number that counts."""
    if not quantity.first or quantity.unit or quantity.bound or quantity.power or quantity.kind != "count":
        return ""
    before, texts = quantity.first - 1, passage.texts
    named = passage.kinds[before] == "word" and passage.raws[before][0].isupper()
    if not named or texts[before] in stop_words(passage.language):
        return ""
    if texts[quantity.last : quantity.last + 1] == ("-",):
        return ""  # of Sarmiento 4-3 it is a score
    return texts[before] if passage.ends[before] + 1 == passage.starts[quantity.first] else ""
