"""The door to OpenAI, to Azure, and to every server that speaks OpenAI's chat completions API.

OpenAI itself is asked by its Responses API (`responses.py`), everyone else by chat completions.
The door asks for the strictest form of reply first, steps down on a refusal that names the feature, and remembers
(`ladder.py`). The prompt always shows an outline of the schema, so the door adds no word to it. The `openai` package
sends (`wire.py`); its retries are off, since one policy of ours retries (`retry.py`).
"""

from __future__ import annotations

import asyncio
import importlib
import logging
import re
import sys
import threading
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import replace
from decimal import Decimal
from functools import cached_property, lru_cache, partial
from typing import TYPE_CHECKING, Any, Literal

from summarizer.errors import (
    BadRequest,
    SummarizerError,
    TooLong,
    TruncatedInput,
    TruncatedOutput,
    Unauthorized,
    UnknownModel,
    Unsupported,
)
from summarizer.providers import responses
from summarizer.providers.address import Address, resolve, resolve_azure
from summarizer.providers.budget import reserve_again
from summarizer.providers.capabilities import Capabilities, remembered
from summarizer.providers.did_you_mean import meant
from summarizer.providers.ladder import Dialect, cut, payload, reasoning_allowance, step, thinking, thinking_less
from summarizer.providers.log_filter import hush
from summarizer.providers.prices import cost_usd, names, per_million_usd
from summarizer.providers.prices import window as listed_window
from summarizer.providers.replybody import HttpReply, Said, read, said
from summarizer.providers.translate import cleaned, reply_of, timed_out, translate, translate_status, unwrap
from summarizer.providers.window import stated
from summarizer.providers.wire import Wire
from summarizer.records import UNKNOWN_USAGE, Completion, Limits, ModelInfo, Request, Usage

if TYPE_CHECKING:
    from openai import AsyncOpenAI

    from summarizer.providers import Counter
    from summarizer.providers.wire import HttpClient

DEFAULT_TIMEOUT_S = 120.0

# Asking a server for a window is a help, and nobody waits long for it.
_WINDOW_S = 5.0

# Four steps down the ladder and three parameters: what one model can refuse.
_MAX_REFUSED = 7

# A server counts the marks between messages too: an honest count is no less than our own by the same tokenizer. Who
# cuts a prompt cuts it at a window, most often to half or less (Ollama). An estimate is on the high side, by up to a
# third: it is made not to promise too much room.
_LEAST_SHARE = 0.8
_LEAST_SHARE_ESTIMATED = 0.5
_LEAST_COUNT = 100
_MOST_RULES = 64
_NOTHING = Usage()
_SAID_NOTHING = Said()

_log = logging.getLogger("summarizer.openai")


class OpenAIDoor:
    """A provider that reaches a model over HTTP.

    It is safe to share between threads and event loops. Each request has one total deadline, `limits.timeout_s`.

    Args:
        model: The model's name as the server knows it.
        base_url: None reads `OPENAI_BASE_URL`, then takes OpenAI's own address.
        api_key: None reads `OPENAI_API_KEY`; an empty text means none. Servers on this machine need none.
        limits: Time and size of one request.
        label: The model as a user names it; None for `openai:MODEL`.
        window: Tokens that prompt and reply share; None looks it up in the price list, then asks the server.
        bounded: Send the schema with its length bounds, for servers that decode by a grammar.
        extra_body: Fields to add to every request.
        counter: Counts the tokens of a text for this model. With it, a reply to less than the whole prompt is refused:
            some servers cut a prompt that does not fit and say nothing.
        capabilities: What is known about servers; None takes what this machine remembers.
        priced_as: Base URL of the service whose prices and windows hold, when the server is a gateway to it; None for
            the server's own.
        azure: The model is a deployment of Azure OpenAI: see `resolve_azure` for its address and key.
        api: What the server is asked by; None is `responses` for OpenAI itself and `chat` for everyone else.

    Raises:
        UsageError: The URL is none, or the key would travel in the clear to another machine.
    """

    reads_units = False

    def __init__(
        self,
        *,
        model: str,
        base_url: str | None = None,
        api_key: str | None = None,
        limits: Limits | None = None,
        label: str | None = None,
        window: int | None = None,
        bounded: bool = False,
        extra_body: Mapping[str, Any] | None = None,
        counter: Counter | None = None,
        capabilities: Capabilities | None = None,
        priced_as: str | None = None,
        azure: bool = False,
        api: Literal["responses", "chat"] | None = None,
    ) -> None:
        self._address = resolve_azure(model, base_url, api_key) if azure else resolve(base_url, api_key)
        self._azure = azure
        self._responses = api == "responses" or (api is None and self._address.is_openai)
        # No list knows the servers of this machine.
        self._priced_as = priced_as or (None if self._address.loopback else self._address.shown)
        label = label or f"{'azure' if azure else 'openai'}:{model}"
        find = self._find_window if window is None else None
        given = "" if window is None else "as given"
        self.info = ModelInfo(label=label, name=model, window=window, find_window=find, window_from=given)
        self._limits = (limits or Limits()).within(DEFAULT_TIMEOUT_S)
        self._bounded = bounded
        self._extra_body = deepcopy(dict(extra_body or {}))  # nobody changes it: see `Wire.send`
        self._finding = threading.Lock()
        self._counter = counter
        self._capabilities = remembered() if capabilities is None else capabilities
        path = responses.PATH if self._responses else "/chat/completions"
        self._wire = Wire(self._address, self._limits, self._connect, path)

    def __repr__(self) -> str:
        return f"OpenAIDoor({self.info.label!r}, url={self._address.shown!r})"

    def complete(self, request: Request, /) -> Completion:
        """Return the completion of a request.

        Raises:
            ProviderError: Whatever went wrong between here and the model; its `usage` counts every request sent.
            TooLong: The request does not fit the model's window.
        """
        return self._wire.run(self.acomplete(request))

    async def acomplete(self, request: Request, /) -> Completion:
        """Return the completion of a request without blocking the event loop; see `complete`."""
        spent, name, cut_short = _NOTHING, request.model, None
        error: SummarizerError
        for _ in range(_MAX_REFUSED + 1):
            dialect = self._capabilities.dialect(self._address.shown, name, self._start)
            body = self._body(request, dialect)
            if spent.requests:
                await reserve_again(spent)
            outcome, refusal = await self._ask(body, request)
            if isinstance(outcome, Completion):
                self._capabilities.settle(self._address.shown, name, dialect)
                return replace(outcome, usage=spent + outcome.usage) if spent.requests else outcome
            spent += outcome.usage or UNKNOWN_USAGE
            error = outcome
            after = step(dialect, body, refusal) if isinstance(error, (BadRequest, Unsupported)) else None
            if isinstance(error, TruncatedOutput) and error.thought:
                cut_short, after = error, thinking(dialect, request)
            elif after is None and cut_short is not None and isinstance(error, (BadRequest, Unsupported, TooLong)):
                error, after = cut_short, thinking_less(dialect)  # no refusal of the request, but of the longer reply
            if after is None:
                break
            self._capabilities.move(self._address.shown, name, used=dialect, to=after)
            if error is cut_short and not after.thoughts:
                break
            _log.info("%s refused or cut %s; asking with %s", self._address.shown, dialect, after)
        self._learn(error, request, dialect, spent)
        error.usage = spent
        if isinstance(error, UnknownModel) and self._priced_as is not None:
            error.args = (f"{error.message}{meant(name, await asyncio.to_thread(names, self._priced_as))}",)
        raise error

    def _learn(self, error: SummarizerError, request: Request, dialect: Dialect, spent: Usage) -> None:
        """Take note of what the error in which a completion ended says of how to ask."""
        place = (self._address.shown, request.model)
        if spent.requests > 1 and isinstance(error, (BadRequest, Unsupported)):
            self._capabilities.forget(*place)
        bounded = cut(dialect, request) if isinstance(error, TruncatedOutput) else None
        if bounded is not None and not self._address.is_openai:
            self._capabilities.move(*place, used=dialect, to=bounded)

    @property
    def base_url(self) -> str:
        """Where the server is, for people: without user name, password and query."""
        return self._address.shown

    @property
    def address(self) -> Address:
        """Where the server is and what identifies us there."""
        return self._address

    @property
    def api(self) -> Literal["responses", "chat"]:
        """What the server is asked by."""
        return "responses" if self._responses else "chat"

    @property
    def dialect(self) -> Dialect:
        """How the next request will be asked."""
        return self._capabilities.dialect(self._address.shown, self.info.name, self._start)

    @property
    def found_at(self) -> float | None:
        """When something was found out about this model (seconds since 1970); None when nothing was."""
        return self._capabilities.found_at(self._address.shown, self.info.name)

    def price_usd(self) -> tuple[Decimal, Decimal] | None:
        """Return the dollars for a million tokens read and for a million written, or None when unknown."""
        return None if self._priced_as is None else per_million_usd(self.info.name, self._priced_as)

    @property
    def extra_tokens(self) -> int:
        """How many tokens of reasoning a reply may take beyond its own."""
        return reasoning_allowance(self.info.name, self.dialect)

    def most(self, usage: Usage, /) -> Usage:
        """Return the worst case of a request with what this model may add to it: reasoning, and the price of all."""
        extra = self.extra_tokens
        most = replace(usage, output_tokens=(usage.output_tokens or 0) + extra, reasoning_tokens=extra)
        return replace(most, cost_usd=self._price(most, self.info.name, None))

    def close(self) -> None:
        """Close the connections of calls to `complete`; a later call opens them anew."""
        self._wire.close()

    async def aclose(self) -> None:
        """Close all connections that this event loop and calls to `complete` have opened."""
        await self._wire.aclose()

    def expect_key_in(self, variable: str) -> None:
        """Have messages name the environment variable from which the caller takes the key."""
        self._address = replace(self._address, key_name=variable)

    def _body(self, request: Request, dialect: Dialect) -> dict[str, Any]:
        build = responses.payload if self._responses else payload
        cached = self._address.is_openai
        return build(request, dialect, bounded=self._bounded, extra_body=self._extra_body, cached=cached)

    def _read(self, reply: HttpReply, request: Request) -> Completion:
        found = responses.read if self._responses else read
        return found(reply, request, where=self._address.shown, price=self._price)

    def _find_window(self) -> tuple[int, str] | None:
        with self._finding:  # articles that begin together ask once
            return self._window

    @cached_property
    def _window(self) -> tuple[int, str] | None:
        """Look the window up in the list, and ask a server that is not in it, but may know."""
        listed = None if self._priced_as is None else listed_window(self.info.name, self._priced_as)
        if listed is not None:
            return listed, "by the list of genai-prices"
        if self._address.is_openai or self._azure or self._address.lacks_key:
            return None
        timeout_s = min(_WINDOW_S, self._limits.timeout_s or _WINDOW_S)
        try:
            said_window = stated(self._wire.run(self._wire.get("/models", timeout_s=timeout_s)), self.info.name)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with the server, the first request says it better
            _log.debug("%s says nothing of windows: %s", self._address.shown, type(error).__name__)
            return None
        return None if said_window is None else (said_window, "as the server says")

    async def _ask(self, body: Mapping[str, Any], request: Request) -> tuple[Completion | SummarizerError, Said]:
        """Send one request and return what came of it, with what the server said when it refused."""
        address = self._address
        if address.lacks_key:
            words = f"no key for {address.shown}: set {address.key_name}, or choose a model that needs none"
            unsent = Unauthorized(words, model=request.model)
            unsent.usage = _NOTHING
            return unsent, _SAID_NOTHING
        try:
            await _loaded()
            reply = unwrap(cleaned(await self._wire.send(body), address))
            if reply.status >= 300:
                return translate_status(reply, request, address), said(reply.body)
            return self._whole(self._read(reply, request), request), _SAID_NOTHING
        except TimeoutError:
            return timed_out(request, address, self._limits.timeout_s), _SAID_NOTHING
        except Exception as error:  # noqa: BLE001 - the library raises more than it declares; none of it may escape
            refusal = reply_of(error, address)
            return translate(error, request, address), said(refusal.body) if refusal else _SAID_NOTHING

    def _whole(self, completion: Completion, request: Request) -> Completion | TruncatedInput:
        """Refuse a reply to a prompt of which the server read only a part."""
        counter = self._counter
        if counter is None:
            return completion
        found = completion.usage.input_tokens
        if found is None:
            warning = "the server does not say how many tokens it read: it may have cut the article"
            return replace(completion, warnings=(*completion.warnings, warning))
        share = _LEAST_SHARE if counter.exact else _LEAST_SHARE_ESTIMATED
        most = sum(
            _in_rules(counter.at_most, message.content)
            if message.role == "system"
            else counter.at_most(message.content)
            for message in request.messages
        )
        if found >= most * share:
            return completion
        sent = sum(counter.count(message.content) for message in request.messages)
        if found >= sent * share or sent < _LEAST_COUNT:
            return completion
        error = TruncatedInput(
            f"{request.model!r} at {self._address.shown} read {found} tokens of about {sent}: raise the server's"
            " context length, or use a model with a larger one",
            model=request.model,
        )
        error.usage, error.read = completion.usage, found
        return error

    def _price(self, usage: Usage, model: str, tier: str | None) -> Decimal | None:
        """What tokens cost by the model that answered; a snapshot that is not listed costs what its model does."""
        if self._priced_as is None:
            return None
        asked = self.info.name
        names = (model, asked) if re.fullmatch(r"-[0-9]{4}-[0-9]{2}-[0-9]{2}", model.removeprefix(asked)) else (model,)
        costs = (cost_usd(usage, name, self._priced_as, tier) for name in names)
        return next((cost for cost in costs if cost is not None), None)

    def _connect(self, client: HttpClient) -> AsyncOpenAI:
        from openai import AsyncAzureOpenAI, AsyncOpenAI

        hush(self._address.secrets)
        login = {"Authorization": f"Basic {self._address.login}"} if self._address.login else {}
        version = self._address.api_version
        make = AsyncOpenAI if version is None else partial(AsyncAzureOpenAI, api_version=version)
        return make(
            api_key=self._address.key,
            base_url=self._address.url,
            default_query=self._address.query,
            max_retries=0,
            timeout=client.timeout,
            http_client=client,
            default_headers={"Accept-Encoding": "identity", **login},
        )

    @cached_property
    def _start(self) -> Dialect:
        """How to ask a server of which nothing is known: everyone but OpenAI takes the older name of the length cap."""
        newer = self._address.is_openai or self._azure
        return Dialect(length_field="max_completion_tokens" if newer else "max_tokens")


@lru_cache(maxsize=_MOST_RULES)
def _in_rules(at_most: Callable[[str], int], rules: str) -> int:
    """Look once at instructions, which are the same for all articles."""
    return at_most(rules)


async def _loaded() -> None:
    """Load the client library, which takes most of a second, where it holds up no other task."""
    if not hasattr(sys.modules.get("openai"), "AsyncOpenAI"):
        await asyncio.to_thread(importlib.import_module, "openai")
