"""Where the records of a card are kept."""

from __future__ import annotations

import hashlib
from pathlib import Path

from generator.layout import CARDS_FOLDER, EVIDENCE_FOLDER


def evidence_folder(root: Path, cache: Path, card: Path) -> Path:
    """The folder with the records of the card in the file `card`.

    Those of the hub's own cards are kept in the hub at `root`; of others, whose folders are
    not ours to write in, in the `cache`.
    """
    path = card.resolve()
    if path.is_relative_to(root.resolve() / CARDS_FOLDER):
        return root / EVIDENCE_FOLDER
    digest = hashlib.sha256(str(path.parent).encode("utf-8", "surrogateescape")).hexdigest()
    return cache / EVIDENCE_FOLDER / digest[:16]
