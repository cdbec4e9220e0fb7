"""What a model is asked to write, and how claims are found in it.

A `Claim` is found by its type anywhere in a schema: in a field, a list, a nested model, a mapping. Everything else in a
schema is the user's own; text there is reported as unchecked.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from functools import lru_cache
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from summarizer.surrogates import has_surrogates

S = TypeVar("S", bound=BaseModel)


def says_something(text: str) -> bool:
    """Whether a text can be a claim: it holds a letter or a digit, and no half of a character."""
    return any(map(str.isalnum, text)) and not has_surrogates(text)


# JSON pointers of claims that stand above a summary and are no part of its length.
TITLES = frozenset({"/title", "/headline"})


class Claim(BaseModel):
    """One statement and the numbers of the article's sentences that say it."""

    model_config = ConfigDict(frozen=True)

    # Constrained decoding needs an end to every string and list, or a small model loops until its cap. The bounds
    # are asked for, not required: the article's own sentence, put in a claim's place, may be longer.
    text: str = Field(
        min_length=1,
        description="One sentence that says only what the cited sentences say.",
        json_schema_extra={"maxLength": 600},
    )
    cites: list[Annotated[int, Field(json_schema_extra={"minimum": 1})]] = Field(
        description="Numbers of the article's sentences that say this.",
        json_schema_extra={"minItems": 1, "maxItems": 12},
    )

    @field_validator("text")
    @classmethod
    def _says_something(cls, text: str) -> str:
        if not says_something(text):
            raise ValueError("a claim must say something")
        return text


class Summary(BaseModel):
    """A summary in which every statement names the sentences it rests on."""

    model_config = ConfigDict(frozen=True)

    title: Claim = Field(description="A headline of at most twelve words.")
    claims: list[Claim] = Field(min_length=1, max_length=24, description="The summary, one sentence each, in order.")

    @property
    def text(self) -> str:
        """The summary as running text, without its title."""
        return join_sentences(claim.text for claim in self.claims)


class Note(Claim):
    """One statement about a part of a long article; shorter than a claim may be, since many must fit together."""

    text: str = Field(
        min_length=1,
        description="One sentence that says only what the cited sentences say.",
        json_schema_extra={"maxLength": 300},
    )
    cites: list[Annotated[int, Field(json_schema_extra={"minimum": 1})]] = Field(
        description="Numbers of the article's sentences that say this.",
        json_schema_extra={"minItems": 1, "maxItems": 5},
    )


class Notes(BaseModel):
    """What a part of a long article says."""

    model_config = ConfigDict(frozen=True)

    notes: list[Note] = Field(min_length=1, max_length=64, description="One sentence each, in order.")


class PlainSummary(BaseModel):
    """A summary that came as plain text, one claim a sentence."""

    model_config = ConfigDict(frozen=True)

    claims: list[Claim]

    @property
    def text(self) -> str:
        """The sentences as running text."""
        return join_sentences(claim.text for claim in self.claims)


_CLAIM = frozenset({Claim})


def find_claims(value: Any, path: str = "") -> Iterator[tuple[str, Claim]]:
    """Yield every claim in a schema instance with its JSON pointer, in the order of the fields."""
    found: list[tuple[str, Claim]] = []
    _gather(value, path, found)
    return iter(found)


def _gather(value: Any, path: str, found: list[tuple[str, Claim]]) -> None:
    if type(value) is Claim:  # nearly always; nor is a list asked what pydantic's own `isinstance` is slow to deny
        found.append((path, value))
        return
    if isinstance(value, list):
        for index, item in enumerate(value):
            if type(item) is Claim:
                found.append((f"{path}/{index}", item))
            else:
                _gather(item, f"{path}/{index}", found)
        return
    is_claim = isinstance(value, Claim)
    if is_claim:
        found.append((path, value))
    for name, item in beside(value) if is_claim else children(value):
        _gather(item, f"{path}/{name}", found)


def list_of(value: BaseModel, path: str) -> str | None:
    """Return the JSON pointer of the list that a claim is an item of; None for one that a field or a key names."""
    inner: Any = value
    above, _, _ = path.rpartition("/")
    for part in above.split("/")[1:]:
        inner = dict(children(inner))[part]
    return above if isinstance(inner, (list, tuple, deque)) else None


def body(summary: BaseModel) -> Iterator[Claim]:
    """Yield the claims that count where the length of a summary does: all but a title or headline."""
    return (claim for path, claim in find_claims(summary) if path not in TITLES)


def find_unchecked(value: Any, path: str = "") -> Iterator[str]:
    """Yield the JSON pointer of every value that is in no claim: it says something, and nothing checks it."""
    if type(value) is list and _CLAIM.issuperset(map(type, value)):
        return
    inner = beside(value) if isinstance(value, Claim) else children(value)
    if not inner and value is not None and not _is_empty(value):
        yield path
    for name, item in inner:
        if type(item) is not Claim:  # nearly always it is one
            yield from find_unchecked(item, f"{path}/{name}")


def _is_empty(value: Any) -> bool:
    """Whether a value without parts says nothing; a set, whose items have no place, is one value."""
    if isinstance(value, (set, frozenset)):
        return not value
    return isinstance(value, (BaseModel, Mapping, list, tuple, deque))


def replace_claims(value: S, new: Mapping[str, Claim]) -> S:
    """Return the instance with the claims at these JSON pointers put in place of its own.

    Raises:
        KeyError: A pointer names no claim of this instance.
    """
    missing = new.keys() - {path for path, _ in find_claims(value)}
    if missing:
        raise KeyError(f"no claim at {sorted(missing)}")
    replaced: S = _replace(value, new, "")
    return replaced


def _replace(value: Any, new: Mapping[str, Claim], path: str) -> Any:
    if type(value) is Claim:
        return value.model_copy(update=_said(new[path])) if path in new else value
    if isinstance(value, BaseModel):
        changed = {name: _replace(item, new, f"{path}/{name}") for name, item in _values(value)}
        changed |= _replace(value.model_extra or {}, new, path)
        return value.model_copy(update=changed | (_said(new[path]) if path in new else {}))
    if isinstance(value, Mapping):
        return {name: _replace(item, new, f"{path}/{pointer_part(name)}") for name, item in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        names = [field.name for field in fields(value) if field.init]
        return replace(value, **{name: _replace(getattr(value, name), new, f"{path}/{name}") for name in names})
    if isinstance(value, (list, tuple, deque)):
        return type(value)(_replace(item, new, f"{path}/{name}") for name, item in children(value))
    return value


def _said(claim: Claim) -> dict[str, Any]:
    return {"text": claim.text, "cites": claim.cites}


def field_values(value: BaseModel) -> dict[str, Any]:
    """Return the JSON values of an instance's fields, by their names, as its schema takes them back.

    What a schema computes of its fields is none of them: nobody checked it, and a schema that forbids extra values does
    not take it back.
    """
    return value.model_dump(mode="json", by_alias=False, exclude_computed_fields=True)


def from_field_values(schema: type[S], values: Any) -> S:
    """Make an instance of what `field_values` gave.

    Raises:
        ValidationError: The schema does not take it.
    """
    try:
        return schema.model_validate(values, by_alias=False, by_name=True)
    except ValidationError as error:
        try:  # a strict schema takes a date, or a member of an enumeration, from JSON alone
            return schema.model_validate_json(json.dumps(values), by_alias=False, by_name=True)
        except ValidationError:
            raise error from None


def place(value: S, new: Mapping[str, Claim]) -> tuple[S, dict[str, Claim]]:
    """Put those of the new claims that a schema takes in the place of its own, and as it takes them.

    A schema may bound what a claim says, or write it in its own way, and does so again when a result is read back.

    Returns:
        The instance, and the claims that were placed, as they stand in it.
    """
    whole = _as_taken(replace_claims(value, new))
    if whole is not None or _as_taken(value) is None:
        return _placed(replace_claims(value, new) if whole is None else whole, new)
    placed: dict[str, Claim] = {}
    for path, claim in new.items():
        one = _as_taken(replace_claims(value, {path: claim}))
        if one is not None:
            value, placed[path] = one, claim
    return _placed(value, placed)


def _placed(value: S, new: Mapping[str, Claim]) -> tuple[S, dict[str, Claim]]:
    return value, {path: claim for path, claim in find_claims(value) if path in new}


def _as_taken(value: S) -> S | None:
    """Return an instance as its schema reads it back; None where it does not, or where its claims would move."""
    values = field_values(value)
    try:
        taken = from_field_values(type(value), values)
    except ValidationError:
        return None
    if field_values(taken) == values:
        return value  # with what is left out where it is written
    return taken if [path for path, _ in find_claims(taken)] == [path for path, _ in find_claims(value)] else None


def without_repeats(value: S) -> tuple[S, int]:
    """Leave out claims that say word for word what an earlier one of their list says, where the schema allows it.

    Returns:
        The instance without them, and how many they were.
    """
    new: S
    new, left_out = _without_repeats(value)
    if not left_out:
        return value, 0
    taken = _as_taken(new)
    if taken is None and _as_taken(value) is not None:
        return value, 0
    return (new if taken is None else taken), left_out


def _without_repeats(value: Any) -> tuple[Any, int]:
    if type(value) is Claim:
        return value, 0
    if isinstance(value, BaseModel) and not isinstance(value, Claim):
        found = {name: _without_repeats(item) for name, item in _values(value)}
        left_out = sum(number for _, number in found.values())
        return value.model_copy(
            update={name: item for name, (item, _) in found.items()}
        ) if left_out else value, left_out
    if isinstance(value, (list, tuple, deque)):
        if _begin_differently(value):
            return value, 0
        kept: dict[object, Any] = {}
        left_out = 0
        for place, item in enumerate(value):
            if isinstance(item, Claim):
                kept.setdefault((" ".join(item.text.casefold().split()), repr(beside(item))), item)
            else:
                kept[place], inner = _without_repeats(item)
                left_out += inner
        return type(value)(kept.values()), left_out + len(value) - len(kept)
    return value, 0


def _begin_differently(items: Collection[Any]) -> bool:
    """Whether these are claims of which no two begin with the same two words: none repeats another then.

    To find that out takes a sixth of the time.
    """
    openings = {
        " ".join(item.text.split(None, 2)[:2]).casefold()
        for item in items
        if type(item) is Claim or isinstance(item, Claim)
    }
    return len(openings) == len(items)


def children(value: Any) -> list[tuple[str, Any]]:
    """Return what a value holds, by its part of a JSON pointer (RFC 6901): fields, keys or list positions."""
    if isinstance(value, BaseModel):
        found = _values(value)
        return [*found, *children(value.model_extra)] if value.model_extra else found
    if isinstance(value, (list, tuple, deque)):
        return [(str(index), item) for index, item in enumerate(value)]
    if isinstance(value, Mapping):
        return [(pointer_part(name), item) for name, item in value.items()]
    if is_dataclass(value) and not isinstance(value, type):
        return [(field.name, getattr(value, field.name)) for field in fields(value)]
    return []


def beside(claim: Claim) -> list[tuple[str, Any]]:
    """Return what a user's own kind of claim holds beside the claim itself, as `children` does."""
    return [] if type(claim) is Claim else [item for item in children(claim) if item[0] not in Claim.model_fields]


def _values(value: BaseModel) -> list[tuple[str, Any]]:
    """The fields of an instance; to ask for one that is deprecated would warn."""
    values = vars(value)
    return [(name, values[name]) for name in _fields(type(value))]


@lru_cache(maxsize=256)
def _fields(schema: type[BaseModel]) -> tuple[str, ...]:
    return tuple(schema.model_fields)


def pointer_part(name: object) -> str:
    """Return a mapping's key as a part of a JSON pointer (RFC 6901)."""
    return str(name).replace("~", "~0").replace("/", "~1")


_NO_SPACE_AFTER = frozenset("。！？」』")


def join_sentences(sentences: Iterable[str]) -> str:
    """Join sentences with a space, or with nothing after the full stops of scripts that use none."""
    text = ""
    for sentence in sentences:
        text += ("" if not text or text[-1] in _NO_SPACE_AFTER else " ") + sentence
    return text
