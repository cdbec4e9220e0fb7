"""Replies for scripted providers: written by hand or taken from the article, and named as what they are."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from summarizer.records import Request

Answer = Callable[[Request], str]


def summary(title: tuple[str, list[int]], *claims: tuple[str, list[int]]) -> str:
    """A reply for the schema `Summary`."""
    return json.dumps({"title": _claim(title), "claims": [_claim(claim) for claim in claims]}, ensure_ascii=False)


def mended(*claims: tuple[str, list[int]]) -> str:
    """A reply to the question for corrected statements."""
    return json.dumps({"claims": [_claim(claim) for claim in claims]}, ensure_ascii=False)


def _claim(claim: tuple[str, list[int]]) -> dict[str, object]:
    return {"text": claim[0], "cites": claim[1]}


def verbatim(request: Request) -> str:
    """The article's first sentences, each with its own number: always grounded."""
    units = request.units
    return summary((units[0].text, [units[0].number]), *((unit.text, [unit.number]) for unit in units[:3]))


def in_turn(*replies: str) -> Answer:
    """One reply after another; asking once too often is an error of the test."""
    left: Iterator[str] = iter(replies)
    return lambda _: next(left)
