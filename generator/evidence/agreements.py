"""What somebody said to be a translation of each other, as files beside the records."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from generator.evidence.places import agreement_file
from generator.evidence.store import EvidenceError, as_stored
from generator.files import write_whole


class Agreement(Struct, frozen=True):
    """The texts of a card that were agreed to be translations, by the hashes of both.

    `pairs` has for each language the hashes of the first language's texts with its own.
    """

    card_id: str
    first: str
    pairs: Mapping[str, tuple[tuple[str, str], ...]]

    def of(self, first: str, other: str) -> tuple[tuple[str, str], ...]:
        """The hashes of two languages, if the card had this one first."""
        return self.pairs.get(other, ()) if self.first == first else ()


class _Stored(Struct, frozen=True, forbid_unknown_fields=True):
    card: str
    first: str
    agreed: dict[str, tuple[tuple[str, str], ...]]


def read_agreement(folder: Path, card_id: str) -> Agreement | None:
    """What was agreed of a card, if anything was.

    Raises `EvidenceError` when the file can't be read, or is not what was written.
    """
    path = agreement_file(folder, card_id)
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise EvidenceError(path, f"can't be read: {error.strerror}") from None
    stored = as_stored(path, content, _Stored)
    if stored.card != card_id:
        raise EvidenceError(path, f'is of another card, "{stored.card}"')
    return Agreement(card_id, stored.first, stored.agreed)


def write_agreement(folder: Path, agreement: Agreement) -> Path:
    """Keep what was agreed in `folder`, in place of what was before; raises `OSError`."""
    path = agreement_file(folder, agreement.card_id)
    lines = [
        f' "card": {json.dumps(agreement.card_id, ensure_ascii=False)},',
        f' "first": {json.dumps(agreement.first)},',
        ' "agreed": {',
        ",\n".join(
            f"  {json.dumps(language)}: [\n"
            + ",\n".join(f"   {json.dumps(pair)}" for pair in pairs)
            + "\n  ]"
            for language, pairs in agreement.pairs.items()
        ),
        " }",
    ]
    folder.mkdir(parents=True, exist_ok=True)
    text = "\n".join(["{", *filter(None, lines), "}"]) + "\n"
    write_whole(path, text.encode("utf-8"))
    return path
