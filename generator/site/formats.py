"""How moments, amounts and addresses are written, each language in its own way."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from urllib.parse import urlsplit

from generator.site.strings import Strings

_SHORTEST = 0.01


def iso_time(moment: datetime) -> str:
    """A moment in UTC as in `2026-01-31T12:00:00Z`."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def from_iso_time(moment: str) -> datetime:
    """The moment that `iso_time` has written."""
    return datetime.strptime(f"{moment}+0000", "%Y-%m-%dT%H:%M:%SZ%z")


def day(text: Strings, moment: datetime) -> str:
    """The day of a moment, as in `31 Jan 2026`."""
    month = text["months"].split()[moment.month - 1]
    return text["day"].format(year=moment.year, month=month, day=moment.day)


def day_and_time(text: Strings, moment: datetime) -> str:
    """A moment in UTC to the minute, as in `31 Jan 2026, 12:00 UTC`."""
    return text["day_and_time"].format(day=day(text, moment), time=moment.strftime("%H:%M"))


def number(text: Strings, value: float) -> str:
    """A number to four digits, as in `-2.118` or `1.65e-05`, and to the last before the point."""
    has_no_fraction = float(value).is_integer() or abs(value) >= 1_000
    written = f"{value:,.0f}" if has_no_fraction and abs(value) < 1e9 else f"{value:.4g}"
    return _separated(text, written)


def decimal(text: Strings, value: float | Decimal, digits: int) -> str:
    """A number with so many digits behind the point, as in `1,234.50`."""
    return _separated(text, f"{value:,.{digits}f}")


def duration(text: Strings, seconds: float) -> str:
    """A time of so many seconds, as in `5.41 s` or `2 min 3 s`."""
    if seconds < _SHORTEST:
        return text["seconds"].format(number=f"< {_separated(text, str(_SHORTEST))}")
    if seconds < 60:
        digits = 2 if seconds < 10 else 1
        return text["seconds"].format(number=_separated(text, f"{seconds:.{digits}f}"))
    minutes, rest = divmod(round(seconds), 60)
    return text["minutes_and_seconds"].format(
        minutes=_separated(text, f"{minutes:,}"), seconds=rest
    )


def memory(text: Strings, size: int) -> str:
    """So many bytes, as in `320 MB` or `1.2 GB`, where a megabyte is a million of them."""
    if size < 1_000_000_000:
        return text["megabytes"].format(number=_separated(text, f"{size / 1e6:.0f}"))
    return text["gigabytes"].format(number=_separated(text, f"{size / 1e9:,.1f}"))


def host(address: str) -> str:
    """Where an address leads, short enough to be read: its host, and its owner and name.

    `https://github.com/owner/name/tree/main/x` is `github.com/owner/name`.
    """
    parts = urlsplit(address)
    path = [part for part in parts.path.split("/") if part][:2]
    return "/".join([parts.hostname or address, *path])


def _separated(text: Strings, written: str) -> str:
    separators = {",": text["thousands_separator"], ".": text["decimal_separator"]}
    return "".join(separators.get(char, char) for char in written)
