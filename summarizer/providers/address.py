"""Where a model is reached and with which key: argument, then environment, then default.

A key never travels in the clear except on this machine, and never stands in a message or a repr.
"""

from __future__ import annotations

import ipaddress
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, parse_qsl, urlsplit, urlunsplit

from summarizer.errors import UsageError

OPENAI_URL = "https://api.openai.com/v1"

# What is sent where no key is needed: the client insists on one, and servers on this machine ignore it.
NO_KEY = "none"


@dataclass(frozen=True, slots=True)
class Address:
    """A server's base URL and what identifies us there.

    Attributes:
        url: The base URL, as requests use it, without its query.
        query: The fields of its query (Azure: `api-version`), which every request repeats.
        key: The key, or `NO_KEY`.
        shown: The URL for people: without user name, password and query.
        loopback: Whether the server is on this machine.
        is_openai: Whether it is OpenAI's own service, whose newest parameter names can be relied on.
    """

    url: str
    key: str = field(repr=False)
    shown: str
    loopback: bool
    is_openai: bool
    query: Mapping[str, str] = field(default_factory=dict)

    @property
    def lacks_key(self) -> bool:
        """Whether a key is needed and there is none."""
        return self.key == NO_KEY and self.url.startswith("https:") and not self.loopback

    def scrub(self, text: str) -> str:
        """Return a text without the key, whole or abridged as servers do it (`sk-ab***yz`)."""
        if self.key != NO_KEY:
            text = text.replace(self.key, "[key]")
        return _KEY_LIKE.sub("[key]", text)


_KEY_LIKE = re.compile(r"\b(?:sk|pk|gsk|key|Bearer)[-_ ][A-Za-z0-9*_.-]{6,}|[A-Za-z0-9_-]{2,}\*{3,}[A-Za-z0-9_-]*")


def resolve(base_url: str | None = None, api_key: str | None = None) -> Address:
    """Decide where to ask and with which key.

    Args:
        base_url: None reads `OPENAI_BASE_URL`, then takes OpenAI's own address.
        api_key: None reads `OPENAI_API_KEY`; an empty text means none.

    Raises:
        UsageError: The URL is none, the key holds characters that no header can carry, or a key would travel in the
            clear to another machine.
    """
    parts = _split(base_url or os.environ.get("OPENAI_BASE_URL", "").strip() or OPENAI_URL)
    path = parts.path.rstrip("/")
    key = (os.environ.get("OPENAI_API_KEY", "") if api_key is None else api_key).strip()
    if not key.isascii() or not key.isprintable() or " " in key:
        raise UsageError("the API key holds spaces, line breaks or characters outside ASCII: copy it again")
    shown = urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], path, "", ""))
    loopback = _is_loopback(parts.hostname or "")
    if parts.scheme == "http" and key and not loopback:
        raise UsageError(
            f"refusing to send a key unencrypted to {shown!r}: use https, or an empty key if the server needs none"
        )
    return Address(
        url=urlunsplit((parts.scheme, parts.netloc, path, "", "")),
        key=key or NO_KEY,
        shown=shown,
        loopback=loopback,
        is_openai=parts.hostname == "api.openai.com",
        query=dict(parse_qsl(parts.query)),
    )


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        valid = parts.scheme in ("http", "https") and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        valid = False
    if not valid:
        # The URL may hold a password: it is not repeated.
        raise UsageError("the base URL is no http(s) URL: it must look like 'https://api.openai.com/v1'")
    return parts


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
