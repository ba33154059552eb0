"""The hook for pre-commit, as a hub of somebody else's takes it from this repository."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.authoring.hubs import ROOT, hubcards, write_hub

PRE_COMMIT = (sys.executable, "-m", "pre_commit")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where pre-commit keeps what it installed, for all tests here."""
    return tmp_path_factory.mktemp("pre-commit")


def run_hook(root: Path, home: Path, *files: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PRE_COMMIT, "try-repo", str(ROOT), "hubcards-check", "--files", *files],
        cwd=root,
        env={**os.environ, "PRE_COMMIT_HOME": str(home)},
        capture_output=True,
        encoding="utf-8",
        timeout=300,
    )


def test_a_commit_of_a_bad_card_is_refused_and_of_a_good_one_not(
    tmp_path: Path, home: Path
) -> None:
    hub = write_hub(tmp_path / "hub")
    subprocess.run(["git", "init", "--quiet", "."], cwd=hub, check=True)
    begun = hubcards(hub, "new", "--organisation", "a", "--task", "vision", "--model", "net")
    assert begun.returncode == 0, begun.stderr
    card = hub / "cards" / "a_vision_net.md"
    subprocess.run(["git", "add", "."], cwd=hub, check=True)

    good = run_hook(hub, home, "cards/a_vision_net.md")
    assert good.returncode == 0, good.stdout + good.stderr
    assert "Passed" in good.stdout

    text = card.read_text(encoding="utf-8")
    card.write_text(text.replace("tags: [vision]", "tags: [visoin]"), encoding="utf-8")
    bad = run_hook(hub, home, "cards/a_vision_net.md")
    assert bad.returncode == 1, bad.stdout + bad.stderr
    assert 'unknown tag "visoin"' in bad.stdout

    other = run_hook(hub, home, "README.md")
    assert "(no files to check)" in other.stdout
