"""Runtimes: interpreters with pinned packages, made once and kept in the cache."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from filelock import FileLock, Timeout
from msgspec import Struct

from generator import translating
from generator.cache import cache_folder
from generator.config import Settings
from generator.diagnostics import did_you_mean
from generator.runner.errors import RuntimeUnavailableError
from generator.runner.interpreters import STDERR, find_python, find_uv

_MARKER = "complete"
_MAKING = 1  # to be raised when runtimes are made in another way


class Runtime(Struct, frozen=True):
    """An interpreter in which cards run. `key` is the hash of what defines it."""

    name: str
    python: Path
    folder: Path
    key: str


class RuntimeContents(Struct, frozen=True):
    """What a runtime holds: the version of its Python, and of each package by name."""

    python: str
    packages: Mapping[str, str]


def tell_on_stderr(line: str) -> None:
    """Write a line of progress to the user's terminal."""
    sys.stderr.write(f"{translating.say(line)}\n")
    sys.stderr.flush()


def ensure_runtime(
    settings: Settings, name: str, say: Callable[[str], None] = tell_on_stderr
) -> Runtime:
    """The runtime that the settings call `name`, made if it is not there.

    It has exactly the packages that its requirements file lists, and not what these require.
    While it is made, `say` gets a line before and one after, and uv shows its progress on
    stderr. Several processes may ask at once: one makes it, the others wait. Raises
    `RuntimeUnavailableError` when it can't be made.
    """
    runtime = planned_runtime(settings, name)
    if not is_made(runtime):
        runtime.folder.parent.mkdir(parents=True, exist_ok=True)
        with _lock_of(runtime, say):
            if not is_made(runtime):
                definition = settings.runtimes[name]
                _make(runtime, definition.python, settings.root / definition.requirements, say)
    return runtime


def planned_runtime(settings: Settings, name: str) -> Runtime:
    """The runtime that the settings call `name`, which need not be there yet.

    Raises `RuntimeUnavailableError` when it can't be made from what the settings say.
    """
    if os.name != "posix":
        raise RuntimeUnavailableError("cards run on Linux and macOS; on Windows, use WSL")
    definition = settings.runtimes.get(name)
    if definition is None:
        known = did_you_mean(name, list(settings.runtimes))
        raise RuntimeUnavailableError(f'there is no runtime "{name}" in site/site.yaml; {known}')
    requirements = settings.root / definition.requirements
    try:
        pins = requirements.read_bytes()
    except OSError as error:
        raise RuntimeUnavailableError(
            f"the requirements of the runtime {name} can't be read: {error}; correct"
            f" runtimes: {name}: requirements: in site/site.yaml"
        ) from None
    return _runtime(name, definition.python, pins)


def describe(runtime: Runtime) -> RuntimeContents:
    """What the runtime holds, as its own interpreter sees it."""
    script = (
        "import importlib.metadata as m, json, platform, sys;"
        "json.dump([platform.python_version(),"
        " {d.metadata['Name']: d.version for d in m.distributions()}], sys.stdout)"
    )
    done = subprocess.run(
        [str(runtime.python), "-I", "-c", script], capture_output=True, check=True
    )
    version, packages = json.loads(done.stdout)
    in_order = sorted(packages.items(), key=lambda item: item[0].lower())
    return RuntimeContents(version, dict(in_order))


def _runtime(name: str, version: str, pins: bytes) -> Runtime:
    digest = hashlib.sha256()
    for part in (str(_MAKING), version, sys.platform, platform.machine()):
        digest.update(part.encode("utf-8") + b"\0")
    digest.update(pins)
    key = digest.hexdigest()[:16]
    folder = cache_folder() / "runtimes" / f"{name}-{key}"
    return Runtime(name, folder / "bin" / "python", folder, key)


def is_made(runtime: Runtime) -> bool:
    """Whether the runtime is there, and whole."""
    # The interpreter behind the link may have been removed since.
    return (runtime.folder / _MARKER).is_file() and os.access(runtime.python, os.X_OK)


def _lock_of(runtime: Runtime, say: Callable[[str], None]) -> FileLock:
    lock = FileLock(runtime.folder.with_name(f"{runtime.folder.name}.lock"))
    try:
        lock.acquire(timeout=0.5)
    except Timeout:
        say(f"another process makes the runtime {runtime.name}; waiting for it")
        lock.acquire()
    return lock


def _make(runtime: Runtime, version: str, requirements: Path, say: Callable[[str], None]) -> None:
    uv = find_uv()
    python = find_python(version, uv, os.environ, say)
    say(f"making the runtime {runtime.name} in {runtime.folder} (Python {version}: {python})")
    # A marker-less folder is what an interrupted run has left.
    shutil.rmtree(runtime.folder, ignore_errors=True)
    _run_uv(uv, "venv", "--quiet", "--no-project", "--python", str(python), str(runtime.folder))
    # The requirements name every package; a resolver would add what only metadata ask for.
    _run_uv(
        *(uv, "pip", "install", "--no-deps", "--compile-bytecode"),
        *("--python", str(runtime.python), "--requirement", str(requirements)),
    )
    (runtime.folder / _MARKER).write_text(f"{python}\n", encoding="utf-8")
    say(f"the runtime {runtime.name} is ready")


def _run_uv(uv: Path, *arguments: str) -> None:
    """Run uv; what it prints goes to the user. Raises `RuntimeUnavailableError` when it fails."""
    # Not in the hub's folder: a project's own settings of uv are not the runtime's.
    done = subprocess.run(
        [str(uv), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=STDERR,
        cwd=cache_folder(),
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeUnavailableError(
            f"uv could not make the runtime (its message is above): uv {' '.join(arguments)}"
        )
