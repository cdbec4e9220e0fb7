"""The API's own rules, as data, and what breaks them: see `fixtures/contract/README.md`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from tests.responses import as_chat
from tests.server import schema_of

CONTRACT = Path(__file__).parent.parent / "fixtures" / "contract"
PATHS = {"chat": "/chat/completions", "responses": "/responses"}


@cache
def rules(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((CONTRACT / name).read_text("utf-8"))
    return found


def validator(schema: Mapping[str, Any]) -> Draft202012Validator:
    """A validator of one schema of the description; the others are there to be referred to."""
    return Draft202012Validator({**schema, "components": rules("openapi.trimmed.json")["components"]})


@cache
def request_rules(path: str) -> Draft202012Validator:
    return validator(rules("openapi.trimmed.json")["paths"][path]["post"]["request"]["application/json"])


@cache
def reply_rules(path: str, method: str = "post") -> Draft202012Validator:
    return validator(rules("openapi.trimmed.json")["paths"][path][method]["replies"]["200"]["application/json"])


ERROR_RULES = validator({"$ref": "#/components/schemas/ErrorResponse"})


def problems(found: Draft202012Validator, value: Any) -> list[str]:
    return [f"{error.json_path}: {error.message[:200]}" for error in found.iter_errors(value)]


def known_fields(schema: Mapping[str, Any]) -> set[str]:
    """The names of all fields of an object that the description knows: it forbids no others."""
    schemas = rules("openapi.trimmed.json")["components"]["schemas"]
    target = schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    inherited = (known_fields(part) for part in target.get("allOf", ()))
    return set(target.get("properties", {})).union(*inherited)


def check_request(api: str, body: Mapping[str, Any], *, bounded: bool = False) -> None:
    """Hold a request against the description, and its schema against both subsets unless it goes with every bound."""
    found = request_rules(PATHS[api])
    assert problems(found, body) == []
    assert body.keys() <= known_fields(found.schema)
    schema = schema_of(as_chat(body))
    assert bounded or schema is None or not outside(json.dumps(schema))


SUBSETS = ("openai", "gemini")


@cache
def subset_rules(name: str) -> Draft202012Validator:
    return Draft202012Validator(rules(f"{name}_202602.json"))


@cache
def outside(schema: str) -> list[str]:
    """What is in a schema and not in both subsets."""
    return [problem for name in SUBSETS for problem in problems(subset_rules(name), json.loads(schema))]
