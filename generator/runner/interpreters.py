"""Finding a CPython of a given version on this machine."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from generator.runner.errors import RuntimeUnavailableError

# The descriptor, since `sys.stderr` may be something that only this process can write to.
STDERR = 2

_SECONDS_TO_ANSWER = 30
_PROBE = "import sys, platform; print(platform.python_implementation(), *sys.version_info[:2])"


def find_uv() -> Path:
    """The uv program: that of the Python package `uv`, or one on PATH.

    Raises `RuntimeUnavailableError` when there is none.
    """
    try:
        from uv import find_uv_bin

        return Path(find_uv_bin())
    except (ImportError, FileNotFoundError):
        on_path = shutil.which("uv")
    if on_path is None:
        raise RuntimeUnavailableError(
            "uv makes the runtimes, and is not there; install it: pip install uv"
        )
    return Path(on_path)


def find_python(
    version: str, uv: Path, environment: Mapping[str, str], say: Callable[[str], None]
) -> Path:
    """A CPython of `version` ("3.10") that really runs.

    Looks at the running interpreter, PATH, pyenv's versions and those that uv manages, in
    this order, and at last has uv download one. `say` is told before that. Raises
    `RuntimeUnavailableError` when none is to be had.
    """
    for candidate in _candidates(version, environment):
        if _is_python(candidate, version):
            return candidate
    managed = _managed_python(version, uv, environment)
    if managed is None:
        say(f"no Python {version} on this machine; uv downloads one")
        command = [str(uv), "python", "install", "--no-bin", version]
        subprocess.run(command, env=_uv_environment(environment), stdout=STDERR, check=False)
        managed = _managed_python(version, uv, environment)
    if managed is None:
        raise RuntimeUnavailableError(
            f"the cards need Python {version}, and there is none on this machine.\n"
            "Install it in one of these ways, and try again:\n"
            f"  pyenv install {version}            (with pyenv)\n"
            f"  uv python install {version}        (with uv, where it may download)\n"
            f"  apt install python{version}        (Debian or Ubuntu, where they have it)\n"
            f"In any other way, it is found when python{version} is on PATH."
        )
    return managed


def _candidates(version: str, environment: Mapping[str, str]) -> Iterator[Path]:
    yield Path(sys.executable)
    # Every folder of PATH: behind a shim that can't run may stand an interpreter that can.
    for folder in environment.get("PATH", "").split(os.pathsep):
        if folder:
            yield Path(folder, f"python{version}")
    home = environment.get("HOME") or str(Path.home())
    pyenv = Path(environment.get("PYENV_ROOT") or Path(home, ".pyenv"))
    versions = pyenv.glob(f"versions/{version}.*/bin/python")
    yield from sorted(versions, key=_patch_number, reverse=True)


def _patch_number(python: Path) -> tuple[int, str]:
    name = python.parent.parent.name
    match = re.match(r"\d+\.\d+\.(\d+)$", name)
    # Names such as 3.10.4-debug or 3.10-dev come last.
    return (int(match.group(1)) if match else -1, name)


def _is_python(path: Path, version: str) -> bool:
    if not path.is_file():
        return False
    try:
        done = subprocess.run(
            [str(path), "-I", "-c", _PROBE],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS_TO_ANSWER,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    wanted = ["CPython", *version.split(".")]
    return done.returncode == 0 and done.stdout.decode("ascii", "replace").split() == wanted


def _managed_python(version: str, uv: Path, environment: Mapping[str, str]) -> Path | None:
    # Only uv's own: it has been looked at everything else, and uv warns of each shim.
    command = [str(uv), "python", "find", "--no-project", "--managed-python", version]
    done = subprocess.run(
        command, env=_uv_environment(environment), capture_output=True, check=False
    )
    path = Path(done.stdout.decode("utf-8", "replace").strip())
    return path if done.returncode == 0 and _is_python(path, version) else None


def _uv_environment(environment: Mapping[str, str]) -> dict[str, str]:
    # These would have uv look for another interpreter than the one asked for.
    misleading = ("UV_PYTHON", "UV_PYTHON_PREFERENCE", "UV_MANAGED_PYTHON", "UV_NO_MANAGED_PYTHON")
    return {name: value for name, value in environment.items() if name not in misleading}
