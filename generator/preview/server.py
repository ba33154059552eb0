"""Serving a preview by HTTP, for somebody on this machine.

Python's own server is enough here: a thread for each connection, files that are small, and one
event stream for each page that is open. It adds no package that this has to keep up with.
"""

from __future__ import annotations

import socket
import threading
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import TCPServer, ThreadingMixIn

from generator.preview.answers import (
    OWN_PATH,
    TEXT,
    Answer,
    answer_of_preview,
    answer_of_site,
    page_at_hand,
)
from generator.preview.requested import is_own_host
from generator.preview.state import Board

EVENTS = f"{OWN_PATH}events"

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
            self._send(Answer(HTTPStatus.FORBIDDEN, TEXT, hint.encode()))
        elif self.path == EVENTS:
            self._send_events()
        elif self.path.startswith(OWN_PATH):
            self._send(answer_of_preview(self.path.removeprefix(OWN_PATH)))
        else:
            self._send(self._answer_of_site())

    do_HEAD = do_GET  # noqa: N815 # as above

    def _answer_of_site(self) -> Answer:
        board = self.server.board
        at_hand = page_at_hand(self.path, board.shown)
        return at_hand or answer_of_site(self.path, board.wait_for_what_comes(), self.server.folder)

    def _send(self, answer: Answer) -> None:
        self.send_response(answer.status)
        headers = {
            "Content-Type": answer.content_type,
            "Content-Length": str(len(answer.content)),
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            **answer.headers,
        }
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.content)

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


def serve_in_background(server: PreviewServer) -> None:
    """Answers requests until the program ends."""
    threading.Thread(target=server.serve_forever, name="preview", daemon=True).start()
