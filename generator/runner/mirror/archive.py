"""A repository's archive, as the host of the repository would send it."""

from __future__ import annotations

import io
import os
import stat
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

_EARLIEST = (1980, 1, 1, 0, 0, 0)
_LEFT_OUT_FOLDERS = frozenset({"__pycache__"})
_LEFT_OUT_SUFFIXES = frozenset({".pyc", ".pyo"})


def repository_archive(root: Path, include: Sequence[str], top_folder: str) -> bytes:
    """A zip archive of the files and folders `include` of the folder `root`.

    Everything in it stands below `top_folder`. The bytes depend only on the names and
    contents of the files, and on which of them may be executed. Links, compiled files and
    hidden files are left out. Raises `OSError` for what can't be read.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(_entry(f"{top_folder}/", 0o755), b"")
        for name, path in sorted({n: p for item in include for n, p in _files(root, item)}.items()):
            mode = 0o755 if path.stat().st_mode & stat.S_IXUSR else 0o644
            archive.writestr(_entry(f"{top_folder}/{name}", mode), path.read_bytes())
    return buffer.getvalue()


def _entry(name: str, mode: int) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _EARLIEST)
    entry.create_system = 3
    kind = stat.S_IFDIR if name.endswith("/") else stat.S_IFREG
    entry.external_attr = (kind | mode) << 16
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def _files(root: Path, item: str) -> Iterator[tuple[str, Path]]:
    start = root / item
    if not start.is_dir():
        # A missing file is an error, not an archive without it.
        start.stat()
        yield start.relative_to(root).as_posix(), start
        return
    for parent, folders, names in os.walk(start):
        folders[:] = [f for f in folders if f not in _LEFT_OUT_FOLDERS and not f.startswith(".")]
        for name in names:
            path = Path(parent, name)
            if _belongs(path):
                yield path.relative_to(root).as_posix(), path


def _belongs(path: Path) -> bool:
    if path.name.startswith(".") or path.suffix in _LEFT_OUT_SUFFIXES:
        return False
    return stat.S_ISREG(path.lstat().st_mode)
