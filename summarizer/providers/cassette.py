"""Wrapper `cassette`: completions recorded once and answered from disk ever after.

One JSON file a recording, found by the key of the whole request: a changed word of a prompt, schema, model or setting
is a miss, never a stale answer. The files are made to be read and reviewed: sorted keys, a line of text a line of JSON.
What is stored is the reply as the model wrote it, so that validation, grounding and repair run for real on replay.
"""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, get_args

from summarizer.errors import CassetteDamaged, CassetteMiss, UsageError
from summarizer.records import Completion, ModelInfo, Provider, Request, Usage, digest

Mode = Literal["replay", "record", "rerecord", "verify", "live"]
FORMAT = "summarizer.recording/1"

_LINES = "$lines"


class Cassette(Provider):
    """Answers from recordings, and makes them when told to.

    Args:
        folder: Where the recordings are.
        inner: The provider to record from; a replay needs none.
        mode: `replay` answers from disk and never calls; `record` calls for what is missing and stores it; `rerecord`
            calls always and stores; `verify` calls always, stores nothing, and warns where the reply differs from the
            recorded one; `live` calls and stores nothing.
        provenance: Facts stored with new recordings, for people (a file's hash, a server's version).

    Raises:
        UsageError: A mode that calls, and nothing to call.
    """

    def __init__(
        self,
        folder: Path,
        *,
        inner: Provider | None = None,
        mode: Mode = "replay",
        provenance: Mapping[str, str] | None = None,
    ) -> None:
        if mode not in get_args(Mode):
            raise UsageError(f"no cassette mode {mode!r}; there are: {', '.join(get_args(Mode))}")
        if mode != "replay" and inner is None:
            raise UsageError(f"mode {mode!r} calls a model: give the cassette an inner provider")
        self.folder = Path(folder)
        self.mode = mode
        self._inner = inner
        self._provenance = dict(provenance or {})

    @property
    def info(self) -> ModelInfo | None:
        """What the inner provider says of its model; None without one."""
        return getattr(self._inner, "info", None)

    def complete(self, request: Request, /) -> Completion:
        """Answer from a recording, or record, as the mode says.

        Raises:
            CassetteMiss: Nothing is recorded for this request, and the mode does not call.
            CassetteDamaged: The recording cannot be trusted.
            ProviderError: The inner provider failed.
        """
        found = self._before(request)
        return found or self._after(request, self._door().complete(request))

    async def acomplete(self, request: Request, /) -> Completion:
        """Answer like `complete`, without blocking while the inner provider is called."""
        found = self._before(request)
        return found or self._after(request, await self._door().acomplete(request))

    def close(self) -> None:
        """Close the inner provider."""
        close = getattr(self._inner, "close", None)
        if close is not None:
            close()

    async def aclose(self) -> None:
        """Close the inner provider."""
        aclose = getattr(self._inner, "aclose", None)
        if aclose is not None:
            await aclose()

    def path(self, key: str) -> Path:
        """Return the file of a request's key."""
        return self.folder / key[:2] / f"{key[:24]}.json"

    def _door(self) -> Provider:
        assert self._inner is not None
        return self._inner

    def _before(self, request: Request) -> Completion | None:
        if self.mode not in ("replay", "record"):
            return None
        found = self._load(request)
        if found is None and self.mode == "replay":
            raise CassetteMiss(
                f"no recording in {str(self.folder)!r} for this {request.purpose} request to {request.model!r} "
                f"(key {request.key[:24]}): its prompt, schema, model or settings changed, or it was never recorded; "
                "record it with mode='record'",
                key=request.key,
            )
        return found

    def _after(self, request: Request, completion: Completion) -> Completion:
        if self.mode in ("record", "rerecord"):
            self._store(request, completion)
        if self.mode == "verify":
            recorded = self._load(request)
            if recorded is None or recorded.text != completion.text:
                what = "is not recorded" if recorded is None else "differs from its recording"
                warning = f"verify: the reply to request {request.key[:24]} {what}"
                return replace(completion, warnings=(*completion.warnings, warning))
        return completion

    def _load(self, request: Request) -> Completion | None:
        key = request.key
        path = self.path(key)
        try:
            data = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise CassetteDamaged(f"recording {str(path)!r} cannot be read: {error}", path=str(path)) from error
        return _read(data, key, str(path))

    def _store(self, request: Request, completion: Completion) -> None:
        """Write a recording whole or not at all; among writers at once, the first one's stays unless told otherwise."""
        body = {
            "format": FORMAT,
            "key": request.key,
            "provenance": {
                **self._provenance,
                "purpose": request.purpose,
                "recorded_at": datetime.now(UTC).isoformat(timespec="seconds"),
            },
            "request": request.canonical(),
            "response": {
                "text": completion.text,
                "model": completion.model,
                "finish_reason": completion.finish_reason,
                "usage": completion.usage.to_dict(),
            },
        }
        body["integrity"] = _integrity(body)
        text = json.dumps(_spread(body), ensure_ascii=False, sort_keys=True, indent=1) + "\n"
        path = self.path(request.key)
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=".tmp-", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(text.encode("utf-8", "surrogatepass"))
                file.flush()
                os.fsync(file.fileno())
            if self.mode == "record":
                with contextlib.suppress(FileExistsError):
                    os.link(temporary, path)
            else:
                Path(temporary).replace(path)
        finally:
            Path(temporary).unlink(missing_ok=True)


def _read(data: bytes, key: str, path: str) -> Completion:
    """Read a recording, trusting nothing.

    Raises:
        CassetteDamaged: It is torn, altered, or of another request.
    """
    try:
        body = _join(json.loads(data.decode("utf-8", "surrogatepass")))
        integrity = body.pop("integrity")
        if body["format"] != FORMAT:
            raise CassetteDamaged(f"recording {path!r} is of format {body['format']!r}, not {FORMAT!r}", path=path)
        if integrity != _integrity(body):
            raise CassetteDamaged(f"recording {path!r} was altered after it was made: record it again", path=path)
        if body["key"] != key:
            raise CassetteDamaged(f"recording {path!r} is of another request: it was moved or copied", path=path)
        response = body["response"]
        # A replay costs nothing; the tokens stay, so that reports built on recordings show what the real run took.
        usage = Usage.from_dict({**response["usage"], "cost_usd": Decimal(0)})
        return Completion(
            text=response["text"], model=response["model"], finish_reason=response["finish_reason"], usage=usage
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        message = f"recording {path!r} is damaged ({type(error).__name__}): restore it or record it again"
        raise CassetteDamaged(message, path=path) from error


def _integrity(body: Mapping[str, Any]) -> str:
    return digest(json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":")))


def _spread(value: Any) -> Any:
    """Write text of several lines as a list of lines, so that a diff shows the line that changed."""
    if isinstance(value, str) and "\n" in value:
        return {_LINES: value.split("\n")}
    if isinstance(value, dict):
        return {name: _spread(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_spread(item) for item in value]
    return value


def _join(value: Any) -> Any:
    """Undo `_spread`."""
    if isinstance(value, dict):
        if value.keys() == {_LINES}:
            return "\n".join(value[_LINES])
        return {name: _join(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_join(item) for item in value]
    return value
