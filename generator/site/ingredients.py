"""What a site is made of, as digests: two that are equal make the same site."""

from __future__ import annotations

import contextlib
import os
import platform
import sys
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

import generator
from generator.cards.catalog import CardFileError, card_bytes
from generator.cards.files import CardFile, card_file
from generator.config import SETTINGS_PATH, Settings
from generator.evidence.source import EvidenceSource
from generator.site.digests import digest_of, digest_of_all
from generator.site.memory import KnownCard, Memory
from generator.site.search.extent import Search
from generator.source import path_for_readers, paths_for_readers

_LIBRARIES = frozenset({"jinja2", "markdown", "markupsafe", "nh3", "pygments", "msgspec", "pyyaml"})
_PAGEFIND = "pagefind-bin"
_INSTALLED = (".dist-info", ".egg-info")
_COMPILED = "__pycache__"
_NANOSECONDS_OF_DOUBT = 100_000_000


class Source(Struct, frozen=True):
    """A card's file before it is rendered, and what the card depends on.

    `signature` is what the file system says of the file; it is empty when the file is so new
    that it could be changed again without that being seen. `content` is a digest of the file,
    and `own` one of all that the card's output depends on, but for the cards beside it.
    `updated` is in UTC.
    """

    id: str
    path: str
    signature: str
    content: str
    own: str
    updated: datetime


def site_key(settings: Settings, base_url: str, search: Search) -> str:
    """A digest of what all pages depend on: settings, theme, words, this program."""
    own_files = [settings.root / SETTINGS_PATH]
    own_files += [settings.folder / settings.look.logo] if settings.look.logo else []
    own_files += [*_files(settings.folder / "templates"), *_files(settings.folder / "strings")]
    return digest_of_all(
        base_url,
        search.value,
        *(_versions({_PAGEFIND}) if search is Search.FULL_TEXT else ()),
        program_digest(),
        *(f"{path.name}\n{_file_digest(path)}" for path in own_files),
    )


def statuses(files: Iterable[CardFile]) -> dict[str, os.stat_result | None]:
    """What the file system says of the files, by their paths; None of what can't be reached."""
    return {file.path: _status(file.path) for file in files}


def sources(
    files: Iterable[CardFile],
    statuses: Mapping[str, os.stat_result | None],
    times: Mapping[str, datetime],
    settings: Settings,
    evidence: EvidenceSource,
    known: Mapping[str, KnownCard],
    key: str,
) -> list[Source]:
    """The cards in these files; `known` has those of the last build by their ids."""
    now = time.time_ns()
    path_for_readers = paths_for_readers(settings.root)
    found = []
    for file in files:
        path, updated = file.path, times[file.path]
        before = known.get(file.id)
        signature = _signature(statuses[path], now)
        is_same = before and signature and before.signature == signature
        content = before.content if before and is_same else _content(path)
        own = _own(key, path_for_readers(path), content, updated, evidence.key(file))
        found.append(Source(file.id, path, signature, content, own, updated))
    return found


def own_digest(
    key: str, path: Path, updated: datetime, settings: Settings, evidence: EvidenceSource
) -> str:
    """The `own` of a card as its file is now."""
    file = card_file(path)
    reader_path = path_for_readers(path, settings.root)
    return _own(key, reader_path, _content(file.path), updated, evidence.key(file))


def renew_signatures(
    memory: Memory, cards: Iterable[Source], known: Mapping[str, KnownCard]
) -> None:
    """Notes what the file system says now of those cards that are as they were."""
    for card in cards:
        before = known.get(card.id)
        if before is None or before.own != card.own:
            continue
        if (before.signature, before.path) != (card.signature, card.path):
            memory.keep_card(replace(before, signature=card.signature, path=card.path))


def version_token(key: str, cards: Sequence[Source]) -> str:
    """What tells a version of the site from others: equal tokens, equal bytes."""
    return digest_of_all(key, *(card.own for card in cards))


@cache
def program_digest() -> str:
    """A digest of what makes the pages: this program, and what it is made with."""
    python = f"{sys.implementation.cache_tag} {platform.python_version()}"
    return digest_of_all(python, *_versions(_LIBRARIES), code_digest())


@cache
def code_digest() -> str:
    """A digest of this program's files, as they were when this process first asked."""
    folder = Path(generator.__file__).parent
    parts = []
    for parent, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name != _COMPILED)
        inside = os.path.relpath(parent, folder)
        parts += [f"{inside}/{name}\n{_file_digest(f'{parent}/{name}')}" for name in sorted(names)]
    return digest_of_all(*parts)


def _own(key: str, reader_path: str, content: str, updated: datetime, evidence: str) -> str:
    return digest_of_all(key, reader_path, content, str(updated.timestamp()), evidence)


def _status(path: str) -> os.stat_result | None:
    try:
        return os.stat(path)  # noqa: PTH116 # fast
    except OSError:
        return None


def _signature(status: os.stat_result | None, now: int) -> str:
    if status is None or status.st_mtime_ns > now - _NANOSECONDS_OF_DOUBT:
        return ""
    return f"{status.st_size}:{status.st_mtime_ns}:{status.st_ctime_ns}:{status.st_ino}"


def _content(path: str) -> str:
    try:
        return digest_of(card_bytes(Path(path)))
    except CardFileError as error:
        # Told when the card is rendered.
        return error.diagnostic.message


def _versions(packages: Collection[str]) -> Sequence[str]:
    """What installers call the packages that are installed, each with its version.

    `importlib.metadata` would tell the same, and take a tenth of a small build to be imported.
    """
    found: dict[str, str] = {}
    for folder in sys.path:
        with contextlib.suppress(OSError):
            for name in os.listdir(folder or os.curdir):  # noqa: PTH208 # fast
                package = name.partition("-")[0].lower().replace("_", "-")
                if name.endswith(_INSTALLED) and package in packages:
                    found.setdefault(package, name)
    return [found.get(package, package) for package in sorted(packages)]


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _file_digest(path: str | Path) -> str:
    try:
        with open(path, "rb", buffering=0) as file:  # noqa: PTH123 # fast
            return digest_of(file.read())
    except OSError:
        return ""
