"""Stage 1: bytes become an article, exactly.

Read, decode, stop: no newline, no accent and no byte order mark is changed. So every position we report is valid in the
reader's own file, and encoding `article.text` again gives the very bytes. What cannot be a text is refused with one
line that says what it is and what to do. One file of this folder reads one kind of file.
"""

from summarizer.load.file import MAX_BYTES, as_article, load, read
from summarizer.load.text import decode

__all__ = ["MAX_BYTES", "as_article", "decode", "load", "read"]
