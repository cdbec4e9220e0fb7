"""Lost denials where claim and article are in different languages, and no words can be compared.

The word that a negative governs is seldom found in both texts then. But a negative leaves a trace in any language: a
claim that restates what a unit denies, and has neither a negative nor any word that may stand for one (*unhurt*,
*remains shut*), affirms it. That it restates this part shows in its length, where it is too long to tell only the rest
of its one unit, or in what it shares with nothing but a denied statement: numbers, dates, and words of the tables.

Of 44,820 pairs of sentences that translate each other (messages of free programs in six languages, of which 3,750 have
a negative on one side only) 0.2 % are so doubted. The reverse, a negative where the evidence has no trace of one, was
measured too, and what only one side leaves open: both found less than ten wrong claims for a right one.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

from summarizer.ground.case import Case
from summarizer.ground.landing import Statement, only_says_who, said_by, statements, told_by
from summarizer.ground.reading.clause import Clause, clause_at, content_places, cues, inside, said, stems
from summarizer.ground.reading.lexicon import lexicon
from summarizer.ground.reading.phrases import Phrases
from summarizer.ground.reading.polarity import Trigger, is_asked, outright, triggers
from summarizer.ground.reading.tables import read_data
from summarizer.ground.reading.text import Passage
from summarizer.ground.reading.when import parse

# A claim and a part of its units may say the same in so many times more content words. From 1.0 to 1.6 the changes that
# are caught in `fixtures/eval/abroad` and the pairs above that are doubted both grow fewer, by little.
_LONGER = 1.2
_MOST_CLAIMED = 8  # statements
_MOST_SOURCE = 8  # content words of a statement that only says whose the others are
_LEAST_SCORE = 1.5  # words, numbers and dates that a statement must share with what it lands on
_EXACT, _NAME = 1.5, 0.25  # count a number or a date, and a name
_AS_NEAR = 0.5  # of the best score
_CONTRAST = "~but"
_DENYING = frozenset({"=deny", "=exclude"})


def denials(case: Case) -> Iterator[tuple[str, str]]:
    """Yield what a claim in another language, without any trace of a negative, restates of what its units deny."""
    claim, units = case.claim, [unit for unit in case.evidence if _negatives(unit)]
    if not units or not case.crosses_languages or case.guessed or outright(claim) or any(map(is_asked, case.evidence)):
        return
    there = case.there(_kept_as_it_is)
    if lexicon(claim.language) is None or any(there.isdisjoint(names) for names in claim.once(tacit)):
        return
    if _CONTRAST in there and _CONTRAST not in claim.once(kept):
        return  # of *not by storms, but by beetles* a claim may tell the second part alone
    if len(case.evidence) == 1 and _restates(claim, units[0]):
        yield claim.text, _denied_part(units[0])
    else:
        yield from _landed(case)


def _denied_part(unit: Passage) -> str:
    clause = clause_at(unit, _negatives(unit)[0].start)
    return unit.text if clause is None else said(unit, clause)


def _restates(claim: Passage, unit: Passage) -> bool:
    """Whether a claim is too long to tell only what a unit says beside what it denies."""
    denied = {clause_at(unit, one.start): one.start for one in reversed(_negatives(unit))}
    told = unit.once(statements) if inside(claim, Clause(0, len(claim.tokens)), "said", "source") else _told(unit)
    places = [at for one in told for at in unit.once(content_places) if one.clause.start <= at < one.clause.end]
    rest = {at for at in places if clause_at(unit, at) not in denied}
    # Whom the rest speaks of may be named before the negative, or with a name behind it.
    large = frozenset(unit.large if unit.language != "de" else ())
    subject = {at for at in places if at in large or at < denied.get(clause_at(unit, at), 0)} if rest else set()
    return len(claim.once(content_places)) >= _LONGER * len(rest | subject) + 1


def _told(passage: Passage) -> Iterator[Statement]:
    """Yield the statements of a passage, but for those that only say whose they are: *said the firm*."""
    for one in passage.once(statements):
        if not only_says_who(passage, one) and not _names_source(passage, one.clause):
            yield one


def _names_source(passage: Passage, clause: Clause) -> bool:
    """Whether a statement of few words begins with who says it, or ends with that they do."""
    marks = frozenset(passage.marks)
    end = next((at + 1 for at in range(clause.end - 1, clause.start, -1) if at not in marks), clause.end)
    length = sum(clause.start <= at < clause.end for at in passage.once(content_places))
    return length <= _MOST_SOURCE and any(
        hit.start == clause.start or (hit.label == "said" and hit.end == end)
        for hit in inside(passage, clause, "said", "source")
    )


def _landed(case: Case) -> Iterator[tuple[str, str]]:
    """Yield statements of a claim with the denied ones of the units that alone have the same, in any language."""
    names = case.claim.once(_named)
    theirs = [(unit, one.clause, _anchors(unit, one.clause)) for unit in case.evidence for one in unit.once(statements)]
    for mine in case.claim.once(statements)[:_MOST_CLAIMED]:
        wanted = _anchors(case.claim, mine.clause) - case.claim.once(told_by)
        scores = [_score(wanted & anchors, names) for _, _, anchors in theirs]
        best = max(scores, default=0)
        near = [place for place, score in zip(theirs, scores, strict=True) if score >= _AS_NEAR * best]
        if best >= _LEAST_SCORE and all(_is_denied(unit, clause) for unit, clause, _ in near):
            unit, clause, _ = near[0]
            yield said(case.claim, mine.clause), said(unit, clause)


def _anchors(passage: Passage, clause: Clause) -> frozenset[str]:
    """Return what a statement says that is the same in every language: stems and numbers, and parts of dates."""
    found = set(said_by(passage, *clause))
    for date in passage.once(parse):
        if clause.start <= date.first < clause.end:
            parts = {"year": date.year, "month": date.month, "day": date.day, "weekday": date.weekday}
            found |= {f"@{part} {value}" for part, value in parts.items() if value is not None}
    return frozenset(found)


def _named(passage: Passage) -> frozenset[str]:
    row = passage.once(stems)
    return frozenset(found for at in passage.large if (found := row[at]) is not None)


def _score(shared: frozenset[str], names: frozenset[str]) -> float:
    return sum(_NAME if one in names else _EXACT if one[0] in "@#" or one[0].isdigit() else 1 for one in shared)


def _negatives(passage: Passage) -> list[Trigger]:
    """Return the outright negatives of a text and its verbs of denying, but for who does not want to be named."""
    found = [one for one in passage.once(triggers) if one.sort == "word" or (one.stem in _DENYING and one.governed)]
    return [one for one in found if not inside(passage, clause_at(passage, one.start) or Clause(0, 0), "anonymous")]


def _is_denied(unit: Passage, clause: Clause) -> bool:
    return any(clause.start <= one.start < clause.end for one in _negatives(unit))


def tacit(passage: Passage) -> tuple[frozenset[str], ...]:
    """Return for each word that may say what a negative does, outright ones apart, its groups and its stem."""
    row = passage.once(stems)
    found: dict[int, set[str]] = {}
    for label, start, end in passage.once(cues):
        if label.startswith("negation/") and (label != "negation/pseudo" or end > start + 1):
            found.setdefault(start, set()).add(row[start] or "")
    for one in passage.once(triggers):
        found.setdefault(one.start, set()).add(one.stem)
    for label, start, _ in _words(passage.language).find(passage.texts):
        found.setdefault(start, set()).add(label or row[start] or "")
    silent = {one.start for one in outright(passage)}
    return tuple(frozenset(names) for at, names in found.items() if at not in silent)


def kept(passage: Passage) -> frozenset[str]:
    """Return the groups and the stems that stand in a passage."""
    groups = [label for label, _, _ in _words(passage.language).find(passage.texts)]
    return frozenset(filter(None, (*groups, *passage.once(stems))))


def _kept_as_it_is(passage: Passage) -> frozenset[str]:
    """Return the same without its verbs of denying: a claim that has these keeps what they deny."""
    denying = {one.start for one in passage.once(triggers) if one.sort == "verb"}
    groups = [label for label, start, _ in _words(passage.language).find(passage.texts) if start in denying]
    row = passage.once(stems)
    return passage.once(kept) - {*groups, *(row[at] for at in denying)}


@cache
def _words(language: str | None) -> Phrases:
    """Return the words of a language that may say what a negative does, labelled with their group, or with nothing."""
    table: Any = read_data("tacit")
    groups = {f"~{group}": [row[language]] for group, row in table["groups"].items() if language in row}
    return Phrases({**groups, "": table["words"].get(language, [])})
