"""The ledger: what is committed survives a kill, what is reserved is charged, nobody else gets in."""

from __future__ import annotations

import asyncio
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from pathlib import Path

import pytest

from summarizer.batch.ledger import Ledger, added, called, recovered, shown, stored
from summarizer.batch.seal import seal, unseal
from summarizer.batch.view import Item, View, Work
from summarizer.errors import BudgetReached, InUse, StoreError
from summarizer.pipeline import check
from summarizer.records import Article, Budget, Completion, Usage
from summarizer.schema import Claim, PlainSummary

USAGE = Usage(1, 100, 0, 20, 0, Decimal("0.0123"))
WORST = Usage(1, 1000, 0, 500, 0, Decimal("0.05"))
WORK = Work("ok", "", grounded=True, usage=USAGE, result='{"a": "\u00e9"}')
ITEM = Item(1, "news/a.txt", "/data/news/a.txt", "news/a.json")

HOLD = """
import sys, time
from pathlib import Path
from summarizer.batch.ledger import Ledger
from summarizer.records import Budget, Usage
ledger = Ledger(Path(sys.argv[1]), budget=Budget(max_requests=10))
ledger.ready()
ledger.book.settle(ledger.book.reserve(Usage(1, 10, 0, 5, 0, None)), Usage(1, 3, 0, 1, 0, None))
ledger.book.reserve(Usage(1, 10, 0, 5, 0, None))
ledger.book.reserve(Usage(1, 10, 0, 5, 0, None))
ledger.commit_now(("INSERT INTO tasks (key) VALUES ('kept')", ()))
print("ready", flush=True)
time.sleep(60)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "out" / ".summarizer.sqlite"


@pytest.fixture
def holder(path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Another process that holds the ledger, with two requests under way."""
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(path)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def result_line(article: Article) -> str:
    summary = PlainSummary(claims=[Claim(text=article.text, cites=[1])])
    return check(article, summary).to_json()


def test_what_was_committed_is_there_for_the_next_run(path: Path) -> None:
    with Ledger(path) as ledger:
        ledger.ready()
        task = ledger.task("key")
        ledger.commit_now(*stored(task, "a" * 64, WORK), added(ITEM, "news/a.json"))

    with Ledger(path) as again, View(path) as view:
        assert not again.is_new
        assert again.task("key") == task
        assert view.work(task, "a" * 64, result=True) == WORK
        assert view.item(ITEM.name) == ITEM
        assert (view.is_taken("news/a.json"), view.is_taken("news/b.json")) == (True, False)


def test_a_result_is_read_only_when_it_is_wanted(path: Path) -> None:
    with Ledger(path) as ledger, View(path) as view:
        ledger.commit_now(*stored(1, "a", WORK))
        found = view.work(1, "a")

    assert found is not None
    assert (found.outcome, found.usage, found.result) == ("ok", USAGE, None)


def test_what_waits_together_is_committed_together_and_told_in_every_loop(path: Path) -> None:
    async def commit(ledger: Ledger, name: str) -> None:
        for number in range(20):
            await asyncio.gather(*(ledger.commit(*stored(1, f"{name}{number}.{one}", WORK)) for one in range(20)))

    with Ledger(path) as ledger:
        threads = [threading.Thread(target=asyncio.run, args=(commit(ledger, name),)) for name in "abc"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    with closing(sqlite3.connect(path)) as connection, connection:
        assert connection.execute("SELECT count(*) FROM work").fetchone() == (1200,)


def test_a_second_process_is_kept_out_and_told_by_whom(path: Path, holder: subprocess.Popen[bytes]) -> None:
    with pytest.raises(InUse, match=f"process {holder.pid} is at work") as caught:
        Ledger(path)

    assert caught.value.pid == holder.pid
    assert len(caught.value.message.splitlines()) == 1


def test_a_second_run_of_this_process_is_kept_out_too(path: Path) -> None:
    with Ledger(path), pytest.raises(InUse, match="another batch of this process"):
        Ledger(path)


def test_a_status_can_be_read_while_another_process_writes(path: Path, holder: subprocess.Popen[bytes]) -> None:
    with View(path) as view:
        assert view.pid() == holder.pid
        assert view.spent().requests == 3


def test_the_lock_goes_with_the_process_and_what_it_reserved_is_spent(
    path: Path, holder: subprocess.Popen[bytes]
) -> None:
    holder.send_signal(signal.SIGKILL)
    holder.wait()

    with Ledger(path, budget=Budget(max_requests=4)) as ledger, View(path) as view:
        assert ledger.book.spent == Usage(3, 23, 0, 11, 0, None)
        assert ledger.book.of_run == Usage()
        assert view.task("kept") is not None
        ledger.book.reserve(Usage(1))
        with pytest.raises(BudgetReached):
            ledger.book.reserve(Usage(1))


def test_spending_adds_up_over_runs(path: Path) -> None:
    for _ in range(3):
        with Ledger(path, budget=Budget(max_cost_usd=Decimal("0.10"))) as ledger:
            ledger.ready()
            ledger.book.settle(ledger.book.reserve(WORST), USAGE)

    with Ledger(path, budget=Budget(max_cost_usd=Decimal("0.06"))) as ledger:
        assert ledger.book.spent == USAGE + USAGE + USAGE
        with pytest.raises(BudgetReached, match=r"max_cost_usd is 0\.06"):
            ledger.book.reserve(WORST)


def test_a_run_without_a_cap_is_counted_all_the_same(path: Path) -> None:
    with Ledger(path) as ledger:
        ledger.ready()
        ledger.book.settle(ledger.book.reserve(Usage(1)), USAGE)

    with Ledger(path, budget=Budget(max_requests=1)) as ledger, pytest.raises(BudgetReached):
        ledger.book.reserve(WORST)


def test_a_reservation_is_on_disk_before_its_request_is_sent(path: Path) -> None:
    with Ledger(path, budget=Budget(max_requests=9)) as ledger, View(path) as view:
        asyncio.run(ledger.book.areserve(WORST))

        assert view.spent() == WORST


def test_replies_to_an_unfinished_article_are_kept_until_it_is_finished(path: Path) -> None:
    reply = Completion("half a \ud83d reply", "model", usage=USAGE, warnings=("odd",))
    with Ledger(path) as ledger, View(path) as view:
        ledger.commit_now(called(1, "a", "key", reply))
        before = view.calls(1, "a")
        ledger.commit_now(*stored(1, "a", WORK))

        assert before == {"key": reply}
        assert view.calls(1, "a") == {}

    with Ledger(path) as again:
        assert not again.keeps_calls
        again.commit_now(called(1, "a", "key", reply))
    with Ledger(path) as again:
        assert again.keeps_calls


def test_counts_are_of_outcomes(path: Path) -> None:
    with Ledger(path) as ledger, View(path) as view:
        for seq, outcome in enumerate(["ok", "ok", "refused", None], start=1):
            item = Item(seq, str(seq), None, None, outcome=outcome)
            ledger.commit_now(added(item, None), shown(item))

        assert view.counts() == {"ok": 2, "open": 1, "refused": 1}
        assert [item.seq for item in view.items()] == [1, 2, 3, 4]


def test_a_ledger_that_was_killed_before_it_knew_all_begins_anew(path: Path) -> None:
    with Ledger(path) as ledger:
        ledger.book.charge(USAGE)
        ledger.commit_now(*stored(1, "a", WORK))

    with Ledger(path) as again:
        assert again.is_new
        assert again.book.spent == Usage()
        again.ready()
    with Ledger(path) as last:
        assert not last.is_new


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"not a database at all, but long enough" * 50,
        lambda data: data[:4096] + b"\xff" * 4096 + data[8192:],
        lambda data: data[: len(data) // 2],
    ],
    ids=["garbage", "a page", "truncated"],
)
def test_a_damaged_ledger_is_set_aside_and_made_anew(path: Path, damage: object) -> None:
    assert callable(damage)
    with Ledger(path) as ledger:
        ledger.commit_now(*(statement for number in range(200) for statement in stored(1, str(number), WORK)))
    path.write_bytes(damage(path.read_bytes()))

    with Ledger(path) as again:
        assert again.is_new
        assert again.damaged == path.with_name(".summarizer.sqlite.damaged-1")
        assert again.damaged.exists()


def test_a_ledger_of_a_newer_version_is_refused_and_untouched(path: Path) -> None:
    Ledger(path).close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("PRAGMA user_version=99")
    connection.close()
    before = path.read_bytes()

    with pytest.raises(StoreError, match="newer version"):
        Ledger(path)

    assert path.read_bytes() == before


def test_another_program_s_database_is_refused_and_untouched(path: Path) -> None:
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE mine (x)")
    connection.close()
    before = path.read_bytes()

    with pytest.raises(StoreError, match="no ledger of summarizer"):
        Ledger(path)

    assert path.read_bytes() == before


def test_a_failed_commit_is_told_to_everybody_and_to_all_after(path: Path) -> None:
    with Ledger(path) as ledger:
        with pytest.raises(StoreError, match="no such table"):
            ledger.commit_now(("INSERT INTO nowhere VALUES (1)", ()))
        with pytest.raises(StoreError, match="no such table"):
            ledger.commit_now(*stored(1, "a", WORK))
        assert ledger.error is not None


def test_a_closed_ledger_takes_nothing(path: Path) -> None:
    ledger = Ledger(path)
    ledger.close()

    with pytest.raises(StoreError, match="closed"):
        ledger.commit_now(*stored(1, "a", WORK))


def sealed_line(result: str, *, source: str | None, item: str, task: str) -> str:
    return seal(result, source=source, item=item, task=task).decode().removesuffix("\n")


def test_a_sealed_line_gives_back_its_result_with_its_own_source() -> None:
    article = Article("Acme plans to raise 100 million euros in May.", source="first.txt")
    line = sealed_line(result_line(article), source="caf\u00e9\x1b\n.txt", item="other.txt", task="t" * 64)

    found = unseal(line)

    assert (found.article_id, found.item, found.task) == (article.id, "other.txt", "t" * 64)
    assert found.result == result_line(Article(article.text, source="caf\u00e9\x1b\n.txt")).replace(
        '"caf\u00e9\\u001b\\n.txt"', '"caf\\u00e9\\u001b\\n.txt"'
    )
    assert line == sealed_line(found.result, source="caf\u00e9\x1b\n.txt", item="other.txt", task="t" * 64)
    assert line.isprintable()


@pytest.mark.parametrize("edit", [lambda line: line.replace("100", "900"), lambda line: line[:-40], lambda _: "{}"])
def test_an_edited_or_torn_line_is_not_taken_for_a_result(edit: object) -> None:
    assert callable(edit)
    article = Article("Acme plans to raise 100 million euros in May.")
    line = sealed_line(result_line(article), source=None, item="a", task="t")

    with pytest.raises(ValueError):
        unseal(edit(line))


def test_a_result_is_recovered_from_an_output_with_what_it_had_cost(path: Path) -> None:
    sealed = unseal(sealed_line(result_line(Article("Acme plans.")), source="a.txt", item="a.txt", task="key"))
    with Ledger(path) as ledger, View(path) as view:
        item = Item(1, "a.txt", "a.txt", "a.json", sealed.article_id, ledger.task("key"), "ok", None, "0" * 64)
        statements, usage = recovered(item, "a.json", sealed)
        ledger.commit_now(*statements)
        work = view.work(1, sealed.article_id, result=True)

        assert view.item("a.txt") == item
        assert work is not None
        assert (work.result, work.usage) == (sealed.result, usage)
