"""Headings: what counts as one, and that articles are cut where they stand."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.errors import TooLong
from summarizer.plan import balanced, finer, fitted, split, whole
from summarizer.plan.outline import outline
from summarizer.records import Article, Heading, Plan, Span
from tests.growth import grows_within
from tests.strategies import articles


def headings(text: str) -> list[tuple[int, str]]:
    return [(heading.level, heading.text) for heading in outline(text, split(text, "en"))]


def words(text: str) -> int:
    return len(text.split())


def parts(text: str, room: int, **article: object) -> Plan:
    given_article = Article(text, **article)  # type: ignore[arg-type]
    return fitted(whole(given_article, exact=True), count=words, room=0, part=lambda _: room)


# ------------------------------------------------------------------------------------------------------------- headings


def test_headings_of_markdown_have_the_level_that_their_marks_say() -> None:
    text = "# One\n\nText here.\n\n### Three ###\n\nMore.\n\nTitle\n=====\n\nWords.\n\nSmaller\n---\n\nEnd of it."

    assert headings(text) == [(1, "One"), (3, "Three"), (1, "Title"), (2, "Smaller")]


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("CHAPTER IV", 2),
        ("Chapter 12: The Storm", 2),
        ("CHAPTER ONE", 2),
        ("Kapitel 3", 2),
        ("Chapitre II. La mer", 2),
        ("Capítulo 5", 2),
        ("BOOK THE FIRST", 1),
        ("Teil 2", 1),
        ("Partie III – Le retour", 1),
        ("第三章 海", 2),
        ("第一部", 1),
        ("XIV", 3),
        ("7.", 3),
    ],
)
def test_a_line_that_names_a_chapter_is_a_heading(line: str, level: int) -> None:
    assert headings(f"It rained.\n\n{line}\n\nThe sun came out.\n") == [(level, line)]


@pytest.mark.parametrize(
    "line",
    [
        "Part of the crew left.",
        "Chapter houses are round.",
        "Book two seats for me, he said.",
        "I",  # "I" alone is a number too, but not within a sentence
    ],
)
def test_a_sentence_is_no_heading(line: str) -> None:
    assert headings(f"They waited. {line} They waited again, and nobody came.") == []


def test_a_paragraph_behind_the_mark_of_a_heading_is_none() -> None:
    assert headings(f"# {'The rain went on, ' * 8}it stopped.\n\nThe sun came out.") == []


def test_headings_that_the_reader_of_a_file_knows_are_taken_as_they_are() -> None:
    text = "Intro. Some text.\n\nTopic B\n\nMore text of it."
    known = (Heading(2, Span(19, 26), "Topic B"),)

    laid_out = parts(text, 8, outline=known)

    assert laid_out.outline == known
    assert [chunk.path for chunk in laid_out.chunks] == [(), known]


# --------------------------------------------------------------------------------------------------------------- chunks


def test_a_heading_is_a_better_border_than_a_paragraph_and_a_paragraph_than_a_sentence() -> None:
    body = "It rained a lot. It rained more. It rained on. "
    text = f"{body}{body}\n\n{body}\n\n# Sun\n\n{body}{body}{body}"

    laid_out = parts(text, 60)

    assert len(laid_out.chunks) == 2
    assert laid_out.chunks[1].units[0].text == "# Sun"
    plain = parts(text.replace("# Sun\n\n", ""), 60)
    assert plain.chunks[1].units[0].paragraph == plain.chunks[0].units[-1].paragraph + 1


def test_the_path_of_a_chunk_is_the_headings_it_begins_under() -> None:
    chapter = "## Chapter {}\n\n" + "It rained a lot. " * 10 + "\n\n"
    text = "".join(f"# Book {book}\n\n" + "".join(chapter.format(n) for n in (1, 2)) for book in (1, 2))

    paths = [[heading.text for heading in chunk.path] for chunk in parts(text, 58).chunks]

    assert paths == [["Book 1"], ["Book 1", "Chapter 2"], ["Book 2"], ["Book 2", "Chapter 2"]]


@given(articles(max_parts=40), st.integers(1, 40))
def test_chunks_joined_are_the_article_and_each_fits(text: str, room: int) -> None:
    try:
        laid_out = parts(text, room)
    except TooLong:
        return
    assert "".join(chunk.span.of(text) for chunk in laid_out.chunks) == text
    assert tuple(unit for chunk in laid_out.chunks for unit in chunk.units) == laid_out.units
    assert all(chunk.tokens <= room for chunk in laid_out.chunks)
    assert all(
        chunk.span.start <= unit.span.start <= unit.span.end <= chunk.span.end
        for chunk in laid_out.chunks
        for unit in chunk.units
    )


@given(st.lists(st.integers(0, 50), min_size=1, max_size=60), st.integers(50, 200))
def test_there_are_as_few_chunks_as_can_be(sizes: list[int], room: int) -> None:
    ends = balanced(sizes, room)
    filled, fewest = 0, 1
    for size in sizes:
        filled, fewest = (filled + size, fewest) if filled + size <= room else (size, fewest + 1)

    assert len(ends) == fewest
    assert ends[-1] == len(sizes)


def test_no_chunk_is_a_left_over() -> None:
    ends = balanced([10] * 101, 100)

    lengths = [after - before for before, after in zip([0, *ends], ends, strict=False)]
    assert len(lengths) == 11
    assert min(lengths) >= 8


def test_a_chunk_can_be_cut_finer_within_its_own_span() -> None:
    text = "It rained a lot. " * 40
    laid_out = parts(text, 60)
    second = laid_out.chunks[1]

    found = finer(laid_out, second, count=words, room=20)

    assert "".join(chunk.span.of(text) for chunk in found) == second.span.of(text)
    assert tuple(unit for chunk in found for unit in chunk.units) == second.units
    assert all(chunk.tokens <= 20 for chunk in found)


def test_a_sentence_is_never_cut() -> None:
    with pytest.raises(TooLong, match="one sentence alone has 33"):
        parts("Short one. " + "word " * 29 + "end.", 20)


def test_a_megabyte_is_cut_in_linear_time() -> None:
    def diary(days: int) -> str:
        told = "It rained in Bergen, and {0} boats came in. They left again."
        return "\n\n".join(f"# Day {day}\n\n{told.format(day)}" for day in range(days))

    short, long = diary(1_500), diary(15_000)

    assert len(long) > 1_000_000
    assert len(parts(long, 3_000).chunks) > 50
    assert grows_within(25, lambda: lambda: parts(short, 3_000), lambda: lambda: parts(long, 3_000))
