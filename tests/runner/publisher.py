"""A server on loopback that stands for those who publish weights, pictures and the like."""

from __future__ import annotations

import ssl
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingTCPServer

import trustme


@dataclass
class Publisher:
    """Answers what is in `bodies` and `redirects`, by path, and notes what it was asked for.

    What is in `cut` ends after half of its bytes.
    """

    bodies: dict[str, bytes] = field(default_factory=dict)
    redirects: dict[str, str] = field(default_factory=dict)
    cut: set[str] = field(default_factory=set)
    asked: list[tuple[str, str]] = field(default_factory=list)
    received: list[bytes] = field(default_factory=list)
    scheme: str = "http"

    def start(self, context: ssl.SSLContext | None = None) -> None:
        self._server = ThreadingTCPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = True
        if context:
            self.scheme = "https"
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.start()

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self._server.server_address[1]}"

    def url(self, path: str) -> str:
        return f"{self.scheme}://{self.host}{path}"

    def stop(self) -> None:
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()


def _handler(publisher: Publisher) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def __getattr__(self, name):
            # How the library asks what to do about a request with this method.
            if name.startswith("do_"):
                return self.answer
            raise AttributeError(name)

        def answer(self):
            publisher.asked.append((self.command, self.path))
            publisher.received.append(self.rfile.read(int(self.headers["Content-Length"] or 0)))
            if self.path in publisher.redirects:
                self.send_response(302)
                self.send_header("Location", publisher.redirects[self.path])
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            body = publisher.bodies.get(self.path)
            self.send_response(404 if body is None else 200)
            body = body or b"there is nothing"
            self.send_header("Content-Type", "application/x-of-the-publisher")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.path in publisher.cut:
                body = body[: len(body) // 2]
                self.close_connection = True
            if self.command != "HEAD":
                self.wfile.write(body)

        def log_message(self, *_):
            """Say nothing."""

    return Handler


def authority(folder: Path) -> tuple[Path, ssl.SSLContext]:
    """The file of a certificate authority, and what a server on loopback shows its word with."""
    ca = trustme.CA()
    file = folder / "publisher-ca.pem"
    ca.cert_pem.write_to_path(str(file))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("127.0.0.1").configure_cert(context)
    return file, context
