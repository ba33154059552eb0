"""What `hubcards serve` does."""

from __future__ import annotations

import gc
import hashlib
import sys
from collections.abc import Callable
from pathlib import Path

from generator.config import Settings
from generator.preview.building import Previewed, Rebuilt, before_building, rebuild
from generator.preview.server import listen, serve_in_background
from generator.preview.state import Board
from generator.preview.watching import Watch, watched_of

DEFAULT_PORT = 8000

_SECONDS_OF_A_TURN = 0.0005


def serve(
    previewed: Previewed,
    settings: Settings,
    records: Path,
    host: str,
    port: int | None,
    *,
    announce: Callable[[str], None],
    report: Callable[[Rebuilt], None],
) -> None:
    """Serves a hub's site, and keeps it up with its sources, until it is interrupted.

    `settings` are those to begin with, and `records` is the folder of the cards' evidence.
    `announce` is told the address, and `report` of each build. Raises `AddressError`, and
    `OSError` when the folders can't be watched.
    """
    # Pages are asked for while the site is being built, and neither should wait long for the other.
    sys.setswitchinterval(_SECONDS_OF_A_TURN)
    logo = settings.folder / settings.look.logo if settings.look.logo else None
    watch = Watch(watched_of(previewed.root, previewed.cards, records, logo))
    board = Board(before_building(previewed, settings))
    with listen(host, port, previewed.output, board, default_port=DEFAULT_PORT) as server:
        serve_in_background(server)
        announce(server.url)
        _build_and_show(previewed, board, report)
        # What is there now stays; looking through it for garbage would take a fifth of a build.
        gc.freeze()
        while True:
            watch.wait()
            _build_and_show(previewed, board, report)


def _build_and_show(previewed: Previewed, board: Board, report: Callable[[Rebuilt], None]) -> None:
    rebuilt = rebuild(previewed, board.shown, board.show)
    board.show(rebuilt.shown)
    report(rebuilt)


def preview_folder(cache: Path, root: Path, cards: Path) -> Path:
    """Where the preview of these cards of the hub at `root` is built; it is published nowhere."""
    names = f"{root.resolve()}\n{cards.resolve()}".encode("utf-8", "surrogateescape")
    return cache / "preview" / hashlib.sha256(names).hexdigest()[:16] / "site"
