"""The evidence that is valid today, for those who show it. Runs nothing."""

from __future__ import annotations

import hashlib
import os
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from generator.cache import cache_folder
from generator.cards.files import CardFile, card_file
from generator.cards.model import Card
from generator.config import Settings
from generator.evidence.places import (
    agreed_cards,
    agreement_file,
    evidence_folder,
    record_file,
    recorded_cards,
)
from generator.evidence.source import FoundEvidence

if TYPE_CHECKING:
    from generator.runner.judging import Judge


class ValidEvidence:
    """A source of evidence, by the records of a hub and its cache."""

    def __init__(self, settings: Settings) -> None:
        """`settings` are the hub's."""
        self._settings = settings
        self._environment: str | None = None
        self._folders: dict[str, tuple[Path, frozenset[str]]] = {}

    def __getstate__(self) -> tuple[Settings, str | None]:
        """What another process needs to find the same."""
        return self._settings, self._environment

    def __setstate__(self, state: tuple[Settings, str | None]) -> None:
        """Take what `__getstate__` gave in another process."""
        self._settings, self._environment = state
        self._folders = {}

    def key(self, card: CardFile) -> str:
        """A digest of the card's records and of what decides whether they are valid."""
        folder, known = self._folder_of(card.path)
        if card.id not in known:
            return ""
        files = (record_file(folder, card.id), agreement_file(folder, card.id))
        contents = [_content(path) for path in files]
        if not any(contents):
            return ""
        self._environment = self._environment or self._environment_now()
        digest = hashlib.sha256(self._environment.encode())
        for content in contents:
            digest.update(hashlib.sha256(content).digest())
        return digest.hexdigest()

    def of(self, card: Card) -> FoundEvidence:
        """The records of the card that are valid."""
        if not self.key(card_file(card.path)):
            return FoundEvidence(None)
        return self._judge.valid(card)

    def is_at_home(self) -> bool:
        """Whether runtimes, the mirror and counting are here as they were where it was made."""
        # It has not been asked for where no card has records.
        return self._environment in (None, self._environment_now())

    def _environment_now(self) -> str:
        from generator.runner.judging import environment_of_records

        return environment_of_records(self._settings)

    def _folder_of(self, path: str) -> tuple[Path, frozenset[str]]:
        """The folder with the records of the card in a file, and the cards of which it has any."""
        beside = os.path.dirname(path)  # noqa: PTH120 # fast
        if beside not in self._folders:
            folder = evidence_folder(self._settings.root, cache_folder(), Path(path))
            self._folders[beside] = folder, recorded_cards(folder) | agreed_cards(folder)
        return self._folders[beside]

    @cached_property
    def _judge(self) -> Judge:
        from generator.runner.judging import Judge

        return Judge(self._settings)


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""
