"""Text that strangers' code has printed, made harmless to whatever shows it."""

from __future__ import annotations

import re
import unicodedata

# Nearly all that is printed: told at once, without a look at each character.
_NOT_PLAIN = re.compile(r"[^\n\t\x20-\x7e]")


def harmless(text: str) -> str:
    """`text` as a terminal may show it: carriage returns applied, control characters escaped.

    Of a line that was overwritten, as progress bars do, the last state is kept.
    """
    if "\r" in text:
        text = "\n".join(map(_last_state, text.split("\n")))
    return _NOT_PLAIN.sub(_shown, text)


def _last_state(line: str) -> str:
    return line.rstrip("\r").rpartition("\r")[2]


def _shown(match: re.Match[str]) -> str:
    char = match.group()
    if char.isprintable() or unicodedata.category(char) == "Zs":
        return char
    return char.encode("unicode_escape").decode("ascii")
