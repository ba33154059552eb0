"""Digests: short texts that tell whether a content is what it was."""

from __future__ import annotations

from hashlib import sha256


def digest_of(content: bytes) -> str:
    """What tells one content of a file from another."""
    return sha256(content).hexdigest()[:24]


def digest_for_address(content: bytes) -> str:
    """What a file has in its name that is never another file: browsers keep it for good."""
    return sha256(content).hexdigest()[:10]


def digest_of_all(*parts: str) -> str:
    """A digest of several texts."""
    whole = "".join([f"{len(part)}:{part}" for part in parts])
    return sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()[:32]
