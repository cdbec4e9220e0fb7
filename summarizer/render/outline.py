"""What a result shows to people, in order, whatever its schema; and how any text is made safe to show."""

from __future__ import annotations

import re
import unicodedata
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, NamedTuple

from pydantic import BaseModel

from summarizer.records import MADE_ELSEWHERE, Check, Evidence, Result, Usage
from summarizer.schema import Claim, PlainSummary, Summary, beside, children

_SPACE = re.compile(r"[ \t\n\r\v\f\x1c-\x1f\x85\u2028\u2029]+")
# Marks that show nothing and that honest text holds: they say which way a word runs or where it may break.
_UNSEEN = re.compile("[\u00ad\u061c\u200b\u200e\u200f\u2060\ufeff]")
_JOINERS = "\u200c\u200d"
# What makes a heading of a sentence that was taken from Markdown as it stands.
_HEADING = re.compile(r"#{1,6} ")


def clean(text: str, /) -> str:
    """Return a text as one line that a terminal shows as it stands.

    White space collapses; marks that show nothing go; what could move the cursor, color the screen, turn the direction
    of reading or hide a message (controls, bidirectional overrides, tags, half characters) is shown as its code.
    """
    line = _SPACE.sub(" ", _UNSEEN.sub("", text)).strip(" ")
    return line if line.isascii() and line.isprintable() else "".join(map(shown, line))


def shown(char: str, /) -> str:
    """Return a character as it is, or the code of one that shows nothing and may drive a terminal."""
    if char in _JOINERS or unicodedata.category(char) not in ("Cc", "Cf", "Cs"):
        return char
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of what is shown: a claim, a value, or the name of what follows one level deeper.

    Attributes:
        depth: Levels above it.
        label: The field's name; None for an item of a list and for the parts of the standard summary.
        text: Claim or value, safe to show; None for a name alone.
        numbers: Units that a claim rests on.
        check: Our look at a claim.
        is_title: Whether it is the title of the standard summary.
        is_unchecked: Whether nothing checked the text.
        risk: How doubtful a claim is that passed; None where that is not shown.
    """

    depth: int
    label: str | None
    text: str | None
    numbers: tuple[int, ...] = ()
    check: Check | None = None
    is_title: bool = False
    is_unchecked: bool = False
    risk: float | None = None


class Note(NamedTuple):
    """One thing that we found out about a claim.

    Attributes:
        name: What it is: a kind of finding, `unsupported`, or what the article's own words took the place of.
        text: What there is to say about it, on one line; safe to show.
        is_rejected: Whether the text is the sentence of the model that was replaced, and no doubt.
    """

    name: str
    text: str
    is_rejected: bool = False

    def said(self, escape: Callable[[str], str]) -> str:
        """Return the text as a format writes it; the model's sentence in quotation marks."""
        return f"“{escape(self.text)}”" if self.is_rejected else escape(self.text)


def notes(row: Row, /) -> Iterator[Note]:
    """Yield what we found out about the claim of a row."""
    check = row.check
    if check is None:
        return
    if check.rejected is not None and check.origin == "extract":
        yield Note("the article's own words, in place of", clean(check.rejected), is_rejected=True)
    for finding in check.findings:
        yield Note(finding.kind, clean(finding.detail))
    if not check.supported and not check.findings:
        yield Note("unsupported", "nothing that it rests on says this")


def rows(result: Result[Any], /) -> Iterator[Row]:
    """Yield what a result shows.

    A sentence of the standard summary that says word for word what its title says is shown once, as the title: the
    extractive model has no other words for a title. A sentence that was made elsewhere is shown with its risk: what the
    article never speaks of contradicts nothing in it, and passes.
    """
    checks = {check.path: check for check in result.checks}
    summary = result.summary
    if isinstance(summary, PlainSummary):
        for index, claim in enumerate(summary.claims):
            (row,) = _rows(claim, f"/claims/{index}", 0, None, checks)
            yield replace(row, risk=None if row.check is None else _shown_risk(row.check))
        return
    if isinstance(summary, Claim):  # a schema may be one claim and no more
        yield from _rows(summary, "", 0, None, checks)
        return
    if not isinstance(summary, Summary):
        for name, value in children(summary):
            yield from _rows(value, f"/{name}", 0, name, checks)
        return
    title, *more = _rows(summary.title, "/title", 0, None, checks)
    yield replace(title, is_title=True)
    yield from more
    for index, claim in enumerate(summary.claims):
        said, *more = _rows(claim, f"/claims/{index}", 0, None, checks)
        if more or not _repeats(said, title):
            yield said
            yield from more
    for name, value in children(summary):
        if name not in ("title", "claims"):
            yield from _rows(value, f"/{name}", 0, name, checks)


def _shown_risk(check: Check) -> float | None:
    """Return the risk of what passed in other words than the article's."""
    return check.risk if check.supported and check.risk else None


def _repeats(row: Row, title: Row) -> bool:
    return (row.text, row.numbers) == (title.text, title.numbers) and all(
        found.check is not None and found.check.supported and found.check.rejected is None for found in (row, title)
    )


def _rows(value: Any, path: str, depth: int, label: str | None, checks: Mapping[str, Check]) -> Iterator[Row]:
    if isinstance(value, Claim):
        yield _claim(value, depth, label, checks.get(path))
        for name, item in beside(value):
            yield from _rows(item, f"{path}/{name}", depth + 1, _label(name), checks)
        return
    inner = children(value)
    if not inner:
        yield _value(value, depth, label)
        return
    if label is not None:
        yield Row(depth, label, None)
        depth += 1
    for name, item in inner:
        if isinstance(value, (list, tuple, deque)):
            is_simple = isinstance(item, Claim) or not children(item)
            part = None if is_simple else str(int(name) + 1)
        else:
            part = _label(name)
        yield from _rows(item, f"{path}/{name}", depth, part, checks)


def _label(name: str) -> str:
    """Show a part of a JSON pointer as what it names."""
    return clean(name.replace("~1", "/").replace("~0", "~"))


def _claim(claim: Claim, depth: int, label: str | None, check: Check | None) -> Row:
    numbers = tuple(claim.cites) if check is None else tuple(item.unit for item in check.evidence)
    text = clean(claim.text)
    marks = _HEADING.match(text)
    return Row(depth, label, text[marks.end() :] if marks else text, numbers, check, is_unchecked=check is None)


def _value(value: Any, depth: int, label: str | None) -> Row:
    if isinstance(value, (set, frozenset)):
        value = ", ".join(sorted(map(_written, value)))
    is_empty = value is None or value == "" or isinstance(value, (BaseModel, Mapping, list, tuple, deque))
    return Row(depth, label, "–" if is_empty else clean(_written(value)), is_unchecked=not is_empty)


def _written(value: Any) -> str:
    if isinstance(value, Enum):
        value = value.value
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def evidence(result: Result[Any], /) -> list[Evidence]:
    """Return every unit that a claim rests on, once, in the order of the article."""
    units = {item.unit: item for check in result.checks for item in check.evidence}
    return [units[number] for number in sorted(units)]


def closing(result: Result[Any], /) -> str:
    """Return one line: the model, how much of the article the summary rests on, and what it cost, when known.

    Who wrote a summary that was only checked, nobody knows; how many of its sentences passed is what was asked.
    """
    coverage, usage = result.coverage, result.usage
    is_made_elsewhere = result.model == MADE_ELSEWHERE
    parts = [] if is_made_elsewhere else [clean(result.model)]
    if is_made_elsewhere or not result.grounded:
        passed = sum(check.supported for check in result.checks)
        parts.append(f"{passed} of {many(len(result.checks), 'claim')} supported")
    parts.append(f"rests on {len(coverage.cited)} of {many(coverage.units, 'sentence')}")
    if coverage.parts:
        parts[-1] += f", in {len(coverage.parts) - len(coverage.unused)} of {many(len(coverage.parts), 'part')}"
    if coverage.partial:
        parts.append(f"{many(len(coverage.partial), 'sentence')} unread")
    return " · ".join([*parts, *cost(usage)])


def cost(usage: Usage, /) -> Iterator[str]:
    """Yield what requests took, as far as it is known."""
    if usage.requests:
        yield many(usage.requests, "request")
    if usage.input_tokens and usage.output_tokens is not None:
        yield f"{usage.input_tokens:,} tokens in, {usage.output_tokens:,} out"
    if usage.cost_usd:
        yield f"${usage.cost_usd.normalize():f}"


def many(count: int, thing: str, things: str = "") -> str:
    """Return a number of things: `1 request`, `2,000 requests`, `2 summaries`."""
    return f"{count:,} {thing if count == 1 else things or thing + 's'}"
