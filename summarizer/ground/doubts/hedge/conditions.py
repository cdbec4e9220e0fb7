"""Conditions that a claim leaves out which restates what holds only under them, be it done, planned or allowed.

*The contract was approved, provided that the state pays half*, *refunds are paid if the receipt is shown*. The claim
must repeat what the condition belongs to, and have nothing of the condition itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice

from summarizer.ground.case import Case
from summarizer.ground.landing import everything, said_by, terms, told_by
from summarizer.ground.reading import when
from summarizer.ground.reading.clause import Clause, clause_at, clauses, cued, cues, weigh
from summarizer.ground.reading.locales import word_set
from summarizer.ground.reading.outlook import outlook
from summarizer.ground.reading.phrases import Hit
from summarizer.ground.reading.polarity import is_asked
from summarizer.ground.reading.text import Passage

# Of the weight of the claim, what the evidence must have outside the condition, and of that of the clause to which the
# condition belongs, what the claim must have.
_LEAST_SAID = 0.85
_LEAST_HELD = 0.6
_FEWEST_HELD = 2  # words, where who says it is left out
_OPENING = word_set("conditional")  # other phrases of the kind ask: *whether*, *depends on*
_NO_CONDITION = word_set("not_conditional")  # before one: *even if*, *asked if*
_ASKING, _IF, _ASKS = map(word_set, ("whether", "if", "asks_if"))
_MOST = 4  # conditions of a sentence that are looked at, and clauses before one
_ENDS = frozenset(",;:()—–.")


def dropped(case: Case) -> Iterator[tuple[Passage, Clause]]:
    """Yield a condition of the evidence that the claim, which restates the rest, leaves out."""
    found = _parts(case, conditions)
    if not found:
        return
    mine = case.claim.once(everything)
    total = weigh(mine, case.article)
    for passage, part in found:
        others = _outside(passage, part)
        said = mine & (others | _only_when(passage, part))
        if (mine & said_by(passage, *part)) - others - _only_when(passage, part) or weigh(
            said, case.article
        ) < _LEAST_SAID * total:
            continue
        whole = _held(passage, part)
        held = whole - passage.once(told_by) - (passage.once(_named) - mine)
        held = held if len(held) >= _FEWEST_HELD else whole
        if weigh(mine & held, case.article) < _LEAST_HELD * weigh(held, case.article):
            continue
        rest = [other.once(everything) for other in case.evidence if other is not passage]
        if any(weigh(mine & other, case.article) >= _LEAST_SAID * total for other in rest):
            continue
        yield passage, part
        return


def asked(case: Case) -> Iterator[tuple[Passage, Clause]]:
    """Yield what the evidence asks, *investigates whether*, or supposes, *if*, and the claim tells as so."""
    found = _parts(case, open_parts)
    if not found:
        return
    mine = case.claim.once(everything)
    total = weigh(mine, case.article)
    for passage, part in found:
        question = said_by(passage, *part)
        shared, whose = weigh(mine & question, case.article), weigh(case.claim.once(told_by) - question, case.article)
        if shared < _LEAST_SAID * (total - whose) or shared < _LEAST_HELD * weigh(question, case.article):
            continue
        rest = [_outside(passage, part), *(other.once(everything) for other in case.evidence if other is not passage)]
        if not any(weigh(mine & other, case.article) >= _LEAST_SAID * total for other in rest):
            yield passage, part
            return


def are_left_out(case: Case) -> bool:
    """Whether the evidence has a condition or a question, and the claim leaves nothing open itself."""
    if case.crosses_languages or not any("hedge/condition" in passage.once(cued) for passage in case.evidence):
        return False  # nearly always
    return not _is_open(case) and not is_asked(case.claim)


def _parts(case: Case, analyze: Callable[[Passage], tuple[Clause, ...]]) -> list[tuple[Passage, Clause]]:
    return [(passage, part) for passage in case.evidence for part in passage.once(analyze)][:_MOST]


def _is_open(case: Case) -> bool:
    """Whether the claim has a condition, or leaves it open in words that the evidence has not."""
    claim = case.claim
    hits = outlook(claim, Clause(0, len(claim.texts))).open
    there = frozenset().union(*[passage.texts for passage in case.evidence]) if hits else frozenset[str]()
    return any(hit.label == "hedge/condition" or not there.issuperset(claim.texts[hit.start : hit.end]) for hit in hits)


def conditions(passage: Passage) -> tuple[Clause, ...]:
    """Return where the first conditions of a passage stand."""
    hits = (hit for hit in passage.once(cues) if hit.label == "hedge/condition" and _opens(passage, hit))
    return tuple([Clause(hit.start, _end(passage, hit)) for hit in islice(hits, _MOST)])


def open_parts(passage: Passage) -> tuple[Clause, ...]:
    """Return the first indirect questions of a passage that a yes or a no would answer, and what it supposes."""
    hits = (hit for hit in passage.once(cues) if hit.label == "hedge/condition" and hit.end < len(passage.texts))
    told = (hit for hit in hits if _asks(passage, hit) or _opens(passage, hit))
    return tuple([Clause(hit.end, _end(passage, hit)) for hit in islice(told, _MOST)])


def _asks(passage: Passage, hit: Hit) -> bool:
    before = passage.texts[hit.start - 1] if hit.start else ""
    return passage.texts[hit.start] in _ASKING or (passage.texts[hit.start] in _IF and before in _ASKS)


def _opens(passage: Passage, hit: Hit) -> bool:
    """Whether a phrase opens a condition: *even if*, *asked if* and *large, if not huge* do not."""
    before = passage.texts[hit.start - 1] if hit.start else ""
    conceded = passage.texts[hit.end : hit.end + 1] == ("not",)
    return passage.texts[hit.start] in _OPENING and before not in _NO_CONDITION and not conceded


def _end(passage: Passage, hit: Hit) -> int:
    """Return where a condition ends: at the next mark."""
    texts = passage.texts
    return next((at for at in range(hit.end, len(texts)) if texts[at] in _ENDS), len(texts))


def _only_when(passage: Passage, part: Clause) -> frozenset[str]:
    """Return what only tells when, of what else is in a condition: *if it rains in autumn*."""
    dates = [date for date in passage.once(when.parse) if part.start < date.first < part.end]
    said = frozenset[str]().union(*[said_by(passage, date.first, date.last) for date in dates])
    return said if said < said_by(passage, *part) else frozenset()


def _named(passage: Passage) -> frozenset[str]:
    """Return the words of the names in a passage: who says it, and need not be told of again."""
    row = passage.once(terms)
    return frozenset(found for at in passage.large if passage.language != "de" and (found := row[at]) is not None)


def _outside(passage: Passage, part: Clause) -> frozenset[str]:
    return said_by(passage, 0, part.start) | said_by(passage, part.end, len(passage.texts))


def _held(passage: Passage, part: Clause) -> frozenset[str]:
    """Return what holds under a condition: the clause before it, or behind it where it opens the sentence."""
    row = passage.once(terms)
    before = [clause for clause in passage.once(clauses) if clause.start < part.start][-_MOST:]
    if any(row[at] is not None for at in range(part.start)) and before:
        start = before[-1].start
        while not said_by(passage, start, part.start) and len(before) > 1:
            before.pop()
            start = before[-1].start
        return said_by(passage, start, part.start)
    behind = clause_at(passage, part.end + 1) if part.end + 1 < len(passage.texts) else None
    return said_by(passage, *behind) if behind is not None else frozenset()
