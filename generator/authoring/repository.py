"""The repository that a card loads its model from, as people write it."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from msgspec import Struct

from generator.authoring.errors import AuthoringError
from generator.diagnostics import printable, shortened

GITHUB = "github.com"
DEFAULT_BRANCH = "master"
"""The branch that `megengine.hub.load` takes when none is named."""

_SHORT = re.compile(r"(?P<name>[\w.-]+/[\w.-]+?)(?::(?P<branch>[\w./-]+))?", re.ASCII)
_PATH = re.compile(
    r"/(?P<name>[\w.-]+/[\w.-]+?)(?:\.git)?(?:/-)?(?:/tree/(?P<branch>[\w.-]+)(?:/.*)?)?/?",
    re.ASCII,
)
_WRITE = "write owner/name, owner/name:branch, or an address such as https://github.com/owner/name"


class ModelRepository(Struct, frozen=True):
    """A repository with a `hubconf.py`: `name` is `owner/name`, `link` where people see it."""

    host: str
    name: str
    branch: str
    link: str

    @property
    def loaded_from(self) -> str:
        """What `megengine.hub.load` takes as `repo_info`."""
        return self.name if self.branch == DEFAULT_BRANCH else f"{self.name}:{self.branch}"


def read_repository(text: str) -> ModelRepository:
    """The repository that `text` names; raises `AuthoringError` if it names none."""
    if "://" in text:
        return _by_address(text)
    match = _SHORT.fullmatch(text)
    if match is None:
        raise AuthoringError(f'"{printable(shortened(text))}" names no repository; {_WRITE}')
    name, branch = match["name"], match["branch"]
    link = f"https://{GITHUB}/{name}"
    return ModelRepository(
        GITHUB,
        name,
        branch or DEFAULT_BRANCH,
        f"{link}/tree/{branch}" if branch else link,
    )


def _by_address(text: str) -> ModelRepository:
    try:
        parts = urlsplit(text)
        host, scheme = parts.netloc.lower(), parts.scheme
    except ValueError:
        host, scheme = "", ""
    match = _PATH.fullmatch(parts.path) if host and scheme in ("http", "https") else None
    if match is None:
        message = f'"{printable(shortened(text))}" is not the address of a repository'
        raise AuthoringError(f"{message}; {_WRITE}")
    return ModelRepository(host, match["name"], match["branch"] or DEFAULT_BRANCH, text)
