"""Doubt: the claim lets somebody say what somebody else said, or what nobody can be named for.

An attribution has a source, a cue and a content (Pareti 2012): *Altman* (source) *said* (cue) *that ...*. Cues are
speech verbs and prepositions (*according to*); the source is the noun phrase before the verb, right behind it
(*..., said Altman*), or after the preposition. A source is compared by its names, by its role, and by whether it is
anonymous; a pronoun may be anybody.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from summarizer.ground.case import Case
from summarizer.ground.doubts.attribution.abroad import is_named_abroad, is_same_abroad
from summarizer.ground.doubts.attribution.another import is_same_work, narrowed, speaks_before
from summarizer.ground.doubts.attribution.kin import other_relative
from summarizer.ground.reading.cast import Actor, Cast
from summarizer.ground.reading.clause import beginning_in, content, cued, cues, weigh
from summarizer.ground.reading.lexicon import lexicon
from summarizer.ground.reading.namesake import name_words, share_word
from summarizer.ground.reading.offices import generic, may_be, persons, prepositions, roles
from summarizer.ground.reading.phrases import Hit
from summarizer.ground.reading.quantity import parse
from summarizer.ground.reading.quoted import quotes, words_line
from summarizer.ground.reading.sightings import seen, sightings
from summarizer.ground.reading.sources import Source, all_names, keeps_names_back, sources
from summarizer.ground.reading.text import Passage
from summarizer.ground.reading.written import components
from summarizer.ground.slot import preposition
from summarizer.records import Finding

# Of the weight of the claim that a unit must share before its source counts as the claim's.
_LEAST, _LEAST_GUESSED = 0.2, 0.6
_FEWEST_QUOTED = 4  # words; fewer may be quoted from anybody
_FARTHEST = 2  # units before a quotation in which its speaker is named
_LEAST_DROPPED = 0.5
_LONGEST_NAMED = 8  # tokens of a source that may be somebody without a verb of his own
_MOST_SOURCES = 32  # of a claim; each is compared with those of the evidence and with each other
_WRITING = frozenset({"analyst", "doctor"})  # whose paper, or report, may be meant
_LEAST_ACROSS = 0.3  # across languages fewer words are known to be the same


def check(case: Case) -> Iterator[Finding]:
    """Find statements that the evidence attributes to somebody else, or only to nameless sources."""
    if not case.evidence:
        return
    mine = case.claim.once(sources)[:_MOST_SOURCES]
    if mine:
        yield from _misattributed(mine, case)
    elif any(passage.once(keeps_names_back) for passage in case.evidence) and not _is_hedged(case.claim):
        yield from _dropped(case)


def _misattributed(mine: tuple[Source, ...], case: Case) -> Iterator[Finding]:
    """Find statements of a claim with sources that the evidence attributes to somebody else."""
    told, near = "the claim has it from “{}”, the evidence from “{}”", _near(mine, case)
    certain = _certain(case) if any(source.names for source in mine) else frozenset()
    for source in mine:
        cited = any(other.anonymous and other.start < source.start < other.end for other in mine)
        if cited or _is_share(source, case.claim) or is_same_work(source, case):
            continue  # unnamed sources cited by Bloomberg
        wrong = _contradicted(source, source.names & certain, near, case)
        if wrong is not None:
            yield Finding("attribution", told.format(source.text, wrong.text))
            return
    relatives = other_relative(mine, case)
    if relatives is not None:
        yield Finding("attribution", told.format(*(relative.text for relative in relatives)))
        return
    exchanged = None if case.guessed else _exchanged(mine, case)
    if exchanged is not None:
        yield Finding("attribution", f"the evidence has it from “{exchanged.text}”, of whom the claim tells it")
        return
    alone = len({source.names for source in mine}) == 1 and not is_same_work(mine[0], case)
    other = _another(mine[0], mine[0].names & certain, case) if alone else None
    if other is not None:
        yield Finding("attribution", told.format(mine[0].text, other))
        return
    yield from _misquoted(case, mine, certain)


def _is_share(source: Source, claim: Passage) -> bool:
    """Whether who thinks so is a part of all who were asked: *one in five*, *22 % of those polled*."""
    return any(
        (item.kind == "fraction" or item.unit == "%") and (not source.names or item.last == source.end)
        for item in claim.once(parse)
        if source.start <= item.first < source.end
    )


def _another(mine: Source, names: frozenset[str], case: Case) -> str | None:
    """Return who says in the one unit that has it what the claim lets somebody else say, whom another one names."""
    alone = narrowed(mine, case)
    there = None if alone is None else alone.evidence[0]
    others = [passage for passage in case.evidence if passage is not there]
    if alone is None or there is None or not any(_is_named(mine, passage, case) for passage in others):
        return None
    spoken = frozenset(name for passage in others for source in passage.once(sources) for name in source.names)
    names |= mine.names if _share_name(mine.names, spoken, case) else frozenset()  # *Smith said* opens both
    wrong, before = _contradicted(mine, names, [there], alone), speaks_before(alone)
    if wrong is not None:
        return wrong.text if _is_somebody(wrong, there, case) else None
    if before is None or not names or _may_be(mine, names, before, case):
        return None
    named = there.once(all_names) | case.article.passage(alone.cites[0] - 1).once(all_names)
    return None if _share_name(names, named, case) else before.text


def _is_somebody(source: Source, passage: Passage, case: Case) -> bool:
    """Whether a source may speak, a short one or a name's: *In Italy, she recalls* has none."""
    led = source.cue.label == "said" and passage.texts[source.start] in prepositions(passage.language)
    told = (source.names or source.kinds or source.anonymous) and source.end - source.start <= _LONGEST_NAMED
    return not led and (bool(told) or _speaker(source, passage, case.article.once(Cast)) is not None)


def _is_named(mine: Source, passage: Passage, case: Case) -> bool:
    """Whether a unit names a claim's source, or has somebody of its office."""
    held = any(hit.label in mine.kinds for hit in passage.once(roles))
    return held or _share_name(mine.names, passage.once(all_names), case)


def _exchanged(mine: tuple[Source, ...], case: Case) -> Actor | None:
    """Return the speaker of a cited unit when the claim names him, but lets another name of the unit speak."""
    cast = case.article.once(Cast)
    if len(mine) != 1 or len(cast.actors(case.claim)) < 2:
        return None
    speakers = [actor for source in mine if (actor := _speaker(source, case.claim, cast)) is not None]
    if not speakers:
        return None
    after = case.claim.texts[speakers[0].end : speakers[0].end + 1]
    if after == ("(",):  # the union (Ann Lee) said, and Ann Lee (the union) said
        return None
    spoken = [_speakers(number, case) for number in case.cites]
    said = any(cast.are_aliases(speakers[0].names, actor.names) for theirs in spoken for actor in theirs)
    if said or _speaks_for(speakers[0].names, case):
        return None
    claimed = [
        actor
        for actor in cast.actors(case.claim)
        if actor != speakers[0] and not _may_speak_too(actor, mine[0], case.claim)
    ]
    told = [actor for passage in case.evidence for actor in cast.actors(passage)]
    for theirs in spoken:
        if (
            len(theirs) == 1
            and any(cast.share_name(theirs[0].names, actor.names) for actor in claimed)
            and any(cast.share_name(speakers[0].names, actor.names) for actor in told)
        ):
            return theirs[0]
    return None


def _speaks_for(names: frozenset[str], case: Case) -> bool:
    """Whether a spokesperson of somebody of these names speaks in the evidence."""
    spoken = (source for passage in case.evidence for source in passage.once(sources))
    return any("spokesperson" in source.kinds and _share_name(names, source.names, case) for source in spoken)


def _may_speak_too(actor: Actor, source: Source, claim: Passage) -> bool:
    """Whether it may be another name than the one taken for the speaker that a speech verb has for its subject.

    It is one of several, or stands before an apposition: *Holm, the head of Norvik, said*, *CBS Sports' Ann Lee said*.
    """
    if source.start <= actor.start < source.end:
        return preposition(claim, actor.start) is None
    if _is_listed(claim, actor.end, source.start):
        return True
    between, known = claim.texts[actor.end : source.cue.start], lexicon(claim.language)
    if len(between) > 1 and between[0] == between[-1] == ",":
        return source.cue.label == "said"  # D'Esposito, backed by others, claims
    hits = beginning_in(claim, actor.end, source.cue.start)
    acts = any(hit.label in ("past", "future", "said") or hit.label.startswith("hedge/") for hit in hits)
    led = source.cue.label == "said" and known is not None and known.auxiliaries.isdisjoint(between)
    return led and bool(between) and not acts


def _is_listed(claim: Passage, start: int, end: int) -> bool:
    """Whether nothing but names, commas and *and* stand between: *the CGT, Unsa and SUD ask*."""
    known = lexicon(claim.language)
    small = {",", *known.conjunctions, *known.noun_markers} if known is not None else {","}
    return start < end and all(
        text in small or at in claim.large for at, text in enumerate(claim.texts[start:end], start)
    )


def _speakers(number: int, case: Case) -> list[Actor]:
    """Return who speaks in a cited unit; for a pronoun, the first name of the unit before."""
    cast, passage = case.article.once(Cast), case.article.passage(number)
    spoken = passage.once(sources)
    named = [actor for source in spoken if (actor := _speaker(source, passage, cast)) is not None]
    if named or not any(not source.what for source in spoken) or number - 1 not in case.cites:
        return named
    return [actor for actor in cast.actors(case.article.passage(number - 1)) if actor.names][:1]


def _speaker(source: Source, passage: Passage, cast: Cast) -> Actor | None:
    """Return the name that speaks: the first in a source that is not the owner, the place or the employer."""
    within = [
        actor
        for actor in cast.actors(passage)
        if source.start <= actor.start < source.end
        and actor.names
        and passage.texts[actor.end : actor.end + 1] not in (("'s",), ("'",))
    ]
    ends = {actor.end + 1 for actor in within}  # of a name that goes on behind a small word: Villeroy *de* Galhau
    free = [
        actor
        for actor in within
        if preposition(passage, actor.start) in (None, "by")
        and not (actor.start in ends and passage.texts[actor.start - 1] in name_words("joining"))
    ]
    return next(iter(free or (within if source.cue.label == "source" else ())), None)


def _is_short_for(names: frozenset[str], number: int, case: Case) -> bool:
    """Whether a unit, or the one before, has a name written out of which one of these is the acronym."""
    units = (case.article.passage(at) for at in (number, number - 1) if at in case.article)
    return any(unit.once(sightings).may_shorten_to(name) for unit in units for name in names)


def _misquoted(case: Case, mine: tuple[Source, ...], certain: frozenset[str]) -> Iterator[Finding]:
    """Find a quotation in the mouth of somebody whom neither its unit nor the one before names."""
    if case.crosses_languages or not case.claim.once(quotes):
        return
    speakers = [source for source in mine if source.names & certain]
    if len(speakers) != 1:
        return
    for start, end in case.claim.once(quotes):
        quoted = Passage(case.claim.text[start:end], case.claim.language)
        number = _quoted_in(quoted, case)
        if number is None:
            continue
        named = _speaking(number, case)
        names = speakers[0].names & certain
        if named and not _share_name(names, named, case) and not _is_short_for(names, number, case):
            yield Finding("attribution", f"the article has another say “{quoted.text.strip()}” than {speakers[0].text}")
            return


def _quoted_in(quoted: Passage, case: Case) -> int | None:
    """Return the number of the unit that has a quotation word for word, a cited one first."""
    line = words_line(quoted)
    if line.count(" ") <= _FEWEST_QUOTED:
        return None
    numbers = (*case.cites, *(unit.number for unit in case.article.units))
    return next((number for number in numbers if line in case.article.passage(number).once(words_line)), None)


def _speaking(number: int, case: Case) -> frozenset[str]:
    """Return the names of who says what is quoted in a unit; where a pronoun does, all names there and before."""
    named = frozenset[str]()
    for before in range(number, max(0, number - _FARTHEST) - 1, -1):
        if before not in case.article:
            break
        passage = case.article.passage(before)
        if before == number and not any(not source.what for source in passage.once(sources)):
            named = passage.once(all_names)
            if named:
                break
        named |= passage.once(all_names)
    return named


def _near(mine: Sequence[Source], case: Case) -> list[Passage]:
    """Return the units that say some of what the claim says: its source may be from them.

    Of a claim without cites they must say most of it, whoever says it there.
    """
    wanted = content(case.claim)
    if case.guessed:
        wanted = wanted.difference(*[source.what for source in mine])
    least = _LEAST_GUESSED if case.guessed else _LEAST / 2 if case.crosses_languages else _LEAST
    least *= weigh(wanted, case.article)
    return [passage for passage in case.evidence if weigh(wanted & content(passage), case.article) >= least]


def _contradicted(mine: Source, names: frozenset[str], near: list[Passage], case: Case) -> Source | None:
    """Return a source of the evidence that is certainly another one; None when one may be the claim's.

    Args:
        mine: A source of the claim.
        names: Those of its words that are certainly names.
        near: The units that say some of what the claim says.
        case: The claim and its evidence.
    """
    if not mine.what or _is_negated(case.claim, mine.cue):
        return None
    known = [passage.once(sources) for passage in case.evidence if passage not in near]
    if any(_share_name(names, source.names, case) for found in known for source in found):
        return None  # the speaker of one cited sentence, whom another only means
    mentioned = [source for source in case.claim.once(sources)[:_MOST_SOURCES] if source is not mine]
    other: Source | None = None
    for passage in near:
        theirs = passage.once(sources)
        free = [source for source in theirs if not any(_is_same(source, one, case) for one in mentioned)]
        if theirs and not free and not mine.names:
            continue  # somebody else of the claim speaks there
        if not _is_nameless(mine, theirs) and _may_be_said(mine, names, passage, case):
            return None
        other = other or next((source for source in free if source.what), None)
    return other


def _may_be_said(mine: Source, names: frozenset[str], passage: Passage, case: Case) -> bool:
    """Whether a unit may have a claim's source for its own: it names it anywhere, or has a source that may be it."""
    theirs = passage.once(sources)
    if case.crosses_languages and any(is_same_abroad(mine, one, passage, case) for one in theirs):
        return True
    if names:
        there = passage.once(sightings)
        if case.crosses_languages and all(map(there.translates, names)):
            return True  # sources of the Economy Ministry
        known = _share_name(names, passage.once(all_names), case) or is_named_abroad(mine, there, case)
        return known or any(map(there.may_shorten_to, names)) or any(_may_be(mine, names, one, case) for one in theirs)
    held = any(hit.label in mine.kinds for hit in passage.once(roles))
    return held or not theirs or any(_may_be(mine, names, one, case) for one in theirs)


def _is_nameless(mine: Source, theirs: tuple[Source, ...]) -> bool:
    """Whether the evidence has only sources that are kept from the reader, and the claim has quite another one."""
    return (
        bool(theirs)
        and not (mine.anonymous or mine.media)
        and all(source.anonymous and not source.what & mine.what for source in theirs)
    )


def _is_negated(claim: Passage, cue: Hit) -> bool:
    """Whether somebody did not say it; a mark ends what a negation reaches: *was not asked, according to Pell*."""
    return any(
        hit.label == "negation/word"
        and 0 <= cue.start - hit.start <= 3
        and "punct" not in claim.kinds[hit.start : cue.start]
        for hit in claim.once(cues)
    )


def _certain(case: Case) -> frozenset[str]:
    """Return the words of the claim that are certainly names: a capital that opens a sentence is not enough."""
    article = case.article.once(seen)
    return frozenset(
        part.key
        for name in case.claim.once(components)
        for part in name.parts
        if not part.first or part.shape == "upper" or article.has_capital(part.key)
    )


def _may_be(mine: Source, names: frozenset[str], other: Source, case: Case) -> bool:
    """Whether two sources may be the same; names are compared with the whole unit elsewhere."""
    if not other.what:
        return True
    if mine.anonymous:
        return not other.names
    if other.anonymous:
        return mine.media or (not names and bool(mine.what & other.what))
    cast = case.article.once(Cast)
    ours, theirs = mine.kinds | cast.kinds(names), other.kinds | cast.kinds(other.names)
    writes = mine.media or ours.isdisjoint(persons() - _WRITING)
    if (names and other.names) or (other.media and not writes):
        return False  # two persons, or a mayor and the local paper
    if not ours or not theirs or may_be(ours, theirs):
        return True
    # Halden may be the company, whatever else it is called; the union is not the company.
    return bool(names) and theirs <= generic()


def _is_same(one: Source, other: Source, case: Case) -> bool:
    return bool(one.kinds & other.kinds) or _share_name(one.names, other.names, case)


def _share_name(mine: frozenset[str], theirs: frozenset[str], case: Case) -> bool:
    return share_word(mine, theirs, case.article.language)


_HEDGED = frozenset({"hedge/hearsay", "hedge/mood", "hedge/unreal", "hedge/adverb", "anonymous", "said", "source"})


def _is_hedged(claim: Passage) -> bool:
    return not claim.once(cued).isdisjoint(_HEDGED)


def _dropped(case: Case) -> Iterator[Finding]:
    """Find a claim that tells without any source what the evidence has only from nameless ones."""
    best, dropped = 0.0, None
    for passage in case.evidence:
        shared = weigh(content(case.claim) & content(passage), case.article)
        if shared > best:
            named = [source for source in passage.once(sources) if source.anonymous]
            best, dropped = shared, named[0] if named else None
    least = _LEAST_ACROSS if case.crosses_languages else _LEAST_DROPPED
    if dropped is not None and best >= least * weigh(content(case.claim), case.article):
        yield Finding("attribution", f"the claim leaves out that it comes from “{dropped.text}”")
