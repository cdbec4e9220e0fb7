"""The nouns of the flow: plain, immutable values that one stage makes and the next one reads.

Positions are code points of the article's text exactly as decoded; spans are half-open. Identity is content: an id or a
key is the SHA-256 of what it names, never a counter or a time.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from decimal import Decimal
from typing import Any, Generic, Literal, Protocol, cast, runtime_checkable

from pydantic import BaseModel, ValidationError
from typing_extensions import TypeVar

from summarizer.errors import Outcome, SchemaError
from summarizer.schema import ReplyFormat, Summary

S = TypeVar("S", bound=BaseModel, default=Summary)

RESULT_FORMAT = "summarizer.result/1"

Verdict = Literal["supported", "unsupported"]
Origin = Literal["model", "repair", "extract"]
FindingKind = Literal[
    "cite", "number", "date", "name", "negation", "hedge", "attribution", "quote", "overlap", "language", "entailment"
]


def digest(text: str) -> str:
    """SHA-256 of a text in UTF-8, in hex; lone surrogates count too."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def canonical_json(values: Any) -> str:
    """Return JSON values as the one text that stands for them, whatever the order of their fields.

    Raises:
        ValueError: A number that JSON does not have (NaN, infinity).
    """
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def key_of(canonical: Mapping[str, Any]) -> str:
    """Return the key of a request in its canonical form: SHA-256 of the version of this scheme and the JSON."""
    return digest("summarizer.request/1\n" + canonical_json(canonical))


# ------------------------------------------------------------------------------------------------------------ articles


@dataclass(frozen=True, slots=True)
class Article:
    """A text to summarize, exactly as given.

    Attributes:
        text: The text, never stripped or normalized.
        source: Where it came from (a path, a name), for people; None for a text given as such.
        language: ISO 639-1 code, or None when unknown.
    """

    text: str
    source: str | None = None
    language: str | None = None
    id: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "id", digest(self.text))


@dataclass(frozen=True, slots=True)
class Span:
    """A half-open range [start, end) of code points of an article's text."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"a span needs 0 <= start <= end, not [{self.start}, {self.end})")

    def of(self, text: str) -> str:
        """Return what the span covers in a text."""
        return text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Unit:
    """A numbered sentence of the article: what a model cites.

    Attributes:
        number: Counts from 1 through the whole article.
        span: Where the sentence stands, without the white space around it.
        text: Exactly `article.text[span.start:span.end]`; may hold line breaks.
        paragraph: Counts from 1; units of one paragraph share it.
    """

    number: int
    span: Span
    text: str
    paragraph: int = 1


@dataclass(frozen=True, slots=True)
class Chunk:
    """A contiguous run of units that goes into one prompt.

    Attributes:
        span: From the end of the chunk before to the end of this one: chunks joined are the article.
        tokens: Length of the units as the prompt shows them.
    """

    units: tuple[Unit, ...]
    span: Span
    tokens: int


@dataclass(frozen=True, slots=True)
class Plan:
    """How an article is cut.

    Attributes:
        units: Every sentence of the article; between them stands only white space.
        chunks: At least one; one means the whole article goes into one prompt.
        exact: Whether token counts are the model's own; otherwise they are a calibrated estimate.
    """

    article: Article
    units: tuple[Unit, ...]
    chunks: tuple[Chunk, ...]
    exact: bool

    @property
    def tokens(self) -> int:
        """Length of the article as the prompts show it."""
        return sum(chunk.tokens for chunk in self.chunks)

    @property
    def kind(self) -> Literal["single", "map/reduce"]:
        """How the plan is carried out."""
        return "single" if len(self.chunks) == 1 else "map/reduce"


# ----------------------------------------------------------------------------------------------- requests, completions


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of a conversation."""

    role: Literal["system", "user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Request:
    """All that decides a reply.

    Attributes:
        model: The model's name as its door knows it (`gpt-5-mini`, not `openai:gpt-5-mini`).
        messages: The conversation, static instructions first.
        format: The shape the reply must have; None for plain text.
        max_output_tokens: Cap on the reply, reasoning not counted.
        temperature: None leaves it to the server.
        sample: Which of several draws of the same question this is.
        units: The numbered sentences that the messages show, for doors that pick sentences and read no prompt.
        max_words: The length the messages ask for, for the same doors.
        purpose: What the request is for, for people, logs, provenance and the choice of the judge; no model sees it.
        provenance: Where the messages come from (article, preset, templates, schema), for recordings; decides nothing.
    """

    model: str
    messages: tuple[Message, ...]
    format: ReplyFormat | None = None
    max_output_tokens: int | None = None
    temperature: float | None = None
    sample: int = 0
    units: tuple[Unit, ...] = field(default=(), repr=False)
    max_words: int | None = None
    purpose: str = "summary"
    provenance: Mapping[str, str] = field(default_factory=dict, repr=False)

    def canonical(self) -> dict[str, Any]:
        """The request as JSON values: what its key is made of and what a recording stores."""
        return {
            "model": self.model,
            "messages": [{"role": message.role, "content": message.content} for message in self.messages],
            "format": None if self.format is None else _canonical_format(self.format),
            "max_output_tokens": self.max_output_tokens,
            "temperature": self.temperature,
            "sample": self.sample,
            "max_words": self.max_words,
        }

    @property
    def key(self) -> str:
        """SHA-256 of the canonical JSON."""
        return key_of(self.canonical())


def _canonical_format(form: ReplyFormat) -> dict[str, Any]:
    """The schema in full, for people; of the part of it that some servers are sent, its hash: it says nothing new."""
    return {"name": form.name, "schema": dict(form.schema), "strict": digest(canonical_json(dict(form.strict)))}


_Amount = TypeVar("_Amount", int, Decimal)


def _add(one: _Amount | None, other: _Amount | None) -> _Amount | None:
    return None if one is None or other is None else one + other


@dataclass(frozen=True, slots=True)
class Usage:
    """What was consumed. `None` is unknown, and a sum with an unknown is unknown.

    Attributes:
        requests: Attempts sent, failed ones included.
        input_tokens: Tokens read, cached ones included.
        cached_tokens: Input tokens that the provider had cached.
        output_tokens: Tokens written, reasoning included.
        reasoning_tokens: Output tokens spent on reasoning.
        cost_usd: Dollars.
    """

    requests: int = 0
    input_tokens: int | None = 0
    cached_tokens: int | None = 0
    output_tokens: int | None = 0
    reasoning_tokens: int | None = 0
    cost_usd: Decimal | None = Decimal(0)

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.requests + other.requests,
            _add(self.input_tokens, other.input_tokens),
            _add(self.cached_tokens, other.cached_tokens),
            _add(self.output_tokens, other.output_tokens),
            _add(self.reasoning_tokens, other.reasoning_tokens),
            _add(self.cost_usd, other.cost_usd),
        )

    def to_dict(self) -> dict[str, Any]:
        """JSON values; the cost as a decimal string."""
        values = {item.name: getattr(self, item.name) for item in fields(self)}
        return {**values, "cost_usd": None if self.cost_usd is None else str(self.cost_usd)}

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Usage:
        """The inverse of `to_dict`; fields that are not there are unknown."""
        cost = values.get("cost_usd")
        return cls(
            values.get("requests") or 0,
            values.get("input_tokens"),
            values.get("cached_tokens"),
            values.get("output_tokens"),
            values.get("reasoning_tokens"),
            None if cost is None else Decimal(cost),
        )


@dataclass(frozen=True, slots=True)
class Completion:
    """What came back for a request.

    Attributes:
        text: The reply, exactly as the model wrote it.
        model: The model that answered, as the server names it.
        finish_reason: The server's word for why the reply ended.
        usage: What this completion consumed, the attempts before it included.
        warnings: What the door wants people to know about this reply.
    """

    text: str
    model: str
    finish_reason: str = "stop"
    usage: Usage = Usage(1, None, None, None, None, None)
    warnings: tuple[str, ...] = ()


@runtime_checkable
class Provider(Protocol):
    """Turns a request into a completion; a door reaches a model, a wrapper goes around another provider.

    Both methods raise `ProviderError` (or another `SummarizerError`), are safe to call from several threads or tasks at
    once, and give the same reply for the same request as far as the model does.

    A provider may also have `info` (a `ModelInfo`), `close()` and `aclose()`, `most(usage)` (a worst case with its
    price), and `free = True` (it calls nobody, so recording it needs no cap); they are used when present.
    """

    def complete(self, request: Request, /) -> Completion:
        """Return the completion of a request."""
        ...

    async def acomplete(self, request: Request, /) -> Completion:
        """Return the completion of a request without blocking the event loop."""
        ...


@dataclass(frozen=True, slots=True)
class ModelInfo:
    """What is known about a model before asking it anything.

    Attributes:
        label: The model as a user names it (`openai:gpt-5-mini`).
        name: The model as its door names it.
        window: Tokens that prompt and reply share; None when unknown.
        writes: False for a door that only picks sentences: nothing it says can be repaired by asking again.
        find_window: Looks up the window where that takes a while (0.3 s, to load a list); None when there is no way.
    """

    label: str
    name: str
    window: int | None = None
    writes: bool = True
    find_window: Callable[[], int | None] | None = field(default=None, repr=False, compare=False)

    def with_window(self) -> ModelInfo:
        """Return this with its window looked up if need be."""
        if self.window is not None or self.find_window is None:
            return self
        return replace(self, window=self.find_window(), find_window=None)


@dataclass(frozen=True, slots=True)
class Limits:
    """What is allowed per minute, per request and per article.

    Attributes:
        requests_per_minute: None for no limit of ours.
        tokens_per_minute: None for no limit of ours.
        timeout_s: Total deadline of one request, from connecting to the last byte; None leaves it to the door (120 s
            over HTTP, 900 s for a model on this machine).
        max_attempts: The same request at most this many times after passing faults.
        max_repairs: Rounds in which a bad reply goes back with its problems.
        max_reply_bytes: A reply with a larger body is refused before it fills the memory.
    """

    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    timeout_s: float | None = None
    max_attempts: int = 4
    max_repairs: int = 2
    max_reply_bytes: int = 4 << 20

    def within(self, timeout_s: float) -> Limits:
        """Return these limits, with this deadline where they name none."""
        return self if self.timeout_s is not None else replace(self, timeout_s=timeout_s)

    def __post_init__(self) -> None:
        for name, least in (("timeout_s", 0.001), ("max_attempts", 1), ("max_repairs", 0), ("max_reply_bytes", 1)):
            value = getattr(self, name)
            if value is not None and not value >= least:
                raise ValueError(f"{name} must be at least {least}, not {value!r}")
        for name in ("requests_per_minute", "tokens_per_minute"):
            value = getattr(self, name)
            if value is not None and not value >= 1:
                raise ValueError(f"{name} must be at least 1 or None, not {value!r}")


@dataclass(frozen=True, slots=True)
class Budget:
    """What is allowed in total; None is no cap."""

    max_cost_usd: Decimal | None = None
    max_requests: int | None = None
    max_tokens: int | None = None


# ------------------------------------------------------------------------------------------------------------- results


@dataclass(frozen=True, slots=True)
class Evidence:
    """A unit that a claim rests on.

    Attributes:
        unit: Its number.
        span: Where it stands in the article.
        text: Exactly `article.text[span.start:span.end]`.
    """

    unit: int
    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason to doubt a claim.

    Attributes:
        kind: What is doubted.
        detail: What the claim says, what the evidence says, in one line.
    """

    kind: FindingKind
    detail: str


@dataclass(frozen=True, slots=True)
class Check:
    """Our look at one claim.

    Attributes:
        path: JSON pointer of the claim in the summary.
        verdict: `supported` unless a finding says otherwise.
        evidence: The units the claim rests on, in the order of the article.
        findings: Every reason to doubt it; empty when supported.
        risk: In [0, 1]; orders claims by how likely they are wrong, also among the supported ones.
        origin: Who wrote the claim: the model, the model on a second try, or nobody (a sentence of the article itself).
        rejected: The model's sentence that this one replaced, or None.
        corrected: The units the model had cited, when others were found to say it; None when its own hold.
    """

    path: str
    verdict: Verdict
    evidence: tuple[Evidence, ...] = ()
    findings: tuple[Finding, ...] = ()
    risk: float = 0.0
    origin: Origin = "model"
    rejected: str | None = None
    corrected: tuple[int, ...] | None = None

    @property
    def supported(self) -> bool:
        """Whether the evidence says what the claim says, as far as the checks see."""
        return self.verdict == "supported"

    def to_dict(self) -> dict[str, Any]:
        """JSON values of the result format."""
        return {
            "path": self.path,
            "verdict": self.verdict,
            "evidence": [
                {"unit": item.unit, "span": {"start": item.span.start, "end": item.span.end}, "text": item.text}
                for item in self.evidence
            ],
            "findings": [{"kind": item.kind, "detail": item.detail} for item in self.findings],
            "risk": self.risk,
            "origin": self.origin,
            "rejected": self.rejected,
            "corrected": None if self.corrected is None else list(self.corrected),
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Check:
        """The inverse of `to_dict`."""
        corrected = values.get("corrected")
        return cls(
            path=values["path"],
            verdict=values["verdict"],
            evidence=tuple(
                Evidence(item["unit"], Span(item["span"]["start"], item["span"]["end"]), item["text"])
                for item in values["evidence"]
            ),
            findings=tuple(Finding(item["kind"], item["detail"]) for item in values["findings"]),
            risk=values.get("risk", 0.0),
            origin=values.get("origin", "model"),
            rejected=values.get("rejected"),
            corrected=None if corrected is None else tuple(corrected),
        )


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of the article the summary rests on.

    Attributes:
        units: Number of units of the article.
        cited: Numbers of the units that some claim rests on.
        partial: Units that no model read, because the call for their chunk failed.
    """

    units: int
    cited: tuple[int, ...]
    partial: tuple[int, ...] = ()

    @property
    def share(self) -> float:
        """Cited units over all units, in [0, 1]."""
        return len(self.cited) / self.units if self.units else 0.0

    def to_dict(self) -> dict[str, Any]:
        """JSON values of the result format."""
        return {"units": self.units, "cited": list(self.cited), "partial": list(self.partial)}


@dataclass(frozen=True, slots=True)
class Result(Generic[S]):
    """A summary and all we found out about it; `summary` is the model's voice, everything else is ours.

    Attributes:
        article_id: SHA-256 of the article's text.
        source: Where the article came from, for people.
        language: Language of the summary (ISO 639-1), or None when unknown.
        model: What wrote the summary, as a user names it.
        summary: The schema instance.
        checks: One for each claim, in the order of the schema's fields.
        unchecked: JSON pointers of the values that are in no claim, so that nothing checked them.
        warnings: What people should know, one line each.
        coverage: Which units the summary rests on.
        usage: What all requests for this result consumed.
    """

    article_id: str
    source: str | None
    language: str | None
    model: str
    summary: S
    checks: tuple[Check, ...]
    unchecked: tuple[str, ...]
    warnings: tuple[str, ...]
    coverage: Coverage
    usage: Usage

    @property
    def grounded(self) -> bool:
        """Whether every claim is supported."""
        return all(check.supported for check in self.checks)

    def to_dict(self) -> dict[str, Any]:
        """JSON values in the format `summarizer.result/1`."""
        return {
            "format": RESULT_FORMAT,
            "article_id": self.article_id,
            "source": self.source,
            "language": self.language,
            "model": self.model,
            "summary": self.summary.model_dump(mode="json"),
            "checks": [check.to_dict() for check in self.checks],
            "unchecked": list(self.unchecked),
            "warnings": list(self.warnings),
            "coverage": self.coverage.to_dict(),
            "usage": self.usage.to_dict(),
            "grounded": self.grounded,
        }

    def to_json(self) -> str:
        """One line of JSON in the format `summarizer.result/1`."""
        return json.dumps(self.to_dict(), ensure_ascii=False, allow_nan=False, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str | bytes, /, *, schema: type[BaseModel] = Summary) -> Result[S]:
        """Read a result back.

        Args:
            text: What `to_json` wrote, by this version or an older one.
            schema: The class of the summary.

        Raises:
            SchemaError: The text is no result, is of a newer format, or its summary is not of this schema.
        """
        try:
            values = json.loads(text)
            found = values["format"]
            if found != RESULT_FORMAT:
                raise SchemaError(f"a result of format {found!r}; this version reads {RESULT_FORMAT!r}")
            coverage = values["coverage"]
            return cls(
                article_id=values["article_id"],
                source=values["source"],
                language=values["language"],
                model=values["model"],
                summary=cast("S", schema.model_validate(values["summary"])),
                checks=tuple(Check.from_dict(item) for item in values["checks"]),
                unchecked=tuple(values["unchecked"]),
                warnings=tuple(values["warnings"]),
                coverage=Coverage(coverage["units"], tuple(coverage["cited"]), tuple(coverage["partial"])),
                usage=Usage.from_dict(values["usage"]),
            )
        except ValidationError as error:
            raise SchemaError(
                f"the summary does not fit schema {schema.__name__!r}: {error.errors()[0]['msg']}"
            ) from error
        except (ValueError, KeyError, TypeError) as error:
            raise SchemaError(f"this is no result of summarizer: {type(error).__name__}: {error}"[:200]) from error


@dataclass(frozen=True, slots=True)
class Failure:
    """One article that did not become a result.

    Attributes:
        outcome: The word for it, out of a closed set.
        detail: What happened and what to do, one line.
        usage: What was consumed all the same.
    """

    article_id: str | None
    source: str | None
    outcome: Outcome
    detail: str
    usage: Usage = Usage()
