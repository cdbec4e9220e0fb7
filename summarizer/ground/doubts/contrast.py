"""Doubt: the claim has the opposite of what the evidence says of the same thing.

*Rose by 4 %* and *fell by 4 %*, *before the vote* and *after the vote*: what a word is the opposite of is written in
the table of concepts; that two of them speak of one thing shows where the same number, or the same word, stands beside
both. So nothing else need be shared, and it holds for claims that cite nothing too: all 34 such doubts on the dev
halves of BUMP, CLIFF, QAGS, RAGTruth, StorySumm and SummEdits (7,134 sentences) are right.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from functools import cache
from itertools import chain

from summarizer.ground.case import Case
from summarizer.ground.doubts.change import is_earned, told, told_before
from summarizer.ground.otherwise import reopens
from summarizer.ground.reading.arithmetic import is_same, is_time
from summarizer.ground.reading.clause import Clause, clause_at, clauses, content, inside, stems, weigh
from summarizer.ground.reading.lexicon import Directions, directions, opposed, opposites
from summarizer.ground.reading.locales import word_set
from summarizer.ground.reading.polarity import is_asked
from summarizer.ground.reading.quantity import Quantity, parse
from summarizer.ground.reading.text import Passage
from summarizer.records import Finding

_REACH, _NEAR = 7, 2  # tokens on each side of a number in which its direction stands: a verb, *above*
_BESIDE = 3  # a profit, a loss
_CLEAR = 2  # tokens by which one direction is nearer than the other
_BOUND = 3  # tokens before a number with a bound that may make it: more than
_ANCHOR = 3  # tokens behind a word in which the thing stands that it speaks of
_LEAST_SHARED = 0.3
_MOST_CLAIMED = 16
_COMPARING = frozenset({"=increase_more", "=decrease_less", "=over", "=under"})
_OVER = frozenset({"=over", "=under"})
_MOVED = frozenset({"count", "fraction"})  # by 4 %, by a quarter
_STOPS = frozenset(';:()[]—–!?"')
_DESPITE = word_set("despite")
_JOINED = frozenset("-–:")
# Who sells has a buyer, who loses to somebody a winner: told from the other side, these are no contradiction.
SIDED = frozenset({"buy", "sell", "win", "lose", "import_", "export_", "employ", "profit"})
_TIMES = frozenset({"=before", "=after"})
_RANKS = frozenset({"=first", "=last"})  # before the last vote: of the vote
_PERIODS = frozenset({"=day", "=week", "=month", "=year"})


def check(case: Case) -> Iterator[Finding]:
    """Find words of the claim whose opposite stands beside the same thing in the evidence."""
    moved = case.claim.once(_moves)
    may_turn = bool(moved) and not case.there(_moves).isdisjoint([-sense for sense in moved])
    found = list(_turned_numbers(case)) if may_turn else []
    if _may_turn(case):
        words = list(_turned_words(case))
        found += words if words and not reopens(case) else []
    for mine, theirs in found:
        yield Finding("negation", f"“{mine}” is the opposite of “{theirs}”")


def _moves(passage: Passage) -> frozenset[int]:
    """Return whether a passage has any word that may tell of a rise (1), and any that may tell of a fall (-1)."""
    known, there, texts = directions(passage.language), content(passage), passage.texts
    if known.every.isdisjoint(there) and known.words.keys().isdisjoint(texts):
        return frozenset()
    found = [table.get(one) for table in (known.concepts, known.lasting) for one in known.every & there]
    return frozenset(filter(None, [*found, *map(known.words.get, known.words.keys() & texts)]))


def _may_turn(case: Case) -> bool:
    """Whether the evidence has the opposite of any word of the claim."""
    mine = opposed().keys() & content(case.claim)
    return bool(mine) and not case.there(content).isdisjoint(chain.from_iterable(map(opposed().__getitem__, mine)))


def _turned_numbers(case: Case) -> Iterator[tuple[str, str]]:
    """Yield the word by which a number of the claim rises, with the word by which it falls wherever it is told."""
    levels = {one.first for change in told(case) for one in change}  # which way, their order tells
    for quantity in case.claim.once(parse)[:_MOST_CLAIMED]:
        mine = _direction(case.claim, quantity) if quantity.first not in levels else None
        if mine is None:
            continue
        equal = [
            (passage, _direction(passage, other))
            for passage in case.evidence
            for other in passage.once(parse)
            if is_same(quantity, other)
        ]
        theirs = [(passage, found[1]) for passage, found in equal if found is not None and found[0] == -mine[0]]
        if "to" in told_before(case.claim, quantity.first):  # a profit that fell to 143 million was earned
            theirs = [(passage, at) for passage, at in theirs if not is_earned(passage, at, quantity)]
        if theirs and len(theirs) == len(equal):
            passage, at = theirs[0]
            if case.claim.once(stems)[mine[1]] in _COMPARING and is_turned_round(case.claim, mine[1], passage, at):
                continue
            yield case.claim.raws[mine[1]], passage.raws[at]


def _direction(passage: Passage, quantity: Quantity) -> tuple[int, int] | None:
    """Return whether a number tells of a rise (1) or a fall (-1), and where that stands; None where it is not clear."""
    if quantity.kind not in _MOVED or quantity.weak or quantity.unit == "times" or _is_joined(passage, quantity):
        return None
    known = directions(passage.language)
    nearest = _nearest(passage, quantity, known, lasting=False)
    if not nearest and quantity.unit not in ("", "%") and not known.lasting.keys().isdisjoint(content(passage)):
        nearest = _nearest(passage, quantity, known, lasting=True)
    if not nearest or (len(nearest) > 1 and abs(nearest[0][0] - nearest[1][0]) < _CLEAR):
        return None
    _, sense, at = min(nearest)
    clause = clause_at(passage, at)
    if clause is None or inside(passage, clause, "negation/word", "negation/verb"):
        return None
    return sense, at


def _is_joined(passage: Passage, quantity: Quantity) -> bool:
    """Whether a number is part of a score or a range: 71-64."""
    around = (
        *passage.texts[max(0, quantity.first - 1) : quantity.first],
        *passage.texts[quantity.last : quantity.last + 1],
    )
    return not _JOINED.isdisjoint(around)


def _is_span(quantity: Quantity) -> bool:
    """Whether an *over* before a number tells how long something took: *over two decades*."""
    return is_time(quantity.unit) or quantity.unit == "decade"


def _nearest(passage: Passage, quantity: Quantity, known: Directions, *, lasting: bool) -> list[tuple[int, int, int]]:
    """Return the nearest rise and the nearest fall around a number: how far, which, and where.

    `lasting` asks for *profit* and *loss*, which may rise and fall themselves.
    """
    row, texts, clause = passage.once(stems), passage.texts, clause_at(passage, quantity.first)
    if clause is None:
        return []
    found: dict[int, tuple[int, int, int]] = {}
    ahead_of, behind = range(quantity.last, clause.end), range(quantity.first - 1, clause.start - 1, -1)
    for ahead, places in ((True, ahead_of), (False, behind)):
        for far, at in enumerate(places[: _BESIDE if lasting else _REACH]):
            if (
                texts[at] in _STOPS
                or texts[at] in _DESPITE
                or (texts[at] == "," and ahead)
                or (lasting and passage.kinds[at] == "number")
            ):
                break
            concept = row[at] or ""
            sense = (known.lasting if lasting else known.concepts).get(concept, 0)
            beside = concept in _OVER or not sense
            if not sense and not lasting:
                sense = known.words.get(texts[at], 0)
            if not sense or (beside and far >= _NEAR):
                continue
            if concept == "=over" and not ahead and _is_span(quantity):
                continue
            if ahead and concept in _OVER and "number" in passage.kinds[at + 1 : at + 2]:
                continue  # 88 nurses over 50
            if quantity.bound and concept in _OVER:
                continue  # the word may make the bound: losses that exceed 8 billion
            if quantity.bound and not ahead and far < _BOUND and (beside or concept in _COMPARING):
                continue
            if sense not in found or far < found[sense][0]:
                found[sense] = (far, sense, at)
            break
    return list(found.values())


def is_turned_round(claim: Passage, here: int, passage: Passage, there: int) -> bool:
    """Whether two comparisons have their sides exchanged: who pays more than others are those that pay less."""
    theirs = passage.once(stems)
    before, behind = _words(claim, 0, here), _words(claim, here + 1, len(claim.texts))
    return not before.isdisjoint(theirs[there + 1 :]) and not behind.isdisjoint(theirs[:there])


def _words(passage: Passage, start: int, end: int) -> set[str]:
    """Return stems without numbers, which both sentences have wherever they stand."""
    row = list(passage.once(stems))
    for item in passage.once(parse):
        row[item.first : item.last] = [None] * (item.last - item.first)
    return {stem for stem in row[start:end] if stem is not None and not stem[0].isdigit()}


def _turned_words(case: Case) -> Iterator[tuple[str, str]]:
    """Yield a word of the claim with its opposite in the evidence, when the same content word follows both."""
    mine = {(concept, anchor): at for concept, anchor, at in _anchored(case.claim)}
    if not mine:
        return
    said = content(case.claim)
    theirs: dict[str, dict[str, tuple[Passage, int]]] = {}
    for passage in case.evidence:
        for concept, anchor, at in () if is_asked(passage) else passage.once(_anchored):
            theirs.setdefault(anchor, {}).setdefault(concept, (passage, at))
    for (concept, anchor), at in mine.items():
        there = theirs.get(anchor, {})
        for other, (passage, place) in there.items() if concept not in there else ():
            if (
                other not in said
                and concept not in content(passage)
                and frozenset((concept[1:], other[1:])) in opposites()
                and (concept not in _TIMES or (_is_near(case, at, passage, {concept, anchor}) and not told(case)))
            ):
                yield case.claim.raws[at], passage.raws[place]
                break


def _is_near(case: Case, at: int, passage: Passage, apart: AbstractSet[str]) -> bool:
    """Whether a unit says some of what else a claim says: what came before the vote is not what came after it.

    Of a unit that the claim cites, what else its clause says is enough.
    """
    parts = [None] if case.guessed else [None, clause_at(case.claim, at)]
    wanted = [content(case.claim, part) - apart for part in parts]
    return any(
        weigh(one & content(passage), case.article) >= _LEAST_SHARED * weigh(one, case.article) for one in wanted
    )


def _anchored(passage: Passage) -> tuple[tuple[str, str, int], ...]:
    """Return the concepts of a passage that have opposites, each with the content word behind it, and its place."""
    row, opposed = passage.once(stems), _opposed()
    found: list[tuple[str, str, int]] = []
    if opposed.isdisjoint(row):
        return ()
    for clause in passage.once(clauses):
        places = [at for at in range(*clause) if row[at] in opposed]
        here = [(row[at] or "", anchor, at) for at in places if (anchor := _anchor(row, clause, at))]
        if here and not inside(passage, clause, "negation/word", "negation/verb"):
            found += here
    return tuple(found)


def _anchor(row: Sequence[str | None], clause: Clause, at: int) -> str | None:
    for anchor in row[at + 1 : min(clause.end, at + 1 + _ANCHOR)]:
        if anchor is not None and (anchor not in _RANKS or row[at] in _RANKS):
            return None if anchor[0].isdigit() or anchor in _opposed() or anchor in _PERIODS else anchor
    return None


@cache
def _opposed() -> frozenset[str]:
    return frozenset(f"={concept}" for pair in opposites() for concept in pair if concept not in SIDED)
