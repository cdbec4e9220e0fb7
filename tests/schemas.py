"""Every schema of ours, and one of a user with one of everything."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from summarizer import Claim, Summary
from summarizer.pipeline import Mended
from summarizer.pipeline.judge import Rulings
from summarizer.schema import PlainSummary


class Person(BaseModel):
    name: str = Field(min_length=1, max_length=80, pattern=r"^\S")
    role: str | None = Field(default=None, description="What the person does.")


class Fall(BaseModel):
    kind: Literal["fall"] = "fall"
    says: Claim


class Rise(BaseModel):
    kind: Literal["rise"] = "rise"
    by: int


class Moves(BaseModel):
    """Options that a tag with a default tells apart."""

    moves: list[Annotated[Fall | Rise, Field(discriminator="kind")]]


class Brief(BaseModel):
    """A schema of a user with one of everything that can be asked for."""

    headline: Claim
    who_said_it: list[Claim] = Field(min_length=1, max_length=5)
    mood: Literal["calm", "tense"]
    kind: Literal["news"] = "news"
    score: float = Field(ge=0, le=1)
    people: list[Person] = Field(default_factory=list)
    main: Person | None = None
    dated: str | None = Field(default=None, json_schema_extra={"format": "date"})


SCHEMAS: tuple[type[BaseModel], ...] = (Summary, PlainSummary, Mended, Rulings, Brief, Person)
