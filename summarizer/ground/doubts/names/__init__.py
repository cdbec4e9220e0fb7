"""Doubt: the claim names somebody or something that its evidence does not name.

A name of the claim must stand in the cited units, word for word but for accents, inflection, script and acronyms (see
`namesake`). Names are found by how they are written (see `written` and `proper`).
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from itertools import chain, pairwise
from operator import attrgetter

from summarizer.ground.case import Case
from summarizer.ground.doubts.names.abroad import is_abbreviated
from summarizer.ground.doubts.names.leading import led_by_another
from summarizer.ground.doubts.names.misheld import MOST_ACTORS, misheld
from summarizer.ground.doubts.names.missing import missing_in
from summarizer.ground.doubts.names.numbered import number_behind, numbered
from summarizer.ground.doubts.names.standin import (
    is_beside,
    is_employer,
    pronouns,
    replaced,
)
from summarizer.ground.reading.cast import Actor, Cast
from summarizer.ground.reading.lexicon import lexicon, offices, stop_words
from summarizer.ground.reading.namesake import backdrops, homes, initials, is_city, is_within, name_words, spell
from summarizer.ground.reading.offices import (
    GOVERNING,
    has_portfolio,
    roles,
    without_portfolio,
)
from summarizer.ground.reading.proper import in_title_case, opening, significant, suspects
from summarizer.ground.reading.sightings import Sightings, holders, mentioned, mentions, seen, sightings
from summarizer.ground.reading.text import Passage
from summarizer.ground.reading.voices import speaking
from summarizer.ground.reading.written import Name, Word, components, join, spans
from summarizer.records import Finding

_STATE = frozenset(map(spell, ("état", "estado", "stato", "state")))  # the government
_ROMAN = re.compile(r"[IVX]{2,}")
_WORDS = re.compile(r"\w+")
_FEWEST_LETTERS = 3  # of an acronym that stands anywhere in the article for a name


def check(case: Case) -> Iterator[Finding]:
    """Find names of the claim that its evidence does not have."""
    if not case.evidence:
        return
    evidence = [passage.once(sightings) for passage in case.evidence]
    told: set[int] = set()
    there = frozenset().union(*[text.keys for text in evidence])
    doubtful = [name for name in case.claim.once(components) if not _is_there(name, there, evidence, case)]
    if doubtful:
        yield from _unnamed(doubtful, evidence, case, told)
    yield from misheld(case, told)
    exchanged = led_by_another(case)
    if exchanged is not None and exchanged[0].end not in told:
        mine, theirs = exchanged
        yield Finding("name", f"the cited sentences say it of “{theirs.text}”, not of “{mine.text}”")


def _is_there(name: Name, there: frozenset[str], evidence: Sequence[Sightings], case: Case) -> bool:
    """Whether the evidence has a name as it is, and no number follows: nothing else is asked then.

    Args:
        name: A name of the claim.
        there: All words of the evidence.
        evidence: How each cited unit writes its words.
        case: The claim and its evidence.
    """
    parts = name.parts
    if parts[0].key not in there or number_behind(case.claim, name.end) is not None:
        return False
    if len(parts) == 1:
        return True
    keys = [part.key for part in parts]
    return there.issuperset(keys) and (
        case.guessed or all(any(pair in text.pairs for text in evidence) for pair in pairwise(keys))
    )


def _unnamed(names: Sequence[Name], evidence: Sequence[Sightings], case: Case, told: set[int]) -> Iterator[Finding]:
    """Find those of some names that the evidence does not have; where they end is added to what is told."""
    article, known = case.article.once(seen), lexicon(case.claim.language)
    titled, held = in_title_case(case.claim), _held(case)
    for name in names:
        whole = _whole(name, case.claim)
        if _is_shortened(whole, whole.parts, evidence, article) or is_abbreviated(whole, case, evidence):
            continue
        parts = significant(name, article, known, titled=titled)
        parts = _abroad(parts, name, held, case) if case.crosses_languages else _at_home(parts, name, held, case)
        if known is not None and known.determiners:
            doubtful = suspects(name, article, case.claim)
            parts += [part for part in doubtful if part not in parts and _is_known(part, case)]
            yield from _suspected([part for part in missing_in(doubtful, evidence, case) if part not in parts], case)
        missing = missing_in(parts, evidence, case)
        if (number := number_behind(case.claim, name.end)) is not None and name.parts[-1] in parts:
            yield from numbered(name, number, case)
        if not missing and len(parts) > 1:
            yield from _recombined(parts, missing, evidence, case)
        missing = _unspoken(name, missing, case) if missing else missing
        if not missing or _same_entity(name, case, evidence) or _is_shortened(name, parts, evidence, article):
            continue
        told.add(name.end)
        absent = [part for part in missing_in(missing, [article], case) if not _is_added(part, name, article, case)]
        if absent and not _same_entity(name, case, [article]):
            if not _is_backdrop(name, case):
                yield Finding("name", f"the article has no “{' '.join(part.raw for part in absent)}”")
        elif len(missing) == len(parts):
            yield from _elsewhere(name, parts, case)
        else:
            yield from _recombined(parts, missing, evidence, case)


def _whole(name: Name, claim: Passage) -> Name:
    """Return the name of which one is a component."""
    row = claim.once(spans)
    return row[bisect_right(row, name.start, key=attrgetter("start")) - 1]


def _is_known(part: Word, case: Case) -> bool:
    """Whether a word is one of the table of names."""
    return bool(mentioned(case.claim, part.token, part.token + 1))


def _suspected(found: Sequence[Word], case: Case) -> Iterator[Finding]:
    """Doubt what may be a name when it stands in the place of one that the claim leaves out."""
    if case.guessed or not found:
        return
    mine = Actor(frozenset(part.key for part in found), frozenset(), found[0].token, found[-1].after, found[-1].raw)
    rival = replaced(mine, case)
    if rival is not None and rival.names and is_beside(mine, rival, case):
        yield Finding("name", f"the cited sentences say it of “{rival.text}”, not of “{mine.text}”")


def _held(case: Case) -> frozenset[int]:
    """Return the tokens of the claim that tell an office, in its language or the article's."""
    hits = case.claim.once(roles)
    if case.claim.language != case.article.language:
        hits += offices(case.article.language).find(case.claim.texts)
    return frozenset(at for hit in hits for at in range(hit.start, hit.end)) if hits else frozenset()


def _at_home(parts: list[Word], name: Name, held: frozenset[int], case: Case) -> list[Word]:
    """Return the words of a name that the article must have: none of *the Government* where its ministry acts."""
    if not parts and not case.guessed:
        parts = opening(name, case.claim, case.article, crosses=case.crosses_languages)
    if len(parts) == 1 and parts[0].first and parts[0].token in held and case.claim.language != "de":
        return []  # Workers at the port: an office, with the capital of the sentence
    if parts and all(part.key in _STATE for part in parts) and _governs(case):
        return []
    if held and parts and all(_is_office(part, name, held) for part in parts):
        mine = {hit.label for hit in case.claim.once(roles) if name.start <= hit.start < name.end}
        if "government" in mine and _governs(case):
            return []
    return _but_offices(parts, name, held)


def _governs(case: Case) -> bool:
    """Whether a ministry, or who heads one, acts in the evidence."""
    return any(hit.label in GOVERNING for passage in case.evidence for hit in passage.once(roles))


def _abroad(parts: list[Word], name: Name, held: frozenset[int], case: Case) -> list[Word]:
    """Return the words of a name that an article in another language must have.

    None of an office alone, *el Parlamento*, nor of a ministry where the evidence has one: these are translated, and
    compared as offices.
    """
    if not parts:
        return opening(name, case.claim, case.article, crosses=case.crosses_languages)
    if all(_is_office(part, name, held) for part in parts):
        return []
    if _governs(case):
        parts = without_portfolio(parts, name, case.claim)
    mine = {hit.label for hit in case.claim.once(roles) if has_portfolio(hit, name, case.claim)}
    if mine and any(hit.label in mine for passage in case.evidence for hit in passage.once(roles)):
        return []
    return _but_offices(parts, name, held)


def _but_offices(parts: list[Word], name: Name, held: frozenset[int]) -> list[Word]:
    """Return the words of a name that are no office; all of them when nothing else is left."""
    return [part for part in parts if not _is_office(part, name, held)] or parts if held else parts


def _is_office(part: Word, name: Name, held: frozenset[int]) -> bool:
    """Whether a word of a name is an office, or what is glued to one: the *Halden* of a *Halden-Sprecherin*."""
    after = name.parts[name.place(part) + 1 :][:1]
    return part.token in held or any(other.glued and other.token in held for other in after)


def _recombined(
    parts: Sequence[Word], missing: Sequence[Word], evidence: Sequence[Sightings], case: Case
) -> Iterator[Finding]:
    """Doubt a name of which the evidence has a word beside another one: *Harbor* Valley for *Lowe* Valley."""
    if case.guessed or len(parts) < 2:
        return
    for one, two in pairwise(parts):
        if any((one.key, two.key) in text.pairs for text in evidence):
            continue
        wrong = [
            (side, kept)
            for side, word, kept in ((0, one, two), (1, two, one))
            if kept not in missing and _is_paired(side, word, kept, evidence, case)
        ]
        if len(wrong) == 2 - (one in missing or two in missing):
            yield Finding("name", f"the cited sentences do not speak of “{join((one, two), case.claim).raw}”")


def _is_paired(side: int, word: Word, kept: Word, evidence: Sequence[Sightings], case: Case) -> bool:
    """Whether the evidence always has another word on this side of a word than the claim, which does not say that."""
    known = lexicon(case.article.language)
    others = frozenset().union(*(text.beside.get((side, kept.key), ()) for text in evidence))
    said = not case.claim.once(_named).isdisjoint(others - {word.key})
    return bool(others) and not said and (known is None or not others & known.titles)


def _named(passage: Passage) -> frozenset[str]:
    """Return the words of all names of a text."""
    return frozenset(part.key for name in passage.once(components) for part in name.parts)


def _elsewhere(name: Name, parts: Sequence[Word], case: Case) -> Iterator[Finding]:
    """Doubt a name that the article has, but no cited unit."""
    shown = join(parts, case.claim).raw
    actors = case.article.once(Cast).actors(case.claim)[:MOST_ACTORS]
    mine = next((actor for actor in actors if actor.end == name.end), None)
    rival = replaced(mine, case) if mine is not None and not is_employer(mine, case) else None
    if rival is not None and (_is_called(parts, case) or _is_people_of(name, rival, case)):
        return
    if rival is not None:
        yield Finding("name", f"the cited sentences say it of “{rival.text}”, not of “{shown}”")
    elif not case.guessed and not _is_context(name, parts, case):
        yield Finding("name", f"the cited sentences do not speak of “{shown}”")


def _is_people_of(name: Name, rival: Actor, case: Case) -> bool:
    """Whether a name is where somebody is from, whom the evidence names: *her Czech opponent*."""
    described = "word" in case.claim.kinds[name.end : name.end + 1] and case.claim.raws[name.end].islower()
    ordinary = described and case.claim.texts[name.end] not in stop_words(case.claim.language)
    return ordinary and bool(_labels(name, case)) and bool(rival.names)


def _is_called(parts: Sequence[Word], case: Case) -> bool:
    """Whether the evidence tells by where somebody is from whom the article calls so: *La ceca* for a name."""
    there = frozenset(hit.label for passage in case.evidence for hit in passage.once(mentions))
    return bool(there) and any(
        hit.label in there and hit.end == other.start and part.key in [word.key for word in other.parts]
        for part in parts
        for passage in case.article.once(Cast).written(part.key)
        for other in passage.once(components)
        for hit in passage.once(mentions)
    )


_RECENT = 2  # units before a cited one whose names a pronoun or a role in it may stand for
_LEAD = 2  # units, of which the first may be a headline
_TOPIC = 3  # units that speak of a name make it a topic of the article, which a claim may name without a cite


def _is_context(name: Name, parts: Sequence[Word], case: Case) -> bool:
    """Whether a name that no cited unit has may be meant there: said just before, or what the article is about."""
    if not any(map(is_city, _labels(name, case))) and _same_entity(name, case, [case.article.once(seen)]):
        return True
    found = frozenset.intersection(*(case.article.once(holders)[part.key] for part in parts))
    meant = any(passage.once(pronouns) or passage.once(roles) for passage in case.evidence)
    return (
        len(found) >= _TOPIC
        or min(found, default=_TOPIC) <= 1
        or (meant and any(cite - before in found for cite in case.cites for before in range(1, _RECENT + 1)))
        or any(cite <= _LEAD and cite + 1 in found and _opens(parts, case, cite + 1) for cite in case.cites)
    )


def _opens(parts: Sequence[Word], case: Case, number: int) -> bool:
    """Whether a unit begins with a name: a lead tells of somebody whom the sentence behind it names."""
    first = next(iter(case.article.passage(number).once(components)), None)
    return first is not None and first.start == 0 and {part.key for part in parts} <= {part.key for part in first.parts}


def _is_added(part: Word, name: Name, article: Sightings, case: Case) -> bool:
    """Whether a word only completes a name of the article (`Barack` Obama) and contradicts none (`Ann` Obama)."""
    if part.key in name_words("company_forms"):
        return True
    at = name.place(part)
    for beside, side in ((at - 1, 1), (at + 1, 0)):
        known = 0 <= beside < len(name.parts) and name.parts[beside].key not in article.small
        if known and article.has(name.parts[beside].key, case.article.language):
            return (side, name.parts[beside].key) not in article.beside
    return False


def _unspoken(name: Name, missing: list[Word], case: Case) -> list[Word]:
    """Return the words of a name that the units do not have either that tell who says *I* in the cited ones.

    None of a century: the XVII of *XVII secolo* is no name, that of a king is part of his.
    """
    if len(name.parts) == 1 and _ROMAN.fullmatch(name.raw):
        return []
    voices = () if case.guessed else speaking(case.article, case.cites)
    return missing_in(missing, [passage.once(sightings) for passage in voices], case) if voices else missing


def _same_entity(name: Name, case: Case, texts: Sequence[Sightings]) -> bool:
    """Whether the table knows the name, and a text mentions the same row in some form, or a part of it."""
    labels = _labels(name, case)
    return bool(labels) and all(
        any(label in text.entities or any(is_within(one, label) for one in text.entities) for text in texts)
        for label in labels
    )


def _labels(name: Name, case: Case) -> frozenset[str]:
    return frozenset(mentioned(case.claim, name.start, name.end))


def _is_backdrop(name: Name, case: Case) -> bool:
    """Whether a name that the article does not have is an ocean, a continent, for readers abroad its own country."""
    labels = _labels(name, case)
    rows = (*backdrops(), homes(case.article.language)) if case.crosses_languages else backdrops()
    if not labels or not labels.issubset(chain.from_iterable(rows)):
        return False
    there = case.article.once(seen).entities
    return all(any(label in row and not row & there for row in rows) for label in labels)


def _is_shortened(name: Name, parts: Sequence[Word], evidence: Sequence[Sightings], article: Sightings) -> bool:
    """Whether the claim writes out an acronym of the evidence, or one of the article that is no chance."""
    written = _WORDS.findall(name.raw) if len(parts) > 1 and article.upper else []
    if not written or max(len(written), len(parts)) < article.shortest_upper:
        return False
    whole = [spell(part.casefold()) for part in written]
    shorts = {*initials(whole), *initials([part.key for part in parts])}
    return any(short in text.upper for text in evidence for short in shorts) or any(
        short in article.upper and len(short) >= _FEWEST_LETTERS for short in shorts
    )
