"""The negatives of a text: what denies, and what it denies.

Triggers, implied negatives (*refuse*, *rule out*) and pseudo-triggers (*not only*) follow NegEx (Chapman et al. 2001).
A trigger governs the content words after it, or before it when it ends its clause.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from summarizer.ground.reading.clause import (
    Clause,
    clause_at,
    clauses,
    content,
    content_places,
    cued,
    cues,
    inside,
    stems,
)
from summarizer.ground.reading.lexicon import lexicon
from summarizer.ground.reading.locales import word_set
from summarizer.ground.reading.phrases import Hit
from summarizer.ground.reading.sides import bounding
from summarizer.ground.reading.text import Passage

_FINDING = "finding"
_NOUNS = ("ion", "ions", "sal", "sals", "nial", "nials")  # rejection, refusal, denial
_UNABLE = tuple(sorted(word_set("unable")))  # how such words begin
_WHY = word_set("why")
_GOVERNED = 6  # content words after a trigger
_IMPLIED = frozenset({"=deny", "=reject", "=forbid", "=exclude"})
_WEAK = frozenset({"=cancel", "=collapse", "=lacking", "=impossible", "=lose", "=fear", "=destroy", "=remove", "=idle"})
_IMPLYING = _IMPLIED | _WEAK


class Trigger(NamedTuple):
    """A negative and the stems it governs, nearest first.

    `sort` is `word` (outright), `verb` (implied) or `weak` (near a negative, never enough for one); `heads` are those
    of the governed that may be the predicate it denies.
    """

    sort: str
    start: int
    stem: str
    governed: tuple[str, ...]
    heads: frozenset[str]


class Side(NamedTuple):
    """A clause of a passage, with its negatives and those of the clauses beside it."""

    passage: Passage
    clause: Clause
    own: tuple[Trigger, ...]
    near: tuple[Trigger, ...]

    @property
    def names(self) -> frozenset[str]:
        """What of it begins with a capital."""
        raws, row = self.passage.raws, self.passage.once(stems)
        return frozenset(
            found
            for at in range(self.clause.start, self.clause.end)
            if (found := row[at]) is not None and at and raws[at][0].isupper() and self.passage.language != "de"
        )

    @property
    def stems(self) -> frozenset[str]:
        """The content of the clause."""
        return content(self.passage, self.clause)


def triggers(passage: Passage) -> tuple[Trigger, ...]:
    """Find the negatives of a text in their order, pseudo-triggers left out."""
    row = passage.once(stems)
    if "negation" not in passage.once(cued) and _IMPLYING.isdisjoint(row):  # nearly always
        return ()
    hits = [hit for hit in passage.once(cues) if hit.label.startswith("negation/")]
    outright = {hit.start: hit.end for hit in hits if hit.label == "negation/word"}
    pseudo = {
        at
        for hit in hits
        if hit.label == "negation/pseudo"
        and hit.end >= outright.get(hit.start, 0)  # people, but: nobody
        and not _says_that(passage, hit, outright)
        for at in range(hit.start, hit.end)
    }
    if outright:
        pseudo |= passage.once(bounding)
    sorts = dict.fromkeys(_places(row, _WEAK), "weak")
    ends = {hit.start: hit.end for hit in hits}
    for sort in ("weak", "verb", "word"):
        sorts.update({hit.start: sort for hit in hits if hit.label == f"negation/{sort}"})
    sorts.update({at: "verb" for at in _places(row, _IMPLIED) if sorts.get(at) != "word"})
    texts = passage.texts
    # An implied negative may be a noun, and a noun denies nothing: the fear *of rejection*.
    sorts = {at: sort for at, sort in sorts.items() if sort != "verb" or not _is_noun(passage, at)}
    found = []
    for at, sort in sorted(sorts.items()):
        if at not in pseudo and not (sort == "word" and _is_vote(passage, at)):
            places = _governed(passage, at, ends.get(at, at + 1))
            heads = _heads(passage, places, sort)
            if texts[at].startswith(_UNABLE):  # to do what stands right behind: no more is denied
                places = heads = heads[:1] or places[:1]
            governed, denied = _said(passage, places), frozenset(_said(passage, heads))
            found.append(Trigger(sort, at, row[at] or texts[at], governed, denied))
    return tuple(sorted((*found, *_embedded(passage, found)), key=lambda trigger: trigger.start))


def _places(row: Sequence[str | None], wanted: frozenset[str]) -> list[int]:
    """Return where any of some concepts stand in a row, ascending."""
    return [] if wanted.isdisjoint(row) else [at for at, found in enumerate(row) if found in wanted]


def _is_vote(passage: Passage, at: int) -> bool:
    """Whether a *no* is one of so many: *98 sì e 71 no*."""
    known, behind = lexicon(passage.language), passage.texts[at + 1 : at + 2]
    ended = not behind or passage.kinds[at + 1] == "punct" or (known is not None and behind[0] in known.conjunctions)
    return at > 0 and passage.kinds[at - 1] == "number" and ended


def _is_noun(passage: Passage, at: int) -> bool:
    """Whether an implied negative is a noun: behind a noun marker, and in English by its ending."""
    known, texts = lexicon(passage.language), passage.texts
    led = at > 0 and known is not None and texts[at - 1] in known.noun_markers
    return led or (passage.language == "en" and texts[at].endswith(_NOUNS))


def _says_that(passage: Passage, hit: Hit, outright: Mapping[int, int]) -> bool:
    """Whether a pseudo-trigger is a negative with its *that*: *ne prouve pas que* is no *only*."""
    known, inner = lexicon(passage.language), range(hit.start + 1, hit.end - 1)
    return (
        known is not None
        and passage.texts[hit.end - 1] in known.complementizers
        and any(at in outright for at in inner)
        and any(cue.start in inner and cue.label in (_FINDING, "said") for cue in passage.once(cues))
    )


def _embedded(passage: Passage, found: Sequence[Trigger]) -> Iterator[Trigger]:
    """Yield a negative for each clause that another one denies, or leaves unproven: *there is no proof that* ..."""
    for trigger in found:
        clause = clause_at(passage, trigger.start)
        if clause is None or trigger.sort == "weak":
            continue
        behind = _complement(passage, clause, trigger)
        proven = trigger.sort == "verb" or any(hit.start != trigger.start for hit in inside(passage, clause, _FINDING))
        if behind is not None and proven:
            places = _governed(passage, behind.start, behind.start)
            governed, heads = _said(passage, places), _said(passage, _heads(passage, places, trigger.sort))
            yield Trigger(trigger.sort, behind.start, trigger.stem, governed, frozenset(heads))


def _said(passage: Passage, places: Sequence[int]) -> tuple[str, ...]:
    row = passage.once(stems)
    return tuple(row[place] or "" for place in places)


def _complement(passage: Passage, clause: Clause, trigger: Trigger) -> Clause | None:
    """Return the clause that completes one: a *that* behind it, an infinitive, or what goes on behind a relative."""
    known, texts = lexicon(passage.language), passage.texts
    behind = clause_at(passage, clause.end)
    if known is None or behind is None:
        return None
    if passage.language == "de":
        joined = texts[behind.start] in known.complementizers
        infinitive = trigger.sort == "verb" and not known.infinitive_markers.isdisjoint(
            texts[behind.start : behind.end]
        )
        return behind if joined or infinitive else None
    relative = texts[behind.start] in known.clause_openers or texts[behind.start] in known.complementizers
    parted = texts[clause.end - 1] == texts[behind.end - 1] == ","
    opened = not known.complementizers.isdisjoint(texts[trigger.start : clause.end])
    further = clause_at(passage, behind.end)
    return further if relative and parted and opened and further is not None else None


def _governed(passage: Passage, start: int, end: int) -> list[int]:
    """Return the places of the content words that a negative governs: those after it, or before it when it is last."""
    clause = clause_at(passage, start)
    if clause is None:
        return []
    places = passage.once(content_places)
    first, last, here = (bisect_left(places, at) for at in (clause.start, clause.end, end))
    return (
        places[here : min(last, here + _GOVERNED)] or places[first : bisect_left(places, start)][: -_GOVERNED - 1 : -1]
    )


def _heads(passage: Passage, places: list[int], sort: str) -> list[int]:
    """Return the places of what may be the predicate: no name, in German a noun only where there is nothing else.

    An implied negative may have an adverb before its object, and a German verb stands behind or before all else.
    """
    most = 1 if sort == "word" and passage.language != "de" else 2
    plain = [at for at in places if at == 0 or not passage.raws[at][:1].isupper()]
    return plain[:most] or (places[:1] if passage.language == "de" else [])


def sides(passage: Passage) -> tuple[Side, ...]:
    """Return the clauses of a text with their negatives."""
    found, cut = passage.once(triggers), passage.once(clauses)
    starts = [trigger.start for trigger in found]

    def between(start: int, end: int) -> tuple[Trigger, ...]:
        return found[bisect_left(starts, start) : bisect_left(starts, end)]

    return tuple(
        Side(
            passage,
            clause,
            between(*clause),
            tuple(
                trigger
                for trigger in between(cut[max(0, at - 1)].start, cut[min(len(cut) - 1, at + 1)].end)
                if trigger.sort != "weak"
            ),
        )
        for at, clause in enumerate(cut)
    )


def asks_why(passage: Passage, start: int, end: int) -> bool:
    """Whether the tokens [start, end) ask why something is so: that it is so is not asked then."""
    return not _WHY.isdisjoint(passage.texts[start:end])


def reach(passage: Passage, start: int) -> int:
    """Return where a clause with this first token begins: at the negative before its pronoun, *não se sabe*."""
    return start - (passage.texts[start : start + 1] == ("se",) and start > 0)


def outright(passage: Passage) -> list[Trigger]:
    """Return the negatives of a text that are no implied ones."""
    return [trigger for trigger in passage.once(triggers) if trigger.sort == "word"]


def counts(found: Sequence[Trigger]) -> tuple[int, int]:
    """Whether there is an outright negative, and whether there is an implied one."""
    sorts = [trigger.sort for trigger in found]
    return int("word" in sorts), int("verb" in sorts)


def is_opposite(one: str, other: str, prefixes: tuple[str, ...]) -> bool:
    """Whether one stem is the other with a negative prefix (`unable`, `able`)."""
    rests = (one.removeprefix(prefix)[:3] for prefix in prefixes if one.startswith(prefix))
    return any(len(rest) > 1 and other.startswith(rest) for rest in rests)


def is_asked(passage: Passage) -> bool:
    """Whether a text is a question, which denies nothing."""
    return passage.text.rstrip(" \"'”’»").endswith(("?", "？"))
