"""Doubt: the claim lets somebody say what somebody else said, or what nobody can be named for.

An attribution has a source, a cue and a content (Pareti 2012): *Altman* (source) *said* (cue) *that ...*. Cues are
speech verbs and prepositions (*according to*); the source is the noun phrase before the verb, right behind it
(*..., said Altman*), or after the preposition. A source is compared by its names, by its role, and by whether it is
anonymous; a pronoun may be anybody.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from summarizer.ground.case import Case
from summarizer.ground.clause import Clause, clauses, content, cues, inside, stems, weigh
from summarizer.ground.lexicon import Hit, concepts, lexicon
from summarizer.ground.namesake import same_word
from summarizer.ground.quote import quotes, words_line
from summarizer.ground.sightings import seen, sightings
from summarizer.ground.text import Passage
from summarizer.ground.written import Word, components
from summarizer.records import Finding

# Of the weight of the claim that a unit must share before its source counts as the claim's.
_LEAST = 0.3
_FEWEST_QUOTED = 4  # words; fewer may be quoted from anybody
_FARTHEST = 2  # units before a quotation in which its speaker is named
_LEAST_DROPPED = 0.5
_LEAST_ACROSS = 0.3  # across languages fewer words are known to be the same


@dataclass(frozen=True, slots=True)
class Source:
    """Who said something.

    Attributes:
        names: Spelled words of the names in it.
        what: Stems of all its words; none for a pronoun, which may be anybody.
        anonymous: Whether it is kept from the reader.
        media: Whether it is a newspaper or the like, which may pass on what nameless sources say.
        text: As written.
        cue: The speech verb or preposition.
    """

    names: frozenset[str]
    what: frozenset[str]
    anonymous: bool
    media: bool
    text: str
    cue: Hit


def check(case: Case) -> Iterator[Finding]:
    """Find statements that the evidence attributes to somebody else, or only to nameless sources."""
    if not case.evidence:
        return
    near = [passage for passage in case.evidence if _is_near(case, passage)]
    mine = case.claim.once(sources)
    for source in mine:
        wrong = _contradicted(source, near, case)
        if wrong is not None:
            yield Finding("attribution", f"the claim has it from “{source.text}”, the evidence from “{wrong.text}”")
            return
    yield from _misquoted(case, mine)
    if not mine and not _is_hedged(case.claim):
        yield from _dropped(case)


def _misquoted(case: Case, mine: tuple[Source, ...]) -> Iterator[Finding]:
    """Find a quotation in the mouth of somebody whom neither its unit nor the one before names."""
    certain = _certain(case)
    speakers = [source for source in mine if source.names & certain]
    if len(speakers) != 1 or case.crosses_languages:
        return
    for start, end in case.claim.once(quotes):
        quoted = Passage(case.claim.text[start:end], case.claim.language)
        number = _quoted_in(quoted, case)
        if number is None:
            continue
        named = _speaking(number, case)
        if named and not _share_name(speakers[0].names & certain, named, case):
            yield Finding("attribution", f"the article has another say “{quoted.text.strip()}” than {speakers[0].text}")
            return


def _quoted_in(quoted: Passage, case: Case) -> int | None:
    """Return the number of the cited unit that has a quotation word for word."""
    line = words_line(quoted)
    if line.count(" ") <= _FEWEST_QUOTED:
        return None
    return next((cite for cite in case.cites if line in case.article.passage(cite).once(words_line)), None)


def _speaking(number: int, case: Case) -> frozenset[str]:
    """Return the names in a unit outside its quotations, or, where it has none, in the nearest unit before."""
    for before in range(number, max(0, number - _FARTHEST) - 1, -1):
        if before in case.article:
            passage = case.article.passage(before)
            named = _names(passage, 0, len(passage.tokens))
            if named:
                return named
    return frozenset()


def sources(passage: Passage) -> tuple[Source, ...]:
    """Find who is said to have said something in a passage."""
    return tuple(_sources(passage))


def _sources(passage: Passage) -> Iterator[Source]:
    cut = passage.once(clauses)
    prepositions = [hit for hit in passage.once(cues) if hit.label == "source"]
    covered = {at for hit in prepositions for at in range(hit.start, hit.end)}
    for hit in prepositions:
        start, end = _bounds(passage, cut, hit)
        # A postposition stands behind its source: Löwenich zufolge.
        yield (
            _source(passage, start, hit.start, hit)
            if passage.tokens[hit.start].text == "zufolge"
            else _source(passage, hit.end, end, hit)
        )
    quoted = passage.once(quotes)
    for hit in passage.once(cues):
        at = passage.tokens[hit.start].start
        if hit.label != "said" or _is_passive(passage, hit):
            continue
        if hit.start not in covered and not any(start <= at < end for start, end in quoted):
            start, end = _subject(passage, cut, hit)
            yield _source(passage, start, end, hit)


def _bounds(passage: Passage, cut: tuple[Clause, ...], hit: Hit) -> tuple[int, int]:
    """Return the clause that a cue stands in, or the words up to the next mark when it has nothing else in it."""
    for clause in cut:
        if clause.start <= hit.start < clause.end:
            return clause
    end = next(
        (at for at in range(hit.end, len(passage.tokens)) if passage.tokens[at].kind == "punct"), len(passage.tokens)
    )
    return hit.start, end


def _subject(passage: Passage, cut: tuple[Clause, ...], hit: Hit) -> tuple[int, int]:
    """Return the tokens of the noun phrase that a speech verb has for its subject."""
    start, end = _bounds(passage, cut, hit)
    row, known = passage.once(stems), lexicon(passage.language)
    assert known is not None  # there would be no cue
    if any(found is not None for found in row[start : hit.start]) or _has_pronoun(passage, start, hit.start):
        return start, hit.start
    following = {token.text for token in passage.tokens[hit.end : hit.end + 2]}
    told = passage.tokens[hit.start].text.startswith(("tell", "told"))
    if following & known.complementizers or told or not _is_somebody(passage, hit.end, end):
        # An apposition stands between: Tennant, the chief executive, told analysts.
        before = [clause for clause in cut if clause.end <= start][-2:]
        return (before[0].start, hit.start) if before else (start, hit.start)
    return hit.end, end


def _is_somebody(passage: Passage, start: int, end: int) -> bool:
    """Whether words name or mean somebody."""
    return (
        bool(_names(passage, start, end))
        or _has_pronoun(passage, start, min(end, start + 2))
        or any(
            start <= hit.start < end and (hit.label == "anonymous" or hit.label.startswith("role/"))
            for hit in passage.once(cues)
        )
    )


_PASSIVE = frozenset({"been", "being", "was", "were", "is", "are", "be"})


def _is_passive(passage: Passage, hit: Hit) -> bool:
    """Whether the subject of an English speech verb is what is said: has been accused, believed to be."""
    before = passage.tokens[hit.start - 1].text if hit.start else ""
    behind = passage.tokens[hit.end].text if hit.end < len(passage.tokens) else ""
    return passage.language == "en" and (before in _PASSIVE or behind == "to")


def _has_pronoun(passage: Passage, start: int, end: int) -> bool:
    known = lexicon(passage.language)
    return known is not None and any(token.text in known.pronouns for token in passage.tokens[start:end])


def _source(passage: Passage, start: int, end: int, cue: Hit) -> Source:
    labels = {hit.label for hit in passage.once(cues) if start <= hit.start < end}
    names = _names(passage, start, end)
    whoever = _is_pronoun(passage, start, end)
    what = frozenset(found for found in passage.once(stems)[start:end] if found is not None and not whoever)
    # Who asks not to be named often does so in a clause of its own.
    unnamed = not names and any(hit.label == "anonymous" for hit in passage.once(cues))
    tokens = passage.tokens[start:end]
    text = passage.text[tokens[0].start : tokens[-1].end].strip(' ,;:“”"«».') if tokens else ""
    return Source(names, what, bool(what) and unnamed, "role/media" in labels, text, cue)


def _is_pronoun(passage: Passage, start: int, end: int) -> bool:
    """Whether a subject is a pronoun: one with no noun right behind it."""
    known, row = lexicon(passage.language), passage.once(stems)
    return (
        known is not None
        and start < end
        and passage.tokens[start].text in known.pronouns
        and (start + 1 == end or row[start + 1] is None)
    )


def _names(passage: Passage, start: int, end: int) -> frozenset[str]:
    """Return the spelled words of the names between two tokens, quotations left out."""
    known = lexicon(passage.language)
    ordinary = known.function_words | known.titles | known.calendar | known.pronouns if known else frozenset[str]()
    inner = [(first, last) for first, last in passage.once(quotes)]
    return frozenset(
        part.key
        for name in passage.once(components)
        if start <= name.start < end
        for part in name.parts
        if part.raw.casefold() not in ordinary
        and part.shape != "digit"
        and not _is_ordinary(passage, part)
        and part.key not in passage.once(sightings).determined
        and not any(first <= passage.tokens[part.token].start < last for first, last in inner)
    )


def _is_ordinary(passage: Passage, part: Word) -> bool:
    """Whether a capital says nothing: a role, or a word that opens a sentence and is a cue."""
    known = lexicon(passage.language)
    word = [part.raw.casefold()]
    number = any(hit.label.isdigit() for hit in concepts(passage.language).find(word))
    return known is not None and (number or bool(known.phrases.find(word)))


def _is_near(case: Case, passage: Passage) -> bool:
    """Whether a unit says some of what the claim says, and so may be what the claim has its source from."""
    wanted = content(case.claim)
    least = _LEAST / 2 if case.crosses_languages else _LEAST
    return weigh(wanted & content(passage), case) >= least * weigh(wanted, case)


def _contradicted(mine: Source, near: list[Passage], case: Case) -> Source | None:
    """Return a source of the evidence that is certainly another one; None when one may be the claim's."""
    if not mine.what or _is_negated(case.claim, mine.cue):
        return None
    names = mine.names & _certain(case)
    known = [passage.once(sources) for passage in case.evidence if passage not in near]
    if any(_share_name(names, source.names, case) for found in known for source in found):
        return None  # the speaker of one cited sentence, whom another only means
    other: Source | None = None
    for passage in near:
        theirs = passage.once(sources)
        if not _is_nameless(mine, theirs):
            if names and _share_name(names, _names(passage, 0, len(passage.tokens)), case):
                return None
            if (theirs or not names) and (not theirs or any(_may_be(mine, names, source) for source in theirs)):
                return None
        other = other or next((source for source in theirs if source.what), None)
    return other


def _is_nameless(mine: Source, theirs: tuple[Source, ...]) -> bool:
    """Whether the evidence has only sources that are kept from the reader, and the claim has quite another one."""
    return (
        bool(theirs)
        and not (mine.anonymous or mine.media)
        and all(source.anonymous and not source.media and not source.what & mine.what for source in theirs)
    )


def _is_negated(claim: Passage, cue: Hit) -> bool:
    return any(hit.label == "negation/word" and 0 <= cue.start - hit.start <= 3 for hit in claim.once(cues))


def _certain(case: Case) -> frozenset[str]:
    """Return the words of the claim that are certainly names: a capital that opens a sentence is not enough."""
    capital = case.article.once(seen).capital
    return frozenset(
        part.key
        for name in case.claim.once(components)
        for part in name.parts
        if not part.first or part.shape == "upper" or part.key in capital
    )


def _may_be(mine: Source, names: frozenset[str], other: Source) -> bool:
    """Whether two sources may be the same; names are compared with the whole unit elsewhere."""
    if not other.what:
        return True
    if mine.anonymous:
        return not other.names
    if other.anonymous:
        return mine.media
    return not (names and other.names)


def _share_name(mine: frozenset[str], theirs: frozenset[str], case: Case) -> bool:
    return any(same_word(one, other, case.article.language) for one in mine for other in theirs)


def _is_hedged(claim: Passage) -> bool:
    whole = Clause(0, len(claim.tokens))
    return bool(inside(claim, whole, "hedge/hearsay", "hedge/mood", "hedge/adverb", "anonymous", "said", "source"))


def _dropped(case: Case) -> Iterator[Finding]:
    """Find a claim that tells without any source what the evidence has only from nameless ones."""
    best, dropped = 0.0, None
    for passage in case.evidence:
        shared = weigh(content(case.claim) & content(passage), case)
        if shared > best:
            named = [source for source in passage.once(sources) if source.anonymous]
            best, dropped = shared, named[0] if named else None
    least = _LEAST_ACROSS if case.crosses_languages else _LEAST_DROPPED
    if dropped is not None and best >= least * weigh(content(case.claim), case):
        yield Finding("attribution", f"the claim leaves out that it comes from “{dropped.text}”")
