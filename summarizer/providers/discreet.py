"""Logs of the client library are kept free of the secrets that go through it.

At its chattiest the library logs whole URLs and the headers of answers. Keys in request headers it leaves out itself,
but a gateway's key may stand in the query, and a server may repeat what it was sent.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable

# Whoever logs a request or an answer below us; a logger's filter sees only what is logged by this very name.
_LOGGERS = ("openai._base_client", "httpx2", "httpcore2.connection", "httpcore2.http11", "httpcore2.proxy")

# A shorter one is made up (`ollama`, `none`), and would black out half of a log.
_LEAST = 8


class _Discreet(logging.Filter):
    def __init__(self) -> None:
        super().__init__()
        self.secrets: set[str] = set()

    def filter(self, record: logging.LogRecord) -> bool:
        """Take the secrets out of a record; it is logged all the same."""
        text = record.getMessage()
        kept = text
        for secret in self.secrets:
            kept = kept.replace(secret, "[key]")
        if kept != text:
            record.msg, record.args = kept, ()
        return True


_FILTER = _Discreet()


def hush(secrets: Iterable[str]) -> None:
    """Keep secrets out of what the client library logs from now on."""
    _FILTER.secrets.update(secret for secret in secrets if len(secret) >= _LEAST)
    for name in _LOGGERS:
        logging.getLogger(name).addFilter(_FILTER)
