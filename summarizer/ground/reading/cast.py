"""Who acts in a text: names, and the offices and institutions that act without one.

*The prefecture*, *the chief executive* and *Moira Tennant* are all somebody, whom a claim may put in another's place.
Offices are a closed list in `data/cast.json`; which of them may be one and the same actor is written there too. An
office beside a name is that name's: *the mayor, Christophe Andrieux* (an apposition, the most precise of the patterns
of Hearst 1992).
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import chain, groupby, pairwise
from operator import attrgetter
from typing import NamedTuple

from summarizer.ground.reading.clause import cues
from summarizer.ground.reading.lexicon import Lexicon, lexicon
from summarizer.ground.reading.namesake import beginning, share_word
from summarizer.ground.reading.offices import genitives, prepositions, roles
from summarizer.ground.reading.phrases import Hit
from summarizer.ground.reading.proper import significant
from summarizer.ground.reading.sightings import seen
from summarizer.ground.reading.text import Passage
from summarizer.ground.reading.view import ArticleView
from summarizer.ground.reading.written import Name, Word, components

_LONGEST = 6  # tokens of an office, and offices of each other in a row
_FIRST_NAMES = 2  # of one person
_NO_KINDS = frozenset[str]()
_START = attrgetter("start")
_APPOSED = 4  # tokens at most between a name and the office behind it: Priya Lund, a senior analyst


class Actor(NamedTuple):
    """Somebody in a text.

    Attributes:
        names: Spelled words of the name; none for an office alone.
        kinds: What the office is (`mayor`, `union`), as far as the text says.
        start: First token.
        end: Token after it.
        text: As written.
    """

    names: frozenset[str]
    kinds: frozenset[str]
    start: int
    end: int
    text: str


class Cast:
    """The actors of an article's units and of claims about it, and what the article calls them."""

    def __init__(self, article: ArticleView) -> None:
        self.article = article
        self._sightings = article.once(seen)
        self._kinds: dict[str, frozenset[str]] = {}
        self._beginnings: dict[Passage, list[tuple[Actor, frozenset[str]]]] = {}
        self._beside: dict[str, frozenset[str]] = {}
        self._together: dict[Passage, tuple[frozenset[str], frozenset[str]]] = {}

    def actors(self, passage: Passage) -> tuple[Actor, ...]:
        """Return who acts in a passage, in order."""
        known = passage.once(_casts)
        if self not in known:
            known[self] = tuple(self._find(passage))
        return known[self]

    def _find(self, passage: Passage) -> Iterable[Actor]:
        known = lexicon(passage.language)
        names = [self._named(name, known) for name in passage.once(components)]
        named = list(chain.from_iterable(names))
        if passage.once(roles):
            return self._held(passage, named)
        return [self._actor(passage, name.parts, (), name.start, name.end) for name in named]

    def _held(self, passage: Passage, named: Sequence[Name]) -> Iterator[Actor]:
        """Yield names with their offices, and the offices that are nobody's."""
        row = _Row.of(passage.once(roles), named)
        held: set[Hit] = set()
        for name in named:
            own = [hit for hit in _heads(name, row, passage) if hit not in held]
            start = name.start
            if own:
                held.update(own)
                start = min(start, *[hit.start for hit in own])
            yield self._actor(passage, name.parts, own, start, name.end)
        for _, hits in groupby([hit for hit in row.offices if hit not in held], key=_START):
            free = list(hits)
            if free:
                yield self._actor(passage, (), free, free[0].start, max(hit.end for hit in free))

    def _actor(self, passage: Passage, parts: Sequence[Word], own: Sequence[Hit], start: int, end: int) -> Actor:
        text = passage.written(start, end)
        if not own:
            # In place of `Actor(...)`, which takes longer: nearly all are made here.
            return tuple.__new__(Actor, (frozenset([part.key for part in parts]), _NO_KINDS, start, end, text))
        office = {token for hit in own for token in range(hit.start, hit.end)}
        names = frozenset([part.key for part in parts if part.token not in office])
        return Actor(names, frozenset([hit.label for hit in own]), start, end, text)

    def _named(self, name: Name, known: Lexicon | None) -> list[Name]:
        parts = significant(name, self._sightings, known)
        for at in range(1, len(parts)) if known is not None and known.determiners else ():  # every noun has a capital
            if self._sightings.stand_apart(parts[at - 1].key, parts[at].key):
                first = name._replace(parts=tuple(parts[:at]), end=parts[at - 1].after)
                rest = name._replace(parts=tuple(parts[at:]), start=parts[at].token)
                return self._named(first, known) + self._named(rest, known)
        if len(parts) == len(name.parts):
            return [name]
        return [Name(tuple(parts), name.raw, parts[0].token, name.end)] if parts else []

    def kinds(self, names: Iterable[str]) -> frozenset[str]:
        """Return what the article calls a name anywhere."""
        return frozenset().union(*map(self._called, names))

    def _called(self, name: str) -> frozenset[str]:
        if name not in self._kinds:
            named = [passage for passage in self.written(name) if passage.once(roles)]
            actors = chain.from_iterable(map(self.actors, named))
            self._kinds[name] = frozenset().union(*[actor.kinds for actor in actors if name in actor.names])
        return self._kinds[name]

    def written(self, word: str) -> Sequence[Passage]:
        """Return the units that have a word as a name has it: with a capital, or a number."""
        return self._sightings.large.get(word, ())

    def holders(self, kinds: Iterable[str]) -> frozenset[str]:
        """Return the words of all names that the article calls by one of these kinds."""
        wanted = frozenset(kinds)
        called = [actor.names for actor in chain.from_iterable(self._offices()) if actor.kinds & wanted]
        return frozenset().union(*called)

    def are_strangers(self, names: Iterable[str], kinds: Iterable[str]) -> bool:
        """Whether no unit of the article has a name and an office of these kinds together.

        Where one has, it may tell whose the office is. False where the article does not have the office at all.
        """
        wanted, mine = frozenset(kinds), tuple(names)
        near = ((name, *self._who(passage)) for name in mine for passage in self.written(name))
        if any(name in there and offices & wanted for name, there, offices in near):
            return False  # the others need not be looked at
        held = [there for there, offices in map(self._who, self.article.passages) if offices & wanted]
        return bool(held) and not any(self.share_name(mine, there) for there in held)

    def _who(self, passage: Passage) -> tuple[frozenset[str], frozenset[str]]:
        """Return the names in a unit that has an office, and what all in it are; nothing for another."""
        if passage not in self._together:
            actors = self.actors(passage) if passage.once(roles) else ()
            named = frozenset().union(*[actor.names for actor in actors])
            self._together[passage] = named, frozenset().union(*[actor.kinds for actor in actors])
        return self._together[passage]

    def _offices(self) -> list[tuple[Actor, ...]]:
        """Return the actors of each unit that has an office: no other tells what anybody is."""
        return [self.actors(passage) for passage in self.article.passages if passage.once(roles)]

    def is_same(self, one: Actor, other: Actor) -> bool:
        """Whether two actors are certainly one: a word of the name, the same office, or what the article calls it."""
        if one.names and other.names:
            return self.share_name(one.names, other.names)
        if one.names or other.names:
            named, office = (one, other) if one.names else (other, one)
            return bool(named.kinds & office.kinds) or bool(self.kinds(named.names) & office.kinds)
        return bool(one.kinds & other.kinds)

    def same(self, one: Actor, passage: Passage) -> Iterator[Actor]:
        """Yield the actors of a passage that are certainly the same as one of any passage; see `is_same`."""
        known = passage.once(_marked)
        if self not in known:
            known[self] = found = defaultdict[str, list[Actor]](list)
            for actor in self.actors(passage):
                for key in self._marks(actor, "@"):
                    found[key].append(actor)
        alike = known[self]
        keys = [key for key in self._marks(one, "#") if key in alike]
        return (actor for key in keys for actor in alike[key] if self.is_same(one, actor))

    def _marks(self, actor: Actor, mark: str) -> Iterator[str]:
        """Yield what two actors that are the same have in common, one asked with the mark `#`, one found with `@`."""
        if not actor.names:
            yield from (f"#{kind}" for kind in actor.kinds)
            if mark == "#":
                yield from (f"@{kind}" for kind in actor.kinds)
            return
        yield from map(beginning, actor.names)
        yield from (f"{mark}{kind}" for kind in actor.kinds | self.kinds(actor.names))

    def are_aliases(self, one: Iterable[str], other: Iterable[str]) -> bool:
        """Whether two names share a word, or words of both stand in one name of the article: Joni, Mitchell."""
        mine, theirs = tuple(one), tuple(other)
        if self.share_name(mine, theirs):
            return True
        return any(not self._standing_beside(word).isdisjoint(theirs) for word in mine)

    def _standing_beside(self, word: str) -> frozenset[str]:
        """Return the words right beside one in a name anywhere."""
        if word not in self._beside:
            named = [name.parts for passage in self.written(word) for name in passage.once(components)]
            pairs = [(left.key, right.key) for parts in named for left, right in pairwise(parts)]
            around = [other for pair in pairs for one, other in (pair, pair[::-1]) if one == word]
            self._beside[word] = frozenset(around)
        return self._beside[word]

    def named_like(self, mine: Actor, passage: Passage) -> list[Actor]:
        """Return the actors of a passage that share a name with one of a claim, in some form."""
        if passage not in self._beginnings:
            self._beginnings[passage] = [
                (actor, frozenset(map(beginning, actor.names))) for actor in self.actors(passage) if actor.names
            ]
        wanted = frozenset(map(beginning, mine.names))
        return [
            theirs
            for theirs, there in self._beginnings[passage]
            if not wanted.isdisjoint(there) and self.share_name(mine.names, theirs.names)
        ]

    def share_name(self, one: Iterable[str], other: Iterable[str]) -> bool:
        """Whether two names share a word, in some form."""
        return share_word(frozenset(one), frozenset(other), self.article.language)


def _casts(_passage: Passage) -> dict[Cast, tuple[Actor, ...]]:
    """Who acts in a passage, by the article that it is held against; filled as it is asked for."""
    return {}


def _marked(_passage: Passage) -> dict[Cast, Mapping[str, list[Actor]]]:
    """The actors of a passage by what they may have in common with others, likewise."""
    return {}


class _Row(NamedTuple):
    """The offices of a passage in order, where they start, those that end before a token, and its names likewise."""

    offices: Sequence[Hit]
    starts: list[int]
    ending: dict[int, list[Hit]]
    named_from: frozenset[int]
    named_to: dict[int, int]

    @classmethod
    def of(cls, offices: Sequence[Hit], named: Sequence[Name]) -> _Row:
        ending: dict[int, list[Hit]] = {}
        for hit in offices:
            ending.setdefault(hit.end, []).append(hit)
        named_to = {name.end: name.start for name in named}
        return cls(offices, [hit.start for hit in offices], ending, frozenset(named_to.values()), named_to)

    def between(self, start: int, end: int) -> Sequence[Hit]:
        """Return the offices that start at the tokens [start, end)."""
        first, last = bisect_left(self.starts, start), bisect_left(self.starts, end)
        return self.offices[first:last]


def _heads(name: Name, row: _Row, passage: Passage) -> Iterator[Hit]:
    """Yield the offices that are a name's: part of it, before it, or behind a comma.

    Of *the head of the company, Moira Tennant* only the head is hers.
    """
    for hit in row.between(name.start - _LONGEST, name.end):
        if hit.end > name.start:
            yield hit
    comma = name.start > 0 and passage.raws[name.start - 1] == ","
    before = row.ending.get(name.start, []) or _over_first_names(name, row, passage)
    yield from before if before and not comma else _chief(row, name.start - comma, passage)
    behind = row.between(name.end + 1, name.end + 1 + _APPOSED)
    placed = name.start > 0 and prepositions(passage.language).get(passage.texts[name.start - 1]) == "in"
    for hit in behind if not placed else ():  # in San Francisco, the company's chief, Sam Altman
        if hit.start == behind[0].start and _is_apposed(passage, name.end, hit, row):
            yield hit


def _over_first_names(name: Name, row: _Row, passage: Passage) -> list[Hit]:
    """Return the offices before first names that the article does not have, where every noun has a capital."""
    if passage.language != "de":
        return []
    for at in range(name.start - 1, max(0, name.start - 1 - _FIRST_NAMES), -1):
        if not passage.raws[at][0].isupper():
            return []
        if at in row.ending:
            return row.ending[at]
    return []


def _chief(row: _Row, end: int, passage: Passage) -> list[Hit]:
    """Return the offices of a noun phrase that ends here: the first, over *of the* and what belongs to it."""
    found: list[Hit] = []
    if row.starts[0] >= end:
        return found
    for _ in range(_LONGEST):
        found = row.ending.get(end, [])
        starts = [hit.start for hit in found]
        if end in row.named_to:
            owner = row.named_to[end]
            starts += [owner, *(hit.start for hit in row.ending.get(owner, ()))]  # du groupe Électrane
        if not starts and end and passage.raws[end - 1].islower():
            starts = [end - 1]  # storica dell'arte
        joint = _before_of(passage, min(starts)) if starts else None
        if joint is None:
            break
        end = joint
    return found


def _is_apposed(passage: Passage, at: int, hit: Hit, row: _Row) -> bool:
    """Whether an office behind a comma is the name's before it: no verb between, no other name behind it."""
    known = lexicon(passage.language)
    between = passage.texts[at + 1 : hit.start]
    if known is None or passage.raws[at] not in (",", "(", "–", "—"):
        return False
    kinds = prepositions(passage.language)
    return not (
        "punct" in passage.kinds[at + 1 : hit.start]
        or not _silent(passage.language).isdisjoint(between)
        or not genitives(passage.language).isdisjoint(between[1:])
        or any(kinds.get(text) == "of" for text in between)
        or not passage.once(_said).isdisjoint(range(at, hit.start))
        or hit.end + (passage.texts[hit.end : hit.end + 1] == (",",)) in row.named_from
    )


@cache
def _silent(language: str | None) -> frozenset[str]:
    """Return the words of a language that stand in no apposition: helping verbs, and most pronouns."""
    known = lexicon(language)
    if known is None:
        return frozenset()
    return known.auxiliaries | known.pronouns - known.noun_markers - known.determiners


def _said(passage: Passage) -> frozenset[int]:
    return frozenset(cue.start for cue in passage.once(cues) if cue.label == "said")


def _before_of(passage: Passage, start: int) -> int | None:
    """Return where the words before *of the* end, when these stand before a token."""
    known, kinds = lexicon(passage.language), prepositions(passage.language)
    for at in range(start - 1, max(0, start - 3), -1):
        text = passage.texts[at]
        if kinds.get(text) == "of":
            return at
        if known is None or not (text in known.noun_markers or text in known.determiners):
            return None
    return None
