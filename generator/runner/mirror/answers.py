"""What the mirror answers, by address."""

from __future__ import annotations

import mimetypes
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias
from urllib.parse import urlsplit

from generator.config import SETTINGS_PATH, RepositoryAnswer, Settings
from generator.runner.mirror.address import matches, normal
from generator.runner.mirror.archive import repository_archive

_ZIP = "application/zip"
_BYTES = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Found:
    """The content at an address."""

    body: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class Unanswered:
    """That the mirror has nothing at an address; `reason` says why and how to change it."""

    reason: str


Answer: TypeAlias = "Found | Unanswered"
WeightsSource: TypeAlias = "Callable[[str], Answer]"


def answer_from(settings: Settings, url: str, weights: WeightsSource) -> Answer:
    """What the settings say is at `url`; `weights` is asked for that of published weights."""
    try:
        for file in settings.mirror.files:
            if normal(file.url) == normal(url):
                body = (settings.folder / file.path).read_bytes()
                return Found(body, mimetypes.guess_type(file.path)[0] or _BYTES)
        for repository in settings.mirror.repositories:
            if normal(repository.url) == normal(url):
                return Found(archive_of(settings, repository), _ZIP)
    except OSError as error:
        reason = f"{SETTINGS_PATH.as_posix()} names a file that can't be read: {error}"
        return Unanswered(reason)
    if any(matches(item.url, url) for item in settings.mirror.weights):
        return weights(url)
    return Unanswered(how_to_add(url))


def archive_of(settings: Settings, repository: RepositoryAnswer) -> bytes:
    """The archive of this checkout that stands for `repository`; raises `OSError`."""
    return repository_archive(settings.root, repository.include, _top_folder(repository.url))


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
    return "\n".join((f"the mirror does not know {url}", how, *lines))


def _top_folder(url: str) -> str:
    """The folder in a repository's archive: `models-master` for `…/models/archive/master.zip`."""
    path = urlsplit(url).path.strip("/")
    before, _, reference = path.rpartition("/archive/")
    reference = reference.removeprefix("refs/heads/").removeprefix("refs/tags/")
    repository = before.rpartition("/")[2]
    name = "-".join(part for part in (repository, reference.removesuffix(".zip")) if part)
    return name.replace("/", "-") or "repository"
