"""What the network has answered once: an index in the hub, and bodies by their hash.

The index, `site/mirror/recorded.json`, belongs to the hub: it says what the answer at each
address is, so that a change of one shows. The bodies mostly do not: they are in the cache, or,
when they are small and that was asked for, beside the index.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import msgspec
from filelock import FileLock
from msgspec import Meta, Struct

from generator.config import SETTINGS_PATH, Settings
from generator.files import write_whole
from generator.runner.errors import RunnerError
from generator.runner.mirror.address import normal

INDEX = Path("mirror", "recorded.json")
"""The index, relative to the folder of the settings."""
BODIES_INSIDE = Path("mirror", "recorded")
"""The bodies that the hub itself keeps, relative to the folder of the settings."""
MAX_BYTES_INSIDE = 1 << 20
"""How large a body in the hub itself may be."""
REDIRECTS = (301, 302, 303, 307, 308)

_BODIES_OUTSIDE = "recorded"
_CHUNK = 1 << 20


class RecordedBody(Struct, frozen=True):
    """A body that was answered; `size` is in bytes, `when` a time of UTC."""

    sha256: str
    size: int
    content_type: str
    when: str
    encoding: str | None = None

    @property
    def identity(self) -> str:
        """What identifies the answer: the body alone."""
        return f"recorded:{self.sha256}"


class RecordedRedirect(Struct, frozen=True):
    """That the answer was where else to look; `location` is a whole address."""

    status: int
    location: str
    when: str

    @property
    def identity(self) -> str:
        """What identifies the answer."""
        return redirect_identity(self.status, self.location)


Recorded: TypeAlias = "RecordedBody | RecordedRedirect"


def redirect_identity(status: int, location: str) -> str:
    """What identifies the answer that something is at `location`."""
    return f"redirect:{status}:{location}"


def redirect_target(identity: str) -> str | None:
    """Where a redirect with this identity leads to; none if it is not one of a redirect."""
    kind, _, rest = identity.partition(":")
    return rest.partition(":")[2] if kind == "redirect" else None


@dataclass
class DamagedBodyError(Exception):
    """A recorded body is not there, or not what was recorded; the text says which and why."""

    message: str

    def __str__(self) -> str:
        return self.message


@dataclass
class Recordings:
    """The recorded answers of a hub. Several processes and threads may use them at once."""

    index: Path
    inside: Path
    outside: Path
    locks: Path
    _read: tuple[tuple[int, ...], Mapping[str, Recorded]] | None = None
    _sound: dict[Path, tuple[int, ...]] = field(default_factory=dict)

    def all(self) -> Mapping[str, Recorded]:
        """Every recorded answer, by its address in normal form.

        Raises `RunnerError` when the index can't be read.
        """
        try:
            state = _state(self.index)
            if self._read is None or self._read[0] != state:
                self._read = (state, _entries(self.index))
            return self._read[1]
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise RunnerError(f"{self.index} can't be read: {error.strerror}") from None

    def at(self, url: str) -> Recorded | None:
        """What was recorded at an address; raises `RunnerError` when the index can't be read."""
        return self.all().get(normal(url))

    def body(self, recorded: RecordedBody) -> Path:
        """The file with a recorded body, whose hash was seen to be right.

        Raises `DamagedBodyError`.
        """
        places = (self.inside / recorded.sha256, self.outside / recorded.sha256)
        path = next((place for place in places if place.is_file()), None)
        if path is None:
            raise DamagedBodyError(f"its body (sha256 {recorded.sha256}) is not on this machine")
        try:
            state = _state(path)
            # Seen once a process: a file as large as weights are takes a second to read.
            if self._sound.get(path) != state:
                found = _sha256(path)
                if found != recorded.sha256:
                    raise DamagedBodyError(f"its body is damaged: the sha256 of {path} is {found}")
                self._sound[path] = state
        except OSError as error:
            raise DamagedBodyError(f"its body can't be read: {error}") from None
        return path

    def new_body(self) -> Path:
        """An empty file, in which a body may be put together."""
        self.outside.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=self.outside, suffix=".part")
        os.close(descriptor)
        return Path(name)

    def keep_body(self, url: str, recorded: RecordedBody, body: Path) -> Path:
        """Record a body, which is in a file from `new_body`: where it is from now on.

        Raises `OSError`, `RunnerError`.
        """
        kept = self.outside / recorded.sha256
        body.replace(kept)
        # It was hashed as it came in.
        self._sound[kept] = _state(kept)
        self.keep(url, recorded)
        return kept

    def keep(self, url: str, recorded: Recorded) -> None:
        """Enter an answer into the index. Raises `OSError`, `RunnerError`."""

        def with_it(entries: Mapping[str, Recorded]) -> Mapping[str, Recorded]:
            old = entries.get(normal(url))
            # The same answer as before is no change to show.
            is_known = old is not None and old.identity == recorded.identity
            return entries if is_known else {**entries, normal(url): recorded}

        self._change(with_it)

    def forget(self, urls: Iterable[str]) -> None:
        """Take answers out of the index, and bodies that nothing needs any more out of the hub.

        Raises `OSError`, `RunnerError`.
        """
        gone = {normal(url) for url in urls}
        self._change(lambda entries: {u: item for u, item in entries.items() if u not in gone})
        needed = {item.sha256 for item in self.all().values() if isinstance(item, RecordedBody)}
        for path in self.inside.glob("*"):
            if path.name not in needed:
                path.unlink()

    def keep_inside(self, url: str) -> Path:
        """Put the recorded body at an address into the hub itself: the file there.

        Raises `DamagedBodyError`, `OSError`, and `RunnerError` when there is none, or it is too
        large.
        """
        recorded = self.at(url)
        if not isinstance(recorded, RecordedBody):
            raise RunnerError(f"no body was recorded at {url}")
        if recorded.size > MAX_BYTES_INSIDE:
            raise RunnerError(
                f"the body at {url} has {recorded.size:,} bytes, and is to stay in the cache:"
                f" the hub itself keeps up to {MAX_BYTES_INSIDE:,}"
            )
        target = self.inside / recorded.sha256
        source = self.body(recorded)
        if source != target:
            self.inside.mkdir(parents=True, exist_ok=True)
            write_whole(target, source.read_bytes())
        return target

    def _change(self, changed: Callable[[Mapping[str, Recorded]], Mapping[str, Recorded]]) -> None:
        self.locks.mkdir(parents=True, exist_ok=True)
        name = hashlib.sha256(str(self.index).encode("utf-8", "surrogateescape")).hexdigest()[:24]
        with FileLock(self.locks / f"{name}.lock"):
            # Another process may have written in the same instant, with the same size.
            self._read = None
            before = self.all()
            after = changed(before)
            if after != before:
                self.index.parent.mkdir(parents=True, exist_ok=True)
                write_whole(self.index, _as_text(after).encode("utf-8"))
            self._read = None


def recordings_of(settings: Settings, cache: Path) -> Recordings:
    """The recorded answers of a hub, whose bodies are in `cache`."""
    return Recordings(
        index=settings.folder / INDEX,
        inside=settings.folder / BODIES_INSIDE,
        outside=cache / _BODIES_OUTSIDE,
        locks=cache / "locks",
    )


_Moment = Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\Z")]
_Header = Annotated[str, Meta(pattern=r"^[ -~]*\Z")]


class _StoredBody(Struct, frozen=True, forbid_unknown_fields=True):
    sha256: Annotated[str, Meta(pattern=r"^[0-9a-f]{64}\Z")]
    size: Annotated[int, Meta(ge=0)]
    type: _Header
    when: _Moment
    encoding: _Header | None = None


class _StoredRedirect(Struct, frozen=True, forbid_unknown_fields=True):
    status: Annotated[int, Meta(ge=300, le=399)]
    location: Annotated[str, Meta(pattern=r"^https?://[!-~]+\Z")]
    when: _Moment


def _entries(index: Path) -> Mapping[str, Recorded]:
    try:
        stored = msgspec.json.decode(index.read_bytes(), type=dict[str, dict[str, Any]])
    except (ValueError, RecursionError) as error:
        raise _damaged(str(error)) from None
    return {normal(url): _recorded(url, item) for url, item in stored.items()}


def _damaged(reason: str) -> RunnerError:
    shown = SETTINGS_PATH.parent / INDEX
    return RunnerError(
        f"{shown.as_posix()} is damaged: {reason}; take it from version control again, or remove"
        " it and record again"
    )


def _recorded(url: str, item: Mapping[str, Any]) -> Recorded:
    try:
        if "status" in item:
            moved = msgspec.convert(item, _StoredRedirect)
            return RecordedRedirect(moved.status, moved.location, moved.when)
        body = msgspec.convert(item, _StoredBody)
    except msgspec.ValidationError as error:
        raise _damaged(f"{url}: {error}") from None
    return RecordedBody(body.sha256, body.size, body.type, body.when, body.encoding)


def _as_text(entries: Mapping[str, Recorded]) -> str:
    stored = {url: _stored(item) for url, item in sorted(entries.items())}
    return json.dumps(stored, ensure_ascii=False, indent=1) + "\n"


def _stored(item: Recorded) -> dict[str, Any]:
    if isinstance(item, RecordedRedirect):
        return {"status": item.status, "location": item.location, "when": item.when}
    encoding = {"encoding": item.encoding} if item.encoding else {}
    return {
        "sha256": item.sha256,
        "size": item.size,
        "type": item.content_type,
        **encoding,
        "when": item.when,
    }


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.hexdigest()


def _state(path: Path) -> tuple[int, ...]:
    status = path.stat()
    return (status.st_ino, status.st_size, status.st_mtime_ns)
