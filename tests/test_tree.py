"""Long articles: read in parts, brought together, and every sentence still rests on the article's own."""

from __future__ import annotations

import asyncio
import json
import random
import threading
from collections.abc import Callable
from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from summarizer import Budget, Summarizer, pipeline
from summarizer.errors import (
    BudgetReached,
    InvalidReply,
    Refused,
    SummarizerError,
    TooLong,
    TruncatedInput,
    TruncatedOutput,
    Unauthorized,
    Unavailable,
    Unreadable,
)
from summarizer.pipeline import Flow, Measure, Task
from summarizer.pipeline.rooms import Rooms
from summarizer.plan import split, whole
from summarizer.prompt import Prompts
from summarizer.providers.extractive import Extractive
from summarizer.providers.scripted import Answer, ScriptedProvider
from summarizer.records import Article, Completion, ModelInfo, Request, Result, Usage, numbered
from summarizer.schema import Summary

from . import replies
from .calls import Drive
from .strategies import articles

CITIES = [
    "Lyon",
    "Turin",
    "Porto",
    "Bergen",
    "Graz",
    "Ghent",
    "Cork",
    "Basel",
    "Riga",
    "Split",
    "Bruges",
    "Cadiz",
    "Derby",
    "Essen",
    "Faro",
]


def book(chapters: int, sentences: int = 12) -> Article:
    """A text in which every sentence names a city and a number that no other one names together."""
    lines = []
    for chapter in range(1, chapters + 1):
        lines.append(f"# Chapter {chapter}\n")
        for place in range(sentences):
            city, number = CITIES[place % len(CITIES)], 1000 * chapter + place
            lines.append(
                f"The council of {city} counted {number} bicycles on its bridge before the storm of that year."
            )
        lines.append("")
    return Article("\n".join(lines), source="book.md", language="en")


def words(text: str) -> int:
    return len(text.split())


def flow(article: Article, window: int | None, **task: Any) -> Flow[Result[Summary]]:
    return pipeline.summarize(article, Task(schema=Summary, **task), **known(window))


def known(window: int | None) -> dict[str, Any]:
    return {
        "prompts": Prompts(),
        "model": ModelInfo(label="test:model", name="model", window=window),
        "measure": Measure(count=words, exact=True),
    }


def asked(provider: ScriptedProvider, purpose: str) -> list[Request]:
    return [request for request in provider.requests if request.purpose == purpose]


def picked(request: Request) -> str:
    return Extractive().complete(request).text


def but(purpose: str, answer: Callable[[Request], Answer], when: Callable[[Request], bool] = lambda _: True) -> Any:
    """Answer with the article's own sentences, but some requests otherwise."""
    return lambda request: answer(request) if request.purpose == purpose and when(request) else picked(request)


def notes(*claims: tuple[str, list[int]]) -> str:
    return json.dumps({"notes": [{"text": text, "cites": cites} for text, cites in claims]})


# ------------------------------------------------------------------------------------------------------------ the tree


def test_an_article_that_fits_is_asked_about_once_and_in_the_same_words_as_ever(drive: Drive) -> None:
    whole, long = ScriptedProvider(), ScriptedProvider()

    one = drive(flow(book(2), None), whole)
    other = drive(flow(book(2), 100_000), long)

    assert [request.key for request in whole.requests] == [request.key for request in long.requests]
    assert one == other
    assert (one.steps, one.coverage.parts) == ((), ())


def test_a_long_article_is_read_in_parts_and_each_sentence_rests_on_it(drive: Drive) -> None:
    article, provider = book(12), ScriptedProvider()

    result = drive(flow(article, 1_400), provider)

    parts, (last,) = asked(provider, "notes"), asked(provider, "reduce")
    assert len(parts) > 2
    assert len(provider.requests) == len(parts) + 1
    assert result.grounded
    assert result.usage.requests == len(provider.requests)
    evidence = [item for check in result.checks for item in check.evidence]
    assert evidence
    assert all(item.span.of(article.text) == item.text for item in evidence)
    assert {item.unit for item in evidence} <= {unit.number for unit in last.units}
    assert all(
        words(text) + (request.max_output_tokens or 0) <= 1_400
        for request in provider.requests
        for text in [" ".join(message.content for message in request.messages)]
    )


def test_a_part_is_cut_at_headings_and_says_its_place_and_what_it_stands_under(drive: Drive) -> None:
    provider = ScriptedProvider()

    drive(flow(book(12), 1_400), provider)

    shown = sorted(
        (request.messages[1].content for request in asked(provider, "notes")),
        key=lambda text: int(text.splitlines()[1].split()[1]),
    )
    of = len(shown)
    assert [text.splitlines()[1].split(":")[0] for text in shown] == [f"Part {n} of {of}" for n in range(1, of + 1)]
    assert all(text.splitlines()[1].split(": ")[1].startswith("Chapter ") for text in shown)
    assert all(" # Chapter " in text.splitlines()[3] for text in shown)


def test_notes_that_do_not_fit_into_one_prompt_are_brought_together_first(drive: Drive) -> None:
    provider = ScriptedProvider()

    result = drive(flow(book(60), 1_100), provider)

    assert asked(provider, "merge")
    assert len(asked(provider, "reduce")) == 1
    assert {step.level for step in result.steps} >= {1, 2}
    assert result.grounded


def test_what_is_foreseen_is_what_is_asked(drive: Drive) -> None:
    provider, article = ScriptedProvider(), book(12)

    plan = pipeline.lay_out(article, Task(schema=Summary), **known(1_400))
    drive(flow(article, 1_400), provider)

    assert plan.kind == "map/reduce"
    assert plan.levels == (len(asked(provider, "notes")), 1)
    assert (plan.calls, plan.depth) == (len(provider.requests), 2)


def test_all_parts_are_asked_about_at_once(drive: Drive) -> None:
    article = book(12)
    parts, _ = pipeline.lay_out(article, Task(schema=Summary), **known(1_400)).levels
    gate, agate = threading.Barrier(parts), asyncio.Barrier(parts)

    class Together(ScriptedProvider):
        def complete(self, request: Request, /) -> Completion:
            if request.purpose == "notes":
                gate.wait(timeout=300)
            return super().complete(request)

        async def acomplete(self, request: Request, /) -> Completion:
            if request.purpose == "notes":
                await asyncio.wait_for(agate.wait(), 60)
            return Completion(picked(request), self.info.name)

    assert parts > 2
    assert drive(flow(article, 1_400), Together()).grounded


def test_no_more_than_so_many_calls_are_in_flight() -> None:
    now, most, lock = [0], [0], threading.Lock()

    class Counted(ScriptedProvider):
        async def acomplete(self, request: Request, /) -> Completion:
            now[0] += 1
            most[0] = max(most[0], now[0])
            await asyncio.sleep(0.01)
            now[0] -= 1
            with lock:
                return super().complete(request)

    asyncio.run(pipeline.arun(flow(book(12), 1_400), Counted(), at_once=2))

    assert most[0] == 2


# ----------------------------------------------------------------------------------------------------------- grounding


def test_a_note_that_the_part_does_not_say_never_goes_up(drive: Drive) -> None:
    lie = "The council of Oslo counted 77 million bicycles."
    provider = ScriptedProvider(but("notes", lambda request: notes((lie, [request.units[3].number]))))

    result = drive(flow(book(12), 1_400), provider)

    (last,) = asked(provider, "reduce")
    assert "77 million" not in last.messages[1].content
    assert {step.check.origin for step in result.steps} == {"extract"}
    assert {step.check.rejected for step in result.steps} == {lie}
    assert any("notes on parts of the article did not say what it says" in line for line in result.warnings)
    assert result.grounded


def test_a_note_is_offered_with_the_numbers_that_hold(drive: Drive) -> None:
    def astray(request: Request) -> str:
        return notes((request.units[5].text, [request.units[1].number, 999_999]))

    provider = ScriptedProvider(but("notes", astray))

    result = drive(flow(book(12), 1_400), provider)

    assert all(step.check.evidence[0].text == step.note.text for step in result.steps)
    assert "999999" not in asked(provider, "reduce")[0].messages[1].content


def test_the_summary_may_cite_only_what_notes_cite(drive: Drive) -> None:
    article = book(12)
    hidden = article.text.splitlines()[20]

    def stray(request: Request) -> str:
        inside = request.units[0]
        return replies.summary((inside.text, [inside.number]), ("The council sold 5 ships.", [21]))

    provider = ScriptedProvider(
        lambda request: (
            stray(request) if request.purpose == "reduce" else notes((request.units[2].text, [request.units[2].number]))
        )
    )
    result = drive(flow(article, 1_400, max_repairs=0), provider)

    offered = {unit.number for unit in asked(provider, "reduce")[0].units}
    assert 21 not in offered
    assert hidden not in str(result.checks)
    assert {item.unit for check in result.checks for item in check.evidence} <= offered
    assert result.checks[1].origin == "extract"


def test_a_failing_statement_goes_back_with_the_sentences_around_its_evidence_alone(drive: Drive) -> None:
    def wrong(request: Request) -> str:
        unit = request.units[0]
        false = unit.text.replace("counted 1", "counted 99")  # *counted 9* is true in chapter nine
        return replies.summary((unit.text, [unit.number]), (false, [unit.number]))

    provider = ScriptedProvider(
        lambda request: (
            wrong(request)
            if request.purpose == "reduce"
            else replies.mended((request.units[0].text, [request.units[0].number]))
            if request.purpose == "mend"
            else picked(request)
        )
    )
    result = drive(flow(book(12), 1_400), provider)

    (mend,) = asked(provider, "mend")
    assert len(mend.units) <= 5
    assert result.checks[1].origin == "repair"
    assert result.grounded


def test_when_many_statements_fail_as_many_go_back_as_fit_the_window(drive: Drive) -> None:
    def wrong(request: Request) -> str:
        claims = [(f"{unit.text} It lost 99 of them.", [unit.number]) for unit in request.units[:22]]
        return replies.summary((request.units[0].text, [request.units[0].number]), *claims)

    def mended(request: Request) -> str:
        asked_for = request.messages[1].content.count("Statement ")
        return replies.mended(*[(request.units[0].text, [request.units[0].number])] * asked_for)

    answers = {"reduce": wrong, "mend": mended}
    provider = ScriptedProvider(lambda request: answers.get(request.purpose, picked)(request))
    result = drive(flow(book(30), 1_300, max_words=600), provider)

    first, *_ = mends = asked(provider, "mend")
    assert len(mends) == 2
    assert 1 < first.messages[1].content.count("Statement ") < 22
    for request in mends:
        length = sum(words(message.content) for message in request.messages)
        assert length + (request.max_output_tokens or 0) <= 1_300
    assert result.grounded


def test_when_no_note_says_what_its_part_says_there_is_no_summary(drive: Drive) -> None:
    long = " ".join(["The crew of the ship went over the bridge and"] * 20)
    article = Article("\n".join(f"{long} counted {number} boats there." for number in range(40)), language="en")
    lie = notes(("The king of Norway sold 77 million bicycles.", [1]))

    with pytest.raises(InvalidReply, match="use a larger model"):
        drive(flow(article, 1_700), ScriptedProvider(lambda _: lie))


# ------------------------------------------------------------------------------------------------------------ coverage


def test_coverage_says_which_parts_the_summary_rests_on(drive: Drive) -> None:
    article = book(12)

    result = drive(flow(article, 1_400), ScriptedProvider())

    coverage = result.coverage
    assert "".join(part.span.of(article.text) for part in coverage.parts) == article.text
    assert [part.first for part in coverage.parts] == [1, *(part.last + 1 for part in coverage.parts[:-1])]
    assert coverage.parts[-1].last == coverage.units
    assert sum(part.cited for part in coverage.parts) == len(coverage.cited)
    assert coverage.unused == tuple(part for part in coverage.parts if part.cited == 0)
    assert coverage.partial == ()
    assert coverage.parts[1].path[0].startswith("Chapter ")


def test_the_sentences_of_each_part_are_counted_from_1_and_notes_cite_those_of_the_article(drive: Drive) -> None:
    article, provider = book(30), ScriptedProvider(picked)

    result = drive(flow(article, 2_000), provider)

    parts = asked(provider, "notes")
    assert [request.units[0].number for request in parts] == [1] * len(parts)
    assert all(
        f"\n{line}\n" in request.messages[1].content for request in parts for line in numbered(request.units, bare=True)
    )
    units = split(article.text, "en")
    noted = [step for step in result.steps if step.level == 1]
    assert max(number for step in noted for number in step.note.cites) > len(parts[0].units)
    assert all(step.note.text == units[step.note.cites[0] - 1].text for step in noted)


def test_a_part_whose_call_fails_makes_the_result_partial_and_is_named(drive: Drive) -> None:
    article = book(12)
    provider = ScriptedProvider(but("notes", lambda _: Refused("not this one"), lambda it: it.units[0].span.start == 0))

    result = drive(flow(article, 1_400), provider)

    gone = result.coverage.parts[0]
    assert not gone.is_read
    assert result.coverage.partial == tuple(range(gone.first, gone.last + 1))
    assert [part.is_read for part in result.coverage.parts[1:]] == [True] * (len(result.coverage.parts) - 1)
    (line,) = [line for line in result.warnings if "were not read" in line]
    assert line.startswith(f"sentences 1 to {gone.last} (characters 0 to {gone.span.end}")
    assert "not this one" in line
    assert result.grounded


def test_a_reply_that_does_not_fit_is_repaired_part_by_part(drive: Drive) -> None:
    provider = ScriptedProvider(but("notes", lambda _: "Sorry!", lambda request: request.units[0].span.start == 0))

    result = drive(flow(book(12), 1_400), provider)

    (repair,) = asked(provider, "repair")
    assert repair.messages[2].content == "Sorry!"
    assert repair.units[0].span.start == 0
    assert result.coverage.partial == ()


def test_a_reply_that_was_cut_is_asked_for_once_more_and_shorter(drive: Drive) -> None:
    provider = ScriptedProvider(but("notes", lambda _: TruncatedOutput("cut"), lambda it: it.units[0].span.start == 0))

    result = drive(flow(book(12), 1_400), provider)

    (shorter,) = asked(provider, "shorter")
    assert shorter.max_words is not None
    assert shorter.max_words < (asked(provider, "notes")[0].max_words or 0)
    assert result.coverage.partial == ()


def test_when_no_part_can_be_read_the_first_error_is_raised_with_all_that_was_consumed(drive: Drive) -> None:
    usage = Usage(1, 10, 0, 0, 0, None)

    def refuse(_: Request) -> SummarizerError:
        error = Refused("none of them")
        error.usage = usage
        return error

    provider = ScriptedProvider(refuse)
    with pytest.raises(Refused, match="none of them") as caught:
        drive(flow(book(12), 1_400), provider)

    assert caught.value.usage is not None
    assert caught.value.usage.requests == len(provider.requests) > 2


def test_what_stops_a_run_stops_here_too(drive: Drive) -> None:
    provider = ScriptedProvider(
        but("notes", lambda _: Unauthorized("stop"), lambda request: request.units[0].text == "# Chapter 1")
    )

    with pytest.raises(Unauthorized) as caught:
        drive(flow(book(12), 1_400), provider)

    assert asked(provider, "reduce") == []
    assert caught.value.usage is not None
    assert caught.value.usage.requests == len(provider.requests) - 1


def counted(request: Request) -> Completion:
    return Completion(picked(request), "model", usage=Usage(1, 500, 0, 100, 0, None))


def test_what_a_budget_does_not_cover_at_once_is_asked_when_the_other_calls_are_settled() -> None:
    # Nine calls of 600 tokens fit; the worst cases of eight at once, some 2,000 tokens each, do not.
    provider = ScriptedProvider(counted)
    with Summarizer(provider, context=2_500, budget=Budget(max_tokens=9_000)) as summarizer:
        result = summarizer.summarize(book(30))

    assert result.coverage.partial == ()
    assert result.usage.requests == len(provider.requests) == len(result.coverage.parts) + 1


def test_a_budget_that_does_not_cover_what_is_left_ends_the_work() -> None:
    provider = ScriptedProvider(counted)
    with (
        Summarizer(provider, context=2_500, budget=Budget(max_requests=4)) as summarizer,
        pytest.raises(BudgetReached) as caught,
    ):
        summarizer.summarize(book(30))

    assert len(provider.requests) == 4
    assert caught.value.usage is not None
    assert caught.value.usage.requests == 4


def test_notes_that_cannot_be_brought_together_are_offered_as_they_are_while_that_fits(drive: Drive) -> None:
    seen: list[Request] = []

    def once(request: Request) -> Answer:
        seen.append(request)
        return Refused("no") if len(seen) == 1 else picked(request)

    result = drive(flow(book(60), 1_100), ScriptedProvider(but("merge", once)))

    assert any("were not brought together: no" in line for line in result.warnings)
    assert result.coverage.partial == ()
    assert result.grounded


# ---------------------------------------------------------------------------------------------------------- termination


def test_a_level_that_does_not_get_shorter_ends_the_work(drive: Drive) -> None:
    def all_of_it(request: Request) -> str:
        return notes(*((unit.text, [unit.number]) for unit in request.units[:60]))

    provider = ScriptedProvider(lambda request: picked(request) if request.purpose == "reduce" else all_of_it(request))

    with pytest.raises(TooLong, match="never get shorter") as caught:
        drive(flow(book(40), 1_100), provider)

    assert caught.value.source == "book.md"
    assert asked(provider, "reduce") == []


def test_a_window_that_cannot_hold_the_notes_of_two_parts_is_refused_before_anything_is_sent(drive: Drive) -> None:
    provider = ScriptedProvider()

    with pytest.raises(TooLong, match=r"420 tokens, of which the instructions take \d{3}, .* larger window"):
        drive(flow(book(40), 420), provider)

    assert provider.requests == []


def refusing(room: int, *, tells: bool = False) -> Callable[[Request], Answer]:
    """A server that takes so many words, prompt and reply, and maybe says so."""

    def answer(request: Request) -> Answer:
        length = sum(words(message.content) for message in request.messages)
        if length + (request.max_output_tokens or 0) <= room:
            return picked(request)
        error = TooLong("it does not fit", tokens=length if tells else None, window=room if tells else None)
        error.usage = Usage()
        return error

    return answer


@pytest.mark.parametrize("tells", [True, False], ids=["it says what fits", "it does not"])
def test_an_unknown_window_is_found_out(drive: Drive, tells: bool) -> None:
    article, provider = book(30), ScriptedProvider(refusing(1_400, tells=tells))

    result = drive(flow(article, None), provider)

    assert provider.requests[0].purpose == "summary"
    assert result.grounded
    assert result.coverage.partial == ()
    assert "".join(part.span.of(article.text) for part in result.coverage.parts) == article.text
    assert any("it does not fit: the article was cut for a window of" in line for line in result.warnings)


def test_a_window_that_is_smaller_than_its_list_says_is_found_out_and_what_was_read_is_kept(drive: Drive) -> None:
    article, provider = book(30), ScriptedProvider(refusing(1_400, tells=True))

    result = drive(flow(article, 2_000), provider)

    answered = {request.units[0].span.start for request in asked(provider, "notes")}
    starts = [unit.span.start for unit in split(article.text, "en")]
    assert result.coverage.partial == ()
    assert [starts[part.first - 1] for part in result.coverage.parts] == sorted(answered)
    assert "".join(part.span.of(article.text) for part in result.coverage.parts) == article.text


def test_what_a_server_cut_without_saying_so_is_sent_again_in_parts_that_it_reads(drive: Drive) -> None:
    def cutting(request: Request) -> Answer:
        length = sum(words(message.content) for message in request.messages)
        if length <= 1_000:
            return picked(request)
        error = TruncatedInput("it read a part")
        error.read = 1_000
        return error

    result = drive(flow(book(30), None), provider := ScriptedProvider(cutting))

    assert len([request for request in provider.requests if request.purpose == "summary"]) == 1
    assert any("it read a part: the article was cut for a window of" in line for line in result.warnings)
    assert result.coverage.partial == ()
    assert result.usage.requests == len(provider.requests) - 1
    assert result.grounded


def test_a_server_that_takes_nothing_is_asked_a_bounded_number_of_times(drive: Drive) -> None:
    provider = ScriptedProvider(refusing(0))

    with pytest.raises(TooLong, match="it does not fit"):
        drive(flow(book(30), None), provider)

    assert len(provider.requests) < 100


# ---------------------------------------------------------------------------------------------------------------- steps


def test_steps_are_written_only_when_asked_for_and_can_be_read_back(drive: Drive) -> None:
    result = drive(flow(book(60), 1_100), ScriptedProvider())

    assert "steps" not in result.to_dict()
    assert Result[Summary].from_json(result.to_json(steps=True)) == result
    assert Result[Summary].from_json(result.to_json()).coverage == result.coverage
    assert all(step.check.evidence and step.first <= step.check.evidence[0].unit <= step.last for step in result.steps)


# -------------------------------------------------------------------------------------------------------- the property


def misbehaving(seed: int) -> Callable[[Request], Answer]:
    """A model that does anything, the same for the same request."""

    def answer(request: Request) -> Answer:
        chance = random.Random(f"{seed}{request.key}")
        numbers = [chance.randint(-2, 400) for _ in range(chance.randint(0, 4))]
        unit = chance.choice(request.units)
        wild = {
            "text": chance.choice(["Nobody said 55.", unit.text[:500] or "x"]),
            "cites": [n for n in numbers if n > 0],
        }
        true = {"text": f"{unit.text[:500]}x", "cites": [unit.number]}
        claims = [wild, true, *({"text": one.text[:550] + ".", "cites": [one.number]} for one in request.units[:3])]
        if chance.random() < 0.6:
            return picked(request)
        return chance.choice(
            [
                json.dumps({"notes": claims}),
                json.dumps({"notes": claims}),
                json.dumps({"title": wild, "claims": claims}),
                json.dumps({"claims": [wild]}),
                "no JSON",
                Refused("no"),
                Unavailable("gone"),
                TruncatedOutput("cut"),
                TooLong("too long"),
            ]
        )

    return answer


@st.composite
def long_texts(draw: st.DrawFn) -> str:
    """Anything at all, again and again, with a sentence in between that stands nowhere else."""
    pieces = draw(st.lists(articles(max_parts=6), min_size=1, max_size=6))
    times = draw(st.integers(40, 250))
    return "\n\n".join(f"{pieces[n % len(pieces)]}\nThen came {CITIES[n % 12]} with {n} boats." for n in range(times))


@pytest.mark.slow
@settings(max_examples=80, suppress_health_check=list(HealthCheck))
@given(
    text=long_texts(),
    window=st.sampled_from([None, 600, 700, 800, 1_000, 1_500]),
    seed=st.integers(0, 1_000),
    kind=st.sampled_from(["replace", "report"]),
)
def test_whatever_the_article_the_window_and_the_model_evidence_survives(
    text: str, window: int | None, seed: int, kind: Any
) -> None:
    article = Article(text)
    try:
        result = pipeline.run(flow(article, window, on_unsupported=kind), ScriptedProvider(misbehaving(seed)))
    except (TooLong, Refused, Unavailable, TruncatedOutput, InvalidReply, Unreadable):
        return
    coverage, parts = result.coverage, result.coverage.parts
    assert parts == () or "".join(part.span.of(text) for part in parts) == text
    assert all(before.last + 1 == after.first for before, after in pairwise(parts))
    assert sum(part.cited for part in parts) == (len(coverage.cited) if parts else 0)
    levels: dict[int, set[int]] = {}
    for step in result.steps:
        for item in step.check.evidence:
            below = set[int]().union(*(units for level, units in levels.items() if level < step.level))
            assert step.level == 1 or item.unit in below
            assert step.first <= item.unit <= step.last
            levels.setdefault(step.level, set()).update([item.unit] if step.check.supported else [])
    for item in (item for check in result.checks for item in check.evidence):
        assert 1 <= item.unit <= coverage.units
        assert item.span.of(text) == item.text
        assert not parts or any(item.unit in units for units in levels.values())
        assert item.unit not in coverage.partial


def test_levels_that_would_never_get_shorter_are_refused_before_anything_is_sent() -> None:
    one = whole(Article("The bridge was closed. It opens in May."), exact=True)
    rooms = Rooms(window=1000, scale=1.0, frames=(400, 400), words=100, last_reply=250)  # holds the notes of one call

    assert rooms.levels(one) == (1, 1)
    with pytest.raises(TooLong, match="never get shorter"):
        rooms.levels(replace(one, chunks=one.chunks * 3))
