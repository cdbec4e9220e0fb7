"""Which words of a name some texts have in no form: not inflected, not joined to another, not as an acronym."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

from summarizer.ground.case import Case
from summarizer.ground.reading.namesake import spell
from summarizer.ground.reading.sightings import Sightings
from summarizer.ground.reading.written import Word


def missing_in(parts: Sequence[Word], texts: Sequence[Sightings], case: Case) -> list[Word]:
    """Return the words of a name that the texts have in no form, nor joined to the next (`Superbowl`)."""
    missing = [part for part in parts if not _has(texts, part.key, case)]
    if not missing:  # nearly always
        return missing
    if case.crosses_languages:
        missing = [part for part in missing if not any(text.translates(part.key) for text in texts)]
    joined = {
        part.token for one, two in pairwise(missing) if _has(texts, one.key + two.key, case) for part in (one, two)
    }
    return [
        part
        for part in missing
        if part.token not in joined
        and not _is_written_out(part, texts, case)
        and not (case.article.language == "de" and any(text.has_part(part.key) for text in texts))
        and not any(text.joins(part.key) for text in texts)
    ]


def _is_written_out(part: Word, texts: Sequence[Sightings], case: Case) -> bool:
    """Whether a word is an acronym: of names in the texts, or, in parentheses, of the name before it in the claim."""
    if part.raw.endswith("s") and part.raw[:-1].isupper() and len(part.key) > 2:  # the TGVs
        return _has(texts, part.key[:-1], case)
    if part.shape != "upper" or len(part.key) < 2:
        return False
    shorts = (part.key, part.key.removesuffix("s"))
    if any(text.may_shorten_to(short) for text in texts for short in shorts):
        return True
    if case.article.language == "de" and any(text.has_compound(part.key) for text in texts):
        return True
    before = part.token - 2
    return (
        before >= 0
        and case.claim.raws[part.token - 1] == "("
        and case.claim.raws[before][0].isupper()
        and _has(texts, spell(case.claim.texts[before]), case)
    )


def _has(texts: Iterable[Sightings], key: str, case: Case) -> bool:
    for text in texts:  # noqa: SIM110 - asked of every word of a name
        if text.has(key, case.article.language):
            return True
    return False
