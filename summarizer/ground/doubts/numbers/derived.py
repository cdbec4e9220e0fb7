"""Numbers that the evidence does not tell and makes true: rounded, bounded, summed up, or told in other words."""

from __future__ import annotations

from collections.abc import Sequence

from summarizer.ground.case import Case
from summarizer.ground.doubts.numbers.counted import is_century, noun_of, part_and_whole
from summarizer.ground.doubts.numbers.factors import Given, is_told_otherwise
from summarizer.ground.doubts.numbers.reckoned import changed, is_between_years, is_reckoned
from summarizer.ground.reading import when
from summarizer.ground.reading.arithmetic import factor, fits_any, fits_vague, follows, is_time
from summarizer.ground.reading.locales import word_set
from summarizer.ground.reading.quantity import Quantity

_BEFORE_DAY = word_set("before_day")


def is_true_of(quantity: Quantity, given: Sequence[Given], case: Case) -> bool:
    """Whether the evidence makes a number true that it does not tell."""
    if quantity.kind in ("code", "label"):
        return any(quantity.text in passage.text for passage in case.evidence)
    if _is_date_part(quantity, case) or is_century(quantity, given, case):
        return True
    if quantity.kind == "count" and any(quantity.value in part_and_whole(*other) for other in given):
        return True
    if is_reckoned(quantity, case.claim, case.evidence) or is_told_otherwise(quantity, given, case):
        return True
    others = [other.quantity for other in given]
    if quantity.kind == "vague":
        return any(fits_vague(quantity, other) for other in others)
    return _is_derived(quantity, given, case)


def _is_derived(quantity: Quantity, given: Sequence[Given], case: Case) -> bool:
    """Whether a number is another one rounded or bounded, or follows from several."""
    others = [other.quantity for other in given]
    if fits_any(quantity, others):
        return True
    if quantity.kind == "ordinal" and any(other.unit == "year" and other.value == quantity.value for other in others):
        return True  # the 40th anniversary of what is 40 years old
    if (change := changed(quantity, case.claim, case.evidence)) is not None:
        return change
    noun = noun_of(case.claim, quantity)
    counts = [
        other
        for other in (given if noun else ())
        if other.quantity.kind != "fraction" and not (quantity.unit and _measures_else(quantity, other.quantity))
    ]
    if sum([noun_of(other.passage, other.quantity) == noun for other in counts]) == 1:
        return False  # the evidence counts the same things, and finds another number of them
    if is_time(quantity.unit) and is_between_years(quantity, case.evidence):
        return True
    return not case.crosses_languages and follows(quantity, others)


def _measures_else(quantity: Quantity, other: Quantity) -> bool:
    """Whether two numbers measure different things: 17 percent from a year before, $2.9 billion a year before."""
    return bool(other.unit) and factor(quantity.unit, other.unit) is None


def stands_in_words(quantity: Quantity, case: Case) -> bool:
    """Whether a spelled number stands in the evidence word for word, read as something else there."""
    words = case.claim.texts[quantity.first : quantity.last]
    if case.crosses_languages or quantity.kind == "multiple" or any(char.isdigit() for word in words for char in word):
        return False
    return any(_contains(passage.texts, words) for passage in case.evidence)


def _contains(texts: tuple[str, ...], words: tuple[str, ...]) -> bool:
    return any(texts[at : at + len(words)] == words for at, text in enumerate(texts) if text == words[0])


def _is_date_part(quantity: Quantity, case: Case) -> bool:
    """Whether the digits are a year or a day of the evidence, which the claim's words do not show."""
    if quantity.unit or quantity.power:
        return False
    is_year = quantity.value >= 1000
    if not is_year and not (quantity.first and case.claim.texts[quantity.first - 1] in _BEFORE_DAY):
        return False
    dates = [date for passage in case.evidence for date in passage.once(when.parse)]
    return quantity.value in [date.year if is_year else date.day for date in dates]
