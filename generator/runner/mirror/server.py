"""The process in which the mirror runs.

It is one of its own, since the proxy's library has ways with logging, warnings and memory
that would be the whole program's.

    python -m generator.runner.mirror.server ROOT NETWORK NAME PYTHON RUNTIME-FOLDER KEY

Tells its port and the file of its certificate authority in a JSON line on stdout, then
answers each line on stdin with one on stdout: `["open", token]` lets a client in, and
`["exchanges", token]` gives what it has asked for. The end of stdin ends the process.
"""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

from msgspec.structs import astuple

from generator.cache import cache_folder
from generator.config import Settings, load_settings
from generator.runner.errors import RunnerError
from generator.runner.mirror.answers import (
    Answer,
    Sources,
    ToRecord,
    Unanswered,
    answer_from,
    recorded_answer,
)
from generator.runner.mirror.exchange import AUTHORITY_FILE
from generator.runner.mirror.journal import Journal
from generator.runner.mirror.modes import NetworkMode
from generator.runner.mirror.proxy import Proxy, run_proxy
from generator.runner.mirror.recorder import Recorder
from generator.runner.mirror.recordings import recordings_of
from generator.runner.mirror.service import Live, Mirrored, ServiceServer
from generator.runner.mirror.weights import stand_in_weights
from generator.runner.runtime import Runtime


def main(root: str, network: str, name: str, python: str, runtime_folder: str, key: str) -> None:
    """Serve until the end of stdin."""
    settings = load_settings(Path(root))
    runtime = Runtime(name, Path(python), Path(runtime_folder), key)
    journal, secret = Journal(), secrets.token_hex(16)
    service = ServiceServer(_source(settings, NetworkMode(network), runtime), journal, secret)
    service.start()

    def on_start(port: int, stop: Callable[[], None]) -> None:
        place = {"port": port, "authority": str(folder / AUTHORITY_FILE)}
        threading.Thread(target=_obey, args=(place, journal, stop), daemon=True).start()

    with tempfile.TemporaryDirectory(prefix="hubcards-mirror-") as name_of_folder:
        folder = Path(name_of_folder).resolve()
        asyncio.run(run_proxy(Proxy(journal, service.port, secret), folder, on_start))
    # What the weights are made by may still be at work, for nobody.
    os._exit(0)


def _source(settings: Settings, network: NetworkMode, runtime: Runtime) -> Mirrored | Live:
    if network is NetworkMode.LIVE:
        return Live(settings.mirror.hosts)
    recordings = recordings_of(settings, cache_folder())
    sources = Sources(
        recorded=lambda url: recorded_answer(settings, recordings, url),
        weights=lambda url: stand_in_weights(settings, runtime, cache_folder(), url),
    )

    def answer(url: str) -> Answer | ToRecord:
        try:
            return answer_from(settings, url, sources, network)
        except (OSError, RunnerError) as error:
            return Unanswered(f"{url} can't be answered: {error}")

    return Mirrored(answer, Recorder(recordings))


def _obey(place: dict[str, Any], journal: Journal, stop: Callable[[], None]) -> None:
    try:
        _tell(place)
        for line in sys.stdin:
            order, token = json.loads(line)
            if order == "open":
                journal.open(token)
            _tell([astuple(exchange) for exchange in journal.exchanges(token)])
    except BrokenPipeError:
        # The runner was killed while it waited for this.
        pass
    finally:
        stop()


def _tell(what: Any) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
