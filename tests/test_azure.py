"""Deployments of Azure OpenAI: where they are, which key is for them, and what they are sent."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from summarizer import Summarizer
from summarizer.errors import Unauthorized, UsageError
from summarizer.providers import open_door
from summarizer.providers.address import is_azure, resolve_azure
from summarizer.providers.capabilities import Capabilities
from summarizer.providers.ladder import REASONING_TOKENS
from summarizer.providers.openai import OpenAIDoor
from summarizer.records import Usage
from summarizer.schema import Summary
from tests.calls import CALLS, Call
from tests.doors import REQUEST, SECRET, failure, opened
from tests.server import Server

RESOURCE = "https://contoso.openai.azure.com"
VERSION = "2024-10-21"
OTHER = "sk-for-openai-0123456789"


# ------------------------------------------------------------------------------------------------------------ addresses


@pytest.mark.parametrize("url", [RESOURCE, f"{RESOURCE}/", f"{RESOURCE}/openai", f"{RESOURCE}/openai/v1/"])
def test_without_a_version_a_deployment_is_reached_by_the_api_that_needs_none(url: str) -> None:
    address = resolve_azure("our deployment", url, SECRET)

    assert (address.url, address.query, address.api_version) == (f"{RESOURCE}/openai/v1", {}, None)


@pytest.mark.parametrize("name", ["AZURE_OPENAI_API_VERSION", "OPENAI_API_VERSION"])
def test_a_version_in_the_environment_leads_to_the_path_of_the_deployment(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, VERSION)
    address = resolve_azure("our/deployment", RESOURCE, SECRET)

    assert (address.url, address.api_version) == (f"{RESOURCE}/openai/deployments/our%2Fdeployment", VERSION)


def test_a_version_in_the_url_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_OPENAI_API_VERSION", "2020-01-01")

    assert resolve_azure("d", f"{RESOURCE}?api-version={VERSION}", SECRET).api_version == VERSION


def test_a_url_of_a_deployment_is_taken_as_it_is() -> None:
    url = f"{RESOURCE}/openai/deployments/theirs"

    assert resolve_azure("ours", f"{url}?api-version={VERSION}", SECRET).url == url
    with pytest.raises(UsageError, match="AZURE_OPENAI_API_VERSION"):
        resolve_azure("ours", url, SECRET)


def test_endpoint_and_key_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", RESOURCE)
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", SECRET)
    address = resolve_azure("d")

    assert (address.key, address.key_name) == (SECRET, "AZURE_OPENAI_API_KEY")


def test_without_an_endpoint_the_error_says_where_to_name_it() -> None:
    with pytest.raises(UsageError, match="AZURE_OPENAI_ENDPOINT"):
        open_door("azure:d")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (RESOURCE, True),
        (f"{RESOURCE}/openai/deployments/d", True),
        ("https://x.cognitiveservices.azure.com", True),
        (f"{RESOURCE}/openai/v1", False),  # speaks like any other server
        ("https://openai.azure.com.example.com", False),
        ("https://api.openai.com/v1", False),
        ("http://[", False),
        (None, False),
    ],
)
def test_a_resource_is_known_by_its_host(url: str | None, expected: bool) -> None:
    assert is_azure(url) == expected


# ----------------------------------------------------------------------------------------------------------------- keys


def test_the_key_of_openai_is_not_sent_to_azure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", OTHER)
    error = failure(CALLS[0], OpenAIDoor(model="d", base_url=RESOURCE, azure=True))

    assert type(error) is Unauthorized
    assert "AZURE_OPENAI_API_KEY" in error.message


@pytest.mark.parametrize(("keys", "sent"), [((SECRET, OTHER), SECRET), (("", OTHER), OTHER)])
def test_a_base_url_at_azure_under_the_name_openai_takes_azures_key_first(
    keys: tuple[str, str], sent: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", keys[0])
    monkeypatch.setenv("OPENAI_API_KEY", keys[1])
    monkeypatch.setenv("OPENAI_BASE_URL", RESOURCE)
    door = open_door("openai:d")

    assert isinstance(door, OpenAIDoor)
    assert (door._address.key, door.base_url, door.info.label) == (sent, f"{RESOURCE}/openai/v1", "openai:d")


@pytest.mark.parametrize(
    ("azure", "given", "variable", "named"),
    [
        (True, None, "AZURE_OPENAI_API_KEY", "AZURE_OPENAI_API_KEY"),
        (False, None, "OPENAI_API_KEY", "OPENAI_API_KEY"),
        (True, "wrong", "AZURE_OPENAI_API_KEY", "api_key"),
        (False, "wrong", "OPENAI_API_KEY", "api_key"),
    ],
)
def test_a_refused_key_is_named_by_where_it_came_from(
    azure: bool, given: str | None, variable: str, named: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, OTHER)
    with Server(key=SECRET) as server, opened(server.url, azure=azure, model="d", api_key=given) as door:
        error = failure(CALLS[0], door)

    assert type(error) is Unauthorized
    assert re.search(rf"check {named}\b", error.message)


# ------------------------------------------------------------------------------------------------------------- requests


@pytest.mark.parametrize("call", CALLS)
def test_a_version_is_sent_with_every_request_and_the_key_in_azures_header(
    call: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_OPENAI_API_VERSION", VERSION)
    with (
        Server() as server,
        opened(server.url.removesuffix("/v1"), azure=True, model="our-d", api_key=SECRET) as door,
    ):
        completions = [call(door, replace(REQUEST, model="our-d")) for _ in range(2)]  # package first, then lean

    lines = {head.partition(b"\r\n")[0] for head in server.heads}
    assert lines == {f"POST /openai/deployments/our-d/chat/completions?api-version={VERSION} HTTP/1.1".encode()}
    assert [headers.get("api-key") for headers in server.headers] == [SECRET] * 2
    assert all("authorization" not in headers for headers in server.headers)
    assert all("max_completion_tokens" in body for body in server.requests)
    Summary.model_validate_json(completions[1].text)


def test_without_a_version_the_key_goes_as_everywhere() -> None:
    with (
        Server(key=SECRET) as server,
        opened(server.url.removesuffix("/v1"), azure=True, model="our-d", api_key=SECRET) as door,
    ):
        door.complete(replace(REQUEST, model="our-d"))

    assert server.heads[0].startswith(b"POST /openai/v1/chat/completions HTTP/1.1\r\n")
    assert server.requests[0]["model"] == "our-d"


def test_a_deployment_that_takes_no_temperature_is_given_room_to_reason() -> None:
    request = replace(REQUEST, model="our-d", temperature=0.2)
    with Server(refuse={"temperature"}) as server, opened(server.url, azure=True, model="our-d") as door:
        before = door.most(Usage(1, 10, 0, 500, 0, None))
        door.complete(request)
        after = door.most(Usage(1, 10, 0, 500, 0, None))

    assert [body["max_completion_tokens"] for body in server.requests] == [500, 500 + REASONING_TOKENS]
    assert (before.output_tokens, after.output_tokens) == (500, 500 + REASONING_TOKENS)


def test_it_is_a_model_like_any_other(monkeypatch: pytest.MonkeyPatch) -> None:
    with Server() as server:
        monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", server.url.removesuffix("/v1"))
        with Summarizer("azure:our-d") as summarizer:
            result = summarizer.summarize("The cat sat on the mat. It was happy.")

    assert (result.model, result.grounded) == ("azure:our-d", True)


def test_what_is_found_out_about_a_deployment_is_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_OPENAI_API_VERSION", VERSION)
    capabilities = Capabilities()
    with Server(refuse={"strict"}) as server:
        for name in ("one", "two", "one"):
            url = server.url.removesuffix("/v1")
            with opened(url, azure=True, model=name, capabilities=capabilities) as door:
                door.complete(replace(REQUEST, model=name))

    assert len(server.requests) == 5
