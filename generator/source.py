"""Where something stands in a text file."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from msgspec import Struct


class Position(Struct, frozen=True, order=True):
    """A place in a text: line and column count from 1, the column in code points."""

    line: int
    column: int


class Span(Struct, frozen=True, order=True):
    """A stretch of text; `end` is the position just behind its last character."""

    start: Position
    end: Position

    @classmethod
    def at(cls, line: int, column: int, length: int = 1) -> Span:
        """The span of `length` code points of one line."""
        return cls(Position(line, column), Position(line, column + length))


FILE_START = Span(Position(1, 1), Position(1, 1))


def path_for_readers(path: Path, root: Path) -> str:
    """A card's path as readers know it: relative to the hub's root if it is there."""
    return paths_for_readers(root)(str(path))


def paths_for_readers(root: Path) -> Callable[[str], str]:
    """Gives the paths of cards of the hub at `root` as readers know them."""
    # As texts, since this is asked for each card of a large hub in every build.
    here = os.getcwd()  # noqa: PTH109 # fast
    folder = os.path.join(here, root).replace(os.sep, "/").rstrip("/")  # noqa: PTH118

    def known(path: str) -> str:
        absolute = os.path.join(here, path).replace(os.sep, "/")  # noqa: PTH118 # fast
        return absolute.removeprefix(f"{folder}/")

    return known
