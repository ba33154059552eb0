"""What answers the cards while they run."""

from __future__ import annotations

from enum import Enum


class NetworkMode(Enum):
    """Where answers come from."""

    REPLAY = "replay"
    """The mirror alone: the hub's settings, stand-in weights, and what was recorded."""
    RECORD = "record"
    """What the mirror does not have comes from the network, and is kept for the next time."""
    LIVE = "live"
    """The network; nothing is kept."""
