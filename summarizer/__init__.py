"""Summaries you can trust.

Every sentence of a summary names the sentences of the article it rests on, and code checks that they say it.

    import summarizer

    result = summarizer.summarize("OpenAI envisage de lever 100 milliards de dollars...", model="openai:gpt-5-mini")
    result.summary.text, result.grounded
"""

from __future__ import annotations

from importlib import import_module

# Not that of `typing`, which takes most of the time until the command hears Ctrl-C.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from summarizer import errors as errors
    from summarizer import records as records
    from summarizer import render as render
    from summarizer import schema as schema
    from summarizer.api import Summarizer, asummarize, summarize
    from summarizer.errors import SummarizerError
    from summarizer.providers.cassette import Cassette
    from summarizer.providers.scripted import ScriptedProvider
    from summarizer.records import (
        Article,
        Budget,
        Check,
        Completion,
        Evidence,
        Failure,
        Finding,
        Limits,
        Provider,
        Request,
        Result,
        Span,
        Usage,
    )
    from summarizer.schema import Claim, Summary

__version__ = "0.1.0"

__all__ = [
    "Article",
    "Budget",
    "Cassette",
    "Check",
    "Claim",
    "Completion",
    "Evidence",
    "Failure",
    "Finding",
    "Limits",
    "Provider",
    "Request",
    "Result",
    "ScriptedProvider",
    "Span",
    "Summarizer",
    "SummarizerError",
    "Summary",
    "Usage",
    "asummarize",
    "summarize",
]

_HOMES = {
    "summarizer.api": ("Summarizer", "asummarize", "summarize"),
    "summarizer.errors": ("SummarizerError",),
    "summarizer.providers.cassette": ("Cassette",),
    "summarizer.providers.scripted": ("ScriptedProvider",),
    "summarizer.schema": ("Claim", "Summary"),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}
# What the documentation names, and `import summarizer` alone reaches: what is in them is imported with them.
_MODULES = ("errors", "records", "render", "schema")


def __getattr__(name: str) -> Any:
    """Import a public name or module when it is first used: most programs need few of them."""
    if name in _MODULES:
        return import_module(f"{__name__}.{name}")
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(_HOME.get(name, "summarizer.records")), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, *_MODULES})
