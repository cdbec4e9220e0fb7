"""Doubt: the claim is not in the language that was asked for.

The language is what `language.detect` names (fastText, Joulin et al. 2016). A short sentence full of foreign names
misleads it, so a claim is judged only when it is long enough, and a second witness must agree: the function words of
the two languages (Grefenstette 1995).
"""

from __future__ import annotations

from collections.abc import Iterator

from summarizer.ground.case import Case
from summarizer.ground.lexicon import lexicon
from summarizer.ground.quote import quotes
from summarizer.ground.text import Passage
from summarizer.language import detect
from summarizer.records import Finding

# Fewer words without capitals are too few to be sure of; in scripts without spaces a character counts as half a word.
_FEWEST = 5


def check(case: Case) -> Iterator[Finding]:
    """Find a claim in another language than the one asked for, or, when none was, than the article's."""
    asked = case.asked_language or case.article.language
    if asked is None:
        return
    found = case.claim.once(spoken)
    if found is not None and found != asked:
        yield Finding("language", f"the claim is in {found!r}, not in {asked!r}")


def spoken(claim: Passage) -> str | None:
    """Name the language of a text, quotations left out; None when there is too little to be sure."""
    own = _unquoted(claim)
    words = [token.text for token in own.tokens if token.kind == "word" and token.raw.islower()]
    uncased = sum(token.kind == "cjk" or token.raw.lower() == token.raw.upper() for token in own.tokens)
    if len(words) + uncased / 2 < _FEWEST:
        return None
    found = detect(own.text)
    known = lexicon(found)
    if known is None:
        return found
    return found if any(word in known.function_words for word in words) else None


def _unquoted(passage: Passage) -> Passage:
    text, at, kept = passage.text, 0, []
    for start, end in passage.once(quotes):
        kept.append(text[at:start])
        at = end
    return Passage(" ".join([*kept, text[at:]]), passage.language)
