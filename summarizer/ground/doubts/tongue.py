"""Doubt: the claim is not in the language that was asked for.

The language is what `language.detect` names (fastText, Joulin et al. 2016). A short sentence full of foreign names
misleads it, so a claim is judged only when it is long enough, and a second witness must agree: the function words of
the two languages (Grefenstette 1995). Words of somebody else in another language (a quotation, the title of a film) do
not count where the words around them speak for themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import chain

from summarizer.ground.case import Case
from summarizer.ground.reading.lexicon import languages, lexicon, stop_words
from summarizer.ground.reading.memo import Memo
from summarizer.ground.reading.quoted import quotes
from summarizer.ground.reading.text import Passage, squeeze
from summarizer.language import detect
from summarizer.records import Finding

# Fewer words without capitals are too few to be sure of; in scripts without spaces a character counts as half a word.
_FEWEST = 8
_AHEAD = 2  # function words of another language by which it is ahead of the one of the summary
_FEWEST_COPIED = 3  # words without a capital of a sentence that is copied
# So many words that follow each other are taken from somewhere, two are not.
_RUN = 3


def check(case: Case) -> Iterator[Finding]:
    """Find a claim in another language than the one asked for, or, when none was, than the article's."""
    asked = case.asked_language or case.article.language
    if asked is None:
        return
    if asked != case.article.language and is_copied(
        case.claim.text, [passage.text for passage in case.evidence], case.article.language, asked
    ):
        yield Finding(
            "language", f"the claim is the article's own sentence, in {case.article.language!r}, not in {asked!r}"
        )
        return
    heard = case.claim.once(_witnesses)
    own = heard.count(asked)
    if own > _most({*heard} - {asked}, heard):
        return  # whatever fastText says: no other language can have as many witnesses
    found = case.claim.once(spoken)
    if found is None and case.asked_language and heard.count(case.claim.language or "") > own:
        found = case.claim.language  # of a short one, what `read` took it for
    if found is None or found == asked or own > heard.count(found):
        return
    if not _is_around_quotations(case.claim, asked) and not _is_around_the_articles_words(case, asked, found):
        yield Finding("language", f"the claim is in {found!r}, not in {asked!r}")


def is_copied(text: str, units: Iterable[str], language: str | None, asked: str | None) -> bool:
    """Whether a claim is a sentence of its article where another language was asked for; names alone are in none."""
    if asked is None or language is None or asked == language:
        return False
    words = [word for word in text.split() if word.islower() and word.isalpha()]
    return len(words) >= _FEWEST_COPIED and squeeze(text) in map(squeeze, units)


def read(text: str, language: str | None) -> Passage:
    """Return a claim, in the language that its summary is in, or in its own where both witnesses agree on another.

    A short claim counts too, when fastText names the other and it has no function word of the one, or far fewer. Of
    11,702 sentences of the public sets none is read so; of 1,468 claims given as of another language 96 %.
    """
    claim = Passage(text, language)
    heard = claim.once(_witnesses)
    own, most = heard.count(language or ""), _most({*heard}, heard)
    if language is None or own >= most:
        return claim
    plain = not own or most - own >= _AHEAD
    found = claim.once(spoken) or (detect(text) if plain else None)
    if found is None or found == language or heard.count(found) <= own or _is_around_quotations(claim, language):
        return claim
    return Passage(text, found)


def spoken(claim: Passage) -> str | None:
    """Name the language of a text; None when there is too little to be sure.

    A quotation in another language does not count when enough stands around it.
    """
    for own in (_unquoted(claim), claim) if claim.once(quotes) else (claim,):
        if len(own.texts) >= _FEWEST and _length(own) >= _FEWEST:
            return detect(own.text)
    return None


def _is_around_quotations(claim: Passage, language: str) -> bool:
    """Whether what stands around the quotations of a claim is in a language: by its function words, or who says it."""
    if not claim.once(quotes):
        return False
    own = _unquoted(claim)
    heard = _witnesses(own)
    others = _most({*heard} - {language}, heard)
    if heard.count(language) != others:
        return heard.count(language) > others
    known = lexicon(language)
    return known is not None and any(hit.label in ("said", "source") for hit in known.phrases.find(own.texts))


def _is_around_the_articles_words(case: Case, asked: str, found: str) -> bool:
    """Whether a claim is in the language of its article but for what it has from there, word for word.

    Only where the article is in the language that was asked for: to leave words as they are is no translation.
    """
    if case.article.language != asked:
        return False
    there = {run for passage in case.evidence for run in _runs(passage.texts)}
    texts = case.claim.texts
    copied = {at + step for at, run in enumerate(_runs(texts)) if run in there for step in range(_RUN)}
    own = [text for at, text in enumerate(texts) if at not in copied]
    heard = _heard(own)
    return heard.count(asked) > heard.count(found)


def _runs(texts: Sequence[str]) -> list[tuple[str, ...]]:
    return [tuple(texts[at : at + _RUN]) for at in range(len(texts) - _RUN + 1)]


def _length(passage: Passage) -> float:
    words = sum([kind == "word" and raw.islower() for kind, raw in zip(passage.kinds, passage.raws, strict=True)])
    uncased = sum([kind == "cjk" or _is_uncased(raw) for kind, raw in zip(passage.kinds, passage.raws, strict=True)])
    return words + uncased / 2


def _is_uncased(raw: str) -> bool:
    return raw.isalpha() and raw.lower() == raw.upper()


def _witnesses(claim: Passage) -> list[str]:
    return _heard(claim.texts)


def _heard(texts: Iterable[str]) -> list[str]:
    """Return each language with a lexicon once for each word that is a function word of it."""
    return list(chain.from_iterable(map(_function_words().__getitem__, texts)))


def _most(languages: Iterable[str], heard: Sequence[str]) -> int:
    """Return how many witnesses the one of some languages has that has the most."""
    return max(map(heard.count, languages), default=0)


@cache
def _function_words() -> Memo[str, tuple[str, ...]]:
    """For each word the languages that have it for a function word."""
    return Memo(lambda word: tuple(language for language in languages() if word in stop_words(language)))


def _unquoted(passage: Passage) -> Passage:
    """Return the passage without its quotations and their marks."""
    text, at, kept = passage.text, 0, []
    for start, end in passage.once(quotes):
        kept.append(text[at : start - 1])
        at = end + 1
    return Passage(" ".join([*kept, text[at:]]), passage.language)
