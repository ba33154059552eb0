"""Addresses, so written that two which mean the same are equal."""

from __future__ import annotations

import re
from urllib.parse import urlsplit, urlunsplit

_DEFAULT_PORTS = {"http": 80, "https": 443}
# These hosts take an owner's and a repository's name in any case.
_CASELESS_REPOSITORY_HOSTS = frozenset({"github.com", "codeload.github.com"})


def normal(url: str) -> str:
    """The address without its fragment and default port, in lower case where case is nothing."""
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    host = (parts.hostname or "").rstrip(".")
    if ":" in host:
        host = f"[{host}]"
    port = _port(parts.netloc)
    if port is not None and port != _DEFAULT_PORTS.get(scheme):
        host = f"{host}:{port}"
    path = parts.path or "/"
    if host in _CASELESS_REPOSITORY_HOSTS:
        empty, *segments = path.split("/")
        path = "/".join([empty, *(part.lower() for part in segments[:2]), *segments[2:]])
    return urlunsplit((scheme, host, path, parts.query, ""))


def matches(pattern: str, url: str) -> bool:
    """Whether the address is one of those that `pattern` stands for; `*` stands for anything."""
    parts = (re.escape(part) for part in normal(pattern).split("*"))
    return re.fullmatch(".*".join(parts), normal(url)) is not None


def _port(netloc: str) -> int | None:
    match = re.search(r":(\d{1,5})$", netloc)
    return int(match.group(1)) if match else None
