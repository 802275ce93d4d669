"""The command line: thin doors over the same functions a program would call."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line; what a user can act on ends in one line and exit code 2, an interruption in 130."""
    from courtside.cli.app import app
    from courtside.errors import CourtsideError

    try:
        app()
    except CourtsideError as error:
        print(f"courtside: {error}", file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        print("courtside: stopped; run the same command again to go on", file=sys.stderr)
        sys.exit(130)
    except BrokenPipeError:
        sys.exit(1)
    except OSError as error:  # a full disk or a folder that went away, wherever it strikes
        print(f"courtside: {error.filename or 'output'}: {error.strerror or error}; nothing half-written is kept, run again", file=sys.stderr)
        sys.exit(2)
