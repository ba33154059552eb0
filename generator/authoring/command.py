"""What the commands for authors do."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Collection, Mapping
from pathlib import Path

from generator.authoring.answers import Answers
from generator.authoring.beginning import begin_card
from generator.authoring.errors import AuthoringError
from generator.config import Settings


def new(
    settings: Settings,
    folder: Path,
    given: Mapping[str, str | None],
    hubconf: Path | None,
    settled: Collection[str],
    preview: str,
) -> str:
    """Begin a card in `folder`; the text says where it is, and what to do next.

    Asks in a terminal for what is not `given`, nor has a default and is `settled`. `preview` is
    the command that shows the site. Raises `AuthoringError` when it can't be done.
    """
    ask = _ask if sys.stdin is not None and sys.stdin.isatty() and sys.stdout.isatty() else None
    answers = Answers(given, ask, lambda text: sys.stdout.write(f"  {text}\n"), settled)
    path = begin_card(settings, folder, answers, hubconf)
    steps = {
        "write its text": "the comments in the file say what goes where",
        f"hubcards check {path}": "tells what is wrong with it, and how to mend it",
        f"hubcards test {path}": "tells whether its code runs, and keeps the evidence",
        f"hubcards {preview}": "shows its pages" if preview == "serve" else "makes its pages",
    }
    width = max(map(len, steps))
    lines = (f"  {step:<{width}}  {what}\n" for step, what in steps.items())
    return f"wrote {path}\n\nnext:\n{''.join(lines)}"


def _ask(question: str) -> str:
    # Where there is one, the line can be edited.
    with contextlib.suppress(ImportError):
        import readline  # noqa: F401, PLC0415
    try:
        return input(question)
    except EOFError:
        sys.stdout.write("\n")
        raise AuthoringError("nothing was written, since the answers ended") from None
    except UnicodeDecodeError as error:
        raise AuthoringError(f"nothing was written: the answer is not text: {error}") from None
