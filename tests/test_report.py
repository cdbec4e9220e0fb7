"""Results on a page of HTML, read back from what a batch or the command line wrote."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from summarizer import render
from summarizer.errors import SchemaError
from summarizer.records import Failure, Result
from summarizer.render.outline import clean
from summarizer.schema import Summary
from tests.calls import Cli
from tests.test_render import BRIEF, DOUBTED, GOOD, SENTENCES, everywhere

FAILED = Failure(None, "b.txt", "unreadable", "'b.txt' is binary")


class Seen(HTMLParser):
    """What stands on a page: elements, their attributes, and the text of each row and of each article."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.classes: list[str] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.classes += [f"{tag}.{value}" for name, value in attrs if name == "class" and value]
        if tag not in ("meta", "input"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.texts.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.texts).split())


def shown(*told: Result[Any] | Failure) -> Seen:
    seen = Seen("".join(render.page(told)))
    assert seen.open == []
    return seen


# ------------------------------------------------------------------------------------------------------------ the page


def test_each_sentence_stands_beside_what_it_rests_on() -> None:
    seen = shown(GOOD, DOUBTED, FAILED)

    assert f"Acme plans to raise money, but talks may fail.[1][2][1] {SENTENCES[1]}[2] {SENTENCES[2]}" in seen.text
    assert f"✗ Acme raises 300 million[1]number: {DOUBTED.checks[0].findings[0].detail}[1] {SENTENCES[1]}" in seen.text
    assert "the article's own words, in place of: “Acme was founded in 1989.”" in seen.text
    assert "Note: two sentences disagree" in seen.text
    assert "b.txt unreadable: 'b.txt' is binary" in seen.text
    assert [name for name in seen.classes if name.startswith("article.")] == [
        "article.with-doubts with-own",
        "article.failed",
    ]


def test_the_totals_are_those_of_all_that_is_shown() -> None:
    assert (
        "2 summaries · 1 not summarized · 3 of 5 claims supported · 1 in the article's own words · 2 requests"
        " · 1,234 tokens in, 210 out · $0.0012" in shown(GOOD, DOUBTED, FAILED).text
    )
    assert "1 summary · 2 of 2 claims supported" in shown(GOOD).text


@given(
    st.lists(st.sampled_from([*"<>&'\"/=`-!", "<script>", "</style>", "<!--", "&lt;", 'x" onclick="y', "a "])).map(
        "".join
    )
)
def test_no_text_acts_as_html(text: str) -> None:
    seen = shown(everywhere(text), replace(FAILED, source=text, detail=text))

    assert seen.tags == shown(everywhere("plain"), FAILED).tags
    assert not seen.tags & {"a", "script", "img", "link", "iframe", "form", "svg"}
    assert not {name for name in seen.attributes if name.startswith("on") or name in ("href", "src", "style")}
    assert clean(text) in clean("".join(seen.texts))


def test_on_paper_there_is_nothing_to_choose() -> None:
    (printed,) = re.findall(r"@media print \{(.*?\}) \}", "".join(render.page([GOOD])), re.DOTALL)

    assert re.findall(r"\bnav \{ *display: *(\w+)", printed) == ["none"]


def test_a_page_of_very_many_results_is_made_piece_by_piece() -> None:
    def told() -> Iterator[Result[Any]]:
        for _ in range(3):
            asked.append(len(pieces))
            yield GOOD

    asked: list[int] = []
    pieces: list[str] = []
    for piece in render.page(told()):
        pieces.append(piece)  # noqa: PERF402 - it is counted meanwhile

    assert asked == [1, 2, 3]


# ----------------------------------------------------------------------------------------------- results of any schema


@pytest.mark.parametrize("result", [GOOD, DOUBTED, BRIEF], ids=["good", "doubted", "own schema"])
def test_a_result_is_read_back_without_the_class_of_its_summary(result: Result[Any]) -> None:
    found = Result.from_json(result.to_json(), schema=None)

    assert found.to_dict() == result.to_dict()
    assert [(claim.text, check) for claim, check in found.checked] == [
        (claim.text, check) for claim, check in result.checked
    ]


class Story(Summary):
    place: str


def test_what_a_schema_adds_to_the_standard_one_is_kept() -> None:
    story = Story(title=GOOD.summary.title, claims=GOOD.summary.claims, place="Lyon")
    found = Result.from_json(replace(GOOD, summary=story).to_json(), schema=None)

    assert isinstance(found.summary, Summary)
    assert render.text(found) == render.text(replace(GOOD, summary=story))


def test_only_what_was_checked_is_a_claim() -> None:
    values = BRIEF.to_dict()
    values["checks"] = values["checks"][1:]

    found = Result.from_json(json.dumps(values), schema=None)

    assert [claim.text for claim, _ in found.checked] == ["Bloomberg reported it.", "Acme is old."]
    assert "headline: text: Acme plans to raise money. (unchecked)" in " ".join(render.text(found).split())


def test_what_is_called_a_claim_and_is_none_is_refused() -> None:
    values = GOOD.to_dict()
    values["summary"]["title"] = "Acme"

    with pytest.raises(SchemaError, match="'/title' is no claim"):
        Result.from_json(json.dumps(values), schema=None)


# ----------------------------------------------------------------------------------------------------- the command line


def stored(folder: Path) -> None:
    """Three articles, one of which cannot be read."""
    articles = folder / "in"
    articles.mkdir()
    (articles / "a.txt").write_text("Acme plans to raise 100 million euros, Bloomberg reported.\n")
    (articles / "b.txt").write_text("The talks may fail. Acme was founded in 1999.\n")
    (articles / "c.txt").write_bytes(b"\x00\x01")


def test_a_report_shows_what_a_batch_wrote(cli: Cli, tmp_path: Path) -> None:
    stored(tmp_path)
    cli("batch", "in", "--out", "out", "-m", "extractive")
    made = cli("report", "out", "--out", "report.html")

    seen = Seen((tmp_path / "report.html").read_text("utf-8"))
    assert made.code == 0
    assert made.out == ""
    assert "2 summaries · 1 not summarized · 4 of 4 claims supported" in seen.text
    assert "in/c.txt unreadable: " in seen.text
    assert "mend or remove the file" in seen.text


def test_a_report_shows_a_file_of_results_with_its_failures(cli: Cli, tmp_path: Path) -> None:
    stored(tmp_path)
    cli("batch", "in", "--out", "all.jsonl", "-m", "extractive")

    assert "2 summaries · 1 not summarized" in Seen(cli("report", "all.jsonl").out).text
    both = cli("report", "all.jsonl", "all.jsonl.failures.jsonl")
    assert "2 summaries · 1 not summarized" in Seen(both.out).text


@pytest.mark.parametrize("names", [["in/a.txt"], ["in/a.txt", "in/b.txt"]], ids=["one", "several"])
def test_a_report_shows_what_a_command_printed(cli: Cli, tmp_path: Path, names: list[str]) -> None:
    stored(tmp_path)
    printed = cli(*names, "--format", "json").out
    (tmp_path / "printed.json").write_text(printed, "utf-8")

    piped = subprocess.run(
        [sys.executable, "-m", "summarizer", "report", "-"], input=printed.encode(), capture_output=True, check=True
    )

    for page in (cli("report", "printed.json").out, piped.stdout.decode()):
        assert ("1 summary" if len(names) == 1 else "2 summaries") in Seen(page).text


def test_a_line_that_is_no_result_costs_no_other(cli: Cli, tmp_path: Path) -> None:
    lines = [GOOD.to_json(), '{"format": "summarizer.result/1", "arti', DOUBTED.to_json(), "[]", ""]
    (tmp_path / "some.jsonl").write_text("\n".join(lines), "utf-8")

    made = cli("report", "some.jsonl", "--out", "report.html")

    assert made.code == 1
    assert "line 2 of some.jsonl: this is no JSON in UTF-8" in made.err
    assert "line 4 of some.jsonl: this is no result of summarizer" in made.err
    assert "2 summaries" in Seen((tmp_path / "report.html").read_text("utf-8")).text


def test_other_json_in_a_folder_is_counted_and_not_shown(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "good.json").write_text(GOOD.to_json(), "utf-8")
    (tmp_path / "out" / "package.json").write_text('{"name": "x"}', "utf-8")

    made = cli("report", "out")

    assert made.code == 0
    assert "1 summary" in Seen(made.out).text
    assert "1 were no results of summarizer" in made.err


@pytest.mark.parametrize(
    ("args", "code", "said"),
    [
        (["nothing"], 1, "there is no result to show"),
        (["missing.json"], 1, "there is no file 'missing.json': check the name and the folder"),
        (["good.json", "--out", "good.json"], 2, "is what is read"),
        (["good.json", "--out", "nowhere/report.html"], 2, "there is no folder for it"),
    ],
)
def test_what_cannot_be_shown_is_said_and_nothing_is_written(
    cli: Cli, tmp_path: Path, args: list[str], code: int, said: str
) -> None:
    (tmp_path / "nothing").mkdir()
    (tmp_path / "good.json").write_text(GOOD.to_json(), "utf-8")

    made = cli("report", *args)

    assert made.code == code
    assert said in made.err
    assert made.out == ""
    assert (tmp_path / "good.json").read_text("utf-8") == GOOD.to_json()


def test_a_report_that_fails_leaves_the_one_before(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "good.json").write_text(GOOD.to_json(), "utf-8")
    (tmp_path / "report.html").write_text("the one before", "utf-8")

    made = cli("report", "good.json", "missing.json", "--out", "report.html")

    assert made.code == 1
    assert (tmp_path / "report.html").read_text("utf-8") == "the one before"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["good.json", "report.html"]


def test_a_summary_and_a_check_are_shown_as_a_page(cli: Cli, tmp_path: Path) -> None:
    stored(tmp_path)
    (tmp_path / "said.txt").write_text("Acme raised 300 million euros.", "utf-8")

    one = cli("in/a.txt", "in/b.txt", "--format", "html")
    checked = cli("check", "in/a.txt", "said.txt", "--format", "html", "-o", "checked.html")

    assert one.code == 0
    assert "2 summaries · 4 of 4 claims supported" in Seen(one.out).text
    assert checked.code == 3
    assert "✗ Acme raised 300 million euros.[1]number:" in Seen((tmp_path / "checked.html").read_text("utf-8")).text
    assert cli("in/a.txt", "--format", "html", "--steps").code == 2


# ------------------------------------------------------------------------------------------------------------ a browser

BROWSER = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
_COUNT = """<script>
for (const name of %s) {
  document.getElementById(name).click();
  const seen = [...document.querySelectorAll('article')].filter(one => one.checkVisibility());
  document.body.setAttribute('data-' + name, seen.map(one => one.querySelector('h2').textContent).join(' '));
}
document.getElementById('all').click();
const [said, there] = ['.said', '.evidence'].map(name => document.querySelector(name).getBoundingClientRect());
document.body.setAttribute('data-beside', said.right <= there.left && said.top === there.top);
document.body.setAttribute('data-totals', document.querySelector('.totals').getBoundingClientRect().top < said.top);
</script>"""


def dom(page: str, folder: Path) -> str:
    """What a real browser makes of a page, offline."""
    assert BROWSER is not None
    (folder / "page.html").write_text(page, "utf-8")
    options = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder / 'profile'}"]
    ran = subprocess.run(
        [BROWSER, *options, "--window-size=1200,900", "--dump-dom", (folder / "page.html").as_uri()],
        capture_output=True,
        timeout=120,
        check=True,
    )
    return ran.stdout.decode()


@pytest.mark.slow
@pytest.mark.skipif(BROWSER is None, reason="no browser here")
def test_a_browser_shows_what_was_chosen_and_runs_nothing(tmp_path: Path) -> None:
    told = [replace(GOOD, source="good"), replace(DOUBTED, source="doubted"), FAILED]
    page = "".join(render.page(told))
    policy = page[page.index("<meta http-equiv") : page.index("<meta name")]
    tried = page.replace("</body>", "<script>document.body.setAttribute('data-ran', 'yes')</script></body>")

    assert "<body>" in dom(tried, tmp_path)
    names = ["all", "doubts", "own", "failed"]
    found = dom(tried.replace(policy, "").replace("</body>", _COUNT % names + "</body>"), tmp_path)

    body = found[found.index("<body") : found.index("<h1")]
    assert 'data-ran="yes"' in body  # as it would without the policy
    assert 'data-all="good doubted b.txt"' in body
    assert 'data-doubts="doubted"' in body
    assert 'data-own="doubted"' in body
    assert 'data-failed="b.txt"' in body
    assert 'data-beside="true"' in body
    assert 'data-totals="true"' in body
