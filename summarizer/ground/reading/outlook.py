"""How sure a statement is: told as done, announced, or left open.

Hedges are the cues of Hyland (1998) and of BioScope (Szarvas et al. 2008), as marked in the CoNLL-2010 shared task
(Farkas et al. 2010).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from summarizer.ground.reading.clause import PLANS, Clause, clause_at, cued, cues, inside
from summarizer.ground.reading.lexicon import lexicon
from summarizer.ground.reading.locales import word_set
from summarizer.ground.reading.offices import prepositions, roles
from summarizer.ground.reading.phrases import Hit
from summarizer.ground.reading.text import Passage

# What governs the rest of its clause.
_GOVERNING = PLANS | {"hedge/modal", "hedge/mood", "hedge/unreal", "future"}
# Forms of the verb itself: the first kind also reports what others say.
MOODS = frozenset({"hedge/mood", "hedge/unreal"})
_ADVERBS = ("ly", "mente", "ment", "lich")
_STATES = word_set("states")  # is, stays, remains
_AGREED = frozenset({"agree", "agrees", "agreed"})
_FOR_WHOM = word_set("for_whom")
_LONGEST_VIEWER = 10  # tokens of somebody whose view is told: Pour la maire, ce jugement


class Outlook(NamedTuple):
    """The marks of a statement.

    Attributes:
        done: Verbs of what has happened, other than that somebody said, wanted or expected something.
        ahead: Plain futures.
        open: What leaves it open: a plan, a modal, a belief, an adverb, a rumor, a condition.
        certain: What tells it as settled: *definitely*, *confirms*, *already*.
    """

    done: tuple[Hit, ...]
    ahead: tuple[Hit, ...]
    open: tuple[Hit, ...]
    certain: tuple[Hit, ...]


def outlook(passage: Passage, clause: Clause) -> Outlook:
    """Return how sure a statement is."""
    known = passage.once(_outlooks)
    if clause not in known:
        known[clause] = _outlook(passage, clause)
    return known[clause]


def _outlooks(_passage: Passage) -> dict[Clause, Outlook]:
    """The outlooks of a passage, filled as they are asked for."""
    return {}


def _outlook(passage: Passage, clause: Clause) -> Outlook:
    left = tuple(hit for hit in inside(passage, clause, "hedge") if leaves_open(passage, hit))
    ahead = tuple(hit for hit in inside(passage, clause, "future") if not _is_passive(passage, hit))
    happened = past(passage, clause)
    done = _done(passage, happened, (*left, *ahead)) if happened else ()
    return Outlook(done, ahead, left, tuple(inside(passage, clause, "assertive")))


def is_state(passage: Passage, told: Outlook) -> bool:
    """Whether what a statement tells as done is only how things are: what *will stay closed* is closed."""
    return all(not _STATES.isdisjoint(passage.texts[max(0, hit.start - 1) : hit.start + 1]) for hit in told.done)


def is_settled(passage: Passage, cue: Hit) -> bool:
    """Whether a mark only puts ahead what somebody has said or agreed: *said it would cut*, *agreed to buy*."""
    if passage.texts[cue.start] != "would":
        return passage.texts[cue.start] in _AGREED
    whole = Clause(0, len(passage.texts))
    said = any(hit.end <= cue.start for hit in inside(passage, whole, "said"))
    return said and not inside(passage, whole, "hedge/condition")


def is_for_whom(passage: Passage) -> bool:
    """Whether a passage begins with whose view it tells: *Pour la maire, ce jugement est juste*."""
    texts = passage.texts[:_LONGEST_VIEWER]
    if not texts or texts[0] not in _FOR_WHOM or "," not in texts:
        return False
    end = texts.index(",")
    return any(0 < hit.start < end for hit in passage.once(roles)) or any(0 < at < end for at in passage.large)


def _is_passive(passage: Passage, hit: Hit) -> bool:
    """Whether a German *wird* has a participle at the end of its clause: minutes say *wird abgelehnt* of what was."""
    clause = clause_at(passage, hit.start) if passage.language == "de" else None
    if clause is None:
        return False
    words = [at for at in range(*clause) if passage.kinds[at] == "word" and at != hit.start]
    return bool(words) and passage.raws[words[-1]].islower() and _is_participle(passage.texts[words[-1]])


def _is_participle(word: str) -> bool:
    """Whether a German word may be a participle: *gewählt*, *abgelehnt*, *genehmigt*, *beschlossen*."""
    return bool(_PARTICIPLE.fullmatch(word))


_PARTICIPLE = re.compile(
    r"(?:ab|an|auf|aus|bei|durch|ein|fest|frei|her|hin|los|mit|nach|um|vor|weg|zu|zurück|zusammen)?ge\w{2,}(?:t|en)"
    r"|(?:be|ent|er|ge|miss|über|unter|ver|zer)\w{2,}t|\w+iert"
    r"|(?:be|ent|er|ge|ver|zer)\w*(?:o|(?<![aäe])u|ie)(?:[bdfgmnt]|ch|ff|ss|rb|rf|nd|ng|nn|mm|rg)en"
)


def _done(passage: Passage, happened: Sequence[Hit], marks: Sequence[Hit]) -> tuple[Hit, ...]:
    """Return the verbs of what has happened that nothing leaves open, puts ahead or denies."""
    # A verb that is a mark itself, or stands behind one in its clause: *may call for an agreement signed in 1974*.
    marked = {at for mark in marks for at in range(mark.start + 1, mark.end + 1)}
    governed: dict[Clause | None, int] = {}
    for mark in marks:
        if mark.label in _GOVERNING:
            part = clause_at(passage, mark.start)
            governed[part] = min(mark.end, governed.get(part, mark.end))
    return tuple(
        hit
        for hit in happened
        if hit.end not in marked
        and hit.start < governed.get(clause_at(passage, hit.start), hit.start + 1)
        and passage.once(_denied).isdisjoint(range(hit.start - 1, hit.end + 1))
    )


def _denied(passage: Passage) -> frozenset[int]:
    """Return where the outright negatives of a passage begin: what has not happened is not done."""
    return frozenset(hit.start for hit in passage.once(cues) if hit.label == "negation/word")


def leaves_open(passage: Passage, cue: Hit) -> bool:
    """Whether a cue really leaves it open.

    A noun may end like a mood, and a month be written like a modal; no plan is *due to the weather*, nor who *agreed to
    a sale*; *would* also tells habits, and the future of a
    past: it needs another doubt beside it. A source with a name is no rumor.
    """
    known = lexicon(passage.language)
    before = passage.texts[cue.start - 1] if cue.start else ""
    named = passage.raws[cue.start][0].isupper() and cue.start > 0
    if cue.label == "hedge/condition" and before == "-":
        return False
    if cue.label in MOODS and (named or _leads_a_noun(passage.language, before)):
        return False
    if cue.label == "hedge/modal" and named and passage.language != "de":
        return False
    if cue.label == "hedge/hearsay":
        return is_rumor(passage, cue)
    if cue.label in PLANS and known is not None and cue.end < len(passage.texts):
        to, behind = passage.texts[cue.end - 1 : cue.end + 1]
        if to in known.infinitive_markers and to in known.prepositions and behind in known.noun_markers:
            return False
    return passage.texts[cue.start] != "would" or is_settled(passage, cue) or not passage.once(_doubts) <= {cue.start}


def _leads_a_noun(language: str | None, word: str) -> bool:
    """Whether a word stands before a noun, and never before a verb of a mood: *em parceria*."""
    known = lexicon(language)
    return word in prepositions(language) or (known is not None and word in known.noun_markers)


def may_be_open(passage: Passage) -> bool:
    """Whether a passage has any mark by which a statement of it may be left open, or put ahead."""
    return not passage.once(cued).isdisjoint(_OPENING)


_OPENING = frozenset({"future", "hedge"})


def _doubts(passage: Passage) -> frozenset[int]:
    """Return where the sources and the hedges of a passage begin, adverbs apart."""
    return frozenset(
        hit.start
        for hit in passage.once(cues)
        if hit.label == "source" or (hit.label.startswith("hedge") and hit.label != "hedge/adverb")
    )


def _sources(passage: Passage) -> frozenset[int]:
    return frozenset(hit.start for hit in passage.once(cues) if hit.label == "source")


def is_rumor(passage: Passage, hit: Hit) -> bool:
    """Whether a mark of hearsay names no source."""
    return hit.label == "hedge/hearsay" and hit.start not in passage.once(_sources)


def is_adverb(passage: Passage, hit: Hit) -> bool:
    """Whether it is an adverb of hearsay (`reportedly`)."""
    return is_rumor(passage, hit) and passage.texts[hit.start].endswith(_ADVERBS)


def _is_glued(passage: Passage, at: int) -> bool:
    """Whether a participle is part of a word: *the hardest-hit region*."""
    return at > 1 and passage.ends[at - 2] == passage.starts[at - 1] and passage.ends[at - 1] == passage.starts[at]


def past(passage: Passage, clause: Clause) -> tuple[Hit, ...]:
    """Return the verbs that tell what has happened, other than that somebody said something."""
    known, texts = lexicon(passage.language), passage.texts
    before = {hit: texts[hit.start - 1] if hit.start else "" for hit in inside(passage, clause, "past")}
    before = {hit: word for hit, word in before.items() if word != "-" or not _is_glued(passage, hit.start)}
    if not before:
        return ()
    markers = (known.noun_markers, known.prepositions, ("'s",)) if known is not None else ()
    helpers = known.auxiliaries if known is not None else frozenset()
    told = {at for hit in inside(passage, clause, "said") for at in range(hit.start + 1, hit.end + 1)}
    # What was announced has happened; that somebody announced it tells nothing of it.
    return tuple(
        hit
        for hit, word in before.items()
        if not any(word in row for row in markers) and (hit.end not in told or word in helpers)
    )


def only_describes(claim: Passage, own: Outlook) -> bool:
    """Whether what is told as done describes what a modal then says something of: *a flute found there could be*."""
    known = lexicon(claim.language)
    modal = next((hit for hit in own.open if hit.label == "hedge/modal"), None)
    if known is None or modal is None or not all(hit.end <= modal.start for hit in own.done):
        return False
    start = own.done[0].start
    joined = known.conjunctions | known.clause_openers | {","}
    bare = start > 0 and claim.texts[start - 1] not in known.auxiliaries and own.done[0].end == start + 1
    return bare and joined.isdisjoint(claim.texts[start : modal.start])


def is_arranged(claim: Passage, own: Outlook, clause: Clause) -> bool:
    """Whether an English statement tells by its tense what is arranged: *is recalling* (Quirk et al. 1985, 4.44)."""
    if claim.language != "en":
        return False
    texts = claim.texts[clause.start : min([clause.end, *(hit.start for hit in own.done)])]
    return any(one in _IS and two.endswith("ing") for one, two in pairwise(texts))


_IS = frozenset({"is", "are", "'s", "'re"})


def tells_a_forecast(claim: Passage, clause: Clause) -> bool:
    """Whether a statement speaks of a forecast: who lowered it to 3 percent expects 3 percent."""
    return not _FORECASTS.isdisjoint(claim.texts[clause.start : clause.end])


_FORECASTS = word_set("forecasts")
