"""What a number is told to be at least or at most, and whether a claim says the same of it as its evidence."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache

from summarizer.ground.doubts.compared import compared, is_definite
from summarizer.ground.reading.arithmetic import bears, is_time
from summarizer.ground.reading.clause import beginning_in, clause_at
from summarizer.ground.reading.lexicon import lexicon
from summarizer.ground.reading.locales import word_set
from summarizer.ground.reading.quantity import Quantity
from summarizer.ground.reading.text import Passage

_WORDS = {"": "", ">": "more than", ">=": "at least", "<": "less than", "<=": "at most", "~": "about", "-~": "nearly"}
_LOWER, _UPPER = frozenset({">", ">="}), frozenset({"<", "<=", "-~"})
_CAPS = frozenset({"<", "<="})
_DEFINITE = frozenset({"<", ">"})
_TURNED = {">": "<=", "<": ">="}
_NEGATIONS = word_set("negations")
_PARTS = frozenset(":;")
_FARTHEST = 10  # words before a number: a negative before them denies something else
_LONGEST = 16  # words of a cue
_LIMITS = word_set("limits")
_BEFORE_LIMITED = 4  # words before a number in which *reach*, *limit of* stand
_CAPPING, _CAPPED_AT = word_set("caps"), word_set("caps_to")
_BEFORE_CAPPED = 16  # words before an *at* in which it is told what is capped


def unlike(
    claim: Passage,
    quantity: Quantity,
    equal: Iterable[tuple[Quantity, Passage]],
    *,
    small: bool = False,
    turned: bool = False,
) -> tuple[str, str] | None:
    """Return what a claim says of a number and what the evidence says of the same one, when it may not be told so.

    *More than 100* is neither just 100 nor less; *up to 100* and *nearly 100* are not 100. A negative before
    *more than* turns it around; another one somewhere before leaves it open what is meant.

    Args:
        claim: The claim.
        quantity: A number of it.
        equal: Equal numbers of the evidence and where they stand; at least one.
        small: Whether the number is one that a text may tell without *at least*: two.
        turned: Whether only *less than* for *more than* counts, the reverse, and *up to* left out: what nobody cited
            may tell a number otherwise. Of the dev sets so 7 wrong sentences are found, and one that is held to be
            right; *nearly* and *more than* are left out of wrong and right ones alike.
    """
    if quantity.bound and quantity.first in claim.once(compared):  # what a figure before is more than, or less
        return None
    places = list(equal)
    if quantity.kind == "ordinal" or (not quantity.bound and any(other.bound in ("", "~") for other, _ in places)):
        return None
    mine = _bound(claim, quantity)
    theirs = {_bound(passage, other) for other, passage in places}
    if mine == "" and theirs != {""} and _is_capped(claim, quantity):
        mine = "<="
    if mine in _LOWER and theirs == {""} and all(_is_capped(passage, other) for other, passage in places):
        theirs = {"<="}
    if mine is None or None in theirs or any(bears(bound or "", mine) for bound in theirs):
        return None
    if turned and not all(_is_turned(mine, bound) for bound in theirs):
        return None
    known = mine in _DEFINITE and theirs == {""} and quantity.kind == "count" and is_definite(claim, quantity)
    if known or (not mine and (_may_be_bare(quantity, theirs, small=small) or _is_limit(claim, quantity))):
        return None
    text = places[0][0].text
    told = ", ".join(sorted(f"{_WORDS.get(bound or '', 'about')} {text}".strip() for bound in theirs))
    return f"{_WORDS.get(mine, 'about')} {quantity.text}".strip(), told


def _is_turned(mine: str, theirs: str | None) -> bool:
    """Whether a number has another bound altogether, or none where it was at most so much."""
    either = {mine, theirs}
    return bool(either & _LOWER and either & _UPPER) or (not mine and theirs in _CAPS)


def _may_be_bare(quantity: Quantity, theirs: set[str | None], *, small: bool) -> bool:
    """Whether nothing follows from a dropped *at least*: for over two months is for two months."""
    return (small or is_time(quantity.unit)) and not theirs.isdisjoint({">", ">=", ">?"})


def _is_capped(claim: Passage, quantity: Quantity) -> bool:
    """Whether the words before a number tell that something is cut off there: *caps rents at 1,200 euros*."""
    texts, clause = claim.texts, clause_at(claim, quantity.first)
    at = quantity.first - 1
    if clause is None or at <= clause.start or texts[at] not in _CAPPED_AT:
        return False
    return not _CAPPING.isdisjoint(texts[max(clause.start, at - _BEFORE_CAPPED) : at])


def _is_limit(claim: Passage, quantity: Quantity) -> bool:
    """Whether the words before a number tell that it is the most there may be: *could reach 3,000*."""
    return not _LIMITS.isdisjoint(claim.texts[max(0, quantity.first - _BEFORE_LIMITED) : quantity.first])


@cache
def _negatives(language: str | None) -> frozenset[str]:
    """Return the words that deny; `no` before a noun is none in Portuguese."""
    known = lexicon(language)
    return _NEGATIONS - known.noun_markers if known is not None else _NEGATIONS


def _may_deny(texts: Sequence[str]) -> bool:
    return not _NEGATIONS.isdisjoint(texts) or "n't" in "".join(texts)


def _bound(passage: Passage, quantity: Quantity) -> str | None:
    """Return the bound that a text gives a number; None where a negative before it leaves that open."""
    if quantity.bound and quantity.first in passage.once(compared):
        return ""
    first = max(0, quantity.first - _FARTHEST)
    if not _may_deny(passage.texts[first : quantity.first]):  # nearly always
        return quantity.bound
    clause = clause_at(passage, quantity.first)
    first = max(first, clause.start if clause is not None else 0)
    if not _may_deny(passage.texts[first : quantity.first]):
        return quantity.bound
    hits = beginning_in(passage, max(0, first - _LONGEST), quantity.first)
    pseudo = [hit for hit in hits if hit.label == "negation/pseudo"]
    if quantity.bound in _TURNED and any(hit.end in (quantity.first, quantity.first - 1) for hit in pseudo):
        return _TURNED[quantity.bound]
    negatives = _negatives(passage.language)
    for at in range(quantity.first - 1, first - 1, -1):
        text = passage.texts[at]
        if text in _PARTS:
            break
        if (text in negatives or text.endswith("n't")) and not any(hit.start <= at < hit.end for hit in pseudo):
            return None
    return quantity.bound
