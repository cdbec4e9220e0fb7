"""What a server understands, and how to ask it.

Servers that speak the chat completions API differ in how they can be told the shape of a reply. The ladder, best first:

    strict  json_schema with `strict`    decoding held to the schema, and promised
    schema  json_schema                  held to the schema, or to as much as the server can
    tool    a forced call of one tool    whose arguments are the reply
    object  json_object                  some JSON object
    text    nothing                      the prompt alone asks for it (it always shows an outline)

A refusal (400, 422) that names the feature moves down one rung; one that names a parameter renames or drops it. A busy
or broken server says nothing about what it understands, so no other status moves anything. What was found
is remembered (`capabilities.py`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Literal, get_args

from summarizer.providers.replybody import Said
from summarizer.records import Message, Request, digest
from summarizer.shape import ReplyFormat

Rung = Literal["strict", "schema", "tool", "object", "text"]
RUNGS: tuple[Rung, ...] = get_args(Rung)

# Reasoning counts against `max_completion_tokens`; `Request.max_output_tokens` does not include it. OpenAI advises to
# reserve 25,000 tokens for reasoning and reply while experimenting; a summary needs a fraction of that, and a ceiling
# that is never reached costs nothing but counts against tokens-per-minute limits.
REASONING_TOKENS = 8192
# Where a server refuses so much (a window of 8,192 tokens; DeepSeek allows 8,192 for all): room for most thoughts.
FEWER_REASONING_TOKENS = 2048

_REASONING = re.compile(r"(?:^|/)(?:gpt-[5-9]|o[1-9])(?![0-9])")
_THINKING = re.compile(r"gpt-oss|deepseek-r|reasoner|qwq|magistral|thinking|-r1\b", re.IGNORECASE)

# Fields that only tune a reply, so that a reply without them is still a reply to the same question.
_OPTIONAL = ("temperature", "prompt_cache_key")

# Groq, where the model did not keep to the shape that it holds no decoding to.
_UNHELD = "failed to generate json|json_validate"
_NAMES: Mapping[Rung, str] = {
    "strict": rf"response.?format|json.?schema|schema|strict|structured|grammar|guided|{_UNHELD}",
    "schema": rf"response.?format|json.?schema|schema|structured|grammar|guided|{_UNHELD}",
    "tool": rf"tool|function|schema|structured|grammar|{_UNHELD}",
    "object": r"response.?format|json",
    "text": r"(?!)",
}
# "'response_format' of type 'json_schema' is not supported with this model": no need to ask without `strict`.
_NO_JSON_SCHEMA = re.compile(
    r"json.?schema\W{0,3} (?:is|are) (?:not |un)support|not support[^.]*json.?schema|type\W{1,3} must be", re.IGNORECASE
)
_UNKNOWN_FIELD = re.compile(
    r"unsupported|not support|unrecogni[sz]ed|unknown|unexpected|extra|not permitted|not allowed|deprecated|no longer"
    r"|cannot find field|incompatible|not available|only the default|invalid parameter|additional propert",
    re.IGNORECASE,
)


@lru_cache(maxsize=256)
def is_reasoning(model: str) -> bool:
    """Whether a model is one of OpenAI's that reason (gpt-5, o1, o3, o4, ...): they take no temperature."""
    return _REASONING.search(model) is not None


def reasoning_allowance(model: str, dialect: Dialect | None = None) -> int:
    """Return the tokens that a model may use beyond `Request.max_output_tokens`: what a budget must reserve too.

    A model whose name says nothing (a deployment at Azure) and that takes no temperature is one that reasons.
    """
    known = is_reasoning(model) or _is_thinking(model)
    if known or (dialect is not None and "temperature" in dialect.dropped):
        return REASONING_TOKENS
    return 0 if dialect is None else dialect.thoughts


@lru_cache(maxsize=256)
def _is_thinking(model: str) -> bool:
    return _THINKING.search(model) is not None


@dataclass(frozen=True, slots=True)
class Dialect:
    """How a server wants to be asked.

    Attributes:
        rung: How it is told the shape of the reply.
        length_field: What it calls the cap on the reply; None when it knows none.
        renamed: Whether the other name of that field was refused already.
        dropped: Fields that it does not take.
        bounded: Whether schemas go with every bound instead of in the strict subset; None as long as no reply ran into
            its length limit for want of one, False when the server refused them.
        thoughts: Tokens to add to the cap on the reply for what the model was found to think before it.
    """

    rung: Rung = "strict"
    length_field: Literal["max_completion_tokens", "max_tokens"] | None = "max_completion_tokens"
    renamed: bool = False
    dropped: frozenset[str] = frozenset()
    bounded: bool | None = None
    thoughts: int = 0

    def to_dict(self) -> dict[str, Any]:
        """JSON values."""
        return {
            "rung": self.rung,
            "length_field": self.length_field,
            "renamed": self.renamed,
            "dropped": sorted(self.dropped),
            "bounded": self.bounded,
            "thoughts": self.thoughts,
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Dialect:
        """The inverse of `to_dict`.

        Raises:
            ValueError: The values are none that `to_dict` gives.
        """
        dropped = frozenset(values["dropped"])
        thoughts = values.get("thoughts", 0)  # earlier versions did not find that out
        dialect = cls(values["rung"], values["length_field"], values["renamed"], dropped, values["bounded"], thoughts)
        if (
            dialect.rung not in RUNGS
            or dialect.bounded not in (None, False, True)
            or thoughts not in (0, FEWER_REASONING_TOKENS, REASONING_TOKENS)
            or dialect.length_field not in (None, "max_completion_tokens", "max_tokens")
            or not dialect.dropped <= set(_OPTIONAL)
        ):
            raise ValueError("not a dialect")
        return dialect


def payload(
    request: Request,
    dialect: Dialect,
    *,
    bounded: bool = False,
    extra_body: Mapping[str, Any] | None = None,
    cached: bool = False,
) -> dict[str, Any]:
    """Build the body of a chat completions request.

    Args:
        request: What is asked.
        dialect: How the server wants to be asked.
        bounded: Send the schema with every bound, for servers that decode by a grammar, instead of the strict subset.
        extra_body: Fields of the user's own; they come last and win.
        cached: Name the prompt's static part, so that requests that share it meet the same cache.
    """
    body: dict[str, Any] = {
        "model": request.model,
        "messages": [{"role": message.role, "content": message.content} for message in request.messages],
    }
    if request.max_output_tokens is not None and dialect.length_field is not None:
        body[dialect.length_field] = request.max_output_tokens + reasoning_allowance(request.model, dialect)
    if request.temperature is not None and not is_reasoning(request.model):
        body["temperature"] = request.temperature
    if cached:
        body["prompt_cache_key"] = cache_key(request)
    body.update(shape(request.format, dialect.rung, bounded=bounded or dialect.bounded is True))
    for field in dialect.dropped:
        body.pop(field, None)
    body.update(extra_body or {})
    return body


def cache_key(request: Request) -> str:
    """Return a name for what all requests of a task share: the model, the schema and the instructions at the start."""
    return _cache_key(request.model, request.format, request.messages[:1])


@lru_cache(maxsize=64)
def _cache_key(model: str, form: ReplyFormat | None, first: tuple[Message, ...]) -> str:
    static = [message.content for message in first if message.role == "system"]
    return digest(json.dumps([model, None if form is None else form.strict, static]))[:32]


@lru_cache(maxsize=64)
def shape(form: ReplyFormat | None, rung: Rung, *, bounded: bool) -> Mapping[str, Any]:
    """Return the fields that say what shape a reply must have: the same objects each time, which nobody changes."""
    if form is None or rung == "text":
        return {}
    if rung == "object":
        return {"response_format": {"type": "json_object"}}
    name, schema = form.name, form.schema if bounded else form.strict
    if rung == "tool":
        return {
            "tools": [{"type": "function", "function": {"name": name, "parameters": schema}}],
            "tool_choice": {"type": "function", "function": {"name": name}},
        }
    strict = {"strict": True} if rung == "strict" else {}
    return {"response_format": {"type": "json_schema", "json_schema": {"name": name, "schema": schema, **strict}}}


def step(dialect: Dialect, sent: Mapping[str, Any], said: Said) -> Dialect | None:
    """Return how to ask instead, after a refusal with status 400 or 422.

    Args:
        dialect: How the refused request was asked.
        sent: Its body.
        said: What the server said.

    Returns:
        None when the refusal is about something else, or nothing is left to try.
    """
    for field in (dialect.length_field, *_OPTIONAL):
        if field is not None and field in sent and _names_field(said, field):
            return _without(dialect, field)
    shaped = sent.keys() & {"response_format", "tools", "text"}
    if shaped and re.search(_NAMES[dialect.rung], said.everything, re.IGNORECASE):
        if dialect.bounded:
            return replace(dialect, bounded=False)
        skipped = 2 if dialect.rung == "strict" and _NO_JSON_SCHEMA.search(said.message) else 1
        return replace(dialect, rung=RUNGS[RUNGS.index(dialect.rung) + skipped])
    return None


def thinking(dialect: Dialect, request: Request) -> Dialect | None:
    """Return how to ask a model that thought until its reply was cut; None where it had room for that."""
    has_room = reasoning_allowance(request.model, dialect) > 0
    return None if has_room or dialect.length_field is None else replace(dialect, thoughts=REASONING_TOKENS)


def thinking_less(dialect: Dialect) -> Dialect:
    """Return how to ask where a server refuses what a thinking model was given room for: with less, or none."""
    return replace(dialect, thoughts=FEWER_REASONING_TOKENS if dialect.thoughts > FEWER_REASONING_TOKENS else 0)


def cut(dialect: Dialect, request: Request) -> Dialect | None:
    """Return how to ask after a reply that ran into its length limit; None when that changes nothing.

    A small model held to a schema without bounds goes round in a string or list until it is cut. Servers that decode by
    a grammar hold it to the bounds as well; OpenAI and Gemini take only the strict subset.
    """
    held = request.format is not None and dialect.rung in ("strict", "schema")
    return replace(dialect, bounded=True) if held and dialect.bounded is None else None


def _names_field(said: Said, field: str) -> bool:
    """Whether a refusal is about a field as such, not about its value (`max_tokens is too large`).

    A field that only tunes a reply is dropped for its value too (Kimi: `invalid temperature: only 1 is allowed`).
    """
    named = said.param == field or re.search(rf"(?<![a-z_]){field}(?![a-z_])", said.message) is not None
    if not named or field in _OPTIONAL:
        return named
    return _UNKNOWN_FIELD.search(f"{said.code or ''} {said.message}".replace("_", " ")) is not None


def _without(dialect: Dialect, field: str) -> Dialect:
    if field != dialect.length_field:
        return replace(dialect, dropped=dialect.dropped | {field})
    if dialect.renamed:
        return replace(dialect, length_field=None)
    other: Literal["max_completion_tokens", "max_tokens"] = (
        "max_tokens" if field == "max_completion_tokens" else "max_completion_tokens"
    )
    return replace(dialect, length_field=other, renamed=True)
