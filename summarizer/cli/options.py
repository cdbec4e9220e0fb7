"""What several commands share: options, and how they become a `Summarizer`."""

from __future__ import annotations

import importlib
import logging
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from summarizer.cli import note
from summarizer.errors import UsageError

if TYPE_CHECKING:
    from decimal import Decimal

    from pydantic import BaseModel

    from summarizer.api import Summarizer
    from summarizer.load.inputs import Selection
    from summarizer.records import Budget

Command = TypeVar("Command", bound=Callable[..., Any])


def _together(*options: Callable[[Command], Command]) -> Callable[[Command], Command]:
    """Make one decorator of several options."""

    def add(command: Command) -> Command:
        for option in reversed(options):
            command = option(command)
        return command

    return add


# The model's window, also where a model is named and not reached.
context_option = click.option(
    "--context", type=int, metavar="TOKENS", help="What prompt and reply share, if not what is known of the model."
)
dry_run_option = click.option("--dry-run", is_flag=True, help="Only say what it will take; send no article.")
# Which model, and how it is reached.
model_options = _together(
    click.option(
        "-m",
        "--model",
        metavar="MODEL",
        help="openai:NAME, azure:DEPLOYMENT, local:NAME, local:PATH.gguf or extractive.",
    ),
    click.option("--base-url", metavar="URL", help="An OpenAI-compatible server, for openai: and azure:."),
    click.option("--timeout", type=float, metavar="SECONDS", help="Total deadline of one request."),
    click.option("--rpm", type=int, metavar="N", help="At most N requests a minute; else what the server says."),
    click.option("--tpm", type=int, metavar="N", help="At most N tokens a minute, read and written."),
    click.option(
        "--max-attempts", type=int, metavar="N", help="The same request at most N times after passing faults."
    ),
    context_option,
    click.option(
        "--cache/--no-cache", default=None, help="Keep replies for 30 days on this machine, and pay for none twice."
    ),
)
# What is made of an article.
task_options = _together(
    click.option("--preset", metavar="NAME", help="The prompt: summary, bullets, headline, news, or your own."),
    click.option("--prompts", metavar="FOLDER", type=click.Path(path_type=Path), help="Your own templates."),
    click.option("--schema", metavar="MODULE:CLASS", help="Your own pydantic class for the summary."),
    click.option("--language", metavar="CODE", help="Write in this language instead of the article's (ISO 639-1)."),
    click.option("--max-words", type=int, metavar="N", help="How long the summary may be, its title aside (120)."),
    click.option("--sentences", type=int, metavar="N", help="How many sentences it may have, its title aside."),
    click.option("--max-repairs", type=int, metavar="N", help="Rounds in which a bad reply goes back."),
    click.option("--judge", metavar="MODEL", help="A model that looks at the riskiest statements, once an article."),
    click.option("--judge-share", type=float, metavar="SHARE", help="How many it looks at (0.35 of all)."),
)
# Which articles are meant.
input_options = _together(
    click.option("--include", multiple=True, metavar="GLOB", help="Of folders, take only files that fit; repeatable."),
    click.option("--exclude", multiple=True, metavar="GLOB", help="Of folders, leave out what fits; repeatable."),
    click.option("--text-column", metavar="NAME", default="text", help="The column of a table with the articles."),
    click.option("--id-column", metavar="NAME", help="The column of a table that names them."),
)
# How much is told on the way.
talk_options = _together(
    click.option("-q", "--quiet", is_flag=True, help="No notes on stderr."),
    click.option("-v", "--verbose", is_flag=True, help="Log what is done, on stderr."),
)


class _Notes(logging.Handler):
    """Shows the package's log among the notes: its lines hold words of servers, which must not drive a terminal."""

    def emit(self, record: logging.LogRecord) -> None:
        """Show one line."""
        note(self.format(record))


_NOTES = _Notes()


def talk(*, verbose: bool, quiet: bool = False) -> None:
    """Show warnings of the package's log on stderr, all of it when asked, none when told to be quiet."""
    log = logging.getLogger("summarizer")
    log.setLevel(logging.DEBUG if verbose else logging.CRITICAL if quiet else logging.WARNING)
    log.addHandler(_NOTES)


def in_dollars(_context: click.Context, _option: click.Parameter, value: str | None) -> Decimal | None:
    """Read an amount of an option, as its callback."""
    from summarizer.records import dollars

    try:
        return None if value is None else dollars(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from error


def selection_from(options: dict[str, Any], *, but: frozenset[Path] = frozenset()) -> Selection:
    """Take the options of `input_options` out of all options, and return the `Selection` they make."""
    from summarizer.load.inputs import Selection

    names = ("include", "exclude", "text_column", "id_column")
    return Selection(but=but, **{name: options.pop(name) for name in names})


def summarizer_from(*, strict: bool = False, budget: Budget | None = None, **arguments: Any) -> Summarizer[Any]:
    """Build a `Summarizer` from the options given, the environment and the project's file.

    Args:
        strict: Report unsupported claims instead of replacing them.
        budget: What may be spent in all.
        arguments: Options by name; None is not given.

    Raises:
        UsageError: A setting that cannot be used; says which.
    """
    from summarizer.api import Summarizer
    from summarizer.cli.settings import KEY_OF_THE_PROJECT, base_url_is_the_projects, settings, told_where
    from summarizer.records import Limits

    given = arguments.get("base_url")
    schema = arguments.pop("schema", None)
    found = settings(schema_class=schema, **arguments)
    foreign = given is None and base_url_is_the_projects(found.base_url)
    with told_where(found, {**arguments, "schema_class": schema}):
        limits = Limits(
            requests_per_minute=found.rpm,
            tokens_per_minute=found.tpm,
            timeout_s=found.timeout,
            max_attempts=found.max_attempts,
            max_repairs=found.max_repairs,
        )
        extra = {"schema": schema_class(found.schema_class)} if found.schema_class else {}
        made: Summarizer[Any] = Summarizer(
            found.model,
            base_url=found.base_url,
            # A server that a project's file names must not be sent the key of the shell that visits the project.
            api_key=os.environ.get(KEY_OF_THE_PROJECT, "") if foreign else None,
            preset=found.preset,
            prompts=found.prompts,
            language=found.language,
            max_words=found.max_words,
            sentences=found.sentences,
            on_unsupported="report" if strict else "replace",
            limits=limits,
            budget=budget,
            judge=found.judge,
            judge_share=found.judge_share,
            cache=_cache() if found.cache else None,
            context=found.context,
            **extra,
        )
    if foreign:  # nor may a command that people copy name it, as if they had
        made.wiring.tell_recordings({"--base-url": None})
        made.wiring.expect_keys_in(KEY_OF_THE_PROJECT)
    return made


def _cache() -> Path:
    from summarizer.providers.cache import default_path

    return default_path()


def schema_class(name: str) -> type[BaseModel]:
    """Import a pydantic class named `module:Class`; modules here and beside the project's file are found too.

    Raises:
        UsageError: There is no such module or class, or it is no pydantic model.
    """
    from pydantic import BaseModel

    module_name, _, class_name = name.partition(":")
    if not module_name or not class_name:
        raise UsageError(f"a schema is named MODULE:CLASS, not {name!r}")
    from summarizer.cli.settings import find_file

    file = find_file(Path.cwd())
    for folder in ([] if file is None else [file.parent]) + [Path.cwd()]:
        if str(folder) not in sys.path:
            sys.path.insert(0, str(folder))
    try:
        found = getattr(importlib.import_module(module_name), class_name, None)
    except ImportError as error:
        raise UsageError(f"schema {name!r}: {error}") from error
    except (Exception, SystemExit) as error:  # a module of the user's own may raise anything
        where = f"{type(error).__name__}: {error}"
        raise UsageError(f"schema {name!r}: module {module_name!r} cannot be imported: {where}") from error
    if not (isinstance(found, type) and issubclass(found, BaseModel)):
        raise UsageError(f"schema {name!r}: module {module_name!r} has no pydantic class {class_name!r}")
    return found
