"""Where the sentences of an article end.

That is decided in three steps: line breaks made on purpose (paragraphs, headings, list items), then
sentencex inside what lies between them, then a rule that joins what it cut after an abbreviation or before a small
letter. Positions are those of the article throughout.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from math import ceil

from sentencex import segment

from summarizer.plan.abbreviations import INITIAL, TAIL_CHARS, Rules, is_abbreviated, rules_of
from summarizer.records import SPACES, Unit
from summarizer.surrogates import without_surrogates

# No unit is longer, so that none fills a window; in 9 million characters of news, stories and meetings the longest real
# sentence has some 1,000. It also bounds what sentencex is given at once, which takes it quadratic time: two minutes
# for 400,000 Chinese characters, half a second for the same in stretches of 2,000.
MAX_UNIT_CHARS = 2_000
# sentencex never cuts inside quotation marks. A longer quotation is cut where its sentences end: a model that cites a
# whole speech shows nobody where to look. Of 12,400 units of news 0.2 % are that long and hold several sentences.
_LONG_QUOTE_CHARS = 600
# In Hebrew the mark of an acronym looks like a quotation mark: צה"ל
_GERSHAYIM = re.compile(r'(?<=[א-ת])"(?=[א-ת])')
_OPENING = " \t«“„‘‹\"'([{¿¡—–-"


# --------------------------------------------------------------------------------------------------------------- units


def split(text: str, language: str | None = None) -> tuple[Unit, ...]:
    """Cut a text into numbered sentences.

    A unit is a trimmed span of at most `MAX_UNIT_CHARS` characters; outside the units stands only white space (and the
    byte order mark of a file). A heading and a list item are units of their own; a sentence that runs over several
    lines is one. Paragraphs are counted by blank lines, and by line breaks in a text whose lines are not wrapped. Takes
    time in proportion to the length.

    Args:
        text: Any text.
        language: ISO 639-1 code, such as `fr` or `pt-BR`; None knows the commonest abbreviations of a few languages.
    """
    rules = rules_of(language)
    view = _view(text, rules)
    blocks = [(paragraph, _pieces(view, start, end, rules)) for paragraph, start, end in _blocks(text, rules)]
    known: list[bool] = []

    def cased() -> bool:
        """Look at the whole text once, where one sentence asks for it."""
        if not known:
            known.append(_has_cased_starts(piece for _, pieces in blocks for _, piece in pieces))
        return known[0]

    spans = [(span, paragraph) for paragraph, pieces in blocks for span in _joined(pieces, rules, cased=cased)]
    return tuple(
        [
            _unit((number, start, text[start:end], paragraph))
            for number, ((start, end), paragraph) in enumerate(spans, 1)
        ]
    )


_unit: Callable[[tuple[int, int, str, int]], Unit] = partial(tuple.__new__, Unit)  # half of the time of `Unit(...)`


def _view(text: str, rules: Rules) -> str:
    """The text as sentencex takes it, at the same positions: each white space as a space, no lone surrogates."""
    view = without_surrogates(text)
    if rules.code in ("he", "yi"):
        view = _GERSHAYIM.sub("״", view)
    for space in [space for space in SPACES if space in view]:  # few are: a fortieth of the time of a look at each
        view = view.replace(space, " ")
    return " " + view[1:] if view.startswith("\ufeff") else view


# -------------------------------------------------------------------------------------------------------------- blocks

_MARKER = re.compile(
    r"[-*+•‣◦▪●·–]\s|—|\(?\d{1,3}[.)]\s|\(?[a-zA-Z]\)\s|#{1,6}\s|\|"
    # The time of a message, a turn of a transcript or a line of a log: [12/03/26, 09:14]  00:02:03 -  2026-03-04T09:14
    r"|(?P<time>[\[(]\d{1,2}:\d\d\b|[\[(]?\d{1,4}([-/:.])\d{1,2}\2\d{1,4}[T ,\])])"
)
_HEADING = re.compile(r"#{1,6}\s")
_ITEM, _ITEM_CHARS = re.compile(r"\d{1,3}\."), 4
_ENDING = frozenset(".!?…:。！？؟।\"'”’»)」』*_|")
_GOES_ON = frozenset(",;:(–—-،、，；：")
# Text is wrapped by hand or by mail programs at up to 132 columns; longer lines are paragraphs.
_MAX_WRAP_CHARS = 160
# Wrapped lines are ragged: a break counts as made on purpose only if the next word had had ample room.
_ROOM = 0.8


def _blocks(text: str, rules: Rules) -> Iterator[tuple[int, int, int]]:
    """Cut at the line breaks that certainly end a sentence; yield (paragraph, start, end) of what lies between."""
    lines = text.splitlines(keepends=True)
    wrap = _wrap_width(lines)
    paragraph = position = 0
    start: int | None = None
    before = ""
    fresh = True  # the next block begins a paragraph
    listing: str | None = None  # what marks the lines of a list, or of a log
    for raw in lines:
        line = raw.strip() if position else raw.lstrip("\ufeff").strip()
        marker = _MARKER.match(line)
        marked = marker and (marker.lastgroup or "item")
        is_next = marked is not None and marked == listing
        if start is not None and (not line or _breaks(before, line, wrap, rules, marked=bool(marked), listing=is_next)):
            yield paragraph, start, position
            start = None
            fresh = not (line and marked)
        if line and start is None:
            start = position
            paragraph += fresh
            listing, fresh = marked, False
        fresh = fresh or not line
        position += len(raw)
        before = line
    if start is not None:
        yield paragraph, start, position


def _wrap_width(lines: Iterable[str]) -> int | None:
    """The width at which the lines of a text are wrapped, or None when its lines are whole paragraphs."""
    widths = sorted(len(line) for line in lines if not line.isspace())
    if not widths:
        return None
    # Not the widest: an address or a table may stick out of a wrapped text.
    width = widths[ceil(0.9 * (len(widths) - 1))]
    return None if width > _MAX_WRAP_CHARS else width


def _breaks(before: str, line: str, wrap: int | None, rules: Rules, *, marked: bool, listing: bool) -> bool:
    """Whether the break between two lines ends a sentence, whatever stands there."""
    if _HEADING.match(before):
        return True
    on_purpose = wrap is None or len(before) > _MAX_WRAP_CHARS or _fits(before, line, wrap)
    if marked:
        return on_purpose or listing or before[-1] in _ENDING
    if line[0].islower() or before[-1] in _GOES_ON or not any(map(str.isalnum, line[:TAIL_CHARS])):
        return False
    return on_purpose and not is_abbreviated(before[-TAIL_CHARS:], line.lstrip(_OPENING), rules)


def _fits(before: str, line: str, wrap: int) -> bool:
    """Whether the first word of a line would have fitted on the line before."""
    word = 1 if line[0] >= "\u2e80" else len(line[:TAIL_CHARS].split(None, 1)[0])  # Chinese breaks anywhere
    return len(before) + 1 + word <= _ROOM * wrap


# -------------------------------------------------------------------------------------------------------------- pieces


# Where a piece begins, and what it says, without the white space around it.
_Piece = tuple[int, str]


def _pieces(view: str, start: int, end: int, rules: Rules) -> list[_Piece]:
    """Cut a block where sentencex does, and where it should have."""
    pieces: list[_Piece] = []
    while start < end:
        first, stop = start, end if end - start <= MAX_UNIT_CHARS else _cut(view, start, start + MAX_UNIT_CHARS)
        part = view[start:stop]
        has_marks = "。" in part or "！" in part or "？" in part
        is_whole = not has_marks or _BEFORE_DIGIT.search(part) is None  # nearly always
        # What it cuts a text into is all of the text; to have the boundaries told takes it twice as long.
        for sentence in segment(rules.code, part):
            cut = start + len(sentence)
            if rules.words and "." in sentence[:-2]:
                for after in _after_words(part, start - first, cut - first, rules.words):
                    pieces += _sentences(view, start, first + after)
                    start = first + after
                pieces += _sentences(view, start, cut)
            elif is_whole and len(sentence) <= _LONG_QUOTE_CHARS and sentence[0] != " ":
                pieces.append((start, sentence.rstrip(" ")))
            else:
                pieces += _sentences(view, start, cut)
            start = cut
        pieces += _trimmed(start, view[start:stop])
        start = stop
    return pieces


def _after_words(part: str, start: int, end: int, words: Iterable[str]) -> list[int]:
    """Find where sentences end after words that sentencex takes for abbreviations: in May. Residents.

    In 13.8 million characters of news, stories and meetings that is so 115 times, each time rightly.
    """
    ends = []
    for word in words:
        at = max(start - 1, 0) - 1  # the space before it is the end of the sentence before
        while (at := part.find(f" {word}. ", at + 1, end)) >= 0:
            after = at + len(word) + 3
            is_quoted = part.count('"', 0, after) % 2 or not _outside(part, 0, after)
            if not is_quoted and part[after:].lstrip(_OPENING)[:1].isupper():
                ends.append(after)
    return sorted(ends)


_SENTENCE_END = re.compile(r"[.!?…؟][\"'”’»)\]]*(?= +[\"'“‘«(¿¡]*[^\W\d_])|[。！？][」』”’）]*")


# sentencex sees no end here: 下げた。2026年
_BEFORE_DIGIT = re.compile(r"[。！？](?=\d)")
_QUOTES = (("「", "」"), ("『", "』"), ("“", "”"), ("（", "）"))


def _sentences(view: str, start: int, end: int) -> list[_Piece]:
    """Cut a piece of sentencex where it should have."""
    pieces: list[_Piece] = []
    ends = [found.end() for found in _BEFORE_DIGIT.finditer(view, start, end) if _outside(view, start, found.end())]
    if end - start > _LONG_QUOTE_CHARS:
        ends += [found.end() for found in _SENTENCE_END.finditer(view, start, end)]
    for cut in (*sorted(ends), end):
        pieces += _trimmed(start, view[start:cut])
        start = cut
    return pieces


def _outside(view: str, start: int, end: int) -> bool:
    return all(view.count(left, start, end) == view.count(right, start, end) for left, right in _QUOTES)


def _trimmed(start: int, said: str) -> list[_Piece]:
    """What begins here without the white space around it, if anything else is in it."""
    without = said.lstrip(" ")
    return [(start + len(said) - len(without), without.rstrip(" "))] if without else []


# Where to cut a stretch that is too long, best first: the end of a sentence, of a clause, of a word.
_NEAR_CHARS = 300
_CUTS = (
    re.compile(r"[.!?…؟।][\"'”’»)\]]*(?= )|[。！？][」』”’）]*"),
    re.compile(r"[;:,،؛](?= )|[；：，、]"),
    re.compile(r" "),
)


def _cut(view: str, start: int, end: int) -> int:
    low = start + (end - start) // 2
    # Nearly always there is one near the end; where there is a full stop, none before it is wanted.
    near = max(low, end - _NEAR_CHARS, view.rfind(". ", low, end))
    for pattern in _CUTS:
        for first in (near, low):
            last = None
            for last in pattern.finditer(view, first, end):  # noqa: B007 - the last one is wanted
                pass
            if last is not None:
                return last.end()
    return end


# ------------------------------------------------------------------------------------------------------------- joining

# Quoted speech and who spoke: 「……。」と彼は言った。 “……。”他说。
_QUOTATIVE = re.compile(
    r"と(?!て)|って|.{0,12}?(?:说|說|道|表示|称|稱|指出|问|問|回答|补充|補充|强调|強調|透露|坦言)(?:$|[，。：、！])"
)
_CLOSING = frozenset("»”’›)]}）】》〉」』〕、，,;:%‰…؛،")
# What stands right behind a full stop and belongs to what it ends: a footnote's mark, the end of emphasis, a tag.
_MARKS = re.compile(r"(?:\[\^[^\]\s]{1,40}\]|[¹²³⁰⁴-⁹]+|</\w{1,10}>|(?:\*{1,3}|_{1,3}|~~)(?=[ \[¹²³⁰⁴-⁹]|$))+")
# Quotation marks at the end of what somebody says; Korean goes on right behind: "……."라고 했다.
_CLOSED = frozenset("\"'”’»」』")
_CAPITALS = re.compile(r"\b[^\W\d_]{2,4}\.$")


def _has_cased_starts(pieces: Iterable[str]) -> bool:
    """Whether sentences of this text begin with capitals: elsewhere (chats, captions) a small letter says nothing."""
    small = large = 0
    for piece in pieces:
        small += piece[0].islower()
        large += piece[0].isupper()
    return small <= large


def _joined(pieces: Iterable[_Piece], rules: Rules, *, cased: Callable[[], bool]) -> list[tuple[int, int]]:
    """Join neighbors that are one sentence; whether sentences begin with capitals is nearly never asked for."""
    spans: list[tuple[int, int]] = []
    first = last = -1  # where the sentence begins and ends so far
    before = ""
    for place, said in pieces:
        start, piece = place, said
        if place == last and (marks := _MARKS.match(said)) and place + marks.end() - first <= MAX_UNIT_CHARS:
            last += marks.end()
            piece = said[marks.end() :].lstrip(" ")
            start += len(said) - len(piece)
            if not piece:
                continue
        if first < 0:
            first = start
        elif (
            # A word and a full stop, before a space and a capital, surely end a sentence. Most of them do.
            before[-1] == "."
            and start > last
            and piece[0].isupper()
            and (word := before[before.rfind(" ") + 1 : -1]).isalpha()
            and len(word) > 1
            and word not in rules.before_names
        ) or (
            (len(before) > _ITEM_CHARS or not _ITEM.fullmatch(before))
            and (
                start + len(piece) - first > MAX_UNIT_CHARS
                or not _continues(before[-TAIL_CHARS:], piece[:TAIL_CHARS], rules, gap=start > last, cased=cased())
            )
        ):
            spans.append((first, last))
            first = start
        last, before = start + len(piece), piece
    if first >= 0:
        spans.append((first, last))
    return spans


def _continues(before: str, after: str, rules: Rules, *, gap: bool, cased: bool) -> bool:
    """Whether a sentence goes on after a cut.

    Args:
        before: The end of the piece before the cut.
        after: The beginning of the piece after it.
        rules: Of the language.
        gap: Whether white space lies between them.
        cased: Whether sentences begin with capitals in this text.
    """
    if gap and after[0].isupper() and before[-1] == "." and before[-2:-1].isalnum():
        return is_abbreviated(before, after, rules)
    if not gap and _is_cut_inside(before, after):
        return True
    start = after.lstrip(_OPENING)
    if after[0] in _CLOSING or not any(map(str.isalnum, after)) or not any(map(str.isalnum, before)):
        return True
    if cased and start[:1].islower() and not start[1:2].isupper():  # but "iPhone sales rose" begins one
        return True
    if before[-1] in "」』”" and _QUOTATIVE.match(after):
        return True
    return is_abbreviated(before, start, rules)


def _is_cut_inside(before: str, after: str) -> bool:
    """Whether a cut without white space is inside a number, an abbreviation or what somebody is quoted with."""
    if before[-1] in ".．" and before[-2:-1].isdecimal() and after[0].isdecimal():  # ٣.|٥  ０．|２５
        return True
    if before[-1] in _CLOSED and "가" <= after[0] <= "힣":
        return True
    if after[0] in "-–ºª°" or INITIAL.search(before):  # J.|-C.  U.|S.  n.|º
        return True
    return after[:2].isupper() and (found := _CAPITALS.search(before)) is not None and found[0].isupper()  # TP.|HCM
