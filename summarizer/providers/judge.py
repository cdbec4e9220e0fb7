"""Wrapper `judge`: questions for the judge go to another model than the rest."""

from __future__ import annotations

from summarizer.providers.wrapper import Wrapper, aclose, close
from summarizer.records import Completion, Provider, Request


class Judged(Wrapper):
    """Sends requests whose purpose is `judge` to one provider and all others to another.

    Args:
        provider: Writes.
        judge: Judges.
    """

    def __init__(self, provider: Provider, judge: Provider) -> None:
        super().__init__(provider)
        self._judge = judge

    def complete(self, request: Request, /) -> Completion:
        """Return the completion of a request."""
        return self._one_for(request).complete(request)

    async def acomplete(self, request: Request, /) -> Completion:
        """Return the completion of a request without blocking the event loop."""
        return await self._one_for(request).acomplete(request)

    def close(self) -> None:
        """Close both providers."""
        super().close()
        close(self._judge)

    async def aclose(self) -> None:
        """Close both providers."""
        await super().aclose()
        await aclose(self._judge)

    def _one_for(self, request: Request) -> Provider:
        return self._judge if request.purpose == "judge" else self._provider
