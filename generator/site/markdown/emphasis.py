"""Emphasis and strikethrough, by the rules for delimiter runs of CommonMark and GitHub."""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from msgspec import Struct

DELIMITER_RUN = re.compile(r"\*+|_+|~+")

_PLACEHOLDER_EDGES = "\x02\x03"
_PUNCTUATION = frozenset(string.punctuation + _PLACEHOLDER_EDGES)
_MARKS = {1: "em", 2: "strong"}


class EmphasisTag(str):
    """A tag that a delimiter run stands for: what it opens ends in the same paragraph."""

    __slots__ = ()


class Marks(Struct, frozen=True):
    """What a delimiter run stands for: tags it closes, characters it keeps, tags it opens."""

    closed: tuple[str, ...]
    literal: str
    opened: tuple[str, ...]


@dataclass(slots=True)
class _Run:
    start: int
    char: str
    length: int
    can_open: bool
    can_close: bool
    left: int
    closed: list[str] = field(default_factory=list)
    opened: list[str] = field(default_factory=list)


def read_marks(text: str) -> list[Marks]:
    """What each delimiter run of `text` stands for, in their order.

    Something other than text is marked by control characters at its edges, and counts as
    punctuation.
    """
    runs = [_run(text, match) for match in DELIMITER_RUN.finditer(text)]
    _pair(runs)
    return [
        Marks(tuple(run.closed), run.char * run.left, tuple(reversed(run.opened))) for run in runs
    ]


def _run(text: str, match: re.Match[str]) -> _Run:
    start, end = match.span()
    char, length = text[start], end - start
    # To asterisks and underscores, GitHub looks through tildes at what stands behind them.
    skipped = "" if char == "~" else "~"
    before = _neighbour(text, start - 1, -1, skipped)
    after = _neighbour(text, end, 1, skipped)
    space_before, space_after = before.isspace(), after.isspace()
    mark_before, mark_after = _is_punctuation(before), _is_punctuation(after)
    left = not space_after and (not mark_after or space_before or mark_before)
    right = not space_before and (not mark_before or space_after or mark_after)
    can_open, can_close = left, right
    if char == "_":
        can_open = left and (not right or mark_before)
        can_close = right and (not left or mark_after)
    elif char == "~" and length > 2:
        can_open = can_close = False
    return _Run(start, char, length, can_open, can_close, length)


def _neighbour(text: str, index: int, step: int, skipped: str) -> str:
    while 0 <= index < len(text) and text[index] == skipped:
        index += step
    return text[index] if 0 <= index < len(text) else " "


def _is_punctuation(char: str) -> bool:
    return char in _PUNCTUATION or unicodedata.category(char).startswith("P")


def _pair(runs: Sequence[_Run]) -> None:
    openers: list[_Run] = []
    # Where a closer of some kind found no opener, later ones of that kind look no further back.
    bottoms: dict[tuple[str, int], int] = {}
    for run in runs:
        while run.can_close and run.left:
            kind = (run.char, run.length % 3)
            index = _find_opener(openers, run, bottoms.get(kind, 0))
            if index is None:
                bottoms[kind] = run.start
                break
            _close(openers, index, run)
        if run.can_open and run.left:
            openers.append(run)


def _find_opener(openers: Sequence[_Run], closer: _Run, bottom: int) -> int | None:
    for index in range(len(openers) - 1, -1, -1):
        opener = openers[index]
        if opener.start < bottom:
            return None
        if opener.char == closer.char and _fit(opener, closer):
            return index
    return None


def _fit(opener: _Run, closer: _Run) -> bool:
    return (
        not (opener.can_close or closer.can_open)
        or closer.length % 3 == 0
        or (opener.length + closer.length) % 3 != 0
    )


def _close(openers: list[_Run], index: int, closer: _Run) -> None:
    opener = openers[index]
    del openers[index + 1 :]
    if closer.char == "~":
        # Runs of different lengths don't pair, yet neither is looked at again.
        closer.can_open = closer.can_close = False
        openers.pop()
        if opener.length == closer.length:
            _join(opener, closer, opener.length, "del")
        return
    size = 2 if min(opener.left, closer.left) > 1 else 1
    _join(opener, closer, size, _MARKS[size])
    if not opener.left:
        openers.pop()


def _join(opener: _Run, closer: _Run, size: int, tag: str) -> None:
    opener.left -= size
    closer.left -= size
    opener.opened.append(tag)
    closer.closed.append(tag)
