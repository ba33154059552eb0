"""How moments and addresses are written."""

from __future__ import annotations

from datetime import datetime
from urllib.parse import urlsplit


def iso_time(moment: datetime) -> str:
    """A moment in UTC as in `2026-01-31T12:00:00Z`."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def iso_date(moment: datetime) -> str:
    """The day of a moment as in `2026-01-31`."""
    return moment.strftime("%Y-%m-%d")


def host(address: str) -> str:
    """Where an address leads, short enough to be read: its host, and its owner and name.

    `https://github.com/owner/name/tree/main/x` is `github.com/owner/name`.
    """
    parts = urlsplit(address)
    path = [part for part in parts.path.split("/") if part][:2]
    return "/".join([parts.hostname or address, *path])
