"""Saying that the languages of a card are translations of each other, as they are."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from generator.cards.model import Card
from generator.config import Settings
from generator.evidence.agreements import write_agreement
from generator.evidence.places import evidence_folder
from generator.translations.texts import agreement_to


def agree(settings: Settings, cards: Iterable[Card], cache: Path) -> Sequence[Path]:
    """Keep the hashes of all languages of these cards, and give the files; raises `OSError`."""
    return [
        write_agreement(evidence_folder(settings.root, cache, card.path), agreement_to(card))
        for card in cards
    ]
