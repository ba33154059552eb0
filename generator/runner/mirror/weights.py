"""Stand-in weights: of the right architecture, made once, kept in the cache."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import subprocess
import zipfile
from collections.abc import Sequence
from pathlib import Path

from filelock import FileLock

from generator.config import Settings
from generator.files import replacing
from generator.runner.mirror import stand_in
from generator.runner.mirror.answers import Answer, Archive, Found, Unanswered, archive_of
from generator.runner.mirror.identity import stand_in_identity
from generator.runner.runtime import Runtime
from generator.runner.workspace import environment_of, make_workspace

SCRIPT_PATH = Path(stand_in.__file__)
KEPT_VERSIONS = 3

_CONTENT_TYPE = "application/octet-stream"
_SECONDS_TO_MAKE = 300


def stand_in_weights(settings: Settings, runtime: Runtime, cache: Path, url: str) -> Answer:
    """What stands in for the weights published at `url`.

    A state dict that the entrypoint makes which asks for this address in the `hubconf.py`
    of a repository in the settings. It depends on the sources of that repository and on the
    runtime, and is made again when one of them changes.
    """
    failures = []
    archives = [archive_of(settings, item) for item in settings.mirror.repositories]
    for archive in archives:
        made = _cached(archive, runtime, cache, url)
        if isinstance(made, Path):
            identity = stand_in_identity(settings, [item.identity for item in archives])
            return Found(made, _CONTENT_TYPE, identity)
        if made.reason:
            failures.append(made.reason)
    return Unanswered(
        "\n".join(failures)
        or f"no entrypoint has weights at {url}; to add it, put the address into"
        " PUBLISHED_WEIGHTS of hubconf.py, or correct it in the model"
    )


def _cached(archive: Archive, runtime: Runtime, cache: Path, url: str) -> Path | Unanswered:
    folder = cache / "stand-in" / _digest([url.encode("utf-8")])
    parts = [archive.identity.encode(), runtime.key.encode(), SCRIPT_PATH.read_bytes()]
    target = folder / f"{_digest(parts)}.pkl"
    folder.mkdir(parents=True, exist_ok=True)
    with FileLock(folder / "lock"):
        if not target.exists():
            failure = _make(archive, runtime, url, target)
            if failure:
                return failure
            _drop_old_versions(folder)
        os.utime(target)
        return target


def _make(archive: Archive, runtime: Runtime, url: str, target: Path) -> Unanswered | None:
    """Make `target`; why that was not possible, with no reason if no entrypoint asks for it."""
    workspace = make_workspace()
    try:
        with zipfile.ZipFile(io.BytesIO(archive.as_zip())) as opened:
            opened.extractall(workspace.work)
        (repository,) = workspace.work.iterdir()
        made = workspace.temporary / "stand-in.pkl"
        done = subprocess.run(
            [
                *(str(runtime.python), "-I", "-X", "utf8", str(SCRIPT_PATH)),
                *(str(repository), url, str(made)),
            ],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            cwd=workspace.work,
            env=environment_of(workspace, runtime.python, {}, os.environ),
            timeout=_SECONDS_TO_MAKE,
            check=False,
        )
        if done.returncode == stand_in.NOT_PUBLISHED:
            return Unanswered("")
        if done.returncode != 0:
            complaint = done.stderr.decode("utf-8", "replace").strip()
            return Unanswered(f"the stand-in for {url} could not be made:\n{complaint[-4000:]}")
        with replacing(target) as path:
            shutil.copyfile(made, path)
    except subprocess.TimeoutExpired:
        return Unanswered(f"the stand-in for {url} was not made within {_SECONDS_TO_MAKE} s")
    finally:
        workspace.remove()
    return None


def _drop_old_versions(folder: Path) -> None:
    versions = sorted(folder.glob("*.pkl"), key=lambda path: path.stat().st_mtime)
    for path in versions[:-KEPT_VERSIONS]:
        path.unlink(missing_ok=True)


def _digest(parts: Sequence[bytes]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()[:24]
