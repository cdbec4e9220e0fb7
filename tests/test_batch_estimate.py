"""`summarizer estimate`: within 10 % of what the run then takes."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from summarizer.batch.view import View
from summarizer.tokens import counter

from .calls import Cli
from .faults import Exchange, completion
from .server import Server, cited

Table = Callable[..., tuple[int, dict[str, str], str]]


@pytest.fixture
def cli(cli: Cli) -> Table:
    """Run the command line in a folder of its own; return the code, the table on stdout, and stderr."""

    def call(*args: object) -> tuple[int, dict[str, str], str]:
        done = cli(*args)
        rows = (line.split("  ", 1) for line in done.out.splitlines())
        return done.code, {name.strip(): value.strip() for name, value in rows}, done.err

    return call


@pytest.fixture
def articles(tmp_path: Path, fixtures: Path) -> Path:
    """The articles of the fixtures that are in Latin script: the loopback server counts four characters a token."""
    folder = tmp_path / "in"
    folder.mkdir()
    for path in (fixtures / "articles").glob("*.txt"):
        if path.suffixes[0] not in (".zh", ".ja", ".ar"):
            shutil.copy(path, folder)
    return folder


def number(row: str) -> float:
    return float(row.split(maxsplit=1)[0].replace(",", "").lstrip("$"))


def reached(server: Server, model: str = "openai:test") -> list[str]:
    return ["-m", model, "--base-url", server.url]


NEWS = ["--preset", "news", "--language", "en", "--max-repairs", "0"]  # the loopback server translates nothing


@pytest.mark.parametrize("options", [[], ["--max-words", "60"], NEWS], ids=str)
def test_an_estimate_is_within_10_percent_of_the_run(cli: Table, articles: Path, options: list[str]) -> None:
    shutil.copy(next(articles.iterdir()), articles / "copy.txt")
    with Server() as server:
        code, said, _ = cli("estimate", articles, *reached(server), *options)
        assert server.requests == []
        cli("batch", articles, "--out", "out", *reached(server), *options, "-q")
    with View(Path("out/.summarizer.sqlite")) as view:
        took = view.spent()

    assert code == 0
    assert said["articles"].endswith("1 identical to others")
    assert number(said["calls"]) == took.requests
    read, written = number(said["tokens read"]), number(said["tokens written"])
    assert read == pytest.approx(took.input_tokens, rel=0.1)
    assert read + written == pytest.approx((took.input_tokens or 0) + (took.output_tokens or 0), rel=0.1)


def test_dollars_are_within_10_percent_where_the_server_counts_as_the_price_list_does(
    cli: Table, articles: Path
) -> None:
    count = counter("gpt-4o-mini").count

    async def counted(exchange: Exchange) -> None:
        sent = sum(count(message["content"]) + 3 for message in exchange.body["messages"]) + 3
        usage = {"prompt_tokens": sent, "completion_tokens": count(exchange.text)}
        await exchange.json(completion(exchange.body, exchange.text, usage=usage))

    with Server(then=counted) as server:
        _, said, _ = cli("estimate", articles, *reached(server, "openai:gpt-4o-mini"))
        cli("batch", articles, "--out", "out", *reached(server, "openai:gpt-4o-mini"), "-q")
    with View(Path("out/.summarizer.sqlite")) as view:
        took = view.spent()

    # gpt-4o-mini: 0.15 and 0.60 dollars for a million tokens
    dollars = 0.15 * number(said["tokens read"]) + 0.60 * number(said["tokens written"])
    assert dollars == pytest.approx(0.15 * (took.input_tokens or 0) + 0.60 * (took.output_tokens or 0), rel=0.1)


def test_a_listed_model_has_a_price_before_anything_is_sent(
    cli: Table, articles: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-not-a-real-one")

    code, said, _ = cli("estimate", articles, "-m", "openai:gpt-4o-mini")

    assert code == 0
    assert 0.001 < number(said["cost"]) < 0.01
    assert "at most $" in said["cost"]


def test_a_batch_that_has_begun_corrects_what_is_left(cli: Table, articles: Path) -> None:
    def wordy(body: Any) -> str:
        value = json.loads(cited(body))
        return json.dumps({**value, "claims": value["claims"] * 5}, indent=8)

    with Server(reply=wordy) as server:
        args = [articles, *reached(server), "--out", "out"]
        cli("batch", *args, "--max-requests", 10, "--concurrency", 1, "-q")
        _, said, _ = cli("estimate", *args)
        before = sum(len(wordy(body)) // 4 + 1 for body in server.requests)
        cli("batch", *args, "-q")
        after = sum(len(wordy(body)) // 4 + 1 for body in server.requests)

    assert said["articles"].endswith("10 done before")
    assert number(said["tokens written"]) == pytest.approx(after - before, rel=0.3)  # without: a fifth of it


def test_what_will_fail_is_told_before_and_why(cli: Table, articles: Path) -> None:
    for index in range(5):
        (articles / f"empty{index}.txt").write_bytes(b"")

    code, said, notes = cli("estimate", articles)

    assert code == 1
    assert said["will fail"].split() == ["5", "unreadable", "5"]
    assert notes.count("is empty: give a file with text in it") == 3
    assert "and 2 more that will fail" in notes
    assert number(said["calls"]) == 0  # no language model


def test_a_schema_that_no_sentence_fills_is_estimated_all_the_same(cli: Table, articles: Path, tmp_path: Path) -> None:
    (tmp_path / "dated_of_estimate.py").write_text(
        "from datetime import date\nfrom pydantic import BaseModel\nfrom summarizer import Claim\n"
        "class Dated(BaseModel):\n    day: date\n    claims: list[Claim]\n",
        "utf-8",
    )
    with Server() as server:
        code, said, _ = cli("estimate", articles, *reached(server), "--schema", "dated_of_estimate:Dated")

    assert code == 0
    assert number(said["calls"]) == len(list(articles.iterdir()))


@pytest.mark.parametrize("args", [["missing"], ["in", "--out", "nowhere"], []], ids=str)
def test_wrong_usage_is_said(cli: Table, articles: Path, args: list[str]) -> None:
    assert cli("estimate", *args)[0] == 2


# -------------------------------------------------------------------------------------------------------- long articles


@pytest.fixture
def book(articles: Path, tmp_path: Path) -> Path:
    """The articles of the fixtures as the chapters of one."""
    texts = [path.read_text("utf-8") for path in sorted(articles.iterdir())]
    path = tmp_path / "book.md"
    path.write_text("\n\n".join(f"# Chapter {number}\n\n{text}" for number, text in enumerate(texts, 1)), "utf-8")
    return path


@pytest.mark.parametrize("context", [1_500, 2_000, 4_096, 128_000])
def test_an_estimate_of_a_long_article_is_within_10_percent_of_the_run(cli: Table, book: Path, context: int) -> None:
    with Server() as server:
        args = [book, *reached(server), "--context", context]
        code, said, _ = cli("estimate", *args)
        cli("batch", *args, "--out", "out", "-q")
    with View(Path("out/.summarizer.sqlite")) as view:
        took = view.spent()

    assert code == 0
    assert number(said["calls"]) == pytest.approx(took.requests, rel=0.1)
    read, written = number(said["tokens read"]), number(said["tokens written"])
    assert read == pytest.approx(took.input_tokens, rel=0.1)
    assert read + written == pytest.approx((took.input_tokens or 0) + (took.output_tokens or 0), rel=0.1)


def test_the_tree_of_a_long_article_is_told_before(cli: Table, book: Path, articles: Path) -> None:
    with Server() as server:
        _, alone, _ = cli(book, *reached(server), "--context", 1_500, "--dry-run")
        _, among, _ = cli("estimate", book, articles, *reached(server), "--context", 1_500)
    _, tree = alone["read in parts"].split(maxsplit=1)
    levels = [level.split(maxsplit=1) for level in tree.split(" -> ")]

    assert [what for _, what in levels] == ["parts", "times notes on notes", "summary"]
    assert sum(int(calls) for calls, _ in levels) == number(alone["calls"])
    assert alone["calls"].split(maxsplit=1)[1] == "at most 3 one after another"
    assert among["read in parts"].split(maxsplit=1)[1] == f"the longest, {str(book)!r}: {tree}"


def test_parts_that_were_paid_before_are_left_out(cli: Table, book: Path) -> None:
    with Server() as server:
        args = [book, *reached(server), "--context", 2_000, "--out", "out"]
        _, before, _ = cli("batch", *args, "--dry-run")
        cli("batch", *args, "--max-requests", 7, "--concurrency", 1, "-q")
        _, left, _ = cli("batch", *args, "--dry-run")
        paid = len(server.requests)
        cli("batch", *args, "-q")
        took = len(server.requests) - paid

    assert paid == 7
    assert number(left["calls"]) == number(before["calls"]) - 7 == took


def test_articles_that_fit_have_no_tree(cli: Table, articles: Path) -> None:
    with Server() as server:
        _, said, _ = cli("estimate", articles, *reached(server))

    assert "read in parts" not in said
    assert said["calls"].split() == [str(len(list(articles.iterdir())))]


# ------------------------------------------------------------------------------------------------------------- dry runs


def test_a_dry_run_says_what_the_estimate_says_and_leaves_nothing(cli: Table, articles: Path) -> None:
    with Server() as server:
        _, said, _ = cli("estimate", articles, *reached(server))
        code, batch, _ = cli("batch", articles, "--out", "out", *reached(server), "--dry-run")
        _, few, _ = cli(*sorted(articles.iterdir()), *reached(server), "--dry-run")

    assert code == 0
    assert batch == said
    assert few == said
    assert server.requests == []
    assert not Path("out").exists()


def test_a_dry_run_estimates_the_others_where_one_article_cannot_be_read(cli: Table, articles: Path) -> None:
    good = min(articles.iterdir())
    (articles.parent / "empty.txt").touch()
    with Server() as server:
        code, both, said = cli(good, "empty.txt", "none.txt", *reached(server), "--dry-run")
        _, alone, _ = cli(good, *reached(server), "--dry-run")

    assert code == 1
    assert number(both.pop("will fail")) == 2
    assert (number(both.pop("articles")), number(alone.pop("articles"))) == (3, 1)
    assert both == alone
    assert "empty.txt" in said
    assert "none.txt" in said


def test_a_dry_run_leaves_out_what_the_batch_has_done(cli: Table, articles: Path) -> None:
    with Server() as server:
        cli("batch", articles, "--out", "out", *reached(server), "--max-requests", 4, "--concurrency", 1, "-q")
        sent = len(server.requests)
        _, said, _ = cli("batch", articles, "--out", "out", *reached(server), "--dry-run")

    assert said["articles"].endswith("4 done before")
    assert len(server.requests) == sent


def test_a_dry_run_of_what_is_done_costs_nothing_also_where_no_price_is_known(cli: Table, articles: Path) -> None:
    with Server() as server:
        _, before, _ = cli("batch", articles, "--out", "out", *reached(server), "--dry-run")
        cli("batch", articles, "--out", "out", *reached(server), "-q")
        _, after, _ = cli("batch", articles, "--out", "out", *reached(server), "--dry-run")

    assert before["cost"].startswith("unknown")
    assert after["cost"].startswith("$0.0000")


def test_a_dry_run_of_an_article_that_is_not_there_fails(cli: Table) -> None:
    assert cli("missing.txt", "--dry-run")[0] == 1


def test_what_failed_before_is_only_counted_where_it_is_tried_again(cli: Table, articles: Path) -> None:
    async def useless(exchange: Exchange) -> None:
        await exchange.json(completion(exchange.body, "No."))

    with Server(then=useless) as server:
        cli("batch", articles, "--out", "out", *reached(server), "-q")
        _, left, _ = cli("batch", articles, "--out", "out", *reached(server), "--dry-run")
        _, again, _ = cli("batch", articles, "--out", "out", *reached(server), "--dry-run", "--retry-failed")

    many = len(list(articles.iterdir()))
    assert left["articles"].endswith(f"{many} failed before")
    assert number(left["calls"]) == 0
    assert number(again["calls"]) == many
