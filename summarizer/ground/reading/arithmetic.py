"""When two numbers are the same, and when one follows from others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from functools import lru_cache
from itertools import combinations

from summarizer.ground.reading.locales import measures
from summarizer.ground.reading.numerals import HALF
from summarizer.ground.reading.quantity import Quantity

# How far `about 100`, `nearly 100` and `over 100` may be from the number they are said of.
_ABOUT, _NEARLY, _OVER = Decimal("0.1"), Decimal("0.88"), Decimal("1.18")
_TIME = frozenset({"months", "seconds"})
_MONEY = frozenset({"$", "£", "¥", "franc", "peso", "crown", "dinar", "dirham", "riyal", "pound", "rupee"})
_POINTS = frozenset({"pp", "point"})
_SHARES = frozenset({"%", "‰", "pp", "share10"})
# A text may leave these out: aged 10, three times, the third.
_SILENT = frozenset({"times", "fold", "point", "cent", "ordinal", "°", "quarter"})
_ROUNDED = frozenset({"count", "multiple"})
# Arithmetic over more numbers costs too much and proves nothing: some pair always fits. So do pairs for small numbers.
_MOST_TERMS = 16
_LEAST_SUM = 12
# Weeks are also counted with both of their ends: quinze jours, quindici giorni, acht Tage.
_MONTH = 30  # days: novanta giorni, tre mesi
_CENT = Decimal("0.01")
# A share told as a part may be a point off, a small one a fifth of itself: 33 % is a third, 2 % one in 45.
_POINT, _SHADE = Decimal(1), Decimal(5)
_CONVERTED = Decimal("0.02")  # 500 acres are 200 hectares, 30 miles 48 kilometers
_WEEKS = {Decimal(8): Decimal(1), Decimal(15): Decimal(2)}
_MOST_PAIRS = 1 << 12  # of units that are kept compared


@lru_cache(maxsize=_MOST_PAIRS)
def factor(unit: str, other: str) -> Decimal | None:
    """Return how many of the other unit one unit is; None when they measure different things."""
    if unit == other:
        return Decimal(1)
    known = measures()
    if other in known.like.get(unit, ()) or unit in known.like.get(other, ()):
        return Decimal(1)
    one, two = known.worth.get(unit), known.worth.get(other)
    if one and two:
        return one[1] / two[1] if one[0] == two[0] else None
    return None


@lru_cache(maxsize=_MOST_PAIRS)
def loose_factor(unit: str, other: str) -> Decimal | None:
    """Like `factor`, where one of the two may leave its unit out because readers fill it in."""
    if bool(unit) == bool(other):
        return factor(unit, other)
    if unit:
        return Decimal(1) if unit in _SILENT or is_time(unit) else None
    return None if other in _SHARES or other == "ordinal" else Decimal(1)


def is_time(unit: str) -> bool:
    """Whether a unit measures time."""
    return measures().worth.get(unit, ("", 0))[0] in _TIME


def is_currency(unit: str) -> bool:
    """Whether a unit is money."""
    return unit.isupper() or unit in _MONEY


def is_same(quantity: Quantity, other: Quantity, *, loosely: bool = False) -> bool:
    """Whether two numbers are equal in value and unit however they are written; bounds are not looked at.

    Args:
        quantity: The claim's.
        other: The evidence's.
        loosely: Whether one of them may leave its unit out.
    """
    kinds = quantity.kind, other.kind
    if "code" in kinds:
        return quantity.text == other.text
    if kinds.count("vague") == 1:
        return False
    rate_of = loose_factor if loosely else factor
    for value, unit in quantity.readings:
        for there, of in other.readings:
            here = value
            if unit != of:  # a product keeps fewer digits than a number may have
                if _may_meet(unit, of) and _are_the_same(value, unit, there, of):
                    return True
                rate = rate_of(unit, of)
                if rate is None:
                    continue
                here = value * rate
            if here == there or (
                of == "%" and "fraction" in kinds and abs(here - there) <= min(_POINT, there / _SHADE)
            ):
                return True
    return False


@lru_cache(maxsize=_MOST_PAIRS)
def _may_meet(unit: str, of: str) -> bool:
    """Whether numbers in two different units may be equal beyond what a factor between these tells."""
    return not {unit, of}.isdisjoint({"cent", "day", *measures().converted})


def _are_the_same(value: Decimal, unit: str, there: Decimal, of: str) -> bool:
    """Whether two numbers are equal in different units that may meet."""
    if _are_weeks(value, unit, there, of) or _are_parts(value, unit, there, of):
        return True
    return _are_converted(value, unit, there, of) or _are_converted(there, of, value, unit)


def _are_weeks(value: Decimal, unit: str, there: Decimal, of: str) -> bool:
    """Whether one number is weeks, and the other so many days as they are said to have."""
    if unit == "week":
        value, unit, there, of = there, of, value, unit
    return (unit, of) == ("day", "week") and _WEEKS.get(value) == there


def _are_parts(value: Decimal, unit: str, there: Decimal, of: str) -> bool:
    """Whether one number is cents and the other the same in their currency, or one is days and the other months."""
    if of == "cent" or (unit, of) == ("month", "day"):
        value, unit, there, of = there, of, value, unit
    if unit == "cent":
        return is_currency(of) and value * _CENT == there
    return (unit, of) == ("day", "month") and value == there * _MONTH


def _are_converted(value: Decimal, unit: str, there: Decimal, of: str) -> bool:
    """Whether one number is the other in the metric system, perhaps rounded: 38 centimeters are 15 inches."""
    foreign, metric = measures().converted.get(of), measures().worth.get(unit)
    if foreign is None or metric is None or foreign[0] != metric[0]:
        return False
    whole = there * foreign[1]
    return abs(value * metric[1] - whole) <= _CONVERTED * whole


def competes(quantity: Quantity, other: Quantity) -> bool:
    """Whether a number of the evidence could stand where the claim's does: same sort, same measure."""
    if quantity.kind != other.kind and (quantity.weak or "count" not in (quantity.kind, other.kind)):
        return _is_part(quantity) and (other.unit in _SHARES or _is_part(other))
    if quantity.kind == other.kind == "multiple":
        return quantity.unit == other.unit  # a double murder is no factor
    return bool(quantity.readings and other.readings) and factor(quantity.unit, other.unit) is not None


def _is_part(quantity: Quantity) -> bool:
    """Whether a number tells a part of something: *a third of it*, *half as much*; *halved* does not."""
    return quantity.kind == "fraction" or (
        quantity.kind == "multiple" and quantity.value < 1 and quantity.last > quantity.first + 1
    )


def bears(given: str, claimed: str) -> bool:
    """Whether what one bound says of a number allows what another says of the same number.

    *About 100* may be told as 100; *more than 100*, *up to 100* and *nearly 100* may not.
    """
    if claimed in (given, "~"):
        return True
    if ">?" in (given, claimed):  # German über 80 is more than 80, or about 80
        return {given, claimed} <= {">?", ">", ">=", ""}
    if not claimed:
        return given == "~"
    if not given:
        return claimed in (">=", "<=", "-~")
    upper, lower = {"<", "<=", "-~"}, {">", ">="}
    return {given, claimed} <= upper or {given, claimed} <= lower or (given, claimed) == ("~", "-~")


def fits_vague(quantity: Quantity, other: Quantity) -> bool:
    """Whether *hundreds* is said of 519, *millions* of 3 million."""
    return loose_factor(quantity.unit, other.unit) is not None and (
        quantity.value <= other.value < quantity.value * 1000
    )


def fits_bound(quantity: Quantity, other: Quantity) -> bool:
    """Whether *over 500* is said of 519, *nearly 520* of 519: a rounder number on the right side, and near.

    What the evidence bounds itself (*more than 25,000*) has no other bound, but *at least 519* is over 500 too.
    """
    rate = loose_factor(quantity.unit, other.unit)
    same_side = other.bound == ">=" and quantity.bound in (">", ">=")
    if rate is None or not quantity.bound or (other.bound not in ("", "~") and not same_side) or other.kind == "vague":
        return False
    if quantity.kind != "fraction" and _fineness(quantity.value) >= _fineness(other.value):
        return False
    claimed, there = quantity.value * rate, other.value
    if quantity.bound in (">", ">=", ">?"):
        return claimed < there <= claimed * _OVER
    if quantity.bound in ("<", "<=", "-~"):
        return claimed * _NEARLY <= there < claimed
    return abs(claimed - there) <= _ABOUT * there


def _fineness(value: Decimal) -> float:
    """Return how fine a number is: its significant digits, a last 5 being half a one: 25 is rounder than 23."""
    digits = value.normalize().as_tuple().digits
    return len(digits) - (0.5 if digits[-1] == 5 else 0)


def _digits(value: Decimal) -> int:
    """Count the significant digits: 519 has three, 500 one."""
    return len(value.normalize().as_tuple().digits)


def rounds(quantity: Quantity, other: Quantity) -> bool:
    """Whether 1.2 million stands for 1,234,567: at least two digits are told, and they are right."""
    if quantity.kind != other.kind or quantity.kind not in _ROUNDED or loose_factor(quantity.unit, other.unit) != 1:
        return False
    shape, there = quantity.value.as_tuple(), other.value
    exponent, finer = shape.exponent, there.as_tuple().exponent
    if not isinstance(exponent, int) or not isinstance(finer, int) or finer >= exponent or len(shape.digits) < 2:
        return False
    step = Decimal(1).scaleb(exponent)
    return abs(quantity.value - there) <= step / 2 or quantity.value < there < quantity.value + step


def fits_any(quantity: Quantity, others: Iterable[Quantity]) -> bool:
    """Whether a number bounds or rounds one of some others."""
    if quantity.bound and any(fits_bound(quantity, other) for other in others):
        return True
    return quantity.kind in _ROUNDED and any(rounds(quantity, other) for other in others)


def follows(quantity: Quantity, others: Iterable[Quantity]) -> bool:
    """Whether a number is a sum, a difference, a share or a change of numbers of the evidence, or half of one.

    A sum or a difference is one of numbers of the same unit; a share or a change is accepted where the evidence tells
    no share itself.
    """
    told = list(others)
    terms = [other for other in told if other.kind == "count"][:_MOST_TERMS]
    if quantity.unit in _POINTS:
        shares = [other.value for other in terms if other.unit == "%"]
        return any(abs(one - two) == quantity.value for one, two in combinations(shares, 2))
    if quantity.unit in ("%", "times", "fold"):
        sure = [other for other in told if other.kind == "multiple" and not (other.weak or quantity.weak)]
        shared = any(other.unit == quantity.unit for other in (*terms, *sure))
        return not shared and any(_is_share(quantity, one, two) for one, two in combinations(terms, 2))
    values = [v * rate for v, unit in map(_main, terms) if (rate := factor(unit, quantity.unit))]
    if quantity.kind != "count" or not values:
        return False
    parts = [value for other in told if other.kind == "fraction" for value, unit in other.readings if unit != "%"]
    if any(_is_told(quantity, part * value) for part in parts for value in values):
        return True
    return quantity.value > _LEAST_SUM and any(_is_told(quantity, value) for value in _sums(values))


def _main(quantity: Quantity) -> tuple[Decimal, str]:
    return quantity.value, quantity.unit


def _is_told(quantity: Quantity, value: Decimal) -> bool:
    """Whether a number tells a value: exactly, or with its bound rounded to the last digit that it has."""
    told = quantity.bound == "~" or (quantity.bound and _digits(quantity.value) > 1)
    if not told or quantity.value == value:
        return quantity.value == value
    exponent = quantity.value.normalize().as_tuple().exponent
    step = Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0)
    if quantity.bound == "~":
        return abs(quantity.value - value) <= step / 2
    return 0 < (value - quantity.value if quantity.bound in (">", ">=", ">?") else quantity.value - value) < step


def _sums(terms: Sequence[Decimal]) -> Iterator[Decimal]:
    if len(terms) > 2:
        yield sum(terms, Decimal(0))
    for one, two in combinations(terms, 2):
        yield from (one + two, abs(one - two))


def _is_share(quantity: Quantity, one: Quantity, two: Quantity) -> bool:
    """Whether a percentage, or so many times, is what two numbers make: their ratio, or the change between them."""
    rate = factor(one.unit, two.unit)
    if rate is None or not one.value or not two.value:
        return False
    first, second = one.value * rate, two.value
    exponent = quantity.value.as_tuple().exponent
    step = Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0) / 2
    ratios = [first / second, second / first]
    if quantity.unit == "%":
        ratios = [abs(ratio) * 100 for ratio in (*ratios, (second - first) / first, (first - second) / second)]
    elif quantity.value < 1:
        whole = round(1 / quantity.value, 1)
        return any(abs(ratio - whole) <= HALF for ratio in ratios)
    return any(abs(ratio - quantity.value) <= step for ratio in ratios)
