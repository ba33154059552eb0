"""Writing a file that an option names."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from generator.cli.errors import UsageError


@contextlib.contextmanager
def writing(target: Path, option: str) -> Iterator[None]:
    """Where `target`, which `option` names, is written: says so when it can't be."""
    try:
        yield
    except OSError as error:
        folder = target.parent
        reason = error.strerror or str(error)
        if isinstance(error, FileNotFoundError) and not folder.is_dir():
            reason = f"there is no folder {folder}"
        message = f"can't write {target} (name another place with {option}): {reason}"
        raise UsageError(message) from None
