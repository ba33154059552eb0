"""What the mirror has answered once is put where a group would put it, so that it moves once.

A group's own folder for megengine.hub gets a copy of the weights that the group is going to ask
for. Whether it took one is told by the time of the last access, which the system keeps: so it
is known what the group depended on, as it is of a download.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from msgspec import Struct

from generator.runner.mirror.answers import Found
from generator.runner.mirror.exchange import SEEDED, Exchange

# Where megengine.hub looks before it downloads; see load_serialized_obj_from_url in its hub.py.
_FOLDER = "serialized"
_PREFIX = 6
_NEVER = 0


class Seed(Struct, frozen=True):
    """A copy of an answer, in a group's folder."""

    url: str
    identity: str
    path: Path

    def is_taken(self) -> bool:
        """Whether anybody has read it; also if that can't be told any more."""
        try:
            return self.path.stat().st_atime_ns != _NEVER
        except OSError:
            return True


@dataclass
class Seeds:
    """Those of one group; and, among its exchanges, those that it has taken."""

    seeds: list[Seed] = field(default_factory=list)
    _taken: list[tuple[int, Exchange]] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def among(self, exchanges: tuple[Exchange, ...]) -> tuple[Exchange, ...]:
        """The exchanges so far, and each seed that was taken where that was noticed first."""
        with self._lock:
            for seed in [seed for seed in self.seeds if seed.is_taken()]:
                self.seeds.remove(seed)
                exchange = Exchange(SEEDED, seed.url, None, seed.identity)
                self._taken.append((len(exchanges), exchange))
            merged = list(exchanges)
            for place, exchange in reversed(self._taken):
                merged.insert(place, exchange)
            return tuple(merged)


@dataclass
class Moved:
    """What has moved to a group in this run, which is what others get a copy of."""

    _answers: set[tuple[str, str]] = field(default_factory=set)

    def note(self, exchanges: Iterable[Exchange]) -> None:
        """Note what was downloaded."""
        self._answers |= {(item.url, item.identity) for item in exchanges if item.method == "GET"}

    def has(self, url: str, identity: str) -> bool:
        """Whether this answer has moved already."""
        return (url, identity) in self._answers


def plant(hub: Path, url: str, answer: Found) -> Seed | None:
    """A copy of the answer at `url`, in the folder `hub` of megengine.hub.

    None where the system keeps no time of the last access, so that it could not be told
    whether the copy was taken. Raises `OSError`.
    """
    if not isinstance(answer.body, Path) or answer.encoding:
        return None
    prefix = hashlib.sha256(url.encode("utf-8")).hexdigest()[:_PREFIX]
    folder = hub / _FOLDER
    folder.mkdir(exist_ok=True)
    path = folder / f"{prefix}_{os.path.basename(urlsplit(url).path)}"  # noqa: PTH119 (as it does)
    shutil.copyfile(answer.body, path)
    seed = Seed(url, answer.identity, path)
    _forget_access(path)
    if seed.is_taken():
        # It is not the access that this system keeps as its time.
        path.unlink()
        return None
    with path.open("rb") as file:
        file.read(1)
    if not seed.is_taken():
        path.unlink()
        return None
    _forget_access(path)
    return seed


def _forget_access(path: Path) -> None:
    os.utime(path, ns=(_NEVER, path.stat().st_mtime_ns))
