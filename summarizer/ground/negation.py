"""Doubt: the claim denies what the evidence affirms, or the reverse.

Triggers, implied negatives (*refuse*, *rule out*) and pseudo-triggers (*not only*) follow NegEx (Chapman et al. 2001).
A trigger governs the content words after it, or before it when it ends its clause. Polarity is compared where the other
text has the governed words in a clause that shares more than them; an implied negative that stands in both cancels out.
Opposite words (*rise*, *fall*) count as a change of polarity when all else agrees.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from summarizer.ground.case import Case
from summarizer.ground.clause import Clause, Pair, clauses, content, cues, inside, pairs, said, stems, weigh
from summarizer.ground.lexicon import lexicon, opposites
from summarizer.ground.text import Passage
from summarizer.records import Finding

# Of the weight of a claim's clause that must be shared before its polarity, or its words, are compared: at .7 0.9 % of
# the faithful sentences of RAGTruth's dev half are flagged, at .6 1.2 %, at .5 1.6 %; the second changes little there.
_LEAST_NEGATED = 0.7
_LEAST_OPPOSED = 0.5
_BESIDE = 0.7  # of its weight counts what stands in another clause of the unit: a subject before an insertion
_GOVERNED = 6  # content words after a trigger
_IMPLIED = frozenset({"=deny", "=reject", "=forbid", "=exclude"})
_WEAK = frozenset({"=cancel", "=collapse", "=lacking", "=impossible", "=lose", "=fear", "=destroy", "=remove", "=idle"})


class Trigger(NamedTuple):
    """A negative and the stems it governs, nearest first.

    `sort` is `word` (outright), `verb` (implied) or `weak` (near a negative, never enough for one).
    """

    sort: str
    start: int
    stem: str
    governed: tuple[str, ...]


class Side(NamedTuple):
    """A clause of a passage, with its negatives and those of the clauses beside it."""

    passage: Passage
    clause: Clause
    own: tuple[Trigger, ...]
    near: tuple[Trigger, ...]

    @property
    def names(self) -> frozenset[str]:
        """What of it begins with a capital."""
        tokens, row = self.passage.tokens, self.passage.once(stems)
        return frozenset(
            found
            for at in range(self.clause.start, self.clause.end)
            if (found := row[at]) is not None and at and tokens[at].raw[0].isupper() and self.passage.language != "de"
        )

    @property
    def stems(self) -> frozenset[str]:
        """The content of the clause."""
        return content(self.passage, self.clause)


def check(case: Case) -> Iterator[Finding]:
    """Find clauses of the claim whose polarity is not that of the evidence."""
    evidence = [side for passage in case.evidence if not _is_asked(passage) for side in passage.once(sides)]
    found = False
    for mine in case.claim.once(sides):
        if _is_supposed(mine):
            continue
        theirs = _denied(case, mine, evidence)
        if theirs is not None:
            claim, unit = said(case.claim, mine.clause), said(theirs.passage, theirs.clause)
            found = True
            yield Finding("negation", f"only one of “{claim}” and “{unit}” is a negation")
    if not found:
        yield from _stances(case)
    for pair in pairs(case):
        opposed = None if found or len(pair.shared) < 2 else _opposed(case, pair)
        if opposed is not None:
            yield Finding("negation", f"“{opposed[0]}” is the opposite of “{opposed[1]}”")


def _stances(case: Case) -> Iterator[Finding]:
    """Find somebody who confirms or denies in the claim what the evidence says was denied, or left without comment."""
    mine = set(_stance_words(case.claim))
    theirs = {stance for passage in case.evidence for stance in _stance_words(passage)}
    for stance, answers in _ANSWERS.items():
        if stance in mine and stance not in theirs and theirs & answers and not mine & answers:
            yield Finding("negation", f"the claim says “{_STANCES[stance]}”, the cited sentences do not")


_STANCES = {"confirm": "confirmed", "deny": "denied", "comment": "commented"}
_ANSWERS = {
    "confirm": {"not confirm", "not comment", "deny", "not deny"},
    "deny": {"not comment", "not deny", "confirm"},
    "comment": {"not comment"},
}


def _stance_words(passage: Passage) -> Iterator[str]:
    """Yield `confirm`, `deny`, `comment`, each after `not` when it is negated."""
    row = passage.once(stems)
    for side in passage.once(sides):
        for at in range(side.clause.start, side.clause.end):
            word = (row[at] or "").removeprefix("=")
            if word in _STANCES:
                negated = any(
                    (trigger.start < at and trigger.sort != "weak") or trigger.sort == "word" for trigger in side.own
                )
                yield f"not {word}" if negated else word


def _is_asked(passage: Passage) -> bool:
    """Whether a text is a question, which denies nothing."""
    return passage.text.rstrip(" \"'”’»").endswith(("?", "？"))


def _is_supposed(side: Side) -> bool:
    """Whether a clause is a condition."""
    return bool(inside(side.passage, side.clause, "hedge/condition"))


def triggers(passage: Passage) -> tuple[Trigger, ...]:
    """Find the negatives of a text in their order, pseudo-triggers left out."""
    hits, row = passage.once(cues), passage.once(stems)
    pseudo = {at for hit in hits if hit.label == "negation/pseudo" for at in range(hit.start, hit.end)}
    sorts = {at: "weak" for at, found in enumerate(row) if found in _WEAK}
    ends = {hit.start: hit.end for hit in hits if hit.label.startswith("negation/")}
    for sort in ("weak", "verb", "word"):
        sorts.update({hit.start: sort for hit in hits if hit.label == f"negation/{sort}"})
    sorts.update({at: "verb" for at, found in enumerate(row) if found in _IMPLIED and sorts.get(at) != "word"})
    known, tokens = lexicon(passage.language), passage.tokens
    # After a noun marker an implied negative is a noun: the fear *of rejection* denies nothing.
    markers = known.noun_markers if known is not None else frozenset[str]()
    sorts = {at: sort for at, sort in sorts.items() if sort != "verb" or not at or tokens[at - 1].text not in markers}
    return tuple(
        Trigger(sort, at, row[at] or passage.tokens[at].text, _governed(passage, at, ends.get(at, at + 1)))
        for at, sort in sorted(sorts.items())
        if at not in pseudo
    )


def _governed(passage: Passage, start: int, end: int) -> tuple[str, ...]:
    clause = next((clause for clause in passage.once(clauses) if clause.start <= start < clause.end), None)
    if clause is None:
        return ()
    row = passage.once(stems)
    after = [found for found in row[end : clause.end] if found is not None]
    before = [found for found in reversed(row[clause.start : start]) if found is not None]
    return tuple((after or before)[:_GOVERNED])


def sides(passage: Passage) -> tuple[Side, ...]:
    """Return the clauses of a text with their negatives."""
    found, cut = passage.once(triggers), passage.once(clauses)
    return tuple(
        Side(
            passage,
            clause,
            tuple(trigger for trigger in found if clause.start <= trigger.start < clause.end),
            tuple(
                trigger
                for trigger in found
                if trigger.sort != "weak"
                and cut[max(0, at - 1)].start <= trigger.start < cut[min(len(cut) - 1, at + 1)].end
            ),
        )
        for at, clause in enumerate(cut)
    )


def _denied(case: Case, mine: Side, evidence: Sequence[Side]) -> Side | None:
    """Return a clause of the evidence that says the same but for a negation, unless one says it as the claim does."""
    whole = weigh(mine.stems, case)
    implied = {trigger.stem for trigger in mine.own if trigger.sort == "verb"}
    if any(trigger.stem in implied for theirs in evidence if not _counts(theirs.own)[0] for trigger in theirs.own):
        return None  # somebody denies it in the evidence too, perhaps only *it*
    opposed: Side | None = None
    best, agreeing = 0.0, 0.0
    for theirs in evidence:
        shared = mine.stems & theirs.stems
        beside = (mine.stems & content(theirs.passage)) - shared
        share = (weigh(shared, case) + _BESIDE * weigh(beside, case)) / whole
        if share < _LEAST_NEGATED or not shared - mine.names or len(shared) + len(beside) < 2:
            continue
        if _differ(mine, theirs):
            if share > best:
                best, opposed = share, theirs
        else:
            agreeing = max(agreeing, share)
    return opposed if best > agreeing else None


def _differ(mine: Side, theirs: Side) -> bool:
    if {trigger.stem for trigger in mine.own if trigger.sort == "weak"} ^ {
        trigger.stem for trigger in theirs.own if trigger.sort == "weak"
    }:
        return False
    own, other = _counts(mine.own), _counts(theirs.own)
    if not _unlike(own, other):
        return False
    negated, plain = (mine, theirs) if sum(own) > sum(other) else (theirs, mine)
    return all(trigger in plain.own for trigger in plain.near) and _answers(negated.own, plain)


def _counts(found: Sequence[Trigger]) -> tuple[int, int]:
    """Whether there is an outright negative, and whether there is an implied one."""
    return int(any(trigger.sort == "word" for trigger in found)), int(any(trigger.sort == "verb" for trigger in found))


def _unlike(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two polarities differ: two negatives make a positive, and implied ones cancel out."""
    if one[1] and other[1]:
        return one[0] != other[0]
    return sum(one) % 2 != sum(other) % 2


def _answers(negated: Sequence[Trigger], plain: Side) -> bool:
    """Whether the other clause has what is negated: the next content word, or the two after it."""
    there, known = plain.stems, lexicon(plain.passage.language)
    for trigger in negated:
        heads = trigger.governed
        further = trigger.sort == "word" and sum(head in there for head in heads) >= 2
        if not heads or not (heads[0] in there or further):
            continue
        if known is None or not any(_is_opposite(found, head, known.prefixes) for found in there for head in heads):
            return True
    return False


def _is_opposite(one: str, other: str, prefixes: tuple[str, ...]) -> bool:
    """Whether one stem is the other with a negative prefix (`unable`, `able`)."""
    return any(one.startswith(prefix) and one.removeprefix(prefix)[:3] == other[:3] for prefix in prefixes)


def _opposed(case: Case, pair: Pair) -> tuple[str, str] | None:
    """Return a word of the claim and its opposite in the evidence, when neither clause has both nor a negative."""
    if _outright(case.claim, pair.mine) != _outright(pair.passage, pair.theirs):
        return None
    mine, theirs = _concepts(case.claim, pair.mine), _concepts(pair.passage, pair.theirs)
    wanted = content(case.claim, pair.mine)
    for concept in mine.keys() - theirs.keys():
        for opposite in theirs.keys() - mine.keys():
            rest = weigh(wanted - {f"={concept}"}, case)
            if frozenset((concept, opposite)) in opposites() and weigh(pair.shared, case) >= _LEAST_OPPOSED * rest:
                return mine[concept], theirs[opposite]
    return None


def _outright(passage: Passage, clause: Clause) -> bool:
    return any(
        trigger.sort == "word" and clause.start <= trigger.start < clause.end for trigger in passage.once(triggers)
    )


def _concepts(passage: Passage, clause: Clause) -> dict[str, str]:
    row = passage.once(stems)
    return {
        found[1:]: passage.tokens[at].raw
        for at in range(clause.start, clause.end)
        if (found := row[at]) is not None and found.startswith("=")
    }
