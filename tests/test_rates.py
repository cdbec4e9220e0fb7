"""What servers tell about their limits, as they write it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.providers.rates import rates_of, seconds
from summarizer.records import Rate, Rates

OPENAI = {
    "x-ratelimit-limit-requests": "1200",
    "x-ratelimit-remaining-requests": "1199",
    "x-ratelimit-reset-requests": "50ms",
    "x-ratelimit-limit-tokens": "300000",
    "x-ratelimit-remaining-tokens": "299150",
    "x-ratelimit-reset-tokens": "170ms",
}


def test_the_headers_of_openai_tell_both_limits() -> None:
    assert rates_of(OPENAI) == Rates(Rate(1200, 1199, 0.05), Rate(300_000, 299_150, 0.17))


def test_an_answer_without_such_headers_tells_nothing() -> None:
    assert rates_of({"content-type": "application/json", "retry-after": "2"}) is None


def test_a_limit_whose_name_holds_its_period_is_understood() -> None:
    headers = {"x-ratelimit-limit-tokens-minute": "60000", "x-ratelimit-remaining-tokens-minute": "1000"}

    assert rates_of(headers) == Rates(tokens=Rate(60_000, 1000))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("6m0s", 360),
        ("1.2s", 1.2),
        ("17ms", 0.017),
        ("2m59.56s", 179.56),
        ("1h2m3s", 3723),
        ("1d", 86400),
        ("12", 12),
        ("0", 0),
    ],
)
def test_a_duration_is_read_as_servers_write_it(text: str, expected: float) -> None:
    assert seconds(text) == pytest.approx(expected)


@pytest.mark.parametrize("text", ["", "soon", "-1", "3s4m", "NaN", "1e9", "2026-11-28T12:00:00Z", "١s" * 9])
def test_what_is_no_duration_is_not_told(text: str) -> None:
    assert seconds(text) is None


@pytest.mark.parametrize(
    ("limit", "remaining"), [("0", "0"), ("-5", "3"), ("1200", ""), ("1200", "1.5"), ("9" * 30, "1"), ("²", "1")]
)
def test_a_limit_that_makes_no_sense_is_not_told(limit: str, remaining: str) -> None:
    assert rates_of({"x-ratelimit-limit-requests": limit, "x-ratelimit-remaining-requests": remaining}) is None


def test_no_more_can_remain_than_there_is() -> None:
    headers = {"x-ratelimit-limit-requests": "10", "x-ratelimit-remaining-requests": "99"}

    assert rates_of(headers) == Rates(Rate(10, 10))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Rate limit reached for m on tokens per min (TPM): Limit 10000 rate_limit_exceeded tokens", "tokens"),
        ("Rate limit reached for m on requests per min (RPM): Limit 3 rate_limit_exceeded requests", "requests"),
        ("Slow down. requests", "requests"),
    ],
)
def test_the_limit_that_ran_out_is_named(words: str, expected: str) -> None:
    found = rates_of({}, refused=words)

    assert found is not None
    assert found.ran_out == expected


def test_a_refusal_that_names_no_limit_tells_nothing() -> None:
    assert rates_of({}, refused="Too busy.") is None


@given(st.dictionaries(st.sampled_from(sorted(OPENAI)), st.text(max_size=20)))
def test_headers_never_raise(headers: dict[str, str]) -> None:
    rates_of(headers, refused="")
