"""One limit of a server, as a bucket that fills steadily: how much was taken, and when the next fits.

What a server tells is the limit and what remains of it, on the scale of a minute. Most grant less at once than that:
the burst that they take is hidden. It is found out by going a little beyond what was granted before, faster the more
that is, until the first refusal: what was taken then is what the server takes.
"""

from __future__ import annotations

from typing import NamedTuple

from summarizer.records import Rate

_MINUTE_S = 60.0
_LONGER_S = (3600.0, 86400.0)

# A limit that the user names is spread evenly: at most this much of it at once.
_TOLD_BURST_S = 1.0
# Requests do not arrive as evenly as they are sent, so this much of the rate stays unused of a learned burst. Of 400
# calls on a busy machine (benchmarks/limits.py --short) 8 and 11 were 429s without it; 1 and 2 with 0.1 s, for 0.5 %
# less of the limit; no fewer with 0.3 s, for 1.3 % less.
_JITTER_S = 0.1
# Of a large burst, this share: of 600 at once, keeping 1 back was too little on a busy machine (3 429s in 1,000 calls).
_JITTER_SHARE = 0.01
_MOST_JITTER_S = 1.0
# Refusals that come within this time have one cause.
_ONE_EVENT_S = 1.0
# How fast a burst grows beyond what is proven, a second: by the rate, and by a quarter of what is proven. So from 8 to
# 100 in 3 s, and to 600 in 6 s more. Each call that is sent before the first refusal is seen is a 429: 1 to 14 of 320
# on a machine that was busy for 0.2 s at a time, 16 to 19 with twice as much.
_BEYOND_RATE = 1.0
_BEYOND_BURST = 0.25


class Mark(NamedTuple):
    """Where a bucket was when a call was let through: what the answer tells is about a moment between then and now."""

    taken: float
    corrected: float


class Bucket:
    """Lets so much through; what time it is, is told with each call.

    Args:
        per_minute: The limit a user named; None has only what the server tells.
    """

    def __init__(self, per_minute: float | None = None) -> None:
        self._told = per_minute
        self._limit: float | None = None
        self._rate = (per_minute or 0) / _MINUTE_S
        self._burst = max(1.0, self._rate * _TOLD_BURST_S) if per_minute else 0.0
        self._is_learning = False
        self._jitter_s = 0.0 if per_minute else _JITTER_S
        self._taken = 0.0
        self._corrected = 0.0
        self._at = 0.0
        self._beyond_at = 0.0
        self._refused_at = 0.0

    @property
    def is_limited(self) -> bool:
        """Whether there is a limit, as far as is known."""
        return self._rate > 0

    @property
    def is_learned(self) -> bool:
        """Whether the limit is the server's, so that it corrects what is known of it with each answer."""
        return self._limit is not None

    def wait_s(self, amount: float, now: float) -> float:
        """Return the seconds until so much may be taken; 0 is now."""
        if not self.is_limited:
            return 0.0
        self._fill(now)
        over = self._taken + amount - self._most
        if over <= 0 or self._taken <= 0:  # what is more than the whole burst waits for all of it
            return 0.0
        steady = min(over, self._taken) / self._rate
        if self._is_learning and self._limit is not None and self._taken + amount <= self._limit - self._jitter:
            return min(steady, max(0.0, self._beyond_at - now))
        return steady

    def take(self, amount: float, now: float) -> Mark:
        """Take so much."""
        self._fill(now)
        self._taken += amount
        if self._is_learning and self._taken > self._most:
            self._beyond_at = now + amount / (self._rate * _BEYOND_RATE + self._burst * _BEYOND_BURST)
            self._burst = self._taken + self._jitter
        return Mark(self._taken, self._corrected)

    def give_back(self, amount: float, now: float) -> None:
        """Put back what was taken in vain."""
        self._fill(now)
        self._taken = max(0.0, self._taken - amount)

    def settle(self, reserved: float, took: float) -> None:
        """Put what a call took in the place of what was reserved; a server that tells what remains counts its way."""
        if not self.is_learned:
            self._taken = max(0.0, self._taken + took - reserved)

    def learn(self, rate: Rate, mark: Mark, now: float) -> None:
        """Take note of what a server told with an answer.

        What remains is what remained when the request was admitted (OpenAI) or when the answer was written; so it
        corrects us only as far as both would.
        """
        self._fill(now)
        is_new = self._limit is None
        if not self._rescale(rate):
            return
        used = rate.limit - rate.remaining
        errors = (used - self._taken, used - mark.taken - (self._corrected - mark.corrected))
        if min(errors) > 0 or max(errors) < 0:
            self._correct(min(errors, key=abs))
        if is_new:
            self._burst = min(max(1.0, self._taken), rate.limit)

    def refused(self, rate: Rate, now: float) -> None:
        """Take note that the server refused for this limit: what is used is what it takes at once."""
        self._fill(now)
        if not self._rescale(rate):
            return
        used = float(rate.limit - rate.remaining)
        self._correct(max(0.0, used - self._taken))
        if not self._is_learning and now - self._refused_at > _ONE_EVENT_S:
            self._jitter_s = min(_MOST_JITTER_S, self._jitter_s * 1.5)
        self._is_learning = False
        self._refused_at = now
        self._burst = max(1.0, used)

    @property
    def _jitter(self) -> float:
        if self._limit is None:
            return 0.0
        share = min(self._burst * _JITTER_SHARE, self._rate * _MOST_JITTER_S)
        return min(max(1.0, self._rate * self._jitter_s, share), self._burst / 2)

    @property
    def _most(self) -> float:
        return self._burst - self._jitter

    def _fill(self, now: float) -> None:
        if now > self._at:
            if self._rate > 0:
                self._taken = max(0.0, self._taken - (now - self._at) * self._rate)
            self._at = now

    def _correct(self, amount: float) -> None:
        self._taken = max(0.0, self._taken + amount)
        self._corrected += amount

    def _rescale(self, rate: Rate) -> bool:
        """Follow the limit of the server; return False where the user's own is the lower one."""
        if self._told is not None and self._told < rate.limit:
            return False
        if self._limit is None:
            self._is_learning, self._jitter_s = True, _JITTER_S
        else:  # it may have changed meanwhile
            self._burst *= rate.limit / self._limit
        self._limit, self._rate = float(rate.limit), rate.limit / _period_s(rate)
        return True


def _period_s(rate: Rate) -> float:
    """Return the period of a limit: a minute, unless it takes longer than that until all of it is there again."""
    reset_s = rate.reset_s or 0.0
    if reset_s <= _MINUTE_S + 1:
        return _MINUTE_S
    used = max(1, rate.limit - rate.remaining)
    return min(_LONGER_S, key=lambda period: abs(period - rate.limit * reset_s / used))
