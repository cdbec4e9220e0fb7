"""Looking at the tokens of a passage by place, for the readers of numbers and dates."""

from __future__ import annotations

from collections.abc import Sequence
from operator import add, eq
from typing import NamedTuple

from summarizer.ground.reading.text import Passage

_MARGIN = 16  # places around a passage that may be asked for: what is read there is nothing, and ends any reading


class Row(NamedTuple):
    """The tokens of a passage, or pieces of them, one place each.

    Attributes:
        texts: Folded.
        kinds: Of the tokens; `date` for what is part of a date.
        glued: Whether each stands right after the one before.
        tokens: The place of each among the passage's tokens.
    """

    texts: Sequence[str]
    kinds: Sequence[str]
    glued: Sequence[bool]
    tokens: Sequence[int]


def row_of(passage: Passage) -> Row:
    """Return every token in a place of its own."""
    ends = map(add, passage.ats, map(len, passage.texts))
    glued = [False, *map(eq, passage.ats[1:], ends)] if passage.ats else []
    return Row(passage.texts, passage.kinds, glued, range(len(glued)))


class Reader:
    """The row of one passage by place; outside of it, no farther than `_MARGIN`, there is nothing.

    Attributes:
        text: Returns the text at a place, or nothing.
        glued: Returns whether what stands at a place follows the one before without a space.
    """

    def __init__(self, passage: Passage, row: Row) -> None:
        self.passage = passage
        self.texts, self.kinds, self._glued, self.tokens = row
        self.length = len(self.texts)
        # What stands behind the end is found before the beginning too: there a place counts from the end backwards.
        self.text = [*self.texts, *[""] * _MARGIN].__getitem__
        self.glued = [*self._glued, *[False] * _MARGIN].__getitem__

    def is_number(self, place: int) -> bool:
        """Whether digits stand at a place."""
        return 0 <= place < self.length and self.kinds[place] == "number"

    def gap(self, place: int) -> int:
        """Return how many characters stand between a place and the one before it."""
        if not 0 < place < self.length:
            return 0
        token = self.tokens[place]
        before = token - 1
        return self.passage.ats[token] - self.passage.ats[before] - len(self.passage.texts[before])

    def is_near(self, place: int) -> bool:
        """Whether a word stands at a place, glued to the one before or one space after it."""
        return 0 <= place < self.length and self.kinds[place] == "word" and (self._glued[place] or self.gap(place) == 1)

    def integer(self, place: int, most_digits: int) -> int | None:
        """Return the whole number at a place, or None when there is none of so few digits."""
        text = self.text(place)
        return int(text) if text.isdecimal() and len(text) <= most_digits else None
