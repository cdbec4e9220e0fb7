"""What a model is asked to write: reply formats, and claims found by type."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, Json, SecretStr, create_model

from summarizer.errors import SchemaError
from summarizer.schema import (
    Claim,
    Summary,
    find_claims,
    find_unchecked,
    join_sentences,
    list_of,
    replace_claims,
    without_repeats,
)
from summarizer.shape import reply_format


class Brief(BaseModel):
    headline: Claim
    who_said_it: list[Claim]
    mood: Literal["calm", "tense"]


class Weighted(Claim):
    weight: int


class Nested(BaseModel):
    parts: dict[str, list[Claim]]
    pair: tuple[Claim, Claim]
    aside: Claim | None
    best: Weighted
    note: str


@dataclass(frozen=True)
class Place:
    name: str
    about: Claim


class Keyed(BaseModel):
    years: dict[int, Claim]


class Reasoned(Claim):
    because: Claim


class Loose(BaseModel):
    """What pydantic lets a schema hold beside fields of models: extra values, dataclasses, claims below a claim."""

    model_config = ConfigDict(extra="allow")

    place: Place
    said: Reasoned


def claim(text: str, *cites: int) -> Claim:
    return Claim(text=text, cites=list(cites))


def nested() -> Nested:
    return Nested(
        parts={"a/b": [claim("one", 1)], "c~d": [claim("two", 2), claim("three", 3)]},
        pair=(claim("four", 4), claim("five", 5)),
        aside=None,
        best=Weighted(text="six", cites=[6], weight=3),
        note="free",
    )


def test_claims_are_found_by_type_wherever_they_stand() -> None:
    found = [(path, item.text) for path, item in find_claims(nested())]

    assert found == [
        ("/parts/a~1b/0", "one"),
        ("/parts/c~0d/0", "two"),
        ("/parts/c~0d/1", "three"),
        ("/pair/0", "four"),
        ("/pair/1", "five"),
        ("/best", "six"),
    ]


def test_the_list_of_a_claim_is_told_from_the_field_or_the_key_that_names_it() -> None:
    value = nested()

    assert [list_of(value, path) for path, _ in find_claims(value)] == [
        "/parts/a~1b",
        "/parts/c~0d",
        "/parts/c~0d",
        "/pair",
        "/pair",
        None,
    ]
    assert list_of(Keyed(years={2024: claim("one", 1)}), "/years/2024") is None


def test_whatever_is_in_no_claim_is_named_as_unchecked() -> None:
    assert list(find_unchecked(nested())) == ["/best/weight", "/note"]
    assert list(find_unchecked(Brief(headline=claim("h", 1), who_said_it=[], mood="calm"))) == ["/mood"]


def test_claims_are_replaced_in_a_copy() -> None:
    before = nested()

    after = replace_claims(
        before, {"/parts/a~1b/0": claim("new", 9), "/best": claim("best", 8), "/pair/1": claim("p", 7)}
    )

    assert [item.text for _, item in find_claims(after)] == ["new", "two", "three", "four", "p", "best"]
    assert after.best.weight == 3
    assert list(after.parts) == ["a/b", "c~d"]
    assert before == nested()


def test_no_claim_is_out_of_sight() -> None:
    said = Reasoned(text="two", cites=[2], because=claim("three", 3))
    extra = {"a/b": claim("four", 4), "mood": "calm"}
    before = Loose(place=Place("Aston", claim("one", 1)), said=said, **extra)  # type: ignore[arg-type]
    paths = ["/place/about", "/said", "/said/because", "/a~1b"]

    after = replace_claims(before, {path: claim(f"new {path}", 9) for path in paths})

    assert [path for path, _ in find_claims(before)] == paths
    assert list(find_unchecked(before)) == ["/place/name", "/mood"]
    assert [item.text for _, item in find_claims(after)] == [f"new {path}" for path in paths]
    assert after.place.name == "Aston"
    assert isinstance(after.said, Reasoned)
    assert [item.text for _, item in find_claims(before)] == ["one", "two", "three", "four"]


class Gathered(BaseModel):
    """What JSON writes as lists, and Python does not keep in one."""

    points: deque[Claim]
    tags: set[str]
    more: frozenset[int] = frozenset()


class Spoken(Claim):
    speaker: str


class Side(BaseModel):
    who: str
    points: list[Claim]


class Sides(BaseModel):
    sides: list[Side]
    notes: tuple[Claim, ...] = ()
    spoken: list[Spoken] = []


ONE, AGAIN, TWO = claim("The dam is old.", 1), claim("the dam  is old.", 2), claim("It leaks.", 3)


def test_repeats_are_left_out_of_lists_at_any_depth() -> None:
    before = Sides(sides=[Side(who="a", points=[ONE, AGAIN, TWO]), Side(who="a", points=[ONE])], notes=(TWO, TWO, ONE))

    after, left_out = without_repeats(before)

    assert left_out == 2
    assert after == Sides(sides=[Side(who="a", points=[ONE, TWO]), Side(who="a", points=[ONE])], notes=(TWO, ONE))


def test_a_claim_that_says_more_than_the_one_it_repeats_stays() -> None:
    spoken = [Spoken(text=ONE.text, cites=[1], speaker=speaker) for speaker in ("Ann", "Ben", "Ann")]

    after, left_out = without_repeats(Sides(sides=[], spoken=spoken))

    assert left_out == 1
    assert [item.speaker for item in after.spoken] == ["Ann", "Ben"]


def test_an_outline_keeps_to_its_lines_and_writes_values_as_json() -> None:
    class Odd(BaseModel):
        note: str = Field(description="What is odd.\n  And why.")
        kind: Literal['the "old" one', "it's\nnew"]
        only: Literal["it's"]
        sure: Literal[True]

    assert reply_format(Odd).outline.splitlines() == [
        "{",
        '  "note": string  // What is odd. And why.',
        r'''  "kind": "the \"old\" one" | "it's\nnew"''',
        """  "only": "it's\"""",
        '  "sure": true',
        "}",
    ]


def test_a_set_is_unchecked_as_one_value_and_a_queue_is_a_list() -> None:
    before = Gathered(points=deque([claim("one", 1), claim("two", 2)]), tags={"a", "b"})

    after = replace_claims(before, {"/points/1": claim("new", 3)})

    assert [path for path, _ in find_claims(before)] == ["/points/0", "/points/1"]
    assert list(find_unchecked(before)) == ["/tags"]
    assert after.points == deque([claim("one", 1), claim("new", 3)])


def test_replacing_a_claim_that_does_not_exist_is_an_error() -> None:
    with pytest.raises(KeyError, match="/claims/7"):
        replace_claims(nested(), {"/claims/7": claim("x")})


def test_the_summary_s_schemas_are_pinned(golden: Callable[[str, str], None]) -> None:
    form = reply_format(Summary)

    golden("schema/summary.strict.json", json.dumps(form.strict, indent=1) + "\n")
    golden("schema/summary.bounded.json", json.dumps(form.schema, indent=1) + "\n")
    golden("schema/summary.outline.txt", form.outline + "\n")


def test_an_outline_spells_each_kind_of_object_out_once() -> None:
    class Scene(BaseModel):
        who: list[Claim]
        best: Weighted

    class Play(BaseModel):
        scenes: list[Scene]
        last: Scene
        moral: Claim = Field(description="What it teaches.")
        heaviest: Weighted

    outline = reply_format(Play).outline

    assert outline.count('"text": string') == 2
    assert outline.splitlines()[-5:] == [
        "  }, ...]",
        '  "last": {as in "scenes"}',
        '  "moral": {as in "scenes.who"}  // What it teaches.',
        '  "heaviest": {as in "scenes.best"}',
        "}",
    ]


def test_a_choice_that_may_be_null_says_so_whatever_the_number_of_its_values() -> None:
    class Optional(BaseModel):
        one: Literal["a"] | None
        two: Literal["a", "b"] | None

    form = reply_format(Optional)

    assert form.outline == '{\n  "one": "a" or null\n  "two": "a" | "b" or null\n}'
    assert [form.strict["properties"][name]["enum"] for name in ("one", "two")] == [["a", None], ["a", "b", None]]


def test_a_reply_format_is_built_once_per_class() -> None:
    assert reply_format(Summary) is reply_format(Summary)


def test_every_object_of_a_strict_schema_is_closed_and_asks_for_all_its_fields() -> None:
    strict = reply_format(Brief).strict

    assert strict["additionalProperties"] is False
    assert strict["required"] == ["headline", "who_said_it", "mood"]
    assert strict["properties"]["who_said_it"]["items"]["additionalProperties"] is False
    assert strict["properties"]["mood"] == {"enum": ["calm", "tense"], "type": "string"}


def test_bounds_that_the_strict_subset_cannot_say_are_left_out_of_it_only() -> None:
    class Bounded(BaseModel):
        word: str = Field(max_length=9, pattern="^a")
        day: str | None = Field(json_schema_extra={"format": "date"}, default=None)

    form = reply_format(Bounded)

    assert form.schema["properties"]["word"]["maxLength"] == 9
    assert form.strict["properties"]["word"] == {"type": "string"}
    assert form.strict["properties"]["day"]["type"] == ["string", "null"]
    assert "default" not in json.dumps(form.strict)


class Loop(BaseModel):
    inner: Loop | None


class Free(BaseModel):
    words: dict[str, str]


class Anything(BaseModel):
    value: Any


class Deep(BaseModel):
    parts: list[Free]


class Mixed(BaseModel):
    value: Literal["a", 1]


class Bare(BaseModel):
    values: list  # type: ignore[type-arg]


class Kept(BaseModel):
    head: Claim
    draft: str = Field(exclude=True)


class Around(BaseModel):
    parts: list[Kept]


class Hidden(BaseModel):
    head: Claim
    lead: list[Claim] = Field(default_factory=list, exclude=True)


class Passing(BaseModel):
    claims: Iterable[Claim]


class Quoted(BaseModel):
    claim: Json[Claim]


class Heap(BaseModel):
    claims: set[Claim]


@dataclass
class Fact:
    claims: frozenset[Claim] | None


class Facts(BaseModel):
    facts: list[Fact]


class Veiled(BaseModel):
    head: Claim
    word: SecretStr | None


class Shared(BaseModel):
    head: Around
    heaped: set[Around]


def levels_of(many: int) -> type[BaseModel]:
    """Return a class that holds a class that holds a class, and so on, down to a claim."""
    schema: type[BaseModel] = Claim
    for level in range(many):
        schema = create_model(f"Level{level}", inner=(schema, ...))
    return schema


@pytest.mark.parametrize(
    ("schema", "problem"),
    [
        (Loop, "refers to itself"),
        (levels_of(12), "nested more than 10 levels deep"),
        (Free, r"Free\.words: a mapping with free keys"),
        (Deep, r"Deep\.parts\[\]\.words: a mapping with free keys"),
        (Anything, r"Anything\.value: .* type Any"),
        (Mixed, r"Mixed\.value: .* one type"),
        (Bare, r"Bare\.values\[\]: .* type Any"),
        (BaseModel, "pydantic class"),
        (Kept, "'draft' of Kept is required, and exclude=True"),
        (Around, "'draft' of Kept is required, and exclude=True"),
        (Hidden, r"Hidden\.lead: exclude=True leaves a claim out"),
        (Passing, r"Passing\.claims: an iterator .* write list"),
        (Quoted, r"Quoted\.claim: JSON within a text .* write the type itself"),
        (Heap, r"Heap\.claims: a claim in a set .* write list"),
        (Facts, r"Fact\.claims: a claim in a set .* write list"),
        (Veiled, r"Veiled\.word: a secret is stored as stars"),
        (Shared, r"Shared\.heaped: a claim in a set .* write list"),
    ],
)
def test_a_schema_that_cannot_be_asked_for_says_why(schema: type[BaseModel], problem: str) -> None:
    with pytest.raises(SchemaError, match=problem):
        reply_format(schema)


class Fall(BaseModel):
    kind: Literal["move"] = "move"
    way: Literal["down"] = "down"
    note: str = ""
    says: Claim


class Rise(BaseModel):
    kind: Literal["move"] = "move"
    way: Literal["up"]
    by: int


class Stay(BaseModel):
    kind: Literal["stay"] = "stay"


Move = Annotated[Fall | Rise, Field(discriminator="way")]


class Moves(BaseModel):
    last: Move | None
    all: list[Annotated[Move | Stay, Field(discriminator="kind")]]


def test_what_tells_the_options_of_a_union_apart_is_asked_for_even_where_it_has_a_default() -> None:
    fields = reply_format(Moves).schema["properties"]
    either, stay = fields["all"]["items"]["oneOf"]

    assert [option["required"] for option in fields["last"]["anyOf"][0]["oneOf"]] == [["way", "says"], ["way", "by"]]
    assert [option["required"] for option in either["oneOf"]] == [["kind", "way", "says"], ["kind", "way", "by"]]
    assert stay["required"] == ["kind"]
    assert reply_format(Fall).schema["required"] == ["says"]


def test_a_set_of_words_and_lists_of_claims_of_all_kinds_can_be_asked_for() -> None:
    class Kinds(BaseModel):
        words: frozenset[str]
        claims: Sequence[Claim]
        queue: deque[Claim]
        kind: Literal["set", "json"] = "set"

    assert reply_format(Kinds).strict["required"] == ["words", "claims", "queue", "kind"]


def test_a_field_that_is_left_out_of_json_may_have_a_default_and_names_of_its_own_are_none() -> None:
    class Brief(BaseModel):
        head: Claim = Field(validation_alias="in", serialization_alias="out")
        draft: str = Field(default="", exclude=True)

    assert reply_format(Brief).schema["properties"].keys() == {"in", "draft"}


def test_the_name_of_a_format_is_one_that_servers_take() -> None:
    odd = type("Résumé_" + "x" * 90, (Brief,), {})

    assert reply_format(odd).name == "R_sum__" + "x" * 57


@pytest.mark.parametrize(
    ("sentences", "text"),
    [(["A.", "B."], "A. B."), (["甲。", "乙。"], "甲。乙。"), ([], ""), (["「甲」", "乙。"], "「甲」乙。")],
)
def test_sentences_are_joined_as_their_script_does(sentences: list[str], text: str) -> None:
    assert join_sentences(sentences) == text
