"""A text as the checks see it: folded, cut into tokens, with every position leading back to the raw text.

Folding makes look-alikes equal (NFKC, case, quotes, dashes, spaces, digits of any script) and drops what nobody sees
(soft hyphens, zero-width and direction marks). It never makes two different words equal: accents stay.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cache
from itertools import accumulate, chain, compress
from operator import add, sub
from sys import intern
from typing import Literal, NamedTuple, TypeVar

from summarizer.ground.reading.lexicon import stop_words
from summarizer.ground.reading.memo import Analyses, Memo, Once, kept
from summarizer.ground.reading.namesake import spell

T = TypeVar("T")

Kind = Literal["word", "number", "cjk", "punct"]
Shape = Literal["lower", "title", "upper", "digit"]

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
    "|(?:v|tr|c)ent|(?:quar|cinqu|sess|sett|ott|nov)ant"  # vent'anni
)
_TOKEN = re.compile(
    rf"(?P<elided>(?:{_ELIDED})'(?={_LETTER}))"
    rf"|(?P<word>{_LETTERS}(?:\d++{_ANY_LETTERS})?(?:'(?!s(?!\w)){_LETTERS})*+|'s(?!\w))"
    r"|(?P<number>\d+(?:[.,]\d+)*)"
    rf"|(?P<cjk>[{_UNSPACED}])"
    r"|(?P<punct>\S)"
)
_KINDS: dict[str | None, Kind] = {"elided": "word", "word": "word", "number": "number", "cjk": "cjk", "punct": "punct"}


def kind_of(text: str) -> Kind:
    """Return the kind of the token that has this folded text: it is the same wherever it stands."""
    match = _TOKEN.fullmatch(text)
    return _KINDS[match.lastgroup] if match else "word"  # an elided word asks for a letter behind it


# Of a token in a piece of text without spaces: text, raw, kind, key, shape, whether it begins with a capital, length,
# and how far on the next one starts when a space follows the piece.
_Part = tuple[str, str, Kind, str, Shape, bool, int, int]


def _parts_of(chunk: str) -> tuple[_Part, ...] | None:
    """Cut what stands between two spaces; None when it does not fold evenly. Its tokens follow without a gap.

    A word is one object wherever it stands: what is kept of words finds it again without a look at its letters.
    """
    if not _folds_evenly(chunk):
        return None
    parts: list[_Part] = []
    for match in _TOKEN.finditer(chunk.translate(_FOLD)):
        (start, end), kind, raw = match.span(), _KINDS[match.lastgroup], intern(chunk[match.start() : match.end()])
        looks = intern(spell(match[0])), shape_of(raw, kind), raw[0].isupper()
        parts.append((intern(match[0]), raw, kind, *looks, end - start, end - start + (end == len(chunk))))
    return tuple(parts)


def shape_of(raw: str, kind: Kind = "word") -> Shape:
    """Return how a word is written: see `Passage.shapes`."""
    letters = [char for char in raw if char.isalpha()]
    capitals = sum(char.isupper() for char in letters)
    if kind == "number":
        return "digit"
    if not letters or not capitals:
        return "lower"
    if capitals > 1 or (not letters[0].isupper() and capitals) or (len(raw) > 1 and any(c.isdigit() for c in raw)):
        return "upper"
    return "title" if letters[0].isupper() else "lower"


class _Parts(Memo[str, tuple[_Part, ...] | None]):
    """The tokens of what stands between two spaces, cut once; what is long is not kept."""

    def __missing__(self, chunk: str) -> tuple[_Part, ...] | None:
        return super().__missing__(chunk) if len(chunk) <= _LONGEST_KNOWN else _parts_of(chunk)


_LONGEST_KNOWN = 32
_PARTS = _Parts(_parts_of, 1 << 15)  # 15 MB when full


class _Columns(NamedTuple):
    """The tokens of a text, by what is known of each."""

    texts: tuple[str, ...] = ()
    raws: tuple[str, ...] = ()
    starts: Sequence[int] = ()
    ends: Sequence[int] = ()
    kinds: tuple[Kind, ...] = ()
    ats: Sequence[int] = ()
    keys: tuple[str, ...] = ()
    shapes: tuple[Shape, ...] = ()
    large: tuple[bool, ...] = ()


def _evenly(text: str) -> _Columns | None:
    """Return the tokens of a text by the pieces between its spaces, each cut only once; None where one has no parts."""
    chunks = text.split()
    cut = list(map(_PARTS.__getitem__, chunks))
    even = all(cut)  # quicker than to look for the None
    if not even:
        cut = [parts or _LONGER[chunk] for chunk, parts in zip(chunks, cut, strict=True)]
        if not all(cut):
            return None
    rows = list(chain.from_iterable(cut))  # type: ignore[arg-type]  # none is None
    if not rows:
        return _Columns()
    texts, raws, kinds, keys, shapes, large, lengths, steps = zip(*rows, strict=True)
    if " ".join(chunks) == text:  # nearly always
        starts = list(accumulate(steps[:-1], initial=0))
    else:
        starts = list(_starts(text, chunks, lengths))
    ats = starts if even else list(map(add, starts, accumulate(map(sub, map(len, texts), lengths), initial=0)))
    return _Columns(texts, raws, starts, list(map(add, starts, lengths)), kinds, ats, keys, shapes, large)


def _starts(text: str, chunks: Sequence[str], lengths: Sequence[int]) -> Iterator[int]:
    """Yield where each token starts in a text that has more than single spaces between its pieces."""
    at, left = 0, iter(lengths)
    for chunk in chunks:
        at = text.index(chunk, at)
        end = at + len(chunk)
        while at < end:
            yield at
            at += next(left)


def _mapped(text: str) -> tuple[str, list[int], list[int]]:
    """Fold a text, and say where each character of the outcome starts and ends in it."""
    texts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for start, end, folded in _pieces(text):
        texts.append(folded)
        starts.extend([start] * len(folded))
        ends.extend([end] * len(folded))
    return "".join(texts), starts, ends


def _unevenly(text: str) -> _Columns:
    """Return the tokens of any text."""
    rows: list[tuple[str, str, int, int, Kind, int, str, Shape, bool]] = []
    folded, starts, ends = _mapped(text)
    for match in _TOKEN.finditer(folded):
        (at, after), kind = match.span(), _KINDS[match.lastgroup]
        start, end = starts[at], ends[after - 1]
        raw = text[start:end]
        looks = spell(match[0]), shape_of(raw, kind), raw[0].isupper()
        rows.append((match[0], raw, start, end, kind, at, *looks))
    return _Columns(*zip(*rows, strict=True)) if rows else _Columns()


def _longer_parts_of(chunk: str) -> tuple[_Part, ...] | None:
    """Cut what stands between two spaces and folds to more than it has, as *groß*; None where its tokens have gaps."""
    row = _Columns() if _CLUSTERED.search(chunk) else _unevenly(chunk)
    if "".join(row.texts) != fold(chunk) or [0, *row.ends] != [*row.starts, len(chunk)]:
        return None
    sizes = [end - start for start, end in zip(row.starts, row.ends, strict=True)]
    steps = [*sizes[:-1], sizes[-1] + 1]
    words = map(intern, row.texts), map(intern, row.raws), row.kinds, map(intern, row.keys), row.shapes, row.large
    return tuple(zip(*words, sizes, steps, strict=True))


_LONGER = _Parts(_longer_parts_of, 1 << 12)


class Passage:
    """A claim or a unit, cut into tokens; all else is worked out once, when first asked for.

    Attributes:
        text: The raw text.
        language: ISO 639-1 code, or None when unknown.
        texts: The folded texts of the tokens, in order; white space is none.
        raws: As they stand in the passage.
        starts: Their first code points in it.
        ends: The code points after their last ones.
        kinds: Their kinds.
        ats: Where they begin in the folded text.
        keys: Their texts without accents, in Latin letters.
        shapes: How they are written: `lower`, `title` (a capital, then small letters), `upper` (several capitals, or
            one inside), `digit`.
    """

    def __init__(self, text: str, language: str | None = None) -> None:
        self.text = text
        self.language = language
        rows = _evenly(text) or _unevenly(text)
        self.texts, self.raws, self.starts, self.ends, self.kinds, self.ats, self.keys, self.shapes, self._large = rows

    def __repr__(self) -> str:
        return f"Passage({self.text[:40]!r}, {self.language!r})"

    def written(self, start: int, end: int) -> str:
        """Return the tokens [start, end), at least one, as they stand in the text."""
        return self.text[self.starts[start] : self.ends[end - 1]]

    @kept
    def tokens(self) -> tuple[Token, ...]:
        """The tokens, in order; white space is none. What is looked up of few of them is quicker in the columns."""
        rows = self.texts, self.raws, self.starts, self.ends, self.kinds, self.ats
        return tuple(map(Token, *rows))

    @kept
    def once(self) -> Once[Passage]:
        """What returns `analyze(self)` for a function, worked out at the first call with it and kept."""
        return Analyses(self).__getitem__

    def forget(self) -> None:
        """Let go of what was worked out: it holds the passage, and a circle is freed only when one is looked for."""
        with suppress(AttributeError):  # nothing was asked for
            del self.once

    @kept
    def _folded(self) -> tuple[str, list[int] | None, list[int]]:
        """The folded text, and where each of its characters starts and ends in the raw text (None: the same place)."""
        return (self.text.translate(_FOLD), None, []) if _folds_evenly(self.text) else _mapped(self.text)

    @property
    def folded(self) -> str:
        """The text with look-alikes made equal; `raw_span` leads back from its positions to those of the raw text."""
        return self._folded[0]

    def raw_span(self, start: int, end: int) -> tuple[int, int]:
        """Turn a non-empty range of the folded text into the range of the raw text that it came from."""
        _, starts, ends = self._folded
        return (start, end) if starts is None else (starts[start], ends[end - 1])

    @kept
    def large(self) -> list[int]:
        """The numbers of the tokens that begin with a capital, ascending."""
        return list(compress(range(len(self._large)), self._large))

    @kept
    def marks(self) -> list[int]:
        """The numbers of the tokens that are marks, ascending."""
        return where(self.kinds, "punct")

    @kept
    def digits(self) -> list[int]:
        """The numbers of the tokens that are numbers in digits, ascending."""
        return where(self.kinds, "number")

    @kept
    def words(self) -> tuple[str, ...]:
        """The folded content words, in order; where a script has no spaces, overlapping pairs of characters.

        Numbers are none, nor are the function words of a language with a lexicon.
        """
        if "cjk" in self.kinds:
            stop = stop_words(self.language)
            return tuple([word for word in _words(self.tokens) if word not in stop])
        return tuple(compress(self.texts, map(_tells(self.language).__getitem__, self.texts)))


@cache
def _tells(language: str | None) -> Memo[str, bool]:
    """Return whether the token of a text is a content word."""
    stop = stop_words(language)
    return Memo(lambda text: text not in stop and kind_of(text) == "word")


def where(row: Sequence[T], value: T) -> list[int]:
    """Return the places of a value in a row, ascending; quicker than to look at each where they are few."""
    found, at = [], -1
    for _ in range(row.count(value)):
        at = row.index(value, at + 1)
        found.append(at)
    return found


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
