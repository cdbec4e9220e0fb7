"""The door to files and streams: bytes in, or one line that says why not."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import BinaryIO

from summarizer.errors import Unreadable, UsageError
from summarizer.load.text import AS_TEXT, decode
from summarizer.records import Article

# A text of 64 MiB is some 16 million tokens, sixteen times the largest window there is: such a file is a dump or an
# archive named by mistake, and 100 of them at once would fill the memory of a small machine.
MAX_BYTES = 64 << 20

_BLOCK_BYTES = 1 << 20
_KINDS = (
    (stat.S_ISDIR, "a folder: name the files in it, or summarize them all with `summarizer batch`"),
    (stat.S_ISFIFO, "a named pipe: send its content to standard input and give `-` as the file"),
    (stat.S_ISSOCK, "a socket: give a file of text"),
    (stat.S_ISCHR, "a device: give a file of text"),
    (stat.S_ISBLK, "a device: give a file of text"),
)
# Kinds of files whose markup must not be summarized as if it were their text, and what to do.
_BY_BATCH = "`summarizer batch` reads one article a row"
_KINDS_BY_SUFFIX = {
    suffix: (kind, remedy)
    for suffixes, kind, remedy in (
        (".html .htm .xhtml .mhtml", "an HTML page", AS_TEXT),
        (".pdf", "a PDF document", AS_TEXT),
        (".docx .doc .odt .rtf .pages", "a word processor's document", AS_TEXT),
        (".pptx .ppt .odp .key", "a slide show", AS_TEXT),
        (".epub .mobi", "an electronic book", AS_TEXT),
        (".eml .msg .mbox", "e-mail with its headers", AS_TEXT),
        (".srt .vtt .ass .sub .sbv", "subtitles with their times", AS_TEXT),
        (".xml .rss .atom", "XML", AS_TEXT),
        (".csv .tsv .parquet .jsonl .ndjson", "a table", _BY_BATCH),
        (".xlsx .xls .ods", "a workbook", f"save it as CSV in UTF-8, of which {_BY_BATCH}"),
        (".json .ipynb", "JSON", f"{AS_TEXT}, or write JSON Lines, of which {_BY_BATCH}"),
    )
    for suffix in suffixes.split()
}


def load(path: Path | str, /) -> Article:
    """Read a file of plain text or Markdown, exactly.

    Every name is taken for text unless its suffix or its content says otherwise; see `decode` for the encoding.

    Args:
        path: A regular file, or a link to one.

    Raises:
        Unreadable: The file is missing, forbidden, no regular file, of a kind that cannot be read, larger than
            `MAX_BYTES`, empty, binary, or in no encoding that can be told.
    """
    path = Path(path)
    source = str(path)
    try:
        _refuse_kind(path.stat().st_mode, source)
        _refuse_suffix(path.suffix.lower(), source)
        with open_file(path) as stream:
            return read(stream, source=source)
    except OSError as error:
        raise Unreadable(fault(error, source), source=source) from error
    except ValueError as error:  # a NUL character or a lone surrogate in the name
        raise Unreadable(f"{source!r} is no name of a file: {error}", source=source) from error


def open_file(path: Path, /) -> BinaryIO:
    """Open a regular file, or a link to one, for its bytes.

    Raises:
        OSError: It cannot be opened.
        Unreadable: It is no regular file; nothing is waited for.
    """
    source = str(path)
    _refuse_kind(path.stat().st_mode, source)
    # A file may become a pipe between the two looks at it: without O_NONBLOCK opening that would wait for ever.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    stream = os.fdopen(os.open(path, flags), "rb")
    try:
        _refuse_kind(os.fstat(stream.fileno()).st_mode, source)
    except Unreadable:
        stream.close()
        raise
    return stream


def as_article(article: object, /) -> Article:
    """Return what a caller gave as an article: a text is the text itself, a `Path` a file.

    Raises:
        Unreadable: See `load`.
        UsageError: It is no article at all.
    """
    if isinstance(article, Article):
        return article
    if isinstance(article, Path):
        return load(article)
    if isinstance(article, str):
        return Article(article)
    raise UsageError(f"an article is a str (the text itself), a Path or an Article, not {type(article).__name__!r}")


def read(stream: BinaryIO, /, *, source: str | None = None) -> Article:
    """Read an article from an open stream, such as standard input's `buffer`, to its end.

    Args:
        stream: Gives bytes; reading stops once it has given more than `MAX_BYTES`.
        source: A path or name for people.

    Raises:
        Unreadable: The stream gives too much, or nothing that is a text; see `decode`.
    """
    blocks: list[bytes] = []
    size = 0
    try:
        while block := stream.read(_BLOCK_BYTES):
            size += len(block)
            if size > MAX_BYTES:
                name = "the input" if source is None else repr(source)
                raise Unreadable(
                    f"{name} is larger than {MAX_BYTES >> 20} MiB, which no article is: split it into its articles",
                    source=source,
                )
            blocks.append(block)
    except OSError as error:
        raise Unreadable(fault(error, source), source=source) from error
    return decode(b"".join(blocks), source=source)


def _refuse_kind(mode: int, source: str) -> None:
    for is_kind, what in _KINDS:
        if is_kind(mode):
            raise Unreadable(f"{source!r} is {what}", source=source)


def _refuse_suffix(suffix: str, source: str) -> None:
    if suffix in _KINDS_BY_SUFFIX:
        kind, remedy = _KINDS_BY_SUFFIX[suffix]
        raise Unreadable(f"{source!r} is {kind}, not text: {remedy}", source=source)


def fault(error: OSError, source: str | None) -> str:
    """Return the one line for people about a file that cannot be read."""
    name = "the input" if source is None else repr(source)
    if isinstance(error, FileNotFoundError):
        return f"there is no file {name}: check the name and the folder ({str(Path.cwd())!r})"
    if isinstance(error, PermissionError):
        return f"{name} may not be read: give yourself the permission, or copy the file"
    return f"{name} cannot be read: {error.strerror or error}"
