"""Door `scripted`: a function answers; what apps and our own tests use in the place of a model."""

from __future__ import annotations

import copy
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Self

from summarizer.errors import SummarizerError, UsageError
from summarizer.records import Completion, ModelInfo, Provider, Request

Answer = str | Completion | SummarizerError


class ScriptedProvider(Provider):
    """Answers each request with what a function returns for it, and plays faults on request.

        provider = ScriptedProvider()                            # the article's own sentences, in any schema
        provider.next(RateLimited("busy"), Refused("no"))        # two faults, then answers again

    Args:
        answer: Called with the request; returns the reply's text, a whole `Completion`, or an error to be raised. None
            picks sentences of the article, as the extractive door does, and makes up dates, addresses and ids.

    Attributes:
        requests: Every request seen, in order.
    """

    info = ModelInfo(label="scripted", name="scripted")
    free = True  # a function of the caller's own answers

    def __init__(self, answer: Callable[[Request], Answer] | None = None) -> None:
        if answer is not None and not callable(answer):
            raise UsageError(
                f"a script is a function that takes a request, not {answer!r:.60}: give lambda request: ..."
            )
        self._answer = answer or _extracted
        self._next: deque[Answer] = deque()
        self.requests: list[Request] = []

    def next(self, *answers: Answer) -> Self:
        """Answer the next requests with these, one each, before the function is asked again."""
        self._next.extend(answers)
        return self

    def complete(self, request: Request, /) -> Completion:
        """Answer a request.

        Raises:
            SummarizerError: It was the next answer, or the function returned it.
        """
        self.requests.append(request)
        try:
            answer = self._next.popleft()
        except IndexError:
            answer = self._answer(request)
        if isinstance(answer, SummarizerError):
            with suppress(Exception):  # one of the caller's own may not be copied
                answer = copy.copy(answer)  # what it took is written on it: it may be the answer to others too
            raise answer
        return answer if isinstance(answer, Completion) else Completion(text=answer, model=self.info.name)

    async def acomplete(self, request: Request, /) -> Completion:
        """Answer a request."""
        return self.complete(request)


def _extracted(request: Request) -> Answer:
    from summarizer.providers.extractive import Extractive

    return Extractive(makes_up=True).complete(request).text
