"""The console script and `python -m summarizer`."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import NoReturn

_COMPLETE = "_SUMMARIZER_COMPLETE"  # set by a shell whose user presses Tab


def main() -> None:
    """Run the command line and exit with its code."""
    if sys.argv[1:] == ["--version"] and _tell_version():
        return
    try:
        import signal

        _take_interrupts()
        from summarizer.cli import complete, own_streams, run

        own_streams()
        asked = os.environ.get(_COMPLETE)
        code = complete(asked, _COMPLETE) if asked else run(sys.argv[1:])
    except KeyboardInterrupt:  # while it was still being imported
        _end()
    if callable(signal.getsignal(signal.SIGINT)):
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # nothing is left that could be saved
    sys.exit(code)


def _tell_version() -> bool:
    """Answer scripts and installers before anything is imported; return whether standard output took it."""
    from summarizer import __version__

    if sys.stdout is None:
        return False
    try:
        sys.stdout.write(f"summarizer {__version__}\n")
        sys.stdout.flush()
    except OSError:
        return False
    return True


def _take_interrupts() -> None:
    """Have Ctrl-C end the process where a module is being imported, and raise `KeyboardInterrupt` elsewhere.

    Raised within an import it may be swallowed, come out as another error, or leave a lock that other threads wait for.
    """
    import signal

    def interrupt(_number: int, frame: FrameType | None) -> None:
        while frame is not None:
            if frame.f_code.co_filename == "<frozen importlib._bootstrap>":
                _end()
            frame = frame.f_back
        raise KeyboardInterrupt

    if signal.getsignal(signal.SIGINT) == signal.default_int_handler:  # a shell may have it ignored
        signal.signal(signal.SIGINT, interrupt)


def _end() -> NoReturn:
    """End at once: nothing is there yet that could be saved."""
    try:
        os.write(2, b"summarizer: interrupted\n")
    finally:  # also when nobody hears it
        os._exit(130)


if __name__ == "__main__":
    main()
