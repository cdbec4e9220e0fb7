"""How many tokens prompt and reply share, by what a server says of its models (`GET /models`).

OpenAI's own list holds no lengths; those of other servers do, each under a name of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from summarizer.providers.replybody import parse

# vLLM and SGLang; OpenRouter, Together and Fireworks; Groq; Mistral and LM Studio; llama.cpp (in `meta`). A model may
# be trained on more (`n_ctx_train`) than the server runs it with.
_NAMES = ("max_model_len", "context_length", "context_window", "max_context_length", "n_ctx")
# Where a list has details of a model: llama.cpp; OpenRouter, for the service that it would send a request to.
_DETAILS = ("meta", "top_provider")


def stated(body: bytes, model: str) -> int | None:
    """Return the window of a model by a server's list of models; the smallest, where it names several.

    Args:
        body: The list as it came.
        model: The model's name. A list of one model is about it whatever its name: llama.cpp answers to any.
    """
    try:
        models = [one for one in parse(body)["data"] if isinstance(one, Mapping)]
    except (ValueError, KeyError, TypeError):
        return None
    found = [one for one in models if one.get("id") == model] or (models if len(models) == 1 else [])
    return min((tokens for one in found for tokens in _lengths(one)), default=None)


def _lengths(model: Mapping[str, Any]) -> Iterator[int]:
    details = (model[name] for name in _DETAILS if isinstance(model.get(name), Mapping))
    for part in (model, *details):
        for name in _NAMES:
            tokens = part.get(name)
            if type(tokens) is int and tokens > 0:
                yield tokens
