"""Nouns of the article and of how it is cut."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal, NamedTuple

from summarizer.errors import UsageError
from summarizer.language import code_of
from summarizer.records.quick import quick


def digest(text: str) -> str:
    """SHA-256 of a text in UTF-8, in hex; lone surrogates count too."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range [start, end) of code points of an article's text."""

    start: int
    end: int

    def __init__(self, start: int, end: int) -> None:
        _set_start(self, start)
        _set_end(self, end)
        if not 0 <= start <= end:
            self.__post_init__()

    def __post_init__(self) -> None:  # what reads records from JSON calls no `__init__`
        if not 0 <= self.start <= self.end:
            raise ValueError(f"a span needs 0 <= start <= end, not [{self.start}, {self.end})")

    def __reduce__(self) -> tuple[type[Span], tuple[int, int]]:
        return Span, (self.start, self.end)  # a fourth of the time

    def of(self, text: str) -> str:
        """Return what the span covers in a text."""
        return text[self.start : self.end]


# Its slots are set in half of the time that a frozen dataclass takes for it.
_set_start, _set_end = (Span.__dict__[name].__set__ for name in ("start", "end"))


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of an article.

    Attributes:
        level: 1 is the largest.
        span: Where it stands, marks such as `#` included.
        text: What it says, on one line.
    """

    level: int
    span: Span
    text: str


def _is_an_outline(given: object) -> bool:
    return isinstance(given, tuple) and all(isinstance(heading, Heading) for heading in given)


@dataclass(frozen=True, slots=True)
class Article:
    """A text to summarize, exactly as given.

    Attributes:
        text: The text, never stripped or normalized.
        source: Where it came from (a path, a name), for people; None for a text given as such.
        language: ISO 639-1 code, or a tag that begins with one (`pt-BR`); None when unknown.
        outline: Its headings, in order, as far as whoever read the file knows them; None to look for them in the text.
        guessed_codec: What its bytes were taken for (`cp1252`) where nothing says so; None for UTF-8, for what a byte
            order mark tells, and for a text given as such.
        id: SHA-256 of the text in UTF-8, in hex.

    Raises:
        UsageError: A field that is something else.
    """

    text: str
    source: str | None = None
    language: str | None = None
    outline: tuple[Heading, ...] | None = None
    guessed_codec: str | None = None
    id: str = field(init=False)

    def __post_init__(self) -> None:
        if not isinstance(self.text, str):
            raise UsageError(f"an article's text is a str, not {self.text!r:.60}: read a file by giving its Path")
        for name in ("source", "language", "guessed_codec"):
            value = getattr(self, name)
            if not (value is None or isinstance(value, str)):
                raise UsageError(f"an article's {name} is a str or None, not {value!r:.60}")
        if self.language is not None and code_of(self.language) is None:
            raise UsageError(
                f"an article's language is an ISO 639-1 code such as 'en', or a tag such as 'pt-BR', not"
                f" {self.language!r:.60}: give None where it has none, or none is known"
            )
        if not (self.outline is None or _is_an_outline(self.outline)):
            raise UsageError(f"an article's outline is a tuple of Heading or None, not {self.outline!r:.60}")
        object.__setattr__(self, "id", digest(self.text))

    def __repr__(self) -> str:
        """Show the beginning of the text: all of it would fill screens."""
        text = self.text if len(self.text) <= 60 else f"{self.text[:59]}…"
        return f"<Article {text!r}, {len(self.text):,} characters, source={self.source!r}, language={self.language!r}>"

    def named(self, *, source: str | None, language: str | None) -> Article:
        """Return the same text under another source, or in a language that was found out; it is not hashed again."""
        if (source, language) == (self.source, self.language):
            return self
        same = object.__new__(Article)
        values = (self.text, source, language, self.outline, self.guessed_codec, self.id)
        for name, value in zip(self.__slots__, values, strict=True):
            object.__setattr__(same, name, value)
        return same

    @property
    def name(self) -> str:
        """What messages call it."""
        return "the article" if self.source is None else repr(self.source)


class Unit(NamedTuple):
    """A numbered sentence of the article: what a model cites. A tuple, since an article has many and is soon done with.

    Attributes:
        number: Counts from 1 through the whole article.
        start: Where the sentence begins, without the white space around it, in code points.
        text: Exactly `article.text[span.start:span.end]`; may hold line breaks.
        paragraph: Counts from 1; units of one paragraph share it.
    """

    number: int
    start: int
    text: str
    paragraph: int = 1

    def __reduce__(self) -> tuple[type[Unit], tuple[object, ...]]:
        return Unit, tuple(self)  # an eighth of the time: all sentences go where they are looked at

    @property
    def span(self) -> Span:
        """Where the sentence stands."""
        return Span(self.start, self.start + len(self.text))


def numbered(units: Sequence[Unit], *, bare: bool) -> list[str]:
    """Return sentences as a prompt shows them: each on one line, after its number.

    Args:
        units: The sentences.
        bare: Leave out the brackets around the number where the sentence does not begin with one itself.
    """
    lines = [unit.text for unit in units]
    if not _is_plain(" ".join(lines)):
        lines = [" ".join(text.split()) for text in lines]
    if not bare:
        return [_bracketed(unit.number) + line for unit, line in zip(units, lines, strict=True)]
    return [
        _bracketed(unit.number) + line if line[:1].isdecimal() else f"{unit.number} {line}"
        for unit, line in zip(units, lines, strict=True)
    ]


@lru_cache(maxsize=1024)
def _bracketed(number: int) -> str:
    return f"[{number}] "


# All white space but the space.
SPACES = "\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
SPACES += "\u2028\u2029\u202f\u205f\u3000"


def _is_plain(text: str) -> bool:
    """Whether all white space in a text is single spaces, and none stands around it."""
    return "  " not in text and not [space for space in SPACES if space in text] and text == text.strip()


# From so many sentences on, a prompt shows their numbers bare: brackets take two tokens of each, which makes an article
# 6 (stories) to 11 % (meetings) longer (o200k_base).
MANY_UNITS = 100


@quick
@dataclass(frozen=True, slots=True)
class Chunk:
    """A contiguous run of units that goes into one prompt.

    Attributes:
        units: Its sentences.
        span: From the end of the chunk before to the end of this one: chunks joined are the article.
        tokens: Length of the units as the prompt shows them; of a whole article that is sure to fit, no less than that.
        path: The headings that it stands under where it begins, the largest first.
    """

    units: tuple[Unit, ...]
    span: Span
    tokens: int
    path: tuple[Heading, ...] = ()


@quick
@dataclass(frozen=True, slots=True)
class Plan:
    """How an article is cut.

    Attributes:
        article: What is cut.
        units: Every sentence of the article; between them stands only white space.
        chunks: At least one; one means the whole article goes into one prompt.
        exact: Whether token counts are the model's own; otherwise they are a calibrated estimate.
        outline: The headings, in order; empty where the whole article goes into one prompt.
        levels: How many calls each level of the tree takes, the chunks' first, the summary's (1) last. All but the
            chunks' are foreseen from the length that is asked of notes.
    """

    article: Article
    units: tuple[Unit, ...]
    chunks: tuple[Chunk, ...]
    exact: bool
    outline: tuple[Heading, ...] = ()
    levels: tuple[int, ...] = (1,)

    @property
    def calls(self) -> int:
        """Calls in all, repairs not counted."""
        return sum(self.levels)

    @property
    def depth(self) -> int:
        """Calls that must wait for each other."""
        return len(self.levels)

    @property
    def tokens(self) -> int:
        """Length of the article as the prompts show it; no less than that where it is sure to fit."""
        return sum(chunk.tokens for chunk in self.chunks)

    @property
    def kind(self) -> Literal["single", "map/reduce"]:
        """How the plan is carried out."""
        return "single" if len(self.chunks) == 1 else "map/reduce"
