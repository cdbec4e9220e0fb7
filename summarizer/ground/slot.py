"""Which name of the evidence a name of the claim stands in for: the one beside the same words.

A name that the cited sentences do not have may still be theirs under another word: *he*, *the company*. It replaced
another only if a name that the claim leaves out stands nearer to the same words than any pronoun or role does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import islice, pairwise
from typing import NamedTuple

from summarizer.ground.case import ArticleView, Case
from summarizer.ground.lexicon import lexicon
from summarizer.ground.namesake import same_word, spell
from summarizer.ground.text import Passage, Token
from summarizer.ground.written import Name, spans

_WINDOW = 4  # content words on each side of a name
_STEM = 6
_APPOSED = 2  # tokens at most between a role and the name it belongs to
# A shared word beside both names weighs 1, two words away from both 1/4. Little hangs on it: from .2 to .8
# alarms on every second faithful sentence of RAGTruth's dev half go from 20 to 18 in 1215, wrong names caught in the
# evaluation suite from 406 to 402 in 513.
_LEAST = 0.5


class Place(NamedTuple):
    """The words beside a name or a pronoun, with how near they are: 1 is next to it."""

    near: dict[str, int]


def replaced(name: Name, case: Case, *, is_place: Callable[[Passage, Name], bool]) -> str | None:
    """Return the name of the evidence that the claim has put this one in place of; None when there is none.

    Args:
        name: A name of the claim.
        case: The claim and its evidence.
        is_place: Whether a name of a passage is a country, a people or the like: those replace only each other.
    """
    placed = is_place(case.claim, name)
    # Two words that stand in one name of the article are one person's: Joni, Mitchell.
    pairs = case.article.once(_pairs)
    place = _place(case.claim, name.start, name.end)
    said = {part.key for other in case.claim.once(spans) for part in other.parts}
    best, rival, excuse = 0.0, None, 0.0
    for passage in case.evidence:
        for other in passage.once(spans):
            keys = [part.key for part in other.parts]
            known = any(same_word(key, mine, case.article.language) for key in keys for mine in said)
            alias = any((key, mine.key) in pairs or (mine.key, key) in pairs for key in keys for mine in name.parts)
            if not known and not alias and _is_name(other, passage) and is_place(passage, other) is placed:
                score = _shared(place, _place(passage, other.start, other.end))
                if score > best:
                    best, rival = score, other.raw
        for start, end in passage.once(stand_ins):
            excuse = max(excuse, _shared(place, _place(passage, start, end)))
    return rival if best >= _LEAST and best > excuse else None


def _pairs(article: ArticleView) -> frozenset[tuple[str, str]]:
    """Return the words that follow each other in a name of the article."""
    return frozenset(
        (one.key, two.key)
        for passage in article.passages
        for name in passage.once(spans)
        for one, two in pairwise(name.parts)
    )


def _is_name(name: Name, passage: Passage) -> bool:
    known = lexicon(passage.language)
    if known is None:
        return True
    ordinary = known.function_words | known.titles | known.calendar | known.pronouns
    return any(
        part.raw.casefold() not in ordinary and not (part.first and part.shape == "title" and len(name.parts) == 1)
        for part in name.parts
    )


def stand_ins(passage: Passage) -> tuple[tuple[int, int], ...]:
    """Find pronouns and roles, which may stand for any name said before: the tokens [start, end)."""
    return tuple(_stand_ins(passage))


def _stand_ins(passage: Passage) -> Iterator[tuple[int, int]]:
    known = lexicon(passage.language)
    if known is None:
        return
    texts = passage.texts
    for at, text in enumerate(texts):
        if text in known.pronouns:
            yield at, at + 1
    named = [(name.start, name.end) for name in passage.once(spans)]
    for label, start, end in known.phrases.find(texts):
        # A role beside a name is that name's: the chief executive, Moira Tennant.
        if label.startswith("role/") and not any(
            first - _APPOSED <= end <= first or last <= start <= last + _APPOSED for first, last in named
        ):
            yield start, end


def _place(passage: Passage, start: int, end: int) -> Place:
    near: dict[str, int] = {}
    for row in (reversed(passage.tokens[:start]), passage.tokens[end:]):
        for steps, stem in enumerate(islice(_stems(passage, row), _WINDOW), start=1):
            near[stem] = min(near.get(stem, steps), steps)
    return Place(near)


def _stems(passage: Passage, row: Iterable[Token]) -> Iterator[str]:
    known = lexicon(passage.language)
    for token in row:
        if token.kind != "punct" and not (known is not None and token.text in known.function_words):
            yield spell(token.text)[:_STEM]


def _shared(one: Place, other: Place) -> float:
    return sum(1 / (steps * other.near[stem]) for stem, steps in one.near.items() if stem in other.near)
