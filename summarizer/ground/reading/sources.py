"""Who is said to have said what in a passage.

An attribution has a source, a cue and a content (Pareti 2012): *Altman* (source) *said* (cue) *that ...*. Cues are
speech verbs and prepositions (*according to*); the source is the noun phrase before the verb, right behind it
(*..., said Altman*), or after the preposition.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from summarizer.ground.reading.clause import Clause, beginning_in, clause_at, clauses, cued, cues, stems
from summarizer.ground.reading.lexicon import concepts, lexicon, ordinary_words
from summarizer.ground.reading.offices import genitives, persons, prepositions, roles, subjects
from summarizer.ground.reading.phrases import Hit
from summarizer.ground.reading.quoted import is_quoted, quotes
from summarizer.ground.reading.sightings import sightings
from summarizer.ground.reading.text import Passage
from summarizer.ground.reading.written import Name, components


class Source(NamedTuple):
    """Who said something.

    Attributes:
        names: Spelled words of the names in it.
        kinds: What its office is, the head's only: a spokesman `of the ministry` is a spokesman.
        what: Stems of all its words; none for a pronoun, which may be anybody.
        anonymous: Whether it is kept from the reader.
        media: Whether it is a newspaper or the like, which may pass on what nameless sources say.
        text: As written.
        cue: The speech verb or preposition.
        start: First token.
        end: Token after it.
    """

    names: frozenset[str]
    kinds: frozenset[str]
    what: frozenset[str]
    anonymous: bool
    media: bool
    text: str
    cue: Hit
    start: int
    end: int


_MOST_BEFORE = 4  # determiners and adjectives before who speaks
_LONGEST = 100  # tokens of a source: of a clause without end those beside the cue


def sources(passage: Passage) -> tuple[Source, ...]:
    """Find who is said to have said something in a passage."""
    return tuple(_sources(passage)) if not passage.once(cued).isdisjoint(_TELLING) else ()


_TELLING = frozenset({"source", "said"})


def _sources(passage: Passage) -> Iterator[Source]:
    told = [hit for hit in passage.once(cues) if hit.label in _TELLING]
    cut, found = passage.once(clauses), [hit for hit in told if hit.label == "source"]
    covered, starts = {at for hit in found for at in range(hit.start, hit.end)}, {hit.start for hit in found}
    for hit in found:
        start, end = _bounds(passage, hit)
        # A postposition stands behind its source: Löwenich zufolge.
        yield (
            _source(passage, _phrase_start(passage, start, hit.start), hit.start, hit)
            if passage.texts[hit.start] == "zufolge"
            else _source(passage, hit.end, _phrase_end(passage, hit.end, end), hit)
        )
    for hit in told:
        if hit.label != "said" or hit.start in covered or not _is_predicate(passage, hit):
            continue
        if not is_quoted(passage, passage.starts[hit.start]):
            start, end = _subject(passage, cut, hit)
            at = bisect_left(cut, start, key=lambda clause: clause.start)
            if at and start in starts:  # das „Handelsblatt“ unter Berufung auf Kreise
                start, end = cut[at - 1].start, start
            yield _source(passage, start, end, hit)


def _phrase_end(passage: Passage, start: int, end: int) -> int:
    """Return where a noun phrase ends: before a verb form, a pronoun, or a determiner that no *of* introduces."""
    known, row = lexicon(passage.language), passage.once(stems)
    assert known is not None  # there would be no cue
    named = False
    for at in range(start, min(end, start + _LONGEST)):
        text = passage.texts[at]
        if named and text not in genitives(passage.language):
            marked = text in known.noun_markers or text in known.determiners or text in known.auxiliaries
            if marked and prepositions(passage.language).get(passage.texts[at - 1]) is None:
                return at
        named = named or row[at] is not None
    return end


def _phrase_start(passage: Passage, start: int, end: int) -> int:
    """Return where the noun phrase before a postposition begins: at its last determiner, over genitives."""
    known = lexicon(passage.language)
    assert known is not None  # there would be no cue
    for at in range(end - 1, start - 1, -1):
        text = passage.texts[at]
        if text in known.auxiliaries:
            return at + 1
        if text in known.determiners and (at == start or passage.raws[at - 1].islower()):
            return at
    return start


def _bounds(passage: Passage, hit: Hit) -> tuple[int, int]:
    """Return the clause that a cue stands in, or the words up to the next mark when it has nothing else in it."""
    clause = clause_at(passage, hit.start)
    if clause is not None:
        return clause
    end = next((at for at in range(hit.end, len(passage.texts)) if passage.kinds[at] == "punct"), len(passage.texts))
    return hit.start, end


def _subject(passage: Passage, cut: tuple[Clause, ...], hit: Hit) -> tuple[int, int]:
    """Return the tokens of the noun phrase that a speech verb has for its subject."""
    start, end = _bounds(passage, hit)
    row, known = passage.once(stems), lexicon(passage.language)
    assert known is not None  # there would be no cue
    if any(found is not None for found in row[start : hit.start]) or _has_pronoun(passage, start, hit.start):
        return start, hit.start
    if passage.language == "de" and passage.texts[hit.end - 1] == "es":  # heißt es in Verhandlungskreisen
        return hit.end, end
    citing = _citing(passage, cut, start)
    if citing is not None:
        return citing
    following = set(passage.texts[hit.end : hit.end + 2])
    told = passage.texts[hit.start].startswith(("tell", "told"))
    goes_on = passage.language == "en" and hit.end + 1 < end and passage.texts[hit.end] in subjects("en")
    if following & known.complementizers or told or goes_on or not _is_somebody(passage, hit.end, end):
        return _before(passage, cut, start, hit)
    if passage.texts[hit.end] in subjects(passage.language) and _is_pronoun(passage, hit.end, end):
        return hit.end, hit.end + 1
    return hit.end, _phrase_end(passage, hit.end, end)


def _before(passage: Passage, cut: tuple[Clause, ...], start: int, hit: Hit) -> tuple[int, int]:
    """Return the subject before an apposition: *Tennant, the chief executive, told analysts*."""
    last = bisect_right(cut, start, key=lambda clause: clause.end)
    before = cut[max(0, last - 2) : last]
    if not before:
        return start, hit.start
    return _apposed(passage, cut, before[0].start), _predicate(passage, before[0].start, hit.start)


def _citing(passage: Passage, cut: tuple[Clause, ...], start: int) -> tuple[int, int] | None:
    """Return the subject before an insertion that says whom it cites: *The paper, citing three people, reported*."""
    at = bisect_left(cut, start, key=lambda clause: clause.start)
    if not 1 < at < len(cut) or cut[at].start != start:
        return None
    opened = cut[at - 1].start
    cites = any(hit.label == "source" for hit in beginning_in(passage, opened, opened + 1))
    return (cut[at - 2].start, opened) if cites and passage.texts[start - 1] == "," else None


def _apposed(passage: Passage, cut: tuple[Clause, ...], start: int) -> int:
    """Return where a subject begins: at the bare name right before it, too, as *Ann Lee, Acme's chief, said*."""
    at = bisect_left(cut, start, key=lambda clause: clause.start)
    before = cut[at - 1] if 0 < at < len(cut) and cut[at].start == start else None
    if passage.language == "de" or before is None or before.end != start or passage.texts[start - 1] != ",":
        return start
    if not _roles_in(passage, start, cut[at].end):
        return start
    row = passage.once(stems)
    named = all(row[one] is None or one in passage.large for one in range(*before))
    return before.start if named and names_in(passage, *before) else start


def _predicate(passage: Passage, start: int, end: int) -> int:
    """Return where the first verb of a subject stands that does more than speak: *the ministry rejects it and says*."""
    row = passage.once(stems)
    named = next((at for at in range(start, end) if row[at] is not None), end)
    hits = beginning_in(passage, named + 1, end)
    return next((hit.start for hit in hits if hit.label in _VERBS), end)


_VERBS = frozenset({"past", "future", "negation/verb", "said"})


def _is_somebody(passage: Passage, start: int, end: int) -> bool:
    """Whether a noun phrase that names or means somebody begins here: its first noun does."""
    known, row = lexicon(passage.language), passage.once(stems)
    assert known is not None  # there would be no cue
    for at in range(start, end):
        text = passage.texts[at]
        if text in subjects(passage.language):
            return True
        nameless = any(hit.label == "anonymous" for hit in beginning_in(passage, at, at + 1))
        meant = nameless or bool(_roles_in(passage, at, at + 1))
        if meant or names_in(passage, at, at + 1):
            return True
        adjective = row[at] is not None and passage.kinds[at] == "word" and at < start + _MOST_BEFORE
        marked = text in known.noun_markers or text in known.determiners or text in known.titles
        if not (adjective or marked):
            return False
    return False


_PASSIVE = frozenset({"been", "being", "was", "were", "is", "are", "be"})


def _is_predicate(passage: Passage, hit: Hit) -> bool:
    """Whether a speech verb says what its subject does.

    It does not in a passive with its agent, nor in English in *an alleged crime*, *has been accused*, *is believed to
    be*, *to claim*, *for claiming*.
    """
    known = lexicon(passage.language)
    assert known is not None  # there would be no cue
    before = passage.texts[hit.start - 1] if hit.start else ""
    behind = passage.texts[hit.end] if hit.end < len(passage.texts) else ""
    if passage.language != "en":  # a été critiqué par
        return before not in known.function_words or prepositions(passage.language).get(behind) != "by"
    nominal = before in known.noun_markers or before in known.infinitive_markers or before in prepositions("en")
    return not (before in _PASSIVE or behind == "to" or nominal)


def _has_pronoun(passage: Passage, start: int, end: int) -> bool:
    known = lexicon(passage.language)
    return known is not None and not known.pronouns.isdisjoint(passage.texts[start:end])


def _source(passage: Passage, start: int, end: int, cue: Hit) -> Source:
    """Describe who stands at the tokens [start, end) as the source that a cue tells of."""
    if end - start > _LONGEST:
        start, end = (end - _LONGEST, end) if end <= cue.start else (start, start + _LONGEST)
    first = [hit.label for hit in beginning_in(passage, start, end) if hit.label in ("anonymous", "role/media")][:1]
    # Who cites nameless sources is none of them: unnamed sources cited by Bloomberg.
    nameless, kinds = first == ["anonymous"], prepositions(passage.language)
    by = [at for at in range(start, end) if kinds.get(passage.texts[at]) == "by"] if nameless else []
    named = by[0] if by else end
    # Where every noun has a capital, what is not named is no name: ungenannte Ingenieure.
    names = frozenset[str]() if nameless and passage.language == "de" else names_in(passage, start, named)
    whoever = _is_pronoun(passage, start, end)
    row = () if whoever else passage.once(stems)[start:end]
    what = frozenset([found for found in row if found is not None and not found.isdigit()])
    # Who asks not to be named often does so in a clause of its own.
    unnamed = not names and passage.once(keeps_names_back)
    text = passage.written(start, end).strip(' ,;:“”"«».') if start < end else ""
    office, media = _office(passage, start, end), first == ["role/media"]
    if names and not persons().isdisjoint(office):
        names |= _apposed_names(passage, end)
    return Source(names, office, what, bool(what) and unnamed, media, text, cue, start, end)


def _apposed_names(passage: Passage, start: int) -> frozenset[str]:
    """Return the words of the name behind a comma here: *according to Acme's chief executive, Ann Lee*."""
    start += passage.texts[start : start + 1] == (",",)
    at = bisect_left(passage.once(_name_starts), start)
    found = passage.once(components)[at : at + 1]
    apposed = passage.texts[start - 1] == "," and found and found[0].start == start
    return names_in(passage, start, found[0].end) if apposed else frozenset()


def keeps_names_back(passage: Passage) -> bool:
    """Whether a passage speaks of anybody who is kept from the reader."""
    return "anonymous" in passage.once(cued)


def _roles_in(passage: Passage, start: int, end: int) -> Sequence[Hit]:
    """Return the offices that begin at the tokens [start, end)."""
    found = passage.once(roles)
    if not found:  # nearly always
        return ()
    first, last = (bisect_left(found, at, key=lambda hit: hit.start) for at in (start, end))
    return found[first:last]


def _office(passage: Passage, start: int, end: int) -> frozenset[str]:
    held = _roles_in(passage, start, end)
    return frozenset([hit.label for hit in held if hit.start == held[0].start])


def _is_pronoun(passage: Passage, start: int, end: int) -> bool:
    """Whether a subject is a pronoun: one with no noun right behind it."""
    known, row = lexicon(passage.language), passage.once(stems)
    return (
        known is not None
        and start < end
        and passage.texts[start] in known.pronouns
        and (start + 1 == end or row[start + 1] is None)
    )


def names_in(passage: Passage, start: int, end: int) -> frozenset[str]:
    """Return the spelled words of the names between two tokens, quotations left out."""
    starts, names = passage.once(_name_starts), passage.once(components)
    first = bisect_left(starts, start)
    if first and names[first - 1].end > start:  # Segundo Reis
        first -= 1
    found = names[first : bisect_left(starts, end)]
    if not found:
        return frozenset()
    language, quoted = passage.language, bool(passage.once(quotes))
    known = lexicon(language)
    nouns = passage.once(sightings) if known is not None and known.determiners else None
    return frozenset(
        [
            part.key
            for name in found
            for part in name.parts
            if part.shape != "digit"
            and part.token >= start
            and not _is_ordinary(part.raw, language)
            and (nouns is None or not nouns.is_determined(part.key))
            and not (quoted and is_quoted(passage, passage.starts[part.token]) and not _is_title(name, passage))
        ]
    )


def _is_title(name: Name, passage: Passage) -> bool:
    """Whether quotation marks stand around a name and nothing else, as around that of a paper: *das „Handelsblatt“*."""
    start, end = passage.starts[name.start], passage.ends[name.end - 1]
    return any(quote.start == start and quote.end == end for quote in passage.once(quotes))


def _name_starts(passage: Passage) -> list[int]:
    return [name.start for name in passage.once(components)]


def all_names(passage: Passage) -> frozenset[str]:
    """Return the spelled words of all names of a passage, quotations left out."""
    return names_in(passage, 0, len(passage.texts))


@lru_cache(maxsize=1 << 14)
def _is_ordinary(raw: str, language: str | None) -> bool:
    """Whether a capital says nothing: a role, or a word that opens a sentence and is a cue."""
    word, known = raw.casefold(), lexicon(language)
    if word in ordinary_words(language):
        return True
    number = any(hit.label.isdigit() for hit in concepts(language).find([word]))
    return known is not None and (number or bool(known.phrases.find([word])))
