"""A claim that is one endless row of clauses, numbers, dates or names takes the checks no more than linear time."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from summarizer.ground import ground
from summarizer.ground.doubts import change, dates, hedge, negation, numbers
from summarizer.plan import split
from summarizer.schema import Claim
from tests import cases
from tests.cases import kinds, naming
from tests.growth import grows_within

pairs = pytest.mark.parametrize


@pairs(
    ("check", "claim", "evidence", "language"),
    [
        (numbers.check, "12 euros, ", "12 euros, ", "en"),
        (numbers.check, "{0} km, ", "7{0} euros, ", "en"),
        (dates.check, "May 19{0}, ", "May 19{0}, ", "en"),
        (change.check, "from {0} to 9{0}; ", "from {0} to 8{0}; ", "en"),
        (naming, "the mayor, ", "the minister met, ", "en"),
        (negation.check, "it did not rise {0}, ", "it fell {0}, ", "en"),
        (hedge.check, "they sold {0}; ", "they may sell {0}; ", "en"),
    ],
)
def test_what_a_claim_has_is_not_compared_with_all_that_its_evidence_has(
    check: cases.Check, claim: str, evidence: str, language: str
) -> None:
    def prepared(times: int) -> Callable[[], object]:
        texts = ("".join(piece.format(10 + at % 90) for at in range(times)) for piece in (claim, evidence))
        mine, theirs = texts
        case = cases.make_case(mine, [theirs], language=language)
        return lambda: list(check(case))

    assert grows_within(6.25, lambda: prepared(150), lambda: prepared(600))


def test_a_name_of_a_claim_is_not_looked_for_in_every_unit() -> None:
    def prepared(times: int) -> Callable[[], object]:
        called = [f"{chr(65 + at % 26)}{chr(97 + at // 26)}ra{at}" for at in range(times)]
        units = [f"{name} met a man." for name in called]
        case = cases.make_case("".join(f"{name} left, " for name in called), units[:1], after=units[1:])
        return lambda: list(naming(case))

    assert grows_within(6.25, lambda: prepared(150), lambda: prepared(600))


def test_a_claim_too_long_to_be_compared_whole_is_told() -> None:
    units = split("They may sell the plant.", "en")
    claims = [("/claims/0", Claim(text="They sold the plant, " * times, cites=[1])) for times in (60, 70)]
    assert [len(ground([claim], units, language="en").warnings) for claim in claims] == [0, 1]


def test_very_many_capitals_in_a_row_are_no_matter() -> None:
    assert kinds(naming, "CHF " * 3000, "CHF", language="de") == []


@pairs(("check", "piece", "kind"), [(numbers.check, "1{} euros", "number"), (dates.check, "{0} May 19{0}", "date")])
def test_the_last_of_very_many_is_looked_at_too(check: cases.Check, piece: str, kind: str) -> None:
    told = ", ".join(piece.format(at) for at in range(10, 31)) + ", "
    assert kinds(check, f"{told * 4} and so on.", told) == []
    assert kinds(check, f"{told * 4}{piece.format(31)}.", told) == [kind]
