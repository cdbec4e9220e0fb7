"""The words that carry doubt, polarity and speakers, one lexicon a language: what `data/lexicon/*.json` holds.

Phrases are written as `phrases` says. The classes of hedges follow Hyland (*Hedging in Scientific Research Articles*,
1998) and the cues marked in BioScope (Szarvas et al. 2008) and the CoNLL-2010 shared task (Farkas et al. 2010);
triggers and pseudo-triggers of negation follow NegEx (Chapman et al. 2001); speech verbs and source phrases follow the
attribution relations of Pareti (2012).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from summarizer.ground.reading.phrases import Phrases
from summarizer.ground.reading.tables import names, read_data


@dataclass(frozen=True, slots=True)
class Lexicon:
    """What a language's words say about the words beside them.

    Attributes:
        language: ISO 639-1 code.
        phrases: Every cue, labelled `hedge/plan` (also `wish` (wanted, weighed or tried), `modal`, `mood` (a form of
            the verb, which also reports what others say), `unreal` (one that does not), `adverb`, `provisional`,
            `condition`, `hearsay`, `belief`),
            `accepted` (keeps a claim hedged, but asks for no hedge), `unhedged` (has the words of a hedge and is none:
            *if necessary*), `assertive` (tells as settled), `approximator`,
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
    return names("lexicon")


@cache
def _values(language: str) -> Any:
    return read_data(f"lexicon/{language}")


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
    """Return the phrases of a lexicon by the labels under which they are found."""
    negation, attribution = values["negation"], values["attribution"]
    return {
        **{f"hedge/{sort}": phrases for sort, phrases in values["hedges"].items()},
        "accepted": values["accepted"],
        "unhedged": values["unhedged"],
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
    return read_data("concepts")


@cache
def concepts(language: str | None) -> Phrases:
    """Return a language's words for the concepts of the table; the label is the concept, the same in all languages."""
    return Phrases({concept: row[language] for concept, row in _concepts()["concepts"].items() if language in row})


@cache
def offices(language: str | None) -> Phrases:
    """Return a language's words for offices and institutions; the label is the kind, the same in all languages.

    That of `nobody` is for phrases that have the words of an office and are none: *press release*.
    """
    table = read_data("cast")
    rows = {**table["roles"], "nobody": table["nobody"]}
    return Phrases({kind: row[language] for kind, row in rows.items() if language in row})


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


@cache
def refuted() -> Mapping[str, frozenset[str]]:
    """Return what speaks against a concept in the evidence of a claim: its opposites, and less of the same.

    What was damaged is not destroyed, though what was destroyed is damaged.
    """
    found = {concept: set(others) for concept, others in opposed().items()}
    for more, less in _concepts()["further"]:
        found.setdefault(f"={more}", set()).add(f"={less}")
    return {concept: frozenset(others) for concept, others in found.items()}


@cache
def converse() -> frozenset[str]:
    """Return the concepts that tell one thing from its two ends: *buy* and *sell* (Cruse 1986)."""
    return frozenset(f"={concept}" for pair in _concepts()["converse"] for concept in pair)


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
