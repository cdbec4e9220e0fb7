"""Doubt: the article knows who a claim speaks of, and has no word of what it says of them."""

from __future__ import annotations

from collections.abc import Iterator

from summarizer.ground.case import Case
from summarizer.ground.doubts.overlap import all_content, all_stems
from summarizer.ground.reading.clause import content, shorten
from summarizer.ground.reading.forms import stem, stems
from summarizer.ground.reading.namesake import spell
from summarizer.ground.reading.sources import all_names
from summarizer.ground.reading.text import Passage
from summarizer.records import Finding

# Of 9,142 faithful sentences of the public sets that no other check doubts twelve are such, most of them about the text
# itself (*The passage mentions two individuals named ...*), none of the 2,153 of modern models; of 428 sentences about
# other articles with a name of this one put in, 140. Long articles have some word of nearly any sentence. Two words may
# well be others for what the article says: with them a correct claim of the suite is doubted (*declined to comment*).
_MOST, _FEWEST = 0.2, 3


def plain_words(passage: Passage) -> frozenset[str]:
    """Return the stems of a passage's content words that are no names."""
    named = passage.once(all_names)
    return frozenset([stem(word) for word in passage.words if spell(word) not in named])


def check(case: Case) -> Iterator[Finding]:
    """Find claims of which the evidence has nothing but names, and the whole article next to nothing.

    Across languages there is nothing to compare.
    """
    if case.crosses_languages or case.article.language is None:
        return
    wanted, shared = case.claim.once(stems), case.there(stems)
    if len(wanted - shared) < max(_FEWEST, 0 if case.guessed else len(wanted & shared) + 1):
        return  # who cites the sentence that names all of them may tell it in other words
    plain = case.claim.once(plain_words)
    if len(plain) < _FEWEST or not plain.isdisjoint(shared):
        return
    there, means = case.article.once(all_stems), _means(case.claim)
    if (
        len(plain & there) <= _MOST * len(plain)
        and not wanted.isdisjoint(there)
        and means.isdisjoint(case.there(content))
        and len(means & case.article.once(all_content)) <= _MOST * len(means)
    ):
        yield Finding("overlap", "the article has next to none of the claim's words but names")


def _means(claim: Passage) -> frozenset[str]:
    """Return what a claim says of those it names."""
    return content(claim).difference(map(shorten, claim.once(all_names)))
