"""What the mirror's process and the runner both know."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

LOOPBACK = "127.0.0.1"
AUTHORITY_FILE = "mitmproxy-ca-cert.pem"

UNANSWERED = "unanswered"
"""The identity of no answer."""
UNFINISHED = "unfinished"
"""The identity of an answer that was still on its way."""
SEEDED = "SEEDED"
"""The method of what a group did not download, since it had a copy from the beginning."""


class Exchange(Struct, frozen=True):
    """A request, and why it could not be answered, if it could not.

    `identity` is what identifies the answer that was given.
    """

    method: str
    url: str
    reason: str | None
    identity: str = UNANSWERED


def identities(exchanges: Iterable[Exchange]) -> dict[str, str]:
    """What identifies the answers at each address that was asked for.

    Where they were not always the same, all are named: the text is then none that identifies
    an answer, and what depends on it is never taken for known.
    """
    found: dict[str, set[str]] = {}
    for exchange in exchanges:
        found.setdefault(exchange.url, set()).add(exchange.identity)
    return {url: " and ".join(sorted(answers)) for url, answers in found.items()}
