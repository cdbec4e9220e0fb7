"""Doubt: the claim names somebody or something that its evidence does not name.

A name of the claim must stand in the cited units, word for word but for accents, inflection, script and acronyms (see
`namesake`). Names are found by how they are written (see `written`); a word that opens a sentence is a name only when
the article writes it with a capital elsewhere.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import chain, pairwise
from typing import NamedTuple

from summarizer.ground.case import ArticleView, Case
from summarizer.ground.lexicon import Lexicon, lexicon
from summarizer.ground.namesake import entities, initials, name_words, same_word, spell
from summarizer.ground.slot import replaced, stand_ins
from summarizer.ground.text import Passage
from summarizer.ground.written import Name, Word, spans, words
from summarizer.records import Finding

# A text in Title Case has so many long words, and this share of them with a capital.
_FEWEST_TITLED = 4
_TITLED = 0.85
_LONGEST_ACRONYM = 5  # of words that are no names


class Sightings:
    """How one or more texts write their words; each thing is worked out when first asked for."""

    def __init__(self, *passages: Passage) -> None:
        self._passages = passages
        self._known: dict[tuple[str, str | None], bool] = {}

    def _words(self) -> Iterator[Word]:
        return chain.from_iterable(passage.once(words) for passage in self._passages)

    @cached_property
    def keys(self) -> dict[str, list[str]]:
        """Every word, by its first four letters."""
        found: dict[str, list[str]] = {}
        for key in dict.fromkeys(word.key for word in self._words()):
            found.setdefault(key[:4], []).append(key)
        return found

    @cached_property
    def capital(self) -> frozenset[str]:
        """Words with a capital where no sentence begins."""
        return frozenset(
            word.key for word in self._words() if word.shape == "upper" or (word.shape == "title" and not word.first)
        )

    @cached_property
    def upper(self) -> frozenset[str]:
        """Words with several capitals."""
        return frozenset(word.key for word in self._words() if word.shape == "upper")

    @cached_property
    def small(self) -> frozenset[str]:
        """Words without a capital."""
        return frozenset(word.key for word in self._words() if word.shape == "lower")

    @cached_property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """Two words of a name that follow each other."""
        return frozenset(
            (one.key, two.key)
            for passage in self._passages
            for name in passage.once(spans)
            for one, two in pairwise(name.parts)
            if not one.first
        )

    @cached_property
    def determined(self) -> frozenset[str]:
        """Words that follow a determiner, where every noun has a capital."""
        return frozenset(chain.from_iterable(map(_determined, self._passages)))

    @cached_property
    def acronyms(self) -> frozenset[str]:
        """What names may be shortened to."""
        return frozenset(chain.from_iterable(map(_acronyms, self._passages)))

    @cached_property
    def _firsts(self) -> str:
        """The first letters of all words, a space between two texts."""
        return " ".join("".join(word.key[:1] for word in passage.once(words)) for passage in self._passages)

    def may_shorten_to(self, short: str) -> bool:
        """Whether a name, or up to five words in a row, have these initials."""
        return short in self.acronyms or (2 <= len(short) <= _LONGEST_ACRONYM and short in self._firsts)

    @cached_property
    def entities(self) -> frozenset[str]:
        """The rows of the table of names that are mentioned."""
        return frozenset(hit.label for passage in self._passages for hit in passage.once(mentions))

    def has(self, key: str, language: str | None) -> bool:
        """Whether there is a form of this word."""
        asked = key, language
        if asked not in self._known:
            self._known[asked] = any(same_word(key, other, language) for other in self.keys.get(key[:4], ()))
        return self._known[asked]


def sightings(passage: Passage) -> Sightings:
    """Note how a text writes its words."""
    return Sightings(passage)


def seen(article: ArticleView) -> Sightings:
    """Note how a whole article writes its words."""
    return Sightings(*article.passages)


def _acronyms(passage: Passage) -> Iterator[str]:
    for name in passage.once(spans):
        keys = [word.key for word in name.parts]
        yield from initials([spell(part.casefold()) for part in re.findall(r"\w+", name.raw)])
        for start in range(len(keys) - 1):
            for end in range(start + 2, min(len(keys), start + 7) + 1):
                yield from initials(keys[start:end])


class Mention(NamedTuple):
    """A row of the table of names, mentioned by the tokens [start, end)."""

    label: str
    start: int
    end: int


def mentions(passage: Passage) -> tuple[Mention, ...]:
    """Find the countries, cities and organizations of the table that a text mentions, in whatever language."""
    tokens = passage.tokens
    found = [
        Mention(*hit)
        for hit in entities().find(passage.texts)
        # Short acronyms are words too: `us`, `who`, `is`.
        if hit.end - hit.start > 1 or len(tokens[hit.start].text) > 3 or tokens[hit.start].raw.isupper()
    ]
    longest: list[Mention] = []
    for hit in sorted(found, key=lambda hit: (hit.start, -hit.end)):
        if not longest or hit.end > longest[-1].end:  # an Islamic State says nothing of Islam
            longest.append(hit)
    return tuple(longest)


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
    titled = _in_title_case(case.claim)
    shortened = [whole for whole in case.claim.once(spans) if _is_shortened(whole, whole.parts, [*evidence, article])]
    for name in case.claim.once(components):
        if any(whole.start <= name.start < whole.end for whole in shortened):
            continue
        parts = _significant(name, article, known, titled=titled) or _opening(name, article, case)
        missing = [part for part in parts if not _has(evidence, part, case)]
        if not missing or _same_entity(name, case, evidence) or _is_shortened(name, parts, [*evidence, article]):
            continue
        absent = [part for part in missing if not _has([article], part, case)]
        if any(not _is_added(part, name, article, case) for part in absent) and not _same_entity(name, case, [article]):
            yield Finding("name", f"the article has no “{' '.join(part.raw for part in absent)}”")
        elif len(missing) == len(parts):
            rival, shown = replaced(name, case, is_place=_is_place), _joined(parts, case.claim).raw
            if rival is not None:
                yield Finding("name", f"the cited sentences say it of “{rival}”, not of “{shown}”")
            elif not _is_context(name, parts, case):
                yield Finding("name", f"the cited sentences do not speak of “{shown}”")


def components(passage: Passage) -> tuple[Name, ...]:
    """Cut the names of a text where joining words stand: an office `of the` Allied Workers is two names."""
    return tuple(part for name in passage.once(spans) for part in _cut(name, passage))


def _cut(name: Name, passage: Passage) -> Iterator[Name]:
    run: list[Word] = []
    for part in name.parts:
        if run and any(token.kind == "word" for token in passage.tokens[run[-1].after : part.token]):
            yield _joined(run, passage)
            run = []
        run.append(part)
    yield _joined(run, passage)


def _joined(parts: Sequence[Word], passage: Passage) -> Name:
    start, end = parts[0].token, parts[-1].after
    return Name(tuple(parts), passage.text[passage.tokens[start].start : passage.tokens[end - 1].end], start, end)


def _opening(name: Name, article: Sightings, case: Case) -> list[Word]:
    """Return the one word that opens a sentence, when nothing but a name can stand there: it is followed by a verb.

    The article does not have the word in any form, so it cannot be told from its other uses.
    """
    if len(name.parts) > 1 or name.parts[0].shape != "title":
        return []
    part, known = name.parts[0], lexicon(case.claim.language)
    following = case.claim.tokens[name.end : name.end + 2]
    if (
        known is None
        or not following
        or not part.first
        or part.raw.casefold() in known.function_words | known.titles | known.calendar | known.pronouns
    ):
        return []
    texts = [token.text for token in following]
    if any(hit.start == 0 for hit in known.phrases.find([part.raw.casefold()])):
        return []
    verb = texts[0] in known.auxiliaries or any(
        hit.start == 0 and hit.label in ("said", "hedge/plan") for hit in known.phrases.find(texts)
    )
    return [part] if verb and not part.key.endswith("s") and not _has([article], part, case) else []


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


def _significant(name: Name, article: Sightings, known: Lexicon | None, *, titled: bool) -> list[Word]:
    """Return the words of a name that must be found: no titles, no months, no word with an accidental capital."""
    parts = [part for part in name.parts if _names(part, article, known, titled=titled)]
    if known is None or not known.determiners:
        return parts
    return [part for part in parts if part.shape != "title" or _is_bare(part, name, article, known)]


def _is_bare(part: Word, name: Name, article: Sightings, known: Lexicon) -> bool:
    """Whether a word is a name where every noun has a capital.

    It is when it ends a run of capitals (`Ministerin Pohlmann`), or when the article has it and never after a
    determiner, an adjective or a number.
    """
    at = name.parts.index(part)
    before = name.parts[at - 1] if at else None
    if (
        before is not None
        and not part.glued
        and before.raw.casefold() not in known.calendar
        and not part.key.endswith(_NOUN_ENDINGS)
    ):
        return part is name.parts[-1] and not (before.first and before.key not in article.capital)
    return part.key in article.capital and part.key not in article.determined


_NOUN_ENDINGS = ("ung", "heit", "keit", "schaft", "tion", "tat", "ismus", "euro", "dollar", "prozent", "uhr")
_ADJECTIVE_ENDINGS = ("en", "er", "es", "em")


def _determined(passage: Passage) -> Iterator[str]:
    """Yield the words that follow a determiner, a number or an adjective."""
    known = lexicon(passage.language)
    if known is None or not known.determiners:
        return
    for word in passage.once(words):
        before = passage.tokens[word.token - 1] if word.token else None
        if before is not None and (
            before.text in known.determiners
            or before.kind == "number"
            or (
                before.raw.islower()
                and before.text.endswith(_ADJECTIVE_ENDINGS)
                and before.text not in known.function_words
            )
        ):
            yield word.key


def _names(part: Word, article: Sightings, known: Lexicon | None, *, titled: bool) -> bool:
    folded = part.raw.casefold()
    if known is not None and (
        folded in known.titles or folded in known.calendar or folded in known.function_words or folded in known.pronouns
    ):
        return False
    if len(part.key) < 2 or part.key in name_words("common") or part.unit or re.fullmatch(r"[qh]\d", part.key):
        return False
    if part.shape == "digit":
        return True
    if part.shape == "upper":
        return not titled
    return not (part.first or titled) or (part.key in article.capital and part.key not in article.small)


def _in_title_case(passage: Passage) -> bool:
    """Whether a text is written like a headline: most of its long words begin with a capital."""
    long = [word for word in passage.once(words) if len(word.key) > 3 and word.shape != "digit"]
    capital = sum(word.shape in ("title", "upper") for word in long)
    return len(long) >= _FEWEST_TITLED and capital >= _TITLED * len(long)
