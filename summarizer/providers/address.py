"""Where a model is reached and with which key: argument, then environment, then default.

A key never travels in the clear except on this machine, and never stands in a message or a repr.
"""

from __future__ import annotations

import ipaddress
import os
import re
import urllib.request
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlsplit, urlunsplit

from summarizer.errors import UsageError

OPENAI_URL = "https://api.openai.com/v1"

# What is sent where no key is needed: the client insists on one, and servers on this machine ignore it.
NO_KEY = "none"

# Where deployments of Azure OpenAI live, by the end of the host's name.
_AZURE = (".openai.azure.com", ".cognitiveservices.azure.com", ".services.ai.azure.com")


@dataclass(frozen=True, slots=True)
class Address:
    """A server's base URL and what identifies us there.

    Attributes:
        url: The base URL, as requests use it, without user name, password and query.
        query: The fields of its query (Azure: `api-version`), which every request repeats.
        key: The key, or `NO_KEY`.
        login: User name and password of the URL, as HTTP's basic authentication writes them; sent in the key's place.
        shown: The URL for people: without user name, password and query.
        loopback: Whether the server is on this machine.
        is_openai: Whether it is OpenAI's own service, whose newest parameter names can be relied on.
        api_version: The version of Azure's API by which a deployment is reached; None elsewhere, and for Azure's `v1`.
        key_name: What the key is called: the environment variable that it is expected in, or `api_key`.
        secrets: What must not be shown, in each form in which it may come back, the longest first.
    """

    url: str
    key: str = field(repr=False)
    shown: str
    loopback: bool
    is_openai: bool
    query: Mapping[str, str] = field(default_factory=dict, repr=False)
    login: str | None = field(default=None, repr=False)
    password: str = field(default="", repr=False)
    api_version: str | None = None
    key_name: str = "OPENAI_API_KEY"
    secrets: tuple[str, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        of_query = [value for name, value in self.query.items() if name != "api-version" and len(value) >= _LEAST]
        found = {self.key if self.key != NO_KEY else "", self.login or "", self.password, *of_query}
        forms = {form for text in found if text for form in (text, quote(text, safe=""))}
        object.__setattr__(self, "secrets", tuple(sorted(forms, key=len, reverse=True)))

    @property
    def lacks_key(self) -> bool:
        """Whether a key is needed and there is none."""
        return not self.secrets and self.url.startswith("https:") and not self.loopback

    def scrub(self, text: str) -> str:
        """Return a text without secrets: ours, those of known shapes, keys abridged as servers do it (`sk-a***z`)."""
        from summarizer.providers.cassette.redact import find

        for secret in self.secrets:
            text = text.replace(secret, _HIDDEN) if len(secret) >= _LEAST else text
        for found in reversed(find(text)):
            text = text[: found.start] + _HIDDEN + text[found.end :]
        return _KEY_LIKE.sub(_HIDDEN, text)

    def cleaned(self, data: bytes) -> bytes:
        """Return a server's words without our secrets: some repeat what they were sent."""
        for secret in self.secrets:
            if len(secret) >= _LEAST_IN_WORDS:
                data = data.replace(secret.encode(), _HIDDEN.encode())
        return data


_HIDDEN = "[key]"
# A shorter value is a switch, or a key that is made up.
_LEAST = 8
# A shorter key is made up (`ollama`, `not-needed`), and may be a word of the article.
_LEAST_IN_WORDS = 16
# With a figure or a star in it: "key provided." is none.
_KEY_LIKE = re.compile(
    r"\b(?:sk|pk|gsk|key|Bearer)[-_ ](?=[A-Za-z_.-]*[0-9*])[A-Za-z0-9*_.-]{6,}|[A-Za-z0-9_-]{2,}\*{3,}[A-Za-z0-9_-]*"
)


def resolve(base_url: str | None = None, api_key: str | None = None) -> Address:
    """Decide where to ask and with which key.

    Args:
        base_url: None reads `OPENAI_BASE_URL`, then takes OpenAI's own address.
        api_key: None reads `OPENAI_API_KEY`; an empty text means none.

    Raises:
        UsageError: The URL is none, the key holds characters that no header can carry, or a key would travel in the
            clear to another machine.
    """
    parts = _split((_env("OPENAI_BASE_URL") or OPENAI_URL) if base_url is None else base_url)
    return _address(parts, parts.path.rstrip("/"), _env("OPENAI_API_KEY") if api_key is None else api_key)


def resolve_azure(deployment: str, base_url: str | None = None, api_key: str | None = None) -> Address:
    """Decide where to reach a deployment of Azure OpenAI.

    With an API version (`api-version` in the URL, `AZURE_OPENAI_API_VERSION`, `OPENAI_API_VERSION`) it is reached under
    its own path, without one under Azure's `/openai/v1`, which needs none. A URL with such a path is taken as it is.

    Args:
        deployment: Its name.
        base_url: `https://RESOURCE.openai.azure.com`; None reads `AZURE_OPENAI_ENDPOINT`.
        api_key: None reads `AZURE_OPENAI_API_KEY`; never `OPENAI_API_KEY`, which is not for this server.

    Raises:
        UsageError: No endpoint is named, or as in `resolve`.
    """
    url = _env("AZURE_OPENAI_ENDPOINT") if base_url is None else base_url
    if not url:
        raise UsageError(
            f"where is the deployment {deployment!r}? Set AZURE_OPENAI_ENDPOINT (or name a base URL): "
            "https://RESOURCE.openai.azure.com"
        )
    parts = _split(url)
    named = dict(parse_qsl(parts.query)).get("api-version", "")
    version = named or _env("AZURE_OPENAI_API_VERSION") or _env("OPENAI_API_VERSION")
    path = parts.path.rstrip("/")
    if not path.endswith("/openai/v1") and "/deployments/" not in path:
        tail = f"deployments/{quote(deployment, safe='')}" if version else "v1"
        path = f"{path.removesuffix('/openai')}/openai/{tail}"
    if "/deployments/" in path and not version:
        raise UsageError("a URL of one deployment needs the version of its API: set AZURE_OPENAI_API_VERSION")
    key = _env("AZURE_OPENAI_API_KEY") if api_key is None else api_key
    address = _address(parts, path, key, key_name="AZURE_OPENAI_API_KEY")
    return replace(address, api_version=version) if "/deployments/" in path else address


def is_azure(base_url: str | None = None) -> bool:
    """Whether a base URL, or `OPENAI_BASE_URL`, names a resource of Azure OpenAI and no API of it."""
    try:
        parts = urlsplit(_env("OPENAI_BASE_URL") if base_url is None else base_url)
        host = parts.hostname or ""
    except ValueError:
        return False
    return host.endswith(_AZURE) and not parts.path.rstrip("/").endswith("/v1")


def proxy_of(address: Address) -> tuple[str, str] | None:
    """Return the proxy by which the environment wants a server to be reached, and the name of its variable.

    None for none, as for a server on this machine, which a proxy would look for on its own.
    """
    parts = urlsplit(address.url)
    proxies = urllib.request.getproxies()
    kind = parts.scheme if parts.scheme in proxies else "all"
    if kind not in proxies or address.loopback or urllib.request.proxy_bypass(parts.hostname or ""):
        return None
    url = proxies[kind]
    return url if "://" in url else f"http://{url}", f"{kind}_proxy".upper()


def _env(name: str) -> str:
    return os.environ.get(name, "").strip()


def _name_of(key: str, expected_in: str) -> str:
    """Return where somebody finds a key that a server refuses."""
    names = (expected_in, "OPENAI_API_KEY")  # a name `openai:` at Azure may go with either
    return next((name for name in names if _env(name) == key), "api_key") if key else expected_in


def _address(parts: SplitResult, path: str, key: str, *, key_name: str = "OPENAI_API_KEY") -> Address:
    key = key.strip()
    if not key.isascii() or not key.isprintable() or " " in key:
        raise UsageError("the API key holds spaces, line breaks or characters outside ASCII: copy it again")
    url = urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], path, "", ""))
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    address = Address(
        url=url,
        key=key or NO_KEY,
        shown=url,
        loopback=_is_loopback(parts.hostname or ""),
        login=b64encode(f"{user}:{password}".encode()).decode() if user or password else None,
        password=password,
        is_openai=parts.hostname == "api.openai.com" or (parts.hostname or "").endswith(".api.openai.com"),
        query=dict(parse_qsl(parts.query)),
        key_name=_name_of(key, key_name),
    )
    if parts.scheme == "http" and address.secrets and not address.loopback:
        raise UsageError(
            f"refusing to send a key unencrypted to {url!r}: use https, or an empty key if the server needs none"
        )
    return address


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
