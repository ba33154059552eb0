"""The mirror as the runner uses it: start it, let groups in, see what they asked for."""

from __future__ import annotations

import contextlib
import json
import secrets
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from generator.runner.errors import RunnerError
from generator.runner.mirror.exchange import LOOPBACK, Exchange
from generator.runner.mirror.modes import NetworkMode
from generator.runner.runtime import Runtime

_SECONDS_TO_END = 10


class Account(Struct, frozen=True):
    """A group's access to the mirror, by which its requests are told from those of others.

    `variables` are those by which programs find a proxy, and trust its authority.
    """

    token: str
    variables: Mapping[str, str]


class Mirror:
    """A mirror that runs in a process of its own."""

    def __init__(
        self, root: Path, runtime: Runtime, network: NetworkMode = NetworkMode.REPLAY
    ) -> None:
        """Start it, for the hub at `root`; `runtime` makes stand-in weights.

        `network` says where answers come from; in `REPLAY` nothing ever goes out.

        Raises `RunnerError` when it can't be started.
        """
        self._asking = threading.Lock()
        # A file, since nobody reads from a pipe while all goes well.
        self._complaints = tempfile.TemporaryFile()  # noqa: SIM115 (closed with the mirror)
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-W", "ignore", "-X", "utf8"),
                *("-m", "generator.runner.mirror.server", str(root.absolute())),
                network.value,
                *(runtime.name, str(runtime.python), str(runtime.folder), runtime.key),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._complaints,
            # In the current folder could stand something that is called like a module.
            cwd=Path(__file__).parents[3],
            # The interrupt that ends the run must not end it before the groups.
            start_new_session=True,
        )
        self._server: dict[str, Any] = {}
        try:
            self._server = self._hear()
        except BaseException:
            self.close()
            raise

    def open_account(self) -> Account:
        """An access of its own for a group."""
        token = secrets.token_hex(16)
        self._ask("open", token)
        proxy = f"http://group:{token}@{LOOPBACK}:{self._server['port']}"
        return Account(token, _variables(proxy, self._server["authority"]))

    def exchanges(self, account: Account) -> tuple[Exchange, ...]:
        """What was asked for by this access so far."""
        return tuple(Exchange(*item) for item in self._ask("exchanges", account.token))

    def is_running(self) -> bool:
        """Whether its process is there."""
        return self._process.poll() is None

    def close(self) -> None:
        """Stop it, and remove its files."""
        for pipe in (self._process.stdin, self._process.stdout):
            # What could not be sent to a dead mirror is not to be sent now.
            with contextlib.suppress(BrokenPipeError):
                if pipe:
                    pipe.close()
        try:
            self._process.wait(_SECONDS_TO_END)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._complaints.close()
        if self._server:
            # It removes them itself, unless it was killed.
            folder = Path(self._server["authority"]).parent
            shutil.rmtree(folder, ignore_errors=True)

    def _ask(self, order: str, token: str) -> Any:
        if self._process.stdin is None:
            raise RunnerError("the mirror is not running")
        # Groups that run side by side ask from threads of their own.
        with self._asking:
            try:
                self._process.stdin.write(json.dumps([order, token]).encode("ascii") + b"\n")
                self._process.stdin.flush()
            except BrokenPipeError:
                raise self._failed() from None
            return self._hear()

    def _hear(self) -> Any:
        line = self._process.stdout.readline() if self._process.stdout else b""
        if not line:
            raise self._failed()
        return json.loads(line)

    def _failed(self) -> RunnerError:
        self._process.wait(_SECONDS_TO_END)
        self._complaints.seek(0)
        complaint = self._complaints.read()[-4000:].decode("utf-8", "replace").strip()
        return RunnerError(f"the mirror has failed:\n{complaint}")


def _variables(proxy: str, authority: str) -> dict[str, str]:
    proxies = ("http_proxy", "https_proxy", "all_proxy")
    authorities = (
        *("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "PIP_CERT"),
        *("GIT_SSL_CAINFO", "AWS_CA_BUNDLE", "NODE_EXTRA_CA_CERTS"),
    )
    return {
        **{name: proxy for lower in proxies for name in (lower, lower.upper())},
        **dict.fromkeys(("no_proxy", "NO_PROXY"), ""),
        **dict.fromkeys(authorities, authority),
    }
