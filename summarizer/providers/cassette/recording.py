"""A recording: one request, what came back for it, and where both come from, as one JSON file.

The files are made to be read and reviewed: sorted keys, a line of text a line of JSON. What is stored is a list of
named fields, never an answer of a server as it came: no header, no id and no key can slip in.
"""

from __future__ import annotations

import contextlib
import json
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from summarizer.errors import (
    CassetteDamaged,
    CassetteError,
    Filtered,
    ProviderError,
    Refused,
    SummarizerError,
    TruncatedOutput,
)
from summarizer.records import Completion, ModelInfo, Usage, canonical_json, digest
from summarizer.whole import TEMPORARY, replacing, write_all

FORMAT = "summarizer.recording/1"
MODEL_FORMAT = "summarizer.model/1"

# What a model itself says no with: the same question would end the same way, and the flow goes on from there. Every
# other error is about the way to the model, and passes or is mended.
ANSWERS: Mapping[str, type[ProviderError]] = {kind.__name__: kind for kind in (Refused, Filtered, TruncatedOutput)}

_LINES = "$lines"
_STALE_S = 3600.0


@dataclass(frozen=True, slots=True)
class Recording:
    """One stored interaction, secrets replaced.

    Attributes:
        key: The key of the request.
        request: The request in its canonical form.
        response: What came back, as `response_of` makes it.
        provenance: Where the request comes from, when and with what it was recorded.
    """

    key: str
    request: Mapping[str, Any]
    response: Mapping[str, Any]
    provenance: Mapping[str, str] = field(default_factory=dict)

    def encode(self) -> bytes:
        """Return the file's bytes."""
        body = {
            "format": FORMAT,
            "key": self.key,
            "provenance": dict(self.provenance),
            "request": self.request,
            "response": self.response,
        }
        body["integrity"] = digest(canonical_json(body))
        text = json.dumps(spread(body), ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False) + "\n"
        return text.encode("utf-8", "surrogatepass")

    @classmethod
    def decode(cls, data: bytes, *, path: Path) -> Recording:
        """Read a file's bytes, trusting nothing.

        Raises:
            CassetteDamaged: They are torn, altered, or no recording.
        """
        try:
            body = read_json(data.decode("utf-8", "surrogatepass"))
            integrity = body.pop("integrity")
            if body["format"] != FORMAT:
                raise _damaged(path, f"is of format {body['format']!r}, not {FORMAT!r}")
            if integrity != digest(canonical_json(body)):
                raise _damaged(path, "was altered after it was made: restore it or record it again")
            return cls(body["key"], body["request"], body["response"], body["provenance"])
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
            raise _damaged(path, f"is damaged ({type(error).__name__}): restore it or record it again") from error


def response_of(outcome: Completion | SummarizerError) -> dict[str, Any]:
    """Return what is stored of an outcome: named fields only."""
    if isinstance(outcome, Completion):
        return {
            "finish_reason": outcome.finish_reason,
            "model": outcome.model,
            "text": outcome.text,
            "usage": outcome.usage.to_dict(),
            "warnings": list(outcome.warnings),
        }
    assert isinstance(outcome, ProviderError)
    return {
        "error": {
            "code": outcome.code,
            "kind": type(outcome).__name__,
            "message": outcome.message,
            "status": outcome.status,
        },
        "usage": (outcome.usage or Usage()).to_dict(),
    }


def outcome_of(response: Mapping[str, Any], *, model: str, path: Path) -> Completion | ProviderError:
    """Return what came back, as it was; it costs nothing any more, but its tokens stay for reports.

    Raises:
        CassetteDamaged: The stored fields are not what `response_of` makes.
    """
    try:
        usage = replace(Usage.from_dict(response["usage"]), cost_usd=Decimal(0))
        if "error" not in response:
            return Completion(
                text=response["text"],
                model=response["model"],
                finish_reason=response["finish_reason"],
                usage=usage,
                warnings=tuple(response["warnings"]),
            )
        found = response["error"]
        error = ANSWERS[found["kind"]](found["message"], status=found["status"], code=found["code"], model=model)
    except (ValueError, KeyError, TypeError, AttributeError, ArithmeticError) as error_:
        raise _damaged(path, f"is damaged ({type(error_).__name__}): restore it or record it again") from error_
    error.usage = usage
    return error


def _damaged(path: Path, what: str) -> CassetteDamaged:
    return CassetteDamaged(f"recording {str(path)!r} {what}", path=str(path))


# --------------------------------------------------------------------------------------------------------- the folder


def path_of(folder: Path, key: str) -> Path:
    """Return the file of a request's key."""
    return folder / key[:2] / f"{key[:24]}.json"


def load(folder: Path, key: str) -> Recording | None:
    """Read the recording of a key; None when there is none.

    Raises:
        CassetteDamaged: There is a file, and it cannot be trusted; it is never taken for an absent one.
    """
    path = path_of(folder, key)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _damaged(path, f"cannot be read: {error.strerror}") from error
    found = Recording.decode(data, path=path)
    if found.key != key:
        raise _damaged(path, "is of another request: it was moved or copied")
    return found


def paths(folder: Path) -> Iterator[Path]:
    """Yield the files that stand where recordings stand, in order."""
    for inner in sorted(folder.glob("[0-9a-f][0-9a-f]")):
        yield from sorted(inner.glob("*.json"))


def put(path: Path, data: bytes, *, over: bool) -> bool:
    """Write a file whole or not at all.

    Args:
        path: Where it goes; its folder is made.
        data: What it holds.
        over: Replace what is there; otherwise the first of several writers at once wins.

    Returns:
        Whether the file now holds this data.

    Raises:
        CassetteError: It cannot be written; what was there before is as it was.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _sweep(path.parent)
        with replacing(path, over=over) as handle:
            write_all(handle, data)
    except OSError as error:
        if isinstance(error, FileExistsError) and path.exists():
            return False
        raise CassetteError(f"recording {str(path)!r} cannot be written: {error.strerror}; nothing was lost") from error
    return True


def _sweep(folder: Path) -> None:
    """Remove what a process that was killed an hour ago or more has left."""
    for path in folder.glob(f"{TEMPORARY}*"):
        with contextlib.suppress(OSError):
            if time.time() - path.stat().st_mtime > _STALE_S:
                path.unlink()


# ------------------------------------------------------------------------------------------------ the models recorded


def put_model(folder: Path, info: ModelInfo) -> None:
    """Note what a recorded model is: a replay must cut articles as the recording did, and has no door to ask."""
    info = info.with_window()
    values = {
        "format": MODEL_FORMAT,
        "label": info.label,
        "name": info.name,
        "window": info.window,
        "writes": info.writes,
    }
    data = (json.dumps(values, ensure_ascii=False, sort_keys=True, indent=1) + "\n").encode()
    slug = re.sub(r"[^A-Za-z0-9._-]+", "-", info.label)[:60]
    path = folder / "models" / f"{slug}-{digest(info.label)[:8]}.json"
    if not path.is_file() or path.read_bytes() != data:
        put(path, data, over=True)


def models(folder: Path) -> dict[str, ModelInfo]:
    """Return the models that a folder has recordings of, by their labels.

    Raises:
        CassetteDamaged: A note cannot be read.
    """
    return {info.label: info for info in map(model, model_paths(folder))}


def model_paths(folder: Path) -> list[Path]:
    """Return the files in which it is noted what the recorded models are."""
    return sorted((folder / "models").glob("*.json"))


def model(path: Path) -> ModelInfo:
    """Return what is noted of a model.

    Raises:
        CassetteDamaged: The note cannot be read.
    """
    try:
        values = json.loads(path.read_bytes())
        if values["format"] != MODEL_FORMAT:
            raise _damaged(path, f"is of format {values['format']!r}, not {MODEL_FORMAT!r}")
        return ModelInfo(values["label"], values["name"], values["window"], values["writes"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _damaged(path, f"is damaged ({type(error).__name__}): restore it or record again") from error


# --------------------------------------------------------------------------------------------------- text, as lines


def spread(value: Any) -> Any:
    """Write text of several lines as a list of lines, so that a diff shows the line that changed."""
    if isinstance(value, str):
        return {_LINES: value.split("\n")} if "\n" in value else value
    if isinstance(value, Mapping):
        return {f"${name}" if _is_marked(name) else name: spread(item) for name, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [spread(item) for item in value]
    return value


def read_json(text: str) -> Any:
    """Read JSON that `spread` was applied to."""
    return json.loads(text, object_hook=_unescaped if '"$$' in text else _joined)


def _joined(values: dict[str, Any]) -> Any:
    return "\n".join(values[_LINES]) if len(values) == 1 and _LINES in values else values


def _unescaped(values: dict[str, Any]) -> Any:
    joined = _joined(values)
    if joined is not values:
        return joined
    return {name[1:] if _is_marked(name) else name: item for name, item in values.items()}


def _is_marked(name: str) -> bool:
    """Whether a name could be taken for the mark of lines: it is written with one more `$`."""
    return name.startswith("$") and name.lstrip("$") == "lines"
