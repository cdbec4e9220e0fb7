"""Doubt: the claim speaks of things that no cited unit speaks of."""

from __future__ import annotations

from collections.abc import Iterator

from summarizer.ground.case import Case
from summarizer.ground.reading import quantity, when
from summarizer.ground.reading.arithmetic import fits_bound, is_same, rounds
from summarizer.ground.reading.clause import content
from summarizer.ground.reading.forms import share, stems
from summarizer.ground.reading.text import Passage
from summarizer.ground.reading.view import ArticleView
from summarizer.records import Finding

# Below this share of its words in the evidence, a claim is about something else.
FLOOR = 0.1
_FEWEST = 4
# So few words may all be other words for the same: a claim of three or fewer is doubted when it shares no concept or
# number either. Of 47 faithful sentences of three words on the public sets none is, on the unit that a search finds for
# it, and 42 on a unit of another article; of all shorter ones, and of those of the suites, none is.
_FEWEST_AT_ALL = 3
_MOST_CLAIMED = 8  # figures of a claim; each is compared with all of the evidence
_LEAST_TELLING = 12  # a smaller number without a unit is anywhere
_FEWEST_ALIKE = 2


def support(case: Case) -> float:
    """Return the share of the claim's content words that the evidence has, in [0, 1]; 1 for a claim without any."""
    return share(case.claim, case.there(stems))


def check(case: Case) -> Iterator[Finding]:
    """Find claims that share next to no word with their evidence; across languages there is nothing to compare."""
    if not case.evidence or case.crosses_languages:
        return
    wanted, there = len(case.claim.once(stems)), support(case)
    if wanted < _FEWEST_AT_ALL:
        if (not wanted or not there) and not _means_alike(case) and not _tells_a_figure(case.claim):
            whose = "the article has" if _is_strange(case) else "the cited sentences have"
            yield Finding("overlap", f"{whose} no word of the claim")
    elif (
        there < FLOOR
        and (wanted >= _FEWEST or not _means_alike(case))
        and not (_means_much_alike(case) or _shares_a_figure(case))
    ):
        yield Finding("overlap", f"the cited sentences have {there:.0%} of the claim's words")


def _tells_a_figure(claim: Passage) -> bool:
    """Whether a claim has a number or a date, which are compared by themselves: *ninety-two percent*."""
    return bool(claim.once(quantity.parse) or claim.once(when.parse))


def _shares_a_figure(case: Case) -> bool:
    """Whether a claim has a number that is hardly there by chance, or a day, which its evidence has too.

    *La facturación creció un 4,2 %* has no word of *los ingresos subieron un 4,2 %*, and says the same.
    """
    claimed = [item for item in case.claim.once(quantity.parse)[:_MOST_CLAIMED] if _is_telling(item)]
    days = [date for date in case.claim.once(when.parse)[:_MOST_CLAIMED] if date.day and date.month]
    given = [other for passage in case.evidence for other in passage.once(quantity.parse)] if claimed else []
    return any(_are_alike(mine, other) for mine in claimed for other in given) or any(
        (date.day, date.month) == (other.day, other.month)
        for date in days
        for passage in case.evidence
        for other in passage.once(when.parse)
    )


def _are_alike(mine: quantity.Quantity, other: quantity.Quantity) -> bool:
    return is_same(mine, other) or fits_bound(mine, other) or rounds(mine, other)


def _is_telling(item: quantity.Quantity) -> bool:
    return (
        item.kind in ("count", "fraction")
        and not item.weak
        and bool(item.power or item.unit or item.value > _LEAST_TELLING)
    )


def _is_strange(case: Case) -> bool:
    """Whether the whole article has no word of a short claim, nor another for the same: *N/A*, *I cannot help*."""
    article = case.article
    return case.claim.once(stems).isdisjoint(article.once(all_stems)) and content(case.claim).isdisjoint(
        article.once(all_content)
    )


def all_stems(article: ArticleView) -> frozenset[str]:
    """Return the stems of all content words of an article."""
    return frozenset().union(*(passage.once(stems) for passage in article.passages))


def all_content(article: ArticleView) -> frozenset[str]:
    """Return all that an article speaks of: its words by `clause.content`, one concept for words that mean the same."""
    return frozenset().union(*map(content, article.passages))


def _means_much_alike(case: Case) -> bool:
    """Whether a claim has several words that mean the same as the evidence's."""
    return len(content(case.claim) & case.there(content)) >= _FEWEST_ALIKE


def _means_alike(case: Case) -> bool:
    """Whether a short claim has a word, of its own or for the same, or a number, that the evidence has too."""
    there = case.there(content)
    return not content(case.claim).isdisjoint(there)
