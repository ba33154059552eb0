"""The folder that a site is published in, and what may be written into it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from msgspec import Struct

MARKER = ".hubcards"

_MARKER_TEXT = "This folder was made by hubcards, and its next build replaces it.\n"


@dataclass
class OutputError(Exception):
    """The site can't be published there: what is wrong, and how to mend it."""

    message: str
    hint: str

    def __str__(self) -> str:
        return self.message


class Tree(Struct, frozen=True):
    """A folder with a version of the site, or with a part of one that is being made.

    Its files may be shared with another tree: none is ever written into, each is replaced.
    """

    folder: Path

    def write(self, path: str, content: bytes) -> None:
        """Puts a file in place. `path` is relative, with slashes, and stays in the folder.

        Raises `OutputError` when it can't be written.
        """
        target = self._target(path)
        try:
            _replace(target, content)
        except FileNotFoundError:
            try:
                os.makedirs(os.path.dirname(target), exist_ok=True)  # noqa: PTH103, PTH120 # fast
                _replace(target, content)
            except OSError as error:
                raise failure(target, error) from None
        except OSError as error:
            raise failure(target, error) from None

    def share(self, path: str, other: Tree) -> None:
        """Has of a file what `other` has: the same one, or none. Raises `OutputError`."""
        source, target = other._target(path), self._target(path)
        self.remove(path)
        try:
            os.makedirs(os.path.dirname(target), exist_ok=True)  # noqa: PTH103, PTH120 # fast
            _link(source, target)
        except FileNotFoundError:
            self.remove(path)
        except OSError as error:
            raise failure(target, error) from None

    def remove(self, path: str) -> None:
        """Removes a file, if it is there, and the folders that are empty without it."""
        target = self._target(path)
        try:
            os.unlink(target)  # noqa: PTH108 # fast
        except (FileNotFoundError, NotADirectoryError):
            pass
        except OSError as error:
            raise failure(target, error) from None
        folder = os.path.dirname(path)  # noqa: PTH120 # fast
        while folder:
            try:
                os.rmdir(f"{self.folder}/{folder}")  # noqa: PTH106 # fast
            except FileNotFoundError:
                pass
            except OSError:
                return
            folder = os.path.dirname(folder)  # noqa: PTH120 # fast

    def has(self, path: str) -> bool:
        """Whether there is a file at `path`, which is relative, with slashes."""
        return os.path.isfile(f"{self.folder}/{path}")  # noqa: PTH113 # no name is too strange

    def paths(self) -> set[str]:
        """Where it has files."""
        found = set()
        for folder, _, names in os.walk(self.folder):
            prefix = os.path.relpath(folder, self.folder).replace(os.sep, "/")
            found |= {name if prefix == "." else f"{prefix}/{name}" for name in names}
        return found

    def token(self) -> str | None:
        """What its marker says of the version that is in it, if there is a whole one."""
        try:
            lines = (self.folder / MARKER).read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            return None
        return lines[1] if len(lines) == 2 else None

    def begin(self) -> None:
        """Notes that it is about to become another version. Raises `OutputError`."""
        self.remove(MARKER)

    def complete(self, token: str) -> None:
        """Notes that it is whole. Raises `OutputError`."""
        self.write(MARKER, f"{_MARKER_TEXT}{token}\n".encode())

    def _target(self, path: str) -> str:
        parts = path.split("/")
        if not all(parts) or {".", ".."} & set(parts) or "\\" in path or "\0" in path:
            raise OutputError(f'"{path}" is no path inside of the site', "rename the card")
        return f"{self.folder}/{path}"


def check_output(output: Path) -> None:
    """Raises `OutputError` unless `output` is free, empty, or a site that hubcards made."""
    try:
        names = {path.name for path in output.iterdir()}
    except FileNotFoundError:
        return
    except NotADirectoryError:
        if not output.exists():
            raise OutputError(
                f"{output} can't be written: a part of it is a file", "name another folder"
            ) from None
        message = f"{output} is not a folder"
    except OSError as error:
        raise failure(output, error) from None
    else:
        if not names or MARKER in names:
            return
        message = f"{output} has files that hubcards did not make"
    raise OutputError(message, "name another folder with --output, or remove this one yourself")


def failure(path: Path | str, error: OSError) -> OutputError:
    """What it means that something at `path` could not be written."""
    reason = error.strerror or str(error)
    return OutputError(f"{path} can't be written: {reason}", "check its permissions and the disk")


def _replace(target: str, content: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(target, flags, 0o666)
    except FileExistsError:
        os.unlink(target)  # noqa: PTH108 # fast
        descriptor = os.open(target, flags, 0o666)
    try:
        view = memoryview(content)
        while view:
            view = view[os.write(descriptor, view) :]
    finally:
        os.close(descriptor)


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)  # fast
    except FileNotFoundError:
        raise
    except OSError:
        # Not every disk has links.
        with open(source, "rb") as file:  # noqa: PTH123 # fast
            _replace(target, file.read())
