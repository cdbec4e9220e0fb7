"""Looking at the tokens of a passage by place, for the readers of numbers and dates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from summarizer.ground.text import Passage


class Item(NamedTuple):
    """A token, or a piece of one.

    Attributes:
        text: Folded.
        glued: Whether it stands right after the one before.
        kind: Of the token; `date` for what is part of a date.
        token: Its place among the passage's tokens.
    """

    text: str
    glued: bool
    kind: str
    token: int


class Reader:
    """The items of one passage by place; outside of them there is nothing."""

    def __init__(self, passage: Passage, items: Sequence[Item]) -> None:
        self.passage = passage
        self.items = items
        self.texts = [item.text for item in items]

    def text(self, place: int) -> str:
        """Return the text at a place, or nothing."""
        return self.texts[place] if 0 <= place < len(self.texts) else ""

    def glued(self, place: int) -> bool:
        """Whether what stands at a place follows the one before without a space."""
        return 0 <= place < len(self.items) and self.items[place].glued

    def is_number(self, place: int) -> bool:
        """Whether digits stand at a place."""
        return 0 <= place < len(self.items) and self.items[place].kind == "number"

    def gap(self, place: int) -> int:
        """Return how many characters stand between a place and the one before it."""
        if not 0 < place < len(self.items):
            return 0
        token = self.items[place].token
        before, here = self.passage.tokens[token - 1], self.passage.tokens[token]
        return here.at - before.at - len(before.text)

    def is_near(self, place: int) -> bool:
        """Whether a word stands at a place, glued to the one before or one space after it."""
        return (
            0 <= place < len(self.items)
            and self.items[place].kind == "word"
            and (self.items[place].glued or self.gap(place) == 1)
        )

    def integer(self, place: int, most_digits: int) -> int | None:
        """Return the whole number at a place, or None when there is none of so few digits."""
        text = self.text(place)
        return int(text) if text.isdecimal() and len(text) <= most_digits else None


def items_of(passage: Passage) -> tuple[Item, ...]:
    """Return every token as an item."""
    items, end, new = [], -1, tuple.__new__
    for place, (text, _, _, _, kind, at) in enumerate(passage.tokens):
        items.append(new(Item, (text, at == end, kind, place)))
        end = at + len(text)
    return tuple(items)
