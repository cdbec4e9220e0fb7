"""Numbers told without writing them: *half a century*, *one fewer than four*, the others of *two of the seven*.

Five wins are also what *the fifth win in a row* tells. Readers work such small sums out at once (quantity entailment:
Roy, Vieira and Roth 2015). Any two small numbers make some third one, so each of them needs the words that tell of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import combinations, pairwise, product

from summarizer.ground.doubts.change import changes
from summarizer.ground.doubts.numbers.counted import part_and_whole
from summarizer.ground.doubts.numbers.often import rates
from summarizer.ground.reading import when
from summarizer.ground.reading.arithmetic import factor, fits_bound, is_currency, is_same, is_time
from summarizer.ground.reading.clause import clause_at, stems
from summarizer.ground.reading.lexicon import directions
from summarizer.ground.reading.locales import number_words, word_set
from summarizer.ground.reading.numerals import HALF
from summarizer.ground.reading.quantity import Quantity, Reading, parse
from summarizer.ground.reading.text import Passage, where

_FEWER, _ONE, _REST, _IN_A_ROW = map(word_set, ("fewer", "one", "rest", "in_a_row"))
_APART = 2  # tokens between *one* and *fewer*: un titolo in meno
_THAN = 5  # tokens behind *one* in which the number follows: one fewer than four
_ROW = 4  # tokens behind an ordinal in which it says *in a row*
_BY = 2  # tokens between a number and the *more* that makes it a difference
_COMPARED = frozenset({"=increase_more", "=decrease_less", "=long", "=short", "=early", "=late", "=fast", "=slow"})
_TOLD = 6  # tokens around a number in which it is told whether something rose or fell by it
_LEAST_APART = 12  # as for sums of numbers without a unit
_LOSE = "=lose"
_LARGEST_SCORE = 60
_MIDNIGHT, _MIDDAY = word_set("midnight"), word_set("noon")
_NOON = 720  # minutes
_YEARS = range(1500, 2200)  # what a number of four digits without a unit may be
_MOST_COUNTED = 16  # of more numbers some two always make a third


def is_reckoned(quantity: Quantity, claim: Passage, evidence: Sequence[Passage]) -> bool:
    """Whether the evidence tells a number of the claim, which stands nowhere in it, by other ones."""
    if (
        _is_in_a_row(quantity, claim, evidence)
        or _is_apart(quantity, claim, evidence)
        or _is_margin(quantity, evidence)
        or _is_in_all(quantity, evidence)
        or _is_plain_year(quantity, evidence)
    ):
        return True
    if quantity.kind == "clock":
        return any(_is_score(quantity, one) or quantity.value in one.once(_hours) for one in evidence)
    if is_time(quantity.unit):
        return (
            _is_the_last(quantity, evidence)
            or (quantity.bound != "" and any(_is_in_parts(quantity, one) for one in evidence))
            or (quantity.unit == "month" and any(quantity.value in one.once(_spans) for one in evidence))
            or any(
                factor(unit, quantity.unit) == quantity.value / HALF for one in evidence for unit in one.once(_halved)
            )
            or any(factor(unit, quantity.unit) == quantity.value for one in evidence for unit in one.once(_single))
        )
    if quantity.power or quantity.unit not in ("", "%"):
        return False
    by_one = quantity.kind == "count" and any(quantity.value in one.once(_by_one) for one in evidence)
    return by_one or any(_is_the_rest(quantity, claim, one) for one in evidence)


def changed(quantity: Quantity, claim: Passage, evidence: Sequence[Passage]) -> bool | None:
    """Whether a number is by how much one of the evidence changed: *40 % less*, *37 million less* of *from 95 to 58*.

    False where it changed so the other way, up for down; None where nothing did by so much.
    """
    if quantity.kind != "count":
        return None
    amounts = [(change, unit) for passage in evidence for change, unit in passage.once(_amounts)]
    rates = [(change, rate) for change, unit in amounts if (rate := factor(unit, quantity.unit)) is not None]
    found = [change for change, rate in rates if _is_nearly(quantity, abs(change) * rate)]
    sense = _sense(quantity, claim) if found else 0
    return any(not sense or (sense > 0) == (change > 0) for change in found) if found else None


def _amounts(passage: Passage) -> tuple[Reading, ...]:
    """Return by how much each number that changes in a passage does so, in its unit and in %; below 0 for a fall."""
    pairs = [pair for change in passage.once(changes) for pair in product(change.old.readings, change.new.readings)]
    values = [(old * rate, new, of) for (old, unit), (new, of) in pairs if (rate := factor(unit, of)) and old]
    steps = [(new - old, of) for old, new, of in values if old != new and of != "%"]
    return (*steps, *[(100 * (new - old) / old, "%") for old, new, _ in values if old != new])


def _is_nearly(quantity: Quantity, value: Decimal) -> bool:
    """Whether a number is one that was worked out, rounded to its last digit, or on the side of it that it tells."""
    if quantity.bound:
        return fits_bound(quantity, quantity.reads((value, quantity.unit))._replace(bound=""))
    exponent = quantity.value.as_tuple().exponent
    step = Decimal(1).scaleb(exponent if isinstance(exponent, int) else 0)
    return abs(quantity.value - value) <= step / 2


def _sense(quantity: Quantity, claim: Passage) -> int:
    """Return 1 for a number that something rises by, -1 for one that it falls by; 0 where neither is said."""
    clause, known = clause_at(claim, quantity.first), directions(claim.language)
    if clause is None:
        return 0
    row, texts = claim.once(stems), claim.texts
    before = range(quantity.first - 1, max(clause.start, quantity.first - _TOLD) - 1, -1)
    for at in (*before, *range(quantity.last, min(clause.end, quantity.last + _TOLD))):
        sense = known.concepts.get(row[at] or "") or known.words.get(texts[at]) or -(row[at] == _LOSE)
        if sense:
            return sense
    return 0


def _is_in_parts(quantity: Quantity, passage: Passage) -> bool:
    """Whether a time is another one told in two units: *nearly three hours* are two hours and 51 minutes."""
    told = [item for item in passage.once(parse) if item.kind == "count"]
    for one, two in pairwise(told):
        rate = factor(two.unit, one.unit) if is_time(one.unit) and two.first - one.last <= 1 else None
        if rate is not None and rate < 1 and not two.bound:
            whole = one.reads((one.value + two.value * rate, one.unit))._replace(bound="")
            if fits_bound(quantity, whole):
                return True
    return False


def _spans(passage: Passage) -> frozenset[Decimal]:
    """Return how many months there are from one that a passage names to the next: nine from January to September."""
    months = [date.month for date in passage.once(when.parse) if date.month and not date.day and not date.weekday]
    return frozenset([Decimal(last - first + 1) for first, last in pairwise(months) if last > first])


def _hours(passage: Passage) -> frozenset[int]:
    """Return the minutes since midnight that a passage tells by a word."""
    words = frozenset(passage.texts) | {"-".join(three[::2]) for three in _threes(passage) if three[1] == "-"}
    return frozenset(minutes for minutes, named in ((0, _MIDNIGHT), (_NOON, _MIDDAY)) if not named.isdisjoint(words))


def _threes(passage: Passage) -> Iterator[tuple[str, str, str]]:
    return zip(passage.texts, passage.texts[1:], passage.texts[2:], strict=False)


def _is_score(quantity: Quantity, passage: Passage) -> bool:
    """Whether what may be a time is a vote or a result that is told as two numbers: *19:17* for *19 zu 17*."""
    pairs = pairwise(item for item in passage.once(parse) if _is_plain(item) and item.value < _LARGEST_SCORE)
    near = ((one.value, two.value) for one, two in pairs if two.first - one.last <= _APART)
    return any(f"{one}:{two:0>2}" == quantity.text.replace(" ", "") for one, two in near)


def _is_the_last(quantity: Quantity, evidence: Sequence[Passage]) -> bool:
    """Whether the evidence tells of the last of so many days, or years: five of them on *the fifth day*."""
    units = (
        number_words(passage.language).units.at(passage.texts, other.last)
        for passage in evidence
        for other in passage.once(parse)
        if other.kind == "ordinal" and other.value == quantity.value
    )
    return any(unit is not None and unit[0] == quantity.unit for unit in units)


def _is_in_a_row(quantity: Quantity, claim: Passage, evidence: Sequence[Passage]) -> bool:
    """Whether the evidence has as many, and one of the two numbers is the ordinal of the last in a row."""
    if quantity.kind == "ordinal":
        return _is_row_told(claim, quantity) and any(
            other.kind == "count" and other.value == quantity.value for one in evidence for other in one.once(parse)
        )
    return quantity.kind == "count" and any(
        other.kind == "ordinal" and other.value == quantity.value and _is_row_told(one, other)
        for one in evidence
        for other in one.once(parse)
    )


def _is_row_told(passage: Passage, quantity: Quantity) -> bool:
    return not _IN_A_ROW.isdisjoint(passage.texts[quantity.last : quantity.last + _ROW])


def has_more(quantity: Quantity, passage: Passage) -> bool:
    """Whether a smaller unit of the same measure is told right behind a number: *seven years and four months*."""
    behind = next((item for item in passage.once(parse) if item.first >= quantity.last), None)
    if behind is None or behind.first > quantity.last + 1 or not quantity.unit or behind.kind != "count":
        return False
    rate = factor(quantity.unit, behind.unit)
    return rate is not None and rate > 1 and behind.value < rate


def is_between_years(quantity: Quantity, evidence: Sequence[Passage]) -> bool:
    """Whether so many years lie between two years of the evidence."""
    if quantity.unit != "year" or quantity.value <= 0:
        return False
    years = {year for passage in evidence for year in passage.once(_years)}
    return any(year + quantity.value in years for year in years)


def _is_plain_year(quantity: Quantity, evidence: Sequence[Passage]) -> bool:
    """Whether a number is what was read as a year in the evidence, or rounds it: *1500* for *1503 voters*."""
    if quantity.kind != "count" or quantity.unit or quantity.power or quantity.value not in _YEARS:
        return False
    years = (date.year for one in evidence for date in one.once(when.parse) if date.year and not date.month)
    told = [quantity.reads((Decimal(year), ""))._replace(bound="") for year in years]
    return any(is_same(quantity, other) or fits_bound(quantity, other) for other in told)


def _years(passage: Passage) -> frozenset[int]:
    """Return the years that a passage tells, also where no more than four digits tell one: *2031 instead of 2028*."""
    plain = [int(item.value) for item in passage.once(parse) if _is_plain(item) and item.text.isdecimal()]
    return frozenset(
        [*(date.year for date in passage.once(when.parse) if date.year), *(year for year in plain if year in _YEARS)]
    )


def _is_apart(quantity: Quantity, claim: Passage, evidence: Sequence[Passage]) -> bool:
    """Whether so much more, or less, is what two numbers of the evidence differ by: *two years longer*."""
    row = claim.once(stems)
    around = (*row[max(0, quantity.first - _BY) : quantity.first], *row[quantity.last : quantity.last + _BY])
    if _COMPARED.isdisjoint(around) or quantity.bound:
        return False
    told = [item for passage in evidence for item in passage.once(parse) if item.kind == "count"][:_MOST_COUNTED]
    if not quantity.unit:  # left out, as the evidence may do with one of the two: 320 km, soit 60 de plus
        pairs = ((one, two) for one, two in combinations(told, 2) if one.unit and two.unit in ("", one.unit))
        return quantity.value > _LEAST_APART and any(abs(one.value - two.value) == quantity.value for one, two in pairs)
    values = [item.value * rate for item in told if item.unit and (rate := factor(item.unit, quantity.unit))]
    return any(abs(one - two) == quantity.value for one, two in combinations(values, 2))


def _is_margin(quantity: Quantity, evidence: Sequence[Passage]) -> bool:
    """Whether so many points are what the two sides of a score differ by: eight of *17-9*."""
    if quantity.unit != "point" or quantity.kind != "count":
        return False
    rows = [[item for item in passage.once(parse) if _is_plain(item)] for passage in evidence]
    scores = ((one, two) for told in rows for one, two in pairwise(told) if two.first - one.last <= 1)
    return any(abs(one.value - two.value) == quantity.value for one, two in scores)


def _is_in_all(quantity: Quantity, evidence: Sequence[Passage]) -> bool:
    """Whether a sum is what so much a year makes in so many: *20 million* of *4 million a year for five years*."""
    if not (is_currency(quantity.unit) or (quantity.power and not quantity.unit)):
        return False
    for passage in evidence:
        if "year" in passage.once(rates)[1]:
            told = passage.once(parse)[:_MOST_COUNTED]
            years = [item.value for item in told if item.unit == "year" and item.kind == "count"]
            sums = [item.value * rate for item in told if (rate := factor(item.unit, quantity.unit))]
            if any(_is_nearly(quantity, one * two) for one in sums for two in years):
                return True
    return False


def halved(quantity: Quantity, passage: Passage) -> Quantity:
    """Return half of a number where a passage says so right before it: *half* a century."""
    if quantity.value != 1 or not is_time(quantity.unit) or not quantity.first:
        return quantity
    if number_words(passage.language).half.before(passage.texts, quantity.first) is None:
        return quantity
    return quantity.reads((quantity.value * HALF, quantity.unit))


def _single(passage: Passage) -> tuple[str, ...]:
    """Return the units of time that a passage has one of: *a year later*."""
    words, texts = number_words(passage.language), passage.texts
    units = (words.units.at(texts, at) for at in range(1, len(texts)) if texts[at - 1] in words.one)
    return tuple([unit[0] for unit in units if unit is not None and is_time(unit[0])])


def _halved(passage: Passage) -> tuple[str, ...]:
    """Return the units of time of which a passage has half a one."""
    return tuple(_halves(passage))


def _halves(passage: Passage) -> Iterator[str]:
    words, texts = number_words(passage.language), passage.texts
    for at in range(1, len(texts)):
        unit = words.units.at(texts, at)
        if unit is not None and is_time(unit[0]):
            end = at - (texts[at - 1] == "-" or texts[at - 1] in words.one)
            if words.half.before(texts, end) is not None or words.half.before(texts, at) is not None:
                yield unit[0]


def _by_one(passage: Passage) -> frozenset[Decimal]:
    """Return what the numbers of a passage are with one more and one fewer, where it says so behind or before them."""
    texts = passage.texts
    if _FEWER.isdisjoint(texts):
        return frozenset()
    places = sorted([at for word in _ONE.intersection(texts) for at in where(texts, word)])
    places = [at for at in places if not _FEWER.isdisjoint(texts[at + 1 : at + 2 + _APART])]
    if not places:
        return frozenset()
    than = {at for place in places for at in range(place + 2, place + 2 + _THAN)}
    told = [
        item.value
        for item in passage.once(parse)
        if _is_plain(item) and (item.last <= places[-1] or item.first in than)
    ]
    return frozenset(value + step for value in told for step in (1, -1))


def _is_plain(item: Quantity) -> bool:
    return item.kind == "count" and not item.unit and not item.power


def _is_the_rest(quantity: Quantity, claim: Passage, passage: Passage) -> bool:
    """Whether five of seven are what *two of the seven* leave, where the evidence alone speaks of the others."""
    if _REST.isdisjoint(passage.texts) or not _REST.isdisjoint(claim.texts):
        return False
    there = passage.once(_counts)
    mine = part_and_whole(quantity, claim)
    parts, wholes = (mine, mine) if mine else (frozenset([quantity.value]), claim.once(_counts))
    return len(there) <= _MOST_COUNTED and any(
        whole - part in there for whole in wholes & there for part in parts - {whole}
    )


def _counts(passage: Passage) -> frozenset[Decimal]:
    """Return the numbers of a passage that count things."""
    parts = [part_and_whole(item, passage) for item in passage.once(parse)]
    return frozenset([item.value for item in passage.once(parse) if _is_plain(item)]).union(*parts)
