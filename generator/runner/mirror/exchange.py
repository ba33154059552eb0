"""What the mirror's process and the runner both know."""

from __future__ import annotations

from dataclasses import dataclass

LOOPBACK = "127.0.0.1"
AUTHORITY_FILE = "mitmproxy-ca-cert.pem"


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request, and why it could not be answered, if it could not.

    `identity` is what identifies the answer.
    """

    method: str
    url: str
    reason: str | None
    identity: str = ""
