"""Which of a card's records are valid today, and what that depends on."""

from __future__ import annotations

import hashlib
from pathlib import Path

from generator.cache import cache_folder
from generator.cards.model import Card
from generator.config import Settings
from generator.evidence.source import FoundEvidence
from generator.runner.current import CurrentRecords, current_evidence
from generator.runner.errors import RunnerError
from generator.runner.fingerprint import counting_code, environment_of
from generator.runner.mirror.identity import identifier
from generator.runner.mirror.recordings import INDEX
from generator.runner.records import RecordKeeper
from generator.translations.staleness import judge_translations


class Judge:
    """Judges the records of a hub's cards, one card after the other."""

    def __init__(self, settings: Settings) -> None:
        """`settings` are the hub's."""
        self._settings = settings
        self._keeper = RecordKeeper(settings.root, cache_folder())
        self._current = CurrentRecords(settings, self._keeper, identifier(settings))

    def valid(self, card: Card) -> FoundEvidence:
        """The records of the card that are valid."""
        problems: list[str] = []
        self._keeper.problems = problems
        found = current_evidence([card], self._current, problems)
        translations = judge_translations(self._settings, [card], cache_folder())
        problems += translations.problems
        behind = translations.behind.get(card.id, {})
        return FoundEvidence(found.get(card.id), tuple(problems), behind)


def environment_of_records(settings: Settings) -> str:
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


def _recorded(index: Path) -> str:
    try:
        return index.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return ""
