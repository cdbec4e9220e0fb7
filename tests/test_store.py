"""Stage 8: files whole or not there, under names that are safe and distinct."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer import store
from summarizer.errors import StoreError

HOSTILE = [
    "new\nline",
    "esc\x1b[31m",
    "-rf",
    "..",
    "a/../../etc/passwd",
    "/etc/passwd",
    ".hidden",
    "x" * 255,
    "é" * 127,
    "half \udcff byte",
    "con",
    "aux.txt",
    "trailing. ",
    "right\u202eto left",
    'q?*|<>:"\\',
    "folder.json/inner",
    "~",
    "",
    "/".join(["deep" * 20] * 40),
]


@pytest.mark.parametrize("name", HOSTILE, ids=ascii)
def test_a_hostile_name_becomes_one_that_any_file_system_takes(name: str, tmp_path: Path) -> None:
    safe = store.safe(name, ".json")

    store.write(tmp_path / "out" / safe, b"{}")

    assert (tmp_path / "out" / safe).resolve().is_relative_to(tmp_path / "out")
    assert (tmp_path / "out" / safe).read_bytes() == b"{}"
    assert safe.isprintable()
    assert safe.endswith(".json")
    assert all(part[0] not in "-.~ " and len(part.encode()) <= 255 for part in safe.split("/"))


@pytest.mark.parametrize("name", ["con", "NUL/b", "aux.txt", "lpt1.tar.gz", "a./b", "a /b"])
def test_no_part_of_a_name_is_a_device_or_loses_its_end_on_windows(name: str) -> None:
    parts = store.safe(name, ".json").split("/")

    assert {part.partition(".")[0].lower() for part in parts}.isdisjoint({"con", "nul", "aux", "lpt1"})
    assert all(part[-1] not in ". " for part in parts)


def test_a_plain_name_stays_as_it_is() -> None:
    assert store.safe("news/2026/Über uns", ".json") == "news/2026/Über uns.json"


def test_names_that_are_changed_stay_distinct() -> None:
    names = ["a?b", "a*b", "a\nb", "-b", "_b", "x" * 300, "x" * 301, "a_b"]

    assert len({store.safe(name, ".json") for name in names}) == len(names)


def test_a_folder_is_never_named_like_an_output() -> None:
    assert store.safe("a.json/b", ".json").split("/")[0] != "a.json"


@pytest.mark.parametrize(
    ("one", "other"),
    [("A.json", "a.json"), ("é.json", unicodedata.normalize("NFD", "é.json")), ("STRASSE.json", "straße.json")],
)
def test_names_that_some_file_system_takes_for_one_have_one_place(one: str, other: str) -> None:
    assert store.same_place(one) == store.same_place(other)


@given(st.text(), st.sampled_from([".json", ".md"]))
def test_every_name_is_made_safe_and_always_the_same_way(name: str, suffix: str) -> None:
    safe = store.safe(name, suffix)

    assert safe == store.safe(name, suffix)
    assert not Path(safe).is_absolute()
    assert ".." not in safe.split("/")
    assert all(0 < len(part.encode()) <= 255 for part in safe.split("/"))


def test_a_mark_sets_two_files_apart() -> None:
    assert store.safe("a", ".json", apart="0f0f") == "a-0f0f.json"


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "a.json"

    store.write(path, b"one")
    store.write(path, b"two")

    assert path.read_bytes() == b"two"
    assert [item.name for item in path.parent.iterdir()] == ["a.json"]


def test_a_file_that_cannot_be_written_is_untouched_and_the_error_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_bytes(b"before")
    program = (
        "import resource, signal, sys; from pathlib import Path; from summarizer import store\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))\n"
        "try: store.write(Path(sys.argv[1]), b'x' * 5000)\n"
        "except store.StoreError as error: print(error)\n"
    )

    done = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True)

    assert "raise the limit on file sizes" in done.stdout
    assert path.read_bytes() == b"before"
    assert [item.name for item in tmp_path.iterdir()] == ["a.json"]


def test_a_folder_in_the_way_is_an_error_of_ours(tmp_path: Path) -> None:
    (tmp_path / "a.json").mkdir()

    with pytest.raises(StoreError, match=r"a\.json"):
        store.write(tmp_path / "a.json", b"x")

    assert [item.name for item in tmp_path.iterdir()] == ["a.json"]


def test_a_file_in_the_way_of_a_folder_is_an_error_of_ours(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"mine")

    with pytest.raises(StoreError, match="cannot write"):
        store.write(tmp_path / "a" / "b.json", b"x")

    assert (tmp_path / "a").read_bytes() == b"mine"


def test_a_folder_that_is_gone_says_so(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="moved or removed its folder: put it back"):
        store.write(tmp_path / "a.json", b"x", temporary=tmp_path / "gone" / "1")


def test_a_full_disk_says_so() -> None:
    error = store.unwritable(Path("x"), OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)))

    assert "make room on the disk" in error.message
    assert error.stops_run


def test_a_digest_is_of_the_bytes_and_none_for_what_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"abc")

    assert store.digest_of(tmp_path / "a") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert store.digest_of(tmp_path / "b") is None
    assert store.digest_of(tmp_path) is None
