"""Nouns of what is asked of a model, what comes back, and what is allowed."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal, InvalidOperation
from typing import Any, Literal, Protocol, TypeVar, runtime_checkable

from summarizer.errors import UsageError
from summarizer.records.articles import Unit, digest
from summarizer.records.quick import quick
from summarizer.shape import ReplyFormat


def canonical_json(values: Any) -> str:
    """Return JSON values as the one text that stands for them, whatever the order of their fields.

    Raises:
        ValueError: A number that JSON does not have (NaN, infinity).
    """
    return json.dumps(values, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)


def key_of(canonical: Mapping[str, Any]) -> str:
    """Return the key of a request in its canonical form: SHA-256 of the version of this scheme and the JSON."""
    return digest("summarizer.request/1\n" + canonical_json(canonical))


@quick
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
        sentences: The number of sentences the messages ask for, for the same doors; None for any.
        purpose: What the request is for, for people, logs, provenance and the choice of the judge; no model sees it.
        provenance: Where the messages come from (article, preset, templates, schema), for recordings; decides nothing.
        anew: Whether the model itself is to be asked, whatever a cache keeps.
    """

    model: str
    messages: tuple[Message, ...]
    format: ReplyFormat | None = None
    max_output_tokens: int | None = None
    temperature: float | None = None
    sample: int = 0
    units: tuple[Unit, ...] = field(default=(), repr=False)
    max_words: int | None = None
    sentences: int | None = None
    purpose: str = "summary"
    provenance: Mapping[str, str] = field(default_factory=dict, repr=False)
    anew: bool = field(default=False, repr=False, compare=False)

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
            # Left out where it is not asked for: recordings that are older than this field keep their keys.
            **({} if self.sentences is None else {"sentences": self.sentences}),
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


@quick
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
        if not isinstance(other, Usage):
            return NotImplemented
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
        return {
            "requests": self.requests,
            "input_tokens": self.input_tokens,
            "cached_tokens": self.cached_tokens,
            "output_tokens": self.output_tokens,
            "reasoning_tokens": self.reasoning_tokens,
            "cost_usd": None if self.cost_usd is None else str(self.cost_usd),
        }

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


# What one attempt took of which nobody tells.
UNKNOWN_USAGE = Usage(1, None, None, None, None, None)


@dataclass(frozen=True, slots=True)
class Rate:
    """One limit of a server, as it told with an answer.

    Attributes:
        limit: What it allows in a period, for most servers a minute.
        remaining: How much of that is left.
        reset_s: Seconds until all of it is there again; None when it did not say.
    """

    limit: int
    remaining: int
    reset_s: float | None = None


@dataclass(frozen=True, slots=True)
class Rates:
    """What a server told about its limits; None is not told.

    Attributes:
        requests: The limit on requests.
        tokens: The limit on tokens, read and written.
        ran_out: Which of the two it refused a request for.
    """

    requests: Rate | None = None
    tokens: Rate | None = None
    ran_out: Literal["requests", "tokens"] | None = None


@quick
@dataclass(frozen=True, slots=True)
class Completion:
    """What came back for a request.

    Attributes:
        text: The reply, exactly as the model wrote it.
        model: The model that answered, as the server names it.
        finish_reason: The server's word for why the reply ended.
        usage: What this completion consumed, the attempts before it included.
        warnings: What the door wants people to know about this reply.
        rates: What the server told about its limits; no part of the reply, so it is neither compared nor recorded.
        kept: Whether it comes out of a cache.
    """

    text: str
    model: str
    finish_reason: str = "stop"
    usage: Usage = UNKNOWN_USAGE
    warnings: tuple[str, ...] = ()
    rates: Rates | None = field(default=None, repr=False, compare=False)
    kept: bool = field(default=False, repr=False, compare=False)


@runtime_checkable
class Provider(Protocol):
    """Turns a request into a completion; a door reaches a model, a wrapper goes around another provider.

    Both methods return a `Completion` or raise `ProviderError` (or another `SummarizerError`); they are safe to call
    from several threads or tasks at once, and give the same reply for the same request as far as the model does.

    A provider may also have `info` (a `ModelInfo`), `close()` and `aclose()`, `most(usage)` (a worst case with its
    price), `free = True` (it calls nobody, so recording it needs no cap), and `reads_units = False` (it reads messages
    alone, so a batch need not carry units to it); they are used when present.
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
        find_window: Looks up the window and says where it stands, for people, where that takes a while (0.3 s, to load
            a list; a question to a server); None when there is no way.
        window_from: Where the window is from, for people.
    """

    label: str
    name: str
    window: int | None = None
    writes: bool = True
    find_window: Callable[[], tuple[int, str] | None] | None = field(default=None, repr=False, compare=False)
    window_from: str = field(default="", repr=False, compare=False)

    def with_window(self) -> ModelInfo:
        """Return this with its window looked up if need be."""
        if self.window is not None or self.find_window is None:
            return self
        window, source = self.find_window() or (None, "")
        return replace(self, window=window, window_from=source, find_window=None)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


@dataclass(frozen=True, slots=True)
class Limits:
    """What is allowed per minute, per request and per article.

    Attributes:
        requests_per_minute: None for no limit of ours.
        tokens_per_minute: None for no limit of ours.
        timeout_s: Total deadline of one request, from connecting to the last byte; None leaves it to the door (120 s
            over HTTP, 900 s for a `local:` model). A provider of one's own is held to it in `acomplete` only.
        max_attempts: The same request at most this many times after passing faults.
        max_repairs: Rounds in which a bad reply goes back with its problems.
        max_reply_bytes: A reply with a larger body is refused before it fills the memory; while one is read, it takes
            up to twelve times as much.

    Raises:
        UsageError: A limit that is no number, or too low.
    """

    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    timeout_s: float | None = None
    max_attempts: int = 4
    max_repairs: int = 2
    max_reply_bytes: int = 2 << 20

    def within(self, timeout_s: float) -> Limits:
        """Return these limits, with this deadline where they name none."""
        return self if self.timeout_s is not None else replace(self, timeout_s=timeout_s)

    def __post_init__(self) -> None:
        for name, least in (("max_attempts", 1), ("max_repairs", 0), ("max_reply_bytes", 1)):
            value = getattr(self, name)
            if type(value) is not int or value < least:
                raise UsageError(f"{name} must be a whole number of at least {least}, not {value!r:.60}")
        for name, lowest in (("timeout_s", 0.001), ("requests_per_minute", 1.0), ("tokens_per_minute", 1.0)):
            value = getattr(self, name)
            if value is not None and not (_is_number(value) and value >= lowest):
                raise UsageError(f"{name} must be a number of at least {lowest:g} or None, not {value!r:.60}")


def dollars(said: str, /) -> Decimal:
    """Read an amount as people write it: `5`, `0.05`, `$5`.

    Raises:
        ValueError: It is none, or below 0.
    """
    try:
        amount = Decimal(said.removeprefix("$"))
    except InvalidOperation:
        amount = Decimal("NaN")
    if not (amount.is_finite() and amount >= 0):
        raise ValueError(f"{said!r} is no amount in dollars")
    return amount


@dataclass(frozen=True, slots=True)
class Budget:
    """What is allowed in total; None is no cap.

    Args:
        max_cost_usd: Dollars, as any number: 0.1 is a tenth, not the nearest binary fraction.
        max_requests: Attempts, failed ones included.
        max_tokens: Tokens read and written.

    Raises:
        UsageError: A cap that is no number, or below 0.
    """

    max_cost_usd: Decimal | None
    max_requests: int | None
    max_tokens: int | None

    def __init__(
        self,
        max_cost_usd: Decimal | float | None = None,
        max_requests: int | None = None,
        max_tokens: int | None = None,
    ) -> None:
        dollars = Decimal(str(max_cost_usd)) if _is_number(max_cost_usd) else max_cost_usd
        if not (dollars is None or (isinstance(dollars, Decimal) and dollars.is_finite() and dollars >= 0)):
            raise UsageError(f"max_cost_usd must be a number of at least 0 or None, not {max_cost_usd!r:.60}")
        object.__setattr__(self, "max_cost_usd", dollars)
        for name, value in (("max_requests", max_requests), ("max_tokens", max_tokens)):
            if value is not None and (type(value) is not int or value < 0):
                raise UsageError(f"{name} must be a whole number of at least 0 or None, not {value!r:.60}")
            object.__setattr__(self, name, value)

    @property
    def is_capped(self) -> bool:
        """Whether anything is capped."""
        return self.max_cost_usd is not None or self.max_requests is not None or self.max_tokens is not None
