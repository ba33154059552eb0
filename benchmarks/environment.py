"""What the measured programs find around them."""

from __future__ import annotations

import os
from collections.abc import Mapping

_KEEPS_NO_BYTECODE = "PYTHONDONTWRITEBYTECODE"


def environment_of_users() -> Mapping[str, str]:
    """The environment of this process, without what has Python compile everything each time."""
    return {name: value for name, value in os.environ.items() if name != _KEEPS_NO_BYTECODE}
