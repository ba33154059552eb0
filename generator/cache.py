"""Where is kept what is dear to make: runtimes, stand-in weights, compiled templates."""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

CACHE_VARIABLE = "HUBCARDS_CACHE_DIR"


def cache_folder() -> Path:
    """The folder named by `HUBCARDS_CACHE_DIR`, or the user's cache folder of this program."""
    chosen = os.environ.get(CACHE_VARIABLE)
    if chosen:
        return Path(chosen).expanduser().absolute()
    return platformdirs.user_cache_path("hubcards")
