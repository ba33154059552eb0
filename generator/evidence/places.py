"""Where the records of a card are kept, and what was agreed of its translations."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from generator.layout import CARDS_FOLDER, EVIDENCE_FOLDER

_RECORDS = ".json"
_AGREEMENTS = ".translations.json"


def evidence_folder(root: Path, cache: Path, card: Path) -> Path:
    """The folder with the records of the card in the file `card`.

    Those of the hub's own cards are kept in the hub at `root`; of others, whose folders are
    not ours to write in, in the `cache`.
    """
    if is_of_hub(root, card):
        return root / EVIDENCE_FOLDER
    digest = hashlib.sha256(
        str(card.resolve().parent).encode("utf-8", "surrogateescape")
    ).hexdigest()
    return cache / EVIDENCE_FOLDER / digest[:16]


def is_of_hub(root: Path, card: Path) -> bool:
    """Whether the file `card` is one of the own cards of the hub at `root`."""
    return card.resolve().is_relative_to(root.resolve() / CARDS_FOLDER)


def record_file(folder: Path, card_id: str) -> Path:
    """The file in `folder` with the records of a card."""
    return folder / f"{card_id}{_RECORDS}"


def agreement_file(folder: Path, card_id: str) -> Path:
    """The file in `folder` with what was agreed of a card."""
    return folder / f"{card_id}{_AGREEMENTS}"


def recorded_cards(folder: Path) -> frozenset[str]:
    """The cards of which there are records in `folder`, by their ids."""
    return frozenset(
        name.removesuffix(_RECORDS) for name in _names(folder) if not name.endswith(_AGREEMENTS)
    )


def agreed_cards(folder: Path) -> frozenset[str]:
    """The cards of which something was agreed in `folder`, by their ids."""
    return frozenset(
        name.removesuffix(_AGREEMENTS) for name in _names(folder) if name.endswith(_AGREEMENTS)
    )


def _names(folder: Path) -> list[str]:
    try:
        return [name for name in os.listdir(folder) if name.endswith(_RECORDS)]  # noqa: PTH208 # fast
    except OSError:
        return []
