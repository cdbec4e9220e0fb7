"""The headings of an article: where it is best cut, and how the place of a part in it is told."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from summarizer.records import Heading, Span, Unit

_MOST_CHARS = 120
_ATX = re.compile(r"(#{1,6})\s+(.*?)\s*#*")
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
    level: re.compile(rf"(?:{words})\s+(?:{_NUMBERS})(?:\s*[.:)\]–—-].*)?", re.IGNORECASE)
    for level, words in _WORDS.items()
}
_ORDINAL_FIRST = {
    1: re.compile(r"第[一二三四五六七八九十百零〇\d]{1,5}[卷部編编篇][^。！？]*"),
    2: re.compile(r"第[一二三四五六七八九十百零〇\d]{1,5}[章回][^。！？]*"),
    3: re.compile(r"第[一二三四五六七八九十百零〇\d]{1,5}[节節][^。！？]*"),
}
_BLANK_ABOVE = re.compile(r"(?:\A\ufeff?|\n[^\S\n]*\n)[^\S\n]*\Z")
_BLANK_BELOW = re.compile(r"[^\S\n]*(?:\n[^\S\n]*(?:\n|\Z)|\Z)")
_SHORT_CHARS = 60
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
        start = unit.span.start
        if len(unit.text) > _MOST_CHARS or not _begins_line(text, start):
            continue
        if found := _SETEXT.fullmatch(unit.text):
            yield Heading(1 if found[2][0] == "=" else 2, unit.span, " ".join(found[1].split()))
            continue
        line = text[start : start + _MOST_CHARS + 1].partition("\n")[0].rstrip()
        level, said = _heading(line, is_alone=_is_alone(text, start, start + len(line)))
        if level:
            yield Heading(level, Span(start, start + len(line)), " ".join(said.split()))


def _heading(line: str, *, is_alone: bool) -> tuple[int, str]:
    """The level of a heading and what it says; level 0 for what is none."""
    if found := _ATX.fullmatch(line):
        return len(found[1]), found[2]
    if not is_alone:
        return 0, ""
    for patterns in (_NAMED, _ORDINAL_FIRST):
        for level, pattern in patterns.items():
            if pattern.fullmatch(line):
                return level, line
    return (_BARE_LEVEL, line) if _BARE.fullmatch(line) else (0, "")


def _begins_line(text: str, start: int) -> bool:
    before = text[max(0, start - _MOST_CHARS) : start].rpartition("\n")[2]
    return not before.strip("\ufeff \t\r\f\v\u00a0")


def _is_alone(text: str, start: int, end: int) -> bool:
    """Whether a line stands after a blank one, and before one or well short of the width of a page."""
    above, below = text[max(0, start - _MOST_CHARS) : start], text[end : end + _MOST_CHARS]
    return bool(_BLANK_ABOVE.search(above)) and (end - start <= _SHORT_CHARS or bool(_BLANK_BELOW.match(below)))
