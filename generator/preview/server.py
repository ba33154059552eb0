"""Serving a preview by HTTP, for somebody on this machine.

Python's own server is enough here: a thread for each connection, files that are small, and one
event stream for each page that is open. It adds no package that this has to keep up with.
"""

from __future__ import annotations

import re
import socket
import threading
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import TCPServer, ThreadingMixIn

from generator.preview.requested import Elsewhere, is_own_host, requested_file
from generator.preview.state import Board

OWN_PATH = "/_hubcards/"
"""What the preview adds to the site is found below this path, which no hub is published at."""

EVENTS = f"{OWN_PATH}events"

_CLIENT = Path(__file__).with_name("client")
_SCRIPT = _CLIENT / "preview.js"
_STYLE = _CLIENT / "preview.css"
_HTML = "text/html; charset=utf-8"
_CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": _HTML,
    ".ico": "image/x-icon",
    ".ipynb": "application/x-ipynb+json",
    ".jpg": "image/jpeg",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".md": "text/markdown; charset=utf-8",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".wasm": "application/wasm",
    ".webp": "image/webp",
    ".woff2": "font/woff2",
    ".xml": "application/xml; charset=utf-8",
}
_ADDRESSED_BY_CONTENT = re.compile(r".*\.[0-9a-f]{10}\.\w+")
_SECONDS_OF_SILENCE = 15.0
_TRIED_PORTS = 20


@dataclass
class AddressError(Exception):
    """It can't listen there; the text says why, and what to do instead."""

    message: str

    def __str__(self) -> str:
        return self.message


class PreviewServer(ThreadingMixIn, TCPServer):
    """Serves the site in `folder` as the board says, and tells open pages of what changes."""

    daemon_threads = True  # open pages keep nobody from ending it
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, host: str, port: int, folder: Path, board: Board) -> None:
        """Listens at once. Raises `OSError` when it can't."""
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        self.address_family, *_, (address, *_) = found[0]
        self.host = host
        self.folder = folder
        self.board = board
        super().__init__((str(address), port), _Handler)

    @property
    def url(self) -> str:
        """Where the front page is for a browser on this machine."""
        host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(self.host, self.host)  # noqa: S104
        shown = f"[{host}]" if ":" in host else host
        return f"http://{shown}:{self.server_address[1]}{self.board.shown.base_path}"

    def handle_error(self, *_request: object) -> None:
        """Nothing: a browser that goes away in the middle is no news."""


def listen(
    host: str, port: int | None, folder: Path, board: Board, *, default_port: int
) -> PreviewServer:
    """A server that listens on `port`; or, without one, on the default, or one that is free.

    Raises `AddressError`.
    """
    wanted = [*range(default_port, default_port + _TRIED_PORTS), 0] if port is None else [port]
    reason = ""
    for tried in wanted:
        server = _listening(host, tried, folder, board)
        if isinstance(server, PreviewServer):
            return server
        reason = server
    if port is None:
        raise AddressError(f'can\'t listen on "{host}": {reason}; name another --host')
    raise AddressError(
        f"can't listen on port {port} of {host}: {reason}; name another --port,"
        " or none for one that is free"
    )


def _listening(host: str, port: int, folder: Path, board: Board) -> PreviewServer | str:
    """A server, or why there is none at this port."""
    try:
        return PreviewServer(host, port, folder, board)
    except socket.gaierror as error:
        reason = error.strerror or str(error)
        raise AddressError(f'"{host}" is no address of this machine: {reason}') from None
    except OverflowError:
        raise AddressError(f"{port} is no port: the last one is 65535") from None
    except OSError as error:
        return error.strerror or str(error)


class _Handler(BaseHTTPRequestHandler):
    server: PreviewServer
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:  # the name that the base class looks for
        if not is_own_host(self.headers.get("Host"), self.server.host):
            hint = "this preview is not known by that name; start it with --host NAME"
            self._send(HTTPStatus.FORBIDDEN, "text/plain; charset=utf-8", hint.encode())
        elif self.path == EVENTS:
            self._send_events()
        elif self.path.startswith(OWN_PATH):
            self._send_client_file(self.path.removeprefix(OWN_PATH))
        else:
            self._send_of_site()

    do_HEAD = do_GET  # noqa: N815 # as above

    def _send_of_site(self) -> None:
        shown = self.server.board.shown
        found = requested_file(self.path, shown.base_path, self.server.folder)
        if isinstance(found, Elsewhere):
            self._send(HTTPStatus.FOUND, _HTML, b"", {"Location": found.path})
            return
        try:
            if found is not None:
                self._send_file(HTTPStatus.OK, found, shown.version)
                return
            page = self.server.folder / "404.html"
            if page.is_file():
                self._send_file(HTTPStatus.NOT_FOUND, page, shown.version)
                return
        except FileNotFoundError:
            # It has just gone; the page is told of the version without it.
            pass
        page = _CLIENT / "nothing-yet.html"
        self._send_file(HTTPStatus.SERVICE_UNAVAILABLE, page, shown.version)

    def _send_file(self, status: HTTPStatus, path: Path, version: str, name: str = "") -> None:
        content = path.read_bytes()
        content_type = _CONTENT_TYPES.get(path.suffix.lower(), "application/octet-stream")
        if content_type == _HTML:
            content = with_script(content, version)
        headers = {}
        if _ADDRESSED_BY_CONTENT.fullmatch(name or path.name):
            headers["Cache-Control"] = "max-age=31536000, immutable"
        self._send(status, content_type, content, headers)

    def _send_client_file(self, name: str) -> None:
        path = {script_name(): _SCRIPT, _STYLE.name: _STYLE}.get(name)
        if path is None:
            self._send(HTTPStatus.NOT_FOUND, "text/plain; charset=utf-8", b"there is no such file")
            return
        self._send_file(HTTPStatus.OK, path, "", name)

    def _send(
        self,
        status: HTTPStatus,
        content_type: str,
        content: bytes,
        headers: dict[str, str] | None = None,
    ) -> None:
        self.send_response(status)
        all_headers = {
            "Content-Type": content_type,
            "Content-Length": str(len(content)),
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            **(headers or {}),
        }
        for name, value in all_headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    def _send_events(self) -> None:
        self.close_connection = True
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Connection", "close")
        self.end_headers()
        if self.command == "HEAD":
            return
        told = self.server.board.shown
        self._tell(f"retry: 500\ndata: {told.as_json()}\n\n")
        while True:
            shown = self.server.board.wait_for_other(told, _SECONDS_OF_SILENCE)
            # Writing something now and then is the only way to learn that the page is gone.
            self._tell(":\n\n" if shown == told else f"data: {shown.as_json()}\n\n")
            told = shown

    def _tell(self, event: str) -> None:
        self.wfile.write(event.encode())

    def log_message(self, *_arguments: object) -> None:
        """Nothing: requests are no news."""


@cache
def script_name() -> str:
    """What the script of the preview is called; a browser that has it need not ask again."""
    digest = blake2b(_SCRIPT.read_bytes(), digest_size=5).hexdigest()
    return f"{_SCRIPT.stem}.{digest}{_SCRIPT.suffix}"


def with_script(page: bytes, version: str) -> bytes:
    """A page of the site with what the preview adds to it: a script of its own, and no other."""
    script = f'<script src="{OWN_PATH}{script_name()}" data-version="{version}" defer></script>'
    before, end_of_head, behind = page.partition(b"</head>")
    return before + script.encode() + end_of_head + behind


def serve_in_background(server: PreviewServer) -> None:
    """Answers requests until the program ends."""
    threading.Thread(target=server.serve_forever, name="preview", daemon=True).start()
