"""Learning when something that a site is made of has been changed."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct
from watchfiles import Change, DefaultFilter
from watchfiles._rust_notify import RustNotify

from generator.config import SETTINGS_PATH
from generator.layout import CARDS_FOLDER, EVIDENCE_FOLDER

_QUIET_MILLISECONDS = 5
_AT_MOST_MILLISECONDS = 100
_RETRY_SECONDS = 0.1


class Watched(Struct, frozen=True):
    """Folders of which everything counts, at any depth; any of them may not be there yet.

    `beside` has files that count as well, without what else is in their folders: the site that
    is published may be there, with more folders than it is good to watch.
    """

    folders: tuple[Path, ...]
    beside: tuple[Path, ...]


def watched_of(root: Path, cards: Path, records: Path, logo: Path | None) -> Watched:
    """What the site of a hub with this logo is made of; `records` is the folder of its records."""
    site = root / SETTINGS_PATH.parent
    folders = {cards, root / CARDS_FOLDER, root / EVIDENCE_FOLDER, records}
    folders |= {site / name for name in ("templates", "strings", "mirror")}
    return Watched(
        tuple(sorted({_as_reported(path) for path in folders})),
        tuple(
            _as_reported(path)
            for path in (root / SETTINGS_PATH, root / "hubconf.py", logo)
            if path is not None
        ),
    )


class Watch:
    """Watches from the moment when it is made; a program that ends needs not end it."""

    def __init__(self, watched: Watched) -> None:
        """Raises `OSError` when the system watches no more folders."""
        self._watched = watched
        self._counts = DefaultFilter()
        self._changed = threading.Event()
        self._folders_changed = threading.Event()
        for watching, notify in (
            (self._watch_shallow, _notify(_shallow(watched), recursive=False)),
            (self._watch_deep, _notify(_deep(watched), recursive=True)),
        ):
            threading.Thread(target=watching, args=(notify,), daemon=True).start()

    def wait(self) -> None:
        """Returns when something has been changed since it returned last."""
        self._changed.wait()
        self._changed.clear()

    def _watch_shallow(self, notify: RustNotify) -> None:
        while True:
            paths = {Path(path) for _, path in _changes(notify, None)}
            if not paths.isdisjoint(self._watched.folders):
                self._folders_changed.set()
            elif not paths.isdisjoint(self._watched.beside):
                self._changed.set()

    def _watch_deep(self, notify: RustNotify) -> None:
        while True:
            changes = _changes(notify, self._folders_changed)
            if self._folders_changed.is_set():
                # A folder that was removed is watched no more, even if there is one again.
                self._folders_changed.clear()
                notify.close()
                notify = self._deep_again()
                self._changed.set()
            elif any(self._counts(Change(kind), path) for kind, path in changes):
                self._changed.set()

    def _deep_again(self) -> RustNotify:
        notify = None
        while notify is None:
            with contextlib.suppress(OSError):
                notify = _notify(_deep(self._watched), recursive=True)
            if notify is None:
                # A folder has gone since it was looked for.
                self._folders_changed.wait(_RETRY_SECONDS)
        return notify


def _shallow(watched: Watched) -> set[Path]:
    parents = {path.parent for path in (*watched.folders, *watched.beside)}
    return {path for path in parents if path.is_dir()}


def _deep(watched: Watched) -> set[Path]:
    return {path for path in watched.folders if path.is_dir()}


def _as_reported(path: Path) -> Path:
    return path.parent.resolve() / path.name


def _notify(folders: Iterable[Path], *, recursive: bool) -> RustNotify:
    # Not `watchfiles.watch`, which begins to watch only when it is first asked for changes.
    return RustNotify(sorted(map(str, folders)), False, False, 0, recursive, True)


def _changes(notify: RustNotify, stop: threading.Event | None) -> set[tuple[int, str]]:
    found = notify.watch(_AT_MOST_MILLISECONDS, _QUIET_MILLISECONDS, 0, stop)
    return found if isinstance(found, set) else set()
