"""Raw bytes as a completion, or a reason why they are none."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.errors import BadResponse, Filtered, ProviderError, QuotaExceeded, RateLimited, Unavailable
from summarizer.providers.counts import read_usage
from summarizer.providers.replybody import HttpReply, parse, quoted, read, said
from summarizer.records import Message, Usage
from tests.doors import REQUEST


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, (None, None, None, None)),
        ([1], (None, None, None, None)),
        ({"prompt_tokens": 12, "completion_tokens": 3}, (12, None, 3, None)),
        ({"prompt_tokens": True, "completion_tokens": "3"}, (None, None, None, None)),
        ({"prompt_tokens": -1, "completion_tokens": 1.5}, (None, None, None, None)),
        (
            {
                "prompt_tokens": 12,
                "completion_tokens": 9,
                "prompt_tokens_details": {"cached_tokens": 4},
                "completion_tokens_details": {"reasoning_tokens": 5},
            },
            (12, 4, 9, 5),
        ),
        # Gemini's compatible endpoint, xAI, and a gateway that counts nothing.
        ({"prompt_tokens": 20, "completion_tokens": 198, "total_tokens": 623}, (20, None, 603, 405)),
        (
            {
                "prompt_tokens": 32,
                "completion_tokens": 9,
                "total_tokens": 135,
                "completion_tokens_details": {"reasoning_tokens": 94},
            },
            (32, None, 103, 94),
        ),
        ({"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}, (None, None, None, None)),
    ],
)
def test_a_count_of_tokens_is_a_count_or_unknown(value: Any, expected: tuple[int | None, ...]) -> None:
    usage = read_usage(value)

    assert (usage.input_tokens, usage.cached_tokens, usage.output_tokens, usage.reasoning_tokens) == expected


def wire_body(**message: Any) -> bytes:
    return json.dumps({"choices": [{"message": message, "finish_reason": "stop"}]}).encode()


def call_of(arguments: Any) -> dict[str, Any]:
    return {"type": "function", "function": {"name": "Summary", "arguments": arguments}}


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ({"content": '{"a": 1}'}, '{"a": 1}'),
        ({"content": [{"type": "thinking", "thinking": []}, {"type": "text", "text": "yes"}]}, "yes"),
        ({"content": None, "tool_calls": [call_of('{"a": 1}')]}, '{"a": 1}'),
        ({"content": "", "tool_calls": [call_of({"a": "é"})]}, '{"a": "é"}'),
        ({"content": "yes", "tool_calls": []}, "yes"),
        ({"content": "yes", "tool_calls": None, "refusal": ""}, "yes"),
        ({"content": None, "reasoning_content": ' {"a": 1}\n', "tool_calls": []}, '{"a": 1}'),
        ({"content": "yes", "reasoning": '{"a": 1}'}, "yes"),
    ],
)
def test_a_reply_is_found_where_servers_put_it(message: dict[str, Any], text: str) -> None:
    assert read(HttpReply(200, body=wire_body(**message)), REQUEST, where="here").text == text


@pytest.mark.parametrize(
    "message",
    [
        {"content": None, "tool_calls": [call_of("{}"), call_of("{}")]},
        {"content": None, "tool_calls": [{"type": "function"}]},
        {"content": None, "tool_calls": ["call"]},
        {"content": None, "tool_calls": {"0": call_of("{}")}},
        {"content": {"text": "yes"}},
        {"content": [{"type": "image"}]},
        {"content": "", "reasoning_content": "Let me see."},
    ],
)
def test_a_reply_that_could_mean_two_things_or_nothing_is_refused(message: dict[str, Any]) -> None:
    with pytest.raises(BadResponse):
        read(HttpReply(200, body=wire_body(**message)), REQUEST, where="here")


@pytest.mark.parametrize(
    ("code", "kind"),
    [(429, RateLimited), (402, QuotaExceeded), (403, Filtered), (502, Unavailable), (None, Unavailable)],
)
def test_a_server_that_fails_in_the_middle_of_a_reply_says_how_and_what_it_took(
    code: int | None, kind: type[ProviderError]
) -> None:
    choice = {"message": {"content": '{"a'}, "error": {"code": code, "message": "Upstream error"}}
    body = {"choices": [choice], "usage": {"prompt_tokens": 12, "completion_tokens": 3}}

    with pytest.raises(kind, match="Upstream error") as caught:
        read(HttpReply(200, body=json.dumps(body).encode()), REQUEST, where="here")

    assert caught.value.usage == Usage(1, 12, None, 3, None, None)


@pytest.mark.parametrize("reason", ["SPII", "sensitive", "content_filter: RECITATION"])
def test_a_filter_is_known_by_the_words_of_other_servers(reason: str) -> None:
    body = {"choices": [{"message": {"content": None}, "finish_reason": reason}]}

    with pytest.raises(Filtered):
        read(HttpReply(200, body=json.dumps(body).encode()), REQUEST, where="here")


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(values, st.booleans(), st.sampled_from(["", "\ufeff", " \n"]))
def test_an_answer_is_read_as_it_was_written(value: Any, escaped: bool, before: str) -> None:
    assert parse((before + json.dumps(value, ensure_ascii=escaped)).encode()) == value


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (rb'["\ud83d\ude00", "\ud83d"]', "half a character"),
        (rb'"\ude00"', "half a character"),
        (rb'{"\ud800": 1}', "half a character"),
        (rb'{"a": 1, "\u0061": 2}', "a key twice"),
        (b"[-Infinity]", "holds -Infinity"),
        (b'"\xed\xa0\x80"', "no UTF-8"),
        (b"[1] 2", "Extra data"),
        (b"[1,", "cut or wrong"),
    ],
)
def test_an_answer_that_could_mean_two_things_is_refused_by_name(data: bytes, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        parse(data)


def test_an_answer_too_deep_to_be_one_is_refused_though_python_reads_it() -> None:
    with pytest.raises(ValueError, match="deep"):
        parse(b"[" * 80 + b"]" * 80)


@pytest.mark.parametrize("value", [b"[],", b"{},", b"0,", b'"",'])
def test_an_answer_of_more_values_than_any_summary_has_is_refused_unread(value: bytes) -> None:
    assert len(parse(b"[" + value * 49_000 + b"0]")) == 49_001
    with pytest.raises(ValueError, match="more than 100000 values"):
        parse(b"[" + value * 101_000 + b"0]")


def test_a_reply_far_longer_than_was_allowed_is_refused() -> None:
    request = replace(REQUEST, max_output_tokens=2)
    most, more = (HttpReply(200, body=wire_body(content="x" * length)) for length in (128, 129))

    assert read(most, request, where="here").text == "x" * 128
    assert read(more, replace(request, max_output_tokens=None), where="here").text == "x" * 129
    with pytest.raises(BadResponse, match="has 129 characters where 2 tokens were allowed"):
        read(more, request, where="here")


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", ""),
        (b"<html>oops</html>", ""),
        (b"just words\nin lines", "just words in lines"),
        (b'"words"', "words"),
        (b'{"error": "words"}', "words"),
        (b'{"error": {"message": "words"}}', "words"),
        (b'{"message": "words"}', "words"),
        (b'{"detail": "words"}', "words"),
        (b'{"detail": ["words", {"loc": ["body", "seed"], "msg": "no", "type": "t"}]}', "words; seed: no (t)"),
        (b"[]", "[]"),
    ],
)
def test_what_a_server_says_is_read_in_whatever_shape(body: bytes, message: str) -> None:
    assert said(body).message == message


def test_a_message_repeats_next_to_nothing_of_an_article() -> None:
    article = "The quick brown fox jumps over the lazy dog. " * 10
    request = replace(REQUEST, messages=(Message("user", article),))

    said = quoted(f"cannot parse: {article}", request)

    assert len(said) <= len("cannot parse: ") + 80
