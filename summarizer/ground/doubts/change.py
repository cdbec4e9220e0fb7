"""Doubt: a change told backwards: *from 8 to 16* where the evidence says *16 instead of 8*, *light for power* too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from summarizer.ground.case import Case
from summarizer.ground.reading.arithmetic import competes, is_same, is_time
from summarizer.ground.reading.clause import stems
from summarizer.ground.reading.lexicon import directions
from summarizer.ground.reading.locales import number_words, word_set
from summarizer.ground.reading.phrases import Phrases
from summarizer.ground.reading.quantity import Quantity, parse
from summarizer.ground.reading.tables import read_data
from summarizer.ground.reading.text import Passage
from summarizer.records import Finding

_MOST_CLAIMED = 16  # changes; each is compared with all of the evidence
_BEFORE = frozenset({"ago", "from", "instead"})
_BETWEEN = 8  # tokens at most between the two numbers
_BEHIND = 5  # tokens behind the second in which it is told that it was before
_BESIDE = 3  # tokens before and behind an *instead of* in which the two things stand
_STOPS = frozenset(";:.!?")
_SORTS = ("from", "to", "by", "instead", "than", "ago")
_ARTICLES = word_set("articles")


class Change(NamedTuple):
    """Two numbers of which one was before the other."""

    old: Quantity
    new: Quantity


def check(case: Case) -> Iterator[Finding]:
    """Find changes of the claim that the evidence tells the other way round, and nowhere as the claim does."""
    claimed, given = _changes(case)
    for mine in claimed:
        if not _is_told(mine, given) and _is_told(Change(mine.new, mine.old), given):
            yield Finding("number", f"the claim says {mine.old.text!r} was before {mine.new.text!r}, not after it")
    if case.claim.once(_swaps):
        yield from _replaced(case)
    if case.claim.once(_ways):
        yield from _turned_back(case)


def told(case: Case) -> list[Change]:
    """Return the changes of the claim that the evidence tells too."""
    claimed, given = _changes(case)
    return [mine for mine in claimed if _is_told(mine, given)]


def _changes(case: Case) -> tuple[Sequence[Change], Sequence[Change]]:
    """Return the changes of the claim, and of the evidence if there are any."""
    claimed = case.claim.once(changes)[:_MOST_CLAIMED] if len(case.claim.once(parse)) > 1 else ()
    return claimed, [change for passage in case.evidence for change in passage.once(changes)] if claimed else ()


def _is_told(mine: Change, given: Sequence[Change]) -> bool:
    return any(_are_same(mine, theirs) for theirs in given)


def _replaced(case: Case) -> Iterator[Finding]:
    """Find one thing instead of another where the evidence has it the other way round."""
    claimed = case.claim.once(_swaps)[:_MOST_CLAIMED]
    given = [swap for passage in case.evidence for swap in passage.once(_swaps)]
    for mine in claimed:
        straight = any(mine.new & theirs.new and mine.old & theirs.old for theirs in given)
        if not straight and any(mine.new & theirs.old and mine.old & theirs.new for theirs in given):
            yield Finding("negation", f"the claim says “{mine.text}”; the cited sentences say it the other way round")


def _turned_back(case: Case) -> Iterator[Finding]:
    """Find a way from one name to another that the evidence has the other way round."""
    claimed = case.claim.once(_ways)[:_MOST_CLAIMED]
    given = [way for passage in case.evidence for way in passage.once(_ways)]
    for mine in claimed:
        straight = any(mine.new & theirs.new and mine.old & theirs.old for theirs in given)
        if not straight and any(mine.new & theirs.old and mine.old & theirs.new for theirs in given):
            yield Finding("name", f"the claim says “{mine.text}”; the cited sentences have it the other way round")


class Swap(NamedTuple):
    """What is there instead of what, or behind what on a way: their words, and those that say so."""

    new: frozenset[str]
    old: frozenset[str]
    text: str


def _swaps(passage: Passage) -> tuple[Swap, ...]:
    phrases = _instead(passage.language)
    if not phrases.may_stand_in(passage.texts):  # nearly always
        return ()
    row = passage.once(stems)
    return tuple(
        Swap(
            frozenset(filter(None, row[max(0, hit.start - _BESIDE) : hit.start])),
            frozenset(filter(None, row[hit.end : hit.end + _BESIDE])),
            passage.written(hit.start, hit.end),
        )
        for hit in phrases.find(passage.texts)
    )


def _ways(passage: Passage) -> tuple[Swap, ...]:
    """Return what leads from a name to another: *from Paris to Lyon*."""
    leave, reach = _leading(passage.language)
    texts = passage.texts
    if leave.isdisjoint(texts) or reach.isdisjoint(texts):
        return ()
    large, found = frozenset(passage.large), list[Swap]()
    for at in [at for at in passage.large if at and texts[at - 1] in leave]:
        old = _run(at, large)
        to = old.stop
        new = _run(to + 1, large) if to < len(texts) and texts[to] in reach else range(0)
        if new:
            to_keys, from_keys = (frozenset(passage.keys[one] for one in places) for places in (new, old))
            found.append(Swap(to_keys, from_keys, passage.written(at - 1, new.stop)))
    return tuple(found)


def _run(start: int, large: AbstractSet[int]) -> range:
    """Return the tokens with a capital that stand in a row from a place on."""
    end = start
    while end in large:
        end += 1
    return range(start, end)


@cache
def _leading(language: str | None) -> tuple[frozenset[str], frozenset[str]]:
    """Return the words before a place that something comes from, and those before one that it goes to."""
    leave, reach = (read_data("change")[sort].get(language, "") for sort in ("leave", "reach"))
    return frozenset(leave.split()), frozenset(reach.split())


def _are_same(one: Change, other: Change) -> bool:
    return is_same(one.old, other.old, loosely=True) and is_same(one.new, other.new, loosely=True)


def changes(passage: Passage) -> tuple[Change, ...]:
    """Return the changes of a passage."""
    counts = [item for item in passage.once(parse) if item.kind == "count" and not item.weak]
    if len(counts) < 2:
        return ()
    pairs = [(one, two) for one, two in pairwise(counts) if competes(one, two) or not (one.unit and two.unit)]
    # To 2.4 billion in the three months to September from 2.9.
    around = zip(counts, counts[1:], counts[2:], strict=False)
    pairs += [
        (one, two) for one, time, two in around if is_time(time.unit) and not is_time(one.unit) and competes(one, two)
    ]
    found = (_change(passage, one, two) for one, two in pairs if not is_same(one, two))
    return tuple(change for change in found if change is not None)


def _change(passage: Passage, one: Quantity, two: Quantity) -> Change | None:
    """Return the change from one figure to another, the earlier first; None where the words around tell of none."""
    texts = passage.texts
    bound = number_words(passage.language).before.before(texts, two.first)
    between = texts[one.last : bound[1] if bound and one.last < bound[1] else two.first]
    if not 0 < len(between) <= _BETWEEN or not _STOPS.isdisjoint(between):
        return None
    second = told_before(passage, two.first)
    first = told_before(passage, one.first) if second else second
    if "to" in second and ("from" in first or _moves(passage, one.last, two.first)):
        return Change(one, two)
    middle = {hit.label for hit in _phrases(passage.language).find(between)}
    if "instead" in middle or ("to" in first and "from" in second):
        return Change(two, one)
    behind = texts[two.last : two.last + _BEHIND] if "than" in middle else ()
    if any(hit.label == "ago" for hit in _phrases(passage.language).find(behind)):
        return Change(two, one)
    return None


def tells_of_before(passage: Passage) -> bool:
    """Whether a passage has a word for an earlier time, or for what a change began with."""
    return any(hit.label in _BEFORE for hit in _phrases(passage.language).find(passage.texts))


def _moves(passage: Passage, start: int, end: int) -> bool:
    """Whether the tokens [start, end) tell of a rise or a fall: *a profit of 16 million fell to 8*."""
    known = directions(passage.language)
    return any(
        stem in known.concepts or text in known.words
        for stem, text in zip(passage.once(stems)[start:end], passage.texts[start:end], strict=True)
    )


def told_before(passage: Passage, place: int) -> frozenset[str]:
    """Return what the word before a number, its bound or its article tells of it: `from`, `to`, `by`."""
    texts, phrases = passage.texts, _phrases(passage.language)
    bound = number_words(passage.language).before.before(texts, place)
    led = bound is not None and not phrases.find(texts[place - 1 : place])  # pasan de siete a cuatro
    words = texts[: bound[1] if bound and led else place][-2:]
    found = phrases.find(words[-1:])
    if not found and words and words[-1] in _ARTICLES:
        found = phrases.find(words[:1])
    return frozenset(hit.label for hit in found)


@cache
def _phrases(language: str | None) -> Phrases:
    return _listed(language, *_SORTS)


@cache
def _instead(language: str | None) -> Phrases:
    return _listed(language, "instead")


def _listed(language: str | None, *sorts: str) -> Phrases:
    return Phrases(
        {sort: row[language] for sort, row in read_data("change").items() if sort in sorts and language in row}
    )


def is_earned(passage: Passage, at: int, quantity: Quantity) -> bool:
    """Whether a word that may tell of a rise tells what somebody earned: *ganó 143 millones de euros*."""
    return passage.texts[at].startswith(_EARNING) and (quantity.unit.isupper() or quantity.power > 0)


_EARNING = tuple(sorted(word_set("earning")))
