"""What a preview answers to who asks for something: a page of the site, or a part of its own."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from pathlib import Path

from msgspec import Struct

from generator.preview.requested import Elsewhere, path_in_site, requested_file
from generator.preview.state import Shown
from generator.site.digests import digest_for_address

OWN_PATH = "/_hubcards/"
"""What the preview adds to the site is found below this path, which no hub is published at."""

HTML = "text/html; charset=utf-8"
TEXT = "text/plain; charset=utf-8"

_CLIENT = Path(__file__).with_name("client")
_SCRIPT = _CLIENT / "preview.js"
_STYLE = _CLIENT / "preview.css"
_NOTHING_YET = _CLIENT / "nothing-yet.html"
_CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": HTML,
    ".ico": "image/x-icon",
    ".ipynb": "application/x-ipynb+json",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".md": "text/markdown; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": TEXT,
    ".wasm": "application/wasm",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
    ".xml": "application/xml; charset=utf-8",
}
_ADDRESSED_BY_CONTENT = re.compile(r".*\.[0-9a-f]{10}\.\w+")
_FOR_GOOD = "max-age=31536000, immutable"


class Answer(Struct, frozen=True):
    """What is to be sent; `headers` has those that not every answer has."""

    status: HTTPStatus
    content_type: str
    content: bytes
    headers: Mapping[str, str] = {}


def answer_of_site(target: str, shown: Shown, folder: Path) -> Answer:
    """What is answered to a request's target, when the site in `folder` is what is shown."""
    found = requested_file(target, shown.base_path, folder)
    if isinstance(found, Elsewhere):
        return Answer(HTTPStatus.FOUND, HTML, b"", {"Location": found.path})
    try:
        if found is not None:
            return _answer_with(HTTPStatus.OK, found, shown.version)
        page = folder / "404.html"
        if page.is_file():
            return _answer_with(HTTPStatus.NOT_FOUND, page, shown.version)
    except FileNotFoundError:
        # It has just gone; the page is told of the version without it.
        pass
    return _answer_with(HTTPStatus.SERVICE_UNAVAILABLE, _NOTHING_YET, shown.version)


def answer_of_preview(name: str) -> Answer:
    """What is answered to who asks for a file of the preview's own."""
    path = {script_name(): _SCRIPT, _STYLE.name: _STYLE}.get(name)
    if path is None:
        return Answer(HTTPStatus.NOT_FOUND, TEXT, b"there is no such file")
    return _answer_with(HTTPStatus.OK, path, "", name)


def page_at_hand(target: str, shown: Shown) -> Answer | None:
    """A page of the version that is coming, if it is made already, and asked for by its target."""
    content = shown.pages.get(path_in_site(target, shown.base_path) or "")
    if content is None:
        return None
    return Answer(HTTPStatus.OK, HTML, _with_script(content, shown.coming))


def _answer_with(status: HTTPStatus, path: Path, version: str, name: str = "") -> Answer:
    content = path.read_bytes()
    content_type = _CONTENT_TYPES.get(path.suffix.lower(), "application/octet-stream")
    if content_type == HTML:
        content = _with_script(content, version)
    is_for_good = _ADDRESSED_BY_CONTENT.fullmatch(name or path.name)
    return Answer(
        status, content_type, content, {"Cache-Control": _FOR_GOOD} if is_for_good else {}
    )


@cache
def script_name() -> str:
    """What the script of the preview is called; a browser that has it need not ask again."""
    return f"{_SCRIPT.stem}.{digest_for_address(_SCRIPT.read_bytes())}{_SCRIPT.suffix}"


def _with_script(page: bytes, version: str) -> bytes:
    """A page of the site with what the preview adds to it: a script of its own, and no other."""
    script = f'<script src="{OWN_PATH}{script_name()}" data-version="{version}" defer></script>'
    before, end_of_head, behind = page.partition(b"</head>")
    return before + script.encode() + end_of_head + behind
