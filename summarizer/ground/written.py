"""How a text writes its names: capitals where no sentence begins, acronyms, digits and capitals inside a word.

Names are found without a model, from the surface features of Mikheev (1999) and Nadeau and Sekine (2007, section 3), in
any script that has capitals.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import compress
from typing import NamedTuple

from summarizer.ground.memo import Memo
from summarizer.ground.namesake import name_words, spell
from summarizer.ground.text import Passage, Shape, shape_of

_CAPITAL = frozenset({"title", "upper"})
_MOST_WORDS = 64  # of a name


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
    shape: Shape
    unit: bool
    glued: bool
    token: int
    after: int


class Words:
    """The words and numbers of a passage in columns; one is put together when asked for, which few are.

    Attributes:
        keys: Of each, see `Word`.
        raws: Of each, see `Word`.
        shapes: Of each, see `Word`.
        starts: The number of the first token of each.
        capitals: Those of the shapes `title` and `upper`, ascending.
        firsts: Those with which a sentence begins.
        glued: Those that follow the one before without a space, a hyphen at most between them.
    """

    def __init__(self, passage: Passage) -> None:
        self._passage = passage
        self._dotted = _dotted(passage)
        self.keys, self.raws, self.shapes = list(passage.keys), list(passage.raws), list(passage.shapes)
        for start, after in self._dotted.items():
            self.keys[start] = spell(letters(passage, start, after))
            self.raws[start] = raw = passage.written(start, after)
            self.shapes[start] = shape_of(raw)
        inner = [at for start, after in self._dotted.items() for at in range(start + 1, after)]
        self.starts = list(range(len(passage.texts)))
        for row in (self.keys, self.raws, self.shapes, self.starts):
            for at in sorted({*inner, *passage.marks}, reverse=True) if inner else reversed(passage.marks):
                del row[at]
        self.capitals = list(compress(range(len(self.starts)), map(_CAPITAL.__contains__, self.shapes)))
        self.firsts, self._priced = {0}, False
        self.glued: set[int] = set()
        self._read([at for at in passage.marks if at not in inner] if inner else passage.marks)
        if "\n" in passage.text:
            ends = [passage.ends[self.after(at) - 1] for at in range(len(self.starts))]
            gaps = enumerate(zip(ends, self.starts[1:], strict=False), start=1)
            self.firsts |= {at for at, (end, start) in gaps if "\n" in passage.text[end : passage.starts[start]]}

    def _read(self, marks: Sequence[int]) -> None:
        """Note what the marks say of the words behind them."""
        passage, openers, glued = self._passage, name_words("openers"), self.glued
        for mark in marks:
            raw, touches = passage.raws[mark], _touches(passage, mark)
            opens = (raw in openers and not _ends_initial(passage, mark)) or (raw == "-" and not touches)
            if opens or touches or glued:
                at = bisect_left(self.starts, mark)
                if opens:
                    self.firsts.add(at)
                if touches and (at in glued or raw in "-‐‑–.&/'’"):
                    glued.add(at)
                else:
                    glued.discard(at)
            self._priced = self._priced or _CURRENCIES[raw]

    def __len__(self) -> int:
        return len(self.starts)

    def __getitem__(self, at: int) -> Word:
        start, after = self.starts[at], self.after(at)
        counted = start > 0 and self._passage.kinds[start - 1] == "number" and len(self._passage.raws[start]) <= 4
        unit = counted or (self._priced and _has_currency(self._passage, start, after))  # 2 GWh, 3 Md€
        return Word(
            self.keys[at], self.raws[at], at in self.firsts, self.shapes[at], unit, at in self.glued, start, after
        )

    def after(self, at: int) -> int:
        """Return the number of the token after a word."""
        start = self.starts[at]
        return self._dotted.get(start, start + 1) if self._dotted else start + 1


def words(passage: Passage) -> Words:
    """Return the words and numbers of a passage; an acronym with dots is one word."""
    return Words(passage)


def _dotted(passage: Passage) -> dict[int, int]:
    """Return where the acronyms with dots begin, and the number of the token after each."""
    found: dict[int, int] = {}
    raws, done = passage.raws, 0
    for at in [mark - 1 for mark in passage.marks if mark and raws[mark] == "."]:
        if at >= done and len(raws[at]) == 1 and raws[at].isupper():
            done = after_dots(passage, at)
            if done > at + 1:
                found[at] = done
    return found


def _has_currency(passage: Passage, at: int, after: int) -> bool:
    """Whether the sign of a currency touches a word: `3 Md€`, `US$ 4`."""
    starts, ends = passage.starts, passage.ends
    return (after < len(starts) and _is_currency(passage, after) and ends[after - 1] == starts[after]) or (
        at > 0 and _is_currency(passage, at - 1) and ends[at - 1] == starts[at]
    )


def _is_currency(passage: Passage, at: int) -> bool:
    return passage.kinds[at] == "punct" and _CURRENCIES[passage.raws[at]]


_CURRENCIES: Memo[str, bool] = Memo(lambda raw: unicodedata.category(raw[0]) == "Sc")


def _touches(passage: Passage, at: int) -> bool:
    """Whether a mark stands between two tokens without any space."""
    starts, ends = passage.starts, passage.ends
    return 0 < at < len(starts) - 1 and ends[at - 1] == starts[at] and ends[at] == starts[at + 1]


def after_dots(passage: Passage, at: int) -> int:
    """Return the number of the token after an acronym with dots that starts here, or of the next one."""
    raws, starts, ends = passage.raws, passage.starts, passage.ends
    end = at
    while (
        end + 1 < len(raws)
        and len(raws[end]) == 1
        and raws[end].isupper()
        and raws[end + 1] == "."
        and ends[end] == starts[end + 1]
    ):
        end += 2
        if end < len(raws) and starts[end] != ends[end - 1]:
            break
    return end if end - at >= 4 else at + 1


def letters(passage: Passage, start: int, end: int) -> str:
    """Return the folded letters of the acronym with dots that the tokens [start, end) are."""
    return "".join([passage.texts[at] for at in range(start, end) if passage.kinds[at] != "punct"])


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
    row, end = passage.once(words), 0
    for at in row.capitals:
        if at >= end:
            end = _run_end(row, at, passage)
            if end == at + 1:  # nearly always
                part = row[at]
                found.append(Name((part,), part.raw, part.token, part.after))
                continue
            parts = tuple([row[place] for place in range(at, end) if row.shapes[place] != "lower"])
            start, after = row.starts[at], row.after(end - 1)
            found.append(Name(parts, passage.written(start, after), start, after))
    return tuple(found)


def _run_end(row: Words, at: int, passage: Passage) -> int:
    """Return the place after the last word of a name that begins with a word."""
    end, length, joining = at + 1, len(row.starts), _joining()
    while end < length:
        raw, large = row.raws[end], row.shapes[end] in _CAPITAL and end not in row.firsts
        if not (large or raw in joining or (end in row.glued and raw[0].isdigit())):  # nearly always
            return end
        before, start = row.after(end - 1), row.starts[end]
        if before < start and not (end in row.glued or _is_initial(row.raws[end - 1], passage.raws[before:start])):
            return end
        if large:
            end += 1
        elif raw in joining:
            following = end + 1
            while following < length and row.raws[following] in joining:
                following += 1
            if following - end > 2 or following == length or row.shapes[following] not in _CAPITAL:
                return end
            if raw in name_words("and") or row.after(following - 1) < row.starts[following]:
                return end
            end = following + 1
        else:
            end += 1
    return end


def _ends_initial(passage: Passage, at: int) -> bool:
    """Whether a dot stands behind a single capital letter, which ends no sentence as a rule (`J. Smith`)."""
    raws = passage.raws
    return raws[at] == "." and at > 0 and len(raws[at - 1]) == 1 and raws[at - 1].isupper()


@cache
def _joining() -> frozenset[str]:
    """Return the words that, written small, may stand inside a name."""
    joining = name_words("joining")
    return joining | {word.replace("'", "’") for word in joining}


def _is_initial(raw: str, between: Sequence[str]) -> bool:
    """Whether the only mark between is the dot of an initial or of a short title (`J. Smith`, `Dr. Who`)."""
    return len(between) == 1 and between[0] == "." and len(raw) <= 3


def components(passage: Passage) -> tuple[Name, ...]:
    """Cut the names of a text where joining words stand: an office `of the` Allied Workers is two names.

    A row of very many words with capitals is no name, and is cut too: what looks at a name may take longer the longer
    it is.
    """
    found: list[Name] = []
    for name in passage.once(spans):
        whole = sum([part.after - part.token for part in name.parts]) == name.end - name.start
        if whole and len(name.parts) <= _MOST_WORDS:
            found.append(name)
        else:
            found += _cut(name, passage)
    return tuple(found)


def _cut(name: Name, passage: Passage) -> Iterator[Name]:
    run: list[Word] = []
    for part in name.parts:
        if run and (len(run) == _MOST_WORDS or "word" in passage.kinds[run[-1].after : part.token]):
            yield join(run, passage)
            run = []
        run.append(part)
    yield join(run, passage)


def join(parts: Sequence[Word], passage: Passage) -> Name:
    """Return some words that follow each other as one name."""
    start, end = parts[0].token, parts[-1].after
    return Name(tuple(parts), passage.written(start, end), start, end)
