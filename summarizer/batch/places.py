"""Where a batch keeps what: the ledger, the outputs and the failures beside each other."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from summarizer.batch.lines import Lines
from summarizer.batch.opening import files_of
from summarizer.batch.outputs import SUFFIXES, Folder, Nowhere, Outputs, Style
from summarizer.errors import StoreError, UsageError
from summarizer.load.inputs import FAILURES, FAILURES_OF_A_FILE, LEDGER, LEDGER_OF_A_FILE

if TYPE_CHECKING:
    from pydantic import BaseModel

LINES = frozenset({".jsonl", ".ndjson"})
TABLES = frozenset({".csv", ".parquet"})
# A folder of such a name is a mistake nearly always.
_NO_FOLDER = frozenset({".json", ".txt", ".md", ".html", ".tsv", ".xlsx", ".zip"})


@dataclass(frozen=True, slots=True)
class Places:
    """The files of a batch.

    Attributes:
        ledger: The truth.
        outputs: What people get.
        failures: The dead letters; None where nothing is kept.
        out: The folder or file that was named; None where nothing is kept.
    """

    ledger: Path
    outputs: Outputs
    failures: Path | None = None
    out: Path | None = None

    @classmethod
    def of(cls, out: Path, *, form: str, schema: type[BaseModel], key: str, overwrite: bool) -> Places:
        """Return the places for what `--out` names.

        Raises:
            UsageError: It can be neither a folder nor a file of a known kind.
        """
        style = Style(form, schema, key, overwrite=overwrite)
        if is_folder(out):
            if form not in SUFFIXES:
                raise UsageError(f"the files of a folder are {', '.join(SUFFIXES)}, not {form!r}")
            return cls(ledger_of(out), Folder(out, style), out / FAILURES, out)
        # A link stays one: what it leads to is replaced.
        file = Path(os.path.realpath(out)) if os.path.islink(out) else out
        outputs: Outputs
        if out.suffix.lower() in LINES:
            outputs = Lines(file, style)
        else:
            from summarizer.batch.tables import Table

            outputs = Table(file, style)
        return cls(ledger_of(out), outputs, failures_of(out), out)

    @classmethod
    @contextmanager
    def nowhere(cls) -> Iterator[Places]:
        """Give places that are gone afterwards.

        Raises:
            StoreError: There is no temporary folder.
        """
        try:
            folder = TemporaryDirectory(prefix="summarizer-", ignore_cleanup_errors=True)
        except OSError as error:
            raise StoreError(
                "a batch that keeps nothing has its ledger in a temporary folder, and none can be made: set TMPDIR to "
                "a folder that can be written"
            ) from error
        with folder:
            yield cls(Path(folder.name) / "ledger.sqlite", Nowhere())


def is_folder(out: Path) -> bool:
    """Whether `--out` names a folder.

    Raises:
        UsageError: It names a file of a kind that is not written.
    """
    suffix = out.suffix.lower()
    if os.path.isdir(out):
        return True
    if suffix in LINES | TABLES:
        if os.path.exists(out) and not os.path.isfile(out):  # opening a pipe waits for who reads it
            raise UsageError(f"{str(out)!r} is a pipe or a device: name a file, or print results with --out -")
        return False
    if suffix in _NO_FOLDER or os.path.exists(out):
        raise UsageError(f"the output is a folder, or a file that ends in .jsonl, .csv or .parquet, not {str(out)!r}")
    return True


def ledger_of(out: Path) -> Path:
    """Return the ledger of a batch: hidden in its folder, or beside its file."""
    return out / LEDGER if is_folder(out) else out.with_name(f"{out.name}{LEDGER_OF_A_FILE}")


def failures_of(out: Path) -> Path:
    """Return the file of dead letters: in the folder, or beside the file, of which each has its own."""
    return out / FAILURES if is_folder(out) else out.with_name(f"{out.name}{FAILURES_OF_A_FILE}")


def none_is_an_article(out: Path) -> frozenset[Path]:
    """Return every path of a batch, resolved, so that a folder of inputs may hold them."""
    found = (out, failures_of(out), *files_of(ledger_of(out)))
    return frozenset(Path(os.path.realpath(path)) for path in found)  # unlike `resolve`, at home in a loop of links
