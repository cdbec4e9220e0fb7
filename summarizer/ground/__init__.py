"""Stage 6: does the article say what the claims say? One check for each claim, by code alone.

A claim and the units that it cites are a `case`. `reading` finds what each text says for itself; `doubts` hold one
against the other, a module for each kind of doubt. A verdict rests on these alone; `risk` only says which claims to
look at first. `search` looks for other units when those that a claim cites do not say it, `nearest` for what may stand
in its place.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import combinations

from summarizer.ground import risk
from summarizer.ground import search as searching
from summarizer.ground.case import Case
from summarizer.ground.doubts import CHECKS, attribution, hedge, negation, overlap, tongue
from summarizer.ground.reading.clause import MOST_CLAIMED, clauses
from summarizer.ground.reading.lexicon import lexicon
from summarizer.ground.reading.locales import LANGUAGES
from summarizer.ground.reading.text import Passage, squeeze
from summarizer.ground.reading.view import ArticleView
from summarizer.ground.restate import restates, retells
from summarizer.records import Check, Evidence, Finding, Origin, Unit, Verdict
from summarizer.schema import Claim

# What compares the claim with its evidence as a whole. A claim that cites nothing may rest on other units than those
# that search found: unless it restates these, nothing follows, and the rest is left to the risk.
_COMPARING = frozenset({attribution.check, negation.check, hedge.check, overlap.check})
_PLAIN = tuple(check for check in CHECKS if check not in _COMPARING)
_TOLD = tuple(check for check in CHECKS if check not in _COMPARING or check is attribution.check)

# What other evidence may cure. A plan told as a fact is one whatever else the article says.
_CURABLE = frozenset({"cite", "number", "date", "name", "quote", "attribution", "overlap"})
# Other evidence must say at least this much of the claim.
_LEAST_COVERAGE = 0.5
# Claims that are checked together, and whose analyses are kept until then.
_AT_ONCE = 16
# Each thread keeps the analysis of one article of at most so many characters: some 240 bytes a character, 5 MB.
_MOST_KEPT = 20_000


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
        units: All units of the article.
        language: The article's language (ISO 639-1), or None when unknown.
        asked_language: The language the summary was asked to be in; None for the article's.
        origins: Who wrote the claim at a pointer, where that is not the model.
        search: Whether to look for better units when those that a claim cites do not say it.

    Returns:
        A check of each claim, in their order, and what people should know of the language and the length of claims.
    """
    language, asked_language, origins = _base(language), _base(asked_language), origins or {}
    with _view(tuple(units), language) as view:
        checks: list[Check] = []
        written: dict[str | None, None] = {}
        is_cut = False
        for start in range(0, len(claims), _AT_ONCE):
            found: list[Check | Case] = []
            for path, claim in claims[start : start + _AT_ONCE]:
                restated = _restated(
                    path, claim, view, asked_language, origin=origins.get(path, "model"), search=search
                )
                if restated is None:
                    text = tongue.read(claim.text, asked_language or language)
                    found.append(Case.of(text, claim.cites, view, path=path, asked=asked_language))
                    written[text.language] = None
                else:
                    found.append(restated)
                    written[language] = None
            cases = [one for one in found if isinstance(one, Case)]
            checked = iter(_checked(cases, origins, search=search))
            checks += [one if isinstance(one, Check) else next(checked) for one in found]
            for case in cases:
                is_cut = is_cut or _is_cut(case.claim)
                case.claim.forget()
    warnings = dict.fromkeys(warning for one in written for warning in _warnings(language, one))
    return Grounding(tuple(checks), (*warnings, _TOO_LONG) if is_cut else tuple(warnings))


_TOO_LONG = f"a claim of more than {MOST_CLAIMED} clauses: what is denied or left open was checked in the first of them"


def _is_cut(claim: Passage) -> bool:
    """Whether a claim has more clauses than are compared."""
    return len(claim.texts) > MOST_CLAIMED < len(claim.once(clauses))


class _Last(threading.local):
    """The article that this thread looked at last: a repaired summary, or another one, is held against it again."""

    view: ArticleView | None = None


_last = _Last()


@contextmanager
def _view(units: tuple[Unit, ...], language: str | None) -> Iterator[ArticleView]:
    """Lend the view of an article: the same one again when it was looked at last."""
    view, _last.view = _last.view, None
    if view is None or view.language != language or view.units != units:
        if view is not None:
            view.forget()
        view = ArticleView(units, language)
    try:
        yield view
    finally:
        if sum(len(unit.text) for unit in units) <= _MOST_KEPT:
            _last.view = view
        else:
            view.forget()


def _base(language: str | None) -> str | None:
    """Return the language of a tag: `pt` of `pt-BR`."""
    return language.replace("_", "-").split("-")[0].lower() or None if language else None


def find(case: Case, checks: Sequence[Callable[[Case], Iterator[Finding]]] = CHECKS) -> tuple[Finding, ...]:
    """Return every reason to doubt a claim; none when it is word for word what its evidence says."""
    return () if is_verbatim(case) else _doubts(case, checks)


def _doubts(case: Case, checks: Sequence[Callable[[Case], Iterator[Finding]]] = CHECKS) -> tuple[Finding, ...]:
    return tuple(dict.fromkeys([finding for check in checks for finding in check(case)]))


def _is_clean(case: Case) -> bool:
    """Whether no check finds anything; stops at the first finding."""
    return not any(True for check in CHECKS for _ in check(case))


def _checked(cases: Sequence[Case], origins: Mapping[str, Origin], *, search: bool) -> list[Check]:
    """Check claims that are not word for word what they cite.

    One check looks at all of them before the next begins: its code and its tables are then still in the processor's
    caches, which hold a few checks and not all. Eight claims take a tenth less time so than one after the other.
    """
    doubts: list[dict[Finding, None]] = [{} for _ in cases]
    for check in CHECKS:
        for case, found in zip(cases, doubts, strict=True):
            for finding in check(case):
                found[finding] = None
    settled = [_settled(case, tuple(found), search=search) for case, found in zip(cases, doubts, strict=True)]
    return [
        _told(given, case, findings, origin=origins.get(given.path, "model"))
        for given, (case, findings) in zip(cases, settled, strict=True)
    ]


def _settled(case: Case, findings: tuple[Finding, ...], *, search: bool) -> tuple[Case, tuple[Finding, ...]]:
    """Return a claim with the units that it is held against in the end, and the reasons to doubt it."""
    if search and findings:
        case, findings = _better(case, findings)
    if findings and case.guessed and not restates(case):
        findings = find(case, _TOLD if retells(case) else _PLAIN)
    return case, findings


def _told(given: Case, case: Case, findings: tuple[Finding, ...], *, origin: Origin) -> Check:
    """Return the verdict on a claim as it was given, held against the units of a case."""
    verdict: Verdict = "unsupported" if findings else "supported"
    return Check(
        path=case.path,
        verdict=verdict,
        evidence=case.article.evidence(case.cites),
        findings=findings,
        risk=0.0 if case is not given and is_verbatim(case) else risk.risk(case, findings),
        origin=origin,
        corrected=None if case.cites == (cited := (*given.cites, *given.missing)) else cited,
    )


def _restated(
    path: str, claim: Claim, view: ArticleView, asked: str | None, *, origin: Origin, search: bool = True
) -> Check | None:
    """Check a claim that is word for word what it cites, or another unit; None for any that has to be analysed.

    A model that was asked for another language has not written what it copied; what we put in its place we say.
    """
    there, missing = view.sorted_out(claim.cites)
    evidence = view.evidence(there)
    cited = (*there, *missing)
    if not _is_whole(claim.text, [item.text for item in evidence]):
        number = view.sentences.get(claim.text.strip()) if cited and search else None
        if number is None or not claim.text.strip():
            return None
        there, evidence = (number,), view.evidence((number,))
    if origin == "model" and tongue.is_copied(claim.text, [item.text for item in evidence], view.language, asked):
        return None
    return Check(path, "supported", evidence, origin=origin, corrected=None if cited == there else cited)


def _better(case: Case, findings: tuple[Finding, ...]) -> tuple[Case, tuple[Finding, ...]]:
    """Return the claim with units that do say it, when there are some and the fault is in the cites.

    When there are none, a claim that cites nothing, or what has nothing to do with it, is held against the units that
    say most of it.
    """
    astray = not case.cites or searching.is_astray(case)
    if not astray and any(finding.kind not in _CURABLE for finding in findings):
        return case, findings
    named = any(finding.kind in ("name", "attribution") for finding in findings)
    found: list[Case] = []
    for other in map(case.citing, searching.proposals(case, astray=astray)):
        strays = astray and not (named and case.cites) and set(case.cites).isdisjoint(other.cites)
        if not strays and not searching.brings_words(case, other, named=named):
            continue
        if is_verbatim(other) or (searching.coverage(other) >= _LEAST_COVERAGE and _is_clean(other)):
            return other, ()
        found.append(other)
    if not astray or not found:
        return case, findings
    nearest = max((case, *found), key=searching.coverage)
    doubts = findings if nearest is case else _doubts(nearest)
    # Units that say little of a claim cannot clear it of what was found where it says that it stands.
    if case.cites and not doubts and searching.coverage(nearest) < _LEAST_COVERAGE:
        return case, findings
    return nearest, doubts


def restated(
    claims: Sequence[tuple[str, Claim]],
    units: Sequence[Unit],
    *,
    language: str | None,
    asked_language: str | None = None,
    origins: Mapping[str, Origin] | None = None,
) -> Grounding | None:
    """Return what `ground` returns where all claims are word for word what they cite, at once; None for any other."""
    view: ArticleView | None = None
    base, asked = _base(language), _base(asked_language)
    origins, checks, own = origins or {}, [], asked in (None, base)
    for path, claim in claims:
        origin = origins.get(path, "model")
        found = _copied(path, claim, units, origin=origin) if own or origin == "extract" else None
        if found is None:
            view = view or ArticleView(units, base)
            found = _restated(path, claim, view, asked, origin=origin)
            if found is None:
                return None
        checks.append(found)
    return Grounding(tuple(checks), tuple(_warnings(base, base)) if checks else ())


def _copied(path: str, claim: Claim, units: Sequence[Unit], *, origin: Origin) -> Check | None:
    """Check a claim that is letter by letter the one unit that it cites, as nearly all are that restate any."""
    cites = claim.cites
    if len(cites) != 1 or not 0 < cites[0] <= len(units):
        return None
    unit = units[cites[0] - 1]
    text = unit.text
    if text != claim.text or unit.number != cites[0] or text.isspace():
        return None
    return Check(path, "supported", (Evidence(unit.number, unit.span, text),), (), 0.0, origin)


def is_verbatim(case: Case) -> bool:
    """Whether the claim is, but for white space, the whole text of a cited unit, or of several that follow each other.

    A part of a unit is not enough: what is left out may be the *not* or the *reportedly*.
    """
    return _is_whole(case.claim.text, [passage.text for passage in case.evidence])


def _is_whole(text: str, units: Sequence[str]) -> bool:
    if text in units:  # nearly always, where one is
        return bool(text.strip())
    opening = text.lstrip()[:1]
    if opening not in [unit.lstrip()[:1] for unit in units]:
        return False
    claim = squeeze(text)
    texts = [squeeze(unit) for unit in units]
    if claim in texts:
        return bool(claim)
    if not any(map(claim.startswith, texts)):
        return False
    runs = (texts[first:last] for first, last in combinations(range(len(texts) + 1), 2) if last - first > 1)
    return any(claim in (" ".join(run), "".join(run)) for run in runs if run[0] and claim.startswith(run[0]))


def _warnings(language: str | None, written: str | None) -> Iterator[str]:
    if language is None:
        yield "the article's language is unknown: only checks that hold in every language were made"
    elif lexicon(language) is None:
        unread = "" if language in LANGUAGES else ", nor the words of numbers and dates (million, percent, May)"
        yield f"no lexicon for {language!r}: hedges, negations and speakers were not checked{unread}"
    if written != language and written is not None and language is not None:
        yield f"claims in {written!r} about an article in {language!r}: only numbers, dates and names were compared"
