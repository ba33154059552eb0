"""Finding the command that is meant, and telling in a line why it could not be done."""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module

from generator.cli.arguments import command_parser
from generator.cli.errors import UsageError
from generator.cli.lines import line
from generator.cli.streams import print_no_more, provide_streams
from generator.exit_codes import FINE, INTERRUPTED, USAGE

_ASKED_BY_SHELL = "_ARGCOMPLETE"


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the command line says, and give the exit code. Prints no traceback for bad input."""
    provide_streams()
    parser = command_parser()
    if _ASKED_BY_SHELL in os.environ:
        from generator.authoring.completion import complete

        complete(parser)
    options = parser.parse_args(arguments)
    # Each command imports what it needs, so that the others start quickly.
    from generator.config import SettingsError

    try:
        return _flushed(_command(options.command)(options))
    except SettingsError as error:
        if options.command == "check" and options.format != "text":
            from generator.cli.check_formats import for_programs

            sys.stdout.write(for_programs(options.format, error.diagnostics, None))
        else:
            from generator.cli.reporting import told

            sys.stderr.write(told(error.diagnostics))
    except UsageError as error:
        sys.stderr.write(f"hubcards: {line(str(error))}")
    except BrokenPipeError:
        # Whoever read the output has enough of it.
        print_no_more()
        return FINE
    except OSError as error:
        # Such as a disk that is full: then stderr may be on it, too.
        with contextlib.suppress(OSError):
            sys.stderr.write(f"hubcards: {line(_reason(error))}")
        print_no_more()
    except KeyboardInterrupt:
        sys.stderr.write(f"hubcards: {line('interrupted')}")
        return INTERRUPTED
    return USAGE


def _command(name: str) -> Callable[[argparse.Namespace], int]:
    """What does the command of this name, which is also that of its module."""
    run: Callable[[argparse.Namespace], int] = import_module(f"generator.cli.{name}").run
    return run


def _flushed(code: int) -> int:
    # Else it would be written at exit, where no failure can be told any more.
    sys.stdout.flush()
    return code


def _reason(error: OSError) -> str:
    """What the system says, without its number."""
    reason = error.strerror or str(error)
    return f"{error.filename}: {reason}" if error.filename else reason
