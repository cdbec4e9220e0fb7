"""How a text writes its names: capitals where no sentence begins, acronyms, digits and capitals inside a word.

Names are found without a model, from the surface features of Mikheev (1999) and Nadeau and Sekine (2007, section 3), in
any script that has capitals.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from summarizer.ground.memo import Memo
from summarizer.ground.namesake import name_words, spell
from summarizer.ground.text import Passage, Token


class Word(NamedTuple):
    """A word or number as a part of a name, or not.

    Attributes:
        key: Folded and spelled without accents, dots of an acronym taken out.
        raw: As written.
        first: Whether a sentence begins here.
        shape: `lower`, `title` (a capital, then small letters), `upper` (several capitals, or one inside), `digit`.
        unit: Whether it measures a number or names a currency: a number or `$` stands beside it.
        glued: Whether it follows the word before without a space: a hyphen at most between them.
        token: Number of its first token in the passage.
        after: Number of the token after it.
    """

    key: str
    raw: str
    first: bool
    shape: str
    unit: bool
    glued: bool
    token: int
    after: int


def words(passage: Passage) -> tuple[Word, ...]:
    """Return the words and numbers of a passage; an acronym with dots is one word."""
    tokens, length, at = passage.tokens, len(passage.tokens), 0
    first, glued, counted = True, False, False
    found: list[Word] = []
    openers, lined, new = name_words("openers"), "\n" in passage.text, tuple.__new__
    priced = any(_CURRENCIES[token[1]] for token in tokens if token[4] == "punct")
    while at < length:
        text, raw, start, _, kind, _ = tokens[at]
        if lined and at and "\n" in passage.text[tokens[at - 1].end : start]:
            first = True
        if kind == "punct":
            first = (
                first or (raw in openers and not _ends_initial(tokens, at)) or (raw == "-" and not _touches(tokens, at))
            )
            glued = (glued or raw in "-‐‑–.&/'’") and _touches(tokens, at)
            counted = False
            at += 1
            continue
        after, key, unit = at + 1, text, counted and len(raw) <= 4  # 2 GWh
        if len(raw) == 1 and raw.isupper():
            after = after_dots(tokens, at)
            raw = passage.text[start : tokens[after - 1].end]
            key = "".join(part.text for part in tokens[at:after] if part.kind != "punct")
        shape = "digit" if kind == "number" else _SHAPES[raw]
        key = key if key.isascii() else spell(key)
        unit = unit or (priced and _has_currency(tokens, at, after))
        found.append(new(Word, (key, raw, first, shape, unit, glued, at, after)))
        first = glued = False
        at, counted = after, kind == "number"
    return tuple(found)


def _has_currency(tokens: Sequence[Token], at: int, after: int) -> bool:
    """Whether the sign of a currency touches a word: `3 Md€`, `US$ 4`."""
    before, behind = tokens[at - 1] if at else None, tokens[after] if after < len(tokens) else None
    return (behind is not None and _is_currency(behind) and tokens[after - 1].end == behind.start) or (
        before is not None and _is_currency(before) and before.end == tokens[at].start
    )


def _is_currency(token: Token) -> bool:
    return token.kind == "punct" and _CURRENCIES[token.raw]


_CURRENCIES = Memo(lambda raw: unicodedata.category(raw[0]) == "Sc")


def _touches(tokens: Sequence[Token], at: int) -> bool:
    """Whether a mark stands between two tokens without any space."""
    return (
        0 < at < len(tokens) - 1 and tokens[at - 1].end == tokens[at].start and tokens[at].end == tokens[at + 1].start
    )


def after_dots(tokens: Sequence[Token], at: int) -> int:
    """Return the number of the token after an acronym with dots that starts here, or of the next one."""
    end = at
    while (
        end + 1 < len(tokens)
        and len(tokens[end].raw) == 1
        and tokens[end].raw.isupper()
        and tokens[end + 1].raw == "."
        and tokens[end].end == tokens[end + 1].start
    ):
        end += 2
        if end < len(tokens) and tokens[end].start != tokens[end - 1].end:
            break
    return end if end - at >= 4 else at + 1


def _shape(raw: str) -> str:
    letters = [char for char in raw if char.isalpha()]
    capitals = sum(char.isupper() for char in letters)
    if not letters or not capitals:
        return "lower"
    if capitals > 1 or (not letters[0].isupper() and capitals) or (len(raw) > 1 and any(c.isdigit() for c in raw)):
        return "upper"
    return "title" if letters[0].isupper() else "lower"


_SHAPES = Memo(_shape)


class Name(NamedTuple):
    """A name in a text.

    Attributes:
        parts: Its words, without the joining ones.
        raw: As written, whole.
        start: Number of its first token.
        end: Number of the token after it.
    """

    parts: tuple[Word, ...]
    raw: str
    start: int
    end: int

    def place(self, part: Word) -> int:
        """Return where one of its words stands among them."""
        return bisect_left(self.parts, part.token, key=lambda other: other.token)


def spans(passage: Passage) -> tuple[Name, ...]:
    """Find what is written like a name: runs of capitalized words, over joining words and glued numbers.

    The first word of a sentence is among them whatever it is: only the article can tell (see `_is_name`).
    """
    found: list[Name] = []
    row, tokens, end = passage.once(words), passage.tokens, 0
    for at in [at for at, word in enumerate(row) if word.shape in _CAPITAL]:
        if at >= end:
            end = _run_end(row, at, passage)
            parts = tuple([word for word in row[at:end] if word.shape != "lower"])
            start, after = row[at].token, row[end - 1].after
            found.append(Name(parts, passage.text[tokens[start].start : tokens[after - 1].end], start, after))
    return tuple(found)


_CAPITAL = frozenset({"title", "upper"})


def _run_end(row: Sequence[Word], at: int, passage: Passage) -> int:
    end = at + 1
    while end < len(row):
        word = row[end]
        between = passage.tokens[row[end - 1].after : word.token]
        if between and not (word.glued or _is_initial(row[end - 1], between)):
            return end
        numbered = word.glued and word.raw[0].isdigit()
        if numbered or (word.shape in ("title", "upper") and not word.first):
            end += 1
        elif _is_joining(word):
            following = end + 1
            while following < len(row) and _is_joining(row[following]):
                following += 1
            if following - end > 2 or following == len(row) or row[following].shape not in ("title", "upper"):
                return end
            if row[end].raw in name_words("and") or passage.tokens[row[following - 1].after : row[following].token]:
                return end
            end = following + 1
        else:
            return end
    return end


def _ends_initial(tokens: Sequence[Token], at: int) -> bool:
    """Whether a dot stands behind a single capital letter, which ends no sentence as a rule (`J. Smith`)."""
    return tokens[at].raw == "." and at > 0 and len(tokens[at - 1].raw) == 1 and tokens[at - 1].raw.isupper()


def _is_joining(word: Word) -> bool:
    """Whether a word written small may stand inside a name."""
    return word.raw.replace("’", "'") in name_words("joining")


def _is_initial(word: Word, between: Sequence[Token]) -> bool:
    """Whether the only mark between is the dot of an initial or of a short title (`J. Smith`, `Dr. Who`)."""
    return len(between) == 1 and between[0].raw == "." and len(word.raw) <= 3


def components(passage: Passage) -> tuple[Name, ...]:
    """Cut the names of a text where joining words stand: an office `of the` Allied Workers is two names."""
    return tuple(part for name in passage.once(spans) for part in _cut(name, passage))


def _cut(name: Name, passage: Passage) -> Iterator[Name]:
    if len(name.parts) == 1 and name.parts[0].after == name.end:
        yield name
        return
    run: list[Word] = []
    for part in name.parts:
        if run and any(token.kind == "word" for token in passage.tokens[run[-1].after : part.token]):
            yield join(run, passage)
            run = []
        run.append(part)
    yield join(run, passage)


def join(parts: Sequence[Word], passage: Passage) -> Name:
    """Return some words that follow each other as one name."""
    start, end = parts[0].token, parts[-1].after
    return Name(tuple(parts), passage.text[passage.tokens[start].start : passage.tokens[end - 1].end], start, end)
