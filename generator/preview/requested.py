"""Which file of a site is asked for. What is asked may come from anybody."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from urllib.parse import quote, unquote_to_bytes, urlsplit

from msgspec import Struct

_INDEX = "index.html"


class Elsewhere(Struct, frozen=True):
    """It is to be asked for at this path instead."""

    path: str


def requested_file(target: str, base_path: str, folder: Path) -> Path | Elsewhere | None:
    """The file in `folder`, published at `base_path`, that a request's target means.

    None when there is none: that includes all that is outside of the folder, be it by a path
    that leaves it or by a link.
    """
    path = _decoded(target)
    if path is None:
        return None
    if not path.startswith(base_path):
        is_above = path == "/" or f"{path}/" == base_path
        return Elsewhere(quote(base_path)) if is_above else None
    in_site = _in_site(path, base_path)
    found = _inside(folder, folder / in_site) if in_site else None
    if found is None:
        return None
    if found.is_dir():
        # Links on a page in it are relative to the folder, which needs its slash for that.
        has_page = _inside(folder, found / _INDEX) is not None
        return Elsewhere(f"{quote(path)}/") if has_page and not path.endswith("/") else None
    return found if found.is_file() else None


def path_in_site(target: str, base_path: str) -> str | None:
    """Where in a site that is published at `base_path` the file is that a request's target means.

    The path has slashes, and that of a folder's page its name. None for what no site has.
    """
    path = _decoded(target)
    return _in_site(path, base_path) if path and path.startswith(base_path) else None


def _in_site(path: str, base_path: str) -> str | None:
    *folders, name = path[len(base_path) :].split("/")
    if not all(folders) or {".", ".."} & {*folders, name}:
        return None
    return "/".join([*folders, name or _INDEX])


def is_own_host(header: str | None, listening_host: str) -> bool:
    """Whether a `Host` header names this server.

    Another site could have its own name lead here, and read the answers as its own then
    (DNS rebinding). An address can't be made to lead elsewhere, and neither can `localhost`.
    """
    if header is None:
        return False
    try:
        name = urlsplit(f"//{header}").hostname
    except ValueError:
        return False
    if not name:
        return False
    if name in ("localhost", listening_host.casefold()) or name.endswith(".localhost"):
        return True
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _decoded(target: str) -> str | None:
    """The path of a request's target, decoded once; None for what no file can have."""
    path = target.split("?", 1)[0].split("#", 1)[0]
    if not path.startswith("/"):
        return None
    try:
        decoded = unquote_to_bytes(path).decode("utf-8")
    except UnicodeDecodeError:
        return None
    return None if "\\" in decoded or "\0" in decoded else decoded


def _inside(folder: Path, path: Path) -> Path | None:
    """Where `path` really is, if it is there, and in the folder."""
    try:
        real = path.resolve(strict=True)
        return real if real.is_relative_to(folder.resolve(strict=True)) else None
    except (OSError, RuntimeError):
        return None
