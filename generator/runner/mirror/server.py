"""The process in which the mirror runs.

It is one of its own, since the proxy's library has ways with logging, warnings and memory
that would be the whole program's.

    python -m generator.runner.mirror.server ROOT NAME PYTHON RUNTIME-FOLDER KEY

Tells its port and the file of its certificate authority in a JSON line on stdout, then
answers each line on stdin with one on stdout: `["open", token]` lets a client in, and
`["exchanges", token]` gives what it has asked for. The end of stdin ends the process.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
import threading
from collections.abc import Callable
from dataclasses import astuple
from pathlib import Path
from typing import Any

from generator.config import Settings, load_settings
from generator.runner.cache import cache_folder
from generator.runner.mirror.answers import Answer, Unanswered, answer_from
from generator.runner.mirror.exchange import AUTHORITY_FILE
from generator.runner.mirror.proxy import Proxy, run_proxy
from generator.runner.mirror.weights import stand_in_weights
from generator.runner.runtime import Runtime


def main(root: str, name: str, python: str, runtime_folder: str, key: str) -> None:
    """Serve until the end of stdin."""
    settings = load_settings(Path(root))
    runtime = Runtime(name, Path(python), Path(runtime_folder), key)
    proxy = Proxy(_answer_of(settings, runtime))

    def on_start(port: int, stop: Callable[[], None]) -> None:
        _tell({"port": port, "authority": str(folder / AUTHORITY_FILE)})
        threading.Thread(target=_obey, args=(proxy, stop), daemon=True).start()

    with tempfile.TemporaryDirectory(prefix="hubcards-mirror-") as name_of_folder:
        folder = Path(name_of_folder).resolve()
        asyncio.run(run_proxy(proxy, folder, on_start))
    # What the weights are made by may still be at work, for nobody.
    os._exit(0)


def _answer_of(settings: Settings, runtime: Runtime) -> Callable[[str], Answer]:
    def weights(url: str) -> Answer:
        return stand_in_weights(settings, runtime, cache_folder(), url)

    def answer(url: str) -> Answer:
        try:
            return answer_from(settings, url, weights)
        except OSError as error:
            return Unanswered(f"{url} can't be answered: {error}")

    return answer


def _obey(proxy: Proxy, stop: Callable[[], None]) -> None:
    for line in sys.stdin:
        order, token = json.loads(line)
        if order == "open":
            proxy.exchanges[token] = []
        _tell([astuple(exchange) for exchange in proxy.exchanges[token]])
    stop()


def _tell(what: Any) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*sys.argv[1:])
