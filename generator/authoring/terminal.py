"""What rich renders, as text for the standard output."""

from __future__ import annotations

import re
import sys

from rich.console import Console, RenderableType

_WIDE = 10_000
_SPACE_AT_END = re.compile(r" +$", re.MULTILINE)


def is_terminal() -> bool:
    """Whether somebody reads the standard output in a terminal."""
    return sys.stdout.isatty()


def shown(content: RenderableType, width: int | None = None) -> str:
    """`content` as text: in colours where the output is a terminal and `NO_COLOR` is not set.

    `width` is for what is no terminal, which takes lines as long as they are by default.
    """
    console = Console(file=sys.stdout, width=None if is_terminal() else width or _WIDE)
    with console.capture() as capture:
        console.print(content)
    return _SPACE_AT_END.sub("", capture.get())
