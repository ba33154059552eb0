"""What identifies the answer that the mirror gives at an address, without asking it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

from generator.cache import cache_folder
from generator.config import Settings
from generator.runner.fingerprint import pins_of
from generator.runner.mirror import stand_in
from generator.runner.mirror.address import normal
from generator.runner.mirror.answers import archive_of, file_identity, is_weights
from generator.runner.mirror.exchange import UNANSWERED
from generator.runner.mirror.recordings import recordings_of

_SCRIPT = Path(stand_in.__file__)

STAND_IN = "stand-in"


def identifier(settings: Settings) -> Callable[[str], str]:
    """A function that says what identifies the answer at an address.

    The same text, the same answer: the sha256 of a body, and for what is made here a digest
    of all that it is made from. Nothing is made or fetched for it, and what it has read once
    it does not read again, but for the recordings. Whether a recorded body is on this machine
    makes no difference. The function raises `RunnerError` when the recordings or a runtime's
    requirements can't be read.
    """
    recordings = recordings_of(settings, cache_folder())
    own = _own_identifier(settings)

    @cache
    def of_stand_ins() -> str:
        archives = [own(repository.url) for repository in settings.mirror.repositories]
        return stand_in_identity(settings, archives)

    def identify(url: str) -> str:
        try:
            known = own(url)
            if known:
                return known
            recorded = recordings.at(url)
            if recorded is not None:
                return recorded.identity
            return of_stand_ins() if is_weights(settings, url) else UNANSWERED
        except OSError:
            # The mirror has no answer then either.
            return UNANSWERED

    return identify


def _own_identifier(settings: Settings) -> Callable[[str], str]:
    """As `identifier`, for what the settings say; nothing for what they do not."""

    @cache
    def own(url: str) -> str:
        for file in settings.mirror.files:
            if normal(file.url) == normal(url):
                return file_identity((settings.folder / file.path).read_bytes())
        for repository in settings.mirror.repositories:
            if normal(repository.url) == normal(url):
                return archive_of(settings, repository).identity
        return ""

    return own


def stand_in_identity(settings: Settings, archives: list[str]) -> str:
    """What identifies stand-in weights made from archives with these identities.

    Raises `OSError`, and `RunnerError` when the runtime's requirements can't be read.
    """
    digest = hashlib.sha256()
    pins = pins_of(settings, settings.default_runtime)
    for part in (_SCRIPT.read_bytes(), pins.encode(), *(item.encode() for item in archives)):
        digest.update(hashlib.sha256(part).digest())
    return f"{STAND_IN}:{digest.hexdigest()}"
