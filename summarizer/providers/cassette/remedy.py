"""The command that records what is missed, and what it takes: it can be run as it stands, from the same folder.

Where no model is known, because none was named and none is recorded, `MODEL` stands in the place of its name.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from summarizer.providers.cassette.recording import Recording

# What an article takes at most, but for a very long one: a summary, its repairs and mends, a judge.
_MOST_REQUESTS = 20
_UNKNOWN = "MODEL"
_BY_HAND = "run the same with mode='record', an inner provider and a budget"


def remedy(
    folder: str,
    provenance: Mapping[str, str],
    request: Mapping[str, Any],
    model: str | None,
    options: Mapping[str, object],
) -> str:
    """Return the command that records a request.

    Args:
        folder: Where recordings are.
        provenance: Where the request comes from.
        request: The request in its canonical form.
        model: The recorded model, as a user names it; None when it is not known.
        options: What the caller has said of the model and of what is asked, by the options of the command line; None
            is not said.
    """
    source, schema = provenance.get("article_source"), provenance.get("schema", "")
    if source is None or not Path(source).is_file() or not _can_be_imported(schema):
        return _BY_HAND
    said = {
        "--model": model or _UNKNOWN,
        "--preset": provenance.get("preset"),
        "--schema": schema,
        "--language": provenance.get("language"),
        "--max-words": request.get("max_words"),
        "--sentences": request.get("sentences"),
        "--max-repairs": provenance.get("max_repairs"),
        **{option: value for option, value in options.items() if value is not None},
    }
    url = said.pop("--base-url", None)
    words = ["summarizer", "fixtures", "record", f"./{source}" if source.startswith("-") else source, "--to", folder]
    for option, value in said.items():
        if value is not None and str(value) != _DEFAULTS.get(option):
            words += [option, str(value)]
    if url is not None:
        words += ["--base-url", _without_login(str(url))]
    return shlex.join([*words, *_cap(str(said["--model"]), url)])


_DEFAULTS = {
    "--preset": "summary",
    "--schema": "summarizer.schema:Summary",
    "--max-words": "120",
    "--max-repairs": "2",
    "--judge-share": "0.35",
}


def _can_be_imported(schema: str) -> bool:
    """Whether the command line can name a class: not one of a script, or within a function or a class."""
    module, _, name = schema.partition(":")
    return not schema or (module != "__main__" and "." not in name)


def _without_login(url: str) -> str:
    """An address with a mark in the place of a password, and without what a query may hide."""
    parts = urlsplit(url)
    login, _, host = parts.netloc.rpartition("@")
    query = parts.query if {name for name, _ in parse_qsl(parts.query)} <= {"api-version"} else ""
    return urlunsplit((parts.scheme, f"USER:PASSWORD@{host}" if login else host, parts.path, query, ""))


def _cap(model: str, url: object) -> list[str]:
    """The cap in dollars; in requests where no price is known, since one in dollars is refused there."""
    from summarizer.providers.prices import per_million_usd

    door, _, name = model.partition(":")
    is_priced = door == "openai" and per_million_usd(name, str(url or os.environ.get("OPENAI_BASE_URL") or _OPENAI))
    return ["--max-cost", "0.05"] if is_priced else ["--max-requests", str(_MOST_REQUESTS)]


_OPENAI = "https://api.openai.com/v1"


def size(nearest: Recording | None, request: Mapping[str, Any]) -> str:
    """Return what recording a request takes: as many tokens as the nearest one, or four characters each."""
    usage = nearest.response.get("usage", {}) if nearest else {}
    tokens = (usage.get("input_tokens") or 0) + (usage.get("output_tokens") or 0)
    sent = sum(len(message["content"]) for message in request["messages"])
    return f"1 call, about {tokens or sent // 4 + (request.get('max_output_tokens') or 0)} tokens"
