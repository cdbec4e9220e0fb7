"""Files and bytes become articles exactly, or one line says why not."""

from __future__ import annotations

import codecs
import contextlib
import gzip
import io
import os
import pickle
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer.errors import Unreadable
from summarizer.load import MAX_BYTES, decode, load, read
from summarizer.records import Article
from tests.strategies import articles, scalar_texts

FRENCH = (
    "La présidente d’Électrane a confirmé jeudi que l’usine coûterait 2,6 milliards d’euros.\r\n« À voir », dit-elle."
)
RUSSIAN = "Компания объявила в понедельник, что инвестирует сто миллионов рублей. Сделка пока не подписана."


def refusal(data: bytes) -> str:
    with pytest.raises(Unreadable) as caught:
        decode(data, source="a.txt")
    assert caught.value.source == "a.txt"
    return caught.value.message


def refused_file(path: Path) -> str:
    with pytest.raises(Unreadable) as caught:
        load(path)
    message = caught.value.message
    assert repr(str(path)) in message
    assert "\n" not in message
    assert caught.value.source == str(path)
    assert caught.value.outcome == "unreadable"
    return message


# -------------------------------------------------------------------------------------------------------------- exactly


def test_the_sample_article_is_read_as_it_is(sample: Article, fixtures: Path) -> None:
    path = fixtures / "articles" / "openai-levee-de-fonds.fr.txt"
    assert sample.text.encode() == path.read_bytes()
    assert (sample.source, sample.language) == (str(path), None)


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a", "a.TXT", ".hidden", "a b’é.txt", "-"])
def test_a_file_of_text_is_read_whatever_its_name(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"Hello.")
    assert load(tmp_path / name) == Article("Hello.", str(tmp_path / name))


def test_a_link_is_followed(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"Hello.")
    (tmp_path / "b.txt").symlink_to("a.txt")
    assert load(tmp_path / "b.txt").text == "Hello."


@pytest.mark.parametrize(
    "text",
    [
        "a\r\nb\rc\n\n",
        "  \t a \n ",
        "e\u0301 é",
        "\u00a0a\u202f",
        "a\u2028b",
        "\x0c a",
        "👩‍👩‍👧",
        "ﬁ",
        "a\ufeffb",
        "a\ufffd",
    ],
)
def test_nothing_is_stripped_or_normalized(text: str) -> None:
    assert decode(text.encode()).text == text


@given(scalar_texts().filter(lambda text: bool(text.strip("\ufeff").strip()) and "\0" not in text))
def test_any_text_in_utf_8_comes_back_exactly(text: str) -> None:
    assert decode(text.encode()).text == text


@pytest.mark.parametrize(
    ("mark", "codec"),
    [
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
        (codecs.BOM_UTF32_LE, "utf-32-le"),
        (codecs.BOM_UTF32_BE, "utf-32-be"),
    ],
)
def test_a_byte_order_mark_selects_the_codec_and_stays_in_the_text(mark: bytes, codec: str) -> None:
    data = mark + FRENCH.encode(codec)
    article = decode(data)
    assert article.text == "\ufeff" + FRENCH
    assert article.text.encode(codec) == data


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        (FRENCH, "cp1252"),
        ("Un café.", "latin-1"),
        ("Schöne Grüße aus Köln.", "latin-1"),
        ("El año pasado, más del 9,4 %.", "cp1252"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
        ("公司表示，今年的收入增长了百分之三十，主要来自海外市场。" * 3, "gb18030"),
        ("会社は月曜日に新しい工場に投資すると発表した。契約はまだ結ばれていない。" * 3, "shift_jis"),
    ],
)
def test_older_encodings_are_told_apart_and_said_to_be_guesses(text: str, codec: str) -> None:
    article = decode(text.encode(codec))
    assert article.text == text
    assert text.encode(str(article.guessed_codec)) == text.encode(codec)


@pytest.mark.parametrize("data", [FRENCH.encode(), codecs.BOM_UTF8 + FRENCH.encode(), FRENCH.encode("utf-16")])
def test_no_codec_is_a_guess_where_the_bytes_say_it(data: bytes) -> None:
    assert decode(data).guessed_codec is None


@pytest.mark.parametrize("cut", [100, 400, 5000])
@pytest.mark.parametrize(
    "name",
    [
        "acciaieria-montesolo.it.txt",
        "bahnstrecke-gesperrt.de.txt",
        "ferrovia-do-planalto.pt.txt",
        "greve-des-ferries.fr.txt",
        "openai-levee-de-fonds.fr.txt",
        "sequia-valdemora.es.txt",
    ],
)
def test_western_articles_in_windows_encoding_keep_every_accent(fixtures: Path, name: str, cut: int) -> None:
    data = load(fixtures / "articles" / name).text[:cut].encode("cp1252", "ignore")
    assert decode(data).text == data.decode("cp1252")


def test_a_stream_is_read_to_its_end() -> None:
    assert read(io.BytesIO(FRENCH.encode()), source="-") == Article(FRENCH, "-")


# -------------------------------------------------------------------------------------------------------------- refused


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "'a.txt' is empty"),
        (b" \r\n\t\n", "holds only white space"),
        (codecs.BOM_UTF8, "holds only white space"),
        (codecs.BOM_UTF8 + b"\n", "holds only white space"),
        ("\u00a0\u3000".encode(), "holds only white space"),
        (b"%PDF-1.7\n", "a PDF document, not text: save the article"),
        (b"PK\x03\x04\x14\x00\x06\x00", "a zip archive"),
        (gzip.compress(b"Hello.", mtime=0), "gzip data, not text: unpack it"),
        (b"\x89PNG\r\n\x1a\n\x00", "a PNG image"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "a JPEG image"),
        (b"GIF89a\x01", "a GIF image"),
        (b"{\\rtf1\\ansi Hello.}", "an RTF document"),
        (b"Hello\x00world", "binary"),
        (FRENCH.encode("utf-16-le"), "if it is UTF-16, save it as UTF-8"),
        (codecs.BOM_UTF16_LE + "a\0b".encode("utf-16-le"), "binary"),
        (codecs.BOM_UTF16_LE + b"abc", "begins as UTF-16-LE but byte"),
        (codecs.BOM_UTF8 + b"caf\xe9", "begins as UTF-8 but byte 6"),
        (bytes(range(1, 256)), "its encoding cannot be told: save it as UTF-8"),
        (b"<!DOCTYPE html>\n<html><p>Hello.", "is HTML, not text"),
        (b"\xef\xbb\xbf \n<HTML><p>Hello.", "is HTML, not text"),
        (b'<?xml version="1.0"?>\n<!-- saved -->\n<!DOCTYPE  html PUBLIC "x"><html>', "is HTML, not text"),
    ],
)
def test_what_is_no_text_is_refused_in_one_line(data: bytes, words: str) -> None:
    message = refusal(data)
    assert words in message
    assert "\n" not in message


def test_bytes_without_a_name_are_called_the_input() -> None:
    with pytest.raises(Unreadable, match=r"^the input is empty") as caught:
        decode(b"")
    assert caught.value.source is None


@given(st.binary(max_size=200))
def test_any_bytes_are_an_article_or_unreadable(data: bytes) -> None:
    with contextlib.suppress(Unreadable):
        assert decode(data).text.strip()


@given(articles())
def test_no_error_tells_more_than_its_line(text: str) -> None:
    with pytest.raises(Unreadable) as caught:
        decode(b"\0" + text.encode("utf-8", "replace"))
    assert len(caught.value.message) < 160


def test_a_missing_file_is_named_with_the_folder() -> None:
    with pytest.raises(Unreadable) as caught:
        load(Path("no-such-file.txt"))
    assert caught.value.message.startswith("there is no file 'no-such-file.txt'")
    assert repr(str(Path.cwd())) in caught.value.message


def test_a_link_to_a_file_that_has_vanished_is_a_missing_file(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to(tmp_path / "gone.txt")
    assert "there is no file" in refused_file(tmp_path / "a.txt")


def test_a_link_to_itself_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").symlink_to("a.txt")
    assert "cannot be read" in refused_file(tmp_path / "a.txt")


def test_a_file_used_as_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"Hello.")
    assert "cannot be read" in refused_file(tmp_path / "a.txt" / "b.txt")


def test_a_name_that_is_too_long_is_refused(tmp_path: Path) -> None:
    assert "cannot be read" in refused_file(tmp_path / ("a" * 300))


@pytest.mark.parametrize("name", ["a\0b.txt", "a\ud83d.txt"])
def test_a_name_that_no_file_can_have_is_refused(name: str) -> None:
    with pytest.raises(Unreadable, match=r"no name of a file|there is no file"):
        load(name)


def test_a_folder_is_refused_with_a_hint(tmp_path: Path) -> None:
    assert "is a folder: name the files in it" in refused_file(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes here")
def test_a_named_pipe_is_refused_without_waiting_for_a_writer(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.txt")
    assert "is a named pipe" in refused_file(tmp_path / "a.txt")


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no sockets in the file system here")
def test_a_socket_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # the name of a socket is short
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("a.txt")
        assert "is a socket" in refused_file(tmp_path / "a.txt")


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="no devices in the file system here")
def test_a_device_without_end_is_refused() -> None:
    assert "is a device" in refused_file(Path("/dev/zero"))


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="no file that fails while it is read")
def test_a_fault_while_reading_is_told() -> None:
    assert "cannot be read: Input/output error" in refused_file(Path("/proc/self/mem"))


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="no permissions of this kind here")
def test_a_file_without_permission_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"Hello.")
    path.chmod(0)
    drop = "import os; os.geteuid() or os.setuid(65534)\n"  # root may read everything
    code = f"from summarizer.load import load\n{drop}load({str(path)!r})"
    child = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert f"Unreadable: {str(path)!r} may not be read" in child.stderr


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("a.html", "an HTML page, not text: save the article as plain text"),
        ("a.PDF", "a PDF document"),
        ("a.docx", "a word processor's document"),
        ("a.epub", "an electronic book"),
        ("a.eml", "e-mail with its headers"),
        ("a.VTT", "subtitles with their times"),
        ("a.csv", "a table, not text: `summarizer batch` reads one article a row"),
        ("a.jsonl", "`summarizer batch` reads one article a row"),
        ("a.xlsx", "a workbook, not text: save it as CSV"),
        ("a.json", "or write JSON Lines"),
    ],
)
def test_a_kind_of_file_that_is_no_text_is_refused_with_a_hint(tmp_path: Path, name: str, words: str) -> None:
    (tmp_path / name).write_bytes(b"Hello.")
    assert words in refused_file(tmp_path / name)


def test_a_file_that_is_larger_than_any_article_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    with path.open("wb") as file:
        file.truncate(MAX_BYTES + 1)  # takes no room on the disk
    assert "is larger than 64 MiB" in refused_file(path)


class Endless(io.RawIOBase):
    given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
        buffer[:] = b"a" * len(buffer)
        self.given += len(buffer)
        return len(buffer)


def test_an_endless_stream_is_left_once_it_is_too_large() -> None:
    endless = Endless()
    with pytest.raises(Unreadable, match="the input is larger than 64 MiB"):
        read(endless)  # type: ignore[arg-type]
    assert endless.given <= MAX_BYTES + (2 << 20)


def test_a_refusal_survives_pickling(tmp_path: Path) -> None:
    with pytest.raises(Unreadable) as caught:
        load(tmp_path)
    again = pickle.loads(pickle.dumps(caught.value))
    assert (again.message, again.source) == (caught.value.message, caught.value.source)


def test_a_file_refused_is_left_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"\x89PNG\r\n\x1a\n\x00")
    refused_file(path)
    assert (path.read_bytes(), sorted(tmp_path.iterdir())) == (b"\x89PNG\r\n\x1a\n\x00", [path])
