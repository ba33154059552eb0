"""Files that are there whole, or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# A longer name might not be one that the file system takes.
_LONGEST_PREFIX = 20


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """A new file beside `target`, which takes its place at the end of the block, unless it raises.

    Raises `OSError` when it can't be made, or can't take the place.
    """
    with _beside(target) as path:
        yield path
        path.replace(target)


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """A new file beside `target`, which is gone at the end of the block, if it was not moved."""
    prefix = f".{target.name[:_LONGEST_PREFIX]}."
    descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=prefix)
    os.close(descriptor)
    path = Path(name)
    try:
        yield path
    finally:
        path.unlink(missing_ok=True)


def write_new(target: Path, content: bytes) -> None:
    """Write a file that others may read, where none is.

    Raises `FileExistsError` when there is one, even one that came in this moment, and
    `OSError` when it can't be written.
    """
    with _beside(target) as path:
        path.write_bytes(content)
        path.chmod(0o644)
        # Of the ways to give a file its name, this one never takes another's place.
        try:
            target.hardlink_to(path)
        except FileExistsError:
            raise
        except OSError:
            # A file system that knows no hard links.
            with target.open("xb") as file:
                file.write(content)


def rewrite(target: Path, content: bytes) -> None:
    """Put other content in a file that is there, whole or not at all; raises `OSError`.

    Who may read it stays as it is, and a link stays a link.
    """
    real = target.resolve(strict=True)
    with replacing(real) as path:
        path.write_bytes(content)
        shutil.copymode(real, path)


def write_whole(target: Path, content: bytes) -> None:
    """Write a file that others may read, in place of what is there; raises `OSError`."""
    with replacing(target) as path:
        path.write_bytes(content)
        path.chmod(0o644)
