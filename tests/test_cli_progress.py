"""What a build tells while it works, and at its end."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from generator.config import Settings
from tests.authoring.hubs import in_terminal
from tests.site.hubs import card_text, write_card, write_hub

ROOT = Path(__file__).parents[1]
LONG_TEXT = "\n\n".join(f"## Part {number}\n\n*Text* of `part` {number}." for number in range(150))
BUILD = ("build", "--jobs", "1", "--no-full-text", "--output")


@pytest.fixture
def hub(tmp_path: Path) -> Settings:
    """Which takes longer than a second to build."""
    settings = write_hub(tmp_path / "hub")
    for number in range(50):
        write_card(settings, f"net_{number}", card_text({"zh_CN": LONG_TEXT, "en_US": LONG_TEXT}))
    return settings


def test_a_long_build_has_a_bar_in_a_terminal_which_is_gone_at_the_end(
    hub: Settings, tmp_path: Path
) -> None:
    code, seen = in_terminal(hub.root, [*BUILD, str(tmp_path / "out")], COLUMNS="50")
    assert code == 0
    assert re.search(r"rendering cards.*\d+/50", seen), seen
    *_, last = seen.rstrip("\n").split("\x1b[2K")
    assert "rendering cards" not in last
    assert "50 cards, 50 of them rendered, " in last


def test_who_reads_no_terminal_gets_the_summary_alone(hub: Settings, tmp_path: Path) -> None:
    for rendered in ("50", "0"):
        result = subprocess.run(
            [sys.executable, "-m", "generator", *BUILD, tmp_path / "out"],
            cwd=hub.root,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            encoding="utf-8",
            timeout=100,
        )
        assert result.stderr == ""
        pattern = rf"50 cards, {rendered} of them rendered, [\d,]+ pages, [\d,]+ files in [\d.]+ s"
        assert re.match(pattern, result.stdout), result.stdout


def test_a_short_build_has_no_bar(tmp_path: Path) -> None:
    settings = write_hub(tmp_path / "hub")
    write_card(settings, "net", card_text({"zh_CN": "中", "en_US": "en"}))
    code, seen = in_terminal(settings.root, [*BUILD, str(tmp_path / "out")])
    assert code == 0
    assert "rendering cards" not in seen
