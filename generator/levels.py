"""How grave a hub takes each kind of problem, where it differs from what is usual."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum

from msgspec.structs import replace

from generator.diagnostics import Diagnostic, Severity


class Level(str, Enum):
    """What becomes of a problem: it is not told, or told as a warning, or as an error."""

    OFF = "off"
    WARNING = "warning"
    ERROR = "error"


def at_levels(
    diagnostics: Iterable[Diagnostic], levels: Mapping[str, Level]
) -> Iterator[Diagnostic]:
    """The diagnostics that are told, as grave as `levels`, by code, has them.

    What has no level of its own stays as it is, so that to do this twice changes nothing.
    """
    for item in diagnostics:
        level = levels.get(item.code)
        if level is None:
            yield item
        elif level is not Level.OFF:
            yield replace(item, severity=Severity(level.value))
