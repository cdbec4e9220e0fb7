"""Stage 2: an article becomes numbered units and the chunks that go into prompts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from summarizer.errors import TooLong, Unreadable
from summarizer.plan.chunks import balanced, borders, cut
from summarizer.plan.outline import outline
from summarizer.plan.units import MAX_UNIT_CHARS, split
from summarizer.records import MANY_UNITS, Article, Chunk, Heading, Plan, Span, Unit, numbered

__all__ = ["MAX_UNIT_CHARS", "balanced", "finer", "fitted", "split", "whole"]

# What stands around a sentence and its number at most: brackets, a blank, its end, and that of a paragraph.
_AROUND_A_LINE = 5


def whole(article: Article, *, exact: bool) -> Plan:
    """Lay an article out for one prompt, however long it is: all its units in one chunk.

    Args:
        article: The article; its language helps to find where sentences end.
        exact: Whether tokens will be counted in the model's own way.

    Raises:
        Unreadable: The article has no text in it.
    """
    units = split(article.text, article.language)
    if not units:
        raise Unreadable(
            f"{article.name} holds only white space: give an article with text in it", source=article.source
        )
    # What is sure to fit is not counted: no vocabulary makes more tokens of a text than it has bytes.
    tokens = len(article.text.encode("utf-8", "replace")) + len(units) * (len(str(len(units))) + _AROUND_A_LINE)
    return Plan(article, units, (Chunk(units, Span(0, len(article.text)), tokens),), exact)


def fitted(laid_out: Plan, *, count: Callable[[str], int], room: int, part: Callable[[int], int] | None = None) -> Plan:
    """Return an article that is laid out for one prompt as it fits.

    Args:
        laid_out: The article, by `whole`.
        count: Gives the number of tokens of a text.
        room: Tokens that the whole numbered article may take in a prompt.
        part: Gives the tokens that a chunk may take, for an article that has so many and does not fit; None when it
            must fit.

    Raises:
        TooLong: The numbered article needs more tokens than there is room for, and may not or cannot be cut.
    """
    article, units, exact = laid_out.article, laid_out.units, laid_out.exact
    if laid_out.tokens <= room:
        return laid_out
    tokens = count("".join(_shown(units)))
    (everything,) = laid_out.chunks
    if tokens <= room:
        return replace(laid_out, chunks=(replace(everything, tokens=tokens),))
    if part is None:
        about = "" if exact else "about "
        raise TooLong(
            f"{article.name} is too long for the model: {about}{tokens} tokens where its window leaves room for {room}:"
            " choose a model with a larger window, or give a shorter article",
            source=article.source,
            tokens=tokens,
            window=room,
        )
    headings = outline(article.text, units) if article.outline is None else article.outline
    sizes = _sizes(units, count)
    chunks = _chunks(article, units, everything.span, sizes=sizes, headings=headings, room=part(sum(sizes)))
    return Plan(article, units, chunks, exact, headings)


def finer(laid_out: Plan, chunk: Chunk, *, count: Callable[[str], int], room: int) -> tuple[Chunk, ...]:
    """Cut one chunk of a plan anew, into chunks of at most so many tokens.

    Raises:
        TooLong: One sentence alone has more.
    """
    sizes = _sizes(chunk.units, count)
    return _chunks(laid_out.article, chunk.units, chunk.span, sizes=sizes, headings=laid_out.outline, room=room)


def _chunks(
    article: Article,
    units: Sequence[Unit],
    span: Span,
    *,
    sizes: Sequence[int],
    headings: Sequence[Heading],
    room: int,
) -> tuple[Chunk, ...]:
    """Cut what stands in a span of the article, without losing a character of it."""
    if max(sizes) > room:
        raise TooLong(
            f"{article.name} is too long for the model, in parts too: its window leaves {max(0, room)} tokens to a"
            f" part, and one sentence alone has {max(sizes)}: choose a model with a larger window",
            source=article.source,
            tokens=sum(sizes),
            window=room,
        )
    chunks: list[Chunk] = []
    first, start = 0, span.start
    above = _Above(headings)
    for last in cut(sizes, borders(units, headings), room):
        end = span.end if last == len(units) else units[last - 1].span.end
        path = above.path(units[first].span.start)
        chunks.append(Chunk(tuple(units[first:last]), Span(start, end), sum(sizes[first:last]), path))
        first, start = last, end
    return tuple(chunks)


class _Above:
    """Which headings a place of the article stands under; asked from its beginning to its end."""

    def __init__(self, headings: Sequence[Heading]) -> None:
        self._coming = list(reversed(headings))
        self._path: list[Heading] = []

    def path(self, start: int) -> tuple[Heading, ...]:
        """Return the headings above what begins at this position, the largest first; one that begins there is one."""
        while self._coming and self._coming[-1].span.start <= start:
            heading = self._coming.pop()
            self._path = [*(above for above in self._path if above.level < heading.level), heading]
        return tuple(self._path)


def _sizes(units: Sequence[Unit], count: Callable[[str], int]) -> list[int]:
    """How many tokens each unit has as the prompt of a chunk shows it."""
    return [count(f"{line}\n") for line in numbered(units, bare=True)]


def _shown(units: Sequence[Unit]) -> Iterator[str]:
    """The lines that the prompt for a whole article shows, with a blank one between paragraphs."""
    paragraph = 1
    for unit, line in zip(units, numbered(units, bare=len(units) > MANY_UNITS), strict=True):
        if unit.paragraph != paragraph:
            paragraph = unit.paragraph
            yield "\n"
        yield f"{line}\n"
