"""Pagefind, a program that makes the index of all words: https://pagefind.app."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from generator.site.output import OutputError
from generator.site.search.extent import Search

_PACKAGE = "pagefind_bin"
_ENTRY = "pagefind-entry.json"
# The rest of what it writes are user interfaces, of which this site has its own.
_WANTED = ("pagefind.js", "pagefind-worker.js", "wasm.en.*", "*.pf_meta", "*/*.pf_*")
# One index for all languages, so that a query finds what is written in any of them. Each Han
# character is a word in it; of the rest, the stems of English are what helps.
_LANGUAGE = "en"


def find_pagefind() -> Path | None:
    """The program, if its package is installed."""
    try:
        package = importlib.import_module(_PACKAGE)
        return Path(package.get_executable())
    except (ImportError, OSError):
        return None


def available_search() -> Search:
    """As much as can be made here: full text needs Pagefind."""
    return Search.FULL_TEXT if find_pagefind() else Search.LIST


def index_documents(documents: Path, folder: str) -> Iterator[tuple[str, bytes]]:
    """The index of the documents in a folder, each at the place that its page has in the site.

    Gives files by their paths in the site, where they are to lie in `folder`.

    The same documents give the same bytes. Raises `OutputError` when Pagefind is not there or
    fails.
    """
    program = find_pagefind()
    if program is None:
        raise _failed("it is not installed")
    with tempfile.TemporaryDirectory() as name:
        made = Path(name)
        _run(program, documents, made)
        entry = json.loads((made / _ENTRY).read_text(encoding="utf-8"))
        # It writes this one in an order of chance.
        yield f"{folder}/{_ENTRY}", json.dumps(entry, sort_keys=True).encode()
        for pattern in _WANTED:
            for path in sorted(made.glob(pattern)):
                place = path.relative_to(made).as_posix()
                yield f"{folder}/{place}", path.read_bytes()


def _run(program: Path, documents: Path, output: Path) -> None:
    places = ["--site", str(documents), "--output-path", str(output)]
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith("PAGEFIND_")
    }
    try:
        # In a folder with no configuration of somebody else's site.
        done = subprocess.run(  # noqa: S603 # the program of a package that is installed
            [program, *places, "--force-language", _LANGUAGE],
            cwd=documents,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
    except OSError as error:
        raise _failed(error.strerror or str(error)) from None
    if done.returncode:
        lines = done.stderr.decode("utf-8", "replace").split("\n")
        said = next((line for line in reversed(lines) if line.strip()), f"code {done.returncode}")
        raise _failed(said)


def _failed(reason: str) -> OutputError:
    message = f"Pagefind could not index the site: {reason}"
    return OutputError(message, "build with --no-full-text, or install pagefind-bin anew")
