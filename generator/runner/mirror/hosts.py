"""Which hosts a card may be answered from, when it is not the mirror that answers."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Sequence
from urllib.parse import urlsplit

from generator.config import SETTINGS_PATH
from generator.runner.mirror.address import normal


def is_allowed(url: str, hosts: Sequence[str]) -> bool:
    """Whether the address is on one of `hosts`; `*.` in front stands for any host below.

    A host without a port stands for the usual one of the scheme.
    """
    host = host_of(url)
    for pattern in hosts:
        if pattern.startswith("*."):
            if host.endswith(pattern[1:]) and host != pattern[1:]:
                return True
        elif host == pattern:
            return True
    return False


def host_of(url: str) -> str:
    """The host of an address as the list of hosts has it, with the port if it is not the usual."""
    return urlsplit(normal(url)).netloc


def is_private(url: str) -> bool:
    """Whether the address is, or may be, on this machine or in its network.

    One whose host can't be resolved is not: nobody will get there.
    """
    parts = urlsplit(normal(url))
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return False
    return not all(ipaddress.ip_address(item[4][0]).is_global for item in found)


def how_to_allow(url: str) -> str:
    """What to write where, for the answer at an address to be recorded."""
    return "\n".join(
        (
            f"to allow it, write in {SETTINGS_PATH.as_posix()}:",
            "  mirror:",
            f"    hosts: [{_as_yaml(host_of(url))}]",
        )
    )


def _as_yaml(host: str) -> str:
    # A colon would make a mapping of it.
    return f'"{host}"' if ":" in host else host
