"""The headings of an article: where it is best cut, and how the place of a part in it is told."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from summarizer.records import Heading, Unit

_MOST_CHARS = 120
_ATX = re.compile(r"(#{1,6})\s+(.*?)\s*#*\s*", re.DOTALL)
_SETEXT = re.compile(r"(.+?)\s*\n\s*(={2,}|-{2,})\s*", re.DOTALL)
# The word for a part, by how large it is: 1 holds 2 holds 3.
_WORDS = {
    1: "book|part|volume|livre|partie|tome|buch|teil|band|libro|parte|tomo|volumen|livro|boek|deel|книга|часть|том",
    2: "chapter|chapitre|kapitel|cap[ií]tulo|capitolo|hoofdstuk|глава|letter|act|acte|akt|acto|atto|ato",
    3: "section|scene|scène|szene|abschnitt|escena|scena|cena|sección|sezione|secção|seção|paragraaf|раздел",
}
_NUMBERS = (
    r"\d{1,3}|[ivxlcdm]{1,8}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|the\s+(?:first|last)|"
    r"premi[eè]re?|eins|erste[rs]?|primer[oa]?|prim[oa]|primeir[oa]"
)
_NAMED = {
    level: re.compile(rf"(?:{words})\s+(?:{_NUMBERS})(?:\s*[.:)\]–—-].*|\s*|\s*\n.*)", re.IGNORECASE | re.DOTALL)
    for level, words in _WORDS.items()
}
_ORDINAL_FIRST = {
    1: re.compile(r"第[一二三四五六七八九十百零〇\d]{1,5}[卷部編编篇](?!分)[^。！？]*"),
    2: re.compile(r"第[一二三四五六七八九十百零〇\d]{1,5}[章回][^。！？]*"),
    3: re.compile(r"第[一二三四五六七八九十百零〇\d]{1,5}[节節][^。！？]*"),
}
# A number that stands alone on its line: "IV", "12."
_BARE = re.compile(r"(?:[IVXL]{1,7}|\d{1,2})\.?")
_BARE_LEVEL = 3


def outline(text: str, units: Sequence[Unit]) -> tuple[Heading, ...]:
    """Find the headings of a text: those of Markdown, and lines that name a chapter in one of a few languages.

    Args:
        text: The article's text.
        units: All its units.
    """
    return tuple(_headings(text, units))


def _headings(text: str, units: Sequence[Unit]) -> Iterator[Heading]:
    for unit in units:
        if len(unit.text) > _MOST_CHARS or not _is_line(text, unit):
            continue
        level, said = _heading(unit.text)
        if level:
            yield Heading(level, unit.span, " ".join(said.split()))


def _heading(text: str) -> tuple[int, str]:
    """The level of a heading and what it says; level 0 for what is none."""
    if found := _ATX.fullmatch(text):
        return len(found[1]), found[2]
    if found := _SETEXT.fullmatch(text):
        return (1 if found[2][0] == "=" else 2), found[1]
    for patterns in (_NAMED, _ORDINAL_FIRST):
        for level, pattern in patterns.items():
            if pattern.fullmatch(text):
                return level, text
    return (_BARE_LEVEL, text) if _BARE.fullmatch(text) else (0, "")


def _is_line(text: str, unit: Unit) -> bool:
    """Whether a unit has its lines for itself."""
    before = text[max(0, unit.span.start - _MOST_CHARS) : unit.span.start].rpartition("\n")[2]
    after = text[unit.span.end : unit.span.end + _MOST_CHARS].partition("\n")[0]
    return not before.strip("\ufeff \t\r\f\v\u00a0") and not after.strip()
