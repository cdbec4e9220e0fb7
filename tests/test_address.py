"""Where to ask and with which key."""

from __future__ import annotations

from typing import Any

import pytest

from summarizer import Summarizer
from summarizer.errors import Unauthorized, UsageError
from summarizer.providers.address import resolve
from summarizer.providers.openai import OpenAIDoor
from tests.calls import CALLS
from tests.doors import REQUEST, SECRET, failure, opened
from tests.server import Server


def test_a_missing_key_is_an_error_that_says_what_to_do_and_sends_nothing() -> None:
    error = failure(CALLS[0], OpenAIDoor(model="gpt-5-mini"))

    assert type(error) is Unauthorized
    assert "OPENAI_API_KEY" in error.message


@pytest.mark.parametrize("host", ["localhost", "api.localhost", "127.0.0.1", "127.8.9.1", "[::1]"])
def test_this_machine_is_known_by_its_names(host: str) -> None:
    assert resolve(f"http://{host}:8080/v1", SECRET).loopback


@pytest.mark.parametrize("host", ["localhost.example.com", "example.com", "10.0.0.1", "[::2]", "0.0.0.1"])
def test_another_machine_is_not_taken_for_this_one(host: str) -> None:
    assert not resolve(f"https://{host}/v1", SECRET).loopback


def test_a_server_on_this_machine_needs_no_key() -> None:
    with Server() as server, opened(server.url) as door:
        door.complete(REQUEST)

    assert server.headers[0]["authorization"] == "Bearer none"


def test_the_key_and_the_address_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    with Server(key=SECRET) as server:
        monkeypatch.setenv("OPENAI_API_KEY", SECRET + "\n")
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        door = OpenAIDoor(model="test-model")
        door.complete(REQUEST)
        door.close()

    assert server.headers[0]["authorization"] == f"Bearer {SECRET}"


@pytest.mark.parametrize("url", ["http://example.com/v1", "http://10.0.0.7:11434/v1"])
def test_a_key_is_not_sent_in_the_clear_to_another_machine(url: str) -> None:
    with pytest.raises(UsageError, match="unencrypted"):
        OpenAIDoor(model="test-model", base_url=url, api_key=SECRET)

    assert repr(OpenAIDoor(model="test-model", base_url=url, api_key=""))


@pytest.mark.parametrize(
    "url", ["", "example.com/v1", "ftp://example.com", "http://", "http://[", "https://a:99999/v1"]
)
def test_an_address_that_is_none_is_refused(url: str) -> None:
    with pytest.raises(UsageError, match="base URL"):
        OpenAIDoor(model="test-model", base_url=url)


@pytest.mark.parametrize("given", [{"base_url": 5}, {"base_url": b"http://a"}, {"api_key": b"sk-secret"}], ids=repr)
def test_an_address_or_key_that_is_no_text_is_refused_without_being_shown(given: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match=f"{next(iter(given))} is a str") as caught:
        Summarizer("openai:test-model", **given)

    assert "secret" not in str(caught.value)


def test_a_key_that_no_header_can_carry_is_refused_without_being_shown() -> None:
    with pytest.raises(UsageError) as caught:
        OpenAIDoor(model="test-model", api_key="sk-two\nlines")

    assert "two" not in str(caught.value)
