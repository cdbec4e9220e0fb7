"""Foreign faults become ours: HTTP statuses, and every exception class of the `openai` package.

The classes are named, not imported: the package takes most of a second to load, and a fault in reaching it must be
translated as well. A test walks the package and fails when it grows a class that is not in the table.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from email.utils import parsedate_to_datetime
from typing import Literal

from summarizer.errors import (
    BadRequest,
    BadResponse,
    Filtered,
    ProviderError,
    QuotaExceeded,
    RateLimited,
    SummarizerError,
    TooLong,
    TruncatedOutput,
    Unauthorized,
    Unavailable,
    UnknownModel,
    Unsupported,
)
from summarizer.providers.address import Address, proxy_of
from summarizer.providers.rates import rates_of
from summarizer.providers.replybody import HttpReply, Said, quoted, said
from summarizer.records import UNKNOWN_USAGE, Request, Usage

# A fault that costs nothing: the server answered with a status of its own, or was never reached.
FREE = Usage(requests=1)


@dataclass(frozen=True, slots=True)
class _Rule:
    """One line of the table: statuses, words that must be among the server's own, what it is, what people are told."""

    statuses: Collection[int]
    words: re.Pattern[str] | None
    kind: type[ProviderError | TooLong]
    says: str


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


_CONTEXT = _any(
    "context.?length|context.?size|context.?window|maximum context|string.above.max",
    "prompt is too long|input is too long|too many tokens|request too large for",
    "exceeds? the (?:maximum|model'?s?) (?:number of |maximum )?(?:input )?tokens",
)
_QUOTA = _any("insufficient.(?:quota|balance|credits?|funds)|billing|exceeded your current quota|out of credit")
# Gemini says of a limit per minute what OpenAI says of an empty account, and then how long to wait; OpenAI points to a
# page about billing when a free account asks too often.
_RATE = _any(
    "rate.?limit.{0,12}(?:reached|exceeded)|(?:requests|tokens) ?(?:per|/)", "(?:try again|retry) (?:in|after) [0-9]"
)
_FILTER = _any("content.?filter|content.?policy|content management|responsible.?ai|data_inspection_failed")
_KEY = _any(
    "(?:invalid|incorrect|missing|valid|no|your).{0,9}api.?key|api.?key.{0,9}(?:invalid|not valid|missing|expired)"
)
_MODEL = _any("model.?not.?found|invalid.?model|unknown model|no such model", r"model \S+ (?:does not exist|not found)")
_FEATURE = _any(
    "response.?format|json.?schema|tool|function.?call|unrecogni[sz]ed|unsupported|not support|extra.?forbidden"
)

_REFUSALS = (400, 422)
_FILTERED = "a content filter at {where} stopped the request for {name}{tail}"
_TOO_MANY = "too many requests for {name} at {where}: wait, or send fewer per minute{tail}"
_LOGIN = "{proxy} wants a user and a password: put them in its URL (http://USER:PASSWORD@HOST:PORT)"
# The first rule that fits decides. {where} is the server, {name} the model, {tail} what the server said.
_RULES = (
    _Rule((400, 413, 422, 429, 500), _CONTEXT, TooLong, "the request does not fit the window of {name}{tail}"),
    _Rule((413,), None, TooLong, "the request is too large for {where}{tail}"),
    _Rule((402,), None, QuotaExceeded, "no credit left at {where}: add credit, then resume{tail}"),
    _Rule((429,), _RATE, RateLimited, _TOO_MANY),
    _Rule((403, 429), _QUOTA, QuotaExceeded, "no credit left at {where}: add credit, then resume{tail}"),
    _Rule((429,), None, RateLimited, _TOO_MANY),
    # OpenRouter, of a model that wants each article looked at first.
    _Rule((403,), _any("requires moderation", "input was flagged"), Filtered, _FILTERED),
    _Rule((401, 403), None, Unauthorized, "{where} refuses the key ({status}): check {key}{tail}"),
    _Rule((400,), _KEY, Unauthorized, "{where} refuses the key ({status}): check {key}{tail}"),
    _Rule((407,), None, Unauthorized, _LOGIN),
    # OpenRouter, when no server behind it can do what was asked.
    _Rule((404,), _any("no endpoints? found that"), Unsupported, "no server at {where} supports the request{tail}"),
    _Rule(
        (404, 405, 410), None, UnknownModel, "no model {name} at {where} ({status}): check its name and the URL{tail}"
    ),
    _Rule((400,), _MODEL, UnknownModel, "no model {name} at {where} ({status}): check its name{tail}"),
    _Rule((408, 409, 425, *range(500, 600)), None, Unavailable, "{where} failed ({status}): try again later{tail}"),
    _Rule(_REFUSALS, _FILTER, Filtered, _FILTERED),
    _Rule(_REFUSALS, _FEATURE, Unsupported, "{name} at {where} does not support what was asked for{tail}"),
    _Rule(range(400, 500), None, BadRequest, "{where} refuses the request for {name} ({status}){tail}"),
    _Rule(range(300, 400), None, BadResponse, "{where} redirects ({status}), which is not followed: use the final URL"),
    _Rule(range(1000), None, BadResponse, "{where} answers with status {status}, which is no completion{tail}"),
)
_WINDOW = re.compile(
    r"(?:maximum context length|context (?:size|length|window)|n_ctx|limit)\D{0,24}([\d,]{3,12})", re.IGNORECASE
)
_TOKENS = re.compile(r"(?:requested|resulted in|messages?|prompt|input|request)\D{0,40}?([\d,]{3,12})", re.IGNORECASE)


# What a server asks for beyond that (1e300 s) is told as that.
_YEAR_S = 365 * 86400.0


def translate_status(reply: HttpReply, request: Request, address: Address) -> SummarizerError:
    """Return the error for an answer whose status says that it is no completion."""
    what = said(reply.body)
    words = address.scrub(quoted(what.message, request))
    rule = next(
        rule
        for rule in _RULES
        if reply.status in rule.statuses and (rule.words is None or rule.words.search(what.everything))
    )
    error = rule.kind(
        rule.says.format(
            where=address.shown,
            name=repr(request.model),
            status=reply.status,
            key=address.key_name,
            proxy=_proxy(address) or f"a proxy before {address.shown}",
            tail=f": {words}" if words else "",
        )
    )
    error.usage = FREE
    if isinstance(error, BadResponse):
        error.strange = True
    if isinstance(error, TooLong):
        error.tokens, error.window = _lengths(what)
    else:
        error.status, error.code, error.model = reply.status, what.code, request.model
        error.request_id = reply.request_id
        if error.passing:
            asked_s = retry_after_s(reply.headers)
            asked_s = told_s(what.message) if asked_s is None else asked_s
            error.retry_after_s = None if asked_s is None else min(asked_s, _YEAR_S)
            error.rates = rates_of(reply.headers, refused=what.everything)
    return error


def _lengths(what: Said) -> tuple[int | None, int | None]:
    """Read how long the prompt was and what fits, as far as the server said."""
    tokens, window = what.values.get("n_prompt_tokens"), what.values.get("n_ctx")
    if window is None and (found := _WINDOW.search(what.message)):
        window = int(found[1].replace(",", ""))
        rest = what.message[found.end() :]
        if tokens is None and (found := _TOKENS.search(rest)):
            tokens = int(found[1].replace(",", ""))
    return tokens, window


def retry_after_s(headers: Mapping[str, str]) -> float | None:
    """Return the seconds a server asks to wait: `retry-after-ms`, `retry-after` in seconds or as an HTTP date."""
    for name, scale in (("retry-after-ms", 1000.0), ("retry-after", 1.0)):
        try:
            seconds = float(headers[name]) / scale
        except (KeyError, ValueError):
            continue
        if math.isfinite(seconds) and seconds >= 0:
            return seconds
    try:
        date = parsedate_to_datetime(headers["retry-after"])
        sent = parsedate_to_datetime(headers["date"]).timestamp() if "date" in headers else time.time()
        return max(0.0, date.timestamp() - sent)
    except (KeyError, ValueError, TypeError, OverflowError):
        return None


_WAIT = re.compile(r"(?:try again|retry)[a-z ]{0,20} (?:in|after) ((?:[0-9.]+ ?(?:ms|h|m|s)[a-z]* ?)+)", re.IGNORECASE)
_LENGTH = re.compile(r"([0-9]+(?:\.[0-9]+)?) ?(ms|h|m|s)", re.IGNORECASE)
_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}


def told_s(message: str) -> float | None:
    """Return the seconds that a server asks to wait in words: `Try again in 6m0s`, `Please retry after 26 seconds`."""
    found = _WAIT.search(message)
    if found is None:
        return None
    seconds = sum(float(number) * _SECONDS[unit.lower()] for number, unit in _LENGTH.findall(found[1]))
    return seconds if math.isfinite(seconds) else None


_NO_CHOICES = re.compile(rb'"choices"\s*:\s*(?:null|\[\s*\])')


def unwrap(reply: HttpReply) -> HttpReply:
    """Return an error that a proxy packed into an answer of success (OpenRouter) as the error it is."""
    if b'"error"' not in reply.body or (b'"choices"' in reply.body and not _NO_CHOICES.search(reply.body)):
        return reply
    code = said(reply.body).code or ""
    return replace(reply, status=int(code)) if re.fullmatch("[45][0-9][0-9]", code) else reply


# How each exception class of openai 3.54 is translated: by the status of the answer it holds, as a broken connection,
# as a time limit, or as one error with this advice. A subclass that is not listed is translated as its parent.
TRANSLATIONS: Mapping[str, Literal["status", "connection", "deadline"] | tuple[type[ProviderError], str]] = {
    "OpenAIError": (BadRequest, "check the settings of the client"),
    "APIError": (BadResponse, "try again later"),
    "APIStatusError": "status",
    "APIConnectionError": "connection",
    "APITimeoutError": "deadline",
    "APIResponseValidationError": (BadResponse, "check the base URL"),
    "AuthenticationError": "status",
    "BadRequestError": "status",
    "ConflictError": "status",
    "InternalServerError": "status",
    "NotFoundError": "status",
    "OAuthError": "status",
    "PermissionDeniedError": "status",
    "RateLimitError": "status",
    "UnprocessableEntityError": "status",
    "LengthFinishReasonError": (TruncatedOutput, "allow more tokens or ask for less"),
    "ContentFilterFinishReasonError": (Filtered, "this article cannot be summarized there"),
    "InvalidWebhookSignatureError": (BadResponse, "check the webhook's secret"),
    "SubjectTokenProviderError": (Unauthorized, "check the workload identity"),
    "WebSocketConnectionClosedError": (Unavailable, "try again later"),
    "WebSocketQueueFullError": (Unavailable, "try again later"),
}


def cleaned(reply: HttpReply, address: Address) -> HttpReply:
    """Return an answer without our secrets, which some servers repeat."""
    told = b"\n".join([*map(str.encode, reply.headers.values()), reply.body])
    if address.cleaned(told) == told:  # nearly always
        return reply
    headers = {name: address.cleaned(value.encode()).decode() for name, value in reply.headers.items()}
    return HttpReply(reply.status, headers, address.cleaned(reply.body))


def reply_of(error: BaseException, address: Address) -> HttpReply | None:
    """Return the answer that an exception of the client library holds, without our secrets."""
    response = getattr(error, "response", None)
    if response is None:
        return None
    headers = {name.lower(): value for name, value in response.headers.items()}
    return cleaned(HttpReply(response.status_code, headers, response.content), address)


def translate(error: BaseException, request: Request, address: Address) -> SummarizerError:
    """Return the error of ours for whatever the client library, or what lies below it, raised."""
    if isinstance(error, SummarizerError):
        return error
    names = [kind.__name__ for kind in type(error).__mro__]
    entry = next((TRANSLATIONS[name] for name in names if name in TRANSLATIONS), _below(error))
    reply = reply_of(error, address)
    if entry == "status" and reply is not None:
        return translate_status(reply, request, address)
    if entry == "deadline":
        return timed_out(request, address)
    if not isinstance(entry, tuple):
        return _disconnected(error, request, address)
    kind, advice = entry
    words = address.scrub(quoted(" ".join(str(error).split()), request)) or type(error).__name__
    return kind(f"{request.model!r} at {address.shown}: {words}; {advice}", model=request.model)


def _below(error: BaseException) -> Literal["connection"] | tuple[type[ProviderError], str]:
    """What is in no table lies below the client: sockets, TLS, the HTTP parser; or nothing could be sent at all."""
    unsent = isinstance(error, (TypeError, ValueError, LookupError)) and not isinstance(error, OSError)
    return (BadRequest, "the request cannot be sent as it is") if unsent else "connection"


def timed_out(request: Request, address: Address, timeout_s: float | None = None) -> Unavailable:
    """Return the error for a request that met its deadline; what it consumed is unknown."""
    limit = "" if timeout_s is None else f" of {timeout_s:g} s"
    words = f"{address.shown} did not finish within the time limit{limit}: try again, or allow more time"
    error = Unavailable(words, model=request.model)
    error.usage = UNKNOWN_USAGE
    return error


def _disconnected(error: BaseException, request: Request, address: Address) -> ProviderError:
    cause = error.__cause__ or error
    reason = address.scrub(_innermost(cause))
    unsent = {type(item).__name__ for item in _chain(error)} & {"ConnectError", "ProxyError"}
    proxy = _proxy(address)
    mine: ProviderError
    if proxy and reason.startswith("407 "):
        mine = Unauthorized(_LOGIN.format(proxy=proxy), status=407, model=request.model)
    else:
        through = f" through {proxy}" if proxy else ""
        words = f"the connection to {address.shown}{through} failed: {reason}; {_hint(reason)}"
        mine = Unavailable(words, model=request.model)
    mine.usage = FREE if unsent else UNKNOWN_USAGE
    return mine


def _proxy(address: Address) -> str:
    """Name the proxy that leads to a server, by its variable; nothing where none does."""
    proxy = proxy_of(address)
    return f"the proxy that {proxy[1]} names" if proxy else ""


def _innermost(error: BaseException) -> str:
    """The first words in a chain of causes, innermost first: `[Errno -2] Name or service not known`."""
    words = (" ".join(str(item).split())[:120] for item in reversed(_chain(error)))
    return next((text for text in words if text), type(error).__name__)


def _chain(error: BaseException) -> list[BaseException]:
    """An error and what led to it, outermost first."""
    chain: list[BaseException] = []
    at: BaseException | None = error
    while at is not None and at not in chain:
        chain.append(at)
        at = at.__cause__ or at.__context__
    return chain


def _hint(reason: str) -> str:
    if "CERTIFICATE" in reason.upper():
        return "the system trusts no authority for it: install ca-certificates or set SSL_CERT_FILE"
    if "No such file" in reason:  # the only files that connecting reads
        return "SSL_CERT_FILE or SSL_CERT_DIR leads nowhere: let it name certificates, or unset it"
    if "Name or service" in reason or "getaddrinfo" in reason or "name resolution" in reason:
        return "check the host name and the network"
    if "refused" in reason or "Connect call failed" in reason or "attempts failed" in reason:
        return "check that the server is running and the port is right"
    return "try again later"
