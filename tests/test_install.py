"""What `tools/install.sh` says on machines where it can't install."""

from __future__ import annotations

import subprocess
from pathlib import Path

SCRIPT = Path(__file__).parent.parent / "tools" / "install.sh"


def install(folder: Path, path: Path) -> subprocess.CompletedProcess[str]:
    """On a machine that has the programs in `path` and, as in some services, no home."""
    return subprocess.run(
        ["/bin/sh", SCRIPT, folder / "venv", "."],
        env={"PATH": str(path)},
        capture_output=True,
        encoding="utf-8",
        timeout=100,
    )


def test_without_python_and_uv_it_says_what_to_install(tmp_path: Path) -> None:
    result = install(tmp_path, tmp_path)
    assert result.returncode == 1
    assert result.stderr.startswith("hubcards needs Python 3.10 or newer with venv")
    assert result.stderr.count("\n") == 1


def test_when_uv_has_no_python_it_says_what_is_needed(tmp_path: Path) -> None:
    uv = tmp_path / "uv"
    uv.write_text("#!/bin/sh\necho 'no network' >&2\nexit 2\n", encoding="utf-8")
    uv.chmod(0o755)
    result = install(tmp_path, tmp_path)
    assert result.returncode == 1
    assert result.stderr.startswith("no network\nhubcards needs Python 3.10 or newer")
