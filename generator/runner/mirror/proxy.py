"""An intercepting HTTPS proxy on loopback, which takes every request to the mirror's service."""

from __future__ import annotations

import asyncio
import base64
import binascii
import json
import logging
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from mitmproxy import http, options
from mitmproxy.addons import core, next_layer, proxyserver, tlsconfig
from mitmproxy.connection import Client
from mitmproxy.master import Master
from mitmproxy.proxy.server_hooks import ServerConnectionHookData
from msgspec import Struct

from generator.runner.mirror.exchange import LOOPBACK, UNANSWERED
from generator.runner.mirror.journal import Journal
from generator.runner.mirror.service import SECRET_HEADER, TOKEN_HEADER, URL_HEADER


class Proxy(Struct, frozen=True):
    """Where the proxy takes requests, and whose.

    A client shows a token, as the password of the proxy's address: only those that `journal`
    knows are let in. The service is at `port` of loopback, and wants to see `secret`.
    """

    journal: Journal
    port: int
    secret: str


async def run_proxy(
    proxy: Proxy, folder: Path, on_start: Callable[[int, Callable[[], None]], None]
) -> None:
    """Serve on a free port of loopback, until told to stop.

    The certificate authority, made for this run alone, is put into `folder`; clients need
    its `AUTHORITY_FILE`. When the proxy listens, `on_start` gets its port, and a function
    that stops it, from any thread.
    """
    settings = options.Options(
        confdir=str(folder), listen_host=LOOPBACK, listen_port=0, http2=False
    )
    # What the library has no types for.
    master: Any = Master(settings, event_loop=asyncio.get_running_loop())
    logging.disable(logging.CRITICAL)
    server: Any = proxyserver.Proxyserver  # its constructor has no types either
    listening = server()
    guiding = _Guiding(proxy, lambda: on_start(_port(listening), master.shutdown))
    master.addons.add(
        core.Core(), listening, next_layer.NextLayer(), tlsconfig.TlsConfig(), guiding
    )
    master.options.update(connection_strategy="lazy", upstream_cert=False)
    await master.run()


def _port(server: Any) -> int:
    addresses = server.listen_addrs()
    if not addresses:
        raise OSError(f"no port on {LOOPBACK} could be opened")
    return int(addresses[0][1])


class _Guiding:
    """The addon that sends each request to the service, and lets no other connection out."""

    def __init__(self, proxy: Proxy, on_start: Callable[[], None]) -> None:
        self._proxy = proxy
        self._on_start = on_start
        self._token_of_connection: dict[str, str] = {}

    def running(self) -> None:
        self._on_start()

    def http_connect(self, flow: http.HTTPFlow) -> None:
        token = self._token(flow)
        if token is None:
            flow.response = _authentication_required()
        else:
            self._token_of_connection[flow.client_conn.id] = token

    def request(self, flow: http.HTTPFlow) -> None:
        token = self._token_of_connection.get(flow.client_conn.id) or self._token(flow)
        if token is None:
            flow.response = _authentication_required()
            return
        request = flow.request
        request.headers[URL_HEADER] = json.dumps(request.url)
        request.headers[TOKEN_HEADER] = token
        request.headers[SECRET_HEADER] = self._proxy.secret
        request.headers.pop("Proxy-Authorization", None)
        if request.headers.pop("Transfer-Encoding", None):
            request.headers["Content-Length"] = str(len(request.raw_content or b""))
        host = request.host_header
        request.scheme, request.host, request.port = "http", LOOPBACK, self._proxy.port
        request.host_header = host
        # It may have characters with which another server would not take it for a path.
        request.path = "/"

    def responseheaders(self, flow: http.HTTPFlow) -> None:
        """Let bodies pass by; what is not streamed is held in memory, several times over."""
        if flow.response:
            flow.response.stream = True

    def server_connect(self, data: ServerConnectionHookData) -> None:
        """Refuse to go anywhere but to the service, where only what is not HTTP would go."""
        if data.server.address == (LOOPBACK, self._proxy.port):
            return
        data.server.error = "the mirror lets no connection out"
        token = self._token_of_connection.get(data.client.id)
        if token is not None and data.server.address:
            host, port = data.server.address[:2]
            reason = "the mirror answers HTTP and HTTPS only"
            entry = self._proxy.journal.begin(token, "CONNECT", f"{host}:{port}")
            self._proxy.journal.end(entry, reason, UNANSWERED)

    def client_disconnected(self, client: Client) -> None:
        self._token_of_connection.pop(client.id, None)

    def _token(self, flow: http.HTTPFlow) -> str | None:
        """The known token that the client shows."""
        scheme, _, credentials = flow.request.headers.get("Proxy-Authorization", "").partition(" ")
        if scheme.lower() != "basic":
            return None
        try:
            token = base64.b64decode(credentials).decode("ascii").partition(":")[2]
        except (binascii.Error, UnicodeDecodeError):
            return None
        return token if self._proxy.journal.knows(token) else None


def _authentication_required() -> http.Response:
    challenge: Mapping[str, str] = {"Proxy-Authenticate": 'Basic realm="hubcards"'}
    return http.Response.make(407, b"this mirror serves the cards that are run\n", challenge)
