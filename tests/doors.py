"""A door to a server that nothing is known about, and a request to send through it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest

from summarizer.errors import SummarizerError
from summarizer.providers.capabilities import Capabilities
from summarizer.providers.openai import OpenAIDoor
from summarizer.records import Limits, Message, Request
from summarizer.schema import Summary
from summarizer.shape import reply_format
from tests.calls import Call
from tests.endings import LONG_S

SECRET = "sk-test-0123456789abcdef"
REQUEST = Request(
    model="test-model",
    messages=(
        Message("system", "Reply with one JSON object."),
        Message("user", "=== 1 ===\n[1] The cat sat on the mat.\n[2] It was happy.\n=== 1 ==="),
    ),
    format=reply_format(Summary),
    max_output_tokens=500,
)


@contextlib.contextmanager
def opened(url: str, **settings: Any) -> Iterator[OpenAIDoor]:
    """A door to a server that nothing is known about."""
    settings = {"model": "test-model", "limits": Limits(timeout_s=LONG_S), "capabilities": Capabilities(), **settings}
    door = OpenAIDoor(base_url=url, **settings)
    try:
        yield door
    finally:
        door.close()


def failure(call: Call, door: OpenAIDoor, request: Request = REQUEST) -> SummarizerError:
    with pytest.raises(SummarizerError) as caught:
        call(door, request)
    return caught.value
