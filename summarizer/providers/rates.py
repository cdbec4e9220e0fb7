"""Reads what servers tell about their limits: `x-ratelimit-{limit,remaining,reset}-{requests,tokens}`.

OpenAI's names, which Azure, Groq, Mistral's and NVIDIA's gateways and most proxies use too; some say the period as well
(`x-ratelimit-limit-tokens-minute`). A value that makes no sense is taken as not told.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

from summarizer.records import Rate, Rates

_TOLD = "x-ratelimit-"
_PERIODS = ("", "-minute")
_DURATION = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)s)?(?:(\d+(?:\.\d+)?)ms)?")
_SECONDS = (86400.0, 3600.0, 60.0, 1.0, 0.001)
_RAN_OUT: tuple[tuple[Literal["requests", "tokens"], re.Pattern[str]], ...] = (
    ("tokens", re.compile(r"\bTPM\b|\bTPD\b|tokens per|(?:^| )tokens(?: |$)", re.IGNORECASE)),
    ("requests", re.compile(r"\bRPM\b|\bRPD\b|requests per|(?:^| )requests(?: |$)", re.IGNORECASE)),
)


def rates_of(headers: Mapping[str, str], *, refused: str | None = None) -> Rates | None:
    """Return what an answer tells about limits; None when it tells nothing.

    Args:
        headers: With names in lower case.
        refused: What the server said when it refused the request for a limit; None when it did not refuse.
    """
    if refused is None and not any(name.startswith(_TOLD) for name in headers):
        return None
    requests, tokens = _rate(headers, "requests"), _rate(headers, "tokens")
    ran_out = None if refused is None else next((name for name, words in _RAN_OUT if words.search(refused)), None)
    found = Rates(requests, tokens, ran_out)
    return None if found == Rates() else found


def _rate(headers: Mapping[str, str], kind: str) -> Rate | None:
    for period in _PERIODS:
        limit = _count(headers.get(f"x-ratelimit-limit-{kind}{period}"))
        remaining = _count(headers.get(f"x-ratelimit-remaining-{kind}{period}"))
        if limit and remaining is not None:
            return Rate(limit, min(remaining, limit), seconds(headers.get(f"x-ratelimit-reset-{kind}{period}", "")))
    return None


def _count(text: str | None) -> int | None:
    return int(text) if text is not None and text.isascii() and text.isdecimal() and len(text) <= 12 else None


def seconds(text: str) -> float | None:
    """Read a duration as these headers write it (`6m0s`, `1.2s`, `17ms`, or plain seconds); None when it is none."""
    text = text.strip()
    if re.fullmatch(r"\d{1,7}(?:\.\d{1,9})?", text):
        return float(text)
    found = _DURATION.fullmatch(text)
    if found is None or not text or len(text) > 40:
        return None
    return sum(float(part or 0) * scale for part, scale in zip(found.groups(), _SECONDS, strict=True))
