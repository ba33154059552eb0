"""Fixtures for the tests of the preview."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.config import Settings
from tests.site.hubs import card_text, write_card, write_hub


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = write_hub(tmp_path / "hub")
    requirements = settings.root / "models" / "requirements.txt"
    requirements.parent.mkdir()
    requirements.write_text("plain==1\n", encoding="utf-8")
    write_card(settings, "a_vision_net", card_text({"zh_CN": "正文", "en_US": "First words"}))
    return settings


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"
