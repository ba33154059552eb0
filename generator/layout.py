"""Where a hub keeps what, relative to its root."""

from __future__ import annotations

CARDS_FOLDER = "cards"
CARD_SUFFIX = ".md"
EVIDENCE_FOLDER = "evidence"
