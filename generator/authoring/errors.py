"""What authors are told when it can't be done as they say."""

from __future__ import annotations


class AuthoringError(Exception):
    """What was asked for can't be done; the text says why, and what to do instead."""
