"""What is behind the proxy: takes each request, and sends what answers it.

It is an HTTP server of its own on loopback, since the proxy's library holds in memory
whatever it answers itself, several times over, and only lets pass by what another sends.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import socketserver
import threading
from collections.abc import Callable, Iterable, Sequence
from http.server import BaseHTTPRequestHandler
from typing import Any

from msgspec import Struct

from generator.runner.mirror.answers import Answer, ToRecord, Unanswered
from generator.runner.mirror.exchange import LOOPBACK, UNANSWERED
from generator.runner.mirror.hosts import host_of, how_to_allow, is_allowed, is_private
from generator.runner.mirror.journal import Entry, Journal
from generator.runner.mirror.recorder import Download, Recorder
from generator.runner.mirror.reply import Reply, reply_to
from generator.runner.mirror.upstream import CHUNK, Response, UpstreamError, asked

URL_HEADER = "X-Hubcards-Url"
"""The address that was asked for, as JSON: it may have characters that headers can't."""
TOKEN_HEADER = "X-Hubcards-Token"  # noqa: S105 (the name of a header)
SECRET_HEADER = "X-Hubcards-Secret"  # noqa: S105 (the name of a header)

_OF_A_CONNECTION = frozenset(
    {
        *("connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "te"),
        *("proxy-connection", "trailer", "transfer-encoding", "upgrade", "content-length"),
        *("host", "expect"),
        *(name.lower() for name in (URL_HEADER, TOKEN_HEADER, SECRET_HEADER)),
    }
)
_RECORDED_METHODS = ("GET", "HEAD")


class Mirrored(Struct, frozen=True):
    """Answers from the mirror; what is to be recorded, the `recorder` fetches."""

    answer: Callable[[str], Answer | ToRecord]
    recorder: Recorder


class Live(Struct, frozen=True):
    """Answers from the network, and from this machine and its neighbours only on `hosts`."""

    hosts: Sequence[str]


class ServiceServer(socketserver.ThreadingTCPServer):
    """Answers requests that show `secret`, on a free port of loopback, and notes them."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, source: Mirrored | Live, journal: Journal, secret: str) -> None:
        """Listen; nothing is answered before `start`."""
        super().__init__((LOOPBACK, 0), _Handler)
        self.source = source
        self.journal = journal
        self.secret = secret
        self.port = int(self.socket.getsockname()[1])

    def start(self) -> None:
        """Answer, in threads of their own."""
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that went away."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: ServiceServer

    def __getattr__(self, name: str) -> Callable[[], None]:
        # How the library asks what to do about a request with this method.
        if name.startswith("do_"):
            return self._answer
        raise AttributeError(name)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 (the library's name)
        """Keep quiet: the journal has it all."""

    def _answer(self) -> None:
        if not hmac.compare_digest(self.headers.get(SECRET_HEADER, ""), self.server.secret):
            self.send_error(403)
            return
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        url, source = json.loads(self.headers[URL_HEADER]), self.server.source
        entry = self.server.journal.begin(self.headers[TOKEN_HEADER], self.command, url)
        try:
            if isinstance(source, Live):
                self._let_through(entry, url, body, source)
                return
            answer = source.answer(url)
            if not isinstance(answer, ToRecord):
                self._reply(entry, answer)
            elif self.command in _RECORDED_METHODS:
                self._follow(entry, source.recorder.start(url))
            else:
                self._reply(entry, Unanswered(f"{url}: only what GET asks for is recorded"))
        except OSError:
            # The client has gone, or must see that what it has got is not all.
            self.close_connection = True

    def _reply(self, entry: Entry, answer: Answer) -> None:
        try:
            reply = reply_to(answer, self.command, self.headers.get("Range"))
        except OSError as error:
            # The file was there a moment ago.
            answer = Unanswered(f"the answer can't be read: {error}")
            reply = reply_to(answer, self.command, None)
        self._note(entry, answer)
        self._send(reply)

    def _note(self, entry: Entry, answer: Answer) -> None:
        if isinstance(answer, Unanswered):
            self.server.journal.end(entry, answer.reason, UNANSWERED)
        else:
            is_answered = self.command in _RECORDED_METHODS
            self.server.journal.end(entry, None, answer.identity if is_answered else UNANSWERED)

    def _send(self, reply: Reply) -> None:
        self._send_head(reply.status, reply.headers)
        body = reply.body
        if isinstance(body.source, bytes):
            self.wfile.write(body.source[body.first : body.first + body.length])
        elif body.length:
            with body.source.open("rb") as file:
                self.connection.sendfile(file, body.first, body.length)

    def _send_head(self, status: int, headers: Iterable[tuple[str, str]]) -> None:
        self.send_response_only(status)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()

    def _follow(self, entry: Entry, download: Download) -> None:
        """Send what is being recorded as it arrives, if that can be; else when it is there.

        It is noted also for those who do not wait for the end, which may be another request's.
        """
        download.at_end(lambda answer: self._note(entry, answer))
        download.wait_for_body()
        is_whole = self.command == "GET" and "Range" not in self.headers
        if download.answer is None and download.path and download.size and is_whole:
            try:
                file = download.path.open("rb")
            except FileNotFoundError:
                # It has just got its place among the recorded ones.
                pass
            else:
                with file:
                    self._send_arriving(download, download.size, file.fileno())
                return
        download.wait_for_end()
        self._reply(entry, download.answer or Unanswered("the recording has no end"))

    def _send_arriving(self, download: Download, size: int, file: int) -> None:
        self._send_head(
            200,
            [
                *(("Content-Type", download.content_type), ("Content-Length", str(size))),
                *([("Content-Encoding", download.encoding)] if download.encoding else []),
            ],
        )
        sent = 0
        while sent < size:
            # The client must not have it all before it is noted what it got.
            if sent < size - 1:
                download.wait_for_more(sent)
            else:
                download.wait_for_end()
            answer = download.answer
            if isinstance(answer, Unanswered):
                raise OSError(answer.reason)
            end = size if answer is not None else min(download.arrived, size - 1)
            while sent < end:
                piece = os.pread(file, min(CHUNK, end - sent), sent)
                self.wfile.write(piece)
                sent += len(piece)

    def _let_through(self, entry: Entry, url: str, body: bytes, source: Live) -> None:
        if is_private(url) and not is_allowed(url, source.hosts):
            reason = f"{host_of(url)} is on this machine or in its network\n{how_to_allow(url)}"
            self._reply(entry, Unanswered(f"{url} was not let through: {reason}"))
            return
        headers = {n: v for n, v in self.headers.items() if n.lower() not in _OF_A_CONNECTION}
        try:
            with asked(self.command, url, headers, body or None) as response:
                self._relay(entry, response)
        except UpstreamError as error:
            self._reply(entry, Unanswered(f"{url} was not answered: {error}"))

    def _relay(self, entry: Entry, response: Response) -> None:
        """Send a response as it comes; its last piece when it was noted what it is."""
        passed = [(n, v) for n, v in response.headers if n.lower() not in _OF_A_CONNECTION]
        has_body = self.command != "HEAD" and response.status not in (204, 304)
        if response.size is not None:
            self._send_head(response.status, [*passed, ("Content-Length", str(response.size))])
        else:
            # The end of the connection is the end of the body.
            self.close_connection = True
            self._send_head(response.status, [*passed, ("Connection", "close")])
        digest, held_back = hashlib.sha256(), b""
        try:
            for piece in response.pieces if has_body else ():
                digest.update(piece)
                self.wfile.write(held_back)
                held_back = piece
        except UpstreamError as error:
            raise OSError(str(error)) from None
        self.server.journal.end(entry, None, f"live:{digest.hexdigest()}")
        self.wfile.write(held_back)
