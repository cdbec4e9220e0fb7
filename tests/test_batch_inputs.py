"""What names stand for: folders, lists, globs and tables, hostile ones among them."""

from __future__ import annotations

import csv
import io
import json
import os
import socket
import sys
import unicodedata
from collections.abc import Callable, Iterator
from glob import glob
from pathlib import Path

import pytest

from summarizer import Failure, Result, ScriptedProvider, Summarizer
from summarizer.batch import Run, Settings, Told, outcomes
from summarizer.batch.places import none_is_an_article
from summarizer.errors import Refused, Unreadable, UsageError
from summarizer.load.inputs import Input, Selection, count, given, inputs
from summarizer.load.tables import rows
from summarizer.records import Article, Request

from . import replies

TEXT = "The company plans to raise 100 million euros. It pays for a plant in Lyon."


def touch(root: Path, *names: str) -> Path:
    for name in names:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{TEXT} {name!a}", "utf-8")
    return root


def names(found: Iterator[Input]) -> list[str]:
    return [one.name for one in found]


def answered(request: Request) -> str | Refused:
    refuses = "Refuse this." in request.messages[-1].content
    return Refused("the model declined") if refuses else replies.verbatim(request)


def batch(names: list[str], out: Path, provider: ScriptedProvider | None = None, **selected: object) -> list[Told]:
    selection = Selection(but=none_is_an_article(out), **selected)  # type: ignore[arg-type]
    recipe = Summarizer(provider or ScriptedProvider(answered)).recipe()
    return list(outcomes(Run(recipe, inputs(names, selection), Settings(out=out))))


# ---------------------------------------------------------------------------------------------------------------- names


def test_a_folder_stands_for_all_below_it_in_order_and_nothing_hidden(tmp_path: Path) -> None:
    root = touch(tmp_path / "in", "b.txt", "a/z.txt", "a/b/c.md", ".git/x.txt", "c/.y.txt", "B.txt")

    assert names(inputs([str(root)], Selection())) == ["B.txt", "b.txt", "a/z.txt", "a/b/c.md"]
    assert count([str(root)], Selection()) == 4


def test_globs_choose_by_name_and_by_path(tmp_path: Path) -> None:
    root = touch(tmp_path / "in", "a.txt", "a.md", "old/b.txt", "new/b.txt", "new/deep/old/c.txt")

    assert names(inputs([str(root)], Selection(include=("*.txt",), exclude=("old",)))) == ["a.txt", "new/b.txt"]
    assert names(inputs([str(root)], Selection(include=("new/*",)))) == ["new/b.txt", "new/deep/old/c.txt"]


@pytest.mark.parametrize(
    ("include", "exclude", "taken"),
    [
        ((), ("old/",), ["a.md", "a.txt", "new/b.txt"]),
        ((), ("new/old/",), ["a.md", "a.txt", "new/b.txt", "old/b.txt"]),
        (("**/*.txt",), ("**/old/**",), ["a.txt", "new/b.txt"]),
        (("new/**/*.txt",), (), ["new/b.txt", "new/old/c.txt"]),
    ],
)
def test_globs_may_be_written_as_for_a_shell(
    tmp_path: Path, include: tuple[str, ...], exclude: tuple[str, ...], taken: list[str]
) -> None:
    root = touch(tmp_path / "in", "a.txt", "a.md", "old/b.txt", "new/b.txt", "new/old/c.txt")

    assert names(inputs([str(root)], Selection(include=include, exclude=exclude))) == taken


@pytest.mark.parametrize("out", ["out", "out.jsonl", "out.csv"])
def test_outputs_within_the_folder_of_inputs_are_no_articles(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, out: str
) -> None:
    monkeypatch.chdir(touch(tmp_path / "in", "a.txt", "b.txt", "empty.txt"))
    (tmp_path / "in" / "empty.txt").write_bytes(b"")

    for _ in range(2):
        told = batch(["."], Path(out))

    assert sorted(type(one).__name__ for one in told) == ["Failure", "Result", "Result"]


@pytest.mark.parametrize("out", ["out", "out.jsonl"])
def test_outputs_of_the_api_are_no_articles_either(tmp_path: Path, out: str) -> None:
    root = touch(tmp_path / "in", "a.txt", "b.txt")

    for _ in range(2):
        with Summarizer(ScriptedProvider(replies.verbatim)) as summarizer:
            told = list(summarizer.batch([root], out=root / out))

    assert [one.source for one in told] == [str(root / "a.txt"), str(root / "b.txt")]


def test_outputs_among_the_articles_are_refused_before_any_work(tmp_path: Path) -> None:
    root = touch(tmp_path / "in", "a.txt", "b/c.txt")

    with pytest.raises(UsageError, match="holds the articles"):
        inputs([str(root / "a.txt"), str(root)], Selection(but=frozenset({root.resolve()})))
    with pytest.raises(UsageError, match="holds the articles"):
        batch([str(root)], root)
    with Summarizer("extractive") as summarizer, pytest.raises(UsageError, match="holds the articles"):
        list(summarizer.batch([root], out=root))

    assert not list(root.rglob("*.json"))


def test_a_glob_tells_articles_from_the_outputs_beside_them(tmp_path: Path) -> None:
    root = touch(tmp_path / "in", "a.txt", "b/c.txt")

    for _ in range(2):
        told = batch([str(root)], root, include=("*.txt",))

    assert [one.source for one in told] == [str(root / "a.txt"), str(root / "b/c.txt")]


@pytest.mark.parametrize("link", ["self", "a/up", "a/b/top"])
def test_a_glob_follows_no_link_to_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, link: str) -> None:
    root = touch(tmp_path / "in", "b.txt", "a/z.txt", "a/b/c.txt", "a/b/[d]/e.txt", ".git/x.txt")
    monkeypatch.chdir(tmp_path)
    patterns = [
        "in/**/*.txt",
        "in/**/b/**/*.txt",
        "**/[ac].txt",
        "in/**",
        f"{root}/**/*.txt",
        "in/**/**/z.txt",
        "i*/**/b*",
    ]
    fitting = [set(glob(each, recursive=True)) for each in patterns]  # noqa: PTH207 - what is found without links
    wanted = [sorted(one for one in those if Path(one).is_file()) for those in fitting]
    (root / link).symlink_to(root, target_is_directory=True)
    (root / "a" / "other").symlink_to(root, target_is_directory=True)

    found = [[str(one.source) for one in inputs([each], Selection())] for each in patterns]

    assert found == wanted
    assert all(found)
    with pytest.raises(UsageError, match="nothing fits"):
        inputs(["in/**/none.txt"], Selection())


def test_a_glob_a_file_and_a_list_give_the_same_inputs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(touch(tmp_path, "news/a.txt", "news/b.txt"))
    expected = ["news/a.txt", "news/b.txt"]

    assert names(inputs(["news/*.txt"], Selection())) == expected
    assert names(inputs(expected, Selection())) == expected
    plain, crlf, nul = b"news/a.txt\nnews/b.txt\n", b"news/a.txt\r\nnews/b.txt", b"news/a.txt\0news/b.txt\0"
    for data in (plain, crlf, nul, b"\xef\xbb\xbf" + crlf):
        assert names(inputs(["-"], Selection(), stdin=io.BytesIO(data))) == expected


def test_a_list_may_hold_names_with_line_breaks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(touch(tmp_path, "a\nb.txt", "c.txt"))

    found = list(inputs(["-"], Selection(), stdin=io.BytesIO(b"a\nb.txt\0c.txt\0")))

    assert [one.read().text[:11] for one in found] == ["The company"] * 2


def test_a_list_is_read_as_it_comes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(touch(tmp_path, "a.txt", "b.txt"))
    reader, writer = os.pipe()
    with os.fdopen(reader, "rb") as stream, os.fdopen(writer, "wb", buffering=0) as sender:
        found = inputs(["-"], Selection(), stdin=stream)
        sender.write(b"a.txt\nb.t")
        first = next(found)
        sender.write(b"xt\n")
        second = next(found)

    assert (first.name, second.name) == ("a.txt", "b.txt")


@pytest.mark.parametrize("name", ["missing", "no*thing", "nul\0byte", "long" * 100])
def test_a_name_that_stands_for_nothing_is_refused_before_any_work(tmp_path: Path, name: str) -> None:
    root = touch(tmp_path / "in", "a.txt")

    with pytest.raises(UsageError):
        next(inputs([str(root), name], Selection()))


def test_a_list_needs_a_standard_input() -> None:
    with pytest.raises(UsageError, match="standard input"):
        next(inputs(["-"], Selection()))


def test_a_name_in_a_list_that_no_file_can_have_costs_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(touch(tmp_path, "a.txt", "b.txt"))
    data = b"a.txt\n" + b"long" * 100 + b"\nb.txt\n"

    first, long, last = inputs(["-"], Selection(), stdin=io.BytesIO(data))

    assert (first.read().text[:11], last.read().text[:11]) == ("The company", "The company")
    with pytest.raises(Unreadable, match="too long"):
        long.read()


def test_a_list_that_is_no_list_is_refused() -> None:
    with pytest.raises(UsageError, match="no list of paths"):
        list(inputs(["-"], Selection(), stdin=io.BytesIO(b"x" * 200_000)))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_list_in_utf_16_is_refused_and_none_of_its_characters_is_a_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoding: str, end: str
) -> None:
    monkeypatch.chdir(touch(tmp_path, "a.txt", "b/c.txt"))
    data = "".join(f"{name}{end}" for name in ("./a.txt", "./b/c.txt")).encode(encoding)

    with pytest.raises(UsageError, match="save the list as UTF-8"):
        next(inputs(["-"], Selection(), stdin=io.BytesIO(data)))


def test_an_object_that_is_no_article_is_refused_by_name() -> None:
    with pytest.raises(UsageError, match="'int'"):
        list(given([TEXT, 3]))  # type: ignore[list-item]


def test_the_same_input_named_twice_is_one(tmp_path: Path) -> None:
    root = touch(tmp_path / "in", "a.txt")

    assert len(batch([str(root), str(root), str(root / "a.txt")], tmp_path / "out")) == 1


def test_a_file_that_is_called_like_a_row_of_a_table_is_an_article_of_its_own(tmp_path: Path) -> None:
    root, out = touch(tmp_path / "in", "t.csv#1"), tmp_path / "out"
    (root / "t.csv").write_text(f"text\n{TEXT}\n", "utf-8")
    provider = ScriptedProvider(answered)

    told = [one for _ in range(2) for one in batch([str(root)], out, provider)]

    assert [one.source for one in told] == [str(root / "t.csv#1")] * 4
    assert (len(provider.requests), len({one.article_id for one in told})) == (2, 2)
    assert len([*out.rglob("*.json")]) == 2
    assert [count([str(root / name)], Selection()) for name in ("t.csv#1", "t.csv")] == [1, None]


def test_a_path_given_to_the_api_may_be_a_folder(tmp_path: Path) -> None:
    root = touch(tmp_path / "in", "a.txt", "b/c.txt")

    assert names(given([root, Article("x", source="mine.txt"), "y"]))[:3] == ["a.txt", "b/c.txt", "mine.txt"]


# -------------------------------------------------------------------------------------------------------------- hostile

NFD = unicodedata.normalize("NFD", "é.txt")
HOSTILE = [
    "new\nline.txt",
    "esc\x1b[31m.txt",
    "-rf.txt",
    "x" * 251 + ".txt",
    "é.txt",
    NFD,
    "same.txt",
    "same.md",
    "Same.txt",
    "one/same.txt",
    "two/same.txt",
    "quote'\".txt",
    "right\u202eto left.txt",
    "%s{{ x }}.txt",
    "same.json/deep.txt",
]


def test_hostile_names_have_each_an_output_of_its_own(tmp_path: Path) -> None:
    root, out = touch(tmp_path / "in", *HOSTILE), tmp_path / "out"
    (root / os.fsdecode(b"caf\xe9.txt")).write_text(TEXT, "utf-8")

    told = batch([str(root)], out)
    found = [json.loads(path.read_bytes()) for path in out.rglob("*.json") if path.is_file()]

    assert not [one for one in told if isinstance(one, Failure)]
    assert len(found) == len(told) == len(HOSTILE) + 1
    assert len({one["batch"]["item"] for one in found}) == len(HOSTILE) + 1
    assert all(path.relative_to(out).as_posix().isprintable() for path in out.rglob("*"))
    assert len({path.name.casefold() for path in out.glob("*.json") if path.is_file()}) == 13
    assert [type(one).__name__ for one in batch([str(root)], out)] == ["Result"] * (len(HOSTILE) + 1)


def test_links_lead_nowhere_but_to_files_of_the_folder(tmp_path: Path) -> None:
    root, out = touch(tmp_path / "in", "a.txt", "b/c.txt"), tmp_path / "out"
    touch(tmp_path, "secret.txt")
    (root / "loop").symlink_to(root, target_is_directory=True)
    (root / "b" / "up").symlink_to("..", target_is_directory=True)
    (root / "self").symlink_to("self")
    (root / "away.txt").symlink_to(tmp_path / "secret.txt")
    (root / "gone.txt").symlink_to("nothing")
    (root / "link.txt").symlink_to("a.txt")

    told = batch([str(root)], out)

    failures = {Path(one.source or "").name: one.detail for one in told if isinstance(one, Failure)}
    assert failures.keys() == {"self", "away.txt", "gone.txt"}
    assert "out of its folder" in failures["away.txt"]
    assert sum(not isinstance(one, Failure) for one in told) == 3


@pytest.mark.skipif(sys.platform == "win32", reason="no pipes and sockets among files")
def test_pipes_sockets_and_vanished_files_harm_no_other(tmp_path: Path) -> None:
    root, out = touch(tmp_path / "in", "a.txt", "b.txt", "z.txt"), tmp_path / "out"
    os.mkfifo(root / "pipe.txt")
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(root / "s.txt"))

    def vanishing() -> Iterator[Input]:
        for one in inputs([str(root)], Selection()):
            if one.name == "b.txt":
                (root / "b.txt").unlink()
            yield one

    recipe = Summarizer(ScriptedProvider(replies.verbatim)).recipe()
    told = list(outcomes(Run(recipe, vanishing(), Settings(out=out))))
    server.close()

    failures = {Path(one.source or "").name: one.outcome for one in told if isinstance(one, Failure)}
    assert failures == dict.fromkeys(["pipe.txt", "s.txt", "b.txt"], "unreadable")
    assert sorted(path.name for path in out.glob("*.json")) == ["a.json", "z.json"]


def test_a_folder_that_may_not_be_listed_is_one_failure(tmp_path: Path) -> None:
    root = touch(tmp_path / "in", "a.txt", "b/c.txt")

    def emptied() -> Iterator[Input]:
        for one in inputs([str(root)], Selection()):
            if one.name == "a.txt":
                (root / "b" / "c.txt").unlink()
                (root / "b").rmdir()
            yield one

    found = list(emptied())

    assert [one.name for one in found] == ["a.txt", "b"]
    with pytest.raises(Unreadable, match="cannot be listed"):
        found[1].read()


# --------------------------------------------------------------------------------------------------------------- tables

ROWS = [{"id": "x/1", "body": TEXT}, {"id": "", "body": f"{TEXT} Two."}, {"id": "x/1", "body": f"{TEXT} Three."}]


def as_jsonl(path: Path) -> Path:
    path = path.with_suffix(".jsonl")
    path.write_text("\ufeff" + "\n".join(map(json.dumps, ROWS)), "utf-8")
    return path


def as_csv(path: Path) -> Path:
    path = path.with_suffix(".csv")
    path.write_text("id,body\n" + "".join(f'{row["id"]},"{row["body"]}"\n' for row in ROWS), "utf-8-sig")
    return path


def as_csv_of_a_spreadsheet(path: Path) -> Path:
    path = path.with_suffix(".csv")
    path.write_text("id;body\r\n" + "".join(f'{row["id"]};"{row["body"]}"\r\n' for row in ROWS), "utf-8-sig")
    return path


def as_csv_for_excel(path: Path) -> Path:
    path = path.with_suffix(".csv")
    path.write_text("sep=|\r\nid|body\r\n" + "".join(f'{row["id"]}|"{row["body"]}"\r\n' for row in ROWS), "utf-8-sig")
    return path


def as_tsv(path: Path) -> Path:
    path = path.with_suffix(".TSV")
    path.write_text("id\tbody\n" + "".join(f"{row['id']}\t{row['body']}\n" for row in ROWS), "utf-8")
    return path


def as_parquet(path: Path) -> Path:
    pa = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    path = path.with_suffix(".parquet")
    parquet.write_table(pa.Table.from_pylist(ROWS), path)
    return path


@pytest.mark.parametrize("write", [as_jsonl, as_csv, as_csv_of_a_spreadsheet, as_csv_for_excel, as_tsv, as_parquet])
def test_each_row_of_a_table_is_an_article(tmp_path: Path, write: Callable[[Path], Path]) -> None:
    path, out = write(tmp_path / "news"), tmp_path / "out"

    told = batch([str(path)], out, text_column="body", id_column="id")

    found = {path.relative_to(out).as_posix(): json.loads(path.read_bytes()) for path in out.rglob("*.json")}
    assert not [one for one in told if isinstance(one, Failure)]
    assert {one["source"] for one in found.values()} == {f"{path}#x/1", f"{path}#2"}
    assert len(found) == 3
    assert [Article(row["body"]).id in {one["article_id"] for one in found.values()} for row in ROWS] == [True] * 3


def test_a_row_that_cannot_be_used_costs_no_other(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl"
    lines = ["not json", '"text"', '{"text": 3}', '{"text": " "}', '{"text": "\\ud800"}', "[" * 100_000, '{"x": 1}', ""]
    path.write_text("\n".join([*lines, json.dumps({"text": TEXT}), json.dumps({"text": "a\0b"})]), "utf-8")

    told = batch([str(path)], tmp_path / "out")

    assert sorted(type(one).__name__ for one in told) == ["Failure"] * 8 + ["Result"]
    details = " ".join(one.detail for one in told if isinstance(one, Failure))
    assert all(f"row {number} of" in details for number in (1, 2, 3, 4, 5, 6, 7, 9))
    assert "half a character" in details


def test_a_text_or_a_name_that_a_row_has_twice_is_a_failure_and_takes_no_place_of_another(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl"
    texts = [json.dumps(f"{TEXT} In {year}.") for year in (2021, 2022, 2023, 2024)]
    lines = [
        f'{{"id": "a", "text": {texts[0]}, "text": {texts[1]}}}',
        f'{{"id": "b", "id": "c", "text": {texts[2]}}}',
        f'{{"id": "a", "tag": 1, "tag": 2, "text": {texts[3]}}}',
    ]
    path.write_text("\n".join(lines), "utf-8")

    told = batch([str(path)], tmp_path / "out", id_column="id")

    assert sorted(one.detail for one in told if isinstance(one, Failure)) == [
        f"row 1 of {str(path)!r} has 'text' twice: keep one of them",
        f"row 2 of {str(path)!r} has 'id' twice: keep one of them",
    ]
    assert [one.source for one in told if isinstance(one, Result)] == [f"{path}#a"]


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("a.csv", b"title,body\n1,2\n", "no column 'text': there are 'title', 'body'"),
        ("a.csv", b"", "no column 'text'"),
        ("a.csv", b"text,id,text\nOne.,1,Two.\n", "several columns 'text'"),
        ("a.csv", "text\nThe plant.\n".encode("utf-16"), "save it as CSV in UTF-8"),
        ("a.jsonl", b'\n[1]\n{"body": "One."}\n{"title": "T"}', "no column 'text': there are 'body', 'title'"),
        ("a.parquet", b"PAR1 but not really", "Parquet"),
        ("missing.csv", None, "cannot be read"),
    ],
)
def test_a_table_that_cannot_be_used_is_one_failure(
    tmp_path: Path, name: str, content: bytes | None, problem: str
) -> None:
    pytest.importorskip("pyarrow" if name == "a.parquet" else "json")
    path = touch(tmp_path, name) / name
    path.unlink() if content is None else path.write_bytes(content)

    with pytest.raises(Unreadable, match=problem):
        list(rows(path, text_column="text"))


@pytest.mark.parametrize(
    ("kind", "value"),
    [("binary", b"One."), ("list_", ["One.", "Two."]), ("int64", 3)],
    ids=["bytes", "lists", "numbers"],
)
def test_a_column_of_a_parquet_that_holds_no_text_is_one_failure(tmp_path: Path, kind: str, value: object) -> None:
    pa = pytest.importorskip("pyarrow")
    of = pa.list_(pa.string()) if kind == "list_" else getattr(pa, kind)()
    pytest.importorskip("pyarrow.parquet").write_table(
        pa.table({"text": pa.array([value] * 9, of)}), tmp_path / "a.parquet"
    )

    with pytest.raises(Unreadable, match=f"has {str(of)[:4]}.* in column 'text', no text"):
        list(rows(tmp_path / "a.parquet", text_column="text"))


@pytest.mark.parametrize("kind", ["string", "large_string", "string_view", "dictionary"])
def test_a_parquet_may_keep_texts_in_any_way(tmp_path: Path, kind: str) -> None:
    pa = pytest.importorskip("pyarrow")
    of = pa.dictionary(pa.int32(), pa.string()) if kind == "dictionary" else getattr(pa, kind)()
    table = pa.table({"text": pa.array(["One.", "Two.", None], of)})
    pytest.importorskip("pyarrow.parquet").write_table(table, tmp_path / "a.parquet")

    first, second, third = rows(tmp_path / "a.parquet", text_column="text")

    assert (first.text, second.text) == ("One.", "Two.")
    assert isinstance(third.text, Unreadable)


@pytest.mark.parametrize("kind", ["string", "dictionary"])
def test_a_row_of_a_parquet_that_is_no_utf_8_costs_no_other(tmp_path: Path, kind: str) -> None:
    pa = pytest.importorskip("pyarrow")
    data = pa.array([b"One.", b"caf\xe9", b"Three."])
    texts = pa.Array.from_buffers(pa.string(), len(data), data.buffers())
    table = pa.table({"text": texts.dictionary_encode() if kind == "dictionary" else texts})
    pytest.importorskip("pyarrow.parquet").write_table(table, tmp_path / "a.parquet")

    first, second, third = rows(tmp_path / "a.parquet", text_column="text")

    assert (first.text, third.text) == ("One.", "Three.")
    assert isinstance(second.text, Unreadable)
    assert "row 2 " in str(second.text)
    assert "no UTF-8 in 'text'" in str(second.text)


@pytest.mark.parametrize(
    ("kind", "value", "name"),
    [
        (("timestamp", "ns"), 1_700_000_000_000_000_001, "2023-11-14 22:13:20.000000001"),
        (("date32",), 10_000_000, "29349-01-26"),
        (("duration", "s"), 10**18, "1000000000000000000"),
    ],
)
def test_an_id_of_a_parquet_may_be_finer_or_later_than_python_knows(
    tmp_path: Path, kind: tuple[str, ...], value: int, name: str
) -> None:
    pa = pytest.importorskip("pyarrow")
    table = pa.table({"text": ["One.", "Two."], "id": pa.array([value, None], getattr(pa, kind[0])(*kind[1:]))})
    pytest.importorskip("pyarrow.parquet").write_table(table, tmp_path / "a.parquet")

    found = [(row.id, row.text) for row in rows(tmp_path / "a.parquet", text_column="text", id_column="id")]

    assert found == [(name, "One."), ("2", "Two.")]


def test_an_id_of_a_parquet_that_has_no_value_fails_its_row(tmp_path: Path) -> None:
    pa = pytest.importorskip("pyarrow")
    ids = pa.array([1, None], pa.timestamp("us", tz="Mars/Phobos"))
    pytest.importorskip("pyarrow.parquet").write_table(
        pa.table({"text": ["One.", "Two."], "id": ids}), tmp_path / "a.parquet"
    )

    first, second = rows(tmp_path / "a.parquet", text_column="text", id_column="id")

    assert isinstance(first.text, Unreadable)
    assert "in 'id' that cannot be read" in str(first.text)
    assert second.text == "Two."


def test_a_misspelt_id_column_is_told_before_any_work(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl"
    path.write_text('{"text": "One.", "url": "a"}\n{"text": "Two."}\n', "utf-8")

    assert [row.id for row in rows(path, text_column="text", id_column="url")] == ["a", "2"]
    with pytest.raises(Unreadable, match="no column 'ulr': there are 'text', 'url'"):
        next(rows(path, text_column="text", id_column="ulr"))


def test_rows_far_below_may_have_other_fields_than_the_first(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl"
    path.write_text(json.dumps({"text": "long " * 300_000}) + '\n{"text": "Two.", "url": "b"}\n', "utf-8")

    assert [row.id for row in rows(path, text_column="text", id_column="url")] == ["1", "b"]


@pytest.mark.parametrize("text", ['"One.\n2,Two.\n3,Three.\n', '"So "we" plan.",x\n'], ids=["open", "bare"])
def test_a_quotation_mark_that_is_not_closed_or_doubled_makes_no_article(tmp_path: Path, text: str) -> None:
    path = tmp_path / "news.csv"
    path.write_text(f"id,text\n1,{text}", "utf-8")

    (row,) = rows(path, text_column="text")

    assert isinstance(row.text, Unreadable)
    assert "cannot be read" in row.text.message


def test_a_comma_in_a_text_without_quotation_marks_does_not_cut_it(tmp_path: Path) -> None:
    path = tmp_path / "news.csv"
    path.write_text("id,text\n1,The plant opens, and it pays.\n2,The plant opens.,,\n", "utf-8")

    cut, whole = rows(path, text_column="text")

    assert isinstance(cut.text, Unreadable)
    assert "row 1 of" in cut.text.message
    assert "more fields than the head" in cut.text.message
    assert whole.text == "The plant opens."


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".tsv", ".parquet"])
def test_a_pipe_that_is_called_a_table_is_not_waited_for(tmp_path: Path, suffix: str) -> None:
    os.mkfifo(tmp_path / f"news{suffix}")

    with pytest.raises(Unreadable, match="a named pipe"):
        next(rows(tmp_path / f"news{suffix}", text_column="text"))


def test_a_field_may_be_as_long_as_an_article(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text(f'text\n"{TEXT * 5_000}"\n', "utf-8")

    (row,) = rows(path, text_column="text")

    assert isinstance(row.text, str)
    assert len(row.text) > 300_000


def test_a_table_is_read_row_by_row(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl"
    path.write_text("".join(json.dumps({"text": f"{TEXT} {number}"}) + "\n" for number in range(5_000)), "utf-8")

    found = rows(path, text_column="text")
    first = next(found)
    path.write_text("", "utf-8")

    assert first.id == "1"
    assert sum(1 for _ in found) < 5_000


# --------------------------------------------------------------------------------------------- ids of another column


def table_of(path: Path, *rows: tuple[str, str, str]) -> str:
    """A table with two columns of ids, and articles; one of these is empty."""
    lines = [json.dumps({"id": one, "url": other, "text": text}) for one, other, text in rows]
    path.write_text("\n".join(lines), "utf-8")
    return str(path)


def shown(out: Path) -> list[str]:
    """The ids that outputs show, in order."""
    if out.suffix == ".csv":
        with out.open(encoding="utf-8", newline="") as file:
            found = [row["item"] for row in csv.DictReader(file)]
    elif out.suffix == ".parquet":
        found = pytest.importorskip("pyarrow.parquet").read_table(out).column("item").to_pylist()
    elif out.suffix == ".jsonl":
        found = [json.loads(line)["batch"]["item"] for line in out.read_text("utf-8").splitlines()]
    else:
        found = [json.loads(path.read_text("utf-8"))["batch"]["item"] for path in out.rglob("*.json")]
    return sorted(item.rpartition("jsonl#")[2] for item in found)


ROWS_OF_TWO_NAMES = (("7", "a/b#c", f"{TEXT} One."), ("2", "d", f"{TEXT} Two."), ("3", "e", f"{TEXT} One."))


@pytest.mark.parametrize("out", ["out", "out.jsonl", "out.csv", "out.parquet"])
def test_rows_with_ids_of_another_column_stand_once_and_cost_nothing(tmp_path: Path, out: str) -> None:
    path, place = table_of(tmp_path / "news.jsonl", *ROWS_OF_TWO_NAMES), tmp_path / out

    batch([path], place, id_column=None)
    counted = shown(place)
    provider = ScriptedProvider(answered)
    told = batch([path], place, provider, id_column="id")
    by_id = shown(place)
    batch([path], place, id_column="url")
    by_url = shown(place)
    batch([path], place, id_column="id")

    assert counted == ["1", "2", "3"]
    assert by_id == ["2", "3", "7"] == shown(place)
    assert by_url == ["a/b#c", "d", "e"]
    assert sum(isinstance(one, Result) for one in told) == 3
    assert provider.requests == []


def test_a_row_that_failed_is_told_by_its_new_id_alone(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    path = table_of(tmp_path / "news.jsonl", *ROWS_OF_TWO_NAMES, ("9", "f", f"{TEXT} Refuse this."))

    batch([path], out, id_column="id")
    batch([path], out, id_column="url")

    assert shown(out) == ["a/b#c", "d", "e", "f"]
    named = [json.loads(line)["item"] for line in (tmp_path / "out.csv.failures.jsonl").read_text("utf-8").splitlines()]
    assert [item.rpartition("#")[2] for item in named] == ["f"]


def test_outputs_that_differ_by_their_suffix_keep_apart_what_failed(tmp_path: Path) -> None:
    bad, good = touch(tmp_path / "bad", "a.txt"), touch(tmp_path / "good", "b.txt")
    (bad / "a.txt").write_bytes(b"")

    batch([str(bad)], tmp_path / "out.csv")
    batch([str(good)], tmp_path / "out.jsonl")

    assert [path.name for path in tmp_path.glob("*.failures.jsonl")] == ["out.csv.failures.jsonl"]
    assert names(inputs([str(tmp_path)], Selection())) == ["bad/a.txt", "good/b.txt"]


def test_a_row_that_left_its_table_keeps_its_output(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    path = table_of(tmp_path / "news.jsonl", *ROWS_OF_TWO_NAMES)
    batch([path], out, id_column="id")

    table_of(Path(path), ("4", "g", f"{TEXT} Four."))
    batch([path], out, id_column="id")

    assert shown(out) == ["2", "3", "4", "7"]


def test_an_edited_output_of_an_earlier_id_is_kept(tmp_path: Path) -> None:
    out = tmp_path / "out"
    path = table_of(tmp_path / "news.jsonl", *ROWS_OF_TWO_NAMES)
    batch([path], out, id_column="id")
    (edited,) = out.rglob("7.json")
    edited.write_text("mine", "utf-8")

    batch([path], out, id_column="url")

    assert edited.read_text("utf-8") == "mine"
    assert len(list(out.rglob("*.json"))) == 4


def test_outputs_of_another_batch_are_no_articles_unless_they_are_named(tmp_path: Path) -> None:
    """Another format, another model: each would summarize, and pay for, the summaries of the one before."""
    root = touch(tmp_path / "in", "a.txt", "b.txt")
    recipe = Summarizer(ScriptedProvider(answered)).recipe()
    texts = Settings(out=root / "texts", form="text")
    list(outcomes(Run(recipe, inputs([str(root)], Selection(but=none_is_an_article(root / "texts"))), texts)))
    batch([str(root)], root / "out.jsonl")
    batch([str(root)], root / "out.csv")

    assert names(inputs([str(root)], Selection())) == ["a.txt", "b.txt"]
    assert names(inputs([str(root / "texts")], Selection())) == ["a.txt", "b.txt"]
    assert len(list(inputs([str(root / "out.jsonl")], Selection(text_column="source")))) == 2
