"""Doubt: the claim gives a number that the cited units do not give, or gives to something else."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import combinations
from typing import NamedTuple

from summarizer.ground import when
from summarizer.ground.case import Case
from summarizer.ground.locales import measures, number_words
from summarizer.ground.quantity import Quantity, parse
from summarizer.ground.text import Passage
from summarizer.records import Finding

# Arithmetic over more numbers than this costs too much and proves nothing: some pair always fits.
_MOST_TERMS = 24
# What `about 100` and `nearly 100` may be, at least.
_ABOUT, _NEARLY, _OVER = Decimal("0.1"), Decimal("0.85"), Decimal("1.5")
_TIMES = frozenset({"months", "seconds"})
# A source may leave these out: aged 10, up 3 on the day.
_SILENT_UNITS = frozenset({"times", "point", "cent", "ordinal"})


class Given(NamedTuple):
    """A number of the evidence and where it stands."""

    quantity: Quantity
    passage: Passage


def check(case: Case) -> Iterator[Finding]:
    """Find numbers of the claim that the evidence does not bear out."""
    if not case.evidence:
        return
    given = [Given(quantity, passage) for passage in case.evidence for quantity in passage.once(parse)]
    for quantity in case.claim.once(parse):
        detail = _doubt(quantity, given, case)
        if detail:
            yield Finding("number", detail)
    yield from _doubt_rates(case)


def _doubt(quantity: Quantity, given: Sequence[Given], case: Case) -> str | None:
    equal = [other for other in given if is_same(quantity, other.quantity)]
    if equal:
        return _doubt_bound(quantity, equal)
    if _is_true_of(quantity, given, case):
        return None
    rivals = [other for other in given if _competes(quantity, other.quantity)]
    if quantity.weak and not rivals:
        return None
    told = list(dict.fromkeys(other.quantity.text for other in rivals or given))
    said = f"the claim says {quantity.text!r}"
    return (
        f"{said}; the cited sentences say {', '.join(map(repr, told[:4]))}"
        if told
        else f"{said}; the cited sentences give no number"
    )


# ------------------------------------------------------------------------------------------------------------ the same


def factor(unit: str, other: str) -> Decimal | None:
    """Return how many of the other unit one unit is; None when they measure different things."""
    if unit == other:
        return Decimal(1)
    known = measures()
    one, two = known.worth.get(unit), known.worth.get(other)
    if one and two:
        return one[1] / two[1] if one[0] == two[0] else None
    if other in known.like.get(unit, ()) or unit in known.like.get(other, ()):
        return Decimal(1)
    return None


def _loosely(unit: str, other: str) -> Decimal | None:
    """Like `factor`, but one of the two may leave its unit out where readers would fill it in."""
    if unit and other:
        return factor(unit, other)
    told = unit or other
    if not told:
        return Decimal(1)
    share = told in ("%", "‰", "pp", "share10")
    if unit:
        return Decimal(1) if told in _SILENT_UNITS or _dimension(told) in _TIMES else None
    return None if share or told == "ordinal" else Decimal(1)


def _dimension(unit: str) -> str:
    return measures().worth.get(unit, (unit, Decimal(1)))[0]


def is_same(quantity: Quantity, other: Quantity) -> bool:
    """Whether two numbers are equal in value and unit, whatever they are written as; bounds are not looked at."""
    if "code" in (quantity.kind, other.kind):
        return quantity.text == other.text
    if (quantity.kind == "vague") != (other.kind == "vague"):
        return False
    for value, unit in quantity.readings:
        for there, of in other.readings:
            rate = _loosely(unit, of)
            if rate is None:
                continue
            if value * rate == there:
                return True
            if "fraction" in (quantity.kind, other.kind) and abs(value * rate - there) <= 1 and of == "%":
                return True
    return False


def _competes(quantity: Quantity, other: Quantity) -> bool:
    """Whether a number of the evidence could stand where the claim's does: it measures the same."""
    if quantity.kind != other.kind and "count" not in (quantity.kind, other.kind):
        return False
    return bool(quantity.readings and other.readings) and factor(quantity.unit, other.unit) is not None


# ------------------------------------------------------------------------------------------------------------- bounds


def _doubt_bound(quantity: Quantity, equal: Sequence[Given]) -> str | None:
    """Doubt *more than 100* where the evidence says just 100, or less."""
    bounds = {other.quantity.bound for other in equal}
    if any(_bears(bound, quantity.bound) for bound in bounds):
        return None
    word = _BOUND_WORDS[quantity.bound]
    told = ", ".join(sorted(f"{_BOUND_WORDS[bound]} {equal[0].quantity.text}".strip() for bound in bounds))
    return f"the claim says '{word} {quantity.text}'; the cited sentences say '{told}'".replace("' ", "'")


_BOUND_WORDS = {
    "": "",
    ">": "more than",
    ">=": "at least",
    "<": "less than",
    "<=": "at most",
    "~": "about",
    "-~": "nearly",
}


def _bears(given: str, claimed: str) -> bool:
    """Whether what one bound says allows what the other says of the same number."""
    if given == claimed or claimed in ("~", ""):
        return True
    if not given:
        return claimed in (">=", "<=", "-~")
    upper, lower = {"<", "<=", "-~"}, {">", ">="}
    return (
        (given in upper and claimed in upper)
        or (given in lower and claimed in lower)
        or (given == "~" and claimed == "-~")
    )


# ---------------------------------------------------------------------------------------------- true without being equal


def _is_true_of(quantity: Quantity, given: Sequence[Given], case: Case) -> bool:
    """Whether the evidence makes a number true that it does not tell."""
    if quantity.kind in ("code", "label"):
        return _stands_in(quantity, case)
    if _is_date_part(quantity, case) or _stands_in_words(quantity, case):
        return True
    others = [other.quantity for other in given]
    if quantity.kind == "vague":
        return any(_fits_vague(quantity, other) for other in others)
    return any(_fits_bound(quantity, other) or _rounds(quantity, other) for other in others) or _follows(
        quantity, others, case
    )


def _stands_in(quantity: Quantity, case: Case) -> bool:
    return any(quantity.text in passage.text for passage in case.evidence)


def _stands_in_words(quantity: Quantity, case: Case) -> bool:
    """Whether a spelled number stands in the evidence word for word, read as something else there."""
    words = [token.text for token in case.claim.tokens[quantity.first : quantity.last]]
    if not words or any(char.isdigit() for word in words for char in word) or case.crosses_languages:
        return False
    return any(_contains([token.text for token in passage.tokens], words) for passage in case.evidence)


def _contains(texts: list[str], words: list[str]) -> bool:
    return any(texts[at : at + len(words)] == words for at, text in enumerate(texts) if text == words[0])


def _is_date_part(quantity: Quantity, case: Case) -> bool:
    """Whether the digits are a year or a day of the evidence, which the claim's words do not show."""
    if quantity.unit or quantity.power:
        return False
    dates = [date for passage in case.evidence for date in passage.once(when.parse)]
    before = case.claim.tokens[quantity.first - 1].text if quantity.first else ""
    if quantity.value >= 1000:
        return any(date.year == quantity.value for date in dates)
    return before in _BEFORE_DAY and any(date.day == quantity.value for date in dates)


_BEFORE_DAY = frozenset("le the du au el il am den dem o del on al um dia".split())


def _fits_vague(quantity: Quantity, other: Quantity) -> bool:
    """Whether *hundreds* is said of 519, *millions* of 3 million."""
    if _loosely(quantity.unit, other.unit) is None:
        return False
    return quantity.value <= other.value < quantity.value * 1000


def _fits_bound(quantity: Quantity, other: Quantity) -> bool:
    """Whether *over 500* is said of 519, *nearly 520* of 519, *about a third* of 34 %."""
    rate = _loosely(quantity.unit, other.unit)
    if rate is None or not quantity.bound or other.kind == "vague":
        return False
    claimed, there = quantity.value * rate, other.value
    if quantity.bound in (">", ">="):
        return claimed < there <= claimed * _OVER and other.bound not in ("<", "<=")
    if quantity.bound in ("<", "<=", "-~"):
        return claimed * _NEARLY <= there < claimed and other.bound not in (">", ">=")
    return abs(claimed - there) <= _ABOUT * there


def _rounds(quantity: Quantity, other: Quantity) -> bool:
    """Whether 1.2 million stands for 1,234,567: the claim's last digit is right, and there are at least two."""
    rate = _loosely(quantity.unit, other.unit)
    if rate is None or quantity.kind != "count" or other.kind != "count" or rate != 1:
        return False
    shape, there = quantity.value.as_tuple(), other.value
    exponent, finer = shape.exponent, there.as_tuple().exponent
    if not isinstance(exponent, int) or not isinstance(finer, int) or finer >= exponent:
        return False
    step = Decimal(1).scaleb(exponent)
    near = abs(quantity.value - there)
    return near <= step / 2 or (len(shape.digits) >= 2 and near < step and there > quantity.value)


def _follows(quantity: Quantity, others: Sequence[Quantity], case: Case) -> bool:
    """Whether a number is a sum, a difference, a share or a change of numbers of the evidence."""
    terms = [other for other in others if other.kind == "count"][:_MOST_TERMS]
    if quantity.kind not in ("count", "multiple") or case.crosses_languages:
        return False
    unit = quantity.unit
    if unit == "%" or unit == "times":
        return any(_is_share(quantity, one, two) for one, two in combinations(terms, 2))
    like = [other.value * rate for other in terms if (rate := factor(other.unit, unit)) is not None]
    value = quantity.value
    if len(like) > 2 and sum(like) == value:
        return True
    if unit == "year" and _years_between(value, case):
        return True
    return value > _LEAST_SUM and any(
        one + two == value or abs(one - two) == value for one, two in combinations(like, 2)
    )


# Small numbers are the sum of some pair in most texts.
_LEAST_SUM = 12


def _years_between(value: Decimal, case: Case) -> bool:
    years = {date.year for passage in case.evidence for date in passage.once(when.parse) if date.year}
    return any(abs(one - two) == value for one, two in combinations(years, 2))


def _is_share(quantity: Quantity, one: Quantity, two: Quantity) -> bool:
    """Whether a percentage, or so many times, is what two numbers make: their ratio, or the change between them."""
    rate = factor(one.unit, two.unit)
    if rate is None or not one.value or not two.value:
        return False
    first, second = one.value * rate, two.value
    exponent = quantity.value.as_tuple().exponent
    step = Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0) / 2
    if quantity.unit == "times":
        return any(abs(ratio - quantity.value) <= step for ratio in (first / second, second / first))
    ratios = (first / second, second / first, (second - first) / first, (first - second) / second)
    return any(abs(abs(ratio) * 100 - quantity.value) <= step for ratio in ratios)


# -------------------------------------------------------------------------------------------------------------- rates


def rates(passage: Passage) -> tuple[frozenset[str], frozenset[str]]:
    """Return how often the passage says things happen (`week` for weekly): what it surely says, and what it may say."""
    words, texts = number_words(passage.language), [token.text for token in passage.tokens]
    sure = {found[0] for at in range(len(texts)) if (found := words.rates.at(texts, at))}
    unsure = {found[0] for at in range(len(texts)) if (found := words.unsure_rates.at(texts, at))}
    return frozenset(sure), frozenset(sure | unsure)


def _doubt_rates(case: Case) -> Iterator[Finding]:
    """Find *per day* where the evidence says *weekly*."""
    if not any(quantity.kind != "ordinal" for quantity in case.claim.once(parse)):
        return
    claimed, _ = case.claim.once(rates)
    told = frozenset[str]().union(*(passage.once(rates)[1] for passage in case.evidence))
    for rate in sorted(claimed - told):
        if told - claimed:
            yield Finding("number", f"the claim says per {rate}; the cited sentences say per {', '.join(sorted(told))}")
