"""Wrapper `judge`: questions for the judge go to another model than the rest."""

from __future__ import annotations

from summarizer.records import Completion, ModelInfo, Provider, Request


class Judged(Provider):
    """Sends requests whose purpose is `judge` to one provider and all others to another.

    Args:
        provider: Writes.
        judge: Judges.
    """

    def __init__(self, provider: Provider, judge: Provider) -> None:
        self._provider = provider
        self._judge = judge

    @property
    def info(self) -> ModelInfo | None:
        """What is known about the model that writes."""
        return getattr(self._provider, "info", None)

    def complete(self, request: Request, /) -> Completion:
        """Return the completion of a request."""
        return self._one_for(request).complete(request)

    async def acomplete(self, request: Request, /) -> Completion:
        """Return the completion of a request without blocking the event loop."""
        return await self._one_for(request).acomplete(request)

    def close(self) -> None:
        """Close both providers."""
        for provider in (self._provider, self._judge):
            close = getattr(provider, "close", None)
            if close is not None:
                close()

    async def aclose(self) -> None:
        """Close both providers."""
        for provider in (self._provider, self._judge):
            aclose = getattr(provider, "aclose", None)
            if aclose is not None:
                await aclose()

    def _one_for(self, request: Request) -> Provider:
        return self._judge if request.purpose == "judge" else self._provider
