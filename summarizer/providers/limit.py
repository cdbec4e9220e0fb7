"""Wrapper `limit`: nobody asks more of a server than it grants, and all wait together when it says so.

What a server grants is what the user says (`Limits`), else what the server itself says with each answer. Both ways to
call share one state (`gate.py`), in which the calls stand in one queue.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from summarizer.errors import SummarizerError
from summarizer.providers.gate import Gate, Turn
from summarizer.providers.patience import go_on
from summarizer.providers.wrapper import Wrapper
from summarizer.records import Completion, Limits, Provider, Request

if TYPE_CHECKING:
    from types import TracebackType

# The first in the queue looks again this often whether it may go sooner than it was told.
_LOOK_S = 0.02
# Bytes of text for a token: what OpenAI's own limiter goes by for English, and not too little for other scripts.
_BYTES_A_TOKEN = 4


class Limit(Wrapper):
    """Holds calls back until the server takes them.

    Args:
        provider: The provider to ask.
        limits: What is allowed per minute; None leaves it to the server.
        extra_tokens: Returns the tokens that a reply may take beyond `Request.max_output_tokens`.
        clock: Returns seconds that never go back.
        sleep: Waits so many seconds; for calls to `complete`.
        asleep: The same for `acomplete`.
    """

    def __init__(
        self,
        provider: Provider,
        limits: Limits | None = None,
        *,
        extra_tokens: Callable[[], int] = lambda: 0,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        asleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        super().__init__(provider)
        self._extra_tokens = extra_tokens
        self._sleep = sleep
        self._asleep = asleep
        self.gate = Gate(limits or Limits(), clock=clock)

    def complete(self, request: Request, /) -> Completion:
        """Return the completion of a request, when it is its turn.

        Raises:
            Interrupted: It is not to be sent any more.
            SummarizerError: What the provider raises.
        """
        with _Place(self.gate, self._tokens(request)) as turn:
            if not turn.is_let:
                self._wait(turn)
            turn.outcome = completion = self._provider.complete(request)
            return completion

    async def acomplete(self, request: Request, /) -> Completion:
        """Return the completion of a request like `complete`, without blocking the event loop."""
        with _Place(self.gate, self._tokens(request)) as turn:
            if not turn.is_let:
                await self._await(turn)
            turn.outcome = completion = await self._provider.acomplete(request)
            return completion

    # What rings between the place in the queue and the bell is not heard, so each begins with a look.

    def _wait(self, turn: Turn) -> None:
        bell = threading.Event()
        turn.ring = bell.set
        while not turn.is_let:
            bell.clear()
            wait_s = self._wait_s(turn)
            if wait_s is None:
                bell.wait()
            elif wait_s > 0:
                self._sleep(min(wait_s, _LOOK_S))

    async def _await(self, turn: Turn) -> None:
        bell = asyncio.Event()
        turn.ring = _ringing(bell)
        while not turn.is_let:
            bell.clear()
            wait_s = self._wait_s(turn)
            if wait_s is None:
                await bell.wait()
            elif wait_s > 0:
                await self._asleep(min(wait_s, _LOOK_S))

    def _wait_s(self, turn: Turn) -> float | None:
        go_on()
        return self.gate.wait_s(turn)

    def _tokens(self, request: Request) -> float:
        """Return what a limit on tokens counts a request for: what is sent, and the longest reply."""
        sent = sum(len(message.content.encode("utf-8", "surrogatepass")) for message in request.messages)
        return sent / _BYTES_A_TOKEN + (request.max_output_tokens or 0) + self._extra_tokens()


class _Place:
    """A place in the queue, which is left however the call ends."""

    __slots__ = ("_gate", "_turn")

    def __init__(self, gate: Gate, tokens: float) -> None:
        self._gate = gate
        self._turn = gate.enter(tokens)

    def __enter__(self) -> Turn:
        return self._turn

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if isinstance(error, SummarizerError):
            self._turn.outcome = error
        self._gate.leave(self._turn)


def _ringing(bell: asyncio.Event) -> Callable[[], None]:
    """Return what sets an event of the running loop, from any thread."""
    loop, here = asyncio.get_running_loop(), threading.get_ident()

    def ring() -> None:
        if threading.get_ident() == here:
            bell.set()
            return
        with suppress(RuntimeError):  # a loop that has ended waits for nothing
            loop.call_soon_threadsafe(bell.set)

    return ring
