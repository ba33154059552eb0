"""Fixtures for the tests of the site."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from generator.config import Settings
from tests.site.browsing import chromium
from tests.site.hubs import write_hub


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return write_hub(tmp_path / "hub")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as browser:
        yield browser
