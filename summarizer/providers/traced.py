"""Wrapper `traced`: an OpenTelemetry span and two metrics for each call of a model.

Off unless the program has set OpenTelemetry up: nothing of it is imported here before it has, so it costs nothing then
(extra `otel` installs its API). Names follow the semantic conventions for generative AI, which are not final yet: a
test compares them. What is asked and what is replied is never put into a span, nor are the words of an error, which may
quote either.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import urlsplit

from summarizer import __version__
from summarizer.errors import SummarizerError
from summarizer.providers.wrapper import Wrapper
from summarizer.records import Completion, Provider, Request, Usage

if TYPE_CHECKING:
    from opentelemetry.metrics import Histogram, MeterProvider
    from opentelemetry.trace import Span, Tracer, TracerProvider

Attributes: TypeAlias = dict[str, str | int | float | list[str]]

OPERATION = "gen_ai.operation.name"
PROVIDER = "gen_ai.provider.name"
REQUEST_MODEL = "gen_ai.request.model"
MAX_TOKENS = "gen_ai.request.max_tokens"
TEMPERATURE = "gen_ai.request.temperature"
OUTPUT_TYPE = "gen_ai.output.type"
RESPONSE_MODEL = "gen_ai.response.model"
FINISH_REASONS = "gen_ai.response.finish_reasons"
INPUT_TOKENS = "gen_ai.usage.input_tokens"
CACHED_TOKENS = "gen_ai.usage.cache_read.input_tokens"
OUTPUT_TOKENS = "gen_ai.usage.output_tokens"
REASONING_TOKENS = "gen_ai.usage.reasoning.output_tokens"
TOKEN_TYPE = "gen_ai.token.type"  # noqa: S105 - no password
SERVER_ADDRESS = "server.address"
SERVER_PORT = "server.port"
ERROR_TYPE = "error.type"
# Ours: the conventions have no word for it.
PURPOSE = "summarizer.purpose"
REQUESTS = "summarizer.requests"
COST = "summarizer.cost_usd"

DURATION = "gen_ai.client.operation.duration"
TOKEN_USAGE = "gen_ai.client.token.usage"  # noqa: S105 - no password
# The buckets that the conventions ask for.
_SECONDS = (0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92)
_TOKENS = (1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864)

# Providers by the end of their servers' names, as the conventions call them. A server that is none of these speaks
# OpenAI's API all the same, and `server.address` says which one it is.
_KNOWN = {
    "openai.azure.com": "azure.ai.openai",
    "cognitiveservices.azure.com": "azure.ai.openai",
    "services.ai.azure.com": "azure.ai.inference",
    "api.mistral.ai": "mistral_ai",
    "api.deepseek.com": "deepseek",
    "api.groq.com": "groq",
    "api.x.ai": "x_ai",
    "api.perplexity.ai": "perplexity",
    "api.cohere.ai": "cohere",
    "api.anthropic.com": "anthropic",
    "generativelanguage.googleapis.com": "gcp.gemini",
    "aiplatform.googleapis.com": "gcp.vertex_ai",
}


class Traced(Wrapper):
    """Tells OpenTelemetry about each call of a provider, if the program listens.

    Args:
        provider: The provider to ask; its `base_url`, if it has one, says where the model is.
        tracer_provider: None takes the program's, and none as long as it has set none up.
        meter_provider: None takes the program's.
    """

    def __init__(
        self,
        provider: Provider,
        *,
        tracer_provider: TracerProvider | None = None,
        meter_provider: MeterProvider | None = None,
    ) -> None:
        super().__init__(provider)
        self._tracer_provider = tracer_provider
        self._meter_provider = meter_provider

    def complete(self, request: Request, /) -> Completion:
        """Return the completion of a request; raises what the provider raises."""
        with self._operation(request) as settle:
            return settle(self._provider.complete(request))

    async def acomplete(self, request: Request, /) -> Completion:
        """Return the completion of a request without blocking the event loop."""
        with self._operation(request) as settle:
            return settle(await self._provider.acomplete(request))

    def _operation(self, request: Request) -> AbstractContextManager[Callable[[Completion], Completion]]:
        """Surround one call with a span, and measure it, if anybody listens."""
        tracer = _tracer(self._tracer_provider)
        metered = self._meter_provider is not None or "opentelemetry.metrics" in sys.modules
        return _UNTOLD if tracer is None and not metered else self._told(request, tracer, metered=metered)

    @contextmanager
    def _told(
        self, request: Request, tracer: Tracer | None, *, metered: bool
    ) -> Iterator[Callable[[Completion], Completion]]:
        common = self._common(request)
        began = time.perf_counter()
        usage: Usage | None = None
        with _span(tracer, common, request) as span:

            def settle(completion: Completion) -> Completion:
                nonlocal usage
                usage = completion.usage
                common[RESPONSE_MODEL] = completion.model
                _set(span, {RESPONSE_MODEL: completion.model, FINISH_REASONS: [completion.finish_reason]})
                return completion

            try:
                yield settle
            except BaseException as error:
                usage = error.usage if isinstance(error, SummarizerError) else None
                common[ERROR_TYPE] = error.outcome if isinstance(error, SummarizerError) else type(error).__name__
                _fail(span, str(common[ERROR_TYPE]))
                raise
            finally:
                _set(span, _consumed(usage))
                if metered:
                    self._instruments.record(time.perf_counter() - began, usage, common)

    def _common(self, request: Request) -> Attributes:
        """What spans and metrics both say."""
        url = getattr(self._provider, "base_url", None)
        parts = urlsplit(url if isinstance(url, str) else "")
        label = self.info.label if self.info else type(self._provider).__name__
        known = (name for end, name in _KNOWN.items() if (parts.hostname or "").endswith(end))
        own = "openai" if parts.hostname else label.partition(":")[0]
        common: Attributes = {OPERATION: "chat", PROVIDER: next(known, own), REQUEST_MODEL: request.model}
        if parts.hostname:
            common[SERVER_ADDRESS] = parts.hostname
            common[SERVER_PORT] = parts.port or (443 if parts.scheme == "https" else 80)
        return common

    @cached_property
    def _instruments(self) -> _Instruments:
        return _Instruments(self._meter_provider)


class _Instruments:
    """The two metrics of a client."""

    def __init__(self, provider: MeterProvider | None) -> None:
        from opentelemetry.metrics import get_meter

        meter = get_meter("summarizer", __version__, meter_provider=provider)
        self._duration: Histogram = meter.create_histogram(
            DURATION,
            unit="s",
            description="Duration of a call of a model.",
            explicit_bucket_boundaries_advisory=_SECONDS,
        )
        self._tokens: Histogram = meter.create_histogram(
            TOKEN_USAGE,
            unit="{token}",
            description="Tokens read and written in a call of a model.",
            explicit_bucket_boundaries_advisory=_TOKENS,
        )

    def record(self, seconds: float, usage: Usage | None, attributes: Attributes) -> None:
        """Record a call."""
        self._duration.record(seconds, attributes)
        if usage is None:
            return
        for kind, tokens in (("input", usage.input_tokens), ("output", usage.output_tokens)):
            if tokens is not None:
                self._tokens.record(tokens, {**attributes, TOKEN_TYPE: kind})


def _tracer(provider: TracerProvider | None) -> Tracer | None:
    """A tracer of a provider or of the program; None as long as there is none."""
    if provider is None and "opentelemetry.trace" not in sys.modules:
        return None
    from opentelemetry import trace

    if provider is None and isinstance(trace.get_tracer_provider(), trace.ProxyTracerProvider):
        return None
    return trace.get_tracer("summarizer", __version__, tracer_provider=provider)


@contextmanager
def _span(tracer: Tracer | None, common: Mapping[str, Any], request: Request) -> Iterator[Span | None]:
    if tracer is None:
        yield None
        return
    from opentelemetry.trace import SpanKind

    asked: dict[str, Any] = {
        **common,
        OUTPUT_TYPE: "text" if request.format is None else "json",
        PURPOSE: request.purpose,
        MAX_TOKENS: request.max_output_tokens,
        TEMPERATURE: request.temperature,
    }
    with tracer.start_as_current_span(
        f"chat {request.model}",
        kind=SpanKind.CLIENT,
        attributes={name: value for name, value in asked.items() if value is not None},
        record_exception=False,
        set_status_on_exception=False,
    ) as span:
        yield span


def _set(span: Span | None, attributes: Mapping[str, Any]) -> None:
    if span is not None:
        span.set_attributes({name: value for name, value in attributes.items() if value is not None})


def _fail(span: Span | None, kind: str) -> None:
    if span is not None:
        from opentelemetry.trace import StatusCode

        span.set_status(StatusCode.ERROR)
        span.set_attribute(ERROR_TYPE, kind)


def _consumed(usage: Usage | None) -> dict[str, Any]:
    if usage is None:
        return {}
    return {
        INPUT_TOKENS: usage.input_tokens,
        CACHED_TOKENS: usage.cached_tokens,
        OUTPUT_TOKENS: usage.output_tokens,
        REASONING_TOKENS: usage.reasoning_tokens,
        REQUESTS: usage.requests,
        COST: None if usage.cost_usd is None else float(usage.cost_usd),
    }


def _unchanged(completion: Completion) -> Completion:
    return completion


_UNTOLD = nullcontext(_unchanged)
