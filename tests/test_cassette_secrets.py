"""No secret reaches the disk, and what held one still replays."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer import Cassette, Completion, ScriptedProvider
from summarizer.errors import CassetteMiss, SecretFound
from summarizer.providers.cassette.redact import Redaction, environment_secrets, find
from summarizer.records import Message, Request
from summarizer.shape import ReplyFormat

from .calls import Call

# Made up, in the shapes that their issuers document; written in two parts so that no scanner takes them for real ones.
_KEY = "KEY"
SECRETS = {
    "openai-key": "sk-" + "proj-T3BlbkFJabcdEFGH1234ijklMNOP5678",
    "anthropic-key": "sk-ant-" + "api03-abcdEFGH1234_ijklMNOP-5678qrstUVWX",
    "github-token": "ghp_" + "abcdEFGH1234ijklMNOP5678qrstUVWX9012",
    "aws-key": "AKIA" + "IOSFODNN7EXAMPLE",
    "slack-token": "xoxb-" + "1234567890-abcdefGHIJKL",
    "google-key": "AIza" + "SyA-1234567890abcdefGHIJKLMNOPQRSTU",
    "jwt": "eyJ" + "hbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P",
    "private-key": f"-----BEGIN PRIVATE {_KEY}-----\nMIIEowIBAAKC\nabcd+EFGH/ijkl==\n-----END PRIVATE {_KEY}-----",
    "bearer": "Bearer " + "abcdEFGH1234ijklMNOP5678",
    "url-password": "https://reader:" + "hunter2hunter@example.org/feed",
    "stripe-key": "sk_live_" + "abcdEFGH1234ijklMNOP5678",
    "assigned": "db_password=" + "n0t.a.w0rd!",
    "env": "correct horse battery staple",
    "secret": "la phrase de passe é",
}
# What must not be on disk of each: all of it, or the part that is secret.
HIDDEN = {
    **SECRETS,
    "private-key": "abcd+EFGH/ijkl==",
    "bearer": "abcdEFGH1234ijklMNOP5678",
    "url-password": "hunter2hunter",
    "assigned": "n0t.a.w0rd!",
}
PLACES = ("instructions", "article", "schema", "reply")


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SERVICE_DB_PASSWORD", SECRETS["env"])
    monkeypatch.setenv("SHORT_TOKEN", "word")


def request(place: str, secret: str) -> Request:
    told = {name: f"Before {secret} after." if name == place else f"A plain {name}." for name in PLACES}
    schema = {"type": "object", "description": told["schema"]}
    return Request(
        model="m",
        messages=(Message("system", told["instructions"]), Message("user", f"[1] {told['article']}\n[2] Et «ceci».")),
        format=ReplyFormat("Brief", schema, schema, ""),
    )


def stored(folder: Path) -> Iterator[str]:
    for path in folder.rglob("*"):
        if path.is_file():
            text = path.read_bytes().decode("utf-8")
            yield text
            yield json.dumps(json.loads(text), ensure_ascii=False)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", SECRETS)
def test_a_secret_is_not_stored_and_the_request_replays(tmp_path: Path, call: Call, kind: str, place: str) -> None:
    secret = SECRETS[kind]
    inner = ScriptedProvider(lambda _: f"It says {secret}!" if place == "reply" else "Nothing.")
    asked = request(place, secret)

    made = call(Cassette(tmp_path, inner=inner, mode="record", secrets=[SECRETS["secret"]]), asked)
    replayed = call(Cassette(tmp_path, secrets=[SECRETS["secret"]]), asked)

    assert inner.requests == [asked], "what is sent must not change"
    lines = HIDDEN[kind].split("\n")
    assert [text for text in stored(tmp_path) for line in lines if line in text] == []
    assert made.text == (f"It says {secret}!" if place == "reply" else "Nothing.")
    assert replayed.text == made.text or f"[redacted {kind} 1]" in replayed.text


def test_a_reply_that_quotes_the_request_s_secret_is_replayed_whole(tmp_path: Path, call: Call) -> None:
    secret = SECRETS["openai-key"]
    inner = ScriptedProvider(lambda _: f"The key {secret} leaked.")
    call(Cassette(tmp_path, inner=inner, mode="record"), request("article", secret))

    assert call(Cassette(tmp_path), request("article", secret)).text == f"The key {secret} leaked."


def test_a_changed_key_replays_and_is_restored_as_it_is_now(tmp_path: Path) -> None:
    old, new = SECRETS["openai-key"], SECRETS["openai-key"][::-1].replace("-ks", "") + "x"
    new = f"sk-{new}"
    inner = ScriptedProvider(lambda _: f"The key {old} leaked.")
    Cassette(tmp_path, inner=inner, mode="record").complete(request("article", old))

    assert Cassette(tmp_path).complete(request("article", new)).text == f"The key {new} leaked."


def test_two_secrets_of_a_kind_are_told_apart(tmp_path: Path) -> None:
    one, two = SECRETS["aws-key"], "AKIA" + "ABCDEFGHIJKLMNOP"
    Cassette(tmp_path, inner=ScriptedProvider(lambda _: two), mode="record").complete(
        request("article", f"{one} {two}")
    )

    assert Cassette(tmp_path).complete(request("article", f"{one} {two}")).text == two
    with pytest.raises(CassetteMiss):
        Cassette(tmp_path).complete(request("article", f"{one} {one}"))


def test_a_secret_that_cannot_be_replaced_stops_the_write_and_is_not_shown(tmp_path: Path, call: Call) -> None:
    schema = {"type": "object", "properties": {SECRETS["github-token"]: {"type": "string"}}}
    asked = replace(request("none", ""), format=ReplyFormat("Brief", schema, schema, ""))

    with pytest.raises(SecretFound, match="github-token") as caught:
        call(Cassette(tmp_path, inner=ScriptedProvider(lambda _: "x"), mode="record"), asked)

    assert SECRETS["github-token"] not in str(caught.value)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_provenance_and_the_server_s_words_are_looked_through_too(tmp_path: Path) -> None:
    secret = SECRETS["slack-token"]
    asked = replace(request("none", ""), provenance={"article_source": f"/feeds/{secret}.txt", "note": secret})
    answer = Completion("x", model=f"m {secret}", finish_reason=secret, warnings=(f"careful with {secret}",))
    cassette = Cassette(tmp_path, inner=ScriptedProvider(lambda _: answer), mode="record", provenance={"by": secret})

    cassette.complete(asked)

    assert [text for text in stored(tmp_path) if secret in text] == []


def test_a_value_that_the_environment_no_longer_has_is_named_as_the_cause(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = request("article", SECRETS["env"])
    Cassette(tmp_path, inner=ScriptedProvider(lambda _: "x"), mode="record").complete(asked)
    monkeypatch.delenv("SERVICE_DB_PASSWORD")

    with pytest.raises(CassetteMiss, match="environment called secret") as caught:
        Cassette(tmp_path).complete(asked)

    assert caught.value.causes[0] == "secret"
    assert SECRETS["env"] not in str(caught.value) + "".join(caught.value.__notes__)


@pytest.mark.parametrize(
    "text",
    [
        "The risk-averse task force met; a desk-bound sk-8 skater won.",
        "The key: to sleep. Token = a sign. Password: none. The secret, 8 letters long.",
        "See https://example.org:8080/a@b and mailto:a@b.org, or ask Bearer of News 2024.",
        "An asiatic eyJ and the AKIA of Xox; basic knowledge 2024, bearer bonds.",
        "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
        '{"key": "value", "max_output_tokens": 1080, "tokens": 12345678, "keywords": ["a"]}',
    ],
)
def test_plain_text_has_no_secrets(text: str) -> None:
    assert find(text) == []
    assert Redaction({}).text(text) == text


def test_prose_after_a_mention_of_a_key_s_first_line_still_counts() -> None:
    text = "A file that begins with -----BEGIN PRIVATE " + "KEY----- is a key. The council paid 40 million."

    assert "The council paid 40 million." in Redaction({}).text(text)


def test_only_secret_named_variables_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH_TO_KEYBOARD", "/dev/keyboard")
    monkeypatch.setenv("OPENAI_API_KEY", "some-key-of-a-server")

    found = environment_secrets()

    assert {"some-key-of-a-server", SECRETS["env"]} <= found.keys()
    assert found.keys().isdisjoint({"/dev/keyboard", "word"})


@given(st.text(), st.sampled_from(sorted(SECRETS.values())), st.text())
def test_whatever_stands_around_it_a_redacted_secret_is_put_back(before: str, secret: str, after: str) -> None:
    redaction = Redaction({SECRETS["env"]: "env", SECRETS["secret"]: "secret"})
    text = f"{before} {secret} {after}"

    assert redaction.restore(redaction.text(text)) == text
    assert redaction.text(redaction.text(text)) == redaction.text(text)


MARKS = ("key=", "Bearer ", "://me:", "@", f"-----BEGIN PRIVATE {_KEY}-----", f"-----END PRIVATE {_KEY}-----", "\\n")
PIECES = (*SECRETS.values(), *MARKS)


@given(st.lists(st.sampled_from(PIECES) | st.text(max_size=4), max_size=8).map("".join))
def test_secrets_that_are_found_never_overlap_and_are_put_back(text: str) -> None:
    edges = [place for secret in find(text) for place in (secret.start, secret.end)]
    redaction = Redaction({})

    assert edges == sorted(edges)
    assert all(start < end for start, end in zip(edges[::2], edges[1::2], strict=True))
    assert redaction.restore(redaction.text(text)) == text
