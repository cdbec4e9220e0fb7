"""The flow, driven against scripted providers: what is asked, repaired, replaced and reported."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from pydantic import create_model

from summarizer import pipeline
from summarizer.errors import (
    InvalidReply,
    Refused,
    SummarizerError,
    TemplateError,
    TooLong,
    Unauthorized,
    Ungrounded,
    Unreadable,
)
from summarizer.ground import Grounding
from summarizer.ground.nearest import stand_ins
from summarizer.pipeline import NO_MODEL, Flow, Look, Measure, Task
from summarizer.prompt import Prompts
from summarizer.providers.scripted import ScriptedProvider
from summarizer.records import Article, Completion, ModelInfo, Provider, Request, Result, Usage
from summarizer.schema import Claim, Summary

from . import replies
from .calls import Drive, run, run_elsewhere

ARTICLE = Article(
    "Acme plans to raise 100 million euros in May, according to Reuters. The money will pay for a plant in Lyon.\n\n"
    "Its chief, Jane Doe, declined to comment. Rival Initech employs 300 people in Paris.",
    source="acme.txt",
)
GOOD = replies.summary(
    ("Acme plans to raise 100 million euros, according to Reuters", [1]),
    ("Acme plans to raise 100 million euros in May, according to Reuters.", [1]),
    ("The money will pay for a plant in Lyon.", [2]),
)
WRONG = GOOD.replace("100 million euros in May", "900 million euros in May")
FIXED = replies.mended(("Acme plans to raise 100 million euros in May, according to Reuters.", [1]))


def flow(
    article: Article = ARTICLE,
    window: int | None = None,
    writes: bool = True,
    prompts: Path | None = None,
    **task: Any,
) -> Flow[Result[Summary]]:
    return pipeline.summarize(
        article,
        Task(schema=Summary, **task),
        prompts=Prompts(prompts),
        model=ModelInfo(label="test:model", name="model", window=window, writes=writes),
        measure=Measure(count=len, exact=True),
    )


def failing(drive: Drive, error: type[SummarizerError], steps: Flow[Any], provider: Provider) -> SummarizerError:
    with pytest.raises(error) as caught:
        drive(steps, provider)
    return caught.value


def test_a_grounded_reply_needs_one_request(drive: Drive) -> None:
    provider = ScriptedProvider(lambda _: GOOD)

    result = drive(flow(), provider)

    assert len(provider.requests) == 1
    assert result.grounded
    assert [check.path for check in result.checks] == ["/title", "/claims/0", "/claims/1"]
    assert {check.origin for check in result.checks} == {"model"}
    assert (result.source, result.model, result.article_id) == ("acme.txt", "test:model", ARTICLE.id)
    assert result.coverage.units == 4
    assert result.coverage.cited == (1, 2)


def test_evidence_is_the_article_s_own_text(drive: Drive) -> None:
    result = drive(flow(), ScriptedProvider(lambda _: GOOD))

    evidence = [item for check in result.checks for item in check.evidence]
    assert evidence
    assert all(item.span.of(ARTICLE.text) == item.text for item in evidence)


def test_a_request_holds_what_decides_the_reply(drive: Drive) -> None:
    provider = ScriptedProvider(lambda _: GOOD)

    drive(flow(max_words=50, language="en"), provider)

    (asked,) = provider.requests
    assert (asked.model, asked.max_words, asked.temperature) == ("model", 50, 0.0)
    assert asked.format is not None
    assert asked.format.name == "Summary"
    assert [unit.number for unit in asked.units] == [1, 2, 3, 4]
    assert "at most 50 words" in asked.messages[0].content


def test_a_reply_that_does_not_fit_goes_back_with_its_problems(drive: Drive) -> None:
    provider = ScriptedProvider(replies.in_turn("Sorry!", GOOD))

    result = drive(flow(), provider)

    first, second = provider.requests
    assert result.grounded
    assert second.messages[:2] == first.messages
    assert second.messages[2].content == "Sorry!"
    assert "holds no JSON object" in second.messages[3].content
    assert (first.purpose, second.purpose) == ("summary", "repair")


def test_repairs_end_and_say_what_was_consumed(drive: Drive) -> None:
    usage = Usage(1, 10, 0, 5, 0, Decimal("0.1"))
    words = iter("abcdef")
    provider = ScriptedProvider(lambda _: Completion(next(words), "m", usage=usage))

    error = failing(drive, InvalidReply, flow(max_repairs=2), provider)

    assert len(provider.requests) == 3
    assert error.usage == Usage(3, 30, 0, 15, 0, Decimal("0.3"))


@pytest.mark.parametrize(("name", "reply"), [("_repair", "no"), ("_mend", WRONG)])
def test_a_template_that_fails_for_what_it_is_given_says_what_was_consumed(
    drive: Drive, tmp_path: Path, name: str, reply: str
) -> None:
    usage = Usage(1, 10, 0, 5, 0, Decimal("0.1"))
    provider = ScriptedProvider(lambda _: Completion(reply, "m", usage=usage))
    (tmp_path / f"{name}.jinja").write_text("{{ (claims if claims is defined else problems)[7].text }}", "utf-8")

    error = failing(drive, TemplateError, flow(prompts=tmp_path), provider)

    assert error.usage == usage
    assert len(provider.requests) == 1


def test_a_repair_that_changes_nothing_ends_the_repairs(drive: Drive) -> None:
    provider = ScriptedProvider(lambda _: "the same")

    failing(drive, InvalidReply, flow(max_repairs=9), provider)

    assert len(provider.requests) == 2


def test_no_repairs_means_one_request(drive: Drive) -> None:
    provider = ScriptedProvider(lambda _: "no")

    failing(drive, InvalidReply, flow(max_repairs=0), provider)

    assert len(provider.requests) == 1


def test_as_many_failing_claims_go_back_at_once_as_the_window_holds(drive: Drive) -> None:
    right = "Acme plans to raise 100 million euros in May, according to Reuters."
    wrong = [(right.replace("100", f"{number}00"), [1]) for number in range(2, 9)]

    def shown(request: Request) -> int:
        return request.messages[1].content.count("It cites")

    def answer(request: Request) -> str:
        claims = [(right, [1])] * shown(request)
        return replies.summary(*wrong) if request.purpose == "summary" else replies.mended(*claims)

    def takes(request: Request) -> int:
        assert request.max_output_tokens is not None
        return sum(len(message.content) + 8 for message in request.messages) + request.max_output_tokens

    provider = ScriptedProvider(answer)
    drive(flow(), provider)
    window = takes(provider.requests[1]) - 1
    narrow = ScriptedProvider(answer)

    result = drive(flow(window=window), narrow)

    assert [shown(request) for request in (*provider.requests, *narrow.requests)] == [0, 7, 0, 3, 4]
    assert max(map(takes, narrow.requests)) <= window
    assert result.grounded


def test_only_the_failing_claim_goes_back(drive: Drive) -> None:
    provider = ScriptedProvider(replies.in_turn(WRONG, FIXED))

    result = drive(flow(), provider)

    mend = provider.requests[1]
    assert result.grounded
    assert [check.origin for check in result.checks] == ["model", "repair", "model"]
    assert result.checks[1].rejected == "Acme plans to raise 900 million euros in May, according to Reuters."
    assert mend.purpose == "mend"
    assert "900 million" in mend.messages[1].content
    assert "plant in Lyon.\nIt cites" not in mend.messages[1].content
    assert mend.messages[0] == provider.requests[0].messages[0]
    assert [unit.number for unit in mend.units] == [1, 2, 3]  # what it cites, and two behind that
    assert result.usage.requests == 2


def test_a_claim_that_still_fails_becomes_the_article_s_own_sentence(drive: Drive) -> None:
    provider = ScriptedProvider(replies.in_turn(WRONG, replies.mended(("Acme raises 800 million euros.", [1]))))

    result = drive(flow(max_repairs=1), provider)

    replaced = result.checks[1]
    assert result.grounded
    assert replaced.origin == "extract"
    assert replaced.rejected == "Acme plans to raise 900 million euros in May, according to Reuters."
    assert result.summary.claims[0].text == replaced.evidence[0].text
    assert result.summary.claims[0].cites == [1]


def test_a_claim_that_still_fails_is_reported_when_asked(drive: Drive) -> None:
    result = drive(flow(max_repairs=0, on_unsupported="report"), ScriptedProvider(lambda _: WRONG))

    assert not result.grounded
    assert result.checks[1].verdict == "unsupported"
    assert result.checks[1].findings[0].kind == "number"
    assert "900 million" in result.summary.claims[0].text


def test_a_claim_that_still_fails_is_an_error_when_asked(drive: Drive) -> None:
    provider = ScriptedProvider(lambda _: WRONG)

    error = failing(drive, Ungrounded, flow(max_repairs=0, on_unsupported="raise"), provider)

    assert isinstance(error, Ungrounded)
    assert not error.result.grounded
    assert "acme.txt" in error.message
    assert error.usage is not None
    assert error.usage.requests == 1


def test_a_mending_that_goes_wrong_loses_nothing(drive: Drive) -> None:
    provider = ScriptedProvider(replies.in_turn(WRONG, "I will not."))

    result = drive(flow(), provider)

    assert result.grounded
    assert result.checks[1].origin == "extract"
    assert any("could not be repaired" in warning for warning in result.warnings)
    assert result.usage.requests == 2


def test_what_is_to_be_known_of_a_mended_reply_is_told_once(drive: Drive) -> None:
    odd = ("the server does not say how many tokens it read",)
    given = iter([Completion(WRONG, "test", warnings=odd), Completion(FIXED, "test", warnings=(*odd, "it was slow"))])

    result = drive(flow(), ScriptedProvider(lambda _: next(given)))

    assert result.grounded
    assert result.warnings == (*odd, "it was slow")


def test_cites_that_do_not_exist_are_findings_not_crashes(drive: Drive) -> None:
    reply = GOOD.replace("[2]", "[2, 77, -3]")

    result = drive(flow(max_repairs=0, on_unsupported="report"), ScriptedProvider(lambda _: reply))

    assert all(item.unit in (1, 2, 3, 4) for check in result.checks for item in check.evidence)


def test_an_error_of_the_provider_is_raised_with_what_was_consumed_before(drive: Drive) -> None:
    answers = iter(["no JSON", Refused("no")])
    provider = ScriptedProvider(lambda _: next(answers))

    error = failing(drive, Refused, flow(), provider)

    assert error.usage is not None
    assert error.usage.requests == 1


def test_an_error_that_stops_the_run_is_not_swallowed_while_mending(drive: Drive) -> None:
    answers = iter([WRONG, Unauthorized("no key")])

    failing(drive, Unauthorized, flow(), ScriptedProvider(lambda _: next(answers)))


def test_a_door_that_writes_nothing_is_named_and_not_asked_to_mend(drive: Drive) -> None:
    provider = ScriptedProvider(lambda _: WRONG)

    result = drive(flow(writes=False), provider)

    assert len(provider.requests) == 1
    assert result.warnings[0] == NO_MODEL


def test_an_article_that_does_not_fit_is_refused_before_anything_is_sent(drive: Drive) -> None:
    provider = ScriptedProvider(lambda _: GOOD)

    error = failing(drive, TooLong, flow(window=1_500), provider)

    assert isinstance(error, TooLong)
    assert provider.requests == []
    assert error.tokens is not None


@pytest.mark.parametrize("text", ["", "  \n\u00a0\r\n"])
def test_an_empty_article_is_refused_before_anything_is_sent(drive: Drive, text: str) -> None:
    provider = ScriptedProvider(lambda _: GOOD)

    failing(drive, Unreadable, flow(Article(text)), provider)

    assert provider.requests == []


def test_a_sentence_that_can_be_no_claim_never_takes_the_place_of_one(drive: Drive) -> None:
    article = Article("\ud800 Acme is in Lyon. … Initech left Paris in May.")
    reply = replies.summary(("Acme left Oslo with 900 ships", [1]), ("Acme left Oslo with 900 ships.", [2]))

    result = drive(flow(article), ScriptedProvider(lambda _: reply))

    assert {check.evidence[0].text for check in result.checks if check.origin == "extract"} <= {
        "… Initech left Paris in May.",
        "Initech left Paris in May.",
    }


def test_several_requests_are_answered_together_and_in_order(drive: Drive) -> None:
    def steps() -> Flow[list[str]]:
        outcomes = yield tuple(Request(model=str(number), messages=()) for number in range(5))
        return [item.text if isinstance(item, Completion) else item.message for item in outcomes]

    def answer(request: Request) -> str | SummarizerError:
        return Refused("no") if request.model == "3" else f"reply {request.model}"

    assert drive(steps(), ScriptedProvider(answer)) == ["reply 0", "reply 1", "reply 2", "no", "reply 4"]


class Breaking:
    """Fails at its first call, and takes a while for each of the others."""

    def __init__(self, error: BaseException) -> None:
        self.asked = 0
        self.given_up = 0
        self._error = error
        self._lock = threading.Lock()

    def complete(self, request: Request, /) -> Completion:
        self._count()
        time.sleep(0.05)
        return Completion("a reply", "breaking")

    async def acomplete(self, request: Request, /) -> Completion:
        self._count()
        try:
            await asyncio.sleep(0.05)
        except asyncio.CancelledError:
            self.given_up += 1
            raise
        return Completion("a reply", "breaking")

    def _count(self) -> None:
        with self._lock:
            self.asked += 1
            is_first = self.asked == 1
        if is_first:
            raise self._error


def many() -> Flow[Any]:
    yield tuple(Request(model=str(number), messages=()) for number in range(100))


def test_a_call_that_ends_the_flow_ends_the_others_that_were_asked_with_it() -> None:
    provider = Breaking(ValueError("a fault of the provider"))

    with pytest.raises(ValueError, match="a fault of the provider"):
        pipeline.run(many(), provider)

    assert provider.asked < 50


async def test_a_call_that_ends_the_flow_leaves_none_behind_in_the_loop() -> None:
    provider = Breaking(ValueError("a fault of the provider"))

    with pytest.raises(ValueError, match="a fault of the provider"):
        await pipeline.arun(many(), provider)

    assert provider.given_up == provider.asked - 1 < 50
    assert asyncio.all_tasks() == {asyncio.current_task()}


def test_ctrl_c_waits_for_none_of_the_calls_in_flight_and_begins_no_other() -> None:
    asked, ended = [], threading.Event()

    class Slow(ScriptedProvider):
        def complete(self, request: Request, /) -> Completion:
            asked.append(request)
            if len(asked) == 16:
                os.kill(os.getpid(), signal.SIGINT)
            ended.wait(60)
            return Completion("a reply", "slow")

    with pytest.raises(KeyboardInterrupt):
        pipeline.run(many(), Slow())
    was_over = ended.is_set()
    ended.set()
    while any("ThreadPoolExecutor" in thread.name for thread in threading.enumerate()):
        time.sleep(0.01)

    assert not was_over
    assert len(asked) == 16


def test_a_task_s_key_changes_with_whatever_decides_its_results() -> None:
    prompts = Prompts()
    base = Task(schema=Summary)
    others = [
        Task(schema=Summary, preset="news"),
        Task(schema=Summary, language="en"),
        Task(schema=Summary, max_words=99),
        Task(schema=Summary, on_unsupported="report"),
        Task(schema=Summary, max_repairs=0),
        Task(schema=Summary, context=4096),
    ]
    keys = {base.key(prompts, "m"), base.key(prompts, "n"), *(task.key(prompts, "m") for task in others)}

    assert len(keys) == 8
    assert base.key(prompts, "m") == Task(schema=Summary).key(Prompts(), "m")


def test_what_a_schema_has_by_default_is_part_of_a_task_s_key() -> None:
    def rated(score: int, *, default: str = "none") -> type[Summary]:
        within = create_model("Rating", score=(int, score))
        return create_model("Rated", __base__=Summary, rating=(within, ...), default=(str, default))

    keys = [Task(schema=one).key(Prompts(), "m") for one in (rated(3), rated(4), rated(3, default="some"), rated(3))]

    assert len(set(keys)) == 3
    assert keys[0] == keys[3]


# ----------------------------------------------------------------------------------------------------- looks elsewhere


def looks(reply: str, **task: Any) -> list[Look]:
    """What is looked at elsewhere when a model replies like this."""
    taken = []

    async def elsewhere(look: Look) -> Grounding:
        taken.append(look)
        return look()

    asyncio.run(pipeline.arun(flow(**task), ScriptedProvider(lambda _: reply), elsewhere=elsewhere))
    return taken


def test_claims_that_were_written_anew_are_looked_at_elsewhere() -> None:
    assert len(looks(GOOD)) == 1


def test_claims_that_are_sentences_of_the_article_are_looked_at_here() -> None:
    sentence = "The money will pay for a plant in Lyon."
    assert looks(replies.summary((sentence, [2]), (sentence, [2]))) == []


def test_a_flow_may_be_begun_in_one_thread_and_driven_in_another(drive: Drive) -> None:
    threads: list[int] = []

    def measured(text: str) -> int:
        threads.append(threading.get_ident())
        return len(text)

    def steps() -> Flow[Result[Summary]]:
        model = ModelInfo(label="test:model", name="model", window=2_000)
        measure = Measure(count=measured, exact=True)
        return pipeline.begun(
            pipeline.summarize(ARTICLE, Task(schema=Summary), prompts=Prompts(), model=model, measure=measure)
        )

    with ThreadPoolExecutor(1) as pool:
        started = pool.submit(steps).result()
        other = pool.submit(threading.get_ident).result()

    assert set(threads) == {other}
    assert drive(started, ScriptedProvider(lambda _: GOOD)).grounded


def test_what_ends_a_flow_at_once_does_so_where_it_is_begun(drive: Drive) -> None:
    def silent() -> Flow[str]:
        yield from ()
        return "nothing asked"

    with pytest.raises(TooLong):
        pipeline.begun(flow(window=10))

    assert drive(pipeline.begun(silent()), ScriptedProvider()) == "nothing asked"


def test_what_stands_in_for_an_unsupported_claim_is_chosen_elsewhere() -> None:
    false = replies.summary(("Acme raised 300 million euros.", [1]), ("The money will pay for a plant in Rome.", [2]))

    assert [look.func for look in looks(false, on_unsupported="replace")][-1] is stand_ins
    assert stand_ins not in [look.func for look in looks(false, on_unsupported="report")]


def summarized(schema: type[Summary], drive: Drive) -> Result[Summary]:
    steps = pipeline.summarize(
        ARTICLE,
        Task(schema=schema),
        prompts=Prompts(),
        model=ModelInfo(label="test:model", name="model"),
        measure=Measure(count=len, exact=True),
    )
    result: Result[Summary] = drive(steps, ScriptedProvider(lambda _: GOOD))
    return result


def test_what_a_look_raises_comes_out_as_itself() -> None:
    async def elsewhere(_: Look) -> Grounding:
        raise MemoryError("no room")

    with pytest.raises(MemoryError, match="no room"):
        asyncio.run(pipeline.arun(flow(), ScriptedProvider(lambda _: GOOD), elsewhere=elsewhere))


def test_a_claim_of_a_class_that_only_this_process_knows_is_looked_at_elsewhere_too() -> None:
    class Own(Claim):
        weight: float = 1.0

    class Brief(Summary):
        title: Own

    elsewhere = summarized(Brief, run_elsewhere)

    assert type(elsewhere.summary.title) is Own
    assert elsewhere == summarized(Brief, run)


def test_nothing_is_counted_of_an_article_that_is_sure_to_fit() -> None:
    counted: list[str] = []

    def count(text: str) -> int:
        counted.append(text)
        return 1

    measure = Measure(count=count, exact=True)

    laid_out = pipeline.lay_out(
        ARTICLE,
        Task(schema=Summary),
        prompts=Prompts(),
        model=ModelInfo("openai:m", "m", window=20_000),
        measure=measure,
    )

    assert laid_out.kind == "single"
    assert counted == []
