"""An intercepting HTTPS proxy on loopback that answers everything itself."""

from __future__ import annotations

import asyncio
import base64
import binascii
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mitmproxy import http, options
from mitmproxy.addons import core, next_layer, proxyserver, tlsconfig
from mitmproxy.connection import Client
from mitmproxy.master import Master
from mitmproxy.proxy.server_hooks import ServerConnectionHookData

from generator.runner.mirror.answers import Answer, Unanswered
from generator.runner.mirror.exchange import LOOPBACK, Exchange
from generator.runner.mirror.reply import reply_to


@dataclass(frozen=True, slots=True)
class Proxy:
    """What decides how the proxy answers, and what it notes.

    `answer` says what is at an address; several threads call it. A client shows a token, as
    the password of the proxy's address: only the tokens in `exchanges` are let in, and
    there it is noted what each of them asked for, in the order of the answers.
    """

    answer: Callable[[str], Answer]
    exchanges: dict[str, list[Exchange]] = field(default_factory=dict)


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
    answering = _Answering(proxy, lambda: on_start(_port(listening), master.shutdown))
    master.addons.add(
        core.Core(), listening, next_layer.NextLayer(), tlsconfig.TlsConfig(), answering
    )
    master.options.update(connection_strategy="lazy", upstream_cert=False)
    await master.run()


def _port(server: Any) -> int:
    addresses = server.listen_addrs()
    if not addresses:
        raise OSError(f"no port on {LOOPBACK} could be opened")
    return int(addresses[0][1])


class _Answering:
    """The addon that answers each request itself, and lets no connection out."""

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

    async def request(self, flow: http.HTTPFlow) -> None:
        token = self._token_of_connection.get(flow.client_conn.id) or self._token(flow)
        if token is None:
            flow.response = _authentication_required()
            return
        url, method = flow.request.url, flow.request.method
        answer = await asyncio.to_thread(self._proxy.answer, url)
        reason = answer.reason if isinstance(answer, Unanswered) else None
        self._proxy.exchanges[token].append(Exchange(method, url, reason))
        reply = reply_to(answer, method, flow.request.headers.get("Range"))
        flow.response = http.Response.make(reply.status, reply.body)
        for name, value in reply.headers:
            flow.response.headers[name] = value

    def server_connect(self, data: ServerConnectionHookData) -> None:
        """Refuse to go out. Only what is not HTTP gets here: all else has been answered."""
        data.server.error = "the mirror lets no connection out"
        token = self._token_of_connection.get(data.client.id)
        if token is not None and data.server.address:
            host, port = data.server.address[:2]
            reason = "the mirror answers HTTP and HTTPS only"
            self._proxy.exchanges[token].append(Exchange("CONNECT", f"{host}:{port}", reason))

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
        return token if token in self._proxy.exchanges else None


def _authentication_required() -> http.Response:
    challenge: Mapping[str, str] = {"Proxy-Authenticate": 'Basic realm="hubcards"'}
    return http.Response.make(407, b"this mirror serves the cards that are run\n", challenge)
