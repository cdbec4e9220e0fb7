"""What a chat completion says that it took, and what of it are thoughts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from summarizer.records import UNKNOWN_USAGE, Usage

# A reply that was cut is the fault of what the model thought before it where that took this share of the length; below,
# the reply itself did not end.
_MUCH_THOUGHT = 1 / 4

# Where servers write what a model thought: vLLM, SGLang, llama.cpp and DeepSeek; Ollama, OpenRouter and Groq.
_THOUGHTS = ("reasoning_content", "reasoning")


def read_usage(value: Any) -> Usage:
    """Read token counts; what is missing, negative or no number is unknown, and so is 0: a gateway that counts nothing.

    Tokens that only the total counts are those of reasoning, which Gemini and xAI leave out of the reply's and charge
    like them.
    """
    if not isinstance(value, dict):
        return UNKNOWN_USAGE
    prompt, completion = value.get("prompt_tokens_details"), value.get("completion_tokens_details")
    read, written = count_of(value, "prompt_tokens"), count_of(value, "completion_tokens")
    reasoned, total = count_of(completion, "reasoning_tokens"), count_of(value, "total_tokens")
    if read and written is not None and total is not None and total > read + written:
        reasoned = max(reasoned or 0, total - read - written)
        written = total - read
    return Usage(
        requests=1,
        input_tokens=read or None,
        cached_tokens=count_of(prompt, "cached_tokens"),
        output_tokens=written or None,
        reasoning_tokens=reasoned,
        cost_usd=None,
    )


def count_of(values: Any, name: str) -> int | None:
    """Return a count of a mapping; None when it is missing, negative or no number."""
    number = values.get(name) if isinstance(values, dict) else None
    return number if type(number) is int and 0 <= number < 1 << 53 else None


def thought_much(value: Mapping[str, Any], usage: Usage) -> bool:
    """Whether a large share of what a model wrote came before its reply."""
    if usage.reasoning_tokens and usage.output_tokens:
        return usage.reasoning_tokens >= _MUCH_THOUGHT * usage.output_tokens
    try:
        message = value["choices"][0]["message"]
        text = message.get("content") or ""
        thoughts = "".join(part for name in _THOUGHTS if isinstance(part := message.get(name), str))
    except (LookupError, TypeError, AttributeError):
        return False
    if isinstance(text, str) and text.lstrip().lower().startswith("<think") and "</think" not in text.lower():
        return True
    return len(thoughts) > _MUCH_THOUGHT * (len(thoughts) + len(text))


def misplaced(message: Mapping[str, Any]) -> str:
    """Return the reply that a server took for thoughts: vLLM, where Qwen 3 does not think (vllm #17327, #19839)."""
    texts = [text.strip() for name in _THOUGHTS if isinstance(text := message.get(name), str)]
    return next((text for text in texts if text.startswith("{") and text.endswith("}")), "")
