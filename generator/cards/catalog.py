"""All the cards of a hub, or of somebody else's folder."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from generator.cards import rules
from generator.cards.allowances import not_allowed
from generator.cards.files import card_files, duplicate_ids
from generator.cards.model import Card
from generator.cards.parse import MAX_BYTES, ParsedCard, parse_card
from generator.config import Settings
from generator.diagnostics import Diagnostic, has_errors, in_source_order
from generator.layout import CARD_SUFFIX, CARDS_FOLDER
from generator.levels import at_levels
from generator.source import FILE_START
from generator.untrusted import links_to_another_kind

if TYPE_CHECKING:
    from generator.cards.hubconf import OwnHub

_ID = re.compile(r"\w[\w.-]{0,199}")
_RESERVED_IDS = frozenset({"index", "guide", "assets", "tags", "api", "con", "prn", "aux", "nul"})


class Catalog(Struct, frozen=True):
    """The valid cards, in the order of their ids, and the problems of all that were read.

    `paths` are the files that were read as cards, valid or not; `readable` has of the others
    those whose text can be told from what is wrong with them, as well.
    """

    paths: tuple[Path, ...]
    cards: tuple[Card, ...]
    readable: tuple[Card, ...]
    diagnostics: tuple[Diagnostic, ...]

    def without_allowed(self, diagnostics: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
        """Those of the diagnostics that the cards do not allow where they are."""
        allowances = {str(card.path): card.allowances for card in self.readable}
        return tuple(
            item for item in diagnostics if any(not_allowed([item], allowances.get(item.path, ())))
        )


def read_catalog(paths: Sequence[Path], settings: Settings) -> Catalog:
    """The cards at `paths`, each a card's file or a folder in which every `*.md` is a card.

    Their code is examined as well, and when the folder of the hub's own cards is among the
    paths, whether they speak of everything in `hubconf.py`. What can't be read is a
    diagnostic like any other problem, and stops nothing else.
    """
    # Dear to import, and of no use to those who only read cards.
    from generator.cards.examination import examine
    from generator.cards.hubconf import read_own_hub

    catalog = parse_catalog(paths, settings)
    hub = read_own_hub(settings)
    examined = {str(card.path): examine(card, settings, hub) for card in catalog.readable}
    refused = {path for path, diagnostics in examined.items() if has_errors(diagnostics)}
    refused |= {item.path for item in catalog.diagnostics if has_errors([item])}
    return Catalog(
        catalog.paths,
        tuple(card for card in catalog.cards if str(card.path) not in refused),
        catalog.readable,
        in_source_order(
            [
                *catalog.diagnostics,
                *(diagnostic for diagnostics in examined.values() for diagnostic in diagnostics),
                *at_levels(_of_the_hub(paths, catalog, hub), settings.checks),
            ]
        ),
    )


def parse_catalog(paths: Sequence[Path], settings: Settings) -> Catalog:
    """Like `read_catalog`, but for what takes most of the time: the code is not examined."""
    files = card_files(paths)
    parsed = {path: read_card(path, settings) for path in (Path(file.path) for file in files)}
    duplicates = tuple(duplicate_ids(files))
    refused = {diagnostic.path for diagnostic in duplicates}
    cards = [
        item.card for item in parsed.values() if item.card and str(item.card.path) not in refused
    ]
    diagnostics = [diagnostic for item in parsed.values() for diagnostic in item.diagnostics]
    return Catalog(
        tuple(parsed),
        _by_id(cards),
        _by_id(item.readable for item in parsed.values() if item.readable),
        in_source_order([*diagnostics, *duplicates]),
    )


def _by_id(cards: Iterable[Card]) -> tuple[Card, ...]:
    return tuple(sorted(cards, key=lambda card: card.id))


def _of_the_hub(paths: Sequence[Path], catalog: Catalog, hub: OwnHub) -> Iterator[Diagnostic]:
    from generator.cards.entrypoints import unmentioned_entrypoints

    own_folder = hub.path.parent / CARDS_FOLDER
    for path in paths:
        # A card that could not be read may be the one that mentions an entrypoint.
        if path.resolve() == own_folder.resolve() and len(catalog.readable) == len(catalog.paths):
            shown = path.parent / hub.path.name if path.name == CARDS_FOLDER else hub.path
            yield from unmentioned_entrypoints(str(shown), catalog.readable, hub)
            return


@dataclass
class CardFileError(Exception):
    """A file can't be read as a card at all."""

    diagnostic: Diagnostic


def read_card(path: Path, settings: Settings) -> ParsedCard:
    """The card in the file `path`, or the problem that keeps it from being read."""
    try:
        return parse_card(path, card_bytes(path), settings)
    except CardFileError as error:
        return ParsedCard(None, (error.diagnostic,))


def problems_of(path: Path, data: bytes, settings: Settings, hub: OwnHub) -> tuple[Diagnostic, ...]:
    """All problems of the card in the file `path` if `data` were in it, but those of the hub."""
    from generator.cards.examination import examine

    parsed = parse_card(path, data, settings)
    examined = examine(parsed.readable, settings, hub) if parsed.readable else ()
    return in_source_order([*parsed.diagnostics, *examined])


def card_bytes(path: Path) -> bytes:
    """What is in the file of a card. Raises `CardFileError` when that can't be one."""
    name = str(path)
    problem = name_problem(path) or _link_problem(path)
    if problem:
        raise CardFileError(problem)
    try:
        return _read_regular_file(path)
    except FileNotFoundError:
        raise _unreadable(name, "there is no such file", "check the path") from None
    except IsADirectoryError:
        raise _unreadable(
            name, "this is a folder, a card is a file", "give the folder another name"
        ) from None
    except OSError as error:
        reason = error.strerror or str(error)
        raise _unreadable(
            name, f"the file can't be read: {reason}", "put a readable file there"
        ) from None


def _link_problem(path: Path) -> Diagnostic | None:
    if not links_to_another_kind(path):
        return None
    return rules.UNREADABLE.at(
        str(path),
        FILE_START,
        f"this is a link to a file that does not end with {CARD_SUFFIX}",
        "put the card itself there",
    )


def _read_regular_file(path: Path) -> bytes:
    # A pipe must be refused before it is opened: opening would wait for somebody to write.
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        raise IsADirectoryError
    if not stat.S_ISREG(mode):
        raise OSError(0, "it is not a regular file")
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def _unreadable(name: str, message: str, hint: str) -> CardFileError:
    return CardFileError(rules.UNREADABLE.at(name, FILE_START, message, hint))


def name_problem(path: Path) -> Diagnostic | None:
    """Why the file `path` can't be a card's, by its name alone; none if it can."""
    card_id = path.stem
    if path.suffix != CARD_SUFFIX:
        message = f'"{path.name}" does not end with {CARD_SUFFIX}'
    elif not _ID.fullmatch(card_id) or card_id.endswith("."):
        message = f"\"{card_id}\" can't be a card's address"
    elif card_id.casefold() in _RESERVED_IDS or card_id.casefold().endswith(".html"):
        message = f'the name "{card_id}" is reserved'
    else:
        return None
    hint = "name the file <organisation>_<task>_<model>.md, with letters, digits, _ - and ."
    return rules.BAD_NAME.at(str(path), FILE_START, message, hint)
