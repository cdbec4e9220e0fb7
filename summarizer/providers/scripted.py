"""Door `scripted`: a function answers; what apps and our own tests use in the place of a model."""

from __future__ import annotations

from collections.abc import Callable

from summarizer.errors import SummarizerError
from summarizer.records import Completion, ModelInfo, Provider, Request

Answer = str | Completion | SummarizerError


class ScriptedProvider(Provider):
    """Answers each request with what a function returns for it.

    Args:
        answer: Called with the request; returns the reply's text, a whole `Completion`, or an error to be raised.

    Attributes:
        requests: Every request seen, in order.
    """

    info = ModelInfo(label="scripted", name="scripted")
    free = True  # a function of the caller's own answers

    def __init__(self, answer: Callable[[Request], Answer]) -> None:
        self._answer = answer
        self.requests: list[Request] = []

    def complete(self, request: Request, /) -> Completion:
        """Answer a request.

        Raises:
            SummarizerError: The function returned it.
        """
        self.requests.append(request)
        answer = self._answer(request)
        if isinstance(answer, SummarizerError):
            raise answer
        return answer if isinstance(answer, Completion) else Completion(text=answer, model=self.info.name)

    async def acomplete(self, request: Request, /) -> Completion:
        """Answer a request."""
        return self.complete(request)
