"""Reports with colours, for those who read them on a terminal."""

from __future__ import annotations

import re
import sys

from rich.console import Console
from rich.text import Text

_PLACE = re.compile(
    r"(?P<place>.+:\d+:\d+): (?P<severity>error|warning)(?P<code>\[E\d+\]): (?P<message>.*)"
)
_MARK = re.compile(r"  *\| *\^+")
_STYLES = {"error": "bold red", "warning": "bold yellow"}


def write_coloured(report: str) -> None:
    """Writes the text of `as_excerpts` to stdout, which is a terminal, as that can show it."""
    console = Console(file=sys.stdout, highlight=False, soft_wrap=True, emoji=False)
    style = ""
    for line in report.removesuffix("\n").split("\n"):
        match = _PLACE.fullmatch(line)
        if match:
            style = _STYLES[match["severity"]]
            text = Text.assemble(
                (match["place"], "bold"),
                ": ",
                (match["severity"] + match["code"], style),
                (f": {match['message']}", "bold"),
            )
        elif _MARK.fullmatch(line):
            text = Text(line, style)
        elif line.startswith("  hint: "):
            text = Text.assemble(("  hint:", "cyan"), line[7:])
        else:
            text = Text(line)
        console.print(text)
