"""`summarizer report RESULTS...`: results on one page, each sentence beside the sentences that it rests on."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, get_args

import click

from summarizer.cli import EXIT_FAILED, EXIT_OK, files, must_be_open, note
from summarizer.cli.output import must_be_writable, must_not_replace, to_stdout, write_whole
from summarizer.errors import Outcome, SchemaError, Unreadable

if TYPE_CHECKING:
    from summarizer.records import Failure, Result

_FAILURES = "failures.jsonl"
_OUTCOMES = frozenset(get_args(Outcome))


@click.command("report")
@click.argument("results", nargs=-1, required=True, metavar="RESULTS...", shell_complete=files)
@click.option("-o", "--out", type=click.Path(path_type=Path), metavar="FILE", help="Write there, not to stdout.")
def command(results: tuple[str, ...], *, out: Path | None) -> int:
    """Show results on one page of HTML: each sentence beside the sentences that it rests on.

    RESULTS are what a batch wrote (a folder of JSON, or FILE.jsonl) or what --format json printed; "-" is stdin. What
    failed is shown too. The page stands by itself: it runs no script and fetches nothing.
    """
    from summarizer.render import page

    reader = _Reader()
    if out is None or out == Path("-"):
        must_be_open()
    else:
        must_be_writable(out)
        must_not_replace(out, results)
    told = reader.read(results)
    first = next(told, None)
    if first is None:
        note("there is no result to show: name the --out of a batch in JSON, or what --format json printed")
        return EXIT_FAILED
    pieces = page(chain([first], told))
    if out is None or out == Path("-"):
        for piece in pieces:
            to_stdout(piece)
    else:
        write_whole(out, pieces)
    if reader.others:
        note(f"of what stands in the JSON files of folders, {reader.others:,} were no results of summarizer")
    return EXIT_FAILED if reader.is_faulty else EXIT_OK


class _Reader:
    """Reads results and failures, of whatever schema; what cannot be read is named, and costs no other.

    Attributes:
        is_faulty: Whether something that was named, or a line of it, could not be read.
        others: How many values in the files of folders were something else.
    """

    def __init__(self) -> None:
        self.is_faulty = False
        self.others = 0

    def read(self, names: Iterable[str]) -> Iterator[Result[Any] | Failure]:
        """Yield what files and folders hold, in their order, one at a time."""
        for name in names:
            if name != "-" and os.path.isdir(name):
                for path in _within(name):
                    yield from self._file(path, is_named=path.endswith(_FAILURES))
                continue
            yield from self._file(name, is_named=True)
            beside = f"{name}.{_FAILURES}"
            if beside not in names and os.path.isfile(beside):
                yield from self._file(beside, is_named=True)

    def _file(self, name: str, *, is_named: bool) -> Iterator[Result[Any] | Failure]:
        """Yield what a file holds; JSON that was only come across, and is no result, is counted."""
        from summarizer.load.file import fault

        try:
            with sys.stdin.buffer if name == "-" else Path(name).open("rb") as file:
                for place, value in _values(file, name):
                    try:
                        yield _told(value)
                    except SchemaError as error:
                        if not is_named:
                            self.others += 1
                            continue
                        self.is_faulty = True
                        note(f"{name if place is None else f'line {place} of {name}'}: {error.message}")
        except OSError as error:
            raise Unreadable(fault(error, name), source=name) from error


def _within(folder: str) -> Iterator[str]:
    """Yield what a batch may have written to a folder, in order, nothing hidden; links to folders are not followed."""
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if name == _FAILURES or (name.endswith(".json") and not name.startswith(".")):
                yield str(Path(root, name))


def _values(file: BinaryIO, name: str) -> Iterator[tuple[int | None, object]]:
    """Yield what a file holds: of JSON Lines each with its line, else the one value, or those of its list.

    What is no JSON is yielded as it stands, in bytes.
    """
    first = file.readline()
    if name.endswith(".jsonl") or (not name.endswith(".json") and isinstance(_parsed(first), dict)):
        for place, line in enumerate(chain([first], file), 1):
            if line.strip():
                yield place, _parsed(line)
        return
    whole = _parsed(first + file.read())
    yield from ((None, value) for value in (whole if isinstance(whole, list) else [whole]))


def _parsed(text: bytes) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _told(value: object) -> Result[Any] | Failure:
    """Make a result or a failure of JSON values.

    Raises:
        SchemaError: They are neither.
    """
    from summarizer.records import Failure, Result

    if isinstance(value, bytes):
        raise SchemaError("this is no JSON in UTF-8")
    if isinstance(value, dict) and "format" not in value and value.get("outcome") in _OUTCOMES:
        said = [str(value[name]) for name in ("detail", "todo") if value.get(name)]
        return Failure(None, str(value.get("source") or value.get("item")), value["outcome"], "; ".join(said))
    return Result.from_json(json.dumps(value), schema=None)
