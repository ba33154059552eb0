"""Lets real answers through once, and records them."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from urllib.parse import quote, urljoin

from generator import __version__
from generator.runner.errors import RunnerError
from generator.runner.mirror.address import normal
from generator.runner.mirror.answers import Answer, Found, Redirect, Unanswered
from generator.runner.mirror.recordings import (
    REDIRECTS,
    RecordedBody,
    RecordedRedirect,
    Recordings,
)
from generator.runner.mirror.upstream import Response, UpstreamError, asked

_REQUEST = {"User-Agent": f"hubcards/{__version__}", "Accept": "*/*", "Accept-Encoding": "identity"}
_SECONDS_OF_LEFTOVERS = 86_400


@dataclass
class Download:
    """A body that is being recorded. Who wants it reads from `path` what has arrived."""

    url: str
    path: Path | None = None
    content_type: str = ""
    encoding: str | None = None
    size: int | None = None
    arrived: int = 0
    answer: Answer | None = None
    change: threading.Condition = field(default_factory=threading.Condition)
    _hooks: list[Callable[[Answer], None]] = field(default_factory=list)

    def at_end(self, hook: Callable[[Answer], None]) -> None:
        """Have `hook` called with the answer, before anybody who waits gets it."""
        with self.change:
            if self.answer is None:
                self._hooks.append(hook)
                return
        hook(self.answer)

    def wait_for_body(self) -> None:
        """Wait until there is something to read, or all is over."""
        self._wait(lambda: self.path is not None)

    def wait_for_more(self, than: int) -> None:
        """Wait until more bytes have arrived, or all is over."""
        self._wait(lambda: self.arrived > than)

    def wait_for_end(self) -> None:
        """Wait until all is over."""
        self._wait(lambda: False)

    def _wait(self, condition: Callable[[], bool]) -> None:
        with self.change:
            self.change.wait_for(lambda: self.answer is not None or condition())

    def begin(self, path: Path) -> None:
        """Say where what arrives is put."""
        with self.change:
            self.path = path
            self.change.notify_all()

    def tell(self, arrived: int) -> None:
        """Say how many bytes have arrived."""
        with self.change:
            self.arrived = arrived
            self.change.notify_all()

    def end(self, answer: Answer) -> None:
        """Say what the answer is; nothing more comes."""
        with self.change:
            for hook in self._hooks:
                hook(answer)
            self.answer = answer
            self.change.notify_all()


@dataclass
class Recorder:
    """Fetches what is asked for, each address once at a time, and records it."""

    recordings: Recordings
    _running: dict[str, Download] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self, url: str) -> Download:
        """The download of what is at an address; one that is under way, if there is one.

        It goes on when nobody waits for it any more.
        """
        key = normal(url)
        with self._lock:
            download = self._running.get(key)
            if download is None:
                self._drop_leftovers()
                download = self._running[key] = Download(url)
                threading.Thread(target=self._run, args=(key, download), daemon=True).start()
            return download

    def _run(self, key: str, download: Download) -> None:
        try:
            answer = self._fetched(download)
        except (UpstreamError, RunnerError, OSError) as error:
            answer = Unanswered(f"{download.url} could not be recorded: {error}")
        with self._lock:
            del self._running[key]
        download.end(answer)

    def _fetched(self, download: Download) -> Answer:
        with asked("GET", download.url, _REQUEST) as response:
            if response.status in REDIRECTS:
                return self._redirect(download.url, response)
            if response.status != 200:
                return Unanswered(
                    f"{download.url} was not recorded: the server answers {response.status}"
                )
            path = self.recordings.new_body()
            try:
                return self._body(download, response, path)
            except BaseException:
                path.unlink(missing_ok=True)
                raise

    def _redirect(self, url: str, response: Response) -> Answer:
        location = urljoin(url, response.header("location") or "")
        recorded = RecordedRedirect(response.status, quote(location, safe=_URL_CHARACTERS), _now())
        self.recordings.keep(url, recorded)
        return Redirect(recorded.status, recorded.location, recorded.identity)

    def _body(self, download: Download, response: Response, path: Path) -> Answer:
        content_type = response.header("content-type") or "application/octet-stream"
        digest, arrived = hashlib.sha256(), 0
        download.content_type = _ascii(content_type)
        encoding = response.header("content-encoding")
        download.encoding = _ascii(encoding) if encoding else None
        download.size = response.size
        with path.open("wb", buffering=0) as file:
            download.begin(path)
            for piece in response.pieces:
                digest.update(piece)
                file.write(piece)
                arrived += len(piece)
                download.tell(arrived)
        recorded = RecordedBody(
            digest.hexdigest(), arrived, download.content_type, _now(), download.encoding
        )
        kept = self.recordings.keep_body(download.url, recorded, path)
        return Found(kept, recorded.content_type, recorded.identity, recorded.encoding)

    def _drop_leftovers(self) -> None:
        """Remove what a run that was ended in the middle has left."""
        for path in self.recordings.outside.glob("*.part"):
            if time.time() - path.stat().st_mtime > _SECONDS_OF_LEFTOVERS:
                path.unlink(missing_ok=True)


# Those that an address may have as they are: the reserved ones, and the sign of escapes.
_URL_CHARACTERS = "%:/?#[]@!$&'()*+,;=~"


def _ascii(value: str) -> str:
    return value.encode("ascii", "replace").decode("ascii")


def _now() -> str:
    return datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
