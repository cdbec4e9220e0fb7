"""Doubt: the claim tells as a fact what the evidence tells as a plan, a possibility or a rumor.

Hedges are the cues of Hyland (1998) and of BioScope (Szarvas et al. 2008), as marked in the CoNLL-2010 shared task
(Farkas et al. 2010). What a verb of intention or a modal governs stands after it in its clause; an adverb hedges its
clause; a condition the clause beside it. Nearly any hedge of the claim answers any hedge of the evidence; a plain
future answers a plan, but no *may* or *could*. Where a claim cites nothing, the very verb that it tells as done must be
the one that is left open: summaries of other tools are free with the words, and with what they put together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import repeat

from summarizer.ground.case import Case
from summarizer.ground.doubts.hedge import conditions
from summarizer.ground.doubts.hedge.answers import PLANNED, SOFT, UNREALIZED, WEAKER, Doubt, answers, settles
from summarizer.ground.doubts.negation.prefixed import cancels
from summarizer.ground.landing import (
    Landing,
    Statement,
    completes,
    everything,
    is_source,
    landings,
    only_says_who,
    said_by,
    statements,
    terms,
)
from summarizer.ground.reading.clause import MOST_CLAIMED, Clause, clause_at, clauses, inside, said
from summarizer.ground.reading.lexicon import lexicon
from summarizer.ground.reading.locales import word_set
from summarizer.ground.reading.outlook import (
    MOODS,
    Outlook,
    is_adverb,
    is_state,
    may_be_open,
    outlook,
)
from summarizer.ground.reading.phrases import Hit
from summarizer.ground.reading.polarity import asks_why
from summarizer.ground.reading.text import Passage
from summarizer.records import Finding

# Of the weight of a claim's statement that a part of its cited units must share before it decides, by what is compared:
# what is told as done with what is open; adverbs and a plain future; anything else. Tried in steps of .1 on the
# evaluation suite and on 2153 faithful sentences of modern models, each on the two units that a search finds for it: at
# .4, .4 and .5 118 of 149 changes are caught and 53 sentences flagged; at .3 for the first 119 and 67, at .5 for the
# second 117 and 51, at .6 for the last 116 and 51.
_LEAST_DONE = 0.4
_LEAST_ACROSS = 0.3  # across languages, where fewer words are the same
_LEAST_SOFT = 0.4
_LEAST_NOW = 0.5
# Where a claim cites nothing, for its very verb: 2 of these sentences are flagged.
_LEAST_SEARCHED = 0.6
_ALL = 0.85  # of what the cited units have of a statement
_FORWARD = PLANNED | {"hedge/belief"}
_NAMELY, _DESCRIBED, _TIMES = word_set("namely"), word_set("described"), frozenset({"=before", "=after"})
_BEFORE, _PRESENT = word_set("before_clauses"), word_set("present")


def check(case: Case) -> Iterator[Finding]:
    """Find what of a claim is surer than the part of the evidence on which it lands."""
    if not any(passage.once(may_be_open) for passage in case.evidence):
        return
    found = list(_told_surer(case))
    yield from found
    if not found and conditions.are_left_out(case):
        for passage, part in conditions.dropped(case):
            yield Finding("hedge", f"the claim leaves out “{said(passage, part)}”")
            return
        for passage, part in conditions.asked(case):
            yield Finding("hedge", f"the cited sentences leave open whether “{said(passage, part)}”")


def _told_surer(case: Case) -> Iterator[Finding]:
    """Find statements that tell as a fact, or as more certain, what the evidence leaves open."""
    for mine in case.claim.once(statements)[:MOST_CLAIMED]:
        own = outlook(case.claim, mine.clause)
        only_says = only_says_who(case.claim, mine) or _only_cites(case.claim, mine, own)
        if _is_supposed(case, mine) or (only_says and not own.certain) or _is_bare(case.claim, mine, own):
            continue
        if own.done and (_is_inserted(case.claim, own) or _is_to_come(case.claim, mine.clause)):
            continue
        doubt = _surer(case, mine, own)
        told = _told(case.claim, mine) if doubt is None and own.done else mine
        if told != mine:
            doubt = _surer(case, told, own)
        if doubt is not None and not answers(case.claim, mine, own, doubt) and not cancels(case):
            hedge = said(doubt.passage, Clause(doubt.cue.start, doubt.cue.end))
            yield Finding("hedge", f"“{said(case.claim, mine.clause)}” leaves out “{hedge}”")


def _only_cites(claim: Passage, mine: Statement, own: Outlook) -> bool:
    """Whether a statement only gives somebody's reason, and has no predicate of its own: *citing a weak market*."""
    start, end = mine.clause
    known = lexicon(claim.language)
    verbs = known.auxiliaries if known is not None else frozenset[str]()
    cites = start > 0 and any(hit.start == start for hit in inside(claim, mine.clause, "said"))
    return cites and not (own.done or own.ahead or own.open) and verbs.isdisjoint(claim.texts[start:end])


def _is_bare(claim: Passage, mine: Statement, own: Outlook) -> bool:
    """Whether a statement has no predicate: *after Codelco*, *soit 12 % des effectifs*, *dubbed Tigris*."""
    if mine.clause.start and claim.texts[mine.clause.start] in _DESCRIBED:
        return True
    if claim.language == "de" or mine.clause.start == 0 or own.done or own.ahead or own.open:
        return False
    row = claim.once(terms)
    named = all(row[at] is None or row[at] in _TIMES or at in claim.large for at in range(*mine.clause))
    return named or claim.texts[mine.clause.start] in _NAMELY


def _is_inserted(claim: Passage, own: Outlook) -> bool:
    """Whether what is told as done stands between commas before a hedge: *the bid, made by Acme, is said to be low*."""
    start, known = own.done[0].start, lexicon(claim.language)
    end = next((at for at in range(start, len(claim.texts)) if claim.texts[at] == ","), 0)
    if claim.language != "en" or not start or claim.texts[start - 1] != "," or own.done[-1].start > end:
        return False
    led = known is not None and not known.auxiliaries.isdisjoint(claim.texts[end + 1 : end + 2])
    return led and bool(inside(claim, Clause(end + 1, end + 3), "hedge"))


def _is_to_come(claim: Passage, clause: Clause) -> bool:
    """Whether a clause says before what something is to happen: *before a review is finished*."""
    return claim.texts[clause.start] in _BEFORE and not _PRESENT.isdisjoint(claim.texts[clause.start : clause.end])


def _told(claim: Passage, mine: Statement) -> Statement:
    """Return a statement without what only says where it is from: that no part of the evidence need share."""
    start, end = mine.clause
    if not inside(claim, mine.clause, "source"):
        return mine
    parts = [part for part in claim.once(clauses) if start <= part.start < end and not is_source(claim, part)]
    told = frozenset().union(*(said_by(claim, *part) for part in parts))
    return Statement(mine.clause, told) if len(told) > 1 else mine


def _is_supposed(case: Case, mine: Statement) -> bool:
    """Whether a statement is a condition, or is denied; to refuse is none where the evidence has the word too."""
    claim, row = case.claim, case.claim.once(terms)
    conditions = inside(claim, mine.clause, "hedge/condition")
    if any(hit.start == mine.clause.start for hit in conditions) or inside(claim, mine.clause, "negation/word"):
        return True
    denials = inside(claim, mine.clause, "negation/verb")
    if not denials:
        return False
    there = case.there(everything)
    return any(row[hit.start] == "=deny" or row[hit.start] not in there for hit in denials)


def _surer(case: Case, mine: Statement, own: Outlook) -> Doubt | None:
    """Return what leaves it open in every part of the evidence on which a statement may land."""
    found: Doubt | None = None
    places = _verbs(case.claim, own)
    verbs = frozenset(case.claim.once(terms)[at] or "" for at in places)
    for landing in landings(case, mine, verbs):
        theirs = outlook(landing.passage, landing.clause)
        if asks_why(case.claim, *mine.clause) and asks_why(landing.passage, *landing.clause):
            return None  # they cannot explain why it grew
        cue = _left_undone(case, own, landing, theirs, verbs)
        if cue is None and not case.guessed:
            cue = _left_out(case.claim, own, landing, theirs)
        if cue is not None:
            found = found or Doubt(landing.passage, cue)
        elif theirs.done or not (own.done or theirs.open):
            return None
    return found


def _verbs(claim: Passage, own: Outlook) -> tuple[int, ...]:
    """Return the places of the words that a statement tells as done: the first with content at the end of each mark."""
    row = claim.once(terms)
    heads = (next((at for at in range(hit.end - 1, len(row)) if row[at] is not None), None) for hit in own.done)
    return tuple(at for at in heads if at is not None)


def _left_undone(case: Case, own: Outlook, landing: Landing, theirs: Outlook, verbs: frozenset[str]) -> Hit | None:
    """Return the plan, possibility or future in which the evidence has what a statement tells as done."""
    least = _LEAST_SEARCHED if case.guessed else _LEAST_ACROSS if case.crosses_languages else _LEAST_DONE
    if not own.done or theirs.done or landing.whole < least:
        return None
    cues = [cue for cue in (*theirs.open, *theirs.ahead) if cue.label != "hedge/provisional"]
    if is_state(case.claim, own):
        cues = [cue for cue in cues if "=continue" not in _head(landing, cue)]
    cues.sort(key=lambda cue: cue.label not in UNREALIZED)
    if case.guessed:
        return next((cue for cue in cues if cue.label in PLANNED and verbs & _head(landing, cue)), None)
    if _is_done_beside(case, own, landing, cues):
        return None
    undone = not outlook(landing.passage, Clause(0, len(landing.passage.texts))).done
    for cue in cues:
        # What somebody said that he would do is open, and nothing else of the sentence.
        if landing.passage.texts[cue.start] == "would" and verbs.isdisjoint(_head(landing, cue)):
            continue
        if cue.label == "hedge/condition":
            if _is_within(landing, cue):
                return cue
        elif (undone and len(landing.shared) > 1) or landing.shared & _scope(landing, cue):
            return cue
    return None


def _is_done_beside(case: Case, own: Outlook, landing: Landing, cues: Sequence[Hit]) -> bool:
    """Whether the unit has the very form that a statement tells as done, outside what it leaves open."""
    forms = {case.claim.texts[at].rstrip("es") for at in _verbs(case.claim, own)}
    there = list(map(str.rstrip, landing.passage.texts, repeat("es")))
    if forms.isdisjoint(there):  # nearly always
        return False
    scopes = [_reach(landing, cue) for cue in cues]
    places = [at for at, form in enumerate(there) if form in forms]
    return any(not any(scope.start <= at < scope.end for scope in scopes) for at in places)


def _left_out(claim: Passage, own: Outlook, landing: Landing, theirs: Outlook) -> Hit | None:
    """Return the mark that a statement leaves out; None when what it lands on is as sure."""
    if landing.whole >= _LEAST_DONE and settles(claim, own, landing.passage):
        for cue in theirs.open:
            if cue.label != "hedge/condition" and landing.shared & _scope(landing, cue):
                return cue
    first = WEAKER if own.ahead else UNREALIZED
    for cue in sorted(theirs.open, key=lambda cue: cue.label not in first):
        if own.ahead and cue.label == "hedge/plan":
            continue  # answered, but for the condition of it
        soft = cue.label == "hedge/adverb" or is_adverb(landing.passage, cue)
        least = _LEAST_SOFT if soft or (own.ahead and cue.label == "hedge/modal") else _LEAST_NOW
        asked = (soft or (cue.label in _FORWARD and not own.done)) and landing.whole >= least
        if asked and (_is_within(landing, cue) or _is_put_ahead(claim, own, landing, cue)):
            return cue
    if theirs.ahead or any(cue.label in PLANNED for cue in theirs.open):
        return _condition_beside(claim, landing)
    return None


def _is_put_ahead(claim: Passage, own: Outlook, landing: Landing, cue: Hit) -> bool:
    """Whether a statement tells as a plain future the very verb that the evidence tells as possible, of the same."""
    if cue.label != "hedge/modal" or landing.share < _ALL or len(landing.shared) < 2:
        return False
    row = claim.once(terms)
    verbs = (next((found for found in row[hit.start :] if found is not None), None) for hit in own.ahead)
    return not _head(landing, cue).isdisjoint(filter(None, verbs))


def _condition_beside(claim: Passage, landing: Landing) -> Hit | None:
    """Return the condition that opens the unit, or the clause right behind what a statement lands on.

    The latter where the claim has none of its words, as *with more than twelve metres* for *if it exceeds twelve*.
    """
    passage = landing.passage
    head, behind = passage.once(clauses)[0], clause_at(passage, landing.clause.end)
    if landing.whole < _LEAST_NOW:
        return None
    if landing.clause.start >= head.end:
        opening = _opening_condition(passage, head)
        if opening is not None:
            return opening
    if behind is None or inside(passage, landing.clause, "said"):  # will say whether
        return None
    told = everything(claim) & (said_by(passage, *behind) - landing.shared)
    return None if told else _opening_condition(passage, behind)


def _opening_condition(passage: Passage, clause: Clause) -> Hit | None:
    """Return the condition with which a clause opens."""
    return next((hit for hit in inside(passage, clause, "hedge/condition") if hit.start <= clause.start + 1), None)


def _is_within(landing: Landing, cue: Hit) -> bool:
    """Whether a cue governs what is shared: two things, or a number and all that the cited units have of it."""
    governed = landing.shared & _scope(landing, cue)
    counted = any(found[0] == "#" or found[0].isdigit() for found in governed)
    return len(governed) >= 2 or (counted and landing.share >= _ALL)


def _scope(landing: Landing, cue: Hit) -> frozenset[str]:
    """Return what a cue governs: what stands behind it, or before it when it is last; and what is part of it."""
    passage, (start, end) = landing.passage, landing.clause
    if cue.label in SOFT or passage.language == "de":
        return said_by(passage, *_reach(landing, cue))
    behind = said_by(passage, cue.end, end)
    before: frozenset[str] = frozenset() if behind or cue.label in MOODS else said_by(passage, start, cue.start)
    return behind | before | said_by(passage, cue.start, cue.end)


def _head(landing: Landing, cue: Hit) -> frozenset[str]:
    """Return what may be the verb that a cue governs: its last word, the first behind it, in German the last there."""
    row, end = landing.passage.once(terms), _reach(landing, cue).end
    inside_, behind = (
        [found for found in row[start:stop] if found] for start, stop in ((cue.start, cue.end), (cue.end, end))
    )
    return frozenset(inside_[-1:] + behind[:1] + (behind[-1:] if landing.passage.language == "de" else []))


def _reach(landing: Landing, cue: Hit) -> Clause:
    """Return the part of a cue's clause that it governs, with the *that* behind it; a verb of its form is in it."""
    passage = landing.passage
    clause = clause_at(passage, cue.start) or landing.clause
    known = lexicon(passage.language)
    if known is not None and _is_led(passage, cue):
        end = next((at for at in range(cue.end, clause.end) if passage.texts[at] in known.auxiliaries), clause.end)
        return Clause(cue.start, end)
    whole = cue.label in SOFT or passage.language == "de"
    behind = clause_at(passage, clause.end)
    if behind is not None and completes(passage, behind):
        clause = Clause(clause.start, behind.end)
    return Clause(clause.start if whole else cue.start, max(clause.end, cue.end))


def _is_led(passage: Passage, cue: Hit) -> bool:
    """Whether an adverb stands behind a preposition: *for apparently taking part* leaves open nothing else."""
    known = lexicon(passage.language)
    soft = cue.label in SOFT and cue.start > 0 and passage.language != "de"
    return soft and known is not None and passage.texts[cue.start - 1] in known.prepositions
