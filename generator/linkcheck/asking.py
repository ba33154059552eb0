"""Asking servers for addresses, as a polite guest: one question a host at a time, with pauses."""

from __future__ import annotations

import ipaddress
import re
import socket
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from urllib.parse import urljoin, urlsplit

import httpx
from msgspec import Struct

from generator.linkcheck.answers import Answer, State

_FOR_GOOD = (HTTPStatus.MOVED_PERMANENTLY, HTTPStatus.PERMANENT_REDIRECT)
_FOR_NOW = (HTTPStatus.FOUND, HTTPStatus.SEE_OTHER, HTTPStatus.TEMPORARY_REDIRECT)
_GONE = (HTTPStatus.NOT_FOUND, HTTPStatus.GONE)
_LATER = (
    HTTPStatus.TOO_MANY_REQUESTS,
    HTTPStatus.INTERNAL_SERVER_ERROR,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
)
_MOST_REDIRECTS = 10
_SYSTEM_NUMBER = re.compile(r"^\[Errno -?\d+\] ")


class Manners(Struct, frozen=True):
    """How servers are asked; all times are in seconds.

    `pause` lies between two questions to a host, `backoff` before the first repetition, and
    twice as long before each further one. `patience` is the longest that a host may bid us
    wait; when it wants more, it is not asked again. `hosts` are asked at a time.
    """

    user_agent: str
    pause: float = 1.0
    backoff: float = 2.0
    attempts: int = 3
    patience: float = 60.0
    timeout: float = 20.0
    hosts: int = 8


def is_public(host: str) -> bool:
    """Whether `host` is on the public network, as far as this machine can tell.

    Cards come from strangers: none may have a server asked that only this machine can reach.
    """
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
        return all(_is_global(str(item[4][0])) for item in found)
    except (OSError, ValueError):
        # A proxy may know the name; if nobody does, asking will tell.
        return True


def ask_all(
    addresses: Iterable[str], manners: Manners, may_ask: Callable[[str], bool] = is_public
) -> Iterator[tuple[str, Answer]]:
    """The answer for each of these addresses of the web, in the order in which they come.

    `may_ask` tells whether a host may be asked at all.
    """
    by_host: dict[str, list[str]] = defaultdict(list)
    for address in addresses:
        by_host[_host(address)].append(address)
    guest = _Guest(manners, may_ask)
    with ThreadPoolExecutor(max_workers=manners.hosts) as pool, guest.client:
        for answers in pool.map(guest.ask_one_after_another, by_host.values()):
            yield from answers.items()


class _Guest:
    def __init__(self, manners: Manners, may_ask: Callable[[str], bool]) -> None:
        self._manners = manners
        self._may_ask = may_ask
        self._doors: dict[str, _Door] = defaultdict(_Door)
        self._doors_lock = threading.Lock()
        self.client = httpx.Client(
            headers={"User-Agent": manners.user_agent, "Accept": "*/*"},
            timeout=manners.timeout,
        )

    def ask_one_after_another(self, addresses: Iterable[str]) -> Mapping[str, Answer]:
        return {address: self._answer(address) for address in addresses}

    def _answer(self, address: str) -> Answer:
        try:
            return self._ask(address)
        except ValueError as error:
            return Answer(State.UNKNOWN, f"it is no address: {error}")

    def _ask(self, address: str) -> Answer:
        """Follows redirections; the new address is that before the first one that is for now."""
        current, for_good = address, address
        only_for_good = True
        for _ in range(_MOST_REDIRECTS):
            response = self._question(current)
            if isinstance(response, Answer):
                return response
            location = response.headers.get("location")
            if response.status_code not in (*_FOR_GOOD, *_FOR_NOW) or not location:
                return _verdict(response, for_good if for_good != address else "")
            current = urljoin(current, location)
            if urlsplit(current).scheme not in ("http", "https"):
                return Answer(State.UNKNOWN, f"it leads on to {current}")
            only_for_good = only_for_good and response.status_code in _FOR_GOOD
            if only_for_good:
                for_good = current
        return Answer(State.UNKNOWN, "it leads on and on")

    def _question(self, address: str) -> httpx.Response | Answer:
        host = urlsplit(address).hostname or ""
        if not self._may_ask(host):
            return Answer(State.UNKNOWN, f"{host} is not on the public network")
        with self._doors_lock:
            door = self._doors[_host(address)]
        with door.lock:
            return self._repeated(address, door)

    def _repeated(self, address: str, door: _Door) -> httpx.Response | Answer:
        wait = 0.0
        outcome: httpx.Response | Answer = Answer(State.UNKNOWN)
        for attempt in range(self._manners.attempts):
            outcome = self._head_or_get(address, door, wait)
            wait = self._manners.backoff * 2**attempt
            if isinstance(outcome, httpx.Response):
                if outcome.status_code not in _LATER:
                    break
                wait = max(wait, _bidden_wait(outcome))
                if wait > self._manners.patience:
                    break
        return outcome

    def _head_or_get(self, address: str, door: _Door, wait: float) -> httpx.Response | Answer:
        outcome = self._once("HEAD", address, door, wait)
        if (
            isinstance(outcome, httpx.Response)
            and outcome.is_error
            and outcome.status_code != HTTPStatus.TOO_MANY_REQUESTS
        ):
            # Not every server answers this question as it answers a reader's.
            outcome = self._once("GET", address, door, 0.0)
        return outcome

    def _once(self, method: str, address: str, door: _Door, wait: float) -> httpx.Response | Answer:
        door.wait(max(wait, self._manners.pause))
        try:
            # Only the head of the answer matters, and it may be a model of gigabytes.
            with self.client.stream(method, address) as response:
                return response
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            return Answer(State.UNKNOWN, _reason(error))
        finally:
            door.has_answered()


class _Door:
    """Where one asks a host, one at a time; it knows when that was last."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self._last: float | None = None

    def wait(self, seconds: float) -> None:
        """Returns once so many seconds have passed since the last answer."""
        if self._last is not None:
            time.sleep(max(0.0, self._last + seconds - time.monotonic()))

    def has_answered(self) -> None:
        """Begins the time anew."""
        self._last = time.monotonic()


def _verdict(response: httpx.Response, new_address: str) -> Answer:
    status = response.status_code
    phrase = f"{status} {response.reason_phrase}".strip()
    if status in _GONE:
        return Answer(State.GONE, phrase)
    if response.is_error:
        return Answer(State.UNKNOWN, phrase)
    return Answer(State.MOVED, new_address) if new_address else Answer(State.FINE)


def _bidden_wait(response: httpx.Response) -> float:
    """The seconds that the header Retry-After asks for: a number, or until a time."""
    value = response.headers.get("retry-after", "").strip()
    if value.isdecimal():
        return float(value[:9])
    try:
        until = parsedate_to_datetime(value)
    except (TypeError, ValueError):
        return 0.0
    if until.tzinfo is None:
        until = until.replace(tzinfo=timezone.utc)
    return (until - datetime.now(timezone.utc)).total_seconds()


def _host(address: str) -> str:
    try:
        return urlsplit(address).netloc.rpartition("@")[2].lower()
    except ValueError:
        return ""


def _is_global(address: str) -> bool:
    parsed = ipaddress.ip_address(address)
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    return (mapped or parsed).is_global


def _reason(error: Exception) -> str:
    if isinstance(error, httpx.TimeoutException):
        return "no answer in time"
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, socket.gaierror):
            return "its host is not known here; it may be misspelt, or the network is not there"
        if isinstance(cause, ConnectionRefusedError):
            return "its host takes no connections there"
        cause = cause.__cause__ or cause.__context__
    return _SYSTEM_NUMBER.sub("", str(error)) or type(error).__name__
