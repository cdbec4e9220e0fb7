"""What OpenTelemetry is told: the conventions' names, the facts of a call, and never a word of it."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.semconv._incubating.attributes import gen_ai_attributes as names
from opentelemetry.semconv._incubating.metrics import gen_ai_metrics
from opentelemetry.semconv.attributes import error_attributes, server_attributes
from opentelemetry.trace import SpanKind, StatusCode

from summarizer import pipeline
from summarizer.errors import Refused, Unavailable
from summarizer.providers import traced
from summarizer.providers.judge import Judged
from summarizer.providers.scripted import Answer, ScriptedProvider
from summarizer.providers.traced import Traced
from summarizer.records import Completion, Message, Provider, Request, Usage
from summarizer.schema import Summary
from summarizer.shape import reply_format
from tests.calls import CALLS, Call
from tests.doors import opened
from tests.server import Server

SECRET = "The minister resigned at dawn."
REQUEST = Request(
    model="gpt-5-mini",
    messages=(Message("user", SECRET),),
    format=reply_format(Summary),
    max_output_tokens=500,
    temperature=0.5,
    purpose="repair",
)
USAGE = Usage(2, 100, 60, 40, 30, Decimal("0.0125"))
REPLY = Completion(SECRET, "gpt-5-mini-2025-08-07", "stop", USAGE)


class Ears:
    """Collects what a traced provider tells."""

    def __init__(self) -> None:
        self._spans = InMemorySpanExporter()
        self._reader = InMemoryMetricReader()
        self.tracers = TracerProvider()
        self.tracers.add_span_processor(SimpleSpanProcessor(self._spans))
        self.meters = MeterProvider(metric_readers=[self._reader])

    def wrap(self, provider: Provider) -> Traced:
        return Traced(provider, tracer_provider=self.tracers, meter_provider=self.meters)

    def scripted(self, answer: Answer) -> Traced:
        return self.wrap(ScriptedProvider(lambda _: answer))

    @property
    def spans(self) -> tuple[ReadableSpan, ...]:
        return self._spans.get_finished_spans()

    @property
    def span(self) -> ReadableSpan:
        (span,) = self.spans
        return span

    @property
    def attributes(self) -> dict[str, Any]:
        return dict(self.span.attributes or {})

    @property
    def metrics(self) -> dict[str, Any]:
        data: Any = self._reader.get_metrics_data()
        found = data.resource_metrics[0].scope_metrics[0].metrics
        return {metric.name: metric for metric in found}

    def close(self) -> None:
        self.tracers.shutdown()
        self.meters.shutdown()


@pytest.fixture
def ears() -> Iterator[Ears]:
    made = Ears()
    yield made
    made.close()


# ------------------------------------------------------------------------------------------------------------- the span


@pytest.mark.parametrize("call", CALLS)
def test_a_span_holds_the_facts_of_a_call(call: Call, ears: Ears) -> None:
    completion = call(ears.scripted(REPLY), REQUEST)

    assert completion is REPLY
    assert (ears.span.name, ears.span.kind) == ("chat gpt-5-mini", SpanKind.CLIENT)
    assert ears.span.status.status_code is StatusCode.UNSET
    assert ears.attributes == {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "scripted",
        "gen_ai.request.model": "gpt-5-mini",
        "gen_ai.request.max_tokens": 500,
        "gen_ai.request.temperature": 0.5,
        "gen_ai.output.type": "json",
        "gen_ai.response.model": "gpt-5-mini-2025-08-07",
        "gen_ai.response.finish_reasons": ("stop",),
        "gen_ai.usage.input_tokens": 100,
        "gen_ai.usage.cache_read.input_tokens": 60,
        "gen_ai.usage.output_tokens": 40,
        "gen_ai.usage.reasoning.output_tokens": 30,
        "summarizer.purpose": "repair",
        "summarizer.requests": 2,
        "summarizer.cost_usd": 0.0125,
    }


@pytest.mark.parametrize("call", CALLS)
def test_a_span_of_an_error_holds_its_kind_and_what_it_took(call: Call, ears: Ears) -> None:
    error = Refused(f"it said: {SECRET}")
    error.usage = Usage(1, 7, None, 3, None, None)
    with pytest.raises(Refused):
        call(ears.scripted(error), REQUEST)

    assert ears.span.status.status_code is StatusCode.ERROR
    assert ears.attributes["error.type"] == "refused"
    assert ears.attributes["gen_ai.usage.input_tokens"] == 7
    assert "gen_ai.response.model" not in ears.attributes
    assert "summarizer.cost_usd" not in ears.attributes


@pytest.mark.parametrize("answer", [REPLY, Refused(f"it said: {SECRET}"), Unavailable(SECRET)])
@pytest.mark.parametrize("call", CALLS)
def test_no_word_of_prompt_reply_or_error_is_told(call: Call, answer: Any, ears: Ears) -> None:
    with contextlib.suppress(Refused, Unavailable):
        call(ears.scripted(answer), REQUEST)

    assert "minister" not in ears.span.to_json()
    assert ears.span.events == ()


async def test_a_cancelled_call_ends_its_span(ears: Ears) -> None:
    class Slow(ScriptedProvider):
        async def acomplete(self, request: Request, /) -> Completion:
            await asyncio.sleep(60)
            raise AssertionError

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await ears.wrap(Slow(lambda _: "")).acomplete(REQUEST)

    assert ears.attributes["error.type"] == "CancelledError"


def test_a_span_says_which_server_was_asked(ears: Ears) -> None:
    with Server() as server, opened(server.url) as door:
        ears.wrap(door).complete(Request("test-model", (Message("user", "JSON\n[1] A cat."),)))
        port = int(server.url.rpartition(":")[2].partition("/")[0])

    assert ears.attributes["gen_ai.provider.name"] == "openai"
    assert (ears.attributes["server.address"], ears.attributes["server.port"]) == ("127.0.0.1", port)
    assert ears.attributes["gen_ai.output.type"] == "text"


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://api.openai.com/v1", "openai"),
        ("https://contoso.openai.azure.com/openai/v1", "azure.ai.openai"),
        ("https://api.mistral.ai/v1", "mistral_ai"),
        ("https://generativelanguage.googleapis.com/v1beta/openai", "gcp.gemini"),
        ("http://192.168.0.7:11434/v1", "openai"),
    ],
)
def test_providers_are_called_as_the_conventions_do(url: str, name: str, ears: Ears) -> None:
    class Door(ScriptedProvider):
        base_url = url

    ears.wrap(Door(lambda _: REPLY)).complete(REQUEST)

    assert ears.attributes["gen_ai.provider.name"] == name


# ---------------------------------------------------------------------------------------------------------- the metrics


@pytest.mark.parametrize("call", CALLS)
def test_tokens_and_seconds_are_measured(call: Call, ears: Ears) -> None:
    began = time.perf_counter()
    call(ears.scripted(REPLY), REQUEST)
    took_s = time.perf_counter() - began

    (duration,) = ears.metrics["gen_ai.client.operation.duration"].data.data_points
    tokens = ears.metrics["gen_ai.client.token.usage"].data.data_points
    assert duration.count == 1
    assert 0 <= duration.sum <= took_s
    assert {point.attributes["gen_ai.token.type"]: point.sum for point in tokens} == {"input": 100, "output": 40}
    assert all(point.attributes["gen_ai.response.model"] == "gpt-5-mini-2025-08-07" for point in tokens)


def test_the_seconds_of_an_error_are_measured_and_unknown_tokens_are_not(ears: Ears) -> None:
    with pytest.raises(Unavailable):
        ears.scripted(Unavailable("down")).complete(REQUEST)

    (duration,) = ears.metrics["gen_ai.client.operation.duration"].data.data_points
    assert duration.attributes["error.type"] == "unavailable"
    assert "gen_ai.client.token.usage" not in ears.metrics


# ------------------------------------------------------------------------------------------------------------ the names


def test_names_are_those_of_the_conventions() -> None:
    ours = {name: value for name, value in vars(traced).items() if isinstance(value, str) and "gen_ai." in value}
    theirs = {value for key, value in vars(names).items() if key.startswith("GEN_AI_")}
    theirs |= {value for key, value in vars(gen_ai_metrics).items() if key.startswith("GEN_AI_")}

    assert len(ours) == 15
    assert set(ours.values()) <= theirs
    assert traced.SERVER_ADDRESS == server_attributes.SERVER_ADDRESS
    assert traced.SERVER_PORT == server_attributes.SERVER_PORT
    assert traced.ERROR_TYPE == error_attributes.ERROR_TYPE


def test_providers_are_those_of_the_conventions() -> None:
    assert set(traced._KNOWN.values()) <= {item.value for item in names.GenAiProviderNameValues}


# -------------------------------------------------------------------------------------------------------------- on, off


def run_flow(flow: Any, provider: Provider) -> None:
    pipeline.run(flow, provider)


def arun_flow(flow: Any, provider: Provider) -> None:
    asyncio.run(pipeline.arun(flow, provider))


def run(code: str) -> None:
    subprocess.run([sys.executable, "-c", code], check=True, timeout=300)


def test_nothing_of_it_is_imported_unless_the_program_does() -> None:
    run(
        "import sys; from summarizer import ScriptedProvider, summarize\n"
        'reply = \'{"title": {"text": "A cat sat.", "cites": [1]}, '
        '"claims": [{"text": "A cat sat.", "cites": [1]}]}\'\n'
        "summarize('A cat sat.', model=ScriptedProvider(lambda _: reply))\n"
        "assert not any(name.startswith('opentelemetry') for name in sys.modules)"
    )


def test_a_program_that_sets_it_up_later_hears_of_every_attempt() -> None:
    run(
        "from opentelemetry import trace\n"
        "from opentelemetry.sdk.trace import TracerProvider\n"
        "from opentelemetry.sdk.trace.export import SimpleSpanProcessor\n"
        "from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter\n"
        "from summarizer import ScriptedProvider, Summarizer\n"
        'reply = \'{"title": {"text": "A cat sat.", "cites": [1]}, '
        '"claims": [{"text": "A cat sat.", "cites": [1]}]}\'\n'
        "summarizer = Summarizer(ScriptedProvider(lambda _: reply))\n"
        "summarizer.summarize('A cat sat.')\n"
        "spans = InMemorySpanExporter()\n"
        "provider = TracerProvider()\n"
        "provider.add_span_processor(SimpleSpanProcessor(spans))\n"
        "trace.set_tracer_provider(provider)\n"
        "with trace.get_tracer('app').start_as_current_span('handle'):\n"
        "    summarizer.summarize('A cat sat.')\n"
        "inner, outer = spans.get_finished_spans()\n"
        "assert (inner.name, inner.parent.span_id) == ('chat scripted', outer.context.span_id)\n"
    )


@pytest.mark.parametrize("drive", [run_flow, arun_flow])
def test_requests_that_go_out_together_belong_to_the_span_around_them(drive: Any, ears: Ears) -> None:
    def flow() -> Any:
        return (yield (REQUEST, REQUEST, REQUEST))

    with ears.tracers.get_tracer("app").start_as_current_span("handle") as outer:
        drive(flow(), ears.scripted(REPLY))

    inner = [span for span in ears.spans if span.name.startswith("chat")]
    assert len(inner) == 3
    assert {span.parent.span_id for span in inner if span.parent} == {outer.get_span_context().span_id}


def test_a_judge_has_spans_of_its_own(ears: Ears) -> None:
    door, judge = ears.scripted(REPLY), ears.scripted(Completion("{}", "judge-model"))
    judged = Judged(door, judge)
    judged.complete(REQUEST)
    judged.complete(replace(REQUEST, purpose="judge", model="judge-model"))

    assert [span.name for span in ears.spans] == ["chat gpt-5-mini", "chat judge-model"]
