"""Which end a number is: of a change *by* so much or *to* so much, and of a range the lower or the upper one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from summarizer.ground.case import Case
from summarizer.ground.doubts.change import changes, is_earned, tells_of_before, told, told_before
from summarizer.ground.doubts.numbers.factors import Compared, Given
from summarizer.ground.reading import when
from summarizer.ground.reading.arithmetic import is_same, is_time
from summarizer.ground.reading.clause import cued, stems
from summarizer.ground.reading.lexicon import lexicon
from summarizer.ground.reading.locales import word_set
from summarizer.ground.reading.quantity import Quantity, parse
from summarizer.ground.reading.text import Passage

_MOST_CLAIMED = 16  # numbers; each is compared with all of the evidence
_FARTHEST = 12  # tokens before a number in which a rise or a fall is told
_VERB_BEHIND = 3  # tokens behind a German one: um 70 Prozent zu senken
_BEHIND = 4  # tokens between the two numbers of *from 10 to 12*
_STOPS = frozenset(";:.!?")
_MOVES = frozenset({"=rise", "=fall"})
_LOWER, _UPPER = frozenset({">", ">="}), frozenset({"<", "<="})
_COMPARED = 4  # tokens behind a number in which a *more* or a *fewer* stands
_TIMES = frozenset({"=before", "=after", "=day", "=week", "=month", "=year"})
_MORE = frozenset({"=increase_more", "=decrease_less"})
_THAN, _DIFFERENCES, _WERE = map(word_set, ("than", "differences", "were"))
_BETWEEN, _RANGE = word_set("between"), frozenset({"-", "bis"})


def doubts(compared: Sequence[Compared], case: Case) -> Iterator[str]:
    """Say of numbers that the claim makes another end than the evidence does, wherever that has them."""
    roles = case.claim.once(_roles)
    levels = {one for change in told(case) for one in (change.old.first, change.new.first)} if roles else set[int]()
    for mine, given in compared[:_MOST_CLAIMED]:
        if not given or mine.kind != "count" or mine.weak:
            continue
        role = roles.get(mine.first)
        if role == "to":
            yield from _from_not_to(mine, given)
        if role is not None and mine.first not in levels:  # growth of 1.2 % instead of .9 may be raised to 1.2
            yield from _other_role(role, mine, given)
        yield from _other_end(mine, given) if mine.bound else _only_end(mine, given, case)
        if all(_was_before(*one) for one in given) and not case.claim.once(_looks_back):
            yield f"the claim says {mine.text!r}, of which the cited sentences say that it was so before"
        # A share more is told by verbs of all kinds.
        if mine.unit != "%" and all(_is_difference(*one) for one in given) and not case.claim.once(_compares):
            yield f"the claim says {mine.text!r}, the cited sentences so much more or less"


def _other_role(told: str, mine: Quantity, given: Sequence[Given]) -> Iterator[str]:
    theirs = {passage.once(_roles).get(other.first) for other, passage in given}
    if None not in theirs and told not in theirs:
        yield f"the claim says {told} {mine.text!r}, the cited sentences {theirs.pop()} it"


def _was_before(quantity: Quantity, passage: Passage) -> bool:
    """Whether a number is what another one has taken the place of: the 9 of *rose from 9 to 12*."""
    return quantity.first in passage.once(_replaced)


def _replaced(passage: Passage) -> frozenset[int]:
    """Return by their first tokens the numbers of which others have taken the place."""
    return frozenset(change.old.first for change in passage.once(changes))


def _looks_back(claim: Passage) -> bool:
    """Whether a claim speaks of a change, or of another time."""
    return (
        claim.once(_compares)
        or bool(claim.once(when.parse))
        or tells_of_before(claim)
        or not (_BETWEEN | _WERE).isdisjoint(claim.texts)
        or not _TIMES.isdisjoint(claim.once(stems))
        or any(quantity.unit and is_time(quantity.unit) for quantity in claim.once(parse))
    )


def _is_difference(quantity: Quantity, passage: Passage) -> bool:
    """Whether a number says by how much two things differ: *2.1 fewer days than they*, *deux jours de moins qu'eux*."""
    row, texts, known = passage.once(stems), passage.texts, lexicon(passage.language)
    reach = range(quantity.last, min(quantity.last + _COMPARED, len(row)))
    more = next((at for at in reach if row[at] in _MORE), None)
    if more is None or known is None:
        return False
    than = next((at for at in range(more + 1, min(more + _FARTHEST, len(row))) if texts[at] in _THAN), None)
    if than is None:
        return False
    if passage.language == "en":  # five people and more than a dozen others
        return more == quantity.last and than > more + 1
    parted = "punct" in passage.kinds[quantity.last : more]
    joined = not known.conjunctions.isdisjoint(texts[quantity.last : more])
    return not (parted or joined or any(other.first in (than + 1, than + 2) for other in passage.once(parse)))


def _compares(claim: Passage) -> bool:
    """Whether a claim speaks of a difference or a change at all."""
    moved = not (_MORE | _MOVES).isdisjoint(claim.once(stems))
    return moved or not _THAN.isdisjoint(claim.texts) or not _DIFFERENCES.isdisjoint(claim.texts)


def _from_not_to(mine: Quantity, given: Sequence[Given]) -> Iterator[str]:
    """Doubt *rose to 8* where the evidence has *to 6 from 8*, and 8 nowhere else."""
    if all(_was_before(*one) for one in given):
        yield f"the claim says to {mine.text!r}, the cited sentences from it"


def _roles(passage: Passage) -> dict[int, str]:
    """Return by their first tokens the numbers `by` which something rises or falls, and those `to` which it does."""
    if _MOVES.isdisjoint(passage.once(stems)):
        return {}
    found: dict[int, str] = {}
    counts = passage.once(parse)
    for quantity, following in zip(counts, (*counts[1:], None), strict=True):
        moved = _last_move(passage, quantity) if quantity.kind == "count" else None
        labels = told_before(passage, quantity.first) if moved is not None else frozenset()
        if "to" in labels and moved is not None and _is_noun(passage, moved):
            continue  # la baisse se limite à 2 %
        if "to" in labels:
            found[quantity.first] = "to"
        elif "by" in labels or (moved == quantity.first - 1 and not is_earned(passage, moved, quantity)):
            near = following is not None and following.first - quantity.last <= _BEHIND
            ranges = near and following is not None and "to" in told_before(passage, following.first)
            if not (ranges and "from" in labels):
                found[quantity.first] = "by"
    return found


def _is_noun(passage: Passage, at: int) -> bool:
    """Whether a rise or a fall is told by a noun: *sa chute* behind a determiner."""
    known = lexicon(passage.language)
    return at > 0 and known is not None and passage.texts[at - 1] in known.noun_markers


def _last_move(passage: Passage, quantity: Quantity) -> int | None:
    """Return where a rise or a fall is told near a number, in its part of the sentence."""
    first, row = quantity.first, passage.once(stems)
    start = max(0, first - _FARTHEST)
    start = next((at + 1 for at in range(first - 1, start - 1, -1) if passage.texts[at] in _STOPS), start)
    end = quantity.last + _VERB_BEHIND if passage.language == "de" else first
    return max((at for at, stem in enumerate(row[start:end], start) if stem in _MOVES), default=None)


def _other_end(mine: Quantity, given: Sequence[Given]) -> Iterator[str]:
    """Doubt *up to 80*, and *at least 120*, where the evidence has *between 80 and 120*."""
    if mine.bound not in _LOWER | _UPPER:
        return
    ends = {passage.once(_ends).get(other.first) for other, passage in given}
    if ends == {"low"} and mine.bound in _UPPER:
        yield f"the claim says at most {mine.text!r}, the cited sentences at least"
    if ends == {"high"} and mine.bound in _LOWER:
        yield f"the claim says at least {mine.text!r}, the cited sentences at most"


def _only_end(mine: Quantity, given: Sequence[Given], case: Case) -> Iterator[str]:
    """Doubt *will cost 5 million* where the evidence has *between 3 and 5 million*; *could cost* may mean its end."""
    measured = (mine.unit or mine.power) and len(given) == 1 and mine.first not in case.claim.once(_ends)
    if not measured or not {"hedge/modal", "approximator"}.isdisjoint(case.claim.once(cued)):
        return
    other, passage = given[0]
    if other.first in passage.once(_ends):
        low, high = next(
            pair for pair in pairwise(passage.once(parse)) if other in pair and pair[0].first in passage.once(_ends)
        )
        if not any(
            is_same(one, end, loosely=True) for one in case.claim.once(parse) if one is not mine for end in (low, high)
        ):
            yield f"the claim says {mine.text!r}, the cited sentences {passage.written(low.first, high.last)!r}"


def _ends(passage: Passage) -> dict[int, str]:
    """Return by their first tokens the numbers that are the `low` end of a range, and those that are the `high` one."""
    found: dict[int, str] = {}
    for one, two in pairwise(passage.once(parse)):
        between = passage.texts[one.last : two.first]
        led = not _BETWEEN.isdisjoint(passage.texts[max(0, one.first - 2) : one.first])
        if len(between) == 1 and (led or between[0] in _RANGE):
            found[one.first], found[two.first] = "low", "high"
    return found
