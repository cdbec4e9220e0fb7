"""Names that an article in another language has in other words, known by the acronym that the claim has beside them."""

from __future__ import annotations

from collections.abc import Sequence

from summarizer.ground.case import Case
from summarizer.ground.reading.sightings import Sightings
from summarizer.ground.reading.written import Name


def is_abbreviated(name: Name, case: Case, texts: Sequence[Sightings]) -> bool:
    """Whether an acronym of the texts stands in parentheses behind a name: *National Research Council (CSIC)*."""
    opened = case.crosses_languages and case.claim.texts[name.end : name.end + 1] == ("(",)
    behind = case.claim.keys[name.end + 1 : name.end + 2] if opened else ()
    return any(key in text.upper for key in behind for text in texts)
