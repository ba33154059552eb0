"""The `hubcards` program, which is also `python -m generator`."""

from __future__ import annotations

import atexit
import contextlib
import gc
import os
import sys
import threading
from typing import NoReturn

from generator.cli.main import main

# While modules are imported, much is made and nothing becomes garbage.
_OBJECTS_BETWEEN_COLLECTIONS = 50_000


def run() -> NoReturn:
    """Does what the command line says, and ends the process with the exit code."""
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    code = main()
    if threading.active_count() > 1:
        sys.exit(code)
    # Python would take all modules apart for longer than `--help` takes; the system need not.
    atexit._run_exitfuncs()  # noqa: SLF001 # what was to be done at exit is done
    for stream in (sys.stdout, sys.stderr):
        # What could not be written has been told, or there is nobody to be told.
        with contextlib.suppress(OSError):
            stream.flush()
    os._exit(code)


if __name__ == "__main__":
    run()
