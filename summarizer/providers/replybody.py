"""A server's answer, read from its raw bytes, becomes a completion or an error that says what is wrong with it.

Nothing is built before the bytes are known to be one JSON object that means one thing: UTF-8, no key twice, no NaN, no
half characters, no absurd depth. The client library would take the last of two keys, "1" for 1, and any of two choices.
"""

from __future__ import annotations

import codecs
import json
import re
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any, NoReturn, TypeAlias

from jiter import from_json

from summarizer.errors import (
    BadResponse,
    Filtered,
    ProviderError,
    QuotaExceeded,
    RateLimited,
    Refused,
    TruncatedOutput,
    Unavailable,
)
from summarizer.providers.counts import misplaced, read_usage, thought_much
from summarizer.providers.rates import rates_of
from summarizer.records import Completion, Request, Usage
from summarizer.surrogates import find_surrogates

# Dollars for a usage, by the model that answered and the tier of service it was answered in.
Price: TypeAlias = Callable[[Usage, str, str | None], Decimal | None]
# The reply in an answer and the server's word for why it ended.
Find: TypeAlias = "Callable[[Mapping[str, Any], Request], tuple[str, str]]"

_MAX_DEPTH = 64
# An answer of three bytes a value swells to 64 and more for each in memory, and takes seconds to read: 4 MiB of empty
# lists were 190 MiB and 18 s. The longest summaries have some thousands of commas and brackets.
_MAX_VALUES = 100_000

# Words for an end that the model chose, as servers write them, lower case.
_ENDED = frozenset({"stop", "tool_calls", "function_call", "eos", "eos_token", "end_turn", "stop_sequence"})
_ENDED |= {"complete", "completed"}
_CUT = frozenset({"length", "max_tokens", "max_output_tokens", "model_length"})
_FILTERED = frozenset(
    {"content_filter", "safety", "recitation", "blocklist", "prohibited_content", "spii", "sensitive"}
)
# Words for an end of the server's: OpenRouter and Mistral, vLLM and SGLang, DeepSeek, Zhipu.
_BROKEN = frozenset({"error", "abort", "aborted", "insufficient_system_resource", "network_error"})
# What the server's own code makes of such an end; by any other it may pass.
_BROKEN_BY: Mapping[str, type[ProviderError]] = {"402": QuotaExceeded, "403": Filtered, "429": RateLimited}

# Prose, and JSON of it, shrinks to between 1/2 and 1/6 (zlib, 2 to 20 kB of news summaries); a sentence or a run of
# blanks repeated for ever shrinks to 1/100 and less. Below 1/25 it is a loop.
_LOOP_RATIO = 25
_LOOP_LEAST = 4000

# Prose has four to six characters a token. What a model thinks may stand before its reply and be eight times as long;
# beyond that the server does not keep to the length it was told.
_MOST_CHARACTERS_A_TOKEN = 64

_MAX_SAID = 200
_ECHO = 40


@dataclass(frozen=True, slots=True)
class HttpReply:
    """What came over the wire.

    Attributes:
        status: HTTP status.
        headers: With lower-case names.
        body: The bytes, at most as many as the limits allow.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    @property
    def request_id(self) -> str | None:
        """The server's id for the request."""
        return self.headers.get("x-request-id", "")[:100] or None


@dataclass(frozen=True, slots=True)
class Said:
    """What a server said about a fault, whatever shape it said it in.

    Attributes:
        message: Its sentence; empty when there is none.
        code: Its word for the fault.
        type: Its class of the fault.
        param: The field of the request that it is about.
        values: Numbers that it gave beside the sentence (llama.cpp: `n_ctx`).
    """

    message: str = ""
    code: str | None = None
    type: str | None = None
    param: str | None = None
    values: Mapping[str, int] = field(default_factory=dict)

    @property
    def everything(self) -> str:
        """All of its words in one text, to search in."""
        return " ".join(part for part in (self.message, self.code, self.type, self.param) if part)


def parse(body: bytes) -> Any:
    """Read JSON that means one thing.

    Raises:
        ValueError: With one line that says why it does not.
    """
    brackets = body.count(b"[") + body.count(b"{")
    if len(body) > _MAX_VALUES and body.count(b",") + brackets > _MAX_VALUES:
        raise ValueError(f"its JSON holds more than {_MAX_VALUES} values")
    data = body.removeprefix(codecs.BOM_UTF8)
    try:
        # In half of the time that the standard library takes. It refuses half a character too, but allows more depth.
        value = from_json(data, allow_inf_nan=False, catch_duplicate_keys=True)
    except ValueError:
        return _slowly(data)
    if brackets > _MAX_DEPTH:
        _must_be_whole(value)
    return value


def _slowly(data: bytes) -> Any:
    """Read JSON, or say what is wrong with it."""
    try:
        value = _DECODER.decode(data.decode())
    except UnicodeDecodeError as error:
        raise ValueError(f"it is no UTF-8 (byte {error.start})") from None
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None
    except json.JSONDecodeError as error:
        raise ValueError(f"its JSON is cut or wrong ({error.msg} at character {error.pos})") from None
    _must_be_whole(value)
    return value


def _must_be_whole(value: Any) -> None:
    try:
        half = find_surrogates(value, _MAX_DEPTH)
    except RecursionError:
        raise ValueError(_TOO_DEEP) from None
    if half is not None:
        raise ValueError("its text holds half a character (a lone surrogate)")


_TOO_DEEP = "its JSON is nested too deeply"


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        raise ValueError("its JSON holds a key twice")
    return values


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"its JSON holds {name}")


_DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_refuse_constant)


def said(body: bytes) -> Said:
    """Find what a server said about a fault: OpenAI's form, FastAPI's, Ollama's, a list of one, or plain text."""
    try:
        value = parse(body)
    except ValueError:
        return Said() if body.lstrip()[:1] in (b"", b"<") else Said(_line(body.decode("utf-8", "replace")))
    value = value[0] if isinstance(value, list) and value else value
    if not isinstance(value, dict):
        return Said(_line(str(value)))
    error = value.get("error", value)
    if not isinstance(error, dict):
        return Said(_line(str(error)))
    message = error.get("message") or error.get("msg") or error.get("detail") or error.get("error") or ""
    if isinstance(message, list):
        message = "; ".join(_detail(item) for item in message[:4])
    numbers = {key: item for key, item in error.items() if type(item) is int and key.startswith("n_")}
    return Said(
        _line(str(message)), _word(error.get("code")), _word(error.get("type")), _word(error.get("param")), numbers
    )


def _detail(item: Any) -> str:
    """A finding of FastAPI: where and what. Its `input` repeats the request and is left out."""
    if not isinstance(item, dict):
        return str(item)
    where = ".".join(str(part) for part in item.get("loc", ()) if part != "body")
    return f"{where}: {item.get('msg', '')} ({item.get('type', '')})"


def _word(value: Any) -> str | None:
    return str(value)[:80] if isinstance(value, (str, int)) and not isinstance(value, bool) and value != "" else None


def _line(text: str) -> str:
    return " ".join(text[:2000].split())


def quoted(text: str, request: Request) -> str:
    """Cut what a server said to what a message may repeat: one short line, with next to nothing of the article."""
    text = _line(text)
    cut = text[:_MAX_SAID] + ("..." if len(text) > _MAX_SAID else "")
    shown = "\n".join(message.content for message in request.messages)
    for start in range(len(cut) - _ECHO + 1):
        if cut[start : start + _ECHO] in shown:
            return cut[: start + _ECHO] + "..."
    return cut


def read(
    reply: HttpReply,
    request: Request,
    *,
    where: str,
    price: Price | None = None,
    find: Find | None = None,
    count: Callable[[Any], Usage] | None = None,
) -> Completion:
    """Read a completion from an answer with status 200.

    Args:
        reply: What came over the wire; its body may be anything.
        request: What was asked.
        where: The server, for messages.
        price: What the usage costs; None is unknown.
        find: Finds the reply; None as in a chat completion.
        count: Reads the token counts; None as in a chat completion.

    Raises:
        Refused: The model declined.
        Filtered: A content filter stopped it.
        TruncatedOutput: The reply was cut at its length limit.
        BadResponse: It is no completion, or could mean two things. Each carries `usage` as far as it is known.
    """
    value = _envelope(reply, where)
    model = _model(value, request)
    usage = _priced(value, model, price, count or read_usage)
    try:
        text, reason = (find or _find)(value, request)
        _check_end(reason, request)
        if not text.strip():
            raise BadResponse(f"the reply of {request.model!r} is empty: try again, or another model")
        _check_length(text, request)
        _check_loop(text, request)
    except ProviderError as error:
        error.usage, error.status, error.model, error.request_id = usage, reply.status, request.model, reply.request_id
        if isinstance(error, TruncatedOutput):
            error.thought = thought_much(value, usage)
        raise
    warnings = tuple(_warnings(model, reason, request))
    return Completion(text, model, reason, usage, warnings, rates_of(reply.headers))


def _envelope(reply: HttpReply, where: str) -> dict[str, Any]:
    page = reply.body.lstrip()[:1] == b"<"
    try:
        if page or not reply.body.strip():
            raise ValueError("it is a web page" if page else "it is empty")
        value = parse(reply.body)
        if not isinstance(value, dict):
            raise ValueError("it is no JSON object")  # noqa: TRY004 - a fault of the answer, not of a caller
    except ValueError as error:
        strange = BadResponse(
            f"the answer of {where} is no completion: {_line(str(error))[:120]}; check that the base URL is that of a"
            " chat completions API (it usually ends in /v1)",
            status=reply.status,
            request_id=reply.request_id,
        )
        strange.strange = True
        raise strange from None
    return value


def _find(value: Mapping[str, Any], request: Request) -> tuple[str, str]:
    choice = _only_choice(value, request)
    reason = str(choice.get("finish_reason") or "unknown").lower()[:40]
    if reason in _BROKEN or isinstance(choice.get("error"), dict):
        raise _broken(choice.get("error"), request)
    return _text(choice["message"], request), reason


def _broken(error: Any, request: Request) -> ProviderError:
    """The error of a server that failed while it wrote, and sent what it had."""
    code, message = (error.get("code"), error.get("message")) if isinstance(error, dict) else (None, None)
    words = f": {quoted(message, request)}" if isinstance(message, str) and message.strip() else ""
    kind = _BROKEN_BY.get(str(code), Unavailable)
    return kind(f"the server failed in the middle of the reply of {request.model!r}{words}", code=_word(code))


def _only_choice(value: Mapping[str, Any], request: Request) -> Mapping[str, Any]:
    choices = value.get("choices")
    if not isinstance(choices, list) or not choices:
        error = value.get("error")
        words = error.get("message") if isinstance(error, dict) else error
        tail = f": {quoted(words, request)}" if isinstance(words, str) and words else ""
        raise BadResponse(f"the answer for {request.model!r} holds no reply{tail}")
    if len(choices) > 1:
        raise BadResponse(f"the answer holds {len(choices)} replies where one was asked for")
    choice = choices[0]
    if not isinstance(choice, dict) or not isinstance(choice.get("message"), dict):
        raise BadResponse("the answer holds no message")
    return choice


def _text(message: Mapping[str, Any], request: Request) -> str:
    if isinstance(message.get("refusal"), str) and message["refusal"].strip():
        raise Refused(f"{request.model!r} declined: {quoted(message['refusal'], request)}")
    content = message.get("content")
    if isinstance(content, list):  # Mistral's reasoning models: parts, of which only text is the reply
        content = "".join(
            part["text"] for part in content if isinstance(part, dict) and isinstance(part.get("text"), str)
        )
    if content is not None and not isinstance(content, str):
        raise BadResponse("the reply is no text")
    calls = message.get("tool_calls")
    if calls and request.format is not None and not (content or "").strip():
        return _arguments(calls)
    return content or misplaced(message)


def _arguments(calls: Any) -> str:
    if not isinstance(calls, list) or len(calls) != 1:
        raise BadResponse("the reply calls tools where one call was asked for")
    function = calls[0].get("function") if isinstance(calls[0], dict) else None
    arguments = function.get("arguments") if isinstance(function, dict) else None
    if isinstance(arguments, dict):  # Ollama's older versions
        return json.dumps(arguments, ensure_ascii=False)
    if not isinstance(arguments, str):
        raise BadResponse("the reply calls a tool without arguments")
    return arguments


def _check_end(reason: str, request: Request) -> None:
    if reason in _CUT:
        raise TruncatedOutput(
            f"the reply of {request.model!r} was cut at its length limit: allow more tokens or ask for less"
        )
    if reason in _FILTERED or reason.startswith("content_filter"):  # Gemini may say which: `content_filter: SPII`
        raise Filtered(f"a content filter stopped the reply of {request.model!r}")


def _check_length(text: str, request: Request) -> None:
    most = request.max_output_tokens
    if most is not None and len(text) > most * _MOST_CHARACTERS_A_TOKEN:
        raise BadResponse(
            f"the reply of {request.model!r} has {len(text)} characters where {most} tokens were allowed: the server "
            "does not keep to the length it is told"
        )


def _check_loop(text: str, request: Request) -> None:
    data = text.encode("utf-8", "surrogatepass")
    if len(data) >= _LOOP_LEAST and len(zlib.compress(data, 1)) * _LOOP_RATIO < len(data):
        raise BadResponse(f"the reply of {request.model!r} repeats itself without end ({len(text)} characters)")


def _warnings(model: str, reason: str, request: Request) -> list[str]:
    found = []
    if model != request.model and not _same_model(request.model, model):
        found.append(f"asked {request.model!r}, answered by {model!r}")
    if reason not in _ENDED:
        found.append(f"the reply ended for an unknown reason: {reason!r}")
    return found


def _same_model(asked: str, answered: str) -> bool:
    """Whether a name may be a fuller form of another: a snapshot, a provider before it, `.gguf` behind it."""
    short, long = (re.split(r"[/\\]", name.lower())[-1].removesuffix(".gguf") for name in (asked, answered))
    return long.startswith(short) or short.startswith(long)


def _model(value: Mapping[str, Any], request: Request) -> str:
    model = value.get("model")
    return model[:200] if isinstance(model, str) and model else request.model


def _priced(value: Mapping[str, Any], model: str, price: Price | None, count: Callable[[Any], Usage]) -> Usage:
    """What an answer consumed, its cost included where a price is known."""
    usage, tier = count(value.get("usage")), value.get("service_tier")
    cost = None if price is None else price(usage, model, tier if isinstance(tier, str) else None)
    return usage if cost is usage.cost_usd else replace(usage, cost_usd=cost)
