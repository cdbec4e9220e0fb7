"""Tokens are counted without a network: exactly for OpenAI's models, by an estimate for the others."""

from __future__ import annotations

import gzip
import hashlib
import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from pathlib import Path

import pytest
import tiktoken
from hypothesis import given
from hypothesis import strategies as st

from summarizer.load import load
from summarizer.records import Article
from summarizer.tokens import TokenCounter, counter
from tests.growth import grows_within
from tests.strategies import texts

OPENAI = ("gpt-5-mini", "gpt-4-turbo")
ARTICLES = sorted((Path(__file__).parent.parent / "fixtures" / "articles").glob("*.*"))


@pytest.fixture(autouse=True, scope="module")
def _cache(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Load both vocabularies from a folder of our own, so that later tests leave this machine's cache alone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path_factory.mktemp("vocabularies")))
        assert [counter(model).count("Hello.") for model in OPENAI] == [2, 2]


# ---------------------------------------------------------------------------------------------------------------- names


@pytest.mark.parametrize(
    ("model", "name", "exact"),
    [
        ("gpt-5-mini", "o200k_base", True),
        ("gpt-5", "o200k_base", True),
        ("gpt-4.1-nano-2025-04-14", "o200k_base", True),
        ("gpt-4o", "o200k_base", True),
        ("o4-mini", "o200k_base", True),
        ("ft:gpt-4o-mini:us:name:id", "o200k_base", True),
        ("openai/gpt-4o", "o200k_base", True),
        ("gpt-oss-20b", "o200k_base", True),
        ("gpt-4-turbo", "cl100k_base", True),
        ("gpt-4", "cl100k_base", True),
        ("gpt-35-turbo", "cl100k_base", True),
        ("gpt-7-large", "o200k_base", False),
        ("o9", "o200k_base", False),
        ("text-davinci-003", "estimate", False),
        ("gpt2", "estimate", False),
        ("llama3.2:1b", "estimate", False),
        ("gemini-2.5-flash", "estimate", False),
        ("opus", "estimate", False),
        ("gpt-neox-20b", "estimate", False),
        ("", "estimate", False),
        (None, "estimate", False),
    ],
)
def test_a_model_is_counted_with_its_own_vocabulary_or_says_so(model: str | None, name: str, exact: bool) -> None:
    assert counter(model) == TokenCounter(name, exact)


@given(st.one_of(st.none(), st.text(max_size=30)))
def test_any_name_has_a_counter(model: str | None) -> None:
    assert counter(model).count("One two three.") >= 3


def test_a_counter_is_a_value() -> None:
    assert pickle.loads(pickle.dumps(counter("gpt-5-mini"))) == counter("gpt-4o")


# ---------------------------------------------------------------------------------------------------------------- exact


def test_the_sample_article_has_the_tokens_that_tiktoken_counts(sample: Article) -> None:
    assert [counter(model).count(sample.text) for model in OPENAI] == [465, 553]


@pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.name)
@pytest.mark.parametrize("model", OPENAI)
def test_a_long_text_is_counted_as_if_it_were_in_one_piece(model: str, path: Path) -> None:
    text = load(path).text * 30
    right = len(tiktoken.encoding_for_model(model).encode_ordinary(text))
    assert abs(counter(model).count(text) - right) <= (
        len(text) // 4_000 if path.name.split(".")[1] in {"zh", "ja"} else 0
    )


@given(texts(), st.sampled_from(OPENAI))
def test_any_text_of_one_piece_is_counted_exactly(text: str, model: str) -> None:
    assert counter(model).count(text) == len(tiktoken.encoding_for_model(model).encode_ordinary(text))


@given(texts(max_parts=5).map(lambda text: text * 300), st.sampled_from(OPENAI))
def test_any_text_of_many_pieces_is_off_by_two_tokens_a_cut_at_most(text: str, model: str) -> None:
    right = len(tiktoken.encoding_for_model(model).encode_ordinary(text))
    assert abs(counter(model).count(text) - right) <= 2 * (len(text) // 4_000)


def test_a_mark_of_the_vocabulary_is_text() -> None:
    assert counter("gpt-5").count("<|endoftext|>") > 1


@pytest.mark.slow
@pytest.mark.parametrize("model", [*OPENAI, "llama3.2:1b"])
@pytest.mark.parametrize("text", [" ", "a", "\u00a0", "\n", "你", "antidisestablishment", " \t", "😀", "\ud800", "("])
def test_a_million_characters_of_one_kind_are_counted_in_linear_time(model: str, text: str) -> None:
    def prepared(length: int) -> Callable[[], object]:
        whole = text * (length // len(text))
        return lambda: counter(model).count(whole)

    assert grows_within(25, lambda: prepared(100_000), lambda: prepared(1_000_000))
    assert counter(model).count(text * (1_000_000 // len(text))) > 5_000


@pytest.mark.parametrize("model", [*OPENAI, None])
def test_nothing_has_no_tokens(model: str | None) -> None:
    assert counter(model).count("") == 0


def test_threads_count_alike(sample: Article) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(counter("gpt-5").count, [sample.text] * 100)) == {465}


# ------------------------------------------------------------------------------------------------------------- estimate


@pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.name)
def test_the_estimate_is_never_below_and_at_most_two_thirds_above_what_openai_counts(path: Path) -> None:
    text = load(path).text
    assert 1.0 <= counter(None).count(text) / counter("gpt-5").count(text) <= 1.66


@pytest.mark.parametrize("model", ["gpt-5", "gpt-4", "llama3.2:1b"])
@pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.name)
def test_what_a_count_does_not_pass_is_no_less(path: Path, model: str) -> None:
    text = load(path).text
    assert counter(model).at_most(text) >= counter(model).count(text)


@pytest.mark.parametrize("path", ARTICLES, ids=lambda path: path.name)
def test_the_estimate_is_not_far_below_what_a_smaller_vocabulary_needs(path: Path) -> None:
    text = load(path).text
    assert counter(None).count(text) / counter("gpt-4").count(text) >= 0.7


@given(texts(), texts())
def test_an_estimate_grows_with_the_text(one: str, other: str) -> None:
    estimate = counter(None).count
    assert max(estimate(one), estimate(other)) <= estimate(one + other) <= estimate(one) + estimate(other)


# ------------------------------------------------------------------------------------------------------------ packaging


@pytest.mark.parametrize(
    ("name", "digest"),
    [
        ("o200k_base", "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d"),
        ("cl100k_base", "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7"),
    ],
)
def test_the_packaged_vocabularies_are_the_ones_that_tiktoken_pins(name: str, digest: str) -> None:
    packed = files("summarizer").joinpath("data", f"{name}.tiktoken.gz").read_bytes()
    assert packed[4:8] == bytes(4)  # no time in the header: building them again gives the same bytes
    assert hashlib.sha256(gzip.decompress(packed)).hexdigest() == digest


O200K = "fb374d419588a4632f3f557e76b4b70aebbca790"  # the name tiktoken gives the file in its cache
FRESH = """
import os, socket, sys
def refuse(*arguments): raise AssertionError("the network was used")
socket.socket.connect = socket.getaddrinfo = refuse
import summarizer.tokens as tokens
assert "tiktoken" not in sys.modules, "imported too early"
before = dict(os.environ)
"""
COUNT = FRESH + "print(tokens.counter('gpt-5').count('Hello, world.'))\nassert dict(os.environ) == before"


def fresh(code: str, **environment: object) -> subprocess.CompletedProcess[str]:
    inherited = {name: os.environ[name] for name in ("PATH", "LANG", "SYSTEMROOT") if name in os.environ}
    variables = inherited | {name: str(value) for name, value in environment.items()}
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=variables)


def counted(child: subprocess.CompletedProcess[str]) -> tuple[str, str]:
    return child.stdout, child.stderr


RIGHT = ("4\n", "")


def test_the_first_count_unpacks_the_vocabulary_into_the_users_cache(tmp_path: Path) -> None:
    assert counted(fresh(COUNT, HOME=tmp_path, XDG_CACHE_HOME=tmp_path / "cache")) == RIGHT
    assert [path.name for path in (tmp_path / "cache" / "summarizer" / "tiktoken").iterdir()] == [O200K]


def test_the_second_process_uses_what_the_first_unpacked(tmp_path: Path) -> None:
    fresh(COUNT, HOME=tmp_path, XDG_CACHE_HOME=tmp_path)
    path = tmp_path / "summarizer" / "tiktoken" / O200K
    before = path.stat().st_mtime_ns
    assert counted(fresh(COUNT, HOME=tmp_path, XDG_CACHE_HOME=tmp_path)) == RIGHT
    assert path.stat().st_mtime_ns == before


def test_a_torn_vocabulary_in_the_cache_is_written_anew(tmp_path: Path) -> None:
    path = tmp_path / "summarizer" / "tiktoken" / O200K
    path.parent.mkdir(parents=True)
    path.write_bytes(b"IQ== 0\n")
    assert counted(fresh(COUNT, HOME=tmp_path, XDG_CACHE_HOME=tmp_path)) == RIGHT
    assert path.stat().st_size == 3_613_922


@pytest.mark.parametrize("name", ["TIKTOKEN_CACHE_DIR", "DATA_GYM_CACHE_DIR"])
def test_the_users_own_cache_folder_wins(tmp_path: Path, name: str) -> None:
    chosen = {name: tmp_path / "mine"}
    assert counted(fresh(COUNT, HOME=tmp_path, XDG_CACHE_HOME=tmp_path / "cache", **chosen)) == RIGHT
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
    assert [path.name for path in (tmp_path / "mine").iterdir()] == [O200K]


def test_a_setting_that_switches_the_cache_off_does_not_lead_to_a_download(tmp_path: Path) -> None:
    assert counted(fresh(COUNT, HOME=tmp_path, XDG_CACHE_HOME=tmp_path / "cache", TIKTOKEN_CACHE_DIR="")) == RIGHT


def test_a_cache_that_cannot_be_written_is_replaced_by_a_folder_that_is_removed(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    (tmp_path / "spare").mkdir()
    cache = tmp_path / "file" / "cache"  # below a file: not even root can make it
    assert counted(fresh(COUNT, HOME=tmp_path, XDG_CACHE_HOME=cache, TMPDIR=tmp_path / "spare")) == RIGHT
    assert list((tmp_path / "spare").iterdir()) == []


def test_no_folder_at_all_is_told_with_the_setting_that_helps(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    nowhere = f"import tempfile\ntempfile.tempdir = {str(tmp_path / 'file')!r}\n"
    child = fresh(nowhere + COUNT, HOME=tmp_path, XDG_CACHE_HOME=tmp_path / "file")
    assert "UsageError: the token vocabulary (4 MB) can be unpacked nowhere: set TIKTOKEN_CACHE_DIR" in child.stderr


def test_processes_that_start_together_share_one_cache(tmp_path: Path) -> None:
    def start(_: int) -> tuple[str, str]:
        return counted(fresh(COUNT, HOME=tmp_path, XDG_CACHE_HOME=tmp_path))

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(start, range(4))) == {RIGHT}
    assert [path.name for path in (tmp_path / "summarizer" / "tiktoken").iterdir()] == [O200K]


def test_threads_that_count_first_load_the_vocabulary_once(tmp_path: Path) -> None:
    code = FRESH + (
        "from concurrent.futures import ThreadPoolExecutor\n"
        "with ThreadPoolExecutor(16) as pool:\n"
        "    print(*set(pool.map(tokens.counter('gpt-5').count, ['Hello, world.'] * 64)))\n"
        "assert dict(os.environ) == before"
    )
    assert counted(fresh(code, HOME=tmp_path, XDG_CACHE_HOME=tmp_path)) == RIGHT


def test_an_estimate_needs_no_tiktoken(tmp_path: Path) -> None:
    code = FRESH + "print(tokens.counter('llama').count('Hello, world.'))\nassert 'tiktoken' not in sys.modules"
    assert counted(fresh(code, HOME=tmp_path)) == ("5\n", "")
