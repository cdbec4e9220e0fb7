"""A news desk's web service: an article comes in, a brief goes out whose every statement is checked."""

from functools import lru_cache
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException
from pydantic import BaseModel, Field

from summarizer import Claim, Limits, Provider, Summarizer, SummarizerError
from summarizer.errors import ArticleError


class Brief(BaseModel):
    headline: Claim
    points: list[Claim] = Field(min_length=1, max_length=3, description="What matters most.")


class Text(BaseModel):
    text: str


class Statement(BaseModel):
    text: str
    rests_on: list[str]
    supported: bool


# A reader waits: what the article does not support is replaced by its own sentence at once, not sent back.
LIMITS = Limits(timeout_s=60, max_attempts=2, max_repairs=0)

app = FastAPI()


def desk(model: Provider | None = None) -> Summarizer[Brief]:
    """The model is SUMMARIZER_MODEL, unless it is given."""
    return Summarizer(model, schema=Brief, max_words=60, limits=LIMITS)


@lru_cache
def briefs() -> Summarizer[Brief]:
    """One for the life of the service."""
    return desk()


@app.post("/briefs")
async def brief(article: Text, briefs: Annotated[Summarizer[Brief], Depends(briefs)]) -> list[Statement]:
    try:
        result = await briefs.asummarize(article.text)
    except ArticleError as error:  # an empty one
        raise HTTPException(422, error.message) from error
    except SummarizerError as error:
        raise HTTPException(503 if error.passing else 502, error.message) from error
    return [
        Statement(text=claim.text, rests_on=[found.text for found in check.evidence], supported=check.supported)
        for claim, check in result.checked
    ]
