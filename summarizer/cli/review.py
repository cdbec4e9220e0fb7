"""Look through recordings, offline: what is damaged, outdated, unfit, secret, or used by nothing."""

from __future__ import annotations

import re
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from summarizer.cli.options import schema_class
from summarizer.errors import CassetteDamaged, InvalidReply, SummarizerError
from summarizer.load import load
from summarizer.pipeline import Measure, Mended, Task
from summarizer.pipeline.task import Given
from summarizer.pipeline.write import question
from summarizer.prompt import Prompts
from summarizer.providers.cassette import recording
from summarizer.providers.cassette.last_run import LastRun
from summarizer.providers.cassette.miss import compare
from summarizer.providers.cassette.recording import Recording
from summarizer.providers.cassette.redact import Redaction, environment_secrets
from summarizer.records import Article, ModelInfo, Request, Unit, canonical_json, digest, key_of
from summarizer.schema import find_claims
from summarizer.validate import validate

if TYPE_CHECKING:
    from pydantic import BaseModel

Kind = Literal["damaged", "misplaced", "drift", "article", "invalid", "ungrounded", "secret", "orphan", "model", "old"]

_UNIT = re.compile(r"(?:\[(?=\d+\]))?(\d+)\]? (.*)")
_TEMPORARY_S = 3600.0


@dataclass(frozen=True, slots=True)
class Doubt:
    """One thing about one recording.

    Attributes:
        path: The file.
        kind: What is wrong.
        detail: How, in one line.
        fixed: What the file should hold and where, when that is known without calling a model.
        note: Whether it breaks nothing.
    """

    path: Path
    kind: Kind
    detail: str
    fixed: Recording | None = None
    note: bool = False


@dataclass(slots=True)
class Folder:
    """The recordings of a folder that can be read, and what is known about them as a whole.

    Attributes:
        recordings: By file.
        damaged: Why a file cannot be read, by file: a recording, or the note on a model, without which none replays.
        repaired: The question and the reply of each conversation that went on with a repair.
        mended: Instructions and article of each summary of which statements went back.
        shortened: The same of each summary that went back because it was too long.
    """

    path: Path
    recordings: dict[Path, Recording] = field(default_factory=dict)
    damaged: dict[Path, str] = field(default_factory=dict)
    repaired: set[tuple[str, str]] = field(default_factory=set)
    mended: set[tuple[str, str, str]] = field(default_factory=set)
    shortened: set[tuple[str, str, str]] = field(default_factory=set)

    @classmethod
    def read(cls, path: Path) -> Folder:
        """Read all recordings of a folder."""
        folder = cls(path)
        for file in recording.model_paths(path):
            try:
                recording.model(file)
            except CassetteDamaged as error:
                folder.damaged[file] = str(error)
        for file in recording.paths(path):
            try:
                folder.recordings[file] = found = Recording.decode(file.read_bytes(), path=file)
            except (OSError, CassetteDamaged) as error:
                folder.damaged[file] = str(error)
                continue
            messages = found.request["messages"]
            if found.provenance.get("purpose") == "repair":
                folder.repaired.add((_conversation(messages[:-2]), messages[-2]["content"]))
            if found.provenance.get("purpose") == "mend":
                folder.mended.add(_subject(found))
            if found.provenance.get("purpose") == "shorten":
                folder.shortened.add(_subject(found))
        return folder


def _conversation(messages: Sequence[Mapping[str, str]]) -> str:
    return digest(canonical_json(list(messages)))


def _subject(found: Recording) -> tuple[str, str, str]:
    instructions = found.request["messages"][0]["content"]
    return found.request["model"], digest(instructions), found.provenance.get("article", "")


def review(path: Path, *, prompts: Prompts, max_age_days: float) -> Iterator[Doubt]:
    """Yield all that is doubtful about the recordings of a folder.

    Args:
        path: The folder.
        prompts: Today's templates.
        max_age_days: Older recordings are noted.
    """
    folder = Folder.read(path)
    yield from (Doubt(file, "damaged", why) for file, why in folder.damaged.items())
    for file, found in folder.recordings.items():
        yield from _placed(file, found, path)
        yield from _secrets(file, found)
        yield from _drift(file, found, prompts)
        yield from _fitness(file, found, folder)
        yield from _age(file, found, max_age_days)
    yield from _snapshots(folder)
    yield from _orphans(folder)


def _placed(file: Path, found: Recording, folder: Path) -> Iterator[Doubt]:
    key = key_of(found.request)
    where = recording.path_of(folder, key)
    if key != found.key:
        yield Doubt(file, "misplaced", f"its key is that of another version: {key[:12]}", replace(found, key=key))
    elif where != file:
        yield Doubt(file, "misplaced", f"it belongs to {where.relative_to(folder)}", found)


def _secrets(file: Path, found: Recording) -> Iterator[Doubt]:
    kinds = Redaction(environment_secrets()).leaks(file.read_bytes(), ours=found.key)
    if kinds:
        yield Doubt(file, "secret", f"it holds what looks like a secret ({', '.join(kinds)}): revoke it, record again")


# --------------------------------------------------------------------------------------------------------------- drift


def _drift(file: Path, found: Recording, prompts: Prompts) -> Iterator[Doubt]:
    """Ask the recorded question again, as today's templates, schema and code put it."""
    facts = found.provenance
    yield from _source(file, facts)
    if facts.get("purpose") not in ("summary", "shorter") or not {"article", "preset", "schema"} <= facts.keys():
        return
    try:
        today = _asked_today(found, prompts)
    except SummarizerError as error:
        yield Doubt(file, "drift", f"it cannot be asked again from here: {error.message}")
        return
    if today is None:
        return  # shown by templates of another make: nothing to compare with
    canonical = Redaction(environment_secrets()).canonical(today.canonical())
    now = {**facts, **today.provenance}
    if key_of(canonical) != key_of(found.request):
        causes = compare(found, canonical, now).causes
        yield Doubt(file, "drift", "; ".join(cause.said for cause in causes))
    elif now["templates"] != facts.get("templates"):
        said = "the templates changed, what they say did not"
        yield Doubt(file, "drift", said, replace(found, provenance=now), note=True)


def _source(file: Path, facts: Mapping[str, str]) -> Iterator[Doubt]:
    source = Path(facts.get("article_source", ""))
    if not source.is_file():
        return
    try:
        text = load(source)
    except SummarizerError:
        return
    if text.id != facts.get("article"):
        yield Doubt(file, "article", f"{str(source)!r} is not as it was recorded")


def _asked_today(found: Recording, prompts: Prompts) -> Request | None:
    """Put the question anew; None when the recorded one does not show its sentences as ours do.

    Raises:
        SummarizerError: There is no such preset or schema any more.
    """
    facts, asked = found.provenance, found.request
    schema = schema_class(facts["schema"])
    units = _units(asked["messages"][-1]["content"])
    if not units:
        return None
    article = Article("", source=facts.get("article_source"), language=facts.get("article_language"))
    # The text is not recorded, only its sentences: the id, from which the marks around them are made, is as recorded.
    object.__setattr__(article, "id", facts["article"])
    task: Task[BaseModel] = Task(
        schema=schema,
        preset=facts["preset"],
        language=facts.get("language"),
        max_words=asked["max_words"],
        sentences=asked.get("sentences"),
    )
    model = ModelInfo(facts.get("model", asked["model"]), asked["model"])
    given = Given(article, task, prompts, model, Measure(len, exact=False))
    return replace(question(units, given), sample=asked["sample"])


def _units(shown: str) -> tuple[Unit, ...]:
    """Read the numbered sentences of a prompt back; their spans are those in the sentences joined."""
    units: list[Unit] = []
    paragraph, at = 1, 0
    for line in shown.split("\n"):
        match = _UNIT.fullmatch(line)
        if match is None:
            paragraph += bool(units)
            continue
        units.append(Unit(int(match[1]), at, match[2], paragraph))
        at += len(match[2]) + 1
    return tuple(units)


# ------------------------------------------------------------------------------------------------------------- fitness


def _fitness(file: Path, found: Recording, folder: Folder) -> Iterator[Doubt]:
    """Validate and ground a reply with today's code; what was sent back then was known to be wrong."""
    facts, asked = found.provenance, found.request
    if "error" in found.response or asked["format"] is None or "schema" not in facts:
        return
    text, purpose = found.response["text"], facts.get("purpose")
    try:
        schema = Mended if purpose == "mend" else schema_class(facts["schema"])
        summary = validate(text, schema)
    except InvalidReply as error:
        if purpose in ("summary", "shorter") and (_conversation(asked["messages"]), text) not in folder.repaired:
            said = f"its reply is not valid, and was not sent back: {error.problems[0]}"
            yield Doubt(file, "invalid", said, note=not _goes_back(found))
        return
    except SummarizerError:
        return  # no such schema: `_drift` says so
    if purpose in ("summary", "shorter"):
        yield from _groundedness(file, found, folder, summary)


def _goes_back(found: Recording) -> bool:
    """Whether a reply with something wrong would have been sent back when it was recorded."""
    return found.provenance.get("max_repairs", "0") != "0"


def _groundedness(file: Path, found: Recording, folder: Folder, summary: BaseModel) -> Iterator[Doubt]:
    from summarizer.ground import ground

    units = _units(found.request["messages"][-1]["content"])
    claims = tuple(find_claims(summary))
    if not units or not claims:
        return
    language = found.provenance.get("article_language")
    asked_language = found.provenance.get("language")
    checks = ground(claims, units, language=language, asked_language=asked_language).checks
    failing = [check for check in checks if not check.supported]
    was_sent_back = _subject(found) in folder.mended
    if failing and not was_sent_back and _subject(found) not in folder.shortened:
        first = failing[0].findings[0].detail if failing[0].findings else "no evidence"
        said = f"{len(failing)} of {len(checks)} statements are unsupported, and none was sent back: {first}"
        yield Doubt(file, "ungrounded", said, note=not _goes_back(found))
    if was_sent_back and not failing:
        yield Doubt(file, "drift", "its statements were sent back, and are all supported by today's checks")


# -------------------------------------------------------------------------------------------------------- the whole


def _age(file: Path, found: Recording, max_age_days: float) -> Iterator[Doubt]:
    try:
        age = datetime.now(UTC) - datetime.fromisoformat(found.provenance.get("recorded_at", ""))
    except (ValueError, TypeError):
        return
    if age.days > max_age_days:
        yield Doubt(file, "old", f"recorded {age.days} days ago", note=True)


def _snapshots(folder: Folder) -> Iterator[Doubt]:
    """Note a name that was answered by more than one model: the newest is what it means now."""
    answered: dict[str, dict[str, list[tuple[str, Path]]]] = defaultdict(lambda: defaultdict(list))
    for file, found in folder.recordings.items():
        if "model" in found.response:
            when = found.provenance.get("recorded_at", "")
            answered[found.request["model"]][found.response["model"]].append((when, file))
    for name, by_model in answered.items():
        newest = max(by_model, key=lambda model: max(by_model[model]))
        for model, files in by_model.items():
            for _, file in files if model != newest else ():
                said = f"{name!r} was {model!r} then, and is {newest!r} in newer recordings"
                yield Doubt(file, "model", said, note=True)


def _orphans(folder: Folder) -> Iterator[Doubt]:
    """Yield what no question leads to, and what is no recording."""
    asked = {_conversation(found.request["messages"]) for found in folder.recordings.values()}
    subjects = {
        _subject(found)
        for found in folder.recordings.values()
        if found.provenance.get("purpose") in ("summary", "shorter", "reduce")
    }
    for file, found in folder.recordings.items():
        purpose = found.provenance.get("purpose")
        if purpose == "repair" and _conversation(found.request["messages"][:-2]) not in asked:
            yield Doubt(file, "orphan", "it repairs the reply to a question that is not recorded")
        if purpose == "mend" and _subject(found) not in subjects:
            yield Doubt(file, "orphan", "it mends a summary that is not recorded")
    known = {*folder.recordings, *folder.damaged}
    for inner in sorted(folder.path.glob("[0-9a-f][0-9a-f]")):
        for file in sorted(set(inner.iterdir()) - known):
            if not file.name.startswith(".tmp-") or time.time() - file.stat().st_mtime > _TEMPORARY_S:
                yield Doubt(file, "orphan", "it is no recording")
    last = LastRun.read(folder.path)
    if last is not None and last.partial is None:
        for file in last.unused(folder.recordings):
            yield Doubt(file, "orphan", f"the complete run of {last.finished_at} did not use it")
