"""The arrays that a block prints, which may be left nowhere else."""

from __future__ import annotations

import builtins
import functools
from typing import Any

from .arrays import MOST_ARRAYS, summary_if_any


class PrintedArrays:
    """What `print` was given since it was last asked."""

    def __init__(self) -> None:
        self._seen: list[tuple[Any, dict[str, Any]]] = []

    def look_at(self, values: tuple[Any, ...]) -> None:
        """Take in what is about to be printed, as it is now: it may change."""
        for value in values:
            if len(self._seen) < MOST_ARRAYS:
                summary = summary_if_any("", value)
                if summary is not None:
                    self._seen.append((value, summary))

    def take(self, namespace: dict[str, Any]) -> list[dict[str, Any]]:
        """The arrays that were printed, but for those that have a name; forgets them all."""
        seen, self._seen = self._seen, []
        named = {id(value) for value in namespace.values()}
        nameless = [summary for value, summary in seen if id(value) not in named]
        for number, summary in enumerate(nameless, 1):
            summary["name"] = f"printed {number}"
        return nameless


def observe_print() -> PrintedArrays:
    """Have each call of `print` looked at, which does all that it did before."""
    printed = PrintedArrays()
    original = builtins.print

    @functools.wraps(original)
    def observed(*values: Any, **options: Any) -> None:
        printed.look_at(values)
        original(*values, **options)

    builtins.print = observed
    return printed
