"""Doubt: the claim tells as a fact what the evidence tells as a plan, a possibility or a rumor.

Hedges are the cues of Hyland (1998) and of BioScope (Szarvas et al. 2008), as marked in the CoNLL-2010 shared task
(Farkas et al. 2010). What a verb of intention or a modal governs stands after it in its clause; an adverb hedges its
clause; a condition the clause beside it. Any hedge of the claim answers any hedge of the evidence; a plain future
answers a plan, but no *may* or *could*.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from summarizer.ground.case import Case
from summarizer.ground.clause import Clause, clauses, content, cues, inside, said, shorten, stems, weigh
from summarizer.ground.lexicon import Hit, lexicon
from summarizer.ground.namesake import spell
from summarizer.ground.text import Passage
from summarizer.records import Finding

# Of the weight of the claim's clause that must be shared, by how the two are tied: by the verb that is hedged, by a
# number or a date, by a future or a condition, or by nothing but common words. Tried in steps of .1 on the evaluation
# suite and on RAGTruth's dev half, evidence searched, where these flag 0.8 % of the faithful sentences (.7 for the last
# flags 1.1 %).
_LEAST = 0.3
_LEAST_BY_VERB = 0.4
_LEAST_BY_NUMBER = 0.45
_LEAST_CERTAIN = 0.6
_LEAST_BY_WORDS = 0.8
_BESIDE = 0.7  # of its weight counts what stands in another clause of the unit
_FEWEST = 3  # content words of a clause of the claim; less is no statement
_MOST_FRAGMENT = 4  # content words of a clause that has no verb
_FORWARD = frozenset({"hedge/plan", "hedge/modal", "hedge/mood", "hedge/belief"})
_WEAKER = frozenset({"hedge/modal", "hedge/mood"})  # than a plain future
_ADVERBS = ("ly", "mente", "ment", "lich")


class Tie(NamedTuple):
    """A clause of the claim laid beside one of the evidence.

    Attributes:
        claim: The claim.
        mine: Its clause.
        passage: The unit.
        theirs: Its clause.
        share: How much of the claim's clause the unit has, in [0, 1].
        anchored: Whether a number or a date is shared: then a rewritten predicate is still the same statement.
    """

    claim: Passage
    mine: Clause
    passage: Passage
    theirs: Clause
    share: float
    anchored: bool

    def holds(self, by_words: float) -> bool:
        """Whether both say the same, without a look at the verb."""
        return self.share >= (_LEAST_BY_NUMBER if self.anchored else by_words)


class Doubt(NamedTuple):
    """A cue of the evidence that governs what a clause of the claim restates."""

    passage: Passage
    cue: Hit


def check(case: Case) -> Iterator[Finding]:
    """Find clauses that are surer than the clause they restate."""
    for mine in case.claim.once(clauses):
        negated = inside(case.claim, mine, "negation/word")
        words = content(case.claim, mine)
        # Without a verb or a concept of the table it states nothing: a heading, an apposition.
        bare = _is_fragment(case.claim, mine) and not any(word.startswith("=") for word in words)
        if negated or bare or len(words) < _FEWEST:
            continue
        doubt = _doubted(case, mine)
        if doubt is not None and not _is_hedged(case.claim, mine, doubt):
            hedge = said(doubt.passage, Clause(doubt.cue.start, doubt.cue.end))
            yield Finding("hedge", f"“{said(case.claim, mine)}” leaves out “{hedge}”")


def _doubted(case: Case, mine: Clause) -> Doubt | None:
    """Return the cue that governs the nearest clause of the evidence; None when that one is sure."""
    wanted = content(case.claim, mine)
    whole = weigh(wanted, case)
    best, found = 0.0, None
    for passage in case.evidence:
        for theirs in passage.once(clauses):
            shared = wanted & content(passage, theirs)
            beside = (wanted & content(passage)) - shared
            share = (weigh(shared, case) + _BESIDE * weigh(beside, case)) / whole
            fits = share >= max(best, _LEAST) and shared and len(shared) + len(beside) >= 2
            if not fits or _is_fragment(passage, theirs):
                continue
            anchored = any(item[:1].isdigit() for item in shared)
            doubt = next(_doubts(Tie(case.claim, mine, passage, theirs, share, anchored)), None)
            if share > best or doubt is None:
                best, found = share, doubt
    return found


def _is_fragment(passage: Passage, clause: Clause) -> bool:
    """Whether a clause has no verb that we know: an apposition, a link of a list."""
    known = lexicon(passage.language)
    return (
        known is not None
        and not any(token.text in known.auxiliaries for token in passage.tokens[clause.start : clause.end])
        and not inside(passage, clause, "past", "future", "hedge", "said")
        and len(content(passage, clause)) <= _MOST_FRAGMENT
    )


def _doubts(tie: Tie) -> Iterator[Doubt]:
    """Yield the cues of the evidence's clause that the claim's clause has to answer."""
    for hit in inside(tie.passage, tie.theirs, "hedge"):
        if hit.label in _FORWARD:
            if _is_open(tie.passage, hit) and _is_governed(tie, hit):
                yield Doubt(tie.passage, hit)
        elif (hit.label == "hedge/adverb" or _is_adverb(tie.passage, hit)) and tie.share >= _LEAST_BY_WORDS:
            yield Doubt(tie.passage, hit)
    future = inside(tie.passage, tie.theirs, "future")
    if future and tie.holds(_LEAST_CERTAIN) and _is_past(tie.claim, tie.mine):
        yield Doubt(tie.passage, future[0])
    first = tie.passage.once(clauses)[0]
    if (
        tie.share >= _LEAST_CERTAIN
        and tie.theirs != first
        and (future or inside(tie.passage, tie.theirs, "hedge/modal"))
    ):
        for hit in inside(tie.passage, first, "hedge/condition"):
            if hit.start == first.start:
                yield Doubt(tie.passage, hit)


def _is_governed(tie: Tie, cue: Hit) -> bool:
    """Whether the claim's clause restates what a cue governs."""
    row, start, end = tie.passage.once(stems), tie.theirs.start, tie.theirs.end
    # A mood is a form of the verb that it governs; a verb at the end of its clause governs what stands before it.
    after = [found for found in row[cue.start if cue.label == "hedge/mood" else cue.end : end] if found is not None]
    governed = after or [found for found in reversed(row[start : cue.start]) if found is not None]
    if (tie.anchored or tie.share >= _LEAST_BY_VERB) and _restates(tie, _heads(governed, tie.passage.language)):
        return True
    if cue.label in _WEAKER and tie.holds(_LEAST_CERTAIN) and inside(tie.claim, tie.mine, "future"):
        return True
    return tie.holds(_LEAST_BY_WORDS) and _is_past(tie.claim, tie.mine) and not _is_past(tie.passage, tie.theirs)


def _heads(governed: Sequence[str], language: str | None) -> frozenset[str]:
    """Return what may be the verb that a cue governs: the first word after it, in German the last of the clause.

    Numbers and dates between are none.
    """
    known = lexicon(language)
    dated = {shorten(spell(word)) for word in known.calendar} if known is not None else set()
    words = [found for found in governed if not found[:1].isdigit() and found not in dated]
    return frozenset((*words[:1], *(words[-1:] if language == "de" else ())))


def _restates(tie: Tie, heads: frozenset[str]) -> bool:
    """Whether the claim's clause has one of the verbs, finite: not a noun, an infinitive or an English participle."""
    row, tokens, known = tie.claim.once(stems), tie.claim.tokens, lexicon(tie.claim.language)
    for at in range(tie.mine.start, tie.mine.end):
        if row[at] not in heads:
            continue
        before = tokens[at - 1].text if at else ""
        if known is None or (
            before not in known.noun_markers | known.infinitive_markers
            and (not tokens[at].text.endswith("ing") or before in known.auxiliaries)
        ):
            return True
    return False


def _is_open(passage: Passage, cue: Hit) -> bool:
    """Whether a cue really leaves it open.

    A noun may end like a mood; *would* also tells habits, and the future of a past: it needs another doubt beside it.
    """
    token, known = passage.tokens[cue.start], lexicon(passage.language)
    before = passage.tokens[cue.start - 1].text if cue.start else ""
    noun = token.raw[0].isupper() or (known is not None and before in known.noun_markers)
    if cue.label == "hedge/mood" and noun:
        return False
    return token.text != "would" or any(
        hit.start != cue.start
        and hit.label != "hedge/adverb"
        and (hit.label == "source" or hit.label.startswith("hedge"))
        for hit in passage.once(cues)
    )


def _is_rumor(passage: Passage, hit: Hit) -> bool:
    """Whether a mark of hearsay names no source."""
    return hit.label == "hedge/hearsay" and not any(
        other.label == "source" and other.start == hit.start for other in passage.once(cues)
    )


def _is_adverb(passage: Passage, hit: Hit) -> bool:
    """Whether it is an adverb of hearsay (`reportedly`)."""
    return _is_rumor(passage, hit) and passage.tokens[hit.start].text.endswith(_ADVERBS)


def _is_past(passage: Passage, clause: Clause) -> bool:
    """Whether a clause tells what has happened, other than that somebody said something."""
    known = lexicon(passage.language)
    markers = known.noun_markers | {"'s"} if known is not None else frozenset[str]()
    told = {hit.end for hit in inside(passage, clause, "said")}
    return any(
        hit.end not in told and not (hit.start and passage.tokens[hit.start - 1].text in markers)
        for hit in inside(passage, clause, "past")
    )


def _is_hedged(claim: Passage, clause: Clause, doubt: Doubt) -> bool:
    """Whether a clause of the claim is hedged in any way, or governed by a clause that is."""
    hedges = [
        hit
        for hit in inside(claim, clause, "hedge", "accepted")
        if hit.label != "hedge/hearsay" or _is_rumor(claim, hit)
    ]
    if doubt.cue.label in _WEAKER or doubt.cue.label == "hedge/condition":
        future = {hit.start for hit in inside(claim, clause, "future")}
        hedges = [hit for hit in hedges if hit.start not in future]
    # A word that the evidence has too, outside its hedge, is what they speak of: a *plan* that was adopted.
    others = {token.text for at, token in enumerate(doubt.passage.tokens) if not doubt.cue.start <= at < doubt.cue.end}
    return any(hit.label != "accepted" or claim.tokens[hit.start].text not in others for hit in hedges) or any(
        hit.label in ("hedge/condition", "hedge/belief", "hedge/plan")
        for other in claim.once(clauses)
        if other.start < clause.start
        for hit in inside(claim, other, "hedge")
    )
