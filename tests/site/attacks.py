"""Published ways to make a page run what it should not; the file beside says whose they are.

It is a selection of our own from each source, in the shapes that Markdown and HTML can carry.
What would run opens a dialog, or asks a host below `EVIL` for something.
"""

from __future__ import annotations

import json
from pathlib import Path

EVIL = "evil.example"

_FILE = Path(__file__).with_name("attacks.json")


def read_attacks() -> tuple[tuple[str, str], ...]:
    """Every attack, as its kind and its text."""
    kinds = json.loads(_FILE.read_text(encoding="utf-8"))
    return tuple((kind["kind"], text) for kind in kinds for text in kind["texts"])
