"""A result as a batch keeps and writes it: one line of JSON that says which input and which task it is of.

    {"format":"summarizer.result/1", ... ,"batch":{"item":"news/a.txt","task":"9f0c...","sha256":"51d2..."}}

The hash covers the result, so that a line which somebody edited is not taken for one that a model's reply became; what
is not edited can stand in for a ledger that was lost.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from json.encoder import encode_basestring, encode_basestring_ascii
from typing import Any

from summarizer.records import RESULT_FORMAT, digest

_HEAD = re.compile(r'\{"format":"[a-z./0-9]+","article_id":"([0-9a-f]{64})","source":')
_TAIL = ',"batch":'
_decoder = json.JSONDecoder()


@dataclass(frozen=True, slots=True)
class Sealed:
    """What a line holds.

    Attributes:
        result: The result as JSON, without the seal.
        item: The name of the input.
        task: The key of the task.
    """

    result: str
    article_id: str
    item: str
    task: str


def seal(result: str, *, source: str | None, item: str, task: str) -> bytes:
    """Return the line of an input: the result of its article, its own source, and the seal.

    Args:
        result: The result as JSON; another input with the same article may be its source.
        source: Where this input's article came from.
        item: The name of the input.
        task: The key of the task.

    Raises:
        ValueError: It is no result as `Result.to_json` writes one.
    """
    head = _HEAD.match(result)
    if head is None:
        raise ValueError("no result of summarizer")
    own = f"{_quoted(source)},"
    if not result.startswith(own, head.end()):
        _, end = _decoder.raw_decode(result, head.end())
        result = f"{result[: head.end()]}{own[:-1]}{result[end:]}"
    data = result.encode()  # once: the hash covers the bytes that are written
    facts = f'"item":{_quoted(item)},"task":{_quoted(task)},"sha256":"{hashlib.sha256(data).hexdigest()}"'
    return b"%b%b\n" % (data[:-1], f"{_TAIL}{{{facts}}}}}".encode())


def unseal(line: str) -> Sealed:
    """Read a line back.

    Raises:
        ValueError: It is torn, edited, or nothing that `seal` wrote; the message says which.
    """
    result, tail, block = line.rpartition(_TAIL)
    head = _HEAD.match(result)
    if not tail or head is None:
        raise ValueError("no result of a batch")
    result += "}"
    facts: Any = json.loads(block[:-1])
    if not (isinstance(facts, dict) and facts.keys() >= {"item", "task", "sha256"}):
        raise ValueError("no seal")
    if digest(result) != facts["sha256"]:
        raise ValueError("edited after it was written")
    return Sealed(result, head[1], str(facts["item"]), str(facts["task"]))


def is_current(sealed: Sealed) -> bool:
    """Whether the result is of the format that this version writes."""
    return sealed.result.startswith(f'{{"format":"{RESULT_FORMAT}",')


def _quoted(text: str | None) -> str:
    """A text as JSON that is safe to print; the same bytes each time."""
    if text is None:
        return "null"
    return encode_basestring(text) if text.isprintable() else encode_basestring_ascii(text)
