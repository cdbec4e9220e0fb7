"""The nouns of the flow: plain, immutable values that one stage makes and the next one reads.

Positions are code points of the article's text exactly as decoded; spans are half-open. Identity is content: an id or a
key is the SHA-256 of what it names, never a counter or a time.
"""

from __future__ import annotations

from summarizer.records.articles import MANY_UNITS, SPACES, Article, Chunk, Heading, Plan, Span, Unit, digest, numbered
from summarizer.records.requests import (
    UNKNOWN_USAGE,
    Budget,
    Completion,
    Limits,
    Message,
    ModelInfo,
    Provider,
    Rate,
    Rates,
    Request,
    Usage,
    canonical_json,
    dollars,
    key_of,
)
from summarizer.records.results import (
    MADE_ELSEWHERE,
    RESULT_FORMAT,
    Check,
    Coverage,
    Evidence,
    Failure,
    Finding,
    FindingKind,
    Origin,
    Part,
    Result,
    Step,
    Verdict,
)

__all__ = [
    "MADE_ELSEWHERE",
    "MANY_UNITS",
    "RESULT_FORMAT",
    "SPACES",
    "UNKNOWN_USAGE",
    "Article",
    "Budget",
    "Check",
    "Chunk",
    "Completion",
    "Coverage",
    "Evidence",
    "Failure",
    "Finding",
    "FindingKind",
    "Heading",
    "Limits",
    "Message",
    "ModelInfo",
    "Origin",
    "Part",
    "Plan",
    "Provider",
    "Rate",
    "Rates",
    "Request",
    "Result",
    "Span",
    "Step",
    "Unit",
    "Usage",
    "Verdict",
    "canonical_json",
    "digest",
    "dollars",
    "key_of",
    "numbered",
]
