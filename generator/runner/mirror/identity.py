"""What identifies the answer that the mirror gives at an address, without asking it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from functools import cache

from generator.config import RepositoryAnswer, Settings
from generator.evidence.model import Claim
from generator.runner.fingerprint import pins_of
from generator.runner.mirror.address import matches, normal
from generator.runner.mirror.answers import archive_of
from generator.runner.mirror.weights import SCRIPT_PATH

UNANSWERED = "unanswered"
RECORDED = "recorded"


def identifier(settings: Settings) -> Callable[[str], str]:
    """A function that says what identifies the answer at an address.

    The same text, the same answer. What it has read once it does not read again. The
    function raises `OSError` when an answer can't be read.
    """

    @cache
    def of_repository(repository: RepositoryAnswer) -> str:
        return hashlib.sha256(archive_of(settings, repository)).hexdigest()

    @cache
    def of_stand_ins() -> str:
        parts = [SCRIPT_PATH.read_bytes(), pins_of(settings, settings.default_runtime).encode()]
        parts += [of_repository(repository).encode() for repository in settings.mirror.repositories]
        return hashlib.sha256(b"".join(hashlib.sha256(part).digest() for part in parts)).hexdigest()

    @cache
    def identify(url: str) -> str:
        for file in settings.mirror.files:
            if normal(file.url) == normal(url):
                body = (settings.folder / file.path).read_bytes()
                return f"file:{hashlib.sha256(body).hexdigest()}"
        for repository in settings.mirror.repositories:
            if normal(repository.url) == normal(url):
                return f"archive:{of_repository(repository)}"
        if any(matches(item.url, url) for item in settings.mirror.weights):
            return f"stand-in:{of_stand_ins()}"
        return UNANSWERED

    return identify


def claim_of(settings: Settings, identities: Mapping[str, str]) -> Claim:
    """What an execution has shown that got these answers, by address.

    The model was reproduced when there were weights among them, and all as they are published.
    """
    weights = [
        identity
        for url, identity in identities.items()
        if any(matches(item.url, url) for item in settings.mirror.weights)
    ]
    are_published = all(identity.startswith(f"{RECORDED}:") for identity in weights)
    return Claim.REPRODUCED if weights and are_published else Claim.EXECUTED
