"""Doubt: the claim denies what the evidence affirms, or the reverse.

Polarity is compared where the other text has the governed words in a clause that shares more than them; an implied
negative that stands in both cancels out. For a claim that cites its evidence less must be shared (see `denial`).
Opposite words (*rise*, *fall*) count as a change of polarity when all else agrees. Triggers and what they govern follow
NegEx (Chapman et al. 2001).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain, islice

from summarizer.ground.case import Case
from summarizer.ground.doubts.contest import is_kept
from summarizer.ground.doubts.contrast import is_turned_round
from summarizer.ground.doubts.negation import across
from summarizer.ground.doubts.negation.apart import told_of_the_other
from summarizer.ground.doubts.negation.beside import Pair, pairs
from summarizer.ground.doubts.negation.denial import contrasts, denials
from summarizer.ground.doubts.negation.inserted import inserted
from summarizer.ground.doubts.negation.prefixed import cancels, prefixed
from summarizer.ground.doubts.negation.significance import is_borne_out
from summarizer.ground.doubts.negation.turned import is_converse, turned
from summarizer.ground.otherwise import comes_to_nothing, is_put_otherwise, reopens
from summarizer.ground.reading.clause import (
    MOST_CLAIMED,
    Clause,
    clause_at,
    clauses,
    content,
    cues,
    inside,
    meant,
    said,
    stems,
    weigh,
)
from summarizer.ground.reading.lexicon import lexicon, refuted
from summarizer.ground.reading.locales import word_set
from summarizer.ground.reading.polarity import Side, Trigger, counts, is_asked, is_opposite, reach, sides, triggers
from summarizer.ground.reading.quoted import quotes, words_line
from summarizer.ground.reading.text import Passage
from summarizer.records import Finding

# Of the weight of a claim's clause that must be shared before its polarity, or its words, are compared: at .7 0.9 % of
# the faithful sentences of RAGTruth's dev half are flagged, at .6 1.2 %, at .5 1.6 %; the second changes little there.
_LEAST_NEGATED = 0.7
_LEAST_OPPOSED = 0.5
_FEWEST_SEARCHED = 3  # stems shared with a clause of a unit that the claim does not cite, where not all are
_COMPARING = frozenset({"increase_more", "decrease_less", "over", "under"})
_RELATIVE = _COMPARING | {"before", "after"}
_WITHOUT = word_set("without")
_LEAST_QUOTED = 3  # words of the article that a claim in another language has as they are
_BESIDE = 0.7  # of its weight counts what stands in another clause of the unit: a subject before an insertion


def check(case: Case) -> Iterator[Finding]:
    """Find clauses of the claim whose polarity is not that of the evidence."""
    denied: list[tuple[str, str]] = []
    borne_out = is_borne_out(case)
    if borne_out is False:
        yield Finding("negation", "the p values of the cited sentences say otherwise of what is significant")
    if borne_out is None and _is_negative(case) and not _is_left_open(case) and not _quotes_the_article(case):
        denied = list(_denials(case)) or ([] if case.guessed else [*denials(case)] or [*across.denials(case)])
        put = denied and (is_put_otherwise(case) or cancels(case) or comes_to_nothing(case))
        denied = [] if put else denied or [*inserted(case)]
    for claim, unit in denied:
        yield Finding("negation", f"only one of “{claim}” and “{unit}” is a negation")
    if denied:
        return
    for name, other in islice(told_of_the_other(case), 1):
        yield Finding("negation", f"the claim says it of “{name}”, the cited sentences “{other}”")
    yield from _stances(case)
    if _has_opposites(case) and not is_kept(case) and not reopens(case):
        found = [_opposed(case, pair) for pair in pairs(case) if len(pair.shared) > 1 or _is_all_else(case, pair)]
        told = list(filter(None, found)) or ([] if case.guessed else list(islice(turned(case), 1)))
        for mine, theirs in told:
            yield Finding("negation", f"the claim says “{mine}”, the cited sentences “{theirs}”")
    if not case.guessed:
        for mine, theirs in islice(prefixed(case), 1):
            yield Finding("negation", f"“{mine}” is the opposite of “{theirs}”")


def _has_opposites(case: Case) -> bool:
    """Whether the evidence has an opposite of anything in the claim."""
    mine = refuted().keys() & content(case.claim)
    return bool(mine) and not case.there(content).isdisjoint(chain.from_iterable(map(refuted().__getitem__, mine)))


def _is_negative(case: Case) -> bool:
    """Whether claim or evidence have a negative at all; most have none, and cannot differ in that."""
    texts = (case.claim, *case.evidence)
    return any(trigger.sort != "weak" for passage in texts for trigger in passage.once(triggers))


def _is_left_open(case: Case) -> bool:
    """Whether somebody does not confirm it in the claim, nor in the evidence: *this theory* may be anything."""
    if "not confirm" not in _stance_words(case.claim):
        return False
    return any("not confirm" in _stance_words(passage) for passage in case.evidence)


def _quotes_the_article(case: Case) -> bool:
    """Whether a claim in another language has words of the article as they are: no negative of these is its own."""
    if not case.crosses_languages or not case.claim.once(quotes):
        return False
    lines = [passage.once(words_line) for passage in case.evidence]
    parts = (case.claim.text[start:end] for start, end in case.claim.once(quotes))
    said = [words_line(Passage(part, case.article.language)) for part in parts]
    return any(line.count(" ") > _LEAST_QUOTED and line in there for line in said for there in lines)


def _denials(case: Case) -> Iterator[tuple[str, str]]:
    """Yield clauses of the claim, each with the clause that says the same but for a negation."""
    evidence = [side for passage in case.evidence if not is_asked(passage) for side in passage.once(sides)]
    for mine in case.claim.once(sides)[:MOST_CLAIMED]:
        theirs = None if _is_supposed(mine) or _is_contrast(mine) else _denied(case, mine, evidence)
        if theirs is not None:
            yield said(case.claim, mine.clause), said(theirs.passage, theirs.clause)


def _stances(case: Case) -> Iterator[Finding]:
    """Find somebody who confirms or denies in the claim what the evidence says was denied, or left without comment."""
    mine = set(_stance_words(case.claim))
    if not mine:
        return
    theirs = {stance for passage in case.evidence for stance in _stance_words(passage)}
    for stance, answers in _ANSWERS.items():
        if stance in mine and stance not in theirs and theirs & answers and not mine & answers:
            yield Finding("negation", f"the claim says “{_STANCES[stance]}”, the cited sentences do not")
            return
    if "reject" in mine and "not comment" in theirs and "not comment" not in mine:
        told = _objects(case.claim, "reject")
        turned_down = frozenset().union(*(_objects(passage, "reject") for passage in case.evidence))
        if turned_down <= {"=comment"} and any(told & _objects(passage, "comment") for passage in case.evidence):
            yield Finding("negation", "the claim says “rejected”, the cited sentences have no comment on it")


_NEAR_OBJECT = 4  # tokens behind a verb in which its object stands
_STANCES = {"confirm": "confirmed", "deny": "denied", "comment": "commented", "know": "knew"}
_STANCES |= {"exclude": "ruled out", "not exclude": "did not rule out", "praise": "praised", "criticize": "criticized"}
_OTHERS = frozenset({"reject", "exclude"})  # stances that a claim may take as it likes, and that answer others
_STANCE_STEMS = frozenset({mark + stance for mark in ("", "=") for stance in _OTHERS.union(_STANCES)})
_ANSWERS = {
    "confirm": {"not confirm", "not comment", "deny", "not deny", "reject", "exclude"},
    "deny": {"not comment", "not deny", "confirm"},
    "comment": {"not comment"},
    "know": {"deny", "not know"},
    "exclude": {"not exclude"},
    "not exclude": {"exclude"},
    "praise": {"criticize"},
    "criticize": {"praise"},
}


def _objects(passage: Passage, stance: str) -> frozenset[str]:
    """Return what stands right behind the verb of a stance: *rejected the bid*, *did not comment on the bid*."""
    row = passage.once(stems)
    places = [at for at, found in enumerate(row) if found == f"={stance}"]
    behind = (next(filter(None, row[at + 1 : at + 1 + _NEAR_OBJECT]), None) for at in places)
    return frozenset(filter(None, behind))


def _stance_words(passage: Passage) -> Iterator[str]:
    """Yield `confirm`, `deny`, `comment`, `reject`, `exclude`, each after `not` when it is negated."""
    row = passage.once(stems)
    if content(passage).isdisjoint(_STANCE_STEMS):
        return
    undone = {at for hit in passage.once(cues) if hit.label == "negation/pseudo" for at in range(hit.start, hit.end)}
    for side in passage.once(sides):
        for at in range(side.clause.start, side.clause.end):
            word = (row[at] or "").removeprefix("=")
            if (word in _STANCES or word in _OTHERS) and not _is_described(passage, at):
                negated = at in undone or any(
                    trigger.sort == "word" or (trigger.start < at and _may_undo(passage, trigger))
                    for trigger in side.own
                )
                yield f"not {word}" if negated else word


def _may_undo(passage: Passage, trigger: Trigger) -> bool:
    """Whether a negative denies what follows it: *without proof that he knew* too."""
    return trigger.sort != "weak" or passage.texts[trigger.start] in _WITHOUT


def _is_described(passage: Passage, at: int) -> bool:
    """Whether an English participle describes somebody or something, and nobody knows it: *known for*, *last known*."""
    known = lexicon("en")
    assert known is not None
    return passage.texts[at] == "known" and (at == 0 or passage.texts[at - 1] not in known.auxiliaries)


def _is_supposed(side: Side) -> bool:
    """Whether a clause is a condition."""
    return bool(inside(side.passage, side.clause, "hedge/condition"))


def _is_contrast(side: Side) -> bool:
    """Whether a clause has no other negative than an *and not*: *by Jean and not by his son*."""
    outright = [trigger for trigger in side.own if trigger.sort == "word"]
    return bool(outright) and all(contrasts(side.passage, trigger) for trigger in outright)


def _denied(case: Case, mine: Side, evidence: Sequence[Side]) -> Side | None:
    """Return a clause of the evidence that says the same but for a negation, unless one says it as the claim does."""
    wanted, names = mine.stems, mine.names
    whole = weigh(wanted, case.article)
    implied = {trigger.stem for trigger in mine.own if trigger.sort == "verb"}
    if any(trigger.stem in implied for theirs in evidence if not counts(theirs.own)[0] for trigger in theirs.own):
        return None  # somebody denies it in the evidence too, perhaps only *it*
    opposed: Side | None = None
    best, agreeing = 0.0, 0.0
    for theirs in evidence:
        shared = wanted & theirs.stems
        if shared <= names:  # nearly always
            continue
        beside = (wanted & content(theirs.passage)) - shared
        share = (weigh(shared, case.article) + _BESIDE * weigh(beside, case.article)) / whole
        if share < _LEAST_NEGATED or len(shared) + len(beside) < 2:
            continue
        if _differ(mine, theirs, strict=case.guessed):
            if share > best:
                best, opposed = share, theirs
        else:
            agreeing = max(agreeing, share)
    return opposed if best > agreeing else None


def _differ(mine: Side, theirs: Side, *, strict: bool) -> bool:
    if {trigger.stem for trigger in mine.own if trigger.sort == "weak"} ^ {
        trigger.stem for trigger in theirs.own if trigger.sort == "weak"
    }:
        return False
    own, other = counts(mine.own), counts(theirs.own)
    if not _unlike(own, other):
        return False
    negated, plain = (mine, theirs) if sum(own) > sum(other) else (theirs, mine)
    if any(trigger.sort == "verb" and trigger.stem in plain.stems for trigger in negated.own):
        return False  # its noun: a refusal is no less one than to refuse
    enough = len(mine.stems & theirs.stems) >= _FEWEST_SEARCHED or mine.stems == theirs.stems
    if strict and not (enough and _is_exact(negated, plain)):
        return False
    return set(plain.near) <= set(plain.own) and _answers(negated.own, plain)


def _is_exact(negated: Side, plain: Side) -> bool:
    """Whether one clause denies the very predicate of the other, and nothing around that may stand for a negative."""
    exact = any(trigger.sort == "word" and trigger.heads & plain.stems for trigger in negated.own)
    return exact and set(plain.passage.once(triggers)) <= set(plain.own)


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
        if known is None or not any(is_opposite(found, head, known.prefixes) for found in there for head in heads):
            return True
    return False


def _is_all_else(case: Case, pair: Pair) -> bool:
    """Whether a clause of two words shares one of them with what it cites; of *more* and *before* nothing follows."""
    mine = content(case.claim, pair.mine)
    return not case.guessed and len(mine) == 2 and mine.isdisjoint(f"={concept}" for concept in _RELATIVE)


def _opposed(case: Case, pair: Pair) -> tuple[str, str] | None:
    """Return a word of the claim and its opposite in the evidence, when neither clause has both nor a negative."""
    mine, theirs = case.claim.once(_concepts)[pair.mine], pair.passage.once(_concepts)[pair.theirs]
    for concept in mine.keys() - theirs.keys():
        for opposite in theirs.keys() - mine.keys():
            one, other = f"={concept}", f"={opposite}"
            places = ((case.claim, mine[concept], concept), (pair.passage, theirs[opposite], opposite))
            if any(_is_adverb(text.texts[at], told) for text, at, told in places):
                continue
            if other in refuted().get(one, ()) and not is_converse(one, other, pair.passage, case):
                rest = weigh(content(case.claim, pair.mine) - {f"={concept}"}, case.article)
                unlike = _outright(case.claim, pair.mine) != _outright(pair.passage, pair.theirs)
                here, there = mine[concept], theirs[opposite]
                if (
                    not unlike
                    and weigh(pair.shared, case.article) >= _LEAST_OPPOSED * rest
                    and (concept not in _COMPARING or _compares_alike(case.claim, here, pair.passage, there))
                ):
                    return case.claim.raws[here], pair.passage.raws[there]
    return None


def _is_adverb(text: str, concept: str) -> bool:
    """Whether a word only says that something else came before, or after: *zuvor hatte die Firma*."""
    return concept in _TIMES and text in _ADVERBS


_TIMES, _ADVERBS = frozenset({"before", "after"}), word_set("before_adverbs")


def _outright(passage: Passage, clause: Clause) -> bool:
    if inside(passage, clause, "negation/word"):  # does not rise before, which is no trigger
        return True
    start = reach(passage, clause.start)
    return any(trigger.sort == "word" and start <= trigger.start < clause.end for trigger in passage.once(triggers))


def _compares_alike(claim: Passage, here: int, passage: Passage, there: int) -> bool:
    """Whether *more* and *less* compare the same sides, and neither is part of *at least*."""
    bounds = ((claim, here), (passage, there))
    within = any(
        hit.label == "approximator" and hit.start < at < hit.end for text, at in bounds for hit in text.once(cues)
    )
    return not within and not is_turned_round(claim, here, passage, there)


def _concepts(passage: Passage) -> dict[Clause, dict[str, int]]:
    """Return the concepts of each clause and where they stand."""
    row = passage.once(stems)
    found: dict[Clause, dict[str, int]] = {clause: {} for clause in passage.once(clauses)}
    for at in dict.fromkeys(hit.start for hit in passage.once(meant)):
        concept, clause = row[at], clause_at(passage, at)
        if concept is not None and concept[0] == "=" and clause is not None:
            found[clause][concept[1:]] = at
    return found
