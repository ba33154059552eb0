"""What keeps cards from being run at all, for the person who runs them."""

from __future__ import annotations


class RunnerError(Exception):
    """Nothing can be run; the text says why, and what to do about it."""


class RuntimeUnavailableError(RunnerError):
    """The interpreter that the cards ask for can't be made on this machine."""
