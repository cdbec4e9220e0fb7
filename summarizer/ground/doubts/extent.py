"""Doubt: the claim says all, most or few of what the evidence says another part of.

What is told of *some lawmakers*, *most houses* or *700 of the 2,100 workers* is not told of all of them; *some* is
read as not all (a scalar implicature, Horn 1972). That both texts speak of the same things shows in the word behind.
On the dev sets of `benchmarks/faithfulness.py` one wrong sentence of 12,945 is found so, and no right one.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from summarizer.ground.case import Case
from summarizer.ground.landing import only_says_who, statements
from summarizer.ground.reading.arithmetic import is_same
from summarizer.ground.reading.clause import clause_at, content, stems
from summarizer.ground.reading.lexicon import lexicon
from summarizer.ground.reading.offices import genitives
from summarizer.ground.reading.phrases import Phrases
from summarizer.ground.reading.polarity import outright
from summarizer.ground.reading.quantity import Quantity, parse
from summarizer.ground.reading.tables import read_data
from summarizer.ground.reading.text import Passage
from summarizer.records import Finding

# What share of all a word may mean, in [0, 1].
_SHARES = {
    "all": (1.0, 1.0),
    "not all": (0.0, 0.99),
    "most": (0.5, 0.99),
    "mostly": (0.5, 0.99),
    "some": (0.01, 0.99),
    "part": (0.01, 0.99),
    "few": (0.01, 0.4),
}
_MOSTLY = frozenset({"most", "mostly"})
_NEAR = 4  # tokens behind a number in which stands what most of them are
_HELD = ("all", "most", "few")  # of a claim: nothing follows from the others
_MOST_CLAIMED = 8
_ANCHOR = 4  # tokens behind in which the thing stands that is counted
_LIMITED = 4  # words of what limits a thing, of which the claim may have none
_OF = 2  # tokens between the two numbers of *3,200 of the 4,100*
# What a share is never one of: *every 5 years*, *half a million euros*.
_MEASURES = frozenset({"=million", "=billion", "=euro", "=dollar", "=year", "=month", "=week", "=day"})


class Part(NamedTuple):
    """How much of something a text means.

    Attributes:
        anchor: The stem of the thing.
        least: The smallest share of it, in [0, 1].
        most: The largest.
        sort: `all`, `most` ...; nothing for a share that is given as a number.
        text: As written.
        scope: All stems of its clause.
        floats: Whether it may stand away from the thing: *the effects were mostly mild*, *18 houses, nearly all empty*.
        whole: How many there are of the thing, where that is said: *three of the 23*; the same in every language.
    """

    anchor: str
    least: float
    most: float
    sort: str
    text: str
    scope: frozenset[str] = frozenset()
    floats: bool = False
    whole: Decimal | None = None


def check(case: Case) -> Iterator[Finding]:
    """Find what the claim says of more of some things, or of fewer, than the evidence does."""
    claim = case.claim
    phrases = _phrases(claim.language, _HELD)
    if phrases.may_stand_in(claim.texts) and phrases.find(claim.texts):
        left = not words("left", claim.language).isdisjoint(claim.texts)  # few are: most have gone
        held = [part for part in claim.once(parts) if part.sort in _HELD and not (left and part.sort == "few")]
    else:
        held = list(_counted(case))
    if held and held[0].sort == "all" and _is_without_exception(case, held[0]):
        yield Finding("number", f"the claim says “{held[0].text}”; the cited sentences except some")
        return
    if case.crosses_languages:  # where no word is the same
        if not outright(claim):
            yield from _across(case, held)
        return
    if not held:
        yield from _of_most(case)
    for mine in held[:_MOST_CLAIMED]:
        theirs = [other for passage in case.evidence for other in passage.once(parts) if _is_same(mine, other, passage)]
        if theirs and all(_differs(mine, other) for other in theirs):
            yield _doubt(mine, theirs[0])
        elif mine.sort == "all" and not theirs and not case.guessed:
            limit = _limit(mine, case)
            if limit:
                yield Finding("number", f"the claim says “{mine.text}”; the cited sentences say it only of “{limit}”")


def _of_most(case: Case) -> Iterator[Finding]:
    """Find a number of the claim, told of what the evidence tells of most: *640 people, mostly from India*."""
    claim = case.claim
    numbers = [item for item in claim.once(parse) if item.kind == "count" and not item.unit][:_MOST_CLAIMED]
    told = [
        (passage, part)
        for passage in case.evidence
        for part in passage.once(parts)
        if part.floats and part.sort in _MOSTLY
    ][:_MOST_CLAIMED]
    if not numbers or not told or any(part.sort for part in claim.once(parts)):
        return
    row = claim.once(stems)
    for passage, part in told:
        of = [item for item in numbers if part.anchor in row[item.last : item.last + _NEAR]]
        if any(is_same(item, other) for item in of for other in passage.once(parse)):
            yield Finding("number", f"the claim says “{of[0].text}”; the cited sentences say it of “{part.text}” only")
            return


def _limit(mine: Part, case: Case) -> str:
    """Return what the evidence tells of only, wherever it speaks of the thing: *documents with more than 50 images*."""
    found = [
        (passage, at) for passage in case.evidence for at, one in enumerate(passage.once(stems)) if one == mine.anchor
    ]
    said, told = content(case.claim), ""
    for passage, at in found:
        clause = clause_at(passage, at + 1) if passage.texts[at + 1 : at + 2] else None
        if clause is None or passage.texts[at + 1] not in words("limits", passage.language):
            return ""
        end = next((to for to in range(at + 2, len(passage.texts)) if passage.kinds[to] == "punct"), len(passage.texts))
        within = frozenset(filter(None, passage.once(stems)[at + 2 : end][:_LIMITED]))
        if not within or not said.isdisjoint(within):
            return ""
        told = told or _written(passage, at, end)
    return told


def _doubt(mine: Part, theirs: Part) -> Finding:
    return Finding("number", f"the claim says “{mine.text}”; the cited sentences say “{theirs.text}”")


def _across(case: Case, held: Sequence[Part]) -> Iterator[Finding]:
    """Compare parts of as many; and all of anything with evidence that knows only a part, and nothing of all."""
    there = [(other, passage) for passage in case.evidence for other in passage.once(parts)]
    for mine in [part for part in held if part.whole][:_MOST_CLAIMED]:
        theirs = [other for other, passage in there if _is_same(mine, other, passage)]
        if theirs and all(_differs(mine, other) for other in theirs):
            yield _doubt(mine, theirs[0])
            return
    told = [other for other, _ in there if other.sort != "some"]
    if len(held) == 1 and held[0].sort == "all" and told and all(other.most < 1 for other, _ in there):
        yield _doubt(held[0], told[0])


def _is_without_exception(case: Case, mine: Part) -> bool:
    """Whether a claim tells of all of what its evidence takes some out of: *all regions except Norland*."""
    others = words("others", case.claim.language)
    if outright(case.claim) or _excepts(case.claim) or not others.isdisjoint(case.claim.texts):
        return False
    there = [passage for passage in case.evidence if _is_all_there(mine, passage, case)]
    return bool(there) and all(map(_excepts, there))


def _is_all_there(mine: Part, passage: Passage, case: Case) -> bool:
    told = (other for other in passage.once(parts) if other.sort == "all")
    return any(case.crosses_languages or other.anchor == mine.anchor for other in told)


def _excepts(passage: Passage) -> bool:
    """Whether a passage takes something out, behind the first word for all."""
    first = next(iter(_phrases(passage.language, ("all",)).find(passage.texts)), None)
    return first is not None and bool(_exceptions(passage.language).find(passage.texts[first.end :]))


def _is_same(mine: Part, theirs: Part, passage: Passage) -> bool:
    """Whether a part of the evidence is one of the same things as the claim's: of as many, or of the same word.

    Of *three of the nine, the others* either may be meant.
    """
    if not theirs.sort and mine.sort == "most" and not words("others", passage.language).isdisjoint(passage.texts):
        return False
    if mine.whole and mine.whole == theirs.whole and not outright(passage):
        return True
    if theirs.anchor == mine.anchor:
        return True
    return theirs.floats and theirs.anchor in mine.scope and mine.anchor in content(passage)


def _differs(mine: Part, theirs: Part) -> bool:
    """Whether no share is meant by both; *most* is also more than *some*."""
    return (
        mine.least > theirs.most
        or mine.most < theirs.least
        or (mine.sort == "most" and theirs.sort in ("some", "part"))
    )


def parts(passage: Passage) -> tuple[Part, ...]:
    """Return the parts that a passage speaks of: those in words, then those in numbers."""
    return (*_told(passage), *_numbered(passage))


def _told(passage: Passage) -> Iterator[Part]:
    """Yield the parts that are told in words: *most houses*."""
    known, texts, done = lexicon(passage.language), passage.texts, 0
    auxiliaries = known.auxiliaries if known is not None else frozenset[str]()
    each, numbered = words("each", passage.language), frozenset([item.first for item in passage.once(parse)])
    hits = _phrases(passage.language, tuple(_SHARES)).find(texts)
    for hit in sorted(hits, key=lambda hit: (hit.start, -hit.end)):
        if hit.start < done or (texts[hit.start] in each and hit.end in numbered):
            continue
        done = hit.end
        anchor = thing(passage, hit.end)
        if anchor is not None:
            before = texts[hit.start - 1] if hit.start else ""
            alone = texts[hit.end] in auxiliaries  # most are empty
            floats = hit.label == "mostly" or before == "," or before in auxiliaries or alone
            clause = clause_at(passage, hit.start)
            scope = content(passage, clause) if clause is not None else frozenset[str]()
            text, whole = _written(passage, hit.start, hit.end), _whole_behind(passage, hit.end)
            yield Part(anchor, *_SHARES[hit.label], hit.label, text, scope, floats, whole)


def _counted(case: Case) -> Iterator[Part]:
    """Yield all of what a claim begins with, where neither it nor its evidence says more: *the 23 defendants*."""
    claim = case.claim
    if claim.texts[:1] and claim.texts[0] not in words("definite", claim.language):
        return
    numbers = claim.once(parse)
    if len(numbers) != 1 or numbers[0].first != 1:
        return
    whole, anchor = _whole_behind(claim, 1), thing(claim, numbers[0].last)
    told = [one for passage in case.evidence for one in passage.once(statements) if not only_says_who(passage, one)]
    if whole and anchor and len(told) == 1 and not claim.once(parts) and not outright(claim):
        yield Part(anchor, 1, 1, "all", _written(claim, 0, numbers[0].last), whole=whole)


def _whole_behind(passage: Passage, start: int) -> Decimal | None:
    """Return how many things there are of which a part is told: the number soon behind it."""
    numbers = passage.once(parse)
    at = bisect_left(numbers, start, key=lambda item: item.first)
    for item in numbers[at : at + _OF + 1]:
        if item.first <= start + _OF and item.kind == "count" and not item.unit:
            return item.value
    return None


def _numbered(passage: Passage) -> Iterator[Part]:
    """Yield the shares in numbers: *78 % of the water*, *700 of the 2,100 workers*."""
    numbers = passage.once(parse)
    of = genitives(passage.language) if numbers else frozenset[str]()
    for at, item in enumerate(numbers):
        if passage.texts[item.last : item.last + 1] and passage.texts[item.last] in of:
            share, last = _share(item, numbers[at + 1 : at + 2])
            anchor = thing(passage, last) if 0 < share < 1 else None
            if anchor is not None:
                whole = _whole_behind(passage, item.last)
                yield Part(anchor, share, share, "", _written(passage, item.first, last), whole=whole)


def _share(item: Quantity, behind: Sequence[Quantity]) -> tuple[float, int]:
    """Return what share a number tells, alone or of the next one, 0 for none; and the place after it."""
    if item.kind == "fraction" or item.unit == "%":
        return float(item.value) / (100 if item.unit == "%" else 1), item.last
    for whole in behind:
        near = whole.first <= item.last + _OF and item.unit in ("", whole.unit)
        if near and item.kind == whole.kind == "count" and 0 < item.value < whole.value:
            return float(item.value / whole.value), whole.last
    return 0.0, item.last


def thing(passage: Passage, start: int) -> str | None:
    """Return the stem of the first content word behind a place, before the next mark."""
    row = passage.once(stems)
    for at in range(start, min(len(row), start + _ANCHOR)):
        word = row[at]
        if passage.kinds[at] == "punct":
            return None
        if word is not None and not word[0].isdigit() and word not in _MEASURES:
            return word
    return None


def _written(passage: Passage, start: int, end: int) -> str:
    return passage.written(start, end)


@cache
def _table() -> Any:
    return read_data("extent")


@cache
def words(sort: str, language: str | None) -> frozenset[str]:
    """Return a language's words of a row of the table."""
    return frozenset(_table()[sort].get(language, ()))


@cache
def _exceptions(language: str | None) -> Phrases:
    return Phrases({"except": _table()["except"].get(language, [])})


@cache
def _phrases(language: str | None, sorts: tuple[str, ...]) -> Phrases:
    table = _table()["parts"]
    return Phrases({sort: table[sort].get(language, []) for sort in sorts})
