"""Who may call now: one state for all threads and event loops that call a model.

Calls go through in the order in which they came. The first one waits for three things: a pause that the server asked
for, which is one for all; room among the calls in flight; and the limits on requests and tokens (`bucket.py`).
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial

from summarizer.errors import ProviderError, RateLimited, SummarizerError, Unavailable
from summarizer.providers.bucket import Bucket, Mark
from summarizer.providers.settling import Settling
from summarizer.records import Completion, Limits, Rate, Rates

# A server that asks for more than this is not busy but closed for the day; a program that waits so long looks hung. The
# client library of OpenAI draws the same line.
MAX_WAIT_S = 120.0
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0

# Calls that go at once to an unknown server, and after a pause. Their number doubles every 0.15 s, so that 1,000 are in
# flight after a second. A refusal comes back faster than a reply, so a small limit costs few of them: at 300,000 tokens
# a minute 1 to 12 calls, more on a busier machine (benchmarks/limits.py).
_FIRST_CALLS = 8
_DOUBLED_AFTER_S = 0.15
_LN2 = 0.6931
# Calls are let through when somebody looks: one that goes at most this late does not delay the next ones.
_LATE_S = 0.02
_MOST_ROUNDS = 20.0
# How much of the highest number in flight is forgotten with each failure: an outage says nothing about it.
_FORGOTTEN = 0.1
# What a server with too many calls at once does: it answers with one of these, or not at all. A 500 is another fault.
_OVERLOADED = (None, 408, 502, 503, 504, 529)
# After a pause of at least this length, those who waited start a few at a time.
_LONG_PAUSE_S = 1.0


class Room:
    """How many calls may be in flight: more while that goes well, fewer when calls fail for their number.

    It begins with few and doubles quickly, without a bound: the caller has one. The first failure sets a bound, each
    further one lowers it by one. In each round of calls that go well it rises by a quarter of what was lost, and beyond
    that by one, by two, by four, until the next failure.
    """

    def __init__(self) -> None:
        self.in_flight = 0
        self._ramp = _FIRST_CALLS - 1.0
        self._next_at = 0.0
        self._bound: float | None = None
        self._most = 0.0
        self._rounds = 0.0  # since the last failure

    @property
    def bound(self) -> float | None:
        """How many may be in flight at most; None as long as nothing failed."""
        return self._bound

    def wait_s(self, now: float) -> float | None:
        """Return the seconds until one more may go; 0 is now, None as soon as another is back."""
        if self._bound is not None and self.in_flight >= int(self._bound):
            return None
        return max(0.0, self._next_at - now) if self.in_flight >= self._ramp else 0.0

    def enter(self, now: float) -> None:
        """Count one that goes."""
        self.in_flight += 1
        if self.in_flight > self._ramp:  # not in the place of another: who answers fast would never get more
            self._ramp = float(self.in_flight)
            self._next_at = max(self._next_at, now - _LATE_S) + _DOUBLED_AFTER_S / _LN2 / self._ramp

    def succeeded(self) -> None:
        """Take note that a call went well."""
        if self._bound is not None:
            self._rounds = min(_MOST_ROUNDS, self._rounds + 1 / self._bound)
            beyond = min(2.0 ** int(self._rounds), self._bound / 4)
            self._bound += max(1.0, beyond, (self._most - self._bound) / 4) / self._bound

    def failed(self) -> None:
        """Take note that a call, which has just left, failed, perhaps because there were too many."""
        were = self.in_flight + 1.0
        self._most = were if self._bound is None else max(were, self._most - _FORGOTTEN)
        self._bound = max(1.0, min(self._bound or were, were) - 1)
        self._rounds = 0.0

    def restart(self, now: float) -> None:
        """Begin with few again, beside those in flight."""
        self._ramp = self.in_flight + _FIRST_CALLS - 1.0
        self._next_at = now


def _nobody() -> None:
    """Wake nobody: who is let through at once does not wait."""


@dataclass(slots=True, eq=False)
class Turn:
    """A call in the queue, then in flight.

    Attributes:
        tokens: What is set aside for it.
        ring: Wakes who waits for it; called when it is the first in the queue, and when it may go.
        is_let: Whether it may go.
        outcome: What came of it; None says nothing about the server.
    """

    tokens: float
    ring: Callable[[], None] = _nobody
    is_let: bool = False
    outcome: Completion | SummarizerError | None = None
    marks: tuple[Mark, Mark] | None = field(default=None, repr=False)


class Gate:
    """Lets calls through; safe to use from several threads and event loops.

    Args:
        limits: `requests_per_minute` and `tokens_per_minute`; what they do not name is learned from the server.
        clock: Returns seconds that never go back.
        draw: Returns a number in [0, 1): the chance in a pause.

    Attributes:
        is_refused: Whether the server said last that it takes no more for now.
    """

    def __init__(
        self, limits: Limits, *, clock: Callable[[], float], draw: Callable[[], float] = random.random
    ) -> None:
        self._lock = Settling()
        self._clock = clock
        self._draw = draw
        self._queue: deque[Turn] = deque()
        self._requests = Bucket(limits.requests_per_minute)
        self._tokens = Bucket(limits.tokens_per_minute)
        self._room = Room()
        self._resume_at = 0.0
        self._is_paused = False
        self._pauses = 0  # one after another, without a success between them
        self.is_refused = False

    @property
    def paused_s(self) -> float:
        """How much longer nobody goes through; 0 when the way is free."""
        return max(0.0, self._resume_at - self._clock())

    @property
    def in_flight(self) -> int:
        """How many calls are on their way."""
        return self._room.in_flight

    def enter(self, tokens: float, ring: Callable[[], None] = _nobody) -> Turn:
        """Take a place in the queue, and go at once if that may be; who may not then says how to be woken."""
        turn = Turn(tokens, ring)
        with self._lock:
            self._queue.append(turn)
            self._advance(self._clock())
        return turn

    def wait_s(self, turn: Turn) -> float | None:
        """Let through who may go, and return how long a call has yet to wait: 0 when it may go.

        None is until it is rung for: it is not the first, or waits for another to come back.
        """
        with self._lock:
            wait_s = self._advance(self._clock())
            if turn.is_let:
                return 0.0
            return wait_s if self._queue and self._queue[0] is turn else None

    def leave(self, turn: Turn) -> None:
        """End a call, also one that has not begun, and learn from its outcome."""
        self._lock.settle(partial(self._leave, turn))

    # ----------------------------------------------------------------------------------------------- holding the lock

    def _leave(self, turn: Turn) -> None:
        now = self._clock()
        was_full = self._room.wait_s(now) is None
        if turn.is_let:
            self._room.in_flight -= 1
            self._note(turn, now)
        else:
            self._queue.remove(turn)
            was_full = True  # the next one may be the first now
        self._advance(now)
        if was_full and self._queue:  # it waited for this one, not for a time
            self._queue[0].ring()

    def _advance(self, now: float) -> float | None:
        """Let the first ones through; return how long the next one has to wait, None when nobody waits or knows."""
        wait_s: float | None = None
        rung = self._queue[0] if self._queue else None
        while self._queue and (wait_s := self._first_wait_s(now)) == 0:
            turn = self._queue.popleft()
            turn.marks = self._requests.take(1, now), self._tokens.take(turn.tokens, now)
            turn.is_let = True
            self._room.enter(now)
            turn.ring()
        if self._queue and self._queue[0] is not rung:
            self._queue[0].ring()
        return wait_s if self._queue else None

    def _first_wait_s(self, now: float) -> float | None:
        if now < self._resume_at:
            return self._resume_at - now
        if self._is_paused:
            self._is_paused = False
            self._room.restart(now)
        room_s = self._room.wait_s(now)
        if room_s is None:
            return None
        return max(room_s, self._requests.wait_s(1, now), self._tokens.wait_s(self._queue[0].tokens, now))

    def _note(self, turn: Turn, now: float) -> None:
        outcome = turn.outcome
        if outcome is not None:
            self.is_refused = isinstance(outcome, RateLimited)
        if isinstance(outcome, RateLimited):
            self._refused(outcome, turn, now)
        elif isinstance(outcome, Unavailable):
            if outcome.status in _OVERLOADED:
                self._room.failed()
            if outcome.retry_after_s is not None:
                self._pause(outcome, now)
        elif isinstance(outcome, (Completion, SummarizerError)):  # it answered, whatever it said
            self._pauses = 0
            self._room.succeeded()
        if isinstance(outcome, Completion):
            for bucket, rate, mark, _ in self._told(outcome.rates, turn):
                bucket.learn(rate, mark, now)
            usage = outcome.usage
            if usage.input_tokens is not None and usage.output_tokens is not None:
                self._tokens.settle(turn.tokens, usage.input_tokens + usage.output_tokens)

    def _refused(self, error: RateLimited, turn: Turn, now: float) -> None:
        rates = error.rates or Rates()
        self._requests.give_back(1, now)
        self._tokens.give_back(turn.tokens, now)
        if rates.requests is rates.tokens is None:  # no count to go by: fewer at once
            self._room.failed()
        for bucket, rate, mark, name in self._told(rates, turn):
            if rates.ran_out in (name, None):
                bucket.refused(rate, now)
            else:
                bucket.learn(rate, mark, now)
        self._pause(error, now)

    def _told(self, rates: Rates | None, turn: Turn) -> Iterator[tuple[Bucket, Rate, Mark, str]]:
        """Each limit that a server told of, with its bucket."""
        if rates is None or turn.marks is None:
            return
        if rates.requests is not None:
            yield self._requests, rates.requests, turn.marks[0], "requests"
        if rates.tokens is not None:
            yield self._tokens, rates.tokens, turn.marks[1], "tokens"

    def _pause(self, error: ProviderError, now: float) -> None:
        """Hold everyone back as long as the server asks for, or twice as long as the last time if it does not say."""
        asked = error.retry_after_s
        if asked is not None and asked > MAX_WAIT_S:
            return  # each caller is told at once
        if asked is None:
            if now < self._resume_at:
                return  # one of those that were in flight together
            self._pauses += 1
            asked = min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2.0 ** (self._pauses - 1)) * (1 + self._draw()) / 2
        self._resume_at = max(self._resume_at, now + asked)
        self._is_paused = self._is_paused or asked >= _LONG_PAUSE_S
