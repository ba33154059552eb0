"""What strangers send, made harmless: text that their code prints, and links in place of files."""

from __future__ import annotations

import os
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


def links_to_another_kind(path: str | os.PathLike[str]) -> bool:
    """Whether there is a link at `path`, to a file whose name ends otherwise.

    Who sends a card could have it lead to a file of the machine that reads it.
    """
    suffix = os.path.splitext(path)[1]  # noqa: PTH122 # fast
    return os.path.islink(path) and not os.path.realpath(path).endswith(suffix)  # noqa: PTH114 # fast
