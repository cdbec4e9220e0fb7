"""Doubt: two figures of the claim have changed places, or one stands in the place of another.

*Halden sold for $640 million and Norvane for $2.3 billion*: no word of it is new, and each number is in the evidence.
Whose a number is shows in the words on its side of the sentence, as far as they do not stand on the other side too.
Two have been exchanged where what tells these sides apart stands, in the evidence, on the other number's side. On the
dev sets of `benchmarks/faithfulness.py`, every sentence taken as if it cited what search found for it, that is so in
two wrong sentences and no right one of 12,945; that one number alone is another's (3 wrong, 3 right) is not concluded
from that. It is where two figures have units and not one word of the claim stands beside its own: of 8,511 such
sentences that is doubted in one, a wrong one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, combinations, islice
from typing import NamedTuple

from summarizer.ground.case import Case
from summarizer.ground.doubts.change import told
from summarizer.ground.doubts.compared import comparisons
from summarizer.ground.reading.arithmetic import competes, is_same
from summarizer.ground.reading.ballots import ballots
from summarizer.ground.reading.clause import clauses, stems, verb_places, weigh
from summarizer.ground.reading.lexicon import lexicon
from summarizer.ground.reading.quantity import Quantity, parse
from summarizer.ground.reading.text import Passage
from summarizer.records import Finding

_MOST_CLAIMED, _MOST_GIVEN = 8, 24  # numbers; each of a claim is compared with each
_SORTS = frozenset({"count", "fraction", "multiple"})
_HARD = frozenset(";:")
_COMPARED = frozenset({"=increase_more", "=decrease_less"})
_MOST_STRAYED = 3  # numbers of a claim with a unit; more are a row of figures
_LEAST_STRAYED = 0.5  # of the weight of a claim stands beside the other number
_NOUN = 2  # tokens behind a number in which what it counts stands
_CROSSED = 3  # what has changed sides must weigh so many times what has not


class Side(NamedTuple):
    """What stands on one number's side of a sentence, and not on the other's.

    Attributes:
        words: Stems.
        names: Those that are written with a capital.
        noun: The stem right behind the number.
    """

    words: frozenset[str]
    names: frozenset[str]
    noun: str | None


Place = tuple[Passage, Quantity]


def check(case: Case) -> Iterator[Finding]:
    """Find two numbers of the claim of which each stands where the evidence has the other, or one in place of it."""
    claimed = case.claim.once(_counts)[:_MOST_CLAIMED]
    if not claimed and len(case.claim.once(parse)) < 2:
        return
    found = list(islice(chain(_turned_ballots(case), _crossed(case, claimed), _strayed(case, claimed)), 1))
    yield from found


def _crossed(case: Case, claimed: Sequence[Quantity]) -> Iterator[Finding]:
    """Find two numbers that have changed places."""
    row = case.claim.once(stems)
    pairs = [
        (one, two)
        for one, two in combinations(claimed, 2)
        if any(row[one.last : two.first]) and _are_alike(one, two) and not is_same(one, two)  # no range, no score
    ]
    of_one = _of_one(case) if pairs else frozenset()
    pairs = [(one, two) for one, two in pairs if (one.first, two.first) not in of_one]
    given = _given(case) if pairs else ()
    for one, two in pairs:
        first = _only(one, given)
        second = _only(two, given) if first is not None else None
        if first is None or second is None or first is second:  # one that leaves its unit out is the same as both
            continue
        if _is_difference(*first) or _is_difference(*second):
            continue
        if _have_crossed(_sides((case.claim, one), (case.claim, two)), _sides(first, second), case):
            yield Finding("number", f"“{one.text}” and “{two.text}” have changed places")


def _strayed(case: Case, claimed: Sequence[Quantity]) -> Iterator[Finding]:
    """Find a number in the place of another one that measures the same: the rest of the claim is told of that one."""
    measured = [one for one in claimed if one.unit]
    if not measured or len(measured) > _MOST_STRAYED or case.crosses_languages:
        return
    given = _given(case)
    if sum(bool(quantity.unit) for _, quantity in given) < 2:
        return
    for one in measured:
        place = _only(one, given)
        if place is None or _is_difference(*place):
            continue
        noun = next(filter(None, case.claim.once(stems)[one.last : one.last + _NOUN]), None)
        wanted = frozenset(_stems(case.claim, 0, len(case.claim.texts))) - {noun}
        others = [other for other in given if other is not place and other[1].unit and _are_alike(one, other[1])]
        told = [
            other for other in others if not any(is_same(mine, other[1], loosely=mine is not one) for mine in claimed)
        ]
        rival = next((other for other in told if _is_told_of(wanted, other, place, case)), None)
        if rival is not None:
            yield Finding("number", f"the cited sentences say {rival[1].text!r} of that, not {one.text!r}")
            return


def _is_told_of(wanted: frozenset[str], other: Place, place: Place, case: Case) -> bool:
    """Whether most of what a claim says stands on one number's side, and nothing of it on that of its own number."""
    own, its = _sides(place, other)
    come = wanted & its.words
    if not own.words or not wanted.isdisjoint(own.words):  # no words: the 58 of *from 95 to 58*
        return False
    (passage, number), start = other, place[1].first
    between = (number.last, max(start, number.last))
    told = any(between[0] <= at < between[1] for at in passage.once(verb_places))
    if number.first < start and not told and come.isdisjoint(_stems(passage, *between)):
        return False  # what stands before both is told of both: *$25 online and $30 at the door*
    return len(come) > 1 and weigh(come, case.article) >= _LEAST_STRAYED * weigh(wanted, case.article)


def _given(case: Case) -> Sequence[Place]:
    return [(passage, quantity) for passage in case.evidence for quantity in passage.once(_counts)][:_MOST_GIVEN]


def _turned_ballots(case: Case) -> Iterator[Finding]:
    """Find votes of which the claim has as many for it as the evidence has against it, and the other way round."""
    claimed = case.claim.once(ballots)[:_MOST_CLAIMED]
    given = {(one.yes, one.no) for passage in case.evidence for one in passage.once(ballots)} if claimed else set()
    for mine in claimed:
        if mine.yes != mine.no and (mine.no, mine.yes) in given and (mine.yes, mine.no) not in given:
            told = case.claim.written(mine.start, mine.end)
            yield Finding("number", f"“{told}”: those for it and those against it have changed places")


def _of_one(case: Case) -> frozenset[tuple[int, int]]:
    """Return where two numbers of one thing stand: *15 instead of 40*, *12.5 million, above the 9 million planned*."""
    pairs = [(change.old.first, change.new.first) for change in told(case)]
    pairs += [(other.first, one.figure.first) for one in case.claim.once(comparisons) for other in one.others]
    return frozenset([(min(pair), max(pair)) for pair in pairs])


def _counts(passage: Passage) -> tuple[Quantity, ...]:
    """Return the numbers that count something."""
    return tuple([item for item in passage.once(parse) if item.kind in _SORTS and not item.weak])


def _are_alike(one: Quantity, two: Quantity) -> bool:
    """Whether two numbers measure the same; of millions one may leave the unit out: *400 of the 640 million euros*."""
    if competes(one, two) or competes(two, one):
        return True
    return one.power > 0 and two.power > 0 and not (one.unit and two.unit)


def _only(quantity: Quantity, given: Sequence[Place]) -> Place | None:
    """Return the one number of the evidence that equals this one; None where there are more, or none."""
    equal = [
        place
        for place in given
        if is_same(quantity, place[1], loosely=True) or is_same(place[1], quantity, loosely=True)
    ]
    return equal[0] if len(equal) == 1 else None


def _is_difference(passage: Passage, quantity: Quantity) -> bool:
    """Whether a number tells by how much another one differs: *38 seats, six fewer than in 2022*."""
    return not _COMPARED.isdisjoint(passage.once(stems)[quantity.last : quantity.last + 1])


def _sides(one: Place, two: Place) -> tuple[Side, Side]:
    """Return what belongs to either of two numbers: of a passage that has both, what is before and behind a cut."""
    (passage, first), (other, second) = one, two
    if passage is other and first.first > second.first:
        return _sides(two, one)[::-1]
    end, start = len(passage.texts), 0
    if passage is other:
        between = [item for item in passage.once(_counts) if first.first <= item.first <= second.first]
        end, start = _cut(passage, first.last, between[1].first), _cut(passage, between[-2].last, second.first)
    mine, theirs = _stems(passage, 0, end), _stems(other, start, len(other.texts))
    return _side(passage, first, mine, theirs), _side(other, second, theirs, mine)


def _side(passage: Passage, quantity: Quantity, mine: Mapping[str, bool], theirs: Mapping[str, bool]) -> Side:
    words = frozenset(mine.keys() - theirs.keys())
    behind = passage.once(stems)[quantity.last : quantity.last + _NOUN]
    return Side(words, frozenset([word for word in words if mine[word]]), next(filter(None, behind), None))


def _stems(passage: Passage, start: int, end: int) -> dict[str, bool]:
    """Return the stems of the tokens [start, end) but for numbers, and whether they are written with a capital."""
    row, large = passage.once(_written)
    found = dict(zip(row[start:end], large[start:end], strict=True))
    found.pop("", None)
    return found


def _written(passage: Passage) -> tuple[Sequence[str], Sequence[bool]]:
    """Return the stems of a passage, nothing for a number, and whether each token is written with a capital."""
    row = [stem or "" for stem in passage.once(stems)]
    for item in passage.once(parse):
        row[item.first : item.last] = [""] * (item.last - item.first)
    return row, [raw[0].isupper() for raw in passage.raws]


def _cut(passage: Passage, start: int, end: int) -> int:
    """Return where what belongs to one number ends and what belongs to the next begins, among the tokens [start, end).

    At a semicolon, at the first comma of a clause or *and*, or at a word that opens a clause.
    """
    texts, known = passage.texts, lexicon(passage.language)
    joins = known.conjunctions if known is not None else frozenset[str]()
    starts = [clause.start for clause in passage.once(clauses) if start < clause.start <= end]
    parted = [at for at in starts if passage.kinds[at - 1] == "punct"]
    hard = [at for at in parted if texts[at - 1] in _HARD]
    between = [] if joins.isdisjoint(texts[start:end]) else range(start, end)
    joined = [at for at in between if texts[at] in joins]
    return next(iter((*hard, *sorted(parted + joined), *starts)), end)


def _have_crossed(mine: tuple[Side, Side], theirs: tuple[Side, Side], case: Case) -> bool:
    """Whether each number counts what the other does in the evidence, or its names stand, or all, on the other side."""
    nouns = mine[0].noun, mine[1].noun
    if None not in nouns and nouns[0] != nouns[1] and nouns == (theirs[1].noun, theirs[0].noun):
        return True
    return any(
        _are_crossed(one, two, theirs, case)
        for one, two in ((mine[0].words, mine[1].words), (mine[0].names, mine[1].names))
    )


def _are_crossed(one: frozenset[str], two: frozenset[str], theirs: tuple[Side, Side], case: Case) -> bool:
    gone, come = one & theirs[1].words, two & theirs[0].words
    if case.crosses_languages and not (_has_words(gone) and _has_words(come)):
        return False  # few words are the same, and a year may be told at either end
    kept = (one & theirs[0].words) | (two & theirs[1].words)
    return bool(gone and come) and weigh(gone | come, case.article) >= _CROSSED * weigh(kept, case.article)


def _has_words(found: frozenset[str]) -> bool:
    """Whether there is anything but numbers."""
    return any(not stem[0].isdigit() for stem in found)
