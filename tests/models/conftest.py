"""Probes: scripts that the runtime's interpreter executes, since the generator has no MegEngine."""

from __future__ import annotations

import functools
import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from generator.config import Settings, load_settings

ROOT = Path(__file__).parents[2]
PROBES = Path(__file__).parent / "probes"
STATE_DICTS = json.loads(
    (Path(__file__).parent / "resnet-state-dicts.json").read_text(encoding="utf-8")
)


@pytest.fixture(scope="session")
def settings() -> Settings:
    return load_settings(ROOT)


@pytest.fixture(scope="session")
def probe(
    runtime_python: Path, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], dict[str, Any]]:
    """Executes the probe with this name, once a session: what it found."""

    @functools.cache
    def probe(name: str) -> dict[str, Any]:
        folder = tmp_path_factory.mktemp(name)
        environment = {
            "PATH": os.defpath,
            "HOME": str(folder),
            "MGE_HOME": str(folder / "megengine"),
            "PYTHONUTF8": "1",
            "PYTHONPATH": str(ROOT),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        done = subprocess.run(
            [str(runtime_python), str(PROBES / f"{name}.py"), "found.json"],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=300,
        )
        assert done.returncode == 0, done.stderr
        return json.loads((folder / "found.json").read_text(encoding="utf-8"))

    return probe
