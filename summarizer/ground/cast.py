"""Who acts in a text: names, and the offices and institutions that act without one.

*The prefecture*, *the chief executive* and *Moira Tennant* are all somebody, whom a claim may put in another's place.
Offices are a closed list in `data/cast.json`; which of them may be one and the same actor is written there too. An
office beside a name is that name's: *the mayor, Christophe Andrieux* (an apposition, the most precise of the patterns
of Hearst 1992).
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from summarizer.ground.case import ArticleView
from summarizer.ground.lexicon import Hit, Lexicon, Phrases, lexicon
from summarizer.ground.namesake import same_word
from summarizer.ground.proper import significant
from summarizer.ground.sightings import seen
from summarizer.ground.text import Passage
from summarizer.ground.written import Name, Word, components

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


@cache
def _table() -> Any:
    return json.loads(files(__package__).joinpath("data", "cast.json").read_text(encoding="utf-8"))


@cache
def offices(language: str | None) -> Phrases:
    """Return a language's words for offices and institutions; the label is the kind, the same in all languages."""
    return Phrases({kind: row[language] for kind, row in _table()["roles"].items() if language in row})


@cache
def generic() -> frozenset[str]:
    """Return the kinds that nearly anybody may be called by: the company, officials."""
    return frozenset(_table()["generic"])


@cache
def _alike() -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for row in _table()["alike"]:
        for kind in row:
            found[kind].update(row)
    return {kind: frozenset(others) for kind, others in found.items()}


def may_be(one: Iterable[str], other: Iterable[str]) -> bool:
    """Whether an actor of these kinds may be one of those: some kind is the same or nearly."""
    there = frozenset(other)
    return any(kind in there or _alike().get(kind, frozenset()) & there for kind in one)


def roles(passage: Passage) -> tuple[Hit, ...]:
    """Find the offices of a passage, whether a name stands beside them or not; the label is the kind."""
    known, texts = lexicon(passage.language), [token.text for token in passage.tokens]
    if known is None:
        return ()
    found = [
        Hit(hit.label.removeprefix("role/"), hit.start, hit.end)
        for hit in known.phrases.find(texts)
        if hit.label.startswith("role/")
    ]
    found += offices(passage.language).find(texts)
    longest: list[Hit] = []
    for hit in sorted(set(found), key=lambda hit: (hit.start, -hit.end)):
        if not longest or hit.end > longest[-1].end or hit[1:] == longest[-1][1:]:
            longest.append(hit)
    return tuple(longest)


class Cast:
    """The actors of an article's units and of claims about it, and what the article calls them."""

    def __init__(self, article: ArticleView) -> None:
        self.article = article
        self._sightings = article.once(seen)
        self._actors: dict[Passage, tuple[Actor, ...]] = {}
        self._kinds: dict[str, frozenset[str]] | None = None

    def actors(self, passage: Passage) -> tuple[Actor, ...]:
        """Return who acts in a passage, in order."""
        if passage not in self._actors:
            self._actors[passage] = tuple(self._find(passage))
        return self._actors[passage]

    def _find(self, passage: Passage) -> Iterator[Actor]:
        known = lexicon(passage.language)
        named = [part for name in passage.once(components) for part in self._named(name, known)]
        free = list(passage.once(roles))
        for name in named:
            own = _heads(name, free, named, passage)
            free = [hit for hit in free if hit not in own]
            start = min([name.start, *(hit.start for hit in own)])
            yield self._actor(passage, name.parts, own, start, name.end)
        for start, end in dict.fromkeys((hit.start, hit.end) for hit in free):
            yield self._actor(passage, (), [hit for hit in free if hit[1:] == (start, end)], start, end)

    def _actor(self, passage: Passage, parts: Sequence[Word], own: Sequence[Hit], start: int, end: int) -> Actor:
        office = {token for hit in own for token in range(hit.start, hit.end)}
        text = passage.text[passage.tokens[start].start : passage.tokens[end - 1].end]
        names = frozenset(part.key for part in parts if part.token not in office)
        return Actor(names, frozenset(hit.label for hit in own), start, end, text)

    def _named(self, name: Name, known: Lexicon | None) -> Iterator[Name]:
        parts = significant(name, self._sightings, known)
        if parts:
            yield Name(tuple(parts), name.raw, name.start, name.end)

    def kinds(self, names: Iterable[str]) -> frozenset[str]:
        """Return what the article calls a name anywhere."""
        if self._kinds is None:
            found: dict[str, set[str]] = defaultdict(set)
            for unit in self.article.units:
                for actor in self.actors(self.article.passage(unit.number)):
                    for name in actor.names:
                        found[name] |= actor.kinds
            self._kinds = {name: frozenset(kinds) for name, kinds in found.items()}
        return frozenset().union(*(self._kinds.get(name, frozenset()) for name in names))

    def is_same(self, one: Actor, other: Actor) -> bool:
        """Whether two actors are certainly one: a word of the name, the same office, or what the article calls it."""
        if one.names and other.names:
            return self.share_name(one.names, other.names)
        if one.names or other.names:
            named, office = (one, other) if one.names else (other, one)
            return bool((named.kinds | self.kinds(named.names)) & office.kinds)
        return bool(one.kinds & other.kinds)

    def are_aliases(self, one: Iterable[str], other: Iterable[str]) -> bool:
        """Whether two names share a word, or words of both stand in one name of the article: Joni, Mitchell."""
        mine, theirs = tuple(one), tuple(other)
        pairs = self._sightings.pairs
        return self.share_name(mine, theirs) or any(
            (left, right) in pairs or (right, left) in pairs for left in mine for right in theirs
        )

    def share_name(self, one: Iterable[str], other: Iterable[str]) -> bool:
        """Whether two names share a word, in some form."""
        there = tuple(other)
        return any(same_word(mine, theirs, self.article.language) for mine in one for theirs in there)


def _heads(name: Name, offices: Sequence[Hit], named: Sequence[Name], passage: Passage) -> list[Hit]:
    """Return the offices that are a name's: part of it, before it, or behind a comma.

    Of *the head of the company, Moira Tennant* only the head is hers.
    """
    inner = [hit for hit in offices if hit.start < name.end and name.start < hit.end]
    end = name.start - (name.start > 0 and passage.tokens[name.start - 1].raw == ",")
    while True:
        before = [hit for hit in offices if hit.end == end]
        start = min([hit.start for hit in before] + [other.start for other in named if other.end == end], default=None)
        joint = None if start is None else _before_of(passage, start)
        if joint is None:
            break
        end = joint
    behind = [hit for hit in offices if name.end < hit.start <= name.end + _APPOSED]
    if behind and not (
        passage.tokens[name.end].raw in (",", "(", "–", "—")
        and all(token.kind == "word" for token in passage.tokens[name.end + 1 : behind[0].start])
    ):
        behind = []
    return [*inner, *before, *[hit for hit in behind if hit.start == behind[0].start]]


def _before_of(passage: Passage, start: int) -> int | None:
    """Return where the words before *of the* end, when these stand before a token."""
    known, kinds = lexicon(passage.language), prepositions(passage.language)
    for at in range(start - 1, max(0, start - 3), -1):
        if kinds.get(passage.texts[at]) == "of":
            return at
        if known is None or passage.texts[at] not in known.noun_markers | known.determiners:
            return None
    return None


@cache
def prepositions(language: str | None) -> Mapping[str, str]:
    """Return the kind (`by`, `of`, `in`, `to`, `with`, `from`) of each preposition of a language."""
    rows: Mapping[str, Mapping[str, str]] = _table()["prepositions"]
    return {word: kind for kind, row in rows.items() for word in row.get(language or "", "").split()}


@cache
def subjects(language: str | None) -> frozenset[str]:
    """Return the pronouns of a language that stand for somebody and are nothing else."""
    return frozenset(_table()["pronouns"].get(language, "").split())
