"""The words that carry doubt, polarity and speakers, one lexicon a language: what `data/lexicon/*.json` holds.

A phrase is written as words separated by spaces, each one of

* `word`, or `one|other` for alternatives,
* `stem*` and `*ending` for whatever begins or ends so,
* `~` for a gap of at most three words,
* `word?` for a word that may be missing (never the first),

lower case, with straight quotes, as the tokens of `text` have them: an elided article stands alone (`d' après`).

The classes of hedges follow Hyland (*Hedging in Scientific Research Articles*, 1998) and the cues marked in BioScope
(Szarvas et al. 2008) and the CoNLL-2010 shared task (Farkas et al. 2010); triggers and pseudo-triggers of negation
follow NegEx (Chapman et al. 2001); speech verbs and source phrases follow the attribution relations of Pareti (2012).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from summarizer.ground.memo import Memo

_DATA = files(__package__).joinpath("data")
_MOST_GAP = 3


class Hit(NamedTuple):
    """A phrase found in a row of words: `words[start:end]` is it, and `label` its class (`hedge/plan`)."""

    label: str
    start: int
    end: int


class _Element(NamedTuple):
    """One place of a phrase: the words that may stand there."""

    words: frozenset[str]
    stems: tuple[str, ...]
    endings: tuple[str, ...]
    gap: bool
    optional: bool

    @property
    def is_plain(self) -> bool:
        """Whether one of some words must stand there."""
        return not (self.optional or self.stems or self.endings)

    def takes(self, word: str) -> bool:
        return (
            word in self.words
            or (bool(self.stems) and word.startswith(self.stems))
            or (bool(self.endings) and word.endswith(self.endings))
        )


def _element(text: str) -> _Element:
    if text == "~":
        return _Element(frozenset(), (), (), gap=True, optional=True)
    optional = text.endswith("?")
    choices = [choice for choice in text.removesuffix("?").split("|") if choice]
    return _Element(
        frozenset(choice for choice in choices if "*" not in choice),
        tuple(choice.rstrip("*") for choice in choices if choice.endswith("*") and not choice.startswith("*")),
        tuple(choice.lstrip("*") for choice in choices if choice.startswith("*") and not choice.endswith("*")),
        gap=False,
        optional=optional,
    )


def _elements(phrase: str) -> tuple[_Element, ...]:
    """Compile a phrase; a hyphen is a word of its own, as it is for the tokens."""
    if re.search(r"\|\S*\w-\w|\w-\w\S*\|", phrase):
        raise ValueError(f"a hyphen cuts the alternatives of {phrase!r} in two: write it as a phrase of its own")
    spaced = re.sub(r"(?<=\w)-(?=\w)", " - ", phrase.casefold())
    return tuple(map(_element, spaced.split()))


_Rest = tuple[str, tuple[_Element, ...]]  # a phrase without its first word, with its label


class _Opening(NamedTuple):
    """The phrases that begin with one word, in their order: by the word that must follow it, and before any other."""

    following: Mapping[str, tuple[_Rest, ...]]
    others: tuple[_Rest, ...]

    @classmethod
    def of(cls, phrases: Sequence[_Rest]) -> _Opening:
        """Sort phrases by their second word, where that is one of a few."""
        bound = [rest[0].words if rest and rest[0].is_plain else None for _, rest in phrases]
        seconds = frozenset().union(*(words for words in bound if words))
        pairs = tuple(zip(phrases, bound, strict=True))
        return cls(
            {word: tuple(one for one, words in pairs if words is None or word in words) for word in seconds},
            tuple(one for one, words in pairs if words is None),
        )


class Phrases:
    """Many labelled phrases, found in one pass.

    Args:
        phrases: For each label, its phrases as the module docstring describes them.
    """

    def __init__(self, phrases: Mapping[str, Iterable[str]]) -> None:
        self._exact: dict[str, list[tuple[str, tuple[_Element, ...]]]] = {}
        self._stems: dict[str, list[tuple[str, tuple[_Element, ...]]]] = {}
        self._endings: dict[str, list[tuple[str, tuple[_Element, ...]]]] = {}
        for label, texts in phrases.items():
            for text in texts:
                self._add(label, _elements(text))
        self._stem_lengths = sorted({len(stem) for stem in self._stems})
        self._ending_lengths = sorted({len(ending) for ending in self._endings})
        self._known = Memo(self._learn)

    def _add(self, label: str, elements: tuple[_Element, ...]) -> None:
        first = elements[0]
        if first.optional:
            raise ValueError(f"a phrase of {label!r} begins with a word that may be missing")
        for words, index in ((first.words, self._exact), (first.stems, self._stems), (first.endings, self._endings)):
            for word in words:
                index.setdefault(word, []).append((label, elements))

    def find(self, words: Sequence[str]) -> tuple[Hit, ...]:
        """Return the hits in order of their start: the longest of each label at each place, none inside another."""
        hits: list[Hit] = []
        reached: dict[str, int] = {}
        last, new = len(words) - 1, tuple.__new__
        for start, opening in enumerate(map(self._known.__getitem__, words)):
            if opening is None:
                continue
            following, others = opening
            phrases = following.get(words[start + 1], others) if start < last else others
            longest: dict[str, int] = {}
            for label, elements in phrases:
                if start < reached.get(label, 0):
                    continue
                end = _match(elements, words, start + 1) if elements else start + 1
                if end is not None and end > longest.get(label, 0):
                    longest[label] = end
            for label, end in longest.items():
                hits.append(new(Hit, (label, start, end)))
                reached[label] = end
        return tuple(hits)

    def _learn(self, word: str) -> _Opening | None:
        """Return the phrases that begin with a word; most words begin none."""
        found = [(label, elements[1:]) for label, elements in self._starting(word)]
        return _Opening.of(found) if found else None

    def _starting(self, word: str) -> Iterator[tuple[str, tuple[_Element, ...]]]:
        yield from self._exact.get(word, ())
        for length in self._stem_lengths:
            if length > len(word):
                break
            yield from self._stems.get(word[:length], ())
        for length in self._ending_lengths:
            if length >= len(word):
                break
            yield from self._endings.get(word[-length:], ())


def _match(elements: tuple[_Element, ...], words: Sequence[str], at: int) -> int | None:
    """Return where a phrase ends that starts here; the longest way to read it."""
    for place, element in enumerate(elements):
        if element.optional:
            return _match_loosely(element, elements[place + 1 :], words, at)
        if at == len(words) or not element.takes(words[at]):
            return None
        at += 1
    return at


def _match_loosely(first: _Element, rest: tuple[_Element, ...], words: Sequence[str], at: int) -> int | None:
    """Match a gap, or a word that may be missing, and what follows it."""
    if first.gap:
        for skipped in range(min(_MOST_GAP, len(words) - at) + 1):
            if skipped and not words[at + skipped - 1][0].isalnum():
                return None
            end = _match(rest, words, at + skipped)
            if end is not None:
                return end
        return None
    if at < len(words) and first.takes(words[at]):
        end = _match(rest, words, at + 1)
        if end is not None:
            return end
    return _match(rest, words, at)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What a language's words say about the words beside them.

    Attributes:
        language: ISO 639-1 code.
        phrases: Every cue, labelled `hedge/plan` (also `modal`, `mood` (a form of the verb, which also reports what
            others say), `unreal` (one that does not), `adverb`, `provisional`, `condition`, `hearsay`, `belief`),
            `accepted` (keeps a claim hedged, but asks for no hedge), `assertive` (tells as settled), `approximator`,
            `future`, `past`, `negation/word`, `negation/verb`, `negation/weak` (near a negative, never enough for one),
            `negation/pseudo`, `finding` (denied, it leaves the *that* behind it unproven),
            `yet` (what has not happened so far) and `already` (what has), `said`,
            `source` (prepositions: according to), `anonymous`, `role/ceo` ...
        prefixes: What turns a word into its opposite (`un` able).
        suffixes: The same, at the end (`los` in German).
        complementizers: What stands between a speech verb and what was said.
        function_words: Words that say nothing alone.
        determiners: Where every noun has a capital: the words that stand before a noun and not before a name.
        clause_openers: Words that begin a new clause without a comma.
        conjunctions: Words for `and`.
        noun_markers: Words that stand before a noun.
        prepositions: Where a past form may be an adjective: words that stand before one (`in advanced talks`).
        infinitive_markers: Words that stand before an infinitive.
        auxiliaries: Forms of to be, to have and the like: what follows a subject.
        titles: Words that stand before a name and are no part of it.
        pronouns: Words that stand for somebody.
        calendar: Months, weekdays and the like, which are written like names in some languages.
        quotes: Pairs of quotation marks in use, opening and closing.
    """

    language: str
    phrases: Phrases
    prefixes: tuple[str, ...]
    suffixes: tuple[str, ...]
    complementizers: frozenset[str]
    function_words: frozenset[str]
    determiners: frozenset[str]
    clause_openers: frozenset[str]
    conjunctions: frozenset[str]
    noun_markers: frozenset[str]
    prepositions: frozenset[str]
    infinitive_markers: frozenset[str]
    auxiliaries: frozenset[str]
    titles: frozenset[str]
    pronouns: frozenset[str]
    calendar: frozenset[str]
    quotes: tuple[tuple[str, str], ...]


@cache
def languages() -> frozenset[str]:
    """Return the languages that have a lexicon."""
    folder = _DATA.joinpath("lexicon")
    return frozenset(item.name.removesuffix(".json") for item in folder.iterdir() if item.name.endswith(".json"))


@cache
def _values(language: str) -> Any:
    return json.loads(_DATA.joinpath("lexicon", f"{language}.json").read_text(encoding="utf-8"))


@cache
def lexicon(language: str | None) -> Lexicon | None:
    """Return a language's lexicon; None when it has none or is unknown."""
    if language is None or language not in languages():
        return None
    values = _values(language)
    return Lexicon(
        language=values["language"],
        phrases=Phrases(_labelled(values)),
        prefixes=tuple(values["negation"]["prefixes"]),
        suffixes=tuple(values["negation"]["suffixes"]),
        complementizers=_words(values["attribution"]["that"]),
        function_words=stop_words(language),
        determiners=_words(values.get("determiners", ())),
        clause_openers=_words(values["clause_openers"]),
        conjunctions=_words(values["and"]),
        noun_markers=_words(values["noun_markers"]),
        prepositions=_words(values.get("prepositions", ())),
        infinitive_markers=_words(values["infinitive_markers"]),
        auxiliaries=_words(values["auxiliaries"]),
        titles=_words(values["titles"]),
        pronouns=_words(values["pronouns"]),
        calendar=_words(values["calendar"]),
        quotes=tuple((pair[0], pair[1]) for pair in values["quotes"]),
    )


@cache
def stop_words(language: str | None) -> frozenset[str]:
    """Return the function words of a language, folded; none for a language without a lexicon."""
    return frozenset() if language not in languages() else _words(_values(language)["function_words"])


@cache
def ordinary_words(language: str | None) -> frozenset[str]:
    """Return what is no name however it is written: function words, titles, months and the like, pronouns."""
    known = lexicon(language)
    return frozenset() if known is None else known.function_words | known.titles | known.calendar | known.pronouns


@cache
def negations(language: str | None) -> frozenset[str]:
    """Return the single words that negate outright (`not`); none for a language without a lexicon."""
    if language is None or language not in languages():
        return frozenset()
    return _words(word for word in _values(language)["negation"]["words"] if word.isalpha())


def _words(values: Iterable[str]) -> frozenset[str]:
    return frozenset(value.casefold() for value in values)


def _labelled(values: Mapping[str, Any]) -> dict[str, list[str]]:
    negation, attribution = values["negation"], values["attribution"]
    return {
        **{f"hedge/{sort}": phrases for sort, phrases in values["hedges"].items()},
        "accepted": values["accepted"],
        "assertive": values["assertive"],
        "approximator": values["approximators"],
        "future": values["future"],
        "past": values["past"],
        "negation/word": negation["words"],
        "negation/verb": negation["verbs"],
        "negation/weak": negation["weak"],
        "negation/pseudo": negation["pseudo"],
        "finding": negation["findings"],
        "yet": negation["yet"],
        "already": negation["already"],
        "said": attribution["verbs"],
        "source": attribution["prepositions"],
        "anonymous": values["anonymous"],
        **{f"role/{name}": phrases for name, phrases in values["roles"].items()},
    }


@cache
def _concepts() -> Any:
    return json.loads(_DATA.joinpath("concepts.json").read_text(encoding="utf-8"))


@cache
def concepts(language: str | None) -> Phrases:
    """Return a language's words for the concepts of the table; the label is the concept, the same in all languages."""
    return Phrases({concept: row[language] for concept, row in _concepts()["concepts"].items() if language in row})


@cache
def opposites() -> frozenset[frozenset[str]]:
    """Return the pairs of concepts that exclude each other (`rise` and `fall`)."""
    return frozenset(map(frozenset, _concepts()["opposites"]))


@cache
def opposed() -> Mapping[str, frozenset[str]]:
    """Return those that exclude a concept, as `clause.stems` has both: `=rise`."""
    return {
        f"={concept}": frozenset(f"={other}" for pair in opposites() if concept in pair for other in pair - {concept})
        for concept in frozenset().union(*opposites())
    }


class Directions(NamedTuple):
    """What tells of a rise (1) or a fall (-1).

    Attributes:
        concepts: Of the table: `=rise`.
        lasting: Concepts that may rise and fall themselves: `=profit`.
        words: A language's own words that do so right beside a number: *down*.
        every: All concepts of both kinds.
    """

    concepts: Mapping[str, int]
    lasting: Mapping[str, int]
    words: Mapping[str, int]
    every: frozenset[str]


@cache
def directions(language: str | None) -> Directions:
    """Return what tells of a rise or a fall in a language."""
    table = _concepts()["directions"]
    own = _values(language)["directions"] if language in languages() else {}
    senses = (("up", 1), ("down", -1))
    concepts, lasting = (
        {f"={concept}": sense for way, sense in senses for concept in table[key][way]} for key in ("moving", "lasting")
    )
    words = {word: sense for way, sense in senses for word in own.get(way, ())}
    return Directions(concepts, lasting, words, frozenset((*concepts, *lasting)))


@cache
def inflections() -> tuple[str, ...]:
    """Return the endings of inflected forms in six languages, the longest first."""
    return tuple(_concepts()["inflections"])
