"""Which files are meant as cards. Asked for in every build, of each card of a large hub."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from generator.cards import rules
from generator.diagnostics import Diagnostic
from generator.layout import CARD_SUFFIX
from generator.source import FILE_START


class CardFile(Struct, frozen=True):
    """A file that is meant as a card: the id that it gives the card, and where it was found."""

    id: str
    path: str


def card_file(path: Path) -> CardFile:
    """The file at `path` as a card's."""
    return CardFile(path.stem, str(path))


def card_files(paths: Iterable[Path]) -> tuple[CardFile, ...]:
    """The files that are meant as cards: each path itself, or what `*.md` is in the folder."""
    folder = os.getcwd()  # noqa: PTH109 # fast
    found: dict[str, CardFile] = {}
    for path in paths:
        for file in _files_in(path) if path.is_dir() else (card_file(path),):
            found.setdefault(os.path.join(folder, file.path), file)  # noqa: PTH118 # fast
    return tuple(found.values())


def _files_in(folder: Path) -> Iterator[CardFile]:
    for parent, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        names = [name for name in files if not name.startswith(".")] + folders
        for name in sorted(names):
            if name.endswith(CARD_SUFFIX):
                path = os.path.join(parent, name)  # noqa: PTH118 # fast
                yield CardFile(name.removesuffix(CARD_SUFFIX), path)
        folders[:] = [name for name in folders if not name.endswith(CARD_SUFFIX)]


def duplicate_ids(files: Sequence[CardFile]) -> Iterator[Diagnostic]:
    """The cards that would have the same address."""
    if len({address_key(file.id) for file in files}) == len(files):
        return
    first_files: dict[str, CardFile] = {}
    for file in sorted(files, key=lambda file: Path(file.path)):
        first = first_files.setdefault(address_key(file.id), file)
        if first.path != file.path:
            message = f'another card has the id "{file.id}": {first.path}'
            hint = "give one of the two files another name"
            yield rules.DUPLICATE_ID.at(file.path, FILE_START, message, hint)
            mirrored = f'another card has the id "{first.id}": {file.path}'
            yield rules.DUPLICATE_ID.at(first.path, FILE_START, mirrored, hint)


def address_key(card_id: str) -> str:
    """What two ids must not share: in case or composition alone no two file names may differ."""
    return unicodedata.normalize("NFC", card_id).casefold()
