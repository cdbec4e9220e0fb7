"""What tokens cost and how many a model takes, from the price list that `genai-prices` carries; no network.

A model that is not in the list has no price and no window: unknown is None, never zero. The list takes 0.3 s to load:
it is loaded when a price or a window is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from summarizer.records import Usage

_MILLION = 1_000_000
# Some models cost more when the prompt is long: the price for people is that of a prompt of this many tokens.
_USUAL = 1000

# Words of servers for the service that the list's plain price is for; "auto" is what was asked for, not what was used.
_PLAIN_TIERS = frozenset({"", "auto", "default", "standard", "on_demand"})


def cost_usd(usage: Usage, model: str, url: str, tier: str | None = None) -> Decimal | None:
    """Return the dollars that tokens cost at a server.

    Args:
        usage: Input tokens include cached ones, output tokens include reasoning. Cached ones that are unknown are
            priced like the others: no discount is assumed.
        model: The model as the server names it.
        url: Address of the server: the same model has several prices.
        tier: The service that the server says it used (`flex`, `priority`, ...).

    Returns:
        None when the model, the server, the tier or the number of tokens is unknown.
    """
    if usage.input_tokens is None or usage.output_tokens is None:
        return None
    cached = min(usage.cached_tokens or 0, usage.input_tokens)
    rates = _rates(model, url, tier, datetime.now(UTC).date())
    if rates is not None:
        return rates.cost_usd(usage.input_tokens, usage.output_tokens, cached)
    found = _calculated(model, url, tier, _tokens(usage.input_tokens, usage.output_tokens, cached))
    return None if found is None else _total(found)


def window(model: str, url: str) -> int | None:
    """Return the tokens that prompt and reply share, or None when unknown."""
    found = _listed(model, url)
    return None if found is None else found.model.context_window


def per_million_usd(model: str, url: str) -> tuple[Decimal, Decimal] | None:
    """Return the dollars for a million tokens read and for a million written, or None when unknown."""
    read = cost_usd(Usage(1, _USUAL, 0, 0), model, url)
    both = cost_usd(Usage(1, _USUAL, 0, _USUAL), model, url)
    if read is None or both is None:
        return None
    return read * _MILLION / _USUAL, (both - read) * _MILLION / _USUAL


def names(url: str) -> tuple[str, ...]:
    """Return the models of a server that have a price; empty where the server is not in the list."""
    from genai_prices.data_snapshot import get_snapshot

    try:
        known = get_snapshot().find_provider(None, None, url)
    except LookupError:
        return ()
    return tuple(model.id for model in known.models if _is_priced(model.prices) and ":" not in model.id)  # fine-tuned


@dataclass(frozen=True, slots=True)
class _Rates:
    """What a request costs where each token costs the same.

    Attributes:
        request: Dollars for the request itself.
        read: Dollars for a million tokens read, but not from the cache.
        cached: Dollars for a million read from the cache.
        written: Dollars for a million written.
    """

    request: Decimal
    read: Decimal
    cached: Decimal
    written: Decimal

    def cost_usd(self, read: int, written: int, cached: int) -> Decimal:
        """Return the dollars for so many tokens."""
        fresh, kept, new = (read - cached) * self.read, cached * self.cached, written * self.written
        return self.request + fresh / _MILLION + kept / _MILLION + new / _MILLION


@lru_cache(maxsize=256)
def _rates(model: str, url: str, tier: str | None, _day: date) -> _Rates | None:
    """Return what tokens cost all day and however many they are; None where the list must say it for each request.

    It takes the list 170 us to say it, a tenth of all that is done for an article in a batch.
    """
    from genai_prices.types import TieredPrices, TimeOfDateConstraint

    kinds = ((0, 0, 0), (_MILLION, 0, 0), (_MILLION, 0, _MILLION), (0, _MILLION, 0))
    found = [_calculated(model, url, tier, _tokens(*kind)) for kind in kinds]
    if None in found:
        return None
    listed = found[0].model
    conditional = (*(listed.prices if isinstance(listed.prices, list) else ()), *(listed.price_variants or ()))
    if any(isinstance(one.constraint, TimeOfDateConstraint) for one in conditional):
        return None
    if any(isinstance(price, TieredPrices) for price in vars(found[0].model_price).values()):
        return None
    request, *others = map(_total, found)
    return _Rates(request, *(cost - request for cost in others))


def _calculated(model: str, url: str, tier: str | None, tokens: Any) -> Any:
    """Have the list say what tokens cost; None where it does not know."""
    priced = _listed(model, url)
    if priced is None or not _is_priced(priced.model_price) or not _has_tier(priced.model, tier):
        return None
    context = {"service_tier": tier or "default"}
    try:
        return priced.model.calc_price(tokens, priced.provider, price_context=context)
    except (LookupError, ValueError):
        return None


def _total(found: Any) -> Decimal:
    total: Decimal = found.total_price
    return total


@lru_cache(maxsize=256)
def _listed(model: str, url: str) -> Any:
    """The list's entry for a model at a server; None when it has none."""
    from genai_prices import calc_price

    try:
        return calc_price(_tokens(0, 0, 0), model_ref=model, provider_api_url=url)
    except (LookupError, ValueError):
        return None


def _tokens(read: int, written: int, cached: int) -> Any:
    from genai_prices import Usage as Tokens

    return Tokens(input_tokens=read, output_tokens=written, cache_read_tokens=cached)


def _is_priced(price: Any) -> bool:
    """Whether an entry says what reading and writing cost: 292 entries of 0.2.3 are there without a price."""
    return all(getattr(price, field, None) is not None for field in ("input_mtok", "output_mtok"))


def _has_tier(model: Any, tier: str | None) -> bool:
    """Whether the list knows a model's price for a service; it would give the plain one for any word."""
    if (tier or "") in _PLAIN_TIERS:
        return True
    return any(variant.when == {"service_tier": tier} for variant in model.price_variants or ())
