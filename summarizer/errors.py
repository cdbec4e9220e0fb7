"""Every error this package raises on purpose, as one tree.

    SummarizerError
    ├── UsageError                  the call itself is wrong: an argument, a setting, a template
    │   ├── SchemaError             a reply schema that cannot be asked for or checked
    │   └── TemplateError           a prompt template that is missing or does not render
    ├── ArticleError                one article cannot be used
    │   ├── Unreadable              missing, binary, undecodable or empty
    │   └── TooLong                 does not fit the model's window
    ├── ProviderError               the model, or the way to it
    │   ├── Refused                 the model declined
    │   ├── Filtered                a content filter stopped the reply
    │   ├── TruncatedOutput         the reply was cut at its length limit
    │   ├── TruncatedInput          the server cut the article without saying so
    │   ├── Unsupported             the server does not know a feature that the request needs
    │   ├── BadRequest              the server refuses the request as it stands
    │   ├── BadResponse             the server's answer is no completion
    │   ├── RateLimited             too many requests; passes
    │   ├── Unavailable             connection, time limit, or a fault of the server; passes
    │   ├── Outage                  nothing has succeeded for a while; stops a run, resumable
    │   ├── Unauthorized            key missing, wrong or not allowed; stops a run
    │   ├── UnknownModel            no such model or address; stops a run
    │   └── QuotaExceeded           the account is out of credit; stops a run
    ├── InvalidReply                no reply satisfied the schema, repairs included
    ├── Ungrounded                  a claim is unsupported and the caller asked for an error
    ├── BudgetReached               the caller's own cap; resumable
    ├── Interrupted                 the run was stopped before the request was sent
    ├── StoreError                  a ledger or an output cannot be kept: disk full, read-only, damaged; stops a run
    │   └── InUse                   another process works on this ledger
    └── CassetteError               recorded completions
        ├── CassetteMiss            nothing recorded for this request
        ├── CassetteDamaged         a recording that cannot be trusted
        └── SecretFound             a recording would hold a secret

An error carries facts as attributes, survives pickling, names its `outcome` (the word a ledger and a
`Failure` use), and its message says what happened, to what, and what to do next. None holds a key, and none more
than 80 characters of an article.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self, get_args

if TYPE_CHECKING:
    from summarizer.records import Rates, Usage

Outcome = Literal[
    "ok",
    "usage",
    "unreadable",
    "too_long",
    "refused",
    "filtered",
    "truncated_output",
    "truncated_input",
    "unsupported",
    "bad_request",
    "bad_response",
    "rate_limited",
    "unavailable",
    "outage",
    "unauthorized",
    "unknown_model",
    "quota",
    "invalid",
    "ungrounded",
    "budget",
    "interrupted",
    "store",
    "miss",
    "damaged",
    "error",
]
OUTCOMES: frozenset[str] = frozenset(get_args(Outcome))


class SummarizerError(Exception):
    """Base of every error of this package.

    Attributes:
        outcome: The word for this error in ledgers and failures.
        passing: Whether the same request may succeed later, so that a retry makes sense.
        stops_run: Whether every other article would end the same way, so that a batch stops.
        usage: What was consumed before the error, when known.
    """

    outcome: ClassVar[Outcome] = "error"
    passing: ClassVar[bool] = False
    stops_run: ClassVar[bool] = False
    usage: Usage | None = None

    @property
    def message(self) -> str:
        """The one line for people."""
        return str(self.args[0]) if self.args else type(self).__name__


class UsageError(SummarizerError):
    """The call is wrong: an argument, an option, a setting."""

    outcome = "usage"
    stops_run = True


class SchemaError(UsageError):
    """A reply schema cannot be asked for, or a value cannot be put into it."""


class TemplateError(UsageError):
    """A prompt template is missing, does not compile, or uses a variable that does not exist."""


class ArticleError(SummarizerError):
    """One article cannot be used; others can.

    Attributes:
        source: The path or name the article came from, for people.
    """

    def __init__(self, message: str, /, *, source: str | None = None) -> None:
        super().__init__(message)
        self.source = source


class Unreadable(ArticleError):
    """The article is missing, binary, undecodable or empty."""

    outcome = "unreadable"


class TooLong(ArticleError):
    """The article does not fit the model's window.

    Attributes:
        tokens: Length of the prompt in the model's tokens, when known.
        window: The model's window in tokens, when known.
    """

    outcome = "too_long"

    def __init__(
        self, message: str, /, *, source: str | None = None, tokens: int | None = None, window: int | None = None
    ) -> None:
        super().__init__(message, source=source)
        self.tokens = tokens
        self.window = window


class ProviderError(SummarizerError):
    """The model, or the way to it, failed.

    Attributes:
        status: HTTP status, when there was one.
        code: The server's own word for the fault (`error.code`), when it gave one.
        retry_after_s: Seconds the server asked to wait, when it said so.
        model: The model as the request named it.
        request_id: The server's id for the request, for its operators.
        rates: What the server told about its limits, when it did.
        starved: Whether it was not tried again only because too many calls were retries already.
    """

    rates: Rates | None = None
    starved: bool = False

    def __init__(
        self,
        message: str,
        /,
        *,
        status: int | None = None,
        code: str | None = None,
        retry_after_s: float | None = None,
        model: str | None = None,
        request_id: str | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.retry_after_s = retry_after_s
        self.model = model
        self.request_id = request_id


class Refused(ProviderError):
    """The model declined to answer; asking again would only cost again."""

    outcome = "refused"


class Filtered(ProviderError):
    """A content filter stopped the prompt or the reply."""

    outcome = "filtered"


class TruncatedOutput(ProviderError):
    """The reply was cut at its length limit.

    Attributes:
        thought: Whether the model had thought so long before it that little was left.
    """

    outcome = "truncated_output"
    thought: bool = False


class TruncatedInput(ProviderError):
    """The server read fewer tokens than were sent, so the summary would rest on part of the article.

    Attributes:
        read: How many it read, when known.
    """

    outcome = "truncated_input"
    read: int | None = None


class Unsupported(ProviderError):
    """The server does not know a feature or a field that the request uses."""

    outcome = "unsupported"


class BadRequest(ProviderError):
    """The server refuses the request as it stands; the same request would be refused again."""

    outcome = "bad_request"


class BadResponse(ProviderError):
    """What came back is no completion: not JSON, no choices, an error page, an unexpected shape.

    Attributes:
        strange: Whether it seems to be of something else than a model's server: a web page, a redirect.
    """

    outcome = "bad_response"
    strange: bool = False

    @classmethod
    def too_large(cls, where: str, most: int) -> Self:
        """Return the error for an answer of more bytes than are allowed."""
        return cls(f"the answer of {where} is larger than {most} bytes: see max_reply_bytes")


class RateLimited(ProviderError):
    """Too many requests or tokens for now."""

    outcome = "rate_limited"
    passing = True


class Unavailable(ProviderError):
    """The connection, the time limit or the server failed in a way that may pass."""

    outcome = "unavailable"
    passing = True


class Outage(ProviderError):
    """Nothing has succeeded for a while, whatever the article; the same run goes on when the server is back."""

    outcome = "outage"
    stops_run = True


class Unauthorized(ProviderError):
    """The key is missing, wrong, or not allowed to do this."""

    outcome = "unauthorized"
    stops_run = True


class UnknownModel(ProviderError):
    """The server knows no such model, or there is no such address."""

    outcome = "unknown_model"
    stops_run = True


class QuotaExceeded(ProviderError):
    """The account has no credit left; waiting does not help."""

    outcome = "quota"
    stops_run = True


class InvalidReply(SummarizerError):
    """No reply satisfied the schema, repairs included.

    Attributes:
        problems: What was wrong with the last reply, one line each.
        reply: The last reply, as the model wrote it.
    """

    outcome = "invalid"

    def __init__(self, message: str, /, *, problems: tuple[str, ...] = (), reply: str | None = None) -> None:
        super().__init__(message)
        self.problems = problems
        self.reply = reply


class Ungrounded(SummarizerError):
    """A claim is unsupported and the caller asked for an error (`on_unsupported="raise"`).

    Attributes:
        result: The whole `Result`, with its checks.
    """

    outcome = "ungrounded"

    def __init__(self, message: str, /, *, result: Any = None) -> None:
        super().__init__(message)
        self.result = result


class BudgetReached(SummarizerError):
    """The caller's own cap leaves no room for the next request.

    Attributes:
        for_now: Whether there may be room later: calls that are in flight mostly take less than was set aside for them.
    """

    outcome = "budget"
    stops_run = True
    for_now: bool = False


class Interrupted(SummarizerError):
    """The run was stopped while the request waited for its turn; nothing was sent."""

    outcome = "interrupted"
    stops_run = True


class StoreError(SummarizerError):
    """What was made cannot be kept: the disk is full, the folder is read-only, a ledger is damaged or newer.

    Attributes:
        path: The file or folder.
    """

    outcome = "store"
    stops_run = True

    def __init__(self, message: str, /, *, path: str | None = None) -> None:
        super().__init__(message)
        self.path = path


class InUse(StoreError):
    """Another process works on this ledger.

    Attributes:
        pid: That process, when known.
    """

    def __init__(self, message: str, /, *, path: str | None = None, pid: int | None = None) -> None:
        super().__init__(message, path=path)
        self.pid = pid


class CassetteError(SummarizerError):
    """A store of recorded completions cannot give what was asked."""

    stops_run = True


class CassetteMiss(CassetteError):
    """No completion is recorded for this request.

    Attributes:
        key: The request's key.
        causes: What is not as it was recorded, the likeliest first: `template`, `schema`, `model`, `article`,
            `parameters`, `reply`, `secret`, `package` or `empty`.
    """

    outcome = "miss"

    def __init__(self, message: str, /, *, key: str | None = None, causes: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.key = key
        self.causes = causes


class CassetteDamaged(CassetteError):
    """A recording is torn, altered, or not one of ours; it is never taken for an absent one.

    Attributes:
        path: The file.
    """

    outcome = "damaged"

    def __init__(self, message: str, /, *, path: str | None = None) -> None:
        super().__init__(message)
        self.path = path


class SecretFound(CassetteError):
    """A recording would hold a secret that cannot be replaced; nothing was written. The message never shows it."""
