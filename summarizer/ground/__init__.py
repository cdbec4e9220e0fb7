"""Stage 6: does the article say what the claims say? One check for each claim, by code alone.

Each kind of doubt is one module with a function `check(case) -> Iterator[Finding]`; `CHECKS` is all of them in the
order in which findings are told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from summarizer.ground import cites, overlap
from summarizer.ground.case import ArticleView, Case
from summarizer.ground.text import Passage, squeeze
from summarizer.records import Article, Check, Evidence, Finding, Origin, Unit, Verdict
from summarizer.schema import Claim

CHECKS: tuple[Callable[[Case], Iterator[Finding]], ...] = (cites.check, overlap.check)


@dataclass(frozen=True, slots=True)
class Grounding:
    """What we found out about all claims of a summary.

    Attributes:
        checks: One for each claim, in the claims' order.
        warnings: What could not be checked and why, one line each.
    """

    checks: tuple[Check, ...]
    warnings: tuple[str, ...] = ()


def ground(
    claims: Sequence[tuple[str, Claim]],
    article: Article,
    units: Sequence[Unit],
    *,
    language: str | None,
    asked_language: str | None = None,
    origins: Mapping[str, Origin] | None = None,
    search: bool = True,
) -> Grounding:
    """Check each claim against the units it cites.

    Args:
        claims: JSON pointers and claims, as `schema.find_claims` yields them.
        article: The article.
        units: All its units.
        language: The article's language (ISO 639-1), or None when unknown.
        asked_language: The language the summary was asked to be in; None for the article's.
        origins: Who wrote the claim at a pointer, where that is not the model.
        search: Whether to look for better units when those that a claim cites do not say it.
    """
    del search  # TEMP
    view = ArticleView(article, units, language)
    checks = []
    for path, claim in claims:
        passage = Passage(claim.text, asked_language or language)
        case = Case.of(passage, claim.cites, view, path=path, asked=asked_language)
        checks.append(_checked(case, (origins or {}).get(path, "model")))
    return Grounding(tuple(checks))


def _checked(case: Case, origin: Origin) -> Check:
    findings = tuple(find(case))
    evidence = tuple(Evidence(unit.number, unit.span, unit.text) for unit in map(case.article.unit, case.cites))
    verdict: Verdict = "unsupported" if findings else "supported"
    return Check(case.path, verdict, evidence, findings, 1.0 if findings else 0.0, origin)


def find(case: Case) -> Iterator[Finding]:
    """Yield every reason to doubt a claim; none when it is word for word what its evidence says."""
    if not is_verbatim(case):
        for check in CHECKS:
            yield from check(case)


def is_verbatim(case: Case) -> bool:
    """Whether the claim is the whole text of a cited unit, or of several in order, but for white space."""
    claim = squeeze(case.claim.text)
    return bool(claim) and (
        any(claim == squeeze(passage.text) for passage in case.evidence)
        or claim == " ".join(squeeze(passage.text) for passage in case.evidence)
    )
