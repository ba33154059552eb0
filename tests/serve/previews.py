"""A preview as somebody starts it who writes cards."""

from __future__ import annotations

import os
import queue
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Answer:
    """What a server answered; the names of the headers are in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Preview:
    """A running preview; `url` is that of the front page."""

    url: str
    port: int
    process: subprocess.Popen[str]
    lines: queue.Queue[str]

    def ask(self, target: str, host: str = "localhost", method: str = "GET") -> Answer:
        """Send the target as it is: other clients would tidy it up."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as connection:
            request = f"{method} {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
            connection.sendall(request.encode())
            answer = b"".join(iter(lambda: connection.recv(1 << 16), b""))
        head, _, body = answer.partition(b"\r\n\r\n")
        status, *lines = head.decode().split("\r\n")
        fields = (line.split(": ", 1) for line in lines)
        headers = {name.lower(): value for name, value in fields}
        return Answer(int(status.split()[1]), headers, body)

    def wait_for_build(self) -> str:
        """What the preview says of its next build."""
        return self.lines.get(timeout=60)

    def interrupt(self) -> tuple[int, str]:
        """Press Ctrl-C; the exit code, and what it said of problems."""
        # A terminal sends it to all the processes of the command.
        os.killpg(self.process.pid, signal.SIGINT)
        assert self.process.stderr
        problems = self.process.stderr.read()
        return self.process.wait(timeout=30), problems


@contextmanager
def previewing(root: Path, cache: Path, *arguments: str) -> Iterator[Preview]:
    """The preview of the hub at `root`, which has told its address."""
    process = start(root, cache, *arguments)
    lines: queue.Queue[str] = queue.Queue()
    reader = threading.Thread(target=lambda: [lines.put(line) for line in process.stdout or ()])
    reader.start()
    try:
        url = lines.get(timeout=60).split(" ")[0]
        port = int(url.split("/")[2].rpartition(":")[2])
        yield Preview(url, port, process, lines)
    finally:
        process.kill()
        process.wait()
        reader.join()
        for pipe in (process.stdout, process.stderr):
            if pipe:
                pipe.close()


def start(root: Path, cache: Path, *arguments: str) -> subprocess.Popen[str]:
    """Run `hubcards serve` for the hub at `root`."""
    return subprocess.Popen(
        [sys.executable, "-m", "generator", "--root", str(root), "serve", *arguments],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(ROOT), "HUBCARDS_CACHE_DIR": str(cache)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
    )


def save(path: Path, text: str) -> None:
    """Save a file as most editors do: another one takes its place."""
    beside = path.with_name(f"{path.name}~")
    beside.write_text(text, encoding="utf-8")
    beside.replace(path)
