"""Logs of the client library are kept free of the secrets that go through it.

At its chattiest the library logs whole URLs and the headers of answers. Keys in request headers it leaves out itself,
but a gateway's key may stand in the query, and a server may repeat what it was sent.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable

# Whoever logs a request or an answer below us; a logger's filter sees only what is logged by this very name.
_LOGGERS = ("openai._base_client", "httpx2", "httpcore2.connection", "httpcore2.http11", "httpcore2.proxy")

# A shorter one is made up (`ollama`, `none`), and would black out half of a log.
_LEAST = 8


class Discreet(logging.Filter):
    """Takes secrets out of records; threads may log while another one brings a new secret."""

    def __init__(self) -> None:
        super().__init__()
        self._secrets: tuple[str, ...] = ()  # the longest first: one may be the beginning of another
        self._lock = threading.Lock()

    def learn(self, secrets: Iterable[str]) -> None:
        """Take these out too, from now on."""
        with self._lock:  # and in a tuple of its own, for those who are in the middle of the last one
            known = {*self._secrets, *(secret for secret in secrets if len(secret) >= _LEAST)}
            self._secrets = tuple(sorted(known, key=len, reverse=True))

    def filter(self, record: logging.LogRecord) -> bool:
        """Take the secrets out of a record; it is logged all the same."""
        text = record.getMessage()
        kept = text
        for secret in self._secrets:
            kept = kept.replace(secret, "[key]")
        if kept != text:
            record.msg, record.args = kept, ()
        return True


_FILTER = Discreet()


def hush(secrets: Iterable[str]) -> None:
    """Keep secrets out of what the client library logs from now on."""
    _FILTER.learn(secrets)
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_FILTER)
