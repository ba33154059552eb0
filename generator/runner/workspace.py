"""Where a group runs: folders of its own, and an environment of its own."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from generator.runner.worker.folders import remove_folder

# What a program needs of its surroundings to work at all. Everything else stays out, since
# it may be a secret, or make the outcome depend on whose machine it is.
_PASSED_ON = ("PATH", "SYSTEMROOT")


class Workspace(Struct, frozen=True):
    """The folders of one group, all below `folder`, all empty at first."""

    folder: Path

    @property
    def work(self) -> Path:
        """Where the code starts."""
        return self.folder / "work"

    @property
    def home(self) -> Path:
        """What the code takes for the user's home."""
        return self.folder / "home"

    @property
    def temporary(self) -> Path:
        """Where the code puts temporary files."""
        return self.folder / "tmp"

    @property
    def hub(self) -> Path:
        """Where megengine.hub keeps what it has fetched."""
        return self.folder / "mge"

    @property
    def shared_memory(self) -> Path:
        """What the code takes for the folder of shared memory."""
        return self.folder / "shm"

    def remove(self) -> None:
        """Remove all of it, as far as that is possible."""
        remove_folder(str(self.folder))


def make_workspace() -> Workspace:
    """A workspace that nobody else can look into."""
    workspace = Workspace(Path(tempfile.mkdtemp(prefix="hubcards-")).resolve())
    for folder in (
        workspace.work,
        workspace.home,
        workspace.temporary,
        workspace.hub,
        workspace.shared_memory,
    ):
        folder.mkdir()
    return workspace


def environment_of(
    workspace: Workspace,
    python: Path,
    network: Mapping[str, str],
    surroundings: Mapping[str, str],
) -> dict[str, str]:
    """The environment in which a group's code runs.

    Of `surroundings` only what is on the list of harmless variables is passed on;
    `network` has the variables that lead to the mirror.
    """
    environment = {name: surroundings[name] for name in _PASSED_ON if name in surroundings}
    path = [str(python.parent), environment.get("PATH", os.defpath)]
    environment |= {
        "PATH": os.pathsep.join(path),
        "HOME": str(workspace.home),
        "TMPDIR": str(workspace.temporary),
        "MGE_HOME": str(workspace.hub),
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
        "TZ": "UTC",
        "PYTHONHASHSEED": "0",
        "PYTHONUTF8": "1",
        "PYTHONNOUSERSITE": "1",
    }
    return {**environment, **network}
