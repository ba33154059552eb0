"""What `hubcards mirror` does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from generator.cache import cache_folder
from generator.config import Settings
from generator.evidence.model import CardEvidence
from generator.evidence.places import recorded_cards
from generator.evidence.store import EvidenceError, read_evidence
from generator.layout import EVIDENCE_FOLDER
from generator.runner.errors import RunnerError
from generator.runner.mirror.inventory import Listed, inventory, requests_of
from generator.runner.mirror.recordings import DamagedBodyError, Recordings, recordings_of


def list_mirror(settings: Settings) -> tuple[tuple[Listed, ...], Sequence[str]]:
    """What the mirror has, and the hub's own cards ask for; and which records can't be read.

    Raises `RunnerError` when the recordings can't be read.
    """
    problems: list[str] = []
    requests = requests_of(_evidence(settings, problems))
    return inventory(settings, _recordings(settings), requests), problems


def keep_in_hub(settings: Settings, url: str) -> Path:
    """Put the small body recorded at `url` into the hub itself: its file.

    Raises `RunnerError` when that can't be done.
    """
    try:
        return _recordings(settings).keep_inside(url)
    except (DamagedBodyError, OSError) as error:
        raise RunnerError(f"{url} was recorded, but {error}") from None


def forget(settings: Settings, urls: Sequence[str]) -> None:
    """Take what was recorded at `urls` out of the hub, so that it is recorded again.

    Raises `RunnerError` when that can't be done.
    """
    recordings = _recordings(settings)
    for url in urls:
        if recordings.at(url) is None:
            raise RunnerError(f"nothing was recorded at {url}")
    try:
        recordings.forget(urls)
    except OSError as error:
        raise RunnerError(f"the recordings can't be changed: {error}") from None


def _recordings(settings: Settings) -> Recordings:
    return recordings_of(settings, cache_folder())


def _evidence(settings: Settings, problems: list[str]) -> Iterable[CardEvidence]:
    folder = settings.root / EVIDENCE_FOLDER
    cards = sorted(recorded_cards(folder))
    return [found for card in cards if (found := _evidence_of(folder, card, problems))]


def _evidence_of(folder: Path, card: str, problems: list[str]) -> CardEvidence | None:
    try:
        return read_evidence(folder, card)
    except EvidenceError as error:
        problems.append(str(error))
        return None
