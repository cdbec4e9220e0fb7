"""The command line: parse arguments, call the API, choose the exit code.

Results go to stdout, everything else to stderr. Each command is a module here, imported when it is called.
"""

from __future__ import annotations

import errno
import importlib
import io
import os
import select
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from summarizer.errors import SummarizerError, UsageError

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

COMMANDS = {
    "batch": "Summarize many articles, resumable.",
    "check": "Verdicts for a summary made elsewhere.",
    "estimate": "Say what a batch will take, before spending.",
    "doctor": "Show what is configured, reachable and missing.",
    "fixtures": "Record completions for tests, check and prune them.",
    "models": "List and fetch local models.",
    "prompts": "List, show and render prompts: what exactly is sent.",
    "report": "Show results on one page of HTML.",
    "summarize": "Summarize articles to stdout (the default command).",
}

EXIT_OK, EXIT_FAILED, EXIT_USAGE, EXIT_UNGROUNDED, EXIT_BUDGET, EXIT_REFUSED = range(6)
EXIT_INTERRUPTED = 130
EXIT_CLOSED_PIPE = 141
# The first column of a table may have no name.
_MAY_BE_EMPTY = frozenset({"--text-column", "--id-column"})
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF})

_EXIT_OF = {
    "usage": EXIT_USAGE,
    "ungrounded": EXIT_UNGROUNDED,
    "budget": EXIT_BUDGET,
    "unauthorized": EXIT_REFUSED,
    "unknown_model": EXIT_USAGE,
    "interrupted": EXIT_INTERRUPTED,
    "quota": EXIT_REFUSED,
    "outage": EXIT_REFUSED,
}


def exit_code(error: SummarizerError) -> int:
    """Return the exit code that an error stands for."""
    return _EXIT_OF.get(error.outcome, EXIT_FAILED)


def note(line: str, *, quiet: bool = False) -> None:
    """Say something to people, on stderr."""
    if not quiet:
        click.echo(f"summarizer: {printable(line)}", err=True)


def printable(line: str) -> str:
    """Escape what could drive a terminal: names of files and words of servers are not ours."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode() for char in line)


def many(count: int, thing: str) -> str:
    """Return a number of things: `1 request`, `2,000 requests`."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def table(rows: Sequence[tuple[str, str, str]]) -> str:
    """Return rows of a name, a number and a remark as lines, the names and the numbers one below the other."""
    width, right = (max((len(row[column]) for row in rows), default=0) for column in (0, 1))
    return "\n".join(f"{name:<{width}}  {value:>{right}}  {more}".rstrip() for name, value, more in rows)


def files(_ctx: click.Context, _param: click.Parameter | None, incomplete: str) -> list[CompletionItem]:
    """Let the shell complete the name of a file."""
    from click.shell_completion import CompletionItem

    return [CompletionItem(incomplete, type="file")]


class Commands(click.Group):
    """Finds a command by name, imports it then, and takes anything else for an article to summarize."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names of all commands."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - as above
        """Import a command."""
        if cmd_name not in COMMANDS:
            return None
        command = importlib.import_module(f"summarizer.cli.{cmd_name}").command
        assert isinstance(command, click.Command)
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the default command in front of what names none."""
        if args and args[0] not in COMMANDS and args[0] not in ("--help", "-h", "--version"):
            if not ctx.resilient_parsing:
                _must_not_be_misspelt(args[0])
            args = ["summarize", *args]
        if not args and not ctx.resilient_parsing and not sys.stdin.isatty():
            args = ["summarize", "-"]
        return super().parse_args(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Offer files, which may be articles, and commands, without importing these."""
        from click.shell_completion import CompletionItem

        if incomplete.startswith("-"):
            return click.Command.shell_complete(self, ctx, incomplete)
        found = [CompletionItem(name, help=said) for name, said in sorted(COMMANDS.items())]
        return [*files(ctx, None, incomplete), *(item for item in found if item.value.startswith(incomplete))]

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - as above
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl(sorted(COMMANDS.items()))


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 all well, 1 some article failed, 2 wrong usage, 3 ungrounded under --strict, 4 budget "
    "reached, 5 refused by the server or no answer from it, 130 interrupted.",
)
@click.version_option(package_name="summarizer", message="%(prog)s %(version)s")
def cli() -> None:
    """Summaries in which every sentence names the sentences of the article it rests on, checked by code.

    \b
      summarizer ARTICLE...          summarize files to stdout ("-" is stdin)
      summarizer COMMAND --help      more about a command
    """  # noqa: D301 - click's mark for lines that stay as they are
    _must_be_somewhere()


def _unwritten(error: OSError) -> int:
    """Return the exit code when standard output takes nothing more; any other error is raised again."""
    is_pipe = isinstance(error, BrokenPipeError)  # the reader (`head`) has what it wanted
    if not is_pipe and (error.errno not in _NO_ROOM or error.filename is not None):
        raise error
    # Python must not complain about stdout when it ends.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if is_pipe:
        return EXIT_CLOSED_PIPE
    note(f"cannot write to standard output: {error.strerror}")
    return EXIT_FAILED


def _open_what_is_closed() -> None:
    """A daemon may have closed any of the standard streams, which are None then: nothing comes in or is said there."""
    for name, mode in (("stdin", "r"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115 - open to the end
    if sys.stdout is None:
        sys.stdout = io.TextIOWrapper(io.BufferedWriter(_Closed(os.devnull, "wb")), encoding="utf-8")


def must_be_open() -> None:
    """Refuse to pay for results that nobody gets, where standard output is closed."""
    raw = getattr(getattr(sys.stdout, "buffer", None), "raw", None)
    if isinstance(raw, _Closed):
        raw.refuse()


def _speak_utf8() -> None:
    """Write UTF-8 to standard output, whatever a system takes for its own: a pipe on Windows holds no Chinese."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")


class _Closed(io.FileIO):
    """In the place of a standard output that is closed: a result that is written there is an error, once."""

    is_told = False

    def refuse(self) -> None:
        """Say that nothing can be written."""
        self.is_told = True
        raise OSError(errno.EBADF, "it is closed")

    def write(self, data: Any, /) -> int:
        """Refuse what comes first; what Python still has when it ends is lost."""
        if not self.is_told:
            self.refuse()
        return memoryview(data).nbytes


class _Void(io.FileIO):
    """A file that takes what is said, whether anybody hears it or not."""

    def write(self, data: Any, /) -> int:
        """Write what can be written; the rest is lost."""
        try:
            written: int | None = super().write(data)
        except OSError:
            written = None
        return memoryview(data).nbytes if written is None else written


class _Whole(io.FileIO):
    """A file that takes all there is, be it a pipe that another process has set to take nothing for now."""

    def write(self, data: Any, /) -> int:
        """Write some; at least something."""
        while (written := super().write(data)) is None:
            select.select((), (self,), ())
        return int(written)


def own_streams() -> None:
    """Lose no result, and end no work because of notes that cannot be written.

    Without a buffer (`PYTHONUNBUFFERED`) Python does not look whether a write to stdout took everything, which a signal
    or a full disk may cut short. Stderr may be a terminal that was closed, or on a full disk.
    """
    if os.name != "posix":  # the console of Windows takes other than bytes
        return
    for name, kind in (("stdout", _Whole), ("stderr", _Void)):
        stream = getattr(sys, name)
        if stream is not None:
            setattr(sys, name, _over(kind(stream.fileno(), "wb", closefd=False), stream))


def _over(raw: io.FileIO, stream: Any) -> io.TextIOWrapper:
    is_by_lines = stream.line_buffering or stream.write_through
    buffer = io.BufferedWriter(raw)
    return io.TextIOWrapper(buffer, encoding=stream.encoding, errors=stream.errors, line_buffering=is_by_lines)


def _must_say_something(args: Sequence[str]) -> None:
    """Refuse what is empty: a variable that is not set would name the folder where the command is run."""
    for before, arg in zip(("", *args), args, strict=False):
        option = before if arg == "" else arg.removesuffix("=") if arg.startswith("--") and arg.endswith("=") else None
        if option is not None and option not in _MAY_BE_EMPTY:
            where = f" after {printable(option)}" if option else ""
            raise click.UsageError(f"there is nothing{where}: name something, or leave it out")


def _must_be_somewhere() -> None:
    """Refuse a folder that was removed meanwhile: nothing has a path from there, nor the settings' file one above."""
    try:
        Path.cwd()
    except OSError as error:
        raise UsageError(f"the folder where this is run is no more ({error.strerror}): change to another") from error


def _must_not_be_misspelt(name: str) -> None:
    """Refuse what looks like a command and is no article: the options behind it would be called unknown."""
    if os.path.lexists(name):
        return
    from difflib import get_close_matches

    if near := get_close_matches(name, COMMANDS, n=1, cutoff=0.75):
        raise click.UsageError(f"no command and no file {printable(repr(name))}: did you mean {near[0]!r}?")
    if name.isalpha():
        raise click.UsageError(f"no command and no file {name!r}: `summarizer --help` lists the commands")


def complete(asked: str, variable: str) -> int:
    """Answer a shell: print its script (`bash_source`), or what may stand where its user pressed Tab."""
    from click.shell_completion import shell_complete

    try:
        return shell_complete(cli, {}, "summarizer", variable, asked)
    except OSError as error:
        return _unwritten(error)


def run(args: Sequence[str]) -> int:
    """Run the command line and return its exit code."""
    _open_what_is_closed()
    _speak_utf8()
    try:
        _must_say_something(args)
        with cli.make_context("summarizer", list(args)) as context:
            code = cli.invoke(context)
        sys.stdout.flush()
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except SummarizerError as error:
        note(error.message)
        return exit_code(error)
    except OSError as error:
        return _unwritten(error)
    except (KeyboardInterrupt, click.Abort):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        note("interrupted")
        return EXIT_INTERRUPTED
    return code if isinstance(code, int) else EXIT_OK
