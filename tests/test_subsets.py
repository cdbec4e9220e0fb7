"""Every schema we send, held against the subsets of JSON Schema that OpenAI and Gemini take."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal
from uuid import UUID

import pytest
from jsonschema import Draft202012Validator
from pydantic import AnyUrl, BaseModel, Field, create_model

from summarizer import Claim, Summarizer, Summary
from summarizer.errors import SchemaError
from summarizer.shape import reply_format
from tests.contract import SUBSETS, problems, subset_rules
from tests.schemas import SCHEMAS, Person


@pytest.mark.parametrize(
    ("name", "schema"),
    [
        ("openai", {"type": "string"}),
        ("openai", {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}),
        ("openai", Summary.model_json_schema()),
        ("openai", reply_format(Person).schema),
        ("gemini", Summary.model_json_schema()),
        ("gemini", reply_format(Person).schema),
        ("gemini", {"type": "object", "properties": {"a": {"$ref": "#/$defs/a"}}}),
    ],
)
def test_a_schema_outside_a_subset_is_found(name: str, schema: dict[str, Any]) -> None:
    assert problems(subset_rules(name), schema)


# --------------------------------------------------------------------------------------------------------- the schemas


@pytest.mark.parametrize("subset", SUBSETS)
@pytest.mark.parametrize("most", [None, 3])
@pytest.mark.parametrize("schema", SCHEMAS)
def test_every_schema_sent_is_in_both_subsets(subset: str, most: int | None, schema: type[BaseModel]) -> None:
    sent = reply_format(schema, most).strict

    assert problems(subset_rules(subset), sent) == []


@pytest.mark.parametrize("schema", SCHEMAS)
def test_every_schema_sent_keeps_the_limits_that_no_schema_can_state(schema: type[BaseModel]) -> None:
    form = reply_format(schema)
    objects = list(_objects(form.strict, 1))

    assert max(depth for depth, _ in objects) <= 5  # 10 today, 5 in older versions that are still in service
    assert sum(len(node["properties"]) for _, node in objects) <= 100  # 5,000 today
    assert all(list(node["properties"]) == node["required"] for _, node in objects)
    assert len(json.dumps(form.strict)) < 15_000
    assert len(form.name) <= 64


def _objects(node: Any, depth: int) -> Iterator[tuple[int, dict[str, Any]]]:
    if isinstance(node, dict):
        here = "properties" in node and node.get("type") in ("object", ["object", "null"])
        if here:
            yield depth, node
        for value in node["properties"].values() if here else node.values():
            yield from _objects(value, depth + here)
    elif isinstance(node, list):
        for value in node:
            yield from _objects(value, depth)


class Mood(Enum):
    CALM = "calm"
    TENSE = "tense"


class Said(BaseModel):
    kind: Literal["said"]
    words: Claim


class Done(BaseModel):
    kind: Literal["done"]
    deed: Claim


FIELDS: dict[str, Any] = {
    **{kind.__name__: kind for kind in (str, int, float, bool, date, datetime, time, timedelta, UUID, bytes, Mood)},
    "choice": Literal["a", "b"],
    "choice of numbers": Literal[1, 2],
    "optional number": int | None,
    "optional choice": Literal["a", "b"] | None,
    "optional constant": Literal["a"] | None,
    "optional claim": Claim | None,
    "claims": list[Claim],
    "optional claims": list[Claim] | None,
    "list of lists": list[list[str]],
    "list of optional": list[int | None],
    "set": set[str],
    "tuple": tuple[str, ...],
    "pattern": Annotated[str, Field(pattern=r"^\S+$", min_length=1, max_length=9)],
    "bounds": Annotated[float, Field(gt=0, lt=1, multiple_of=0.5)],
    "bounded list": Annotated[list[str], Field(min_length=2, max_length=4)],
    "described": Annotated[int, Field(title="A title", description="Words.", examples=[1], deprecated=True)],
    "url": AnyUrl,
}
# A union of two shapes is in OpenAI's subset only; Gemini refuses it by name, and is asked in another way.
UNIONS: dict[str, Any] = {"objects": Said | Done, "text or number": str | int, "decimal": Decimal}
REFUSED: dict[str, Any] = {
    "mapping": dict[str, str],
    "any": Any,
    "list of anything": list,
    "mixed choice": Literal["a", 1],
    "fixed places": tuple[str, int],
}


def schema_with(kind: Any) -> type[BaseModel]:
    return create_model("WithField", about=(Claim, ...), field=(kind, ...))


@pytest.mark.parametrize("subset", SUBSETS)
@pytest.mark.parametrize("field", FIELDS)
def test_a_field_of_a_users_schema_is_in_both_subsets(subset: str, field: str) -> None:
    assert problems(subset_rules(subset), reply_format(schema_with(FIELDS[field])).strict) == []


@pytest.mark.parametrize("field", UNIONS)
def test_a_union_in_a_users_schema_is_in_the_subset_of_openai(field: str) -> None:
    sent = reply_format(schema_with(UNIONS[field])).strict

    assert problems(subset_rules("openai"), sent) == []
    assert problems(subset_rules("gemini"), sent)


@pytest.mark.parametrize("field", REFUSED)
def test_a_field_that_no_subset_has_is_refused_before_anything_is_sent(field: str) -> None:
    with pytest.raises(SchemaError):
        Summarizer("extractive", schema=schema_with(REFUSED[field]))


@pytest.mark.parametrize("schema", SCHEMAS)
def test_every_schema_for_grammars_is_one(schema: type[BaseModel]) -> None:
    Draft202012Validator.check_schema(reply_format(schema).schema)
