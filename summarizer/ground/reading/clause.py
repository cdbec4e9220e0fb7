"""The clauses of a text, and which words and cues stand in each.

A cue says something about its own clause only (the scopes of BioScope, Szarvas et al. 2008, end at clause boundaries
nearly always; NegEx, Chapman et al. 2001, ends them at such words). So claim and evidence are cut into clauses, and
cues are compared where these share most of their words.
"""

from __future__ import annotations

import math
import re
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cache
from itertools import chain, pairwise
from operator import itemgetter
from typing import NamedTuple

from summarizer.ground.reading import when
from summarizer.ground.reading.lexicon import inflections, lexicon
from summarizer.ground.reading.locales import word_set
from summarizer.ground.reading.memo import Memo
from summarizer.ground.reading.namesake import spell
from summarizer.ground.reading.opened import opened
from summarizer.ground.reading.phrases import Hit
from summarizer.ground.reading.text import Kind, Passage, kind_of, where
from summarizer.ground.reading.view import ArticleView

# What somebody means to do, and what he only wishes, weighs or tries: no *will* tells that.
PLANS = frozenset({"hedge/plan", "hedge/wish"})
_WHO = word_set("who")
_GROUPED = re.compile(r"[.,](?=\d{3}(?!\d))")
_ENDED = frozenset({"past", "future", "hedge/mood"})  # told by their endings
_MODAL = "hedge/modal"
_LARGE = _ENDED | {_MODAL}  # what may be a name, or a month, where it begins with a capital
_UNNAMED = PLANS | {"negation/word", "negation/verb", "past"}
_ENDS = frozenset(',;:()[]—–!?"')
MOST_CLAIMED = 64  # clauses, or statements, of a claim that are compared; each is with all of the evidence
_STEM = 5  # letters that inflected forms, and cognates across languages, share


class Clause(NamedTuple):
    """A clause: the tokens [start, end) of its passage."""

    start: int
    end: int


def cues(passage: Passage) -> tuple[Hit, ...]:
    """Find the lexicon's phrases in a passage; positions are those of its tokens. None without a lexicon."""
    found = passage.once(opened).cues
    undone = [hit for hit in found if hit.label == "unhedged" or (hit.label == "anonymous" and hit.end > hit.start + 1)]
    large = [hit for hit in found if hit.label in _LARGE and passage.raws[hit.start][0].isupper()]
    if not undone and not large:
        return tuple(found)
    undone += [hit for hit in large if hit.label in _ENDED and _is_named(passage, hit.start)]
    months = {hit for hit in large if hit.label == _MODAL and _is_dated(passage, hit.start)}
    nameless: dict[int, bool] = {}  # by token of such a phrase, whether it only keeps somebody from the reader
    for hit in undone:
        for at in range(hit.start, hit.end):
            nameless[at] = nameless.get(at, True) and hit.label == "anonymous"
    return tuple(hit for hit in found if not _is_undone(hit, nameless.get(hit.start)) and hit not in months)


def _is_dated(passage: Passage, at: int) -> bool:
    """Whether a word is part of a date: that of *in May* leaves nothing open."""
    return any(date.first <= at < date.last for date in passage.once(when.parse))


def _is_undone(hit: Hit, nameless: bool | None) -> bool:
    """Whether a hedge is part of a phrase that is none, or a verb is a name that ends like one: *Ribeirão*.

    Who *asked not to be named* plans nothing and denies nothing, and that he asked is not what has happened.
    """
    if nameless:
        return hit.label in _UNNAMED
    return nameless is not None and (hit.label.startswith("hedge/") or hit.label in _ENDED)


def inside(passage: Passage, clause: Clause, *sorts: str) -> list[Hit]:
    """Return the cues of these sorts (the label, or its beginning up to `/`) that begin in a clause."""
    names, hits = _begun(passage, clause)
    return [] if names.isdisjoint(sorts) else [hit for hit in hits if not _NAMES[hit[0]].isdisjoint(sorts)]


def has(passage: Passage, clause: Clause, sorts: AbstractSet[str]) -> bool:
    """Whether a cue of these sorts begins in a clause."""
    return not _begun(passage, clause)[0].isdisjoint(sorts)


def _begun(passage: Passage, clause: Clause) -> tuple[AbstractSet[str], Sequence[Hit]]:
    """Return the cues that begin in a clause, behind what they are called: their labels and the beginnings of these."""
    known = passage.once(_cues_inside)
    if clause not in known:
        hits = beginning_in(passage, *clause)
        known[clause] = (frozenset().union(*[_NAMES[hit[0]] for hit in hits]), hits) if hits else _SILENT
    return known[clause]


_SILENT: tuple[AbstractSet[str], Sequence[Hit]] = (frozenset(), ())
_NAMES: Memo[str, frozenset[str]] = Memo(lambda label: frozenset({label, label.split("/")[0]}))


def cued(passage: Passage) -> frozenset[str]:
    """Return what the cues of a passage are called, as `inside` asks for them; most texts have few sorts."""
    return frozenset().union(*map(_NAMES.__getitem__, set(map(itemgetter(0), passage.once(cues)))))


def _cues_inside(_passage: Passage) -> dict[Clause, tuple[AbstractSet[str], Sequence[Hit]]]:
    """What `_begun` says of clauses, filled as it is asked for."""
    return {}


def beginning_in(passage: Passage, start: int, end: int) -> Sequence[Hit]:
    """Return the cues that begin at the tokens [start, end)."""
    starts = passage.once(_cue_starts)
    return passage.once(cues)[bisect_left(starts, start) : bisect_left(starts, end)]


def _cue_starts(passage: Passage) -> list[int]:
    return [hit.start for hit in passage.once(cues)]


def clause_at(passage: Passage, place: int) -> Clause | None:
    """Return the clause that has a token; None for a mark between clauses."""
    found = passage.once(clauses)
    at = bisect_right(passage.once(_clause_starts), place) - 1
    return found[at] if at >= 0 and place < found[at].end else None


def _clause_starts(passage: Passage) -> list[int]:
    return [clause.start for clause in passage.once(clauses)]


def meant(passage: Passage) -> tuple[Hit, ...]:
    """Find the concepts of a passage; the label is the concept."""
    return tuple(passage.once(opened).concepts)


def stems(passage: Passage) -> tuple[str | None, ...]:
    """Return what forms of each content word share: its concept (`=rise`), or its first letters.

    None for marks, for function words, and for all but the first word of a phrase.
    """
    found = list(map(_stem_of(passage.language).__getitem__, passage.texts))
    hits = passage.once(meant)
    if len(set(map(itemgetter(1), hits))) < len(hits):  # the longest of those that begin together
        hits = tuple(sorted(hits, key=lambda hit: (hit.start, -hit.end)))
    done, raws = 0, passage.raws
    for label, start, end in hits:
        if start >= done and not (raws[start][0].isupper() and _is_named(passage, start)):
            found[start] = _CONCEPTS[label]
            if end > start + 1:
                found[start + 1 : end] = [None] * (end - start - 1)
            done = end
    return tuple(found)


_CONCEPTS: Memo[str, str] = Memo(lambda label: label if label.isdigit() else f"={label}")


def content_places(passage: Passage) -> list[int]:
    """Return where the words with a stem stand, ascending."""
    return [at for at, found in enumerate(passage.once(stems)) if found is not None]


@cache
def _stem_of(language: str | None) -> Memo[str, str | None]:
    known = lexicon(language)
    silent = known.function_words if known is not None else frozenset[str]()
    return Memo(lambda text: None if text in silent else _stem(text, kind_of(text)))


def _stem(text: str, kind: Kind) -> str | None:
    """Return the stem of a word; of a number, what it is without the marks between its groups of digits."""
    if kind == "punct":
        return None
    return shorten(spell(text)) or None if kind == "word" else _GROUPED.sub("", text).replace(",", ".")


def shorten(word: str) -> str:
    """Return what the inflected forms of a word share, in six languages: no ending, and no more than five letters."""
    for ending in inflections():
        if word.endswith(ending) and len(word) - len(ending) >= 3 and not (ending == "s" and word.endswith("ss")):
            return word[: min(_STEM, len(word) - len(ending))]
    return word[:_STEM]


def _is_named(passage: Passage, at: int) -> bool:
    """Whether a word is written like a name, where not every noun is."""
    return passage.language != "de" and at > 0 and passage.raws[at][0].isupper() and passage.kinds[at - 1] == "word"


def clauses(passage: Passage) -> tuple[Clause, ...]:
    """Cut a passage into clauses: at marks, at words that open a clause, and at an `and` between two predicates."""
    texts, row = passage.texts, passage.once(stems)
    openers, marks = passage.once(opened).clauses, passage.marks
    # Never inside a cue.
    whole = {at for hit in passage.once(cues) for at in range(hit.start + 1, hit.end)} if openers else frozenset()
    cuts, noted = [0], _notes(passage)
    for at in sorted({*marks, *openers}) if openers else marks:
        if passage.kinds[at] == "punct":
            if at not in noted and (texts[at] in _ENDS or (texts[at] in "-." and _divides(passage, at))):
                cuts.append(at + 1)
        elif at and at not in whole and _opens(passage, cuts[-1], at):
            cuts.append(_with_count(passage, cuts[-1], at))
    cuts.append(len(texts))
    return tuple([Clause(start, end) for start, end in pairwise(cuts) if any(row[start:end])])


def _notes(passage: Passage) -> frozenset[int]:
    """Return where the marks around figures in brackets stand, which part nothing: *the contract (2 years) ends*."""
    found = set[int]()
    for start in where(passage.texts, "(") if passage.digits else ():
        behind = range(start + 1, min(start + _LONGEST_NOTE, len(passage.texts)))
        end = next((at for at in behind if passage.texts[at] in "()"), start)
        if passage.texts[end] == ")" and "number" in passage.kinds[start:end]:
            found.update(() if passage.raws[start + 1][0].isupper() else range(start, end + 1))
    return frozenset(found)


def _with_count(passage: Passage, start: int, at: int) -> int:
    """Return where a clause begins whose opener has *none of* or the like before it: *12 fires, none of which hurt*."""
    known, texts = lexicon(passage.language), passage.texts
    led = known is not None and texts[at - 1] in known.noun_markers - _OF  # aucun de ceux qui
    of = at - 1 - led
    counted = of - 1 >= start and texts[of] in _OF and texts[of - 2] == ","
    return of - 1 if counted else at


_OF = word_set("none_of")


def _opens(passage: Passage, start: int, at: int) -> bool:
    known = lexicon(passage.language)
    if known is None or passage.texts[at - 1] == "-":  # the pronoun of a verb: prolongar-se
        return False
    if passage.texts[at] in _WHO and passage.texts[at - 1] in known.infinitive_markers:
        return False  # vale per chi vive sola
    return passage.texts[at] in known.clause_openers or _joins(passage, start, at)


def _divides(passage: Passage, at: int) -> bool:
    """Whether a hyphen is a dash, with a space or another one on each side, or a full stop ends a sentence."""
    if not 0 < at < len(passage.texts) - 1:
        return False
    (before, mark, after), raws = passage.texts[at - 1 : at + 2], passage.raws
    led, followed = passage.ends[at - 1] < passage.starts[at], passage.ends[at] < passage.starts[at + 1]
    if mark == ".":
        return len(raws[at - 1]) > 3 and raws[at - 1].islower() and followed and raws[at + 1][0].isupper()
    return (led or before == "-") and (followed or after == "-")


_PREDICATES = PLANS | {
    "future",
    "past",
    "hedge/modal",
    "hedge/mood",
    "hedge/unreal",
    "hedge/belief",
    "negation/word",
    "negation/verb",
}
_LONGEST_NOTE = 8  # tokens, its brackets included
_NEAR = 6  # words behind an `and` in which a second predicate begins


def _joins(passage: Passage, start: int, at: int) -> bool:
    """Whether an `and` stands between two predicates: a verb form before it in the clause, and one soon behind."""
    if _links_names(passage, at):
        return False
    verbs = passage.once(verb_places)
    here = bisect_left(verbs, at)
    before = here > 0 and verbs[here - 1] >= start
    behind = bisect_right(verbs, at)
    return before and behind < len(verbs) and verbs[behind] <= at + _NEAR


def _links_names(passage: Passage, at: int) -> bool:
    """Whether an `and` stands between two names: *jobs in Aberdeen and Cork will be cut*."""
    around = (passage.raws[at - 1], *passage.raws[at + 1 : at + 2])
    return passage.language != "de" and all(raw[0].isupper() for raw in around)


def verb_places(passage: Passage) -> list[int]:
    """Return where predicates begin, ascending."""
    known = lexicon(passage.language)
    verbs = {hit.start for hit in passage.once(cues) if hit.label in _PREDICATES}
    if known is not None:
        verbs |= {place for place, text in enumerate(passage.texts) if text in known.auxiliaries}
    return sorted(verbs)


class _Weights(dict[str, float]):
    """What stems weigh, worked out when asked for; one that the article does not have says the most."""

    def __init__(self, counts: Mapping[str | None, int]) -> None:
        self._counts = counts

    def __missing__(self, stem: str) -> float:
        self[stem] = found = 1 / (1 + math.log(self._counts.get(stem, 1)))
        return found


def weights(article: ArticleView) -> Mapping[str, float]:
    """Return how much each stem of an article says about where it comes from: the rarer it is, the more."""
    return _Weights(Counter(chain.from_iterable([passage.once(stems) for passage in article.passages])))


def content(passage: Passage, clause: Clause | None = None) -> frozenset[str]:
    """Return the stems of a clause, or of the whole passage."""
    known = passage.once(_contents)
    if clause is not None and clause not in known:
        known[clause] = _there(passage.once(stems)[clause.start : clause.end])
    return known[clause]


def _contents(passage: Passage) -> dict[Clause | None, frozenset[str]]:
    """The stems of a passage, and those of its clauses, filled as they are asked for."""
    return {None: _there(passage.once(stems))}


def _there(row: Iterable[str | None]) -> frozenset[str]:
    return frozenset(filter(None, row))


def weigh(found: Iterable[str], article: ArticleView) -> float:
    """Return how much stems say about where in an article they come from."""
    return math.fsum(map(article.once(weights).__getitem__, found))  # the same in any order


def said(passage: Passage, clause: Clause) -> str:
    """Return a clause as it is written, for people."""
    return passage.written(*clause).strip(" ,;:")
