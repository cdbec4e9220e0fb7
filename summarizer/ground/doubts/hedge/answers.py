"""Whether a claim that leaves a hedge out is as unsure as its evidence, in words of its own."""

from __future__ import annotations

from typing import NamedTuple

from summarizer.ground.landing import Statement, said_by, terms
from summarizer.ground.reading import when
from summarizer.ground.reading.clause import PLANS, Clause, beginning_in, clauses, cues, inside
from summarizer.ground.reading.lexicon import lexicon, stop_words
from summarizer.ground.reading.locales import word_set
from summarizer.ground.reading.outlook import (
    MOODS,
    Outlook,
    is_arranged,
    is_for_whom,
    is_rumor,
    is_settled,
    only_describes,
    tells_a_forecast,
)
from summarizer.ground.reading.phrases import Hit
from summarizer.ground.reading.polarity import is_asked
from summarizer.ground.reading.text import Passage

PLANNED = PLANS | {"hedge/modal"} | MOODS
SOFT = frozenset({"hedge/adverb", "hedge/hearsay"})
_TOLD = frozenset({"hedge/belief", "hedge/mood", "hedge/hearsay"})  # what naming a source answers
UNREALIZED = PLANS | {"hedge/modal", "hedge/unreal", "future"}
WEAKER = frozenset({"hedge/modal", "hedge/wish"}) | MOODS  # than a plain future
_SCHEDULED, _CLAIMED = word_set("scheduled"), word_set("claimed")


class Doubt(NamedTuple):
    """A cue of the evidence that governs what a statement of the claim restates."""

    passage: Passage
    cue: Hit


def answers(claim: Passage, mine: Statement, own: Outlook, doubt: Doubt) -> bool:
    """Whether a statement is as unsure in words of its own, or has it from somebody."""
    if _keeps(claim, mine, doubt) or (not own.done and _is_scheduled(doubt) and _is_dated(claim, mine.clause)):
        return True
    if settles(claim, own, doubt.passage):
        row = doubt.passage.once(terms)
        others = {found for at, found in enumerate(row) if found and not doubt.cue.start <= at < doubt.cue.end}
        open_ = (hit for hit in own.open if hit.label != "hedge/condition")
        return any(claim.once(terms)[hit.start] not in others for hit in open_)
    told = _is_told(doubt) and not (own.done and _is_ahead(doubt)) and _tells_whose(claim, mine, own)
    told = told or _leaves_the_same_open(claim, mine, doubt)
    is_plan = doubt.cue.label in ("future", "hedge/plan") or is_settled(*doubt)
    ahead = is_plan and (own.ahead or is_arranged(claim, own, mine.clause))
    if told or ahead or _is_conditional(claim, own, doubt):
        return True
    if own.done:
        # Behind a verb of what has happened stands what it has brought about, plans among it.
        last = mine.clause.end if only_describes(claim, own) else min(hit.start for hit in own.done) + 1
        before = Clause(mine.clause.start, last)
        expected = doubt.cue.label == "hedge/belief" and tells_a_forecast(claim, mine.clause)
        soft = any(hit.label in SOFT for hit in own.open)
        return expected or soft or _is_hedged(claim, before, doubt, done=True)
    if own.ahead and doubt.cue.label == "hedge/modal":
        beside = _beside(doubt)
        kept = (hit for hit in own.open if hit.label not in ("hedge/belief", "hedge/condition"))
        return any(claim.texts[hit.start] not in beside for hit in kept)
    return _is_hedged(claim, mine.clause, doubt)


def _tells_whose(claim: Passage, mine: Statement, own: Outlook) -> bool:
    """Whether a statement is told as what somebody says: by a source, *for the mayor*, *the claim that*."""
    if _has_source(claim) or (not own.done and is_for_whom(claim)):
        return True
    return any(
        not _CLAIMED.isdisjoint(claim.texts[hit.start : hit.end]) for hit in inside(claim, mine.clause, "accepted")
    )


def _is_scheduled(doubt: Doubt) -> bool:
    """Whether the evidence tells a plan with a date: *is scheduled to*, *are to*; *starts in June* tells it as well."""
    words = set(doubt.passage.texts[doubt.cue.start : doubt.cue.end])
    return doubt.cue.label == "hedge/plan" and words <= _SCHEDULED | stop_words(doubt.passage.language)


def _is_dated(claim: Passage, clause: Clause) -> bool:
    """Whether a clause of the claim has a date."""
    return any(clause.start <= date.first < clause.end for date in claim.once(when.parse))


def _is_conditional(claim: Passage, own: Outlook, doubt: Doubt) -> bool:
    """Whether a condition makes a present a future: *should there be an appeal, the fine stays suspended*.

    A participle tells a state then (*is suspended unless he appeals*), where the evidence has a condition too.
    """
    known = lexicon(claim.language)
    helpers = known.auxiliaries if known is not None else frozenset[str]()
    texts = (doubt.passage, claim) if own.done else (claim,)
    return (
        doubt.cue.label == "future"
        and all(claim.texts[hit.start - 1] in helpers for hit in own.done)
        and all(inside(text, Clause(0, len(text.texts)), "hedge/condition") for text in texts)
    )


def _keeps(claim: Passage, mine: Statement, doubt: Doubt) -> bool:
    """Whether a statement has the very hedge of the evidence, or some hedge for a question."""
    words = said_by(doubt.passage, doubt.cue.start, doubt.cue.end)
    hedges = inside(claim, mine.clause, "hedge")
    if any(words & said_by(claim, hit.start, hit.end) for hit in hedges) or (hedges and is_asked(doubt.passage)):
        return True
    if doubt.cue.label == "hedge/wish" and _is_its_noun(claim, mine, words, doubt):
        return True
    whole = Clause(0, len(claim.texts))
    return doubt.cue.label == "hedge/condition" and bool(inside(claim, whole, "hedge/condition"))


def _is_its_noun(claim: Passage, mine: Statement, words: frozenset[str], doubt: Doubt) -> bool:
    """Whether a statement has the hedge as a noun, and only behind it what it shares: *below the demand of four years*.

    As a verb of what has happened it is none: what somebody asked for has not come.
    """
    row, (start, end) = claim.once(terms), mine.clause
    done = {hit.start for hit in inside(claim, mine.clause, "past", "said")}
    at = next((at for at in range(start, end) if row[at] in words and at not in done), None)
    if at is None:
        return False
    there = frozenset(filter(None, doubt.passage.once(terms)))
    return not said_by(claim, at + 1, end).isdisjoint(there) and said_by(claim, start, at).isdisjoint(there - words)


def _leaves_the_same_open(claim: Passage, mine: Statement, doubt: Doubt) -> bool:
    """Whether a hedge of a statement stands right before what the hedge of the evidence stands right before."""
    if doubt.cue.label not in PLANNED:
        return False
    row, end = claim.once(terms), mine.clause.end
    wanted = next(filter(None, doubt.passage.once(terms)[doubt.cue.end :]), None)
    hedges = inside(claim, mine.clause, *PLANNED) if wanted is not None else ()
    nouns = {hit.start for hit in inside(claim, mine.clause, "accepted")}  # a possibility that somebody is sure of
    return any(next(filter(None, row[hit.end : end]), None) == wanted for hit in hedges if hit.start not in nouns)


def _is_ahead(doubt: Doubt) -> bool:
    """Whether it is the very verb that has a mood, no auxiliary before what is said to have happened."""
    return doubt.cue.label in MOODS and doubt.passage.once(terms)[doubt.cue.start] is not None


def _is_told(doubt: Doubt) -> bool:
    """Whether it is what somebody says or believes, or tries to make others believe."""
    hits = beginning_in(doubt.passage, doubt.cue.start, doubt.cue.start + 1)
    if doubt.cue.label not in PLANS:
        modal = any(hit.label == "hedge/modal" for hit in hits)  # pourrait is no hearsay
        return doubt.cue.label in _TOLD and not (doubt.cue.label == "hedge/mood" and modal)
    return any(hit.label == "hedge/belief" for hit in hits)


def _beside(doubt: Doubt) -> frozenset[str]:
    """Return the words of the evidence outside the hedge: a claim that has them too is not hedged by them."""
    texts = doubt.passage.texts
    return frozenset(texts[: doubt.cue.start] + texts[doubt.cue.end :])


def settles(claim: Passage, own: Outlook, passage: Passage) -> bool:
    """Whether a statement tells as settled (*officially*) what a unit does not."""
    if not own.certain:
        return False
    if claim.language != passage.language:
        return not any(hit.label == "assertive" for hit in passage.once(cues))
    words = frozenset(passage.texts)
    return any(not words.issuperset(claim.texts[hit.start : hit.end]) for hit in own.certain)


def _has_source(claim: Passage) -> bool:
    """Whether a claim says from whom it has what it says; *del secondo piano* is no source."""
    known = lexicon(claim.language)
    markers = known.noun_markers if known is not None else frozenset()
    hits = inside(claim, Clause(0, len(claim.texts)), "said", "source", "anonymous")
    silent = {hit.end for hit in claim.once(cues) if hit.label == "negation/word"}  # has not disclosed
    return any(
        hit.start not in silent
        and (hit.label != "source" or not hit.start or claim.texts[hit.start - 1] not in markers)
        for hit in hits
    )


def _is_inserted(claim: Passage, clause: Clause) -> bool:
    """Whether a clause stands between two commas: what is planned there is something else."""
    ends = (claim.texts[clause.start - 1], claim.texts[clause.end - 1]) if clause.start else ()
    return ends == (",", ",")


def _governing(claim: Passage) -> list[tuple[int, Hit]]:
    """Return what may govern a later clause, each with where its own clause starts."""
    return [
        (clause.start, hit)
        for clause in claim.once(clauses)
        for hit in inside(claim, clause, "hedge/condition", "hedge/belief", *PLANS)
        if hit.label not in PLANS or not _is_inserted(claim, clause)
    ]


def _is_hedged(claim: Passage, clause: Clause, doubt: Doubt, *, done: bool = False) -> bool:
    """Whether a clause of the claim is hedged in any way, or governed by a clause that is."""
    hedges = [
        hit
        for hit in inside(claim, clause, "hedge", "accepted")
        if hit.label != "hedge/hearsay" or is_rumor(claim, hit)
    ]
    if doubt.cue.label in WEAKER | {"hedge/condition", "hedge/adverb"}:
        future = {hit.start for hit in inside(claim, clause, "future")}
        hedges = [hit for hit in hedges if hit.start not in future]
    governing = [hit for start, hit in claim.once(_governing) if start < clause.start]
    # Who believes that it has happened does not tell a plan.
    but = "hedge/belief" if done and doubt.cue.label in UNREALIZED else ""
    others = _beside(doubt)  # what they speak of: a *plan* that was adopted
    return any(hit.label != but for hit in governing) or any(
        hit.label != but and (hit.label != "accepted" or claim.texts[hit.start] not in others) for hit in hedges
    )
