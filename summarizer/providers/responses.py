"""The Responses API, which OpenAI itself is asked by: the same question and the same reply in other words.

What is asked is built for chat completions first (`ladder.py`), so that both know the same steps down, and then said in
this API's words. Nothing is stored at the provider.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from summarizer.errors import BadResponse, Filtered, ProviderError, RateLimited, Refused, Unavailable
from summarizer.providers.counts import count_of
from summarizer.providers.ladder import Dialect, Rung, shape
from summarizer.providers.ladder import payload as chat_payload
from summarizer.providers.replybody import HttpReply, Price, quoted
from summarizer.providers.replybody import read as read_reply
from summarizer.records import UNKNOWN_USAGE, Completion, Request, Usage
from summarizer.shape import ReplyFormat

PATH = "/responses"

# The least that the API takes.
_LEAST_TOKENS = 16

# Why a response failed, by its word for it; whatever else is a fault of the server that nothing is known about.
_FAILED: Mapping[str, type[ProviderError]] = {
    "server_error": Unavailable,
    "rate_limit_exceeded": RateLimited,
    "invalid_prompt": Filtered,
    "bio_policy": Filtered,
}


def payload(
    request: Request,
    dialect: Dialect,
    *,
    bounded: bool = False,
    extra_body: Mapping[str, Any] | None = None,
    cached: bool = False,
) -> dict[str, Any]:
    """Build the body of a Responses request; see `ladder.payload`."""
    chat = chat_payload(request, dialect, bounded=bounded, cached=cached)
    body: dict[str, Any] = {"model": chat["model"], "input": chat["messages"], "store": False}
    length = chat.get("max_completion_tokens", chat.get("max_tokens"))
    if length is not None:
        body["max_output_tokens"] = max(_LEAST_TOKENS, length)
    body.update(_shape(request.format, dialect.rung, bounded=bounded or dialect.bounded is True))
    same: dict[str, Any] = {name: chat[name] for name in ("temperature", "prompt_cache_key") if name in chat}
    return {**body, **same, **(extra_body or {})}


@lru_cache(maxsize=64)
def _shape(form: ReplyFormat | None, rung: Rung, *, bounded: bool) -> Mapping[str, Any]:
    """Say what shape a reply must have; see `ladder.shape`."""
    chat = shape(form, rung, bounded=bounded)
    if "response_format" in chat:
        wanted = chat["response_format"]
        return {"text": {"format": {"type": wanted["type"], **wanted.get("json_schema", {})}}}
    if "tools" in chat:
        # `strict` must be there; a schema that is held to strictly was refused two rungs above.
        function = {"type": "function", **chat["tools"][0]["function"], "strict": False}
        return {"tools": [function], "tool_choice": {"type": "function", "name": function["name"]}}
    return {}


def read(reply: HttpReply, request: Request, *, where: str, price: Price | None = None) -> Completion:
    """Read a completion from an answer with status 200; see `replybody.read`."""
    return read_reply(reply, request, where=where, price=price, find=_find, count=_count)


def _find(value: Mapping[str, Any], request: Request) -> tuple[str, str]:
    """Return the reply of a response and why it ended."""
    status = str(value.get("status") or "unknown")[:40]
    if status == "failed":
        raise _failure(value.get("error"), request)
    output = value.get("output")
    if status not in ("completed", "incomplete", "unknown") or not isinstance(output, list):
        raise BadResponse(f"the answer for {request.model!r} holds no reply (status {status!r})")
    text = _text([item for item in output if isinstance(item, dict)], request)
    if status != "incomplete":
        return text, status
    details = value.get("incomplete_details")
    reason = str(details.get("reason") if isinstance(details, dict) else "")
    if reason not in ("max_output_tokens", "content_filter"):
        raise BadResponse(f"the reply of {request.model!r} is incomplete ({reason[:40] or 'for no reason given'})")
    return text, reason


def _text(output: list[dict[str, Any]], request: Request) -> str:
    """The text of the one message among reasoning and remarks on the way, or what a tool was called with."""
    messages = [item for item in output if item.get("type") == "message" and item.get("phase") != "commentary"]
    calls = [item for item in output if item.get("type") == "function_call"]
    if len(messages) + len(calls) > 1:
        raise BadResponse(f"the answer holds {len(messages) + len(calls)} replies where one was asked for")
    if calls:
        arguments = calls[0].get("arguments")
        if not isinstance(arguments, str):
            raise BadResponse("the reply calls a tool without arguments")
        return arguments
    content = messages[0].get("content") if messages else []
    parts = [part for part in content if isinstance(part, dict)] if isinstance(content, list) else []
    refusal = next((part["refusal"] for part in parts if isinstance(part.get("refusal"), str)), "")
    if refusal.strip():
        raise Refused(f"{request.model!r} declined: {quoted(refusal, request)}")
    return "".join(part["text"] for part in parts if isinstance(part.get("text"), str))


def _failure(error: Any, request: Request) -> ProviderError:
    code, message = (error.get("code"), error.get("message")) if isinstance(error, dict) else (None, None)
    words = f": {quoted(message, request)}" if isinstance(message, str) and message.strip() else ""
    kind = _FAILED.get(str(code), BadResponse)
    return kind(f"the request for {request.model!r} failed{words}", code=None if code is None else str(code)[:80])


def _count(value: Any) -> Usage:
    """Read token counts by this API's names."""
    if not isinstance(value, dict):
        return UNKNOWN_USAGE
    return Usage(
        requests=1,
        input_tokens=count_of(value, "input_tokens"),
        cached_tokens=count_of(value.get("input_tokens_details"), "cached_tokens"),
        output_tokens=count_of(value, "output_tokens"),
        reasoning_tokens=count_of(value.get("output_tokens_details"), "reasoning_tokens"),
        cost_usd=None,
    )
