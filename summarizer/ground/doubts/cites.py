"""Doubt: the claim cites nothing, or units that do not exist."""

from __future__ import annotations

from collections.abc import Iterator

from summarizer.ground.case import Case
from summarizer.records import Finding


def check(case: Case) -> Iterator[Finding]:
    """Find cites that lead nowhere."""
    if not case.cites and not case.missing:
        yield Finding("cite", "the claim cites no sentence of the article, and none was found that says it")
    elif not case.cites:
        yield Finding("cite", f"no sentence of the article has the number {_listed(case.missing)}")


def _listed(numbers: tuple[int, ...]) -> str:
    return " or ".join(map(str, numbers[:4])) + (" ..." if len(numbers) > 4 else "")
