"""Doubt: the claim gives a number that the cited units do not give, or give to something else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from summarizer.ground.case import Case
from summarizer.ground.doubts.numbers import apiece, ends, often
from summarizer.ground.doubts.numbers.bounds import unlike
from summarizer.ground.doubts.numbers.counted import label_of, noun_of
from summarizer.ground.doubts.numbers.derived import is_true_of, stands_in_words
from summarizer.ground.doubts.numbers.factors import Compared, Given
from summarizer.ground.doubts.numbers.factors import rivals as instead
from summarizer.ground.doubts.numbers.reckoned import halved, has_more
from summarizer.ground.reading.arithmetic import (
    competes,
    factor,
    fits_any,
    fits_vague,
    is_currency,
    is_same,
    is_time,
)
from summarizer.ground.reading.clause import clause_at
from summarizer.ground.reading.forms import shared
from summarizer.ground.reading.locales import number_words, word_set
from summarizer.ground.reading.quantity import Quantity, parse
from summarizer.ground.reading.text import Passage
from summarizer.ground.reading.view import ArticleView
from summarizer.ground.restate import HALF, restates
from summarizer.records import Finding

# A small number is held against another small number of a sentence with so much of the claim's words.
_MOST_SMALL = 12
_MUCH = 0.5
_ANOTHER = 2  # in order: a second one, where the evidence counts none
_MOST_SPELLED = 3  # people, things: two for at least two
_MOST_CLAIMED = 64  # numbers of a claim that are looked at closely; each is compared with all of the evidence


def check(case: Case) -> Iterator[Finding]:
    """Find numbers of the claim that the evidence does not bear out."""
    claimed = case.claim.once(parse)
    if not case.evidence or not claimed:
        return
    given = [Given(quantity, passage) for passage in case.evidence for quantity in passage.once(parse)]
    compared = [(quantity, _equal(quantity, given)) for quantity in claimed[:_MOST_CLAIMED]]
    for quantity, equal in compared:
        if _is_repeated(quantity, claimed, case.claim):
            continue
        half = halved(quantity, case.claim)
        detail = _doubt(half, equal if half is quantity else _equal(half, given), given, case)
        if detail:
            yield Finding("number", detail)
    if len(claimed) > _MOST_CLAIMED:
        yield from _doubt_rest(claimed[_MOST_CLAIMED:], given)
    if not case.guessed or restates(case, HALF):
        repeats = _doubt_repeats(compared, given, case)
        for detail in chain(repeats, often.doubts(case), ends.doubts(compared, case), apiece.doubts(compared, case)):
            yield Finding("number", detail)


def _equal(quantity: Quantity, given: Sequence[Given]) -> list[Given]:
    return [other for other in given if is_same(quantity, other.quantity)]


def _is_repeated(quantity: Quantity, claimed: Sequence[Quantity], claim: Passage) -> bool:
    """Whether a number stands in parentheses behind the same in another unit: *15 inches (38 cm)*."""
    opened = claim.texts[quantity.first - 1 : quantity.first] == ("(",)
    return opened and any(one.last == quantity.first - 1 and is_same(quantity, one) for one in claimed)


def _doubt(quantity: Quantity, equal: Sequence[Given], given: Sequence[Given], case: Case) -> str | None:
    """Say what is wrong with a quantity of the claim; None where nothing is, or nothing may be said."""
    same = set(map(id, equal))
    rivals = instead(quantity, [other for other in given if id(other) not in same], case)
    counted = not equal and _is_counted(quantity, rivals, case)
    equal = equal or ([] if counted else list(_same_unsaid(quantity, given, rivals, case)))
    if case.guessed and not restates(case, HALF) and (_is_weak(quantity, case) or _is_somewhere(quantity, case)):
        return _doubt_bound(quantity, equal, case, turned=True) if equal else None
    if equal:
        doubt = rivals and (_doubt_tie(quantity, equal, rivals, case) or _doubt_holder(quantity, equal, rivals, case))
        return doubt or _doubt_bound(quantity, equal, case, turned=case.guessed and not restates(case))
    in_words = not counted and stands_in_words(quantity, case)
    if (
        in_words
        or is_true_of(quantity, given, case)
        or (_is_weak(quantity, case) and not _is_instead(quantity, rivals, case))
    ):
        return None
    return _told(quantity, rivals or given)


def _doubt_rest(claimed: Sequence[Quantity], given: Sequence[Given]) -> Iterator[Finding]:
    """Doubt the first of very many numbers that the evidence does not give just so: each of them costs but a look."""
    told = {reading for other in given for reading in other.quantity.readings}
    for quantity in claimed:
        if not quantity.weak and told.isdisjoint(quantity.readings):
            yield Finding("number", _told(quantity, given))
            return


def _is_somewhere(quantity: Quantity, case: Case) -> bool:
    """Whether the article has a number anywhere, perhaps as one that it rounds or bounds."""
    told = case.article.once(_every_number)
    if any(is_same(quantity, other) for other in told):
        return True
    is_vague = quantity.kind == "vague" and any(fits_vague(quantity, other) for other in told)
    return is_vague or fits_any(quantity, told)


def _every_number(article: ArticleView) -> tuple[Quantity, ...]:
    return tuple([quantity for passage in article.passages for quantity in passage.once(parse)])


def _same_unsaid(quantity: Quantity, given: Sequence[Given], rivals: Sequence[Given], case: Case) -> Iterator[Given]:
    """Yield the numbers that are the same although one text leaves the unit out: `17.4 of the 212 million euros`."""
    claimed = case.claim.once(parse)[:_MOST_CLAIMED]
    is_money, are_told = is_currency(quantity.unit), None
    currencies = _currencies(item.quantity for item in given) or case.article.once(_all_currencies) if is_money else ()
    is_foreign = bool(currencies) and not any(factor(quantity.unit, unit) for unit in currencies)
    units = [rival.quantity for rival in rivals if rival.quantity.unit == quantity.unit] if quantity.unit else ()
    for told in given:
        other = told.quantity
        if is_money and not other.unit and (other.power or _is_alone(told)):
            if not is_foreign and quantity.value == other.value:
                yield told
            continue
        if ("ordinal" in (quantity.kind, other.kind) and _is_ranked(case.claim, quantity, told)) or (
            other.power and not quantity.power and _has_scale_unsaid(quantity, other, claimed)
        ):
            yield told
            continue
        if units and not other.unit and quantity.value == other.value and _is_alone(told):
            if are_told is None:
                are_told = all(any(is_same(one, two) for one in claimed) for two in units)
            if are_told:
                yield told  # gave 30 kilos. Last year it was 14.
                continue
        bare = not units or (is_time(quantity.unit) and _is_alone(told))  # who was 19 and
        if bare and is_same(quantity, other, loosely=True):
            yield told


def _is_alone(told: Given) -> bool:
    return not noun_of(told.passage, told.quantity)


def _has_scale_unsaid(quantity: Quantity, other: Quantity, claimed: Sequence[Quantity]) -> bool:
    """Whether the claim tells a scale and a unit only once for two numbers: *fell by 36 million to 402*."""
    if quantity.unit or quantity.value.scaleb(other.power) != other.value:
        return False
    return any(one.power == other.power and (not other.unit or factor(one.unit, other.unit)) for one in claimed)


def _is_ranked(claim: Passage, quantity: Quantity, told: Given) -> bool:
    """Whether one of two numbers is an ordinal and the other *number* so many: ranked 47th, *number 47*."""
    if quantity.value != told.quantity.value:
        return False
    sides = ((quantity, told.passage, told.quantity), (told.quantity, claim, quantity))
    return any(
        one.unit == "ordinal"
        and not other.unit
        and _RANKS.intersection(
            [text for text in passage.texts[max(0, other.first - 2) : other.first] if text != "."][-1:]
        )
        for one, passage, other in sides
    )


_RANKS = word_set("ranks")


def _currencies(quantities: Iterable[Quantity]) -> frozenset[str]:
    return frozenset(quantity.unit for quantity in quantities if is_currency(quantity.unit))


def _all_currencies(article: ArticleView) -> frozenset[str]:
    """Return the currencies of an article: where a sentence leaves its own out, it is one of them."""
    return _currencies(article.once(_every_number))


def _told(quantity: Quantity, others: Sequence[Given]) -> str:
    told = list(dict.fromkeys(other.quantity.text for other in others))
    said = f"the claim says {quantity.text!r}"
    if not told:
        return f"{said}; the cited sentences give no number"
    return f"{said}; the cited sentences say {', '.join(map(repr, told[:4]))}"


def _is_weak(quantity: Quantity, case: Case) -> bool:
    """Whether nothing follows from a number's absence.

    *Two brothers*, *the four companies* count what is named, not what is told: of 60 such numbers in faithful and
    unfaithful sentences of RAGTruth, SummEdits and FaithBench that stand nowhere in the evidence, two thirds are right.
    """
    if quantity.weak:
        return True
    before = case.claim.texts[quantity.first - 1] if quantity.first else ""
    if quantity.unit == "ordinal" and quantity.value == _ANOTHER and not case.crosses_languages:
        return before in number_words(case.claim.language).one  # ein zweiter Angeklagter: another one
    if quantity.kind != "count":
        return False
    if quantity.value == 1 and not quantity.power:
        return True  # an article tells as much: a week
    if quantity.unit or quantity.value > 4:
        return False
    spelled = not any(char.isdigit() for char in quantity.text)
    return before in _DEFINITE or (spelled and quantity.value <= 3)


_DEFINITE = word_set("definite")


# --------------------------------------------------------------------------------------------------- what it counts


def _is_instead(quantity: Quantity, rivals: Sequence[Given], case: Case) -> bool:
    """Whether another number stands in the evidence where this one should: of the same things, or of nothing else."""
    if _same_noun(quantity, rivals, case):
        return True
    if quantity.kind != "count":
        return False
    claimed = case.claim.once(parse)[:_MOST_CLAIMED]
    return any(
        rival.quantity.value <= _MOST_SMALL and not any(is_same(other, rival.quantity) for other in claimed)
        for rival in rivals
        if not rival.quantity.unit and shared(case.claim, rival.passage) >= _MUCH
    )


def _is_counted(quantity: Quantity, rivals: Sequence[Given], case: Case) -> bool:
    """Whether the evidence has another number, which the claim has not, of the very things that a plain one counts."""
    if quantity.kind != "count" or quantity.unit or not rivals:
        return False
    claimed = case.claim.once(parse)[:_MOST_CLAIMED]
    return any(
        not any(is_same(one, rival.quantity, loosely=True) for one in claimed)
        for rival in _of_noun(noun_of(case.claim, quantity), rivals)
    )


def _of_noun(noun: str, others: Sequence[Given]) -> list[Given]:
    """Return the numbers of the evidence that count the same thing, as far as the next word shows."""
    return [other for other in others if noun_of(other.passage, other.quantity) == noun] if noun else []


def _same_noun(quantity: Quantity, others: Sequence[Given], case: Case) -> bool:
    """Whether another number of the evidence counts the same thing, as far as the next word shows."""
    if quantity.kind != "ordinal" and (quantity.unit or quantity.kind != "count"):
        return bool(others)
    return bool(_of_noun(noun_of(case.claim, quantity), others))


def named(passage: Passage) -> frozenset[str]:
    """Return the folded words written with a capital, the first one left out; none where every noun is."""
    if passage.language == "de":
        return frozenset()
    return frozenset(
        token.text
        for token in passage.tokens[1:]
        if token.kind == "word" and token.raw[0].isupper() and len(token.raw) > 2
    )


def _all_named(article: ArticleView) -> frozenset[str]:
    """Return what an article surely names: a first word that is among it is a name too."""
    return frozenset().union(*(article.passage(unit.number).once(named) for unit in article.units))


def _names(passage: Passage, case: Case) -> frozenset[str]:
    first = frozenset(passage.texts[:1])
    return passage.once(named) | (first & (case.article.once(_all_named) | case.claim.once(named)))


def _doubt_tie(quantity: Quantity, equal: Sequence[Given], rivals: Sequence[Given], case: Case) -> str | None:
    """Doubt a number that one cited unit gives to something else, where another gives the claim's own name another one.

    Within one unit nothing is concluded: a verdict must be sure, and who has which number there is for the risk to say.
    """
    if quantity.weak or quantity.unit in ("", "ordinal"):
        return None
    homes = frozenset(other.passage for other in equal)
    claimed = case.claim.once(parse)[:_MOST_CLAIMED]
    apart: dict[Passage, Quantity] = {}
    for rival in rivals:
        passage = rival.passage
        if passage not in homes and passage not in apart and not any(is_same(one, rival.quantity) for one in claimed):
            apart[passage] = rival.quantity
    clause = clause_at(case.claim, quantity.first) if apart else None
    words = frozenset(case.claim.texts) if apart else frozenset[str]()
    before = frozenset(case.claim.texts[: clause.end]) if clause is not None else words  # a name further on has others
    told = frozenset().union(*(passage.texts for passage in homes)) if apart else words
    for passage, other in apart.items():
        others = _names(passage, case)
        if (others & before) - told and all(
            (names := _names(home, case)) and not names & words - others for home in homes
        ):
            return f"the claim says {quantity.text!r} of what the cited sentences say {other.text!r} of"
    return None


def _doubt_holder(quantity: Quantity, equal: Sequence[Given], rivals: Sequence[Given], case: Case) -> str | None:
    """Doubt *Falcon 2* where the evidence has a Falcon 9 and two stages, *the 7th district* for the 2nd."""
    holder = noun_of if quantity.kind == "ordinal" else label_of
    name = holder(case.claim, quantity)
    if not name or any(holder(other.passage, other.quantity) == name for other in equal):
        return None
    meant = [other for other in rivals if holder(other.passage, other.quantity) == name]
    return _told(quantity, meant) if meant else None


def _doubt_repeats(compared: Sequence[Compared], given: Sequence[Given], case: Case) -> Iterator[str]:
    """Yield a doubt for *16 and 16* where the evidence says 16 and 14: one number taken twice, the other left out."""
    if len(compared) < 2:
        return
    counts = [(quantity, homes) for quantity, homes in compared if quantity.kind == "count" and not quantity.weak]
    claimed = [quantity for quantity, _ in counts if not label_of(case.claim, quantity)]
    for quantity, homes in counts:
        same = [other for other in claimed if is_same(other, quantity)] if len(homes) == 1 else []
        if len(same) < 2 or quantity is not same[0]:
            continue
        left = [
            other
            for other in given
            if other.passage is homes[0].passage
            and competes(quantity, other.quantity)
            and not any(is_same(item, other.quantity) for item in claimed)
        ]
        if left:
            yield f"the claim says {quantity.text!r} twice; the cited sentences say {left[0].quantity.text!r} too"


# ------------------------------------------------------------------------------------------------------------- bounds


def _doubt_bound(quantity: Quantity, equal: Sequence[Given], case: Case, *, turned: bool) -> str | None:
    """Doubt *more than 100* where the evidence says just 100, or less; only where it says less if `turned`."""
    if quantity.bound in (">", ">=", ">?") and any(has_more(*other) for other in equal):
        return None
    found = unlike(
        case.claim,
        quantity,
        [(other.quantity, other.passage) for other in equal],
        small=quantity.value <= _MOST_SPELLED and not quantity.unit,
        turned=turned,
    )
    return found and f"the claim says {found[0]!r}; the cited sentences say {found[1]!r}"
