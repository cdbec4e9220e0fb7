"""Why nothing is recorded for a request: the nearest recording, and what is different now.

The causes are the things a person changes: template, schema, model, article, parameters. A schema stands in the prompt
too, and so do the parameters; provenance tells which of them it was.
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from pathlib import Path
from typing import Any, NamedTuple

from summarizer import __version__
from summarizer.errors import CassetteDamaged
from summarizer.providers.cassette.recording import Recording, paths
from summarizer.records import canonical_json

_PARAMETERS = ("max_words", "sentences", "temperature", "max_output_tokens", "sample")
# Parameters that stand in the provenance only: they decide words of the prompt.
_SETTINGS = ("language", "preset")

# Templates that only some follow-up questions are made of.
_ONLY_FOR = {"mend": ("_mend",), "repair": ("_repair",), "shorten": ("_shorten",), "judge": ("_judge", "_judged")}

_DIFF_LINES = 6
_DIFF_WIDTH = 100
# An error shows no more than 80 characters of an article: the old words and the new ones.
_ARTICLE_WIDTH = 38
_FENCE = "=== "


class Cause(NamedTuple):
    """One thing that is not as it was recorded.

    Attributes:
        what: `template`, `schema`, `model`, `article`, `parameters`, `reply`, `secret`, `package`, or `empty`.
        said: How it changed, for people.
    """

    what: str
    said: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is known about a miss.

    Attributes:
        causes: What is different from the nearest recording, the likeliest first.
        same: What is not.
        diff: Lines of the prompt that changed, as `- old` and `+ new`.
        nearest: The recording that is most like the request; None where nothing is recorded.
    """

    causes: tuple[Cause, ...]
    same: tuple[str, ...] = ()
    diff: tuple[str, ...] = ()
    nearest: Recording | None = None


@dataclass(frozen=True, slots=True)
class _Entry:
    path: Path
    request: Mapping[str, Any]
    provenance: Mapping[str, str]
    lines: frozenset[int]


@dataclass(slots=True)
class Index:
    """What is recorded in a folder, read once: a run with many misses reads it no second time."""

    folder: Path
    _entries: list[_Entry] = field(default_factory=list)
    _read: set[Path] = field(default_factory=set)

    def explain(self, request: Mapping[str, Any], provenance: Mapping[str, str]) -> Explanation:
        """Say why a request has no recording.

        Args:
            request: Its canonical form, without secrets.
            provenance: Where it comes from.
        """
        self._refresh()
        if not self._entries:
            return Explanation((Cause("empty", "nothing is recorded there"),))
        lines = _lines(request)
        nearest = max(self._entries, key=lambda entry: _likeness(entry, request, provenance, lines))
        found = Recording("", nearest.request, _response(nearest.path), nearest.provenance)
        asked, had = _lines(request, "user"), _lines(nearest.request, "user")
        return compare(found, request, provenance, len(asked & had) / max(1, len(asked)))

    def _refresh(self) -> None:
        for path in paths(self.folder):
            if path in self._read:
                continue
            self._read.add(path)
            try:
                found = Recording.decode(path.read_bytes(), path=path)
            except (OSError, CassetteDamaged):
                continue  # it has an error of its own when it is asked for
            self._entries.append(_Entry(path, found.request, found.provenance, _lines(found.request)))


def _response(path: Path) -> Mapping[str, Any]:
    try:
        return Recording.decode(path.read_bytes(), path=path).response
    except (OSError, CassetteDamaged):
        return {}


def _lines(request: Mapping[str, Any], role: str | None = None) -> frozenset[int]:
    return frozenset(hash(line) for text in _texts(request, role) for line in text.split("\n") if line)


def _likeness(
    entry: _Entry, request: Mapping[str, Any], provenance: Mapping[str, str], lines: frozenset[int]
) -> tuple[float, str]:
    old, was = entry.request, entry.provenance
    score = 8.0 * (was.get("purpose") == provenance.get("purpose"))
    for name, weight in (("article", 6), ("article_source", 3), ("preset", 2), ("schema", 2), ("templates", 2)):
        score += weight * (name in was and was.get(name) == provenance.get(name))
    score += 3 * (old["model"] == request["model"])
    score += 2 * (old["format"] == request["format"])
    score += sum(old.get(name) == request.get(name) for name in _PARAMETERS)
    score += 2 * sum(one == other for one, other in zip(old["messages"], request["messages"], strict=False))
    score += 6 * len(lines & entry.lines) / max(1, len(lines | entry.lines))
    return score, entry.path.name


def compare(
    found: Recording, request: Mapping[str, Any], provenance: Mapping[str, str], overlap: float = 1.0
) -> Explanation:
    """Say how a request differs from a recorded one.

    Args:
        found: The recording.
        request: The request in its canonical form.
        provenance: Where it comes from.
        overlap: The share of the article's lines that the recording has; below a half it is another article.
    """
    old, was = found.request, found.provenance
    checks = {
        "model": _model(old, request),
        "parameters": _parameters(old, request, was, provenance),
        "schema": _schema(old, request, was, provenance),
        "article": _article(old, request, was, provenance, overlap),
        "template": _template(old, request, was, provenance),
    }
    causes = [Cause(what, said) for what, said in checks.items() if said is not None]
    same = tuple(what for what, said in checks.items() if said is None)
    if not causes or {cause.what for cause in causes} == {"template"}:
        causes = [*_follow_up(old, request, was), *causes]
    if _hidden(old) > _hidden(request):
        causes.insert(0, Cause("secret", "a value that the environment called secret was recorded, and is not set now"))
    if not causes:
        version = was.get("summarizer", "an unknown version")
        causes = [Cause("package", f"summarizer {version} asked in other words than {__version__}")]
    return Explanation(tuple(causes), same, tuple(_diff(old, request, causes)), found)


def _model(old: Mapping[str, Any], new: Mapping[str, Any]) -> str | None:
    return None if old["model"] == new["model"] else f"model changed: {_change(old['model'], new['model'])}"


def _parameters(
    old: Mapping[str, Any], new: Mapping[str, Any], was: Mapping[str, str], now: Mapping[str, str]
) -> str | None:
    changes = [(name, old.get(name), new.get(name)) for name in _PARAMETERS]
    if "preset" in was and "preset" in now:
        changes += [(name, was.get(name), now.get(name)) for name in _SETTINGS]
    said = [f"{name} {_change(one, other)}" for name, one, other in changes if one != other]
    # The cap on the reply follows from the words asked for.
    said = [line for line in said if not line.startswith("max_output_tokens")] or said
    return f"parameters changed: {', '.join(said)}" if said else None


def _schema(
    old: Mapping[str, Any], new: Mapping[str, Any], was: Mapping[str, str], now: Mapping[str, str]
) -> str | None:
    one, other = old["format"], new["format"]
    if one == other:
        return None
    if one is None or other is None:
        return f"schema changed: {_change(one and one['name'], other and other['name'])}"
    name = now.get("schema", other["name"])
    if one["name"] != other["name"]:
        return f"schema changed: {_change(was.get('schema', one['name']), name)}"
    if any(old.get(name) != new.get(name) for name in ("max_words", "sentences")):  # which bound the lists of claims
        one, other = _unbounded(one), _unbounded(other)
        if one["schema"] == other["schema"]:
            return None
    first = next(iter(_differences(one["schema"], other["schema"], "")), None)
    if first is None:
        return f"schema {name} is sent to servers in another form than by summarizer {was.get('summarizer')}"
    return f"schema {name} changed at {first}"


def _article(
    old: Mapping[str, Any], new: Mapping[str, Any], was: Mapping[str, str], now: Mapping[str, str], overlap: float
) -> str | None:
    if "article" in was and "article" in now:
        if was["article"] == now["article"]:
            return None
        source = now.get("article_source")
        if overlap < 0.5 and (source is None or source != was.get("article_source")):
            return f"article {source!r} was never recorded" if source else "this article was never recorded"
        name = f"article {source!r}" if source else "the article"
        return f"{name} changed: {was['article'][:8]} -> {now['article'][:8]}"
    return "the article changed" if _texts(old, "user") != _texts(new, "user") else None


def _template(
    old: Mapping[str, Any], new: Mapping[str, Any], was: Mapping[str, str], now: Mapping[str, str]
) -> str | None:
    same_instructions = _texts(old, "system") == _texts(new, "system")
    if "templates" in was and "templates" in now:
        before, after = _versions(was), _versions(now)
        names = sorted(name for name in before.keys() & after.keys() if before[name] != after[name])
        if was.get("preset") == now.get("preset"):
            names += sorted(before.keys() ^ after.keys())
        same_article = was.get("article") == now.get("article")
        if not names or _texts(old) == _texts(new) or (same_instructions and not same_article):
            return None
        said = (f"{name}.jinja ({_change(before.get(name), after.get(name))})" for name in names)
        return f"template changed: {', '.join(said)}"
    return None if same_instructions else "the instructions changed"


def _follow_up(old: Mapping[str, Any], new: Mapping[str, Any], was: Mapping[str, str]) -> Iterator[Cause]:
    """A question that follows a reply: it changes with the reply, and with what code found wrong with it."""
    if was.get("purpose") not in ("mend", "repair", "shorten"):
        return
    said, says = _texts(old, "assistant"), _texts(new, "assistant")
    if said != says:
        yield Cause("reply", "the reply before this question is another one")
    elif _texts(old)[1:] != _texts(new)[1:]:
        yield Cause("reply", "the checks doubt other statements of the reply before it than when it was recorded")


def _hidden(request: Mapping[str, Any]) -> int:
    return sum(message["content"].count("[redacted env ") for message in request["messages"])


def _texts(request: Mapping[str, Any], role: str | None = None) -> list[str]:
    return [message["content"] for message in request["messages"] if role in (None, message["role"])]


def _versions(facts: Mapping[str, str]) -> dict[str, str]:
    """The templates that a question of this purpose can reach, with their hashes."""
    others = {name for purpose, names in _ONLY_FOR.items() if purpose != facts.get("purpose") for name in names}
    found = dict(part.split(":", 1) for part in facts["templates"].split() if ":" in part)
    return {name: version for name, version in found.items() if name not in others}


def _change(one: object, other: object) -> str:
    return f"{_said(one)} -> {_said(other)}"


def _said(value: object) -> str:
    return "none" if value is None else str(value)[:60]


def _unbounded(form: Mapping[str, Any]) -> dict[str, Any]:
    def strip(value: Any) -> Any:
        if isinstance(value, Mapping):
            return {name: strip(item) for name, item in value.items() if name != "maxItems"}
        return [strip(item) for item in value] if isinstance(value, list) else value

    return {"name": form["name"], "schema": strip(form["schema"])}


def _differences(one: Any, other: Any, path: str) -> Iterator[str]:
    """Yield where two schemas differ, by JSON pointer."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        for name in sorted(one.keys() | other.keys()):
            if name not in other:
                yield f"{path}/{name} (gone)"
            elif name not in one:
                yield f"{path}/{name} (new)"
            else:
                yield from _differences(one[name], other[name], f"{path}/{name}")
    elif canonical_json(one) != canonical_json(other):
        yield f"{path} ({_change(json.dumps(one, ensure_ascii=False), json.dumps(other, ensure_ascii=False))})"


# ------------------------------------------------------------------------------------------------------------ the diff


def _diff(old: Mapping[str, Any], new: Mapping[str, Any], causes: Sequence[Cause]) -> Iterator[str]:
    """Yield what changed in the first message that did: some lines of the instructions, a few words of an article."""
    if {cause.what for cause in causes} <= {"model", "secret", "empty"}:
        return
    pairs = zip(old["messages"], new["messages"], strict=False)
    changed = next(((one, other) for one, other in pairs if one["content"] != other["content"]), None)
    if changed is None:
        return
    before, after = (message["content"].split("\n") for message in changed)
    if changed[0]["role"] == "system":
        yield from _changed_lines(before, after)
    else:
        yield from _first_change(before, after)


def _changed_lines(before: Sequence[str], after: Sequence[str]) -> Iterator[str]:
    left = _DIFF_LINES
    for tag, start, end, new_start, new_end in difflib.SequenceMatcher(None, before, after, False).get_opcodes():
        if tag == "equal":
            continue
        if left <= 0:
            yield "  ..."
            return
        old, new = before[start:end], after[new_start:new_end]
        at = _where(old[0], new[0]) if old and new else 0
        yield from (f"- {_window(line, at, _DIFF_WIDTH)}" for line in old[:left])
        yield from (f"+ {_window(line, at, _DIFF_WIDTH)}" for line in new[:left])
        left -= len(old) + len(new)


def _first_change(before: Sequence[str], after: Sequence[str]) -> Iterator[str]:
    """Yield a few words around the first place where two articles differ, not the marks around them."""
    old = [line for line in before if not line.startswith(_FENCE)]
    new = [line for line in after if not line.startswith(_FENCE)]
    for one, other in zip_longest(old, new, fillvalue=""):
        if one != other:
            at = _where(one, other)
            yield f"- {_window(one, at, _ARTICLE_WIDTH)}"
            yield f"+ {_window(other, at, _ARTICLE_WIDTH)}"
            return


def _where(one: str, other: str) -> int:
    """Return where two lines begin to differ."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def _window(line: str, at: int, width: int) -> str:
    """Return the part of a line around a place, dots for what is left out."""
    start = max(0, min(at - width // 3, len(line) - width + 2))
    shown = line[start : start + width - 2]
    return f"{'…' if start else ''}{shown}{'…' if start + len(shown) < len(line) else ''}"
