"""Lines that are told in the language of whoever runs the command, and what stands in them."""

from __future__ import annotations

from pathlib import Path

from generator.translating import say


def line(text: str) -> str:
    """The text as a line."""
    return f"{say(text)}\n"


def shown_path(path: Path) -> str:
    """The path, from the current folder if it is in it."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def counted(number: int, noun: str) -> str:
    """As in "1 card", "2 cards"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
