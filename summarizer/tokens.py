"""How long a text is for a model, without a network.

tiktoken downloads its vocabularies; this package carries the two that OpenAI's models use (`data/README.md`), puts them
where tiktoken looks, and tiktoken checks their SHA-256. For every other model the length is estimated.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import tempfile
import threading
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from string import ascii_letters
from typing import TYPE_CHECKING

from summarizer.errors import UsageError
from summarizer.variables import variables
from summarizer.whole import replacing, write_all

if TYPE_CHECKING:
    from tiktoken import Encoding

_ESTIMATE = "estimate"
_URL = "https://openaipublic.blob.core.windows.net/encodings/{name}.tiktoken"
# The hashes that tiktoken itself expects.
_SHA256 = {
    "o200k_base": "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d",
    "cl100k_base": "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7",
}
# gpt-oss has its own special tokens, but splits text as o200k_base does.
_SAME_TEXT = {"o200k_harmony": "o200k_base"}
# Names that OpenAI gives; newer ones than tiktoken knows have, so far, always used the newest vocabulary.
_OPENAI = re.compile(r"(?:ft:)?(?:(?:chat)?gpt-?\d|gpt-oss|o\d|codex|davinci|babbage|text-|code-)", re.IGNORECASE)

# tiktoken panics on a million spaces (its regular expression overflows its stack) and slows down from 0.2 to 1.2
# microseconds a character on a million letters without a space; at 8,000 characters it does neither.
_PIECE_CHARS = 8_000
_TRIES = 16

# Thousandths of a token for one character by where it stands in Unicode: below this code point, this weight. Chosen so
# that on every article of `fixtures/articles` the estimate is no less than o200k_base counts; see `TokenCounter`.
_LETTER, _SPACE, _DIGIT, _SIGN = 285, 100, 700, 700
_WEIGHTS = (
    (0x00C0, _SIGN),
    (0x0300, 900),  # Latin with accents
    (0x0370, 1200),  # accents apart from their letters
    (0x0900, 600),  # Greek, Cyrillic, Hebrew, Arabic
    (0x1E00, 900),  # India, South-East Asia, Georgia, Ethiopia
    (0x2000, 900),  # Latin with two accents, Greek with accents
    (0x2070, _SIGN),
    (0x2E80, 2000),  # symbols
    (0xD800, 1100),  # Chinese, Japanese, Korean
    (0xF900, 2000),
    (0xFFF0, 1100),
)
_RARE = 2500

_lock = threading.RLock()


@dataclass(frozen=True, slots=True)
class TokenCounter:
    """Counts the tokens of a text for one model.

    An estimate goes by the script of each character and errs to the safe side. On the articles of `fixtures/articles`
    it is above o200k_base by 2 to 31 % in Latin script, 26 and 41 % in Japanese and Chinese, 58 % in Arabic, and up to
    2.6 times as high on single sentences in Cyrillic, Greek and Indian scripts. Models with smaller vocabularies need
    more for languages other than English: against cl100k_base it is between 13 % low and 25 % high in Latin script,
    27 % low in Arabic, and about 45 % low in Greek and Hebrew.

    Attributes:
        name: The vocabulary: `o200k_base`, `cl100k_base` or `estimate`.
        exact: Whether this is known to be the model's own vocabulary.
    """

    name: str
    exact: bool

    def count(self, text: str, /) -> int:
        """Return the number of tokens of a text, whatever it holds; marks such as `<|endoftext|>` count as text.

        A long text is counted in pieces of at most 8,000 characters, cut before a space between two words; where there
        is none near the cut, the count may be off by a token for each cut.

        Raises:
            UsageError: The vocabulary is damaged or can be unpacked nowhere.
        """
        if self.name == _ESTIMATE:
            return _estimate(text)
        encoding = _encoding(self.name)
        return sum(len(encoding.encode_ordinary(piece)) for piece in _pieces(text))

    def at_most(self, text: str, /) -> int:
        """Return a number that the count does not pass, for texts that people write, ten times as fast where it can be.

        The estimate is no less than o200k_base counts on any article of `fixtures/articles`; other vocabularies count.
        """
        return _estimate(text) if self.name == "o200k_base" else self.count(text)


def counter(model: str | None) -> TokenCounter:
    """Return the counter for a model.

    Args:
        model: The name as its door knows it (`gpt-5-mini`), or None when unknown. Names that OpenAI gives, or might
            give, are counted with its vocabularies, the others estimated.
    """
    name = (model or "").removeprefix("openai/")
    if not _OPENAI.match(name):
        return TokenCounter(_ESTIMATE, exact=False)
    from tiktoken.model import encoding_name_for_model

    try:
        found = encoding_name_for_model(name)
    except KeyError:
        return TokenCounter("o200k_base", exact=False)
    vocabulary = _SAME_TEXT.get(found, found)
    if vocabulary not in _SHA256:  # models before 2023
        return TokenCounter(_ESTIMATE, exact=False)
    return TokenCounter(vocabulary, exact=True)


# ------------------------------------------------------------------------------------------------------------ estimate


def _estimate(text: str) -> int:
    """Weigh every character; ASCII, most of most texts, by deleting it, 10 times as fast as by looking at each."""
    data, total = text.encode("utf-8", "surrogatepass"), 0
    for weight, chars in _ascii().items():
        before = len(data)
        data = data.translate(None, chars)
        total += weight * (before - len(data))
    others = Counter(data.decode("utf-8", "surrogatepass")) if data else {}
    return -(-(total + sum(_weight(char) * times for char, times in others.items())) // 1000)


@cache
def _ascii() -> dict[int, bytes]:
    """The characters of ASCII by their weights; letters, most of them, first."""
    weights = {char: _weight(char) for char in (*ascii_letters, *map(chr, range(128)))}
    return {
        weight: "".join(char for char in weights if weights[char] == weight).encode()
        for weight in dict.fromkeys(weights.values())
    }


@cache
def _weight(char: str) -> int:
    code = ord(char)
    if char.isspace():
        return _SPACE
    if code < 0x80 and char.isalnum():
        return _LETTER if char.isalpha() else _DIGIT
    return next((weight for end, weight in _WEIGHTS if code < end), _RARE)


# -------------------------------------------------------------------------------------------------------------- pieces


def _pieces(text: str) -> Iterator[str]:
    start = 0
    while len(text) - start > _PIECE_CHARS:
        end = _border(text, start + _PIECE_CHARS // 2, start + _PIECE_CHARS)
        yield text[start:end]
        start = end
    yield text[start:]


def _border(text: str, low: int, high: int) -> int:
    """The last place in a range where both vocabularies always begin a new token, or the end of the range.

    Both split a text into words first, and a single space between two words always begins the second one.
    """
    at = high
    for _ in range(_TRIES):
        at = text.rfind(" ", low, at)
        if at < 0:
            break
        if not (text[at - 1].isspace() or text[at + 1].isspace()):
            return at
    return high


# ---------------------------------------------------------------------------------------------------------- vocabulary


def _encoding(name: str) -> Encoding:
    with _lock:  # loading takes half a second and 90 MB: once, and only one thread may turn the environment
        return _load(name)


@cache
def _load(name: str) -> Encoding:
    import tiktoken

    with _cache_folder(name) as folder, variables({"TIKTOKEN_CACHE_DIR": str(folder)}):
        return tiktoken.get_encoding(name)


@contextmanager
def _cache_folder(name: str) -> Iterator[Path]:
    """Give a folder that holds the vocabulary where tiktoken looks for it, so that it downloads nothing.

    The user's own choice comes first (tiktoken's two variables), then the user's cache, then a folder that is removed.
    """
    from platformdirs import user_cache_path

    chosen = os.environ.get("TIKTOKEN_CACHE_DIR") or os.environ.get("DATA_GYM_CACHE_DIR")
    for folder in (Path(chosen) if chosen else None, user_cache_path("summarizer") / "tiktoken"):
        if folder is not None and _unpacked(name, folder):
            yield folder
            return
    try:
        spare = tempfile.TemporaryDirectory(prefix="summarizer-")
    except OSError as error:
        raise _nowhere() from error
    with spare:
        if not _unpacked(name, Path(spare.name)):
            raise _nowhere()
        yield Path(spare.name)


def _nowhere() -> UsageError:
    return UsageError(
        "the token vocabulary (4 MB) can be unpacked nowhere: set TIKTOKEN_CACHE_DIR to a folder that can be written"
    )


def _unpacked(name: str, folder: Path) -> bool:
    """Whether the folder holds the whole vocabulary, unpacking it there if need be."""
    # tiktoken's own naming; not a matter of security.
    path = folder / hashlib.sha1(_URL.format(name=name).encode(), usedforsecurity=False).hexdigest()
    try:
        if path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == _SHA256[name]:
            return True
        with replacing(path) as handle:  # another process may do the same at this moment
            write_all(handle, _packaged(name))
    except OSError:
        return False
    return True


def _packaged(name: str) -> bytes:
    try:
        content = gzip.decompress(files("summarizer").joinpath("data", f"{name}.tiktoken.gz").read_bytes())
    except (OSError, EOFError, zlib.error):
        content = b""
    if hashlib.sha256(content).hexdigest() != _SHA256[name]:  # tiktoken would download another
        raise UsageError(f"the token vocabulary {name!r} of this package is damaged: install the package again")
    return content
