"""What every wrapper has in common: it knows what the provider within knows, and closes it."""

from __future__ import annotations

from summarizer.records import ModelInfo, Provider


class Wrapper(Provider):
    """Goes around another provider; whoever derives from it says what becomes of a request.

    Args:
        provider: The provider to ask.
    """

    def __init__(self, provider: Provider) -> None:
        self._provider = provider

    @property
    def info(self) -> ModelInfo | None:
        """What is known about the model."""
        return info_of(self._provider)

    def close(self) -> None:
        """Close the provider."""
        close(self._provider)

    async def aclose(self) -> None:
        """Close the provider."""
        await aclose(self._provider)


def info_of(provider: Provider | None) -> ModelInfo | None:
    """Return what a provider knows about its model, if it says so."""
    found = getattr(provider, "info", None)
    return found if isinstance(found, ModelInfo) else None


def close(provider: Provider | None) -> None:
    """Close a provider that can be closed."""
    found = getattr(provider, "close", None)
    if found is not None:
        found()


async def aclose(provider: Provider | None) -> None:
    """Close a provider that can be closed, without blocking the event loop."""
    found = getattr(provider, "aclose", None)
    if found is not None:
        await found()
