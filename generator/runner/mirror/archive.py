"""A repository's archive, as the host of the repository would send it."""

from __future__ import annotations

import hashlib
import io
import os
import stat
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct

_EARLIEST = (1980, 1, 1, 0, 0, 0)
_LEFT_OUT_FOLDERS = frozenset({"__pycache__"})
_LEFT_OUT_SUFFIXES = frozenset({".pyc", ".pyo"})


class SourceFile(Struct, frozen=True):
    """A file of a repository; its `name` is its path there."""

    name: str
    is_executable: bool
    content: bytes


def source_files(root: Path, include: Sequence[str]) -> tuple[SourceFile, ...]:
    """The files, and those in the folders, `include` of the folder `root`, by name.

    Links, compiled files and hidden files are left out. Raises `OSError` for what can't be
    read.
    """
    paths = {name: path for item in include for name, path in _files(root, item)}
    return tuple(
        SourceFile(name, bool(path.stat().st_mode & stat.S_IXUSR), path.read_bytes())
        for name, path in sorted(paths.items())
    )


def zip_archive(files: Sequence[SourceFile], top_folder: str) -> bytes:
    """A zip archive of the files, in which everything stands below `top_folder`."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(_entry(f"{top_folder}/", 0o755), b"")
        for file in files:
            mode = 0o755 if file.is_executable else 0o644
            archive.writestr(_entry(f"{top_folder}/{file.name}", mode), file.content)
    return buffer.getvalue()


def archive_digest(files: Sequence[SourceFile], top_folder: str) -> str:
    """What identifies the archive of the files: the same whatever library packs it."""
    digest = hashlib.sha256(top_folder.encode("utf-8"))
    for file in files:
        name = file.name.encode("utf-8", "surrogateescape")
        mode = b"x" if file.is_executable else b"-"
        for part in (name, mode, file.content):
            digest.update(hashlib.sha256(part).digest())
    return digest.hexdigest()


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
