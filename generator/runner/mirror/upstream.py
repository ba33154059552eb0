"""The real network, as the mirror's own process asks it."""

from __future__ import annotations

import http.client
import re
import ssl
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager

from msgspec import Struct

CHUNK = 1 << 18
"""How many bytes are read at a time."""

_SECONDS_OF_SILENCE = 30


class UpstreamError(Exception):
    """The network has no answer; the text says why."""


class Response(Struct, frozen=True):
    """What a server answers; its body comes in pieces."""

    status: int
    headers: tuple[tuple[str, str], ...]
    pieces: Iterator[bytes]

    def header(self, name: str) -> str | None:
        """The value of a header, if there is one."""
        return next((value for key, value in self.headers if key.lower() == name), None)

    @property
    def size(self) -> int | None:
        """How many bytes its body has, as far as the server tells."""
        text = self.header("content-length") or ""
        return int(text) if text.isdecimal() else None


@contextmanager
def asked(
    method: str, url: str, headers: Mapping[str, str], body: bytes | None = None
) -> Iterator[Response]:
    """The answer to a request, redirects included, which are not followed.

    Servers are trusted, and proxies used, as the environment of this process says
    (`SSL_CERT_FILE`, `HTTPS_PROXY` …). Raises `UpstreamError` when there is no answer; the
    pieces raise it when the body ends too early.
    """
    opener = urllib.request.OpenerDirector()
    context = ssl.create_default_context()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(context=context),
    ):
        opener.add_handler(handler)
    # Made for http and https only, which is all that this opener knows.
    request = urllib.request.Request(url, body, dict(headers), method=method)  # noqa: S310
    try:
        response = opener.open(request, timeout=_SECONDS_OF_SILENCE)
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise UpstreamError(_message(error)) from None
    if not isinstance(response, http.client.HTTPResponse):
        raise UpstreamError("it is neither http nor https")
    with closing(response):
        pairs = tuple((name, _one_line(value)) for name, value in response.getheaders())
        yield Response(response.status, pairs, _pieces(response))


def _pieces(response: http.client.HTTPResponse) -> Iterator[bytes]:
    try:
        while piece := response.read(CHUNK):
            yield piece
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise UpstreamError(_message(error)) from None
    # What is left of the promised length; the library does not mind it.
    if response.length:
        raise UpstreamError(f"the connection ended {response.length:,} bytes too early")


def _message(error: Exception) -> str:
    reason = getattr(error, "reason", None) or error
    return str(reason) or type(error).__name__


def _one_line(value: str) -> str:
    return re.sub(r"[\x00-\x1f\x7f]+", " ", value)
