"""Which words with a capital are a name's: the rest are titles, months, words that open a sentence, headlines.

The first word of a sentence is a name only when the article writes it with a capital elsewhere (Mikheev 1999); where
every noun has a capital, only when the article never has it behind a determiner.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import compress, repeat
from operator import gt

from summarizer.ground.reading.clause import PLANS
from summarizer.ground.reading.lexicon import Lexicon, lexicon, offices, ordinary_words
from summarizer.ground.reading.locales import number_words, word_set
from summarizer.ground.reading.namesake import name_words
from summarizer.ground.reading.offices import prepositions, roles, subjects
from summarizer.ground.reading.sightings import Sightings, is_determined, seen
from summarizer.ground.reading.text import Passage
from summarizer.ground.reading.view import ArticleView
from summarizer.ground.reading.written import Name, Word, words

# A text in Title Case has so many long words, and this share of them with a capital.
_FEWEST_TITLED = 4
_LONGEST_SMALL = 3  # letters of a word that is not long
_TITLED = 0.85
_ORDINAL = re.compile(r"[IVX]+(?:er|re|ère|e|ème|º|ª)")  # a century, a king: au XVe siècle, François Ier
_PERIOD = re.compile(r"[qh]\d")  # a quarter, a half of the year
_SHORTEST = 3
_ADJECTIVE_ENDINGS = ("e", "en", "er", "es", "em")


def significant(name: Name, article: Sightings, known: Lexicon | None, *, titled: bool = False) -> list[Word]:
    """Return the words of a name that must be found: no titles, no months, no word with an accidental capital."""
    language, parts = known and known.language, []
    for part in name.parts:
        key, raw, first, shape, unit, _, _, _ = part
        if unit or _is_no_name(key, raw, language):
            continue
        if (
            shape == "digit"
            or (not titled and (shape == "upper" or not first))
            or (shape != "upper" and key not in article.small and article.has_capital(key))
        ):
            parts.append(part)
    if known is None or not known.determiners:
        return parts
    return [part for part in parts if part.shape != "title" or _is_bare(part, name, article, known)]


def _is_bare(part: Word, name: Name, article: Sightings, known: Lexicon) -> bool:
    """Whether a word is a name where every noun has a capital.

    It is when it ends a run of capitals (`Ministerin Pohlmann`), or when the article has it and never after a
    determiner, an adjective or a number.
    """
    at = name.place(part)
    before = name.parts[at - 1] if at else None
    if (
        before is not None
        and not part.glued
        and before.raw.casefold() not in known.calendar
        and before.raw.casefold() not in known.function_words
        and not _counts(before.raw.casefold(), known.language)
        and not part.key.endswith(_NOUN_ENDINGS)
    ):
        last = name.parts[-1]
        if last.raw.casefold() in known.calendar:  # Detlef Sommer
            last = before if part is last else name.parts[-2]
        opens = before.first and len(name.parts) == 2 and not article.has_capital(before.key)
        if part is last and not opens:
            return True
    return article.has_capital(part.key) and not article.is_determined(part.key)


# What opens a sentence before a comma may be an adverb; a shorter word with its ending is as often somebody: Emily.
_ABSTRACT = ("tion", "sion", "ment", "ness", "ity", "ance", "ence", "ship", "ism", "age", "ing", "ure")
_PLURAL, _THERE_IS = word_set("plural_auxiliaries"), ("gibt", "es")
_GERMAN_ADVERBS = ("weise", "wärts", "warts", "maßen", "massen", "falls", "letzt", "erst")
_ADVERBS, _LONGEST_LIKE_ADVERB = ("ly", "mente", "ment", "lich"), 6
_NOUN_ENDINGS = ("ung", "heit", "keit", "schaft", "tion", "tat", "ismus", "euro", "dollar", "prozent", "uhr")


@lru_cache(maxsize=1 << 14)
def _is_no_name(key: str, raw: str, language: str | None) -> bool:
    """Whether a word is no name, wherever it stands."""
    return (
        raw.casefold() in ordinary_words(language)
        or len(key) < 2
        or key in name_words("common")
        or bool(_PERIOD.fullmatch(key))
        or bool(_ORDINAL.fullmatch(raw))
    )


def in_title_case(passage: Passage) -> bool:
    """Whether a text is written like a headline: most of its long words begin with a capital."""
    row = passage.once(words)
    if len(row.capitals) < _FEWEST_TITLED:
        return False
    long = list(compress(row.shapes, map(gt, map(len, row.keys), repeat(_LONGEST_SMALL))))
    count, small = len(long) - long.count("digit"), long.count("lower")
    return count >= _FEWEST_TITLED and count - small >= _TITLED * count


def opening(name: Name, claim: Passage, article: ArticleView, *, crosses: bool) -> list[Word]:
    """Return the one word that opens a sentence, when nothing but a name can stand there: it is followed by a verb.

    The article does not have the word in any form, so it cannot be told from its other uses.
    """
    if len(name.parts) > 1 or name.parts[0].shape != "title":
        return []
    part, known = name.parts[0], lexicon(claim.language)
    if part.key in name_words("common"):
        return []
    texts = claim.texts[name.end : name.end + 2]
    if known is None or not texts or not part.first or claim.texts[part.token] in ordinary_words(known.language):
        return []
    if any(hit.start == 0 for hit in known.phrases.find([part.raw.casefold()])) or _is_german_opener(
        part, texts, known
    ):
        return []
    if crosses and (texts[0] not in known.function_words or part.key.endswith(_ABSTRACT)):
        return []  # Insurance covers: no article has the words of another language
    verb = texts[0] in known.auxiliaries or any(
        hit.start == 0 and (hit.label == "said" or hit.label in PLANS) for hit in known.phrases.find(texts)
    )
    adverb = len(part.key) > _LONGEST_LIKE_ADVERB and part.key.endswith(_ADVERBS)
    apposed = not adverb and texts[0] == "," and any(hit.start == name.end + 1 for hit in claim.once(roles))
    return (
        [part]
        if (verb or apposed)
        and (known.determiners or not part.key.endswith("s"))
        and not article.once(seen).has(part.key, article.language)
        else []
    )


def _is_german_opener(part: Word, behind: Sequence[str], known: Lexicon) -> bool:
    """Whether a German word is an adverb, or has a plural behind it, as no one name has: *Krankheitsfälle wurden*."""
    plural = behind[0] in _PLURAL or tuple(behind) == _THERE_IS
    return bool(known.determiners) and (plural or part.key.endswith(_GERMAN_ADVERBS))


def _counts(word: str, language: str | None) -> bool:
    """Whether a word stands between a number and what it tells the amount of: 45 Zentimeter Neuschnee."""
    words = number_words(language)
    return word in words.units or word in words.scales


def _is_alone(part: Word, name: Name, passage: Passage) -> bool:
    """Whether a word stands where a noun seldom does without its determiner: behind a preposition or another name."""
    before = passage.texts[part.token - 1] if part.token else ""
    first = name.parts[0]
    described = first.first and first.key.endswith(_ADJECTIVE_ENDINGS)
    run = part is not first and not part.glued and not described
    run = run and not _counts(before, passage.language)
    return run or before in prepositions(passage.language) or before in subjects(passage.language)


def suspects(name: Name, article: Sightings, passage: Passage) -> list[Word]:
    """Return the words that may be a name where every noun has a capital: the article has them in no form.

    No determiner and no adjective stands before them: *in Lübeck*, *unter ihnen Gallmann*, but *in Kurzarbeit* too.
    """
    known = lexicon(passage.language)
    if known is None or not known.determiners:
        return []
    return [
        part
        for part in name.parts
        if part.shape == "title"
        and len(part.key) > _SHORTEST
        and _is_alone(part, name, passage)
        and not part.key.endswith(_NOUN_ENDINGS)
        and not article.has(part.key, passage.language)
        and part.raw.casefold() not in ordinary_words(known.language)
        and not is_determined(passage, part.token, known)
        and not known.phrases.find((part.raw.casefold(),))
        and not offices(passage.language).find((part.raw.casefold(),))
    ]
