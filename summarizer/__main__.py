"""The console script and `python -m summarizer`."""

from __future__ import annotations

import os
import sys

_COMPLETE = "_SUMMARIZER_COMPLETE"  # set by a shell whose user presses Tab


def main() -> None:
    """Run the command line and exit with its code."""
    if sys.argv[1:] == ["--version"]:  # asked by scripts and installers: answered before anything is imported
        from summarizer import __version__

        sys.stdout.write(f"summarizer {__version__}\n")
        return
    try:
        from summarizer.cli import complete, run

        asked = os.environ.get(_COMPLETE)
        code = complete(asked, _COMPLETE) if asked else run(sys.argv[1:])
    except KeyboardInterrupt:  # while it was still being imported
        sys.stderr.write("summarizer: interrupted\n")
        code = 130
    sys.exit(code)


if __name__ == "__main__":
    main()
