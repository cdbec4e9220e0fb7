"""Wrapper `cassette`: completions recorded once and answered from disk ever after.

A recording is found by the key of the whole request: a changed word of a prompt, schema, model or setting is a miss,
never a stale answer. What is stored is the reply as the model wrote it, so that validation, grounding and repair run
for real on replay. A replay opens no connection and needs no key, no client library and no model.
"""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Literal, Self, get_args

from summarizer import __version__
from summarizer.errors import CassetteDamaged, CassetteMiss, SecretFound, SummarizerError, UsageError
from summarizer.providers.budget import Budgeted, worst_by_bytes
from summarizer.providers.cassette import recording
from summarizer.providers.cassette.journal import NAME as JOURNAL
from summarizer.providers.cassette.journal import Event, Journal
from summarizer.providers.cassette.miss import Index
from summarizer.providers.cassette.recording import ANSWERS, Recording
from summarizer.providers.cassette.redact import Redaction, environment_secrets
from summarizer.providers.cassette.remedy import remedy, size
from summarizer.providers.cassette.verify import difference
from summarizer.providers.vetted import Vetted
from summarizer.providers.wrapper import aclose, close, info_of
from summarizer.records import Budget, Completion, ModelInfo, Provider, Request, Usage, key_of

Mode = Literal["replay", "record", "rerecord", "verify", "live"]

_log = logging.getLogger("summarizer.cassette")


class Cassette(Provider):
    """Answers from recordings, and makes them when told to.

    Whatever leaves this process or takes a model's time needs a cap: a mode that calls wants a `budget`, unless `inner`
    says that it is free (`ScriptedProvider` and the extractive door do, by an attribute `free`). Where the environment
    says `CI`, such a cassette replays, whatever its mode: a build never pays, and never writes what nobody reviews.

    Args:
        folder: Where the recordings are.
        inner: The provider to record from; a replay needs none.
        mode: `replay` answers from disk and never calls; `record` calls for what is missing and stores it; `rerecord`
            calls always and stores; `verify` calls always, stores nothing, and warns where the reply differs from the
            recorded one; `live` calls and stores nothing.
        model: The recorded model, as a user names it; needed for a replay only where a folder has several.
        budget: What may be spent over the life of this object.
        provenance: Facts stored with new recordings, for people (a file's hash, a server's version).
        secrets: Texts that must not be stored, beside what looks like a key and what the environment calls secret.

    Attributes:
        mode: What is done; `replay` in CI.
        command: The command that records a missing request, for the message of a miss; None for the package's own.
        options: What the caller has said of the model and of what is asked, by options of the package's own command.
        budget: What may be spent; `everywhere` gives each model that is opened the same.
        journal: Where it is noted which recordings are used; None when nobody asks.

    Raises:
        UsageError: An unknown mode, or one that calls, and nothing to call or no cap; no folder; no provider.
    """

    recorded = True  # what it answers belongs into no cache

    def __init__(
        self,
        folder: Path,
        *,
        inner: Provider | None = None,
        mode: Mode = "replay",
        model: str | None = None,
        budget: Budget | None = None,
        provenance: Mapping[str, str] | None = None,
        secrets: Iterable[str] = (),
    ) -> None:
        if mode not in get_args(Mode):
            raise UsageError(f"no cassette mode {mode!r}; there are: {', '.join(get_args(Mode))}")
        if not isinstance(folder, str | os.PathLike):
            raise UsageError(f"a cassette is the path of a folder, not {folder!r:.60}")
        given: object = inner
        can_be_asked = any(callable(getattr(given, method, None)) for method in ("complete", "acomplete"))
        if given is not None and (isinstance(given, type) or not can_be_asked):
            raise UsageError(f"inner is an object with complete() and acomplete(), not {inner!r:.60}")
        if mode != "replay" and inner is None:
            raise UsageError(f"mode {mode!r} calls a model: give the cassette an inner provider")
        free = bool(getattr(inner, "free", False))
        if mode != "replay" and not free and in_ci():
            _log.warning("the environment says CI: the cassette in %s replays, and does not %s", folder, mode)
            mode = "replay"
        if mode != "replay" and not free and budget is None and not isinstance(inner, Budgeted):
            raise UsageError(
                f"mode {mode!r} calls a model: cap it with budget=Budget(max_cost_usd=Decimal('0.05')), "
                "or with max_requests where no price is known"
            )
        self.folder = Path(folder)
        self.mode: Mode = mode
        self.command: str | None = None
        self.options: dict[str, object] = {}
        told = os.environ.get(JOURNAL)
        self.journal = Journal(Path(told)) if told else None
        self._inner = inner
        self._door: Provider | None = None if inner is None else Vetted(inner)
        if inner is not None and budget is not None:
            self._door = Budgeted(Vetted(inner), budget, worst=worst_by_bytes(inner))
        self._model = None if model is None else _label(model)
        self.budget = budget
        self._provenance = dict(provenance or {})
        self._secrets = tuple(secrets)
        self._noted = False
        self._index = Index(self.folder)
        self._lock = threading.Lock()

    def __repr__(self) -> str:
        return f"Cassette({str(self.folder)!r}, mode={self.mode!r})"

    @property
    def info(self) -> ModelInfo | None:
        """What is known of the recorded model; None when nothing is recorded and no model is named.

        Raises:
            UsageError: The folder has recordings of several models, and none is named.
            CassetteDamaged: What is known cannot be read.
        """
        inner = info_of(self._inner)
        if inner is not None:
            return inner
        known = recording.models(self.folder)
        if self._model is not None:
            return known.get(self._model) or ModelInfo(self._model, self._model.partition(":")[2] or self._model)
        if len(known) > 1:
            raise UsageError(f"{str(self.folder)!r} has recordings of {', '.join(known)}: name one with model=...")
        return next(iter(known.values()), None)

    def complete(self, request: Request, /) -> Completion:
        """Answer from a recording, or record, as the mode says.

        Raises:
            CassetteMiss: Nothing is recorded for this request, and the mode does not call.
            CassetteDamaged: The recording cannot be trusted.
            SecretFound: A recording would hold a secret that cannot be replaced; nothing is written.
            BudgetReached: The cap leaves no room for the call.
            ProviderError: The inner provider failed, or a recorded refusal.
        """
        asked, found = self._before(request)
        if found is not None:
            return _given(found)
        try:
            outcome: Completion | SummarizerError = self._caller().complete(request)
        except SummarizerError as error:
            outcome = error
        return _given(self._after(asked, outcome))

    async def acomplete(self, request: Request, /) -> Completion:
        """Answer like `complete`, without blocking the event loop on the inner provider or on a write."""
        asked, found = self._before(request)
        if found is not None:
            return _given(found)
        try:
            outcome: Completion | SummarizerError = await self._caller().acomplete(request)
        except SummarizerError as error:
            outcome = error
        return _given(await asyncio.to_thread(self._after, asked, outcome))

    def close(self) -> None:
        """Close the inner provider."""
        close(self._inner)

    async def aclose(self) -> None:
        """Close the inner provider."""
        await aclose(self._inner)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    def everywhere(self) -> AbstractContextManager[None]:
        """Let what this process and its children open by name, in the block, use this folder in this mode.

        with Cassette(folder).everywhere():
            summarizer.summarize(text, model="openai:gpt-5-mini")     # replays
        """
        from summarizer.providers.cassette.environment import fixtures

        info = None if self.mode == "replay" else self.info
        return fixtures(self.mode, self.folder, budget=self.budget, model=None if info is None else info.label)

    def most(self, usage: Usage, /) -> Usage:
        """Return the worst case of a request with what the inner provider may add to it; a replay costs nothing."""
        if self.mode == "replay":
            return replace(usage, cost_usd=Decimal(0))
        most = getattr(self._inner, "most", None)
        return most(usage) if callable(most) else usage

    def path(self, request: Request) -> Path:
        """Return the file that a request's recording has, or would have."""
        return recording.path_of(self.folder, self._redacted(_asked(request)).key)

    def _caller(self) -> Provider:
        assert self._door is not None
        return self._door

    def _before(self, request: Request) -> tuple[_Asked, Completion | SummarizerError | None]:
        """Return the request as it is stored, and what is recorded for it; None is the sign to call."""
        asked = _asked(request)
        if self.mode not in ("replay", "record"):
            return self._redacted(asked), None
        # What is found as it stands holds no secret: recordings have none. Only the rest needs to be looked through.
        found = self._load(asked)
        if found is None:
            asked = self._redacted(asked)
            found = self._load(asked) if asked.redaction.placeholders else None
        if found is None and self.mode == "replay":
            raise self._miss(asked)
        return asked, found

    def _redacted(self, asked: _Asked) -> _Asked:
        redaction = Redaction(environment_secrets(self._secrets))
        canonical = redaction.canonical(asked.canonical)
        return _Asked(asked.request, canonical, key_of(canonical), redaction)

    def _load(self, asked: _Asked) -> Completion | SummarizerError | None:
        try:
            found = recording.load(self.folder, asked.key)
            if found is None:
                return None
            self._note("used", asked)
            path = recording.path_of(self.folder, asked.key)
            outcome = recording.outcome_of(found.response, model=asked.request.model, path=path)
        except CassetteDamaged as error:
            error.usage = Usage()  # nothing was sent
            raise
        if isinstance(outcome, Completion):
            return replace(outcome, text=asked.redaction.restore(outcome.text))
        return outcome

    def _miss(self, asked: _Asked) -> CassetteMiss:
        """Say what changed since the nearest recording, and how to record this request."""
        request, info = asked.request, self.info
        provenance = {**asked.redaction.json(self._facts(request))}
        with self._lock:
            why = self._index.explain(asked.canonical, provenance)
        same = f" ({', '.join(why.same)} as recorded)" if why.same else ""
        label, to = (info.label, f" to {request.model!r}") if info else (None, "")
        how = self.command or remedy(_from_here(self.folder), provenance, asked.canonical, label, self.options)
        error = CassetteMiss(
            f"no recording in {_from_here(self.folder)!r} for this {request.purpose} request{to} "
            f"({asked.key[:12]}): {'; '.join(cause.said for cause in why.causes)}{same}; to record it: {how} "
            f"({size(why.nearest, asked.canonical)})",
            key=asked.key,
            causes=tuple(cause.what for cause in why.causes),
        )
        error.usage = Usage()  # nothing was sent
        if why.diff:
            error.add_note("\n".join(why.diff))
        return error

    def _after(self, asked: _Asked, outcome: Completion | SummarizerError) -> Completion | SummarizerError:
        """Store an answer, or compare it; an error that is no answer of the model passes through."""
        if not isinstance(outcome, Completion) and type(outcome).__name__ not in ANSWERS:
            return outcome
        if self.mode in ("record", "rerecord"):
            return self._store(asked, outcome)
        if self.mode == "verify":
            return self._compared(asked, outcome)
        return outcome

    def _compared(self, asked: _Asked, outcome: Completion | SummarizerError) -> Completion | SummarizerError:
        found = _difference(self._load(asked), outcome)
        if found is None:
            return outcome
        self._note("differs", asked, found)
        if not isinstance(outcome, Completion):
            return outcome
        warning = f"verify: the reply to request {asked.key[:24]} differs from its recording: {found}"
        return replace(outcome, warnings=(*outcome.warnings, warning))

    def _store(self, asked: _Asked, outcome: Completion | SummarizerError) -> Completion | SummarizerError:
        """Write a recording, and return what a replay will give.

        Among several who record the same request at once the first one's reply counts for all: what follows from it (a
        repair) is recorded too, and must be found again.
        """
        made = Recording(
            asked.key,
            asked.canonical,
            asked.redaction.json(recording.response_of(outcome)),
            asked.redaction.json(self._facts(asked.request)),
        )
        data = made.encode()
        path = recording.path_of(self.folder, asked.key)
        leaks = asked.redaction.leaks(data, ours=asked.key)
        if leaks:
            raise SecretFound(
                f"recording {str(path)!r} would hold a secret ({', '.join(leaks)}) that cannot be replaced; "
                "nothing was written: take it out of the request"
            )
        if self.info is not None and not self._noted:
            recording.put_model(self.folder, self.info)
            self._noted = True
        if recording.put(path, data, over=self.mode == "rerecord"):
            self._note("made", asked)
            return outcome
        first = self._load(asked)
        return outcome if first is None else _at_the_cost_of(outcome, first)

    def _note(self, event: Event, asked: _Asked, detail: str = "") -> None:
        if self.journal is not None:
            self.journal.note(event, self.folder, asked.key, detail)

    def _facts(self, request: Request) -> dict[str, str]:
        source = request.provenance.get("article_source")
        return {
            **self._provenance,
            **request.provenance,
            **({} if source is None else {"article_source": _portable(source)}),
            **({} if self.info is None else {"model": self.info.label}),
            "purpose": request.purpose,
            "recorded_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "summarizer": __version__,
        }


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request as a cassette knows it: without its secrets."""

    request: Request
    canonical: dict[str, object]
    key: str
    redaction: Redaction


def _asked(request: Request) -> _Asked:
    canonical = request.canonical()
    return _Asked(request, canonical, key_of(canonical), Redaction({}))


def _given(outcome: Completion | SummarizerError) -> Completion:
    if isinstance(outcome, SummarizerError):
        raise outcome
    return outcome


def _at_the_cost_of(
    paid: Completion | SummarizerError, first: Completion | SummarizerError
) -> Completion | SummarizerError:
    """The outcome that was stored first, with what the call for another one consumed."""
    if isinstance(first, Completion):
        return replace(first, usage=(paid.usage or Usage()))
    first.usage = paid.usage
    return first


def _difference(recorded: Completion | SummarizerError | None, live: Completion | SummarizerError) -> str | None:
    if recorded is None:
        return "it is not recorded"
    if isinstance(recorded, Completion) and isinstance(live, Completion):
        return difference(recorded.text, live.text)
    was, now = (type(outcome).__name__ for outcome in (recorded, live))
    return None if was == now else f"{was} -> {now}"


def _from_here(path: Path) -> str:
    here = Path.cwd()
    return path.relative_to(here).as_posix() if path.is_relative_to(here) else str(path)


def _portable(source: str) -> str:
    """A path as it is from here, or only its name: a recording is read on other machines."""
    path = Path(source)
    if not path.is_absolute():
        return source
    shown = _from_here(path)
    return path.name if shown == str(path) else shown


def _label(model: str) -> str:
    """The model as its door labels it: a local one by the name of its file."""
    door, _, name = model.partition(":")
    return f"local:{Path(name).name}" if door == "local" else model


def in_ci() -> bool:
    """Whether the environment says that this is a build (`CI`)."""
    return os.environ.get("CI", "").lower() not in ("", "0", "false", "no")
