"""Wrapper `cassette`: recorded once, answered from disk ever after, and never a wrong answer."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.errors import (
    CassetteDamaged,
    CassetteMiss,
    Filtered,
    ProviderError,
    Refused,
    TruncatedOutput,
    Unavailable,
    UsageError,
)
from summarizer.providers.cassette import Cassette, Mode
from summarizer.providers.cassette.recording import read_json, spread
from summarizer.providers.retry import Retry
from summarizer.providers.scripted import ScriptedProvider
from summarizer.records import Completion, Message, Provider, Request, Usage

from .calls import Call


def request(number: int = 0) -> Request:
    return Request(
        model="test", messages=(Message("system", "Rules.\nMore."), Message("user", f"[{number}] é \ud800."))
    )


def scripted() -> ScriptedProvider:
    return ScriptedProvider(
        lambda asked: Completion(
            f"reply to\n{asked.messages[1].content}", "test-2026", "stop", Usage(1, 10, 2, 5, 0, Decimal("0.01"))
        )
    )


def test_a_recording_is_replayed_without_a_provider(tmp_path: Path, call: Call) -> None:
    inner = scripted()
    made = call(Cassette(tmp_path, inner=inner, mode="record"), request())

    again = call(Cassette(tmp_path), request())

    assert again.text == made.text == "reply to\n[0] é \ud800."
    assert (again.model, again.finish_reason) == ("test-2026", "stop")
    assert again.usage == Usage(1, 10, 2, 5, 0, Decimal(0))
    assert len(inner.requests) == 1


def test_what_is_not_recorded_is_a_miss_that_calls_nobody(tmp_path: Path, call: Call) -> None:
    inner = scripted()

    with pytest.raises(CassetteMiss, match="mode='record'") as caught:
        call(Cassette(tmp_path, inner=inner), request())

    assert caught.value.key == request().key
    assert inner.requests == []
    assert list(tmp_path.iterdir()) == []


def test_recording_calls_only_for_what_is_missing(tmp_path: Path, call: Call) -> None:
    inner = scripted()
    cassette = Cassette(tmp_path, inner=inner, mode="record")

    for number in (1, 2, 1, 1):
        call(cassette, request(number))

    assert len(inner.requests) == 2


def test_recording_anew_replaces(tmp_path: Path, call: Call) -> None:
    call(Cassette(tmp_path, inner=scripted(), mode="record"), request())

    call(Cassette(tmp_path, inner=ScriptedProvider(lambda _: "new"), mode="rerecord"), request())

    assert call(Cassette(tmp_path), request()).text == "new"


def test_verifying_calls_compares_and_stores_nothing(tmp_path: Path, call: Call) -> None:
    call(Cassette(tmp_path, inner=scripted(), mode="record"), request())
    before = {path: path.read_bytes() for path in tmp_path.glob("??/*.json")}

    same = call(Cassette(tmp_path, inner=scripted(), mode="verify"), request())
    other = call(Cassette(tmp_path, inner=ScriptedProvider(lambda _: "new"), mode="verify"), request())
    unknown = call(Cassette(tmp_path, inner=scripted(), mode="verify"), request(9))

    assert same.warnings == ()
    assert "differs" in other.warnings[0]
    assert "not recorded" in unknown.warnings[0]
    assert {path: path.read_bytes() for path in tmp_path.glob("??/*.json")} == before


def test_live_calls_and_stores_nothing(tmp_path: Path, call: Call) -> None:
    assert call(Cassette(tmp_path, inner=scripted(), mode="live"), request()).text.startswith("reply")
    assert list(tmp_path.iterdir()) == []


def test_a_fault_on_the_way_to_the_model_is_not_recorded(tmp_path: Path, call: Call) -> None:
    cassette = Cassette(tmp_path, inner=ScriptedProvider(lambda _: Unavailable("down")), mode="record")

    with pytest.raises(Unavailable):
        call(cassette, request())

    assert list(tmp_path.rglob("*")) == []


@pytest.mark.parametrize("kind", [Refused, Filtered, TruncatedOutput])
def test_a_model_s_no_is_recorded_and_replayed(tmp_path: Path, call: Call, kind: type[ProviderError]) -> None:
    def refuse(_: Request) -> ProviderError:
        error = kind("the model declined", status=200, code="refusal", request_id="req-1")
        error.usage = Usage(1, 10, 0, 3, 0, Decimal("0.01"))
        return error

    with pytest.raises(kind):
        call(Cassette(tmp_path, inner=ScriptedProvider(refuse), mode="record"), request())
    with pytest.raises(kind, match="the model declined") as caught:
        call(Cassette(tmp_path), request())

    assert (caught.value.status, caught.value.code, caught.value.request_id) == (200, "refusal", None)
    assert caught.value.usage == Usage(1, 10, 0, 3, 0, Decimal(0))


def test_what_cannot_be_replayed_consumed_nothing(tmp_path: Path, call: Call) -> None:
    with pytest.raises(CassetteMiss) as missed:
        call(Retry(Cassette(tmp_path)), request())
    call(Cassette(tmp_path, inner=scripted(), mode="record"), request())
    (file,) = tmp_path.glob("??/*.json")
    file.write_bytes(b"{")
    with pytest.raises(CassetteDamaged) as damaged:
        call(Retry(Cassette(tmp_path)), request())

    assert missed.value.usage == damaged.value.usage == Usage()


def swapped(data: bytes) -> bytes:
    return data.replace(b"reply to", b"reply TO")


def moved(data: bytes) -> bytes:
    body = json.loads(data)
    return json.dumps({**body, "key": "0" * 64}).encode()


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[: len(data) // 2],
        lambda data: data[:-3],
        lambda data: b"[]",
        lambda data: b"null",
        lambda data: b"\xff" + data,
        lambda data: data.replace(b"recording/1", b"recording/9"),
        swapped,
        moved,
    ],
    ids=["empty", "half", "tail", "list", "null", "bytes", "format", "altered", "moved"],
)
@pytest.mark.parametrize("mode", ["replay", "record"])
def test_a_damaged_recording_is_an_error_and_stays_as_it_is(
    tmp_path: Path, damage: Callable[[bytes], bytes], mode: Mode
) -> None:
    Cassette(tmp_path, inner=scripted(), mode="record").complete(request())
    path = Cassette(tmp_path).path(request())
    path.write_bytes(damage(path.read_bytes()))
    damaged = path.read_bytes()

    with pytest.raises(CassetteDamaged, match=path.name):
        Cassette(tmp_path, inner=scripted(), mode=mode).complete(request())

    assert path.read_bytes() == damaged


def test_a_recording_in_the_place_of_another_is_damaged(tmp_path: Path) -> None:
    cassette = Cassette(tmp_path, inner=scripted(), mode="record")
    cassette.complete(request(1))
    cassette.complete(request(2))
    cassette.path(request(1)).replace(cassette.path(request(2)))

    with pytest.raises(CassetteDamaged, match="another request"):
        Cassette(tmp_path).complete(request(2))


def test_threads_in_any_order_get_their_own_replies(tmp_path: Path) -> None:
    requests = [request(number) for number in range(60)]
    with ThreadPoolExecutor(16) as pool:
        made = list(pool.map(Cassette(tmp_path, inner=scripted(), mode="record").complete, requests * 3))
        replayed = list(pool.map(Cassette(tmp_path).complete, reversed(requests)))

    assert [item.text for item in made[:60]] == [item.text for item in reversed(replayed)]
    assert len(list(tmp_path.glob("??/*.json"))) == 60
    assert list(tmp_path.rglob(".tmp-*")) == []


def test_the_first_of_two_writers_wins(tmp_path: Path) -> None:
    barrier = threading.Barrier(2)

    def answer(text: str) -> Provider:
        def wait(_: Request) -> str:
            barrier.wait(60)
            return text

        return Cassette(tmp_path, inner=ScriptedProvider(wait), mode="record")

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda provider: provider.complete(request()), [answer("one"), answer("two")]))

    assert Cassette(tmp_path).complete(request()).text in ("one", "two")
    assert len(list(tmp_path.glob("??/*"))) == 1


def test_a_recording_is_readable_line_by_line(tmp_path: Path) -> None:
    Cassette(tmp_path, inner=scripted(), mode="record", provenance={"server": "loopback"}).complete(request())

    body = json.loads(Cassette(tmp_path).path(request()).read_bytes().decode("utf-8", "surrogatepass"))

    assert body["request"]["messages"][0]["content"] == {"$lines": ["Rules.", "More."]}
    assert body["provenance"]["server"] == "loopback"
    assert set(body) == {"format", "integrity", "key", "provenance", "request", "response"}
    assert set(body["response"]) == {"finish_reason", "model", "text", "usage", "warnings"}


@given(
    st.recursive(
        st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_spreading_text_over_lines_loses_nothing(value: object) -> None:
    assert read_json(json.dumps(spread(value))) == value


def test_a_mode_that_calls_needs_something_to_call(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="inner"):
        Cassette(tmp_path, mode="record")


def test_an_unknown_mode_names_the_known_ones(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="replay, record, rerecord, verify, live"):
        Cassette(tmp_path, mode="once")  # type: ignore[arg-type]


def test_another_sample_is_another_recording(tmp_path: Path) -> None:
    cassette = Cassette(tmp_path, inner=scripted(), mode="record")
    cassette.complete(request())
    cassette.complete(replace(request(), sample=1))

    assert len(list(tmp_path.glob("??/*.json"))) == 2
