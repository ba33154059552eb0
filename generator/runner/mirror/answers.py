"""What the mirror answers, by address."""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias
from urllib.parse import urlsplit

from msgspec import Struct

from generator.config import SETTINGS_PATH, RepositoryAnswer, Settings
from generator.runner.mirror.address import matches, normal
from generator.runner.mirror.archive import SourceFile, archive_digest, source_files, zip_archive
from generator.runner.mirror.hosts import host_of, how_to_allow, is_allowed
from generator.runner.mirror.modes import NetworkMode
from generator.runner.mirror.recordings import DamagedBodyError, RecordedRedirect, Recordings

RECORD_COMMAND = "hubcards test --network record"

_ZIP = "application/zip"
_BYTES = "application/octet-stream"


class Found(Struct, frozen=True):
    """The content at an address, in memory or in a file, and what identifies it.

    `encoding` is the HTTP content encoding that the body has, if it has one.
    """

    body: bytes | Path
    content_type: str
    identity: str
    encoding: str | None = None


class Redirect(Struct, frozen=True):
    """That what is asked for is at another address."""

    status: int
    location: str
    identity: str


class Unanswered(Struct, frozen=True):
    """That the mirror has nothing at an address; `reason` says why and how to change it."""

    reason: str


class ToRecord(Struct, frozen=True):
    """That the network is to answer, and its answer to be recorded."""

    url: str


Answer: TypeAlias = "Found | Redirect | Unanswered"


class Sources(Struct, frozen=True):
    """Where answers come from that are not in the settings.

    `recorded` gives what was recorded at an address, or none; `weights` what stands in for
    published weights.
    """

    recorded: Callable[[str], Answer | None]
    weights: Callable[[str], Answer]


def answer_from(
    settings: Settings, url: str, sources: Sources, network: NetworkMode = NetworkMode.REPLAY
) -> Answer | ToRecord:
    """What is at `url`: what the settings say, was recorded, or stands in for weights.

    In this order; what is recorded at present comes before what only stands in for it.
    """
    answer = own_answer(settings, url) or sources.recorded(url)
    if answer is not None and not isinstance(answer, Unanswered):
        return answer
    is_recording = network is NetworkMode.RECORD
    if is_recording and is_allowed(url, settings.mirror.hosts):
        return ToRecord(url)
    if answer is None and is_weights(settings, url):
        answer = sources.weights(url)
    if answer is not None:
        return answer
    return Unanswered(not_allowed(url) if is_recording else how_to_add(url))


def recorded_answer(settings: Settings, recordings: Recordings, url: str) -> Answer | None:
    """What was recorded at `url`, if anything; raises `RunnerError` if the index is damaged.

    What is no longer as it was recorded is not answered, and the reason says how to mend it.
    """
    recorded = recordings.at(url)
    if recorded is None:
        return None
    if isinstance(recorded, RecordedRedirect):
        return Redirect(recorded.status, recorded.location, recorded.identity)
    try:
        path = recordings.body(recorded)
    except DamagedBodyError as error:
        reason = f"{url} was recorded, but {error}\nto record it again: {RECORD_COMMAND}"
        if not is_allowed(url, settings.mirror.hosts):
            reason += f"\n{how_to_allow(url)}"
        return Unanswered(reason)
    return Found(path, recorded.content_type, recorded.identity, recorded.encoding)


def own_answer(settings: Settings, url: str) -> Answer | None:
    """What the settings say is at `url`: a file, or the archive of a repository."""
    try:
        for file in settings.mirror.files:
            if normal(file.url) == normal(url):
                body = (settings.folder / file.path).read_bytes()
                content_type = mimetypes.guess_type(file.path)[0] or _BYTES
                return Found(body, content_type, file_identity(body))
        for repository in settings.mirror.repositories:
            if normal(repository.url) == normal(url):
                archive = archive_of(settings, repository)
                return Found(archive.as_zip(), _ZIP, archive.identity)
    except OSError as error:
        reason = f"{SETTINGS_PATH.as_posix()} names a file that can't be read: {error}"
        return Unanswered(reason)
    return None


class Archive(Struct, frozen=True):
    """The archive of a repository, made of files of this checkout."""

    files: tuple[SourceFile, ...]
    top_folder: str

    @property
    def identity(self) -> str:
        """What identifies it: a digest of the names, contents and modes in it."""
        return f"archive:{archive_digest(self.files, self.top_folder)}"

    def as_zip(self) -> bytes:
        """The archive itself."""
        return zip_archive(self.files, self.top_folder)


def archive_of(settings: Settings, repository: RepositoryAnswer) -> Archive:
    """The archive of this checkout that stands for `repository`; raises `OSError`."""
    files = source_files(settings.root, repository.include)
    return Archive(files, _top_folder(repository.url))


def file_identity(content: bytes) -> str:
    """What identifies a file of the settings: its content alone."""
    return f"file:{hashlib.sha256(content).hexdigest()}"


def is_weights(settings: Settings, url: str) -> bool:
    """Whether published weights are at `url`."""
    return any(matches(item.url, url) for item in settings.mirror.weights)


def how_to_add(url: str) -> str:
    """That the mirror does not know `url`, and what to write where to make it known."""
    settings, folder = SETTINGS_PATH.as_posix(), SETTINGS_PATH.parent.as_posix()
    name = urlsplit(url).path.rpartition("/")[2] or "…"
    if "/archive/" in url and name.endswith(".zip"):
        how = f"to add it, write in {settings}:"
        entry = ("repositories:", f"  - url: {url}", "    include: [hubconf.py, …]")
    else:
        how = f"to add it, keep the file as {folder}/mirror/{name}, and write in {settings}:"
        entry = ("files:", f"  - url: {url}", f"    path: mirror/{name}")
    lines = ("  mirror:", *(f"    {line}" for line in entry))
    record = f"or record what the network answers: {RECORD_COMMAND}"
    unknown = f"the mirror does not know {url}"
    return "\n".join((unknown, how, *lines, record, how_to_allow(url)))


def not_allowed(url: str) -> str:
    """That the answer at `url` may not be recorded, and what to write where to allow it."""
    host = host_of(url)
    return f"{url} was not recorded, since {host} is none of the allowed hosts\n{how_to_allow(url)}"


def _top_folder(url: str) -> str:
    """The folder in a repository's archive: `models-master` for `…/models/archive/master.zip`."""
    path = urlsplit(url).path.strip("/")
    before, _, reference = path.rpartition("/archive/")
    reference = reference.removeprefix("refs/heads/").removeprefix("refs/tags/")
    repository = before.rpartition("/")[2]
    name = "-".join(part for part in (repository, reference.removesuffix(".zip")) if part)
    return name.replace("/", "-") or "repository"
