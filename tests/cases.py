"""Cases for the tests of single checks: a claim, the sentences it cites, and the article around them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from summarizer.ground.case import ArticleView, Case
from summarizer.ground.text import Passage
from summarizer.plan import split
from summarizer.records import Article, Finding, Unit

Check = Callable[[Case], Iterator[Finding]]


def make_case(
    claim: str,
    evidence: Sequence[str],
    *,
    language: str = "en",
    claim_language: str | None = None,
    before: Sequence[str] = (),
    after: Sequence[str] = (),
) -> Case:
    """Return the case of a claim that cites all of `evidence`, in an article with other sentences around it."""
    units, start = [], 0
    for number, text in enumerate((*before, *evidence, *after), 1):
        units.append(Unit(number, start, text))
        start += len(text) + 1
    cites = range(len(before) + 1, len(before) + len(evidence) + 1)
    return Case.of(Passage(claim, claim_language or language), cites, ArticleView(units, language))


def case_about(article: Article, claim: str, cites: Iterable[int], *, language: str) -> Case:
    """Return the case of a claim, in a language, about a French article cut as the flow cuts it."""
    view = ArticleView(split(article.text, "fr"), "fr")
    return Case.of(Passage(claim, language), cites, view, asked=language)


def doubts(check: Check, case: Case) -> list[str]:
    """Return the kinds of the findings of a check."""
    return [finding.kind for finding in check(case)]
