"""Stage 7: a result becomes text, Markdown, HTML or JSON.

What comes from an article or a model is shown and never obeyed: it can neither move a cursor nor become a link.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from summarizer.records import Result
from summarizer.render.html import html
from summarizer.render.json import json, jsonl
from summarizer.render.markdown import markdown
from summarizer.render.page import Page, page
from summarizer.render.text import WIDTH, text

FORMATS: Mapping[str, Callable[[Result[Any]], str]] = MappingProxyType(
    {"text": text, "markdown": markdown, "json": json, "jsonl": jsonl}
)

__all__ = ["FORMATS", "WIDTH", "Page", "html", "json", "jsonl", "markdown", "page", "text"]
