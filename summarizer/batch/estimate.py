"""What a batch will take, before anything is spent.

Each article goes through the very flow that a run would send it through, with the article's own central sentences in
the place of the model's replies: so long articles, templates and schemas of one's own are counted as they are. Repairs
and reasoning cannot be known before; a ledger of the same task that has finished some articles corrects the rest.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from summarizer import pipeline
from summarizer.batch.recipe import Recipe
from summarizer.batch.view import View, has_result
from summarizer.errors import SummarizerError
from summarizer.load.inputs import Input
from summarizer.providers.extractive import Extractive
from summarizer.records import Article, Completion, Request, Usage
from summarizer.tokens import counter

# The sentences that stand in for a reply use all the words that are allowed, and a model does not: the replies of the
# tests' loopback server to the articles of `fixtures` have 0.56 times their tokens.
_SHARE = 0.56
# Marks around each message and before the reply, as OpenAI counts them.
_A_MESSAGE, _A_REPLY = 3, 3
# From so many finished articles on, what they took is a better guide than any assumption.
_MOST_REASONS = 3
_ENOUGH = 10
_TOKENS_A_WORD = 2.5  # with the JSON around the words
_USUAL = "gpt-4o"


@dataclass(slots=True)
class Amount:
    """Calls and tokens, expected or counted."""

    calls: float = 0.0
    read: float = 0.0
    written: float = 0.0

    def add(self, other: Amount) -> None:
        """Add another amount to this one."""
        self.calls += other.calls
        self.read += other.read
        self.written += other.written

    def corrected(self, expected: Amount, took: Amount) -> Amount:
        """Scale by how far what was taken is from what was expected."""
        return Amount(
            self.calls * took.calls / expected.calls if expected.calls else self.calls,
            self.read * took.read / expected.read if expected.read else self.read,
            self.written * took.written / expected.written if expected.written else self.written,
        )


@dataclass(frozen=True, slots=True)
class Tree:
    """How an article is read that is too long for one prompt.

    Attributes:
        source: Where the article is, for people.
        levels: How many calls each level takes, the one of the article's parts first, that of the summary last.
    """

    source: str | None
    levels: tuple[int, ...]


@dataclass(slots=True)
class Estimate:
    """What a batch will take.

    Attributes:
        found: Inputs.
        identical: Inputs whose article is that of another one.
        done: Articles that the ledger has a result of.
        left: Articles that failed before, and are not tried again.
        failing: Inputs that will fail before any call, by their outcome.
        reasons: Why the first of them will, for people.
        expected: What the others will take.
        most: What they can take at most: every reply as long as allowed; repairs are not in it.
        depth: How many calls wait for each other at most, for one article.
        in_parts: How many articles are too long for one prompt.
        tree: How the one of those that takes most calls is read.
        is_measured: Whether the ledger corrected what is expected.
    """

    found: int = 0
    identical: int = 0
    done: int = 0
    left: int = 0
    failing: Counter[str] = field(default_factory=Counter)
    reasons: list[str] = field(default_factory=list)
    expected: Amount = field(default_factory=Amount)
    most: Amount = field(default_factory=Amount)
    depth: int = 0
    in_parts: int = 0
    tree: Tree | None = None
    is_measured: bool = False

    def add(self, expected: Amount, most: Amount, tree: Tree) -> None:
        """Add an article that is still to be done."""
        self.expected.add(expected)
        self.most.add(most)
        self.depth = max(self.depth, len(tree.levels))
        if len(tree.levels) > 1:
            self.in_parts += 1
            if self.tree is None or sum(tree.levels) > sum(self.tree.levels):
                self.tree = tree


def estimate(
    recipe: Recipe[Any],
    inputs: Iterable[Input],
    *,
    view: View | None = None,
    retry_failed: bool = False,
    shows_schema: bool = False,
    allowance: int = 0,
) -> Estimate:
    """Say what a batch will take.

    Args:
        recipe: What would be done to each article.
        inputs: The articles.
        view: The ledger of the outputs, when there is one: what is done is not done again.
        retry_failed: Whether articles that failed before are tried again.
        shows_schema: Whether the server shows the schema of a reply to the model, and counts it.
        allowance: Tokens that a model may write beside each reply, in reasoning.

    Raises:
        UsageError: An input that stands for nothing.
    """
    found = Estimate()
    task = None if view is None else view.task(recipe.task.key(recipe.prompts, recipe.model.label))
    before, took, finished = Amount(), Amount(), 0
    counting = _Counting(recipe, shows_schema=shows_schema, allowance=allowance)
    with _Seen() as seen:
        for given in inputs:
            found.found += 1
            try:
                article = given.read()
                if not seen.is_new(article.id):
                    found.identical += 1
                    continue
                work = None if view is None or task is None else view.work(task, article.id)
                known = {} if view is None or task is None else view.calls(task, article.id)
                expected, most, levels = counting.article(article, known)
            except SummarizerError as error:
                found.failing[error.outcome] += 1
                if len(found.reasons) < _MOST_REASONS:
                    name = given.source or given.name
                    found.reasons.append(error.message if repr(name) in error.message else f"{name}: {error.message}")
                continue
            if work is not None and (work.outcome == "ok" or not retry_failed):
                found.done += has_result(work.outcome)
                found.left += not has_result(work.outcome)
                if has_result(work.outcome) and None not in (work.usage.input_tokens, work.usage.output_tokens):
                    finished += 1
                    before.add(expected)
                    took.add(_amount(work.usage))
                continue
            found.add(expected, most, Tree(given.source, levels))
    if finished >= _ENOUGH:
        found.is_measured = True
        found.expected = found.expected.corrected(before, took)
    return found


class _Counting:
    """Goes through the flow of an article, answers in the place of the model, and counts."""

    def __init__(self, recipe: Recipe[Any], *, shows_schema: bool, allowance: int) -> None:
        self._recipe = recipe
        # Where a model's own vocabulary is not known, an estimate errs to the safe side by up to a third; OpenAI's
        # newest is nearer to the middle of what servers count.
        self._count: Callable[[str], int] = (recipe.measure if recipe.measure.exact else counter(_USUAL)).count
        self._shows_schema = shows_schema
        self._allowance = allowance
        self._stand_in = Extractive()
        self._schemas: dict[str, int] = {}

    def article(self, article: Article, known: Mapping[str, Completion]) -> tuple[Amount, Amount, tuple[int, ...]]:
        """Go through the flow of an article.

        Args:
            article: The article.
            known: Replies that an earlier run has paid for, by the keys of their requests.

        Returns:
            What it is expected to take, what it can take at most, and the calls of each level.
        """
        recipe = self._recipe
        expected, most = Amount(), Amount()
        if not recipe.model.writes:
            return expected, most, ()

        def answer(question: pipeline.Question) -> pipeline.Outcome:
            if not isinstance(question, Request):
                return question()
            if question.key in known:
                return known[question.key]
            if question.purpose == "mend":  # what stands in for a reply is in the article's language, and no repair
                return _NoStandIn()  # is expected of a model's
            read, text = self._read(question), self._reply(question)
            written = _SHARE * (
                self._count(text)
                if text is not None
                else _TOKENS_A_WORD * (question.max_words or recipe.task.max_words)
            )
            expected.add(Amount(1, read, written))
            longest = (question.max_output_tokens or written) + self._allowance
            most.add(Amount(1, read if recipe.measure.exact else read * 1.25, longest))
            return _NoStandIn() if text is None else Completion(text, recipe.model.name)

        flow = recipe.flow(article)
        levels: list[int] = []
        with contextlib.suppress(StopIteration, _NoStandIn):
            questions = next(flow)
            while True:
                calls = sum(isinstance(question, Request) for question in questions)
                levels += [calls] if calls else []
                questions = flow.send(tuple(map(answer, questions)))
        return expected, most, tuple(levels)

    def _read(self, request: Request) -> int:
        read = sum(self._count(message.content) + _A_MESSAGE for message in request.messages) + _A_REPLY
        if request.format is not None and self._shows_schema:
            name = request.format.name
            if name not in self._schemas:
                self._schemas[name] = self._count(json.dumps(dict(request.format.strict)))
            read += self._schemas[name]
        return read

    def _reply(self, request: Request) -> str | None:
        """The article's own sentences in the shape that is asked for; None where sentences cannot fill it."""
        try:
            return self._stand_in.complete(request).text
        except SummarizerError:
            return None


class _NoStandIn(SummarizerError):
    """Nothing can take the place of a reply, so that the flow ends here."""


class _Seen:
    """Which articles were seen: on disk, so that memory stays flat."""

    def __init__(self) -> None:
        self._ids = sqlite3.connect("", isolation_level=None)
        self._ids.execute("CREATE TABLE seen (article_id TEXT PRIMARY KEY) WITHOUT ROWID")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._ids.close()

    def is_new(self, article_id: str) -> bool:
        found = self._ids.execute("INSERT INTO seen VALUES (?) ON CONFLICT DO NOTHING", (article_id,))
        return found.rowcount == 1


def _amount(usage: Usage) -> Amount:
    return Amount(usage.requests, usage.input_tokens or 0, usage.output_tokens or 0)
