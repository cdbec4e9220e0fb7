"""Cases for the tests of single checks: a claim, the sentences it cites, and the article around them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain

from summarizer.ground.case import Case
from summarizer.ground.doubts import contest, names
from summarizer.ground.reading.text import Passage
from summarizer.ground.reading.view import ArticleView
from summarizer.plan import split
from summarizer.records import Article, Finding, Unit
from tests.growth import grows_within

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


def naming(case: Case) -> Iterator[Finding]:
    """All that looks at the names of a claim: which they are, and who has whose place."""
    return chain(names.check(case), contest.check(case))


def kinds(
    check: Check,
    claim: str,
    *evidence: str,
    language: str = "en",
    claim_language: str | None = None,
    before: Sequence[str] = (),
    after: Sequence[str] = (),
) -> list[str]:
    """Return the kinds of what a check finds in a claim that cites all of `evidence`; see `make_case`."""
    case = make_case(claim, evidence, language=language, claim_language=claim_language, before=before, after=after)
    return doubts(check, case)


def is_linear(check: Check, piece: str, *, start: str = "", evidence: str | None = None) -> bool:
    """Whether a check of a claim made of ever the same piece takes four times as long for four times as many pieces.

    Args:
        check: The check.
        piece: What the claim is made of.
        start: What the claim begins with.
        evidence: What its evidence is made of; None for the same as the claim.
    """

    def prepared(times: int) -> Callable[[], object]:
        case = make_case(start + piece * times, [(evidence or piece) * times])
        return lambda: list(check(case))

    return grows_within(6.25, lambda: prepared(100), lambda: prepared(400))
