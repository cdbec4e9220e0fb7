"""The offices and institutions that act without a name, and the small words beside whoever acts: `data/cast.json`."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from summarizer.ground.reading.clause import cued, cues
from summarizer.ground.reading.lexicon import lexicon
from summarizer.ground.reading.memo import Memo
from summarizer.ground.reading.opened import opened
from summarizer.ground.reading.phrases import Hit
from summarizer.ground.reading.tables import read_data
from summarizer.ground.reading.text import Passage
from summarizer.ground.reading.written import Name, Word

GOVERNING = frozenset({"ministry", "minister", "prime minister"})
_OF = 2  # tokens at most between an office and what it is of


@cache
def _table() -> Any:
    return read_data("cast")


@cache
def generic() -> frozenset[str]:
    """Return the kinds that nearly anybody may be called by: the company, officials."""
    return frozenset(_table()["generic"])


@cache
def persons() -> frozenset[str]:
    """Return the kinds that only a person is: a mayor, a judge."""
    return frozenset(_table()["persons"])


@cache
def _alike() -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for row in _table()["alike"]:
        for kind in row:
            found[kind].update(row)
    return {kind: frozenset(others) for kind, others in found.items()}


def may_be(one: Iterable[str], other: Iterable[str]) -> bool:
    """Whether an actor of these kinds may be one of those: some kind is the same or nearly."""
    there = frozenset(other)
    return any(kind in there or _alike().get(kind, frozenset()) & there for kind in one)


def roles(passage: Passage) -> tuple[Hit, ...]:
    """Find the offices of a passage, whether a name stands beside them or not; the label is the kind."""
    if lexicon(passage.language) is None:
        return ()
    held = passage.once(cues) if "role" in passage.once(cued) else ()
    found = [Hit(kind, start, end) for label, start, end in held if (kind := _KINDS[label])]
    found += passage.once(opened).offices
    if not found:  # nearly always
        return ()
    longest: list[Hit] = []
    for hit in sorted(dict.fromkeys(found), key=lambda hit: (hit.start, -hit.end)):
        if not longest or hit.end > longest[-1].end or hit[1:] == longest[-1][1:]:
            longest.append(hit)
    return tuple(hit for hit in longest if hit.label != "nobody")


_KINDS: Memo[str, str] = Memo(lambda label: label[5:] if label.startswith("role/") else "")  # of the labels of cues


@cache
def prepositions(language: str | None) -> Mapping[str, str]:
    """Return the kind (`by`, `of`, `in`, `to`, `with`, `from`) of each preposition of a language."""
    rows: Mapping[str, Mapping[str, str]] = _table()["prepositions"]
    return {word: kind for kind, row in rows.items() for word in row.get(language or "", "").split()}


@cache
def subjects(language: str | None) -> frozenset[str]:
    """Return the pronouns of a language that stand for somebody and are nothing else."""
    return frozenset(_table()["pronouns"].get(language, "").split())


@cache
def genitives(language: str | None) -> frozenset[str]:
    """Return the determiners and prepositions before a noun that belongs to another: the head `of the` company."""
    more: str = _table()["genitives"].get(language, "")
    return frozenset(more.split()) | {word for word, kind in prepositions(language).items() if kind == "of"}


@cache
def contracted(language: str | None) -> frozenset[str]:
    """Return the prepositions that hold an article: *du*, *dalla*, *pelo*."""
    return frozenset(_table()["contracted"].get(language, "").split())


def has_portfolio(hit: Hit, name: Name, claim: Passage) -> bool:
    """Whether a name is that of a ministry, or what a ministry or its minister is of: *Ministério das* Finanças."""
    between = claim.texts[hit.end : name.start]
    of = genitives(claim.language) | contracted(claim.language)
    if 0 < len(between) <= _OF and bool(of.intersection(between)):
        return hit.label in ("ministry", "minister")
    return hit.label == "ministry" and name.start <= hit.start < name.end


def without_portfolio(parts: list[Word], name: Name, claim: Passage) -> list[Word]:
    """Return the words of a name but for those before its minister: *Housing* Minister Agnès Roussillon."""
    held = [hit.start for hit in claim.once(roles) if hit.label == "minister" and name.start < hit.start < name.end]
    return [part for part in parts if part.token >= held[0]] if held else parts
