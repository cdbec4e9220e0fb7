"""How any pydantic class becomes the shape of a reply: for servers that take a schema, and for the prompt."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pydantic import BaseModel
from pydantic.errors import PydanticUserError

from summarizer.errors import SchemaError
from summarizer.schema import Claim


@dataclass(frozen=True, slots=True)
class ReplyFormat:
    """The shape a reply must have.

    Attributes:
        name: At most 64 characters of `[A-Za-z0-9_-]`.
        schema: JSON schema (draft 2020-12) without `$ref`, with every bound pydantic holds; for constrained decoding.
        strict: The same within the subset that OpenAI and Gemini accept; bounds it cannot say are checked afterwards.
        outline: The schema as a short text for the prompt: servers that take a schema do not all show it to the model.
    """

    name: str
    schema: Mapping[str, Any]
    strict: Mapping[str, Any]
    outline: str

    def __hash__(self) -> int:
        return hash((self.name, self.outline))


# The keywords that both providers accept (OpenAI's and Gemini's structured-output subsets of 2026-02); `anyOf` is
# OpenAI's alone and is kept only where a union of objects leaves no other way.
_STRICT_KEYWORDS = frozenset(
    {"type", "description", "enum", "properties", "required", "additionalProperties", "items"}
    | {"minItems", "maxItems", "minimum", "maximum", "anyOf"}
)
_STRICT_FORMATS = frozenset({"date-time", "date", "time"})
_MAX_DEPTH = 10


@lru_cache(maxsize=256)
def reply_format(schema: type[BaseModel], most_claims: int | None = None) -> ReplyFormat:
    """Build what a request says about the reply's shape; once per class, since it costs half a millisecond.

    Args:
        schema: The class of the reply.
        most_claims: Bounds each list of claims that allows more: a small model repeats itself as long as it may.

    Raises:
        SchemaError: The class has no JSON schema, refers to itself, or holds what could not be checked or read back.
    """
    kind: object = schema
    if not (isinstance(kind, type) and issubclass(kind, BaseModel) and kind is not BaseModel):
        raise SchemaError(f"a schema is a pydantic class, not {kind!r}")
    try:
        raw = schema.model_json_schema()
    except PydanticUserError as error:
        raise SchemaError(f"schema {schema.__name__!r} has no JSON schema: {error}".splitlines()[0]) from error
    must_be_values(schema)
    full = _inline(raw, raw.get("$defs", {}), schema.__name__, ())
    if most_claims is not None:
        full = _bound_claims(full, most_claims)
    if full.get("type") != "object":
        raise SchemaError(f"schema {schema.__name__!r} must be an object; wrap it in a class with one field")
    _must_come_back(schema)
    name = re.sub(r"[^A-Za-z0-9_-]", "_", schema.__name__)[:64]
    return ReplyFormat(
        name=name, schema=full, strict=_strict(full, schema.__name__), outline=_outline(full, "", {}, "")
    )


def defaults(schema: type[BaseModel]) -> list[tuple[str, Any]]:
    """Return what fields are when a reply leaves them out, each with its path; no request says so."""
    return sorted(_defaults(schema.model_json_schema(), ""), key=lambda found: found[0])


def _defaults(node: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(node, list):
        for number, item in enumerate(node):
            yield from _defaults(item, f"{path}/{number}")
    if not isinstance(node, dict):
        return
    if "default" in node:
        yield path, node["default"]
    for key, item in node.items():
        if key in ("properties", "$defs"):
            for field, value in item.items():
                yield from _defaults(value, f"{path}/{key}/{field}")
        elif key != "default":
            yield from _defaults(item, f"{path}/{key}")


def _must_come_back(schema: type[BaseModel]) -> None:
    """Refuse a required field that is left out where a result is written: it could not be read back."""
    try:
        asked = schema.model_json_schema(by_alias=False)
        written = schema.model_json_schema(by_alias=False, mode="serialization")
    except PydanticUserError:  # something is computed that has no JSON schema
        return
    classes = written.get("$defs", {})
    for name, one in (*asked.get("$defs", {}).items(), (schema.__name__, asked)):
        kept = (written if one is asked else classes.get(name, one)).get("properties")
        if kept is None:  # a serializer of its own writes it, nobody knows how
            continue
        for field in one.get("required", ()):
            if field not in kept:
                raise SchemaError(
                    f"schema {schema.__name__!r}: {field!r} of {name} is required, and exclude=True leaves it out where"
                    " it is stored, so that no result could be read back: give it a default"
                )


# What pydantic calls the kinds of fields whose values are no plain ones, and what to write instead.
_NO_VALUES = {
    "generator": "an iterator is used up by who looks at it, so that nothing in it could be checked: write list[...]",
    "json": "JSON within a text is stored as what it holds, and no result could be read back: write the type itself",
}
_SETS = frozenset({"set", "frozenset"})
_CLASSES = frozenset({"model", "dataclass", "typed-dict"})
# What of a class says how it is written or described, and nothing of what it holds.
_BESIDE = frozenset({"serialization", "metadata", "config", "default", "computed_fields", "expected"})


@lru_cache(maxsize=256)
def must_be_values(schema: type[BaseModel]) -> None:
    """Refuse a field whose claims nobody would see, or whose value could not be read back.

    Raises:
        SchemaError: One is an iterator, JSON within a text, a set that holds claims, or claims that are not written.
    """
    core: Mapping[str, Any] = schema.__pydantic_core_schema__
    shared = {one["ref"]: one for one in core.get("definitions", ())}
    for where, node in _nodes(core, schema.__name__):
        kind = node.get("type")
        if kind in _NO_VALUES:
            raise SchemaError(f"{where}: {_NO_VALUES[kind]}")
        if kind in _SETS and _holds_claim(node, shared, frozenset()):
            raise SchemaError(
                f"{where}: a claim in a set has no place, so that it could not be checked: write list[...]"
            )
        if node.get("serialization_exclude") and _holds_claim(node, shared, frozenset()):
            raise SchemaError(
                f"{where}: exclude=True leaves a claim out where a result is stored, and not its check: take it away"
            )


@lru_cache(maxsize=256)
def has_serializers(schema: type[BaseModel]) -> bool:
    """Whether functions say how something of a class is written: it may not be what the class takes back."""
    core: Mapping[str, Any] = schema.__pydantic_core_schema__
    return any(
        node.get("serialization", {}).get("type", "").startswith("function")
        for _, node in _nodes(core, schema.__name__)
    )


def _nodes(node: Any, where: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield every node of a schema of pydantic's core with the field it stands in, as people write it."""
    if isinstance(node, (list, tuple)):
        for item in node:
            yield from _nodes(item, where)
    if not isinstance(node, Mapping):
        return
    if node.get("type") in _CLASSES:
        where = node["cls"].__name__
    elif node.get("type") == "dataclass-field":
        where = f"{where}.{node['name']}"
    yield where, node
    fields = node.get("fields")
    named = fields if isinstance(fields, Mapping) else {}  # of a model; a dataclass has a list, whose items have names
    for name, field in named.items():
        yield from _nodes(field, f"{where}.{name}")
    for key, item in node.items():
        if key not in _BESIDE and item is not named:
            yield from _nodes(item, where)


def _holds_claim(node: Mapping[str, Any], shared: Mapping[str, Any], seen: frozenset[str]) -> bool:
    for _, inner in _nodes(node, ""):
        if inner.get("type") == "model" and issubclass(inner["cls"], Claim):
            return True
        ref = inner.get("schema_ref", "")
        if ref in shared and ref not in seen and _holds_claim(shared[ref], shared, seen | {ref}):
            return True
    return False


def _inline(node: Any, defs: Mapping[str, Any], name: str, path: tuple[str, ...]) -> Any:
    """Replace every `$ref` by what it names: Gemini takes no references."""
    if isinstance(node, list):
        return [_inline(item, defs, name, path) for item in node]
    if not isinstance(node, dict):
        return node
    if "$ref" in node:
        target = node["$ref"].removeprefix("#/$defs/")
        if target in path or target not in defs:
            raise SchemaError(f"schema {name!r} refers to itself through {target!r}; use a fixed number of levels")
        merged = {**defs[target], **{key: value for key, value in node.items() if key != "$ref"}}
        return _inline(merged, defs, name, (*path, target))
    if len(path) > _MAX_DEPTH:
        raise SchemaError(f"schema {name!r} is nested more than {_MAX_DEPTH} levels deep")
    inlined = {
        key: {field: _inline(value, defs, name, path) for field, value in item.items()}
        if key == "properties"
        else _inline(item, defs, name, path)
        for key, item in node.items()
        if key not in ("$defs", "default", "title")
    }
    tag = node.get("discriminator")
    return _tagged(inlined, tag["propertyName"]) if isinstance(tag, Mapping) and "oneOf" in node else inlined


def _tagged(node: dict[str, Any], tag: str) -> dict[str, Any]:
    """Require the tag by which pydantic tells the options of a union apart: it does so even of one with a default."""
    if "oneOf" in node:
        return {**node, "oneOf": [_tagged(option, tag) for option in node["oneOf"]]}
    required = node.get("required", [])
    if tag in required or tag not in node.get("properties", {}):
        return node
    return {**node, "required": [field for field in node["properties"] if field == tag or field in required]}


def _bound_claims(node: Any, most: int) -> Any:
    if isinstance(node, list):
        return [_bound_claims(item, most) for item in node]
    if not isinstance(node, dict):
        return node
    node = {name: _bound_claims(item, most) for name, item in node.items()}
    if node.get("type") == "array" and node.get("items", {}).get("properties", {}).keys() >= Claim.model_fields.keys():
        node["maxItems"] = max(node.get("minItems", 0), min(most, node.get("maxItems", most)))
    return node


def _strict(node: Mapping[str, Any], where: str) -> dict[str, Any]:
    """The part of a schema that OpenAI's and Gemini's structured outputs both take; `where` it is, for people."""
    node = _without_null_union(node)
    if node.get("writeOnly"):
        raise SchemaError(f"{where}: a secret is stored as stars, and no result could be read back: write str")
    if "const" in node:
        node = {**node, "enum": [node["const"]]}
    kept: dict[str, Any] = {key: value for key, value in node.items() if key in _STRICT_KEYWORDS}
    if node.get("format") in _STRICT_FORMATS:
        kept["format"] = node["format"]
    if "enum" in kept and "type" not in kept:
        kept["type"] = _type_of(kept["enum"], where)
    if "properties" in kept:
        kept["properties"] = {field: _strict(value, f"{where}.{field}") for field, value in kept["properties"].items()}
        kept["required"] = list(kept["properties"])
        kept["additionalProperties"] = False
    elif kept.get("type") == "object":
        raise SchemaError(
            f"{where}: a mapping with free keys cannot be asked for: use a list of objects with named fields"
        )
    if "items" in kept:
        kept["items"] = _strict(kept["items"], f"{where}[]")
    elif kept.get("type") == "array":
        raise SchemaError(f"{where}: a list must hold one kind of thing: write list[Claim], list[str], ...")
    if "anyOf" in kept:
        kept["anyOf"] = [_strict(option, where) for option in kept["anyOf"]]
    if not kept.keys() & {"type", "anyOf"}:
        raise SchemaError(
            f"{where}: a field of type Any, or a list of nothing named, cannot be asked for: give it a type"
        )
    return kept


def _without_null_union(node: Mapping[str, Any]) -> Mapping[str, Any]:
    """Write `X | None` as `"type": [X, "null"]`, which both subsets take, where X is a single type."""
    options = node.get("anyOf") or node.get("oneOf")
    if not options:
        return node
    rest = {key: value for key, value in node.items() if key not in ("anyOf", "oneOf")}
    real = [option for option in options if option.get("type") != "null"]
    if len(real) == len(options):
        return {**rest, "anyOf": options}
    if len(real) == 1 and isinstance(real[0].get("type"), str):
        merged = {**real[0], **rest, "type": [real[0]["type"], "null"]}
        values = [merged.pop("const")] if "const" in merged else merged.get("enum")
        return merged if values is None else {**merged, "enum": [*values, None]}
    return {**rest, "anyOf": options}


def _type_of(values: list[Any], where: str) -> str:
    kinds = {bool: "boolean", int: "integer", float: "number", str: "string"}
    found = {kinds.get(type(value)) for value in values}
    name = found.pop() if len(found) == 1 else None
    if name is None:
        raise SchemaError(f"{where}: the values of a Literal must be of one type: all text, or all numbers")
    return name


def _outline(node: Mapping[str, Any], indent: str, shown: dict[str, str], path: str) -> str:
    """The schema as one JSON-like line a field, with descriptions: a third of the tokens of the JSON schema itself.

    An object of a kind that was shown at another path is not spelled out again.
    """
    node = _without_null_union(node)
    kind = node.get("type")
    kinds = [item for item in kind if item != "null"] if isinstance(kind, list) else [kind]
    null = " or null" if isinstance(kind, list) else ""
    if "const" in node:
        return json.dumps(node["const"], ensure_ascii=False)
    if "enum" in node:
        values = [value for value in node["enum"] if value is not None]
        return " | ".join(json.dumps(value, ensure_ascii=False) for value in values) + null
    if "anyOf" in node:
        return " | ".join(_outline(option, indent, shown, path) for option in node["anyOf"])
    if kinds == ["array"]:
        most = f" at most {node['maxItems']}" if "maxItems" in node else ""
        return f"[{_outline(node.get('items', {}), indent, shown, path)}, ...]{most}{null}"
    if kinds == ["object"]:
        fields = node.get("properties", {})
        first = shown.setdefault(repr(fields), path)
        return (_object(fields, indent, shown, path) if first == path else f'{{as in "{first[1:]}"}}') + null
    return f"{kinds[0] or 'any'}{null}"


def _object(fields: Mapping[str, Any], indent: str, shown: dict[str, str], path: str) -> str:
    inner = indent + "  "
    lines = (
        f'{inner}"{name}": {_outline(value, inner, shown, f"{path}.{name}")}'
        + (f"  // {' '.join(value['description'].split())}" if value.get("description") else "")
        for name, value in fields.items()
    )
    return "{\n" + "\n".join(lines) + f"\n{indent}}}"
