"""The error for a claim that is unsupported: what it quotes of an article, and where else that stands."""

from __future__ import annotations

import json
from difflib import SequenceMatcher
from pathlib import Path

import pytest

from summarizer import Failure, Limits, ScriptedProvider, Summarizer
from summarizer.errors import Ungrounded

from . import replies

ARTICLE = (
    "It did not sell the old harbour warehouses beside the eastern bridge and the long road to the northern villages "
    "of the valley."
)
FALSE = replies.summary(("Harbour", [1]), (ARTICLE.replace("did not sell", "sold"), [1]))
TRUE = replies.summary((ARTICLE, [1]), (ARTICLE, [1]))
MOST = 80


def summarizer(reply: str, judge: ScriptedProvider | None = None) -> Summarizer:
    provider = ScriptedProvider(lambda _: reply)
    limits = Limits(max_repairs=0)
    return Summarizer(provider, on_unsupported="raise", limits=limits, judge=judge, judge_share=1.0)


def quoted(text: str) -> int:
    """How many characters of the article a text holds, in pieces that are longer than a word or two."""
    blocks = SequenceMatcher(None, text, ARTICLE, autojunk=False).get_matching_blocks()
    return sum(block.size for block in blocks if block.size > 12)


def test_it_quotes_no_more_of_an_article_than_an_error_may_hold() -> None:
    with pytest.raises(Ungrounded) as caught:
        summarizer(FALSE).summarize(ARTICLE)

    assert 20 < quoted(caught.value.message) <= MOST
    assert ARTICLE in caught.value.result.checks[1].findings[0].detail


def test_a_judge_s_long_reason_is_cut_in_it() -> None:
    reason = f"The sentence says: {ARTICLE}"
    ruling = json.dumps({"rulings": [{"reason": reason, "supported": False}] * 2})

    with pytest.raises(Ungrounded) as caught:
        summarizer(TRUE, ScriptedProvider(lambda _: ruling)).summarize(ARTICLE)

    assert 20 < quoted(caught.value.message) <= MOST
    assert caught.value.result.checks[0].findings[-1].detail.endswith(reason)


def test_nor_does_a_failure_or_the_list_of_what_failed(tmp_path: Path) -> None:
    (failure,) = summarizer(FALSE).batch([ARTICLE], out=tmp_path)
    (line,) = (tmp_path / "failures.jsonl").read_text("utf-8").splitlines()

    assert isinstance(failure, Failure)
    assert 20 < quoted(failure.detail) <= MOST
    assert json.loads(line)["detail"] == failure.detail
