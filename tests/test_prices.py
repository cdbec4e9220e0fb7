"""What requests cost: by the list, by the tier that was used, by the attempt; and unknown where nobody knows."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from typing import Any

import genai_prices
import pytest

from summarizer import Budget, Limits, Request, Summarizer, Usage
from summarizer.errors import BudgetReached, TruncatedOutput, UsageError
from summarizer.providers.capabilities import Capabilities
from summarizer.providers.ladder import REASONING_TOKENS
from summarizer.providers.openai import OpenAIDoor
from summarizer.providers.prices import cost_usd, per_million_usd, window
from summarizer.providers.retry import Retry
from tests.calls import CALLS, Call
from tests.doors import REQUEST, failure, opened
from tests.faults import Exchange, Play, completion
from tests.server import Server

OPENAI = "https://api.openai.com/v1"
AZURE = "https://contoso.openai.azure.com"
# 8,000 tokens read at 0.25 dollars a million, 2,000 cached at 0.025, 1,000 written at 2.
TOKENS = Usage(1, 10_000, 2_000, 1_000, 500, None)
COST = Decimal("0.00405")
SENT = {
    "prompt_tokens": 10_000,
    "completion_tokens": 1_000,
    "prompt_tokens_details": {"cached_tokens": 2_000},
    "completion_tokens_details": {"reasoning_tokens": 500},
}


def priced(model: str = "gpt-5-mini") -> Request:
    return replace(REQUEST, model=model)


def answers(**changes: Any) -> Play:
    async def play(exchange: Exchange) -> None:
        await exchange.json(completion(exchange.body, exchange.text, **{"usage": SENT, **changes}))

    return play


# ------------------------------------------------------------------------------------------------------------ the list


def test_cached_tokens_cost_less_and_reasoning_is_written() -> None:
    assert cost_usd(TOKENS, "gpt-5-mini", OPENAI) == COST


@pytest.mark.parametrize(
    ("model", "url"),
    [
        ("gpt-4o-mini", OPENAI),
        ("o3", OPENAI),  # cheaper since a day
        ("gpt-5.4", OPENAI),  # dearer for a long prompt
        ("gemini-2.5-pro", "https://generativelanguage.googleapis.com/v1beta/openai"),
        ("deepseek-chat", "https://api.deepseek.com"),
        ("sonar", "https://api.perplexity.ai"),  # a price for each request
    ],
)
@pytest.mark.parametrize("counts", [(900, 0, 200), (900, 100, 200), (0, 0, 0), (7, 7, 7), (300_000, 1, 4_567)])
def test_what_is_worked_out_once_for_all_requests_is_what_the_list_says_of_each(
    model: str, url: str, counts: tuple[int, int, int]
) -> None:
    read, cached, written = counts
    tokens = genai_prices.Usage(input_tokens=read, cache_read_tokens=cached, output_tokens=written)
    listed = genai_prices.calc_price(tokens, model_ref=model, provider_api_url=url)

    assert cost_usd(Usage(1, read, cached, written, 0, None), model, url) == listed.total_price


@pytest.mark.parametrize("tier", [None, "", "auto", "default"])
def test_the_plain_tier_has_the_plain_price(tier: str | None) -> None:
    assert cost_usd(TOKENS, "gpt-5-mini", OPENAI, tier) == COST


def test_a_tier_is_priced_as_the_list_says() -> None:
    flex, priority = (cost_usd(TOKENS, "gpt-5-mini", OPENAI, tier) for tier in ("flex", "priority"))

    assert flex == COST / 2
    assert priority == COST * Decimal("1.8")


@pytest.mark.parametrize(("model", "tier"), [("gpt-5-mini", "warp"), ("gpt-4-turbo", "priority")])
def test_a_tier_that_the_list_does_not_know_has_no_price(model: str, tier: str) -> None:
    assert cost_usd(TOKENS, model, OPENAI) is not None
    assert cost_usd(TOKENS, model, OPENAI, tier) is None


@pytest.mark.parametrize(
    ("model", "url"),
    [
        ("no-such-model", OPENAI),
        ("gpt-5-mini", "https://models.example.com/v1"),
        ("text-embedding-3-large", OPENAI),  # listed, without a price for writing
        ("", OPENAI),
    ],
)
def test_what_is_not_listed_costs_nobody_knows_what(model: str, url: str) -> None:
    assert cost_usd(TOKENS, model, url) is None
    assert per_million_usd(model, url) is None


@pytest.mark.parametrize("usage", [Usage(1, None, 0, 5), Usage(1, 5, 0, None)])
def test_unknown_tokens_have_an_unknown_cost(usage: Usage) -> None:
    assert cost_usd(usage, "gpt-5-mini", OPENAI) is None


@pytest.mark.parametrize("cached", [None, 0])
def test_no_discount_is_assumed(cached: int | None) -> None:
    assert cost_usd(Usage(1, 10_000, cached, 0), "gpt-5-mini", OPENAI) == Decimal("0.0025")


def test_more_cached_tokens_than_tokens_are_no_more_than_all() -> None:
    assert cost_usd(Usage(1, 10_000, 99_999, 0), "gpt-5-mini", OPENAI) == Decimal("0.00025")


def test_a_price_for_people_is_for_a_million_tokens() -> None:
    assert per_million_usd("gpt-5-mini", OPENAI) == (Decimal("0.25"), Decimal(2))


def test_a_long_prompt_does_not_change_the_price_for_people() -> None:
    assert per_million_usd("gpt-5.4", OPENAI) == (Decimal("2.5"), Decimal(15))


def test_windows_are_listed() -> None:
    assert (window("gpt-5-mini", OPENAI), window("no-such-model", OPENAI)) == (400_000, None)


# ------------------------------------------------------------------------------------------------------------ the door


@pytest.mark.parametrize("call", CALLS)
def test_a_completion_costs_what_its_tokens_do(call: Call) -> None:
    with Server(answers()) as server, opened(server.url, model="gpt-5-mini", priced_as=OPENAI) as door:
        assert call(door, priced()).usage == Usage(1, 10_000, 2_000, 1_000, 500, COST)


def test_the_model_and_the_tier_that_answered_decide() -> None:
    play = answers(model="gpt-5-mini-2025-08-07", service_tier="flex")
    with Server(play) as server, opened(server.url, model="gpt-5-mini", priced_as=OPENAI) as door:
        assert door.complete(priced()).usage.cost_usd == COST / 2


def test_a_snapshot_that_is_not_listed_costs_what_its_model_does() -> None:
    play = answers(model="gpt-5-mini-2029-01-01")
    with Server(play) as server, opened(server.url, model="gpt-5-mini", priced_as=OPENAI) as door:
        assert door.complete(priced()).usage.cost_usd == COST


def test_another_model_that_is_not_listed_is_not_priced_as_the_one_asked_for() -> None:
    with (
        Server(answers(model="gpt-5-mini-xl")) as server,
        opened(server.url, model="gpt-5-mini", priced_as=OPENAI) as door,
    ):
        assert door.complete(priced()).usage.cost_usd is None


def test_a_deployment_is_priced_by_the_model_behind_it() -> None:
    with (
        Server(answers(model="gpt-5-mini-2025-08-07")) as server,
        opened(server.url, model="our-deployment", priced_as=AZURE) as door,
    ):
        assert door.complete(priced("our-deployment")).usage.cost_usd == COST


def test_a_server_on_this_machine_has_no_price() -> None:
    with Server(answers()) as server, opened(server.url, model="gpt-5-mini") as door:
        usage = door.complete(priced()).usage

    assert (usage.input_tokens, usage.cost_usd) == (10_000, None)


@pytest.mark.parametrize("call", CALLS)
def test_a_reply_that_was_cut_is_paid_for(call: Call) -> None:
    with (
        Server(answers(finish_reason="length")) as server,
        opened(server.url, model="gpt-5-mini", priced_as=OPENAI) as door,
    ):
        error = failure(call, door, priced())

    assert type(error) is TruncatedOutput
    assert error.usage == Usage(1, 10_000, 2_000, 1_000, 500, COST)


@pytest.mark.parametrize("call", CALLS)
def test_refused_and_failed_attempts_are_counted_with_the_one_that_succeeds(call: Call) -> None:
    with Server("500", answers(), refuse={"strict"}) as server:
        server.plays.insert(1, server._answer)
        with opened(server.url, model="gpt-5-mini", priced_as=OPENAI) as door:
            usage = call(Retry(door, Limits(), sleep=lambda _: None, asleep=_no_wait), priced()).usage

    assert usage == Usage(3, 10_000, 2_000, 1_000, 500, COST)


async def _no_wait(_: float) -> None:
    return None


def test_an_attempt_that_nobody_can_count_makes_the_sum_unknown() -> None:
    with Server("close", answers()) as server, opened(server.url, model="gpt-5-mini", priced_as=OPENAI) as door:
        usage = Retry(door, Limits(), sleep=lambda _: None).complete(priced()).usage

    assert (usage.requests, usage.input_tokens, usage.cost_usd) == (2, None, None)


# ----------------------------------------------------------------------------------------------- windows, worst cases


def test_the_window_is_looked_up_when_it_is_needed() -> None:
    door = OpenAIDoor(model="gpt-5-mini")

    assert door.info.window is None
    assert door.info.with_window().window == 400_000


def test_a_window_that_is_named_stays() -> None:
    assert OpenAIDoor(model="gpt-5-mini", window=9_000).info.with_window().window == 9_000


def test_no_list_is_asked_about_this_machine() -> None:
    door = OpenAIDoor(model="gpt-5-mini", base_url="http://127.0.0.1:9/v1")

    assert door.info.with_window().window is None


def test_the_list_is_not_loaded_to_make_a_summarizer_or_to_check() -> None:
    code = (
        "import sys; from summarizer import Summarizer\n"
        "summarizer = Summarizer('openai:gpt-5-mini', api_key='k')\n"
        "summarizer.check('A cat sat.', 'A cat sat.')\n"
        "assert 'genai_prices' not in sys.modules\n"
        "summarizer.preview('A cat sat.')\n"
        "assert 'genai_prices' in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=300)


def test_the_worst_case_reserves_for_reasoning_and_has_a_price() -> None:
    worst = OpenAIDoor(model="gpt-5-mini").most(Usage(1, 1_000, 0, 500, 0, None))

    assert (worst.requests, worst.input_tokens, worst.output_tokens) == (1, 1_000, 500 + REASONING_TOKENS)
    assert worst.cost_usd == Decimal("0.00025") + (500 + REASONING_TOKENS) * Decimal("0.000002")


def test_the_worst_case_of_an_unlisted_model_has_no_price() -> None:
    assert OpenAIDoor(model="no-such-model").most(Usage(1, 1_000, 0, 500, 0, None)).cost_usd is None


def test_a_cap_in_dollars_stops_before_the_request_that_would_pass_it() -> None:
    with Server(then=answers()) as server:
        door = OpenAIDoor(model="gpt-5-mini", base_url=server.url, priced_as=OPENAI, capabilities=Capabilities())
        # Two requests cost 0.0081; the worst case of a third is 0.0185 and more, for 9,272 tokens written.
        summarizer = Summarizer(door, budget=Budget(max_cost_usd=Decimal("0.026")), limits=Limits(max_repairs=0))
        for _ in range(2):
            summarizer.summarize("The cat sat on the mat. It was happy.")
        with pytest.raises(BudgetReached, match="max_cost_usd"):
            summarizer.summarize("The cat sat on the mat. It was happy.")
        door.close()

    assert len(server.requests) == 2
    assert summarizer.budget is not None
    assert summarizer.budget.spent.cost_usd == 2 * COST


def test_a_cap_in_dollars_on_a_model_without_a_price_is_refused() -> None:
    with Server() as server:
        summarizer = Summarizer("openai:gpt-5-mini", base_url=server.url, budget=Budget(max_cost_usd=Decimal(1)))
        with summarizer, pytest.raises(UsageError, match="price of 'gpt-5-mini' is unknown"):
            summarizer.summarize("The cat sat on the mat.")

    assert server.requests == []


def test_a_judge_is_reserved_for_at_its_own_price() -> None:
    with Summarizer("openai:gpt-5-mini", api_key="k", judge="openai:gpt-4-turbo") as summarizer:
        asked = replace(REQUEST, model="gpt-4-turbo", purpose="judge")
        worst = {
            purpose: summarizer.wiring.worst(replace(asked, purpose=purpose)).cost_usd
            for purpose in ("summary", "judge")
        }

    assert worst["summary"] is not None
    assert worst["judge"] is not None
    # 500 tokens of reply at 30 dollars a million and no reasoning; at 2 dollars, with room to reason.
    assert Decimal("0.015") < worst["judge"] < Decimal("0.025")
    assert (500 + REASONING_TOKENS) * Decimal("0.000002") < worst["summary"] < Decimal("0.018")
