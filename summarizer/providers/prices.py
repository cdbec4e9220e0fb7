"""What tokens cost and how many a model takes, from the price list that `genai-prices` carries; no network.

A model that is not in the list has no price and no window: unknown is None, never zero.
"""

from __future__ import annotations

from decimal import Decimal
from functools import lru_cache
from typing import Any

from summarizer.records import Usage


def cost_usd(usage: Usage, model: str, url: str) -> Decimal | None:
    """Return the dollars that tokens cost at a server.

    Args:
        usage: Input tokens include cached ones, output tokens include reasoning.
        model: The model as the server names it.
        url: Address of the server: the same model has several prices.

    Returns:
        None when the model, the server or the number of tokens is unknown.
    """
    if usage.input_tokens is None or usage.output_tokens is None or _listed(model, url) is None:
        return None
    from genai_prices import Usage as Tokens
    from genai_prices import calc_price

    tokens = Tokens(
        input_tokens=usage.input_tokens, output_tokens=usage.output_tokens, cache_read_tokens=usage.cached_tokens or 0
    )
    return calc_price(tokens, model_ref=model, provider_api_url=url).total_price


def window(model: str, url: str) -> int | None:
    """Return the tokens that prompt and reply share, or None when unknown."""
    found = _listed(model, url)
    return None if found is None else found.model.context_window


@lru_cache(maxsize=256)
def _listed(model: str, url: str) -> Any:
    """The list's entry for a model at a server; None when it has none."""
    from genai_prices import Usage as Tokens
    from genai_prices import calc_price

    try:
        return calc_price(Tokens(input_tokens=0, output_tokens=0), model_ref=model, provider_api_url=url)
    except (LookupError, ValueError):
        return None
