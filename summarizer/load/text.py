"""Plain text and Markdown: which codec the bytes are in, and whether they are text at all."""

from __future__ import annotations

import codecs
import re

from summarizer.errors import Unreadable
from summarizer.language import detect
from summarizer.records import Article

# The four-byte marks first: the mark of UTF-32 little-endian begins with that of UTF-16. Each codec leaves the mark in
# the text as U+FEFF, since a position must count what the file holds.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

AS_TEXT = "save the article as plain text first"
_UNPACK = "unpack it first"
_NO_TEXT = "only text can be summarized"

# First bytes, what they are, what to do. From the formats' own specifications.
_SIGNATURES = (
    (b"%PDF-", "a PDF document", AS_TEXT),
    (b"{\\rtf", "an RTF document", AS_TEXT),
    (b"PK\x03\x04", "a zip archive (or a Word, Excel, OpenDocument or EPUB file)", AS_TEXT),
    (b"PK\x05\x06", "an empty zip archive", _UNPACK),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Microsoft Office document", AS_TEXT),
    (b"\x1f\x8b", "gzip data", _UNPACK),
    (b"BZh91AY&SY", "bzip2 data", _UNPACK),
    (b"\xfd7zXZ\x00", "xz data", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "zstd data", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", _UNPACK),
    (b"Rar!\x1a\x07", "a RAR archive", _UNPACK),
    (b"\x89PNG\r\n\x1a\n", "a PNG image", _NO_TEXT),
    (b"\xff\xd8\xff", "a JPEG image", _NO_TEXT),
    (b"GIF87a", "a GIF image", _NO_TEXT),
    (b"GIF89a", "a GIF image", _NO_TEXT),
    (b"II*\x00", "a TIFF image", _NO_TEXT),
    (b"MM\x00*", "a TIFF image", _NO_TEXT),
    (b"OggS\x00", "sound or video (Ogg)", _NO_TEXT),
    (b"ID3\x02", "sound (MP3)", _NO_TEXT),
    (b"ID3\x03", "sound (MP3)", _NO_TEXT),
    (b"ID3\x04", "sound (MP3)", _NO_TEXT),
    (b"\x7fELF", "a program (ELF)", _NO_TEXT),
    (b"SQLite format 3\x00", "an SQLite database", _NO_TEXT),
)
# Declarations and comments may stand before what makes a page one.
_HTML = re.compile(
    r"(?:\s|\ufeff|<\?[^>]*>|<!--(?:(?!-->).)*-->)*<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL
)

# charset-normalizer alone reads French, Spanish, Portuguese and Italian in cp1252 as cp1250 ("ŕ" for "à") or worse in
# 12 of 30 samples cut from `fixtures/articles` (with this first: in none), so the codec that browsers take for Western
# text is tried first. Such a text is at most a third beyond ASCII, nearly all of that letters or typography, and in one
# of these languages.
_WESTERN = frozenset(
    [
        *("af", "an", "br", "ca", "co", "cy", "da", "de", "en", "es", "eu", "fi", "fo", "fr", "fy", "ga", "gl", "id"),
        *("is", "it", "lb", "ms", "nl", "nn", "no", "oc", "pt", "sq", "sv", "wa"),
    ]
)
_WESTERN_BYTES = bytes(
    [
        *b"\x80\x85\x8a\x8c\x91\x92\x93\x94\x96\x97\x99\x9c\xa0\xa1\xa3\xa7\xa9\xaa\xab\xad\xae\xb0\xb2\xb4\xb7\xba\xbb\xbf",
        *(byte for byte in range(0xC0, 0x100) if byte not in (0xD7, 0xF7)),
    ]
)
# The encodings of the web (WHATWG) and of old PCs: without this list, short texts become EBCDIC or UTF-16.
_LEGACY = [
    *("big5", "euc_jp", "euc_kr", "gb18030", "shift_jis", "koi8_r", "koi8_u", "mac_cyrillic", "mac_roman", "cp437"),
    *("cp850", "cp866", "cp874", "cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257"),
    *("cp1258", "iso8859_2", "iso8859_6", "iso8859_7", "iso8859_8"),
]
_ASCII = bytes(range(128))
# What no text in an old encoding holds: control characters other than white space.
_CONTROLS = bytes([*range(9), *range(14, 27), *range(28, 32), 127])


def decode(data: bytes, /, *, source: str | None = None) -> Article:
    """Decode the bytes of a text file; nothing is stripped or normalized.

    A byte order mark selects the codec (UTF-8, UTF-16 or UTF-32) and stays in the text as its first character, U+FEFF.
    Without one the bytes are UTF-8, or else what charset-normalizer takes them for, which the article then names as its
    `guessed_codec`. Encoding the text with that codec gives the same bytes again. Its language is left unknown.

    Args:
        data: The whole file.
        source: A path or name for people; it also stands in error messages.

    Raises:
        Unreadable: The bytes are empty, blank, binary, HTML, or in no encoding that can be told.
    """
    name = "the input" if source is None else repr(source)
    if not data:
        raise Unreadable(f"{name} is empty: give a file with text in it", source=source)
    for signature, kind, remedy in _SIGNATURES:
        if data.startswith(signature):
            raise Unreadable(f"{name} is {kind}, not text: {remedy}", source=source)
    text, guessed = _decoded(data, name, source)
    if "\0" in text:
        raise Unreadable(f"{name} is binary (it holds NUL characters): {_NO_TEXT}", source=source)
    if _HTML.match(text[:1024]):
        raise Unreadable(f"{name} is HTML, not text: {AS_TEXT}", source=source)
    if not text.lstrip("\ufeff").strip():
        raise Unreadable(f"{name} holds only white space: give a file with text in it", source=source)
    return Article(text, source, guessed_codec=guessed)


def _decoded(data: bytes, name: str, source: str | None) -> tuple[str, str | None]:
    """Return the text, and the codec where it was guessed."""
    for mark, codec in _MARKS:
        if data.startswith(mark):
            try:
                return data.decode(codec), None
            except UnicodeDecodeError as error:
                raise Unreadable(
                    f"{name} begins as {codec.upper()} but byte {error.start} does not fit: save it again as UTF-8",
                    source=source,
                ) from error
    if b"\0" in data:
        raise Unreadable(
            f"{name} is binary (it holds NUL bytes): {_NO_TEXT}; if it is UTF-16, save it as UTF-8", source=source
        )
    try:
        return data.decode("utf-8"), None
    except UnicodeDecodeError as error:
        guessed = _guessed(data)
        if guessed is None:
            raise Unreadable(
                f"{name} is not UTF-8 (byte {error.start}) and its encoding cannot be told: save it as UTF-8",
                source=source,
            ) from error
        return guessed


def _guessed(data: bytes) -> tuple[str, str] | None:
    """Text and codec of bytes that are not UTF-8, or None when they are in no encoding that can be told."""
    if len(data.translate(None, _CONTROLS)) < len(data):
        return None
    western = _western(data)
    if western is not None:
        return western, "cp1252"
    from charset_normalizer import from_bytes

    best = from_bytes(data, cp_isolation=_LEGACY).best()
    if best is None:
        return None
    try:
        return data.decode(best.encoding), best.encoding
    except UnicodeDecodeError:  # it looks at samples of large data
        return None


def _western(data: bytes) -> str | None:
    beyond = data.translate(None, _ASCII)
    if len(beyond) * 3 > len(data) or len(beyond.translate(None, _WESTERN_BYTES)) * 50 > len(beyond):
        return None
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        return None
    return text if (detect(text) or "en") in _WESTERN else None
