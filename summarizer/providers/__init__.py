"""Stage 4: a request becomes a completion.

Doors reach a model. A door is imported when it is opened, since the client behind it is heavy:

    openai      over HTTP: where (address), how to ask (ladder, capabilities, responses, window), the way there (wire,
                http, loop_thread), what comes back (replybody, translate, rates, prices), what is logged (log_filter)
    local       llama.cpp in a child process (llama_server, llama_child), with a file of weights
    extractive  no language model: the article's central sentences (picking)
    scripted    a function of the caller's

Wrappers (wrapper) go around another provider:

    cassette, cache  answer from what was recorded or kept
    retry, limit     ask again; ask when it is the call's turn (gate, bucket, patience, settling)
    budget           keeps to a cap (settling)
    judge            sends a judge's requests to another model
    traced, vetted   tells OpenTelemetry; looks at what a provider of the caller's own returns
"""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from typing import Protocol

from summarizer.errors import UsageError
from summarizer.records import Limits, Provider

# A library says nothing until it is asked to; every log of this package is below this one. Not in the package itself,
# whose import stays as light as it is.
logging.getLogger("summarizer").addHandler(logging.NullHandler())

DEFAULT_OPENAI_MODEL = "gpt-5-mini"
MODELS = "openai:NAME, azure:DEPLOYMENT, local:NAME, local:PATH.gguf or extractive"


def default_model() -> str:
    """Return the model when none is named: OpenAI's if there is a key for it, else the embedded one."""
    return f"openai:{DEFAULT_OPENAI_MODEL}" if os.environ.get("OPENAI_API_KEY") else "extractive"


class Counter(Protocol):
    """How long texts are for a model; what `tokens.counter` returns."""

    @property
    def exact(self) -> bool:
        """Whether the tokens are the model's own, not an estimate."""
        ...

    def count(self, text: str, /) -> int:
        """Return the number of tokens of a text."""
        ...

    def at_most(self, text: str, /) -> int:
        """Return a number that `count` does not pass, faster."""
        ...


def open_door(
    model: str,
    *,
    base_url: str | None = None,
    api_key: str | None = None,
    limits: Limits | None = None,
    counter: Callable[[str], Counter] | None = None,
    window: int | None = None,
) -> Provider:
    """Open the door to a model.

    Args:
        model: `openai:NAME`, `azure:DEPLOYMENT`, `local:NAME`, `local:PATH.gguf` or `extractive`.
        base_url: Address of an OpenAI-compatible server, for `openai:`; of a resource of Azure OpenAI, for either of
            `openai:` and `azure:`.
        api_key: Its key; None takes `OPENAI_API_KEY`, for Azure `AZURE_OPENAI_API_KEY`.
        limits: Deadline and size limits of one request; None leaves them to the door (a local model is slow).
        counter: Gives the way to count for a model, so that a server that cuts the article in silence is found out.
        window: Tokens that prompt and reply share, in the place of what is known about the model; a local one is loaded
            with it.

    Raises:
        UsageError: No such door, or arguments that this door has no use for.
    """
    for argument, given in (("base_url", base_url), ("api_key", api_key)):
        if not isinstance(given, str | None):  # a key is not repeated
            raise UsageError(f"{argument} is a str or None, not of type {type(given).__name__!r}")
    door, _, name = model.partition(":")
    if door in ("openai", "azure") and name:
        from summarizer.providers.address import is_azure
        from summarizer.providers.openai import OpenAIDoor

        azure = door == "azure" or is_azure(base_url)
        if azure and door == "openai":  # OPENAI_BASE_URL may name Azure, too
            base_url = os.environ["OPENAI_BASE_URL"] if base_url is None else base_url
            named = (os.environ.get(name) for name in ("AZURE_OPENAI_API_KEY", "OPENAI_API_KEY"))
            api_key = next(filter(None, named), None) if api_key is None else api_key
        return OpenAIDoor(
            model=name,
            base_url=base_url,
            api_key=api_key,
            limits=limits,
            label=model,
            window=window,
            azure=azure,
            counter=None if counter is None else counter(name),
        )
    if base_url is not None:
        raise UsageError(f"a base URL goes with a model named openai:NAME or azure:DEPLOYMENT, not with {model!r}")
    if door == "local" and name:
        from summarizer.providers.local import LocalDoor

        return LocalDoor(name, limits=limits, window=window)
    if model == "extractive":
        from summarizer.providers.extractive import Extractive

        return Extractive()
    from summarizer.providers.did_you_mean import meant_with_a_door

    raise UsageError(f"no model {model!r}: write {MODELS}{meant_with_a_door(model)}")
