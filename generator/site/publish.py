"""The published folder: always one whole version of the site, the old one or the new."""

from __future__ import annotations

import errno
import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

MARKER = ".hubcards"

_MARKER_TEXT = "This folder was made by hubcards, and its next build replaces it.\n"
_ATTEMPTS = 50
_SOMETHING_IS_THERE = (errno.ENOTEMPTY, errno.EEXIST)


@dataclass
class OutputError(Exception):
    """The site can't be published there: what is wrong, and how to mend it."""

    message: str
    hint: str

    def __str__(self) -> str:
        return self.message


@dataclass(frozen=True, slots=True)
class Draft:
    """A new version of the site, in a folder beside the published one."""

    folder: Path
    output: Path

    def write(self, path: str, content: bytes) -> None:
        """Adds a file. `path` is relative, with slashes, and stays inside of the folder.

        Raises `OutputError` when it can't be written.
        """
        parts = path.split("/")
        if not all(parts) or {".", ".."} & set(parts) or "\\" in path or "\0" in path:
            raise OutputError(f'"{path}" is no path inside of the site', "rename the card")
        target = self.folder.joinpath(*parts)
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
        except OSError as error:
            raise _failure(target, error) from None

    def has(self, path: str) -> bool:
        """Whether there is a file at `path`, which is relative, with slashes."""
        return os.path.isfile(self.folder / path)  # noqa: PTH113 # no name is too strange for it

    def publish(self) -> None:
        """Puts this version in the place of the one before. Raises `OutputError`.

        Of builds that run at the same time, the last one to publish wins.
        """
        _swap(self.folder, self.output)


@contextmanager
def new_draft(output: Path) -> Iterator[Draft]:
    """A draft for the site at `output`, gone at the end of the block unless it was published.

    Raises `OutputError`, before anything is written, when `output` holds something else
    than a site, and when no folder can be made beside it.
    """
    output = output.resolve()
    check_output(output)
    folder = _beside(output, "new")
    try:
        folder.mkdir(parents=True)
        (folder / MARKER).write_text(_MARKER_TEXT, encoding="utf-8")
    except OSError as error:
        raise _failure(folder, error) from None
    try:
        yield Draft(folder, output)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def check_output(output: Path) -> None:
    """Raises `OutputError` unless `output` is free, empty, or a site that hubcards made."""
    try:
        # Looked at again before it is refused: another build may just have been replacing it.
        if output.exists() and not any(_is_replaceable(output) for _ in range(3)):
            raise _refusal(output)
    except OSError as error:
        raise _failure(output, error) from None


def _is_replaceable(output: Path) -> bool:
    try:
        names = {path.name for path in output.iterdir()}
    except FileNotFoundError:
        return True
    except NotADirectoryError:
        return False
    return not names or MARKER in names


def _refusal(output: Path) -> OutputError:
    message = f"{output} is not a folder"
    if output.is_dir():
        message = f"{output} has files that hubcards did not make"
    return OutputError(message, "name another folder with --output, or remove this one yourself")


def _swap(draft: Path, output: Path) -> None:
    for _ in range(_ATTEMPTS):
        old = _move_away(output)
        try:
            draft.rename(output)
        except OSError as error:
            # By the number, and not by a look: the folder may be gone again by then.
            if error.errno not in _SOMETHING_IS_THERE:
                _put_back(old, output)
                raise _failure(output, error) from None
            # Another build has just put its own version here; ours is newer.
        else:
            _remove(old)
            return
        _remove(old)
    raise OutputError(f"other builds keep replacing {output}", "let one build run at a time")


def _move_away(output: Path) -> Path | None:
    old = _beside(output, "old")
    try:
        output.rename(old)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _failure(output, error) from None
    # Only now can nobody else change it any more.
    if not _is_replaceable(old):
        _put_back(old, output)
        raise _refusal(output)
    return old


def _remove(old: Path | None) -> None:
    if old:
        shutil.rmtree(old, ignore_errors=True)


def _put_back(old: Path | None, output: Path) -> None:
    if old:
        old.rename(output)


def _beside(output: Path, role: str) -> Path:
    return output.with_name(f".{output.name}.{role}-{uuid.uuid4().hex[:12]}")


def _failure(path: Path, error: OSError) -> OutputError:
    reason = error.strerror or str(error)
    return OutputError(f"{path} can't be written: {reason}", "check its permissions and the disk")
