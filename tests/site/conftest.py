"""Fixtures for the tests of the site."""

from __future__ import annotations

from pathlib import Path

import pytest

from generator.config import Settings
from tests.site.hubs import write_hub


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return write_hub(tmp_path / "hub")
