"""What the mirror's clients have asked for."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from msgspec import Struct

from generator.runner.mirror.exchange import UNFINISHED, Exchange


class Entry(Struct, frozen=True):
    """A request's place in the journal."""

    token: str
    number: int


@dataclass
class Journal:
    """The exchanges of each client, by the token that it shows, in the order of the requests.

    A request is noted before it is answered, so that none can end unnoticed.
    """

    _exchanges: dict[str, list[Exchange]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def open(self, token: str) -> None:
        """Know a client."""
        with self._lock:
            self._exchanges[token] = []

    def knows(self, token: str) -> bool:
        """Whether the token is one of a client."""
        return token in self._exchanges

    def begin(self, token: str, method: str, url: str) -> Entry:
        """Note a request, whose answer is on its way."""
        with self._lock:
            exchanges = self._exchanges[token]
            exchanges.append(Exchange(method, url, None, UNFINISHED))
            return Entry(token, len(exchanges) - 1)

    def end(self, entry: Entry, reason: str | None, identity: str) -> None:
        """Note what came of a request."""
        with self._lock:
            before = self._exchanges[entry.token][entry.number]
            exchange = Exchange(before.method, before.url, reason, identity)
            self._exchanges[entry.token][entry.number] = exchange

    def exchanges(self, token: str) -> tuple[Exchange, ...]:
        """What a client has asked for so far."""
        with self._lock:
            return tuple(self._exchanges[token])
