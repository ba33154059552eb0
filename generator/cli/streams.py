"""The streams of the command: UTF-8 everywhere, and no traceback when nobody reads them."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TextIO


def provide_streams() -> None:
    """Has stdout and stderr be there, and take UTF-8."""
    # Whoever closed them wants to read nothing; Python has None then, which can't be written to.
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            nothing = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 (till the end)
            setattr(sys, name, nothing)
    for stream in (sys.stdout, sys.stderr):
        _write_utf8(stream)


def print_no_more() -> None:
    """Has nothing that is still to be written raise at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _write_utf8(stream: TextIO) -> None:
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure:
        reconfigure(encoding="utf-8", errors="backslashreplace")
