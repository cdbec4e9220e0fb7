"""Where a setting comes from: argument, then environment, then `summarizer.toml`, then the default."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from pydantic_settings import BaseSettings, InitSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict

from summarizer.errors import UsageError

FILE = "summarizer.toml"
_PREFIX = "SUMMARIZER_"
KEY_OF_THE_PROJECT = "SUMMARIZER_API_KEY"
_LOCAL = "local:"
# A field of pydantic's may not be called as this setting is; its own name is understood too.
_FIELD = {"schema": "schema_class"}
_SETTING = {field: name for name, field in _FIELD.items()}


class Settings(BaseSettings):
    """What may be set for a project (`summarizer.toml`) or a shell (`SUMMARIZER_MODEL`, ...); keys never in a file."""

    model_config = SettingsConfigDict(env_prefix=_PREFIX, env_ignore_empty=True, extra="forbid", frozen=True)

    model: str | None = None
    base_url: str | None = None
    preset: str = "summary"
    prompts: Path | None = None
    schema_class: str | None = None
    language: str | None = None
    max_words: int = 120
    sentences: int | None = None
    context: int | None = None
    timeout: float | None = None
    rpm: int | None = None
    tpm: int | None = None
    max_attempts: int = 4
    max_repairs: int = 2
    judge: str | None = None
    judge_share: float = 0.35
    cache: bool = False

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - pydantic-settings' signature
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - as above
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Put the sources in the order of precedence."""
        file = find_file(Path.cwd())
        named = {field: os.environ.get(variable(field)) for field in _SETTING}
        ours = InitSettingsSource(settings_cls, {field: value for field, value in named.items() if value})
        sources: tuple[PydanticBaseSettingsSource, ...] = (init_settings, ours, env_settings)
        return (*sources, InitSettingsSource(settings_cls, _read(file))) if file else sources


def _read(file: Path) -> dict[str, Any]:
    """Read a TOML file, also as editors on Windows write one: with a byte order mark."""
    found = tomllib.loads(file.read_bytes().decode("utf-8-sig"))
    for name, value in found.items():
        is_known = name in names() or name in _SETTING
        if isinstance(value, bool) and is_known and name != "cache":  # a number to pydantic
            raise UsageError(f"{str(file)!r}: setting {name!r}: {str(value).lower()} is no value for it")
    return {_FIELD.get(name, name): _placed(name, value, file.parent) for name, value in found.items()}


def _placed(name: str, value: Any, folder: Path) -> Any:
    """Return a setting whose path, if it is one, leads from the folder of the file that sets it."""
    if folder == Path.cwd() or not isinstance(value, str):
        return value
    if name == "prompts" and value:
        return str(folder / value)
    if name in ("model", "judge") and value.startswith(_LOCAL) and value.endswith(".gguf"):
        return f"{_LOCAL}{folder / value.removeprefix(_LOCAL)}"
    return value


def names() -> list[str]:
    """Return what settings are called."""
    return [_SETTING.get(field, field) for field in Settings.model_fields]


def variable(name: str) -> str:
    """Return the environment variable of a setting."""
    return f"{_PREFIX}{_SETTING.get(name, name).upper()}"


def find_file(folder: Path) -> Path | None:
    """Return the nearest `summarizer.toml`, in this folder or above it."""
    return next((path for above in (folder, *folder.parents) if os.path.isfile(path := above / FILE)), None)


def settings(**arguments: Any) -> Settings:
    """Merge the arguments that were given with what the environment and the project say.

    Raises:
        UsageError: An unknown or ill-typed setting, or a file that is no TOML; says where.
    """
    file = find_file(Path.cwd())
    try:
        return Settings(**{name: value for name, value in arguments.items() if value is not None})
    except ValidationError as error:
        first = error.errors()[0]
        where, name = _set_in(str(first["loc"][0])), _SETTING.get(str(first["loc"][0]), str(first["loc"][0]))
        if "key" in name.lower():
            todo = f"set OPENAI_API_KEY, or {KEY_OF_THE_PROJECT} for a base_url of that file"
            raise UsageError(f"{where}: keys are never read from a file; {todo}") from error
        if first["type"] == "extra_forbidden":
            known = ", ".join(names())
            raise UsageError(f"{where}: there is no setting {name!r}; there are: {known}") from error
        raise UsageError(f"{where}: setting {name!r}: {first['msg']}") from error
    except OSError as error:
        raise UsageError(f"{str(file)!r} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise UsageError(f"{str(file)!r} is no valid TOML: {error}") from error


@contextmanager
def told_where(found: Settings, arguments: Mapping[str, Any]) -> Iterator[None]:
    """Have what refuses a setting say where it was set: in the file, or by a variable; not where by an argument."""
    try:
        yield
    except UsageError as error:
        values = {name: getattr(found, name) for name in found.model_fields_set}
        named = [name for name in values if name in error.message]
        named += [name for name in values if repr(values[name]) in error.message]
        if named and arguments.get(named[0]) is None:
            error.args = (f"{_set_in(named[0])}: {error.message}",)
        raise


def _set_in(field: str) -> str:
    """Return what sets a setting that is not given: its variable, the file."""
    variables = (variable(field), f"{_PREFIX}{field.upper()}")
    file = find_file(Path.cwd())
    return next(filter(os.environ.get, variables), repr(str(file)) if file else "an argument")


def base_url_is_the_projects(base_url: str | None) -> bool:
    """Whether a base URL can only have come from the project's file, so that the ambient key is not for it."""
    return base_url is not None and os.environ.get(variable("base_url")) != base_url
