"""How a text writes its names: capitals where no sentence begins, acronyms, digits and capitals inside a word.

Names are found without a model, from the surface features of Mikheev (1999) and Nadeau and Sekine (2007, section 3), in
any script that has capitals.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import cache
from itertools import chain
from typing import NamedTuple

from summarizer.ground.reading.memo import Memo
from summarizer.ground.reading.namesake import name_words, spell
from summarizer.ground.reading.text import Passage, Shape, shape_of, where

_CAPITAL = frozenset({"title", "upper"})
_NAMED = frozenset({"title", "upper", "digit"})
_MOST_WORDS = 64  # of a name
_FEWEST_DOTS = 2  # of an acronym


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
    """The words and numbers of a passage, by their first tokens; one is put together when asked for, which few are.

    In the columns stand marks too, each a word of its own without capitals, and nothing inside an acronym with dots.

    Attributes:
        keys: For each token, see `Word`.
        raws: For each token, see `Word`.
        shapes: For each token, see `Word`.
        capitals: Where those of the shapes `title` and `upper` stand, ascending.
        firsts: Where a sentence begins.
        glued: What follows the word before without a space, a hyphen at most between them.
    """

    def __init__(self, passage: Passage) -> None:
        self._passage = passage
        self._dotted = _dotted(passage)
        self.keys: Sequence[str] = passage.keys
        self.raws: Sequence[str] = passage.raws
        self.shapes: Sequence[Shape] = passage.shapes
        inner = self._shorten() if self._dotted else frozenset[int]()
        self._silent = frozenset(passage.marks) | inner
        self.capitals = [at for at in passage.large if self.shapes[at] in _CAPITAL]
        if len(self.capitals) < self.shapes.count("title") + self.shapes.count("upper"):  # iPhone, 'S
            self.capitals = sorted(where(self.shapes, "title") + where(self.shapes, "upper"))
        self.firsts, self._priced = {self.next(0)}, False
        self.glued: set[int] = set()
        self._read([at for at in passage.marks if at not in inner] if inner else passage.marks)
        if "\n" in passage.text:
            places = self.places()
            gaps = zip([passage.ends[self.after(at) - 1] for at in places], places[1:], strict=False)
            self.firsts |= {at for end, at in gaps if "\n" in passage.text[end : passage.starts[at]]}

    def _shorten(self) -> frozenset[int]:
        """Write acronyms with dots as one word; return what stands inside them."""
        keys, raws, shapes = list(self.keys), list(self.raws), list(self.shapes)
        for start, after in self._dotted.items():
            keys[start] = spell(letters(self._passage, start, after))
            raws[start] = self._passage.written(start, after)
            shapes[start] = shape_of(raws[start])
            for at in range(start + 1, after):
                keys[at], raws[at], shapes[at] = "", "", "lower"
        self.keys, self.raws, self.shapes = keys, raws, shapes
        return frozenset(at for start, after in self._dotted.items() for at in range(start + 1, after))

    def _read(self, marks: Sequence[int]) -> None:
        """Note what the marks say of the words behind them."""
        passage, glued, raws, at = self._passage, self.glued, self._passage.raws, 0
        last = len(raws) - 1  # nothing is behind it
        for mark in marks:
            opener, joins, priced = _MARKS[raws[mark]]
            if (opener or joins or glued) and mark < last:
                touches = _touches(passage, mark)
                opens = (opener and not _ends_initial(passage, mark)) or (raws[mark] == "-" and not touches)
                if opens or touches or glued:
                    at = self.next(mark) if at < mark else at  # of many marks in a row
                    if opens:
                        self.firsts.add(at)
                    if touches and (joins or at in glued):
                        glued.add(at)
                    else:
                        glued.discard(at)
            if priced:
                self._priced = True

    def __getitem__(self, at: int) -> Word:
        after, passage = self._dotted.get(at, at + 1), self._passage
        counted = at > 0 and passage.kinds[at - 1] == "number" and len(passage.raws[at]) <= 4
        unit = counted or (self._priced and _has_currency(passage, at, after))  # 2 GWh, 3 Md€
        looks = self.shapes[at], unit, at in self.glued
        # In place of `Word(...)`, which takes longer.
        return tuple.__new__(Word, (self.keys[at], self.raws[at], at in self.firsts, *looks, at, after))

    def after(self, at: int) -> int:
        """Return the number of the token after a word."""
        return self._dotted.get(at, at + 1)

    def next(self, at: int) -> int:
        """Return where the first word begins that does not begin before a token; the end when there is none."""
        while at in self._silent:
            at += 1
        return at

    def places(self) -> list[int]:
        """Return where the words begin, ascending."""
        return [at for at in range(len(self.keys)) if at not in self._silent]


def columns(passage: Passage) -> Passage | Words:
    """Return what has the keys and the shapes of a passage's words; few have acronyms with dots, which are one word."""
    return passage if passage.raws.count(".") < _FEWEST_DOTS else passage.once(words)


def words(passage: Passage) -> Words:
    """Return the words and numbers of a passage; an acronym with dots is one word."""
    return Words(passage)


def _dotted(passage: Passage) -> dict[int, int]:
    """Return where the acronyms with dots begin, and the number of the token after each."""
    found: dict[int, int] = {}
    raws, done = passage.raws, 0
    if raws.count(".") < _FEWEST_DOTS:  # nearly always
        return found
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
# Of a mark: whether a sentence may begin behind it, whether it may glue two words, whether it is a currency's sign.
_MARKS: Memo[str, tuple[bool, bool, bool]] = Memo(
    lambda raw: (raw in name_words("openers"), raw in "-‐‑–.&/'’", _CURRENCIES[raw])
)


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
            first = row[at]
            if end == first.after:  # nearly always
                found.append(tuple.__new__(Name, ((first,), first.raw, at, end)))
            else:
                parts = [row[place] for place in range(at + 1, end) if row.shapes[place] in _NAMED]
                found.append(Name((first, *parts), passage.written(at, end), at, end))
    return tuple(found)


def _run_end(row: Words, at: int, passage: Passage) -> int:
    """Return the token after the last word of a name that begins with a word."""
    length, joining = len(row.shapes), _joining()
    while True:
        end = row.after(at)
        start = row.next(end)
        if start == length:
            return end
        raw, large = row.raws[start], row.shapes[start] in _CAPITAL and start not in row.firsts
        if not (large or raw in joining or (start in row.glued and raw[0].isdigit())):  # nearly always
            return end
        if end < start and not (start in row.glued or _is_initial(row.raws[at], passage.raws[end:start])):
            return end
        if not large and raw in joining:
            following = row.next(start + 1)
            second = following < length and row.raws[following] in joining
            last, following = (following, row.next(following + 1)) if second else (start, following)
            if following == length or row.shapes[following] not in _CAPITAL:
                return end
            if raw in name_words("and") or row.after(last) < following:
                return end
            start = following
        at = start


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
    names = passage.once(spans)
    if len([name for name in names if len(name.parts) == 1 or _is_whole(name)]) == len(names):  # nearly always
        return names
    return tuple(chain.from_iterable([[name] if _is_whole(name) else _cut(name, passage) for name in names]))


def _is_whole(name: Name) -> bool:
    """Whether nothing stands between the words of a name, and they are not too many."""
    whole = sum([part.after - part.token for part in name.parts]) == name.end - name.start
    return whole and len(name.parts) <= _MOST_WORDS


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
