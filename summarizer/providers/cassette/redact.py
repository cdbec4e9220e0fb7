"""Keep secrets out of recordings: keys of the known shapes, values of secret-named environment variables.

Each secret becomes a placeholder that names its kind and counts, such as `[redacted openai-key 1]`. It is replaced
before the request is hashed, so a recording is found again after the key was changed; and it is put back into a
replayed reply, so that a reply that quotes the article still quotes it.

A shape is looked for where its mark stands, and the marks by plain search: 10 kB without a secret take some 50 us.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from summarizer.records import canonical_json

# A shorter value of an environment variable is a switch or a test's dummy, and may be a word of the article.
_LEAST = 8

_NAME = re.compile(
    r"(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIAL|_PAT|_PWD)S?(?:_[A-Z0-9]{1,4})?\Z", re.IGNORECASE
)


class Shape(NamedTuple):
    """What a kind of secret looks like.

    Attributes:
        kind: Its name in placeholders.
        marks: What it begins with, or what stands before it.
        pattern: Matches from the mark on; group 1 is the secret, or all of it where there is no group.
        word: Whether the mark must not stand inside a word.
    """

    kind: str
    marks: tuple[str, ...]
    pattern: re.Pattern[str]
    word: bool = True


class Secret(NamedTuple):
    """A secret found in a text."""

    kind: str
    start: int
    end: int


def _shape(kind: str, marks: str, pattern: str, *, word: bool = True) -> Shape:
    return Shape(kind, tuple(marks.split("|")), re.compile(pattern, re.DOTALL), word)


def _cased(*words: str) -> str:
    """Each word as it is, in capitals, and with a capital."""
    return "|".join(form for word in words for form in (word, word.upper(), word.capitalize()))


# A value set to something with a letter and a digit in it; in JSON inside JSON the quotes have backslashes.
_SET_TO = (
    r"[A-Za-z]+[A-Za-z_]{0,12}[\\\"']{0,3}\s{0,3}[:=]\s{0,3}[\\\"']{0,3}"
    r"((?=[^\s\"',;\\]*[0-9])(?=[^\s\"',;\\]*[A-Za-z])[^\s\"',;\\]{8,})"
)
# To its end mark, or as far as it may go on; an article that only names the mark goes on in sentences.
_PRIVATE_KEY = (
    r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY[A-Z0-9 ]{0,20}-----"
    r"(?:.{0,10000}?-----END [A-Z0-9 ]{0,60}-----|[A-Za-z0-9+/=\s\\\[\]]{0,10000})"
)

# The first that matches at a place wins. Lengths are the shortest that the issuers document, or a little less.
SHAPES: tuple[Shape, ...] = (
    _shape("private-key", "-----BEGIN ", _PRIVATE_KEY, word=False),
    _shape("age-key", "AGE-SECRET-KEY-1", r"AGE-SECRET-KEY-1[A-Z0-9]{40,}"),
    _shape("anthropic-key", "sk-ant-", r"sk-ant-[A-Za-z0-9_-]{16,}"),
    _shape("openai-key", "sk-", r"sk-[A-Za-z0-9_-]{16,}"),
    _shape("stripe-key", "sk_|rk_|pk_", r"[srp]k_(?:live|test)_[A-Za-z0-9]{16,}"),
    _shape("github-token", "ghp_|gho_|ghu_|ghs_|ghr_|github_pat_", r"(?:gh[pousr]|github_pat)_[A-Za-z0-9_]{20,}"),
    _shape("gitlab-token", "glpat-", r"glpat-[A-Za-z0-9_.-]{16,}"),
    _shape("aws-key", "AKIA|ASIA", r"A(?:KI|SI)A[A-Z0-9]{16}(?![A-Z0-9])"),
    _shape("slack-token", "xox|xapp-", r"x(?:ox[abeoprs]|app)-[A-Za-z0-9-]{10,}"),
    _shape("google-key", "AIza", r"AIza[A-Za-z0-9_-]{30,}"),
    _shape("google-token", "ya29.", r"ya29\.[A-Za-z0-9_-]{20,}"),
    _shape("hugging-face-token", "hf_", r"hf_[A-Za-z0-9]{20,}"),
    _shape("npm-token", "npm_", r"npm_[A-Za-z0-9]{30,}"),
    _shape("pypi-token", "pypi-", r"pypi-[A-Za-z0-9_-]{40,}"),
    _shape("sendgrid-key", "SG.", r"SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}"),
    _shape("groq-key", "gsk_", r"gsk_[A-Za-z0-9]{20,}"),
    _shape("xai-key", "xai-", r"xai-[A-Za-z0-9]{20,}"),
    _shape("nvidia-key", "nvapi-", r"nvapi-[A-Za-z0-9_-]{20,}"),
    _shape("replicate-token", "r8_", r"r8_[A-Za-z0-9]{20,}"),
    _shape("jwt", "eyJ", r"eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*"),
    _shape("bearer", _cased("bearer ", "basic "), r"[A-Za-z]+\s+((?=[^\s\"'\\]*[0-9])[A-Za-z0-9._~+/-]{16,}=*)"),
    _shape("url-password", "://", r"://[^\s/:@\"\\]*:([^\s/@\"\\]+)@", word=False),
    _shape("assigned", _cased("key", "token", "secret", "password", "passwd", "pwd"), _SET_TO, word=False),
)

# In JSON a line break is the two characters `\n`, and a key after it still begins a word.
_ESCAPED = re.compile(r"\\(?:[nrtbf]|u00[01][0-9a-f])\Z")


def find(text: str, values: Mapping[str, str] | None = None) -> list[Secret]:
    """Find the secrets in a text, the longest where they overlap, in order.

    Args:
        text: Plain text, or JSON.
        values: Secrets that are known as such, each with its kind.
    """
    found = [secret for shape in SHAPES for mark in shape.marks for secret in _of_shape(text, shape, mark)]
    for value, kind in (values or {}).items():
        found += [Secret(kind, at, at + len(value)) for at in _places(text, value)]
    if not found:
        return []
    kept: list[Secret] = []
    for secret in sorted(found, key=lambda secret: (secret.start, -secret.end)):
        if not kept or secret.start >= kept[-1].end:
            kept.append(secret)
        elif secret.end > kept[-1].end:  # two that overlap: what both cover is secret
            kept[-1] = kept[-1]._replace(end=secret.end)
    return kept


def _of_shape(text: str, shape: Shape, mark: str) -> Iterator[Secret]:
    for at in _places(text, mark):
        if shape.word and not _begins_word(text, at):
            continue
        match = shape.pattern.match(text, at)
        if match is not None:
            yield Secret(shape.kind, *match.span(shape.pattern.groups))


def _places(text: str, mark: str) -> Iterator[int]:
    at = text.find(mark)
    while at >= 0:
        yield at
        at = text.find(mark, at + 1)


def _begins_word(text: str, at: int) -> bool:
    if at == 0 or not (text[at - 1].isalnum() or text[at - 1] == "_"):
        return True
    return _ESCAPED.search(text, max(0, at - 6), at) is not None


def environment_secrets(more: Iterable[str] = ()) -> dict[str, str]:
    """Return the values of secret-named environment variables, and others, each with its kind."""
    values = (os.environ[name] for name in os.environ if _NAME.search(name))
    return {value: "env" for value in values if len(value) >= _LEAST} | {value: "secret" for value in more if value}


@dataclass(slots=True)
class Redaction:
    """The secrets of one interaction, each with its placeholder.

    Args:
        values: Secrets that are known as such, each with its kind; see `environment_secrets`.
    """

    values: Mapping[str, str]
    placeholders: dict[str, str] = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=dict)

    def text(self, text: str) -> str:
        """Replace the secrets in a text; the same secret always by the same placeholder."""
        parts, end = [], 0
        for secret in find(text, self.values):
            parts += [text[end : secret.start], self._placeholder(secret.kind, text[secret.start : secret.end])]
            end = secret.end
        return "".join((*parts, text[end:])) if parts else text

    def canonical(self, values: dict[str, Any]) -> dict[str, Any]:
        """Replace the secrets in JSON values; most often there are none, and one look at all of them is enough."""
        if not find(canonical_json(values), {**self.values, **_escaped(self.values)}):
            return values
        redacted: dict[str, Any] = self.json(values)
        return redacted

    def json(self, value: Any) -> Any:
        """Replace the secrets in every text of JSON values."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {name: self.json(item) for name, item in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.json(item) for item in value]
        return value

    def restore(self, text: str) -> str:
        """Put the secrets back."""
        for secret, placeholder in self.placeholders.items():
            text = text.replace(placeholder, secret)
        return text

    def leaks(self, data: bytes, *, ours: str) -> Sequence[str]:
        """Return the kinds of the secrets that stand in a file about to be written; `ours` is a hash that is none."""
        text = data.decode("utf-8", "surrogatepass").replace(ours, "")
        return sorted({secret.kind for secret in find(text, {**self.values, **_escaped(self.values)})})

    def _placeholder(self, kind: str, secret: str) -> str:
        if secret not in self.placeholders:
            self._counts[kind] = self._counts.get(kind, 0) + 1
            self.placeholders[secret] = f"[redacted {kind} {self._counts[kind]}]"
        return self.placeholders[secret]


def _escaped(values: Mapping[str, str]) -> dict[str, str]:
    """The values as JSON writes them, where that differs."""
    written = ((json.dumps(value, ensure_ascii=False)[1:-1], value, kind) for value, kind in values.items())
    return {text: kind for text, value, kind in written if text != value}
