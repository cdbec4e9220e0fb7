"""The door without a language model: it answers with the article's central sentences, word for word.

What is picked, and why, is in `picking`; here the picked sentences are put into the reply's schema.
"""

from __future__ import annotations

import asyncio
import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from summarizer.errors import SchemaError
from summarizer.providers.picking import Picker, Ranking, rank
from summarizer.records import Completion, ModelInfo, Request, Unit, Usage
from summarizer.schema import TITLES, Claim, Note, join_sentences
from summarizer.words import count_words

_MAX_WORDS = 120


class Extractive:
    """A provider that writes nothing: every claim of its reply is a sentence of the article with its number.

    What is no claim in a schema gets a value that the schema allows, and is named in the completion's warnings.

    Args:
        makes_up: Whether a date, an address, an id and the like, of which sentences give none, get a value that stands
            for nothing; otherwise such a field is an error.
    """

    info = ModelInfo(label="extractive", name="extractive", writes=False)
    free = True  # nothing is asked of anybody

    def __init__(self, *, makes_up: bool = False) -> None:
        self._made_up = _MADE_UP if makes_up else {}

    def complete(self, request: Request, /) -> Completion:
        """Return the reply made of the request's units.

        Raises:
            Unreadable: The request holds no unit that says something.
            ArticleError: No unit is short or long enough for a field of the schema.
            SchemaError: A field, such as a date, cannot be filled by picking sentences.
        """
        ranking = rank(request.units)
        words = _MAX_WORDS if request.max_words is None else request.max_words
        if request.format is None:
            most = request.sentences or len(request.units)
            picked = Picker(ranking).several(words, 1, most, _Text({}), "the reply")
            return _completion(join_sentences(unit.text for unit in picked), ())
        filler = _Filler(ranking, request.format.schema, words, request.sentences, self._made_up)
        return _completion(json.dumps(filler.value, ensure_ascii=False, allow_nan=False), tuple(filler.warnings))

    def most(self, usage: Usage, /) -> Usage:  # noqa: ARG002 - what a model would be sent costs nothing here
        """Return what a request takes at most: nothing, under any cap."""
        return Usage()

    async def acomplete(self, request: Request, /) -> Completion:
        """Return the reply made of the request's units, without blocking the event loop."""
        return await asyncio.to_thread(self.complete, request)


def _completion(text: str, warnings: tuple[str, ...]) -> Completion:
    return Completion(text=text, model="extractive", usage=Usage(), warnings=warnings)


Node = Mapping[str, Any]

_ID = "00000000-0000-{}000-8000-000000000000"
# What a field of such a format may hold, as pydantic names them.
_MADE_UP = {
    "date": "1970-01-01",
    "date-time": "1970-01-01T00:00:00Z",
    "time": "00:00:00",
    "duration": "PT0S",
    "uri": "https://example.org/",
    "email": "nobody@example.org",
    "ipv4": "127.0.0.1",
    "ipv6": "::1",
    "path": "file",
    "binary": "bytes",
    "password": "secret",
    "uuid": _ID.format(4),
    **{f"uuid{version}": _ID.format(version) for version in range(1, 9)},
}


class _Filler:
    """Makes the value that a JSON schema asks for.

    Claims are placed first. Single ones differ from each other, and so do those of lists, but a list may say again what
    a headline says: it must hold the main point when it stands alone. The rest gets what the schema allows, since
    nothing here can decide it.

    Attributes:
        value: The reply.
        warnings: The values that nothing decided, one line each.
    """

    def __init__(
        self, ranking: Ranking, schema: Node, words: int, sentences: int | None, made_up: Mapping[str, str]
    ) -> None:
        self._ranking = ranking
        self._made_up = made_up
        self._placed: dict[str, list[Unit]] = {}
        self.warnings: dict[str, None] = {}
        self._place(list(_slots(schema, "")), words, sentences or len(ranking.units))
        self.value = self._fill(schema, "", None)

    def _place(self, slots: list[tuple[str, Node]], words: int, sentences: int) -> None:
        """Choose the sentences of each place; lists share what single claims leave of the length, a title aside."""
        lists = [(path, node) for path, node in slots if node.get("type") == "array"]
        alone, together = Picker(self._ranking), Picker(self._ranking)
        for path, node in slots:
            if node.get("type") != "array":
                self._placed[path] = [alone.headline(_Text.of(node, self._ranking.units), path)]
        counted = [count_words(units[0].text) for path, units in self._placed.items() if path not in TITLES]
        words, sentences = words - sum(counted), sentences - len(counted)
        shown = {unit.number for units in self._placed.values() for unit in units}
        for path, node in lists:
            self._placed[path] = together.several(
                words // len(lists),
                max(1, node.get("minItems", 0)),
                min(node.get("maxItems", sentences), max(1, sentences // len(lists))),
                _Text.of(node, self._ranking.units),
                path,
                shown=shown,
            )

    def _fill(self, node: Node, path: str, unit: Unit | None) -> Any:
        """Make the value of one node; `unit` is what the list item around it is about."""
        node = _option(node)
        if _is_claim(node):
            return self._claim(node, path, unit or self._placed[path][0])
        if node.get("type") == "object":
            return self._object(node, path, unit)
        if node.get("type") == "array" and _claim_in(node):
            units = [unit] * max(1, node.get("minItems", 0)) if unit else self._placed[path]
            return [self._fill(node["items"], f"{path}/*", unit) for unit in units]
        return self._undecided(node, path)

    def _claim(self, node: Node, path: str, unit: Unit) -> dict[str, Any]:
        cites = [unit.number] * max(1, node["properties"]["cites"].get("minItems", 1))
        others = {key: value for key, value in node["properties"].items() if key not in ("text", "cites")}
        return {"text": unit.text, "cites": cites} | self._object({**node, "properties": others}, path, unit)

    def _object(self, node: Node, path: str, unit: Unit | None) -> dict[str, Any]:
        values = {}
        for name, field in node.get("properties", {}).items():
            if name in node.get("required", ()) or _claim_in(field):
                values[name] = self._fill(field, f"{path}/{name}", unit)
            else:
                self._warn(f"{path}/{name}", "left at its default")
        return values

    def _undecided(self, node: Node, path: str) -> Any:
        """Make a value that the schema allows and say that nothing decided it, where there was anything to decide."""
        match node.get("type"):
            case _ if "const" in node or "enum" in node:
                return self._choice([node["const"]] if "const" in node else node["enum"], path)
            case "null":
                return self._warn(path, "left empty", None)
            case "boolean":
                return self._warn(path, "false", value=False)
            case "integer" | "number":
                return self._warn(path, "the least allowed number", _number(node, path))
            case "array" if not (node.get("uniqueItems") and node.get("minItems", 0) > 1):
                items = [self._fill(node.get("items", {}), f"{path}/*", None) for _ in range(node.get("minItems", 0))]
                return self._warn(path, "as few as allowed", items)
            case "string" if "format" not in node or node["format"] in self._made_up:
                return self._text(node, path)
        kind = node.get("format") or node.get("type") or "any"
        raise SchemaError(
            f"{path} wants a value of kind {kind!r}, and picking sentences gives none: "
            "let it be null, or use a language model"
        )

    def _text(self, node: Node, path: str) -> Any:
        if "format" in node:
            return self._warn(path, "a value that stands for nothing", self._made_up[node["format"]])
        unit = Picker(self._ranking).best(_Text(node), path)
        return self._warn(path, "the article's most central sentence, without its number", unit.text)

    def _choice(self, allowed: Sequence[Any], path: str) -> Any:
        if len(allowed) == 1:
            return allowed[0]
        return self._warn(path, "the first allowed value", None if None in allowed else allowed[0])

    def _warn(self, path: str, what: str, value: Any = None) -> Any:
        self.warnings[f"extractive: {path} was decided by nobody: {what}"] = None
        return value


class _Text:
    """Whether a sentence fits the bounds of a text field.

    Raises:
        SchemaError: The field's pattern is none that Python can read.
    """

    def __init__(self, node: Node) -> None:
        self._least = node.get("minLength", 0)
        self._most = node.get("maxLength", math.inf)
        try:
            self._pattern = re.compile(node.get("pattern", ""))
        except re.error as error:
            raise SchemaError(
                f"the pattern {node['pattern']!r} cannot be matched against sentences: {error}"
            ) from error

    @classmethod
    def of(cls, slot: Node, units: Iterable[Unit]) -> _Text:
        """The bounds of the first claim in a slot; those of ours are asked for, not required, and give way."""
        claim = _claim_in(slot)
        node: Node = claim["properties"]["text"] if claim else {}
        bounds = cls(node)
        if node.get("maxLength") in _asked_lengths() and not any(bounds(unit.text) for unit in units):
            return cls({key: value for key, value in node.items() if key != "maxLength"})
        return bounds

    def __call__(self, text: str) -> bool:
        return self._least <= len(text) <= self._most and self._pattern.search(text) is not None


def _asked_lengths() -> set[object]:
    extras = (kind.model_fields["text"].json_schema_extra for kind in (Claim, Note))
    return {extra.get("maxLength") for extra in extras if isinstance(extra, dict)}


def _is_claim(node: Node) -> bool:
    fields: Mapping[str, Node] = node.get("properties", {})
    text, cites = fields.get("text", {}), fields.get("cites", {})
    return (
        text.get("type") == "string"
        and cites.get("type") == "array"
        and cites.get("items", {}).get("type") == "integer"
    )


def _option(node: Node) -> Node:
    """Choose one way of a union: one that holds a claim, else null, else the first that sentences can fill."""
    options = node.get("anyOf") or node.get("oneOf")
    if not options:
        return node
    fillable = [option for option in options if "format" not in option and "pattern" not in option]
    return _option(
        next(
            (option for option in options if _claim_in(option)),
            next((option for option in options if option.get("type") == "null"), (fillable or options)[0]),
        )
    )


def _claim_in(node: Node) -> Node | None:
    """Return the first claim in a schema, or None."""
    if _is_claim(node):
        return node
    inner = [*node.get("properties", {}).values(), *node.get("anyOf", ()), *node.get("oneOf", ())]
    if isinstance(node.get("items"), Mapping):
        inner.append(node["items"])
    return next((claim for claim in map(_claim_in, inner) if claim), None)


def _slots(node: Node, path: str) -> Iterator[tuple[str, Node]]:
    """Yield every place that wants sentences: a claim, or a list that holds claims."""
    node = _option(node)
    if _is_claim(node) or (node.get("type") == "array" and _claim_in(node)):
        yield path, node
        return
    for name, field in node.get("properties", {}).items():
        yield from _slots(field, f"{path}/{name}")


def _number(node: Node, path: str) -> float:
    """Return the least number that the bounds allow, or the one nearest to 0 where nothing bounds it from below."""
    whole = node["type"] == "integer"
    step = node.get("multipleOf", 1 if whole else 0)
    low: float = node.get("minimum", -math.inf)
    high: float = node.get("maximum", math.inf)
    if "exclusiveMinimum" in node:
        low = max(low, _beyond(node["exclusiveMinimum"], math.inf, whole=whole))
    if "exclusiveMaximum" in node:
        high = min(high, _beyond(node["exclusiveMaximum"], -math.inf, whole=whole))
    value = low if low > -math.inf else min(0, high)
    if step:
        value = step * (math.ceil(value / step) if low > -math.inf else math.floor(value / step))
    if not low <= value <= high:
        raise SchemaError(f"no number fits the bounds of {path}")
    return value


def _beyond(bound: float, towards: float, *, whole: bool) -> float:
    if whole:
        return math.floor(bound) + 1 if towards > 0 else math.ceil(bound) - 1
    return math.nextafter(bound, towards)
