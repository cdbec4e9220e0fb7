"""One limit: what goes through under it, and what is learned of it."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from summarizer.providers.bucket import Bucket, Mark
from summarizer.records import Rate


@dataclass
class Limiter:
    """A server's limit: so much a minute, so much at once."""

    per_minute: int
    capacity: float
    used: float = 0.0
    at: float = 0.0
    refusals: int = 0
    granted: list[tuple[float, float]] = field(default_factory=list)

    def pass_to(self, now: float) -> None:
        self.used = max(0.0, self.used - (now - self.at) * self.per_minute / 60)
        self.at = now

    def ask(self, amount: float, now: float) -> bool:
        self.pass_to(now)
        if self.used + amount > self.capacity + 1e-6:
            self.refusals += 1
            return False
        self.used += amount
        self.granted.append((now, amount))
        return True

    def tells(self) -> Rate:
        return Rate(self.per_minute, max(0, int(self.per_minute - self.used)))


def play(
    bucket: Bucket,
    server: Limiter,
    amounts: list[float],
    *,
    counted: float = 1.0,
    delay_s: float = 0.5,
    at_once: int = 100,
    tells_late: bool = True,
) -> float:
    """Send amounts as fast as a bucket lets them, each answered after a while; return when the last was granted.

    Args:
        bucket: Ours.
        server: Theirs.
        amounts: What each request takes by our count.
        counted: What it takes by theirs, for one of ours.
        delay_s: After how long a request that was granted is answered.
        at_once: How many may be in flight.
        tells_late: Whether the server tells what remains as it answers, or as it was when it let the request in.
    """
    now, waiting, flying = 0.0, deque(amounts), deque[tuple[float, Mark, Rate]]()
    while waiting:
        while flying and flying[0][0] <= now:
            _, mark, told = flying.popleft()
            server.pass_to(now)
            bucket.learn(server.tells() if tells_late else told, mark, now)
        wait_s = bucket.wait_s(waiting[0], now)
        if wait_s > 0 or len(flying) >= at_once:
            now += min(max(wait_s, 0.001), 0.02)
            continue
        mark = bucket.take(waiting[0], now)
        if server.ask(waiting[0] * counted, now):
            waiting.popleft()
            flying.append((now + delay_s, mark, server.tells()))
        else:
            bucket.give_back(waiting[0], now)
            bucket.refused(server.tells(), now)
    return now


def share(server: Limiter, seconds: float) -> float:
    """Of what the limit allowed, how much was granted."""
    return sum(amount for _, amount in server.granted) / (server.capacity + seconds * server.per_minute / 60)


def test_without_a_limit_everything_goes_at_once() -> None:
    bucket = Bucket()

    for _ in range(1000):
        bucket.take(1, 0.0)

    assert bucket.wait_s(1, 0.0) == 0
    assert not bucket.is_limited


def test_a_limit_of_the_user_s_is_spread_evenly() -> None:
    bucket = Bucket(per_minute=60)
    times = []
    now = 0.0
    for _ in range(5):
        now += bucket.wait_s(1, now)
        bucket.take(1, now)
        times.append(now)

    assert times == pytest.approx([0, 1, 2, 3, 4])


def test_what_is_larger_than_the_burst_goes_alone_and_is_paid_for_after() -> None:
    bucket = Bucket(per_minute=60)

    assert bucket.wait_s(10, 0.0) == 0
    bucket.take(10, 0.0)
    assert bucket.wait_s(1, 0.0) == pytest.approx(10)


@settings(max_examples=60)
@given(
    per_minute=st.integers(1, 6000),
    steps=st.lists(st.tuples(st.floats(0, 5), st.floats(0.1, 50)), max_size=80),
)
def test_grants_never_exceed_the_limit_and_the_burst_over_any_window(
    per_minute: int, steps: list[tuple[float, float]]
) -> None:
    bucket, now, grants = Bucket(per_minute=per_minute), 0.0, list[tuple[float, float]]()
    for pause_s, amount in steps:
        now += pause_s
        now += bucket.wait_s(amount, now)
        bucket.take(amount, now)
        grants.append((now, amount))

    burst = max(1.0, per_minute / 60, *(amount for _, amount in steps)) if steps else 0
    for first, (start, _) in enumerate(grants):
        taken = 0.0
        for end, amount in grants[first:]:
            taken += amount
            assert taken <= burst + (end - start) * per_minute / 60 + 1e-6 * (1 + taken)


@pytest.mark.parametrize("capacity", [20, 100, 300])
def test_a_hidden_burst_is_learned_at_the_price_of_few_refusals_and_then_used(capacity: int) -> None:
    bucket, server = Bucket(), Limiter(1200, capacity)

    took_s = play(bucket, server, [1.0] * 900)

    assert share(server, took_s) > 0.97
    assert server.refusals <= 9
    assert bucket.is_learned


def test_more_than_was_granted_before_is_tried_little_by_little() -> None:
    bucket = Bucket()
    marks = [bucket.take(1, 0.0) for _ in range(10)]
    bucket.learn(Rate(6000, 5990), marks[0], 0.05)
    at_once = 0
    while bucket.wait_s(1, 0.05) == 0:
        bucket.take(1, 0.05)
        at_once += 1

    assert 1 <= at_once <= 10


def test_a_burst_of_the_whole_limit_costs_no_refusal() -> None:
    bucket, server = Bucket(), Limiter(600, 600)

    took_s = play(bucket, server, [1.0] * 1000)

    assert share(server, took_s) > 0.97
    assert server.refusals == 0


@pytest.mark.parametrize("tells_late", [True, False], ids=["as it answers", "as it lets in"])
@pytest.mark.parametrize("delay_s", [0.5, 8.0])
def test_it_does_not_matter_when_a_server_takes_the_count_that_it_tells(delay_s: float, tells_late: bool) -> None:
    bucket, server = Bucket(), Limiter(1200, 100)

    took_s = play(bucket, server, [1.0] * 3000, delay_s=delay_s, at_once=300, tells_late=tells_late)

    assert share(server, took_s) > 0.97
    assert server.refusals <= 30


@pytest.mark.parametrize("tells_late", [True, False], ids=["as it answers", "as it lets in"])
@pytest.mark.parametrize("counted", [0.7, 1.0, 1.3])
def test_a_server_that_counts_tokens_its_own_way_is_followed(counted: float, tells_late: bool) -> None:
    bucket, server = Bucket(), Limiter(300_000, 25_000)

    took_s = play(bucket, server, [1250.0] * 300, counted=counted, tells_late=tells_late)

    assert share(server, took_s) > 0.95
    assert server.refusals <= 15


def test_what_others_take_with_the_same_key_is_left_to_them() -> None:
    bucket = Bucket()
    mark = bucket.take(1, 0.0)

    bucket.learn(Rate(600, 100), mark, 0.1)

    assert bucket.wait_s(1, 0.1) == 0
    bucket.refused(Rate(600, 0), 0.2)
    assert bucket.wait_s(1, 0.2) == pytest.approx((1 + 6) / 10)  # one to come, and a hundredth that is kept back


def test_a_limit_that_falls_is_kept_from_the_next_answer_on() -> None:
    bucket, server = Bucket(), Limiter(1200, 100)
    play(bucket, server, [1.0] * 200)
    server.per_minute, server.capacity = 600, 50
    before, refusals = server.at, server.refusals

    now, granted = before, 0
    while now < before + 20:
        now += max(0.001, bucket.wait_s(1, now))
        mark = bucket.take(1, now)
        if server.ask(1, now):
            granted += 1
            bucket.learn(server.tells(), mark, now)
        else:
            bucket.give_back(1, now)
            bucket.refused(server.tells(), now)

    # 100 were used, of which 50 must pass before one more is granted: 5 s, then 15 s at 10 a second.
    assert granted >= 145
    assert server.refusals - refusals <= 20


def test_the_lower_of_the_user_s_and_the_server_s_limit_holds() -> None:
    ours, theirs = Bucket(per_minute=60), Bucket(per_minute=6000)
    for bucket in (ours, theirs):
        bucket.learn(Rate(600, 599), bucket.take(1, 0.0), 0.0)

    assert not ours.is_learned
    assert theirs.is_learned
    assert ours.wait_s(1, 0.0) == pytest.approx(1)


def test_a_limit_on_a_day_is_not_taken_for_one_on_a_minute() -> None:
    bucket = Bucket()
    mark = bucket.take(1, 0.0)
    bucket.learn(Rate(14_400, 14_370, reset_s=179.56), mark, 0.0)
    bucket.refused(Rate(14_400, 0, reset_s=86_400), 1.0)

    assert bucket.wait_s(1, 1.0) == pytest.approx(2 * 6, rel=0.01)


def test_a_call_that_took_less_than_was_set_aside_gives_the_rest_back() -> None:
    bucket = Bucket(per_minute=600)
    bucket.take(100, 0.0)
    bucket.settle(100, 40)

    assert bucket.wait_s(10, 0.0) == pytest.approx(4.0)


def test_a_clock_that_jumps_back_grants_nothing() -> None:
    bucket = Bucket(per_minute=60)
    bucket.take(1, 100.0)

    assert bucket.wait_s(1, 50.0) == pytest.approx(1)
