"""How many tokens fit where, when an article is too long for one prompt."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import ceil
from typing import TYPE_CHECKING, Any

from summarizer.errors import TooLong, TruncatedInput
from summarizer.pipeline.task import Given
from summarizer.pipeline.write import most_tokens, summary_rules
from summarizer.prompt import noted
from summarizer.records import Message, Plan
from summarizer.schema import Claim, Summary
from summarizer.shape import reply_format

if TYPE_CHECKING:
    from pydantic import BaseModel

# The fewest words that say something of a part: two or three sentences.
_LEAST_WORDS = 40
_STEP = 5
# Tokens of a word of notes as the next level is shown them. The sentences of `fixtures/articles`, as notes with two
# numbers each, take 1.5 (English) to 2.1 (Arabic) tokens of o200k_base, by the estimate 1.9 to 2.8 (Arabic: 3.3). Only
# foresight rests on this: what notes take is counted before they are put together.
_TOKENS_A_NOTED_WORD = 2.4
# Room for the reply with notes: JSON around the words, as in `write`, but in shorter lists.
_TOKENS_AROUND = 100
_TOKENS_A_WORD = 4
# No reply may take more of a window: what is left must hold several replies of the level below.
_MOST_SHARE = 4
# Where the headings above a part are told.
_PATH_TOKENS = 64
# Tokens of the model for one that is counted: for what a server adds around messages where the vocabulary is known,
# and for other vocabularies where it is estimated (`tokens.TokenCounter`).
_EXACT, _ESTIMATED = 1.02, 1.25
# How often a window may turn out smaller than thought. Halving ends before: from 2 million tokens to 8,000 it takes 8.
_MOST_TRIES = 10


@dataclass(frozen=True, slots=True)
class Rooms:
    """How many tokens fit where in a window.

    Attributes:
        window: Tokens that prompt and reply share, in the model's tokens.
        scale: The model's tokens for one that is counted here.
        frames: Tokens around the sentences of a part, and around the notes of the last prompt, as counted here.
        words: How many words of notes are asked of a call.
        last_reply: Tokens that the summary may take.
        tries: How often the window was smaller than thought.
    """

    window: int
    scale: float
    frames: tuple[int, int]
    words: int
    last_reply: int
    tries: int = 0

    @classmethod
    def of(cls, given: Given[Any], window: int, scale: float | None = None) -> Rooms:
        """Measure the prompts of a task.

        Args:
            given: The article and what is done to it.
            window: Tokens that prompt and reply share.
            scale: The model's tokens for one that is counted; None for the usual margin.
        """
        prompts, task, article_id = given.prompts, given.task, given.article.id
        words = max(_LEAST_WORDS, task.max_words)
        part = prompts.part((), article_id=article_id, place=(999, 999), path=())
        rules = summary_rules(given)
        last = prompts.material((), article_id=article_id, is_last=True)
        return cls(
            window,
            scale or (_EXACT if given.measure.exact else _ESTIMATED),
            (given.count((notes_rules(given, words), part)) + _PATH_TOKENS, given.count((rules, last))),
            words,
            min(most_tokens(task.max_words), window // _MOST_SHARE),
        )

    @property
    def notes_reply(self) -> int:
        """How many tokens a reply with notes may take."""
        return min(_TOKENS_AROUND + _TOKENS_A_WORD * self.words, self.window // _MOST_SHARE)

    @property
    def part(self) -> int:
        """How many tokens a part may take, or the notes on several."""
        return self._beside(self.frames[0], self.notes_reply)

    @property
    def last(self) -> int:
        """How many tokens the notes may take that the summary is made of."""
        return self._beside(self.frames[1], self.last_reply)

    def _beside(self, frame: int, reply: int) -> int:
        return int((self.window - reply) / self.scale) - frame

    def asked(self, tokens: int) -> tuple[int, int]:
        """Return how long a prompt that shows so many tokens is in all, and its longest reply."""
        return self.frames[0] + tokens, self.notes_reply

    def sized(self, tokens: int) -> Rooms:
        """Return these rooms with notes as long as suits an article of so many tokens.

        The most words with which all notes fit into one prompt; where none do, the fewest, for the fewest levels.
        """
        for words in range(self.words, _LEAST_WORDS - 1, -_STEP):
            rooms = replace(self, words=words)
            if rooms.part > 0 and ceil(tokens / rooms.part) * words * _TOKENS_A_NOTED_WORD <= rooms.last:
                return rooms
        return replace(self, words=_LEAST_WORDS)

    def chunk(self, tokens: int) -> int:
        """Return how many tokens a chunk may take of an article of so many: never all of them."""
        return min(self.sized(tokens).part, tokens - 1)

    def levels(self, cut: Plan) -> tuple[int, ...]:
        """Foresee how many calls each level takes, from the chunks to the summary.

        Raises:
            TooLong: The window does not hold the notes of two calls, so that no level would be shorter than the last.
        """
        notes = self.words * _TOKENS_A_NOTED_WORD
        found = [len(cut.chunks)]
        while found[-1] * notes > self.last:
            together = int(self.part // notes)
            if together < 2 or notes > self.last:
                raise self.too_small(cut)
            found.append(ceil(found[-1] / together))
        return (*found, 1)

    def too_small(self, cut: Plan) -> TooLong:
        """Return the error of a window in which the notes of a level do not become fewer."""
        return TooLong(
            f"{cut.article.name} is too long for the model, in parts too: a window of {self.window} tokens, of"
            f" which the instructions take {max(self.frames)}, does not hold the notes on several parts, so that they"
            " never get shorter: choose a model with a larger window, or ask for fewer words (max_words)",
            source=cut.article.source,
            tokens=cut.tokens,
            window=self.window,
        )

    def smaller(self, given: Given[Any], error: TooLong | TruncatedInput, counted: int, reply: int) -> Rooms:
        """Return the rooms in the window that a refusal speaks of: what the server says, or half of what was tried.

        What a server read of a prompt that it cut is what it reads for sure.

        Args:
            given: The article and what is done to it.
            error: The refusal.
            counted: Tokens of the prompt, as counted here.
            reply: Tokens that its reply might have taken.

        Raises:
            SummarizerError: The one given: the window has been smaller than thought too often, or is too small for any
                notes beside the instructions for the summary.
        """
        if self.tries == _MOST_TRIES:
            raise error
        scale, told = self.scale, None
        if isinstance(error, TooLong):
            told = error.window
            if error.tokens is not None and counted / 4 < error.tokens < counted * 4:
                scale = max(scale, error.tokens / counted * _EXACT)
        else:
            told = error.read
        tried = min(self.window, int(counted * scale) + reply)
        window = told if told is not None and told < self.window else self.window
        if window == self.window and scale == self.scale:
            window = tried // 2
        rooms = Rooms.of(given, window, scale)
        if rooms.last < _LEAST_WORDS * _TOKENS_A_NOTED_WORD:
            raise error
        return replace(rooms, tries=self.tries + 1)


def notes_rules(given: Given[Any], words: int) -> Message:
    """Render the instructions for notes of so many words."""
    schema: type[BaseModel] = given.task.schema
    wanted = None if schema is Summary else reply_format(schema).outline
    return given.prompts.notes(wanted=wanted, max_words=words)


# Words of a note: longer lists than these words allow only bring a small model to repeat itself.
_WORDS_A_NOTE = 15


def most_notes(words: int) -> int:
    """Return how many notes so many words may be."""
    return max(2, words // _WORDS_A_NOTE)


def tokens_of(given: Given[Any], notes: tuple[Claim, ...]) -> int:
    """Return how many tokens notes take as a prompt shows them."""
    return sum(given.measure.count(noted(note) + "\n") for note in notes)
