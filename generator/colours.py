"""Reports with colours, for those who read them on a terminal."""

from __future__ import annotations

import re
import sys

from rich.console import Console
from rich.text import Text

from generator.diagnostics import ReportWords

_MARK = re.compile(r"  *\| *\^+")


def write_coloured(report: str, words: ReportWords) -> None:
    """Writes the text of `as_excerpts` to stdout, which is a terminal, as that can show it."""
    styles = {words.error: "bold red", words.warning: "bold yellow"}
    advice = f"  {words.hint}{words.colon}"
    headline = re.compile(
        rf"(?P<place>.+:\d+:\d+): (?P<severity>{'|'.join(map(re.escape, styles))})"
        rf"(?P<code>\[E\d+\])(?P<rest>{re.escape(words.colon)}.*)"
    )
    console = Console(file=sys.stdout, highlight=False, soft_wrap=True, emoji=False)
    style = ""
    for line in report.removesuffix("\n").split("\n"):
        match = headline.fullmatch(line)
        if match:
            style = styles[match["severity"]]
            text = Text.assemble(
                (match["place"], "bold"),
                ": ",
                (match["severity"] + match["code"], style),
                (match["rest"], "bold"),
            )
        elif _MARK.fullmatch(line):
            text = Text(line, style)
        elif line.startswith(advice):
            text = Text.assemble((advice, "cyan"), line[len(advice) :])
        else:
            text = Text(line)
        console.print(text)
