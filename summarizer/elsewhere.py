"""Reads a summary that was made elsewhere, or shown before, as text or as Markdown.

Marks such as `[2]`, `[^2]` and `【2†source】` are no part of what a sentence says; a line such as `Key points:` says
nothing, nor do the names of a table's columns. In what `render` made of a result such marks are its cites. In a text of
somebody else they may number anything: its evidence is searched for.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from typing import get_args

from summarizer.errors import UsageError
from summarizer.plan import split
from summarizer.records import FindingKind
from summarizer.render import WIDTH
from summarizer.schema import Claim, PlainSummary, says_something
from summarizer.surrogates import has_surrogates

_MARK = r"(?:\[\^?\d+(?:[,;–-] ?\^?\d+)*\]|【[^【】\n]*】)"
# A mark that opens a line and has a colon behind it is the note to which others point.
_MARKS = re.compile(rf"(?!^{_MARK}:)[ \u00a0]?{_MARK}")
# What opens an item of a list (of things to do, too) or a heading. A number does where such lines count up from 1: that
# of "5. Mai" is a day.
_BULLET = re.compile(r"^\s*(?:(?:[-*•‣◦▪●·–]|#{1,6})\s+)?(?:\[[ xX]\]\s+)?(?=\S)")
_COUNTED = re.compile(r"\s*\(?(\d{1,2})[.)]\s+")
# What may be a label, in bold or not, before something else.
_LABEL = re.compile(r"[^:：\n]{1,80}[:：](?:[*_]{1,3})?\s*(?=\S)")
# What the line below a table's head is made of.
_RULE = re.compile(r"\s*:?-+:?\s*")
# What counts the words of the summary that it ends.
_LENGTH = re.compile(r"\(~?\d+\s(\w+)\)|\(?([^\d:：]{1,40})[:：]\s?~?\d+(?:\s\w+)?\)?")
# Where a shown result says what its numbers mean.
_EVIDENCE = re.compile(r"^(?:Evidence:\n  \[\d+\] |\[\^(\d+)\]: Sentence \1: )", re.MULTILINE)
_CITE = re.compile(r" ?\[\^?(\d{1,9})\]")
_BEFORE = re.compile(r"^(?:- |✗ )+")
_BEHIND = re.compile(r"\s\((?:risk\s[\d.]+|unchecked)\)$")
# What a shown result tells of its claims, and of itself.
_ASIDE = re.compile(
    rf"(?:{'|'.join(get_args(FindingKind))}|unsupported|the article's own words, in place of): |"
    r"(?:.* · )?rests on [\d,]+ of [\d,]+ sentence"
)
# Where a claim ends, and what a schema has beside its claims: a name of what follows, or a value that nobody checked.
_ENDS = re.compile(r"(?:\[\d+\]|\((?:risk\s[\d.]+|unchecked)\))$")
_NAMES = re.compile(r"^(?!✗)[^.!?]{1,80}:$|\s\(unchecked\)$")


def sentences(summary: str, /) -> PlainSummary:
    """Cut a summary into claims; a line break always ends one.

    Args:
        summary: Plain text, whose claims cite nothing; or a result as `render.text` or `render.markdown` shows it,
            whose claims cite what they did.

    Raises:
        UsageError: The text says nothing, or holds half a character.
    """
    if has_surrogates(summary):
        raise UsageError("the summary holds half a character (a lone surrogate): decode it again, or take that out")
    shown = _EVIDENCE.search(summary)
    claims = list(_cited(_shown(summary, shown)) if shown else _uncited(summary.splitlines()))
    if not claims:
        raise UsageError("the summary is empty: there is nothing to check")
    return PlainSummary(claims=claims)


def _uncited(lines: Iterable[str]) -> Iterator[Claim]:
    items = _without_heads(_items(lines))
    said = [
        unit.text
        for line in [line for line in items if line.strip() and not _is_label(line)] or items
        for unit in split(_MARKS.sub("", _without_label(line)))
        if says_something(unit.text)
    ]
    if len(said) > 1 and _is_length(said[-1]):
        said.pop()
    return (Claim(text=text, cites=[]) for text in said)


def _is_length(sentence: str) -> bool:
    """Whether the last sentence only counts the words of the summary: `(120 words)`, `Word count: 120`."""
    found = _LENGTH.fullmatch(re.sub("[*_]", "", sentence))
    name = "" if found is None else (found[1] or found[2]).strip().casefold()
    return any(name in table["words"] for table in _tables())


def _without_heads(lines: list[str]) -> list[str]:
    """Leave out what only names the columns of a table in Markdown, and the rule below it."""
    left_out: set[int] = set()
    for at in range(1, len(lines) - 1):
        head, rule, row = map(_cells, lines[at - 1 : at + 2])
        if row and 0 < len(head) == len(rule) and all(map(_RULE.fullmatch, rule)) and not any(map(_is_sentence, head)):
            left_out |= {at - 1, at}
    return [line for at, line in enumerate(lines) if at not in left_out]


def _cells(line: str) -> list[str]:
    """Return the cells of a table's row; a line without a bar is no row."""
    return line.strip().removeprefix("|").removesuffix("|").split("|") if "|" in line else []


def _is_sentence(cell: str) -> bool:
    """Whether the head of a column says something: it ends as a sentence does."""
    return cell.rstrip(" \t*_\"'”’»)").endswith((".", "!", "?", "。", "！", "？"))


def _is_label(line: str) -> bool:
    """Whether a line only names a part of a summary, or leads to it."""
    said = line.strip(" \t*_").replace("’", "'").casefold()
    name, leads = said.rstrip(" *_:："), said.endswith((":", "："))
    return any(
        name in table["labels"]
        or (leads and name.startswith(table["openings"]) and any(noun in name for noun in table["nouns"]))
        for table in _tables()
    )


def _without_label(line: str) -> str:
    """Leave out what a line is called: `TL;DR: The dam is repaired`."""
    label = _LABEL.match(line)
    return line[label.end() :] if label is not None and _is_label(label[0]) else line


@cache
def _tables() -> tuple[dict[str, tuple[str, ...]], ...]:
    tables = tomllib.loads(files("summarizer").joinpath("data", "labels.toml").read_text("utf-8"))
    return tuple({name: tuple(words.split("|")) for name, words in table.items()} for table in tables.values())


def _items(lines: Iterable[str]) -> list[str]:
    """Take the marks of a list from its lines."""
    items = [_BULLET.sub("", line) for line in lines]
    counted = [(at, found) for at, line in enumerate(items) if (found := _COUNTED.match(line))]
    if len(counted) > 1 and [int(found[1]) for _, found in counted] == list(range(1, len(counted) + 1)):
        for at, found in counted:
            items[at] = items[at][found.end() :]
    return items


def _shown(summary: str, evidence: re.Match[str]) -> list[str]:
    """Return the lines of a shown result that stand above its evidence, each as it was before it was wrapped."""
    if evidence[1] is not None:  # only Markdown numbers it so
        lines = "\n".join(_blocks(summary, is_shown=True)).splitlines()
        ends = (at for at, line in enumerate(lines) if _EVIDENCE.match(line))
        return lines[: next(ends, None)]
    return _unwrapped(summary[: evidence.start()].splitlines())


def _unwrapped(lines: list[str]) -> list[str]:
    """Join the lines that one was wrapped into: what follows had no room, and is indented no less and hardly more."""
    width = min(WIDTH, max(map(len, lines), default=0))
    whole: list[str] = []
    indent, last = 0, ""
    for line in lines:
        more = line.lstrip()
        has_no_room = bool(more) and len(last) + 1 + len(more.split(None, 1)[0]) > width
        if last and has_no_room and len(line) - len(more) in (indent, indent + 2) and not _ENDS.search(last):
            whole[-1] += f" {more}"
        else:
            whole.append(line)
            indent = len(line) - len(more)
        last = line
    return whole


def _cited(lines: Iterable[str]) -> Iterator[Claim]:
    for line in map(str.strip, lines):
        row = _BEHIND.sub("", _BEFORE.sub("", line))
        end = len(row)
        cites: list[int] = []
        for mark in reversed(list(_CITE.finditer(row))):
            if mark.end() < end:
                break
            end = mark.start()
            cites.insert(0, int(mark[1]))
        if says_something(row[:end]) and (cites or not (_ASIDE.match(line) or _NAMES.search(line))):
            yield Claim(text=row[:end], cites=cites)


def plain(markdown: str, /) -> str:
    """Return Markdown (CommonMark with tables) as plain text, one block a line, for `sentences`.

    A shown result stays as it is: `sentences` knows it by its marks.
    """
    return markdown if _EVIDENCE.search(markdown) else "\n".join(_blocks(markdown))


def _blocks(markdown: str, *, is_shown: bool = False) -> list[str]:
    from markdown_it import MarkdownIt

    tokens = MarkdownIt("commonmark").enable("table").parse(markdown)
    quoted, head, lines = 0, 0, []
    for token in tokens:
        quoted += token.nesting if token.type.startswith("blockquote") else 0
        if token.type == "inline" and not (is_shown and quoted):  # there, warnings are quoted
            parts = ("\n" if item.type in ("softbreak", "hardbreak") else item.content for item in token.children or [])
            lines.append("".join(parts) if is_shown else "".join(parts).replace("\n", " "))
        elif token.type == "thead_open":
            head = len(lines)
        elif token.type == "tbody_open" and not any(map(_is_sentence, lines[head:])):
            del lines[head:]  # it only names the columns
    return lines
