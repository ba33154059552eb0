"""The evidence that is valid today, for those who show it. Runs nothing."""

from __future__ import annotations

import hashlib
import os
from functools import cached_property
from pathlib import Path

from generator.cards.model import Card
from generator.config import Settings
from generator.evidence.agreements import agreement_file
from generator.evidence.places import evidence_folder
from generator.evidence.source import FoundEvidence
from generator.evidence.store import record_file
from generator.runner.cache import cache_folder
from generator.runner.current import CurrentRecords, current_evidence
from generator.runner.errors import RunnerError
from generator.runner.fingerprint import counting_code, environment_of
from generator.runner.mirror.identity import identifier
from generator.runner.mirror.recordings import INDEX
from generator.runner.records import RecordKeeper
from generator.translations.staleness import judge_translations


class ValidEvidence:
    """A source of evidence, by the records of a hub and its cache."""

    def __init__(self, settings: Settings) -> None:
        """`settings` are the hub's."""
        self._settings = settings
        self._environment = _environment(settings)
        self._folders: dict[str, tuple[Path, frozenset[str]]] = {}

    def __getstate__(self) -> tuple[Settings, str]:
        """What another process needs to find the same."""
        return self._settings, self._environment

    def __setstate__(self, state: tuple[Settings, str]) -> None:
        """Take what `__getstate__` gave in another process."""
        self._settings, self._environment = state
        self._folders = {}

    def key(self, card: Path) -> str:
        """A digest of the card's records and of what decides whether they are valid."""
        folder, known = self._folder_of(card)
        if card.stem not in known:
            return ""
        files = (record_file(folder, card.stem), agreement_file(folder, card.stem))
        contents = [_content(path) for path in files]
        if not any(contents):
            return ""
        digest = hashlib.sha256(self._environment.encode())
        for content in contents:
            digest.update(hashlib.sha256(content).digest())
        return digest.hexdigest()

    def of(self, card: Card) -> FoundEvidence:
        """The records of the card that are valid."""
        if not self.key(card.path):
            return FoundEvidence(None)
        problems: list[str] = []
        self._keeper.problems = problems
        found = current_evidence([card], self._current, problems)
        translations = judge_translations(self._settings, [card], cache_folder())
        problems += translations.problems
        behind = translations.behind.get(card.id, {})
        return FoundEvidence(found.get(card.id), tuple(problems), behind)

    def is_at_home(self) -> bool:
        """Whether runtimes, the mirror and counting are here as they were where it was made."""
        return self._environment == _environment(self._settings)

    def _folder_of(self, card: Path) -> tuple[Path, frozenset[str]]:
        """The folder with the records of the card, and the cards of which it has any."""
        beside = os.path.dirname(card)  # noqa: PTH120 # fast
        if beside not in self._folders:
            folder = evidence_folder(self._settings.root, cache_folder(), card)
            names = [item.name for item in folder.iterdir()] if folder.is_dir() else []
            suffixes = (record_file(folder, "").name, agreement_file(folder, "").name)
            self._folders[beside] = (
                folder,
                frozenset(
                    name.removesuffix(suffix)
                    for name in names
                    for suffix in suffixes
                    if name.endswith(suffix)
                ),
            )
        return self._folders[beside]

    @cached_property
    def _keeper(self) -> RecordKeeper:
        return RecordKeeper(self._settings.root, cache_folder())

    @cached_property
    def _current(self) -> CurrentRecords:
        return CurrentRecords(self._settings, self._keeper, identifier(self._settings))


def _environment(settings: Settings) -> str:
    """A digest of all that the validity of records depends on, beside them and the cards."""
    digest = hashlib.sha256()
    identify = identifier(settings)
    mirror = settings.mirror
    urls = [item.url for item in mirror.repositories] + [item.url for item in mirror.files]
    try:
        parts = [environment_of(settings, name) for name in settings.runtimes]
        parts += [identify(url) for url in urls]
        parts += [_recorded(settings.folder / INDEX), counting_code()]
    except RunnerError as error:
        # Told for each card that has records.
        parts = [str(error)]
    for part in parts:
        digest.update(hashlib.sha256(part.encode("utf-8", "surrogatepass")).digest())
    return digest.hexdigest()


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _recorded(index: Path) -> str:
    try:
        return index.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return ""
