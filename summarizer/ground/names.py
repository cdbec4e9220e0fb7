"""Doubt: the claim names somebody or something that its evidence does not name.

A name of the claim must stand in the cited units, word for word but for accents, inflection, script and acronyms (see
`namesake`). Names are found by how they are written (see `written`); a word that opens a sentence is a name only when
the article writes it with a capital elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from summarizer.ground.case import Case
from summarizer.ground.lexicon import lexicon
from summarizer.ground.namesake import initials, spell
from summarizer.ground.proper import in_title_case, opening, significant
from summarizer.ground.sightings import Sightings, mentions, seen, sightings
from summarizer.ground.slot import replaced, stand_ins
from summarizer.ground.text import Passage
from summarizer.ground.written import Name, Word, components, join, spans
from summarizer.records import Finding


def _is_place(passage: Passage, name: Name) -> bool:
    """Whether a name is one of the table."""
    return any(name.start <= hit.start and hit.end <= name.end for hit in passage.once(mentions))


def check(case: Case) -> Iterator[Finding]:
    """Find names of the claim that its evidence does not have."""
    if not case.evidence:
        return
    article = case.article.once(seen)
    evidence = [passage.once(sightings) for passage in case.evidence]
    known = lexicon(case.claim.language)
    titled = in_title_case(case.claim)
    shortened = [whole for whole in case.claim.once(spans) if _is_shortened(whole, whole.parts, [*evidence, article])]
    for name in case.claim.once(components):
        if any(whole.start <= name.start < whole.end for whole in shortened):
            continue
        parts = significant(name, article, known, titled=titled) or opening(name, article, case)
        missing = [part for part in parts if not _has(evidence, part, case)]
        if not missing or _same_entity(name, case, evidence) or _is_shortened(name, parts, [*evidence, article]):
            continue
        absent = [part for part in missing if not _has([article], part, case)]
        if any(not _is_added(part, name, article, case) for part in absent) and not _same_entity(name, case, [article]):
            yield Finding("name", f"the article has no “{' '.join(part.raw for part in absent)}”")
        elif len(missing) == len(parts):
            rival, shown = replaced(name, case, is_place=_is_place), join(parts, case.claim).raw
            if rival is not None:
                yield Finding("name", f"the cited sentences say it of “{rival}”, not of “{shown}”")
            elif not _is_context(name, parts, case):
                yield Finding("name", f"the cited sentences do not speak of “{shown}”")


_RECENT = 2  # units before a cited one whose names a pronoun or a role in it may stand for
_TOPIC = 3  # units that speak of a name make it a topic of the article, which a claim may name without a cite


def _is_context(name: Name, parts: Sequence[Word], case: Case) -> bool:
    """Whether a name that no cited unit has may be meant there: said just before, or what the article is about."""
    if _same_entity(name, case, [case.article.once(seen)]):
        return True
    holders = [
        unit.number
        for unit in case.article.units
        if all(case.article.passage(unit.number).once(sightings).has(part.key, case.article.language) for part in parts)
    ]
    meant = any(passage.once(stand_ins) for passage in case.evidence)
    return (
        len(holders) >= _TOPIC
        or (bool(holders) and holders[0] <= 1)
        or (meant and any(0 < cite - holder <= _RECENT for cite in case.cites for holder in holders))
    )


def _is_added(part: Word, name: Name, article: Sightings, case: Case) -> bool:
    """Whether a word only completes a name of the article (`Barack` Obama) and contradicts none (`Ann` Obama)."""
    at = name.parts.index(part)
    for beside, side in ((at - 1, 1), (at + 1, 0)):
        if 0 <= beside < len(name.parts) and article.has(name.parts[beside].key, case.article.language):
            return not any(pair[1 - side] == name.parts[beside].key for pair in article.pairs)
    return False


def _has(texts: Iterable[Sightings], part: Word, case: Case) -> bool:
    return any(text.has(part.key, case.article.language) for text in texts)


def _same_entity(name: Name, case: Case, texts: Sequence[Sightings]) -> bool:
    """Whether the table knows the name, and a text mentions the same row in some form."""
    labels = {hit.label for hit in case.claim.once(mentions) if name.start <= hit.start and hit.end <= name.end}
    return bool(labels) and labels <= frozenset().union(*(text.entities for text in texts))


def _is_shortened(name: Name, parts: Sequence[Word], texts: Sequence[Sightings]) -> bool:
    """Whether the claim has an acronym for what the texts write out, or writes out an acronym of theirs."""
    if len(parts) == 1 and parts[0].shape == "upper" and len(parts[0].key) > 1:
        shorts = {parts[0].key, parts[0].key.removesuffix("s")}
        return any(text.may_shorten_to(short) for text in texts for short in shorts)
    if len(parts) < 2:
        return False
    whole = [spell(part.casefold()) for part in re.findall(r"\w+", name.raw)]
    shorts = {*initials(whole), *initials([part.key for part in parts])}
    return any(short in text.upper for text in texts for short in shorts)
