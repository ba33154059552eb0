"""What authors are told when it can't be done as they say."""

from __future__ import annotations


class AuthoringError(Exception):
    """What was asked for can't be done; the text says why, and what to do instead.

    `mended` is what could be said in place of what was, where that is known.
    """

    def __init__(self, text: str, mended: str | None = None) -> None:
        super().__init__(text)
        self.mended = mended
