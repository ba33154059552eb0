"""What tests of several areas share."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from generator.config import load_settings
from generator.runner.runtime import ensure_runtime

pytest_plugins = ["pytester"]

ROOT = Path(__file__).parent.parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a browser, so that it can be left out with `-m "not browser"`."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker("browser")


@pytest.fixture(scope="session")
def runtime_python() -> Path:
    """The interpreter of this hub's runtime, made if it is not there."""
    settings = load_settings(ROOT)
    return ensure_runtime(settings, settings.default_runtime).python


# How long an example takes says more of the machine than of the code.
settings.register_profile("hubcards", deadline=None)
settings.load_profile("hubcards")
