"""Where the evidence of a card comes from, for those who show it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from msgspec import Struct, field

from generator.cards.files import CardFile
from generator.cards.model import Card
from generator.evidence.model import CardEvidence


class FoundEvidence(Struct, frozen=True):
    """The records of a card that are valid today; `problems` is what kept some from being told.

    `behind` has for each language whose text does not follow another one how many changes it
    lacks.
    """

    evidence: CardEvidence | None
    problems: tuple[str, ...] = ()
    behind: Mapping[str, int] = field(default_factory=dict)


class EvidenceSource(Protocol):
    """Tells the evidence of cards, also in another process that it was sent to."""

    def key(self, card: CardFile, /) -> str:
        """What the evidence of the card in a file depends on beside that file, as a digest."""

    def of(self, card: Card, /) -> FoundEvidence:
        """The evidence of a card."""

    def is_at_home(self) -> bool:
        """Whether all else that it depends on is, on this machine, as it was where it is from."""


class NoEvidence(Struct, frozen=True):
    """The source of those who have none."""

    def key(self, _card: CardFile) -> str:
        """The same for all cards."""
        return ""

    def of(self, _card: Card) -> FoundEvidence:
        """Nothing."""
        return FoundEvidence(None)

    def is_at_home(self) -> bool:
        """Everywhere."""
        return True
