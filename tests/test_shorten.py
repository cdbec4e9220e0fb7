"""Length: what is too long goes back once, is never cut, and is said when it stays too long."""

from __future__ import annotations

import json
from typing import Any

import pytest
from pydantic import BaseModel, Field

from summarizer import Claim, ScriptedProvider, Summarizer
from summarizer.cli import run
from summarizer.errors import Unauthorized, Unavailable, UsageError
from summarizer.pipeline import Task
from summarizer.prompt import Prompts
from summarizer.records import Request, Result
from summarizer.schema import Summary
from summarizer.words import count_words

from . import replies

SENTENCES = [
    f"The town of Aston will repair bridge number {number} in the spring of next year." for number in range(1, 9)
]
ARTICLE = " ".join(SENTENCES)
WORDS = 15  # of each sentence


def reply(*numbers: int) -> str:
    return replies.summary(
        ("Aston will repair its bridges in the spring", [1]),
        *((SENTENCES[number - 1], [number]) for number in numbers),
    )


LONG = reply(*range(1, 9))
SHORT = reply(1, 2, 3)


class Aliased(BaseModel):
    points: list[Claim] = Field(alias="Points")


def test_what_goes_back_has_the_names_that_were_asked_for() -> None:
    long = json.dumps({"Points": json.loads(LONG)["claims"]})
    provider = ScriptedProvider(replies.in_turn(long, long))

    told(provider, schema=Aliased)

    assert json.loads(provider.requests[1].messages[-2].content) == json.loads(long)


def told(provider: ScriptedProvider, **settings: Any) -> Result[Summary]:
    with Summarizer(provider, **{"max_words": 50, **settings}) as summarizer:
        return summarizer.summarize(ARTICLE)


def test_a_summary_that_is_too_long_goes_back_once_with_its_length() -> None:
    provider = ScriptedProvider(replies.in_turn(LONG, SHORT))

    result = told(provider)

    first, second = provider.requests
    assert second.purpose == "shorten"
    assert second.messages[0] == first.messages[0]
    assert json.loads(second.messages[-2].content) == json.loads(LONG)
    assert "it has 120 words where at most 50 were asked for" in second.messages[-1].content
    assert len(result.summary.claims) == 3
    assert result.grounded
    assert result.warnings == ()
    assert result.usage.requests == 2


def test_the_conversation_that_goes_on_shows_only_what_the_summary_cites() -> None:
    provider = ScriptedProvider(replies.in_turn(reply(2, 3, 5, 8), SHORT))

    told(provider)

    assert [unit.number for unit in provider.requests[1].units] == [1, 2, 3, 5, 8]


def test_a_summary_that_is_a_tenth_too_long_is_let_pass() -> None:
    provider = ScriptedProvider(lambda _: SHORT)

    assert told(provider, max_words=41).warnings == ()
    assert len(provider.requests) == 1


def test_a_title_is_no_part_of_the_length() -> None:
    provider = ScriptedProvider(lambda _: SHORT)

    assert told(provider, max_words=3 * WORDS, sentences=3).warnings == ()


@pytest.mark.parametrize("back", [LONG, reply(4, 5, 6, 7, 8)], ids=["longer", "as long"])
def test_what_comes_back_no_shorter_is_not_taken_and_the_length_is_said(back: str) -> None:
    provider = ScriptedProvider(replies.in_turn(reply(1, 2, 3, 4, 5), back))

    result = told(provider)

    assert [claim.text for claim in result.summary.claims] == SENTENCES[:5]
    assert result.warnings == ("the summary has 75 words where at most 50 were asked for",)


def test_what_comes_back_shorter_and_still_too_long_is_taken_and_said() -> None:
    provider = ScriptedProvider(replies.in_turn(LONG, reply(1, 2, 3, 4, 5)))

    result = told(provider)

    assert len(result.summary.claims) == 5
    assert result.warnings == ("the summary has 75 words where at most 50 were asked for",)


@pytest.mark.parametrize("bad", ["no JSON", "{}"])
def test_a_reply_that_cannot_be_used_leaves_the_summary_as_it_was(bad: str) -> None:
    result = told(ScriptedProvider(replies.in_turn(LONG, bad)))

    assert len(result.summary.claims) == 8
    assert result.warnings[0].startswith("the summary could not be shortened: ")
    assert result.warnings[1] == "the summary has 120 words where at most 50 were asked for"
    assert result.usage.requests == 2


def test_a_server_that_fails_meanwhile_leaves_the_summary_as_it_was() -> None:
    def answer(request: Request) -> str:
        if request.purpose == "shorten":
            raise Unavailable("no luck")
        return LONG

    result = told(ScriptedProvider(answer))

    assert len(result.summary.claims) == 8
    assert "no luck" in result.warnings[0]


def test_a_refused_key_meanwhile_ends_the_run() -> None:
    def answer(request: Request) -> str:
        if request.purpose == "shorten":
            raise Unauthorized("no key")
        return LONG

    with pytest.raises(Unauthorized):
        told(ScriptedProvider(answer))


def test_where_no_repair_is_allowed_the_length_is_only_said() -> None:
    from summarizer.records import Limits

    provider = ScriptedProvider(lambda _: LONG)
    result = told(provider, limits=Limits(max_repairs=0))

    assert len(provider.requests) == 1
    assert result.warnings == ("the summary has 120 words where at most 50 were asked for",)


def test_a_shorter_summary_is_checked_like_any_other() -> None:
    wrong = SHORT.replace("number 2", "number 900")
    provider = ScriptedProvider(replies.in_turn(LONG, wrong, replies.mended((SENTENCES[1], [2]))))

    result = told(provider)

    assert [request.purpose for request in provider.requests] == ["summary", "shorten", "mend"]
    assert result.grounded


def test_a_summary_of_an_article_in_parts_goes_back_with_sentences_of_the_article() -> None:
    def answer(request: Request) -> str:
        if request.purpose == "notes":
            return json.dumps({"notes": [{"text": unit.text, "cites": [unit.number]} for unit in request.units[:3]]})
        units = request.units[:2] if request.purpose == "shorten" else request.units[:6]
        claims = [(unit.text, [unit.number]) for unit in units]
        return replies.summary(claims[0], *claims)

    town = " ".join(f"The town of Aston will repair bridge number {number} next spring." for number in range(300))
    provider = ScriptedProvider(answer)
    with Summarizer(provider, context=2_000, max_words=30) as summarizer:
        result = summarizer.summarize(town)

    last = provider.requests[-1]
    assert [request.purpose for request in provider.requests[-2:]] == ["reduce", "shorten"]
    assert "it has 66 words where at most 30 were asked for" in last.messages[-1].content
    assert len(last.units) == 6
    assert len(result.summary.claims) == 2
    assert all(item.span.of(town) == item.text for check in result.checks for item in check.evidence)


# ----------------------------------------------------------------------------------------------------------- sentences


def test_sentences_are_asked_for_counted_and_sent_back() -> None:
    provider = ScriptedProvider(replies.in_turn(SHORT, reply(1, 2)))

    result = told(provider, sentences=2)

    assert "at most 50 words in all, in at most 2 sentences beside a title." in provider.requests[0].messages[0].content
    assert "it has 3 sentences where at most 2 were asked for" in provider.requests[1].messages[-1].content
    assert len(result.summary.claims) == 2
    assert result.warnings == ()


def test_one_claim_of_two_sentences_counts_as_two() -> None:
    two = replies.summary(("Aston repairs bridges", [1]), (" ".join(SENTENCES[:2]), [1, 2]))
    provider = ScriptedProvider(replies.in_turn(two, reply(1)))

    told(provider, sentences=1)

    asked = provider.requests[1].messages[-1].content
    assert "it has 2 sentences where at most 1 was asked for" in asked


def test_words_and_sentences_are_named_together() -> None:
    result = told(ScriptedProvider(lambda _: LONG), sentences=1)

    said = "the summary has 120 words where at most 50 were asked for and 8 sentences where at most 1 was asked for"
    assert result.warnings == (said,)


def test_a_prompt_and_a_request_that_ask_for_no_number_of_sentences_are_what_they_were() -> None:
    provider = ScriptedProvider(lambda _: SHORT)
    told(provider)

    assert "Write at most 50 words in all.\n" in provider.requests[0].messages[0].content
    assert "sentences" not in provider.requests[0].canonical()


def test_the_number_of_sentences_is_part_of_a_request_and_of_a_task() -> None:
    provider = ScriptedProvider(lambda _: SHORT)
    told(provider, sentences=5)

    assert provider.requests[0].canonical()["sentences"] == 5
    keys = {Task(Summary, sentences=number).key(Prompts(), "m") for number in (None, 1, 2)}
    assert len(keys) == 3


@pytest.mark.parametrize("sentences", [1, 2, 4])
def test_picked_sentences_are_no_more_than_asked_for(sentences: int) -> None:
    with Summarizer("extractive", sentences=sentences) as summarizer:
        result = summarizer.summarize(ARTICLE)

    assert len(result.summary.claims) <= sentences
    assert not any("asked for" in line for line in result.warnings)


class Interview(BaseModel):
    who: Claim
    said: list[Claim]


def test_in_a_schema_of_ones_own_all_claims_count_when_sentences_are_picked() -> None:
    with Summarizer("extractive", schema=Interview, max_words=3 * WORDS, sentences=3) as summarizer:
        result = summarizer.summarize(ARTICLE)

    assert count_words(result.summary.who.text) == WORDS
    assert len(result.summary.said) == 2


def test_no_sentence_at_all_cannot_be_asked_for() -> None:
    with pytest.raises(UsageError, match="sentences"):
        Summarizer("extractive", sentences=0)


def test_the_command_line_takes_sentences(tmp_path: Any, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "article.txt"
    path.write_text(ARTICLE)

    assert run([str(path), "-m", "extractive", "--sentences", "1", "--format", "json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["summary"]["claims"]) == 1


# --------------------------------------------------------------------------------------------------------------- words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("Two words.", 2),
        ("L'accord n'est pas signé.", 4),
        ("10,5 % of 3\u202f000", 5),
        ("서울 시는 다리를 닫았다.", 4),
        ("東京都は橋を閉鎖した", 5),
        ("桥已关闭。", 3),
        ("OpenAI は 発表", 3),
    ],
)
def test_words_are_counted_by_spaces_and_where_there_are_none_by_two_characters(text: str, words: int) -> None:
    assert count_words(text) == words
