"""A long article: notes on its chunks, notes on those notes, and the summary of what is left.

All chunks are read at once. A level above is needed only where the notes do not fit into one prompt, and it must be
shorter than the one below.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import Generic, TypeVar

from pydantic import BaseModel

from summarizer.errors import InvalidReply, SummarizerError, TooLong
from summarizer.pipeline.draft import Draft
from summarizer.pipeline.drive import Flow, together
from summarizer.pipeline.notes import Node, merge, read
from summarizer.pipeline.rooms import Rooms
from summarizer.pipeline.task import Given
from summarizer.pipeline.write import SHORT, last_question, write
from summarizer.plan import balanced, finer
from summarizer.records import Chunk, Plan, Request, Span, Step, Usage

S = TypeVar("S", bound=BaseModel)


class Reading(Generic[S]):
    """How far the reading of a long article is.

    Args:
        cut: Its chunks.
        given: The article and what is done to it.
        rooms: What fits where.

    Attributes:
        given: The article and what is done to it, the window of the model as it turned out to be.
        chunks: The parts that the article is read in.
        unread: Those whose call failed.
        steps: Every note, level by level.
        warnings: What people should know, one line each.
        usage: What was consumed.
    """

    def __init__(self, cut: Plan, given: Given[S], rooms: Rooms) -> None:
        self.given = given
        self.chunks = cut.chunks
        self.unread: list[Chunk] = []
        self.steps: list[Step] = []
        self.warnings: dict[str, None] = {}
        self.usage = Usage()
        self._cut = cut
        self._use(rooms)

    def summary(self) -> Flow[tuple[Draft[S], Plan, Request]]:
        """Read the article and write the summary.

        Returns:
            The summary, the units that it may rest on (those that notes cite), and the question that it answers.

        Raises:
            TooLong: The window does not hold the notes of two calls.
            SummarizerError: No chunk could be read, or the last call failed.
        """
        nodes = yield from self._read()
        while True:
            nodes = yield from self._merged(nodes)
            units = tuple(unit for node in nodes for unit in node.units)
            if not units:
                raise self._charged(
                    InvalidReply("no note on a part of the article says what it says: use a larger model")
                )
            request = self._question(nodes)
            shorter = partial(self._question, nodes, SHORT)
            try:
                draft = yield from write(request, self.given.task.schema, self.given, shorter, self.usage)
            except TooLong as error:
                self.usage = error.usage or self.usage
                self._shrink(error, self.given.count(request.messages), request.max_output_tokens or 0)
                continue
            self._tell_of_notes()
            return draft, replace(self._cut, units=units), request

    # ------------------------------------------------------------------------------------------------------- the chunks

    def _read(self) -> Flow[list[Node]]:
        """Take notes on all chunks at once; those that turn out not to fit are cut finer."""
        ends: dict[Span, Node | SummarizerError] = {}
        while left := [(place, chunk) for place, chunk in enumerate(self.chunks, 1) if chunk.span not in ends]:
            of = len(self.chunks)
            found = yield from self._together(
                [read(chunk, (place, of), self.given, self._rooms) for place, chunk in left]
            )
            ends |= {chunk.span: end for (_, chunk), end in zip(left, found, strict=True)}
            self.chunks = self._finer(ends)
        nodes = []
        for chunk in self.chunks:
            end = ends[chunk.span]
            if isinstance(end, Node):
                nodes.append(end)
                self._keep(end)
            else:
                self.unread.append(chunk)
                self.warnings[_unread(chunk, end)] = None
        if not nodes:
            raise self._charged(next(end for end in ends.values() if isinstance(end, SummarizerError)))
        return nodes

    def _finer(self, ends: dict[Span, Node | SummarizerError]) -> tuple[Chunk, ...]:
        """Cut what the server calls too long, for a smaller window; all stays as it is when that is not possible."""
        refused = [(chunk, end) for chunk in self.chunks if isinstance(end := ends.get(chunk.span), TooLong)]
        if not refused:
            return self.chunks
        chunks: list[Chunk] = []
        try:
            self._shrink(refused[0][1], *self._rooms.asked(refused[0][0].tokens))
            for chunk in self.chunks:
                if isinstance(ends.get(chunk.span), TooLong):
                    room = min(self._rooms.part, chunk.tokens - 1)
                    chunks += finer(self._cut, chunk, count=self.given.measure.count, room=room)
                else:
                    chunks.append(chunk)
        except TooLong:
            return self.chunks
        return tuple(chunks)

    # ------------------------------------------------------------------------------------------------- the levels above

    def _merged(self, nodes: list[Node]) -> Flow[list[Node]]:
        """Take notes on notes until all fit into one prompt."""
        level = 1 + max(step.level for step in self.steps) if self.steps else 2
        while (tokens := sum(node.tokens for node in nodes)) > self._rooms.last:
            groups = self._groups(nodes)
            ends = yield from self._together(
                [merge(group, (level, number), self.given, self._rooms) for number, group in enumerate(groups, 1)]
            )
            nodes = []
            for group, end in zip(groups, ends, strict=True):
                if isinstance(end, Node):
                    nodes.append(end)
                    self._keep(end)
                else:  # what it would have brought together is offered as it is
                    nodes += group
                    self.warnings[_unmerged(group, end)] = None
            refused = next((place for place, end in enumerate(ends) if isinstance(end, TooLong)), None)
            if refused is not None:
                error, beneath = ends[refused], sum(node.tokens for node in groups[refused])
                assert isinstance(error, TooLong)
                self._shrink(error, *self._rooms.asked(beneath))
            elif sum(node.tokens for node in nodes) >= tokens:
                failed = (end for end in ends if isinstance(end, SummarizerError))
                raise self._charged(next(failed, self._rooms.too_small(self._cut)))
            level += 1
        return nodes

    def _groups(self, nodes: Sequence[Node]) -> list[list[Node]]:
        """Put neighbors together, in the fewest groups that fit, about equally long."""
        nodes = [node for node in nodes if node.notes]
        room = self._rooms.part
        longest = max((node.tokens for node in nodes), default=0)
        ends = balanced([node.tokens for node in nodes], room) if 0 < longest <= room else []
        if not 0 < len(ends) < len(nodes):
            raise self._charged(self._rooms.too_small(self._cut))
        return [list(nodes[first:last]) for first, last in pairwise((0, *ends))]

    def _question(self, nodes: Sequence[Node], most_words: int | None = None) -> Request:
        given, task = self.given, self.given.task
        if most_words is not None:
            given = replace(given, task=replace(task, max_words=min(most_words, task.max_words)))
        notes = [note for node in nodes for note in node.notes]
        units = [unit for node in nodes for unit in node.units]
        return last_question(notes, units, given, most=self._rooms.last_reply)

    # -------------------------------------------------------------------------------------------------------- the books

    def _together(self, flows: Sequence[Flow[Node]]) -> Flow[tuple[Node | SummarizerError, ...]]:
        try:
            ends = yield from together(flows)
        except SummarizerError as error:
            error.usage = self.usage + (error.usage or Usage())
            raise
        self.usage = sum((end.usage for end in ends if end.usage is not None), self.usage)
        return ends

    def _charged(self, error: SummarizerError) -> SummarizerError:
        error.usage = self.usage
        return error

    def _use(self, rooms: Rooms) -> None:
        self._rooms = rooms.sized(self._cut.tokens)
        self.given = replace(self.given, model=replace(self.given.model, window=rooms.window))

    def _shrink(self, error: TooLong, counted: int, reply: int) -> None:
        try:
            self._use(self._rooms.smaller(self.given, error, counted, reply))
        except TooLong:
            raise self._charged(error) from None
        self.warnings[smaller_window(error, self._rooms)] = None

    def _keep(self, node: Node) -> None:
        self.steps += node.steps
        self.warnings |= dict.fromkeys(node.warnings)

    def _tell_of_notes(self) -> None:
        replaced = sum(step.check.origin == "extract" for step in self.steps)
        left_out = sum(not step.check.supported for step in self.steps)
        if replaced or left_out:
            self.warnings[
                f"{replaced + left_out} of {len(self.steps)} notes on parts of the article did not say what it says:"
                f" {replaced} were replaced by its own sentences, {left_out} left out"
            ] = None


def smaller_window(error: SummarizerError, rooms: Rooms) -> str:
    """Say that a window was smaller than thought."""
    return f"{error.message}: the article was cut for a window of {rooms.window} tokens"


def _unread(chunk: Chunk, error: SummarizerError) -> str:
    first, last = chunk.units[0].number, chunk.units[-1].number
    under = f", under {chunk.path[-1].text[:60]!r}" if chunk.path else ""
    return (
        f"sentences {first} to {last} (characters {chunk.span.start} to {chunk.span.end}{under}) were not read:"
        f" {error.message}"
    )


def _unmerged(group: Sequence[Node], error: SummarizerError) -> str:
    return f"the notes on sentences {group[0].first} to {group[-1].last} were not brought together: {error.message}"
