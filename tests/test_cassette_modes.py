"""What a cassette may spend, what CI changes, and programs that open their model by name."""

from __future__ import annotations

import contextlib
import os
import re
import subprocess
import sys
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import summarizer
from summarizer import Budget, Cassette, Completion, ScriptedProvider, Summarizer, Usage
from summarizer.errors import BudgetReached, CassetteMiss, Refused, UsageError
from summarizer.providers.cassette import Mode
from summarizer.providers.cassette.environment import MAX_COST, MAX_REQUESTS, NAME
from summarizer.providers.extractive import Extractive
from summarizer.records import Article, Message, ModelInfo, Provider, Request

from .calls import Call
from .server import Server

CALLING: tuple[Mode, ...] = ("record", "rerecord", "verify", "live")
PRICE = Decimal("0.01")


class Paid(Provider):
    """A model that costs a cent a call."""

    info = ModelInfo(label="openai:paid", name="paid")

    def __init__(self) -> None:
        self.calls = 0

    def complete(self, request: Request, /) -> Completion:
        self.calls += 1
        return Completion("reply", "paid-2026", usage=Usage(1, 10, 0, 5, 0, PRICE))

    async def acomplete(self, request: Request, /) -> Completion:
        return self.complete(request)

    def most(self, usage: Usage, /) -> Usage:
        return Usage(1, usage.input_tokens, 0, usage.output_tokens, 0, PRICE)


class Slower(Paid):
    """Answers when somebody else has recorded an outcome of the same request."""

    def __init__(self, folder: Path, first: Completion | Refused) -> None:
        super().__init__()
        self.other = Cassette(folder, inner=ScriptedProvider(lambda _: first), mode="record")

    def complete(self, request: Request, /) -> Completion:
        with contextlib.suppress(Refused):
            self.other.complete(request)
        return super().complete(request)


class Unpriced(Paid):
    most = None  # type: ignore[assignment]


def request(number: int = 0) -> Request:
    return Request(model="paid", messages=(Message("user", f"question {number}"),))


# ---------------------------------------------------------------------------------------------------------------- caps


@pytest.mark.parametrize("mode", CALLING)
def test_what_costs_needs_a_cap(tmp_path: Path, mode: Mode) -> None:
    with pytest.raises(UsageError, match="budget=Budget"):
        Cassette(tmp_path, inner=Paid(), mode=mode)


@pytest.mark.parametrize("inner", [ScriptedProvider(lambda _: "x"), Extractive()], ids=["scripted", "extractive"])
def test_what_calls_nobody_needs_none(tmp_path: Path, inner: Provider) -> None:
    assert Cassette(tmp_path, inner=inner, mode="record").mode == "record"


def test_a_cap_in_dollars_holds_and_what_was_paid_for_is_kept(tmp_path: Path, call: Call) -> None:
    inner = Paid()
    cassette = Cassette(tmp_path, inner=inner, mode="record", budget=Budget(max_cost_usd=3 * PRICE))
    for number in range(3):
        call(cassette, request(number))

    with pytest.raises(BudgetReached):
        call(cassette, request(3))

    assert inner.calls == 3
    assert [call(cassette, request(number)).usage.cost_usd for number in range(3)] == [0, 0, 0]


def test_a_cap_in_dollars_needs_a_price(tmp_path: Path, call: Call) -> None:
    inner = Unpriced()

    with pytest.raises(UsageError, match="cap requests or tokens"):
        call(Cassette(tmp_path, inner=inner, mode="record", budget=Budget(max_cost_usd=PRICE)), request())

    assert inner.calls == 0


def test_a_cap_on_requests_needs_no_price(tmp_path: Path, call: Call) -> None:
    cassette = Cassette(tmp_path, inner=Unpriced(), mode="record", budget=Budget(max_requests=1))
    call(cassette, request())

    with pytest.raises(BudgetReached):
        call(cassette, request(1))


def test_who_records_second_gives_the_first_reply_at_its_own_cost(tmp_path: Path, call: Call) -> None:
    inner = Slower(tmp_path, Completion("first", "paid"))
    completion = call(Cassette(tmp_path, inner=inner, mode="record", budget=Budget(max_requests=1)), request())

    assert (completion.text, completion.usage) == ("first", Usage(1, 10, 0, 5, 0, PRICE))


def test_who_records_second_raises_the_first_refusal_at_its_own_cost(tmp_path: Path, call: Call) -> None:
    inner = Slower(tmp_path, Refused("no"))

    with pytest.raises(Refused) as caught:
        call(Cassette(tmp_path, inner=inner, mode="record", budget=Budget(max_requests=1)), request())

    assert caught.value.usage == Usage(1, 10, 0, 5, 0, PRICE)


def test_a_replay_needs_no_price_and_counts_as_free(tmp_path: Path) -> None:
    usage = Cassette(tmp_path).most(Usage(1, 100, 0, 50, 0, None))

    assert usage.cost_usd == 0


# ------------------------------------------------------------------------------------------------------------------ CI


@pytest.mark.parametrize("mode", CALLING)
def test_in_ci_a_cassette_that_costs_replays(
    tmp_path: Path, call: Call, mode: Mode, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = Paid()
    monkeypatch.setenv("CI", "true")
    cassette = Cassette(tmp_path, inner=inner, mode=mode, budget=Budget(max_requests=9))

    with pytest.raises(CassetteMiss):
        call(cassette, request())

    assert (cassette.mode, inner.calls) == ("replay", 0)


def test_in_ci_a_scripted_provider_is_still_recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "1")

    assert Cassette(tmp_path, inner=ScriptedProvider(lambda _: "x"), mode="record").mode == "record"


@pytest.mark.parametrize("value", ["", "0", "false"])
def test_a_ci_variable_that_says_no_is_no_ci(tmp_path: Path, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", value)

    assert Cassette(tmp_path, inner=Paid(), mode="record", budget=Budget(max_requests=1)).mode == "record"


# -------------------------------------------------------------------------------------------------------------- models


def cited(request: Request) -> str:
    number, text = re.findall(r"^\[(\d+)\] (.+)$", request.messages[1].content, re.MULTILINE)[0]
    claim = f'{{"text": "{text}", "cites": [{number}]}}'
    return f'{{"title": {claim}, "claims": [{claim}]}}'


class Local(ScriptedProvider):
    """A scripted model that says it is another."""

    def __init__(self, label: str, window: int | None) -> None:
        super().__init__(cited)
        self.info = ModelInfo(label=label, name=label.partition(":")[2], window=window)


ARTICLE = Article("The dam will be repaired. It costs 40 million dollars. Work begins in May.")


def recorded(folder: Path, *labels: str) -> None:
    for label in labels:
        Summarizer(Cassette(folder, inner=Local(label, 4096), mode="record")).summarize(ARTICLE)


def test_a_replay_knows_the_model_that_was_recorded(tmp_path: Path) -> None:
    recorded(tmp_path, "openai:one")

    assert Cassette(tmp_path).info == ModelInfo("openai:one", "one", 4096)
    assert Summarizer(Cassette(tmp_path)).summarize(ARTICLE).model == "openai:one"


def test_of_several_models_one_must_be_named(tmp_path: Path) -> None:
    recorded(tmp_path, "openai:one", "local:two.gguf")

    with pytest.raises(UsageError, match=r"local:two\.gguf, openai:one"):
        Summarizer(Cassette(tmp_path)).summarize(ARTICLE)
    assert Summarizer(Cassette(tmp_path, model="local:/anywhere/two.gguf")).summarize(ARTICLE).model == "local:two.gguf"


def test_a_recording_of_another_model_is_a_miss(tmp_path: Path) -> None:
    recorded(tmp_path, "openai:one")

    with pytest.raises(CassetteMiss) as caught:
        Summarizer(Cassette(tmp_path, model="openai:two")).summarize(ARTICLE)

    assert caught.value.causes == ("model",)


# ------------------------------------------------------------------------------------------------- opened by its name


def test_what_is_opened_by_name_in_the_block_replays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recorded(tmp_path, "openai:one")
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)

    with Cassette(tmp_path).everywhere():
        named = summarizer.summarize(ARTICLE, model="openai:one")
        unnamed = summarizer.summarize(ARTICLE)

    assert named == unnamed
    assert (named.model, named.usage.cost_usd) == ("openai:one", 0)
    assert NAME not in os.environ


def test_the_block_puts_the_environment_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, "replay:elsewhere")

    with Cassette(tmp_path).everywhere():
        inside = os.environ[NAME]

    assert (inside, os.environ[NAME]) == (f"replay:{tmp_path}", "replay:elsewhere")
    assert MAX_COST not in os.environ


def test_the_embedded_model_needs_no_recording(tmp_path: Path) -> None:
    with Cassette(tmp_path).everywhere():
        assert summarizer.summarize(ARTICLE, model="extractive").grounded


def test_the_variable_reaches_another_process(tmp_path: Path) -> None:
    recorded(tmp_path / "recordings", "openai:one")
    (tmp_path / "article.txt").write_text(ARTICLE.text, "utf-8")
    environment = {**os.environ, NAME: f"replay:{tmp_path / 'recordings'}"}
    command = [sys.executable, "-m", "summarizer", str(tmp_path / "article.txt"), "--format", "json"]

    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True, timeout=300)

    assert '"model":"openai:one"' in done.stdout.replace(": ", ":")


def test_the_variable_records_too_with_a_cap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Server() as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv(NAME, f"record:{tmp_path}")
        monkeypatch.setenv(MAX_REQUESTS, "3")
        made = summarizer.summarize(ARTICLE, model="openai:test-model")
    monkeypatch.setenv(NAME, f"replay:{tmp_path}")

    replayed = summarizer.summarize(ARTICLE, model="openai:test-model")

    assert replayed.summary == made.summary
    assert len(server.requests) == made.usage.requests >= 1


def wrong_mode(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, "once:folder")


def no_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, "replay")


def no_cap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, "record:folder")


def no_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(NAME, "record:folder")
    monkeypatch.setenv(MAX_COST, "five cents")


@pytest.mark.parametrize(
    ("setting", "says"),
    [(wrong_mode, "MODE:PATH"), (no_folder, "MODE:PATH"), (no_cap, "budget="), (no_number, "dollars")],
)
def test_a_wrong_variable_is_a_wrong_use(
    setting: Callable[[pytest.MonkeyPatch], None], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    setting(monkeypatch)

    with pytest.raises(UsageError, match=says):
        summarizer.summarize(ARTICLE, model="openai:test-model")


@pytest.mark.parametrize("inner", ["openai:test-model", 5, Paid], ids=repr)
def test_what_is_no_provider_is_refused_before_a_cap_is_asked_for(tmp_path: Path, inner: Any) -> None:
    with pytest.raises(UsageError, match=r"complete\(\) and acomplete\(\)"):
        Cassette(tmp_path, inner=inner, mode="record")


@pytest.mark.parametrize("folder", [None, 5, b"folder"], ids=repr)
def test_what_names_no_folder_is_refused(folder: Any) -> None:
    with pytest.raises(UsageError, match="path of a folder"):
        Cassette(folder)
