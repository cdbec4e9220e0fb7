"""Foreign faults as errors of ours, with facts and without secrets."""

from __future__ import annotations

import inspect
import json
import logging
import ssl

import pytest

from summarizer.errors import (
    BadRequest,
    Filtered,
    ProviderError,
    QuotaExceeded,
    RateLimited,
    Refused,
    SummarizerError,
    TooLong,
    TruncatedOutput,
    Unauthorized,
    Unavailable,
    UnknownModel,
)
from summarizer.providers.address import resolve
from summarizer.providers.capabilities import Capabilities
from summarizer.providers.openai import OpenAIDoor
from summarizer.providers.replybody import HttpReply
from summarizer.providers.translate import TRANSLATIONS, retry_after_s, translate, translate_status
from summarizer.records import Usage
from tests.calls import CALLS, Call
from tests.doors import REQUEST, SECRET, failure, opened
from tests.faults import Exchange
from tests.server import Server


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("400", BadRequest),
        ("401", Unauthorized),
        ("403", Unauthorized),
        ("404", UnknownModel),
        ("429", RateLimited),
        ("503", Unavailable),
        ("context", TooLong),
        ("filter_prompt", Filtered),
        ("refusal", Refused),
        ("length", TruncatedOutput),
    ],
)
def test_a_fault_of_the_server_is_an_error_of_ours(call: Call, fault: str, kind: type[SummarizerError]) -> None:
    with Server(fault) as server, opened(server.url) as door:
        error = failure(call, door)
        after = call(door, REQUEST)

    assert type(error) is kind
    assert error.usage is not None
    assert error.usage.requests == 1
    assert len(server.requests) == 2
    assert after.usage.requests == 1


@pytest.mark.parametrize(
    ("fault", "tokens", "window"),
    [("context", 9001, 8192), ("context_llama", 5000, 4096), ("context_vllm", 4500, 4096)],
)
def test_a_request_that_is_too_long_says_how_long_and_what_fits(fault: str, tokens: int, window: int) -> None:
    with Server(fault) as server, opened(server.url) as door:
        error = failure(CALLS[0], door)

    assert isinstance(error, TooLong)
    assert (error.tokens, error.window) == (tokens, window)


def test_facts_stand_on_the_error() -> None:
    with Server("quota") as server, opened(server.url) as door:
        error = failure(CALLS[0], door)

    assert isinstance(error, ProviderError)
    assert (error.status, error.code, error.model, error.request_id) == (
        429,
        "insufficient_quota",
        "test-model",
        "req_1",
    )


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "2"}, 2.0),
        ({"retry-after": "0.5"}, 0.5),
        ({"retry-after-ms": "250", "retry-after": "9"}, 0.25),
        ({"retry-after-ms": "soon", "retry-after": "9"}, 9.0),
        ({"retry-after": "NaN"}, None),
        ({"retry-after": "inf"}, None),
        ({"retry-after": "-5"}, None),
        ({"retry-after": "later"}, None),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:30 GMT", "date": "Wed, 21 Oct 2026 07:28:00 GMT"}, 30.0),
        ({"retry-after": "Wed, 21 Oct 2026 07:27:00 GMT", "date": "Wed, 21 Oct 2026 07:28:00 GMT"}, 0.0),
    ],
)
def test_the_wait_a_server_asks_for_is_read(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after_s(headers) == seconds


@pytest.mark.parametrize(
    ("message", "seconds"),
    [
        ("Rate limit reached for gpt-4o. Please try again in 20s. Visit the billing page to raise it.", 20.0),
        ("Rate limit reached. Please try again in 413ms.", 0.413),
        ("Please try again in 6m0s.", 360.0),
        ("Please try again in 1h2m3.5s.", 3723.5),
        ("You exceeded your current quota, check your plan and billing details.\nPlease retry in 22.9s.", 22.9),
        ("Your requests exceeded the rate limit. Please retry your request after 26 seconds.", 26.0),
        (f"Please retry in {'9' * 400}s.", None),
        ("Too many requests per minute. Upgrade your plan.", None),
        ("Try again in a while: tokens per day exceeded.", None),
    ],
)
def test_a_limit_that_passes_is_no_empty_account_whatever_is_said_of_billing(
    message: str, seconds: float | None
) -> None:
    reply = HttpReply(429, body=json.dumps({"error": {"message": message, "code": 429}}).encode())
    error = translate_status(reply, REQUEST, resolve("https://example.com/v1", SECRET))

    assert type(error) is RateLimited
    assert error.retry_after_s == (None if seconds is None else pytest.approx(seconds))


@pytest.mark.parametrize(
    "message",
    [
        "You exceeded your current quota, please check your plan and billing details. For more, read the docs.",
        "Your account has a hard limit on billing, which was reached.",
        "Insufficient balance.",
    ],
)
def test_an_empty_account_does_not_pass(message: str) -> None:
    reply = HttpReply(429, body=json.dumps({"error": {"message": message}}).encode())

    assert type(translate_status(reply, REQUEST, resolve("https://example.com/v1", SECRET))) is QuotaExceeded


def test_a_header_comes_before_what_is_said_in_words() -> None:
    body = b'{"error": {"message": "Please try again in 20s."}}'
    error = translate_status(
        HttpReply(429, {"retry-after": "3"}, body), REQUEST, resolve("https://example.com/v1", "k")
    )

    assert isinstance(error, RateLimited)
    assert error.retry_after_s == 3.0


def test_a_wait_beyond_all_bounds_is_told_as_a_year() -> None:
    error = translate_status(HttpReply(429, {"retry-after": "1e300"}), REQUEST, resolve("https://example.com/v1", "k"))

    assert isinstance(error, RateLimited)
    assert error.retry_after_s == 365 * 86400


def test_an_article_that_a_moderator_flagged_is_no_refused_key() -> None:
    words = 'Your chosen model requires moderation and your input was flagged for "violence"'
    reply = HttpReply(403, body=json.dumps({"error": {"message": words, "code": 403}}).encode())

    assert type(translate_status(reply, REQUEST, resolve("https://example.com/v1", SECRET))) is Filtered


def test_every_exception_class_of_the_client_library_is_translated() -> None:
    import openai
    from openai import _exceptions

    named = {**vars(_exceptions), **{name: getattr(openai, name) for name in openai.__all__}}
    classes = {
        name for name, value in named.items() if inspect.isclass(value) and issubclass(value, openai.OpenAIError)
    }

    assert len(classes) >= 20
    assert classes <= TRANSLATIONS.keys()


@pytest.mark.parametrize("error", [RuntimeError("half sent"), OSError(), EOFError()])
def test_an_exception_below_the_client_library_is_a_broken_connection(error: Exception) -> None:
    assert type(translate(error, REQUEST, resolve("http://127.0.0.1:1/v1"))) is Unavailable


def test_what_cannot_be_sent_is_no_fault_of_the_server() -> None:
    with Server() as server, opened(server.url, extra_body={"stop": {1, 2}}) as door:
        error = failure(CALLS[0], door)

    assert type(error) is BadRequest
    assert server.requests == []


def test_a_server_that_is_not_there_costs_nothing_and_says_what_to_check() -> None:
    with Server() as server:
        url = server.url
    door = OpenAIDoor(model="test-model", base_url=url, capabilities=Capabilities())

    error = failure(CALLS[0], door)
    door.close()

    assert type(error) is Unavailable
    assert error.usage == Usage(requests=1)
    assert "check that the server is running" in error.message


def test_a_server_that_is_gone_costs_nothing_either() -> None:
    with Server() as server:
        door = OpenAIDoor(model="test-model", base_url=server.url, capabilities=Capabilities())
        door.complete(REQUEST)
    errors = [failure(CALLS[0], door) for _ in range(2)]  # the first may find out on the connection that was kept
    door.close()

    assert type(errors[1]) is Unavailable
    assert errors[1].usage == Usage(requests=1)


@pytest.mark.parametrize(
    ("cause", "hint"),
    [
        (FileNotFoundError(2, "No such file or directory"), "SSL_CERT_FILE or SSL_CERT_DIR leads nowhere"),
        (ssl.SSLCertVerificationError("[SSL: CERTIFICATE_VERIFY_FAILED] unable to get issuer"), "SSL_CERT_FILE"),
        (OSError("[Errno -2] Name or service not known"), "host name"),
        (ConnectionRefusedError("[Errno 111] Connection refused"), "server is running"),
        (ConnectionResetError(), "try again later"),
    ],
)
def test_a_broken_connection_says_what_to_look_at(cause: Exception, hint: str) -> None:
    error = translate(cause, REQUEST, resolve("https://example.com/v1", SECRET))

    assert type(error) is Unavailable
    assert hint in error.message


def test_no_message_repr_or_log_shows_the_key(caplog: pytest.LogCaptureFixture) -> None:
    async def echo(exchange: Exchange) -> None:
        await exchange.json({"error": {"message": f"bad header {exchange.headers['authorization']}"}}, 400)

    caplog.set_level(logging.DEBUG)
    with Server(echo) as server, opened(server.url, api_key=SECRET) as door:
        error = failure(CALLS[0], door)
        shown = [str(error), repr(error), repr(door), repr(vars(error)), repr(error.__cause__), repr(error.__context__)]

    assert "[key]" in error.message
    assert not [text for text in (*shown, caplog.text) if "0123456789" in text]


def test_a_message_names_no_password_of_the_address() -> None:
    address = resolve("https://someone:hunter2@example.com/v1?token=abc", SECRET)

    error = translate_status(HttpReply(500), REQUEST, address)

    assert "hunter2" not in str(error)
    assert "abc" not in str(error)
    assert "example.com/v1" in str(error)
