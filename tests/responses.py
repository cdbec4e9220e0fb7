"""The Responses API in the words of chat completions and back: one server and one table of faults serve both."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

_ENDS = {"stop": "completed", "tool_calls": "completed", "length": "incomplete", "content_filter": "incomplete"}
_REASONS = {"length": "max_output_tokens", "content_filter": "content_filter"}


def as_chat(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the body of a Responses request as one of chat completions; that of chat completions as it is."""
    if "input" not in body:
        return body
    chat: dict[str, Any] = {key: value for key, value in body.items() if key not in ("input", "text", "tools")}
    chat["messages"] = body["input"]
    if "max_output_tokens" in chat:
        chat["max_completion_tokens"] = chat.pop("max_output_tokens")
    shape = dict(body.get("text", {}).get("format", {}))
    if shape:
        kind = shape.pop("type")
        chat["response_format"] = {"type": kind, **({kind: shape} if shape else {})}
    if body.get("tools"):
        chat["tools"] = [{"type": "function", "function": body["tools"][0]}]
    return chat


def from_chat(whole: Mapping[str, Any], body: Mapping[str, Any]) -> dict[str, Any]:
    """Return a chat completion, whole or odd, as a response to a request."""
    choices = whole.get("choices")
    first = choices[0] if isinstance(choices, list) and choices else {}
    ended = first.get("finish_reason")
    reason = _REASONS.get(str(ended), {"MAX_TOKENS": "max_output_tokens"}.get(str(ended)))
    status = "incomplete" if reason else _ENDS.get(str(ended).lower(), None if choices else "completed")
    output: Any = choices
    if isinstance(choices, list):
        thinking = [{"id": "rs_1", "type": "reasoning", "summary": []}] if choices else []
        output = thinking + [item for choice in choices for item in _items(choice, status)]
    response = {
        "id": "resp_1",
        "object": "response",
        "created_at": whole["created"],
        "status": status,
        "error": None,
        "incomplete_details": {"reason": reason} if reason else None,
        "instructions": None,
        "model": whole.get("model"),
        "output": output,
        "parallel_tool_calls": True,
        "metadata": {},
        "tool_choice": body.get("tool_choice", "auto"),
        "tools": body.get("tools", []),
        "temperature": None,
        "top_p": None,
        "usage": _usage(whole.get("usage")),
    }
    return response | {key: whole[key] for key in ("service_tier",) if key in whole}


def _items(choice: Mapping[str, Any], status: str | None) -> list[dict[str, Any]]:
    message = choice.get("message")
    end = status or "completed"
    if not isinstance(message, dict):
        return [{"type": "message", "id": "msg_1", "role": "assistant", "status": end, "content": message}]
    if message.get("tool_calls"):
        call = message["tool_calls"][0]["function"]
        return [{"type": "function_call", "id": "fc_1", "call_id": "call_1", "status": end, **call}]
    parts: list[dict[str, Any]] = []
    if message.get("content") is not None:
        parts.append({"type": "output_text", "text": message["content"], "annotations": [], "logprobs": []})
    if message.get("refusal") is not None:
        parts.append({"type": "refusal", "refusal": message["refusal"]})
    return [{"type": "message", "id": "msg_1", "role": "assistant", "status": end, "content": parts}]


def _usage(usage: Any) -> Any:
    if not isinstance(usage, dict):
        return usage
    prompt = usage.get("prompt_tokens_details")
    completion = usage.get("completion_tokens_details")
    return {
        "input_tokens": usage.get("prompt_tokens"),
        "input_tokens_details": {"cache_write_tokens": 0, **prompt} if isinstance(prompt, dict) else prompt,
        "output_tokens": usage.get("completion_tokens"),
        "output_tokens_details": completion,
        "total_tokens": usage.get("total_tokens"),
    }
