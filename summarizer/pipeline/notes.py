"""Notes on a part of a long article: asked for, then grounded before they go up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from summarizer.ground.nearest import nearest
from summarizer.ground.reading.view import ArticleView
from summarizer.pipeline.draft import Draft, grounded
from summarizer.pipeline.drive import Flow
from summarizer.pipeline.rooms import Rooms, most_notes, notes_rules, tokens_of
from summarizer.pipeline.task import Given, Task
from summarizer.pipeline.write import provenance, write
from summarizer.records import Check, Chunk, Evidence, Message, Plan, Request, Step, Unit, Usage
from summarizer.schema import Claim, Notes, find_claims, replace_claims, says_something
from summarizer.shape import reply_format

# A sentence of the article stands in for a note that says something else, if it is no longer than a claim may be.
_MOST_CHARS = 600
# It is looked for so many units around those that the note cites.
_AROUND = 8


@dataclass(frozen=True, slots=True)
class Node:
    """What a part of the article came down to.

    Attributes:
        first: Number of the first unit beneath.
        last: Number of the last one.
        notes: What is offered to the next level, in order; each cites units that say it.
        units: Those units, in the order of the article: what the next level may cite.
        tokens: Length of these as a prompt shows them.
        steps: Everything that was written on the way, with our look at it.
        usage: What the call that wrote them consumed.
        warnings: What people should know of it.
    """

    first: int
    last: int
    notes: tuple[Claim, ...] = ()
    units: tuple[Unit, ...] = ()
    tokens: int = 0
    steps: tuple[Step, ...] = ()
    usage: Usage = field(default_factory=Usage)
    warnings: tuple[str, ...] = ()


def read(chunk: Chunk, place: tuple[int, int], given: Given[Any], rooms: Rooms) -> Flow[Node]:
    """Take notes on a chunk of the article.

    Its sentences are shown with numbers that count from 1: short ones take a token each, and from 1,000 sentences on
    those of the whole article two (4 % of a book). The notes cite the article's own.

    Args:
        chunk: The chunk.
        place: Which it is, out of how many.
        given: The article and what is done to it.
        rooms: What fits where, and how long notes may be.
    """
    path = [heading.text for heading in chunk.path]
    first, last = chunk.units[0].number, chunk.units[-1].number
    shown = tuple(unit._replace(number=unit.number - first + 1) for unit in chunk.units)
    message = given.prompts.part(shown, article_id=given.article.id, place=place, path=path)
    noting = _Noting((1, place[0]), (first, last), chunk.units, given, rooms, shown, first - 1)
    return (yield from noting.notes(message))


def merge(nodes: Sequence[Node], at: tuple[int, int], given: Given[Any], rooms: Rooms) -> Flow[Node]:
    """Take notes on the notes of several nodes; only what those cite may be cited.

    Args:
        nodes: The nodes, in the order of the article.
        at: The level of the new notes, and which call of it this is.
        given: The article and what is done to it.
        rooms: What fits where, and how long notes may be.
    """
    below = [note for node in nodes for note in node.notes]
    message = given.prompts.material(below, article_id=given.article.id, is_last=False)
    units = tuple(unit for node in nodes for unit in node.units)
    return (yield from _Noting(at, (nodes[0].first, nodes[-1].last), units, given, rooms, units).notes(message))


@dataclass(frozen=True, slots=True)
class _Noting:
    """One call for notes.

    Attributes:
        at: The level, and which call of it this is.
        beneath: The first and the last unit that it is about.
        units: The units that may be cited.
        given: The article and what is done to it.
        rooms: What fits where, and how long notes may be.
        shown: The same units with the numbers that the message shows.
        before: How much smaller these are than those of the article.
    """

    at: tuple[int, int]
    beneath: tuple[int, int]
    units: tuple[Unit, ...]
    given: Given[Any]
    rooms: Rooms
    shown: tuple[Unit, ...]
    before: int = 0

    def notes(self, message: Message) -> Flow[Node]:
        """Ask for notes on what a message shows, and look at each."""
        given, task, units = self.given, self._task, self.units
        request = self._request(message, self.rooms.words)
        draft = yield from write(
            request, Notes, given, lambda: replace(self._request(message, self.rooms.words // 2), purpose="shorter")
        )
        draft = replace(draft, summary=_moved(draft.summary, self.before))
        draft = yield from grounded(draft, Plan(given.article, units, (), exact=False), task)
        steps = tuple(Step(*self.at, *self.beneath, note, check) for note, check in _settled(draft, units, given))
        notes = tuple(
            Claim(text=step.note.text, cites=[item.unit for item in step.check.evidence])
            for step in steps
            if step.check.supported
        )
        cited = {number for note in notes for number in note.cites}
        offered = tuple(unit for unit in units if unit.number in cited)
        return Node(*self.beneath, notes, offered, tokens_of(given, notes), steps, draft.usage, draft.warnings)

    @property
    def _task(self) -> Task[Notes]:
        task = self.given.task
        return Task(schema=Notes, preset=task.preset, max_repairs=task.max_repairs, max_words=self.rooms.words)

    def _request(self, message: Message, words: int) -> Request:
        given = self.given
        return Request(
            model=given.model.name,
            messages=(notes_rules(given, words), message),
            format=reply_format(Notes, most_notes(words)),
            max_output_tokens=self.rooms.notes_reply,
            temperature=0.0,
            units=self.shown,
            max_words=words,
            purpose="notes" if self.at[0] == 1 else "merge",
            provenance=provenance(given.article, self._task, given.prompts, in_parts=True),
        )


def _moved(notes: Notes, before: int) -> Notes:
    """Let notes cite the units of the article, not those that count from 1 where a part begins."""
    cites = ((path, note, [number + before for number in note.cites]) for path, note in find_claims(notes))
    return replace_claims(notes, {path: note.model_copy(update={"cites": numbers}) for path, note, numbers in cites})


def _settled(draft: Draft[Notes], units: Sequence[Unit], given: Given[Any]) -> Iterator[tuple[Claim, Check]]:
    """Put the article's own sentence in the place of each note that fails, where one is short enough."""
    claims = dict(find_claims(draft.summary))
    taken: set[int] = set()
    for check in draft.checks:
        note = Claim(text=claims[check.path].text, cites=claims[check.path].cites)
        if check.supported:
            yield note, check
            continue
        near = ArticleView(_around(note, check, units), given.article.language)
        unit = nearest(note, check, near, taken=taken)
        if unit is None or len(unit.text) > _MOST_CHARS or unit.number in taken or not says_something(unit.text):
            yield note, check
            continue
        taken.add(unit.number)
        evidence = (Evidence(unit.number, unit.span, unit.text),)
        yield (
            Claim(text=unit.text, cites=[unit.number]),
            Check(check.path, "supported", evidence, origin="extract", rejected=note.text),
        )


def _around(note: Claim, check: Check, units: Sequence[Unit]) -> Sequence[Unit]:
    """The units near those that a note cites or rests on; all where it cites none of them."""
    middle = {*note.cites, *(item.unit for item in check.evidence)}
    places = [place for place, unit in enumerate(units) if unit.number in middle]
    near = {at for place in places for at in range(place - _AROUND, place + _AROUND + 1)}
    return [unit for place, unit in enumerate(units) if place in near] or units
