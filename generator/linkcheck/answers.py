"""What has become of an address."""

from __future__ import annotations

from enum import Enum

from msgspec import Struct


class State(Enum):
    """What asking for an address has shown."""

    FINE = "fine"
    MOVED = "moved"
    """It is elsewhere for good."""
    GONE = "gone"
    """The server says that there is no such thing."""
    UNKNOWN = "unknown"
    """Nobody could tell: no answer, a failure of the server, or one that only people may ask."""


class Answer(Struct, frozen=True):
    """What has become of an address; `detail` is where it is now, or what went wrong."""

    state: State
    detail: str = ""
