"""`summarizer doctor`: it says what is so, sends nothing unasked, and little when asked."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from summarizer.cli import run
from tests.server import Server, thinking

KEY = "sk-of-the-shell-0123456789"


class Doctor:
    def __init__(self, capture: Any) -> None:
        self._capture = capture

    def __call__(self, *args: str) -> int:
        code = run(["doctor", *args])
        captured = self._capture.readouterr()
        self.lines = [(line[:21].strip(), line[21:]) for line in captured.out.splitlines()]
        self.err = captured.err
        self.out = captured.out
        return code

    def says(self, name: str) -> list[str]:
        return [value for key, value in self.lines if key == name]


@pytest.fixture
def doctor(capsys: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Doctor:
    monkeypatch.chdir(tmp_path)
    return Doctor(capsys)


Ask = Callable[..., int]


def test_without_a_model_it_names_the_embedded_one(doctor: Doctor) -> None:
    assert doctor() == 0
    assert doctor.says("model") == ["extractive"]
    assert doctor.says("OPENAI_API_KEY") == ["not set"]
    assert doctor.says("missing") == []


def test_it_names_what_the_environment_sets_but_not_what_to(doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    for name in ("SUMMARIZER_MAX_WORDS", "SUMMARIZER_API_KEY", "SUMMARIZER_MAXWORDS"):
        monkeypatch.setenv(name, "60")

    assert doctor() == 0
    assert doctor.says("environment") == [
        "OPENAI_BASE_URL, SUMMARIZER_API_KEY, SUMMARIZER_MAXWORDS (which sets nothing), SUMMARIZER_MAX_WORDS"
    ]


def test_a_model_of_the_list_has_a_window_a_price_and_lacks_a_key(doctor: Doctor) -> None:
    assert doctor("-m", "openai:gpt-5-mini") == 0
    assert doctor.says("model") == ["openai:gpt-5-mini"]
    assert doctor.says("address") == ["https://api.openai.com/v1, asked by the Responses API"]
    assert doctor.says("window") == ["400,000 tokens, by the list of genai-prices"]
    assert doctor.says("price") == ["$0.25 read, $2.00 written, per million tokens"]
    assert doctor.says("missing") == ["a key: set OPENAI_API_KEY"]


def test_a_server_on_this_machine_has_neither_and_needs_no_key(doctor: Doctor) -> None:
    with Server() as server:
        assert doctor("-m", "openai:test-model", "--base-url", server.url) == 0

    assert server.requests == []
    assert doctor.says("address") == [f"{server.url}, asked by chat completions"]
    assert doctor.says("window") == ["unknown"]
    assert doctor.says("price") == []
    assert [line.partition(":")[0] for line in doctor.says("missing")] == [
        "the price of this model",
        "the window of this model (--context)",
    ]


def test_a_key_is_set_and_not_shown(doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("AZURE_OPENAI_API_KEY", KEY)
    doctor()

    assert (doctor.says("OPENAI_API_KEY"), doctor.says("AZURE_OPENAI_API_KEY")) == (["set"], ["set"])
    assert "sk-of" not in doctor.out + doctor.err


def test_a_deployment_lacks_azures_key(doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AZURE_OPENAI_ENDPOINT", "https://contoso.openai.azure.com")
    doctor("-m", "azure:ours")

    assert doctor.says("address") == ["https://contoso.openai.azure.com/openai/v1, asked by chat completions"]
    assert doctor.says("missing")[0] == "a key: set AZURE_OPENAI_API_KEY"


def test_a_server_of_the_project_s_file_lacks_the_key_that_is_its_own(
    doctor: Doctor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    (tmp_path / "summarizer.toml").write_text('model = "openai:test"\nbase_url = "https://models.invalid/v1"', "utf-8")
    doctor()

    assert doctor.says("SUMMARIZER_API_KEY") == ["not set"]
    assert doctor.says("missing")[0] == (
        "a key: set SUMMARIZER_API_KEY (OPENAI_API_KEY is not sent to a server that summarizer.toml names)"
    )


# ------------------------------------------------------------------------------------------------------------ the probe


def probe(doctor: Doctor, server: Server, *more: str) -> int:
    return doctor("-m", "openai:test-model", "--base-url", server.url, "--probe", *more)


def test_a_probe_is_one_request_where_nothing_is_refused(doctor: Doctor) -> None:
    with Server() as server:
        assert probe(doctor, server) == 0

    (line,) = doctor.says("probe")
    assert len(server.requests) == 1
    assert line.startswith("answered; 1 request, ")
    assert "written at an unknown price; " in line
    assert doctor.says("replies as") == ["a JSON schema, held to strictly (asked for first; nothing was refused yet)"]


def test_a_probe_says_what_it_cost(doctor: Doctor, monkeypatch: pytest.MonkeyPatch) -> None:
    with Server() as proxy:  # in the place of Azure, whose prices are known
        monkeypatch.setenv("http_proxy", proxy.url.removesuffix("/v1"))
        assert doctor("-m", "azure:gpt-5-mini", "--base-url", "http://contoso.openai.azure.com", "--probe") == 0

    (line,) = doctor.says("probe")
    cost = re.search(r"^answered; 1 request, (\d+) tokens read and (\d+) written for \$(0\.\d{6}); ", line)
    assert cost is not None
    read, written = int(cost[1]), int(cost[2])
    assert Decimal(cost[3]) == round((read * Decimal("0.25") + written * 2) / 1_000_000, 6)
    assert len(json.dumps(proxy.requests[0])) < 8000  # a short request


@pytest.mark.parametrize(
    ("refuse", "found", "sent"),
    [
        (("strict",), "a JSON schema (found out today)", 2),
        (("json_schema",), "a forced tool call (found out today)", 2),
        (("json_schema", "tools"), "any JSON object (found out today)", 3),
    ],
)
def test_a_probe_finds_out_what_a_server_can_do_and_remembers(
    doctor: Doctor, refuse: tuple[str, ...], found: str, sent: int
) -> None:
    with Server(refuse=refuse) as server:
        assert probe(doctor, server) == 0
        assert doctor.says("replies as") == [found]
        assert probe(doctor, server) == 0

    assert len(server.requests) == sent + 1


def test_a_probe_never_sends_more_than_three_requests(doctor: Doctor) -> None:
    with Server(refuse=("json_schema", "tools", "json_object", "temperature")) as server:
        assert probe(doctor, server) == 1

    assert len(server.requests) == 3
    assert "refused 3 ways" in doctor.err
    assert doctor.says("probe")[0].startswith("3 requests, ")


def test_what_a_server_goes_without_is_told(doctor: Doctor) -> None:
    with Server(refuse=("temperature",)) as server:
        assert probe(doctor, server) == 0

    assert doctor.says("goes without") == ["temperature"]


def test_the_room_that_a_model_was_given_to_think_is_told(doctor: Doctor) -> None:
    with Server(then=thinking(content="<think>Let me see. ")) as server:
        assert probe(doctor, server) == 0
        assert doctor.says("thinks first") == ["8,192 tokens of room for it beside the reply (found out today)"]


@pytest.mark.parametrize(
    ("fault", "code", "words"),
    [
        ("401", 5, "refuses the key"),
        ("404", 2, "no model"),
        ("quota", 5, "no credit left"),
        ("500", 1, "failed (500)"),
        ("429", 1, "too many requests"),
        ("html", 1, "no completion"),
        ("prose", 1, ""),
    ],
)
def test_a_probe_that_fails_says_why_and_was_sent_once(doctor: Doctor, fault: str, code: int, words: str) -> None:
    with Server(then=fault) as server:
        assert probe(doctor, server) == code

    assert len(server.requests) == 1
    assert words in doctor.err
    assert doctor.says("probe")[0].startswith("1 request, ")
    assert doctor.says("address")  # the rest is told all the same


def test_a_probe_without_a_key_sends_nothing(doctor: Doctor) -> None:
    assert doctor("-m", "openai:gpt-5-mini", "--probe") == 5
    assert doctor.says("probe")[0].startswith("nothing was sent; ")
    assert "set OPENAI_API_KEY" in doctor.err


def test_there_is_nothing_to_probe_without_a_language_model(doctor: Doctor) -> None:
    assert doctor("--probe") == 0
    assert doctor.says("probe") == ["there is no language model to ask"]
