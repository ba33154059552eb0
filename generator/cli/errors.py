"""Why something that the command line asks for is not done."""

from __future__ import annotations


class UsageError(Exception):
    """What was asked for can't be done; the text says why, and what to do instead."""
