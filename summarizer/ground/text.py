"""A text as the checks see it: folded, cut into tokens, with every position leading back to the raw text.

Folding makes look-alikes equal (NFKC, case, quotes, dashes, spaces, digits of any script) and drops what nobody sees
(soft hyphens, zero-width and direction marks). It never makes two different words equal: accents stay.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cached_property
from typing import Literal, NamedTuple, TypeVar

from summarizer.ground.lexicon import stop_words
from summarizer.ground.memo import Analyses, Memo, Once

T = TypeVar("T")

Kind = Literal["word", "number", "cjk", "punct"]

_LOOKALIKES = {
    **dict.fromkeys("’‘‛ʼʹ′`´＇ꞌ", "'"),
    **dict.fromkeys("“”„‟«»″〝〞＂「」『』", '"'),
    **dict.fromkeys("‐‑‒–—―−﹘﹣－⁃", "-"),
    **{digit: digit for digit in "¹²³⁰⁴⁵⁶⁷⁸⁹"},  # superscripts stay: 10² is not 102
    **dict(zip("⁄∕٪٫٬。、，،؛؟ـ", ("/", "/", "%", ".", ",", ".", ",", ",", ",", ";", "?", ""), strict=True)),
}


class _Fold(dict[int, str]):
    """What each code point folds to, filled as code points are met: a table for `str.translate`."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = self._fold(chr(code))
        return folded

    def _fold(self, char: str) -> str:
        if char in _LOOKALIKES:
            return _LOOKALIKES[char]
        if char in "¼½¾⅐⅑⅒⅓⅔⅕⅖⅗⅘⅙⅚⅛⅜⅝⅞":  # a space before it, lest 2½ become 21/2
            return " " + unicodedata.normalize("NFKC", char).replace("\u2044", "/")
        category = unicodedata.category(char)
        if category == "Nd":
            return str(unicodedata.decimal(char))
        if category == "Cf" or "\ufe00" <= char <= "\ufe0f":
            return ""
        if char.isspace():
            return " "
        plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", char).casefold())
        return plain if plain == char else "".join(_LOOKALIKES.get(part, part) for part in plain)


_FOLD = _Fold()

# A letter written with combining marks, or a Hangul syllable written in letters, is normalized as one piece; at most
# four marks at a time, because putting a run of marks in order is quadratic in its length.
_COMBINING = "\u0300-\u036f\u0653-\u0655\u093c\u3099\u309a"
_CLUSTER = re.compile(rf"[^{_COMBINING}][{_COMBINING}]{{1,4}}|[\u1100-\u1112][\u1161-\u1175][\u11a8-\u11c2]?")
_CLUSTERED = re.compile(rf"[{_COMBINING}\u1161-\u1175]")


def _pieces(text: str) -> Iterator[tuple[int, int, str]]:
    """Yield where each piece of a text starts and ends, and what it folds to."""
    done = 0
    for match in _CLUSTER.finditer(text):
        for index in range(done, match.start()):
            yield index, index + 1, _FOLD[ord(text[index])]
        yield match.start(), match.end(), unicodedata.normalize("NFC", match[0]).translate(_FOLD)
        done = match.end()
    for index in range(done, len(text)):
        yield index, index + 1, _FOLD[ord(text[index])]


_EVEN: set[str] = set()  # code points known to fold to exactly one, whatever stands beside them


def _folds_evenly(text: str) -> bool:
    """Whether every code point folds to exactly one, so that positions stay what they are."""
    new = set(text) - _EVEN
    _EVEN.update(char for char in new if len(_FOLD[ord(char)]) == 1 and not _CLUSTERED.match(char))
    return new <= _EVEN


def fold(text: str) -> str:
    """Return the text with look-alikes made equal: a lexicon must be folded by this to match tokens."""
    if _folds_evenly(text):
        return text.translate(_FOLD)
    return "".join(folded for _, _, folded in _pieces(text))


def squeeze(text: str) -> str:
    """Return the text with every run of white space as one space, and none around it."""
    return " ".join(text.split())


class Token(NamedTuple):
    """A word, a number, a mark, or one character of a script without spaces.

    Attributes:
        text: Folded.
        raw: As it stands in the passage: `passage.text[start:end]`.
        start: First code point in the passage's raw text.
        end: After the last code point.
        kind: `word` (letters, perhaps digits after them; an elided `l'` and a final `'s` are words of their own),
            `number` (digits with inner points and commas), `cjk` (one character of Han, Hiragana, Thai ...),
            `punct` (one of any other character).
        at: First character in the passage's folded text.
    """

    text: str
    raw: str
    start: int
    end: int
    kind: Kind
    at: int


# Han, Hiragana, Thai, Lao, Myanmar, Khmer are written without spaces. So is Katakana, but a run of it is one word.
_UNSPACED = "\u2e80-\u2fdf\u3005-\u3007\u3041-\u3096\u309d-\u309f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_UNSPACED += "\u0e01-\u0e4e\u0e80-\u0ecf\u1000-\u103f\u1050-\u108f\u1780-\u17d3\U00020000-\U0003ffff"
_MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0900-\u0963\u0971-\u0dff"
)
_PLAIN_LETTER, _MARK = rf"[^\W\d_{_UNSPACED}]", rf"[{_MARKS}\u30fc]"
_LETTER = rf"(?:{_PLAIN_LETTER}|{_MARK})"
# A run of letters: what the engine reads at once, and never gives back.
_ANY_LETTERS = rf"{_PLAIN_LETTER}*+(?:{_MARK}++{_PLAIN_LETTER}*+)*+"
_LETTERS = rf"(?={_LETTER}){_ANY_LETTERS}"
_ELIDED = (
    "[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu|quelqu|presqu|dell|nell|sull|dall|all|coll|un|gl|quest|quell|dov|com"
)
_TOKEN = re.compile(
    rf"(?P<elided>(?:{_ELIDED})'(?={_LETTER}))"
    rf"|(?P<word>{_LETTERS}(?:\d++{_ANY_LETTERS})?(?:'(?!s(?!\w)){_LETTERS})*+|'s(?!\w))"
    r"|(?P<number>\d+(?:[.,]\d+)*)"
    rf"|(?P<cjk>[{_UNSPACED}])"
    r"|(?P<punct>\S)"
)
_KINDS: dict[str | None, Kind] = {"elided": "word", "word": "word", "number": "number", "cjk": "cjk", "punct": "punct"}


def _pieces_of(chunk: str) -> tuple[tuple[str, str, int, int, Kind], ...]:
    """Cut what stands between two spaces and folds evenly: text, raw, start, end and kind of each token."""
    return tuple(
        (match[0], chunk[match.start() : match.end()], *match.span(), _KINDS[match.lastgroup])
        for match in _TOKEN.finditer(chunk.translate(_FOLD))
    )


_PIECES = Memo(_pieces_of, 1 << 15)  # 11 MB when full
_LONGEST_KNOWN = 32


def _known_tokens(text: str) -> list[Token]:
    """Return the tokens of a text that folds evenly: what stands between two spaces is cut once, not each time."""
    found, at, new = [], 0, tuple.__new__  # much of the time is making the tuples
    chunks = text.split()
    spaced = " ".join(chunks) == text  # nearly always: then none need be looked for
    for chunk in chunks:
        if not spaced:
            at = text.index(chunk, at)
        for piece, raw, start, end, kind in _PIECES[chunk] if len(chunk) <= _LONGEST_KNOWN else _pieces_of(chunk):
            found.append(new(Token, (piece, raw, at + start, at + end, kind, at + start)))
        at += len(chunk) + 1
    return found


class Passage:
    """A claim or a unit, analysed: everything is worked out once, when first asked for.

    Attributes:
        text: The raw text.
        language: ISO 639-1 code, or None when unknown.
    """

    def __init__(self, text: str, language: str | None = None) -> None:
        self.text = text
        self.language = language

    def __repr__(self) -> str:
        return f"Passage({self.text[:40]!r}, {self.language!r})"

    @cached_property
    def once(self) -> Once[Passage]:
        """What returns `analyze(self)` for a function, worked out at the first call with it and kept."""
        return Analyses(self).__getitem__

    def forget(self) -> None:
        """Let go of what was worked out: it holds the passage, and a circle is freed only when one is looked for."""
        self.__dict__.pop("once", None)

    @cached_property
    def _folded(self) -> tuple[str, list[int] | None, list[int]]:
        """The folded text, and where each of its characters starts and ends in the raw text (None: the same place)."""
        if _folds_evenly(self.text):
            return self.text.translate(_FOLD), None, []
        texts: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        for start, end, folded in _pieces(self.text):
            texts.append(folded)
            starts.extend([start] * len(folded))
            ends.extend([end] * len(folded))
        return "".join(texts), starts, ends

    @property
    def folded(self) -> str:
        """The text with look-alikes made equal; `raw_span` leads back from its positions to those of the raw text."""
        return self._folded[0]

    def raw_span(self, start: int, end: int) -> tuple[int, int]:
        """Turn a non-empty range of the folded text into the range of the raw text that it came from."""
        _, starts, ends = self._folded
        return (start, end) if starts is None else (starts[start], ends[end - 1])

    @cached_property
    def tokens(self) -> tuple[Token, ...]:
        """The tokens, in order; white space is none."""
        text = self.text
        if _folds_evenly(text):
            return tuple(_known_tokens(text))
        folded, starts, ends = self._folded
        assert starts is not None
        found = []
        for match in _TOKEN.finditer(folded):
            at, after = match.span()
            start, end = starts[at], ends[after - 1]
            found.append(Token(match[0], text[start:end], start, end, _KINDS[match.lastgroup], at))
        return tuple(found)

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """The folded texts of the tokens."""
        return tuple([token[0] for token in self.tokens])

    @cached_property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds of the tokens."""
        return tuple([token[4] for token in self.tokens])

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The folded content words, in order; where a script has no spaces, overlapping pairs of characters.

        Numbers are none, nor are the function words of a language with a lexicon.
        """
        stop = stop_words(self.language)
        if "cjk" in self.kinds:
            return tuple([word for word in _words(self.tokens) if word not in stop])
        return tuple([token[0] for token in self.tokens if token[4] == "word" and token[0] not in stop])


def _words(tokens: tuple[Token, ...]) -> Iterator[str]:
    previous: Token | None = None
    for index, token in enumerate(tokens):
        if token.kind == "word":
            yield token.text
        elif token.kind == "cjk":
            if previous is not None and previous.kind == "cjk" and previous.end == token.start:
                yield previous.text + token.text
            elif index + 1 == len(tokens) or tokens[index + 1].kind != "cjk" or tokens[index + 1].start != token.end:
                yield token.text
        previous = token
