"""How sure a statement is: told as done, announced, or left open.

Hedges are the cues of Hyland (1998) and of BioScope (Szarvas et al. 2008), as marked in the CoNLL-2010 shared task
(Farkas et al. 2010).
"""

from __future__ import annotations

from typing import NamedTuple

from summarizer.ground.clause import Clause, clauses, cues, inside
from summarizer.ground.lexicon import Hit, lexicon
from summarizer.ground.text import Passage

# What governs the rest of its clause.
_GOVERNING = frozenset({"hedge/plan", "hedge/modal", "hedge/mood", "hedge/unreal", "future"})
# Forms of the verb itself: the first kind also reports what others say.
MOODS = frozenset({"hedge/mood", "hedge/unreal"})
_ADVERBS = ("ly", "mente", "ment", "lich")


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
    left = tuple(hit for hit in inside(passage, clause, "hedge") if leaves_open(passage, hit))
    ahead = tuple(inside(passage, clause, "future"))
    marks = (*left, *ahead)
    parts = [one for one in passage.once(clauses) if clause.start <= one.start < clause.end]
    return Outlook(
        tuple(
            hit
            for hit in past(passage, clause)
            if not any(_governs(mark, hit, parts) for mark in marks) and not _is_denied(passage, hit)
        ),
        ahead,
        left,
        tuple(inside(passage, clause, "assertive")),
    )


def _is_denied(passage: Passage, verb: Hit) -> bool:
    """Whether a verb is negated: what has not happened is not done."""
    return any(hit.label == "negation/word" and verb.start - 1 <= hit.start <= verb.end for hit in passage.once(cues))


def _governs(mark: Hit, verb: Hit, parts: list[Clause]) -> bool:
    """Whether a verb is the mark itself, or behind it in its clause: *may call for an agreement signed in 1974*."""
    part = next((one for one in parts if one.start <= mark.start < one.end), None)
    own = mark.start < verb.end <= mark.end
    return own or (mark.label in _GOVERNING and part is not None and mark.end <= verb.start < part.end)


def leaves_open(passage: Passage, cue: Hit) -> bool:
    """Whether a cue really leaves it open.

    A noun may end like a mood, and a month be written like a modal; *would* also tells habits, and the future of a
    past: it needs another doubt beside it. A source with a name is no rumor.
    """
    token, known = passage.tokens[cue.start], lexicon(passage.language)
    before = passage.tokens[cue.start - 1].text if cue.start else ""
    named = token.raw[0].isupper() and cue.start > 0
    if cue.label == "hedge/condition" and before == "-":
        return False
    if cue.label in MOODS and (named or (known is not None and before in known.noun_markers)):
        return False
    if cue.label == "hedge/modal" and named and passage.language != "de":
        return False
    if cue.label == "hedge/hearsay":
        return is_rumor(passage, cue)
    return token.text != "would" or any(
        hit.start != cue.start
        and hit.label != "hedge/adverb"
        and (hit.label == "source" or hit.label.startswith("hedge"))
        for hit in passage.once(cues)
    )


def is_rumor(passage: Passage, hit: Hit) -> bool:
    """Whether a mark of hearsay names no source."""
    return hit.label == "hedge/hearsay" and not any(
        other.label == "source" and other.start == hit.start for other in passage.once(cues)
    )


def is_adverb(passage: Passage, hit: Hit) -> bool:
    """Whether it is an adverb of hearsay (`reportedly`)."""
    return is_rumor(passage, hit) and passage.tokens[hit.start].text.endswith(_ADVERBS)


def past(passage: Passage, clause: Clause) -> tuple[Hit, ...]:
    """Return the verbs that tell what has happened, other than that somebody said something."""
    known, tokens = lexicon(passage.language), passage.tokens
    markers = known.noun_markers | {"'s"} if known is not None else frozenset[str]()
    helpers = known.auxiliaries if known is not None else frozenset[str]()
    told = {hit.end for hit in inside(passage, clause, "said")}
    before = {hit: tokens[hit.start - 1].text if hit.start else "" for hit in inside(passage, clause, "past")}
    # What was announced has happened; that somebody announced it tells nothing of it.
    return tuple(
        hit for hit, word in before.items() if word not in markers and (hit.end not in told or word in helpers)
    )
